"""Boxes where arms end: from places of a body to boxes, and how far they are believed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from handanat_studio.vision.body import ARM_ENDS, BodyBoxes
from handanat_studio.vision.detectors import DEFAULT_CHAIN
from handanat_studio.vision.fallback import HAND_BOXES

PIXELS = np.zeros((200, 100, 3), np.uint8)


def places(**at: tuple[float, float, float]) -> Any:
    """Return a body of 33 places in shares of the image, with the chance that each is in sight."""
    body = [SimpleNamespace(x=0.5, y=0.1, visibility=0.9) for _ in range(33)]
    for name, (x, y, visibility) in at.items():
        body[int(name[1:])] = SimpleNamespace(x=x, y=y, visibility=visibility)
    return SimpleNamespace(landmark=body)


class Graph:
    """Sees the body it is given."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def process(self, _: dict[str, Any]) -> Any:
        return SimpleNamespace(pose_landmarks=self._body)


def found(monkeypatch: pytest.MonkeyPatch, body: Any) -> list[Any]:
    """Return the boxes for a body."""
    monkeypatch.setattr("handanat_studio.vision.body._start", lambda: Graph(body))
    return BodyBoxes().find(PIXELS)


def test_a_box_reaches_from_the_wrist_over_the_fingers(monkeypatch: pytest.MonkeyPatch) -> None:
    """An arm that points down: the box has the wrist in its upper part and the knuckles within."""
    arm = {"p15": (0.5, 0.5, 0.97), "p17": (0.45, 0.55, 0.9), "p19": (0.55, 0.55, 0.9)}
    away = {"p16": (0.5, 0.5, 0.2), "p18": (0.5, 1.4, 0.1), "p20": (0.5, 1.4, 0.1)}
    ((box, sure),) = found(monkeypatch, places(**arm, **away))
    assert sure == pytest.approx(0.97)
    assert box.width == box.height == pytest.approx(35.0)
    assert box.x < 50 < box.x + box.width
    assert box.y < 100 < 110 < box.y + box.height
    assert box.y + box.height - 110 > 100 - box.y


def test_a_body_without_arms_in_the_image_gives_no_box(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does an image without a body."""
    far = {f"p{k}": (1.8, 0.5 + 0.1 * (k > 16), 0.9) for k in range(15, 21)}
    assert found(monkeypatch, places(**far)) == []
    assert found(monkeypatch, None) == []


def test_an_arm_needs_less_of_the_digit_network_than_a_box_that_looks_like_a_hand() -> None:
    """And it is asked before the slower network of boxes."""
    assert ARM_ENDS.alone_hand < HAND_BOXES.alone_hand
    assert ARM_ENDS.alone > HAND_BOXES.alone
    assert DEFAULT_CHAIN.index(ARM_ENDS.name) < DEFAULT_CHAIN.index(HAND_BOXES.name)
