"""Figures of a detector: perfect answers are perfect, misses and inventions cost what they should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand.values import Box
from handanat_studio.vision.training.box_measures import box_figures, matched

CELLS = st.lists(st.integers(0, 24), max_size=8, unique=True)


def corners(cell: int) -> list[float]:
    """Return the box of one of 25 cells that do not touch."""
    x, y = 20.0 * (cell % 5), 20.0 * (cell // 5)
    return [x, y, x + 15.0, y + 12.0]


def truth(cells: list[int]) -> np.ndarray:  # type: ignore[type-arg]
    """Return (N, 4) corners."""
    return np.array([corners(c) for c in cells], np.float32).reshape(-1, 4)


def box(cell: int) -> Box:
    """Return the same as a box."""
    x0, y0, x1, y1 = corners(cell)
    return Box(x0, y0, x1 - x0, y1 - y0)


@given(images=st.lists(CELLS, min_size=1, max_size=5))
def test_finding_exactly_what_is_there_is_perfect(images: list[list[int]]) -> None:
    """Average precision and recall are one, no image without hands has an alarm."""
    found = [[(box(c), 0.9) for c in cells] for cells in images]
    figures = box_figures(found, [truth(cells) for cells in images], least=0.5)
    if any(images):
        assert figures.ap50 == pytest.approx(1.0)
        assert figures.recall == 1.0
    else:
        assert np.isnan(figures.ap50)
    if not all(images):
        assert figures.false_alarms == 0.0


@given(there=CELLS, said=CELLS)
def test_what_is_missed_or_invented_is_counted(there: list[int], said: list[int]) -> None:
    """Recall is the share found; average precision lies between nothing and recall."""
    figures = box_figures([[(box(c), 0.9) for c in said]], [truth(there)], least=0.5)
    if there:
        assert figures.recall == pytest.approx(len(set(there) & set(said)) / len(there))
        assert 0.0 <= figures.ap50 <= figures.recall + 1e-9
    else:
        assert figures.false_alarms == len(said)


def test_inventions_below_every_hit_do_not_hurt_and_above_do() -> None:
    """Average precision is about the order."""
    good = [(box(0), 0.9), (box(1), 0.2)]
    bad = [(box(1), 0.9), (box(0), 0.2)]
    assert box_figures([good], [truth([0])], least=0.5).ap50 == pytest.approx(1.0)
    assert box_figures([bad], [truth([0])], least=0.5).ap50 == pytest.approx(0.5)


def test_a_hand_is_found_once() -> None:
    """A second box on the same hand is an invention."""
    assert matched([box(3), box(3), box(4)], truth([3])) == [True, False, False]
    assert matched([box(3)], truth([])) == [False]


def test_a_box_below_the_chosen_score_finds_nothing() -> None:
    """Recall is at the score that is believed, and plain numbers hold None where there is nothing to measure."""
    figures = box_figures([[(box(3), 0.3)]], [truth([3])], least=0.5)
    assert figures.recall == 0.0
    assert figures.as_dict() == {"ap50": 1.0, "recall": 0.0, "false_alarms": None, "images": 1, "hands": 1}
