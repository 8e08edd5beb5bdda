"""How many published, were late, are missing: the audit of a year counted by division, and kept.

To audit a whole country takes a minute, and a page wants the outcome at once. So it is counted when
somebody asks for it first, or :func:`refresh` is called, and kept until something changes in the archive
(:mod:`archive.database.changes`) or, while reports are still to come, until the day is over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive import clock
from archive.audit.loading import batches
from archive.audit.table import audit_of
from archive.database import changes
from archive.database.audit_counts import AuditCount, AuditDay, AuditMember, AuditSummary
from archive.database.models import Agency
from archive.divisions import current as current_code
from archive.folder import Archive

LEVELS = (0, 2, 4, 6)
"""Digits of the codes by which is counted: the whole, provinces, prefectures, counties."""
_SMALL = 5_000
"""Agencies that are audited in a second or two."""


_ROWS = 5_000
"""Rows written at once."""


class Count(NamedTuple):
    """How many reports of a division and of all below it have a status and content (empty if none)."""

    division_code: str
    status: str
    content: str
    number: int


class Appeared(NamedTuple):
    """How many reports with a status appeared on a day."""

    day: date
    status: str
    number: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a year as of ``day``, made at ``made_at``; ``fresh`` if nothing has changed since."""

    year: int
    day: date
    made_at: datetime
    fresh: bool
    _session: Session

    def counts(self, level: int = 0, division: str = "") -> list[Count]:
        """The counts by divisions of a level, within ``division``; call it while the session is open.

        Bodies that stand higher than ``level`` are counted under their own, shorter code.
        """
        query = (
            select(
                AuditCount.division_code, AuditCount.status, AuditCount.content, AuditCount.number
            )
            .where(
                AuditCount.year == self.year,
                AuditCount.day == self.day,
                AuditCount.level == level,
                _inside(AuditCount.division_code, division, 6),
            )
            .order_by(AuditCount.division_code, AuditCount.status, AuditCount.content)
        )
        return [Count(*row) for row in self._session.execute(query)]

    def appeared(self, division: str = "") -> list[Appeared]:
        """On which days the reports of a division and of all below it appeared, by status."""
        code = current_code(division) if division else ""
        query = (
            select(AuditDay.appeared, AuditDay.status, AuditDay.number)
            .where(
                AuditDay.year == self.year,
                AuditDay.day == self.day,
                AuditDay.level == len(code),
                AuditDay.division_code == code,
            )
            .order_by(AuditDay.appeared, AuditDay.status)
        )
        return [Appeared(*row) for row in self._session.execute(query)]

    def members(
        self, status: str, division: str = "", after: tuple[str, int] = ("", 0), limit: int = 50
    ) -> list[Agency]:
        """The agencies that had a report with ``status``, by division and number, ``after`` such a pair.

        What the audit says of them today may be something else unless the summary is fresh.
        """
        position = AuditMember.division_code, AuditMember.agency_id
        query = (
            select(Agency)
            .join(AuditMember, AuditMember.agency_id == Agency.id)
            .where(
                AuditMember.year == self.year,
                AuditMember.day == self.day,
                AuditMember.status == status,
                _inside(AuditMember.division_code, division, 12),
                tuple_(*position) > after,
            )
            .order_by(*position)
            .limit(limit)
        )
        return list(self._session.scalars(query))


def kept(session: Session, year: int, on: date | None = None) -> Summary | None:
    """The counts as they were made last, or None if they never were."""
    today = clock.china_day(clock.now())
    day = AuditSummary.day == on if on else AuditSummary.day <= today
    query = select(AuditSummary).where(AuditSummary.year == year, day)
    query = query.order_by(AuditSummary.day.desc())
    found = session.scalars(query.limit(1)).first()
    if found is None:
        return None
    # All due dates of a year lie in the one after it: later nothing changes by itself.
    over = found.day == (on or today) or year + 1 < found.day.year
    fresh = over and found.mark == changes.mark(session)
    return Summary(year, found.day, found.made_at, fresh, session)


def current(archive: Archive, session: Session, year: int, on: date | None = None) -> Summary:
    """Counts that are fresh, as long as they can be had in a moment; else those that are kept.

    Only where none are kept does a large archive keep its reader waiting.
    """
    found = kept(session, year, on)
    if found is not None and (found.fresh or _is_large(session)):
        return found
    refresh(archive, year, on)
    session.rollback()
    made = kept(session, year, on)
    assert made is not None
    return made


def _inside(column: InstrumentedAttribute[str], division: str, longest: int) -> ColumnElement[bool]:
    code = current_code(division) if division else ""
    return column.between(code, code.ljust(longest, "9"))


def refresh(archive: Archive, year: int, on: date | None = None) -> None:
    """Count the audit of ``year`` as known now, or at the end of the day ``on``, and keep it."""
    day = on or clock.china_day(clock.now())
    counts: Counter[tuple[int, str, str, str]] = Counter()
    days: Counter[tuple[int, str, date, str]] = Counter()
    members: set[tuple[str, str, int]] = set()
    with archive.reader() as reader:
        state = changes.mark(reader)
        for agency, entry in audit_of(reader, year, batches(reader, None), on=on):
            code, status = entry["division_code"], str(entry["status"])
            shown = entry["displayed_date"] or entry["first_seen"]
            appeared = date.fromisoformat(shown[:10]) if shown else None
            for level in LEVELS:
                counts[level, code[:level], status, str(entry["content"] or "")] += 1
                if appeared:
                    days[level, code[:level], appeared, status] += 1
            members.add((status, code, agency.id))
    with archive.session() as session:
        for table in (AuditMember, AuditDay, AuditCount, AuditSummary):
            # What was counted for another day is of no use any more, unless that day was asked for.
            earlier = table.day == day if on else table.day <= day
            session.execute(delete(table).where(table.year == year, earlier))
        about = {"year": year, "day": day}
        session.execute(insert(AuditSummary), about | {"made_at": clock.now(), "mark": state})
        counted = ("level", "division_code", "status", "content", "number")
        seen = ("level", "division_code", "appeared", "status", "number")
        standing = ("status", "division_code", "agency_id")
        for table, columns, rows in (
            (AuditCount, counted, ((*key, number) for key, number in sorted(counts.items()))),
            (AuditDay, seen, ((*key, number) for key, number in sorted(days.items()))),
            (AuditMember, standing, sorted(members)),
        ):
            values = (about | dict(zip(columns, row, strict=True)) for row in rows)
            while part := list(islice(values, _ROWS)):
                session.execute(insert(table), part)
        session.commit()


def _is_large(session: Session) -> bool:
    return (session.scalar(select(func.count(Agency.id))) or 0) > _SMALL
