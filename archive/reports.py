"""Reports as users ask for them: the list, and one report with everything that is known of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from archive import corrections, history
from archive.agencies import within
from archive.agencies.kinds import KINDS
from archive.audit import cross
from archive.database import fulltext
from archive.database.models import Agency, Finding, Narrative, Report, ReportVersion
from archive.errors import UsageError
from archive.words import Term, terms
from extract.record import Status
from extract.rules.registry import RULES

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

_OF_VERSION = (
    "title",
    "url",
    "document_url",
    "media_type",
    "sha256",
    "displayed_date",
    "form",
    "parse_status",
)
_MANY = 20_000
"""Entries of the full-text index that are gathered before the first report is listed."""
UNREAD = "unread"
"""The status of a report whose latest version is not read yet."""
FORMS = ("f2021", "f2019", "s2014", "free")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which reports to list; a report must pass all that are given.

    ``division`` means everything below it as well. ``status`` is a parse status, or ``unread``. ``finding``
    is a rule that failed on the report in its latest version and that no person dismissed. ``text`` is looked
    for in the narratives as ``gongkai search`` does: all its words must stand in one section.
    """

    year: int | None = None
    agency_id: int | None = None
    division: str | None = None
    kind: str | None = None
    status: str | None = None
    form: str | None = None
    finding: str | None = None
    text: str | None = None


def reports(session: Session, filters: Filters | None = None) -> Iterator[dict[str, Any]]:
    """Reports with their latest version, by division, agency and year, one by one.

    Raises :class:`~archive.errors.UsageError` for a filter that nothing can pass.
    """
    return (row for _, row in identified(session, filters or Filters()))


def identified(
    session: Session,
    filters: Filters,
    after: tuple[str, str, int, str] | None = None,
    most: int | None = None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """What :func:`reports` lists, each with the number of its agency, ``most`` reports at once or all one by one.

    ``after`` are division code, agency, year and scope of the report behind which to begin.
    """
    # Checked here and not in the generator: a wrong filter is told before anything is written.
    query = _query(_conditions(session, filters))
    if after is not None:
        # The first condition is the one that an index of agencies can use.
        place = Agency.division_code, Agency.name
        query = query.where(
            tuple_(*place) >= after[:2], tuple_(*place, Report.year, Report.scope) > after
        )
    rows = session.execute(query.limit(most))
    # What is bounded is read to its end, since nobody may want all of it and a cursor would stay open.
    found = rows if most is None else rows.all()
    return ((row.agency_id, _listed(row)) for row in found)


def _conditions(session: Session, filters: Filters) -> Iterator[ColumnElement[bool]]:
    pairs: tuple[tuple[Any, Any], ...] = (
        # Added to nothing, so that no index of years is taken and the reports of the year sorted: the
        # agencies are in the order of the list.
        (Report.year + 0, filters.year),
        (Report.agency_id, filters.agency_id),
        (Agency.kind, _one_of("kind", filters.kind, KINDS)),
        (ReportVersion.form, _one_of("form", filters.form, FORMS)),
    )
    yield from (column == value for column, value in pairs if value is not None)
    if filters.division is not None:
        yield within(filters.division)
    status = _one_of("status", filters.status, (*map(str, Status), UNREAD))
    if status is not None:
        yield ReportVersion.parse_status == (None if status == UNREAD else status)
    if filters.finding is not None:
        yield exists().where(
            Finding.version_id == ReportVersion.id,
            Finding.rule == _one_of("finding", filters.finding, sorted({*RULES, *cross.RULES})),
            Finding.verdict == "fail",
            or_(Finding.judged.is_(None), Finding.judged != "dismissed"),
        )
    if filters.text is not None:
        if not (wanted := terms(filters.text)):
            raise UsageError(
                f"--text {filters.text!r} has no letter, digit or character to look for"
            )
        yield _says(session, wanted)


def _says(session: Session, wanted: Sequence[Term]) -> ColumnElement[bool]:
    """Whether a section of a report has all the terms."""
    number = fulltext.matching(session.connection(), wanted)
    # The number of an entry is that of its report with the section in the last three bits.
    if len(session.scalars(select(number).limit(_MANY + 1)).all()) <= _MANY:
        position = select(number - number % 8)
        return Report.id.in_(select(Narrative.report_id).where(Narrative.position.in_(position)))
    # A frequent word: each report is looked up, so that the list begins at once.
    of_report = number.between(Narrative.position, Narrative.position + 7)
    return exists().where(Narrative.report_id == Report.id, exists(select(number).where(of_report)))


def _one_of(name: str, value: str | None, known: Collection[str]) -> str | None:
    if value is not None and value not in known:
        raise UsageError(f"--{name} {value}: there is no such {name}; there are {', '.join(known)}")
    return value


def _query(conditions: Iterator[ColumnElement[bool]]) -> Select[Any]:
    later, every = aliased(ReportVersion), aliased(ReportVersion)
    of_report = every.report_id == Report.id
    first_seen = select(func.min(every.first_seen)).where(of_report).scalar_subquery()
    number = select(func.count(every.id)).where(of_report).scalar_subquery()
    newer = exists().where(later.report_id == Report.id, later.number > ReportVersion.number)
    return (
        # Columns, not objects: what is listed is not kept.
        select(
            Report.agency_id,
            Agency.name.label("agency"),
            Agency.division_code,
            Report.year,
            Report.scope,
            *(getattr(ReportVersion, name) for name in _OF_VERSION),
            first_seen.label("first_seen"),
            number.label("versions"),
        )
        .select_from(Report)
        .join(Agency)
        .join(ReportVersion, ReportVersion.report_id == Report.id)
        .where(~newer, *conditions)
        .order_by(Agency.division_code, Agency.name, Report.year, Report.scope)
        .execution_options(yield_per=500)
    )


def _listed(row: Row[Any]) -> dict[str, Any]:
    values = dict(row._mapping)
    day = values["displayed_date"]
    values["displayed_date"] = day.isoformat() if day else None
    values["first_seen"] = values["first_seen"].isoformat(timespec="seconds")
    return {name: values[name] for name in LIST_COLUMNS}


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
            "record": _with_findings(history.record(session, report.versions[-1]), report),
        }
        for report in found
    ]


def _with_findings(record: dict[str, Any] | None, report: Report) -> dict[str, Any] | None:
    """The record with what other reports say of this one among its findings."""
    if record is None:
        return None
    names = ("rule", "verdict", "severity", "cells", "message", "message_zh")
    across = [
        {name: getattr(finding, name) for name in names}
        for finding in report.versions[-1].findings
        if finding.rule in cross.RULES
    ]
    return {**record, "findings": [*record["findings"], *across]}
