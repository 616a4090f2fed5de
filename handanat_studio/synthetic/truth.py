"""What is known of drawn hands: pose with states from real visibility, angles, ratios, defects, masks; and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.codec import number, pose_to_dict
from handanat_studio.hand.topology import (
    ANGLE_NAMES,
    CANONICAL_DIGITS,
    JOINTS_PER_DIGIT,
    RATIO_NAMES,
    DigitKind,
    JointState,
    Side,
)
from handanat_studio.hand.values import Box, Fusion, HandPose, Split
from handanat_studio.synthetic.camera import Camera
from handanat_studio.synthetic.defects import Defect
from handanat_studio.synthetic.drawing import Layer
from handanat_studio.synthetic.kinematics import Chain
from handanat_studio.synthetic.plan import HandPlan

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_WRIST_RADIUS_MM = 21.0
_THUMB_TOWARDS = np.array([-1.0, 0.5, 0.0])
"""A thumb bends positively towards the little finger's side and the fingers, as `hand.geometry` signs it."""


@dataclass(frozen=True, eq=False)
class HandTruth:
    """Everything that is known of one drawn hand.

    Attributes:
        pose: thumb to little (ABSENT where missing), then extra digits; states from the drawn pixels; `world` filled.
        angles_deg: (15,) in the order of `ANGLE_NAMES`, flexion +; NaN = the digit does not exist.
        ratios: (5,) digit length over middle finger length; NaN = the digit or the middle finger does not exist.
        count: digits that exist, branches included.
        defects: what is wrong on purpose.
        plausible: whether nothing is.
        side: the subject's own side.
        box: tight box of all visible pixels of the hand from the wrist on, forearm excluded.
        digit_masks: (D, H, W) bool, visible pixels of each digit of `pose`.
        gesture: name of the pose it was drawn from.
    """

    pose: HandPose
    angles_deg: F64
    ratios: F64
    count: int
    defects: tuple[Defect, ...]
    plausible: bool
    side: Side
    box: Box
    digit_masks: NDArray[np.bool_]
    gesture: str


@dataclass(frozen=True, eq=False)
class Scene:
    """A drawn image and what is known of it.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        hands: one truth per hand.
        seed: what it was drawn from.
        family: the simulated generator, one of `styles.FAMILIES`.
    """

    image: NDArray[np.uint8]
    hands: tuple[HandTruth, ...]
    seed: int
    family: str


@dataclass(frozen=True, eq=False)
class Seen:
    """One hand of a scene with its layer and the scene's maps.

    Attributes:
        plan: what was drawn.
        pose: its chains.
        camera: from where.
        layer: its pixels.
        number: its place in `hand_map`.
        hand_map: (H, W) int8, the hand seen at each pixel, -1 = none.
    """

    plan: HandPlan
    pose: dict[int, Chain]
    camera: Camera
    layer: Layer
    number: int
    hand_map: NDArray[np.int8]


def truth_of(seen: Seen, defects: tuple[Defect, ...], gesture: str) -> HandTruth:
    """Return the truth about one drawn hand."""
    pose = _pose_of(seen)
    masks = _digit_masks(seen, pose)
    return HandTruth(
        pose=pose,
        angles_deg=angles_of(seen.plan, seen.pose),
        ratios=ratios_of(seen.plan),
        count=len(seen.plan.digits),
        defects=defects,
        plausible=not defects,
        side=seen.plan.side,
        box=_box_of(seen, pose, masks),
        digit_masks=masks,
        gesture=gesture,
    )


def angles_of(plan: HandPlan, pose: dict[int, Chain]) -> F64:
    """Return (15,) degrees; NaN where a digit does not exist."""
    angles = np.full((5, 3), np.nan)
    for digit in plan.digits:
        if digit.kind is DigitKind.EXTRA:
            continue
        angles[digit.kind] = digit.flexion
        if digit.kind is DigitKind.THUMB:
            angles[0] = _thumb_angles(pose[digit.digit_id], _thumb_towards(plan))
    return angles.ravel()


def _thumb_angles(chain: Chain, towards: F64) -> F64:
    """Return (3,) degrees from bone to bone, starting at the wrist; positive where they turn `towards`."""
    lines = [chain.joints[0], *chain.frames[:, 0]]
    found = []
    for before, after in pairwise(lines):
        turn = np.cross(before, after)
        size = np.degrees(np.arctan2(np.sqrt((turn * turn).sum()), before @ after))
        found.append(size if turn @ np.cross(before, towards) >= 0 else -size)
    return np.array(found)


def _thumb_towards(plan: HandPlan) -> F64:
    base = {d.kind: d.base for d in plan.row()}
    if not {DigitKind.INDEX, DigitKind.MIDDLE, DigitKind.LITTLE} <= set(base):
        return _THUMB_TOWARDS
    along = base[DigitKind.MIDDLE] / np.sqrt((base[DigitKind.MIDDLE] ** 2).sum())
    across = base[DigitKind.INDEX] - base[DigitKind.LITTLE]
    across = across - along * (across @ along)
    return np.asarray(0.5 * along - across / np.sqrt((across * across).sum()))


def ratios_of(plan: HandPlan) -> F64:
    """Return (5,) digit length over middle finger length; NaN where either does not exist."""
    length = np.full(5, np.nan)
    for digit in plan.digits:
        if digit.kind is not DigitKind.EXTRA:
            length[digit.kind] = digit.lengths[1:].sum() if digit.is_thumb else digit.lengths.sum()
    return np.asarray(length / length[DigitKind.MIDDLE])


def _pose_digits(plan: HandPlan) -> list[tuple[DigitKind, int, int | None]]:
    """Return (kind, id, place in the plan) of every digit of the pose; None = absent."""
    places = {d.digit_id: k for k, d in enumerate(plan.digits)}
    ordinary = [(kind, int(kind), places.get(int(kind))) for kind in CANONICAL_DIGITS]
    extra = sorted((d.digit_id, k) for k, d in enumerate(plan.digits) if d.kind is DigitKind.EXTRA)
    return [*ordinary, *((DigitKind.EXTRA, digit_id, place) for digit_id, place in extra)]


def _pose_of(seen: Seen) -> HandPose:
    digits = _pose_digits(seen.plan)
    rows = 1 + JOINTS_PER_DIGIT * len(digits)
    palm = np.full((rows, 3), np.nan)
    radius = np.full(rows, _WRIST_RADIUS_MM)
    palm[0] = 0.0
    for k, (_, digit_id, place) in enumerate(digits):
        if place is not None:
            part = slice(1 + JOINTS_PER_DIGIT * k, 1 + JOINTS_PER_DIGIT * (k + 1))
            palm[part] = seen.pose[digit_id].joints
            radius[part] = seen.plan.digits[place].radii * [1.6, 1.25, 1.25, 1.25] + 2.5
    turned = seen.camera.turned(palm)
    points = seen.camera.project(turned)
    return HandPose(
        points=points.astype(np.float32),
        states=_states(seen, points, turned[:, 2], radius),
        digit_kind=np.array([kind for kind, _, _ in digits], np.uint8),
        digit_id=np.array([digit_id for _, digit_id, _ in digits], np.int32),
        world=(turned / 1000.0).astype(np.float32),
        fusions=tuple(Fusion(f.first_id, f.second_id, f.extent) for f in seen.plan.fusions),
        splits=tuple(Split(d.trunk_id, d.fork_level, d.digit_id) for d in seen.plan.digits if d.trunk_id is not None),
        side=seen.plan.side,
        confidence=1.0,
    )


def _states(seen: Seen, points: F64, depth: F64, radius: F64) -> NDArray[np.uint8]:
    height, width = seen.hand_map.shape
    states = np.full(len(points), JointState.ABSENT, np.uint8)
    for row in np.flatnonzero(np.isfinite(points).all(axis=1)):
        x, y = (int(np.floor(v)) for v in points[row])
        if not (0 <= x < width and 0 <= y < height):
            states[row] = JointState.OUTSIDE
        else:
            states[row] = _state_at(seen, x, y, float(depth[row]), float(radius[row]))
    return states


def _state_at(seen: Seen, x: int, y: int, depth: float, radius: float) -> JointState:
    """A joint lies inside flesh: it is visible where the surface in front of it is not farther than its own flesh."""
    layer = seen.layer
    rows = slice(max(y - 1 - layer.top, 0), max(y + 2 - layer.top, 0))
    columns = slice(max(x - 1 - layer.left, 0), max(x + 2 - layer.left, 0))
    near = layer.depth[rows, columns]
    if not near.size or not (depth - near[np.isfinite(near)] < radius).any():
        return JointState.SELF_OCCLUDED
    return JointState.VISIBLE if seen.hand_map[y, x] in (seen.number, -1) else JointState.OCCLUDED


def _digit_masks(seen: Seen, pose: HandPose) -> NDArray[np.bool_]:
    masks = np.zeros((pose.digit_count, *seen.hand_map.shape), bool)
    layer = seen.layer
    box = (slice(layer.top, layer.top + layer.mask.shape[0]), slice(layer.left, layer.left + layer.mask.shape[1]))
    mine = seen.hand_map[box] == seen.number
    for k, (_, _, place) in enumerate(_pose_digits(seen.plan)):
        if place is not None:
            masks[(k, *box)] = mine & (layer.digit == place)
    return masks


def _box_of(seen: Seen, pose: HandPose, masks: NDArray[np.bool_]) -> Box:
    height, width = seen.hand_map.shape
    located = pose.points[np.isfinite(pose.points).all(axis=1)]
    low, high = located.min(axis=0).astype(float), located.max(axis=0).astype(float)
    rows, columns = np.flatnonzero(masks.any(axis=(0, 2))), np.flatnonzero(masks.any(axis=(0, 1)))
    if len(rows) and len(columns):
        low = np.minimum(low, [columns[0], rows[0]])
        high = np.maximum(high, [columns[-1] + 1, rows[-1] + 1])
    low, high = np.clip(low, 0, [width, height]), np.clip(high, 0, [width, height])
    return Box(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))


def defect_to_dict(defect: Defect) -> dict[str, Any]:
    """Return a JSON-ready defect."""
    return {**asdict(defect), "digit_ids": list(defect.digit_ids)}


def truth_to_dict(scene: Scene, image_name: str) -> dict[str, Any]:
    """Return one line of truth.jsonl.

    Args:
        scene: a drawn scene.
        image_name: the name its image is stored under.
    """
    height, width = scene.image.shape[:2]
    return {
        "image": image_name,
        "width": width,
        "height": height,
        "seed": scene.seed,
        "family": scene.family,
        "hands": [_hand_to_dict(hand) for hand in scene.hands],
    }


def _hand_to_dict(hand: HandTruth) -> dict[str, Any]:
    return {
        "box": hand.box.as_list(),
        "side": hand.side.name.lower(),
        "count": hand.count,
        "plausible": hand.plausible,
        "gesture": hand.gesture,
        "defects": [defect_to_dict(d) for d in hand.defects],
        "angles_deg": {n: number(v) for n, v in zip(ANGLE_NAMES, hand.angles_deg.tolist(), strict=True)},
        "ratios": {n: number(v) for n, v in zip(RATIO_NAMES, hand.ratios.tolist(), strict=True)},
        "digit_area_px": {
            str(i): int(m.sum()) for i, m in zip(hand.pose.digit_id.tolist(), hand.digit_masks, strict=True)
        },
        "pose": pose_to_dict(hand.pose),
    }
