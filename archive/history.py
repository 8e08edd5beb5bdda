"""The versions of a report as users ask for them: the list, what changed, and whether it is still there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, object_session, selectinload

from archive import composing, readings
from archive.database.models import Agency, Reading, Report, ReportVersion, Sighting, Visit
from archive.errors import UsageError
from archive.ingest import scope_of
from archive.versions import difference


def of(session: Session, agency: Agency, year: int, scope: str | None = None) -> Sequence[Report]:
    """The reports of an agency for a year with their versions, by scope; all scopes unless named."""
    query = (
        select(Report)
        .filter_by(agency_id=agency.id, year=year)
        .options(selectinload(Report.versions).joinedload(ReportVersion.capture))
        .order_by(Report.scope)
    )
    if scope is not None:
        query = query.filter_by(scope=scope)
    return session.scalars(query).all()


def versions(session: Session, report: Report) -> dict[str, Any]:
    """A report with all its versions and, in ``gone_since``, when it was found to be there no longer."""
    return {
        **_identity(report),
        "versions": [version_row(version) for version in report.versions],
        "gone_since": gone_text(session, report),
    }


def version_row(version: ReportVersion) -> dict[str, Any]:
    """A version with the stored exchange it comes from; ``parts`` are the addresses of a page and of its
    pictures where these together are the document.
    """
    capture = version.capture
    session = object_session(version)
    assert session is not None
    return {
        "number": version.number,
        "change": version.change,
        "first_seen": version.first_seen.isoformat(timespec="seconds"),
        "last_seen": version.last_seen.isoformat(timespec="seconds"),
        "url": version.url,
        "document_url": version.document_url,
        "sha256": version.sha256,
        "parts": [part.url for part in composing.parts_of(session, capture)],
        "parse_status": version.parse_status,
        "warc": capture.warc,
        "offset": capture.offset,
        "fetched_at": capture.fetched_at.isoformat(timespec="seconds"),
    }


def changes(
    session: Session, report: Report, numbers: tuple[int, int] | None = None
) -> dict[str, Any]:
    """What changed between two versions, cell by cell and sentence by sentence; the last two if not named.

    Raises :class:`~archive.errors.UsageError` where the report does not have them.
    """
    have = {version.number: version for version in report.versions}
    if numbers is None:
        if len(have) < 2:
            raise UsageError(
                f"the archive has one version only of the report of {report.agency.name} for "
                f"{report.year} ({report.scope}); there is nothing to compare"
            )
        numbers = (max(have) - 1, max(have))
    if missing := [number for number in numbers if number not in have]:
        raise UsageError(
            f"the report of {report.agency.name} for {report.year} ({report.scope}) has no version "
            f"{missing[0]}; it has {', '.join(map(str, sorted(have)))}"
        )
    before, after = (have[number] for number in numbers)
    records = record(session, before), record(session, after)
    found = difference(*records)
    unread = [
        version.number for version, read in zip((before, after), records, strict=True) if not read
    ]
    return {
        **_identity(report),
        "before": version_row(before),
        "after": version_row(after),
        "unread": unread,
        "change": found.change,
        "cells": [asdict(change) for change in found.cells],
        "text": [
            {
                "section": change.section,
                "lines": [{"sign": sign, "text": text} for sign, text in change.lines],
            }
            for change in found.text
        ],
    }


def record(session: Session, version: ReportVersion) -> dict[str, Any] | None:
    """The record of a version's document (contract §3), None while it is not read."""
    if version.extractor is None:
        return None
    reading = session.get(Reading, (version.sha256, version.extractor))
    return readings.unpack(reading) if reading else None


def gone_since(session: Session, report: Report) -> datetime | None:
    """When a report that was published was found to be no longer there; None if it is there, or nobody knows.

    It is gone only if each place that ever showed it was read in full later without it. A row that may
    be this report, but could not be given to an agency or year, speaks for its being there. A visit that
    only listed the report without fetching it shows that it is there as well.
    """
    seen = [
        sighting
        for sighting in session.scalars(
            select(Sighting)
            .filter_by(agency_id=report.agency_id, year=report.year)
            .options(joinedload(Sighting.visit))
        )
        if scope_of(report.agency, sighting.scope) == report.scope
    ]
    last: dict[int, datetime] = {}
    for sighting in seen:
        if sighting.visit is not None:
            place = sighting.visit.place_id
            last[place] = max(last.get(place, sighting.seen_at), sighting.seen_at)
    missed = [_first_visit_without(session, report, *place) for place in last.items()]
    known = [moment for moment in missed if moment is not None]
    return max(known) if known and len(known) == len(missed) else None


def gone_text(session: Session, report: Report) -> str | None:
    """:func:`gone_since` as lists have it."""
    gone = gone_since(session, report)
    return gone.isoformat(timespec="seconds") if gone else None


def _first_visit_without(
    session: Session, report: Report, place: int, last_seen: datetime
) -> datetime | None:
    """The end of the first complete reading of a place after ``last_seen``, if nothing in it may be
    the report.
    """
    later = (Visit.place_id == place, Visit.started_at > last_seen)
    unclear = session.scalar(
        select(Sighting.id)
        .join(Visit)
        .where(*later, Sighting.agency_id.is_(None))
        .where((Sighting.year == report.year) | Sighting.year.is_(None))
        .limit(1)
    )
    if unclear is not None:
        return None
    return session.scalar(
        select(func.min(Visit.finished_at)).where(*later, Visit.verdict == "complete")
    )


def _identity(report: Report) -> dict[str, Any]:
    return {"agency": report.agency.name, "year": report.year, "scope": report.scope}
