"""Pickled values over a pair of byte streams, each behind its length. Only between this program and its own child."""

from __future__ import annotations

import pickle
import struct
import threading
from typing import BinaryIO

_LENGTH = struct.Struct(">Q")


class Pipe:
    """One direction each way; sending is safe from any thread, receiving belongs to one.

    Args:
        incoming: stream that is read.
        outgoing: stream that is written.
    """

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._lock = threading.Lock()

    def send(self, value: object) -> None:
        """Write one value.

        Raises:
            OSError: if the other end is gone.
            Exception: whatever pickling raises; nothing was written then.
        """
        data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
        with self._lock:
            self._outgoing.write(_LENGTH.pack(len(data)) + data)
            self._outgoing.flush()

    def receive(self) -> object:
        """Read one value, waiting for it.

        Raises:
            EOFError: if the other end is gone, also in the middle of a value.
        """
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size))
        return pickle.loads(self._read(length))

    def close_outgoing(self) -> None:
        """Close the written stream: the other end receives `EOFError`."""
        with self._lock:
            try:
                self._outgoing.close()
            except OSError:
                return

    def close_incoming(self) -> None:
        """Close the read stream."""
        self._incoming.close()

    def _read(self, count: int) -> bytes:
        data = self._incoming.read(count)
        if len(data) != count:
            raise EOFError
        return data
