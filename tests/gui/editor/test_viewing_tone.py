"""Brightness, contrast and gamma: a curve over the levels of what is shown, never of the file."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio.gui import theme
from handanat_studio.gui.editor.picture_view import PictureView
from handanat_studio.gui.editor.tone import Tone, curve, toned

TONES = st.builds(
    Tone, st.floats(-1, 1, allow_nan=False), st.floats(-1, 1, allow_nan=False), st.floats(0.2, 5, allow_nan=False)
)


def levels(tone: Tone) -> np.ndarray:
    """Return the 256 new levels."""
    return np.frombuffer(curve(tone), np.uint8).astype(int)


@given(TONES)
def test_no_tone_turns_the_order_of_levels_round(tone: Tone) -> None:
    """What was lighter is never shown darker: the curve does not fall."""
    assert (np.diff(levels(tone)) >= 0).all()


def test_the_neutral_tone_changes_nothing_and_costs_nothing() -> None:
    """Its curve is the identity, and the very same picture comes back."""
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    assert (levels(Tone()) == np.arange(256)).all()
    assert toned(image, Tone()) is image


@given(st.floats(0.05, 1))
def test_each_slider_does_what_its_name_says(amount: float) -> None:
    """Brightness lifts every level, contrast spreads them about the middle, gamma lifts the shadows most."""
    plain = np.arange(256)
    assert (levels(Tone(brightness=amount)) >= plain).all()
    steep = levels(Tone(contrast=amount / 2))
    assert steep[64] <= 64
    assert steep[192] >= 192
    lift = levels(Tone(gamma=1 + amount)) - plain
    assert lift[64] >= lift[224] >= 0


def test_colours_go_through_the_curve_channel_by_channel_and_stay_opaque() -> None:
    """A pixel's three channels are looked up in the curve one by one, whatever format the picture has."""
    tone = Tone(0.2, 0.3, 1.4)
    for form in (QImage.Format.Format_RGB32, QImage.Format.Format_RGB888, QImage.Format.Format_Grayscale8):
        image = QImage(5, 3, form)
        image.fill(QColor(40, 40, 40) if form == QImage.Format.Format_Grayscale8 else QColor(40, 90, 200))
        before, after = image.pixelColor(2, 1), toned(image, tone).pixelColor(2, 1)
        wanted = [levels(tone)[c] for c in (before.red(), before.green(), before.blue())]
        assert [after.red(), after.green(), after.blue()] == wanted
        assert after.alpha() == 255


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot) -> PictureView:
    """A view of a picture that is dark at the left and light at the right."""
    theme.apply(qapp, "dark")
    shown = PictureView()
    qtbot.addWidget(shown)
    shown.resize(500, 400)
    with qtbot.waitExposed(shown):
        shown.show()
    grey = np.tile(np.linspace(20, 220, 200).astype(np.uint8)[None, :, None], (150, 1, 3)).copy()
    shown.show_image(QImage(grey.data, 200, 150, 600, QImage.Format.Format_RGB888).copy(), 200, 150)
    shown.set_zoom(2.0)
    return shown


def seen(view: PictureView, x: float, y: float) -> QColor:
    """Return the colour that is on the screen at an image point."""
    return view.viewport().grab().toImage().pixelColor(view.mapFromScene(x, y))


@pytest.mark.parametrize("zoom", [0.7, 2.0, 12.0])
def test_the_view_shows_the_tone_at_every_zoom_and_leaves_picture_and_surround_alone(
    view: PictureView, zoom: float
) -> None:
    """What is on the screen goes through the curve; the picture that is kept and the surround do not."""
    view.set_zoom(zoom)
    view.look_at(100, 75)
    plain = seen(view, 100, 75).red()
    tone = Tone(0.2, 0.2, 1.3)
    view.set_tone(tone)
    assert seen(view, 100, 75).red() == pytest.approx(levels(tone)[plain], abs=2)
    assert view.picture.toImage().pixelColor(100, 75).red() == pytest.approx(120, abs=3)
    view.set_zoom(0.7)
    assert view.viewport().grab().toImage().pixelColor(3, 3) == theme.colour("canvas")


def test_a_panned_view_shows_one_even_tone(view: PictureView) -> None:
    """A pan paints only the strip that comes into view; the strip has the same tone as the rest."""
    view.set_tone(Tone(0.3))
    view.viewport().grab()
    for _ in range(5):
        view.horizontalScrollBar().setValue(view.horizontalScrollBar().value() + 17)
        view.viewport().grab()
    panned = view.viewport().grab().toImage()
    view.redraw()
    whole = view.viewport().grab().toImage()
    for at in (QPoint(5, 200), QPoint(250, 200), QPoint(490, 200)):
        assert panned.pixelColor(at) == whole.pixelColor(at)


def test_the_tone_of_a_view_does_not_change_what_another_picture_looks_like_afterwards(view: PictureView) -> None:
    """The tone stays when another picture comes, and neutral brings back exactly what the file holds."""
    view.set_tone(Tone(0.4))
    other = QImage(200, 150, QImage.Format.Format_RGB32)
    other.fill(QColor(60, 60, 60))
    view.show_image(other, 200, 150)
    assert seen(view, 100, 75).red() == levels(Tone(0.4))[60]
    view.set_tone(Tone())
    assert seen(view, 100, 75) == QColor(60, 60, 60)
