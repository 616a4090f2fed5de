"""Which digits hang on the palm, on each other, or on nothing: a hand's webbing graph, and web depth in a mask."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.batch import batch_of, canonical_places
from handanat_studio.hand.codec import number
from handanat_studio.hand.features import measure
from handanat_studio.hand.limits import ATTACHMENT_LIMIT, ATTACHMENT_SIGMA
from handanat_studio.hand.phalanges import is_present, present_ids
from handanat_studio.hand.topology import CANONICAL_DIGITS, JOINTS_PER_DIGIT, DigitKind, Level, level_name, point_row
from handanat_studio.hand.values import HandPose

PALM = "palm"
_STRAY_Z = 3.0
_SAMPLES = 101
_VALLEY_START = 0.02  # the line from base to base lies in the palm; look for the valley beyond it


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the hand: `kind` is "palm", "digit" or "split"; `digit_id` is None for the palm."""

    name: str
    kind: str
    digit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """How two parts hang together.

    Attributes:
        first, second: node names.
        kind: "attached" (palm and digit), "neighbour" (skin between digits), "fused" (grown together) or "branch".
        depth: neighbour and fused: share of the shorter digit up to which they are joined; else NaN. NaN = not known.
    """

    first: str
    second: str
    kind: str
    depth: float = math.nan


@dataclass(frozen=True, slots=True)
class WebbingGraph:
    """Palm, digits in order across the hand, and forks. An ordinary hand is a star of five around the palm."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def strays(self) -> tuple[str, ...]:
        """Return the digits that hang on nothing."""
        held = {
            name for edge in self.edges if edge.kind in ("attached", "branch") for name in (edge.first, edge.second)
        }
        return tuple(node.name for node in self.nodes if node.kind == "digit" and node.name not in held)

    @property
    def palm_degree(self) -> int:
        """Return how many digits hang on the palm."""
        return sum(edge.kind == "attached" for edge in self.edges)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready description."""
        edges = [asdict(edge) | {"depth": number(edge.depth)} for edge in self.edges]
        return {"nodes": [asdict(node) for node in self.nodes], "edges": edges, "strays": list(self.strays)}


def graph(pose: HandPose, *, source: str = "expert") -> WebbingGraph:
    """Build the webbing graph of a hand of any topology.

    Args:
        pose: any hand; digits that are absent or unlabelled are left out, and so are surplus phalanges.
        source: landmark source, one of `limits.SOURCES`; decides how far off a base must be to count as detached.

    Returns:
        The graph; fusions and forks come from the pose, attachment from where the digits begin.
    """
    present = present_ids(pose)
    order = [place for place in _across(pose) if int(pose.digit_id[place]) in present]
    names = {int(pose.digit_id[place]): _name(pose, place) for place in order}
    branches = {s.branch_id for s in pose.splits if {s.branch_id, s.digit_id} <= names.keys()}
    away = _detached(pose, source)
    nodes = [Node(PALM, "palm")] + [Node(name, "digit", digit_id) for digit_id, name in names.items()]
    edges = [
        Edge(PALM, name, "attached")
        for digit_id, name in names.items()
        if digit_id not in branches and not away.get(digit_id, False)
    ]
    joined = {frozenset((f.first_id, f.second_id)): f.extent for f in pose.fusions}
    row = [digit_id for digit_id in names if digit_id not in branches]
    for first, second in pairwise(row):
        if frozenset((first, second)) not in joined:
            edges.append(Edge(names[first], names[second], "neighbour"))
    for pair, extent in joined.items():
        if pair <= names.keys():
            first, second = sorted(pair, key=list(names).index)
            edges.append(Edge(names[first], names[second], "fused", extent))
    for split in pose.splits:
        if split.branch_id in branches:
            kind = DigitKind(int(pose.digit_kind[pose.digit_index(split.digit_id)]))
            fork = f"{names[split.digit_id]} fork at {level_name(kind, split.level)}"
            nodes.append(Node(fork, "split", split.digit_id))
            edges += [Edge(names[split.digit_id], fork, "branch"), Edge(fork, names[split.branch_id], "branch")]
    return WebbingGraph(tuple(dict.fromkeys(nodes)), tuple(dict.fromkeys(edges)))


def _digit_states(pose: HandPose, place: int) -> NDArray[np.uint8]:
    return pose.states[point_row(place, Level.BASE) :][:JOINTS_PER_DIGIT]


def _name(pose: HandPose, place: int) -> str:
    kind = DigitKind(int(pose.digit_kind[place])).name.lower()
    ordinary = place in canonical_places(pose)
    return kind if ordinary else f"{kind} {int(pose.digit_id[place])}"


def _across(pose: HandPose) -> list[int]:
    """Return the digits' places in order across the palm; those of no known place come last."""
    places = canonical_places(pose)
    bases = {place: pose.points[point_row(place, Level.BASE)] for place in range(pose.digit_count)}
    known = [(float(kind), place) for kind, place in enumerate(places) if place is not None]
    for place in range(pose.digit_count):
        if place not in places:
            known.append((_between(bases, places, place), place))
    return [place for _, place in sorted(known)]


def _between(bases: dict[int, NDArray[Any]], places: list[int | None], place: int) -> float:
    """Return where an extra digit's base lies in the row of canonical bases, 0 = thumb, 4 = little."""
    row = [(kind, bases[p]) for kind, p in enumerate(places) if p is not None and np.isfinite(bases[p]).all()]
    if len(row) < 2 or not np.isfinite(bases[place]).all():
        return float(len(CANONICAL_DIGITS))
    kinds, line = np.array([kind for kind, _ in row], float), np.array([base for _, base in row], float)
    steps = np.diff(line, axis=0)
    length = np.maximum((steps * steps).sum(axis=1), 1e-12)
    share = ((bases[place] - line[:-1]) * steps).sum(axis=1) / length
    inner = np.clip(share, 0.0, 1.0)
    apart = np.linalg.norm(line[:-1] + inner[:, None] * steps - bases[place], axis=1)
    segment = int(apart.argmin())
    overshoot = 0.5 * (float(share[segment] > 1.0) - float(share[segment] < 0.0))
    return float(kinds[segment] + inner[segment] * (kinds[segment + 1] - kinds[segment]) + overshoot)


def _detached(pose: HandPose, source: str) -> dict[int, bool]:
    """Return, by digit id, which canonical digits begin too far from the palm."""
    features = measure(batch_of([pose]), source=source).row(0)
    bound = np.array(ATTACHMENT_LIMIT) + _STRAY_Z * np.array(ATTACHMENT_SIGMA[source])
    away = features.attachment > bound
    places = enumerate(canonical_places(pose))
    return {int(pose.digit_id[place]): bool(away[kind]) for kind, place in places if place is not None}


def web_depth_from_mask(mask: NDArray[np.bool_], pose: HandPose) -> NDArray[np.float64]:
    """Measure how deep the skin between neighbouring digits reaches, in the outline of a hand.

    Walks outward half-way between two digits until the outline ends: the valley. Fingers held together look like fused
    ones in an outline, so a high value alone is a candidate, and needs evidence that no crease runs between them.

    Args:
        mask: (H, W) bool, the hand.
        pose: its joints, in pixels of the mask.

    Returns:
        (4,) distance from the base line to the valley over the shorter digit's length, thumb-index to ring-little;
        NaN where a joint has no place or the line leaves the image.
    """
    chains = [_chain(pose, kind) for kind in CANONICAL_DIGITS]
    return np.array([_valley(mask, first, second) for first, second in pairwise(chains)])


def _chain(pose: HandPose, kind: DigitKind) -> NDArray[np.float64] | None:
    place = canonical_places(pose)[kind]
    if place is None or not is_present(_digit_states(pose, place)):
        return None
    start = Level.MIDDLE if kind is DigitKind.THUMB else Level.BASE
    chain = pose.points[point_row(place, start) : point_row(place, Level.TIP) + 1].astype(float)
    return chain if np.isfinite(chain).all() else None


def _along(chain: NDArray[np.float64], distance: NDArray[np.float64]) -> NDArray[np.float64]:
    path = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(chain, axis=0), axis=1))])
    return np.stack([np.interp(distance, path, chain[:, axis]) for axis in (0, 1)], axis=1)


def _valley(mask: NDArray[np.bool_], first: NDArray[np.float64] | None, second: NDArray[np.float64] | None) -> float:
    if first is None or second is None:
        return math.nan
    shorter = min(float(np.linalg.norm(np.diff(chain, axis=0), axis=1).sum()) for chain in (first, second))
    if shorter <= 0:
        return math.nan
    share = np.linspace(_VALLEY_START, 1.0, _SAMPLES)
    middle = (_along(first, share * shorter) + _along(second, share * shorter)) / 2.0
    column, row = np.floor(middle).astype(int).T
    inside = (row >= 0) & (row < mask.shape[0]) & (column >= 0) & (column < mask.shape[1])
    skin = np.zeros(_SAMPLES, bool)
    skin[inside] = mask[row[inside], column[inside]]
    end = int(np.argmin(skin)) if not skin.all() else _SAMPLES
    if end < _SAMPLES and not inside[end]:
        return math.nan
    return float(share[end - 1]) if end else 0.0
