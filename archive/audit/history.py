"""Kept verdicts: answers never change silently.

After whatever may change an answer (an extraction after a crawl, a person's word, a change of the register)
:func:`keep` asks the audit again about the agencies concerned, and keeps each verdict that is another
than the one that stood, with its cause. A verdict is status, due date, days late and content; how often
an absence was confirmed does not change it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from archive import clock
from archive.audit import reasons
from archive.audit.duty import FIRST_YEAR
from archive.audit.parts import parts
from archive.audit.verdict_file import open_verdicts
from archive.audit.verdicts import Verdict, verdicts
from archive.database.models import Agency, Report, Run, Sighting, Visit, place_agency
from archive.database.status_history import StatusChange
from archive.folder import Archive
from extract import VERSION

CAUSES = ("first", "visit", "reading", "person", "register", "due_passed", "due_changed", "program")
"""Why a verdict changed: the first one kept; a visit showed something new; a document was read or
replaced; a person corrected, judged or added; the register changed; the due day passed; the due date
itself became another; this version of the program judges otherwise.
"""
_OPEN = frozenset({"not_due", "unknown", "blocked", "missing"})
"""Statuses that further visits may change."""

SUPERSEDED = "superseded"
"""Stands where a verdict was on a scope that the report does not have after all."""

Key = tuple[int, int, str]


@dataclass(slots=True)
class Concerned:
    """The agencies to ask about, with the years; every year that is open where none is named."""

    years: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, agency_id: int, years: Iterable[int] = ()) -> None:
        """Ask about an agency, and surely about these years."""
        self.years[agency_id].update(years)


def keep(archive: Archive, session: Session, concerned: Concerned, cause: str) -> int:
    """Keep the verdicts that changed; returns how many. Commits.

    ``cause`` is what happened before; where a due day or a version of the program explains the change, that
    is kept instead.
    """
    now = clock.now()
    _add_passed(session, concerned, now)
    kept = 0
    with open_verdicts(archive) as file:
        for agencies in _batches(session, concerned.years):
            standing = _standing(session, agencies)
            asked = _years(session, agencies, concerned, standing, now)
            changes: list[StatusChange] = []
            for year, members in sorted(asked.items()):
                said = list(verdicts(session, members, year, now))
                said += _superseded(standing, said, members, year)
                changes += [
                    _change(verdict, standing.get(verdict.key), cause, now)
                    for verdict in said
                    if _is_new(verdict, standing.get(verdict.key))
                ]
            kept += len(changes)
            for change in changes:
                before = standing.get((change.agency_id, change.year, change.scope))
                if before is not None:
                    before.until = now
            file.append(changes)
            session.add_all(changes)
            session.commit()
    return kept


def keep_of(archive: Archive, session: Session, agency_id: int, year: int) -> int:
    """Keep what a person's word changed in the verdict on an agency's report for a year."""
    concerned = Concerned()
    concerned.add(agency_id, [year])
    return keep(archive, session, concerned, "person")


def keep_after_extraction(
    archive: Archive, session: Session, touched: Iterable[tuple[int, int]]
) -> dict[str, Any]:
    """Keep what changed by visits since the last extraction, by reading (``touched``: agency and year of new
    versions), by the passing of due days and by changes of the register.

    Returns what the next extraction needs to know, for the summary of the run.
    """
    last = session.scalar(
        select(Run).where(Run.command == "extract", Run.state == "finished").order_by(Run.id.desc())
    )
    before: dict[str, Any] = (last.summary.get("verdicts") if last else None) or {}
    last_visit = session.scalar(select(func.max(Visit.id))) or 0
    unfinished = session.scalars(
        select(Visit.id).where(Visit.finished_at.is_(None)).order_by(Visit.id.desc()).limit(1000)
    ).all()
    concerned = at_places_since(session, before.get("last_visit", 0), before.get("unfinished", []))
    kept = keep(archive, session, concerned, "visit")
    read = Concerned()
    for agency_id, year in touched:
        read.add(agency_id, [year])
    kept += keep(archive, session, read, "reading")
    kept += keep(archive, session, _by_register(session), "register")
    return {"kept": kept, "last_visit": last_visit, "unfinished": list(unfinished)}


def of(
    session: Session, agency: Agency, year: int, scope: str | None = None
) -> list[dict[str, Any]]:
    """The verdicts on an agency's reports for a year, by scope (all unless named), the oldest first."""
    query = (
        select(StatusChange)
        .filter_by(agency_id=agency.id, year=year)
        .order_by(StatusChange.scope, StatusChange.id)
    )
    if scope is not None:
        query = query.filter_by(scope=scope)
    return [
        {
            "agency": agency.name,
            "year": year,
            "scope": row.scope,
            "at": _china(row.at),
            "until": _china(row.until),
            "old": row.old,
            "new": row.new,
            "content": row.content,
            "due": row.due.isoformat(),
            "due_basis": row.due_basis,
            "days_late": row.days_late,
            "cause": row.cause,
            "reason": row.reason,
            "reason_zh": row.reason_zh,
            "program": row.program,
            "clock_set": row.clock_set,
        }
        for row in session.scalars(query)
    ]


LIST_COLUMNS = ("agency", "year", "scope", "at", "until", "old", "new", "content", "due", "due_basis",
                "days_late", "cause", "reason", "program", "clock_set")  # fmt: skip


def restore(archive: Archive) -> tuple[int, list[str]]:
    """Bring back what the file has and the database lacks; returns how many, and the damage met."""
    with open_verdicts(archive) as file, archive.session() as session:
        added, damage = file.restore(session)
        session.commit()
    return added, damage


def at_places_since(session: Session, last_visit: int, unfinished: Collection[int]) -> Concerned:
    """The agencies at places of visits that ended since the visit ``last_visit``, or were ``unfinished`` then."""
    ended = Visit.finished_at.is_not(None)
    later = (Visit.id > last_visit) | Visit.id.in_(list(unfinished))
    concerned = Concerned()
    for agency_id in session.scalars(
        select(place_agency.c.agency_id)
        .join(Visit, Visit.place_id == place_agency.c.place_id)
        .where(ended, later)
        .distinct()
    ):
        concerned.add(agency_id)
    shown = (
        select(Sighting.agency_id, Sighting.year)
        .join(Visit, Visit.id == Sighting.visit_id)
        .where(ended, later, Sighting.agency_id.is_not(None), Sighting.year.is_not(None))
        .distinct()
    )
    for agency_id, year in session.execute(shown):
        if agency_id is not None and year is not None:
            concerned.add(agency_id, [year])
    return concerned


def _by_register(session: Session) -> Concerned:
    """Those that began, ended or got their duty otherwise than their standing verdict knows."""
    owes = and_(
        or_(Agency.since.is_(None), Agency.since <= StatusChange.year),
        or_(Agency.until.is_(None), Agency.until > StatusChange.year),
        or_(Agency.duty_from.is_(None), Agency.duty_from <= StatusChange.year),
    )
    # A report that is published is judged whoever owed it.
    published = ("on_time", "on_time_claimed", "backdated_suspect", "late", SUPERSEDED)
    rows = session.execute(
        select(StatusChange.agency_id, StatusChange.year)
        .join(Agency, Agency.id == StatusChange.agency_id)
        .where(StatusChange.until.is_(None), StatusChange.new.not_in(published))
        .where(case((owes, StatusChange.new == "exempt"), else_=StatusChange.new != "exempt"))
    )
    concerned = Concerned()
    for agency_id, year in rows:
        concerned.add(agency_id, [year])
    return concerned


def _add_passed(session: Session, concerned: Concerned, now: datetime) -> None:
    """Those whose due day has passed since their verdict."""
    rows = session.execute(
        select(StatusChange.agency_id, StatusChange.year).where(
            StatusChange.until.is_(None),
            StatusChange.new == "not_due",
            StatusChange.due < clock.china_day(now),
        )
    )
    for agency_id, year in rows:
        concerned.add(agency_id, [year])


def _batches(session: Session, ids: Collection[int]) -> Iterator[Sequence[Agency]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), 500):
        part = ordered[start : start + 500]
        yield session.scalars(
            select(Agency)
            .where(Agency.id.in_(part), Agency.standing == "confirmed")
            .order_by(Agency.id)
        ).all()


def _standing(session: Session, agencies: Sequence[Agency]) -> dict[Key, StatusChange]:
    found: dict[Key, StatusChange] = {}
    for ids in parts(agency.id for agency in agencies):
        query = select(StatusChange).where(
            StatusChange.agency_id.in_(ids), StatusChange.until.is_(None)
        )
        for row in session.scalars(query.order_by(StatusChange.id)):
            found[row.agency_id, row.year, row.scope] = row
    return found


def _years(
    session: Session,
    agencies: Sequence[Agency],
    concerned: Concerned,
    standing: dict[Key, StatusChange],
    now: datetime,
) -> dict[int, list[Agency]]:
    """The agencies to ask about, by year: the campaign's, those that are open, those that were named, and
    all that the archive knows of an agency that has no verdict yet.
    """
    campaign = clock.china_day(now).year - 1
    wanted: dict[int, set[int]] = {
        agency.id: {campaign, *concerned.years[agency.id]} for agency in agencies
    }
    judged = {agency_id for agency_id, _, _ in standing}
    for (agency_id, year, _), row in standing.items():
        if row.new in _OPEN or row.program != VERSION:
            wanted[agency_id].add(year)
    fresh = [agency.id for agency in agencies if agency.id not in judged]
    for table in (Sighting, Report):
        rows = session.execute(
            select(table.agency_id, func.min(table.year))
            .where(table.agency_id.in_(fresh), table.year.is_not(None))
            .group_by(table.agency_id)
        )
        for of_agency, first in rows:
            if of_agency is not None and first is not None:
                wanted[of_agency].update(range(max(FIRST_YEAR, first), campaign + 1))
    asked: dict[int, list[Agency]] = defaultdict(list)
    for agency in agencies:
        for year in sorted(wanted[agency.id]):
            asked[year].append(agency)
    return asked


def _superseded(
    standing: dict[Key, StatusChange], said: Sequence[Verdict], members: Sequence[Agency], year: int
) -> Iterator[Verdict]:
    """Verdicts on scopes that nothing is said of any more: the report was seen with another one."""
    scopes: dict[int, list[str]] = defaultdict(list)
    for verdict in said:
        scopes[verdict.agency.id].append(verdict.scope)
    agencies = {agency.id: agency for agency in members}
    for (agency_id, of_year, scope), row in standing.items():
        if of_year == year and agency_id in agencies and scope not in scopes[agency_id]:
            yield Verdict(
                agencies[agency_id],
                year,
                scope,
                SUPERSEDED,
                row.due,
                row.due_basis,
                None,
                None,
                reasons.other_scope(scopes[agency_id]),
            )


def _is_new(verdict: Verdict, standing: StatusChange | None) -> bool:
    return standing is None or (
        verdict.status,
        verdict.due,
        verdict.days_late,
        verdict.content,
    ) != (standing.new, standing.due, standing.days_late, standing.content)


def _change(
    verdict: Verdict, standing: StatusChange | None, cause: str, now: datetime
) -> StatusChange:
    return StatusChange(
        agency=verdict.agency,
        agency_id=verdict.agency.id,
        year=verdict.year,
        scope=verdict.scope,
        at=now,
        old=standing.new if standing else None,
        new=verdict.status,
        content=verdict.content,
        due=verdict.due,
        due_basis=verdict.due_basis,
        days_late=verdict.days_late,
        reason=verdict.reason.en,
        reason_zh=verdict.reason.zh,
        cause=_cause(verdict, standing, cause, clock.china_day(now)),
        program=VERSION,
        clock_set=clock.is_set(),
    )


def _cause(verdict: Verdict, standing: StatusChange | None, cause: str, today: date) -> str:
    if standing is None:
        return "first"
    if standing.due != verdict.due:
        return "due_changed"
    if standing.program != VERSION:
        return "program"
    if standing.new == "not_due" and standing.due < today and verdict.status == "unknown":
        return "due_passed"
    return cause


def _china(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.CHINA).isoformat(timespec="seconds") if moment else None
