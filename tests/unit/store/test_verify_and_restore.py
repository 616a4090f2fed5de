"""Promises of `store.verify` and `store.backup`: damage is found, copies are whole, a restore loses nothing."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.store import annotations, backup, images
from handanat_studio.store.engine import Store, open_store
from handanat_studio.store.verify import verify

AddHand = Callable[[Store], int]
Revise = Callable[..., NewAnnotation]


def _annotate(store: Store, add_hand: AddHand, revise: Revise) -> int:
    hand_id = add_hand(store)
    with store.write() as session:
        first = annotations.append(session, revise(hand_id, verdict="plausible"))
        annotations.append(session, revise(hand_id, parent_id=first.id, verdict="unsure"))
        annotations.append(session, revise(hand_id, "Ben", round=2))
    return hand_id


def test_a_sound_store_has_no_problem(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """Everything the noun files write passes every check."""
    for _ in range(3):
        _annotate(store, add_hand, revise)
    assert verify(store) == []


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("UPDATE newest_annotations SET verdict = 'implausible' WHERE annotator_id = 1", "library"),
        ("UPDATE newest_annotations SET of_hand = 0", "library"),
        ("UPDATE newest_annotations SET of_annotator = 0", "library"),
        ("UPDATE newest_annotations SET annotation_id = 1 WHERE annotator_id = 1", "library"),
        ("DELETE FROM newest_annotations", "library"),
        ("UPDATE detections SET pose = '{}'", "pose"),
        ("UPDATE alembic_version SET version_num = '0000'", "file"),
    ],
)
def test_disagreeing_rows_are_found(store: Store, add_hand: AddHand, revise: Revise, damage: str, kind: str) -> None:
    """Each kind of disagreement is a problem of its own kind."""
    _annotate(store, add_hand, revise)
    with store.write() as session:
        session.execute(text(damage))
    assert {problem.kind for problem in verify(store)} == {kind}


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("DROP TRIGGER annotations_refuse_update", "schema"),
        ("PRAGMA foreign_keys=OFF; UPDATE hands SET image_id = 99", "reference"),
        ("DROP TRIGGER annotations_refuse_update; UPDATE annotations SET findings = '[{}]'", "pose"),
        ("DROP TRIGGER annotations_refuse_delete; DELETE FROM annotations WHERE id = 1", "chain"),
        (
            "DROP TRIGGER annotations_refuse_update; UPDATE annotations SET parent_id = NULL, round = 2 WHERE id = 2",
            "library",
        ),
    ],
)
def test_tampering_is_found(sqlite_store: Store, add_hand: AddHand, revise: Revise, damage: str, kind: str) -> None:
    """Changes made around the program, with guards removed, do not go unseen."""
    _annotate(sqlite_store, add_hand, revise)
    with closing(sqlite3.connect(str(sqlite_store.file))) as connection:
        connection.executescript(damage)
    assert kind in {problem.kind for problem in verify(sqlite_store)}


def test_a_damaged_page_is_a_problem_not_a_crash(sqlite_store: Store, add_hand: AddHand, revise: Revise) -> None:
    """`verify` finishes on a damaged file and says so."""
    for _ in range(20):
        _annotate(sqlite_store, add_hand, revise)
    sqlite_store.close()
    file = sqlite_store.file
    assert file is not None
    content = bytearray(file.read_bytes())
    half = len(content) // 2
    content[half:] = b"\xab" * (len(content) - half)
    file.write_bytes(content)
    store = open_store(file)
    assert "file" in {problem.kind for problem in verify(store)}
    store.close()


def test_images_are_compared_with_their_hashes(store: Store, tmp_path: Path) -> None:
    """A changed and a missing file are named; an untouched one is not."""
    for name in ("same", "changed", "gone"):
        (tmp_path / name).write_bytes(name.encode())
    with store.write() as session:
        new = [
            images.NewImage(uri=n, sha256=hashlib.sha256(n.encode()).hexdigest()) for n in ("same", "changed", "gone")
        ]
        images.add_many(session, [*new, images.NewImage(uri="never there", error="broken")])
    (tmp_path / "changed").write_bytes(b"other")
    (tmp_path / "gone").unlink()
    found = [problem.message for problem in verify(store, image_path=lambda uri: tmp_path / uri)]
    assert found == ["changed has changed since it was imported", "gone cannot be read: No such file or directory"]


def test_a_backup_holds_what_was_committed(sqlite_store: Store, add_hand: AddHand, tmp_path: Path) -> None:
    """A copy taken during a write has everything that was committed before, and nothing of the open write."""
    add_hand(sqlite_store)
    with sqlite_store.write() as session:
        images.add_many(session, [images.NewImage(uri="pending.png")])
        copy = backup.backup(sqlite_store, tmp_path / "backups")
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [copy.name]
    backup.check_copy(copy)
    opened = open_store(copy)
    with opened.read() as session:
        assert len(images.all_ids(session)) == 1
    opened.close()


def test_pruning_keeps_the_newest(sqlite_store: Store, tmp_path: Path) -> None:
    """The newest copies stay, other files are not touched, and nobody can ask to keep none."""
    assert sqlite_store.file is not None
    folder = tmp_path / "backups"
    copies = [backup.backup(sqlite_store, folder) for _ in range(4)]
    (folder / "notes.sqlite").write_text("mine")
    assert backup.backups_of(sqlite_store.file, folder) == copies
    assert backup.prune(sqlite_store.file, folder, keep=2) == copies[:2]
    assert backup.backups_of(sqlite_store.file, folder) == copies[2:]
    assert (folder / "notes.sqlite").exists()
    with pytest.raises(ValueError, match="at least one"):
        backup.prune(sqlite_store.file, folder, keep=0)


def test_a_backup_folder_that_cannot_be_written_is_said_plainly(sqlite_store: Store, tmp_path: Path) -> None:
    """A file in the place of the folder is a clear error, and no half copy stays."""
    (tmp_path / "backups").write_text("in the way")
    with pytest.raises(UserError, match="could not be written"):
        backup.backup(sqlite_store, tmp_path / "backups")


@pytest.mark.e2e
def test_a_server_is_not_backed_up_by_file(postgres_store: Store, tmp_path: Path) -> None:
    """On PostgreSQL the user is sent to its own tool."""
    with pytest.raises(UserError, match="pg_dump"):
        backup.backup(postgres_store, tmp_path)


def test_restoring_brings_the_old_state_back_and_keeps_the_new(
    sqlite_store: Store, add_hand: AddHand, tmp_path: Path
) -> None:
    """After a restore the project is as it was at the backup; the replaced file is whole and beside it."""
    file = sqlite_store.file
    assert file is not None
    add_hand(sqlite_store)
    copy = backup.backup(sqlite_store, tmp_path / "backups")
    add_hand(sqlite_store)
    sqlite_store.close()
    aside = backup.restore(copy, file)
    assert aside is not None
    for path, expected in ((file, 1), (aside, 2), (copy, 1)):
        opened = open_store(path)
        with opened.read() as session:
            assert len(images.all_ids(session)) == expected
        assert verify(opened) == []
        opened.close()


def test_a_leftover_log_is_not_replayed_into_the_restored_file(
    sqlite_store: Store, add_hand: AddHand, tmp_path: Path
) -> None:
    """A damaged project with a write-ahead log beside it is put aside together with the log."""
    file = sqlite_store.file
    assert file is not None
    add_hand(sqlite_store)
    copy = backup.backup(sqlite_store, tmp_path / "backups")
    sqlite_store.close()
    file.write_bytes(b"rubbish")
    Path(f"{file}-wal").write_bytes(b"old log")
    aside = backup.restore(copy, file)
    assert aside is not None
    assert aside.read_bytes() == b"rubbish"
    assert Path(f"{aside}-wal").read_bytes() == b"old log"
    opened = open_store(file)
    assert verify(opened) == []
    opened.close()


def test_a_missing_project_can_be_restored(sqlite_store: Store, tmp_path: Path) -> None:
    """Without a file in the way nothing is put aside."""
    file = sqlite_store.file
    assert file is not None
    copy = backup.backup(sqlite_store, tmp_path / "backups")
    sqlite_store.close()
    file.unlink()
    assert backup.restore(copy, file) is None
    open_store(file, create=False).close()


def test_an_open_project_is_not_replaced(sqlite_store: Store, add_hand: AddHand, tmp_path: Path) -> None:
    """While any program has the project open, a restore is refused and nothing is touched."""
    file = sqlite_store.file
    assert file is not None
    add_hand(sqlite_store)
    copy = backup.backup(sqlite_store, tmp_path / "backups")
    with pytest.raises(UserError, match="open in another"):
        backup.restore(copy, file)
    with sqlite_store.read() as session:
        assert len(images.all_ids(session)) == 1
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"


@pytest.mark.parametrize("content", [None, b"", b"rubbish" * 1000])
def test_a_bad_backup_is_refused(sqlite_store: Store, tmp_path: Path, content: bytes | None) -> None:
    """A missing, empty or broken copy never replaces anything."""
    file = sqlite_store.file
    assert file is not None
    sqlite_store.close()
    before = file.read_bytes()
    bad = tmp_path / "bad.sqlite"
    if content is not None:
        bad.write_bytes(content)
    with pytest.raises(UserError, match=r"no backup at|not a usable backup|damaged"):
        backup.restore(bad, file)
    assert file.read_bytes() == before


def test_a_backup_of_a_newer_version_is_refused(sqlite_store: Store, tmp_path: Path) -> None:
    """A copy that this version could not open does not replace the one it can."""
    file = sqlite_store.file
    assert file is not None
    copy = backup.backup(sqlite_store, tmp_path / "backups")
    sqlite_store.close()
    with closing(sqlite3.connect(copy)) as connection:
        connection.executescript("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UserError, match="newer version"):
        backup.restore(copy, file)
