"""The sample's simulated annotators: said to be simulated, the same each time, and with something in every stage."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from handanat_studio import project as projects
from handanat_studio.project import Project
from handanat_studio.store import comments, hands
from handanat_studio.store.chains import Chain, of_hands
from handanat_studio.store.verify import verify
from handanat_studio.workflows import demo, people, review
from handanat_studio.workflows.demo_people import REASON


def chains_of(project: Project) -> list[Chain]:
    """Return every chain, by hand and annotator."""
    with project.store.read() as session:
        ids = hands.all_ids(session)
        found = of_hands(session, ids)
    return [chain for hand_id in ids for chain in found.get(hand_id, [])]


def test_nobody_is_behind_the_samples_annotators(sample: Project) -> None:
    """Both are marked, nobody is a lead, and so whoever opens the sample may do everything."""
    assert [(p.name, p.simulated) for p in people.everyone(sample)] == [
        ("simulated-ada", True),
        ("simulated-ben", True),
    ]
    assert people.role_of(sample, "newcomer") == "lead"
    assert people.role_of(sample, "simulated-ada") == "annotator"
    assert all(chain.annotation.note.startswith("Simulated") for chain in chains_of(sample))
    assert verify(sample.store) == []


def test_a_six_fingered_hand_is_called_plausible_with_a_reason(sample: Project) -> None:
    """The sample has a contradiction to look at, submitted with what the annotator says to it."""
    odd = [chain for chain in chains_of(sample) if chain.contradictory]
    assert any(c.annotation.pose.digit_count == 6 and c.annotation.verdict == "plausible" for c in odd)
    assert {chain.stage for chain in odd} == {"submitted"}
    for chain in odd:
        view = review.review_view(sample, chain.annotation.hand_id, viewer="newcomer")
        (said,) = (s for s in view.submissions if s.annotation.id == chain.annotation.id)
        assert said.reason == REASON


def test_every_implausible_verdict_says_why(sample: Project) -> None:
    """With a finding that the simulated expert accepts."""
    for chain in chains_of(sample):
        said = chain.annotation
        assert (said.verdict == "implausible") == any(finding.accepted for finding in said.findings)


def test_the_same_seed_gives_the_same_people(sample: Project, tmp_path: Path) -> None:
    """Verdicts, stages, flags and returned joints repeat; a returned hand has its comment."""
    demo.build_sample(tmp_path / "again", count=12, seed=5)
    with closing(projects.open_project(tmp_path / "again")) as again:
        both = [
            [(c.annotation.verdict, c.stage, c.annotation.flagged, c.contradictory) for c in chains_of(project)]
            for project in (sample, again)
        ]
        assert both[0] == both[1]
    returned = [chain for chain in chains_of(sample) if chain.stage == "returned"]
    with sample.store.read() as session:
        for chain in returned:
            (comment,) = comments.of_hand(session, chain.annotation.hand_id, concerning=chain.annotation.annotator)
            assert (comment.kind, comment.annotation_id) == ("return", chain.annotation.id)
            assert comment.part
