"""Defects: each is exactly what its record says, and they combine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.errors import UserError
from handanat_studio.hand.limits import ANGLE_LIMITS
from handanat_studio.hand.topology import DigitKind, Level, Side
from handanat_studio.synthetic.anatomy import draw_build
from handanat_studio.synthetic.defects import DEFECT_NAMES, Defect, afflict, choose, read_names
from handanat_studio.synthetic.gestures import draw_gesture
from handanat_studio.synthetic.kinematics import chains
from handanat_studio.synthetic.plan import DigitPlan, HandPlan
from handanat_studio.synthetic.truth import angles_of, ratios_of

SEEDS = st.integers(0, 10_000)


def _rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def _whole(seed: int) -> HandPlan:
    build, pose = draw_build(_rng(seed)), draw_gesture(_rng(seed + 1))
    digits = tuple(
        DigitPlan(
            digit_id=k,
            kind=DigitKind(k),
            base=build.bases[k],
            lengths=build.lengths[k],
            radii=build.radii[k],
            flexion=pose.flexion[k],
            yaw=float(pose.yaw[k]),
            lift=pose.thumb_lift if k == 0 else 0.0,
            is_thumb=k == 0,
        )
        for k in range(5)
    )
    return HandPlan(Side.RIGHT, build.scale, digits)


def _with(seed: int, *names: str) -> tuple[HandPlan, HandPlan, tuple[Defect, ...]]:
    before = _whole(seed)
    after, defects = afflict(before, names, _rng(seed + 2))
    return before, after, defects


@given(seed=SEEDS)
def test_whole_hands_stay_inside_the_core_ranges(seed: int) -> None:
    """A plausible hand violates no textbook range, so that no honest scorer may blame it."""
    plan = _whole(seed)
    angles = angles_of(plan, chains(plan))
    low, high = np.array([(li.core_low, li.core_high) for li in ANGLE_LIMITS]).T
    assert ((angles >= low) & (angles <= high)).all(), angles


@given(seed=SEEDS)
def test_extra_and_duplicated_digits_are_counted(seed: int) -> None:
    """Digits are added with new ids and the kind EXTRA, never more than eight in all."""
    for name in ("extra", "duplicated"):
        _, after, (defect,) = _with(seed, name)
        added = [d for d in after.digits if d.kind is DigitKind.EXTRA]
        assert 6 <= len(after.digits) <= 8
        assert {d.digit_id for d in added} <= set(defect.digit_ids)
        assert len({d.digit_id for d in after.digits}) == len(after.digits)


@given(seed=SEEDS)
def test_missing_digits_are_named(seed: int) -> None:
    """Exactly the named ordinary digits are gone."""
    before, after, (defect,) = _with(seed, "missing")
    assert {d.digit_id for d in before.digits} - {d.digit_id for d in after.digits} == set(defect.digit_ids)
    assert {int(kind) for kind in after.absent} == set(defect.digit_ids)
    assert 3 <= len(after.digits) <= 4


@given(seed=SEEDS)
def test_overbent_joint_is_beyond_its_permissive_limit_by_the_stated_degrees(seed: int) -> None:
    """The measured angle is the limit plus the amount; no other joint bends more or less than before."""
    before, after, (defect,) = _with(seed, "overbent")
    row = 3 * defect.digit_ids[0] + defect.joint
    limit = ANGLE_LIMITS[row]
    angles, usual = angles_of(after, chains(after)), angles_of(before, chains(before))
    assert angles[row] == pytest.approx(defect.amount + (limit.high if defect.amount > 0 else limit.low))
    assert np.abs(np.delete(angles, row)) == pytest.approx(np.abs(np.delete(usual, row)))
    assert abs(defect.amount) >= 25.0


@given(seed=SEEDS)
def test_proportion_multiplies_one_ratio(seed: int) -> None:
    """One digit's length ratio is multiplied by the stated factor, all others stay."""
    before, after, (defect,) = _with(seed, "proportion")
    factor = ratios_of(after) / ratios_of(before)
    assert factor[defect.digit_ids[0]] == pytest.approx(defect.amount)
    assert np.delete(factor, defect.digit_ids[0]) == pytest.approx(1.0)
    assert not 0.65 < defect.amount < 1.35


@given(seed=SEEDS)
def test_detached_digit_leaves_its_base_by_the_gap_and_keeps_its_angles(seed: int) -> None:
    """The base joint moves by the stated millimetres along the metacarpal's line."""
    before, after, (defect,) = _with(seed, "detached")
    digit_id = defect.digit_ids[0]
    moved = chains(after)[digit_id].joints - chains(before)[digit_id].joints
    assert np.linalg.norm(moved, axis=1) == pytest.approx(defect.amount)
    assert angles_of(after, chains(after)) == pytest.approx(angles_of(before, chains(before)))


@given(seed=SEEDS)
def test_fused_digits_are_neighbours_that_bend_alike(seed: int) -> None:
    """Fused digits stand side by side, share their bends, and the extent is recorded."""
    _, after, (defect,) = _with(seed, "fused")
    first, second = (after.digit(i) for i in defect.digit_ids)
    row = [d.digit_id for d in after.row()]
    assert row.index(second.digit_id) == row.index(first.digit_id) + 1
    assert first.flexion == pytest.approx(second.flexion)
    assert after.fusions[0].extent == defect.amount


@given(seed=SEEDS)
def test_branch_shares_its_trunk_up_to_the_fork_and_leaves_it_by_the_stated_angle(seed: int) -> None:
    """Joints up to the fork coincide; beyond it the branch turns away."""
    _, after, (defect,) = _with(seed, "bifurcated")
    branch, trunk = (chains(after)[i] for i in defect.digit_ids)
    level = defect.joint
    assert level in (Level.MIDDLE, Level.DISTAL)
    assert branch.joints[: level + 1] == pytest.approx(trunk.joints[: level + 1])
    turn = np.degrees(np.arccos(branch.frames[level, 0] @ trunk.frames[level, 0]))
    assert turn == pytest.approx(abs(defect.amount))


@given(seed=SEEDS)
def test_second_thumb_is_an_extra_digit_built_like_a_thumb(seed: int) -> None:
    """A hand with two thumbs has six digits, one of them extra and thumb-like."""
    _, after, (defect,) = _with(seed, "second_thumb")
    new = after.digit(defect.digit_ids[0])
    assert new.is_thumb
    assert new.kind is DigitKind.EXTRA
    assert len(after.digits) == 6


@given(seed=SEEDS, names=st.lists(st.sampled_from(DEFECT_NAMES), min_size=1, max_size=5))
def test_any_combination_gives_a_hand_of_three_to_eight_digits(seed: int, names: list[str]) -> None:
    """Whatever is combined, the hand can be built and every defect names digits that exist or are missing."""
    _, after, defects = _with(seed, *names)
    assert 3 <= len(after.digits) <= 8
    assert len(chains(after)) == len(after.digits)
    known = {d.digit_id for d in after.digits} | {int(kind) for kind in after.absent}
    assert {i for d in defects for i in d.digit_ids} <= known
    assert {d.name for d in defects} <= set(names)


def test_mixed_leaves_half_of_the_hands_whole() -> None:
    """Mixed gives none, one or two defects, about half none, and every kind in the long run."""
    drawn = [choose(("mixed",), _rng(seed)) for seed in range(2000)]
    assert 0.46 < np.mean([not names for names in drawn]) < 0.54
    assert {len(names) for names in drawn} == {0, 1, 2}
    assert {n for names in drawn for n in names} == set(DEFECT_NAMES)


@pytest.mark.parametrize(("text", "names"), [("none", ()), ("mixed", ("mixed",)), ("extra, fused", ("extra", "fused"))])
def test_defect_names_are_read_from_text(text: str, names: tuple[str, ...]) -> None:
    """The command line's comma-separated form is understood."""
    assert read_names(text) == names


@pytest.mark.parametrize("bad", ["six_fingers", "none,extra", "mixed,fused"])
def test_unknown_defects_are_refused_with_the_known_names(bad: str) -> None:
    """A misspelt name is an error that lists what is known."""
    with pytest.raises(UserError, match="second_thumb"):
        read_names(bad)
