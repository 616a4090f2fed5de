"""What the digit network sees is handed on as maps that lie where the hand is, and never to whoever works blind."""

from __future__ import annotations

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.project import Project
from handanat_studio.store import hands, images
from handanat_studio.workflows import assign, people
from handanat_studio.workflows.evidence_view import MAPS, digit_maps

pytestmark = pytest.mark.e2e


def first_hand(project: Project) -> hands.StoredHand:
    """Return a detected hand."""
    with project.store.read() as session:
        return hands.get(session, hands.all_ids(session)[0])


def test_the_maps_lie_around_the_hand(sample: Project) -> None:
    """Square, about the detection's box, with every map; on the hand's joints skin is likelier than at the corners."""
    hand = first_hand(sample)
    assert hand.detection is not None
    answer = digit_maps(sample, hand.id)
    side, (left, top, width, height) = answer["size"], answer["box"]
    assert set(answer["maps"]) == set(MAPS)
    assert answer["version"]
    assert width == height
    assert left < hand.detection.box.x
    assert left + width > hand.detection.box.x + hand.detection.box.width
    assert all(len(levels) == side * side for levels in answer["maps"].values())
    levels = np.frombuffer(answer["maps"]["hand"], np.uint8).reshape(side, side)
    points = (hand.detection.pose.points[:21] - (left, top)) * side / width
    column, row = np.clip(np.floor(points[np.isfinite(points).all(axis=1)]), 0, side - 1).astype(int).T
    assert levels[row, column].mean() > 2 * levels[[0, 0, -1, -1], [0, -1, 0, -1]].mean()


def test_the_answer_is_the_same_each_time(sample: Project) -> None:
    """The network is kept between two looks; it says the same of the same hand."""
    hand_id = first_hand(sample).id
    assert digit_maps(sample, hand_id) == digit_maps(sample, hand_id, viewer="anybody")


def test_nobody_sees_maps_of_a_hand_that_she_annotates_blind(sample: Project) -> None:
    """The job itself refuses; a lead may look."""
    hand_id = first_hand(sample).id
    people.set_role(sample, "lena", "lead", by="lena")
    people.set_role(sample, "ada", "annotator", by="lena")
    assign.create_batch(sample, "blind", [hand_id], annotators=["ada"], blind=True, by="lena")
    with pytest.raises(UserError, match="blind"):
        digit_maps(sample, hand_id, viewer="ada")
    assert digit_maps(sample, hand_id, viewer="lena")["hand_id"] == hand_id


def test_an_image_that_is_gone_is_said(sample: Project) -> None:
    """The reason is one that the user can act on."""
    hand = first_hand(sample)
    with sample.store.read() as session:
        sample.image_path(images.get(session, hand.image_id).uri).unlink()
    with pytest.raises(UserError):
        digit_maps(sample, hand.id)
