"""Promises of the progress on stderr."""

import io

from handanat_studio.cli.terminal_progress import TerminalProgress


class _Terminal(io.StringIO):
    def isatty(self):
        return True


class _Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_log_gets_a_line_every_few_seconds_and_one_at_the_end():
    """Twelve thousand steps in twelve seconds are three lines, and the last one tells the whole."""
    stream, clock = io.StringIO(), _Clock()
    with TerminalProgress(stream, clock) as progress:
        progress.start("Find hands", 12_000)
        for _ in range(12_000):
            clock.now += 0.001
            progress.step(note="x.png")
    lines = stream.getvalue().splitlines()
    assert lines[-1] == "Find hands: 12000 of 12000, 1000.0/s"
    assert len(lines) == 3


def test_small_stages_without_a_total_do_not_fill_a_log():
    """Only what takes long or can be counted is worth a line."""
    stream, clock = io.StringIO(), _Clock()
    with TerminalProgress(stream, clock) as progress:
        for stage in ("file", "schema", "references"):
            progress.start(stage)
            clock.now += 0.1
            progress.step()
        progress.start("Import images", 3)
        clock.now += 1.5
        progress.step(3)
    assert stream.getvalue() == "Import images: 3 of 3, 2.0/s\n"


def test_a_terminal_gets_a_bar_that_ends_with_the_work():
    """The bar reaches its total and is closed, so that the next line begins on a line of its own."""
    stream = _Terminal()
    with TerminalProgress(stream) as progress:
        progress.start("Find hands", 3)
        for name in ("a", "b", "c"):
            progress.step(note=name)
    assert "3/3" in stream.getvalue()
    assert stream.getvalue().endswith("\n")


def test_an_error_ends_the_bar_too():
    """What is printed after a failure does not run into the bar."""
    stream = _Terminal()
    progress = TerminalProgress(stream)
    progress.__enter__()
    progress.start("Find hands", 3)
    progress.step()
    progress.__exit__(KeyError, KeyError(), None)
    assert stream.getvalue().endswith("\n")
