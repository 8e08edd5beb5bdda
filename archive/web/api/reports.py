"""Reports: the list, and one report with its record, versions, figures and findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from archive import history
from archive import reports as archive_reports
from archive.database.models import Report, ReportVersion
from archive.web.api.asking import Key, Many, One, Row
from archive.web.api.findings import Finding, row_of
from archive.web.api.words import (
    FILES,
    AnyYear,
    Division,
    Form,
    Grows,
    Id,
    Kind,
    Page,
    ParseStatus,
    Rule,
    Scope,
    Text,
    YearPath,
)
from archive.web.report import figure_row, find_report
from archive.web.report_view import view

router = APIRouter(tags=["reports"])

Number = Annotated[
    Annotated[int, Field(ge=1, le=100_000)] | SkipJsonSchema[None],
    Query(description="The number of a version; the latest unless given."),
]


class ListedReport(Grows):
    """A report with its latest version (contract §4)."""

    agency_id: int
    agency: str
    division_code: str
    year: int
    scope: str
    title: str | None
    url: str | None
    document_url: str | None
    media_type: str | None
    sha256: str
    displayed_date: str | None
    first_seen: str
    versions: int
    form: str | None
    parse_status: str | None

    @staticmethod
    def keyed(rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[Key, Row]]:
        """The rows of the list with their places."""
        for agency_id, row in rows:
            place = (row["division_code"], row["agency"], row["year"], row["scope"])
            yield place, {"agency_id": agency_id, **row}


class Version(Grows):
    """A version of a report and the stored exchange it came with."""

    number: int
    change: str | None
    first_seen: str
    last_seen: str
    url: str | None
    document_url: str | None
    sha256: str
    parse_status: str | None
    warc: str | None
    offset: int | None
    fetched_at: str


class Versions(Grows):
    """The versions of a report; ``gone_since`` is when it was found to be there no longer."""

    agency_id: int
    agency: str
    year: int
    scope: str
    versions: list[Version]
    gone_since: str | None


class Section(Grows):
    """A section of a report, without heading and tables."""

    number: int
    title: str
    text: str


class Cell(Grows):
    """A cell of the form; ``value`` is null unless ``state`` is ``number``."""

    key: str
    value: int | float | None
    state: str
    raw: str


class Said(Grows):
    """What a rule says of a record; ``cells`` are the keys of its operands."""

    rule: str
    verdict: str
    severity: str
    cells: list[str]
    message: str


class Parse(Grows):
    """How sure the reading is: with ``ok`` no cell is wrong."""

    status: str
    reasons: list[str]


class Record(Grows):
    """A document as it was read (contract §3)."""

    source: dict[str, Any]
    title: str | None
    agency: dict[str, Any]
    year: int | None
    scope: str | None
    form: str | None
    dates: dict[str, Any]
    sections: list[Section]
    cells: list[Cell]
    findings: list[Said]
    parse: Parse
    extractor: str


class WholeReport(ListedReport):
    """A report with its ``history`` of versions, and the ``record`` of the latest (null: not read yet)."""

    history: list[Version]
    gone_since: str | None
    corrections: list[dict[str, Any]]
    record: Record | None


class Figure(BaseModel):
    """A cell of the latest version: its value, how certain, corrected or not, and where it stands."""

    key: str
    label: str
    value: int | float | None
    state: str
    certainty: str
    printed: str | None
    corrected: str | None
    page: int | None
    bbox: list[float] | None
    path: str | None


@router.get("/reports", response_model=Page[ListedReport], responses=FILES)
def reports(
    asked: Many,
    year: AnyYear = None,
    division: Division = None,
    kind: Kind = None,
    status: ParseStatus = None,
    form: Form = None,
    finding: Rule = None,
    text: Text = None,
) -> Response:
    """The reports in the archive, by division, agency, year and scope; `finding` is a rule that failed."""
    filters = archive_reports.Filters(
        year=year,
        division=division,
        kind=kind,
        status=status,
        form=form,
        finding=finding,
        text=text,
    )
    after = asked.after(str, str, int, str)
    rows = archive_reports.identified(asked.session, filters, after, asked.most)
    return asked.answer(Page[ListedReport], ListedReport.keyed(rows), "reports")


@router.get("/reports/{agency_id}/{year}/{scope}", response_model=WholeReport)
def report(asked: One, agency_id: Id, year: YearPath, scope: Scope) -> Response:
    """All that is known of a report."""
    found = find_report(asked.session, agency_id, year, scope)
    (row,) = archive_reports.show(asked.session, [found])
    return asked.one(WholeReport, {"agency_id": agency_id, **row})


@router.get("/reports/{agency_id}/{year}/{scope}/versions", response_model=Versions)
def versions(asked: One, agency_id: Id, year: YearPath, scope: Scope) -> Response:
    """The versions of a report, the oldest first."""
    found = find_report(asked.session, agency_id, year, scope)
    row = {"agency_id": agency_id, **history.versions(asked.session, found)}
    return asked.one(Versions, row)


@router.get(
    "/reports/{agency_id}/{year}/{scope}/findings", response_model=Page[Finding], responses=FILES
)
def findings(
    asked: Many, agency_id: Id, year: YearPath, scope: Scope, version: Number = None
) -> Response:
    """What the rules say of a report, and what people said of that."""
    found = find_report(asked.session, agency_id, year, scope)
    chosen = _version(found, version)
    after = asked.after(int) or (0,)
    rows = (
        ((one.id,), row_of(one, chosen, found, found.agency))
        for one in sorted(chosen.findings, key=lambda one: one.id)
        if (one.id,) > after
    )
    return asked.answer(Page[Finding], rows, f"findings {_name(found)}")


@router.get(
    "/reports/{agency_id}/{year}/{scope}/figures", response_model=Page[Figure], responses=FILES
)
def figures(
    asked: Many, agency_id: Id, year: YearPath, scope: Scope, version: Number = None
) -> Response:
    """The figures of a report, with the certainty and the place of each."""
    found = find_report(asked.session, agency_id, year, scope)
    made = view(asked.session, found, _version(found, version))
    cells = {cell["key"]: cell for cell in made.record["cells"]} if made.record else {}
    (after,) = asked.after(int) or (-1,)
    rows = (
        ((number,), figure_row(figure, cells.get(figure.key, {})))
        for number, figure in enumerate(made.figures.values())
        if number > after
    )
    return asked.answer(Page[Figure], rows, f"figures {_name(found)}")


def _version(report: Report, number: int | None) -> ReportVersion:
    for version in report.versions:
        if version.number == (number or report.versions[-1].number):
            return version
    raise HTTPException(404, "the report has no such version")


def _name(report: Report) -> str:
    return f"{report.agency.name} {report.year} {report.scope}"
