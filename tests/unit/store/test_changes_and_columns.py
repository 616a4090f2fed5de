"""Promises of `ChangeSet` and of the column types that must mean the same on both dialects."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, literal, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

from handanat_studio.store.changes import KINDS, ChangeSet
from handanat_studio.store.columns import Number, Unsigned64, UtcTime, WideInt, iso

_IDS = st.lists(st.integers(1, 9), max_size=3, unique=True).map(tuple)
_CHANGES = st.builds(ChangeSet, st.sets(st.sampled_from(KINDS)).map(frozenset), _IDS, _IDS)


@given(_CHANGES, _CHANGES)
def test_a_merged_change_covers_both(first: ChangeSet, second: ChangeSet) -> None:
    """Whoever is concerned by one of two changes is concerned by the merged one."""
    merged = first.merged(second)
    assert merged.kinds == first.kinds | second.kinds
    for change in (first, second):
        if change.kinds and merged.image_ids:
            assert change.image_ids
            assert set(change.image_ids) <= set(merged.image_ids)
        if change.kinds and merged.hand_ids:
            assert change.hand_ids
            assert set(change.hand_ids) <= set(merged.hand_ids)


def test_a_change_says_what_it_touches() -> None:
    """Kinds are asked by name, and a misspelt kind is an error."""
    change = ChangeSet(frozenset({"hands", "scores"}), hand_ids=(3,))
    assert change.touches("hands")
    assert change.touches("images", "scores")
    assert not change.touches("annotations")
    with pytest.raises(ValueError, match="unknown kinds"):
        ChangeSet(frozenset({"hand"}))


@given(_CHANGES)
def test_a_change_crosses_processes(change: ChangeSet) -> None:
    """A change survives pickling."""
    assert pickle.loads(pickle.dumps(change)) == change


@pytest.fixture(scope="module")
def engine() -> Engine:
    """A database in memory."""
    return create_engine("sqlite://")


def _round_trip(engine: Engine, value: object, column: TypeEngine[object]) -> object:
    with engine.connect() as connection:
        return connection.execute(select(literal(value, column))).scalar()


@given(st.integers(0, 2**64 - 1))
def test_any_hash_survives(engine: Engine, value: int) -> None:
    """All 64 bits of a perceptual hash fit into a signed column."""
    assert _round_trip(engine, value, Unsigned64()) == value
    bound = Unsigned64().process_bind_param(value, sqlite.dialect())
    assert bound is not None
    assert -(2**63) <= bound < 2**63


@given(st.integers(-(2**70), 2**70))
def test_any_seed_survives(engine: Engine, value: int) -> None:
    """A generator's seed may be larger than any integer column."""
    assert _round_trip(engine, value, WideInt()) == value


@given(st.floats(allow_infinity=False))
def test_an_unknown_number_is_null(engine: Engine, value: float) -> None:
    """NaN comes back as NaN through NULL; every other number is exact."""
    found = _round_trip(engine, value, Number())
    assert found == value or (found != found and value != value)
    assert (Number().process_bind_param(value, sqlite.dialect()) is None) == (value != value)


@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)), st.integers(-12, 14))
def test_a_time_is_kept_in_utc(engine: Engine, value: datetime, hours: int) -> None:
    """An instant in any zone comes back as the same instant in UTC."""
    local = value.replace(tzinfo=timezone(timedelta(hours=hours)))
    found = _round_trip(engine, local, UtcTime())
    assert found == local
    assert isinstance(found, datetime)
    assert found.tzinfo is UTC
    assert iso(found).endswith("+00:00")


def test_what_cannot_be_stored_is_refused() -> None:
    """A time without zone and a hash of more than 64 bits are errors, not guesses."""
    with pytest.raises(ValueError, match="time zone"):
        UtcTime().process_bind_param(datetime(2026, 1, 1), sqlite.dialect())
    with pytest.raises(ValueError, match="64-bit"):
        Unsigned64().process_bind_param(2**64, sqlite.dialect())
    for column in (UtcTime(), Unsigned64(), WideInt(), Number()):
        assert column.process_bind_param(None, sqlite.dialect()) is None
