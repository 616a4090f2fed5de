"""Thirty hands are labelled one after the other by real key and mouse events; every edit of the topology is among them.

Each edit is one undo step; at the end another program reads all of it from the store.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from handanat_studio import project as projects
from handanat_studio.gui.driving import wait_until
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import SUBMITTED
from handanat_studio.hand.phalanges import graft_ids, phalanx_excess
from handanat_studio.hand.topology import DigitKind, JointState, Side
from handanat_studio.hand.values import Detection, HandPose
from handanat_studio.store import hands
from handanat_studio.store.verify import verify
from handanat_studio.synthetic.scenes import render_scene
from handanat_studio.workflows import annotate, comments, ingest, review

pytestmark = pytest.mark.e2e
K = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
ADA, SIZE = "ada", 256
INDEX_PIP, INDEX_DIP, INDEX_TIP, MIDDLE_PIP, RING_PIP = 6, 7, 8, 10, 14
EXTRA = DigitKind.EXTRA


@dataclass(frozen=True)
class Job:
    """What is done to one hand, in how many undo steps, and what must be true of the pose that is read back."""

    name: str
    act: Callable[[Any], None]
    holds: Callable[[HandPose, HandPose], bool]
    steps: int = 1


def tabs(desk: Any, digit: Qt.Key, times: int) -> None:
    """Choose a digit by its number, then walk along it."""
    desk.key(digit)
    for _ in range(times):
        desk.key(K.Key_Tab)


def by_keys(*presses: Any, digit: Qt.Key = K.Key_2, tab: int = 1) -> Callable[[Any], None]:
    """Return an act that chooses a joint and presses keys; each is a key or (key, modifier)."""

    def act(desk: Any) -> None:
        tabs(desk, digit, tab)
        for press in presses:
            desk.key(*(press if isinstance(press, tuple) else (press,)))

    return act


def drag_tip(desk: Any) -> None:
    x, y = desk.at(INDEX_TIP)
    desk.drag((x, y), (x + 14, y - 8))


def add_digit(desk: Any) -> None:
    desk.key(K.Key_Plus)
    for share in (0.2, 0.4, 0.6, 0.8):
        desk.click(SIZE * 0.08, SIZE * (0.9 - 0.7 * share))


def fuse_by_mouse(desk: Any) -> None:
    desk.drag(desk.at(MIDDLE_PIP), desk.at(RING_PIP), ALT)
    desk.key(K.Key_Return)


def split_by_click(desk: Any) -> None:
    tabs(desk, K.Key_2, 1)
    desk.key(K.Key_Y, SHIFT)
    x, y = desk.at(INDEX_TIP)
    desk.click(x - 18, y + 4)


def graft(desk: Any) -> None:
    tabs(desk, K.Key_2, 1)
    desk.key(K.Key_G, ALT)
    x, y = desk.at(INDEX_TIP)
    desk.click(x + 2, max(y - 14, 2))


def place_again(desk: Any) -> None:
    tabs(desk, K.Key_2, 3)
    x, y = desk.at(INDEX_TIP)
    desk.key(K.Key_Backspace)
    desk.click(x + 3, y)


def quick(desk: Any) -> None:
    desk.key(K.Key_Q)
    tabs(desk, K.Key_2, 3)
    x, y = desk.at(INDEX_TIP)
    desk.click(x + 20, y + 20)
    desk.key(K.Key_Escape)


def guided(desk: Any) -> None:
    tabs(desk, K.Key_2, 3)
    x, y = desk.at(INDEX_TIP)
    desk.key(K.Key_Backspace)
    desk.key(K.Key_B)
    desk.click(x, y + 2)
    desk.key(K.Key_Escape)


def frame(desk: Any) -> None:
    desk.key(K.Key_E)
    desk.key(K.Key_Right, SHIFT)
    desk.key(K.Key_Escape)


def turn(desk: Any) -> None:
    desk.key(K.Key_E)
    desk.key(K.Key_Right, ALT | SHIFT)
    desk.key(K.Key_Escape)


def remark(desk: Any) -> None:
    tabs(desk, K.Key_2, 3)
    desk.key(K.Key_M, CTRL)
    desk.type("Is this the tip?")
    desk.key(K.Key_Return, CTRL)
    desk.page.canvas.setFocus()
    desk.key(K.Key_F, SHIFT)


def kinds(pose: HandPose) -> list[int]:
    return [int(kind) for kind in pose.digit_kind]


def moved(row: int) -> Callable[[HandPose, HandPose], bool]:
    return lambda pose, before: not np.allclose(pose.points[row], before.points[row], atol=0.5)


def in_state(row: int, state: JointState) -> Callable[[HandPose, HandPose], bool]:
    return lambda pose, _: bool(pose.states[row] == state)


def fused(*extents: float) -> Callable[[HandPose, HandPose], bool]:
    return lambda pose, _: [round(f.extent, 2) for f in pose.fusions] == list(extents)


def same(pose: HandPose, before: HandPose) -> bool:
    return bool(pose == before)


JOBS = (
    Job("drag a fingertip", drag_tip, moved(INDEX_TIP)),
    Job("add a digit", add_digit, lambda p, _: kinds(p) == [0, 1, 2, 3, 4, EXTRA]),
    Job("remove a digit", by_keys((K.Key_Backspace, SHIFT)), lambda p, _: kinds(p) == [0, 2, 3, 4]),
    Job("a digit is absent", by_keys((K.Key_X, SHIFT)), lambda p, _: bool((p.states[5:9] == JointState.ABSENT).all())),
    Job("fuse by keys", by_keys(K.Key_Y, K.Key_3, K.Key_Return), fused(1.0)),
    Job("fuse in part", by_keys(K.Key_Y, K.Key_3, (K.Key_Down, SHIFT), K.Key_Return), fused(0.75)),
    Job("fuse by the mouse", fuse_by_mouse, fused(1.0)),
    Job("unfuse", by_keys(K.Key_Y, K.Key_3, K.Key_Return, (K.Key_Y, ALT)), fused(), 2),
    Job("fork at a joint", split_by_click, lambda p, _: len(p.splits) == 1 and p.digit_count == 6),
    Job("take a fork back", by_keys((K.Key_Y, SHIFT), K.Key_Return, (K.Key_Y, ALT | SHIFT)), same, 2),
    Job("graft a phalanx", graft, lambda p, _: len(graft_ids(p)) == 1 and phalanx_excess(p, 1) == 1),
    Job("cut a phalanx", by_keys((K.Key_C, ALT), tab=2), in_state(INDEX_TIP, JointState.ABSENT)),
    Job(
        "let it grow again",
        by_keys((K.Key_C, ALT), (K.Key_G, ALT), K.Key_Return, tab=2),
        in_state(INDEX_DIP, JointState.VISIBLE),
        2,
    ),
    Job("change a digit's kind", by_keys((K.Key_6, ALT)), lambda p, _: kinds(p) == [0, EXTRA, 2, 3, 4]),
    Job("swap two names", by_keys((K.Key_S, ALT), K.Key_4), lambda p, _: kinds(p) == [0, 3, 2, 1, 4]),
    Job("mirror", by_keys(K.Key_M), lambda p, b: Side(p.side) == -Side(b.side) or not np.allclose(p.points, b.points)),
    Job("template", by_keys(K.Key_T), moved(0)),
    Job("copy the hand before", by_keys(K.Key_C), moved(INDEX_TIP)),
    Job("move the whole hand", frame, lambda p, b: bool(np.allclose(p.points - b.points, (10, 0), atol=0.01))),
    Job("place joint by joint", guided, moved(INDEX_TIP), 2),
    Job("quick mode", quick, moved(INDEX_TIP)),
    Job("occluded", by_keys(K.Key_O, tab=3), in_state(INDEX_TIP, JointState.OCCLUDED)),
    Job("self-occluded", by_keys(K.Key_S, tab=3), in_state(INDEX_TIP, JointState.SELF_OCCLUDED)),
    Job("outside", by_keys((K.Key_O, SHIFT), tab=3), in_state(INDEX_TIP, JointState.OUTSIDE)),
    Job("unsure", by_keys((K.Key_Question, SHIFT), tab=3), in_state(INDEX_TIP, JointState.UNSURE)),
    Job("one joint absent", by_keys(K.Key_X, tab=3), in_state(INDEX_TIP, JointState.ABSENT)),
    Job("delete and place again", place_again, moved(INDEX_TIP), 2),
    Job("nudge", by_keys((K.Key_Right, SHIFT), tab=3), moved(INDEX_TIP)),
    Job("accept the prediction", by_keys((K.Key_G, SHIFT)), same, 0),
    Job("turn the whole hand", turn, lambda p, b: not np.allclose(p.points, b.points, atol=1)),
    Job("comment and flag", remark, same),
)


@pytest.fixture
def thirty(tmp_path: Path, desk: Any) -> dict[int, HandPose]:
    """The project with thirty hands whose detections are the drawn truth; by hand id what the detector said."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    scenes = [render_scene(700 + number, size=SIZE, gesture="open") for number in range(len(JOBS))]
    for number, scene in enumerate(scenes):
        Image.fromarray(scene.image).save(folder / f"{number:02d}.png")
    found: dict[int, HandPose] = {}
    with closing(projects.create(desk.root)) as project:
        ingest.import_images(project, [folder])
        with project.store.write() as session:
            for image_id, scene in enumerate(scenes, 1):
                true = scene.hands[0]
                pose = edits.transform(true.pose, scale=0.9)
                (hand_id,) = hands.add_detections(
                    session, image_id, [Detection(true.box, pose, "synthetic", "1", 1.0)], "synthetic 1"
                )
                found[hand_id] = pose
    return found


def test_thirty_hands_with_every_topology_edit(desk: Any, thirty: dict[int, HandPose]) -> None:
    """Each hand gets its edit, a verdict and its submission; the walk goes on by itself; the store has all of it."""
    desk.studio.ctx.open_project(desk.root)
    wait_until(lambda: desk.studio.library is not None and desk.studio.library.is_settled, "the library")
    desk.come_forward()
    desk.key(K.Key_Return, on=desk.studio.library.grid)
    wait_until(lambda: desk.studio.annotate is not None and desk.page.draft is not None, "the first hand")
    hand_ids: list[int] = []
    for job in JOBS:
        hand_ids.append(_label(desk, job))
    assert sorted(hand_ids) == sorted(thirty)
    for job, hand_id in zip(JOBS, hand_ids, strict=True):
        newest = desk.stored(annotate.history, hand_id)[-1]
        assert newest.annotator == ADA
        assert job.holds(newest.pose, thirty[hand_id]), job.name
        (submission,) = desk.stored(review.review_view, hand_id, viewer=ADA).submissions
        assert submission.stage == SUBMITTED, job.name
    last = desk.stored(comments.of_hand, hand_ids[-1], viewer=ADA)
    assert [(c.part, c.text) for c in last] == [("index_tip", "Is this the tip?")]
    assert desk.stored(annotate.history, hand_ids[-1])[-1].flagged
    assert desk.stored(lambda project: verify(project.store)) == []


def _label(desk: Any, job: Job) -> int:
    wait_until(lambda: not desk.page.canvas.picture_is_blank, f"the picture of: {job.name}")
    desk.settle()
    desk.page.canvas.setFocus()
    hand_id = int(desk.draft.hand_id)
    desk.saved(lambda: job.act(desk), steps=job.steps, what=job.name)
    desk.page.canvas.setFocus()
    desk.saved(lambda: desk.key(K.Key_U))
    desk.key(K.Key_Return)
    is_last = job is JOBS[-1]
    wait_until(lambda: is_last or desk.draft.hand_id != hand_id, f"the hand after: {job.name}")
    desk.settle()
    assert QApplication.focusWidget() is not None
    return hand_id
