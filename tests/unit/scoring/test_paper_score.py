"""The paper's formula, literally, with its three states."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand.batch import batch_from_arrays, batch_of
from handanat_studio.hand.features import measure
from handanat_studio.hand.limits import ANGLE_LIMITS, RATIO_REFERENCES
from handanat_studio.hand.topology import CANONICAL_NAMES, JointState
from handanat_studio.hand.values import HandPose
from handanat_studio.scoring.paper_score import SCORER, PaperScorer, paper_scores


@pytest.fixture
def ideal(model_hand: Any) -> Any:
    """Features of a hand whose parts are all right: five digits, mid-range angles, reference ratios."""
    world = model_hand()[None]
    features = measure(batch_from_arrays(world[:, :, :2] * 3000, world), source="expert")
    angle = np.full((1, 15), 20.0)
    ratio = np.array([RATIO_REFERENCES["expert"].ratio])
    return replace(features, angle=angle, angle_low=angle, angle_high=angle, ratio=ratio)


def _with_angle(features: Any, joint: int, value: float) -> Any:
    angle = features.angle.copy()
    angle[0, joint] = value
    return replace(features, angle=angle, angle_low=angle, angle_high=angle)


def test_the_score_is_the_weighted_sum_for_all_combinations(ideal: Any) -> None:
    """0.3 count + 0.4 angles + 0.3 sim, implausible below one half: the table of what the paper can flag."""
    six = np.array([6], np.int32)
    bent = _with_angle(ideal, 4, -30.0)
    expected = {
        (True, True): (ideal, 1.0),
        (True, False): (bent, 0.6),
        (False, True): (replace(ideal, count=six), 0.7),
        (False, False): (replace(bent, count=six), 0.3),
    }
    for (count_right, angles_right), (features, s_anat) in expected.items():
        found = paper_scores(features)
        assert found.s_anat[0] == pytest.approx(s_anat)
        assert (found.count[0], found.angles[0]) == (float(count_right), float(angles_right))
        assert found.implausible[0] == (s_anat < 0.5)


def test_no_single_violation_flags_a_hand(ideal: Any) -> None:
    """A property of the paper's formula, kept: six digits alone, or one joint alone, is called plausible."""
    assert not paper_scores(replace(ideal, count=np.array([6], np.int32))).implausible[0]
    assert not paper_scores(_with_angle(ideal, 4, -170.0)).implausible[0]


@pytest.mark.parametrize("joint", range(15))
def test_every_joint_counts_at_its_core_limits(ideal: Any, joint: int) -> None:
    """The interval is closed: on the bound is inside, beyond it is not."""
    limit = ANGLE_LIMITS[joint]
    for value, inside in (
        (limit.core_low, 1.0),
        (limit.core_high, 1.0),
        (limit.core_low - 0.01, 0.0),
        (limit.core_high + 0.01, 0.0),
    ):
        assert paper_scores(_with_angle(ideal, joint, value)).angles[0] == inside


def test_sim_is_one_at_the_reference_and_falls_with_distance(ideal: Any) -> None:
    """exp(-D^2 / 8) with D^2 over the four free log ratios, one variance shared."""
    reference = RATIO_REFERENCES["expert"]
    assert paper_scores(ideal).ratios[0] == pytest.approx(1.0)
    x = np.array([0.2, -0.1, 0.0, 0.05, 0.1])
    features = replace(ideal, ratio=ideal.ratio * np.exp(x))
    free = [0, 1, 3, 4]
    own = features.ratio_sigma[0, free] ** 2 - reference.common_sd**2
    covariance = np.diag(own) + reference.common_sd**2
    distance = x[free] @ np.linalg.inv(covariance) @ x[free]
    assert paper_scores(features).ratios[0] == pytest.approx(np.exp(-distance / 8))


def test_cosine_is_inert_and_named(ideal: Any) -> None:
    """A thumb of double length hardly moves it, which is why it is not the default; the version says which was used."""
    ratio = ideal.ratio.copy()
    ratio[0, 0] *= 2
    odd = replace(ideal, ratio=ratio)
    assert paper_scores(odd, sim="cosine").ratios[0] > 0.95
    assert paper_scores(odd).ratios[0] < 0.01
    assert SCORER.version == "1-mahalanobis"
    assert PaperScorer(sim="cosine").version == "1-cosine"
    with pytest.raises(UserError, match="Unknown similarity"):
        paper_scores(odd, sim="euclid")


def test_what_is_not_assessable_counts_as_not_violated_and_widens_the_bounds(ideal: Any) -> None:
    """Nothing is held against a hand that could not be seen, and the least possible score says so."""
    nothing = np.zeros((1, 15), bool)
    six = np.array([6], np.int32)
    features = replace(ideal, count=six, count_assessable=np.array([False]), angle_assessable=nothing)
    found = paper_scores(features)
    assert np.isnan(found.count[0])
    assert np.isnan(found.angles[0])
    assert found.s_anat[0] == pytest.approx(1.0)
    np.testing.assert_allclose(found.bounds[0], [0.3, 1.0])
    np.testing.assert_allclose(paper_scores(ideal).bounds[0], [1.0, 1.0])


def test_one_hidden_joint_leaves_the_other_fourteen_to_judge(ideal: Any) -> None:
    """An unassessable joint can neither clear nor condemn the rest."""
    known = np.ones((1, 15), bool)
    known[0, 4] = False
    found = paper_scores(replace(_with_angle(ideal, 4, -90.0), angle_assessable=known))
    assert found.angles[0] == 1.0
    np.testing.assert_allclose(found.bounds[0], [0.6, 1.0])
    worse = replace(_with_angle(ideal, 7, -90.0), angle_assessable=known)
    assert paper_scores(worse).angles[0] == 0.0


def test_a_range_of_hypotheses_is_violated_only_if_all_of_it_is(ideal: Any) -> None:
    """Without depth the indicator is three-valued: inside, outside, or not known."""
    low, high = ideal.angle.copy(), ideal.angle.copy()
    low[0, 4], high[0, 4] = -60.0, 60.0
    unknown = paper_scores(replace(ideal, angle_low=low, angle_high=high))
    assert unknown.angles[0] == 1.0
    assert unknown.bounds[0, 0] == pytest.approx(0.6)
    high[0, 4] = -20.0
    assert paper_scores(replace(ideal, angle_low=low, angle_high=high)).angles[0] == 0.0


def test_nothing_assessable_is_unsure(model_hand: Any) -> None:
    """A hand without any coordinate and without labels gets no verdict."""
    blank = HandPose.ordinary(np.full((21, 2), np.nan))
    score = SCORER.score(measure(batch_of([blank]), source="expert")).row(0)
    assert score.verdict == "unsure"


def test_the_row_names_parts_and_violated_joints(model_hand: Any) -> None:
    """A reader sees the subscores, and for each broken interval its bound and its source."""
    angles = np.full(15, 12.0)
    angles[4] = -40.0
    world = model_hand(angles)
    states = np.full(21, JointState.VISIBLE)
    states[[CANONICAL_NAMES.index(f"little_{level}") for level in ("mcp", "pip", "dip", "tip")]] = JointState.ABSENT
    pose = HandPose.ordinary(world[:, :2] * 3000, world=world, states=states)
    score = SCORER.score(measure(batch_of([pose]), source="expert")).row(0)
    assert (score.scorer, score.verdict) == ("paper", "implausible")
    assert {"count", "angles", "ratios", "s_anat"} <= set(score.parts)
    assert [(f.kind, f.part) for f in score.findings] == [("angle", "index_pip"), ("count", "hand")]
    bend = score.findings[0]
    assert (bend.limit, bend.unit) == (0.0, "deg")
    assert bend.value == pytest.approx(-40.0, abs=0.01)
    assert "AAOS" in bend.source
