"""Promises of the thumbnail cache: it is quick, bounded, disposable, and never makes a caller fail."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from handanat_studio.store.thumbnails import ThumbnailCache


def test_a_thumbnail_comes_back(tmp_path: Path) -> None:
    """What was put is got, also after closing and opening again; the newest of a key counts."""
    cache = ThumbnailCache(tmp_path / "deep" / "thumbnails.sqlite")
    assert cache.get("a") is None
    cache.put("a", b"one")
    cache.put("a", b"two")
    cache.close()
    again = ThumbnailCache(tmp_path / "deep" / "thumbnails.sqlite")
    assert again.get("a") == b"two"
    again.close()


@pytest.mark.parametrize("content", [b"rubbish" * 1000, b"SQLite format 3\0" + b"\xff" * 4096, b"x"])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, content: bytes) -> None:
    """Nobody hears of a broken cache; it starts empty and works."""
    path = tmp_path / "thumbnails.sqlite"
    path.write_bytes(content)
    cache = ThumbnailCache(path)
    cache.put("a", b"data")
    assert cache.get("a") == b"data"
    cache.close()


def test_damage_while_in_use_is_made_anew(tmp_path: Path) -> None:
    """Damage that appears under an open cache costs pictures, not the program."""
    path = tmp_path / "thumbnails.sqlite"
    cache = ThumbnailCache(path)
    for number in range(200):
        cache.put(f"{number}", b"d" * 3000)
    cache.close()
    cache = ThumbnailCache(path)
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xab" * (len(content) - 4096))
    for number in range(200):
        cache.get(f"{number}")
    cache.put("new", b"data")
    assert cache.get("new") == b"data"
    cache.close()


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    """Over its limit the cache drops what nobody has looked at for longest, and stays within the limit."""
    cache = ThumbnailCache(tmp_path / "thumbnails.sqlite", limit_mb=0.1)
    for number in range(10):
        cache.put(f"{number}", bytes(10_000))
    assert cache.get("0") is not None
    cache.put("10", bytes(10_000))
    assert cache.get("1") is None
    assert cache.get("0") is not None
    assert cache.get("10") is not None
    cache.close()
    with closing(sqlite3.connect(tmp_path / "thumbnails.sqlite")) as connection:
        assert connection.execute("SELECT sum(size) FROM thumbnails").fetchone()[0] <= 90_000


def test_a_cache_that_cannot_be_written_is_only_slow(tmp_path: Path) -> None:
    """Where no file can be made, every look is a miss and nothing raises."""
    (tmp_path / "folder").write_text("in the way")
    cache = ThumbnailCache(tmp_path / "folder" / "thumbnails.sqlite")
    cache.put("a", b"data")
    assert cache.get("a") is None
    cache.close()


def test_a_locked_cache_is_only_slow(tmp_path: Path) -> None:
    """While another program holds the file, a put is dropped and a get still answers."""
    path = tmp_path / "thumbnails.sqlite"
    cache = ThumbnailCache(path)
    cache.put("a", b"data")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        cache.put("b", b"data")
        assert cache.get("a") == b"data"
        other.execute("ROLLBACK")
    assert cache.get("b") is None
    cache.close()


def test_threads_share_a_cache(tmp_path: Path) -> None:
    """Four threads may put and get at once."""
    cache = ThumbnailCache(tmp_path / "thumbnails.sqlite")
    missing: list[str] = []

    def work(name: int) -> None:
        for number in range(50):
            cache.put(f"{name}-{number}", f"{name}-{number}".encode())
            if cache.get(f"{name}-{number}") != f"{name}-{number}".encode():
                missing.append(f"{name}-{number}")

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cache.close()
    assert missing == []
