"""Store fixtures: a test that asks for `store` runs on SQLite, and on a private PostgreSQL where one is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import Box, Detection, HandPose
from handanat_studio.store import hands, images
from handanat_studio.store.engine import Store, open_store

_numbers = count()


def _binary(name: str) -> Path | None:
    """Return a PostgreSQL server program from PATH or from Debian's folder, or None."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = shutil.which(name)
    return debian[0] if debian else Path(found) if found else None


def _unprivileged() -> str | None:
    """Return the user that runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


@dataclass
class PostgresServer:
    """A private server that listens on a socket in its own folder only."""

    folder: Path
    admin_url: str

    def fresh_url(self) -> str:
        """Make an empty schema and return the URL of a store in it."""
        from sqlalchemy import create_engine

        schema = f"project_{next(_numbers)}"
        engine = create_engine(self.admin_url)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        engine.dispose()
        return f"{self.admin_url}&options=-csearch_path%3D{schema}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Start one server for all tests and stop it at the end; skip without the programs or the driver."""
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    initdb, control, user = _binary("initdb"), _binary("pg_ctl"), _unprivileged()
    if initdb is None or control is None or (os.geteuid() == 0 and user is None):
        pytest.skip("no PostgreSQL server programs on this machine")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if user is not None:
        shutil.chown(folder, user)

    def run(*command: str | Path) -> None:
        subprocess.run(
            [str(part) for part in command],
            check=True,
            user=user,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)},
            timeout=120,
        )

    data = folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=40"
    try:
        run(initdb, "-D", data, "-U", "handanat", "-A", "trust", "-E", "UTF8", "--no-sync")
        run(control, "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        yield PostgresServer(folder, f"postgresql+psycopg://handanat@/postgres?host={folder}")
    finally:
        if (data / "postmaster.pid").exists():
            run(control, "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite store with tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("template") / "project.sqlite"
    open_store(path).close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.e2e)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty store, on each dialect in turn."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.fresh_url()
    shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "project.sqlite")
    return f"sqlite:///{tmp_path / 'project.sqlite'}"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """Give an open, empty store on each dialect in turn."""
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(empty_sqlite: Path, tmp_path: Path) -> Iterator[Store]:
    """Give an open, empty store in a SQLite file."""
    opened = open_store(Path(shutil.copy(empty_sqlite, tmp_path / "project.sqlite")))
    yield opened
    opened.close()


@pytest.fixture
def postgres_store(postgres_server: PostgresServer) -> Iterator[Store]:
    """Give an open, empty store on PostgreSQL."""
    opened = open_store(postgres_server.fresh_url())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def make_pose() -> Callable[..., HandPose]:
    """Return a function that makes an ordinary hand, different for each seed."""

    def make(seed: int = 0) -> HandPose:
        rng = np.random.default_rng(seed)
        return HandPose.ordinary(rng.uniform(10, 500, (21, 2)), world=rng.normal(0, 0.05, (21, 3)))

    return make


@pytest.fixture(scope="session")
def make_detection(make_pose: Callable[..., HandPose]) -> Callable[..., Detection]:
    """Return a function that makes a detection with its box at (x, 20)."""

    def make(x: float = 10.0, seed: int = 0) -> Detection:
        return Detection(Box(x, 20.0, 100.0, 120.0), make_pose(seed), "mediapipe", "0.10.21", 0.9, "")

    return make


@pytest.fixture
def add_hand(make_detection: Callable[..., Detection]) -> Callable[[Store], int]:
    """Return a function that stores a new image with one detected hand and returns the hand's id."""

    def add(store: Store) -> int:
        number = next(_numbers)
        with store.write() as session:
            new = images.NewImage(uri=f"images/{number}.png", sha256=f"{number:064x}", width=512, height=512)
            (image_id,) = images.add_many(session, [new])
            images.mark_detected(session, [image_id], "chain-1")
            return hands.add_detections(session, image_id, [make_detection(seed=number)], "chain-1")[0]

    return add


@pytest.fixture(scope="session")
def revise(make_pose: Callable[..., HandPose]) -> Callable[..., NewAnnotation]:
    """Return a function that makes a new annotation with a pose that tells its seed."""

    def make(hand_id: int, annotator: str = "Ada", *, seed: int = 0, **fields: object) -> NewAnnotation:
        return NewAnnotation(hand_id=hand_id, annotator=annotator, pose=make_pose(seed), **fields)  # type: ignore[arg-type]

    return make
