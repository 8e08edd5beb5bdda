"""The register of agencies, and what is known of one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, HTTPException, Response
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import reports as archive_reports
from archive.agencies import as_row, within
from archive.audit import history as verdicts
from archive.database import models
from archive.database.status_history import StatusChange
from archive.web.api.asking import Key, Many, One, Row
from archive.web.api.reports import ListedReport
from archive.web.api.words import FILES, AnyYear, Division, Grows, Id, Kind, Name, Page

router = APIRouter(tags=["agencies"])


class Agency(Grows):
    """An agency of the register (contract §2), with its number."""

    id: int
    name: str
    kind: str | None
    division_code: str | None
    home_url: str | None
    annual_report_url: str | None
    aliases: str | None
    parent: str | None
    since: int | None
    until: int | None
    standing: str
    duty_from: int | None
    origin: str


class Verdict(Grows):
    """What the audit said of a report, from ``at`` until ``until`` (null: it still does)."""

    agency: str
    year: int
    scope: str
    at: str
    until: str | None
    old: str | None
    new: str
    content: str | None
    due: str
    due_basis: str
    days_late: int | None
    cause: str
    reason: str
    reason_zh: str
    program: str
    clock_set: bool


@router.get("/agencies", response_model=Page[Agency], responses=FILES)
def agencies(
    asked: Many,
    name: Name = None,
    division: Division = None,
    kind: Kind = None,
) -> Response:
    """The agencies, by division and name."""
    place = models.Agency.division_code, models.Agency.name
    query = (
        select(models.Agency)
        .options(selectinload(models.Agency.aliases), joinedload(models.Agency.parent))
        .where(within(division))
        .order_by(*place)
    )
    if name:
        query = query.where(models.Agency.name.contains(name, autoescape=True))
    if kind:
        query = query.where(models.Agency.kind == kind)
    if after := asked.after(str, str):
        query = query.where(tuple_(*place) > after)
    rows = (((agency.division_code, agency.name), _row(agency)) for (agency,) in asked.rows(query))
    return asked.answer(Page[Agency], rows, "agencies")


@router.get("/agencies/{agency_id}", response_model=Agency)
def agency(asked: One, agency_id: Id) -> Response:
    """An agency."""
    return asked.one(Agency, _row(find(asked.session, agency_id)))


@router.get("/agencies/{agency_id}/reports", response_model=Page[ListedReport], responses=FILES)
def reports(asked: Many, agency_id: Id) -> Response:
    """The reports of an agency, by year."""
    owner = find(asked.session, agency_id)
    filters = archive_reports.Filters(agency_id=owner.id)
    rows = archive_reports.identified(
        asked.session, filters, asked.after(str, str, int, str), asked.most
    )
    return asked.answer(Page[ListedReport], ListedReport.keyed(rows), f"reports of {owner.name}")


@router.get("/agencies/{agency_id}/history", response_model=Page[Verdict], responses=FILES)
def history(asked: Many, agency_id: Id, year: AnyYear = None) -> Response:
    """What the audit said of each report of an agency, by year and scope, the oldest first."""
    owner = find(asked.session, agency_id)
    after = asked.after(int, int) or (0, 0)
    rows = _verdicts(asked.session, owner, year, after)
    return asked.answer(Page[Verdict], rows, f"history of {owner.name}")


def find(session: Session, agency_id: int) -> models.Agency:
    """The agency, or the answer 404."""
    found = session.get(models.Agency, agency_id)
    if found is None:
        raise HTTPException(404, "the register has no such agency")
    return found


def _row(agency: models.Agency) -> Row:
    return {"id": agency.id, **as_row(agency)}


def _verdicts(
    session: Session, owner: models.Agency, year: int | None, after: tuple[Any, ...]
) -> Iterator[tuple[Key, Row]]:
    query = select(StatusChange.year).where(
        StatusChange.agency_id == owner.id, StatusChange.year >= after[0]
    )
    if year is not None:
        query = query.where(StatusChange.year == year)
    for one in session.scalars(query.distinct().order_by(StatusChange.year)).all():
        # Verdicts are never removed or changed, so their number in a year is a place.
        for number, row in enumerate(verdicts.of(session, owner, one), 1):
            if (one, number) > after:
                yield (one, number), row
