"""A box drawn by a person becomes a hand, with or without a detector's answer; other hands are never touched."""

from __future__ import annotations

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand.values import Box
from handanat_studio.project import Project
from handanat_studio.store import events, hands, images, scores
from handanat_studio.workflows import browse, detect_box, ingest


def image_of(project: Project, *, count: int = 1) -> images.Image:
    """Return the first image with that many hands or more."""
    with project.store.read() as session:
        for image_id in images.all_ids(session):
            if len(hands.of_image(session, image_id)) >= count:
                return images.get(session, image_id)
    raise AssertionError("the sample has no such image")


def stored(project: Project, image_id: int) -> list[hands.StoredHand]:
    """Return an image's hands."""
    with project.store.read() as session:
        return hands.of_image(session, image_id)


def test_a_box_without_a_look_is_an_empty_hand_of_its_annotator(sample: Project) -> None:
    """The box is cut at the image's edges, the log says who drew it, and the hand has no joints."""
    image = image_of(sample)
    before = len(stored(sample, image.id))
    hand_id, change = detect_box.add_hand(sample, image.id, Box(-20, 10, 90, 80), annotator="ada")
    assert change.touches("hands", "images")
    assert change.hand_ids == (hand_id,)
    found = stored(sample, image.id)
    assert len(found) == before + 1
    assert found[-1].box == Box(0, 10, 70, 80)
    view = browse.image_view(sample, image.id, annotator="ada")
    shown = next(hand for hand in view.hands if hand.hand.id == hand_id)
    assert np.isnan(shown.pose.points).all()
    with sample.store.read() as session:
        last = events.recent(session, hand_id=hand_id)
    assert [(event.actor, event.action) for event in last] == [("ada", "add hand")]


@pytest.mark.parametrize("box", [Box(10, 10, 4, 100), Box(-50, -50, 55, 55), Box(5000, 5000, 90, 90)])
def test_a_box_that_holds_no_hand_is_refused(sample: Project, box: Box) -> None:
    """Too small, or outside the image: nothing is stored, and the message says what to do."""
    image = image_of(sample)
    before = stored(sample, image.id)
    with pytest.raises(UserError, match="too small") as refused:
        detect_box.add_hand(sample, image.id, box, annotator="ada")
    assert "whole hand" in refused.value.hint
    assert stored(sample, image.id) == before


def test_setting_a_detection_changes_one_hand_only(sample: Project) -> None:
    """What was computed from an earlier detection of that hand goes; a drawn box stays where it was drawn."""
    image = image_of(sample)
    (other, *_) = stored(sample, image.id)
    assert other.detection is not None
    box = Box(5, 5, 100, 100)
    hand_id, _ = detect_box.add_hand(sample, image.id, box, annotator="ada")
    with sample.store.write() as session:
        hands.set_detection(session, hand_id, other.detection, "test-1", annotator="ada")
    ingest.score_hands(sample, [hand_id])
    with sample.store.read() as session:
        drawn = hands.get(session, hand_id)
        judged = scores.of_hands(session, [hand_id, other.id])
    assert drawn.box == box
    assert drawn.detection is not None
    assert drawn.detection.pose == other.detection.pose
    assert stored(sample, image.id)[0] == other
    assert set(judged[hand_id]) == set(judged[other.id])
    assert judged[hand_id]["paper"].value == pytest.approx(judged[other.id]["paper"].value, nan_ok=True)


def test_a_later_run_of_the_detector_keeps_a_drawn_hand(sample: Project) -> None:
    """A re-run that does not find the hand again leaves it, and its box, as they were drawn."""
    image = image_of(sample)
    hand_id, _ = detect_box.add_hand(sample, image.id, Box(3, 3, 40, 40), annotator="ada")
    with sample.store.write() as session:
        hands.add_detections(session, image.id, [], "another version")
    assert [(hand.id, hand.box) for hand in stored(sample, image.id) if hand.id == hand_id] == [
        (hand_id, Box(3, 3, 40, 40))
    ]
