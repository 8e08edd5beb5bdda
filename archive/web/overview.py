"""The start page and the agencies: from a year or a body to its reports."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from archive.database.models import Agency, Report
from archive.web.context import Reading, render
from archive.web.report import Id

router = APIRouter(include_in_schema=False)

_ROWS = 100


@router.get("/")
def start(
    request: Request,
    session: Reading,
    year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
    after: Annotated[str, Query(pattern=r"^([0-9]{0,9}-[0-9]{1,10})?$")] = "",
) -> Response:
    """The reports of a year, by division; the latest year that has any unless one is named."""
    years = session.scalars(select(Report.year).distinct().order_by(Report.year.desc())).all()
    chosen = year or (years[0] if years else None)
    query = (
        select(Report)
        .join(Agency)
        .where(Report.year == chosen)
        .options(joinedload(Report.agency), selectinload(Report.versions))
        .order_by(Agency.division_code, Report.id)
        .limit(_ROWS + 1)
    )
    if after:
        code, _, number = after.partition("-")
        query = query.where(tuple_(Agency.division_code, Report.id) > (code, int(number)))
    found = session.scalars(query).all()
    last = found[_ROWS - 1] if len(found) > _ROWS else None
    return render(
        request,
        "start.html",
        years=years,
        year=chosen,
        reports=found[:_ROWS],
        more=f"{last.agency.division_code}-{last.id}" if last else None,
    )


@router.get("/agencies/{agency_id}")
def agency(request: Request, session: Reading, agency_id: Id) -> Response:
    """The reports of an agency by year."""
    owner = session.get(Agency, agency_id)
    if owner is None:
        raise HTTPException(404, "the register has no such agency")
    reports = session.scalars(
        select(Report)
        .filter_by(agency_id=agency_id)
        .options(selectinload(Report.versions))
        .order_by(Report.year.desc(), Report.scope)
    ).all()
    return render(request, "agency.html", agency=owner, reports=reports)
