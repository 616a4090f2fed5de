"""COCO-keypoints out and in: the same poses come back, free topology bit for bit, and bad files are refused whole."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handanat_studio.errors import UserError
from handanat_studio.formats import coco
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.hand.canonical import canonical21
from handanat_studio.hand.topology import CANONICAL_NAMES, DigitKind, JointState, Side
from handanat_studio.hand.values import Fusion, HandPose

MakeHand = Callable[..., ExportHand]


def without_sidecar(folder: Path) -> Path:
    """Remove topology.jsonl and return the JSON file."""
    (folder / "topology.jsonl").unlink()
    return folder / "annotations.json"


def test_plain_pose_comes_back_from_keypoints_alone(
    tmp_path: Path, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """Without the sidecar an ordinary hand still comes back equal, with verdict, side, scores and image."""
    hand = make_hand(plain_pose)
    coco.write([hand], [image], tmp_path)
    content = coco.read(without_sidecar(tmp_path))
    (found,) = content.hands
    assert found.pose == plain_pose
    assert content.images == (image,)
    for name in (
        "hand_id",
        "image_id",
        "box",
        "side",
        "verdict",
        "scores",
        "annotator",
        "annotation_id",
        "note",
        "source",
    ):
        assert getattr(found, name) == getattr(hand, name)


def test_free_topology_comes_back_bit_for_bit(
    tmp_path: Path, odd_pose: HandPose, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """With the sidecar six digits, fusion, fork, depth and every state survive, and so do findings and features."""
    hands = [
        make_hand(odd_pose),
        make_hand(plain_pose, hand_id=42),
        make_hand(odd_pose, annotator="Bo", annotation_id=6),
    ]
    part = coco.write(hands, [image], tmp_path)
    content = coco.read(tmp_path)
    assert content.hands == tuple(hands)
    assert content.hands[0].pose.points.tobytes() == odd_pose.points.tobytes()
    assert content.notes == ()
    assert part["rows"] == {"images": 1, "annotations": 3}
    assert part["hands_with_losses"] == 2


@st.composite
def poses(draw: st.DrawFn) -> HandPose:
    """Draw any hand: up to eight digits of any kind, any states, missing coordinates, fusions."""
    kinds = draw(st.lists(st.sampled_from(list(DigitKind)), max_size=8))
    rows = 1 + 4 * len(kinds)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    points = rng.uniform(-50, 4000, (rows, 2)).astype(np.float32)
    points[rng.random(rows) < draw(st.sampled_from([0.0, 0.3]))] = np.nan
    ids = rng.permutation(50)[: len(kinds)]
    return HandPose(
        points=points,
        states=rng.integers(0, 7, rows).astype(np.uint8),
        digit_kind=np.array(kinds, np.uint8),
        digit_id=ids.astype(np.int32),
        world=rng.normal(size=(rows, 3)).astype(np.float32) if draw(st.booleans()) else None,
        fusions=(Fusion(int(ids[0]), int(ids[1]), 0.5),) if len(ids) > 1 else (),
        side=draw(st.sampled_from(list(Side))),
        confidence=draw(st.floats(0, 1)),
    )


@given(pose=poses())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_hand_survives(
    pose: HandPose, tmp_path_factory: pytest.TempPathFactory, image: ExportImage, make_hand: MakeHand
) -> None:
    """Whatever the hand, the sidecar gives it back, and the keypoints are its canonical projection."""
    folder = tmp_path_factory.mktemp("coco")
    coco.write([make_hand(pose)], [image], folder)
    assert coco.read(folder).hands[0].pose == pose
    entry = json.loads((folder / "annotations.json").read_text())["annotations"][0]
    flat, _ = canonical21(pose)
    for row in range(21):
        x, y, visibility = entry["keypoints"][3 * row : 3 * row + 3]
        if visibility:
            assert [x, y] == flat.points[row].tolist()
            assert (visibility == 2) == (flat.states[row] == JointState.VISIBLE)
        else:
            assert (x, y) == (0, 0)
    assert entry["num_keypoints"] == sum(v > 0 for v in entry["keypoints"][2::3])


def test_losses_are_listed_with_each_hand(odd_pose: HandPose, plain_pose: HandPose) -> None:
    """Every state that 0/1/2 cannot say, and every dropped digit, is one sentence; an ordinary hand has none."""
    assert coco.keypoints(plain_pose)[1] == []
    said = " ".join(coco.keypoints(odd_pose)[1])
    assert "Dropped the extra digit" in said
    assert "State absent written as visibility 0: little_mcp, little_pip, little_dip, little_tip." in said
    assert "State self_occluded written as visibility 1: index_mcp." in said
    assert "State outside written as visibility 1: middle_mcp." in said
    assert "State unsure written as visibility 1: ring_mcp." in said
    assert "without coordinates written as visibility 0: index_dip" in said


def test_category_is_a_real_skeleton(tmp_path: Path, image: ExportImage) -> None:
    """21 names in order and 20 bones that make one tree from the wrist."""
    coco.write([], [image], tmp_path)
    (category,) = json.loads((tmp_path / "annotations.json").read_text())["categories"]
    assert category["keypoints"] == list(CANONICAL_NAMES)
    children = [b for _, b in category["skeleton"]]
    assert sorted(children) == list(range(2, 22))
    assert all(a < b for a, b in category["skeleton"])


def test_images_without_hands_and_unreadable_images_stay(
    tmp_path: Path, image: ExportImage, broken_image: ExportImage
) -> None:
    """No image is dropped, and its error text comes back."""
    coco.write([], [image, broken_image], tmp_path)
    assert coco.read(tmp_path).images == (image, broken_image)


def test_writer_refuses_a_hand_of_an_unknown_image(
    tmp_path: Path, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """A file that no reader could use is never written."""
    with pytest.raises(ValueError, match="image 99"):
        coco.write([make_hand(plain_pose, image_id=99)], [image], tmp_path)
    with pytest.raises(ValueError, match="two images"):
        coco.write([], [image, image], tmp_path)


def test_edited_keypoints_win_over_the_sidecar(
    tmp_path: Path, odd_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """A point moved in another tool is not undone by an old sidecar, and a note says so; rounding is no edit."""
    coco.write([make_hand(odd_pose)], [image], tmp_path)
    file = tmp_path / "annotations.json"
    data = json.loads(file.read_text())
    numbers = data["annotations"][0]["keypoints"]
    data["annotations"][0]["keypoints"] = [round(v, 2) for v in numbers]
    file.write_text(json.dumps(data))
    assert coco.read(tmp_path).hands[0].pose == odd_pose
    numbers[0] += 5
    data["annotations"][0]["keypoints"] = numbers
    file.write_text(json.dumps(data))
    content = coco.read(tmp_path)
    assert content.hands[0].pose.digit_count == 5
    assert content.hands[0].pose.points[0, 0] == pytest.approx(numbers[0])
    assert "changed after the export" in content.notes[0]


def foreign(**changes: Any) -> dict[str, Any]:
    """Return a small file as another program would write it."""
    names = [
        "wrist",
        *(
            f"{d}{n}"
            for d in ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")
            for n in range(1, 5)
        ),
    ]
    return {
        "images": [{"id": 1, "file_name": "x.jpg", "width": 10, "height": 20}],
        "categories": [{"id": 3, "name": "hand", "keypoints": names}, {"id": 4, "name": "person"}],
        "annotations": [
            {"id": 9, "image_id": 1, "category_id": 3, "bbox": [0, 0, 5, 5], "keypoints": [1.5, 2, 2] * 21},
            {"id": 10, "image_id": 1, "category_id": 4, "bbox": [0, 0, 5, 5]},
        ],
    } | changes


def test_foreign_files_are_read_by_name(tmp_path: Path) -> None:
    """Keypoints are matched by name, whatever their order; what is not a hand is noted."""
    data = foreign()
    order = list(range(20, -1, -1))
    data["categories"][0]["keypoints"] = [data["categories"][0]["keypoints"][i] for i in order]
    data["annotations"][0]["keypoints"] = [v for i in order for v in (i, 2 * i, 2)]
    data["annotations"][0]["segmentation"] = [[0, 0, 1, 1]]
    file = tmp_path / "any.json"
    file.write_text(json.dumps(data))
    content = coco.read(file)
    assert content.hands[0].pose.points[:, 0].tolist() == list(range(21))
    assert content.hands[0].hand_id == 9
    assert content.hands[0].side is Side.UNKNOWN
    assert any("not a single hand" in note for note in content.notes)
    assert any("outline" in note for note in content.notes)


def put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Return a change of one value, named "annotations/0/bbox"."""

    def change(data: Any) -> None:
        *way, last = path.split("/")
        for key in way:
            data = data[int(key) if key.isdigit() else key]
        data[int(last) if last.isdigit() else last] = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            put("annotations/0/keypoints", [1, 2, 2] * 20),
            r"annotations\[0\] \(id 9\): keypoints holds 60 numbers where 63",
        ),
        (put("annotations/0/keypoints", None), r"annotations\[0\] \(id 9\): keypoints must be a list"),
        (put("annotations/0/keypoints/2", 3), r"annotations\[0\] \(id 9\): keypoints\[2\] must be 0, 1 or 2"),
        (put("annotations/0/keypoints/0", "1"), r"keypoints\[0\] must be a number"),
        (put("annotations/0/keypoints/0", float("nan")), r"keypoints\[0\] must be a number"),
        (put("annotations/0/keypoints/0", 10**400), r"keypoints\[0\] must be a number"),
        (put("annotations/0/keypoints/0", True), r"keypoints\[0\] must be a number"),
        (put("annotations/0/num_keypoints", 20), r"num_keypoints is not the number of labelled keypoints, 21"),
        (put("annotations/0/bbox", [0, 0, -1, 5]), r"bbox must not have a negative size"),
        (put("annotations/0/bbox", [0, 0, 5]), r"bbox holds 3 numbers where 4"),
        (put("annotations/0/image_id", 2), r"annotations\[0\] \(id 9\): image_id 2 is not among the images"),
        (put("annotations/0/category_id", 8), r"category_id 8 is not among the categories"),
        (put("annotations/0/id", "9"), r"annotations\[0\]: id must be a whole number"),
        (put("annotations/0/id", -1), r"id must be a whole number of 0 or more"),
        (put("annotations/1/id", 9), r"annotations\[1\] \(id 9\): id is used twice"),
        (put("annotations/0", 5), r"annotations\[0\] must be an object"),
        (put("annotations/0/attributes", {"verdict": "bad"}), r"attributes: verdict must be one of plausible"),
        (put("annotations/0/attributes", {"verdict": []}), r"attributes: verdict must be one of plausible"),
        (put("annotations/0/attributes", {"side": "up"}), r"side must be left, right or unknown"),
        (put("annotations/0/attributes", {"scores": {"paper": 1}}), r"scores must be an object of objects"),
        (put("annotations/0/attributes", [1]), r"attributes must be an object"),
        (put("annotations", {}), r"annotations must be a list"),
        (put("images/0/file_name", ""), r"images\[0\] \(id 1\): file_name must name a file"),
        (put("images/0/file_name", 5), r"file_name must be a text"),
        (put("images/0/width", "wide"), r"width must be a whole number"),
        (put("images/0/attributes", {"seed": "a"}), r"seed must be a whole number"),
        (put("categories/0/keypoints/0", "elbow"), r"no category with the 21 keypoints of a hand"),
        (put("categories/1/id", 3), r"categories\[1\] \(id 3\): id is used twice"),
    ],
)
def test_bad_files_are_refused_by_entry(tmp_path: Path, change: Callable[[dict[str, Any]], None], told: str) -> None:
    """Any wrong id, count, number or unknown image is a clear error that names its entry; nothing is returned."""
    data = copy.deepcopy(foreign())
    change(data)
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(data))
    with pytest.raises(UserError, match=told):
        coco.read(file)


@pytest.mark.parametrize("text", ["", "[", "[]", "5", '{"images": 1}', "[" * 100_000, "\0"])
def test_files_that_are_not_coco_are_refused(tmp_path: Path, text: str) -> None:
    """Empty, broken, deeply nested or other JSON is a clear error."""
    file = tmp_path / "bad.json"
    file.write_text(text)
    with pytest.raises(UserError):
        coco.read(file)


def test_missing_and_binary_files_are_refused(tmp_path: Path) -> None:
    """A path that is not there, a folder without an export, and bytes that are no text."""
    with pytest.raises(UserError, match="cannot be read"):
        coco.read(tmp_path / "none.json")
    with pytest.raises(UserError, match="cannot be read"):
        coco.read(tmp_path)
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(UserError, match="not valid JSON"):
        coco.read(tmp_path / "b.json")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda line: line | {"id": 5}, "topology.jsonl line 1: id 5 is not among the annotations"),
        (lambda line: line | {"pose": {}}, "topology.jsonl line 1: pose is not the description of a hand"),
        (
            lambda line: line | {"pose": line["pose"] | {"fusions": [{"first_id": 10**30, "second_id": 1}]}},
            "line 1: pose",
        ),
        (
            lambda line: line | {"pose": line["pose"] | {"wrist": {"state": "visible", "xy": [1e300, 0]}}},
            "line 1: pose has",
        ),
        (lambda line: line | {"findings": [{"kind": "angle"}]}, "line 1: pose is not"),
        (lambda line: line | {"features": 5}, "line 1: features must be an object"),
        (lambda line: [line], "line 1 must be an object"),
    ],
)
def test_bad_sidecars_are_refused_by_line(
    tmp_path: Path,
    odd_pose: HandPose,
    image: ExportImage,
    make_hand: MakeHand,
    change: Callable[[dict[str, Any]], object],
    told: str,
) -> None:
    """The sidecar is checked as strictly as the file."""
    coco.write([make_hand(odd_pose)], [image], tmp_path)
    sidecar = tmp_path / "topology.jsonl"
    line = json.loads(sidecar.read_text())
    sidecar.write_text(json.dumps(change(line)) + "\n")
    with pytest.raises(UserError, match=told):
        coco.read(tmp_path)


def test_sidecar_that_repeats_or_lacks_a_hand(
    tmp_path: Path, odd_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """A repeated line is refused, a missing one is noted and the keypoints are used."""
    coco.write([make_hand(odd_pose)], [image], tmp_path)
    sidecar = tmp_path / "topology.jsonl"
    line = sidecar.read_text()
    sidecar.write_text(line + line)
    with pytest.raises(UserError, match="line 2: id 1 is used twice"):
        coco.read(tmp_path)
    sidecar.write_text("not json\n")
    with pytest.raises(UserError, match="line 1 is not valid JSON"):
        coco.read(tmp_path)
    sidecar.write_text("")
    content = coco.read(tmp_path)
    assert content.hands[0].pose.digit_count == 5
    assert "read as five digits" in content.notes[0]
