"""Phalanges too many or too few are counted in tables and come back from COCO with its sidecar."""

import json
from collections.abc import Callable
from pathlib import Path

from handanat_studio.formats import coco
from handanat_studio.formats.tables import HAND_COLUMNS, cells
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.hand import edits
from handanat_studio.hand.topology import Level
from handanat_studio.hand.values import HandPose

MakeHand = Callable[..., ExportHand]


def test_tables_count_phalanges_and_not_a_sixth_digit(plain_pose: HandPose, make_hand: MakeHand) -> None:
    """A surplus phalanx is no digit; the digits of the other are all there."""
    ids = plain_pose.digit_id.tolist()
    pose = edits.cut_phalanx(edits.graft_phalanx(plain_pose, ids[1], (5.0, 6.0)), ids[3], Level.DISTAL)
    row = dict(zip([c.name for c in HAND_COLUMNS], cells(HAND_COLUMNS, make_hand(pose)), strict=True))
    assert (row["digits"], row["extra_digits"], row["absent_digits"]) == (5, 0, 0)
    assert (row["surplus_phalanges"], row["missing_phalanges"]) == (1, 2)
    assert json.loads(str(row["splits"]))[0]["level"] == Level.TIP


def test_phalanges_come_back_from_coco(
    tmp_path: Path, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """The sidecar keeps what 21 points cannot say, and the file says that something was dropped."""
    ids = plain_pose.digit_id.tolist()
    hand = make_hand(edits.graft_phalanx(plain_pose, ids[1], (5.0, 6.0)))
    part = coco.write([hand], [image], tmp_path)
    assert part["hands_with_losses"] == 1
    assert coco.read(tmp_path).hands == (hand,)
    _, dropped = coco.keypoints(hand.pose)
    assert "Dropped the surplus phalanx of the index digit" in dropped[0]
