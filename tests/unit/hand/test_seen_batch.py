"""What the digit network saw travels with the pose: into batch, figures and JSON; it gives way to an expert."""

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand import edits
from handanat_studio.hand.batch import PoseBatch, batch_from_arrays, batch_of
from handanat_studio.hand.corrections import placed_joints, with_corrections
from handanat_studio.hand.evidence import FLAWS, MOST_COUNTED, DigitEvidence, evidence_from_dict, evidence_to_dict
from handanat_studio.hand.features import FEATURES_VERSION, features_to_dict, measure
from handanat_studio.hand.reasons import REASON_TEXT, Reason
from handanat_studio.hand.values import HandPose

RNG = np.random.default_rng(1)
WORLD = RNG.normal(0, 0.04, (21, 3)).astype(np.float32)
POSE = HandPose.ordinary(WORLD[:, :2] * 1500 + 256, world=WORLD)


def counted(number: int, sure: float = 0.9, **changes: Any) -> DigitEvidence:
    """Return the word of a network that sees `number` digits with chance `sure`, the rest spread over the others."""
    counts = np.full(MOST_COUNTED + 1, (1.0 - sure) / MOST_COUNTED)
    counts[number] = sure
    held = DigitEvidence(0.99, 0.95, tuple(counts.tolist()), True, (1.0,) * 5, 0.02, 0.01, (0.01,) * len(FLAWS), "t")
    return replace(held, **changes)


def test_the_arrays_hold_the_evidence_in_order() -> None:
    """One row a hand; NaN and False where the network has not looked, or does not say."""
    silent = counted(5, flaws=())
    batch = batch_of([POSE, POSE, POSE], [counted(6, fused=0.4, forked=0.3), None, silent])
    assert batch.count_chance.shape == (3, 13)
    assert batch.count_chance[0, 6] == pytest.approx(0.9)
    assert batch.seen_chances[0].tolist() == pytest.approx([0.4, 0.3])
    assert batch.sight_chance[0].tolist() == pytest.approx([0.99, 0.95])
    assert batch.count_seen.tolist() == [True, False, True]
    assert np.isnan(batch.count_chance[1]).all()
    assert np.isnan(batch.flaw_chance[1:]).all()
    assert np.isfinite(batch.flaw_chance[0]).all()


def test_every_pose_needs_its_own_evidence() -> None:
    """A list that is too short would give hands the evidence of others."""
    with pytest.raises(ValueError, match="2 poses"):
        batch_of([POSE, POSE], [None])


def test_no_evidence_has_the_same_shapes_everywhere() -> None:
    """From poses or arrays, in numpy or torch."""
    plain = batch_of([POSE, POSE])
    arrays = batch_from_arrays(torch.from_numpy(np.stack([POSE.points] * 2)))
    for field in fields(PoseBatch):
        assert tuple(getattr(plain, field.name).shape) == tuple(getattr(arrays, field.name).shape)
    assert not plain.count_seen.any()
    assert torch.isnan(arrays.flaw_chance).all()


@given(number=st.integers(0, MOST_COUNTED), sure=st.floats(0.5, 1.0))
def test_a_detectors_count_is_the_networks(number: int, sure: float) -> None:
    """The likeliest number, as sure as the network is of it."""
    features = measure(batch_of([POSE], [counted(number, sure)]), source="mediapipe").row(0)
    assert features.count == number
    assert features.count_assessable
    assert features.count_reason is Reason.OK
    assert features.count_confidence == pytest.approx(sure, abs=1e-6)


def test_a_count_that_may_not_be_said_is_not_assessable() -> None:
    """And the reason tells a silent network from a missing one."""
    features = measure(batch_of([POSE, POSE], [counted(3, assessed=False), None]), source="mediapipe")
    hidden, never = features.row(0), features.row(1)
    assert (hidden.count_assessable, hidden.count_reason, hidden.count_confidence) == (False, Reason.UNCOUNTED, 0.0)
    assert (never.count_assessable, never.count_reason, never.count) == (False, Reason.ALWAYS_FIVE, 5)


def test_an_experts_word_on_the_digits_replaces_the_networks() -> None:
    """From the first correction on only she counts, and the network's flaws are of a hand she has corrected."""
    moved = edits.move(POSE, 8, POSE.points[8] + [4, 3])
    batch = batch_of([moved], [counted(6)])
    features = with_corrections(measure(batch, source="mediapipe"), batch, placed_joints(batch, batch_of([POSE])))
    assert (int(features.count[0]), bool(features.count_assessable[0])) == (5, True)
    assert np.isnan(features.count_chance).all()
    assert np.isnan(features.flaw_chance).all()
    assert not features.count_seen.any()


def test_stated_joints_do_not_ask_the_network() -> None:
    """An expert's or a drawing's digits are known without it."""
    for source in ("expert", "synthetic"):
        features = measure(batch_of([POSE], [counted(6)]), source=source).row(0)
        assert features.count == 5
        assert np.isnan(features.count_chance).all()


def test_the_evidence_is_told_in_json() -> None:
    """Under "seen", null where nobody looked; the version says that there is more now."""
    features = measure(batch_of([POSE, POSE], [counted(6), None]), source="mediapipe")
    told, silent = features_to_dict(features.row(0)), features_to_dict(features.row(1))
    assert told["version"] == FEATURES_VERSION == "4"
    assert told["finger_count"]["count"] == 6
    assert told["seen"]["counts"][6] == pytest.approx(0.9)
    assert set(told["seen"]["flaws"]) == set(FLAWS)
    assert silent["seen"] is None
    assert silent["reasons"]["finger_count"] == REASON_TEXT[Reason.ALWAYS_FIVE]


def test_unknown_flaws_are_null_in_json() -> None:
    """A network that does not say is not one that says no."""
    features = measure(batch_of([POSE], [counted(5, flaws=())]), source="mediapipe").row(0)
    assert all(value is None for value in features_to_dict(features)["seen"]["flaws"].values())
    assert all(math.isnan(value) for value in features.flaw_chance)


def test_a_flaw_that_an_older_network_did_not_know_stays_unknown() -> None:
    """Its kept word is read, and written again, without one being made up."""
    kept = evidence_to_dict(counted(5))
    del kept["flaws"]["melted"]
    told = evidence_from_dict(kept)
    assert told.flaws[:-1] == counted(5).flaws[:-1]
    assert math.isnan(told.flaws[FLAWS.index("melted")])
    assert evidence_to_dict(told)["flaws"]["melted"] is None
    features = measure(batch_of([POSE], [told]), source="mediapipe").row(0)
    assert math.isnan(features.flaw_chance[FLAWS.index("melted")])
