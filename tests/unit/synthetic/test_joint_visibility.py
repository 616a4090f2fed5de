"""Joint states: seen, behind another hand, beyond the border."""

from dataclasses import replace

import numpy as np
import pytest

from handanat_studio.hand.topology import DigitKind, JointState, Side
from handanat_studio.synthetic.anatomy import draw_build
from handanat_studio.synthetic.camera import Camera, View, aim, rotation_of
from handanat_studio.synthetic.drawing import NO_HAND, draw_hand
from handanat_studio.synthetic.kinematics import chains
from handanat_studio.synthetic.plan import DigitPlan, HandPlan
from handanat_studio.synthetic.skin import draw_texture
from handanat_studio.synthetic.skinning import PALM
from handanat_studio.synthetic.styles import draw_style
from handanat_studio.synthetic.truth import Seen, truth_of

SIZE = 96


def _seen(middle: float, *, side: Side = Side.RIGHT, turn: float = 0.0) -> Seen:
    rng = np.random.Generator(np.random.PCG64(5))
    build = draw_build(rng)
    digits = tuple(
        DigitPlan(
            digit_id=k,
            kind=DigitKind(k),
            base=build.bases[k],
            lengths=build.lengths[k],
            radii=build.radii[k],
            flexion=np.full(3, 5.0),
            yaw=[44.0, 9.0, 1.0, -7.0, -16.0][k],
            lift=14.0 if k == 0 else 0.0,
            is_thumb=k == 0,
        )
        for k in range(5)
    )
    plan = HandPlan(side, build.scale, digits)
    pose = chains(plan)
    points = np.concatenate([c.joints for c in pose.values()])
    rotation = rotation_of(View(turn, 0.0, 0.0), side)
    camera: Camera = aim(points, rotation, middle=np.array([middle, SIZE / 2]), extent=64.0, distance=900.0)
    layer = draw_hand(plan, pose, camera, draw_style(rng, family="matte"), size=SIZE, texture=draw_texture(1))
    hand_map = np.full((SIZE, SIZE), -1, np.int8)
    box = (slice(layer.top, layer.top + layer.mask.shape[0]), slice(layer.left, layer.left + layer.mask.shape[1]))
    hand_map[box][layer.mask] = 0
    return Seen(plan, pose, camera, layer, 0, hand_map)


@pytest.mark.parametrize("side", [Side.RIGHT, Side.LEFT])
@pytest.mark.parametrize("turn", [0.0, 180.0])
def test_every_joint_of_an_open_hand_is_seen_from_palm_and_back(side: Side, turn: float) -> None:
    """Nothing hides anything on a flat hand, on either side of either hand; the thumb's root, seen edge-on, aside."""
    states = truth_of(_seen(SIZE / 2, side=side, turn=turn), (), "spread").pose.states
    assert (np.delete(states, 1) == JointState.VISIBLE).all()


def test_joints_behind_another_hand_are_occluded_by_it() -> None:
    """Where the scene shows another hand, a joint that would be visible is OCCLUDED, not self-occluded."""
    seen = _seen(SIZE / 2)
    hidden = replace(seen, hand_map=np.ones_like(seen.hand_map))
    truth = truth_of(hidden, (), "spread")
    assert (np.delete(truth.pose.states, 1) == JointState.OCCLUDED).all()
    assert not truth.digit_masks.any()


def test_joints_beyond_the_border_are_outside_but_keep_their_coordinates() -> None:
    """A hand half out of the image has joints OUTSIDE whose place is still known, and a box inside the image."""
    truth = truth_of(_seen(0.0), (), "spread")
    outside = truth.pose.states == JointState.OUTSIDE
    assert outside.any()
    assert not outside.all()
    assert (truth.pose.points[outside] < 0).any(axis=1).all()
    assert truth.box.x == 0.0


def test_a_hand_out_of_sight_draws_nothing() -> None:
    """A hand wholly outside leaves an empty layer and only OUTSIDE joints."""
    seen = _seen(-900.0)
    assert seen.layer.mask.size == 0
    assert (truth_of(seen, (), "spread").pose.states == JointState.OUTSIDE).all()


def test_layer_tells_palm_digits_and_emptiness_apart() -> None:
    """Every covered pixel belongs to the palm or to one digit, and every digit of an open hand is seen."""
    layer = _seen(SIZE / 2).layer
    assert set(np.unique(layer.digit)) == {NO_HAND, PALM, 0, 1, 2, 3, 4}
    assert ((layer.digit != NO_HAND) == layer.mask).all()
    assert np.isfinite(layer.depth[layer.mask]).all()
