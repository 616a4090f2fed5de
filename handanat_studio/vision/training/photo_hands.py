"""Hands cut out of photographs before plain grounds, with MediaPipe's joints, as training hands.

Only for photographs of sound hands whose licence allows it. MediaPipe's word on folded digits is not taken: where a
digit is bent, its outer joints neither count as seen nor as missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import Detection, HandPose
from handanat_studio.vision.images import read_image
from handanat_studio.vision.mediapipe_hands import MediaPipeHands
from handanat_studio.vision.training.hand_cache import NOTHING, PALM_CODE, pack

F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

SIZE = 288
_FILL = 0.66
_LEAST_SCORE = 0.7
_STRAIGHT = 0.9
"""A digit is straight if its ends are this far apart, in shares of its bones' sum, and its tip is not over the palm."""
_LEAST_COVER = 0.8
"""Share of the joints that the found skin must hold, or the cut is not used."""


def photo_cut_outs(paths: Iterable[Path]) -> Iterator[dict[str, NDArray[np.generic]]]:
    """Yield packed hands (see `hand_cache`) of photographs; those without a sure hand or a clean cut are left out.

    Args:
        paths: images of sound hands before plain grounds.
    """
    detector = MediaPipeHands()
    try:
        for path in paths:
            pixels = read_image(path).pixels
            for found in detector.detect(pixels):
                if found.score >= _LEAST_SCORE and (packed := _cut(pixels, found)) is not None:
                    yield packed
    finally:
        detector.close()


def _cut(pixels: U8, found: Detection) -> dict[str, NDArray[np.generic]] | None:
    joints = found.pose.points.astype(float)
    low, high = joints.min(axis=0), joints.max(axis=0)
    scale = _FILL * SIZE / float((high - low).max())
    shift = np.full(2, SIZE / 2) - scale * (low + high) / 2
    to_pixels = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    to_pixels[:, 2] += scale * 0.5 - 0.5
    cut = cv2.warpAffine(pixels, to_pixels, (SIZE, SIZE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.ones(pixels.shape[:2], np.uint8), to_pixels, (SIZE, SIZE), flags=cv2.INTER_NEAREST) > 0
    placed = joints * scale + shift
    skin = _skin(cut, placed) & inside
    at = placed.astype(int).clip(0, SIZE - 1)
    if skin[at[:, 1], at[:, 0]].mean() < _LEAST_COVER:
        return None
    states = _states(placed, found.pose)
    pose = HandPose.ordinary(placed, states=states, side=found.pose.side)
    return pack(cut, _digit_map(skin, placed), pose)


def _skin(cut: U8, joints: F64) -> NDArray[np.bool_]:
    """Return the hand's pixels: grown from its skeleton by GrabCut (Rother et al. 2004)."""
    size = float(np.ptp(joints, axis=0).max())
    sure = np.zeros(cut.shape[:2], np.uint8)
    chains = [np.vstack([joints[:1], joints[1 + 4 * d : 5 + 4 * d]]) for d in range(5)]
    for chain in chains:
        cv2.polylines(sure, [chain.round().astype(np.int32)], False, 1, max(2, round(0.035 * size)))
    cv2.fillPoly(sure, [joints[[0, 5, 9, 13, 17]].round().astype(np.int32)], 1)
    around = np.ones((3, 3), np.uint8)
    maybe = cv2.dilate(sure, around, iterations=max(4, round(0.09 * size)))
    mask = np.where(maybe > 0, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    # The arm and the ball of the thumb lie off the skeleton.
    below = joints[0] + 0.35 * (joints[0] - joints[9])
    arm = np.zeros_like(sure)
    cv2.line(arm, *(tuple(int(v) for v in p) for p in (joints[0], below)), 1, max(3, round(0.3 * size)))
    mask[(arm > 0) & (mask == cv2.GC_BGD)] = cv2.GC_PR_BGD
    mask[cv2.dilate(sure, around, iterations=max(1, round(0.02 * size))) > 0] = cv2.GC_PR_FGD
    mask[sure > 0] = cv2.GC_FGD
    cv2.grabCut(cut, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    skin = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    skin = cv2.morphologyEx(skin, cv2.MORPH_OPEN, around)
    _, labels = cv2.connectedComponents(skin)
    middle = joints[9].astype(int).clip(0, SIZE - 1)
    return np.asarray((labels == labels[middle[1], middle[0]]) & (skin > 0))


def _states(joints: F64, pose: HandPose) -> U8:
    """Return (21,) states: straight digits are seen, of bent ones only the base counts."""
    states = pose.states.copy()
    palm = joints[[0, 5, 9, 13, 17]].astype(np.float32)
    for digit in range(5):
        rows = np.arange(1 + 4 * digit, 5 + 4 * digit)
        chain = joints[rows]
        bones = np.linalg.norm(np.diff(chain, axis=0), axis=1).sum()
        straight = np.linalg.norm(chain[3] - chain[0]) / max(bones, 1e-6) >= _STRAIGHT
        over_palm = cv2.pointPolygonTest(palm, tuple(float(v) for v in chain[3]), False) >= 0
        if not straight or over_palm:
            states[rows[1:]] = JointState.OCCLUDED
            states[rows[0]] = JointState.SELF_OCCLUDED
    return np.asarray(states, np.uint8)


def _digit_map(skin: NDArray[np.bool_], joints: F64) -> U8:
    """Return which digit each pixel of the hand belongs to: the nearest one's, beyond its web."""
    y, x = np.nonzero(skin)
    at = np.column_stack([x + 0.5, y + 0.5])
    nearest, owner = np.full(len(at), np.inf), np.full(len(at), PALM_CODE)
    for digit in range(5):
        chain = joints[1 + 4 * digit : 5 + 4 * digit].copy()
        root = chain[0] + (0.45 if digit else 0.15) * (chain[1] - chain[0])
        for begin, end in zip([root, chain[1], chain[2]], chain[1:], strict=True):
            along = end - begin
            share = ((at - begin) @ along / max(float(along @ along), 1e-6)).clip(0, 1)
            away = np.linalg.norm(at - begin - share[:, None] * along, axis=1)
            # Before the root begins the palm.
            away[(share <= 0) & ((at - begin) @ along < 0) & (begin is root)] = np.inf
            better = away < nearest
            nearest[better], owner[better] = away[better], digit
    palm = cv2.pointPolygonTest
    inside = np.array(
        [palm(joints[[0, 5, 9, 13, 17]].astype(np.float32), (float(a), float(b)), False) > 0 for a, b in at]
    )
    finger = np.median(np.linalg.norm(np.diff(joints[5:9], axis=0), axis=1))
    owner[inside | (nearest > 0.6 * finger)] = PALM_CODE
    out = np.full(skin.shape, NOTHING, np.uint8)
    out[y, x] = owner
    return out
