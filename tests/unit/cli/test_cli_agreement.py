"""What the agreement command says of a pair of raters."""

from handanat_studio.cli.agreement import pair_line
from handanat_studio.stats.agreement import agreement

NAMES = {"a": "eva", "b": "paper"}


def test_a_pair_is_told_with_kappa_interval_and_percent() -> None:
    """Science's example [[20, 5], [10, 15]]: kappa 0.400, 70 % raw agreement."""
    first = [0] * 25 + [1] * 25
    second = [0] * 20 + [1] * 5 + [0] * 10 + [1] * 15
    result = agreement(first, second, categories=("no", "yes"), draws=200)
    line = pair_line(NAMES | result.to_dict())
    assert line.startswith("eva / paper: 50 hands, kappa 0.400 (95 % ")
    assert line.endswith("agreement 70.0 %")


def test_a_pair_that_shares_no_hand_has_no_kappa() -> None:
    """Nothing is invented for an empty table."""
    line = pair_line(NAMES | agreement([], [], categories=("no", "yes"), draws=0).to_dict())
    assert line == "eva / paper: 0 hands, kappa undefined"
