"""Reports as users ask for them: the list, and one report with everything that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import corrections, history
from archive.database.models import Agency, Report, ReportVersion

LIST_COLUMNS = (
    "agency",
    "division_code",
    "year",
    "scope",
    "title",
    "url",
    "document_url",
    "media_type",
    "sha256",
    "displayed_date",
    "first_seen",
    "versions",
    "form",
    "parse_status",
)
"""The columns of ``gongkai reports`` (contract §4)."""


def reports(
    session: Session,
    *,
    year: int | None = None,
    agency_id: int | None = None,
    division: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    form: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Reports with their latest version, by division, agency and year."""
    conditions: list[ColumnElement[bool]] = []
    if year is not None:
        conditions.append(Report.year == year)
    if agency_id is not None:
        conditions.append(Report.agency_id == agency_id)
    if division is not None:
        conditions.append(Agency.division_code.startswith(division, autoescape=True))
    if kind is not None:
        conditions.append(Agency.kind == kind)
    query: Select[Report] = (
        select(Report)
        .join(Agency)
        .where(*conditions)
        .options(joinedload(Report.agency), selectinload(Report.versions))
        .order_by(Agency.division_code, Agency.name, Report.year, Report.scope)
        .execution_options(yield_per=500)
    )
    for report in session.scalars(query):
        latest = report.versions[-1]
        if status not in (None, latest.parse_status) or form not in (None, latest.form):
            continue
        yield _row(report, latest)


def _row(report: Report, latest: ReportVersion) -> dict[str, Any]:
    return {
        "agency": report.agency.name,
        "division_code": report.agency.division_code,
        "year": report.year,
        "scope": report.scope,
        "title": latest.title,
        "url": latest.url,
        "document_url": latest.document_url,
        "media_type": latest.media_type,
        "sha256": latest.sha256,
        "displayed_date": latest.displayed_date.isoformat() if latest.displayed_date else None,
        "first_seen": report.versions[0].first_seen.isoformat(timespec="seconds"),
        "versions": len(report.versions),
        "form": latest.form,
        "parse_status": latest.parse_status,
    }


def show(session: Session, found: Iterable[Report]) -> list[dict[str, Any]]:
    """Everything known of reports: versions with the stored exchange they come from, and the record
    of the latest version.
    """
    return [
        {
            **_row(report, report.versions[-1]),
            "history": [history.version_row(version) for version in report.versions],
            "gone_since": history.gone_text(session, report),
            "corrections": list(
                corrections.listing(
                    session, agency_id=report.agency_id, year=report.year, scope=report.scope
                )
            ),
            "record": history.record(session, report.versions[-1]),
        }
        for report in found
    ]
