"""The webbing graph and the depth of skin between digits."""

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from handanat_studio.hand.topology import DigitKind, JointState
from handanat_studio.hand.values import Fusion, HandPose, Split
from handanat_studio.hand.webbing import graph, web_depth_from_mask

_FIVE = ["thumb", "index", "middle", "ring", "little"]


def _pose(world: Any, **changes: Any) -> HandPose:
    return HandPose.ordinary(world[:, :2] * 3000 + 400, world=world, **changes)


def _with_extra(pose: HandPose, points: Any, **more: Any) -> HandPose:
    return HandPose(
        points=np.concatenate([pose.points, points]),
        states=np.concatenate([pose.states, np.full(4, JointState.VISIBLE, np.uint8)]),
        digit_kind=np.append(pose.digit_kind, np.uint8(DigitKind.EXTRA)),
        digit_id=np.append(pose.digit_id, np.int32(9)),
        side=pose.side,
        **more,
    )


def _kinds(found: Any, kind: str) -> list[tuple[str, str]]:
    return [(edge.first, edge.second) for edge in found.edges if edge.kind == kind]


def test_an_ordinary_hand_is_a_star_of_five(model_hand: Any) -> None:
    """Every digit hangs on the palm, neighbours in order, nothing fused or stray."""
    found = graph(_pose(model_hand()))
    assert found.palm_degree == 5
    assert [node.name for node in found.nodes] == ["palm", *_FIVE]
    assert _kinds(found, "neighbour") == list(pairwise(_FIVE))
    assert found.strays == ()
    assert not _kinds(found, "fused")


def test_an_extra_digit_stands_where_its_base_is(model_hand: Any) -> None:
    """Between ring and little, the neighbours change; beyond the little finger it comes last."""
    pose = _pose(model_hand())
    between = (pose.points[13:17] + pose.points[17:21]) / 2
    found = graph(_with_extra(pose, between))
    assert found.palm_degree == 6
    assert ("ring", "extra 9") in _kinds(found, "neighbour")
    assert ("extra 9", "little") in _kinds(found, "neighbour")
    beyond = pose.points[17:21] + (pose.points[17] - pose.points[13])
    assert _kinds(graph(_with_extra(pose, beyond)), "neighbour")[-1] == ("little", "extra 9")


def test_fusions_and_forks_become_edges(model_hand: Any) -> None:
    """A fused pair says how far; a branch hangs on its trunk and not on the palm."""
    pose = _pose(model_hand())
    found = graph(
        _with_extra(pose, pose.points[9:13] + 5, fusions=(Fusion(3, 4, 0.75),), splits=(Split(2, 1, 9),)),
    )
    fused = [edge for edge in found.edges if edge.kind == "fused"]
    assert [(edge.first, edge.second, edge.depth) for edge in fused] == [("ring", "little", 0.75)]
    assert _kinds(found, "branch") == [("middle", "middle fork at pip"), ("middle fork at pip", "extra 9")]
    assert ("palm", "extra 9") not in _kinds(found, "attached")
    assert found.strays == ()


def test_a_digit_off_the_palm_is_a_stray(model_hand: Any) -> None:
    """Moved out by half a palm it hangs on nothing."""
    world = model_hand()
    world[9:13] += 0.5 * (world[9] - world[0])
    found = graph(_pose(world))
    assert found.strays == ("middle",)
    assert found.palm_degree == 4


def test_absent_digits_are_not_in_the_graph(model_hand: Any) -> None:
    """What is not there hangs on nothing and is no stray."""
    states = np.full(21, JointState.VISIBLE, np.uint8)
    states[17:] = JointState.ABSENT
    found = graph(_pose(model_hand(), states=states))
    assert [node.name for node in found.nodes] == ["palm", *_FIVE[:4]]
    assert found.strays == ()


def test_the_graph_is_strict_json(model_hand: Any) -> None:
    """Unknown depths are null."""
    told = json.loads(json.dumps(graph(_pose(model_hand())).to_dict(), allow_nan=False))
    assert {edge["kind"] for edge in told["edges"]} == {"attached", "neighbour"}
    assert all(edge["depth"] is None for edge in told["edges"])


def _parallel_fingers() -> tuple[Any, HandPose]:
    """Return a mask of four upright fingers, 20 px wide, 30 px apart, 100 px long, on a palm; and their joints."""
    mask = np.zeros((300, 200), bool)
    mask[200:280, 20:180] = True
    points = np.full((21, 2), np.nan)
    points[0] = (100, 290)
    for finger, x in enumerate((160, 130, 100, 70)):
        mask[100:200, x - 10 : x + 10] = True
        points[5 + 4 * finger : 9 + 4 * finger, 0] = x
        points[5 + 4 * finger : 9 + 4 * finger, 1] = (200, 160, 130, 100)
    return mask, HandPose.ordinary(points)


def test_web_depth_is_where_the_outline_ends_between_two_digits() -> None:
    """Zero at the base line, the height of a drawn web, one for a full fusion; unknown without a thumb."""
    mask, pose = _parallel_fingers()
    mask[140:200, 110:120] = True
    mask[100:200, 80:90] = True
    depth = web_depth_from_mask(mask, pose)
    assert np.isnan(depth[0])
    assert depth[1] == pytest.approx(0.0, abs=0.03)
    assert depth[2] == pytest.approx(0.6, abs=0.03)
    assert depth[3] == pytest.approx(1.0, abs=0.01)


def test_web_depth_is_unknown_where_the_image_ends() -> None:
    """A valley that would lie outside the picture is not measured."""
    mask, pose = _parallel_fingers()
    mask[100:200] = True
    cut = HandPose.ordinary(pose.points - np.array([0, 150], np.float32))
    assert np.isnan(web_depth_from_mask(mask[150:], cut)).all()
