"""The whole life of a hand by keys and mouse: import, correct, judge, hand in, return, fix, adjudicate, consensus.

Every state is read back from the store through a connection of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from handanat_studio.gui.dialogs.new_project import NewProjectDialog
from handanat_studio.gui.driving import wait_until
from handanat_studio.hand.annotation import ACCEPTED, ADJUDICATION, ANNOTATION, RETURNED, SUBMITTED
from handanat_studio.hand.topology import DigitKind
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE
from handanat_studio.store.library import LibraryFilter
from handanat_studio.workflows import annotate, browse, consensus, people, review

pytestmark = pytest.mark.e2e
K = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ADA, BEN, RITA = "ada", "ben", "rita"
INDEX_TIP = 8


def test_the_whole_job_from_a_folder_of_images_to_a_consensus(desk: Any, pictures: Any) -> None:
    """Three people take one hand through every stage; nothing is done but what they can do at the window."""
    hand_id = _import_and_open(desk, pictures)
    _correct(desk, hand_id)
    _hand_in(desk, hand_id)
    _return(desk, hand_id)
    _fix(desk, hand_id)
    _second_opinion(desk, hand_id)
    _adjudicate(desk, hand_id)
    assert desk.stored(_problems) == []


def _problems(project: Any) -> list[Any]:
    from handanat_studio.store.verify import verify

    return verify(project.store)


def _import_and_open(desk: Any, pictures: Any) -> int:
    desk.studio.actions.new_from_folder(pictures)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, NewProjectDialog))
    dialog.set_project_folder(desk.root)
    create = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Create and import")
    QTest.mouseClick(create, Qt.MouseButton.LeftButton)
    wait_until(lambda: desk.studio.library is not None, "the library")
    desk.jobs_done()
    index = desk.stored(browse.index, LibraryFilter())
    assert (index.hand_ids > 0).sum() == 3
    wait_until(lambda: desk.studio.library.grid.model().rowCount() == 3, "the listing")
    wait_until(lambda: desk.studio.library.is_settled, "the thumbnails")
    desk.come_forward()
    desk.key(K.Key_Return, on=desk.studio.library.grid)
    _wait_for_hand(desk)
    return int(desk.draft.hand_id)


def _wait_for_hand(desk: Any, hand_id: int = 0) -> None:
    def is_open() -> bool:
        draft = desk.studio.annotate.draft if desk.studio.annotate is not None else None
        return draft is not None and hand_id in (0, draft.hand_id) and not desk.page.canvas.picture_is_blank

    wait_until(is_open, "the hand on the Annotate page")
    desk.settle()
    desk.page.canvas.setFocus()


def _newest(desk: Any, hand_id: int, annotator: str) -> Any:
    return [r for r in desk.stored(annotate.history, hand_id) if r.annotator == annotator][-1]


def _correct(desk: Any, hand_id: int) -> None:
    """Move a fingertip, add a sixth digit, fuse two digits; each is one step on disk."""
    before = desk.draft.pose.points[INDEX_TIP].copy()
    x, y = desk.at(INDEX_TIP)
    desk.saved(lambda: desk.drag((x, y), (x + 24, y - 12)))
    moved = _newest(desk, hand_id, ADA)
    assert np.linalg.norm(moved.pose.points[INDEX_TIP] - before) > 15

    wrist, tip = np.array(desk.at(0)), np.array(desk.at(20))
    side = np.array([wrist[1] - tip[1], tip[0] - wrist[0]]) * 0.18

    def six_digits() -> None:
        desk.key(K.Key_Plus)
        for share in (0.45, 0.6, 0.75, 0.9):
            desk.click(*(wrist + (tip - wrist) * share + side).tolist())

    desk.saved(six_digits)
    assert _newest(desk, hand_id, ADA).pose.digit_kind.tolist() == [0, 1, 2, 3, 4, DigitKind.EXTRA]

    def fuse() -> None:
        desk.key(K.Key_2)
        desk.key(K.Key_Y)
        desk.key(K.Key_3)
        desk.key(K.Key_Return)

    desk.saved(fuse)
    (fusion,) = _newest(desk, hand_id, ADA).pose.fusions
    assert (fusion.first_id, fusion.second_id) == (1, 2)


def _hand_in(desk: Any, hand_id: int) -> None:
    """Agree with what the formulas found, give the verdict, submit: the next hand is open."""
    findings = desk.page.inspector.findings.findings()
    assert any(f.kind == "count" for f in findings), findings

    def agree() -> None:
        for _ in findings:
            desk.key(K.Key_BracketRight)
            desk.key(K.Key_Up, CTRL)

    desk.saved(agree, steps=len(findings))
    desk.saved(lambda: desk.key(K.Key_I))
    written = _newest(desk, hand_id, ADA)
    assert written.verdict == IMPLAUSIBLE
    assert {f.kind for f in written.findings if f.accepted} >= {"count"}
    desk.key(K.Key_Return)
    desk.settle()
    assert desk.draft.hand_id != hand_id
    assert [s.stage for s in _view(desk, hand_id, ADA).submissions] == [SUBMITTED]


def _view(desk: Any, hand_id: int, viewer: str) -> Any:
    return desk.stored(review.review_view, hand_id, viewer=viewer)


def _sit_down_to_review(desk: Any) -> None:
    desk.be(RITA)
    desk.key(K.Key_3, CTRL)
    wait_until(lambda: desk.review.case is not None, "a hand to review")
    desk.settle()
    desk.review.canvas.setFocus()


def _return(desk: Any, hand_id: int) -> None:
    """A lead returns the hand with a reason at a joint; as an annotator nobody may look here."""
    desk.be(RITA)
    desk.studio.ctx.save(people.set_role, RITA, "lead", by=RITA)
    desk.settle()
    assert desk.stored(people.role_of, ADA) == "annotator"
    _sit_down_to_review(desk)
    assert desk.review.case.hand_id == hand_id
    desk.key(K.Key_2)
    for _ in range(3):
        desk.key(K.Key_Tab)
    desk.key(K.Key_R)
    desk.key(K.Key_1)
    desk.key(K.Key_Return)
    desk.settle()
    seen = _view(desk, hand_id, RITA)
    assert [s.stage for s in seen.submissions] == [RETURNED]
    (comment,) = seen.comments
    assert (comment.author, comment.part, comment.kind) == (RITA, "index_tip", "return")
    assert comment.text == desk.studio.ctx.settings.quick_reasons[0]


def _go_back_to_annotate(desk: Any, name: str, hand_id: int) -> None:
    desk.be(name)
    desk.key(K.Key_1, CTRL)
    wait_until(lambda: desk.studio.library.is_settled, "the library")
    image_id = desk.stored(browse.index, LibraryFilter()).image_ids[0]
    assert desk.studio.library.select(int(image_id), hand_id)
    desk.key(K.Key_Return, on=desk.studio.library.grid)
    _wait_for_hand(desk, hand_id)


def _fix(desk: Any, hand_id: int) -> None:
    """The annotator sees who returned it and where, moves the joint and hands it in again."""
    _go_back_to_annotate(desk, ADA, hand_id)
    (bar,) = desk.page.judging.bars()
    wait_until(bar.isVisible, "the bar of a returned hand", patience_s=5)
    assert RITA in bar.accessibleName() + bar.accessibleDescription() + _texts(bar)
    x, y = desk.at(INDEX_TIP)
    desk.saved(lambda: desk.drag((x, y), (x - 10, y + 6)))
    assert [s.stage for s in _view(desk, hand_id, RITA).submissions] == [RETURNED]
    desk.key(K.Key_Return)
    desk.settle()
    assert [s.stage for s in _view(desk, hand_id, RITA).submissions] == [SUBMITTED]


def _texts(widget: Any) -> str:
    from PySide6.QtWidgets import QLabel

    return " ".join(label.text() for label in widget.findChildren(QLabel))


def _second_opinion(desk: Any, hand_id: int) -> None:
    """A second annotator starts from the detector's pose, sees nothing of the first, and says plausible."""
    _go_back_to_annotate(desk, BEN, hand_id)
    assert desk.draft.pose.digit_count == 5
    assert desk.draft.snapshot.verdict is None
    desk.saved(lambda: desk.key(K.Key_P))
    desk.key(K.Key_Return)
    desk.settle()
    assert len(_view(desk, hand_id, RITA).submissions) == 2
    assert [s.annotation.annotator for s in _view(desk, hand_id, BEN).submissions] == [BEN]
    assert desk.stored(consensus.of_hand, hand_id).status == "disputed"


def _adjudicate(desk: Any, hand_id: int) -> None:
    """The lead walks the differences, takes one side's hand, and settles; both annotations stay as they were."""
    _sit_down_to_review(desk)
    case = desk.review.case
    assert case.hand_id == hand_id
    assert desk.review.draft is not None
    assert desk.review.draft.is_adjudication
    six = [voice for voice in (case.left, case.right) if voice.annotation.pose.digit_count == 6]
    take_all = K.Key_BracketLeft if six[0] is case.left else K.Key_BracketRight
    desk.key(K.Key_E, CTRL | SHIFT)
    assert desk.studio.window.page is desk.page
    _wait_for_hand(desk, hand_id)
    desk.key(K.Key_3, CTRL)
    desk.settle()
    desk.review.canvas.setFocus()
    desk.key(take_all, SHIFT)
    desk.settle()
    assert desk.review.draft.snapshot.verdict == IMPLAUSIBLE
    desk.key(K.Key_Return)
    desk.settle()
    settled = desk.stored(consensus.of_hand, hand_id)
    assert (settled.status, settled.verdict, settled.by) == ("adjudicated", IMPLAUSIBLE, RITA)
    assert settled.annotation.kind == ADJUDICATION
    assert settled.annotation.pose.digit_count == 6
    assert [f.first_id for f in settled.annotation.pose.fusions] == [1]
    seen = _view(desk, hand_id, RITA)
    said = {s.annotation.annotator: (s.annotation.kind, s.annotation.verdict) for s in seen.submissions}
    assert said == {ADA: (ANNOTATION, IMPLAUSIBLE), BEN: (ANNOTATION, PLAUSIBLE)}
    assert seen.own_adjudication_stage == ACCEPTED
