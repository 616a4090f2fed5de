"""How many digits a hand has and what grows together: whose word counts, the pose's or the digit network's."""

from __future__ import annotations

import math
from typing import Any

from array_api_compat import array_namespace, device

from handanat_studio.hand.assessment import reason_code
from handanat_studio.hand.batch import PoseBatch
from handanat_studio.hand.evidence_arrays import EVIDENCE_ARRAYS
from handanat_studio.hand.reasons import Reason


def digit_figures(batch: PoseBatch, source: str, dtype: Any) -> dict[str, Any]:
    """Return the fields of `FeatureBatch` that rest on someone having looked at the digits.

    A detector that always answers five has not looked: there the digit network's word counts, or nobody's. Joints from
    any other source are someone's own word, which the network's does not touch.

    Args:
        batch: N hands in any array namespace.
        source: landmark source.
        dtype: of the figures.
    """
    return _seen(batch, dtype) if source == "mediapipe" else _stated(batch, dtype)


def _stated(batch: PoseBatch, dtype: Any) -> dict[str, Any]:
    xp = array_namespace(batch.world)
    known = batch.digit_resolved
    nothing = xp.full((1, 1), math.nan, dtype=dtype, device=device(batch.world))
    unknown = reason_code(known, Reason.UNRESOLVED)
    return {
        "count": batch.digit_count,
        "count_confidence": xp.astype(known, dtype),
        "count_assessable": known,
        "count_reason": xp.where(known, xp.zeros_like(unknown), unknown),
        "phalanx_excess": batch.phalanx_excess,
        "web_depth": _known_depth(batch, known),
        "count_seen": xp.zeros_like(known),
        **{name: xp.broadcast_to(nothing, (len(batch), width)) for name, width in EVIDENCE_ARRAYS.items()},
    }


def _seen(batch: PoseBatch, dtype: Any) -> dict[str, Any]:
    xp = array_namespace(batch.world)
    chance = xp.astype(batch.count_chance, dtype)
    looked = xp.isfinite(chance[:, 0])
    known = looked & batch.count_seen
    safe = xp.where(looked[:, None], chance, xp.zeros_like(chance))
    number = xp.astype(xp.argmax(safe, axis=1), batch.digit_count.dtype)
    silent = xp.where(looked, reason_code(known, Reason.UNCOUNTED), reason_code(known, Reason.ALWAYS_FIVE))
    sure = xp.max(safe, axis=1)
    return {
        "count": xp.where(looked, number, batch.digit_count),
        "count_confidence": xp.where(known, sure, xp.zeros_like(sure)),
        "count_assessable": known,
        "count_reason": xp.where(known, xp.zeros_like(silent), silent),
        "phalanx_excess": xp.zeros_like(batch.phalanx_excess),
        "web_depth": _known_depth(batch, known),
        "count_seen": known,
        "count_chance": chance,
        **{name: xp.astype(getattr(batch, name), dtype) for name in EVIDENCE_ARRAYS if name != "count_chance"},
    }


def _known_depth(batch: PoseBatch, known: Any) -> Any:
    xp = array_namespace(batch.fusion_extent)
    return xp.where(known[:, None], batch.fusion_extent, xp.full_like(batch.fusion_extent, math.nan))
