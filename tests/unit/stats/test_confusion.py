"""Confusion of counts: a machine that always says five does not look good, and silence is not hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.stats.confusion import confusion

HANDS = st.lists(st.tuples(st.integers(0, 8), st.none() | st.integers(0, 8), st.booleans()), max_size=60)


def test_a_small_table_by_hand() -> None:
    """Exact, abstained and missed hands are told apart for each true count."""
    table = confusion([5, 5, 5, 6, 6, 3], [5, 5, None, 5, 6, 3], [True, True, True, True, True, False])
    told = table.to_dict()
    assert [row.true for row in table.rows] == [3, 5, 6]
    assert told["by_true_count"][1] == {
        "digits": 5,
        "hands": 3,
        "said": {"5": 2},
        "abstained": 1,
        "missed": 0,
        "exact_of_all": told["by_true_count"][1]["exact_of_all"],
        "exact_of_assessed": told["by_true_count"][1]["exact_of_assessed"],
    }
    assert told["by_true_count"][0]["missed"] == 1
    assert told["by_true_count"][2]["said"] == {"5": 1, "6": 1}
    assert (table.of_all.successes, table.of_all.trials) == (3, 6)
    assert (table.of_assessed.successes, table.of_assessed.trials) == (3, 4)
    assert (table.assessed.successes, table.assessed.trials) == (4, 5)


def test_always_five_is_exposed_by_true_count() -> None:
    """Who always says five is exact on fives only, whatever the share of all."""
    table = confusion([5] * 90 + [6] * 10, [5] * 100, [True] * 100)
    assert table.of_all.value == pytest.approx(0.9)
    exact = {row["digits"]: row["exact_of_assessed"]["value"] for row in table.to_dict()["by_true_count"]}
    assert exact == {5: 1.0, 6: 0.0}


def test_no_hands_give_no_shares() -> None:
    """Without a hand every share is unknown, not zero."""
    assert confusion([], [], []).to_dict() == {
        "hands": 0,
        "exact_of_all": {"successes": 0, "trials": 0, "value": None, "low": None, "high": None},
        "exact_of_assessed": {"successes": 0, "trials": 0, "value": None, "low": None, "high": None},
        "assessed_of_found": {"successes": 0, "trials": 0, "value": None, "low": None, "high": None},
        "by_true_count": [],
    }


@given(HANDS)
def test_no_hand_is_lost(hands: list[tuple[int, int | None, bool]]) -> None:
    """Said, silent and missed hands add up to all hands of each true count."""
    table = confusion([h[0] for h in hands], [h[1] for h in hands], [h[2] for h in hands])
    assert sum(row.total for row in table.rows) == len(hands)
    assert {row.true: row.total for row in table.rows} == {
        true: sum(h[0] == true for h in hands) for true in {h[0] for h in hands}
    }
    assert table.of_all.successes == table.of_assessed.successes <= table.of_assessed.trials <= table.assessed.trials
