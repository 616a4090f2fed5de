"""Sheets of the worst cases as PNG files: each tile a piece of an image with the found joints over it, and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from handanat_studio.errors import UserError
from handanat_studio.hand.values import Box
from handanat_studio.progress import SILENT, Progress
from handanat_studio.vision.images import read_image
from handanat_studio.workflows.evaluate.cases import ImageCase
from handanat_studio.workflows.evaluate.worst import Tile, worst_cases

TILES, COLUMNS = 24, 6
"""Tiles of a sheet and of a row."""
_TILE_PX, _WORDS_PX, _LINE_PX = 240, 64, 14
_MARGIN = 0.25
_GROUND, _INK = (24, 26, 30), (225, 228, 232)
_TRUE, _DOUBT = (255, 255, 255), (150, 150, 150)
_COLOURS = {
    "thumb": (240, 100, 90),
    "index": (245, 170, 60),
    "middle": (120, 210, 90),
    "ring": (70, 180, 240),
    "little": (190, 120, 240),
    "extra": (255, 60, 200),
}
_SEEN = ("visible", "occluded", "self_occluded", "outside")


def write_sheets(folder: Path, cases: Sequence[ImageCase], out: Path, *, progress: Progress = SILENT) -> list[Path]:
    """Write OUT/missed.png and so on, and return the files.

    Args:
        folder: what the cases' paths are relative to.
        cases: all cases; each sheet takes its worst `TILES`.
        out: a folder; it is made.
        progress: is told of every tile.

    Raises:
        UserError: if the folder cannot be written.
    """
    sheets = {name: tiles[:TILES] for name, tiles in worst_cases(cases).items()}
    progress.start("Draw the worst cases", sum(len(tiles) for tiles in sheets.values()))
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, tiles in sheets.items():
            path = out / f"{name}.png"
            _sheet(folder, tiles, progress).save(path)
            written.append(path)
    except OSError as error:
        raise UserError(f"{out} cannot be written: {error.strerror}.", hint="Check space and rights.") from error
    return written


def _sheet(folder: Path, tiles: Sequence[Tile], progress: Progress) -> Image.Image:
    columns = min(COLUMNS, len(tiles))
    height = _TILE_PX + _WORDS_PX
    sheet = Image.new("RGB", (columns * _TILE_PX, ceil(len(tiles) / columns) * height), _GROUND)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default()
    for number, tile in enumerate(tiles):
        x, y = number % columns * _TILE_PX, number // columns * height
        sheet.paste(_piece(folder, tile), (x, y))
        for line, words in enumerate((_short(tile.image), *tile.words)):
            draw.text((x + 4, y + _TILE_PX + 2 + line * _LINE_PX), words, fill=_INK, font=font)
        progress.step(note=tile.image)
    return sheet


def _piece(folder: Path, tile: Tile) -> Image.Image:
    """Return the square piece of the image with its overlay."""
    picture = Image.fromarray(read_image(folder / tile.image).pixels)
    left, top, side = _window(tile.box, picture.size)
    scale = (_TILE_PX - 4) / side
    piece = picture.crop((round(left), round(top), round(left + side), round(top + side)))
    piece = piece.resize((_TILE_PX - 4, _TILE_PX - 4), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(piece)

    def at(x: float, y: float) -> tuple[float, float]:
        return (x - left) * scale, (y - top) * scale

    for hand in tile.found:
        _draw_hand(draw, hand, at)
    if tile.label is not None and tile.label.label.points is not None:
        for x, y in tile.label.label.points[np.isfinite(tile.label.label.points).all(axis=1)].tolist():
            _dot(draw, at(x, y), _TRUE, 2)
    return piece


def _window(box: Box | None, size: tuple[int, int]) -> tuple[float, float, float]:
    """Return left, top and side of the square to show, pixels; it may reach beyond the image."""
    whole = box or Box(0.0, 0.0, float(size[0]), float(size[1]))
    side = max(whole.width, whole.height, 8.0) * (1.0 + (2 * _MARGIN if box else 0.0))
    return whole.x + (whole.width - side) / 2, whole.y + (whole.height - side) / 2, side


def _draw_hand(draw: ImageDraw.ImageDraw, hand: Mapping[str, Any], at: Any) -> None:
    x, y, width, height = hand["box"]
    draw.rectangle([at(x, y), at(x + width, y + height)], outline=_DOUBT)
    for digit in hand["digits"]:
        known = [(px, py, state) for px, py, state in digit["points"] if px is not None and py is not None]
        colour = _COLOURS.get(digit["kind"], _DOUBT)
        for (x0, y0, _), (x1, y1, state) in pairwise(known):
            draw.line([at(x0, y0), at(x1, y1)], fill=colour if state in _SEEN else _DOUBT, width=2)
        for px, py, state in known:
            _dot(draw, at(px, py), colour if state in _SEEN else _DOUBT, 3)


def _dot(draw: ImageDraw.ImageDraw, place: tuple[float, float], colour: tuple[int, int, int], radius: int) -> None:
    x, y = place
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour, outline=(0, 0, 0))


def _short(image: str, length: int = 38) -> str:
    return image if len(image) <= length else "..." + image[-length + 3 :]
