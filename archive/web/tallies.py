"""The counts of a year for the pages: of a division and of its parts."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field

from fastapi import HTTPException
from sqlalchemy import func, select

from archive import clock, divisions
from archive.audit import summary
from archive.database.models import Agency, Report, Run
from archive.folder import Archive, ArchiveBusy
from archive.web.context import reading

_OURS = frozenset({"unknown", "blocked"})
_OPEN = frozenset({"not_due", "exempt"})
_AT_ONCE = 5_000
"""Agencies up to which a year is counted while the page waits."""
_counting = threading.Lock()
"""One count at a time: it reads the whole register."""


@dataclass(slots=True)
class Tally:
    """How many reports of a division have each status."""

    code: str
    name: str = ""
    by_status: dict[str, int] = field(default_factory=dict)

    def add(self, status: str, number: int) -> None:
        """Count ``number`` more reports of a status."""
        self.by_status[status] = self.by_status.get(status, 0) + number

    def of(self, *statuses: str) -> int:
        """How many have one of these statuses."""
        return sum(self.by_status.get(status, 0) for status in statuses)

    @property
    def owed(self) -> int:
        """Reports that are due."""
        return sum(n for status, n in self.by_status.items() if status not in _OPEN)

    @property
    def judged(self) -> int:
        """Reports that are due and of which it can be said whether they were published."""
        return self.owed - self.of(*_OURS)

    @property
    def share(self) -> float | None:
        """The part of those judged that was published in time, as seen or as claimed."""
        return self.of("on_time", "on_time_claimed") / self.judged if self.judged else None


def tallies(kept: summary.Summary, division: str) -> tuple[Tally, list[Tally]]:
    """The counts of a division and of its parts."""
    whole = Tally(division)
    parts: dict[str, Tally] = {}
    for count in kept.counts(len(division) + 2 if len(division) < 6 else 6, division):
        whole.add(count.status, count.number)
        part = parts.setdefault(count.division_code, Tally(count.division_code))
        part.add(count.status, count.number)
    for code, part in parts.items():
        place = divisions.division(code) if code else None
        part.name = place.name if place else code
    listed = sorted(parts.values(), key=lambda part: part.code)
    return whole, listed if any(part.code != division for part in listed) else []


def known_years(archive: Archive, wanted: int | None) -> tuple[list[int], int]:
    """The years that the archive can tell of, the newest first, and the one to show.

    Raises 404 for another year: to count it would take as long as for one that matters.
    """
    with reading(archive) as session:
        first = session.scalar(select(func.min(Report.year)))
        last = session.scalar(select(func.max(Report.year)))
        began = session.scalar(select(func.min(Run.started_at)))
    campaign = clock.china_day(clock.now()).year - 1
    # Where nothing was published there is no report, but who crawled in a year asked for the one before.
    crawled = clock.china_day(began).year - 1 if began else campaign
    years = list(range(max(last or campaign, campaign), min(first or campaign, crawled) - 1, -1))
    if wanted is not None and wanted not in years:
        raise HTTPException(404, f"the archive tells of {years[-1]} to {years[0]}")
    return years, wanted or last or campaign


def see_counted(archive: Archive, year: int) -> None:
    """See that the counts of a year are fresh: at once in a small archive, beside the request in a large one."""
    if _is_fresh(archive, year):
        return
    with archive.served() as session:
        large = (session.scalar(select(func.count(Agency.id))) or 0) > _AT_ONCE
    if large:
        if _counting.acquire(blocking=False):
            threading.Thread(target=_count, args=(archive, year), daemon=True).start()
        return
    with _counting:
        # Who waited for another's count needs none of their own.
        if not _is_fresh(archive, year):
            summary.refresh(archive, year)


def _is_fresh(archive: Archive, year: int) -> bool:
    with archive.served() as session:
        kept = summary.kept(session, year)
        return kept is not None and kept.fresh


def _count(archive: Archive, year: int) -> None:
    try:
        # Another process that answers for the archive may be at it.
        with contextlib.suppress(ArchiveBusy), archive.lock("count"):
            summary.refresh(archive, year)
    finally:
        _counting.release()
