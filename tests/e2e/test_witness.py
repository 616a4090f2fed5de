"""The digit network as the second witness: from pixels through chain, record and project, with installed weights."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handanat_studio import project as projects
from handanat_studio.hand.evidence import evidence_from_dict
from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import Box
from handanat_studio.store import hands, images, scores
from handanat_studio.synthetic.scenes import Scene, render_scene
from handanat_studio.vision.detectors import DEFAULT_CHAIN, DetectorChain, chain_version
from handanat_studio.vision.weights import DIGITS, weights_version
from handanat_studio.workflows import ingest
from handanat_studio.workflows.score_files import score_files

pytestmark = pytest.mark.e2e
SIDE = 384


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    """Six plausible open hands."""
    return [render_scene(seed, size=SIDE, gesture="open") for seed in range(500, 506)]


@pytest.fixture(scope="module")
def chain() -> Iterator[DetectorChain]:
    """One warm chain for all tests of this file."""
    chain = DetectorChain()
    yield chain
    chain.close()


@pytest.fixture(scope="module")
def folder(scenes: list[Scene], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scenes as image files."""
    folder = tmp_path_factory.mktemp("scenes")
    for number, scene in enumerate(scenes):
        Image.fromarray(scene.image).save(folder / f"{number}.png")
    return folder


def test_every_detected_hand_carries_evidence(chain: DetectorChain, scenes: list[Scene]) -> None:
    """Chances for each digit of its pose, a distribution of numbers, and the version that the chain names."""
    found = [hand for scene in scenes for hand in chain.detect(scene.image)]
    assert len(found) >= len(scenes) - 1
    for hand in found:
        assert hand.evidence is not None
        assert len(hand.evidence.digits) == hand.pose.digit_count
        assert sum(hand.evidence.counts) == pytest.approx(1, abs=1e-4)
        assert hand.evidence.version.startswith(weights_version(DIGITS))
        assert chain.version.endswith(f"+digits:{hand.evidence.version}")


def test_joints_of_open_hands_lie_where_they_are(chain: DetectorChain, scenes: list[Scene]) -> None:
    """The combined pose is no farther from the truth than the landmark detector's own, in the median of all joints."""
    alone = DetectorChain(DEFAULT_CHAIN[:2], is_witnessed=False)
    errors: dict[str, list[float]] = {"both": [], "alone": []}
    for scene in scenes:
        truth = scene.hands[0].pose.points[:21]
        for name, asked in (("both", chain), ("alone", alone)):
            for hand in asked.detect(scene.image)[:1]:
                errors[name] += np.linalg.norm(hand.pose.points[:21] - truth, axis=1).tolist()
    alone.close()
    assert len(errors["both"]) == len(errors["alone"])
    assert np.nanmedian(errors["both"]) <= np.nanmedian(errors["alone"]) + 0.25


def test_evidence_reaches_the_record_and_the_project(folder: Path, tmp_path: Path) -> None:
    """The same figures in the JSON record and in the store, and both scorers have judged the hands."""
    records = list(score_files([folder]))
    told = [evidence_from_dict(hand["evidence"]) for record in records for hand in record["hands"]]
    project = projects.create(tmp_path / "project")
    ingest.run(project, [folder])
    with project.store.read() as session:
        kept = [hand for hands_of in hands.of_images(session, images.all_ids(session)).values() for hand in hands_of]
        judged = scores.of_hands(session, [hand.id for hand in kept])
    project.close()
    assert len(told) == len(kept) >= len(records) - 1
    for said, hand in zip(told, kept, strict=True):
        assert hand.detection is not None
        assert hand.detection.evidence is not None
        assert said.counts == pytest.approx(hand.detection.evidence.counts, abs=1e-6)
        assert said.version == hand.detection.evidence.version
        assert {"paper", "calibrated"} <= set(judged[hand.id])


def test_a_hand_in_a_box_is_seen_by_the_network_alone(chain: DetectorChain, scenes: list[Scene]) -> None:
    """Without the landmark detector: digits at the truth's tips, no depth, no side."""
    near = 0
    for scene in scenes:
        truth = scene.hands[0]
        hand = chain.seen_alone(scene.image, truth.box)
        if hand is None:
            continue
        assert hand.pose.world is None
        assert hand.fallback_reason == "joints from the digit network alone"
        tips = hand.pose.points[4::4][hand.pose.states[4::4] == JointState.VISIBLE]
        true_tips = truth.pose.points[4::4][truth.pose.states[4::4] == JointState.VISIBLE]
        away = np.linalg.norm(tips[:, None] - true_tips[None], axis=-1).min(axis=1)
        near += int((away < 0.1 * max(truth.box.width, truth.box.height)).sum())
    assert near >= 3 * len(scenes)
    assert chain.seen_alone(np.full((SIDE, SIDE, 3), 127, np.uint8), Box(50, 50, 200, 200)) is None


def test_the_version_is_known_without_loading_a_network() -> None:
    """Asking which images are stale imports neither torch nor ultralytics nor MediaPipe's graph."""
    code = (
        "import sys; from handanat_studio.vision.detectors import chain_version; print(chain_version());"
        "print(sorted({'torch', 'ultralytics', 'mediapipe'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [chain_version(), "[]"]
