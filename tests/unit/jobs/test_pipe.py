"""Promises of the pipe between the window and its worker."""

import os
import threading

import pytest

from handanat_studio.jobs.pipe import Pipe


@pytest.fixture
def ends():
    """Two pipes that talk to each other."""
    a_read, b_write = os.pipe()
    b_read, a_write = os.pipe()
    a = Pipe(os.fdopen(a_read, "rb"), os.fdopen(a_write, "wb"))
    b = Pipe(os.fdopen(b_read, "rb"), os.fdopen(b_write, "wb"))
    yield a, b
    for pipe in (a, b):
        pipe.close_outgoing()
        pipe.close_incoming()


def test_values_arrive_whole_and_in_order(ends):
    """A value larger than the operating system's pipe buffer arrives unchanged, and before the next one."""
    a, b = ends
    values = [{"paths": ["x" * 100] * 5_000}, 2]
    sender = threading.Thread(target=lambda: [a.send(value) for value in values])
    sender.start()
    assert [b.receive(), b.receive()] == values
    sender.join()


def test_a_value_cut_short_is_the_end_and_not_half_a_value(ends):
    """A sender that dies in the middle of a value reads as the end of the stream."""
    a, b = ends
    a._outgoing.write(b"\0\0\0\0\0\0\0\x40" + b"half")
    a.close_outgoing()
    with pytest.raises(EOFError):
        b.receive()


def test_a_value_that_cannot_be_pickled_leaves_the_pipe_usable(ends):
    """An error while pickling writes nothing."""
    a, b = ends
    with pytest.raises((AttributeError, TypeError)):
        a.send(lambda: None)
    a.send("after")
    assert b.receive() == "after"
