"""Display decoding agrees with the decoding that detectors see."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from handanat_studio.gui.images import format_of, read_display_image
from handanat_studio.hand.values import Box
from handanat_studio.vision.images import read_image

ORIENTATION_TAG = 0x0112


def as_array(image: QImage) -> np.ndarray:
    """Return (H, W, 3) uint8 RGB."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return rows[:, : 3 * rgb.width()].reshape(rgb.height(), rgb.width(), 3).copy()


def quarters(path: Path, orientation: int) -> Path:
    """Save a 96 x 64 JPEG with four different quarters and an EXIF orientation."""
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[:32, :48], pixels[:32, 48:] = (220, 30, 30), (30, 220, 30)
    pixels[32:, :48], pixels[32:, 48:] = (30, 30, 220), (220, 220, 30)
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    Image.fromarray(pixels).save(path, quality=100, subsampling=0, exif=exif)
    return path


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_screen_shows_what_the_detector_saw(orientation: int, tmp_path: Path, qtbot: QtBot) -> None:
    """All eight EXIF orientations are turned upright alike, in size and in every pixel."""
    path = quarters(tmp_path / "photo.jpg", orientation)
    seen = read_image(path).pixels
    shown = as_array(read_display_image(path))
    assert shown.shape == seen.shape
    assert np.abs(shown.astype(int) - seen).mean() < 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_crop_is_taken_from_the_upright_image(orientation: int, tmp_path: Path, qtbot: QtBot) -> None:
    """A box in upright coordinates shows the same part whichever way the file lies."""
    path = quarters(tmp_path / "photo.jpg", orientation)
    seen = read_image(path).pixels
    box = Box(4, 4, 20, 20)
    shown = as_array(read_display_image(path, box=box, size=16))
    assert np.abs(shown[4:12, 4:12].astype(int).mean((0, 1)) - seen[8:20, 8:20].mean((0, 1))).max() < 12


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_a_picture_is_known_by_its_content_and_no_plugin_is_asked(format: str, tmp_path: Path, qtbot: QtBot) -> None:
    """A wrong ending does not matter, and Qt is told the format, so that it need not try its plug-ins one by one."""
    path = tmp_path / "picture.xyz"
    Image.fromarray(np.full((20, 30, 3), 90, np.uint8)).save(path, format=format)
    assert format_of(path) == format.lower().encode()
    image = read_display_image(path)
    assert (image.width(), image.height()) == (30, 20)
    assert abs(int(as_array(image)[10, 10, 0]) - 90) <= 2


def test_what_is_no_picture_gives_none(tmp_path: Path, qtbot: QtBot) -> None:
    """Text, an empty file and a missing one have no known beginning and no image."""
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty.png").write_bytes(b"")
    for name in ("text.png", "empty.png", "missing.png"):
        assert format_of(tmp_path / name) == b""
        assert read_display_image(tmp_path / name).isNull()
