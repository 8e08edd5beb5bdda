"""The page of a report: the document beside the figures, findings, versions, and the chain of evidence."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import history
from archive.database.models import Report, ReportVersion
from archive.errors import JobError
from archive.export.documents import safe_name
from archive.formats import harmless
from archive.web.context import Reading, render
from archive.web.replay import attachment, commands, copied, showing
from archive.web.report_view import Figure, english_of, view

router = APIRouter(include_in_schema=False)

Id = Annotated[int, Path(ge=1, le=1 << 31)]
Year = Annotated[int, Path(ge=1900, le=2200)]
Scope = Annotated[str, Path(pattern=r"^[a-z_]{1,30}$")]
Number = Annotated[int, Path(ge=1, le=100_000)]

CSV_COLUMNS = (
    "key",
    "label",
    "value",
    "state",
    "certainty",
    "printed",
    "corrected",
    "page",
    "bbox",
    "path",
)


def find_report(session: Session, agency_id: int, year: int, scope: str) -> Report:
    """The report, or the answer 404."""
    report = session.scalars(
        select(Report)
        .filter_by(agency_id=agency_id, year=year, scope=scope)
        .options(
            joinedload(Report.agency),
            selectinload(Report.versions).joinedload(ReportVersion.capture),
        )
    ).first()
    if report is None or not report.versions:
        raise HTTPException(404, "the archive has no such report")
    return report


def _version(report: Report, number: int) -> ReportVersion:
    for version in report.versions:
        if version.number == number:
            return version
    raise HTTPException(404, "the report has no such version")


@router.get("/reports/{agency_id}/{year}")
def reports_of_year(session: Reading, agency_id: Id, year: Year) -> Response:
    """To the report of an agency for a year; where it has two, to the one for the agency itself."""
    scopes = session.scalars(
        select(Report.scope).filter_by(agency_id=agency_id, year=year).order_by(Report.scope)
    ).all()
    if not scopes:
        raise HTTPException(404, "the archive has no such report")
    return RedirectResponse(f"/reports/{agency_id}/{year}/{scopes[0]}", 307)


@router.get("/reports/{agency_id}/{year}/{scope}")
def latest(request: Request, session: Reading, agency_id: Id, year: Year, scope: Scope) -> Response:
    """The latest version of a report."""
    report = find_report(session, agency_id, year, scope)
    return _page(request, session, report, report.versions[-1], pinned=False)


@router.get("/reports/{agency_id}/{year}/{scope}/versions/{number}")
def one_version(
    request: Request, session: Reading, agency_id: Id, year: Year, scope: Scope, number: Number
) -> Response:
    """A version of a report."""
    report = find_report(session, agency_id, year, scope)
    return _page(request, session, report, _version(report, number), pinned=True)


def _page(
    request: Request, session: Session, report: Report, version: ReportVersion, *, pinned: bool
) -> Response:
    made = view(session, report, version)
    sizes: list[tuple[float, float]] = []
    trouble: str | None = None
    if made.paged:
        try:
            sizes = showing(request).sizes(session, version.capture)
        except JobError as error:
            trouble = str(error)
    here = "version" if pinned else "latest"
    return render(
        request,
        "report.html",
        view=made,
        sizes=sizes,
        trouble=trouble,
        pinned=pinned,
        copy_address=f"{made.version_address}/copy?here={here}",
        commands=commands(version.capture),
        evidence=request.app.state.reread is not None,
        gone_since=history.gone_since(session, report) if made.latest else None,
    )


@router.get("/reports/{agency_id}/{year}/{scope}/versions/{number}/copy")
def copy(
    request: Request,
    session: Reading,
    agency_id: Id,
    year: Year,
    scope: Scope,
    number: Number,
    here: Annotated[Literal["latest", "version"], Query()] = "version",
) -> Response:
    """The harmless copy of a document without pages; its figures lead back to the page it is shown on."""
    report = find_report(session, agency_id, year, scope)
    made = view(session, report, _version(report, number))
    back = made.address if here == "latest" else made.version_address
    return copied(request, session, made.version.capture, made.links(back))


@router.get("/reports/{agency_id}/{year}/{scope}/changes/{before}/{after}")
def changes(
    request: Request,
    session: Reading,
    agency_id: Id,
    year: Year,
    scope: Scope,
    before: Number,
    after: Number,
) -> Response:
    """What changed between two versions: numbers cell by cell, and the sentences."""
    report = find_report(session, agency_id, year, scope)
    _version(report, before)
    _version(report, after)
    found = history.changes(session, report, (before, after))
    return render(request, "changes.html", report=report, found=found, english=english_of)


@router.get("/reports/{agency_id}/{year}/{scope}/versions/{number}/record.json")
def record_json(
    session: Reading, agency_id: Id, year: Year, scope: Scope, number: Number
) -> Response:
    """The record of a version as the extractor made it (contract §3)."""
    report = find_report(session, agency_id, year, scope)
    record = history.record(session, _version(report, number))
    if record is None:
        raise HTTPException(404, "the document is not read yet")
    name = attachment(f"{_name(report, number)}.json")
    return JSONResponse(record, headers={"content-disposition": name})


@router.get("/reports/{agency_id}/{year}/{scope}/versions/{number}/figures.csv")
def figures_csv(
    session: Reading, agency_id: Id, year: Year, scope: Scope, number: Number
) -> Response:
    """The cells of a version, a line each, with the certainty and the place of each."""
    report = find_report(session, agency_id, year, scope)
    made = view(session, report, _version(report, number))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    cells = {cell["key"]: cell for cell in made.record["cells"]} if made.record else {}
    for figure in made.figures.values():
        row = figure_row(figure, cells.get(figure.key, {}))
        box = row["bbox"]
        row["bbox"] = " ".join(map(str, box)) if box else None
        writer.writerow(harmless(row[column]) for column in CSV_COLUMNS)
    name = attachment(f"{_name(report, number)}.csv")
    return Response(
        out.getvalue(), media_type="text/csv; charset=utf-8", headers={"content-disposition": name}
    )


def figure_row(figure: Figure, cell: dict[str, Any]) -> dict[str, Any]:
    """A figure in :data:`CSV_COLUMNS`, with its ``cell`` of the record."""
    return {
        "key": figure.key,
        "label": figure.label,
        # What may be misread is no value; it stands under what is printed.
        "value": None if figure.suspect else cell.get("value"),
        "state": figure.state,
        "certainty": figure.certainty,
        "printed": figure.printed,
        "corrected": figure.text if figure.correction else None,
        "page": cell.get("page"),
        "bbox": cell.get("bbox"),
        "path": cell.get("path"),
    }


def _name(report: Report, number: int) -> str:
    return safe_name(f"{report.agency.name} {report.year} {report.scope} v{number}")
