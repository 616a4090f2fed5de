"""Names, webs and live limits on the image: where the pills go and what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication

from handanat_studio.gui import theme
from handanat_studio.gui.editor import joint_names, marks, webs
from handanat_studio.gui.editor.items import HandItem, HandLook
from handanat_studio.gui.editor.joint_angles import Standing, joint_angles
from handanat_studio.gui.editor.pills import free_place
from handanat_studio.hand import edits
from handanat_studio.hand.topology import DigitKind, JointState, Level
from handanat_studio.hand.values import HandPose
from handanat_studio.workflows import annotate


def spread_hand() -> HandPose:
    """Return an open hand of 21 points, about 480 px high."""
    points = [(300.0, 560.0)]
    for digit in range(5):
        angle = np.deg2rad(-146 + 28 * digit)
        for level in range(4):
            reach = (140 if digit == 0 else 220) + 70 * level
            points.append((300 + reach * np.cos(angle), 560 + reach * np.sin(angle)))
    return HandPose.ordinary(points)


def test_names_cover_neither_each_other_nor_a_joint(qapp: QApplication) -> None:
    """On a spread hand all 21 names find a free place beside their joints."""
    pose = spread_hand()
    points = pose.points.astype(float)
    placed = joint_names.place_names(pose, points, [], theme.font("caption"), 6.0)
    rects = [rect for _, rect in placed]
    assert len(rects) == 21
    assert not any(a.intersects(b) for n, a in enumerate(rects) for b in rects[:n])
    assert not any(rect.contains(QPointF(x, y)) for rect in rects for x, y in points.tolist())
    far = [abs(rect.center().x() - points[row][0]) - rect.width() / 2 for row, rect in placed]
    assert max(far) < 40


def test_names_are_as_wide_as_their_text_and_absent_joints_have_none(qapp: QApplication) -> None:
    """What is not on the image has no name there."""
    pose = edits.set_digit_state(spread_hand(), 4, JointState.ABSENT)
    shown = pose.points.astype(float)
    placed = joint_names.place_names(pose, shown, [], theme.font("caption"), 6.0)
    metrics = QFontMetricsF(theme.font("caption"))
    assert {row for row, _ in placed} == set(range(17))
    assert all(r.width() > metrics.horizontalAdvance(joint_names.short_name(pose, row)) for row, r in placed)


def test_every_joint_of_every_hand_has_a_short_name_of_its_own() -> None:
    """Two thumbs and two extra digits are numbered, so that no name is given twice."""
    pose = spread_hand()
    for kind in (DigitKind.THUMB, DigitKind.EXTRA, DigitKind.EXTRA):
        pose = edits.add_digit(pose, kind, np.full((4, 2), 9.0))
    names = [joint_names.short_name(pose, row) for row in range(len(pose.points))]
    assert len(set(names)) == len(names)
    assert names[:2] + names[5:9] == ["wrist", "T1 CMC", "I MCP", "I PIP", "I DIP", "I tip"]
    assert names[-1] == "+2 tip"


def test_a_branch_names_only_what_it_does_not_share_and_a_surplus_phalanx_belongs_to_its_digit(
    qapp: QApplication,
) -> None:
    """The joints below a fork are drawn and named once; a phalanx too many is the little finger's."""
    pose = edits.split(spread_hand(), 2, Level.MIDDLE, (320.0, 60.0))
    pose = edits.graft_phalanx(edits.graft_phalanx(pose, 4, (560.0, 300.0)), 4, (590.0, 280.0))
    names = [joint_names.short_name(pose, row) for row in range(len(pose.points)) if row not in marks.shared_rows(pose)]
    assert names[21:] == ["+ DIP", "+ tip", "L+ tip", "L++ tip"]
    moved = edits.move(pose, 9, (300.0, 400.0))
    elsewhere = moved.points.copy()
    elsewhere[21] = (10.0, 10.0)
    shared = replace(moved, points=elsewhere)
    assert picture(shared, HandLook(names=True)) == picture(moved, HandLook(names=True))


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=6),
)
def test_a_pill_takes_the_first_free_spot(spots: list[tuple[int, int]], taken: list[tuple[int, int]]) -> None:
    """It stands at one of the offered spots, and covers another pill only if every spot would."""
    others = [QRectF(x, y, 30, 17) for x, y in taken]
    rect = free_place([QPointF(x, y) for x, y in spots], 40.0, others, [])
    assert (round(rect.center().x()), round(rect.center().y())) in spots

    def is_free(centre: tuple[float, float]) -> bool:
        mine = QRectF(centre[0] - 22, centre[1] - 10.5, 44, 21)
        return not any(mine.intersects(other) for other in others)

    free = [spot for spot in spots if is_free(spot)]
    if free:
        assert (round(rect.center().x()), round(rect.center().y())) == free[0]


def test_the_webs_beside_the_chosen_digit_are_measured_where_somebody_looked() -> None:
    """Fused digits show how far they are joined against the limit; a detector's hand says nothing of webs."""
    pose = edits.fuse(spread_hand(), 2, 3, 0.6)
    judged = annotate.judge(pose, "expert")
    found = webs.webs_beside(pose, judged, 9)
    assert [(web.first, web.second, web.depth) for web in found] == [(5, 9, 0.0), (9, 13, pytest.approx(0.6))]
    assert [web.standing for web in found] == [Standing.IN_RANGE, Standing.VIOLATED]
    assert [web.text for web in found] == ["web 0 %", "web 60 % > 35 %"]
    assert webs.webs_beside(pose, judged, 0) == webs.webs_beside(pose, judged, -1) == ()
    assert webs.webs_beside(pose, annotate.judge(pose, "mediapipe"), 9) == ()


def test_a_web_line_lies_as_far_up_both_digits_as_the_shorter_one_is_joined() -> None:
    """Its ends are the same distance from the two bases, along the bones."""
    pose = spread_hand()
    web = webs.Web(5, 9, 0.5, Standing.IN_RANGE)
    line = webs.web_line(web, pose.points.astype(float))
    assert line is not None
    lengths = [np.hypot(*(pose.points[row + 3] - pose.points[row])) for row in (5, 9)]
    ends = [np.array([p.x(), p.y()]) for p in (line.p1(), line.p2())]
    reaches = [np.hypot(*(end - pose.points[row])) for end, row in zip(ends, (5, 9), strict=True)]
    assert reaches == pytest.approx([0.5 * min(lengths)] * 2, rel=1e-4)
    gone = edits.set_state(pose, 8, JointState.ABSENT).points.astype(float)
    assert webs.web_line(web, gone) is None


def test_the_moved_joint_says_its_uncertainty_and_its_range() -> None:
    """Everybody else's pill is only the degrees."""
    pose = spread_hand()
    spatial = HandPose.ordinary(pose.points, world=np.hstack([pose.points / 5000, np.zeros((21, 1))]))
    angle = next(a for a in joint_angles(spatial, annotate.judge(spatial, "expert")) if a.name == "index_pip")
    assert angle.text == "0°"
    assert angle.live_text == f"0 ± {angle.sigma:.0f}°  (−20 to {angle.limit.high:.0f}°)"


def picture(pose: HandPose, look: HandLook, ratio: float = 1.0) -> QImage:
    """Paint a hand alone on grey."""
    image = QImage(round(600 * ratio), round(600 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("#777777"))
    item = HandItem(1)
    item.set_view(1.0, QRectF(0, 0, 600, 600))
    item.set_look(look)
    judged = annotate.judge(pose, "expert")
    item.show_pose(pose, joint_angles(pose, judged), webs.webs_beside(pose, judged, look.selected_row))
    painter = QPainter(image)
    item.paint(painter, None)  # type: ignore[arg-type]
    painter.end()
    return image


def test_each_switch_of_the_overlay_changes_what_is_seen(qapp: QApplication) -> None:
    """Names, bones, arcs, degrees, selection and live limits each leave their mark."""
    bent = edits.move(spread_hand(), 7, (200.0, 300.0))
    looks = [
        HandLook(),
        HandLook(names=True),
        HandLook(edges=False),
        HandLook(arcs=False),
        HandLook(labels=True),
        HandLook(selected_row=6),
        HandLook(selected_row=6, live_row=6),
    ]
    pictures = [picture(bent, look) for look in looks]
    assert all(a != b for n, a in enumerate(pictures) for b in pictures[:n])


def test_on_a_fine_screen_the_overlay_is_as_large_and_finer(qapp: QApplication) -> None:
    """At two device pixels per pixel the picture shows the same, and its marks are not enlarged sprites."""
    look = HandLook(arcs=False, marker_px=8.0)
    coarse, fine = picture(spread_hand(), look), picture(spread_hand(), look, ratio=2.0)

    def inked(image: QImage) -> np.ndarray:
        plain = image.convertToFormat(QImage.Format.Format_Grayscale8)
        rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
        return np.abs(rows[:, : plain.width()].astype(int) - 0x77) > 24

    small, large = inked(coarse), inked(fine)
    assert large.sum() / 4 == pytest.approx(small.sum(), rel=0.08)
    doubled = small.repeat(2, axis=0).repeat(2, axis=1)
    assert (doubled != large).sum() > 500
