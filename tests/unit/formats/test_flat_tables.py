"""CSV and Parquet hold the same tables: a row per hand, per joint and per image, and nothing runs as a formula."""

from __future__ import annotations

import csv as csv_reader
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.formats import csv, parquet
from handanat_studio.formats.tables import HAND_COLUMNS, IMAGE_COLUMNS, POINT_COLUMNS, cells, point_sources
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.hand.topology import ANGLE_NAMES, RATIO_NAMES
from handanat_studio.hand.values import HandPose

MakeHand = Callable[..., ExportHand]


def rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file with the standard reader."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv_reader.DictReader(file))


def test_hand_row_is_flat_and_complete(odd_pose: HandPose, make_hand: MakeHand) -> None:
    """Counts, angles, ratios, scores and verdict are cells of their own; what is not known is missing, never zero."""
    row = dict(zip([c.name for c in HAND_COLUMNS], cells(HAND_COLUMNS, make_hand(odd_pose)), strict=True))
    assert {f"angle_{name}_deg" for name in ANGLE_NAMES} | {f"ratio_{name}" for name in RATIO_NAMES} <= set(row)
    assert row["angle_index_pip_deg"] == 140.0
    assert row["angle_thumb_ip_deg"] is None
    assert row["ratio_thumb"] is None
    assert (row["finger_count"], row["finger_count_assessable"]) == (6, True)
    assert (row["digits"], row["extra_digits"], row["absent_digits"]) == (5, 1, 1)
    assert json.loads(str(row["fusions"])) == [{"first_id": 12, "second_id": 13, "extent": 0.4}]
    assert (row["verdict"], row["paper_s_anat"], row["calibrated_p_implausible"]) == ("implausible", 0.3, 0.97)
    assert json.loads(str(row["findings"]))[0]["part"] == "index_pip"
    assert row["other_scores"] is None


def test_second_thumb_counts_as_an_extra_digit(plain_pose: HandPose, make_hand: MakeHand) -> None:
    """A digit beyond the canonical five is extra whether it is named so or repeats a kind."""
    pose = HandPose(
        points=np.zeros((25, 2)), states=np.ones(25), digit_kind=np.array([0, 0, 1, 2, 3, 4]), digit_id=np.arange(6)
    )  # fmt: skip
    names = [c.name for c in HAND_COLUMNS]
    row = dict(zip(names, cells(HAND_COLUMNS, make_hand(pose)), strict=True))
    assert (row["digits"], row["extra_digits"]) == (6, 1)


def test_hand_without_features_or_scores_has_empty_cells(plain_pose: HandPose, make_hand: MakeHand) -> None:
    """A hand that was never measured or judged is a row with missing cells; a plug-in's score keeps its place."""
    hand = make_hand(plain_pose, features=None, scores={"mine": {"value": 1.0}}, verdict=None, annotation_id=None)
    row = dict(zip([c.name for c in HAND_COLUMNS], cells(HAND_COLUMNS, hand), strict=True))
    assert row["finger_count"] is None
    assert row["verdict"] is None
    assert row["paper_verdict"] is None
    assert json.loads(str(row["other_scores"])) == {"mine": {"value": 1.0}}


def test_points_table_has_every_joint(odd_pose: HandPose, make_hand: MakeHand) -> None:
    """25 joints of a six-digit hand: names, states and coordinates, missing ones as missing."""
    names = [c.name for c in POINT_COLUMNS]
    table = [dict(zip(names, cells(POINT_COLUMNS, p), strict=True)) for p in point_sources(make_hand(odd_pose))]
    assert len(table) == 25
    assert (table[0]["joint"], table[0]["digit_id"], table[0]["digit_kind"]) == ("wrist", None, None)
    assert (table[3]["joint"], table[3]["digit_kind"], table[3]["digit_id"]) == ("ip", "thumb", 10)
    assert (table[22]["joint"], table[22]["digit_kind"], table[22]["digit_id"]) == ("pip", "extra", 99)
    assert table[17]["state"] == "absent"
    assert table[17]["x"] is None
    assert table[5]["world_z"] == odd_pose.world[5, 2]  # type: ignore[index]


def test_csv_files_read_back(
    tmp_path: Path, odd_pose: HandPose, image: ExportImage, broken_image: ExportImage, make_hand: MakeHand
) -> None:
    """Three files with headings; floats come back exactly, booleans are words, missing is empty."""
    part = csv.write([make_hand(odd_pose), make_hand(odd_pose, hand_id=42)], [image, broken_image], tmp_path)
    assert part["rows"] == {"images.csv": 2, "hands.csv": 2, "points.csv": 50}
    images, hands, points = (rows(tmp_path / name) for name in ("images.csv", "hands.csv", "points.csv"))
    assert images[1]["error"] == "This is not an image."
    assert images[1]["width"] == ""
    assert (hands[0]["chirality_conflict"], hands[0]["angle_thumb_ip_deg"]) == ("false", "")
    assert [point["hand_id"] for point in points].count("42") == 25
    assert np.float32(points[0]["x"]) == odd_pose.points[0, 0]
    assert math.isclose(float(hands[0]["box_width"]), 200.25)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "'"])
def test_text_never_becomes_a_formula(
    tmp_path: Path, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand, start: str
) -> None:
    """Dangerous text gets one apostrophe in front; dropping one gives the text back; numbers stay numbers."""
    text = start + 'cmd|" /C calc"!A0,\n"x"'
    csv.write([make_hand(plain_pose, note=text, image_uri=text)], [image], tmp_path)
    (hand,) = rows(tmp_path / "hands.csv")
    assert hand["note"] == hand["image"] == "'" + text
    assert hand["source"] == "expert:Ada"
    points = rows(tmp_path / "points.csv")
    assert all(not point["x"].startswith("'") for point in points)


@given(st.text())
def test_apostrophes_are_undone_without_doubt(text: str) -> None:
    """Reading is: drop one leading apostrophe if there is one. It gives every text back."""
    column = next(c for c in HAND_COLUMNS if c.name == "note")
    cell = str(csv._cell(text, column))
    assert cell.removeprefix("'") == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_negative_numbers_are_not_text(
    tmp_path: Path, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """An extension angle of -12 degrees stays the number -12.0."""
    csv.write([make_hand(plain_pose, features={"angles_deg": {"index_pip": -12.0}})], [image], tmp_path)
    assert rows(tmp_path / "hands.csv")[0]["angle_index_pip_deg"] == "-12.0"


def test_file_names_that_are_not_utf8_are_written(
    tmp_path: Path, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """A file name with a stray byte is escaped in both formats, not a crash."""
    name = b"h\xff.png".decode("utf-8", "surrogateescape")
    csv.write([make_hand(plain_pose, image_uri=name)], [image], tmp_path)
    parquet.write([make_hand(plain_pose, image_uri=name)], [image], tmp_path)
    assert rows(tmp_path / "hands.csv")[0]["image"] == r"h\udcff.png"
    assert pq.read_table(tmp_path / "hands.parquet")["image"][0].as_py() == r"h\udcff.png"


def test_parquet_is_typed_and_equals_the_tables(
    tmp_path: Path, odd_pose: HandPose, image: ExportImage, broken_image: ExportImage, make_hand: MakeHand
) -> None:
    """Columns have their types and units even where every cell is missing, and cells equal those of the tables."""
    hands = [make_hand(odd_pose, hand_id=i) for i in range(1101)]
    part = parquet.write(iter(hands), iter([image, broken_image]), tmp_path)
    assert part["rows"] == {"images.parquet": 2, "hands.parquet": 1101, "points.parquet": 1101 * 25}
    table = pq.read_table(tmp_path / "hands.parquet")
    types = {"int": "int64", "float": "double", "text": "string", "bool": "bool"}
    assert {f.name: str(f.type) for f in table.schema} == {c.name: types[c.kind] for c in HAND_COLUMNS}
    assert table.schema.field("angle_ring_dip_deg").metadata == {b"unit": b"deg"}
    assert table.schema.metadata[b"handanat_table_version"] == b"1"
    assert list(table.slice(1100, 1).to_pylist()[0].values()) == cells(HAND_COLUMNS, hands[1100])
    images = pq.read_table(tmp_path / "images.parquet").to_pylist()
    assert list(images[1].values()) == cells(IMAGE_COLUMNS, broken_image)


@pytest.mark.parametrize("writer", [csv.write, parquet.write])
def test_empty_export_still_has_headings(tmp_path: Path, writer: Callable[..., dict[str, object]]) -> None:
    """No hands and no images are valid tables without rows."""
    writer([], [], tmp_path)
    for name, columns in (("hands", HAND_COLUMNS), ("images", IMAGE_COLUMNS), ("points", POINT_COLUMNS)):
        expected = [c.name for c in columns]
        if (tmp_path / f"{name}.csv").exists():
            assert (tmp_path / f"{name}.csv").read_text() == ",".join(expected) + "\n"
        else:
            assert pq.read_table(tmp_path / f"{name}.parquet").column_names == expected
