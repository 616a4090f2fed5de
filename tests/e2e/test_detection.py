"""The real MediaPipe on drawn hands and on photographs with known content."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.features import measure
from handanat_studio.hand.topology import Side
from handanat_studio.hand.values import Box
from handanat_studio.synthetic.scenes import Scene, render_scene
from handanat_studio.vision.body import BodyBoxes
from handanat_studio.vision.detectors import DetectorChain
from handanat_studio.vision.images import find_images, read_image

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def chain() -> Iterator[DetectorChain]:
    """One warm chain for all tests of this file."""
    chain = DetectorChain()
    yield chain
    chain.close()


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    """Twelve plausible hands."""
    return [render_scene(seed, size=384) for seed in range(300, 312)]


def test_drawn_hands_are_found_where_they_are(chain: DetectorChain, scenes: list[Scene]) -> None:
    """At least ten of twelve hands are found, their joints typically within 4 % of the image's width."""
    errors = []
    for scene in scenes:
        found = chain.detect(scene.image)
        if found:
            truth = scene.hands[0].pose.points
            errors.append(min(np.median(np.linalg.norm(hand.pose.points[:21] - truth, axis=1)) for hand in found))
    assert len(errors) >= 10
    assert np.median(errors) < 0.04 * 384


def test_the_side_of_drawn_hands_is_the_subjects(chain: DetectorChain) -> None:
    """Open hands of known side are named after their owner's side, and their mirror images after the other."""
    right = 0
    for seed in range(400, 408):
        scene = render_scene(seed, size=384, gesture="open")
        for pixels, side in ((scene.image, scene.hands[0].side), (scene.image[:, ::-1], -scene.hands[0].side)):
            found = chain.detect(pixels)
            right += bool(found) and found[0].pose.side == side
    assert right >= 14


def test_an_image_without_anything_has_no_hand(chain: DetectorChain) -> None:
    """Degenerate and plain images are looked at without an error, and nothing is found in them."""
    for size in ((1, 1), (1, 3000), (3000, 1), (7, 5), (700, 700)):
        assert chain.detect(np.full((*size, 3), 127, np.uint8)) == []


def test_detection_prints_nothing_and_keeps_the_error_stream() -> None:
    """MediaPipe's native log stays silent, no Python warning escapes, and what we write to stderr arrives."""
    code = (
        "import sys\n"
        "from handanat_studio.vision.detectors import DetectorChain\n"
        "from handanat_studio.synthetic.scenes import render_scene\n"
        "chain = DetectorChain()\n"
        "chain.detect(render_scene(1, size=256).image * 0)\n"
        "found = sum(bool(chain.detect(render_scene(seed, size=256).image)) for seed in range(3))\n"
        "print('marker', file=sys.stderr)\n"
        "print(found > 0)\n"
    )
    answer = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert (answer.stdout, answer.stderr) == ("True\n", "marker\n")


def test_mediapipes_own_expected_landmarks_are_met(chain: DetectorChain, shared_data: Path) -> None:
    """On MediaPipe's test photograph both hands lie within its own tolerance of 15 px, and both are left hands."""
    folder = shared_data / "mediapipe_golden"
    expected = [np.array(hand) for hand in json.loads((folder / "hands_expected.json").read_text())["hands"]]
    found = chain.detect(read_image(folder / "hands.jpg").pixels)
    assert len(found) == 2
    for golden in expected:
        assert min(np.abs(hand.pose.points[:21] - golden).max() for hand in found) < 15
    assert [hand.pose.side for hand in found] == [Side.LEFT, Side.LEFT]
    assert {hand.detector for hand in found} == {"mediapipe"}


def test_a_known_left_hand_is_left_and_its_depth_points_away(chain: DetectorChain, shared_data: Path) -> None:
    """One subject's left hand: the claimed side is mostly LEFT, the geometry always, and `world` follows the truth."""
    folder = shared_data / "keypoints_one_subject"
    poses, alike, deep = [], [], []
    for entry in json.loads((folder / "keypoints.json").read_text())[::10]:
        found = chain.detect(read_image(folder / entry["image"]).pixels)
        if found:
            poses.append(found[0].pose)
            truth = np.array(entry["keypoints_3d_cm"])
            # What the network places itself, where it believes MediaPipe's digit is elsewhere, has no depth.
            world = poses[-1].world[: len(truth)]
            known = np.isfinite(world).all(axis=1)
            deep += known.tolist()
            alike.append([np.corrcoef(truth[known, axis], world[known, axis])[0, 1] for axis in range(3)])
    assert len(poses) >= 19
    assert sum(pose.side == Side.LEFT for pose in poses) >= 18
    assert set(measure(batch_of(poses), source="mediapipe").side.tolist()) == {int(Side.LEFT)}
    assert len(alike) >= 18
    assert np.mean(deep) > 0.97
    assert np.median(alike, axis=0).min() > 0.7


def test_rooms_without_hands_rarely_show_one(chain: DetectorChain, shared_data: Path) -> None:
    """At most one of twenty office photographs is taken for a hand, all looks of the rescue included."""
    files = list(find_images([shared_data / "no_hands"]))
    assert len(files) == 20
    assert sum(bool(chain.detect(read_image(file).pixels)) for file in files) <= 1


def test_the_rescue_finds_close_hands_that_fill_the_image(chain: DetectorChain, shared_data: Path) -> None:
    """Tight crops that MediaPipe misses are found with a border, at the right place, and say so."""
    files = list(find_images([shared_data / "sign_language_digits"]))[::9]
    found = [chain.detect(read_image(file).pixels) for file in files]
    rescued = [hands[0] for hands in found if hands and hands[0].detector == "mediapipe-rescue"]
    assert sum(map(bool, found)) >= 0.95 * len(files)
    assert len(rescued) >= 3
    for hand in rescued:
        assert hand.fallback_reason == "mediapipe found no hand; seen with a border added"
        assert np.median(hand.pose.points, axis=0) == pytest.approx([50, 50], abs=35)


def test_arms_lead_to_the_hands_that_mediapipe_finds_and_to_some_that_it_does_not(
    chain: DetectorChain, shared_data: Path
) -> None:
    """On portraits boxes at arms' ends hold known hands; a person in a small picture has hands where her arms end."""
    arms = BodyBoxes()
    agree = []
    for file in list(find_images([shared_data / "gestures_in_the_wild"]))[::2]:
        pixels = read_image(file).pixels
        sure = [box for box, chance in arms.find(pixels) if chance >= 0.9]
        middles = [(hand.box.x + hand.box.width / 2, hand.box.y + hand.box.height / 2) for hand in chain.detect(pixels)]
        if sure and middles:
            agree.append(any(holds(box, place) for box in sure for place in middles))
    arms.close()
    assert len(agree) >= 6
    assert np.mean(agree) >= 0.8
    found = [chain.detect(read_image(f).pixels) for f in find_images([shared_data / "stable_diffusion_panels"])]
    by_arms = [hands[0] for hands in found if hands and hands[0].detector == "mediapipe-pose"]
    assert sum(map(bool, found)) >= 0.9 * len(found)
    assert len(by_arms) >= 3
    assert all("end of an arm of 0.9" in str(hand.fallback_reason) for hand in by_arms)


def holds(box: Box, place: tuple[float, float]) -> bool:
    """Whether a place lies in a box."""
    return box.x <= place[0] <= box.x + box.width and box.y <= place[1] <= box.y + box.height
