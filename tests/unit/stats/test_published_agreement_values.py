"""Every published agreement figure of the project's fact sheet, from the literature's own worked examples."""

from __future__ import annotations

import numpy as np
import pytest

from handanat_studio.stats import kappa
from handanat_studio.stats.agreement import Agreement, agreement, fleiss_kappa, krippendorff_alpha

NAN = float("nan")


def rate(table: list[list[int]], **options: object) -> Agreement:
    """Turn a contingency table back into two raters."""
    cells = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    first, second = np.array(cells).T
    names = [f"c{i}" for i in range(len(table))]
    return agreement(first, second, categories=names, **{"draws": 0, **options})  # type: ignore[arg-type]


def test_cohens_two_by_two_example() -> None:
    """The textbook table [[20,5],[10,15]]: kappa, its error and interval, and AC1."""
    found = rate([[20, 5], [10, 15]])
    assert found.kappa.value == pytest.approx(0.4, abs=5e-5)
    assert found.kappa.se == pytest.approx(0.1270, abs=5e-5)
    assert (found.kappa.low, found.kappa.high) == (pytest.approx(0.151, abs=5e-4), pytest.approx(0.649, abs=5e-4))
    assert found.ac1.value == pytest.approx(0.4059, abs=5e-5)
    assert found.percent == pytest.approx(70.0)


@pytest.mark.parametrize(("table", "value"), [([[45, 15], [25, 15]], 0.1304), ([[25, 35], [5, 35]], 0.2593)])
def test_same_raw_agreement_gives_different_kappa_but_one_pabak(table: list[list[int]], value: float) -> None:
    """The pair of tables that show how bias moves kappa and leaves PABAK alone."""
    found = rate(table)
    assert found.kappa.value == pytest.approx(value, abs=5e-5)
    assert found.pabak.value == pytest.approx(0.20)


def test_prevalence_paradox() -> None:
    """95 % raw agreement on a rare category: kappa and alpha fall below zero, AC1 and PABAK do not."""
    found = rate([[118, 5], [2, 0]])
    assert found.kappa.value == pytest.approx(-0.0234, abs=5e-5)
    assert found.ac1.value == pytest.approx(0.9408, abs=5e-5)
    assert found.pabak.value == pytest.approx(0.888, abs=5e-4)
    assert found.alpha.value == pytest.approx(-0.0247, abs=5e-5)
    assert found.prevalence == pytest.approx(118 / 125)
    assert found.bias == pytest.approx(3 / 125)


def test_three_category_example_with_weights() -> None:
    """The 3 x 3 table of Fleiss, Cohen and Everitt: kappa, SE, SE0, both weighted kappas and AC1."""
    found = rate([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert found.kappa.value == pytest.approx(0.6765, abs=5e-5)
    assert found.kappa.se == pytest.approx(0.0877, abs=5e-5)
    assert found.kappa.se0 == pytest.approx(0.0762, abs=5e-5)
    assert found.linear.value == pytest.approx(0.7222, abs=5e-5)
    assert found.quadratic.value == pytest.approx(0.7553, abs=5e-5)
    assert found.ac1.value == pytest.approx(0.8676, abs=5e-5)


def test_scikit_learn_documentation_example() -> None:
    """The strings of scikit-learn's own doc string."""
    names = ["negative", "neutral", "positive"]
    first = [names.index(x) for x in ["negative", "positive", "negative", "neutral", "positive"]]
    second = [names.index(x) for x in ["negative", "positive", "negative", "neutral", "negative"]]
    assert agreement(first, second, categories=names, draws=0).kappa.value == pytest.approx(0.6875)


# fmt: off
FLEISS_1971 = [
    "00060", "03003", "01401", "00006", "03030", "20400", "00402", "20310", "20040", "00006",
    "10050", "11040", "03300", "10050", "02031", "00501", "30012", "51000", "02040", "10203",
    "00006", "01050", "02013", "20040", "10041", "05010", "40002", "02040", "10500", "00006",
]
# fmt: on
FLEISS_WIKIPEDIA = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def test_fleiss_psychiatric_diagnoses() -> None:
    """Fleiss 1971: 30 patients, 6 psychiatrists, 5 diagnoses."""
    counts = np.array([[int(digit) for digit in row] for row in FLEISS_1971])
    assert counts.sum(axis=0).tolist() == [26, 26, 30, 55, 43]
    assert fleiss_kappa(counts) == pytest.approx(0.4302, abs=5e-5)


def test_fleiss_wikipedia_example() -> None:
    """Ten units, fourteen raters, five categories."""
    assert fleiss_kappa(FLEISS_WIKIPEDIA) == pytest.approx(0.2099, abs=5e-5)


KRIPPENDORFF_4_BY_12 = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]
KRIPPENDORFF_3_BY_15 = [
    [NAN, NAN, NAN, NAN, NAN, 3, 4, 1, 2, 1, 1, 3, 3, NAN, 3],
    [1, NAN, 2, 1, 3, 3, 4, 3, NAN, NAN, NAN, NAN, NAN, NAN, NAN],
    [NAN, NAN, 2, 1, 3, 4, 4, NAN, 2, 1, 1, 3, 3, NAN, 4],
]


@pytest.mark.parametrize(
    ("level", "value"), [("nominal", 0.7434), ("ordinal", 0.8154), ("interval", 0.8491), ("ratio", 0.7974)]
)
def test_krippendorff_four_observers(level: str, value: float) -> None:
    """Krippendorff 2011, four observers and twelve units with missing ratings, on all four scales."""
    assert krippendorff_alpha(KRIPPENDORFF_4_BY_12, level) == pytest.approx(value, abs=5e-5)  # type: ignore[arg-type]


@pytest.mark.parametrize(("level", "value"), [("nominal", 0.6914), ("ordinal", 0.8067), ("interval", 0.8108)])
def test_krippendorff_three_coders(level: str, value: float) -> None:
    """The three coders and fifteen units of the encyclopaedia article and of the krippendorff package."""
    assert krippendorff_alpha(KRIPPENDORFF_3_BY_15, level) == pytest.approx(value, abs=5e-5)  # type: ignore[arg-type]


def test_abstractors_table_of_irrcac() -> None:
    """Gwet's 100 abstractor ratings (R package irrCAC, cont3x3abstractors): kappa, AC1 and AC1's error."""
    found = rate([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    assert found.kappa.value == pytest.approx(0.7964094, abs=5e-7)
    assert found.ac1.value == pytest.approx(0.8493305, abs=5e-7)
    assert found.ac1.se == pytest.approx(0.04321747, abs=5e-7)


@pytest.mark.parametrize(
    ("value", "prevalence", "count", "half_width"), [(0.88, 0.4, 3000, 0.017), (0.8, 0.1, 500, 0.09)]
)
def test_planning_figures(value: float, prevalence: float, count: int, half_width: float) -> None:
    """The half widths that a study of a given size can expect."""
    off = prevalence * (1 - prevalence) * (1 - value)
    table = count * np.array([[prevalence - off, off], [off, 1 - prevalence - off]])
    assert float(kappa.cohen_kappa(table, np.eye(2))) == pytest.approx(value)
    assert 1.96 * kappa.kappa_errors(table, np.eye(2))[0] == pytest.approx(half_width, rel=0.05)


def test_agreement_of_the_paper_needs_a_common_prevalence() -> None:
    """94.2 % agreement is kappa .88 near 41 % prevalence, .66 at 9.4 % and .39 at 5 %: kappa does not transfer."""
    found = []
    for prevalence in (0.409, 0.094, 0.05):
        off = 0.058 / 2
        table = np.array([[prevalence - off, off], [off, 1 - prevalence - off]])
        found.append(float(kappa.cohen_kappa(table, np.eye(2))))
    assert found == [pytest.approx(0.88, abs=5e-3), pytest.approx(0.66, abs=5e-3), pytest.approx(0.39, abs=5e-3)]
