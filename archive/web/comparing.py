"""Reports side by side: years of one agency, or several agencies."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.database.models import Agency, Report
from archive.formats import harmless
from archive.measures import Cells, measure, names
from archive.web.context import Reading, render
from archive.web.form_tables import Slot
from archive.web.replay import attachment
from archive.web.report import find_report
from archive.web.report_view import Figure, ReportView, english_of, name_of, view

router = APIRouter(include_in_schema=False)

_MOST = 6
"""Reports side by side: what a page can still show, and an answer still take."""
_OFFERED = 12
_REPORT = re.compile(r"(\d{1,10})/(\d{4})/([a-z_]{1,30})", re.ASCII)
_RATES = tuple(name for name in names() if measure(name).denominator and "." not in name)

Reports = Annotated[list[str], Query(max_length=_MOST)]


@dataclass(frozen=True, slots=True)
class Line:
    """A figure in each of the reports (None where its form has no such cell), and the difference of two;
    ``corrected`` if a person corrected one of these.
    """

    key: str
    label: str
    english: str
    figures: list[Figure | None]
    difference: str | None
    corrected: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of a table of the form."""

    title: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Share:
    """A rate as numerator and denominator; ``corrected`` if a person corrected a figure that it is made of."""

    top: Decimal
    bottom: Decimal
    corrected: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate in each of the reports; None where it cannot be said for certain."""

    key: str
    about: str
    values: list[Share | None]


@router.get("/compare")
def page(
    request: Request,
    session: Reading,
    report: Reports = [],  # noqa: B006 FastAPI copies it
    agency: Annotated[int | None, Query(ge=1, le=1 << 31)] = None,
    q: Annotated[str, Query(max_length=100)] = "",
    every: bool = False,
) -> Response:
    """Up to six reports side by side. ``agency`` stands for its latest; ``q`` looks for others to add."""
    chosen = list(dict.fromkeys(report or _latest(session, agency)))
    views = [view(session, found, found.versions[-1]) for found in _found(session, chosen)]
    return render(
        request,
        "compare.html",
        views=views,
        chosen=chosen,
        every=every,
        q=q.strip(),
        offers=_offers(session, q.strip(), chosen, views) if q.strip() else None,
        full=len(chosen) >= _MOST,
        groups=list(groups(views, every=every)),
        rates=list(rates(views)),
        address=address,
    )


@router.get("/compare.csv")
def as_csv(session: Reading, report: Reports) -> Response:
    """Every cell of the reports, a line each, and whether it is certain."""
    views = [view(session, one, one.versions[-1]) for one in _found(session, report)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    heads = [f"{v.report.agency.name} {v.report.year} {v.report.scope}" for v in views]
    columns = [text for head in heads for text in (head, f"{head} certainty")]
    writer.writerow(map(harmless, ["key", "label", *columns]))
    for group in groups(views, every=True):
        for line in group.lines:
            cells: list[str | Decimal | None] = []
            for made, figure in zip(views, line.figures, strict=True):
                cells += [value(made, figure), figure.certainty if figure else "absent"]
            writer.writerow(map(harmless, [line.key, line.label, *cells]))
    headers = {"content-disposition": attachment("compare.csv")}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def address(reports: Sequence[str], every: bool = False, page: str = "/compare") -> str:
    """The address of the page that shows ``reports`` (each as ``agency/year/scope``)."""
    asked = [("report", one) for one in reports]
    asked += [("every", "true")] if every else []
    return f"{page}?{urlencode(asked, safe='/')}"


def _latest(session: Session, agency: int | None) -> list[str]:
    if agency is None:
        return []
    rows = session.execute(
        select(Report.year, Report.scope)
        .where(Report.agency_id == agency)
        .order_by(Report.year.desc(), Report.scope)
    ).all()
    # Reports of two scopes are two things, and years of one are what is compared.
    latest = [(year, scope) for year, scope in rows if scope == rows[0].scope][:_MOST]
    return [f"{agency}/{year}/{scope}" for year, scope in reversed(latest)]


def _found(session: Session, chosen: Sequence[str]) -> Iterator[Report]:
    for one in chosen:
        match = _REPORT.fullmatch(one)
        if match is None:
            raise HTTPException(422, "report: AGENCY/YEAR/SCOPE, as in the address of its page")
        yield find_report(session, int(match[1]), int(match[2]), match[3])


def _offers(
    session: Session, text: str, chosen: Sequence[str], views: Sequence[ReportView]
) -> list[tuple[Agency, list[tuple[int, str, list[str]]]]]:
    """Agencies whose name has ``text``, with the reports that can be added, those of the same year first."""
    found = session.scalars(
        select(Agency)
        .where(Agency.name.contains(text, autoescape=True))
        .order_by(Agency.division_code, Agency.id)
        .limit(_OFFERED)
    ).all()
    reports: dict[int, list[tuple[int, str, list[str]]]] = {}
    rows = session.execute(
        select(Report.agency_id, Report.year, Report.scope)
        .where(Report.agency_id.in_([agency.id for agency in found]))
        .order_by(Report.year.desc(), Report.scope)
    )
    for agency_id, year, scope in rows:
        name = f"{agency_id}/{year}/{scope}"
        if name not in chosen:
            reports.setdefault(agency_id, []).append((year, scope, [*chosen, name]))
    years = {made.report.year for made in views}
    return [
        (agency, sorted(reports[agency.id], key=lambda one: one[0] not in years))
        for agency in found
        if agency.id in reports
    ]


def value(made: ReportView, figure: Figure | None) -> Decimal | None:
    """The number of a figure, if it is certain."""
    if figure is None or made.status not in ("ok", "suspect"):
        return None
    if figure.correction is not None:
        return None if figure.correction.value is None else Decimal(figure.text)
    return Decimal(figure.text) if figure.state == "number" and not figure.suspect else None


def groups(views: Sequence[ReportView], *, every: bool) -> Iterator[Group]:
    """The figures by table, in the order of the newest form; of table 三 only the totals unless ``every``."""
    seen: set[str] = set()
    titles: dict[str, list[str]] = {}
    for made in sorted(views, key=lambda one: one.report.year, reverse=True):
        for table in made.tables:
            keys = titles.setdefault(table.title, [])
            slots = [cell for row in table.rows for cell in row if isinstance(cell, Slot)]
            keys += [slot.key for slot in slots if slot.key not in seen]
            seen.update(slot.key for slot in slots)
    for title, keys in titles.items():
        wanted = [
            key
            for key in keys
            if every or not key.startswith("requests.") or key.endswith(".total")
        ]
        lines = [_line(key, views) for key in wanted]
        if shown := [line for line in lines if any(line.figures)]:
            yield Group(title, shown)


def _line(key: str, views: Sequence[ReportView]) -> Line:
    figures = [made.figures.get(key) for made in views]
    difference = None
    if len(views) == 2:
        first, last = (value(made, one) for made, one in zip(views, figures, strict=True))
        if first is not None and last is not None:
            difference = f"{last - first:+f}" if last != first else "0"
    by_hand = any(one is not None and one.correction is not None for one in figures)
    return Line(key, name_of(key), english_of(key), figures, difference, by_hand)


def rates(views: Sequence[ReportView]) -> Iterator[Rate]:
    """The derived rates, from certain figures alone (domain guide §3.2)."""
    for name in _RATES:
        what = measure(name)
        assert what.denominator is not None
        values = [_share(made, what.numerator, what.denominator) for made in views]
        if any(values):
            yield Rate(name, what.about, values)


def _share(made: ReportView, numerator: Cells, denominator: Cells) -> Share | None:
    top, bottom = _figures(made, numerator), _figures(made, denominator)
    above, below = _sum(made, top), _sum(made, bottom)
    if above is None or not below:
        return None
    by_hand = any(one is not None and one.correction is not None for one in (*top, *bottom))
    return Share(above, below, by_hand)


def _figures(made: ReportView, cells: Cells) -> list[Figure | None]:
    """The figures that its form has for ``cells``; none where it has no such cells."""
    form: str = (made.record["form"] if made.record else None) or ""
    return [made.figures.get(key) for key in cells.get(form, ())]


def _sum(made: ReportView, found: Sequence[Figure | None]) -> Decimal | None:
    numbers = [value(made, figure) for figure in found]
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if numbers and len(known) == len(numbers) else None
