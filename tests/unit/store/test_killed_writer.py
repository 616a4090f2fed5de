"""Promise of the store: what was acknowledged is there after the process was killed at any moment."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from handanat_studio.store import annotations
from handanat_studio.store.engine import Store, open_store
from handanat_studio.store.verify import verify

_WRITER = """
import sys
import numpy as np
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import HandPose
from handanat_studio.store import annotations
from handanat_studio.store.engine import open_store

store = open_store(sys.argv[1])
hand_id, parent = int(sys.argv[2]), int(sys.argv[3]) or None
pose = HandPose.ordinary(np.arange(42).reshape(21, 2))
while True:
    with store.write() as session:
        parent = annotations.append(session, NewAnnotation(hand_id, "Ada", pose, parent_id=parent)).id
    print(parent, flush=True)
"""


def kill_writers(store_url: str, hand_id: int, *, rounds: int, seed: int = 0) -> int:
    """Start a writer, kill -9 it at a random moment, compare; return how many edits were acknowledged in all."""
    draw = random.Random(seed)
    acknowledged: list[int] = []
    for _ in range(rounds):
        parent = _newest(store_url, hand_id)
        command = [sys.executable, "-c", _WRITER, store_url, str(hand_id), str(parent)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            acknowledged.append(int(writer.stdout.readline()))
            timer = threading.Timer(draw.uniform(0.0, 0.15), writer.send_signal, [signal.SIGKILL])
            timer.start()
            acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]
            timer.join()
        assert writer.returncode == -signal.SIGKILL
        store = open_store(store_url)
        with store.read() as session:
            stored = [annotation.id for annotation in annotations.history(session, hand_id)]
        assert set(acknowledged) <= set(stored)
        # At most the edit that was committed but not yet printed is extra.
        assert len(stored) <= len(acknowledged) + rounds
        assert verify(store) == []
        store.close()
    return len(acknowledged)


def _newest(store_url: str, hand_id: int) -> int:
    store = open_store(store_url)
    with store.read() as session:
        newest = annotations.newest(session, hand_id, "Ada")
    store.close()
    return newest.id if newest else 0


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
def test_every_acknowledged_edit_survives_a_kill(store_url: str, add_hand: Callable[[Store], int]) -> None:
    """Writers are killed at random moments; every edit they acknowledged is there and `verify` is clean."""
    store = open_store(store_url)
    hand_id = add_hand(store)
    store.close()
    rounds = 4 if store.dialect == "sqlite" else 2
    assert kill_writers(store_url, hand_id, rounds=rounds) >= rounds
