"""A figure over the years: of one agency, or added up over a division, with its coverage.

A number counts only if the document was read with certainty (``ok``) and is the report for that year. What
does not count is counted too: a sum over some of the reports is shown with how many of all it covers.
Reports of different scopes are never added up, and reports on a whole region only with those of the same
level: the region of a province contains those of its cities.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from archive import corrections
from archive.agencies import within
from archive.audit.duty import exempt, owing
from archive.audit.parts import parts
from archive.database.models import Agency, Correction, Report, ReportVersion, figures
from archive.errors import UsageError
from archive.ingest import default_scope
from archive.measures import Cells, Measure
from extract.forms.dictionary import column_name

ONLY_RATES = frozenset({"numerator", "denominator"})
"""Columns that only a rate has."""
ONLY_SOURCES = frozenset({"document_url", "sha256", "corrected", "corrected_reports"})
"""Columns that a table leaves out."""
REASONS = (
    "counted",
    "no_report",
    "not_ok",
    "blank",
    "other_form",
    "wrong_year",
    "other_body",
    "no_division",
)
AGENCY_COLUMNS: tuple[str, ...] = (
    "year",
    "scope",
    "value",
    "numerator",
    "denominator",
    "note",
    "form",
    "parse_status",
    "corrected",
    "document_url",
    "sha256",
)
DIVISION_COLUMNS: tuple[str, ...] = (
    "year",
    "scope",
    "level",
    "value",
    "numerator",
    "denominator",
    "owed",
    *REASONS,
    "corrected_reports",
)
"""``corrected_reports`` are those of the ``counted`` of which a person corrected a cell that is added up. ``owed`` reports are those counted and those not: ``no_report`` in the archive (which proves nothing about
the agency), read but ``not_ok``, a cell ``blank``, on a form that has no such cell, a document of
another year or of what may be another body, or on a region whose division and so level is not known.
"""

_SCOPES_WITH_LEVELS = ("region", "system")
_LEVELS = {2: "province", 4: "prefecture", 6: "county", 9: "township"}


def of_agency(
    session: Session, what: Measure, agency: Agency, first: int | None, last: int | None
) -> Iterator[dict[str, Any]]:
    """One row a year and scope; a ``note`` says why there is no value, or that a person corrected what it is made of."""
    top, bottom = _terms(what)
    query = (
        select(Report, ReportVersion, top.label("top"), bottom.label("bottom"), _outcome(what))
        .select_from(_reports())
        .where(Report.agency_id == agency.id, _between(first, last))
        .order_by(Report.year, Report.scope)
    )
    rows = session.execute(query).all()
    years = {report.year for report, *_ in rows}
    if rows or (first and last):
        start, end = first or min(years), last or max(years)
        missing = [year for year in range(start, end + 1) if year not in years]
    else:
        missing = []
    by_hand = corrections.shown(session, Correction.agency_id == agency.id, _of_cells(what))
    entries = [
        {
            "year": report.year,
            "scope": report.scope,
            **_value(what, above if outcome == "counted" else None, below),
            "note": _note(what, outcome, version, below)
            or ("corrected by a person" if _owner(report) in by_hand else ""),
            "form": version.form,
            "parse_status": version.parse_status,
            "corrected": _owner(report) in by_hand,
            "document_url": version.document_url,
            "sha256": version.sha256,
        }
        for report, version, above, below, outcome in rows
    ]
    for year in missing:
        empty = dict.fromkeys(AGENCY_COLUMNS)
        why = exempt(agency, year)
        note = why.en if why else "no report in the archive"
        scope = default_scope(agency.kind)
        entries.append({**empty, "year": year, "scope": scope, "note": note, "corrected": False})
    yield from sorted(entries, key=lambda entry: (entry["year"], entry["scope"]))


@dataclass(frozen=True, slots=True)
class Point:
    """A measure in one report.

    ``outcome`` is one of :data:`REASONS`. Where it is not ``counted``, ``value`` is what was read all the same in
    a report that is ``suspect`` otherwise, and None for every other reason. A rate has ``top`` and ``bottom``.
    """

    outcome: str
    value: int | float | None
    top: int | float | None = None
    bottom: int | float | None = None

    @property
    def doubtful(self) -> bool:
        """Whether the value stands in a report whose reading is in doubt."""
        return self.outcome != "counted" and self.value is not None


class Points:
    """Several measures in the reports of an agency: one question whatever their number, put together once."""

    def __init__(self, measures: Sequence[Measure]) -> None:
        self._measures = measures
        columns: list[ColumnElement[Any]] = []
        for number, what in enumerate(measures):
            top, bottom = _terms(what)
            columns += [top.label(f"top{number}"), bottom.label(f"bottom{number}")]
            columns.append(_outcome(what).label(f"outcome{number}"))
        readable_in_part = and_(
            ReportVersion.parse_status == "suspect",
            func.coalesce(ReportVersion.document_year, Report.year) == Report.year,
            ReportVersion.names_agency.is_(True),
        )
        self._query = (
            select(Report.year, Report.scope, case((readable_in_part, 1), else_=0), *columns)
            .select_from(_reports())
            .where(Report.agency_id == bindparam("agency"))
            .order_by(Report.year, Report.scope)
        )

    def of(self, session: Session, agency: Agency) -> dict[tuple[int, str], list[Point]]:
        """The measures by year and scope."""
        found: dict[tuple[int, str], list[Point]] = {}
        for year, scope, readable, *cells in session.execute(self._query, {"agency": agency.id}):
            found[year, scope] = [
                _point(what, cells[3 * number : 3 * number + 3], bool(readable))
                for number, what in enumerate(self._measures)
            ]
        return found


def _point(what: Measure, cells: Sequence[Any], readable: bool) -> Point:
    top, bottom, outcome = cells
    if top is None or not (outcome == "counted" or readable):
        return Point(outcome, None)
    made = _value(what, top, bottom)
    return Point(outcome, made["value"], made["numerator"], made["denominator"])


def of_division(
    session: Session, what: Measure, division: str | None, first: int | None, last: int | None
) -> Iterator[dict[str, Any]]:
    """One row a year, scope and, for reports on a region, level, with the coverage of the sum.

    ``division`` is a code, or None for the whole archive. Raises
    :class:`~archive.errors.UsageError` for what must not be added up.
    """
    if not what.addable:
        raise UsageError(
            f"{what.key} is printed in whatever unit an agency chooses and cannot be added up; "
            "ask for one agency with --agency"
        )
    return _sums(session, what, division, first, last)


def _sums(
    session: Session, what: Measure, division: str | None, first: int | None, last: int | None
) -> Iterator[dict[str, Any]]:
    top, bottom = _terms(what)
    on_region = Report.scope.in_(_SCOPES_WITH_LEVELS)
    outcome = case(
        (and_(on_region, Agency.division_code == ""), "no_division"), else_=_outcome(what)
    ).label("outcome")
    counted = outcome == "counted"
    digits = func.length(Agency.division_code)
    level = case((on_region, digits), else_=0).label("digits")
    query = (
        select(
            Report.year,
            Report.scope,
            level,
            outcome,
            func.count().label("number"),
            func.sum(case((counted, top))).label("top"),
            func.sum(case((counted, bottom))).label("bottom"),
        )
        .select_from(_reports())
        .where(within(division), _between(first, last))
        .group_by(Report.year, Report.scope, level, outcome)
    )
    by_hand = _corrected(session, what, division, query.where(counted))
    groups: dict[tuple[int, str, int], dict[str, Any]] = {}
    sums: dict[tuple[int, str, int], tuple[Any, Any]] = {}
    for year, scope, size, how, number, above, below in session.execute(query):
        key = (year, scope, size)
        groups.setdefault(key, _coverage())[how] += number
        if how == "counted":
            sums[key] = above, below
    for year in _years(groups, first, last):
        for kind, size, number in session.execute(_without_report(year, within(division))):
            scope = default_scope(kind)
            key = (year, scope, size if scope in _SCOPES_WITH_LEVELS else 0)
            groups.setdefault(key, _coverage())["no_report"] += number
    for key in sorted(groups):
        year, scope, size = key
        yield {
            "year": year,
            "scope": scope,
            "level": _LEVELS.get(size),
            **_value(what, *sums.get(key, (None, None))),
            **groups[key],
            "owed": sum(groups[key].values()),
            "corrected_reports": by_hand[key],
        }


def _corrected(
    session: Session, what: Measure, division: str | None, counted: Select[Any]
) -> Counter[tuple[int, str, int]]:
    """How many of the reports that count a person corrected, by year, scope and length of code."""
    found: Counter[tuple[int, str, int]] = Counter()
    for owners in parts(corrections.shown(session, within(division), _of_cells(what))):
        these = tuple_(Report.agency_id, Report.year, Report.scope).in_(owners)
        for year, scope, size, _, number, *_ in session.execute(counted.where(these)):
            found[year, scope, size] += number
    return found


def _of_cells(what: Measure) -> ColumnElement[bool]:
    return Correction.key.in_(what.keys)


def _owner(report: Report) -> tuple[int, int, str]:
    return report.agency_id, report.year, report.scope


def _coverage() -> dict[str, int]:
    return dict.fromkeys(REASONS, 0)


def _years(groups: Any, first: int | None, last: int | None) -> range:
    seen = [year for year, *_ in groups]
    if not seen and not (first and last):
        return range(0)
    return range(first or min(seen), (last or max(seen)) + 1)


def _without_report(year: int, there: ColumnElement[bool]) -> Select[Any]:
    """Agencies that owe a report for ``year`` and have none
    in the archive, by kind and length of code.
    """
    digits = func.length(Agency.division_code)
    return (
        select(Agency.kind, digits, func.count())
        .where(
            there,
            owing(year),
            ~exists().where(Report.agency_id == Agency.id, Report.year == year),
        )
        .group_by(Agency.kind, digits)
    )


def _reports() -> Any:
    later = aliased(ReportVersion)
    latest = and_(
        ReportVersion.report_id == Report.id,
        ~exists().where(later.report_id == Report.id, later.number > ReportVersion.number),
    )
    reports = Report.__table__.join(Agency, Agency.id == Report.agency_id)
    return reports.join(ReportVersion, latest).outerjoin(
        figures, figures.c.version_id == ReportVersion.id
    )


def _between(first: int | None, last: int | None) -> ColumnElement[bool]:
    lower = Report.year >= first if first is not None else true()
    return and_(lower, Report.year <= last) if last is not None else lower


def _terms(what: Measure) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    top = _sum(what.numerator)
    return top, _sum(what.denominator) if what.denominator else top


def _sum(cells: Cells) -> ColumnElement[Any]:
    """The cells of a report's form added up; null if one of them has no number."""
    return case(
        *(
            (ReportVersion.form == form, reduce(add, (figures.c[column_name(k)] for k in keys)))
            for form, keys in cells.items()
        )
    )


def _outcome(what: Measure) -> ColumnElement[str]:
    """Whether a report counts, or why it does not: the names of the columns of coverage."""
    top, bottom = _terms(what)
    return case(
        (ReportVersion.parse_status.is_distinct_from("ok"), "not_ok"),
        (ReportVersion.document_year != Report.year, "wrong_year"),
        (ReportVersion.names_agency.is_not(True), "other_body"),
        (func.coalesce(ReportVersion.form, "").not_in(sorted(what.forms)), "other_form"),
        (or_(top.is_(None), bottom.is_(None)), "blank"),
        else_="counted",
    ).label("outcome")


def _value(what: Measure, top: Any, bottom: Any) -> dict[str, Any]:
    """The value, for a rate with numerator and denominator; nothing divided by nothing is no rate."""
    if what.denominator is None:
        return {"value": _number(top), "numerator": None, "denominator": None}
    rate = round(float(top) / float(bottom), 4) if top is not None and bottom else None
    shown = bottom if top is not None else None
    return {"value": rate, "numerator": _number(top), "denominator": _number(shown)}


def _number(value: Any) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else round(float(value), 6)


def _note(what: Measure, outcome: str, version: ReportVersion, bottom: Any) -> str:
    match outcome:
        case "not_ok":
            return f"reading {version.parse_status}" if version.parse_status else "not read yet"
        case "wrong_year":
            return f"the document is the report for {version.document_year}"
        case "other_body":
            return f"the document names {version.document_agency}"
        case "other_form":
            return f"form {version.form or 'unknown'} has no such cell"
        case "blank":
            return "a cell has no number"
    return "" if what.denominator is None or bottom else "undefined: the denominator is 0"
