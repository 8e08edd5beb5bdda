"""``gongkai audit``: one entry an agency, year and scope, with status, content and evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.agencies import Register, listing
from archive.audit import evidence
from archive.audit.content import Judgement, judge
from archive.audit.presence import Presence, Presences
from archive.audit.status import Conclusion, conclude
from archive.database.models import Agency, Reading, Report, ReportVersion, Run
from archive.ingest import version_at

Entry = dict[str, Any]
"""An entry in the shape of contract §4, with ``reason`` and ``content_reason`` as sentences."""


def audit(
    session: Session, year: int, *, on: date | None = None, division: str | None = None
) -> Iterator[Entry]:
    """The audit of ``year`` as known now, or at the end of the day ``on`` (a day in China).

    ``division`` restricts it to the agencies of a division and of everything below it. Entries come
    in the order of division and name.
    """
    moment = clock.now() if on is None else end_of(on)
    presences = Presences(session, year, moment)
    register = Register(session)
    for agency in listing(session, division=division):
        if agency.standing != "confirmed":
            continue
        for presence in presences.of(agency):
            conclusion = conclude(presence, moment)
            version = _version(session, presence, moment)
            judgement = _judgement(session, register, agency, year, version)
            yield _entry(session, presence, conclusion, version, judgement)


def end_of(day: date) -> datetime:
    """The last moment of a day in China."""
    midnight = datetime.combine(day + timedelta(days=1), time(), clock.CHINA)
    return midnight - timedelta(microseconds=1)


def recorded_under_set_clock(session: Session) -> bool:
    """Whether a run of this archive had its clock set (a demonstration or test)."""
    return session.scalar(select(Run.id).where(Run.clock_set).limit(1)) is not None


def _version(session: Session, presence: Presence, moment: datetime) -> ReportVersion | None:
    report = session.scalar(
        select(Report).filter_by(
            agency_id=presence.agency.id, year=presence.year, scope=presence.scope
        )
    )
    return version_at(report, moment) if report else None


def _judgement(
    session: Session,
    register: Register,
    agency: Agency,
    year: int,
    version: ReportVersion | None,
) -> Judgement | None:
    if version is None:
        return None
    reading = (
        session.get(Reading, (version.sha256, version.extractor)) if version.extractor else None
    )
    return judge(register, agency, year, version, reading)


def _entry(
    session: Session,
    presence: Presence,
    conclusion: Conclusion,
    version: ReportVersion | None,
    judgement: Judgement | None,
) -> Entry:
    agency, absent = presence.agency, presence.last_absent
    content = judgement.content if judgement else ("unread" if presence.seen else None)
    return {
        "agency": agency.name,
        "division_code": agency.division_code,
        "kind": agency.kind,
        "year": presence.year,
        "scope": presence.scope,
        "status": conclusion.status,
        "due": conclusion.due.day.isoformat(),
        "due_basis": conclusion.due.basis,
        "first_seen": _iso(presence.first_seen),
        "last_absent": _iso(absent.finished_at if absent else None),
        "displayed_date": _iso(presence.displayed_date),
        "days_late": conclusion.days_late,
        "url": presence.seen[0].url if presence.seen else None,
        "document_url": version.document_url if version else None,
        "content": content,
        "findings": judgement.findings if judgement else {},
        "reason": conclusion.reason,
        "content_reason": judgement.reason if judgement else "",
        "evidence": evidence.gather(session, presence, conclusion),
    }


def _iso(moment: date | datetime | None) -> str | None:
    if isinstance(moment, datetime):
        return moment.astimezone(clock.CHINA).isoformat(timespec="seconds")
    return moment.isoformat() if moment else None
