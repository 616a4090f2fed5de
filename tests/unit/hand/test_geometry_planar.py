"""Without depth only what every depth hypothesis forbids is a violation, and opposite turns of a finger are seen."""

from typing import Any

import numpy as np
import pytest

from handanat_studio.hand.batch import batch_from_arrays
from handanat_studio.hand.features import Basis, features_to_dict, measure
from handanat_studio.hand.geometry import columns
from handanat_studio.hand.limits import ANGLE_LIMITS, BONE_SHARES
from handanat_studio.hand.planar import comparable_lengths, planar_angles


def _turn(points: Any, rows: Any, about: int, degrees: float) -> Any:
    turned, angle = points.copy(), np.radians(degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned[rows] = (points[rows] - points[about]) @ rotation.T + points[about]
    return turned


@pytest.fixture
def flat(model_hand: Any) -> Any:
    """A straight hand seen palm on, (21, 2) pixels."""
    return model_hand(np.array([20, 10, 10] + [0.0] * 12))[:, :2] * 3000


def _measured(points: Any, side: int = 1) -> Any:
    batch = batch_from_arrays(np.asarray(points)[None], None, None, np.array([side], np.int8))
    return measure(batch, source="expert")


def test_the_true_angles_lie_in_the_range_of_the_hypotheses(model_hand: Any) -> None:
    """Hands of usual proportions, drawn flat or curled, always stay inside their own hull."""
    rng = np.random.default_rng(2)
    low, high = np.array([0, 5, 5] + [-10, 0, 0] * 4, float), np.array([30, 40, 40] + [60, 80, 50] * 4, float)
    inside = []
    for _ in range(40):
        angles = rng.uniform(low, high)
        found = planar_angles(columns(model_hand(angles)[None, :, :2]), np.ones(1))
        inside.append((found.low[:, 0] - 8 <= angles) & (angles <= found.high[:, 0] + 8))
    assert np.mean(inside) > 0.98


def test_a_flat_hand_without_depth_is_not_measured_but_bounded(flat: Any) -> None:
    """No number is given, the range is, and the reason says that depth is missing."""
    features = _measured(flat).row(0)
    assert features.basis is Basis.PLANAR
    told = features_to_dict(features)
    assert told["angles_deg"]["index_pip"] is None
    low, high = told["angle_range_deg"]["index_pip"]
    assert low < 0 < high
    assert "depth" in told["reasons"]["index_pip"]


def _drawn_at_full_length() -> Any:
    """Return (21, 2): a hand whose every bone has its usual length in the picture, so none can be tilted by much."""
    points = np.zeros((21, 2))
    for digit, shares in enumerate(BONE_SHARES):
        direction = np.radians(60 + 15 * digit)
        ray = np.array([np.cos(direction), -np.sin(direction)])
        points[1 + 4 * digit : 5 + 4 * digit] = np.cumsum(shares)[:, None] * ray
    return 300 * points


def _illegal(points: Any) -> list[str]:
    found = planar_angles(columns(points[None]), np.ones(1))
    rows = zip(ANGLE_LIMITS, found.low[:, 0], found.high[:, 0], strict=True)
    return [limit.name for limit, low, high in rows if low > limit.high or high < limit.low]


def test_what_every_hypothesis_forbids_is_a_violation_and_nothing_else_is() -> None:
    """At full bone length there is no room for depth: a fold of 165 degrees is real, one of 90 may be a curl."""
    points = _drawn_at_full_length()
    assert _illegal(points) == []
    assert _illegal(_turn(points, [11, 12], 10, 90.0)) == []
    assert _illegal(_turn(points, [11, 12], 10, 165.0)) == ["middle_pip"]


def test_a_fold_of_shortened_bones_is_no_violation() -> None:
    """Bones that look short may point at the viewer: the same fold of a small finger says nothing."""
    points = _turn(_drawn_at_full_length(), [11, 12], 10, 165.0)
    points[10:13] = points[9] + 0.6 * (points[10:13] - points[9])
    assert _illegal(points) == []


def test_an_s_bend_is_seen_and_a_curl_is_not(flat: Any) -> None:
    """Opposite turns at PIP and DIP survive projection; turns the same way are an ordinary curl."""
    s_bend = _turn(_turn(flat, [7, 8], 6, 45.0), [8], 7, -80.0)
    curl = _turn(_turn(flat, [7, 8], 6, 45.0), [8], 7, 30.0)
    for points, expected in ((s_bend, 45.0), (curl, 0.0)):
        features = _measured(points)
        assert features.s_bend_assessable[0, 0]
        assert features.s_bend[0, 0] == pytest.approx(expected, abs=0.5)
    assert _measured(curl).row(0).s_bend[1] == pytest.approx(0.0, abs=0.5)


def test_lengths_are_compared_only_between_straight_parallel_digits(flat: Any) -> None:
    """A bent digit, or one that points elsewhere, has no visible length."""
    parallel = flat.copy()
    for base in (5, 13, 17):
        parallel[base + 1 : base + 4] = parallel[base] + (parallel[10:13] - parallel[9])
    assert comparable_lengths(columns(parallel[None]))[1:, 0].all()
    bent = _turn(parallel, [7, 8], 6, 50.0)
    assert comparable_lengths(columns(bent[None]))[:, 0].tolist()[1:] == [False, True, True, True]
    spread = _turn(parallel, [18, 19, 20], 17, 40.0)
    assert comparable_lengths(columns(spread[None]))[:, 0].tolist()[1:] == [True, True, True, False]


def test_a_short_looking_digit_is_weaker_evidence_than_a_long_one(flat: Any) -> None:
    """Foreshortening explains short, never long: the uncertainty says so."""
    parallel = flat.copy()
    for base in (5, 13, 17):
        parallel[base + 1 : base + 4] = parallel[base] + (parallel[10:13] - parallel[9])
    short, long = parallel.copy(), parallel.copy()
    short[18:21] = short[17] + 0.4 * (parallel[18:21] - parallel[17])
    long[18:21] = long[17] + 1.4 * (parallel[18:21] - parallel[17])
    assert _measured(short).ratio_sigma[0, 4] > 1.5 * _measured(long).ratio_sigma[0, 4]
