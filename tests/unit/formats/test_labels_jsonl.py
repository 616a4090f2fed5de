"""Label files: both forms of a line, what is refused and how it is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.errors import UserError
from handanat_studio.formats import labels_jsonl
from handanat_studio.formats.labels_jsonl import HandLabel, ImageLabel
from handanat_studio.hand.values import Box

NUMBERS = st.floats(-100, 4000, width=32)


def read(folder: Path, *lines: Any) -> list[ImageLabel]:
    path = folder / "labels.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return labels_jsonl.read(path)


def test_both_forms_of_a_line_are_read(tmp_path: Path) -> None:
    """Hands one by one, or only whether there are any; unknown keys and empty lines do no harm."""
    points = [[1.0, 2.0, 1]] * 20 + [[0, 0, 0]]
    hand = {"box": [1, 2, 30, 40], "digits": 6, "plausible": False, "points": points, "who": "me"}
    first, second, third = read(
        tmp_path,
        {"image": "a/b.jpg", "hands": [hand, {}], "source": "set", "note": "x"},
        "",
        {"image": "c.jpg", "any_hand": False},
        {"image": "d.jpg", "any_hand": True, "plausible": True, "source": None},
    )
    assert (first.image, first.source, first.any_hand, first.plausible) == ("a/b.jpg", "set", True, None)
    assert first.hands[0].box == Box(1, 2, 30, 40)
    assert (first.hands[0].digits, first.hands[0].plausible) == (6, False)
    assert first.hands[0].points is not None
    assert first.hands[0].points[0].tolist() == [1.0, 2.0]
    assert np.isnan(first.hands[0].points[20]).all()
    assert (second.any_hand, second.hands) == (False, ())
    assert (third.any_hand, third.plausible, third.source) == (True, True, "")


def test_an_image_with_an_empty_list_of_hands_shows_none(tmp_path: Path) -> None:
    """`"hands": []` says the same as `"any_hand": false`."""
    assert not read(tmp_path, {"image": "a.jpg", "hands": []})[0].any_hand


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "not JSON"),
        ("[1]", "a label must be a JSON object"),
        ({"hands": []}, '"image" must be a path'),
        ({"image": 3, "hands": []}, '"image" must be a path'),
        ({"image": "/etc/a.jpg", "hands": []}, "relative to the folder"),
        ({"image": "a.jpg"}, 'neither "hands" nor "any_hand"'),
        ({"image": "a.jpg", "hands": {}}, '"hands" must be a list'),
        ({"image": "a.jpg", "hands": [3]}, "hand 1: a hand must be a JSON object"),
        ({"image": "a.jpg", "hands": [{}, {"digits": 5.0}]}, 'hand 2: "digits" must be a whole number'),
        ({"image": "a.jpg", "hands": [{"digits": True}]}, '"digits" must be a whole number'),
        ({"image": "a.jpg", "hands": [{"digits": 13}]}, '"digits" must be a whole number from 0 to 12'),
        ({"image": "a.jpg", "hands": [{"plausible": "yes"}]}, '"plausible" must be true or false'),
        ({"image": "a.jpg", "hands": [{"box": [1, 2, 0, 4]}]}, '"box" must be'),
        ({"image": "a.jpg", "hands": [{"box": "1 2 3 4"}]}, '"box" must be'),
        ({"image": "a.jpg", "hands": [{"points": [[1, 2, 1]] * 20}]}, '"points" must list 21 joints'),
        ({"image": "a.jpg", "hands": [{"points": [[1, "2", 1]] * 21}]}, "joint 0 must be [x, y, visible]"),
        ({"image": "a.jpg", "hands": [{"points": [[1, 2]] * 21}]}, "joint 0 must be [x, y, visible]"),
        ('{"image": "a.jpg", "hands": [{"points": [' + ", ".join(["[NaN, 1, 1]"] * 21) + "]}]}", "joint 0 must be"),
        ({"image": "a.jpg", "any_hand": 1}, '"any_hand" must be true or false'),
        ({"image": "a.jpg", "any_hand": False, "hands": [{}]}, '"any_hand" contradicts "hands"'),
        ({"image": "a.jpg", "any_hand": False, "plausible": True}, "without a hand"),
        ({"image": "a.jpg", "any_hand": True, "source": 4}, '"source" must be a text'),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: Any, told: str) -> None:
    """The message says which line, which hand and what was expected."""
    with pytest.raises(UserError) as error:
        read(tmp_path, {"image": "fine.jpg", "any_hand": True}, line)
    assert "labels.jsonl, line 2: " in error.value.message
    assert told in error.value.message
    assert error.value.hint


def test_an_image_is_labelled_once(tmp_path: Path) -> None:
    """Two lines for one image would count it twice."""
    line = {"image": "a.jpg", "any_hand": True}
    with pytest.raises(UserError, match=r"line 3: a\.jpg is labelled in line 1 already"):
        read(tmp_path, line, "", line)


def test_a_file_without_labels_is_refused(tmp_path: Path) -> None:
    """Nothing to compare with is told, and so is a file that is not there or no text."""
    with pytest.raises(UserError, match="holds no labels"):
        read(tmp_path, "")
    with pytest.raises(UserError, match="There is no file"):
        labels_jsonl.read(tmp_path / "none.jsonl")
    (tmp_path / "picture.jsonl").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(UserError, match="cannot be read"):
        labels_jsonl.read(tmp_path / "picture.jsonl")


@st.composite
def hand_labels(draw: st.DrawFn) -> HandLabel:
    box = draw(st.none() | st.tuples(NUMBERS, NUMBERS, st.floats(1, 900), st.floats(1, 900)))
    points = draw(st.none() | st.lists(st.none() | st.tuples(NUMBERS, NUMBERS), min_size=21, max_size=21))
    return HandLabel(
        box=None if box is None else Box(*box),
        digits=draw(st.none() | st.integers(0, 12)),
        plausible=draw(st.none() | st.booleans()),
        points=None if points is None else np.array([p or (np.nan, np.nan) for p in points], np.float32),
    )


@given(st.lists(hand_labels(), max_size=3), st.booleans(), st.none() | st.booleans(), st.text(max_size=5))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory,
    hands: list[HandLabel],
    any_hand: bool,
    plausible: bool | None,
    source: str,
) -> None:
    """Writing and reading a label changes nothing."""
    there = any_hand or bool(hands)
    label = ImageLabel("a b/ö.png", tuple(hands), there, plausible if there else None, source)
    path = tmp_path_factory.mktemp("labels") / "labels.jsonl"
    labels_jsonl.write(path, [label])
    (again,) = labels_jsonl.read(path)
    assert (again.image, again.any_hand, again.plausible, again.source) == (
        label.image,
        label.any_hand,
        label.plausible,
        label.source,
    )
    for hand, other in zip(label.hands, again.hands, strict=True):
        assert (hand.box, hand.digits, hand.plausible) == (other.box, other.digits, other.plausible)
        np.testing.assert_array_equal(
            np.nan if hand.points is None else hand.points, np.nan if other.points is None else other.points
        )
