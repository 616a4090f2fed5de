"""Pairing at the least total cost, checked against SciPy's solver."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.optimize import linear_sum_assignment

from handanat_studio.hand.assignment import assign

tables = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, max_side=7),
    elements=st.floats(-100, 1e6).map(lambda x: round(x, 3)),
)


@given(table=tables)
def test_the_total_is_the_least_possible(table: np.ndarray) -> None:  # type: ignore[type-arg]
    """Each row and column at most once, as many pairs as the shorter side has."""
    pairs = assign(table.tolist())
    rows, columns = [i for i, _ in pairs], [j for _, j in pairs]
    assert len(set(rows)) == len(set(columns)) == min(table.shape)
    best = table[linear_sum_assignment(table)].sum()
    assert table[rows, columns].sum() == pytest.approx(best, abs=1e-6)


def test_an_empty_table_has_no_pairs() -> None:
    """Nothing to pair."""
    assert assign([]) == assign([[]]) == []
