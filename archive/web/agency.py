"""One agency: what it owed over the years, what it published, and what its reports say."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from archive.database.models import Agency, Report
from archive.web.context import Reading, render
from archive.web.report import Id

router = APIRouter(include_in_schema=False)


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
