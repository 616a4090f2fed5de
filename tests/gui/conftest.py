"""Real projects with tiny images, the real window offscreen, and nothing left running afterwards."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui.app import Studio, make_application
from handanat_studio.gui.context import Context
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, Box, Detection, HandPose, Score
from handanat_studio.settings import Settings
from handanat_studio.store import annotations, annotators, hands, images, scores
from handanat_studio.store.images import NewImage

SIDE = 96
HANDS = 12


def hand_points(shift: float = 0.0) -> np.ndarray:
    """An open hand inside a 96 px image: (21, 2) pixels."""
    wrist = np.array([[48.0, 88.0]])
    bases = np.array([[30.0, 70.0], [36.0, 52.0], [46.0, 48.0], [56.0, 50.0], [64.0, 56.0]])
    ways = np.array([[-7.0, -6.0], [-2.5, -10.0], [0.0, -11.0], [2.5, -10.0], [5.0, -8.0]])
    digits = [base + step * way for base, way in zip(bases, ways, strict=True) for step in range(4)]
    return np.vstack([wrist, np.array(digits)]) + shift


def fill(root: Path, count: int = HANDS) -> None:
    """Make a project: `count` images with a hand and scores, one image without a hand, one that cannot be read."""
    project = projects.create(root, name="Test project")
    folder = root / "images"
    folder.mkdir()
    rows = []
    for number in range(count):
        shade = np.full((SIDE, SIDE, 3), (40 + 10 * number % 200, 90, 200 - 10 * number % 200), np.uint8)
        Image.fromarray(shade).save(folder / f"hand-{number:03d}.png")
        rows.append(NewImage(uri=f"images/hand-{number:03d}.png", sha256=f"{number:064x}", width=SIDE, height=SIDE))
    Image.fromarray(np.zeros((SIDE, SIDE, 3), np.uint8)).save(folder / "empty.png")
    rows.append(NewImage(uri="images/empty.png", sha256="e" * 64, width=SIDE, height=SIDE, generator="none"))
    rows.append(NewImage(uri="images/broken.png", error="The file is not an image."))
    with project.store.write() as session:
        ids = images.add_many(session, rows)
        images.mark_detected(session, ids, "test")
        for number, image_id in enumerate(ids[:count]):
            pose = HandPose.ordinary(hand_points())
            found = Detection(box=Box(20, 10, 56, 80), pose=pose, detector="synthetic", version="test", score=0.9)
            hand_id = hands.add_detections(session, image_id, [found], "test")[0]
            value = (number * 7 % count) / count
            verdict = IMPLAUSIBLE if value > 0.5 else PLAUSIBLE
            scores.put_many(session, [(hand_id, Score("calibrated", "test", value, verdict))])
        annotators.ensure(session, "annotator")
        for hand_id, verdict in ((1, PLAUSIBLE), (2, IMPLAUSIBLE)):
            pose = HandPose.ordinary(hand_points())
            annotations.append(session, NewAnnotation(hand_id, "annotator", pose, verdict=verdict))
    project.close()


@pytest.fixture(scope="session")
def filled_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project that no test changes."""
    root = tmp_path_factory.mktemp("projects") / "filled"
    fill(root)
    return root


@pytest.fixture
def own_project(tmp_path: Path) -> Path:
    """A project that the test may change."""
    root = tmp_path / "own"
    fill(root)
    return root


@pytest.fixture
def ctx(qtbot: QtBot) -> Iterator[Context]:
    """A context without a window."""
    make_application(Settings())
    context = Context(Settings(), keeps_settings=False)
    yield context
    context.close()


@pytest.fixture
def studio(qtbot: QtBot) -> Iterator[Studio]:
    """The program with its window shown and no project open."""
    make_application(Settings())
    program = Studio(Settings(), keeps_settings=False)
    program.window.resize(1440, 900)
    program.window.show()
    qtbot.waitExposed(program.window)
    yield program
    program.window.close()
    program.window.deleteLater()


@pytest.fixture
def opened(studio: Studio, filled_project: Path, qtbot: QtBot) -> Studio:
    """The program with the filled project open and its library complete."""
    studio.ctx.open_project(filled_project)
    qtbot.waitUntil(lambda: studio.library is not None and studio.library.is_settled, timeout=10_000)
    return studio
