"""Column types that behave the same on SQLite and PostgreSQL. No table here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Float, Integer, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_WORD = 1 << 64
_HALF = 1 << 63

Id = BigInteger().with_variant(Integer(), "sqlite")
"""Row ids: 64 bit everywhere; SQLite counts by itself only in a column called INTEGER."""


class UtcTime(TypeDecorator[datetime]):
    """An instant in UTC; the Python side is always timezone-aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert an aware time to UTC; SQLite keeps it without the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Unsigned64(TypeDecorator[int]):
    """0..2^64-1 (a perceptual hash), kept bit for bit in a signed 64-bit column."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Fold the upper half onto the negative numbers."""
        if value is None:
            return None
        if not 0 <= value < _WORD:
            raise ValueError("not an unsigned 64-bit number")
        return int(value) - _WORD if value >= _HALF else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        """Unfold it again."""
        return value if value is None or value >= 0 else value + _WORD


class WideInt(TypeDecorator[int]):
    """A whole number of any size (generators use unsigned 64-bit seeds), kept as decimal text."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        """Write the digits."""
        return None if value is None else str(int(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        """Read the digits."""
        return None if value is None else int(value)


class Number(TypeDecorator[float]):
    """A double whose unknown value is NaN in Python and NULL in the database."""

    impl = Float(53)
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> float | None:
        """Write NaN as NULL."""
        return None if value is None or value != value else float(value)

    def process_result_value(self, value: float | None, dialect: Dialect) -> float:
        """Read NULL as NaN."""
        return float("nan") if value is None else value


def now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def iso(time: datetime) -> str:
    """Return an instant as ISO 8601 text in UTC."""
    return time.isoformat(timespec="milliseconds")
