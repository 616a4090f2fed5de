"""CSV export: images.csv, hands.csv (one row per hand) and points.csv (one row per joint), UTF-8, empty = missing.

Spreadsheets run cells that begin with = + - @ (or a tab or line end before them) as formulas. In text columns such
cells, and cells that begin with an apostrophe, get one apostrophe in front: drop one leading apostrophe to read them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from handanat_studio.formats.tables import (
    HAND_COLUMNS,
    IMAGE_COLUMNS,
    POINT_COLUMNS,
    TABLES_VERSION,
    Cell,
    Column,
    cells,
    point_sources,
)
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.progress import SILENT, Progress

_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_STEP = 200


def write(
    hands: Iterable[ExportHand], images: Iterable[ExportImage], out: Path, *, progress: Progress = SILENT
) -> dict[str, Any]:
    """Write the three tables into the folder `out`, streaming.

    Args:
        hands: read once, in order.
        images: read once, in order.
        out: an existing folder.
        progress: told of every hand.

    Returns:
        {"format", "format_version", "rows", "notes"} for the manifest.
    """
    rows = {"images.csv": 0, "hands.csv": 0, "points.csv": 0}
    with _open(out / "images.csv") as file:
        table = _table(file, IMAGE_COLUMNS)
        for image in images:
            table.writerow(_safe(cells(IMAGE_COLUMNS, image), IMAGE_COLUMNS))
            rows["images.csv"] += 1
    progress.start("Writing CSV")
    with _open(out / "hands.csv") as hand_file, _open(out / "points.csv") as point_file:
        hand_table, point_table = _table(hand_file, HAND_COLUMNS), _table(point_file, POINT_COLUMNS)
        for hand in hands:
            hand_table.writerow(_safe(cells(HAND_COLUMNS, hand), HAND_COLUMNS))
            points = [_safe(cells(POINT_COLUMNS, point), POINT_COLUMNS) for point in point_sources(hand)]
            point_table.writerows(points)
            rows["hands.csv"] += 1
            rows["points.csv"] += len(points)
            if rows["hands.csv"] % _STEP == 0:
                progress.step(_STEP)
    progress.step(rows["hands.csv"] % _STEP)
    note = "Text cells that begin with = + - @ ' or white space have one apostrophe in front (spreadsheet formulas)."
    return {"format": "csv", "format_version": TABLES_VERSION, "rows": rows, "notes": [note]}


def _open(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")


def _table(file: TextIO, columns: tuple[Column, ...]) -> Any:
    table = csv.writer(file, lineterminator="\n")
    table.writerow([column.name for column in columns])
    return table


def _safe(row: list[Cell], columns: tuple[Column, ...]) -> list[Cell]:
    return [_cell(value, column) for value, column in zip(row, columns, strict=True)]


def _cell(value: Cell, column: Column) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    if column.kind == "text" and isinstance(value, str) and value.startswith(_ACTIVE):
        return "'" + value
    return value
