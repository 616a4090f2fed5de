"""The digit network's word on many hands as arrays with a leading N, NaN where it has not looked. Nothing is judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device

from handanat_studio.hand.evidence import FLAWS, MOST_COUNTED, DigitEvidence

EVIDENCE_ARRAYS = {
    "count_chance": MOST_COUNTED + 1,
    "sight_chance": 2,
    "seen_chances": 2,
    "flaw_chance": len(FLAWS),
}
"""Name -> columns: chances of 0 .. `MOST_COUNTED` digits; of a hand, and of all its digits being seen; of digits grown
together, and of a fork; of each of `FLAWS`."""


def evidence_arrays(evidence: Sequence[DigitEvidence | None]) -> dict[str, Any]:
    """Return the arrays of `EVIDENCE_ARRAYS` (float32) and "count_seen" (N,) bool: the number may be said.

    Args:
        evidence: one per hand; None = the network has not looked.
    """
    n = len(evidence)
    arrays: dict[str, Any] = {name: np.full((n, k), np.nan, np.float32) for name, k in EVIDENCE_ARRAYS.items()}
    arrays["count_seen"] = np.zeros(n, bool)
    for i, seen in enumerate(evidence):
        if seen is None:
            continue
        arrays["count_chance"][i] = seen.counts
        arrays["sight_chance"][i] = seen.hand, seen.assessable
        arrays["seen_chances"][i] = seen.fused, seen.forked
        if seen.flaws:
            arrays["flaw_chance"][i] = seen.flaws
        arrays["count_seen"][i] = seen.assessed
    return arrays


def without_evidence(n: int, like: Any) -> dict[str, Any]:
    """Return the same arrays for N hands that nobody has looked at, in the namespace, dtype and place of `like`."""
    xp, where = array_namespace(like), device(like)
    nothing = xp.full((1, 1), math.nan, dtype=like.dtype, device=where)
    arrays = {name: xp.broadcast_to(nothing, (n, columns)) for name, columns in EVIDENCE_ARRAYS.items()}
    return arrays | {"count_seen": xp.zeros((n,), dtype=xp.bool, device=where)}
