"""When a place is to be visited next, and why: a pure function of what is known of it.

Nothing is remembered between two looks at the clock. What was not done when it was due is due still, so
a lost tick, a stopped service or a machine that slept lose nothing, and catching up is one visit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from archive.clock import CHINA, china_day, china_text
from archive.settings import ScheduleSettings

BEFORE = timedelta(hours=6)
"""So long before a due day is over, a report that is there by then is to be seen."""
AFTER = timedelta(minutes=30)
"""So long after it, the first visit that can show that a report is not there."""
DENSE = timedelta(days=3)
"""The last days before a due day is over."""
_SLOWEST = timedelta(days=3)
"""The longest gap between two tries at a place that is down while it owes reports."""
_CONFIRM = time(9)
"""In the morning of another day, an absence is confirmed: what was moved overnight is back by then."""


class Why(StrEnum):
    """Reasons for a visit."""

    FIRST = "first"
    RETRY = "retry"
    OPEN = "open"
    BEFORE_DEADLINE = "before_deadline"
    AFTER_DEADLINE = "after_deadline"
    CONFIRM = "confirm"
    OVERDUE = "overdue"
    QUIET = "quiet"


EXACT = frozenset({Why.AFTER_DEADLINE, Why.CONFIRM})
"""Visits that prove nothing if they are made earlier than planned."""


@dataclass(frozen=True, slots=True)
class Look:
    """The last visit of a place: when it ended, with which verdict."""

    at: datetime
    verdict: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """Reports of one due date that nobody has seen at a place.

    ``end`` is when the due day is over, ``number`` how many reports, ``proofs`` the first and the last
    complete visit that began after it.
    """

    end: datetime
    number: int
    proofs: tuple[datetime, datetime] | None = None

    @property
    def confirmed(self) -> bool:
        """Whether the absence was seen on two days."""
        return self.proofs is not None and china_day(self.proofs[0]) != china_day(self.proofs[1])


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a place. ``failures`` counts the visits since the last complete one."""

    id: int
    url: str
    last: Look | None = None
    failures: int = 0
    owed: tuple[Owed, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """The next visit of a place: from when on, why, and that in a sentence."""

    place: Place
    at: datetime
    why: Why
    sentence: str


def next_visit(place: Place, now: datetime, settings: ScheduleSettings) -> Call:
    """The next visit of ``place`` as known at ``now``; it is due if its time has come."""
    if place.last is None:
        return Call(place, now, Why.FIRST, "never visited")
    if place.last.verdict == "complete":
        calls = list(_regular(place, place.last, now, settings))
    else:
        calls = list(_retries(place, place.last, now, settings))
    return min(calls, key=lambda call: call.at)


def needs_person(place: Place) -> str | None:
    """What a person should do about a place that visits alone do not get on with; None for nothing."""
    if place.last is None:
        return None
    match place.last.verdict:
        case "blocked" if place.failures >= 3:
            kind = f" ({place.last.kind})" if place.last.kind else ""
            return (
                f"blocked{kind} {place.failures} times: ask the site's operator, or look by hand "
                "and use gongkai add"
            )
        case "not_found" if place.failures >= 2:
            return "no column found: give the address as annual_report_url in the register"
        case "down" if place.failures >= 5:
            return f"down {place.failures} times: see whether the site has moved"
        case "partial" if place.failures >= 5:
            return f"not read in full {place.failures} times: see the reason of its last visit"
        case "unfinished" if place.failures >= 3:
            return f"its visit did not end {place.failures} times: see the logs of the crawls"
    return None


def season(year: int, first_day: str) -> datetime:
    """When the campaign that begins in ``year`` begins; 29 February is the 28th where there is none."""
    month, day = (int(part) for part in first_day.split("-"))
    try:
        begin = date(year, month, day)
    except ValueError:
        begin = date(year, month, 28)
    return datetime.combine(begin, time(), CHINA)


def _regular(place: Place, last: Look, now: datetime, settings: ScheduleSettings) -> Iterator[Call]:
    quiet = timedelta(days=settings.quiet_days)
    yield Call(place, last.at + quiet, Why.QUIET, "a look for silent changes")
    for owed in place.owed:
        begin = season(china_day(owed.end - AFTER).year, settings.first_day)
        yield from _moments(place, last, owed, now)
        many = f"{owed.number} reports" if owed.number > 1 else "a report"
        day = f"{china_day(owed.end - AFTER):%Y-%m-%d}"
        if last.at < owed.end:
            gap = timedelta(hours=settings.open_hours)
            awaited = f"{many} due on {day} not seen yet"
            yield Call(place, max(last.at + gap, begin), Why.OPEN, awaited)
            gap = timedelta(hours=settings.dense_hours)
            dense = max(last.at + gap, owed.end - DENSE)
            yield Call(place, dense, Why.OPEN, awaited)
        elif owed.confirmed:
            # The longer it is overdue, the less a day matters.
            gap = max(timedelta(days=1), min((last.at - owed.end) / 4, quiet))
            yield Call(place, last.at + gap, Why.OVERDUE, f"{many} due on {day} not there")


def _moments(place: Place, last: Look, owed: Owed, now: datetime) -> Iterator[Call]:
    """The visits before and after the end of a due day, and the one that confirms an absence."""
    if owed.confirmed:
        return
    over = f"the due day ends at {china_text(owed.end)}"
    if last.at < owed.end - BEFORE and now < owed.end:
        yield Call(place, owed.end - BEFORE, Why.BEFORE_DEADLINE, over)
    elif owed.proofs is None:
        yield Call(place, owed.end + AFTER, Why.AFTER_DEADLINE, over.replace("ends", "ended"))
    else:
        morning = datetime.combine(china_day(owed.proofs[0]) + timedelta(days=1), _CONFIRM, CHINA)
        sentence = f"not there on {china_text(owed.proofs[0])}; to be confirmed on another day"
        yield Call(place, morning, Why.CONFIRM, sentence)


_Gap = Callable[[int], timedelta]


def _doubling(first: timedelta, longest: timedelta) -> _Gap:
    return lambda failures: min(longest, first * 2 ** min(failures - 1, 16))


_MONTH = timedelta(days=30)
_GAPS: dict[str, _Gap] = {
    "unfinished": _doubling(timedelta(minutes=15), _MONTH),
    "partial": _doubling(timedelta(hours=6), _MONTH),
    "down": _doubling(timedelta(hours=6), _MONTH),
    "blocked": _doubling(timedelta(days=1), _MONTH),
    "not_found": _doubling(timedelta(days=7), _MONTH),
}


def _retries(place: Place, last: Look, now: datetime, settings: ScheduleSettings) -> Iterator[Call]:
    gap = _GAPS[last.verdict](max(1, place.failures))
    refused = last.verdict in ("blocked", "not_found")
    if not refused:
        for owed in place.owed:
            yield from (c for c in _moments(place, last, owed, now) if c.at > last.at)
            begin = season(china_day(owed.end - AFTER).year, settings.first_day)
            if begin <= now and not owed.confirmed:
                gap = min(gap, _SLOWEST)
    kind = f" ({last.kind})" if last.kind else ""
    times = f", {place.failures} times" if place.failures > 1 else ""
    yield Call(place, last.at + gap, Why.RETRY, f"was {last.verdict}{kind}{times}")
