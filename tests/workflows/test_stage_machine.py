"""Any sequence of saving, submitting, reviewing and fixing leaves a store whose stages can be recomputed."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from handanat_studio import project as projects
from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import ADJUDICATION, ANNOTATION, FIX, NewAnnotation
from handanat_studio.hand.values import VERDICTS, Box, HandPose
from handanat_studio.store import annotations, chains, hands, images, reviews
from handanat_studio.store.verify import verify
from handanat_studio.workflows import annotate, comments, consensus, people, review

NAMES = ("eva", "otto", "rita", "lena")
POSE = HandPose.ordinary([[10.0, 20.0]] * 21)
names = st.sampled_from(NAMES)
any_verdict = st.sampled_from((None, *VERDICTS))


class Stages(RuleBasedStateMachine):
    """Two annotators, a reviewer and a lead work on one hand in any order; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.project = projects.create(self.folder / "project")
        self.expected: dict[tuple[str, int], str] = {}

    @initialize()
    def begin(self) -> None:
        with self.project.store.write() as session:
            (image_id,) = images.add_many(session, [images.NewImage(uri="a.png")])
            self.hand_id = hands.add_manual(session, image_id, Box(0, 0, 10, 10))
        people.set_role(self.project, "rita", "reviewer", by="lena")
        people.set_role(self.project, "lena", "lead", by="lena")

    def _chains(self) -> list[chains.Chain]:
        with self.project.store.read() as session:
            return chains.of_hands(session, [self.hand_id]).get(self.hand_id, [])

    def _key(self, chain: chains.Chain) -> tuple[str, int]:
        return chain.annotation.annotator, chain.annotation.round

    def _try(self, deed: Any, *args: Any, **options: Any) -> bool:
        try:
            deed(self.project, *args, **options)
        except UserError:
            return False
        return True

    @rule(name=names, verdict=any_verdict, kind=st.sampled_from((ANNOTATION, ANNOTATION, FIX, ADJUDICATION)))
    def save(self, name: str, verdict: str | None, kind: str) -> None:
        """Write the next revision of somebody's chain of a kind."""
        found = self._chains()
        own = [c for c in found if (c.annotation.annotator, c.annotation.kind) == (name, kind)]
        with self.project.store.read() as session:
            free = annotations.free_round(session, self.hand_id, name, kind)
        others = [c.annotation.id for c in found if c.annotation.kind == ANNOTATION]
        basis = None if kind == ANNOTATION else {"annotations": others}
        last = own[-1].annotation if own else None
        round, parent = (last.round, last.id) if last else (free, None)
        new = NewAnnotation(
            self.hand_id, name, POSE, verdict=verdict, round=round, parent_id=parent, kind=kind, basis=basis, note="why"
        )
        if self._try(annotate.save, new):
            before = self.expected.get((name, round), "draft")
            self.expected[name, round] = "returned" if before == "returned" else "draft"

    @rule(name=names, action=st.sampled_from((review.submit, review.withdraw)))
    def submit_or_withdraw(self, name: str, action: Any) -> None:
        """Hand in somebody's own annotation, or take it back."""
        why = {"reason": "for the test"} if action is review.submit else {}
        if self._try(action, self.hand_id, annotator=name, **why):
            (chain,) = (c for c in self._chains() if c.is_current and c.annotation.annotator == name)
            self.expected[self._key(chain)] = "submitted" if action is review.submit else "draft"

    @rule(pick=st.integers(0, 9), reviewer=names)
    def accept(self, pick: int, reviewer: str) -> None:
        """Accept any chain, whatever it is for."""
        found = self._chains()
        if not found:
            return
        chain = found[pick % len(found)]
        kind, annotation_id = chain.annotation.kind, chain.annotation.id
        if kind == ANNOTATION:
            done = self._try(review.accept, annotation_id, reviewer=reviewer)
        elif kind == ADJUDICATION:
            done = self._try(review.settle, annotation_id, adjudicator=reviewer)
        else:
            done = self._try(review.accept_fix, annotation_id, reviewer=reviewer)
            for base in found:
                if done and base.annotation.id in (chain.annotation.basis or {})["annotations"]:
                    waits = self.expected[self._key(base)] in ("submitted", "returned")
                    self.expected[self._key(base)] = "accepted" if waits else self.expected[self._key(base)]
        if done:
            self.expected[self._key(chain)] = "accepted"

    @rule(pick=st.integers(0, 9), reviewer=names)
    def give_back(self, pick: int, reviewer: str) -> None:
        """Return any chain."""
        found = self._chains()
        if found:
            chain = found[pick % len(found)]
            if self._try(review.give_back, chain.annotation.id, reviewer=reviewer, reason="look", part="wrist"):
                self.expected[self._key(chain)] = "returned"

    @rule(name=names, pick=st.integers(0, 9))
    def resolve(self, name: str, pick: int) -> None:
        """Settle a remark that somebody can see."""
        seen = comments.of_hand(self.project, self.hand_id, viewer=name)
        if seen:
            self._try(comments.resolve, seen[pick % len(seen)].id, author=name)

    @invariant()
    def stages_are_those_of_the_deeds(self) -> None:
        """The library's stage, the stage recomputed from reviews and revisions, and the one expected are the same."""
        if hasattr(self, "hand_id"):
            assert {self._key(chain): chain.stage for chain in self._chains()} == self.expected
            assert [p for p in verify(self.project.store) if p.kind in ("library", "chain", "review")] == []

    @invariant()
    def nobody_is_shown_the_work_of_others(self) -> None:
        """An annotator's consensus is hers alone, and an open or disputed one has no verdict."""
        if hasattr(self, "hand_id"):
            for name in NAMES:
                found = consensus.of_hand(self.project, self.hand_id, viewer=name)
                assert (found.verdict is None) == (found.status in ("open", "disputed"))
                assert name in ("rita", "lena") or found.by in ("", name)

    @invariant()
    def an_accepted_chain_was_accepted_last(self) -> None:
        """Nothing counts as accepted that nobody accepted as it is now."""
        if hasattr(self, "hand_id"):
            with self.project.store.read() as session:
                done = reviews.of_hands(session, [self.hand_id]).get(self.hand_id, [])
            last = {review.annotation_id: review.action for review in done}
            for chain in self._chains():
                assert (chain.stage == "accepted") == (last.get(chain.annotation.id) == "accept")

    def teardown(self) -> None:
        """Remove the project."""
        self.project.close()
        shutil.rmtree(self.folder)


TestStages = Stages.TestCase
TestStages.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
