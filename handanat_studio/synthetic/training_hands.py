"""Cut-out hands for training the digit network: digit number, fusions, lengths, poses and looks drawn independently.

A cut-out has no surroundings: they are added while training, differently each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from handanat_studio.hand.topology import DigitKind, Side
from handanat_studio.hand.values import HandPose
from handanat_studio.synthetic.anatomy import Build, draw_build
from handanat_studio.synthetic.body import build_body
from handanat_studio.synthetic.camera import Camera, View, aim, draw_view, rotation_of
from handanat_studio.synthetic.defects import Defect, afflict
from handanat_studio.synthetic.drawing import Layer, draw_hand
from handanat_studio.synthetic.gestures import Gesture, draw_gesture
from handanat_studio.synthetic.kinematics import Chain, chains
from handanat_studio.synthetic.plan import DigitPlan, HandPlan
from handanat_studio.synthetic.skin import draw_texture
from handanat_studio.synthetic.skinning import bind
from handanat_studio.synthetic.styles import FAMILIES, Style, draw_style
from handanat_studio.synthetic.truth import Seen, truth_of

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

NOTHING, PALM_CODE = 255, 254
"""Values of `CutOut.digits` outside the hand, and on palm and arm."""

COUNT_SHARES = {3: 0.10, 4: 0.15, 5: 0.33, 6: 0.19, 7: 0.14, 8: 0.09}
"""How often a training hand has how many digits. Five is common, but never certain."""
_FLAWS = {"fused": 0.22, "bifurcated": 0.18, "overbent": 0.18, "proportion": 0.18, "detached": 0.12}
"""How often a training hand has what else can be wrong with it; of rarer flaws a network learns nothing."""
_FLAW_OF = {"duplicated": "extra", "second_thumb": "extra", "bifurcated": "forked"}
_GROWN = ("extra", "extra", "duplicated", "second_thumb")


@dataclass(frozen=True, eq=False)
class CutOut:
    """A drawn hand without surroundings.

    Attributes:
        colour: (S, S, 3) uint8 sRGB, carried a few pixels beyond the hand's edge.
        digits: (S, S) uint8, row of the digit in `pose`; `PALM_CODE` on palm and arm, `NOTHING` elsewhere.
        pose: joints with states as the hand is seen alone.
        defects: what is wrong on purpose.
        count: digits that exist.
    """

    colour: U8
    digits: U8
    pose: HandPose
    defects: tuple[Defect, ...]
    count: int

    @property
    def flaws(self) -> tuple[str, ...]:
        """What is wrong, in the words of `hand.evidence.FLAWS`."""
        return tuple(self.concerned)

    @property
    def concerned(self) -> dict[str, tuple[int, ...]]:
        """For each flaw the rows of the digits in `pose` that it is seen at."""
        row = {int(digit): k for k, digit in enumerate(self.pose.digit_id)}
        found: dict[str, tuple[int, ...]] = {}
        for defect in self.defects:
            name = _FLAW_OF.get(defect.name, defect.name)
            found[name] = (*found.get(name, ()), *(row[digit] for digit in defect.digit_ids if digit in row))
        return found


def draw_cut_outs(seed: int, *, views: int = 3, size: int = 288) -> Iterator[CutOut]:
    """Yield one body in several poses, views and looks; same seed, same cut-outs.

    Args:
        seed: of the person, the defects and everything else.
        views: how many pictures to take of the body: building it is most of the work.
        size: pixels; the hand fills about two thirds.
    """
    person_seed, flaw_seed, *view_seeds = SeedSequence(seed).spawn(2 + views)
    person = _generator(person_seed)
    build, side = draw_build(person), Side.RIGHT if person.random() < 0.5 else Side.LEFT
    sleeve = float(person.uniform(10.0, 80.0)) if person.random() < 0.4 else None
    body = skin = None
    for child in view_seeds:
        posing, viewing, looking = (_generator(c) for c in child.spawn(3))
        # The same flaws in every view: their stream starts anew, and no choice in it depends on the pose.
        plan, defects = _flawed(_whole(build, side, _mixed_gesture(posing)), _generator(flaw_seed))
        style = replace(_wild_style(looking), sleeve_mm=sleeve)
        if body is None:
            body = build_body(plan, sleeve_mm=sleeve)
            skin = bind(body)
        pose = chains(plan)
        camera = _camera(viewing, pose, side, size)
        texture = draw_texture(int(looking.integers(1 << 31)))
        layer = draw_hand(plan, pose, camera, style, size=size, texture=texture, body=body, skin=skin)
        if layer.mask.size:
            yield _cut(layer, plan, pose, camera, defects, style, size)


def _generator(child: SeedSequence) -> Generator:
    return Generator(PCG64(child))


def _mixed_gesture(rng: Generator) -> Gesture:
    """Draw a gesture; often single fingers are bent as in another one, so that no pose tells the digit number."""
    gesture = draw_gesture(rng, name="spread" if rng.random() < 0.15 else None)
    if rng.random() < 0.4:
        other = draw_gesture(rng)
        swapped = rng.random(5) < 0.3
        gesture = replace(gesture, flexion=np.where(swapped[:, None], other.flexion, gesture.flexion))
    return gesture


def _whole(build: Build, side: Side, bent: Gesture) -> HandPlan:
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
    return HandPlan(side, build.scale, digits, wrist_flexion=bent.wrist_flexion, wrist_deviation=bent.wrist_deviation)


def _flawed(plan: HandPlan, rng: Generator) -> tuple[HandPlan, tuple[Defect, ...]]:
    counts = list(COUNT_SHARES)
    wanted = counts[int(np.searchsorted(np.cumsum(list(COUNT_SHARES.values())), rng.random()))]
    defects: list[Defect] = []

    def put(name: str) -> None:
        nonlocal plan
        plan, found = afflict(plan, (name,), rng)
        defects.extend(found)

    if rng.random() < 0.12:
        put("missing")
    for _ in range(6):
        have = len(plan.digits)
        if have > wanted:
            put("missing")
        elif have < wanted:
            put(_GROWN[int(rng.integers(len(_GROWN)))])
    for name, share in _FLAWS.items():
        if rng.random() < share:
            put(name)
    return plan, tuple(defects)


def _wild_style(rng: Generator) -> Style:
    """Draw a look beyond the ordinary families: harder light, deeper creases, oily or chalky skin, any nail."""
    style = draw_style(rng, family=FAMILIES[int(rng.integers(len(FAMILIES)))])
    if rng.random() < 0.5:
        style = replace(style, roughness=float(rng.uniform(0.1, 2.2)), gloss=float(rng.uniform(0.02, 1.6)))
    if rng.random() < 0.4:
        light = np.array([rng.normal(0.0, 0.9), rng.normal(-0.2, 0.8), -rng.uniform(0.25, 1.2)])
        style = replace(style, light=light / np.sqrt((light * light).sum()))
    if rng.random() < 0.4:
        style = replace(style, key=style.key * rng.uniform(0.6, 1.5), fill=style.fill * rng.uniform(0.25, 1.5))
    if rng.random() < 0.15:
        tint = rng.uniform(0.75, 1.25, 3)
        style = replace(style, key=style.key * tint)
    return style


def _camera(rng: Generator, pose: dict[int, Chain], side: Side, size: int) -> Camera:
    view = draw_view(rng)
    if rng.random() < 0.25:
        view = View(view.turn + float(rng.normal(0.0, 25.0)), float(rng.normal(0.0, 30.0)), view.roll)
    points = np.concatenate([[[0.0, -8.0, 0.0]], *(c.joints for c in pose.values())])
    return aim(
        points,
        rotation_of(view, side),
        middle=np.full(2, 0.5 * size),
        extent=float(rng.uniform(0.60, 0.72)) * size,
        distance=float(rng.uniform(450.0, 1400.0)),
    )


def _cut(
    layer: Layer,
    plan: HandPlan,
    pose: dict[int, Chain],
    camera: Camera,
    defects: tuple[Defect, ...],
    style: Style,
    size: int,
) -> CutOut:
    hand_map = np.full((size, size), -1, np.int8)
    height, width = layer.mask.shape
    box = (slice(layer.top, layer.top + height), slice(layer.left, layer.left + width))
    hand_map[box][layer.mask] = 0
    truth = truth_of(Seen(plan, pose, camera, layer, 0, hand_map), defects, "")
    digits = np.full((size, size), NOTHING, np.uint8)
    digits[hand_map == 0] = PALM_CODE
    for row, mask in enumerate(truth.digit_masks):
        digits[mask] = row
    colour = np.zeros((size, size, 3), np.float32)
    colour[box] = _carried(layer.colour, layer.mask)
    return CutOut(_developed(colour, style), digits, truth.pose, defects, truth.count)


def _carried(colour: F32, mask: NDArray[np.bool_]) -> F32:
    covered = mask.astype(np.float32)[..., None]
    near = gaussian_filter(covered, (2.0, 2.0, 0.0), mode="constant")
    spread = gaussian_filter(colour * covered, (2.0, 2.0, 0.0), mode="constant") / np.maximum(near, 1e-3)
    return np.asarray(np.where(mask[..., None], colour, spread), np.float32)


def _developed(image: F32, style: Style) -> U8:
    bright = image * np.float32(style.exposure)
    bright = np.where(bright > 0.7, 0.7 + 0.3 * (bright - 0.7) / (0.3 + np.maximum(bright - 0.7, 0.0)), bright)
    return np.asarray(np.clip(255.0 * np.clip(bright, 0.0, 1.0) ** (1 / 2.2) + 0.5, 0, 255), np.uint8)
