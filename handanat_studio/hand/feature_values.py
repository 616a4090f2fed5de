"""The measured figures of hands as values: `FeatureBatch` over N hands, `Features` of one. Nothing is measured here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from itertools import pairwise
from typing import Any

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

from handanat_studio.hand.codec import number
from handanat_studio.hand.evidence import FLAWS
from handanat_studio.hand.limits import ABDUCTION_NAMES
from handanat_studio.hand.reasons import REASON_TEXT, Reason
from handanat_studio.hand.topology import ANGLE_NAMES, CANONICAL_DIGITS, RATIO_NAMES, Side

GAP_NAMES = tuple(f"{first.name.lower()}_{second.name.lower()}" for first, second in pairwise(CANONICAL_DIGITS))
"""The four gaps between neighbouring digits, "thumb_index" to "ring_little"."""


class Basis(IntEnum):
    """What a hand's angles were measured on."""

    NONE = 0
    PLANAR = 1
    SPATIAL = 2


@dataclass(frozen=True, slots=True)
class FeatureBatch:
    """Figures of N hands in one array namespace. A figure whose `..._assessable` is False is finite but means nothing.

    Attributes:
        source: landmark source the figures came from.
        count: (N,) int32 digits that are there.
        count_confidence: (N,) float 0..1, how much the count is worth as evidence.
        count_assessable: (N,) bool.
        count_reason: (N,) uint8 of `Reason`.
        angle: (N, 15) degrees, flexion +; without depth the hypothesis closest to the permissive range.
        angle_low, angle_high: (N, 15) degrees; with depth equal to `angle`, else the range of all depth hypotheses
            (where every hypothesis is illegal: of those on the side of `angle`).
        angle_sigma: (N, 15) degrees, standard deviation from the landmarks.
        angle_assessable: (N, 15) bool.
        angle_reason: (N, 15) uint8 of `Reason`.
        abduction: (N, 4) degrees, index to little, + towards the thumb.
        abduction_assessable: (N, 4) bool.
        s_bend: (N, 4) degrees, opposite turns of a finger seen without depth, 0 = none.
        s_bend_assessable: (N, 4) bool.
        ratio: (N, 5) digit length over the middle finger's.
        ratio_sigma: (N, 5) standard deviation of the log ratio, people and landmarks together.
        ratio_assessable: (N, 5) bool.
        ratio_reason: (N, 5) uint8 of `Reason`.
        web_depth: (N, 4) share of the shorter digit up to which neighbours are joined, NaN = not assessable.
        attachment: (N, 5) distance of each digit's base from the wrist over what is usual for this hand.
        attachment_assessable: (N, 5) bool.
        fused, splits: (N,) int32 fusions and forks among the digits of the free-topology hand.
        phalanx_excess: (N, 5) int8 phalanges beyond the ordinary number of each digit, negative = too few; 0 where
            nobody has looked.
        count_chance, sight_chance, seen_chances, flaw_chance, count_seen: what the digit network says, as in
            `batch.PoseBatch`; NaN and False where it has not looked or an expert's word replaces it.
        side: (N,) int8 of `Side`, from geometry where it decides, else as claimed.
        chirality_conflict: (N,) bool, geometry shows the other side than was claimed.
        basis: (N,) uint8 of `Basis`.
    """

    source: str
    count: Any
    count_confidence: Any
    count_assessable: Any
    count_reason: Any
    angle: Any
    angle_low: Any
    angle_high: Any
    angle_sigma: Any
    angle_assessable: Any
    angle_reason: Any
    abduction: Any
    abduction_assessable: Any
    s_bend: Any
    s_bend_assessable: Any
    ratio: Any
    ratio_sigma: Any
    ratio_assessable: Any
    ratio_reason: Any
    web_depth: Any
    attachment: Any
    attachment_assessable: Any
    fused: Any
    splits: Any
    phalanx_excess: Any
    count_chance: Any
    sight_chance: Any
    seen_chances: Any
    flaw_chance: Any
    count_seen: Any
    side: Any
    chirality_conflict: Any
    basis: Any

    def __len__(self) -> int:
        return int(self.angle.shape[0])

    def row(self, index: int) -> Features:
        """Return the figures of one hand as numpy values, NaN where not assessable."""
        raw = {f.name: _plain(getattr(self, f.name), index) for f in fields(self) if f.name != "source"}
        angles = np.where(raw["angle_assessable"], raw["angle"], np.nan)
        return Features(
            source=self.source,
            count=int(raw["count"]),
            count_confidence=float(raw["count_confidence"]),
            count_assessable=bool(raw["count_assessable"]),
            count_reason=Reason(int(raw["count_reason"])),
            angles=angles,
            angle_low=np.where(raw["angle_assessable"], raw["angle_low"], np.nan),
            angle_high=np.where(raw["angle_assessable"], raw["angle_high"], np.nan),
            angle_sigma=raw["angle_sigma"],
            angle_assessable=raw["angle_assessable"],
            angle_reason=raw["angle_reason"],
            abduction=np.where(raw["abduction_assessable"], raw["abduction"], np.nan),
            s_bend=np.where(raw["s_bend_assessable"], raw["s_bend"], np.nan),
            ratios=np.where(raw["ratio_assessable"], raw["ratio"], np.nan),
            ratio_sigma=raw["ratio_sigma"],
            ratio_reason=raw["ratio_reason"],
            web_depth=raw["web_depth"],
            attachment=np.where(raw["attachment_assessable"], raw["attachment"], np.nan),
            fused=int(raw["fused"]),
            splits=int(raw["splits"]),
            phalanx_excess=raw["phalanx_excess"],
            count_chance=raw["count_chance"],
            sight_chance=raw["sight_chance"],
            seen_chances=raw["seen_chances"],
            flaw_chance=raw["flaw_chance"],
            count_seen=bool(raw["count_seen"]),
            side=Side(int(raw["side"])),
            chirality_conflict=bool(raw["chirality_conflict"]),
            basis=Basis(int(raw["basis"])),
        )


@dataclass(frozen=True, slots=True)
class Features:
    """The figures of one hand, NaN where not assessable; see `FeatureBatch` for shapes and units.

    `angles` is (15,) in the order of `topology.ANGLE_NAMES`, `ratios` (5,) in that of `topology.RATIO_NAMES`.
    """

    source: str
    count: int
    count_confidence: float
    count_assessable: bool
    count_reason: Reason
    angles: NDArray[Any]
    angle_low: NDArray[Any]
    angle_high: NDArray[Any]
    angle_sigma: NDArray[Any]
    angle_assessable: NDArray[Any]
    angle_reason: NDArray[Any]
    abduction: NDArray[Any]
    s_bend: NDArray[Any]
    ratios: NDArray[Any]
    ratio_sigma: NDArray[Any]
    ratio_reason: NDArray[Any]
    web_depth: NDArray[Any]
    attachment: NDArray[Any]
    fused: int
    splits: int
    phalanx_excess: NDArray[Any]
    count_chance: NDArray[Any]
    sight_chance: NDArray[Any]
    seen_chances: NDArray[Any]
    flaw_chance: NDArray[Any]
    count_seen: bool
    side: Side
    chirality_conflict: bool
    basis: Basis

    def angle_text(self, joint: int) -> str:
        """Return in plain words why joint `joint` (0..14) could or could not be measured."""
        return REASON_TEXT[Reason(int(self.angle_reason[joint]))]


def _plain(array: Any, index: int) -> NDArray[Any]:
    value = array[index]
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    return np.asarray(value)


def stacked(batches: list[FeatureBatch]) -> FeatureBatch:
    """Join batches of one landmark source, in order.

    Raises:
        ValueError: if there is none, or the sources differ.
    """
    if len({batch.source for batch in batches}) != 1:
        raise ValueError("only batches of one landmark source can be joined")
    xp = array_namespace(batches[0].angle)
    names = [f.name for f in fields(FeatureBatch) if f.name != "source"]
    joined = {name: xp.concat([getattr(batch, name) for batch in batches], axis=0) for name in names}
    return FeatureBatch(source=batches[0].source, **joined)


def features_to_dict(features: Features, version: str) -> dict[str, Any]:
    """Return a JSON-ready description; a number that is not assessable is null and has an entry in `reasons`."""

    def named(names: tuple[str, ...], values: NDArray[Any]) -> dict[str, float | None]:
        return {name: number(value) for name, value in zip(names, values.tolist(), strict=True)}

    def why(names: tuple[str, ...], codes: NDArray[Any]) -> dict[str, str]:
        pairs = zip(names, codes.tolist(), strict=True)
        return {name: REASON_TEXT[Reason(code)] for name, code in pairs if code != Reason.OK}

    ambiguous = features.angle_reason == Reason.DEPTH_UNKNOWN
    reasons = why(ANGLE_NAMES, features.angle_reason) | why(RATIO_NAMES, features.ratio_reason)
    if features.count_reason is not Reason.OK:
        reasons["finger_count"] = REASON_TEXT[features.count_reason]
    return {
        "version": version,
        "source": features.source,
        "basis": features.basis.name.lower(),
        "side": features.side.name.lower(),
        "chirality_conflict": features.chirality_conflict,
        "finger_count": {
            "count": features.count,
            "confidence": number(features.count_confidence),
            "assessable": features.count_assessable,
        },
        "angles_deg": named(ANGLE_NAMES, np.where(ambiguous, np.nan, features.angles)),
        "angle_range_deg": {
            name: None if not features.angle_assessable[i] else [number(features.angle_low[i]), number(high)]
            for i, (name, high) in enumerate(zip(ANGLE_NAMES, features.angle_high, strict=True))
        },
        "abduction_deg": named(ABDUCTION_NAMES, features.abduction),
        "ratios": named(RATIO_NAMES, features.ratios),
        "webbing": {
            "depth": named(GAP_NAMES, features.web_depth),
            "attachment": named(RATIO_NAMES, features.attachment),
            "fusions": features.fused,
            "splits": features.splits,
        },
        "phalanx_excess": dict(zip(RATIO_NAMES, features.phalanx_excess.tolist(), strict=True)),
        "seen": _seen(features),
        "reasons": reasons,
    }


def _seen(features: Features) -> dict[str, Any] | None:
    """Return what the digit network says of a hand, None where it says nothing."""
    if not np.isfinite(features.count_chance).any():
        return None
    hand, assessable = (number(value) for value in features.sight_chance.tolist())
    fused, forked = (number(value) for value in features.seen_chances.tolist())
    return {
        "hand": hand,
        "assessable": assessable,
        "assessed": features.count_seen,
        "counts": [number(value) for value in features.count_chance.tolist()],
        "fused": fused,
        "forked": forked,
        "flaws": {name: number(value) for name, value in zip(FLAWS, features.flaw_chance.tolist(), strict=True)},
    }
