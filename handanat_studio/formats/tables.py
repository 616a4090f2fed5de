"""The three flat tables of an export (images, hands, points), shared by CSV and Parquet. No file format here."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from handanat_studio.formats.records import PAPER_PARTS, plain
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.hand.codec import finding_to_dict
from handanat_studio.hand.phalanges import phalanx_excess, present_ids
from handanat_studio.hand.topology import (
    ANGLE_NAMES,
    JOINTS_PER_DIGIT,
    LEVEL_NAMES,
    RATIO_NAMES,
    DigitKind,
    JointState,
    Level,
)
from handanat_studio.hand.values import U8

TABLES_VERSION = "1"
Kind = Literal["int", "float", "text", "bool"]
Cell = int | float | str | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """A typed column.

    Attributes:
        name: heading.
        kind: type of its cells; every cell may be missing.
        of: takes the value out of an `ExportHand` or `ExportImage`.
        unit: "px", "deg", "m", "json" (a JSON text) or "".
    """

    name: str
    kind: Kind
    of: Callable[[Any], Any]
    unit: str = ""


def _feature(*path: str) -> Callable[[ExportHand], Any]:
    return lambda hand: _inside(hand.features, path)


def _score(*path: str) -> Callable[[ExportHand], Any]:
    return lambda hand: _inside(hand.scores, path)


def _inside(found: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(plain(value), allow_nan=False, separators=(",", ":"))


def _states(hand: ExportHand) -> U8:
    return hand.pose.states[1:].reshape(-1, JOINTS_PER_DIGIT)


def _present_kinds(hand: ExportHand) -> list[int]:
    pose = hand.pose
    return [int(pose.digit_kind[pose.digit_index(digit_id)]) for digit_id in present_ids(pose)]


def _extra_digits(hand: ExportHand) -> int:
    kinds = _present_kinds(hand)
    return len(kinds) - len(set(kinds) - {DigitKind.EXTRA})


def _absent_digits(hand: ExportHand) -> int:
    return int((_states(hand) == JointState.ABSENT).all(axis=1).sum())


def _phalanges(hand: ExportHand, sign: int) -> int:
    """Count the phalanges too many (+1) or too few (-1) over all digits that are there."""
    return sum(max(0, sign * phalanx_excess(hand.pose, digit_id)) for digit_id in present_ids(hand.pose))


def _other_scores(hand: ExportHand) -> str | None:
    others = {name: score for name, score in hand.scores.items() if name not in ("paper", "calibrated")}
    return _json(others) if others else None


IMAGE_COLUMNS = (
    Column("image_id", "int", lambda i: i.image_id),
    Column("image", "text", lambda i: i.uri),
    Column("sha256", "text", lambda i: i.sha256),
    Column("width", "int", lambda i: i.width, "px"),
    Column("height", "int", lambda i: i.height, "px"),
    Column("generator", "text", lambda i: i.generator),
    Column("family", "text", lambda i: i.family),
    Column("prompt", "text", lambda i: i.prompt),
    Column("seed", "int", lambda i: i.seed),
    Column("error", "text", lambda i: i.error),
)

HAND_COLUMNS = (
    Column("hand_id", "int", lambda h: h.hand_id),
    Column("image_id", "int", lambda h: h.image_id),
    Column("image", "text", lambda h: h.image_uri),
    Column("image_sha256", "text", lambda h: h.image_sha256),
    Column("image_width", "int", lambda h: h.width, "px"),
    Column("image_height", "int", lambda h: h.height, "px"),
    Column("generator", "text", lambda h: h.generator),
    Column("family", "text", lambda h: h.family),
    Column("box_x", "float", lambda h: h.box.x, "px"),
    Column("box_y", "float", lambda h: h.box.y, "px"),
    Column("box_width", "float", lambda h: h.box.width, "px"),
    Column("box_height", "float", lambda h: h.box.height, "px"),
    Column("side", "text", lambda h: h.side.name.lower()),
    Column("source", "text", lambda h: h.source),
    Column("annotator", "text", lambda h: h.annotator),
    Column("annotation_id", "int", lambda h: h.annotation_id),
    Column("kind", "text", lambda h: h.kind),
    Column("stage", "text", lambda h: h.stage),
    Column("verdict", "text", lambda h: h.verdict),
    Column("note", "text", lambda h: h.note),
    Column("consensus", "text", lambda h: h.consensus),
    Column("consensus_verdict", "text", lambda h: h.consensus_verdict),
    Column("consensus_by", "text", lambda h: h.consensus_by),
    Column("findings", "text", lambda h: _json([finding_to_dict(f) for f in h.findings]), "json"),
    Column("confidence", "float", lambda h: h.pose.confidence),
    Column("digits", "int", lambda h: len(_present_kinds(h))),
    Column("extra_digits", "int", _extra_digits),
    Column("absent_digits", "int", _absent_digits),
    Column("surplus_phalanges", "int", lambda h: _phalanges(h, 1)),
    Column("missing_phalanges", "int", lambda h: _phalanges(h, -1)),
    Column("fusions", "text", lambda h: _json([asdict(f) for f in h.pose.fusions]), "json"),
    Column("splits", "text", lambda h: _json([asdict(s) for s in h.pose.splits]), "json"),
    Column("finger_count", "int", _feature("finger_count", "count")),
    Column("finger_count_confidence", "float", _feature("finger_count", "confidence")),
    Column("finger_count_assessable", "bool", _feature("finger_count", "assessable")),
    *(Column(f"angle_{name}_deg", "float", _feature("angles_deg", name), "deg") for name in ANGLE_NAMES),
    *(Column(f"ratio_{name}", "float", _feature("ratios", name)) for name in RATIO_NAMES),
    Column("angle_range_deg", "text", lambda h: _json(_inside(h.features, ("angle_range_deg",))), "json"),
    Column("abduction_deg", "text", lambda h: _json(_inside(h.features, ("abduction_deg",))), "json"),
    Column("webbing", "text", lambda h: _json(_inside(h.features, ("webbing",))), "json"),
    Column("reasons", "text", lambda h: _json(_inside(h.features, ("reasons",))), "json"),
    Column("basis", "text", _feature("basis")),
    Column("landmark_source", "text", _feature("source")),
    Column("measured_side", "text", _feature("side")),
    Column("chirality_conflict", "bool", _feature("chirality_conflict")),
    Column("features_version", "text", _feature("version")),
    *(Column(f"paper_{part}", "float", _score("paper", part)) for part in PAPER_PARTS),
    Column("paper_s_anat", "float", _score("paper", "s_anat")),
    Column("paper_verdict", "text", _score("paper", "verdict")),
    Column("paper_parts", "text", lambda h: _json(_inside(h.scores, ("paper", "parts"))), "json"),
    Column("paper_findings", "text", lambda h: _json(_inside(h.scores, ("paper", "findings"))), "json"),
    Column("paper_version", "text", _score("paper", "version")),
    Column("calibrated_p_implausible", "float", _score("calibrated", "p_implausible")),
    Column("calibrated_verdict", "text", _score("calibrated", "verdict")),
    Column("calibrated_parts", "text", lambda h: _json(_inside(h.scores, ("calibrated", "parts"))), "json"),
    Column("calibrated_findings", "text", lambda h: _json(_inside(h.scores, ("calibrated", "findings"))), "json"),
    Column("calibrated_version", "text", _score("calibrated", "version")),
    Column("other_scores", "text", _other_scores, "json"),
)

POINT_COLUMNS = (
    Column("hand_id", "int", lambda p: p[0]),
    Column("image_id", "int", lambda p: p[1]),
    Column("annotation_id", "int", lambda p: p[2]),
    Column("row", "int", lambda p: p[3]),
    Column("digit_id", "int", lambda p: p[4]),
    Column("digit_kind", "text", lambda p: p[5]),
    Column("joint", "text", lambda p: p[6]),
    Column("state", "text", lambda p: p[7]),
    Column("x", "float", lambda p: p[8], "px"),
    Column("y", "float", lambda p: p[9], "px"),
    Column("world_x", "float", lambda p: p[10], "m"),
    Column("world_y", "float", lambda p: p[11], "m"),
    Column("world_z", "float", lambda p: p[12], "m"),
)


def cells(columns: tuple[Column, ...], source: ExportHand | ExportImage | tuple[Any, ...]) -> list[Cell]:
    """Return one row, each cell of its column's type; NaN and infinities are missing."""
    return [_CASTS[column.kind](column.of(source)) for column in columns]


def point_sources(hand: ExportHand) -> Iterator[tuple[Any, ...]]:
    """Yield what `POINT_COLUMNS` reads, one for each joint: the wrist (without a digit), then digit by digit."""
    pose = hand.pose
    world = np.full((len(pose.points), 3), np.nan) if pose.world is None else pose.world
    for row, (xy, xyz, state) in enumerate(
        zip(pose.points.tolist(), world.tolist(), pose.states.tolist(), strict=True)
    ):
        digit: tuple[Any, ...] = (None, None, "wrist")
        if row:
            place, level = divmod(row - 1, JOINTS_PER_DIGIT)
            kind = DigitKind(int(pose.digit_kind[place]))
            name = LEVEL_NAMES[kind is DigitKind.THUMB][Level(level)]
            digit = (int(pose.digit_id[place]), kind.name.lower(), name)
        word = JointState(state).name.lower()
        yield (hand.hand_id, hand.image_id, hand.annotation_id, row, *digit, word, *xy, *xyz)


def printable(value: str) -> str:
    """Return text that UTF-8 can hold: bytes of a file name that were no UTF-8 become \\udcXX escapes."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


_CASTS: dict[Kind, Callable[[Any], Cell]] = {
    "int": lambda v: None if v is None or v != v else int(v),
    "float": _number,
    "text": lambda v: None if v is None else printable(str(v)),
    "bool": lambda v: None if v is None else bool(v),
}
