"""Any sequence of edits, judgements, undo, redo and reload gives the states it should, in the window and on disk.

The draft is the window's own, on a real project; the model beside it is as plain as can be: a list of opinions and an
index.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.active_time import ActiveClock
from handanat_studio.gui.editor.draft import Draft, SaveState, Task
from handanat_studio.hand import edits, merging, templates
from handanat_studio.hand.annotation import ANNOTATION, Annotation
from handanat_studio.hand.differences import differences
from handanat_studio.hand.opinion import Opinion, opinion_of
from handanat_studio.hand.phalanges import graft_ids
from handanat_studio.hand.topology import DigitKind, JointState, Level, Side
from handanat_studio.hand.values import VERDICTS, Box, Finding, HandPose
from handanat_studio.workflows import annotate, browse

Settled = Callable[[], None]

coordinate = st.floats(-50, 300, width=32)
spots = st.tuples(coordinate, coordinate)
pick = st.integers(0, 1000)
kinds = st.sampled_from(list(DigitKind))
boxes = st.builds(Box, coordinate, coordinate, st.floats(10, 200), st.floats(10, 200))
findings = st.builds(
    Finding,
    kind=st.sampled_from(["angle", "count"]),
    part=st.sampled_from(["hand", "index_pip", "ring"]),
    value=st.sampled_from([131.0, float("nan")]),
    limit=st.just(float("nan")),
    unit=st.just("deg"),
    z=st.just(3.0),
    probability=st.just(0.9),
    source=st.sampled_from(["", "AAOS"]),
    origin=st.sampled_from(["scorer", "expert"]),
)


class DraftMachine(RuleBasedStateMachine):
    """One hand's draft and the list of opinions it should hold."""

    rounds = 0

    def __init__(self, ctx: Context, settled: Settled) -> None:
        super().__init__()
        DraftMachine.rounds += 1
        self.round = DraftMachine.rounds
        self.ctx, self.settled = ctx, settled
        self.view = browse.image_view(ctx.project, 1, annotator=ctx.annotator).hands[0]
        assert self.view.hand.detection is not None
        self.predicted = self.view.hand.detection.pose
        self.clock = ActiveClock()
        first = Opinion(self.predicted)
        self.draft = self._open(first, None)
        self.model, self.index = [first], 0
        self.written: list[Opinion] = []
        self.seen_ids = set(self.predicted.digit_id.tolist())

    def _open(self, first: Opinion, newest: Annotation | None) -> Draft:
        task = Task(ANNOTATION, self.round, first, newest)
        return Draft(self.ctx, self.view, self.clock, self.ctx, task=task)

    # ---- what the model does -------------------------------------------------------------------------------------

    @property
    def now(self) -> Opinion:
        return self.model[self.index]

    @property
    def pose(self) -> HandPose:
        return self.now.pose

    def _expect(self, opinion: Opinion) -> None:
        if opinion != self.now:
            self.model[self.index + 1 :] = [opinion]
            self.index += 1
            self.written.append(opinion)
            self.seen_ids |= set(opinion.pose.digit_id.tolist())

    def _edit(self, pose: HandPose, action: str) -> None:
        self.draft.edit(pose, action)
        self._expect(replace(self.now, pose=pose))

    def _digit(self, number: int) -> int:
        return int(self.pose.digit_id[number % self.pose.digit_count])

    def has_digits(self) -> bool:
        return self.pose.digit_count > 0

    # ---- joints --------------------------------------------------------------------------------------------------

    @rule(row=pick, spot=spots)
    def move(self, row: int, spot: tuple[float, float]) -> None:
        self._edit(edits.move(self.pose, row % len(self.pose.points), spot), "move")

    @rule(row=pick, spots=st.lists(spots, min_size=1, max_size=3), dropped=st.booleans())
    def drag(self, row: int, spots: list[tuple[float, float]], dropped: bool) -> None:
        pose = self.pose
        for spot in spots:
            pose = edits.move(self.pose, row % len(self.pose.points), spot)
            self.draft.preview(pose)
        if dropped:
            self.draft.drop_preview()
        else:
            self.draft.commit_preview("drag")
            self._expect(replace(self.now, pose=pose))

    @rule(row=pick, state=st.sampled_from(list(JointState)))
    def state(self, row: int, state: JointState) -> None:
        self._edit(edits.set_state(self.pose, row % len(self.pose.points), state), "state")

    @rule(x=coordinate)
    def mirror(self, x: float) -> None:
        self._edit(edits.mirror(self.pose, x), "mirror")

    @rule(shift=spots, angle=st.floats(-90, 90), scale=st.floats(0.5, 2), centre=st.none() | spots)
    def frame(self, shift: Any, angle: float, scale: float, centre: Any) -> None:
        pose = edits.transform(self.pose, shift=shift, angle_deg=angle, scale=scale, centre=centre)
        self._edit(pose, "turn")

    @rule(box=boxes, side=st.sampled_from(list(Side)), copied=st.booleans())
    def place(self, box: Box, side: Side, copied: bool) -> None:
        pose = templates.placed_from(self.pose, box) if copied else templates.template(side, box)
        self._edit(pose, "place")

    # ---- digits --------------------------------------------------------------------------------------------------

    @rule(kind=kinds, chain=st.lists(spots, min_size=4, max_size=4))
    @precondition(lambda self: self.pose.digit_count < 9)
    def add_digit(self, kind: DigitKind, chain: list[tuple[float, float]]) -> None:
        new_id = self.draft.next_digit_id()
        assert new_id not in self.seen_ids
        self._edit(edits.add_digit(self.pose, kind, chain, digit_id=new_id), "add a digit")

    @rule(digit=pick)
    @precondition(has_digits)
    def remove_digit(self, digit: int) -> None:
        self._edit(edits.remove_digit(self.pose, self._digit(digit)), "remove a digit")

    @rule(digit=pick, state=st.sampled_from([JointState.ABSENT, JointState.OCCLUDED, JointState.UNLABELLED]))
    @precondition(has_digits)
    def digit_state(self, digit: int, state: JointState) -> None:
        self._edit(edits.set_digit_state(self.pose, self._digit(digit), state), "digit state")

    @rule(digit=pick, kind=kinds)
    @precondition(has_digits)
    def relabel(self, digit: int, kind: DigitKind) -> None:
        self._edit(edits.relabel_digit(self.pose, self._digit(digit), kind), "relabel")

    @rule(seed=pick)
    @precondition(has_digits)
    def reorder(self, seed: int) -> None:
        dealt = np.random.default_rng(seed).permutation(self.pose.digit_kind).tolist()
        self._edit(edits.reorder(self.pose, [DigitKind(kind) for kind in dealt]), "reorder")

    @rule(first=pick, second=pick, extent=st.floats(0.1, 1))
    @precondition(has_digits)
    def fuse(self, first: int, second: int, extent: float) -> None:
        pair = self._digit(first), self._digit(second)
        if pair[0] != pair[1]:
            self._edit(edits.fuse(self.pose, *pair, extent), "fuse")

    @rule(number=pick)
    @precondition(lambda self: self.pose.fusions)
    def unfuse(self, number: int) -> None:
        fusion = self.pose.fusions[number % len(self.pose.fusions)]
        self._edit(edits.unfuse(self.pose, fusion.first_id, fusion.second_id), "unfuse")

    @rule(digit=pick, level=st.sampled_from(list(Level)[:3]), spot=spots)
    @precondition(lambda self: 0 < self.pose.digit_count < 9)
    def split(self, digit: int, level: Level, spot: tuple[float, float]) -> None:
        trunk = self._digit(digit)
        if trunk not in graft_ids(self.pose):
            new_id = self.draft.next_digit_id()
            self._edit(edits.split(self.pose, trunk, level, spot, branch_id=new_id), "split")

    @rule(number=pick)
    @precondition(lambda self: self.pose.splits)
    def unsplit(self, number: int) -> None:
        branch = self.pose.splits[number % len(self.pose.splits)].branch_id
        self._edit(edits.unsplit(self.pose, branch), "unsplit")

    @rule(digit=pick, spot=spots)
    @precondition(lambda self: 0 < self.pose.digit_count < 9)
    def graft(self, digit: int, spot: tuple[float, float]) -> None:
        new_id = self.draft.next_digit_id()
        self._edit(edits.graft_phalanx(self.pose, self._digit(digit), spot, branch_id=new_id), "graft")

    @rule(digit=pick, level=st.sampled_from(list(Level)))
    @precondition(has_digits)
    def cut(self, digit: int, level: Level) -> None:
        self._edit(edits.cut_phalanx(self.pose, self._digit(digit), level), "cut")

    # ---- predictions and other opinions --------------------------------------------------------------------------

    @rule(placed=st.booleans())
    def accept(self, placed: bool) -> None:
        rows = merging.placed_rows(self.pose, self.predicted) if placed else ()
        self._edit(merging.accept_prediction(self.pose, self.predicted, placed=rows), "accept the prediction")

    @rule(digit=st.integers(0, 4))
    def accept_digit(self, digit: int) -> None:
        try:
            pose = merging.take_digit(self.pose, self.predicted, digit)
        except KeyError:
            return
        self._edit(pose, "accept a digit")

    @rule(step=pick, number=pick)
    def take_from_another_state(self, step: int, number: int) -> None:
        other = self.model[step % len(self.model)]
        found = differences(self.now, other)
        if found:
            opinion = merging.take(self.now, self.now, other, found[number % len(found)], "b")
            self.draft.commit(opinion, "take")
            self._expect(opinion)

    # ---- judgements ----------------------------------------------------------------------------------------------

    @rule(verdict=st.none() | st.sampled_from(VERDICTS))
    def verdict(self, verdict: str | None) -> None:
        self.draft.set_verdict(verdict)
        self._expect(replace(self.now, verdict=verdict))

    @rule(note=st.text(max_size=12))
    def note(self, note: str) -> None:
        self.draft.set_note(note)
        self._expect(replace(self.now, note=note))

    @rule(flagged=st.booleans())
    def flag(self, flagged: bool) -> None:
        self.draft.set_flagged(flagged)
        self._expect(replace(self.now, flagged=flagged))

    @rule(finding=findings, accepted=st.none() | st.booleans())
    def finding(self, finding: Finding, accepted: bool | None) -> None:
        self.draft.judge_finding(finding, accepted)
        others = tuple(f for f in self.now.findings if (f.kind, f.part) != (finding.kind, finding.part))
        mine = () if accepted is None else (replace(finding, accepted=accepted),)
        self._expect(replace(self.now, findings=(*others, *mine)))

    # ---- going back and forth ------------------------------------------------------------------------------------

    @rule()
    def undo(self) -> None:
        self.draft.undo()
        if self.index:
            self.index -= 1
            self.written.append(self.now)

    @rule()
    def redo(self) -> None:
        self.draft.redo()
        if self.index + 1 < len(self.model):
            self.index += 1
            self.written.append(self.now)

    @rule(step=pick)
    def jump(self, step: int) -> None:
        target = step % len(self.model)
        self.draft.go_to(target)
        if target != self.index:
            self.index = target
            self.written.append(self.now)

    @rule()
    def wait_until_saved(self) -> None:
        self._check_disk()

    @rule()
    def reload(self) -> None:
        newest = self._check_disk()
        if newest is None:
            return
        self.draft.deleteLater()
        self.draft = self._open(opinion_of(newest), newest)
        self.model, self.index = [self.now], 0

    # ---- what must hold ------------------------------------------------------------------------------------------

    @invariant()
    def the_draft_is_where_the_model_is(self) -> None:
        assert self.draft.snapshot == self.now
        assert self.draft.pose == self.pose
        assert [step.value for step in self.draft.steps()] == self.model
        assert self.draft.position == self.index
        assert self.draft.history.can_undo == (self.index > 0)
        assert self.draft.history.can_redo == (self.index + 1 < len(self.model))

    def _check_disk(self) -> Annotation | None:
        """Every state that was ever current is one revision on disk, in order, each after the one before."""
        self.settled()
        assert self.draft.save_state is (SaveState.SAVED if self.written else SaveState.UNTOUCHED)
        found = [r for r in annotate.history(self.ctx.project, self.draft.hand_id) if r.round == self.round]
        assert [opinion_of(revision) for revision in found] == self.written
        assert [r.parent_id for r in found] == [None, *(r.id for r in found[:-1])][: len(found)]
        return found[-1] if found else None

    def teardown(self) -> None:
        self._check_disk()
        self.draft.deleteLater()


def test_any_sequence_of_edits_undo_redo_and_reload_gives_the_same_states(ctx: Context, settled: Settled) -> None:
    """What is shown, what can be undone and what is on disk agree with a list and an index, whatever is done."""
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: DraftMachine(ctx, settled),
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
