"""A year at a glance, from the country down to each agency; and the agencies."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, selectinload

from archive import clock, divisions
from archive.agencies import within
from archive.audit import summary
from archive.audit.table import audit
from archive.database.models import Agency, Report
from archive.folder import Archive
from archive.web import provinces
from archive.web.context import Reading, render
from archive.web.report import Id

router = APIRouter(include_in_schema=False)

STATUSES = (
    "on_time",
    "on_time_claimed",
    "backdated_suspect",
    "late",
    "missing",
    "unknown",
    "blocked",
    "not_due",
    "exempt",
)
_OURS = frozenset({"unknown", "blocked"})
_OPEN = frozenset({"not_due", "exempt"})
_ROWS = 50
_LISTED = 5_000
"""Reports of a division up to which its agencies are listed one by one."""
_counting = threading.Lock()
"""One count at a time: it reads the whole register."""

Code = Annotated[str, Query(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6})?$")]


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


@router.get("/")
def start(
    request: Request,
    session: Reading,
    year: Annotated[int | None, Query(ge=2008, le=2100)] = None,
    division: Code = "",
    status: Annotated[str, Query(pattern="^[a-z_]{0,20}$")] = "",
    after: Annotated[str, Query(pattern=r"^([0-9]{0,12}~.{1,200})?$")] = "",
) -> Response:
    """Counts of a year and division, its parts, and its agencies with what proves each status."""
    years = _years(session)
    chosen = year or (years[0] if years else clock.china_day(clock.now()).year - 1)
    archive: Archive = request.app.state.archive
    whole, below, counted = _tallies(archive, chosen, division)
    rows: list[dict[str, Any]] = []
    more = None
    if whole.of(*STATUSES) <= _LISTED:
        code, _, name = after.partition("~")
        rows, more = _entries(session, chosen, division, status, (code, name) if after else None)
    place = divisions.division(division) if division else None
    return render(
        request,
        "start.html",
        years=years,
        year=chosen,
        division=division,
        place=place.name if place else division,
        up=division[:-2],
        only=status,
        statuses=[one for one in STATUSES if whole.of(one)],
        whole=whole,
        below=below,
        counted=counted,
        tiles=[(tile, below_by.get(tile.code)) for tile in provinces.TILES]
        if not division and (below_by := {tally.code: tally for tally in below})
        else [],
        columns=provinces.COLUMNS,
        height=provinces.ROWS,
        rows=rows,
        more=more,
        listed=whole.of(*STATUSES) <= _LISTED,
    )


def _years(session: Session) -> list[int]:
    return list(session.scalars(select(Report.year).distinct().order_by(Report.year.desc())))


def _tallies(
    archive: Archive, year: int, division: str
) -> tuple[Tally, list[Tally], summary.Summary | None]:
    """The counts of a division and of its parts, and what is known of when they were made."""
    counted = _counted(archive, year)
    whole = Tally(division)
    parts: dict[str, Tally] = {}
    if counted is None:
        return whole, [], None
    with archive.reader() as session:
        kept = summary.kept(session, year)
        if kept is None:
            return whole, [], None
        for count in kept.counts(len(division) + 2 if len(division) < 6 else 6, division):
            whole.add(count.status, count.number)
            part = parts.setdefault(count.division_code, Tally(count.division_code))
            part.add(count.status, count.number)
    for code, part in parts.items():
        place = divisions.division(code) if code else None
        part.name = place.name if place else code
    listed = sorted(parts.values(), key=lambda part: part.code)
    return whole, listed if any(part.code != division for part in listed) else [], counted


def _counted(archive: Archive, year: int) -> summary.Summary | None:
    """The kept counts of a year; a small archive is counted at once, a large one beside the request."""
    with archive.reader() as session:
        kept = summary.kept(session, year)
        large = (session.scalar(select(func.count(Agency.id))) or 0) > _LISTED
    if kept is not None and kept.fresh:
        return kept
    if large:
        if _counting.acquire(blocking=False):
            threading.Thread(target=_count, args=(archive, year), daemon=True).start()
        return kept
    with _counting:
        with archive.reader() as session:
            kept = summary.kept(session, year)
        if kept is None or not kept.fresh:
            # Who waited for another's count needs none of their own.
            summary.refresh(archive, year)
    with archive.reader() as session:
        return summary.kept(session, year)


def _count(archive: Archive, year: int) -> None:
    try:
        summary.refresh(archive, year)
    finally:
        _counting.release()


def _entries(
    session: Session, year: int, division: str, status: str, after: tuple[str, str] | None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of the audit, each entry with the id of its agency and whether its report is archived, and
    where the next page begins.
    """
    found = audit(session, year, division=division or None, after=after)
    wanted: Iterator[dict[str, Any]] = (
        entry for entry in found if not status or entry["status"] == status
    )
    page = list(islice(wanted, _ROWS + 1))
    # An agency with two reports is not cut in two: the page ends where another agency begins.
    last = (page[_ROWS - 1]["division_code"], page[_ROWS - 1]["agency"]) if page[_ROWS:] else None
    rows = page[:_ROWS]
    ids = {
        (code, name): number
        for number, code, name in session.execute(
            select(Agency.id, Agency.division_code, Agency.name).where(
                within(division or None),
                tuple_(Agency.division_code, Agency.name).in_(
                    {(row["division_code"], row["agency"]) for row in rows}
                ),
            )
        )
    }
    archived = {
        (number, scope)
        for number, scope in session.execute(
            select(Report.agency_id, Report.scope).where(
                Report.year == year, Report.agency_id.in_(list(ids.values()))
            )
        )
    }
    for row in rows:
        row["id"] = ids.get((row["division_code"], row["agency"]))
        # What was added by hand is in the archive, seen by a crawl or not.
        row["archived"] = (row["id"], row["scope"]) in archived
    return rows, f"{last[0]}~{last[1]}" if last else None


@router.get("/agencies/{agency_id}")
def agency(request: Request, session: Reading, agency_id: Id) -> Response:
    """The reports of an agency by year."""
    owner = session.get(Agency, agency_id)
    if owner is None:
        raise HTTPException(404, "the register has no such agency")
    reports = session.scalars(
        select(Report)
        .filter_by(agency_id=agency_id)
        .options(selectinload(Report.versions))
        .order_by(Report.year.desc(), Report.scope)
    ).all()
    return render(request, "agency.html", agency=owner, reports=reports)
