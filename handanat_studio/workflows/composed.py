"""Photographed hands with labels, sound and altered in turn, amid clutter: what the judge is calibrated on besides.

Drawn hands are easier than photographed ones, and photographs of sound hands before plain grounds say nothing of
malformed ones, nor of what lies about in other photographs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from handanat_studio.errors import UserError
from handanat_studio.formats import labels_jsonl
from handanat_studio.formats.labels_jsonl import HandLabel, ImageLabel
from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import Box
from handanat_studio.progress import SILENT, Progress
from handanat_studio.vision.training.alterations import with_copy, without
from handanat_studio.vision.training.digit_surgery import forked, loosened, straight_digits, stretched
from handanat_studio.vision.training.hand_cache import CachedHand, HandCache
from handanat_studio.vision.training.melting import melted
from handanat_studio.vision.training.targets import ShownHand, targets_of
from handanat_studio.vision.training.views import View, draw_view

U8 = NDArray[np.uint8]
Way = Callable[[CachedHand, int, Generator], CachedHand]

LABELS, SOURCE = "labels.jsonl", "composed"
SIZE = 384
_SETTINGS = "composed.json"
_MARGIN = 0.08
"""Of a box around the joints, in shares of its longer side."""
_LEAST_SEEN = 0.02
"""Share of the hand's pixels at which what is wrong must be seen."""
_TRIES = 60
_WAYS: dict[str, tuple[Way, int]] = {
    "missing": (lambda hand, digit, _: without(hand, digit), 4),
    "extra": (with_copy, 2),
    "forked": (forked, 1),
    "stretched": (stretched, 2),
    "loosened": (loosened, 1),
    "melted": (lambda hand, _, rng: melted(hand, rng), 1),
}
"""What is done to every second hand, in turn, and how many straight digits it needs: of a fist nobody misses one."""


@dataclass(frozen=True, eq=False)
class _One:
    """What a crop is composed of where its hand is chosen already."""

    photos: Sequence[U8]
    chosen: CachedHand

    def hand(self, _: Generator) -> CachedHand:
        """Return the hand."""
        return self.chosen


def compose_labelled(
    folder: Path,
    hands: HandCache,
    photos: Sequence[U8],
    *,
    count: int,
    seed: int,
    progress: Progress = SILENT,
) -> Path:
    """Compose images into FOLDER/images and return FOLDER/labels.jsonl; what was composed before is kept.

    Args:
        folder: a folder; it is made.
        hands: photographed hands, all of them sound.
        photos: images without hands, (H, W, 3) uint8 RGB, to put behind.
        count: how many images; in every second one a hand is altered.
        seed: same seed and hands, same images.
        progress: is told of every image.

    Raises:
        UserError: if the folder holds others, or no hand can be altered.
    """
    wanted = {"seed": seed, "count": count, "hands": len(hands), "photos": len(photos)}
    settings = folder / _SETTINGS
    if settings.exists() and json.loads(settings.read_text(encoding="utf-8")) == wanted:
        return folder / LABELS
    if settings.exists():
        raise UserError(f"{folder} holds hands composed in another way.", hint="Choose a new folder.")
    (folder / "images").mkdir(parents=True, exist_ok=True)
    progress.start("Compose hands", count)
    labels = []
    for number in range(count):
        view = _composed(hands, photos, number, np.random.default_rng([seed, number]))
        name = f"images/{number:06d}.png"
        Image.fromarray(view.image).save(folder / name, compress_level=3)
        labels.append(ImageLabel(name, tuple(label for hand in view.hands if (label := _label(hand))), source=SOURCE))
        progress.step(note=name)
    labels_jsonl.write(folder / LABELS, labels)
    settings.write_text(json.dumps(wanted), encoding="utf-8")
    return folder / LABELS


def _composed(hands: HandCache, photos: Sequence[U8], number: int, rng: Generator) -> View:
    names = list(_WAYS)
    for _ in range(_TRIES):
        hand = hands[int(rng.integers(len(hands)))]
        if number % 2:
            change, least = _WAYS[names[number // 2 % len(names)]]
            straight = straight_digits(hand)
            if len(straight) < least:
                continue
            hand = change(hand, int(rng.choice(straight)), rng)
            if not hand.flaws.any():
                continue
        view = draw_view(_One(photos, hand), rng, SIZE)
        if view.hands and (number % 2 == 0 or _shows_it(view)):
            return view
    raise UserError("Of these photographed hands none can be altered.", hint="Name photographs with straight digits.")


def _shows_it(view: View) -> bool:
    """Whether what is wrong is to be seen."""
    if view.wrong is None or np.isnan(targets_of(view.digit_map, view.hands, view.wrong).flaws).any():
        return False
    return bool((view.wrong > 0).sum() >= _LEAST_SEEN * (view.digit_map > 0).sum())


def _label(hand: ShownHand) -> HandLabel | None:
    """Return what is known of a hand, or None where it lies outside the picture."""
    points = np.concatenate([hand.joints.reshape(-1, 2), hand.wrist[None]])
    points = points[np.isfinite(points).all(axis=1)]
    low, high = points.min(axis=0), points.max(axis=0)
    room = _MARGIN * float((high - low).max())
    low, high = np.clip(low - room, 0, SIZE), np.clip(high + room, 0, SIZE)
    if (high - low).min() <= 0:
        return None
    digits = int((hand.states[:, 3] != JointState.ABSENT).sum())
    return HandLabel(Box(*(float(v) for v in (*low, *(high - low)))), digits, not hand.flaws.any())
