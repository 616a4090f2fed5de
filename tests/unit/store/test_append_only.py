"""Promises of the annotation store: nothing is ever changed or deleted, and two writers never overwrite each other."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from handanat_studio.errors import Conflict, UserError
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import Finding
from handanat_studio.store import annotations, annotators, events, hands
from handanat_studio.store.engine import Store, open_store
from handanat_studio.store.verify import verify

AddHand = Callable[[Store], int]
Revise = Callable[..., NewAnnotation]


def _append(store: Store, new: NewAnnotation) -> int:
    with store.write() as session:
        return annotations.append(session, new).id


@pytest.mark.parametrize("table", ["annotations", "events"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_history(
    store: Store, add_hand: AddHand, revise: Revise, table: str, verb: str
) -> None:
    """Neither annotations nor the audit log can be updated or deleted, whoever tries."""
    _append(store, revise(add_hand(store)))
    with pytest.raises(DBAPIError, match="append-only"), store.write() as session:
        session.execute(text(verb.format(table)))
    assert verify(store) == []


def test_sqlite_refuses_replacement(sqlite_store: Store, add_hand: AddHand, revise: Revise) -> None:
    """INSERT OR REPLACE is no way around the guard."""
    _append(sqlite_store, revise(add_hand(sqlite_store)))
    for table in ("annotations", "events"):
        with pytest.raises(DBAPIError, match="append-only"), sqlite_store.write() as session:
            session.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))


@pytest.mark.e2e
def test_postgresql_refuses_truncation(postgres_store: Store, add_hand: AddHand, revise: Revise) -> None:
    """TRUNCATE is no way around the guard."""
    _append(postgres_store, revise(add_hand(postgres_store)))
    with pytest.raises(DBAPIError, match="append-only"), postgres_store.write() as session:
        session.execute(text("TRUNCATE annotations CASCADE"))


def test_an_annotation_comes_back_as_it_was(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """Pose, verdict, findings with unknown numbers, note, time and action survive."""
    finding = Finding("angle", "index_pip", 128.5, float("nan"), "deg", 2.5, 0.9, "AAOS", "expert", True)
    new = revise(
        add_hand(store),
        seed=3,
        verdict="implausible",
        findings=(finding,),
        note="bent too far – ünsure",
        active_seconds=12.25,
        action="move index_pip",
    )
    with store.write() as session:
        saved = annotations.append(session, new)
    with store.read() as session:
        (found,) = annotations.history(session, new.hand_id)
    assert repr(found) == repr(saved)
    assert found.pose == new.pose
    assert found.created_at.endswith("+00:00")


def test_undo_after_save_is_one_more_revision(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """A chain grows only at its end, and the newest revision is the one that counts."""
    hand_id = add_hand(store)
    first = _append(store, revise(hand_id, seed=1))
    second = _append(store, revise(hand_id, seed=2, parent_id=first, verdict="unsure"))
    third = _append(store, revise(hand_id, seed=1, parent_id=second, action="undo"))
    with store.read() as session:
        assert [a.id for a in annotations.history(session, hand_id)] == [first, second, third]
        newest = annotations.newest(session, hand_id, "Ada")
        assert newest is not None
        assert (newest.id, newest.parent_id, newest.verdict) == (third, second, None)


def test_a_stale_parent_is_a_conflict(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """The refused revision names the newest one, and nothing of it is stored."""
    hand_id = add_hand(store)
    first = _append(store, revise(hand_id))
    second = _append(store, revise(hand_id, parent_id=first))
    for stale in (None, first, second + 1000):
        with pytest.raises(Conflict) as caught:
            _append(store, revise(hand_id, parent_id=stale))
        assert caught.value.newest_id == second
    with store.read() as session:
        assert len(annotations.history(session, hand_id)) == 2
        assert sum(event.action == "annotate" for event in events.recent(session)) == 2


def test_a_first_revision_has_no_parent(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """A chain cannot begin in the middle, nor inside somebody else's chain."""
    hand_id = add_hand(store)
    theirs = _append(store, revise(hand_id, "Ben"))
    with pytest.raises(Conflict) as caught:
        _append(store, revise(hand_id, "Ada", parent_id=theirs))
    assert caught.value.newest_id is None


def test_annotators_and_rounds_are_chains_of_their_own(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """Two annotators, and two rounds of one, do not get in each other's way."""
    hand_id = add_hand(store)
    ada, ben = _append(store, revise(hand_id, "Ada")), _append(store, revise(hand_id, "Ben", verdict="plausible"))
    again = _append(store, revise(hand_id, "Ada", round=2, verdict="unsure"))
    with store.read() as session:
        assert annotations.newest(session, hand_id, "Ada").id == ada  # type: ignore[union-attr]
        assert annotations.newest(session, hand_id, "Ada", round=2).id == again  # type: ignore[union-attr]
        assert annotations.newest(session, hand_id, "Ada", round=3) is None
        assert annotations.newest_of_hands(session, [hand_id], "Ben")[hand_id].id == ben
        assert annotations.newest_of_hands(session, [hand_id], "Ada")[hand_id].id == again
        assert annotations.newest_of_hands(session, [hand_id], None)[hand_id].id == again
        assert annotations.newest_of_hands(session, [hand_id], "Eve") == {}
        assert [a.annotator for a in annotations.history(session, hand_id, annotator="Ben")] == ["Ben"]
    assert verify(store) == []


def test_of_many_writers_exactly_one_wins(store_url: str, add_hand: AddHand, revise: Revise) -> None:
    """Six writers, each with a store of its own, race for the same parent 15 times: one success and five conflicts."""
    store = open_store(store_url)
    hand_id = add_hand(store)
    stores = [open_store(store_url) for _ in range(6)]
    parent: int | None = None
    for race in range(15):
        outcomes: list[int | Exception] = []
        gate = threading.Barrier(len(stores))

        def attempt(own: Store, seed: int, gate: threading.Barrier = gate, parent: int | None = parent) -> None:
            gate.wait()
            try:
                outcomes.append(_append(own, revise(hand_id, seed=seed, parent_id=parent)))  # noqa: B023
            except Exception as error:
                outcomes.append(error)  # noqa: B023

        threads = [threading.Thread(target=attempt, args=(own, race)) for own in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [outcome for outcome in outcomes if isinstance(outcome, int)]
        lost = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
        assert (len(won), len(lost)) == (1, 5), outcomes
        assert {conflict.newest_id for conflict in lost} == set(won)
        (parent,) = won
    for own in stores:
        own.close()
    assert verify(store) == []
    store.close()


def test_the_database_itself_refuses_a_second_child(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """Even SQL written by hand cannot fork a chain, or hang a revision on another hand's."""
    hand_id, other = add_hand(store), add_hand(store)
    first = _append(store, revise(hand_id))
    _append(store, revise(hand_id, parent_id=first))
    columns = "annotator_id, round, pose, findings, note, active_seconds, action, created_at"
    source = f"{columns} FROM annotations WHERE id = {first}"
    copy = f"INSERT INTO annotations (hand_id, parent_id, {columns}) SELECT {{}}, {{}}, {source}"
    for hand, parent in ((hand_id, first), (hand_id, "NULL"), (other, first)):
        with pytest.raises(DBAPIError), store.write() as session:
            session.execute(text(copy.format(hand, parent)))


def test_an_annotated_hand_cannot_be_deleted(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """The database protects what a person said about a hand."""
    hand_id = add_hand(store)
    _append(store, revise(hand_id))
    with pytest.raises(DBAPIError), store.write() as session:
        session.execute(text(f"DELETE FROM hands WHERE id = {hand_id}"))


def test_an_annotation_of_no_hand_is_refused(store: Store, revise: Revise) -> None:
    """A hand that is not there is a clear error."""
    with pytest.raises(UserError, match="no hand 77"):
        _append(store, revise(77))


def test_every_write_is_in_the_audit_log(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """The log says who annotated which hand, newest first, and can be asked about one hand."""
    hand_id, other = add_hand(store), add_hand(store)
    _append(store, revise(hand_id, "Ada", verdict="plausible", action="set verdict"))
    _append(store, revise(other, "Ben"))
    with store.read() as session:
        assert {event.action for event in events.recent(session)} == {
            "import",
            "detect",
            "find hands",
            "add annotator",
            "annotate",
        }
        (event,) = events.recent(session, hand_id=hand_id)
    assert (event.actor, event.action, event.detail["verdict"]) == ("Ada", "annotate", "plausible")
    assert event.image_id is not None


def test_a_simulated_annotator_stays_one(store: Store) -> None:
    """A simulation cannot take a person's name, and its mark cannot be lost by asking for it again."""
    with store.write() as session:
        person = annotators.ensure(session, "Ada")
        machine = annotators.ensure(session, "Simulated A", role="simulation", simulated=True)
        assert annotators.ensure(session, "Simulated A") == machine
        assert annotators.all(session) == [person, machine]
        with pytest.raises(UserError, match="is a person"):
            annotators.ensure(session, "Ada", simulated=True)
        with pytest.raises(UserError, match="needs a name"):
            annotators.ensure(session, "  ")


def test_the_verdict_table_has_the_newest_of_everyone(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """One row per hand, annotator and round whose newest revision has a verdict."""
    hand_id, other = add_hand(store), add_hand(store)
    first = _append(store, revise(hand_id, "Ada", verdict="plausible"))
    _append(store, revise(hand_id, "Ada", verdict="implausible", parent_id=first))
    _append(store, revise(hand_id, "Ben"))
    _append(store, revise(other, "Ben", verdict="unsure", round=2))
    undone = _append(store, revise(other, "Ada", verdict="plausible"))
    _append(store, revise(other, "Ada", parent_id=undone))
    with store.read() as session:
        table = annotations.verdict_table(session)
        image_ids = [hands.get(session, i).image_id for i in (hand_id, other)]
    assert table.hand_ids.tolist() == [hand_id, other]
    assert table.image_ids.tolist() == image_ids
    assert table.annotators == ("Ada", "Ben")
    assert table.rounds.tolist() == [1, 2]
    assert table.verdicts == ("implausible", "unsure")


def test_an_empty_verdict_table_has_empty_columns(store: Store) -> None:
    """No annotation, no row, and still integer arrays."""
    with store.read() as session:
        table = annotations.verdict_table(session)
    assert table.hand_ids.dtype == table.image_ids.dtype == table.rounds.dtype == "int64"
    assert len(table.hand_ids) == len(table.annotators) == len(table.verdicts) == 0
