"""``gongkai audit``: one entry an agency, year and scope, with status, content and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from archive import clock
from archive.agencies import Register
from archive.audit import evidence, loading
from archive.audit.content import Failure, Published, judge
from archive.audit.duty import local
from archive.audit.local_rules import LOCAL_RULES
from archive.audit.parts import parts
from archive.audit.presence import Presence, Presences
from archive.audit.status import Conclusion, conclude
from archive.database.models import Agency, Finding, Report, ReportVersion, Run

Entry = dict[str, Any]
"""An entry in the shape of contract §4, with ``reason`` and ``content_reason`` as sentences, in Chinese with ``_zh``."""


def audit(
    session: Session,
    year: int,
    *,
    on: date | None = None,
    division: str | None = None,
    after: tuple[str, str] | None = None,
) -> Iterator[Entry]:
    """The audit of ``year`` as known now, or at the end of the day ``on`` (a day in China).

    ``division`` restricts it to the agencies of a division and of everything below it. Entries come
    in the order of division and name, the first at once and whatever their number in as much memory;
    ``after`` is the division code and the name of the agency after which a page begins.
    """
    batches = loading.batches(session, division, after)
    return (entry for _, entry in audit_of(session, year, batches, on=on))


def audit_of(
    session: Session,
    year: int,
    batches: Iterable[Sequence[Agency]],
    *,
    on: date | None = None,
) -> Iterator[tuple[Agency, Entry]]:
    """The entries of certain agencies, each with its agency, in the order in which they are given.

    A batch is read with a few questions whatever its size; up to a thousand agencies are a good one.
    """
    auditor = Auditor(session, year, moment_of(on))
    for agencies in batches:
        yield from auditor.entries(agencies)


def moment_of(on: date | None) -> datetime:
    """The moment as of which a question is answered: the end of the day ``on`` in China, or now."""
    return clock.now() if on is None else end_of(on)


class Auditor:
    """Audits agencies for a year as known at a moment; keeps what it learned of names between batches."""

    def __init__(self, session: Session, year: int, moment: datetime) -> None:
        self._session = session
        self._year = year
        self._moment = moment
        self._register = Register(session)
        self._presences = Presences(session, year, moment, self._register)

    def entries(self, agencies: Sequence[Agency]) -> Iterator[tuple[Agency, Entry]]:
        """The entries of a batch of agencies, each with its agency, in their order."""
        concluded = [
            (presence, conclude(presence, self._moment))
            for presence in self._presences.of_all(agencies)
        ]
        published = published_versions(self._session, agencies, self._year, self._moment)
        exchanges = evidence.Exchanges(self._session, concluded)
        for presence, conclusion in concluded:
            version = published.get((presence.agency.id, presence.scope))
            entry = _entry(self._register, presence, conclusion, version)
            entry["evidence"] = exchanges.gather(presence, conclusion)
            yield presence.agency, entry


def audit_of_years(session: Session, agency: Agency, years: Sequence[int]) -> Iterator[Entry]:
    """The entries of an agency for several years as known now; asks no more for ten years than for two.

    They have no ``evidence``: what proves an absence grows with every visit.
    """
    moment = clock.now()
    register = Register(session)
    rules = session.info.get(LOCAL_RULES)
    facts = loading.facts_of_years(session, [agency], years, moment, rules)
    published = _published(session, [agency], years, moment)
    for year in years:
        presences = Presences(session, year, moment, register)
        for presence in presences.of_all([agency], facts[year]):
            version = published.get((year, agency.id, presence.scope))
            yield _entry(register, presence, conclude(presence, moment), version)


def end_of(day: date) -> datetime:
    """The last moment of a day in China."""
    midnight = datetime.combine(day + timedelta(days=1), time(), clock.CHINA)
    return midnight - timedelta(microseconds=1)


def recorded_under_set_clock(session: Session) -> bool:
    """Whether a run of this archive had its clock set (a demonstration or test)."""
    return session.scalar(select(Run.id).where(Run.clock_set).limit(1)) is not None


def published_versions(
    session: Session, agencies: Sequence[Agency], year: int, moment: datetime
) -> dict[tuple[int, str], Published]:
    """The versions that stood at ``moment``, by agency and scope."""
    found = _published(session, agencies, [year], moment)
    return {(agency_id, scope): version for (_, agency_id, scope), version in found.items()}


def _published(
    session: Session, agencies: Sequence[Agency], years: Sequence[int], moment: datetime
) -> dict[tuple[int, int, str], Published]:
    """The versions that stood at ``moment``, by year, agency and scope."""
    columns = (
        ReportVersion.id,
        Report.agency_id,
        Report.year,
        Report.scope,
        ReportVersion.document_url,
        ReportVersion.parse_status,
        ReportVersion.document_year,
        ReportVersion.document_agency,
        ReportVersion.names_agency,
    )
    versions: dict[tuple[int, int, str], Row[*tuple[Any, ...]]] = {}
    of_years = Report.year == years[0] if len(years) == 1 else Report.year.in_(years)
    for ids in parts(agency.id for agency in agencies):
        rows = session.execute(
            select(*columns)
            .join(ReportVersion, ReportVersion.report_id == Report.id)
            .where(Report.agency_id.in_(ids), of_years, ReportVersion.first_seen <= moment)
            .order_by(ReportVersion.number)
        )
        versions.update({(row.year, row.agency_id, row.scope): row for row in rows})
    failed = _failed(session, [row.id for row in versions.values()])
    return {
        key: Published(
            document_url=row.document_url,
            status=row.parse_status,
            year=row.document_year,
            agency_name=row.document_agency,
            names_agency=row.names_agency,
            failed=tuple(failed.get(row.id, ())),
        )
        for key, row in versions.items()
    }


def _failed(session: Session, versions: Sequence[int]) -> dict[int, list[Failure]]:
    failed: dict[int, list[Failure]] = {}
    for ids in parts(versions):
        rows = session.execute(
            select(
                Finding.version_id,
                Finding.rule,
                Finding.severity,
                Finding.message,
                Finding.message_zh,
                Finding.judged,
            )
            .where(Finding.version_id.in_(ids), Finding.verdict == "fail")
            .order_by(Finding.id)
        )
        for version_id, rule, severity, message, message_zh, judged in rows:
            failure = Failure(rule, severity, message, message_zh, judged)
            failed.setdefault(version_id, []).append(failure)
    return failed


def _entry(
    register: Register, presence: Presence, conclusion: Conclusion, version: Published | None
) -> Entry:
    agency, absent = presence.agency, presence.last_absent
    judgement = judge(register, agency, presence.year, version) if version else None
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
        **local(conclusion.due, presence.year),
        "first_seen": _iso(presence.first_seen),
        "last_absent": _iso(absent.finished_at if absent else None),
        "displayed_date": _iso(presence.displayed_date),
        "days_late": conclusion.days_late,
        "url": presence.seen[0].url if presence.seen else None,
        "document_url": version.document_url if version else None,
        "content": content,
        "findings": judgement.findings if judgement else {},
        "reason": conclusion.reason.en,
        "reason_zh": conclusion.reason.zh,
        "content_reason": judgement.reason.en if judgement else "",
        "content_reason_zh": judgement.reason.zh if judgement else "",
    }


def _iso(moment: date | datetime | None) -> str | None:
    if isinstance(moment, datetime):
        return moment.astimezone(clock.CHINA).isoformat(timespec="seconds")
    return moment.isoformat() if moment else None
