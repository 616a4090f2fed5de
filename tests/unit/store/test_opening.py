"""Promises of opening a store: tables come from migrations, old files are copied first, foreign files are refused."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from handanat_studio.errors import UserError
from handanat_studio.store import images, upgrade
from handanat_studio.store.engine import Store, open_store
from handanat_studio.store.schema import Base

_FUTURE = """
revision = "9998"
down_revision = "HEAD"


def upgrade():
    from alembic import op
    import sqlalchemy as sa

    op.add_column("annotators", sa.Column("email", sa.Text(), nullable=True))
"""


def test_migrations_and_tables_agree(store: Store) -> None:
    """What the migrations build is exactly what `schema` declares, indices and constraints included."""
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_comparison_of_tables_can_fail(store: Store) -> None:
    """A column that no migration knows is found."""
    with store._writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE annotators ADD COLUMN email TEXT")
        context = MigrationContext.configure(connection)
        assert len(compare_metadata(context, Base.metadata)) == 1


def test_the_list_of_revisions_is_complete() -> None:
    """`REVISIONS` names every migration, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(upgrade.MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert [revision.revision for revision in script.walk_revisions()][::-1] == list(upgrade.REVISIONS)


def test_an_open_project_does_not_import_alembic(empty_sqlite: Path, tmp_path: Path) -> None:
    """Opening an up-to-date store takes one query; the migration machinery stays out of the process."""
    file = shutil.copy(empty_sqlite, tmp_path)
    script = (
        "import sys; from pathlib import Path; from handanat_studio.store.engine import open_store;"
        f"open_store(Path({str(file)!r})).close(); print([m for m in ('alembic', 'mako') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_opening_leaves_logging_alone(tmp_path: Path) -> None:
    """Running migrations configures no logger and adds no handler."""
    before = (logging.root.level, list(logging.root.handlers), logging.getLogger("alembic").level)
    open_store(tmp_path / "project.sqlite").close()
    assert (logging.root.level, list(logging.root.handlers), logging.getLogger("alembic").level) == before


def test_opening_again_changes_nothing(store_url: str) -> None:
    """A second opening finds what the first left."""
    first = open_store(store_url)
    with first.write() as session:
        images.add_many(session, [images.NewImage(uri="a.png")])
    first.close()
    second = open_store(store_url)
    with second.read() as session:
        assert len(images.all_ids(session)) == 1
    second.close()


def test_a_path_with_odd_characters_works(tmp_path: Path) -> None:
    """Percent signs, question marks, hashes and spaces in a folder name are only characters."""
    folder = tmp_path / "50% of ?#hands ü"
    folder.mkdir()
    open_store(folder / "project.sqlite").close()
    assert [path.name for path in folder.iterdir()] == ["project.sqlite"]


def _with_next_revision(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str = _FUTURE) -> None:
    """Make this program one revision newer than the one that made the files."""
    shutil.copytree(upgrade.MIGRATIONS, folder)
    (folder / "versions" / "9998_next.py").write_text(body.replace("HEAD", upgrade.HEAD))
    monkeypatch.setattr(upgrade, "MIGRATIONS", folder)
    monkeypatch.setattr(upgrade, "REVISIONS", (*upgrade.REVISIONS, "9998"))
    monkeypatch.setattr(upgrade, "HEAD", "9998")


def test_an_older_store_is_copied_and_then_migrated(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows survive a migration; a SQLite file is copied to the backups folder first, as it was."""
    before = upgrade.HEAD
    store = open_store(store_url)
    with store.write() as session:
        images.add_many(session, [images.NewImage(uri="a.png")])
    store.close()
    _with_next_revision(monkeypatch, tmp_path / "migrations")
    newer = open_store(store_url, backups=tmp_path / "backups")
    with newer.read() as session:
        assert len(images.all_ids(session)) == 1
        assert session.execute(text("SELECT count(email) FROM annotators")).scalar() == 0
        assert upgrade.current_revision(session.connection()) == "9998"
    newer.close()
    copies = list((tmp_path / "backups").glob("*")) if (tmp_path / "backups").exists() else []
    assert len(copies) == (1 if newer.dialect == "sqlite" else 0)
    for copy in copies:
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(before,)]
            assert connection.execute("SELECT uri FROM images").fetchall() == [("a.png",)]


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a migration is never kept."""
    open_store(store_url).close()
    with monkeypatch.context() as newer:
        _with_next_revision(newer, tmp_path / "migrations", _FUTURE + "    raise RuntimeError('half way')\n")
        with pytest.raises(RuntimeError, match="half way"):
            open_store(store_url)
    store = open_store(store_url)
    with store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    store.close()


def test_a_store_of_a_newer_version_is_refused(store_url: str) -> None:
    """An unknown revision is a clear error, and nothing is changed."""
    store = open_store(store_url)
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(UserError, match=r"newer version.*9999"):
        open_store(store_url)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """Someone else's tables are left alone."""
    file = tmp_path / "theirs.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(UserError, match="not made by HandAnat"):
        open_store(file)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    """An empty, foreign or broken file is a clear error that names the way out; the file stays byte for byte."""
    file = tmp_path / "project.sqlite"
    file.write_bytes(content)
    with pytest.raises(UserError, match="restore"):
        open_store(file)
    assert file.read_bytes() == content


def test_damage_inside_the_file_is_said_plainly(sqlite_store: Store, tmp_path: Path) -> None:
    """Damage that shows only while reading is the same clear error, not a crash."""
    assert sqlite_store.file is not None
    with sqlite_store.write() as session:
        images.add_many(session, [images.NewImage(uri=f"{i}.png", prompt="x" * 500) for i in range(500)])
    sqlite_store.close()
    content = bytearray(sqlite_store.file.read_bytes())
    half = len(content) // 2
    content[half:] = b"\xab" * (len(content) - half)
    sqlite_store.file.write_bytes(content)
    store = open_store(sqlite_store.file)
    with pytest.raises(UserError, match="damaged"), store.read() as session:
        images.get_many(session, range(1, 501))
    store.close()


def test_a_missing_file_is_not_made_when_it_should_exist(tmp_path: Path) -> None:
    """`create=False` never leaves a new, empty project where one was expected."""
    with pytest.raises(UserError, match="no project database"):
        open_store(tmp_path / "gone.sqlite", create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "not a database URL"),
        ("sqlite://", "needs a database file"),
        ("mysql://host/name", "No driver|not supported"),
        ("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2", "cannot be reached"),
    ],
)
def test_a_url_that_leads_nowhere_is_said_plainly(url: str, message: str) -> None:
    """Every wrong URL is a `UserError` that says what is wrong."""
    with pytest.raises(UserError, match=message):
        open_store(url)


def test_the_password_stays_out_of_messages() -> None:
    """`Store.url` may be shown anywhere."""
    store = Store(create_engine("postgresql+psycopg://ada:secret@localhost/hands"), None)
    assert store.url == "postgresql+psycopg://ada:***@localhost/hands"
    store.close()
