"""Whole scenes with any number of hands and their boxes, composed anew each time, to teach a detector of hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from handanat_studio.vision.training.box_composition import Composition, Scene
from handanat_studio.vision.training.box_hands import LaidHand, lay_hand
from handanat_studio.vision.training.box_people import cloth, draw_figure, draw_head, limb, paint, skin_surface
from handanat_studio.vision.training.hand_cache import CachedHand, HandCache
from handanat_studio.vision.training.looks import spoil
from handanat_studio.vision.training.surroundings import cover, draw_place, put_skin

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

_HAND_NUMBERS = (0.14, 0.42, 0.22, 0.1, 0.07, 0.05)
"""How often a scene holds none, one, two ... hands."""
_PEOPLE, _PHOTOS, _REAL, _FLESH_COLOURED = 0.3, 0.12, 0.35, 0.15
_SMALLEST, _LARGEST, _LARGEST_OF_MANY = 0.06, 0.95, 0.45
"""A hand's joints over the scene's side."""
_FEWEST_PX = 12.0
"""No hand is laid smaller: nothing could be seen of it."""
_GREY = 114.0


@dataclass(frozen=True, eq=False)
class Stock:
    """What scenes are made of.

    Attributes:
        drawn: cut-out hands from the generator.
        real: cut-outs of photographs whose pictures are whole outside the hand too; may be empty.
        photos: images without hands, RGB.
    """

    drawn: HandCache
    real: HandCache = field(default_factory=lambda: HandCache(()))
    photos: Sequence[U8] = ()


def draw_scene(stock: Stock, rng: Generator, size: int) -> Scene:
    """Compose one scene.

    Args:
        stock: hands and photographs.
        rng: source of chance.
        size: pixels, the scene is square.
    """
    if len(stock.real) and rng.random() < _PHOTOS:
        made = _photograph(stock, rng, size)
    else:
        made = Composition(draw_place(rng, stock.photos, size))
        _distract(made, stock, rng)
        number = int(rng.choice(len(_HAND_NUMBERS), p=_HAND_NUMBERS))
        if rng.random() < _PEOPLE:
            _people(made, stock, rng, number)
        else:
            _loose_hands(made, stock, rng, number)
    _cover_some(made, rng)
    image = spoil(made.image, rng)
    if rng.random() < 0.3:
        _letterbox(made, image, rng)
    return Scene(image, made.boxes())


def _pick(stock: Stock, rng: Generator) -> CachedHand:
    source = stock.real if len(stock.real) and rng.random() < _REAL else stock.drawn
    return source[int(rng.integers(len(source)))]


def _photograph(stock: Stock, rng: Generator, size: int) -> Composition:
    """A photograph with its hand as it is: filling the scene, or lying in it."""
    made = Composition(draw_place(rng, stock.photos, size))
    hand = stock.real[int(rng.integers(len(stock.real)))]
    extent = float(rng.uniform(0.2, 0.9)) * size
    middle = tuple(float(v) for v in rng.uniform(0.3, 0.7, 2) * size)
    laid = lay_hand(hand, rng, size, extent=extent, middle=(middle[0], middle[1]), whole=True)
    made.put(laid, rng)
    return made


def _distract(made: Composition, stock: Stock, rng: Generator) -> None:
    """Put heads, bare skin and the colour of skin behind that belong to no hand."""
    size = len(made.image)
    if rng.random() < _FLESH_COLOURED:
        # As wood, brick and sand have it.
        share = float(rng.uniform(0.3, 0.9))
        tone = _wrist_skin(_pick(stock, rng)) * made.image.mean(axis=2, keepdims=True) / np.float32(150.0)
        made.image[:] = (1.0 - share) * made.image + share * np.clip(tone, 0, 255)
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.6, 0.2, 0.12, 0.08]))):
        if rng.random() < 0.5:
            put_skin(rng, made.image)
            continue
        hand = _pick(stock, rng)
        height = float(size * np.exp(rng.uniform(np.log(0.1), np.log(0.7))))
        at = (float(rng.uniform(0, size)), float(rng.uniform(0, size)))
        draw_head(made.image, rng, at, height, skin_surface(rng, hand, _wrist_skin(hand), size))


def _wrist_skin(hand: CachedHand) -> F32:
    there = hand.digits == 254
    return np.asarray(hand.colour[there].mean(axis=0) if there.any() else (180, 140, 120), np.float32)


def _loose_hands(made: Composition, stock: Stock, rng: Generator, number: int) -> None:
    """Lay hands anywhere, some touching the one before."""
    size = len(made.image)
    largest = _LARGEST if number < 3 else _LARGEST_OF_MANY
    for _ in range(number):
        before = made.hands[-1] if made.hands else None
        extent = float(size * np.exp(rng.uniform(np.log(max(_SMALLEST, _FEWEST_PX / size)), np.log(largest))))
        if number == 1 and rng.random() < 0.5:
            extent = float(rng.uniform(0.35, _LARGEST)) * size
        if before is not None and rng.random() < 0.4:
            extent = float(np.clip(before.extent * rng.uniform(0.7, 1.3), _FEWEST_PX, size))
            away, far = rng.uniform(0, 2 * np.pi), before.extent * rng.uniform(0.4, 1.1)
            near = before.joints.mean(axis=0)
            middle = (float(near[0] + far * np.cos(away)), float(near[1] + far * np.sin(away)))
        else:
            middle = _place(made, rng, extent)
        laid = lay_hand(_pick(stock, rng), rng, size, extent=extent, middle=middle)
        if rng.random() < 0.75:
            _arm(made, rng, stock.photos, laid, None)
        made.put(laid, rng)
        if rng.random() < 0.35:
            _sleeve(made, rng, stock.photos, laid)


def _place(made: Composition, rng: Generator, extent: float) -> tuple[float, float]:
    """Return a place where few hands are yet; the hand may reach a little beyond the edge."""
    size = len(made.image)
    margin = min(0.3 * extent, 0.5 * size)
    for _ in range(6):
        x, y = (float(v) for v in rng.uniform(margin, size - margin, 2))
        if all(np.hypot(*(h.joints.mean(axis=0) - (x, y))) > 0.5 * (h.extent + extent) for h in made.hands):
            break
    return x, y


def _arm(
    made: Composition,
    rng: Generator,
    photos: Sequence[U8],
    hand: LaidHand,
    shoulder: tuple[float, float] | None,
) -> None:
    """Draw an arm behind a hand, before the hand is laid: bare or in a sleeve, to a shoulder or out of the scene."""
    size = len(made.image)
    forward = hand.arm_direction
    wide = hand.extent * float(rng.uniform(0.28, 0.4))
    if shoulder is None:
        turn = rng.normal(0.0, 0.5)
        onward = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ forward
        elbow = hand.wrist + forward * hand.extent * rng.uniform(0.8, 1.6)
        end = elbow + onward * hand.extent * rng.uniform(0.3, 3.0)
    else:
        elbow, end = hand.wrist + forward * hand.extent * 1.25, np.array(shoulder)
    start = hand.wrist - 0.1 * hand.extent * forward
    points = [(float(p[0]), float(p[1])) for p in (start, elbow, end)]
    widths = [wide, wide * rng.uniform(1.0, 1.4), wide * rng.uniform(1.1, 1.7)]
    bare = skin_surface(rng, hand.source, hand.skin, size)
    shape = limb(size, points, widths)
    paint(made.image, bare, shape, 0.3 * wide)
    made.hide(shape > 127)
    if rng.random() < 0.6:
        begin = hand.wrist + forward * hand.extent * rng.uniform(0.1, 0.9)
        points[0] = (float(begin[0]), float(begin[1]))
        shape = limb(size, points, [w * 1.25 for w in widths])
        paint(made.image, cloth(rng, photos, size), shape, 0.3 * wide)
        made.hide(shape > 127)


def _sleeve(made: Composition, rng: Generator, photos: Sequence[U8], hand: LaidHand) -> None:
    """Draw a cuff over the arm that the cut-out itself has."""
    forward = hand.arm_direction
    begin = hand.wrist + forward * hand.extent * rng.uniform(0.12, 0.4)
    end = begin + forward * hand.extent * rng.uniform(0.3, 1.2)
    wide = hand.extent * float(rng.uniform(0.36, 0.55))
    size = len(made.image)
    shape = limb(size, [(float(begin[0]), float(begin[1])), (float(end[0]), float(end[1]))], [wide, 1.2 * wide])
    paint(made.image, cloth(rng, photos, size), shape, 0.25 * wide)
    made.hide(shape > 127)


def _people(made: Composition, stock: Stock, rng: Generator, number: int) -> None:
    """Draw people, and then their hands at the ends of their arms."""
    size = len(made.image)
    shoulders: list[tuple[tuple[float, float], float, CachedHand]] = []
    for _ in range(int(rng.integers(1, 4))):
        owner = _pick(stock, rng)
        figure = draw_figure(made.image, rng, stock.photos, owner, _wrist_skin(owner))
        shoulders += [(shoulder, figure.head, owner) for shoulder in figure.shoulders]
    # Those drawn last stand in front.
    for shoulder, head, owner in shoulders[::-1][:number]:
        away, far = rng.uniform(0, 2 * np.pi), head * rng.uniform(0.5, 2.2)
        wrist = (float(shoulder[0] + far * np.cos(away)), float(shoulder[1] + far * np.sin(away)))
        if not (0 <= wrist[0] < size and 0 <= wrist[1] < size):
            wrist = (float(np.clip(wrist[0], 0.1 * size, 0.9 * size)), float(np.clip(wrist[1], 0, 0.9 * size)))
        hand = owner if rng.random() < 0.6 else _pick(stock, rng)
        extent = max(_FEWEST_PX, head * float(rng.uniform(0.5, 1.0)))
        pointing = away + float(rng.normal(0, 0.8))
        laid = lay_hand(hand, rng, size, extent=extent, wrist=wrist, pointing=pointing)
        _arm(made, rng, stock.photos, laid, shoulder)
        made.put(laid, rng)
        if rng.random() < 0.3:
            _sleeve(made, rng, stock.photos, laid)


def _cover_some(made: Composition, rng: Generator) -> None:
    """Put a thing before some hands or into them: fingers that hold it lie before it."""
    for number, hand in enumerate(made.hands):
        if rng.random() > 0.25:
            continue
        middle = hand.joints.mean(axis=0)
        rows = np.unique(hand.digits)
        holding = rows[(rows < 254) & (rng.random(len(rows)) < 0.6)]
        spared = np.isin(hand.digits, holding) & (made.owner == number)
        covered = cover(rng, made.image, (float(middle[0]), float(middle[1])), 0.5 * hand.extent, spared)
        made.hide(covered)


def _letterbox(made: Composition, image: U8, rng: Generator) -> None:
    """Let the image end inside the square, in place, as where a long image is looked at."""
    size = len(image)
    depth = int(rng.uniform(0.02, 0.22) * size)
    gone = np.zeros((size, size), bool)
    gone[:depth] = gone[size - depth :] = True
    made.frame = (0.0, float(depth), float(size), float(size - depth))
    if rng.random() < 0.5:
        gone = gone.T
        made.frame = (float(depth), 0.0, float(size - depth), float(size))
    image[gone] = int(_GREY) if rng.random() < 0.8 else int(rng.integers(256))
    made.hide(gone)
