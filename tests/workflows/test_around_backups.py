"""Backups of a project: when one is due, which are kept, what restoring keeps."""

from pathlib import Path

import pytest

from handanat_studio import project as projects
from handanat_studio.errors import UserError
from handanat_studio.store import annotators
from handanat_studio.store.backup import SCHEDULED, describe
from handanat_studio.store.glance import Glance, glance
from handanat_studio.workflows import backups, recent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A closed project that knows one annotator."""
    project = projects.create(tmp_path / "project")
    with project.store.write() as session:
        annotators.ensure(session, "ada")
    project.close()
    return project.root


def names(root: Path) -> list[str]:
    """Return the annotators that a project knows."""
    project = projects.open_project(root)
    with project.store.read() as session:
        found = [person.name for person in annotators.all(session)]
    project.close()
    return found


def add(root: Path, name: str) -> None:
    """Add an annotator."""
    project = projects.open_project(root)
    with project.store.write() as session:
        annotators.ensure(session, name)
    project.close()


def test_a_copy_is_due_when_the_newest_is_old_enough(root: Path) -> None:
    """The first is always due; while it is young nothing is copied; with no waiting time the next is due at once."""
    first = backups.make_scheduled(root, minutes=30, keep=5)
    assert first is not None
    assert backups.make_scheduled(root, minutes=30, keep=5) is None
    assert backups.make_scheduled(root, minutes=0, keep=5) is not None
    assert [copy.label for copy in backups.of_project(root)] == [SCHEDULED, SCHEDULED]


def test_the_schedule_deletes_only_its_own_copies(root: Path) -> None:
    """Copies made by hand and before a migration stay, however many scheduled ones come after them."""
    by_hand = backups.make(root)
    migrated = backups.make(root, label="before-0002")
    made = [backups.make_scheduled(root, minutes=0, keep=2) for _ in range(4)]
    kept = {copy.path for copy in backups.of_project(root)}
    assert kept == {by_hand, migrated, *made[2:]}


def test_a_backup_says_when_and_why_it_was_made_and_how_much_it_holds(root: Path) -> None:
    """Read from its name and its tables, without checking it whole; a damaged one is listed as unreadable."""
    path = backups.make(root, label=SCHEDULED)
    (copy,) = backups.of_project(root)
    assert (copy.path, copy.label, copy.revisions) == (path, SCHEDULED, 0)
    assert copy.size == path.stat().st_size
    path.write_bytes(b"nothing")
    damaged = describe(path)
    assert damaged is not None
    assert damaged.revisions is None
    assert describe(root / "project.toml") is None


def test_restoring_brings_back_what_was_and_keeps_what_is(root: Path) -> None:
    """The database before is put aside whole and the backup stays where it is."""
    copy = backups.make(root)
    add(root, "ben")
    aside = backups.restore(root, copy)
    assert names(root) == ["ada"]
    assert copy.is_file()
    assert aside is not None
    (root / "project.sqlite").unlink()
    aside.rename(root / "project.sqlite")
    assert names(root) == ["ada", "ben"]


def test_a_damaged_backup_changes_nothing(root: Path) -> None:
    """It is found before anything is moved."""
    copy = backups.make(root)
    with copy.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * 8192)
    with pytest.raises(UserError):
        backups.check(copy)
    with pytest.raises(UserError):
        backups.restore(root, copy)
    assert names(root) == ["ada"]


def test_a_project_that_is_open_is_not_replaced(root: Path) -> None:
    """The message says to close it, and everything stays."""
    copy = backups.make(root)
    project = projects.open_project(root)
    with project.store.read() as session:
        annotators.all(session)
        with pytest.raises(UserError, match="open in another"):
            backups.restore(root, copy)
    project.close()
    assert names(root) == ["ada"]


def test_a_folder_that_is_no_project_is_refused(tmp_path: Path, root: Path) -> None:
    """Neither a backup nor a restore is made of something else."""
    with pytest.raises(UserError, match="not a HandAnat project"):
        backups.restore(tmp_path, backups.make(root))
    with pytest.raises(UserError, match="no database file"):
        backups.make(tmp_path)


def test_a_glance_at_a_project_counts_without_opening_it(root: Path, tmp_path: Path) -> None:
    """Nothing is written beside it; what is damaged or gone is simply not known."""
    before = sorted(path.name for path in root.iterdir())
    seen = glance(root / "project.sqlite")
    assert (seen.images, seen.hands) == (0, 0)
    assert seen.changed_at is not None
    assert sorted(path.name for path in root.iterdir()) == before
    assert glance(tmp_path / "gone.sqlite") == Glance()
    (tmp_path / "damaged.sqlite").write_bytes(b"SQLite format 3\0 and then nothing")
    assert glance(tmp_path / "damaged.sqlite").hands is None
    there, gone = recent.look_at([str(root), str(tmp_path / "gone")])
    assert (there.is_there, gone.is_there) == (True, False)
