"""Hands are judged again on demand: other witnesses' words are renewed, what people said and drew stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import Annotation, NewAnnotation
from handanat_studio.hand.values import PLAUSIBLE, VERDICTS, Box
from handanat_studio.progress import Silent
from handanat_studio.project import Project
from handanat_studio.store import annotations, annotators, events, hands, images, scores
from handanat_studio.store.changes import ChangeSet
from handanat_studio.workflows import assign, browse, detect_box, people
from handanat_studio.workflows.rejudge import rejudge

pytestmark = pytest.mark.e2e


class Heard(Silent):
    """Keeps what a job hands on."""

    def __init__(self) -> None:
        self.changes: list[ChangeSet] = []

    def publish(self, message: object) -> None:
        """Keep a message."""
        assert isinstance(message, ChangeSet)
        self.changes.append(message)


def stored(project: Project, hand_id: int) -> hands.StoredHand:
    """Return a hand as it is on disk."""
    with project.store.read() as session:
        return hands.get(session, hand_id)


def every_hand(project: Project) -> list[int]:
    """Return all ids."""
    with project.store.read() as session:
        return hands.all_ids(session)


def annotate(project: Project, hand_id: int, who: str) -> Annotation:
    """Write somebody's word on a hand, with its joints moved."""
    with project.store.write() as session:
        annotators.ensure(session, who)
        found = hands.get(session, hand_id).detection
        assert found is not None
        pose = replace(found.pose, points=found.pose.points + np.float32(3.0))
        return annotations.append(session, NewAnnotation(hand_id, who, pose, verdict=PLAUSIBLE, note="mine"))


def spoil(project: Project, hand_id: int) -> None:
    """Make an old detector's poor answer the hand's detection: it has no scores any more."""
    with project.store.write() as session:
        found = hands.get(session, hand_id).detection
        assert found is not None
        pose = replace(found.pose, points=found.pose.points * np.float32(0.5))
        hands.set_detection(session, hand_id, replace(found, pose=pose, score=0.01, evidence=None), "old")


def test_a_hand_is_found_and_scored_again_and_what_a_person_said_stays(sample: Project) -> None:
    """The old answer goes, a new one with every score comes, in the asker's name; the annotation is the same row."""
    hand_id = every_hand(sample)[0]
    first = stored(sample, hand_id).detection
    spoil(sample, hand_id)
    written = annotate(sample, hand_id, "ada")
    heard = Heard()
    (row,) = rejudge(sample, [hand_id], annotator="ada", progress=heard)["hands"]
    now = stored(sample, hand_id).detection
    assert first is not None
    assert now is not None
    assert row["found"]
    assert row["error"] == ""
    assert row["detector"] == now.detector
    assert now.score > 0.3
    assert np.allclose(now.pose.points[:21], first.pose.points[:21], atol=2.0, equal_nan=True)
    with sample.store.read() as session:
        judged = scores.of_hands(session, [hand_id])[hand_id]
        log = events.recent(session, hand_id=hand_id)
        newest = annotations.history(session, hand_id)
    assert {"paper", "calibrated"} <= set(judged)
    assert row["verdict"] == judged["calibrated"].verdict
    assert [revision for revision in newest if revision.annotator == "ada"] == [written]
    assert ("ada", "find hand") in {(event.actor, event.action) for event in log}
    assert {kind for change in heard.changes for kind in change.kinds} == {"hands", "scores"}
    assert all(change.hand_ids == (hand_id,) for change in heard.changes)


def test_only_the_hands_that_were_asked_for_change(sample: Project) -> None:
    """Two hands of different images are renewed, each in its own place; every other one is as it was."""
    ids = every_hand(sample)
    before = {hand_id: stored(sample, hand_id) for hand_id in ids}
    asked = [ids[0], ids[-1]]
    for hand_id in asked:
        spoil(sample, hand_id)
    rows = rejudge(sample, [*asked, asked[0]])["hands"]
    assert [row["hand_id"] for row in rows] == asked
    for hand_id, was in before.items():
        now = stored(sample, hand_id)
        assert now.box.overlap(was.box) > 0.5
        if hand_id not in asked:
            assert now == was


def test_where_nothing_is_found_the_earlier_joints_are_kept(sample: Project) -> None:
    """A box that a person drew around nothing stays where it is and stays empty; there is nothing to score."""
    with sample.store.read() as session:
        image = images.get(session, images.all_ids(session)[0])
    hand_id, _ = detect_box.add_hand(sample, image.id, Box(2, 2, 12, 12), annotator="ada")
    (row,) = rejudge(sample, [hand_id], annotator="ada")["hands"]
    assert (row["found"], row["detector"], row["verdict"], row["digits"]) == (False, "", "", None)
    assert stored(sample, hand_id).box == Box(2, 2, 12, 12)
    assert stored(sample, hand_id).detection is None


@pytest.mark.parametrize("count", [1, 2])
def test_a_missing_image_is_told_and_stops_no_other(sample: Project, count: int) -> None:
    """Among several it becomes a row with its reason; alone it is an error; nothing is lost either way."""
    ids = every_hand(sample)[:count]
    lost = stored(sample, ids[0])
    with sample.store.read() as session:
        sample.image_path(images.get(session, lost.image_id).uri).unlink()
    if count == 1:
        with pytest.raises(UserError):
            rejudge(sample, ids)
    else:
        rows = {row["hand_id"]: row for row in rejudge(sample, ids)["hands"]}
        assert rows[ids[0]]["error"]
        assert not rows[ids[0]]["found"]
        assert rows[ids[1]]["found"]
        assert rows[ids[1]]["verdict"] in VERDICTS
    assert stored(sample, ids[0]) == lost


def test_a_hand_that_is_gone_is_an_error(sample: Project) -> None:
    """Nothing is looked at if one of the hands is unknown."""
    with pytest.raises(UserError, match="no hand 9999"):
        rejudge(sample, [every_hand(sample)[0], 9999])


@pytest.mark.parametrize(
    "ask", [lambda project, hand_id: rejudge(project, [hand_id], annotator="ada")["hands"][0], None]
)
def test_whoever_annotates_blind_is_told_nothing(
    sample: Project, ask: Callable[[Project, int], dict[str, object]] | None
) -> None:
    """Neither the verdict nor the number of digits comes back, nor is the evidence in what the page reads."""
    hand_id = every_hand(sample)[0]
    people.set_role(sample, "lena", "lead", by="lena")
    people.set_role(sample, "ada", "annotator", by="lena")
    assign.create_batch(sample, "blind", [hand_id], annotators=["ada"], blind=True, by="lena")
    if ask is not None:
        row = ask(sample, hand_id)
        assert row["found"]
        assert (row["verdict"], row["digits"]) == ("", None)
    image_id = stored(sample, hand_id).image_id
    for who, is_open in (("ada", False), ("lena", True)):
        view = next(v for v in browse.image_view(sample, image_id, annotator=who).hands if v.hand.id == hand_id)
        found = stored(sample, hand_id).detection
        assert view.is_blind is not is_open
        assert found is not None
        assert view.hand.detection is not None
        assert view.hand.detection.evidence == (found.evidence if is_open else None)
