"""When reports appeared: a bar a day around the due dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from archive.audit.duty import due_day
from archive.audit.summary import Appeared

STATUSES = ("on_time", "on_time_claimed", "backdated_suspect", "late", "unknown")
"""From the bottom of a bar to its top."""
_STEP, _BAR, _MARGIN = 7, 6, 56
HEIGHT = 150
"""Of the drawing down to the axis; room for the names of months is below."""
_HIGHEST = HEIGHT - 26
"""Of the highest bar; the names of the due days stand above it."""
_KINDS = ("local_dept", "region_gov")


@dataclass(frozen=True, slots=True)
class Bar:
    """The reports of a day, or of all days before or after those shown (then without ``day``)."""

    day: date | None
    x: int
    width: int
    by_status: Mapping[str, int]

    @property
    def total(self) -> int:
        """All its reports."""
        return sum(self.by_status.values())


@dataclass(frozen=True, slots=True)
class Days:
    """The bars from 1 January to 30 April after a year, what lies before and after, and the due days."""

    bars: list[Bar]
    before: Bar
    after: Bar
    due: list[tuple[date, int]]
    months: list[tuple[date, int]]
    width: int

    @property
    def highest(self) -> int:
        """Reports of the highest bar, from which the others are scaled."""
        return max((bar.total for bar in (*self.bars, self.before, self.after)), default=0)

    @property
    def statuses(self) -> list[str]:
        """Those that any bar has."""
        bars = (*self.bars, self.before, self.after)
        return [one for one in STATUSES if any(bar.by_status.get(one) for bar in bars)]

    def parts(self, bar: Bar) -> Iterator[tuple[str, float, float]]:
        """Status, top and height of the parts of a bar."""
        top = float(HEIGHT)
        for status in STATUSES:
            if number := bar.by_status.get(status, 0):
                height = number / self.highest * _HIGHEST
                top -= height
                yield status, round(top, 2), round(height, 2)


def days(year: int, appeared: Iterable[Appeared]) -> Days | None:
    """The bars of the reports for ``year``; None where none has appeared."""
    first, last = date(year + 1, 1, 1), date(year + 1, 4, 30)
    counts: dict[date, dict[str, int]] = defaultdict(dict)
    early: dict[str, int] = {}
    late: dict[str, int] = {}
    seen = False
    for day, status, number in appeared:
        seen = True
        part = early if day < first else late if day > last else counts[day]
        part[status] = part.get(status, 0) + number
    if not seen:
        return None

    def place(day: date) -> int:
        return _MARGIN + (day - first).days * _STEP

    shown = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    end = place(last) + _STEP
    wide = _MARGIN - 16
    return Days(
        bars=[Bar(day, place(day), _BAR, counts[day]) for day in shown if counts.get(day)],
        before=Bar(None, 4, wide, early),
        after=Bar(None, end + 10, wide, late),
        due=[(day, place(day) + _STEP) for day in sorted({due_day(k, year).day for k in _KINDS})],
        months=[(day, place(day)) for day in shown if day.day == 1],
        width=end + _MARGIN,
    )
