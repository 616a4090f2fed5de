"""The network's maps on the image: each where it was seen, in its own colour and form, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from handanat_studio.gui.editor import webs
from handanat_studio.gui.editor.evidence_item import EvidenceItem
from handanat_studio.gui.editor.evidence_maps import EvidenceMaps, maps_of
from handanat_studio.gui.editor.evidence_paint import (
    BASE,
    FUSED,
    HAND,
    SEAM,
    TINTS,
    TIP,
    picture_of,
    web_depths,
)
from handanat_studio.gui.editor.joint_angles import Standing
from handanat_studio.gui.theme import contrast
from handanat_studio.hand.values import Box, HandPose
from handanat_studio.workflows.evidence_view import MAPS

SIZE = 96
BOX = Box(40.0, 20.0, 192.0, 192.0)
CANVAS = 260
GREY = QColor(120, 120, 120)
EVERY = frozenset((TIP, BASE, HAND, SEAM, FUSED))


def bell(x: float, y: float, *, width: float = 2.0, height: float = 1.0) -> NDArray[np.float64]:
    """Return a peak at a place of the map."""
    row, column = np.mgrid[:SIZE, :SIZE] + 0.5
    return height * np.exp(-((column - x) ** 2 + (row - y) ** 2) / (2 * width**2))


def maps(**levels: NDArray[np.float64]) -> EvidenceMaps:
    """Return maps that are nothing but what is given."""
    nothing = np.zeros((SIZE, SIZE))
    drawn = {name: np.round(levels.get(name, nothing) * 255).astype(np.uint8) for name in MAPS}
    return EvidenceMaps(7, BOX, drawn, "test")


def painted(of: EvidenceMaps, parts: frozenset[str] = EVERY) -> NDArray[np.int64]:
    """Return (H, W, 3) what an item paints on grey, one screen pixel for each image pixel."""
    item = EvidenceItem()
    item.show_picture(picture_of(of))
    item.set_parts(parts)
    picture = QImage(CANVAS, CANVAS, QImage.Format.Format_RGB32)
    picture.fill(GREY)
    painter = QPainter(picture)
    item.paint(painter, None)  # type: ignore[arg-type]
    painter.end()
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(CANVAS, CANVAS, 4)
    return pixels[..., 2::-1].astype(np.int64)


def changed(pixels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return where something was painted."""
    return np.abs(pixels - np.array(GREY.getRgb()[:3])).max(axis=2) > 8


@pytest.mark.parametrize("name", [TIP, BASE])
def test_a_peak_is_shown_where_it_was_seen_in_its_colour(qapp: QApplication, name: str) -> None:
    """At the place in the image, and nowhere else; the strongest spot has nearly the map's own colour."""
    pixels = painted(maps(**{name: bell(30.0, 60.0)}))
    rows, columns = np.nonzero(changed(pixels))
    middle = BOX.x + 30.0 * 2, BOX.y + 60.0 * 2
    assert columns.mean() == pytest.approx(middle[0], abs=1.5)
    assert rows.mean() == pytest.approx(middle[1], abs=1.5)
    assert np.hypot(columns - middle[0], rows - middle[1]).max() < 14
    spot = pixels[int(middle[1]), int(middle[0])]
    assert np.abs(spot - np.array(TINTS[name].getRgb()[:3])).max() < 60


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_map_that_is_switched_off_is_not_painted(qapp: QApplication, name: str) -> None:
    """And with it alone switched on, it is."""
    seen = maps(**{name: bell(48.0, 48.0, width=8.0)})
    assert changed(painted(seen, frozenset((name,)))).any()
    assert not changed(painted(seen, EVERY - {name})).any()
    assert not changed(painted(maps())).any()


def test_the_outline_follows_the_hand_also_at_the_edge_of_the_square(qapp: QApplication) -> None:
    """A hand that the square cuts off has a closed outline inside the square."""
    skin = np.zeros((SIZE, SIZE))
    skin[40:, 20:70] = 1.0
    outline = picture_of(maps(hand=skin)).lines[HAND]
    bounds = outline.boundingRect()
    assert bounds.left() == pytest.approx(BOX.x + 40, abs=1.0)
    assert bounds.top() == pytest.approx(BOX.y + 80, abs=1.0)
    assert bounds.bottom() == pytest.approx(BOX.y + BOX.height, abs=1.0)
    inside = outline.simplified()
    assert inside.contains(QRectF(BOX.x + 60, BOX.y + 120, 20, 20))


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(0, 96), st.floats(0, 96), st.floats(0, 1)), max_size=5))
def test_nothing_is_painted_outside_the_square(spots: list[tuple[float, float, float]]) -> None:
    """Whatever the maps say, lines and heat stay where the network looked, but for the width of a line."""
    heat = np.clip(sum((bell(x, y, width=3.0, height=h) for x, y, h in spots), np.zeros((SIZE, SIZE))), 0, 1)
    drawn = changed(painted(maps(tip=heat, hand=heat, fused=heat)))
    rows, columns = np.nonzero(drawn)
    edge = 4
    assert ((columns >= BOX.x - edge) & (columns <= BOX.x + BOX.width + edge)).all()
    assert ((rows >= BOX.y - edge) & (rows <= BOX.y + BOX.height + edge)).all()


def two_fingers() -> HandPose:
    """Return a hand whose index and middle finger stand upright side by side, 100 px long; the others have no place."""
    points = np.full((21, 2), np.nan, np.float32)
    points[0] = (110, 205)
    for digit, x in ((1, 100.0), (2, 140.0)):
        for level in range(4):
            points[1 + 4 * digit + level] = (x, 150.0 - level * 100.0 / 3)
    return HandPose.ordinary(points)


@pytest.mark.parametrize("depth", [0.1, 0.4, 0.7])
def test_a_web_is_as_deep_as_the_flesh_between_two_digits(qapp: QApplication, depth: float) -> None:
    """Skin up to a share of the fingers' length; the pill says so, without a word on limits."""
    skin = np.zeros((SIZE, SIZE))
    skin[:, 20:60] = 1.0
    top = 150.0 - depth * 100.0
    skin[: round((top - BOX.y) / 2), 34:46] = 0.0
    pose = two_fingers()
    depths = web_depths(picture_of(maps(hand=skin)), pose)
    assert depths[1] == pytest.approx(depth, abs=0.03)
    assert np.isnan(depths[[0, 2, 3]]).all()
    (web,) = webs.webs_seen(pose, depths)
    assert (web.first, web.second, web.standing) == (5, 9, Standing.UNKNOWN)
    assert ">" not in web.text


def test_a_seam_ends_a_web_and_flesh_without_an_end_is_none(qapp: QApplication) -> None:
    """Fingers held together are no web where a seam runs between them; folded ones say nothing."""
    skin, seam = np.zeros((SIZE, SIZE)), np.zeros((SIZE, SIZE))
    skin[:, 20:60] = 1.0
    seam[:53, 38:42] = 1.0
    pose = two_fingers()
    assert web_depths(picture_of(maps(hand=skin, seam=seam)), pose)[1] == pytest.approx(0.24, abs=0.04)
    assert np.isnan(web_depths(picture_of(maps(hand=skin)), pose)).all()


def test_a_web_that_was_seen_stands_back_behind_one_that_is_known() -> None:
    """Beside the chosen digit the pose's own web is shown, elsewhere what was seen."""
    known = webs.Web(5, 9, 0.6, Standing.VIOLATED)
    seen = [webs.Web(5, 9, 0.2, Standing.UNKNOWN), webs.Web(9, 13, 0.1, Standing.UNKNOWN)]
    assert webs.with_seen((known,), seen) == (known, seen[1])


def test_tips_and_bases_differ_in_lightness_too() -> None:
    """Eyes that cannot tell the hues still tell the two apart, and each from what lies on dark and light skin."""
    assert contrast(TINTS[TIP], TINTS[BASE]) > 2.0
    assert len({tint.name() for tint in TINTS.values()}) == len(TINTS)


def test_what_the_worker_answers_becomes_arrays() -> None:
    """Bytes row by row, as the job says."""
    level = np.arange(16, dtype=np.uint8).reshape(4, 4)
    answer = {
        "hand_id": 3,
        "box": [1.0, 2.0, 30.0, 30.0],
        "size": 4,
        "maps": {"tip": level.tobytes()},
        "version": "v",
    }
    read = maps_of(answer)
    assert (read.hand_id, read.box, read.version) == (3, Box(1.0, 2.0, 30.0, 30.0), "v")
    assert (read.maps["tip"] == level).all()
