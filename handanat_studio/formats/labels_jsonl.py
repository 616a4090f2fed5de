"""What people say of images, a JSON object a line: which hands there are, their digits, joints and soundness.

Two forms, paths relative to a folder that the reader does not know:
{"image", "hands": [{"box"?, "digits"?, "plausible"?, "points"?}], "source"?} and
{"image", "any_hand": bool, "plausible"?, "source"?}. Other keys are ignored; null is as good as a missing key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.errors import UserError
from handanat_studio.hand.evidence import MOST_COUNTED
from handanat_studio.hand.topology import CANONICAL_POINTS
from handanat_studio.hand.values import Box

F32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class HandLabel:
    """What is said of one hand; None = nothing.

    Attributes:
        box: where it is, pixels of the upright image.
        digits: how many digits it has, hidden ones included.
        plausible: whether it is sound.
        points: (21, 2) float32 pixels in MediaPipe's order; NaN = that joint is not to be seen.
    """

    box: Box | None = None
    digits: int | None = None
    plausible: bool | None = None
    points: F32 | None = None


@dataclass(frozen=True, eq=False)
class ImageLabel:
    """What is said of one image.

    Attributes:
        image: path relative to the folder of images, with "/".
        hands: the hands that are described one by one; others may be there too.
        any_hand: whether the image shows a hand at all.
        plausible: whether all its hands are sound, said of the image as a whole; None = not said so.
        source: group that results are told by; "" = none.
    """

    image: str
    hands: tuple[HandLabel, ...] = ()
    any_hand: bool = True
    plausible: bool | None = None
    source: str = ""


class _Wrong(Exception):
    """What is wrong with a line, without its number."""


def read(path: Path) -> list[ImageLabel]:
    """Read a file of labels; empty lines are skipped.

    Raises:
        UserError: if the file cannot be read, a line is not understood (its number is named), an image is labelled
            twice, or there is no label at all.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UserError(f"There is no file {path}.", hint="Check the path.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}.", hint="Labels are UTF-8, a JSON object a line.") from error
    labels: list[ImageLabel] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            label = from_dict(_json(line))
            if label.image in lines:
                raise _Wrong(f"{label.image} is labelled in line {lines[label.image]} already")
        except _Wrong as error:
            raise UserError(f"{path.name}, line {number}: {error}.", hint=_HINT) from error
        lines[label.image] = number
        labels.append(label)
    if not labels:
        raise UserError(f"{path.name} holds no labels.", hint=_HINT)
    return labels


_HINT = 'A line is {"image": "a.jpg", "hands": [{"digits": 5, "plausible": true}]} or {"image": ..., "any_hand": true}.'


def write(path: Path, labels: Iterable[ImageLabel]) -> None:
    """Write labels, a line each, so that `read` gives them back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(to_dict(label)) + "\n" for label in labels), encoding="utf-8")


def to_dict(label: ImageLabel) -> dict[str, Any]:
    """Return JSON-ready values without what is not said."""
    said: dict[str, Any] = {"image": label.image}
    if label.hands or not label.any_hand:
        said["hands"] = [_hand_to_dict(hand) for hand in label.hands]
    else:
        said["any_hand"] = True
    if label.plausible is not None:
        said["plausible"] = label.plausible
    return said | ({"source": label.source} if label.source else {})


def _hand_to_dict(hand: HandLabel) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if hand.box is not None:
        said["box"] = hand.box.as_list()
    if hand.digits is not None:
        said["digits"] = hand.digits
    if hand.plausible is not None:
        said["plausible"] = hand.plausible
    if hand.points is not None:
        said["points"] = [[x, y, 1] if isfinite(x + y) else [0, 0, 0] for x, y in hand.points.tolist()]
    return said


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise _Wrong(f"not JSON ({error.msg} at column {error.colno})") from error


def from_dict(data: Any) -> ImageLabel:
    """Return one label from the values of its line."""
    if not isinstance(data, dict):
        raise _Wrong("a label must be a JSON object")
    image = data.get("image")
    if not isinstance(image, str) or not image.strip():
        raise _Wrong('"image" must be a path')
    if PurePosixPath(image).is_absolute():
        raise _Wrong(f'"image" must be relative to the folder of images, not {image}')
    source = data.get("source")
    if source is not None and not isinstance(source, str):
        raise _Wrong('"source" must be a text')
    hands, any_hand = data.get("hands"), _truth(data, "any_hand")
    if hands is None and any_hand is None:
        raise _Wrong('neither "hands" nor "any_hand" is given')
    if hands is not None and not isinstance(hands, list):
        raise _Wrong('"hands" must be a list')
    described = tuple(_hand(hand, place) for place, hand in enumerate(hands or (), start=1))
    there = bool(described) if hands is not None else bool(any_hand)
    if any_hand is not None and any_hand != there:
        raise _Wrong('"any_hand" contradicts "hands"')
    plausible = _truth(data, "plausible")
    if plausible is not None and not there:
        raise _Wrong('"plausible" is said of an image without a hand')
    return ImageLabel(image, described, there, plausible, source or "")


def _hand(data: Any, place: int) -> HandLabel:
    try:
        if not isinstance(data, dict):
            raise _Wrong("a hand must be a JSON object")
        return HandLabel(_box(data.get("box")), _digits(data.get("digits")), _truth(data, "plausible"), _points(data))
    except _Wrong as error:
        raise _Wrong(f"hand {place}: {error}") from error


def _truth(data: dict[str, Any], key: str) -> bool | None:
    value = data.get(key)
    if value is not None and not isinstance(value, bool):
        raise _Wrong(f'"{key}" must be true or false')
    return value


def _digits(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_COUNTED:
        raise _Wrong(f'"digits" must be a whole number from 0 to {MOST_COUNTED}')
    return value


def _box(value: Any) -> Box | None:
    if value is None:
        return None
    if not _are_numbers(value, 4) or value[2] <= 0 or value[3] <= 0:
        raise _Wrong('"box" must be [x, y, width, height] with a width and a height')
    return Box(*(float(number) for number in value))


def _points(data: dict[str, Any]) -> F32 | None:
    value = data.get("points")
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != CANONICAL_POINTS:
        raise _Wrong(f'"points" must list {CANONICAL_POINTS} joints')
    points = np.full((CANONICAL_POINTS, 2), np.nan, np.float32)
    for row, point in enumerate(value):
        if isinstance(point, list) and len(point) == 3 and not isinstance(point[2], str | list | dict) and not point[2]:
            continue
        if not _are_numbers(point, 3, flags=True):
            raise _Wrong(f"joint {row} must be [x, y, visible]")
        points[row] = point[:2]
    return points


def _are_numbers(value: Any, count: int, *, flags: bool = False) -> bool:
    if not isinstance(value, list) or len(value) != count:
        return False
    plain = value[:-1] if flags else value
    return all(isinstance(v, int | float) and not isinstance(v, bool) and isfinite(v) for v in plain) and (
        not flags or isinstance(value[-1], int | float)
    )
