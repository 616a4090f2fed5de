"""Whole images of drawn hands with known truth: `render_scene` is this room's front door. Same seed, same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence
from numpy.typing import NDArray

from handanat_studio.errors import UserError
from handanat_studio.hand.topology import DigitKind, Side
from handanat_studio.synthetic.anatomy import draw_build
from handanat_studio.synthetic.backdrops import draw_backdrop
from handanat_studio.synthetic.camera import Camera, aim, draw_view, rotation_of
from handanat_studio.synthetic.defects import DEFECT_NAMES, Defect, afflict, choose, read_names
from handanat_studio.synthetic.drawing import Layer, draw_hand
from handanat_studio.synthetic.gestures import draw_gesture
from handanat_studio.synthetic.kinematics import Chain, chains
from handanat_studio.synthetic.plan import DigitPlan, HandPlan
from handanat_studio.synthetic.skin import draw_texture
from handanat_studio.synthetic.styles import FAMILIES, Style, draw_style
from handanat_studio.synthetic.truth import HandTruth, Scene, Seen, truth_of, truth_to_dict

__all__ = ["DEFECT_NAMES", "FAMILIES", "Defect", "HandTruth", "Scene", "render_scene", "truth_to_dict"]

F32 = NDArray[np.float32]

SMALLEST_PX, LARGEST_PX, MOST_HANDS = 64, 4096, 8
_LEAN = 10.0
_TONES = 4096
_TONE_TABLE = np.round(255.0 * (np.arange(_TONES + 1) / _TONES) ** (1 / 2.2), 4).astype(np.float32)


@dataclass(frozen=True)
class _Subject:
    """One hand that is about to be drawn."""

    plan: HandPlan
    pose: dict[int, Chain]
    camera: Camera
    defects: tuple[Defect, ...]
    gesture: str
    texture: F32


def render_scene(
    seed: int,
    *,
    defects: Sequence[str] | str = "none",
    size: int = 512,
    hands: int = 1,
    family: str | None = None,
    gesture: str | None = None,
) -> Scene:
    """Draw hands that are known exactly.

    Person, gesture, view, defects and look are drawn from separate streams, so defects never depend on the others.

    Args:
        seed: the same seed and arguments give the same bytes.
        defects: "none", "mixed" (half of all hands whole, the others with one or two defects), or names from
            `DEFECT_NAMES`, all of which are put into every hand; a name that cannot apply is left out of the truth.
        size: pixels, the image is square.
        hands: number of hands, placed so that none hides another.
        family: one of `FAMILIES`; None = drawn.
        gesture: one of `gestures.GESTURE_NAMES`; None = drawn.

    Raises:
        UserError: if an argument is out of range or a name unknown.
    """
    names = read_names(defects)
    _check(size, hands, family)
    looks, places, noise, *people = SeedSequence(seed).spawn(3 + hands)
    look_rng = _generator(looks)
    drawn_family = FAMILIES[int(look_rng.integers(len(FAMILIES)))]
    style = draw_style(look_rng, family=family or drawn_family)
    backdrop = draw_backdrop(look_rng, size)
    place_rng = _generator(places)
    cells = _cells(hands, size)
    subjects = [
        _subject(child, cell, names=names, gesture=gesture, rng=place_rng)
        for child, cell in zip(people, cells, strict=True)
    ]
    layers = [draw_hand(s.plan, s.pose, s.camera, style, size=size, texture=s.texture) for s in subjects]
    order = sorted(range(hands), key=lambda k: -subjects[k].camera.distance)
    image, hand_map = _compose(backdrop, layers, order, style)
    finished = _develop(image, style, _generator(noise))
    truths = tuple(
        truth_of(Seen(s.plan, s.pose, s.camera, layer, k, hand_map), s.defects, s.gesture)
        for k, (s, layer) in enumerate(zip(subjects, layers, strict=True))
    )
    return Scene(finished, truths, seed, style.family)


def _check(size: int, hands: int, family: str | None) -> None:
    if not SMALLEST_PX <= size <= LARGEST_PX:
        raise UserError(f"An image of {size} pixels cannot be drawn.", hint=f"Use {SMALLEST_PX} to {LARGEST_PX}.")
    if not 1 <= hands <= MOST_HANDS:
        raise UserError(f"A scene of {hands} hands cannot be drawn.", hint=f"Use 1 to {MOST_HANDS}.")
    if family is not None and family not in FAMILIES:
        raise UserError(f"Unknown family '{family}'.", hint=f"Known: {', '.join(FAMILIES)}.")


def _generator(child: SeedSequence) -> Generator:
    return Generator(PCG64(child))


def _cells(hands: int, size: int) -> list[tuple[float, float, float, float | None]]:
    """Return (middle x, middle y, room in pixels, roll of the fingers) for each hand; arms come from near edges."""
    if hands == 1:
        return [(0.5 * size, 0.5 * size, 1.0 * size, None)]
    if hands == 2:
        return [(0.27 * size, 0.5 * size, 0.56 * size, _LEAN), (0.73 * size, 0.5 * size, 0.56 * size, -_LEAN)]
    columns = (hands + 1) // 2
    room = min(size / max(columns, 2) * 0.86, 0.46 * size)
    found: list[tuple[float, float, float, float | None]] = []
    for k in range(hands):
        upper, column = k % 2 == 0, k // 2
        # Outer hands lean inwards, so that their arms leave the image without crossing.
        lean = _LEAN * (1.0 - 2.0 * column / max(columns - 1, 1))
        x, y = size * (column + 0.5) / columns, size * (0.27 if upper else 0.73)
        found.append((x, y, room, 180.0 - lean if upper else lean))
    return found


def _subject(
    child: SeedSequence,
    cell: tuple[float, float, float, float | None],
    *,
    names: tuple[str, ...],
    gesture: str | None,
    rng: Generator,
) -> _Subject:
    person, posing, viewing, flaws, skin = (_generator(c) for c in child.spawn(5))
    build, bent = draw_build(person), draw_gesture(posing, name=gesture)
    side = Side.RIGHT if person.random() < 0.5 else Side.LEFT
    digits = tuple(
        DigitPlan(
            digit_id=int(kind),
            kind=kind,
            base=build.bases[kind],
            lengths=build.lengths[kind],
            radii=build.radii[kind],
            flexion=bent.flexion[kind],
            yaw=float(bent.yaw[kind]),
            lift=bent.thumb_lift if kind is DigitKind.THUMB else 0.0,
            is_thumb=kind is DigitKind.THUMB,
        )
        for kind in list(DigitKind)[:5]
    )
    whole = HandPlan(side, build.scale, digits, wrist_flexion=bent.wrist_flexion, wrist_deviation=bent.wrist_deviation)
    plan, defects = afflict(whole, choose(names, flaws), flaws)
    pose = chains(plan)
    x, y, room, inward = cell
    view = draw_view(viewing, inward=inward)
    fill = rng.uniform(0.52, 0.74) if inward is None else rng.uniform(0.66, 0.8)
    slack = max(0.0, 0.5 * room * (0.88 - fill)) * rng.uniform(-1.0, 1.0, 2)
    points = np.concatenate([[[0.0, -8.0, 0.0]], *(c.joints for c in pose.values())])
    camera = aim(
        points,
        rotation_of(view, side),
        middle=np.array([x, y]) + slack * (1.0 if inward is None else 0.4),
        extent=fill * room,
        distance=float(rng.uniform(600.0, 1400.0)),
    )
    return _Subject(plan, pose, camera, defects, bent.name, draw_texture(int(skin.integers(1 << 31))))


def _compose(backdrop: F32, layers: list[Layer], order: list[int], style: Style) -> tuple[F32, NDArray[np.int8]]:
    """Return linear light and the hand seen at each pixel."""
    image = backdrop * np.float32(0.55 + 0.5 * float(style.key.mean()))
    hand_map = np.full(image.shape[:2], -1, np.int8)
    for number in order:
        layer = layers[number]
        if not layer.mask.size:
            continue
        h, w = layer.mask.shape
        box = (slice(layer.top, layer.top + h), slice(layer.left, layer.left + w))
        covered = layer.mask.astype(np.float32)
        near = _softened(covered)
        # Blurring twice and steepening again turns the mask's steps into a smooth outline.
        alpha = np.clip(1.45 * _softened(near) - 0.225, 0.0, 1.0)[..., None]
        # Colours are carried a pixel beyond the edge, so that soft edges do not take up empty black.
        carried = _softened(layer.colour * covered[..., None]) / np.maximum(near, 1e-3)[..., None]
        colour = np.where(layer.mask[..., None], layer.colour, carried)
        image[box] = image[box] * (1.0 - alpha) + colour * alpha
        hand_map[box][layer.mask] = number
    return image, hand_map


def _softened(image: F32) -> F32:
    """Return the image under a 1-2-1 filter both ways."""
    pad = [(1, 1), (1, 1)] + [(0, 0)] * (image.ndim - 2)
    p = np.pad(image, pad, mode="edge")
    p = p[:-2] + 2.0 * p[1:-1] + p[2:]
    return np.asarray((p[:, :-2] + 2.0 * p[:, 1:-1] + p[:, 2:]) / 16.0, np.float32)


def _develop(image: F32, style: Style, rng: Generator) -> NDArray[np.uint8]:
    """Return the finished picture: lens, exposure, tone curve and grain."""
    size = image.shape[0]
    soft = _softened(image)
    mix = np.float32(min(1.0, style.blur_px * max(size / 512.0, 0.6)))
    image = image + (soft - image) * mix
    bright = image * np.float32(style.exposure)
    # A shoulder keeps highlights from clipping.
    bright = np.where(bright > 0.7, 0.7 + 0.3 * (bright - 0.7) / (0.3 + np.maximum(bright - 0.7, 0.0)), bright)
    tones = _TONE_TABLE[np.clip(bright * _TONES, 0, _TONES).astype(np.int32)]
    grain = rng.integers(-128, 128, (size, size, 1), dtype=np.int16).astype(np.float32)
    grain = (grain + np.roll(grain, 1, axis=0) + np.roll(grain, 1, axis=1)) * np.float32(style.grain / 128.0)
    return np.asarray(np.clip(tones + grain + 0.5, 0, 255), np.uint8)
