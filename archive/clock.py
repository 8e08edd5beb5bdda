"""The time, in one place.

All times are kept in UTC; days, deadlines and what people read are in Chinese standard time, which
has had no daylight saving since 1991. ``GONGKAI_NOW`` (ISO 8601 with offset) sets the clock for the
demonstration and for tests; a run made under a set clock says so in its row, and the audit repeats
it, because a set clock proves nothing.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from archive.errors import UsageError

CHINA = ZoneInfo("Asia/Shanghai")


class ClockError(UsageError):
    """``GONGKAI_NOW`` is not a time."""


def is_set() -> bool:
    """Whether the clock is set by ``GONGKAI_NOW`` instead of running."""
    return bool(os.environ.get("GONGKAI_NOW"))


def now() -> datetime:
    """The present moment in UTC, or the moment ``GONGKAI_NOW`` names."""
    text = os.environ.get("GONGKAI_NOW")
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ClockError(
            f"GONGKAI_NOW is {text!r}; write a time such as 2025-02-01T09:00:00+08:00"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).astimezone(UTC)


def china_day(moment: datetime) -> date:
    """The calendar day in China at ``moment`` (an aware datetime)."""
    return moment.astimezone(CHINA).date()


def china_text(moment: datetime) -> str:
    """``moment`` as people in China write it, to the minute."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
