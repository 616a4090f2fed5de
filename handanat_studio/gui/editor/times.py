"""Moments and durations as people read them."""

from __future__ import annotations

from datetime import datetime


def clock_time(created_at: str) -> str:
    """Return a stored UTC time as local hours, minutes and seconds; "" if it is none."""
    moment = _local(created_at)
    return "" if moment is None else moment.strftime("%H:%M:%S")


def short_time(created_at: str, *, now: datetime | None = None) -> str:
    """Return a stored UTC time as local "14:02", with the date if it was another day; "" if it is none.

    Args:
        created_at: UTC, ISO 8601.
        now: the present moment, with a time zone.
    """
    moment = _local(created_at)
    if moment is None:
        return ""
    today = (datetime.now().astimezone() if now is None else now).date()
    return moment.strftime("%H:%M" if moment.date() == today else "%Y-%m-%d %H:%M")


def duration_words(seconds: float) -> str:
    """Return a duration as "42 s", "3 min 12 s" or "1 h 05 min"."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {whole % 60:02d} s" if minutes else f"{whole} s"


def _local(created_at: str) -> datetime | None:
    try:
        return datetime.fromisoformat(created_at).astimezone()
    except ValueError:
        return None
