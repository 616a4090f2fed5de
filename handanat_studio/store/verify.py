"""Checks of a whole store: is the file sound, do its rows agree, do the images still match their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from handanat_studio.errors import UserError
from handanat_studio.hand.codec import finding_from_dict, pose_from_dict
from handanat_studio.progress import SILENT, Progress
from handanat_studio.store.annotations import is_contradictory
from handanat_studio.store.checks import CHAIN_CHECKS, COMMENT_CHECKS, LIBRARY_CHECKS, REVIEW_CHECKS
from handanat_studio.store.engine import Store
from handanat_studio.store.schema import AnnotationRow, Base, DetectionRow, ImageRow, NewestRow, ScoreRow
from handanat_studio.store.statements import table_of
from handanat_studio.store.upgrade import HEAD, current_revision


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be.

    Attributes:
        kind: "file", "schema", "reference", "pose", "chain", "library", "review" or "image".
        message: what, in one sentence.
        table: where; "" = not in one table.
        row_id: which row; None = not one row.
    """

    kind: str
    message: str
    table: str = ""
    row_id: int | None = None


APPEND_ONLY = ("annotations", "events", "reviews", "comments", "label_schemas")
GUARDS = {f"{table}_refuse_{verb}" for table in APPEND_ONLY for verb in ("update", "delete")}
"""Triggers that keep what people did append-only; the files in `migrations/versions` make them."""
_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
        SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = current_schema()::regnamespace""",
}


def verify(
    store: Store, *, image_path: Callable[[str], Path] | None = None, progress: Progress = SILENT
) -> list[Problem]:
    """Check a whole store and return what is wrong; an empty list is a clean bill.

    Args:
        image_path: turns an image's uri into its file; given, every file is read and its hash compared.
        progress: told about each stage.
    """
    problems: list[Problem] = []
    try:
        with store.read() as session:
            for stage in (_file, _schema, _references, _chains, _library, _reviews, _poses):
                progress.start(f"Checking: {stage.__name__.strip('_')}")
                for problem in stage(session):
                    problems.append(problem)
                    progress.step(0)
                progress.step()
        if image_path is not None:
            problems += _images(store, image_path, progress)
    except (UserError, DBAPIError) as error:
        problems.append(Problem("file", f"the database cannot be read to its end: {error}"))
    return problems


def _file(session: Session) -> Iterator[Problem]:
    if session.get_bind().dialect.name == "sqlite":
        for line in session.execute(text("PRAGMA integrity_check")).scalars():
            if line != "ok":
                yield Problem("file", f"the file is damaged: {line}")


def _schema(session: Session) -> Iterator[Problem]:
    connection = session.connection()
    revision = current_revision(connection)
    if revision != HEAD:
        yield Problem("schema", f"the tables are of revision {revision}, not {HEAD}")
    missing = set(Base.metadata.tables) - set(inspect(connection).get_table_names())
    if missing:
        yield Problem("schema", f"tables are missing: {', '.join(sorted(missing))}")
    for name in sorted(GUARDS - set(session.execute(text(_TRIGGERS[connection.dialect.name])).scalars())):
        yield Problem("schema", f"the guard '{name}' is missing, so rows could be changed unseen")


def _references(session: Session) -> Iterator[Problem]:
    if session.get_bind().dialect.name == "sqlite":
        for table, row_id, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
            yield Problem("reference", f"refers to a row of {parent} that is not there", table, row_id)


def _chains(session: Session) -> Iterator[Problem]:
    yield from _run(session, "chain", CHAIN_CHECKS, "annotations")


def _library(session: Session) -> Iterator[Problem]:
    yield from _run(session, "library", LIBRARY_CHECKS, "annotations")


def _reviews(session: Session) -> Iterator[Problem]:
    yield from _run(session, "review", REVIEW_CHECKS, "reviews")
    yield from _run(session, "review", COMMENT_CHECKS, "comments")


def _run(session: Session, kind: str, checks: dict[str, str], table: str) -> Iterator[Problem]:
    for message, query in checks.items():
        for row_id in session.execute(text(query)).scalars():
            yield Problem(kind, message, table, row_id)


def _poses(session: Session) -> Iterator[Problem]:
    seen, said, scores = table_of(DetectionRow), table_of(AnnotationRow), table_of(ScoreRow)
    stream = {"yield_per": 500}
    for row_id, pose in session.execute(select(seen.c.hand_id, seen.c.pose), execution_options=stream):
        yield from _unreadable("detections", row_id, pose, [])
    newest = table_of(NewestRow)
    columns = (said.c.id, said.c.pose, said.c.findings, said.c.verdict, newest.c.contradictory)
    revisions = select(*columns).outerjoin(newest, newest.c.annotation_id == said.c.id)
    for row_id, pose, findings, verdict, marked in session.execute(revisions, execution_options=stream):
        broken = list(_unreadable("annotations", row_id, pose, findings))
        yield from broken
        if not broken and marked is not None and marked != is_contradictory(pose, verdict, findings):
            yield Problem("library", "the library shows another contradiction than there is", "annotations", row_id)
    for row_id, findings in session.execute(select(scores.c.hand_id, scores.c.findings), execution_options=stream):
        yield from _unreadable("scores", row_id, None, findings)


def _unreadable(table: str, row_id: int, pose: dict[str, Any] | None, findings: list[Any]) -> Iterator[Problem]:
    try:
        if pose is not None:
            pose_from_dict(pose)
        for finding in findings:
            finding_from_dict(finding)
    except (UserError, TypeError) as error:
        yield Problem("pose", f"cannot be read: {error}", table, row_id)


def _images(store: Store, image_path: Callable[[str], Path], progress: Progress) -> list[Problem]:
    with store.read() as session:
        known = session.execute(select(ImageRow.id, ImageRow.uri, ImageRow.sha256).where(ImageRow.error == "")).all()
    progress.start("Checking: image files", len(known))
    problems: list[Problem] = []
    for row_id, uri, sha256 in known:
        try:
            with image_path(uri).open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
            if sha256 is not None and found != sha256:
                problems.append(Problem("image", f"{uri} has changed since it was imported", "images", row_id))
        except OSError as error:
            problems.append(Problem("image", f"{uri} cannot be read: {error.strerror}", "images", row_id))
        progress.step()
    return problems
