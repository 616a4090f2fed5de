"""Which found hand is which labelled hand: by joints, by boxes, by size where a label has no place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from handanat_studio.formats.labels_jsonl import HandLabel
from handanat_studio.hand.values import Box
from handanat_studio.workflows.evaluate.matching import Place, errors_of, match, place_of, size_of

SHAPE = np.random.default_rng(2).uniform(0, 100, (21, 2)).astype(np.float32)


def at(x: float, y: float) -> NDArray[np.float32]:
    return SHAPE + np.array([x, y], np.float32)


def place(x: float, y: float, side: float = 100.0) -> Place:
    return Place(Box(x, y, side, side), at(x, y))


def test_hands_are_known_by_their_joints() -> None:
    """Two hands side by side go to their own labels, whatever the order, and a third label stays alone."""
    labels = [HandLabel(points=at(300, 0)), HandLabel(points=at(0, 0)), HandLabel(points=at(900, 900))]
    assert match(labels, [place(5, 5), place(302, -3)]) == [1, 0, None]


def test_hands_are_known_by_their_boxes() -> None:
    """Boxes that hardly touch are two hands."""
    labels = [HandLabel(box=Box(0, 0, 100, 100)), HandLabel(box=Box(90, 90, 100, 100))]
    assert match(labels, [place(88, 92)]) == [None, 0]
    assert match(labels[:1], [place(88, 92)]) == [None]


def test_a_label_without_a_place_takes_the_largest_that_is_left() -> None:
    """Labels with a place choose first."""
    big, small = place(0, 0, 200), place(400, 400, 50)
    assert match([HandLabel(digits=5)], [small, big]) == [1]
    assert match([HandLabel(digits=5), HandLabel(box=Box(0, 0, 200, 200))], [small, big]) == [0, 1]
    assert match([HandLabel(digits=5)], []) == [None]
    assert match([], [small]) == []


def test_errors_are_shares_of_the_longer_side() -> None:
    """A shift by a tenth of the hand is an error of a tenth at every joint; hidden joints have none."""
    points = at(0, 0)
    size = size_of(points)
    hidden = points.copy()
    hidden[3] = np.nan
    errors = errors_of(hidden, points + np.array([0.1 * size, 0.0], np.float32))
    assert np.isnan(errors[3])
    np.testing.assert_allclose(np.delete(errors, 3), 0.1 * size / size_of(hidden), rtol=1e-4)


def test_too_few_joints_have_no_size() -> None:
    """One joint tells no size, so nothing can be said of errors."""
    points = np.full((21, 2), np.nan, np.float32)
    points[4] = 3.0
    assert np.isnan(size_of(points))
    assert np.isnan(errors_of(points, at(0, 0))).all()


@given(st.permutations(range(4)), st.floats(-8, 8), st.floats(-8, 8))
def test_the_order_of_hands_does_not_matter(order: list[int], dx: float, dy: float) -> None:
    """Shuffled and slightly moved hands find their labels again."""
    corners = [(0, 0), (200, 0), (0, 200), (200, 200)]
    labels = [HandLabel(points=at(*corner)) for corner in corners]
    found = [place(corners[k][0] + dx, corners[k][1] + dy) for k in order]
    assert match(labels, found) == [order.index(k) for k in range(4)]


def test_the_place_of_a_record_has_mediapipes_order() -> None:
    """Digits are known by their kind; of two of one kind the first counts, extra ones do not, null is unknown."""

    def digit(kind: str, first: float) -> dict[str, object]:
        return {"kind": kind, "points": [[first + k, None if k == 3 else first, "visible"] for k in range(4)]}

    hand = {
        "box": [1, 2, 3, 4],
        "wrist": [7.0, 8.0, "visible"],
        "digits": [digit("little", 50), digit("thumb", 10), digit("extra", 99), digit("little", 70)],
    }
    found = place_of(hand)
    assert found.box == Box(1, 2, 3, 4)
    assert found.joints[0].tolist() == [7.0, 8.0]
    assert found.joints[1].tolist() == [10.0, 10.0]
    assert found.joints[17].tolist() == [50.0, 50.0]
    assert found.joints[4, 0] == pytest.approx(13.0)
    assert np.isnan(found.joints[4, 1])
    assert np.isnan(found.joints[5:17]).all()
