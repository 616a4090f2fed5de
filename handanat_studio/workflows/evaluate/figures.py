"""The figures of an evaluation from its cases: what was found, counted, judged, and where the joints lie."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.topology import CANONICAL_NAMES, CANONICAL_POINTS
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, UNSURE
from handanat_studio.stats.agreement import agreement
from handanat_studio.stats.confusion import confusion
from handanat_studio.stats.intervals import share
from handanat_studio.stats.roc import roc
from handanat_studio.workflows.evaluate.cases import HandCase, ImageCase, Judged, worst_verdict

F64 = NDArray[np.float64]

_CODES = (PLAUSIBLE, IMPLAUSIBLE)


def figures_of(cases: Sequence[ImageCase], *, draws: int, seed: int) -> dict[str, Any]:
    """Return all figures of some images, JSON-ready; a part that no label speaks of is null.

    Args:
        cases: the images.
        draws: bootstrap draws of whole images.
        seed: of the draws.
    """
    return {
        "images": len(cases),
        "detection": detection(cases),
        "counts": counts(cases),
        "plausibility": plausibility(cases, draws=draws, seed=seed),
        "keypoints": keypoints(cases),
    }


def detection(cases: Sequence[ImageCase]) -> dict[str, Any]:
    """Return how many images with a hand have one found, how many without show one, and how many hands were found.

    A hand counts as placed if its label says where it is. A found hand without a label is no false alarm where the
    image holds hands: labels need not describe all of them.
    """
    shown = [case for case in cases if case.label.any_hand]
    empty = [case for case in cases if not case.label.any_hand]
    placed = [hand for case in cases for hand in case.hands if hand.label.box or hand.label.points is not None]
    return {
        "images_found": share(sum(bool(case.found) for case in shown), len(shown)).to_dict(),
        "false_alarms": share(sum(bool(case.found) for case in empty), len(empty)).to_dict(),
        "placed_hands_found": share(sum(hand.found is not None for hand in placed), len(placed)).to_dict(),
        "unlabelled_hands": sum(len(case.unlabelled) for case in shown if case.hands),
        "images_found_without_fallback": share(
            sum(any(not hand["detector"]["fallback_reason"] for hand in case.found) for case in shown), len(shown)
        ).to_dict(),
    }


def counts(cases: Sequence[ImageCase]) -> dict[str, Any] | None:
    """Return the confusion of counts with abstention; None = no label says a number.

    "exact_if_always_said" takes the likeliest number of every found hand at which the network looked.
    """
    hands = [hand for case in cases for hand in case.hands if hand.label.digits is not None]
    if not hands:
        return None
    pressed = [hand for hand in hands if hand.likeliest is not None]
    exact = sum(hand.likeliest == hand.label.digits for hand in pressed)
    return {
        **confusion(
            [hand.label.digits or 0 for hand in hands],
            [hand.counted for hand in hands],
            [hand.found is not None for hand in hands],
        ).to_dict(),
        "exact_if_always_said": share(exact, len(pressed)).to_dict(),
    }


def plausibility(cases: Sequence[ImageCase], *, draws: int, seed: int) -> dict[str, Any] | None:
    """Return false-alarm rate, sensitivity, ROC and kappa against the labels; None = no label says what is sound.

    Rates are among what was found, and "of_all" among all labelled; "unsure" is not flagged and told apart.
    """
    judged = [one for case in cases for one in case.judged]
    if not judged:
        return None
    sound, malformed = [one for one in judged if one.plausible], [one for one in judged if not one.plausible]
    truth = [not one.plausible for one in judged]
    images = [one.image for one in judged]
    whole = [case for case in cases if case.is_sound is not None]
    return {
        "sound": _side(sound),
        "malformed": _side(malformed),
        "sound_images_flagged": _images_flagged([case for case in whole if case.is_sound]),
        "malformed_images_flagged": _images_flagged([case for case in whole if not case.is_sound]),
        "roc": {
            "p_implausible": roc(
                truth, [one.p_implausible for one in judged], clusters=images, draws=draws, seed=seed
            ).to_dict(),
            "s_anat": roc(truth, [-one.s_anat for one in judged], clusters=images, draws=draws, seed=seed).to_dict(),
        },
        "agreement": _agreement(judged, images, draws, seed),
    }


def _side(judged: Sequence[Judged]) -> dict[str, Any]:
    said = [one.verdict for one in judged]
    found = len(said) - said.count(None)
    flagged = said.count(IMPLAUSIBLE)
    return {
        "labelled": len(said),
        "found": found,
        "flagged": share(flagged, found).to_dict(),
        "flagged_of_all": share(flagged, len(said)).to_dict(),
        "unsure": share(said.count(UNSURE), found).to_dict(),
    }


def _images_flagged(cases: Sequence[ImageCase]) -> dict[str, Any]:
    """Return how many images have any flagged hand, labelled or not."""
    return share(sum(worst_verdict(case.found) == IMPLAUSIBLE for case in cases), len(cases)).to_dict()


def _agreement(judged: Sequence[Judged], images: Sequence[str], draws: int, seed: int) -> dict[str, Any]:
    """Return kappa of verdict and label over those with a clear verdict."""
    labels = [_CODES.index(PLAUSIBLE if one.plausible else IMPLAUSIBLE) for one in judged]
    verdicts = [_CODES.index(one.verdict) if one.verdict in _CODES else -1 for one in judged]
    result = agreement(labels, verdicts, categories=_CODES, clusters=images, draws=draws, seed=seed)
    told = result.to_dict()
    return {name: told[name] for name in ("n", "missing", "table", "percent", "kappa")}


def keypoints(cases: Sequence[ImageCase]) -> dict[str, Any] | None:
    """Return joint errors in hand sizes; None = no label has joints.

    "both" compares with MediaPipe alone on the joints of the hands that both found.
    """
    hands = [hand for case in cases for hand in case.hands if hand.label.points is not None]
    if not hands:
        return None
    ours = np.stack([hand.errors for hand in hands])
    plain = np.stack([np.full(CANONICAL_POINTS, np.nan) if h.plain_errors is None else h.plain_errors for h in hands])
    labelled = sum(int(np.isfinite(_points(hand)).all(axis=1).sum()) for hand in hands)
    both = np.isfinite(ours) & np.isfinite(plain)
    alone = np.array([hand.found is not None and hand.plain_errors is None for hand in hands])
    median, other = _median(ours[both]), _median(plain[both])
    return {
        "hands": len(hands),
        "found": share(sum(hand.found is not None for hand in hands), len(hands)).to_dict(),
        "mediapipe_found": share(sum(hand.plain_errors is not None for hand in hands), len(hands)).to_dict(),
        "joints_placed": share(int(np.isfinite(ours).sum()), labelled).to_dict(),
        "median": _median(ours),
        "both": {
            "hands": int(both.any(axis=1).sum()),
            "joints": int(both.sum()),
            "median": median,
            "mediapipe_median": other,
            "ratio": median / other if median is not None and other else None,
        },
        "only_ours": {"hands": int(alone.sum()), "median": _median(ours[alone])},
        "per_joint": [
            {
                "joint": name,
                "joints": int(np.isfinite(ours[:, row]).sum()),
                "median": _median(ours[:, row]),
                "both_median": _median(ours[both[:, row], row]),
                "mediapipe_median": _median(plain[both[:, row], row]),
            }
            for row, name in enumerate(CANONICAL_NAMES)
        ],
    }


def _points(hand: HandCase) -> NDArray[np.float32]:
    assert hand.label.points is not None
    return hand.label.points


def _median(errors: F64) -> float | None:
    known = errors[np.isfinite(errors)]
    value = float(np.median(known)) if len(known) else float("nan")
    return value if isfinite(value) else None
