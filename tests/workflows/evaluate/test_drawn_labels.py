"""Drawn hands with labels: true to what was drawn, resumable, and never another run's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.formats import labels_jsonl
from handanat_studio.hand.topology import JointState
from handanat_studio.synthetic.scenes import render_scene
from handanat_studio.workflows.evaluate.drawn import draw_labelled

SEED, SIZE = 4_100_000, 128


def test_labels_say_what_was_drawn(tmp_path: Path) -> None:
    """Every second hand is defective; digits, box and visible joints are those of the scene."""
    labels = labels_jsonl.read(draw_labelled(tmp_path, count=6, seed=SEED, size=SIZE))
    assert [label.image for label in labels] == [f"images/{SEED + k}.png" for k in range(6)]
    hands = [label.hands[0] for label in labels]
    assert [hand.plausible for hand in hands[::2]] == [True] * 3
    assert not all(hand.plausible for hand in hands[1::2])
    truth = render_scene(SEED, size=SIZE).hands[0]
    assert (hands[0].digits, hands[0].box) == (5, truth.box)
    assert hands[0].points is not None
    seen = truth.pose.states == JointState.VISIBLE
    np.testing.assert_allclose(hands[0].points[seen], truth.pose.points[seen])
    assert np.isnan(hands[0].points[~seen]).all()


def test_what_was_drawn_is_kept(tmp_path: Path) -> None:
    """A larger run in the same folder draws only what is missing; the first labels stay."""
    first = draw_labelled(tmp_path, count=2, seed=SEED, size=SIZE).read_text(encoding="utf-8")
    picture = tmp_path / "images" / f"{SEED}.png"
    drawn = picture.stat().st_mtime_ns
    assert draw_labelled(tmp_path, count=3, seed=SEED, size=SIZE).read_text(encoding="utf-8").startswith(first)
    assert picture.stat().st_mtime_ns == drawn


def test_hands_drawn_in_another_way_are_not_mixed_in(tmp_path: Path) -> None:
    """Another seed or size needs another folder."""
    draw_labelled(tmp_path, count=1, seed=SEED, size=SIZE)
    with pytest.raises(UserError, match="drawn in another way"):
        draw_labelled(tmp_path, count=1, seed=SEED + 1, size=SIZE)
    assert json.loads((tmp_path / "drawn.json").read_text(encoding="utf-8")) == {"seed": SEED, "size": SIZE}
