"""The thumbnail cache: a SQLite file of its own that may be deleted at any time. It never makes a caller fail."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from threading import Lock
from time import time
from typing import Any

_TABLE = """
CREATE TABLE IF NOT EXISTS thumbnails (
    key TEXT PRIMARY KEY, used REAL NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS ix_thumbnails_used ON thumbnails (used, size);
"""
_FLUSH_EVERY = 256


class ThumbnailCache:
    """Encoded thumbnails by key, oldest-used ones dropped when the cache grows too large. Safe to use from any thread.

    Args:
        path: the file; made when missing, replaced when damaged.
        limit_mb: size of all thumbnails together, in 10^6 bytes.
    """

    def __init__(self, path: Path, *, limit_mb: float = 512) -> None:
        self._path = path
        self._limit = int(limit_mb * 1e6)
        self._lock = Lock()
        self._touched: dict[str, float] = {}
        self._connection: sqlite3.Connection | None = None
        self._size = 0
        with self._lock:
            self._open()

    def get(self, key: str) -> bytes | None:
        """Return a thumbnail, or None if it is not in the cache."""
        with self._lock:
            row = self._run("SELECT data FROM thumbnails WHERE key = ?", key)
            if row is None:
                return None
            # Writing the time of use at once would make every look a write.
            self._touched[key] = time()
            if len(self._touched) >= _FLUSH_EVERY:
                self._flush()
            return bytes(row[0])

    def put(self, key: str, data: bytes) -> None:
        """Store a thumbnail, replacing the one of the same key."""
        with self._lock:
            old = self._run("SELECT size FROM thumbnails WHERE key = ?", key)
            self._run("INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?, ?)", key, time(), len(data), data)
            self._touched.pop(key, None)
            self._size += len(data) - (old[0] if old else 0)
            if self._size > self._limit:
                self._flush()
                self._evict()

    def close(self) -> None:
        """Write what is pending and close the file."""
        with self._lock:
            self._flush()
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> None:
        for attempt in range(2):
            with contextlib.suppress(sqlite3.OperationalError, OSError):
                try:
                    self._connect()
                    return
                except sqlite3.DatabaseError as error:
                    if isinstance(error, sqlite3.OperationalError) or attempt:
                        raise
                    self._discard()
        self._connection = None

    def _connect(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=0.5)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.executescript(_TABLE)
        self._size = self._connection.execute("SELECT coalesce(sum(size), 0) FROM thumbnails").fetchone()[0]

    def _discard(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._touched.clear()
        self._size = 0
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def _run(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        if self._connection is None:
            return None
        try:
            row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
        except sqlite3.OperationalError:
            # Busy or full: the picture is simply made again.
            return None
        except sqlite3.DatabaseError:
            self._discard()
            self._open()
            return None
        return row

    def _flush(self) -> None:
        touched, self._touched = self._touched, {}
        self._run("BEGIN")
        for key, used in touched.items():
            self._run("UPDATE thumbnails SET used = ? WHERE key = ?", used, key)
        self._run("COMMIT")

    def _evict(self) -> None:
        """Drop the oldest-used tenth, so that eviction is rare."""
        spare = self._size - int(0.9 * self._limit)
        oldest = "SELECT key, sum(size) OVER (ORDER BY used, key) - size AS before FROM thumbnails"
        self._run(f"DELETE FROM thumbnails WHERE key IN (SELECT key FROM ({oldest}) WHERE before < ?)", spare)
        row = self._run("SELECT coalesce(sum(size), 0) FROM thumbnails")
        self._size = int(row[0]) if row else 0
