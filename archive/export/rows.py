"""The rows of the tables of an export, one by one, in an order that depends on nothing but their content.

Values are str, int, Decimal, float, bool, date, aware datetime or None; the writers know how each format
has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import clock, corrections, readings
from archive.agencies import within
from archive.audit.table import audit
from archive.database.models import (
    Agency,
    Capture,
    Finding,
    Reading,
    Report,
    ReportVersion,
    Visit,
    figures,
)
from archive.export import schema
from archive.export.schema import Row
from archive.figures import values
from archive.standing import Standing
from extract.forms.dictionary import (
    F2019_KEYS,
    F2021_KEYS,
    FIGURE_KEYS,
    column_name,
    english,
    is_decimal,
    label,
)

_CHUNK = 200
"""Reports whose records are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which reports to export: of a year, of a division and all below it; all if not given."""

    year: int | None = None
    division: str | None = None

    def agencies(self) -> list[ColumnElement[bool]]:
        """The conditions on agencies."""
        return [within(self.division)]

    def reports(self) -> list[ColumnElement[bool]]:
        """The conditions on reports with their agencies."""
        return self.agencies() + ([] if self.year is None else [Report.year == self.year])


def as_of(session: Session) -> datetime | None:
    """The end of the last visit, else the last capture: the moment that an export tells of.

    It is not the present: the same archive gives the same export on any day.
    """
    last = session.scalar(select(func.max(Visit.finished_at)))
    return last or session.scalar(select(func.max(Capture.fetched_at)))


def figures_wide(session: Session, choice: Choice) -> Iterator[Row]:
    """A row a report, with a column a cell."""
    columns = [figures.c[column_name(key)] for key in FIGURE_KEYS]
    query = _latest(choice, *columns).outerjoin(figures, figures.c.version_id == ReportVersion.id)
    for report, agency, version, first_seen, versions, *cells in session.execute(query):
        yield {
            **_report(agency, report),
            "title": version.title,
            **_source(version, first_seen),
            "versions": versions,
            **dict(zip((column.name for column in columns), cells, strict=True)),
        }


def figures_long(session: Session, choice: Choice) -> Iterator[Row]:
    """A row a cell of every report that was read."""
    standing = Standing(session)
    for chunk in session.execute(_latest(choice)).partitions(_CHUNK):
        digests = {version.sha256 for _, _, version, *_ in chunk}
        read = {
            (reading.sha256, reading.extractor): reading
            for reading in session.scalars(select(Reading).where(Reading.sha256.in_(digests)))
        }
        for report, agency, version, first_seen, _ in chunk:
            reading = read.get((version.sha256, version.extractor))
            record = readings.unpack(reading) if reading else None
            before, after = _report(agency, report), _source(version, first_seen)
            for cell in _cells(standing, version, record):
                yield {**before, **cell, **after}


def agencies(session: Session, choice: Choice) -> Iterator[Row]:
    """A row an agency."""
    query = (
        select(Agency)
        .where(*choice.agencies())
        .options(selectinload(Agency.aliases), joinedload(Agency.parent))
        .order_by(Agency.division_code, Agency.name)
        .execution_options(yield_per=_CHUNK)
    )
    own = [
        field.name for field in schema.AGENCIES.fields if field.name not in ("aliases", "parent")
    ]
    for agency in session.scalars(query):
        yield {
            **{name: getattr(agency, name) for name in own},
            "aliases": ";".join(alias.name for alias in agency.aliases),
            "parent": agency.parent.name if agency.parent else None,
        }


def absent(session: Session, choice: Choice) -> Iterator[Row]:
    """A row an agency, year and scope without a document, as known at the last visit."""
    moment = as_of(session)
    day = clock.china_day(moment) if moment else None
    for year in _years(session, choice):
        for entry in audit(session, year, on=day, division=choice.division):
            if entry["document_url"] is None:
                last = entry["last_absent"]
                yield {
                    **{field.name: entry[field.name] for field in schema.ABSENT.fields},
                    "due": date.fromisoformat(entry["due"]),
                    "last_absent": datetime.fromisoformat(last) if last else None,
                }


def findings(session: Session, choice: Choice) -> Iterator[Row]:
    """A row a finding on the latest version of a report."""
    query = _latest(choice, Finding).join(Finding, Finding.version_id == ReportVersion.id)
    names = ("rule", "verdict", "severity", "judged", "message", "message_zh")
    for report, agency, version, _, _, finding in session.execute(query.order_by(Finding.id)):
        yield {
            **_report(agency, report),
            "version": version.number,
            "sha256": version.sha256,
            **{name: getattr(finding, name) for name in names},
            "cells": ";".join(finding.cells),
        }


def people(session: Session, choice: Choice) -> Iterator[Row]:
    """A row a correction or verdict."""
    for row in corrections.listing(session, year=choice.year, division=choice.division):
        undone = row["undone_at"]
        yield {
            **row,
            "cells": ";".join(row["cells"]),
            "made_at": datetime.fromisoformat(row["made_at"]),
            "undone_at": datetime.fromisoformat(undone) if undone else None,
        }


def dictionary(_session: Session, _choice: Choice) -> Iterator[Row]:
    """A row a cell of the forms."""
    for key in FIGURE_KEYS:
        yield {
            "key": key,
            "column": column_name(key),
            "label": label(key),
            "meaning": english(key),
            "type": "number" if is_decimal(key) else "integer",
            "f2021": key in F2021_KEYS,
            "f2019": key in F2019_KEYS,
        }


def _latest(choice: Choice, *more: Any) -> Select[Any]:
    """Reports with agency, latest version, moment first seen and number of versions, and ``more``."""
    last = (
        select(
            ReportVersion.report_id,
            func.max(ReportVersion.number).label("number"),
            func.min(ReportVersion.first_seen).label("first_seen"),
            func.count().label("versions"),
        )
        .group_by(ReportVersion.report_id)
        .subquery()
    )
    return (
        select(Report, Agency, ReportVersion, last.c.first_seen, last.c.versions, *more)
        .select_from(Report)
        .join(Agency, Report.agency_id == Agency.id)
        .join(last, last.c.report_id == Report.id)
        .join(
            ReportVersion,
            (ReportVersion.report_id == Report.id) & (ReportVersion.number == last.c.number),
        )
        .where(*choice.reports())
        .order_by(Agency.division_code, Agency.name, Report.year, Report.scope)
        .execution_options(yield_per=_CHUNK)
    )


def _years(session: Session, choice: Choice) -> list[int]:
    if choice.year is not None:
        return [choice.year]
    query = select(Report.year).join(Agency).where(*choice.agencies()).distinct()
    return sorted(session.scalars(query))


def _report(agency: Agency, report: Report) -> Row:
    return {
        "agency": agency.name,
        "division_code": agency.division_code,
        "kind": agency.kind,
        "year": report.year,
        "scope": report.scope,
    }


def _source(version: ReportVersion, first_seen: datetime) -> Row:
    names = ("url", "document_url", "media_type", "sha256", "form", "parse_status", "extractor",
             "displayed_date", "last_seen")  # fmt: skip
    return {
        "version": version.number,
        "first_seen": first_seen,
        **{name: getattr(version, name) for name in names},
    }


def _cells(
    standing: Standing, version: ReportVersion, record: dict[str, Any] | None
) -> Iterator[Row]:
    said = standing.corrections(version, record)
    shown: dict[str, int | float | Decimal | None] = values(record)
    doubtful = set(record["parse"].get("suspect_cells", ())) if record else set()
    unread = [{"key": key, "state": "unread", "raw": None} for key in FIGURE_KEYS if key in said]
    cells = record["cells"] if record else []
    have = {cell["key"] for cell in cells}
    for cell in (*cells, *(cell for cell in unread if cell["key"] not in have)):
        key, bbox = cell["key"], cell.get("bbox")
        yield {
            "key": key,
            "value": said[key].value if key in said else shown.get(key),
            "state": cell["state"],
            "raw": cell["raw"],
            "doubtful": key in doubtful and key not in said,
            "corrected": key in said,
            "page": cell.get("page"),
            "place": " ".join(map(str, bbox)) if bbox else cell.get("path"),
        }


def latest_versions(
    session: Session, choice: Choice
) -> Iterator[tuple[Report, Agency, ReportVersion]]:
    """The reports with agency and latest version, in the order of all tables."""
    for report, agency, version, *_ in session.execute(_latest(choice)):
        yield report, agency, version
