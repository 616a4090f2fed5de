"""What a revision is for, how far it has come and what its hand counts as survive each format."""

from __future__ import annotations

import csv as csv_reader
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from handanat_studio.errors import UserError
from handanat_studio.formats import coco, csv, parquet
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.hand.values import HandPose

MakeHand = Callable[..., ExportHand]
FIELDS = {
    "kind": "fix",
    "stage": "accepted",
    "consensus": "fixed",
    "consensus_verdict": "implausible",
    "consensus_by": "Ada, Bo",
}


def test_coco_gives_them_back(tmp_path: Path, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand) -> None:
    """Those of one hand, and their absence on another."""
    coco.write([make_hand(plain_pose, **FIELDS), make_hand(plain_pose, hand_id=2)], [image], tmp_path)
    with_them, without = coco.read(tmp_path).hands
    assert {name: getattr(with_them, name) for name in FIELDS} == FIELDS
    assert (without.kind, without.stage, without.consensus, without.consensus_verdict) == ("", "", "", None)


def test_an_unknown_consensus_verdict_is_refused(
    tmp_path: Path, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """The entry is named, and nothing is read."""
    coco.write([make_hand(plain_pose, **FIELDS)], [image], tmp_path)
    file = tmp_path / "annotations.json"
    content = json.loads(file.read_text())
    content["annotations"][0]["attributes"]["consensus_verdict"] = "fine"
    file.write_text(json.dumps(content))
    with pytest.raises(UserError, match="consensus_verdict must be one of"):
        coco.read(tmp_path)


def test_flat_tables_have_a_column_for_each(
    tmp_path: Path, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """The same words in CSV and Parquet."""
    for writer, name in ((csv, "csv"), (parquet, "parquet")):
        (tmp_path / name).mkdir()
        writer.write([make_hand(plain_pose, **FIELDS)], [image], tmp_path / name)
    with (tmp_path / "csv" / "hands.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv_reader.DictReader(file)
    (record,) = pq.read_table(tmp_path / "parquet" / "hands.parquet").to_pylist()
    for name, value in FIELDS.items():
        assert row[name] == record[name] == value
