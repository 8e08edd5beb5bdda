"""From sightings and readings to reports: versions, figures and findings.

What a crawl saw (sightings with their documents) and what the extractor read are facts; reports and
their versions follow from them and are made here, again and again, with the same outcome. A version
is kept as long as its document stays the same, so its figures and findings are written once a reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.orm import Session, selectinload

from archive import authorship, figures, readings, search
from archive.database.changes import StaleReport, make_stale
from archive.database.models import (
    Agency,
    Capture,
    Reading,
    Report,
    ReportVersion,
    Sighting,
)
from archive.database.session import refresh_statistics
from archive.standing import Standing
from archive.versions import Record, classify
from extract import VERSION

_RANK = {"ok": 0, "suspect": 1, "failed": 2, "not_a_report": 3}
_BATCH = 500
"""Agencies and years whose reports are in memory at a time."""
_REGION_KINDS = frozenset({"region_gov"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A report's document as seen at one moment at one address."""

    sighting: Sighting
    document: Capture
    reading: Reading | None

    @property
    def rank(self) -> int:
        """How well the document reads; unread documents stand between doubtful and failed ones."""
        return _RANK[self.reading.status] * 2 if self.reading else 3


def scope_of(agency: Agency, stated: str | None) -> str:
    """The scope of a report: as stated, else the government of a region speaks for its region."""
    return stated or default_scope(agency.kind)


def default_scope(kind: str | None) -> str:
    """The scope of a report that states none, by the kind of its agency."""
    return "region" if kind in _REGION_KINDS else "organ"


def ingest(session: Session, touched: set[tuple[int, int]] | None = None) -> int:
    """Bring reports, versions, figures, findings and the full-text index up to date with sightings
    and readings.

    Returns the number of versions made or changed; the agencies and years of these are added to
    ``touched``. The caller commits.
    """
    session.flush()
    changed = 0
    standing = Standing(session)
    reports: set[int] = set()
    stale = _stale(session)
    pairs = sorted({pair for pair in stale.values() if None not in pair})
    for start in range(0, len(pairs), _BATCH):
        batch = pairs[start : start + _BATCH]
        known = _reports(session, batch)
        fresh: list[tuple[ReportVersion, Record | None]] = []
        for (agency, year, scope), seen in _groups(session, batch):
            report = known.get((agency.id, year, scope))
            if report is None:
                report = Report(agency=agency, year=year, scope=scope, versions=[])
                session.add(report)
                known[agency.id, year, scope] = report
            number = _bring_up_to_date(report, list(_states(seen)), fresh)
            changed += number
            if number and touched is not None:
                touched.add((agency.id, year))
        figures.write(session, standing, fresh)
        session.flush()
        reports.update(report.id for report in known.values())
    authorship.update(session, reports, everybody=None in (pair[0] for pair in stale.values()))
    if search.update(session, reports) or changed:
        refresh_statistics(session.connection())
    for start in range(0, len(stale), _BATCH):
        seen_by_us = list(stale)[start : start + _BATCH]
        session.execute(delete(StaleReport).where(StaleReport.id.in_(seen_by_us)))
    return changed


def _stale(session: Session) -> dict[int, tuple[int | None, int | None]]:
    """What has changed since the last time: number, agency and year; and what was read by another version."""
    older = or_(ReportVersion.extractor < VERSION, ReportVersion.extractor > VERSION)
    make_stale(session, select(Report.agency_id, Report.year).join(ReportVersion).where(older))
    rows = session.execute(select(StaleReport.id, StaleReport.agency_id, StaleReport.year))
    return {row.id: (row.agency_id, row.year) for row in rows}


def _reports(
    session: Session, pairs: Sequence[tuple[int | None, int | None]]
) -> dict[tuple[int, int, str], Report]:
    rows = session.scalars(
        select(Report)
        .where(tuple_(Report.agency_id, Report.year).in_(pairs))
        .options(selectinload(Report.versions).selectinload(ReportVersion.findings))
    )
    return {(report.agency_id, report.year, report.scope): report for report in rows}


def _groups(
    session: Session, pairs: Sequence[tuple[int | None, int | None]]
) -> Iterator[tuple[tuple[Agency, int, str], list[Seen]]]:
    """What was seen of each report of agencies and years, in the order of time."""
    rows = session.execute(
        select(Sighting, Agency, Capture, Reading)
        .join(Agency, Sighting.agency_id == Agency.id)
        .join(Capture, Sighting.document_id == Capture.id)
        .outerjoin(Reading, (Reading.sha256 == Capture.sha256) & (Reading.extractor == VERSION))
        .where(tuple_(Sighting.agency_id, Sighting.year).in_(pairs), Capture.sha256.is_not(None))
        .order_by(Agency.id, Sighting.year, Capture.run_id, Sighting.seen_at, Sighting.id)
    ).all()
    for (agency, year), group in groupby(rows, key=lambda row: (row[1], row[0].year)):
        scopes: dict[str, list[Seen]] = {}
        for sighting, _, capture, reading in group:
            seen = Seen(sighting, capture, reading)
            scopes.setdefault(scope_of(agency, sighting.scope), []).append(seen)
        for scope, members in scopes.items():
            yield (agency, year, scope), members


def _states(seen: Sequence[Seen]) -> Iterator[list[Seen]]:
    """The sightings cut into the states of the report: each holds sightings of one document.

    One run may see the report at several addresses (as page, as file, as picture). The state is
    the document that reads best, and among equals the one that was the state before.
    """
    state: list[Seen] = []
    for _, group in groupby(seen, key=attrgetter("document.run_id")):
        members = list(group)
        before = state[0].document.sha256 if state else None
        best = min(members, key=lambda one: (one.rank, one.document.sha256 != before))
        same = [one for one in members if one.document.sha256 == best.document.sha256]
        if state and before == best.document.sha256:
            state += same
            continue
        if state:
            yield state
        state = [best, *(one for one in same if one is not best)]
    if state:
        yield state


def _bring_up_to_date(
    report: Report, states: list[list[Seen]], fresh: list[tuple[ReportVersion, Record | None]]
) -> int:
    """Bring the versions of a report up to date; those read otherwise than before are added to ``fresh``."""
    existing = {version.number: version for version in report.versions}
    changed = 0
    previous: dict[str, Any] | None = None
    for number, state in enumerate(states, 1):
        first = state[0]
        version = existing.pop(number, None)
        if version is None:
            version = ReportVersion(number=number, sha256="", findings=[])
            report.versions.append(version)
        record = readings.unpack(first.reading) if first.reading else None
        status = first.reading.status if first.reading else None
        # A scan is read again by the same version once its characters can be recognised.
        is_fresh = (version.sha256, version.extractor, version.parse_status) != (
            first.document.sha256,
            VERSION if first.reading else None,
            status,
        )
        _describe(version, state)
        version.change = "first" if number == 1 else classify(previous, record)
        if is_fresh:
            changed += 1
            fresh.append((version, record))
        previous = record
    for version in existing.values():
        report.versions.remove(version)
        changed += 1
    return changed


def _describe(version: ReportVersion, state: list[Seen]) -> None:
    first = state[0]
    version.sha256 = first.document.sha256 or ""
    version.capture_id = first.document.id
    version.title = first.sighting.title
    version.url = first.sighting.url
    version.document_url = first.document.url
    version.media_type = first.document.media_type
    version.displayed_date = _earliest(one.sighting.displayed_date for one in state)
    version.first_seen = min(one.sighting.seen_at for one in state)
    version.last_seen = max(one.sighting.seen_at for one in state)
    version.form = first.reading.form if first.reading else None
    version.document_year = first.reading.year if first.reading else None
    named = first.reading.agency_name if first.reading else None
    if named != version.document_agency:
        version.document_agency, version.names_agency = named, None
    version.parse_status = first.reading.status if first.reading else None
    version.extractor = first.reading.extractor if first.reading else None


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
