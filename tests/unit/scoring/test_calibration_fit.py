"""Fitting finds what each part is worth, keeps bounds within the false alarms allowed, and never splits an image."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.scoring.calibration import Isotonic, PartMap, Platt
from handanat_studio.scoring.calibration_fit import (
    ISOTONIC_FROM,
    LabelledHands,
    bound_for,
    cross_joined,
    fit_final,
    fit_parts,
)
from handanat_studio.scoring.evidence import PARTS


def _hands(count: int, seed: int, *, per_image: int = 1) -> LabelledHands:
    """Return hands of which "count" tells the truth, "angle" alarms at random, and nothing else speaks."""
    rng = np.random.default_rng(seed)
    wrong = rng.random(count) < 0.4
    image = np.arange(count) // per_image
    width = {"angle": 15, "ratio": 5}
    chance = {name: np.zeros((count, width.get(name, 1))) for name in PARTS}
    chance["count"][:, 0] = np.where(wrong, rng.uniform(0.6, 1.0, count), rng.uniform(0.0, 0.3, count))
    chance["angle"] = np.where(rng.random((count, 15)) < 0.1, rng.uniform(0.5, 1.0, (count, 15)), 0.0)
    images = int(image.max()) + 1
    implausible = np.zeros(images, bool)
    np.logical_or.at(implausible, image, wrong)
    return LabelledHands(chance, image, implausible)


def test_what_tells_the_truth_is_believed_and_what_alarms_at_random_is_not() -> None:
    """The count's map stays high, that of the angles falls to nearly nothing."""
    parts = fit_parts(_hands(400, 1))
    sure = np.array([0.95])
    assert parts["count"].violated(sure)[0] > 0.8
    assert parts["angle"].violated(sure)[0] < 0.1
    assert parts["count"].violated(sure)[0] > parts["count"].violated(np.array([0.2]))[0]


def test_a_part_that_never_speaks_keeps_its_usual_constants() -> None:
    """There is nothing to learn it from."""
    parts = fit_parts(_hands(200, 2))
    assert parts["flaw_detached"].shift == pytest.approx(-2.0)
    assert parts["flaw_detached"].slope == pytest.approx(1.0)


def test_an_image_is_as_bad_as_its_worst_hand() -> None:
    """Labels of whole images are enough to learn from, and each image has one joined value."""
    hands = _hands(600, 3, per_image=2)
    joined = hands.joined(fit_parts(hands))
    assert joined.shape == hands.implausible.shape == (300,)
    wrong, sound = joined[hands.implausible], joined[~hands.implausible]
    assert np.quantile(wrong, 0.05) > np.quantile(sound, 0.95)


def test_images_without_a_hand_have_no_evidence() -> None:
    """They are counted, and nothing is held against them."""
    hands = _hands(50, 4)
    missed = LabelledHands(hands.chance, hands.image, np.append(hands.implausible, True))
    assert missed.joined({})[-1] == 0.0


def test_every_group_is_judged_by_constants_fitted_without_it() -> None:
    """A part that repeats the label of each group by chance helps nobody outside it."""
    hands = _hands(200, 5)
    groups = np.arange(200) // 4
    joined = cross_joined(hands, groups, folds=4, seed=0)
    assert np.isfinite(joined).all()
    again = cross_joined(hands, groups, folds=4, seed=0)
    np.testing.assert_array_equal(joined, again)
    # Constants fitted on all images differ from those of every fold, and so do the values.
    assert not np.array_equal(joined, hands.joined(fit_parts(hands)))


@pytest.mark.parametrize(("count", "kind"), [(ISOTONIC_FROM - 1, Platt), (ISOTONIC_FROM, Isotonic)])
def test_many_labels_get_a_rising_line(count: int, kind: type) -> None:
    """Both fit: a chance of one in three comes out as one in three."""
    rng = np.random.default_rng(0)
    raw = rng.uniform(0.0, 1.0, count)
    fitted = fit_final(raw, rng.random(count) < raw)
    assert isinstance(fitted, kind)
    np.testing.assert_allclose(fitted(np.array([0.2, 0.5, 0.8])), [0.2, 0.5, 0.8], atol=0.12)


@given(chances=st.lists(st.floats(0, 0.999), min_size=1, max_size=60), budget=st.floats(0, 0.99))
def test_no_more_false_alarms_than_allowed(chances: list[float], budget: float) -> None:
    """For any figures, ties included."""
    values = np.array(chances)
    assert (values >= bound_for(values, budget)).mean() <= budget + 1e-9


def test_the_bound_is_no_higher_than_it_must_be() -> None:
    """Ten in a hundred allowed, ten in a hundred used."""
    values = np.arange(100) / 100.0
    assert (values >= bound_for(values, 0.1)).sum() == 10


def test_a_weighted_image_uses_up_more_of_what_is_allowed() -> None:
    """Ten high figures that count tenfold are all that may be refused of two hundred in weight."""
    values, weights = np.arange(110) / 110.0, np.repeat([1.0, 10.0], [100, 10])
    assert (values >= bound_for(values, 0.5, weights)).sum() == 10
    assert (values >= bound_for(values, 0.25, weights)).sum() == 5


def test_the_fit_is_the_map_that_is_applied() -> None:
    """Innocence joins as the product of what every map leaves."""
    hands = _hands(30, 6)
    parts = {name: PartMap(-1.0, 0.7) for name in PARTS}
    expected = (1 - parts["count"].violated(hands.chance["count"])[:, 0]) * np.prod(
        1 - parts["angle"].violated(hands.chance["angle"]), axis=1
    )
    np.testing.assert_allclose(hands.joined(parts), 1 - expected)
