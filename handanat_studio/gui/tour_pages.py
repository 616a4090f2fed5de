"""The tour's visits to single pages: a six-fingered hand written down, the review of what others handed in."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from handanat_studio.gui import driving
from handanat_studio.gui.driving import Camera, PictureWatch, wait_until
from handanat_studio.hand.codec import pose_from_dict
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, DigitKind
from handanat_studio.hand.values import HandPose

if TYPE_CHECKING:
    from handanat_studio.gui.app import Studio
    from handanat_studio.gui.pages.annotate import AnnotatePage
    from handanat_studio.gui.pages.review import ReviewPage

Points = NDArray[np.float32]
TRUTH_FILE = "truth.jsonl"
HANDED_IN, DISPUTES = "queue:submitted", "queue:disagreement"


def add_sixth_finger(studio: Studio, camera: Camera) -> dict[str, Any] | None:
    """Open the first six-fingered hand of a sample project and click the digit that the detector missed, base to tip.

    Returns:
        the hand and what the formulas say of it now; None if the project does not say which hand has six digits.
    """
    found = _six_fingered(studio.ctx.project.root)
    library = studio.library
    assert library is not None
    if found is None:
        return None
    uri, digits = found
    library.search_field.setText(uri)
    driving.pause(600)
    wait_until(lambda: library.is_settled, "the six-fingered hand in the library")
    QTest.keyClick(library.grid, Qt.Key.Key_Return)
    page = studio.annotate
    assert page is not None
    watch = PictureWatch(page)
    wait_until(lambda: watch.is_shown and page.draft is not None, "the six-fingered hand")
    draft = page.draft
    assert draft is not None
    if draft.pose.digit_count == len(DigitKind) - 1:
        QTest.keyClick(page.canvas, Qt.Key.Key_Plus)
        for x, y in _missed(digits, draft.pose).tolist():
            spot = page.canvas.mapFromScene(x, y)
            QTest.mouseClick(page.canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
            driving.settle()
        wait_until(lambda: draft.is_settled, "the sixth digit to be saved")
    camera.take("annotate-six-fingers-dark")
    _show_network(studio, page, camera)
    library.search_field.clear()
    return {
        "hand_id": draft.hand_id,
        "digits": draft.pose.digit_count,
        "p_implausible": round(draft.judgement.calibrated.value, 2),
    }


def _show_network(studio: Studio, page: AnnotatePage, camera: Camera) -> None:
    """Lay what the digit network sees over the hand, and take it away again."""
    studio.ctx.commands.trigger("annotate.evidence")
    wait_until(lambda: page.seeing.layer.is_settled, "what the digit network sees")
    page.inspector.reveal(page.inspector.seen)
    camera.take("annotate-network-dark")
    studio.ctx.commands.trigger("annotate.evidence")


def _six_fingered(root: Path) -> tuple[str, Points] | None:
    """Return the image and the true digits, (6, 4, 2) pixels, of the first six-fingered hand."""
    file = root / TRUTH_FILE
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
        scene = json.loads(line)
        for pose in (pose_from_dict(hand["pose"]) for hand in scene["hands"]):
            digits = pose.points[1:].reshape(-1, JOINTS_PER_DIGIT, 2)
            if len(digits) == len(DigitKind) and not pose.splits and np.isfinite(digits).all():
                return str(scene["image"]), digits
    return None


def _missed(digits: Points, pose: HandPose) -> Points:
    """Return the true digit, (4, 2) pixels, whose tip lies farthest from every tip of a pose."""
    tips = pose.points[1:].reshape(-1, JOINTS_PER_DIGIT, 2)[:, -1]
    apart = np.linalg.norm(digits[:, None, -1] - tips[None], axis=-1)
    missed: Points = digits[int(np.nanmin(apart, axis=1).argmax())]
    return missed


def review(studio: Studio, camera: Camera, theme: str) -> dict[str, Any]:
    """Show what was handed in, a dispute with its differences, and the history of a hand; nothing is decided."""
    page = _review_page(studio)
    _choose(studio, page, HANDED_IN)
    if page.case is None:
        camera.take(f"review-empty-{theme}")
        return {"handed_in": 0}
    camera.take(f"review-{theme}")
    summary: dict[str, Any] = {"handed_in": page.desk.hands.entries.rowCount()}
    _choose(studio, page, DISPUTES)
    if page.case is not None and page.case.is_disputed:
        QTest.keyClick(page.canvas, Qt.Key.Key_J)
        _settle(studio, page)
        camera.take(f"review-dispute-{theme}")
        summary["differences"] = len(page.case.differences)
    else:
        _choose(studio, page, HANDED_IN)
    studio.ctx.commands.trigger("review.history")
    _settle(studio, page)
    camera.take(f"review-history-{theme}")
    studio.ctx.commands.trigger("review.history")
    return summary


def _review_page(studio: Studio) -> ReviewPage:
    studio.window.show_page("review")
    page = studio.review
    assert page is not None
    _settle(studio, page)
    return page


def _choose(studio: Studio, page: ReviewPage, queue: str) -> None:
    page.feed.choose(queue)
    _settle(studio, page)


def _settle(studio: Studio, page: ReviewPage) -> None:
    wait_until(partial(_is_quiet, studio, page), "the review page")
    driving.pause(200)
    wait_until(partial(_is_quiet, studio, page), "the review page")


def _is_quiet(studio: Studio, page: ReviewPage) -> bool:
    is_drawn = page.case is None or not page.canvas.picture_is_blank
    return studio.ctx.pending == 0 and not page.feed.is_reading and is_drawn
