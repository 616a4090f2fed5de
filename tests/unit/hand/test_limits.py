"""Every number that judges a hand has a source, and the ranges make sense."""

import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand.limits import (
    ABDUCTION_LIMITS,
    ANGLE_LIMITS,
    ATTACHMENT_LIMIT,
    ATTACHMENT_RATIO,
    ATTACHMENT_SIGMA,
    BONE_SHARES,
    RATIO_REFERENCES,
    S_BEND_SIGMA,
    SOURCES,
    check_source,
)
from handanat_studio.hand.topology import ANGLE_NAMES


def test_every_joint_has_a_limit_in_the_order_of_the_angles() -> None:
    """Rows are addressed by place, so the order is a promise."""
    assert tuple(limit.name for limit in ANGLE_LIMITS) == ANGLE_NAMES
    assert len(ABDUCTION_LIMITS) == 4


@pytest.mark.parametrize("limit", [*ANGLE_LIMITS, *ABDUCTION_LIMITS], ids=lambda limit: limit.name)
def test_the_permissive_range_holds_the_core_range_and_has_a_source(limit: object) -> None:
    """What the paper allows is never a calibrated violation."""
    assert limit.low <= limit.core_low < limit.core_high <= limit.high  # type: ignore[attr-defined]
    assert len(limit.source) > 10  # type: ignore[attr-defined]


def test_experts_are_two_to_three_times_as_certain_as_mediapipe() -> None:
    """One third to one half of its standard deviation, for every joint."""
    for limit in (*ANGLE_LIMITS, *ABDUCTION_LIMITS):
        assert set(limit.sigma) == set(SOURCES)
        assert 1 / 3 <= limit.sigma["expert"] / limit.sigma["mediapipe"] + 1e-9 <= 1 / 2
        assert limit.sigma["synthetic"] < limit.sigma["expert"]


def test_every_landmark_source_has_all_its_figures() -> None:
    """A source without a reference could not be judged."""
    for table in (RATIO_REFERENCES, ATTACHMENT_RATIO, ATTACHMENT_SIGMA, S_BEND_SIGMA):
        assert set(table) == set(SOURCES)
    assert len(ATTACHMENT_LIMIT) == 5


@pytest.mark.parametrize("source", SOURCES)
def test_a_length_reference_is_over_the_middle_finger(source: str) -> None:
    """The middle ratio is one and certain; the others have a spread and a source in words."""
    reference = RATIO_REFERENCES[source]
    assert reference.ratio[2] == 1.0
    assert reference.own_sd[2] == 0.0
    assert all(sd > 0 for place, sd in enumerate(reference.own_sd) if place != 2)
    assert len(reference.source) > 20


def test_usual_bones_add_up_to_the_middle_finger() -> None:
    """Bone shares are in units of the middle finger's length."""
    assert sum(BONE_SHARES[2][1:]) == pytest.approx(1.0)


def test_an_unknown_source_is_a_user_error() -> None:
    """The hint lists the known ones."""
    assert check_source("expert") == "expert"
    with pytest.raises(UserError, match="mediapipe"):
        check_source("nobody")
