"""How many published, were late, are missing: the audit of a year counted by division, and kept.

To audit a whole country takes a minute, and a page wants the outcome at once. So it is counted when
somebody asks for it first, or :func:`refresh` is called, and kept until something changes in the archive
(:mod:`archive.database.changes`) or, while reports are still to come, until the day is over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from archive import clock
from archive.audit.table import audit
from archive.database import changes
from archive.database.audit_counts import AuditCount, AuditSummary
from archive.database.models import Agency
from archive.divisions import current as current_code
from archive.folder import Archive

LEVELS = (0, 2, 4, 6)
"""Digits of the codes by which is counted: the whole, provinces, prefectures, counties."""
_SMALL = 5_000
"""Agencies that are audited in a second or two."""


class Count(NamedTuple):
    """How many reports of a division and of all below it have a status and content (empty if none)."""

    division_code: str
    status: str
    content: str
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
        code = current_code(division) if division else ""
        query = (
            select(
                AuditCount.division_code, AuditCount.status, AuditCount.content, AuditCount.number
            )
            .where(
                AuditCount.year == self.year,
                AuditCount.day == self.day,
                AuditCount.level == level,
                AuditCount.division_code.between(code, code.ljust(6, "9")),
            )
            .order_by(AuditCount.division_code, AuditCount.status, AuditCount.content)
        )
        return [Count(*row) for row in self._session.execute(query)]


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


def refresh(archive: Archive, year: int, on: date | None = None) -> None:
    """Count the audit of ``year`` as known now, or at the end of the day ``on``, and keep it."""
    day = on or clock.china_day(clock.now())
    with archive.reader() as reader:
        state = changes.mark(reader)
        counted: Counter[tuple[int, str, str, str]] = Counter()
        for entry in audit(reader, year, on=on):
            code, status = entry["division_code"], str(entry["status"])
            for level in LEVELS:
                counted[level, code[:level], status, str(entry["content"] or "")] += 1
    with archive.session() as session:
        for table in (AuditCount, AuditSummary):
            # What was counted for another day is of no use any more, unless that day was asked for.
            earlier = table.day == day if on else table.day <= day
            session.execute(delete(table).where(table.year == year, earlier))
        session.execute(
            insert(AuditSummary),
            {"year": year, "day": day, "made_at": clock.now(), "mark": state},
        )
        rows = [
            {
                "year": year,
                "day": day,
                "level": level,
                "division_code": code,
                "status": status,
                "content": content,
                "number": number,
            }
            for (level, code, status, content), number in sorted(counted.items())
        ]
        if rows:
            session.execute(insert(AuditCount), rows)
        session.commit()


def _is_large(session: Session) -> bool:
    return (session.scalar(select(func.count(Agency.id))) or 0) > _SMALL
