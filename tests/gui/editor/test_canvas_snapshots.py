"""What the overlay looks like, held against committed pictures of fixed hands. No text is drawn in them.

`HANDANAT_RENEW_SNAPSHOTS=1 pytest tests/gui/editor/test_canvas_snapshots.py` paints the pictures again; look at them
before they are committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from handanat_studio.gui import theme
from handanat_studio.gui.editor import arcs
from handanat_studio.gui.editor.items import HandItem, HandLook
from handanat_studio.gui.editor.joint_angles import JointAngle, Standing, angle_rows
from handanat_studio.hand import edits
from handanat_studio.hand.limits import ANGLE_LIMITS
from handanat_studio.hand.topology import ANGLE_NAMES, DigitKind, JointState, Level
from handanat_studio.hand.values import HandPose

FOLDER = Path(__file__).parent / "snapshots"
SIDE = 220
CLEARLY = 64
"""A channel that differs by more than this is another colour, not another way of smoothing an edge."""
PIXELS = 30
MEAN = 1.5
LOOK = HandLook(marker_px=8.0, arcs=False)


def spread_hand() -> HandPose:
    """Return an open hand of 21 points in a square of 220 px."""
    points = [(110.0, 200.0)]
    for digit in range(5):
        angle = np.deg2rad(-146 + 28 * digit)
        for level in range(4):
            reach = (40 if digit == 0 else 58) + 22 * level
            points.append((110 + reach * np.cos(angle), 200 + reach * np.sin(angle)))
    return HandPose.ordinary(points)


def states() -> HandPose:
    """Return a hand with a digit for each drawn state, one joint outside and one not there."""
    pose = spread_hand()
    for digit, state in enumerate((JointState.OCCLUDED, JointState.SELF_OCCLUDED, JointState.UNSURE), 1):
        pose = edits.set_digit_state(pose, digit, state)
    pose = edits.set_state(edits.move(pose, 20, (236.0, 96.0)), 20, JointState.OUTSIDE)
    return edits.set_state(pose, 4, JointState.ABSENT)


def six_digits() -> HandPose:
    """Return a hand with an extra digit beside the little one."""
    extra = [(150.0, 194.0), (168.0, 190.0), (186.0, 188.0), (204.0, 186.0)]
    return edits.add_digit(spread_hand(), DigitKind.EXTRA, extra)


def arcs_of(pose: HandPose) -> tuple[JointAngle, ...]:
    """Return one measured joint of each standing."""
    rows, limits = angle_rows(pose), dict(zip(ANGLE_NAMES, ANGLE_LIMITS, strict=True))
    told = {"index_pip": Standing.IN_RANGE, "middle_pip": Standing.DOUBTFUL, "ring_pip": Standing.VIOLATED}
    return tuple(JointAngle(n, rows[n], 60.0, 60.0, 60.0, 5.0, limits[n], s, 0.0, "") for n, s in told.items())


def bent_hand() -> HandPose:
    """Return a hand whose index, middle and ring are bent at their middle joints."""
    pose = spread_hand()
    for digit in (1, 2, 3):
        middle = pose.points[1 + 4 * digit + Level.MIDDLE].astype(float)
        for level in (Level.DISTAL, Level.TIP):
            pose = edits.move(pose, 1 + 4 * digit + level, (middle[0] + 20.0 * (level - 1), middle[1] - 4.0))
    return pose


Scene = Callable[[QPainter], None]


def hand(pose: HandPose, look: HandLook = LOOK) -> Scene:
    """Return what paints a hand in a look."""

    def draw(painter: QPainter) -> None:
        item = HandItem(1)
        item.set_view(1.0, QRectF(0, 0, SIDE, SIDE))
        item.set_look(look)
        item.show_pose(pose)
        painter.save()
        item.paint(painter, None)  # type: ignore[arg-type]
        painter.restore()

    return draw


def drawn_arcs(painter: QPainter) -> None:
    """Paint a bent hand with its arcs, but no degrees."""
    pose = bent_hand()
    hand(pose)(painter)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    found = [arcs.arc_of(angle, *(pose.points[row].tolist() for row in angle.rows)) for angle in arcs_of(pose)]
    arcs.draw_arcs(painter, [arc for arc in found if arc is not None])


def with_ghost(painter: QPainter) -> None:
    """Paint a prediction beside the annotator's own joints."""
    hand(edits.transform(spread_hand(), shift=(-10.0, 8.0)), replace(LOOK, role="ghost"))(painter)
    hand(spread_hand(), replace(LOOK, marker_px=5.0))(painter)


SCENES: dict[str, Scene] = {
    "visible": hand(spread_hand()),
    "states": hand(states(), replace(LOOK, marker_px=6.0)),
    "small-states": hand(states(), replace(LOOK, marker_px=4.0)),
    "six-digits": hand(six_digits()),
    "fusion-whole": hand(edits.fuse(spread_hand(), 1, 2, 1.0)),
    "fusion-third": hand(edits.fuse(spread_hand(), 2, 3, 1 / 3)),
    "fork": hand(edits.split(spread_hand(), 2, Level.MIDDLE, (132.0, 90.0))),
    "surplus-phalanx": hand(edits.graft_phalanx(spread_hand(), 1, (46.0, 70.0))),
    "selected": hand(spread_hand(), replace(LOOK, selected_row=0, hover_row=8)),
    "no-bones": hand(spread_hand(), replace(LOOK, edges=False)),
    "other-hand": hand(spread_hand(), replace(LOOK, role="other")),
    "ghost": with_ghost,
    "arcs": drawn_arcs,
}


def painted(scene: Scene) -> QImage:
    """Paint a scene on three grounds: night, skin and snow."""
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for band, tint in enumerate(("#14161a", "#c4926f", "#f4f6f8")):
        painter.fillRect(round(band * SIDE / 3), 0, SIDE, SIDE, QColor(tint))
    scene(painter)
    painter.end()
    return image


def pixels(image: QImage) -> np.ndarray:
    """Return a picture as (H, W, 3) int16."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).astype(np.int16)


def difference(image: QImage, reference: QImage) -> tuple[float, int]:
    """Return the mean difference of all channels, and how many pixels are clearly of another colour."""
    apart = np.abs(pixels(image) - pixels(reference))
    return float(apart.mean()), int((apart.max(axis=2) > CLEARLY).sum())


def is_alike(image: QImage, reference: QImage) -> bool:
    """Tell whether two pictures show the same; smoothed edges may differ a little."""
    mean, clearly = difference(image, reference)
    return mean <= MEAN and clearly <= PIXELS


@pytest.mark.parametrize("name", SCENES)
def test_the_overlay_looks_as_it_did_when_somebody_looked_at_it(qapp: QApplication, name: str) -> None:
    """Every state, fusion, fork, ghost and arc is painted like its committed picture."""
    theme.apply(qapp, "dark")
    image, file = painted(SCENES[name]), FOLDER / f"{name}.png"
    if os.environ.get("HANDANAT_RENEW_SNAPSHOTS"):
        assert image.save(str(file))
    reference = QImage(str(file))
    assert reference.size() == image.size(), "the picture is missing; see the top of this file"
    assert is_alike(image, reference), difference(image, reference)


def test_annotation_colours_are_the_same_in_both_themes(qapp: QApplication) -> None:
    """The chrome is themed, what lies on the image is not."""
    theme.apply(qapp, "dark")
    dark = painted(SCENES["states"])
    theme.apply(qapp, "light")
    light = painted(SCENES["states"])
    theme.apply(qapp, "dark")
    assert light == dark


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("visible", hand(edits.set_state(spread_hand(), 7, JointState.OCCLUDED))),
        ("visible", hand(edits.move(spread_hand(), 10, (116.0, 122.0)))),
        ("visible", hand(edits.set_state(spread_hand(), 20, JointState.ABSENT))),
        ("visible", hand(edits.relabel_digit(spread_hand(), 4, DigitKind.EXTRA))),
        ("fusion-third", hand(edits.fuse(spread_hand(), 2, 3, 0.5))),
        ("fork", hand(edits.split(spread_hand(), 2, Level.DISTAL, (132.0, 90.0)))),
        ("selected", hand(spread_hand(), replace(LOOK, selected_row=4, hover_row=8))),
        ("states", hand(edits.set_state(states(), 6, JointState.VISIBLE), replace(LOOK, marker_px=6.0))),
    ],
)
def test_the_comparison_notices_a_single_joint(qapp: QApplication, name: str, changed: Scene) -> None:
    """One joint in another state, place, digit or selection is more than the tolerance allows."""
    theme.apply(qapp, "dark")
    assert not is_alike(painted(changed), QImage(str(FOLDER / f"{name}.png")))


def test_the_pictures_stay_small() -> None:
    """They are kept with the source, so each takes less than 20 kB."""
    sizes = {file.name: file.stat().st_size for file in FOLDER.glob("*.png")}
    assert set(sizes) == {f"{name}.png" for name in SCENES}
    assert max(sizes.values()) < 20_000, sizes
