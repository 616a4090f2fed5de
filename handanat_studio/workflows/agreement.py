"""How far people agree with one another and with the scorers, computed from the newest verdicts of a project."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, UNSURE
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.registry import SCORERS
from handanat_studio.stats.agreement import agreement
from handanat_studio.stats.alpha import krippendorff_alpha
from handanat_studio.store import annotations as revisions
from handanat_studio.store import annotators, scores

CATEGORIES = (PLAUSIBLE, UNSURE, IMPLAUSIBLE)
"""Ordered, so that the weighted kappas count plausible against implausible as the widest disagreement."""

DRAWS = 5000
"""Bootstrap draws behind every interval, as many as the paper uses."""


def compute(project: Project, *, draws: int = DRAWS, seed: int = 0, progress: Progress = SILENT) -> dict[str, Any]:
    """Compare every pair of annotators, and every annotator with every scorer.

    Only hands that both judged count. Intervals resample images, since two hands of one image are not independent.

    Returns:
        {"categories", "hands", "annotators": [{"name", "simulated", "verdicts"}], "pairs": [...],
        "alpha_nominal": float | None}; each pair has "a", "b", "kind" ("annotators" | "scorer") and the statistics
        of `stats.agreement.Agreement.to_dict`.
    """
    with project.store.read() as session:
        table = revisions.verdict_table(session)
        people = {person.name: person for person in annotators.all(session)}
        hand_ids = np.unique(table.hand_ids)
        judged = scores.of_hands(session, hand_ids.tolist())
    raters = {name: _codes(table, hand_ids, name) for name in sorted(set(table.annotators))}
    machines = {name: _machine_codes(judged, hand_ids, name) for name in SCORERS.names()}
    clusters = _image_of_each_hand(table, hand_ids)

    pairs = [(a, b, "annotators") for a, b in combinations(raters, 2)]
    pairs += [(person, machine, "scorer") for person in raters for machine in machines]
    everyone = raters | machines
    progress.start("Agreement", len(pairs))
    rows = []
    for a, b, kind in pairs:
        result = agreement(everyone[a], everyone[b], categories=CATEGORIES, clusters=clusters, draws=draws, seed=seed)
        rows.append({"a": a, "b": b, "kind": kind, **result.to_dict()})
        progress.step(note=f"{a} and {b}")
    return {
        "categories": list(CATEGORIES),
        "hands": len(hand_ids),
        "annotators": [
            {"name": name, "simulated": people[name].simulated, "verdicts": int((codes >= 0).sum())}
            for name, codes in raters.items()
        ],
        "pairs": rows,
        "alpha_nominal": _alpha(raters),
    }


def _codes(table: revisions.VerdictTable, hand_ids: NDArray[np.int64], name: str) -> NDArray[np.int64]:
    codes = np.full(len(hand_ids), -1, np.int64)
    own = np.array([annotator == name for annotator in table.annotators], bool)
    rows = np.searchsorted(hand_ids, table.hand_ids[own])
    codes[rows] = [CATEGORIES.index(v) for v, mine in zip(table.verdicts, own, strict=True) if mine]
    return codes


def _machine_codes(judged: dict[int, dict[str, Any]], hand_ids: NDArray[np.int64], name: str) -> NDArray[np.int64]:
    verdicts = [judged.get(int(hand_id), {}).get(name) for hand_id in hand_ids]
    return np.array([-1 if score is None else CATEGORIES.index(score.verdict) for score in verdicts], np.int64)


def _image_of_each_hand(table: revisions.VerdictTable, hand_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    images = np.zeros(len(hand_ids), np.int64)
    images[np.searchsorted(hand_ids, table.hand_ids)] = table.image_ids
    return images


def _alpha(raters: dict[str, NDArray[np.int64]]) -> float | None:
    if len(raters) < 2:
        return None
    ratings = np.array(list(raters.values()), np.float64)
    ratings[ratings < 0] = np.nan
    value = float(krippendorff_alpha(ratings, level="nominal"))
    return value if np.isfinite(value) else None
