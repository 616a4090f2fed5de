"""Undo and redo behave like a list and an index, whatever the order of calls."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from handanat_studio.hand.history import History


class HistoryMachine(RuleBasedStateMachine):
    """Compares `History` with the plainest model there is: two stacks."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History(0)
        self.past: list[int] = [0]
        self.future: list[int] = []

    @rule(value=st.integers(0, 5))
    def push(self, value: int) -> None:
        """A new state forgets what was undone; an equal one changes nothing."""
        added = self.history.push(value, f"to {value}")
        assert added == (value != self.past[-1])
        if added:
            self.past.append(value)
            self.future.clear()

    @rule()
    def undo(self) -> None:
        """Undo at the start stays at the start."""
        if len(self.past) > 1:
            self.future.append(self.past.pop())
        assert self.history.undo() == self.past[-1]

    @rule()
    def redo(self) -> None:
        """Redo at the end stays at the end."""
        if self.future:
            self.past.append(self.future.pop())
        assert self.history.redo() == self.past[-1]

    @invariant()
    def agrees_with_the_model(self) -> None:
        """The current state and what is possible match the model."""
        assert self.history.current == self.past[-1]
        assert self.history.can_undo == (len(self.past) > 1)
        assert self.history.can_redo == bool(self.future)


TestHistory = HistoryMachine.TestCase
TestHistory.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_actions_are_named() -> None:
    """The menu can say what it would undo and redo."""
    history = History("a")
    history.push("b", "move index_tip")
    assert history.undo_action == "move index_tip"
    history.undo()
    assert history.undo_action == ""
    assert history.redo_action == "move index_tip"
