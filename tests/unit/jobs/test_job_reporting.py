"""Promises of the worker's progress: throttled, complete at the end, and the place where cancelling is noticed."""

import threading

import pytest

from handanat_studio.errors import Cancelled
from handanat_studio.jobs.messages import Progressed, Published, Started
from handanat_studio.jobs.reporting import PipeProgress


class _Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    """A clock that only moves when told."""
    return _Clock()


def test_a_thousand_steps_in_a_second_are_at_most_eleven_messages(clock):
    """Progress never floods the window: ten messages a second and the last count."""
    sent = []
    progress = PipeProgress(1, sent.append, threading.Event(), clock)
    progress.start("Counting", 1000)
    for _ in range(1000):
        clock.now += 0.001
        progress.step()
    progress.flush()
    told = [message for message in sent if isinstance(message, Progressed)]
    assert len(told) <= 11
    assert told[-1] == Progressed(1, 1000, 1000, "", "Counting")


def test_the_last_count_of_a_stage_is_told_before_the_next_stage(clock):
    """A stage never ends short of its total because its last steps came too fast."""
    sent = []
    progress = PipeProgress(1, sent.append, threading.Event(), clock)
    progress.start("First", 2)
    progress.step(note="a")
    progress.step(note="b")
    progress.start("Second", 1)
    assert sent == [
        Started(1, "First", 2),
        Progressed(1, 1, 2, "a", "First"),
        Progressed(1, 2, 2, "b", "First"),
        Started(1, "Second", 1),
    ]


def test_every_call_notices_that_the_job_is_to_stop(clock):
    """Cancelling is asked at start, step and publish; what is published is still told, since it has happened."""
    sent = []
    stop = threading.Event()
    progress = PipeProgress(1, sent.append, stop, clock)
    stop.set()
    for call in (lambda: progress.start("x"), progress.step, lambda: progress.publish("changed")):
        with pytest.raises(Cancelled):
            call()
    assert sent == [Published(1, "changed")]
