"""The cases to look at: what was missed, imagined, miscounted, misjudged or misplaced, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, Box
from handanat_studio.workflows.evaluate.cases import HandCase, ImageCase, box_of, mean_error, worst_verdict


@dataclass(frozen=True, eq=False)
class Tile:
    """One case of a sheet.

    Attributes:
        image: path of the image, relative to the folder.
        words: what is wrong, a line each.
        box: part of the image to show; None = all of it.
        found: records of the hands to draw.
        label: the labelled hand whose joints are drawn too; None = none.
        weight: how bad it is; the highest comes first.
    """

    image: str
    words: tuple[str, ...]
    box: Box | None
    found: tuple[Mapping[str, Any], ...]
    label: HandCase | None
    weight: float


def worst_cases(cases: Sequence[ImageCase]) -> dict[str, list[Tile]]:
    """Return sheets by name, each worst first; a sheet without a case is left out."""
    sheets = {
        "missed": [tile for case in cases for tile in _missed(case)],
        "imagined": [tile for case in cases for tile in _imagined(case)],
        "miscounted": [tile for case in cases for tile in _miscounted(case)],
        "sound-but-flagged": [tile for case in cases for tile in _misjudged(case, True, IMPLAUSIBLE)],
        "malformed-but-passed": [tile for case in cases for tile in _misjudged(case, False, PLAUSIBLE)],
        "misplaced-joints": [tile for case in cases for tile in _misplaced(case)],
    }
    return {name: sorted(tiles, key=lambda tile: -tile.weight) for name, tiles in sheets.items() if tiles}


def _missed(case: ImageCase) -> Iterable[Tile]:
    if case.label.any_hand and not case.found:
        yield Tile(case.label.image, ("no hand found",), None, (), None, 2.0)
        return
    for hand in case.hands:
        if hand.found is None and (hand.label.box or hand.label.points is not None):
            yield Tile(case.label.image, ("this hand not found",), _place(hand), tuple(case.found), hand, 1.0)


def _imagined(case: ImageCase) -> Iterable[Tile]:
    if not case.label.any_hand:
        for hand in case.found:
            score = float(hand["detector"]["score"])
            words = (f"{hand['detector']['name']} {score:.2f}", "no hand here")
            yield Tile(case.label.image, words, box_of(hand), (hand,), None, score)


def _miscounted(case: ImageCase) -> Iterable[Tile]:
    for hand in case.hands:
        true, said = hand.label.digits, hand.counted
        if true is None or hand.found is None or said is None or said == true:
            continue
        evidence = hand.found.get("evidence")
        sure = float(max(evidence["counts"])) if evidence else 1.0
        words = (f"{true} digits, said {said}", f"sure {sure:.2f}")
        yield Tile(case.label.image, words, _place(hand), (hand.found,), None, abs(said - true) + sure)


def _misjudged(case: ImageCase, sound: bool, verdict: str) -> Iterable[Tile]:
    hands = [hand for hand in case.hands if hand.label.plausible is sound and hand.found is not None]
    for hand in hands:
        if hand.found is not None and hand.found["verdict"] == verdict:
            yield _judged_tile(case, _place(hand), (hand.found,), sound)
    described = any(hand.label.plausible is not None for hand in case.hands)
    if not described and case.label.plausible is sound and worst_verdict(case.found) == verdict:
        shown = [hand for hand in case.found if hand["verdict"] == verdict]
        yield _judged_tile(case, None, tuple(shown), sound)


def _judged_tile(case: ImageCase, box: Box | None, found: tuple[Mapping[str, Any], ...], sound: bool) -> Tile:
    chances = [hand["scores"]["calibrated"]["p_implausible"] for hand in found]
    chance = max((float(value) for value in chances if value is not None), default=0.5)
    words = [f"p {chance:.2f}, {'sound' if sound else 'malformed'}"]
    for finding in [f for hand in found for f in hand["scores"]["calibrated"]["findings"]][:2]:
        words.append(f"{finding['kind']} {finding['part']}")
    return Tile(case.label.image, tuple(words), box, found, None, chance if sound else 1.0 - chance)


def _misplaced(case: ImageCase) -> Iterable[Tile]:
    for hand in case.hands:
        error = mean_error(hand.errors)
        if hand.found is None or not isfinite(error):
            continue
        plain = mean_error(hand.plain_errors) if hand.plain_errors is not None else float("nan")
        beside = f"MediaPipe {plain:.3f}" if isfinite(plain) else "MediaPipe finds none"
        yield Tile(case.label.image, (f"error {error:.3f}", beside), _place(hand), (hand.found,), hand, error)


def _place(hand: HandCase) -> Box | None:
    """Return the part of the image that holds the labelled hand and what was taken for it."""
    boxes = [box_of(hand.found)] if hand.found is not None else []
    if hand.label.box is not None:
        boxes.append(hand.label.box)
    if hand.label.points is not None:
        known = hand.label.points[(hand.label.points == hand.label.points).all(axis=1)]
        if len(known):
            (x0, y0), (x1, y1) = known.min(axis=0).tolist(), known.max(axis=0).tolist()
            boxes.append(Box(x0, y0, x1 - x0, y1 - y0))
    if not boxes:
        return None
    left, top = min(b.x for b in boxes), min(b.y for b in boxes)
    right, bottom = max(b.x + b.width for b in boxes), max(b.y + b.height for b in boxes)
    return Box(left, top, right - left, bottom - top)
