"""Promises of `store.engine`: no lost update, no lock error, all or nothing, sessions that stay where they belong."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, InvalidRequestError

from handanat_studio.errors import UserError
from handanat_studio.store import images
from handanat_studio.store.engine import Store, open_store
from handanat_studio.store.schema import ImageRow


def _threads(count: int, target: object) -> list[BaseException]:
    failures: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            target(number)  # type: ignore[operator]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_no_update_is_lost_and_nobody_meets_a_lock(store: Store) -> None:
    """4 threads x 150 read-modify-writes end at exactly 600, with no error."""
    with store.write() as session:
        (image_id,) = images.add_many(session, [images.NewImage(uri="counter.png", width=1)])

    def work(_: int) -> None:
        for _ in range(150):
            with store.write() as session:
                width = session.execute(select(ImageRow.width).where(ImageRow.id == image_id)).scalar_one()
                session.execute(update(ImageRow).where(ImageRow.id == image_id).values(width=width + 1))

    assert _threads(4, work) == []
    with store.read() as session:
        assert images.get(session, image_id).width == 601


def test_transactions_that_begin_as_readers_do_fail(sqlite_store: Store) -> None:
    """The race test can fail: with the plain BEGIN of most programs the same work meets locks."""
    assert sqlite_store.file is not None
    with sqlite_store.write() as session:
        images.add_many(session, [images.NewImage(uri="counter.png", width=1)])

    def work(_: int) -> None:
        with closing(sqlite3.connect(str(sqlite_store.file), isolation_level=None, timeout=5)) as connection:
            for _ in range(150):
                connection.execute("BEGIN")
                (width,) = connection.execute("SELECT width FROM images").fetchone()
                connection.execute("UPDATE images SET width = ?", (width + 1,))
                connection.execute("COMMIT")

    failures = _threads(4, work)
    assert failures
    assert {type(failure) for failure in failures} == {sqlite3.OperationalError}


def test_a_failed_block_changes_nothing(store: Store) -> None:
    """An exception inside `write()` undoes everything the block did and passes through unchanged."""

    def fail_after_a_write() -> None:
        with store.write() as session:
            images.add_many(session, [images.NewImage(uri="a.png")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_a_write()
    with store.read() as session:
        assert images.all_ids(session) == []


def test_a_reader_sees_one_state_while_others_write(store: Store) -> None:
    """A read unit does not see what is committed after it began, and does not hold up the writer."""
    with store.read() as session:
        before = images.all_ids(session)

        def write(_: int) -> None:
            with store.write() as writer:
                images.add_many(writer, [images.NewImage(uri="b.png")])

        assert _threads(1, write) == []
        assert images.all_ids(session) == before == []
    with store.read() as session:
        assert len(images.all_ids(session)) == 1


def test_a_read_unit_cannot_write(store: Store) -> None:
    """A write through a read session is refused by the database."""
    with pytest.raises((DBAPIError, UserError)), store.read() as session:
        images.add_many(session, [images.NewImage(uri="c.png")])
    with store.read() as session:
        assert images.all_ids(session) == []


def test_a_session_ends_with_its_block(store: Store) -> None:
    """A session that escaped its `with` block is dead."""
    with store.read() as session:
        pass
    with pytest.raises(InvalidRequestError):
        session.execute(text("SELECT 1"))


def test_a_session_refuses_another_thread(store: Store) -> None:
    """Using a session in another thread is an error at once, not a corruption later."""
    with store.read() as session:
        failures = _threads(1, lambda _: session.execute(text("SELECT 1")))
    assert [type(failure) for failure in failures] == [RuntimeError]


def test_a_busy_project_is_said_plainly(sqlite_store: Store) -> None:
    """When another program holds the write lock for too long, the user is told so and nothing is half saved."""
    assert sqlite_store.file is not None
    other = open_store(sqlite_store.file)
    with sqlite_store.write():
        with other._engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA busy_timeout=20")
        with pytest.raises(UserError, match="busy"), other.write():
            pytest.fail("the lock was not respected")
    other.close()


def test_sqlite_runs_under_the_promised_pragmas(sqlite_store: Store) -> None:
    """Foreign keys, WAL and the rest hold on every connection that is given out."""
    expected = {
        "journal_mode": "wal",
        "synchronous": 1,
        "busy_timeout": 5000,
        "foreign_keys": 1,
        "recursive_triggers": 1,
    }
    with sqlite_store.read() as first, sqlite_store.read() as second:
        for session in (first, second):
            found = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in expected}
            assert found == expected


def test_closing_leaves_one_file(tmp_path: Path) -> None:
    """After `close()` the project is a single file that can be copied."""
    store = open_store(tmp_path / "project.sqlite")
    with store.write() as session:
        images.add_many(session, [images.NewImage(uri="d.png")])
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["project.sqlite"]
