"""Parquet export: the same three tables as CSV with typed columns; units are in the fields' metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from handanat_studio.formats.tables import (
    HAND_COLUMNS,
    IMAGE_COLUMNS,
    POINT_COLUMNS,
    TABLES_VERSION,
    Column,
    cells,
    point_sources,
)
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.progress import SILENT, Progress

_TYPES = {"int": pa.int64(), "float": pa.float64(), "text": pa.string(), "bool": pa.bool_()}
_CHUNK = 500


def write(
    hands: Iterable[ExportHand], images: Iterable[ExportImage], out: Path, *, progress: Progress = SILENT
) -> dict[str, Any]:
    """Write images.parquet, hands.parquet and points.parquet into the folder `out`, a row group per 500 hands.

    Args:
        hands: read once, in order.
        images: read once, in order.
        out: an existing folder.
        progress: told of every chunk.

    Returns:
        {"format", "format_version", "rows", "notes"} for the manifest.
    """
    rows = {"images.parquet": 0, "hands.parquet": 0, "points.parquet": 0}
    with _writer(out / "images.parquet", IMAGE_COLUMNS) as table:
        for image_chunk in _chunks(images):
            rows["images.parquet"] += _add(table, IMAGE_COLUMNS, image_chunk)
    progress.start("Writing Parquet")
    with (
        _writer(out / "hands.parquet", HAND_COLUMNS) as hand_table,
        _writer(out / "points.parquet", POINT_COLUMNS) as point_table,
    ):
        for chunk in _chunks(hands):
            rows["hands.parquet"] += _add(hand_table, HAND_COLUMNS, chunk)
            points = [point for hand in chunk for point in point_sources(hand)]
            rows["points.parquet"] += _add(point_table, POINT_COLUMNS, points)
            progress.step(len(chunk))
    return {"format": "parquet", "format_version": TABLES_VERSION, "rows": rows, "notes": []}


def schema(columns: tuple[Column, ...]) -> pa.Schema:
    """Return the Arrow schema of a table."""
    fields = [
        pa.field(column.name, _TYPES[column.kind], metadata={"unit": column.unit} if column.unit else None)
        for column in columns
    ]
    return pa.schema(fields, metadata={"handanat_table_version": TABLES_VERSION})


def _writer(path: Path, columns: tuple[Column, ...]) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, schema(columns), compression="zstd")


def _add(table: pq.ParquetWriter, columns: tuple[Column, ...], sources: list[Any]) -> int:
    by_row = [cells(columns, source) for source in sources]
    arrays = [pa.array([row[i] for row in by_row], type=_TYPES[column.kind]) for i, column in enumerate(columns)]
    table.write_table(pa.Table.from_arrays(arrays, schema=schema(columns)))
    return len(by_row)


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    stream = iter(values)
    while chunk := list(islice(stream, _CHUNK)):
        yield chunk
