"""Judging while dragging, saving each step, and what happens when two write at once."""

import numpy as np
import pytest

from handanat_studio.errors import Conflict
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.topology import ANGLE_NAMES, DigitKind
from handanat_studio.project import Project
from handanat_studio.store import hands
from handanat_studio.workflows import annotate, browse
from handanat_studio.workflows.browse import HandView


def first_hand(project: Project, annotator: str = "eva") -> HandView:
    with project.store.read() as session:
        hand = hands.get(session, hands.all_ids(session)[0])
    view = browse.image_view(project, hand.image_id, annotator=annotator)
    return next(v for v in view.hands if v.hand.id == hand.id)


def test_an_annotator_sees_the_prediction_and_nobody_elses_labels(sample: Project) -> None:
    """The two simulated annotators have labelled this hand; a third starts from the detector."""
    view = first_hand(sample, "eva")
    assert view.annotation is None
    assert view.pose == view.hand.detection.pose
    assert first_hand(sample, "simulated-ada").annotation is not None


def test_what_was_saved_is_read_back(sample: Project) -> None:
    """Pose, verdict and note come back as they were given, with the parent chain."""
    view = first_hand(sample)
    moved = edits.move(view.pose, 8, (100.0, 50.5))
    first, change = annotate.save(sample, NewAnnotation(view.hand.id, "eva", moved, action="move index_tip"))
    second, _ = annotate.save(
        sample, NewAnnotation(view.hand.id, "eva", moved, verdict="implausible", note="six?", parent_id=first.id)
    )
    again = first_hand(sample)
    assert again.annotation == second
    assert again.pose == moved
    assert again.source == "expert"
    assert change.touches("annotations")
    assert [a.id for a in annotate.history(sample, view.hand.id) if a.annotator == "eva"] == [first.id, second.id]


def test_writing_on_an_old_parent_is_a_conflict_and_loses_nothing(sample: Project) -> None:
    """The later writer learns which revision is newest; the first one stays."""
    view = first_hand(sample)
    first, _ = annotate.save(sample, NewAnnotation(view.hand.id, "eva", view.pose))
    kept, _ = annotate.save(sample, NewAnnotation(view.hand.id, "eva", view.pose, note="kept", parent_id=first.id))
    with pytest.raises(Conflict) as caught:
        annotate.save(sample, NewAnnotation(view.hand.id, "eva", view.pose, note="late", parent_id=first.id))
    assert caught.value.newest_id == kept.id
    assert first_hand(sample).annotation.note == "kept"


def test_a_joint_bent_backwards_is_found_while_it_is_dragged(sample: Project) -> None:
    """Folding a fingertip far over the back of its finger becomes a finding on that digit."""
    view = first_hand(sample)
    pose = view.pose
    world = pose.world.copy()
    world[8] = world[6] + (world[5] - world[6]) * 0.9
    bent = type(pose)(
        **{f: getattr(pose, f) for f in ("points", "states", "digit_kind", "digit_id", "side")}, world=world
    )
    before = annotate.judge(pose, "expert")
    after = annotate.judge(bent, "expert")
    assert after.calibrated.value > before.calibrated.value
    assert any(f.part.startswith("index") for f in after.calibrated.findings)


def test_six_digits_by_an_expert_are_implausible(sample: Project) -> None:
    """One certain violation is enough."""
    view = first_hand(sample)
    tip = view.pose.points[20]
    chain = np.linspace(view.pose.points[17], tip, 4) + np.array([15, 5])
    six = edits.add_digit(view.pose, DigitKind.EXTRA, chain)
    judged = annotate.judge(six, "expert")
    assert judged.features.count == 6
    assert judged.calibrated.verdict == "implausible"
    assert judged.calibrated.findings[0].kind == "count"


def test_an_untouched_joint_keeps_the_detectors_uncertainty(sample: Project) -> None:
    """Moving the little fingertip makes the little DIP precise and leaves the index as doubtful as it was."""
    view = first_hand(sample)
    predicted = view.hand.detection.pose
    moved = edits.move(predicted, 20, predicted.points[20] + [3, 0])
    corrected = annotate.judge(moved, "mediapipe", prediction=predicted).features
    before = annotate.judge(predicted, "mediapipe", prediction=predicted).features
    little, index = ANGLE_NAMES.index("little_dip"), ANGLE_NAMES.index("index_pip")
    assert corrected.angle_sigma[little] < 0.6 * before.angle_sigma[little]
    assert corrected.angle_sigma[index] == pytest.approx(before.angle_sigma[index], rel=0.05)
    assert corrected.count_assessable
    assert not before.count_assessable
