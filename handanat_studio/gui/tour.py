"""The tour: drives the real window through the main job on a project and leaves pictures, an export and a summary."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from handanat_studio.errors import UserError
from handanat_studio.gui import driving, tour_pages
from handanat_studio.gui.driving import Camera, PictureWatch, wait_until
from handanat_studio.gui.editor.joint_angles import JointAngle, Standing, joint_angles
from handanat_studio.gui.job_list import Job
from handanat_studio.hand import edits
from handanat_studio.hand.topology import CANONICAL_DIGITS, DigitKind, Level, point_row
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, HandPose
from handanat_studio.workflows import annotate

if TYPE_CHECKING:
    from handanat_studio.gui.app import Studio
    from handanat_studio.gui.editor.draft import Draft
    from handanat_studio.gui.pages.annotate import AnnotatePage

ANNOTATOR = "tour"
FINGERS = (DigitKind.INDEX, DigitKind.MIDDLE, DigitKind.RING, DigitKind.LITTLE)
TRIED = 40
LEVELS = 3
SWING_DEG = 178
TRIAL_EVERY = 5
STRAIGHT_DEG = 45
STRETCHED = 0.9
"""Share of a fingertip's length that must lie across the view: only then does a drag bend it as it looks."""
EXPORT_FORMAT = "coco"


def run(studio: Studio, project: Path, out: Path) -> int:
    """Do the tour and return the exit code.

    Args:
        studio: the program, its window not shown yet.
        project: a project with hands.
        out: folder for the pictures, the export and `summary.json`.

    Raises:
        UserError: if a step does not come to its end.
    """
    out.mkdir(parents=True, exist_ok=True)
    studio.ctx.change_settings(annotator=ANNOTATOR, theme="dark")
    camera = Camera(studio.window, out)
    studio.window.show()
    camera.take("start-dark")
    try:
        summary = _visit(studio, project, out, camera)
    finally:
        studio.ctx.close()
    summary["screenshots"] = camera.names
    (out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return 0


def _visit(studio: Studio, project: Path, out: Path, camera: Camera) -> dict[str, Any]:
    ctx = studio.ctx
    ctx.open_project(project)
    wait_until(lambda: studio.library is not None and studio.library.is_settled, "the library")
    ctx.commands.trigger("library.everyone")
    _settle(studio)
    camera.take("library-dark")
    ctx.commands.trigger("library.everyone")
    _settle(studio)
    summary = {"project": ctx.project.name, "annotator": ANNOTATOR, "simulated_annotators": True}
    summary |= _annotate(studio, camera)
    summary["agreement"] = _agree(studio, camera)
    studio.window.show_page("library")
    _settle(studio)
    summary["six_fingers"] = tour_pages.add_sixth_finger(studio, camera)
    summary["review"] = tour_pages.review(studio, camera, "dark")
    summary["export"] = _export(studio, _fresh(out / "export"))
    ctx.change_settings(theme="light")
    tour_pages.review(studio, camera, "light")
    studio.window.show_page("annotate")
    driving.settle()
    camera.take("annotate-six-fingers-light")
    studio.window.show_page("library")
    ctx.commands.trigger("library.everyone")
    _settle(studio)
    camera.take("library-light")
    ctx.close_project()
    camera.take("start-light")
    return summary


def _settle(studio: Studio) -> None:
    library = studio.library
    assert library is not None
    wait_until(lambda: library.is_settled, "the library's listing and pictures")


def _annotate(studio: Studio, camera: Camera) -> dict[str, Any]:
    page, kind = _open_suitable_hand(studio)
    draft = page.draft
    assert draft is not None
    camera.take("annotate-opened-dark")
    before = _angles(draft)
    _step(draft, "the dragged fingertip", partial(_drag_tip, page, draft, kind))
    after = _angles(draft)
    name = next((n for n, angle in after.items() if angle.standing is Standing.VIOLATED and _is_of(n, kind)), "")
    if not name:
        raise UserError("The fingertip was dragged, but no joint left its range.", hint="This is a fault: report it.")
    camera.take("annotate-dragged-dark")
    scored = draft.judgement
    _step(draft, "the verdict", partial(QTest.keyClick, page.canvas, Qt.Key.Key_I))
    if draft.snapshot.verdict != IMPLAUSIBLE:
        raise UserError("The verdict was not taken.", hint="Its key is I.")
    camera.take("annotate-verdict-dark")
    for what, key in (("undo", Qt.Key.Key_Z), ("redo", Qt.Key.Key_Y)):
        _step(draft, what, partial(QTest.keyClick, page.canvas, key, Qt.KeyboardModifier.ControlModifier))
        camera.take(f"annotate-{what}-dark")
    return {
        "hand_id": draft.hand_id,
        "joint": name,
        "angle_before_deg": _rounded(before[name].value),
        "angle_after_deg": _rounded(after[name].value),
        "core_range_deg": [after[name].limit.core_low, after[name].limit.core_high],
        "excess_z": round(after[name].z, 2),
        "paper_score_after": _rounded(scored.paper.value),
        "p_implausible_after": _rounded(scored.calibrated.value),
        "verdict": draft.snapshot.verdict,
        "revisions": _revisions(studio, draft),
    }


def _open_suitable_hand(studio: Studio) -> tuple[AnnotatePage, DigitKind]:
    """Open hands as a user does until one has a finger whose joints are all in range, and return that finger."""
    library = studio.library
    assert library is not None
    QTest.keyClick(library.grid, Qt.Key.Key_Return)
    page = studio.annotate
    assert page is not None
    watch = PictureWatch(page)
    wait_until(lambda: watch.is_shown, "the first hand")
    second_best: tuple[tuple[int, int], DigitKind] | None = None
    for _ in range(TRIED):
        draft = page.draft
        if draft is not None and draft.snapshot.verdict is None:
            kind, is_best = _suitable_finger(draft)
            if kind is not None and is_best:
                return page, kind
            if kind is not None and second_best is None:
                second_best = watch.key, kind
        if not page.loader.can_step(1):
            break
        before = watch.key
        QTest.keyClick(page.canvas, Qt.Key.Key_D)
        wait_until(partial(watch.is_shown_after, before), "the next hand")
    if second_best is None:
        raise UserError("No hand of the project is suited for the tour.", hint="Use a larger sample: 'handanat demo'.")
    key, kind = second_best
    studio.open_hand(*key)
    wait_until(lambda: watch.key == key and watch.is_shown, "a hand seen before")
    return page, kind


def _suitable_finger(draft: Draft) -> tuple[DigitKind | None, bool]:
    """Return a finger that is in range and that a drag of its tip takes out of it, and whether it shows this well.

    It shows well on a hand that is judged plausible and a straight finger that is stretched across the view.
    """
    angles = _angles(draft)
    found: DigitKind | None = None
    for kind in FINGERS:
        own = [angle for name, angle in angles.items() if _is_of(name, kind)]
        if len(own) != LEVELS or not all(map(_is_in_core, own)) or not _would_leave_range(draft, kind):
            continue
        is_straight = max(angle.value for angle in own) <= STRAIGHT_DEG
        if is_straight and draft.judgement.calibrated.verdict == PLAUSIBLE and _is_stretched(draft.pose, kind):
            return kind, True
        found = kind if found is None else found
    return found, False


def _is_in_core(angle: JointAngle) -> bool:
    return angle.standing is Standing.IN_RANGE and angle.limit.core_low <= angle.value <= angle.limit.core_high


def _is_stretched(pose: HandPose, kind: DigitKind) -> bool:
    if pose.world is None:
        return False
    tip = point_row(CANONICAL_DIGITS.index(kind), Level.TIP)
    x, y, z = (pose.world[tip] - pose.world[tip - 1]).tolist()
    return math.hypot(x, y) > STRETCHED * math.hypot(x, y, z)


def _would_leave_range(draft: Draft, kind: DigitKind) -> bool:
    tip = point_row(CANONICAL_DIGITS.index(kind), Level.TIP)
    pose = draft.pose
    try:
        for x, y in list(_swing(pose, kind))[::TRIAL_EVERY]:
            draft.preview(edits.move(pose, tip, (x, y)))
            if _is_violated(draft, kind):
                return True
    finally:
        draft.drop_preview()
    return False


def _drag_tip(page: AnnotatePage, draft: Draft, kind: DigitKind) -> None:
    """Swing a fingertip about its last joint with the mouse until a joint of the finger leaves its range."""

    path = (page.canvas.mapFromScene(x, y) for x, y in list(_swing(draft.pose, kind)))
    driving.drag(page.canvas.viewport(), path, is_enough=lambda: _is_violated(draft, kind))


def _is_violated(draft: Draft, kind: DigitKind) -> bool:
    return any(a.standing is Standing.VIOLATED and _is_of(n, kind) for n, a in _angles(draft).items())


def _swing(pose: HandPose, kind: DigitKind) -> Iterator[tuple[float, float]]:
    """Yield where a fingertip goes, in image pixels, while it turns about its last joint towards the palm."""
    points, place = pose.points, CANONICAL_DIGITS.index(kind)
    middle, distal, tip = (points[point_row(place, level)] for level in (Level.MIDDLE, Level.DISTAL, Level.TIP))
    radius = math.dist(tip, distal)
    start = math.atan2(*reversed((tip - distal).tolist()))
    back = math.atan2(*reversed((middle - distal).tolist()))
    turn = (back - start + math.pi) % (2 * math.pi) - math.pi
    for step in range(0, SWING_DEG + 1, 2):
        angle = start + math.copysign(math.radians(step), turn)
        yield float(distal[0] + radius * math.cos(angle)), float(distal[1] + radius * math.sin(angle))


def _angles(draft: Draft) -> dict[str, JointAngle]:
    return {angle.name: angle for angle in joint_angles(draft.pose, draft.judgement)}


def _is_of(name: str, kind: DigitKind) -> bool:
    return name.startswith(kind.name.lower())


def _step(draft: Draft, what: str, act: Callable[[], object]) -> None:
    """Do something that commits a step, and wait until it is on disk."""
    before = draft.parent_id
    act()
    wait_until(lambda: draft.is_settled and draft.parent_id != before, f"{what} to be saved")


def _revisions(studio: Studio, draft: Draft) -> list[dict[str, Any]]:
    """Read back from the store what was saved for the hand."""
    answer: list[Any] = []
    studio.ctx.read(annotate.history, draft.hand_id, viewer=ANNOTATOR, done=answer.append)
    wait_until(lambda: answer, "the hand's history")
    own = [revision for revision in answer[0] if revision.annotator == ANNOTATOR]
    return [
        {"id": r.id, "parent_id": r.parent_id, "action": r.action, "verdict": r.verdict, "created_at": r.created_at}
        for r in own
    ]


def _agree(studio: Studio, camera: Camera) -> list[dict[str, Any]]:
    result = _result(studio, "Compute agreement", lambda: studio.ctx.commands.trigger("project.agreement"))
    simulated = {person["name"] for person in result["annotators"] if person["simulated"]}
    camera.take("agreement-dark")
    studio.window.notification_bar.clear()
    return [pair | {"simulated": {pair["a"], pair["b"]} <= simulated} for pair in result["pairs"]]


def _export(studio: Studio, out: Path) -> dict[str, Any]:
    submit = partial(studio.ctx.jobs.submit, "export", "Export", out=out, format=EXPORT_FORMAT)
    manifest: dict[str, Any] = _result(studio, "Export", submit)
    return {"folder": out.name, "manifest": manifest}


def _result(studio: Studio, title: str, start: Callable[[], object]) -> Any:
    """Start a job of the worker process, wait for its end, and return its result."""
    results: list[Any] = []
    failures: list[str] = []
    jobs = studio.ctx.jobs

    def on_finished(_number: int, result: object) -> None:
        results.append(result)

    def on_failed(job: Job) -> None:
        failures.append(f"{job.message} {job.hint}")

    jobs.finished.connect(on_finished)
    jobs.failed.connect(on_failed)
    start()
    wait_until(lambda: results or failures, title)
    jobs.finished.disconnect(on_finished)
    jobs.failed.disconnect(on_failed)
    if failures:
        raise UserError(f"{title} failed: {failures[0]}")
    return results[0]


def _fresh(folder: Path) -> Path:
    """Return a folder that does not exist yet: `folder`, or `folder` with a number."""
    number, result = 1, folder
    while result.exists():
        number += 1
        result = folder.with_name(f"{folder.name}-{number}")
    return result


def _rounded(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None
