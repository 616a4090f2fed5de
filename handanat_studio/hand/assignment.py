"""The cheapest way to pair rows with columns. Plain arithmetic on a small table; it knows nothing of hands."""

from __future__ import annotations

import math
from collections.abc import Sequence


def assign(costs: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pair each row of a table with a column of its own, or each column with a row if there are fewer columns.

    Source: H. W. Kuhn 1955, the Hungarian method, with the potentials of Jonker and Volgenant 1987; cubic in the size.

    Args:
        costs: finite costs, row by row.

    Returns:
        (row, column) pairs, by row, as many as the shorter side has, of the least total cost.
    """
    if not costs or not costs[0]:
        return []
    if len(costs) > len(costs[0]):
        return sorted((row, column) for column, row in assign(list(zip(*costs, strict=True))))
    rows, columns = len(costs), len(costs[0])
    row_price, column_price = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner = [rows] * (columns + 1)
    for row in range(rows):
        owner[columns] = row
        _augment(costs, owner, row_price, column_price)
    return sorted((owner[column], column) for column in range(columns) if owner[column] < rows)


def _augment(
    costs: Sequence[Sequence[float]], owner: list[int], row_price: list[float], column_price: list[float]
) -> None:
    """Give the row parked in the last place of `owner` a column, along the cheapest alternating path."""
    columns = len(column_price) - 1
    least, came_from = [math.inf] * columns, [columns] * columns
    used = [False] * (columns + 1)
    place, free = columns, len(row_price) - 1
    while owner[place] != free:
        used[place] = True
        row = owner[place]
        for column in range(columns):
            cost = costs[row][column] - row_price[row] - column_price[column]
            if not used[column] and cost < least[column]:
                least[column], came_from[column] = cost, place
        step, nearest = min((least[column], column) for column in range(columns) if not used[column])
        for column in range(columns + 1):
            if used[column]:
                row_price[owner[column]] += step
                column_price[column] -= step
            elif column < columns:
                least[column] -= step
        place = nearest
    while place != columns:
        owner[place] = owner[came_from[place]]
        place = came_from[place]
