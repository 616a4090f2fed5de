"""Silence for native libraries that write to the process's error stream and have no switch for it in Python."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Two threads that redirect at once would each restore the other's redirection.
_LOCK = threading.RLock()


@contextmanager
def silenced() -> Iterator[None]:
    """Point the error stream nowhere while the block runs, and back afterwards whatever happens."""
    with _LOCK:
        try:
            kept = os.dup(2)
        except OSError:
            # A windowed program has no error stream to protect.
            yield
            return
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
