"""One labelled image with what was found in it: the material of all figures, and its row in the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.formats.labels_jsonl import HandLabel, ImageLabel
from handanat_studio.hand.topology import CANONICAL_POINTS
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, UNSURE, Box
from handanat_studio.workflows.evaluate.matching import Place, errors_of, match

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class HandCase:
    """One labelled hand.

    Attributes:
        label: what is said of it.
        found: its record as `formats.records` writes it; None = it was not found.
        number: its place among the image's records.
        errors: (21,) distance of each joint to the true one in hand sizes; NaN = not known.
        plain_errors: the same of MediaPipe alone; None = it found no such hand, or was not asked.
    """

    label: HandLabel
    found: Mapping[str, Any] | None
    number: int | None
    errors: F64
    plain_errors: F64 | None

    @property
    def counted(self) -> int | None:
        """How many digits the judge says there are; None = it does not say."""
        return counted_digits(self.found) if self.found is not None else None

    @property
    def likeliest(self) -> int | None:
        """The number that is likeliest where the judge would rather not say; None = no hand, or nobody counted."""
        return likeliest_digits(self.found) if self.found is not None else None


@dataclass(frozen=True, slots=True)
class Judged:
    """Something with a label and a verdict: a hand, or an image as a whole.

    Attributes:
        image: its image.
        plausible: what the label says.
        verdict: what the judge says; None = no hand was found.
        p_implausible: of the calibrated scorer, the highest of several hands; NaN = none.
        s_anat: of the paper scorer, the lowest of several hands; NaN = none.
    """

    image: str
    plausible: bool
    verdict: str | None
    p_implausible: float
    s_anat: float


@dataclass(frozen=True, eq=False)
class ImageCase:
    """One labelled image.

    Attributes:
        label: what is said of it.
        record: what was found, as `formats.records` writes it.
        hands: its labelled hands.
    """

    label: ImageLabel
    record: Mapping[str, Any]
    hands: tuple[HandCase, ...]

    @property
    def found(self) -> list[Mapping[str, Any]]:
        """The records of the hands that were found."""
        return list(self.record["hands"])

    @property
    def unlabelled(self) -> list[int]:
        """Numbers of found hands that no label is about."""
        taken = {hand.number for hand in self.hands}
        return [number for number in range(len(self.found)) if number not in taken]

    @property
    def is_sound(self) -> bool | None:
        """Whether all its hands are sound; None = not known."""
        if self.label.plausible is not None:
            return self.label.plausible
        said = [hand.label.plausible for hand in self.hands]
        return None if not said or None in said else all(said)

    @property
    def judged(self) -> list[Judged]:
        """What can be compared with a label: each labelled hand, or the image where only it has a label."""
        own = [
            _judged(self.label.image, hand.label.plausible, [hand.found] if hand.found else [])
            for hand in self.hands
            if hand.label.plausible is not None
        ]
        if own or self.label.plausible is None:
            return own
        return [_judged(self.label.image, self.label.plausible, self.found)]


def case_of(
    label: ImageLabel, record: Mapping[str, Any], places: Sequence[Place], plain: Sequence[Place] | None
) -> ImageCase:
    """Match an image's labels with its record.

    Args:
        label: what is said of the image.
        record: what was found.
        places: where the record's hands are, in its order.
        plain: where MediaPipe alone finds hands; None = it was not asked.
    """
    partners = match(label.hands, places)
    plain_partners = match(label.hands, plain or ())
    hands = []
    for hand, number, other in zip(label.hands, partners, plain_partners, strict=True):
        errors, plain_errors = np.full(CANONICAL_POINTS, nan), None
        if hand.points is not None and number is not None:
            errors = errors_of(hand.points, places[number].joints)
        if hand.points is not None and plain is not None and other is not None:
            plain_errors = errors_of(hand.points, plain[other].joints)
        found = None if number is None else record["hands"][number]
        hands.append(HandCase(hand, found, number, errors, plain_errors))
    return ImageCase(label, record, tuple(hands))


def counted_digits(hand: Mapping[str, Any]) -> int | None:
    """Return the number of digits that a hand's record says, or None: the network's where it looked."""
    evidence = hand.get("evidence")
    if evidence is not None:
        return likeliest_digits(hand) if evidence["assessed"] else None
    measured = hand.get("finger_count") or {}
    return int(measured["count"]) if measured.get("assessable") else None


def likeliest_digits(hand: Mapping[str, Any]) -> int | None:
    """Return the likeliest number of digits of a hand's record, sure or not; None = the network did not look."""
    evidence = hand.get("evidence")
    return None if evidence is None else int(np.argmax(evidence["counts"]))


def box_of(hand: Mapping[str, Any]) -> Box:
    """Return where a record's hand is."""
    return Box(*hand["box"])


def worst_verdict(hands: Sequence[Mapping[str, Any]]) -> str | None:
    """Return one verdict for several hands: one implausible hand is enough, then one unsure; None = no hand."""
    said = {hand["verdict"] for hand in hands}
    return next((verdict for verdict in (IMPLAUSIBLE, UNSURE, PLAUSIBLE) if verdict in said), None)


def _judged(image: str, plausible: bool | None, hands: Sequence[Mapping[str, Any]]) -> Judged:
    chances = [_figure(hand, "calibrated", "p_implausible") for hand in hands]
    scores = [_figure(hand, "paper", "s_anat") for hand in hands]
    return Judged(
        image,
        bool(plausible),
        worst_verdict(hands),
        max((v for v in chances if isfinite(v)), default=nan),
        min((v for v in scores if isfinite(v)), default=nan),
    )


def _figure(hand: Mapping[str, Any], scorer: str, key: str) -> float:
    value = hand["scores"].get(scorer, {}).get(key)
    return nan if value is None else float(value)


def row_of(case: ImageCase) -> dict[str, Any]:
    """Return the image's row of the report."""
    label = case.label
    return {
        "image": label.image,
        "source": label.source,
        "any_hand": label.any_hand,
        "plausible": case.is_sound,
        "found": len(case.found),
        "unlabelled": len(case.unlabelled),
        "verdict": worst_verdict(case.found),
        "detectors": [hand["detector"]["name"] for hand in case.found],
        "hands": [_hand_row(hand) for hand in case.hands],
    }


def _hand_row(hand: HandCase) -> dict[str, Any]:
    found = hand.found
    own = _judged("", hand.label.plausible, [found] if found else [])
    plain = hand.plain_errors
    return {
        "found": hand.number,
        "digits": hand.label.digits,
        "counted": hand.counted,
        "likeliest": hand.likeliest,
        "plausible": hand.label.plausible,
        "verdict": own.verdict,
        "p_implausible": _known(own.p_implausible),
        "s_anat": _known(own.s_anat),
        "joint_error": _known(mean_error(hand.errors)),
        "mediapipe_joint_error": None if plain is None else _known(mean_error(plain)),
    }


def mean_error(errors: F64) -> float:
    """Return the mean of the joints' errors that are known; NaN = none is."""
    known = errors[np.isfinite(errors)]
    return float(known.mean()) if len(known) else nan


def _known(value: float) -> float | None:
    return value if isfinite(value) else None
