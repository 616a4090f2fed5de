"""Whole scenes: same seed same bytes, and a truth that agrees with the pixels and with `hand`."""

import json

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.codec import pose_from_dict
from handanat_studio.hand.features import measure
from handanat_studio.hand.topology import CANONICAL_DIGITS, DigitKind, JointState, Side
from handanat_studio.synthetic.camera import View, rotation_of
from handanat_studio.synthetic.scenes import DEFECT_NAMES, FAMILIES, Scene, render_scene, truth_to_dict

SIZE = 96


@pytest.fixture(scope="module")
def plain() -> list[Scene]:
    """Twenty ordinary scenes."""
    return [render_scene(seed, size=SIZE) for seed in range(20)]


@pytest.fixture(scope="module")
def flawed() -> list[Scene]:
    """Eighteen scenes with defects, every kind twice."""
    return [render_scene(seed, size=SIZE, defects=[DEFECT_NAMES[seed % 9]]) for seed in range(18)]


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    """Image and truth are reproduced exactly."""
    first, again, other = (render_scene(s, size=SIZE, defects="mixed", hands=2) for s in (4, 4, 5))
    assert first.image.tobytes() == again.image.tobytes()
    assert json.dumps(truth_to_dict(first, "a.png")) == json.dumps(truth_to_dict(again, "a.png"))
    assert first.image.tobytes() != other.image.tobytes()


def test_defects_do_not_change_person_pose_or_look() -> None:
    """Streams are separate: asking for a defect leaves gesture, side and untouched angles alone."""
    for seed in range(4):
        whole, long = render_scene(seed, size=64).hands[0], render_scene(seed, size=64, defects="proportion").hands[0]
        assert (whole.gesture, whole.side) == (long.gesture, long.side)
        assert whole.angles_deg == pytest.approx(long.angles_deg)


def test_truth_agrees_with_the_features_of_the_hand_room(plain: list[Scene], flawed: list[Scene]) -> None:
    """Measuring the true pose gives the true angles, ratios, count and side."""
    measured = 0
    for scene in plain + flawed:
        for truth in scene.hands:
            features = measure(batch_of([truth.pose]), source="synthetic").row(0)
            known = np.isfinite(features.angles)
            assert features.angles[known] == pytest.approx(truth.angles_deg[known], abs=0.2)
            ratio = np.isfinite(features.ratios)
            assert features.ratios[ratio] == pytest.approx(truth.ratios[ratio], rel=1e-3)
            assert features.count == truth.count
            measured += int(known.sum())
    assert measured > 400


def test_geometry_confirms_the_side(plain: list[Scene]) -> None:
    """Chirality inferred from world joints is the drawn side, for left and right hands."""
    poses = [scene.hands[0].pose for scene in plain]
    features = measure(batch_of(poses), source="synthetic")
    sides = np.array([int(p.side) for p in poses])
    assert not features.chirality_conflict.any()
    assert np.asarray(features.side).tolist() == sides.tolist()
    assert set(sides.tolist()) == {int(Side.RIGHT), int(Side.LEFT)}


def test_thumb_of_a_right_palm_points_to_the_viewers_right() -> None:
    """Anyone can check this on their own hand: right palm towards you, fingers up, thumb on your right."""
    thumb = np.array([0.7, 0.7, 0.0])
    facing, away = View(0.0, 0.0, 0.0), View(180.0, 0.0, 0.0)
    assert (rotation_of(facing, Side.RIGHT) @ thumb)[:2] == pytest.approx([0.7, -0.7])
    assert (rotation_of(facing, Side.LEFT) @ thumb)[:2] == pytest.approx([-0.7, -0.7])
    assert (rotation_of(away, Side.RIGHT) @ thumb)[:2] == pytest.approx([-0.7, -0.7])
    assert (rotation_of(facing, Side.RIGHT) @ [0.0, 0.0, 1.0])[2] == pytest.approx(-1.0)


def test_plausible_means_no_defect(plain: list[Scene], flawed: list[Scene]) -> None:
    """Verdict and defect list never contradict each other."""
    assert all(h.plausible and not h.defects and h.count == 5 for s in plain for h in s.hands)
    assert all(h.plausible == (not h.defects) for s in flawed for h in s.hands)
    assert np.mean([not h.plausible for s in flawed for h in s.hands]) > 0.95


def test_missing_digits_are_absent_and_extras_come_last(flawed: list[Scene]) -> None:
    """The five ordinary digits are always listed; a missing one is ABSENT without coordinates, extras follow."""
    seen_absent = seen_extra = False
    for truth in (h for s in flawed for h in s.hands):
        pose = truth.pose
        assert pose.digit_kind[:5].tolist() == list(CANONICAL_DIGITS)
        assert (pose.digit_kind[5:] == DigitKind.EXTRA).all()
        absent = (pose.states[1:].reshape(-1, 4) == JointState.ABSENT).all(axis=1)
        assert np.isnan(pose.points[1:].reshape(-1, 8)[absent]).all()
        assert np.isfinite(pose.points[1:].reshape(-1, 8)[~absent]).all()
        assert truth.count == int((~absent).sum())
        seen_absent |= bool(absent.any())
        seen_extra |= len(pose.digit_kind) > 5
    assert seen_absent
    assert seen_extra


def test_fusions_and_splits_are_in_the_pose() -> None:
    """Fused and forked digits can be read from the pose alone."""
    fused = render_scene(3, size=64, defects="fused").hands[0]
    forked = render_scene(3, size=64, defects="bifurcated").hands[0]
    assert (fused.pose.fusions[0].first_id, fused.pose.fusions[0].second_id) == fused.defects[0].digit_ids
    assert fused.pose.fusions[0].extent == fused.defects[0].amount
    split = forked.pose.splits[0]
    assert (split.branch_id, split.digit_id, split.level) == (*forked.defects[0].digit_ids, forked.defects[0].joint)


def test_visible_tips_lie_on_their_own_digit_and_masks_are_disjoint(plain: list[Scene]) -> None:
    """States come from the drawn pixels: around a visible distal joint the digit's own mask is found."""
    on = total = 0
    for truth in (h for s in plain for h in s.hands):
        assert truth.digit_masks.shape == (5, SIZE, SIZE)
        assert truth.digit_masks.sum(axis=0).max() <= 1
        for k in range(5):
            row = 3 + 4 * k
            if truth.pose.states[row] == JointState.VISIBLE:
                x, y = truth.pose.points[row].astype(int)
                on += bool(truth.digit_masks[k, max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2].any())
                total += 1
    assert total > 60
    assert on / total > 0.97


def test_fist_hides_fingertips_from_the_back() -> None:
    """A joint behind other flesh is self-occluded; the same joints of an open hand are seen."""
    fists = [render_scene(s, size=SIZE, gesture="fist").hands[0].pose for s in range(10)]
    from_back = [p for p in fists if p.world[9, 2] < p.world[10, 2] - 0.025]
    assert len(from_back) >= 3
    assert np.mean([p.states[[8, 12, 16, 20]] == JointState.SELF_OCCLUDED for p in from_back]) > 0.95
    opened = [render_scene(s, size=SIZE, gesture="spread").hands[0].pose for s in range(8)]
    assert np.mean([p.states[[8, 12, 16, 20]] == JointState.VISIBLE for p in opened]) > 0.85


def test_box_holds_every_visible_joint_and_mask(plain: list[Scene]) -> None:
    """The box is inside the image and around what is seen of the hand."""
    for truth in (h for s in plain for h in s.hands):
        x, y, w, h = truth.box.as_list()
        assert x >= 0
        assert y >= 0
        assert x + w <= SIZE
        assert y + h <= SIZE
        located = truth.pose.points[truth.pose.states == JointState.VISIBLE]
        assert ((located >= [x - 1e-3, y - 1e-3]) & (located <= [x + w + 1e-3, y + h + 1e-3])).all()
        rows, columns = np.nonzero(truth.digit_masks.any(axis=0))
        assert columns.min() >= x
        assert rows.max() < y + h


@pytest.mark.parametrize("hands", [2, 3, 4])
def test_hands_of_one_scene_do_not_hide_each_other(hands: int) -> None:
    """Boxes overlap little or not at all, and no joint is occluded by another hand."""
    for seed in range(2):
        scene = render_scene(seed, size=SIZE, hands=hands)
        assert len(scene.hands) == hands
        assert all((h.pose.states != JointState.OCCLUDED).all() for h in scene.hands)
        union = sum(h.digit_masks.any(axis=0).astype(int) for h in scene.hands)
        assert union.max() <= 1


def test_families_differ_in_look_but_not_in_truth() -> None:
    """The two simulated generators draw the same hand differently."""
    matte, soft = (render_scene(11, size=SIZE, family=f) for f in FAMILIES)
    assert (matte.family, soft.family) == FAMILIES
    assert matte.image.tobytes() != soft.image.tobytes()
    assert matte.hands[0].pose == soft.hands[0].pose


def test_truth_line_is_json_and_its_pose_can_be_read_back(flawed: list[Scene]) -> None:
    """A truth line survives JSON, and the pose in it equals the drawn one."""
    for scene in flawed[:9]:
        line = json.loads(json.dumps(truth_to_dict(scene, "0001.png"), allow_nan=False))
        assert line["image"] == "0001.png"
        assert (line["width"], line["height"]) == (SIZE, SIZE)
        assert pose_from_dict(line["hands"][0]["pose"]) == scene.hands[0].pose
        assert [d["name"] for d in line["hands"][0]["defects"]] == [d.name for d in scene.hands[0].defects]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"size": 8}, "pixels"), ({"hands": 0}, "hands"), ({"family": "oil"}, "family"), ({"defects": "x"}, "defect")],
)
def test_impossible_requests_are_refused(arguments: dict[str, object], word: str) -> None:
    """Bad arguments end in a sentence, not a traceback."""
    with pytest.raises(UserError, match=word):
        render_scene(0, **arguments)  # type: ignore[arg-type]
