"""A project from before review existed opens with everything in it, as drafts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event

from handanat_studio.hand import edits
from handanat_studio.hand.annotation import ANNOTATION, DRAFT
from handanat_studio.hand.codec import pose_to_dict
from handanat_studio.hand.topology import DigitKind
from handanat_studio.hand.values import HandPose
from handanat_studio.store import annotations, batches, chains, comments, events, reviews
from handanat_studio.store.backup import backups_of
from handanat_studio.store.engine import open_store
from handanat_studio.store.upgrade import run_migrations
from handanat_studio.store.verify import verify

AT = "2026-01-02 03:04:05.000000"


def _six(pose: HandPose) -> HandPose:
    return edits.add_digit(pose, DigitKind.EXTRA, pose.points[17:21] + 15)


def _old_project(file: Path, pose: HandPose) -> None:
    """Make a store of the first revision: two annotators on one hand, one of them in two revisions."""
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def _plain(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        run_migrations(connection, target="0001")
    engine.dispose()
    poses = [json.dumps(pose_to_dict(p)) for p in (pose, _six(pose))]
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(
            "INSERT INTO images (id, uri, format, error, generator, family, prompt, extra, created_at)"
            " VALUES (1, 'a.png', 'PNG', '', '', '', '', '{}', ?)",
            [AT],
        )
        connection.execute(
            "INSERT INTO hands (id, image_id, origin, x, y, width, height, created_at)"
            " VALUES (1, 1, 'manual', 0, 0, 10, 10, ?)",
            [AT],
        )
        for number, name in ((1, "Ada"), (2, "Ben")):
            connection.execute("INSERT INTO annotators VALUES (?, ?, 'annotator', 0, ?)", [number, name, AT])
        for row in ((1, 1, None, poses[0], None), (2, 1, 1, poses[1], "plausible"), (3, 2, None, poses[0], "unsure")):
            connection.execute(
                "INSERT INTO annotations (id, annotator_id, parent_id, pose, verdict, hand_id, round, findings, note,"
                " active_seconds, action, created_at) VALUES (?, ?, ?, ?, ?, 1, 1, '[]', 'kept', 1.5, 'move', ?)",
                [*row, AT],
            )
        for row in ((1, 2, "plausible", 0), (2, 3, "unsure", 1)):
            connection.execute(
                "INSERT INTO newest_annotations (hand_id, annotator_id, round, annotation_id, verdict, of_annotator,"
                " of_hand) VALUES (1, ?, 1, ?, ?, 1, ?)",
                row,
            )
        connection.execute("INSERT INTO events VALUES (1, ?, 'Ada', 'annotate', 1, 1, '{}')", [AT])


@pytest.fixture
def old_file(tmp_path: Path, make_pose: Callable[..., HandPose]) -> Path:
    """The SQLite file of such a project."""
    file = tmp_path / "project.sqlite"
    _old_project(file, make_pose())
    return file


def test_everything_is_there_after_the_migration(old_file: Path, make_pose: Callable[..., HandPose]) -> None:
    """Revisions, chains, verdicts, notes and the log stay; each chain is a draft annotation; the old file is kept."""
    store = open_store(old_file, backups=old_file.parent / "backups")
    with store.read() as session:
        told = annotations.history(session, 1)
        found = chains.of_hands(session, [1])[1]
        assert len(events.recent(session)) == 1
        assert batches.all(session) == []
    assert [(a.id, a.annotator, a.parent_id, a.verdict, a.note) for a in told] == [
        (1, "Ada", None, None, "kept"),
        (2, "Ada", 1, "plausible", "kept"),
        (3, "Ben", None, "unsure", "kept"),
    ]
    assert {(a.kind, a.flagged, a.basis) for a in told} == {(ANNOTATION, False, None)}
    assert told[0].pose == make_pose()
    assert [(c.annotation.id, c.stage, c.is_current) for c in found] == [(2, DRAFT, True), (3, DRAFT, True)]
    assert verify(store) == []
    store.close()
    assert len(backups_of(old_file, old_file.parent / "backups")) == 1


def test_contradictions_of_old_annotations_are_found(old_file: Path) -> None:
    """Six digits that were called plausible before the rule existed are marked like new ones."""
    store = open_store(old_file)
    with store.read() as session:
        assert [c.contradictory for c in chains.of_hands(session, [1])[1]] == [True, False]
    store.close()


def test_an_old_annotation_goes_on_like_a_new_one(old_file: Path) -> None:
    """It can be submitted, returned with a comment and revised."""
    store = open_store(old_file)
    with store.write() as session:
        chain = chains.own(session, 1, "Ben")
        reviews.record(session, chain, reviews.SUBMIT, actor="Ben")
        reviews.record(session, chain, reviews.RETURN, actor="Ada", reason="look")
        comments.add(session, 1, author="Ada", text="look", kind=comments.RETURN, annotation_id=chain.annotation.id)
    with store.read() as session:
        assert chains.own(session, 1, "Ben").stage == "returned"
    assert verify(store) == []
    store.close()


def test_a_row_that_cannot_be_read_does_not_keep_the_project_shut(old_file: Path) -> None:
    """It is for `verify` to name."""
    with closing(sqlite3.connect(old_file)) as connection, connection:
        connection.executescript(
            "DROP TRIGGER annotations_refuse_update; UPDATE annotations SET findings = '[{}]' WHERE id = 2"
        )
    store = open_store(old_file)
    assert "pose" in {problem.kind for problem in verify(store)}
    store.close()
