"""What the digit network saw is kept beside the pose, and projects from before it looked open unchanged."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text

from handanat_studio.hand.codec import pose_to_dict
from handanat_studio.hand.evidence import FLAWS, DigitEvidence
from handanat_studio.hand.values import Detection, HandPose
from handanat_studio.store import hands, images, predictions
from handanat_studio.store.engine import Store, open_store
from handanat_studio.store.images import NewImage
from handanat_studio.store.upgrade import run_migrations
from handanat_studio.store.verify import verify

AT = "2026-01-02 03:04:05.000000"
SEEN = DigitEvidence(
    hand=0.98,
    assessable=0.75,
    counts=tuple(1 / 13 for _ in range(13)),
    assessed=True,
    digits=(0.9, 0.8, math.nan, 0.1, 0.0),
    fused=0.25,
    forked=0.0,
    flaws=tuple(0.1 * number for number in range(len(FLAWS))),
    version="5d4f55e2.1",
)


def _add_image(store: Store) -> int:
    with store.write() as session:
        return images.add_many(session, [NewImage(uri="a.png")])[0]


def test_evidence_comes_back_as_it_was(store: Store, make_detection: Callable[..., Detection]) -> None:
    """With the hand, with its history, and through another detection of the same hand; without it there is none."""
    image_id = _add_image(store)
    seen, unseen = replace(make_detection(), evidence=SEEN), make_detection(300)
    with store.write() as session:
        first, second = hands.add_detections(session, image_id, [seen, unseen], "1")
    with store.read() as session:
        found = hands.get_many(session, [first, second])
        assert found[first].detection == seen
        assert found[second].detection == unseen
        assert [d.evidence for _, d in predictions.detections(session, first)] == [SEEN]
    again = replace(seen, evidence=replace(SEEN, hand=0.5))
    with store.write() as session:
        hands.set_detection(session, first, again, "2")
    with store.read() as session:
        assert hands.get(session, first).detection == again
        assert [d.evidence for _, d in predictions.detections(session, first)] == [SEEN, again.evidence]
    assert verify(store) == []


def test_no_evidence_is_null_and_not_a_json_null(store: Store, make_detection: Callable[..., Detection]) -> None:
    """So that a query can ask which hands the network has not looked at."""
    image_id = _add_image(store)
    with store.write() as session:
        hands.add_detections(session, image_id, [make_detection()], "1")
    with store.read() as session:
        assert session.execute(text("SELECT count(*) FROM detections WHERE evidence IS NULL")).scalar_one() == 1


def _fill_second_revision(url: str, pose: HandPose) -> None:
    """Make a store of the second revision with one detected hand."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _plain(connection: Any, _: Any) -> None:
            connection.isolation_level = None

        @event.listens_for(engine, "begin")
        def _begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        run_migrations(connection, target="0002")
        connection.execute(
            text(
                "INSERT INTO images (id, uri, format, error, generator, family, prompt, extra, created_at)"
                " VALUES (1, 'a.png', 'PNG', '', '', '', '', '{}', :at)"
            ),
            {"at": AT},
        )
        connection.execute(
            text(
                "INSERT INTO hands (id, image_id, origin, x, y, width, height, detected_version, created_at)"
                " VALUES (1, 1, 'detected', 0, 0, 10, 10, 'chain-1', :at)"
            ),
            {"at": AT},
        )
        connection.execute(
            text(
                "INSERT INTO detections (hand_id, version, detector, detector_version, score, fallback_reason, side,"
                " x, y, width, height, pose, created_at) VALUES (1, 'chain-1', 'mediapipe', '0.10', 0.9, 'why',"
                " 'unknown', 0, 0, 10, 10, :pose, :at)"
            ),
            {"at": AT, "pose": json.dumps(pose_to_dict(pose))},
        )
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.e2e)])
def old_url(request: pytest.FixtureRequest, tmp_path: Path, make_pose: Callable[..., HandPose]) -> str:
    """The URL of a filled project of the second revision, on each dialect in turn."""
    url = f"sqlite:///{tmp_path / 'project.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_server").fresh_url()
    _fill_second_revision(url, make_pose())
    return url


def test_a_project_from_before_the_network_opens_with_everything_in_it(
    old_url: str, make_pose: Callable[..., HandPose]
) -> None:
    """Its detections stay and carry no evidence; a new look at the same hand does."""
    store = open_store(old_url)
    with store.read() as session:
        before = hands.get(session, 1).detection
    assert before is not None
    assert (before.pose, before.evidence, before.fallback_reason) == (make_pose(), None, "why")
    with store.write() as session:
        hands.set_detection(session, 1, replace(before, evidence=SEEN), "chain-2")
    with store.read() as session:
        told = [detection.evidence for _, detection in predictions.detections(session, 1)]
    assert told == [None, SEEN]
    assert verify(store) == []
    store.close()
