"""The queues: which hands wait for somebody, and why. Settled hands leave the queues of reviewers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import ACCEPTED, RETURNED, SUBMITTED
from handanat_studio.store.library import OWN_QUEUES, QUEUES
from handanat_studio.store.viewpoint import Mask, Viewpoint

LOW_CONFIDENCE = 0.6
THRESHOLD, NEAR = 0.5, 0.15
"""Every scorer decides at one half; nearer to it than this is near."""
CONTROL_SHARE = 0.05
DIVERSE_IMAGES = 100


def names(view: Viewpoint) -> tuple[str, ...]:
    """Return the queues that somebody may ask for."""
    return QUEUES if view.may_review else OWN_QUEUES


def members(view: Viewpoint, queue: str) -> Mask:
    """Return which entries are in a queue.

    Raises:
        UserError: if it is a reviewer's queue and she is none.
    """
    if queue not in names(view):
        raise UserError(f"The queue '{queue}' is for reviewers.", hint="Ask a lead of this project for that role.")
    if queue == "assigned":
        given = np.zeros(len(view.catalogue), bool)
        given[view.tasks()[0]] = True
        return given & ~np.isin(view.own_stage(), _codes(view, SUBMITTED, ACCEPTED, RETURNED))
    if queue == "returned":
        return np.isin(view.own_stage(), _codes(view, RETURNED))
    return _waiting(view, queue) & ~view.is_settled & ~view.hidden & (view.catalogue.hand_ids > 0)


def _waiting(view: Viewpoint, queue: str) -> Mask:
    labels, catalogue = view.labels, view.catalogue
    if queue == "submitted":
        handed_in = np.isin(labels("stage"), _codes(view, SUBMITTED)) & labels("is_own")
        return view.any_label(handed_in & (labels("annotator") != view.viewer_id))
    if queue == "disagreement":
        return view.disagreement > 0
    if queue == "low_confidence":
        return catalogue.column("detections", "score", np.nan) < LOW_CONFIDENCE
    if queue == "fallback":
        return catalogue.column("detections", "is_fallback", False)
    if queue == "near_threshold":
        return distance(view) <= NEAR
    if queue == "contradictory":
        return view.any_label(labels("is_contradictory"))
    if queue == "flagged":
        return view.any_label(labels("is_flagged"))
    if queue == "diverse":
        return np.isin(catalogue.image_ids, catalogue.unlike_images(DIVERSE_IMAGES))
    return is_control(catalogue.hand_ids)


def distance(view: Viewpoint) -> NDArray[np.float64]:
    """Return how far each score is from the threshold; NaN = no score."""
    # Rounded: 0.65 - 0.5 is a little more than 0.15.
    return np.round(np.abs(view.score - THRESHOLD), 9)  # type: ignore[no-any-return]


def is_control(hand_ids: NDArray[np.int64]) -> Mask:
    """Return which hands are in the random control: always the same ones, whatever else is in the project."""
    mixed = hand_ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return (mixed >> np.uint64(40)) < int(CONTROL_SHARE * 2**24)


def _codes(view: Viewpoint, *stages: str) -> list[int]:
    return [view.catalogue.words.stages.code(stage) for stage in stages]
