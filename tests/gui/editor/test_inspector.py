"""The inspector's parts: tables, diagram, findings, verdict and history, each alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio.gui import theme
from handanat_studio.gui.editor import arcs, measures
from handanat_studio.gui.editor.bars import BarTable
from handanat_studio.gui.editor.diagram import DigitDiagram
from handanat_studio.gui.editor.findings_list import FindingsList, button_rect, finding_detail, finding_title
from handanat_studio.gui.editor.joint_angles import JointAngle, Standing, joint_angles, part_row, signed
from handanat_studio.gui.editor.verdict_box import score_words
from handanat_studio.hand import edits
from handanat_studio.hand.limits import ANGLE_LIMITS
from handanat_studio.hand.topology import ANGLE_NAMES, JointState
from handanat_studio.hand.values import Finding, HandPose, Score
from handanat_studio.synthetic.scenes import render_scene
from handanat_studio.workflows import annotate

BENT = Finding("angle", "index_pip", 131.0, 125.0, "deg", 3.0, 0.5, "AAOS 100")


@pytest.fixture(scope="module")
def pose() -> HandPose:
    """A drawn hand's true pose, with depth."""
    return render_scene(111, size=128).hands[0].pose


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")


def test_the_angle_table_has_fifteen_rows_in_anatomical_order(pose: HandPose) -> None:
    """Grouped by digit, thumb first, with values, limits and sources."""
    angles = joint_angles(pose, annotate.judge(pose, "synthetic"))
    rows = measures.angle_bar_rows(angles)
    assert [f"{r.group}_{r.name}".lower() for r in rows] == list(ANGLE_NAMES)
    assert [r.key for r in rows] == [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19]
    assert rows[4].core == (0, 110)
    assert "Source: AAOS" in rows[4].tip


def test_a_joint_that_cannot_be_assessed_says_why(pose: HandPose) -> None:
    """A dash instead of a number, and the reason in the tool tip."""
    gap = edits.set_state(pose, 6, JointState.UNLABELLED)
    rows = measures.angle_bar_rows(joint_angles(gap, annotate.judge(gap, "synthetic")))
    assert rows[4].text == "–"
    assert rows[4].standing is Standing.UNKNOWN
    assert "no position" in rows[4].tip


def test_without_depth_the_table_shows_ranges(pose: HandPose) -> None:
    """A flat pose has no single angle; what is written is what every depth allows."""
    flat = HandPose.ordinary(pose.points)
    rows = measures.angle_bar_rows(joint_angles(flat, annotate.judge(flat, "expert")))
    written = [row.text for row in rows if row.text != "–"]
    assert written
    assert any(" to " in text for text in written)


def test_a_second_thumb_does_not_shift_the_measured_rows(pose: HandPose) -> None:
    """Angles stay with the digit they were measured on, wherever it stands in the arrays."""
    swapped = edits.add_digit(edits.remove_digit(pose, 1), 1, pose.points[5:9])
    angles = {a.name: a.rows for a in joint_angles(swapped, annotate.judge(swapped, "expert"))}
    assert angles["index_pip"] == (17, 18, 19)
    assert angles["middle_mcp"] == (0, 5, 6)


def test_keys_and_clicks_choose_rows_of_the_table(qtbot: QtBot, pose: HandPose) -> None:
    """Both tell the joint's row."""
    table = BarTable("Joint angles", (-90, 150))
    qtbot.addWidget(table)
    table.set_rows(measures.angle_bar_rows(joint_angles(pose, annotate.judge(pose, "synthetic"))))
    table.resize(table.sizeHint())
    table.show()
    chosen: list[int] = []
    table.chosen.connect(chosen.append)
    table.chosen.connect(table.set_selected)
    QTest.mouseClick(table, Qt.MouseButton.LeftButton, pos=table.row_centre(4).toPoint())
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Up)
    assert chosen == [6, 7, 6]


def test_the_diagram_reaches_joints_that_are_not_on_the_image(qtbot: QtBot, pose: HandPose) -> None:
    """An absent joint can be chosen where nothing is drawn on the picture."""
    absent = edits.set_digit_state(pose, 4, JointState.ABSENT)
    diagram = DigitDiagram()
    qtbot.addWidget(diagram)
    diagram.resize(316, 132)
    diagram.show_pose(absent)
    diagram.show()
    chosen: list[int] = []
    diagram.chosen.connect(chosen.append)
    for row in (0, 19, 20):
        QTest.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=diagram.spots()[row].toPoint())
    assert chosen == [0, 19, 20]


def test_the_diagram_grows_with_the_hand(qtbot: QtBot, pose: HandPose) -> None:
    """Eight digits still fit side by side without touching."""
    for n in range(3):
        pose = edits.add_digit(pose, 5, np.full((4, 2), 10.0 + n))
    diagram = DigitDiagram()
    qtbot.addWidget(diagram)
    diagram.resize(316, 132)
    diagram.show_pose(pose)
    columns = [spot.x() for spot in diagram.spots()[1::4]]
    assert len(columns) == 8
    columns.sort()
    assert min(np.diff(columns)) >= 20
    assert 10 < columns[0] < columns[-1] < 306


@pytest.mark.parametrize(
    ("finding", "title"),
    [
        (BENT, "Index PIP 131° > 125°"),
        (Finding("angle", "thumb_ip", -60.0, -45.0, "deg", 2.5, 0.2, ""), "Thumb IP −60° < −45°"),
        (Finding("angle", "ring", 40.0, 25.0, "deg", 2.5, 0.2, ""), "Ring S-bend 40° > 25°"),
        (Finding("angle", "index_abduction", 50.0, 35.0, "deg", 2.5, 0.2, ""), "Index sideways 50° > 35°"),
        (Finding("ratio", "little", 0.3, 0.765, "ratio", 9.0, 0.99, ""), "Little length 0.30 < 0.77"),
        (Finding("count", "hand", 6.0, 5.0, "digits", math.nan, 0.99, ""), "6 digits instead of 5"),
        (Finding("webbing", "thumb_index", 0.7, 0.35, "ratio", 3.5, 0.8, ""), "Thumb–index web 0.70 > 0.35"),
        (Finding("chirality", "hand", math.nan, math.nan, "", math.nan, 0.2, ""), "Not the side stated"),
    ],
)
def test_a_finding_reads_as_one_plain_line(finding: Finding, title: str) -> None:
    """Part, value and limit in words an anatomist uses."""
    assert finding_title(finding) == title


def test_a_findings_detail_says_certainty_uncertainty_and_source() -> None:
    """The standard deviation follows from excess and z."""
    assert finding_detail(BENT) == "50 % sure · ±2° · AAOS 100"


def test_the_experts_word_is_given_by_mouse_and_keyboard(qtbot: QtBot) -> None:
    """Agree, reject, and take back; a click beside the buttons asks to see the joint."""
    listed = FindingsList()
    qtbot.addWidget(listed)
    listed.set_findings([BENT])
    listed.resize(316, listed.sizeHint().height())
    listed.show()
    words: list[object] = []
    shown: list[Finding] = []
    listed.judged.connect(lambda finding, word: words.append(word))
    listed.chosen.connect(shown.append)
    row: QRect = listed.visualRect(listed.model().index(0, 0))
    for agree in (True, False):
        QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=button_rect(row, agree).center())
    QTest.keyClick(listed, Qt.Key.Key_Plus)
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=row.center() - QPoint(50, 0))
    assert words == [True, False, True]
    assert shown == [BENT]


def test_the_experts_word_stays_with_a_finding_while_its_value_changes() -> None:
    """What was agreed on a joint is shown on that joint, whatever the drag makes of it."""
    agreed = Finding(**{**{n: getattr(BENT, n) for n in Finding.__dataclass_fields__}, "accepted": True})
    now = Finding("angle", "index_pip", 140.0, 125.0, "deg", 5.0, 0.9, "AAOS 100")
    other = Finding("ratio", "ring", 1.4, 0.9, "ratio", 5.0, 0.9, "")
    merged = measures.merged_findings((now, other), (agreed,))
    assert [(f.part, f.value, f.accepted) for f in merged] == [("index_pip", 140.0, True), ("ring", 1.4, None)]
    assert measures.merged_findings((), (agreed,)) == (agreed,)


@pytest.mark.parametrize(
    ("part", "row"),
    [("index_pip", 6), ("wrist", 0), ("ring", 14), ("little_abduction", 17), ("thumb_index", 1), ("hand", -1)],
)
def test_every_kind_of_part_leads_to_a_joint(pose: HandPose, part: str, row: int) -> None:
    """Joints to themselves, digits to their middle, gaps and bases to the base, the hand to none."""
    assert part_row(pose, part) == row


def test_scores_read_as_sentences() -> None:
    """Probability, the paper's figure, and an honest word where a scorer abstains."""
    assert score_words(Score("calibrated", "0", 0.123, "plausible")) == "12 % implausible"
    assert score_words(Score("calibrated", "0", 0.4, "unsure")) == "40 % implausible, unsure"
    assert score_words(Score("paper", "1", 0.6, "plausible")) == "S = 0.60, plausible"
    assert score_words(Score("calibrated", "0", math.nan, "unsure")) == "cannot tell"


@pytest.mark.parametrize(("value", "text"), [(-12.4, "−12"), (-0.3, "0"), (7.5, "8"), (0.0, "0")])
def test_numbers_have_a_real_minus_and_no_minus_zero(value: float, text: str) -> None:
    """Typography of the tables."""
    assert signed(value) == text


def angle_at(name: str, standing: Standing, value: float = 40.0) -> JointAngle:
    """Return a measured joint for placing pills."""
    limit = ANGLE_LIMITS[ANGLE_NAMES.index(name)]
    return JointAngle(name, (0, 1, 2), value, value, value, 5.0, limit, standing, 0.0, "")


def test_pills_cover_neither_each_other_nor_the_marks_of_a_spread_hand() -> None:
    """With room enough, all fifteen labels are readable at once."""
    drawn, marks = [], [(400.0, 560.0)]
    for digit in range(5):
        turn = np.deg2rad(-140 + 25 * digit)
        chain = [(400.0, 560.0)]
        chain += [(400 + (190 + 75 * k) * np.cos(turn), 560 + (190 + 75 * k) * np.sin(turn)) for k in range(4)]
        marks += chain[1:]
        for k in range(3):
            name = ANGLE_NAMES[3 * digit + k]
            arc = arcs.arc_of(angle_at(name, Standing.IN_RANGE), *chain[k : k + 3])
            assert arc is not None
            drawn.append(arc)
    placed = arcs.place_pills(drawn, theme.font("caption"), marks)
    rects = [rect for _, rect in placed]
    assert len(rects) == 15
    assert not any(a.intersects(b) for n, a in enumerate(rects) for b in rects[:n])
    assert not any(rect.contains(x, y) for rect in rects for x, y in marks)


def test_the_worst_angle_gets_its_place_first_and_the_pill_holds_its_text() -> None:
    """Violated before in range; the text fits."""
    arcs_drawn = [
        arcs.arc_of(angle_at(name, standing, 131.0), (0, 100), (0, 0), (100, 0))
        for name, standing in (("index_pip", Standing.IN_RANGE), ("index_dip", Standing.VIOLATED))
    ]
    font = theme.font("caption")
    placed = arcs.place_pills([a for a in arcs_drawn if a is not None], font, [])
    assert placed[0][0].angle.standing is Standing.VIOLATED
    assert all(rect.width() > QFontMetricsF(font).horizontalAdvance("131°") for _, rect in placed)


def test_an_arc_lies_on_the_inner_side_of_its_joint() -> None:
    """For a right angle opening down and right, the arc's middle points there and spans 90 degrees."""
    arc = arcs.arc_of(angle_at("index_pip", Standing.IN_RANGE), (0, 100), (0, 0), (100, 0))
    assert arc is not None
    assert arc.inner_direction == pytest.approx((math.sqrt(0.5), math.sqrt(0.5)))
    assert abs(arc.sweep_deg) == pytest.approx(90)
