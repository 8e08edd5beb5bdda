"""The audit: who published and who did not, with the evidence; and how many of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from archive import divisions
from archive.audit import loading, summary
from archive.audit.local_rules import LEVELS
from archive.audit.table import audit_of
from archive.database.models import Agency
from archive.folder import Archive
from archive.web.api.asking import AskedList, Key, Many, Row
from archive.web.api.words import FILES, AuditStatus, Division, Grows, Page, Year
from archive.web.limiting import HEAVY, limited
from archive.web.tallies import known_years, see_counted

router = APIRouter(tags=["audit"])

_TOGETHER = 100
"""Agencies of a status that are audited together."""


class Evidence(Grows):
    """A stored exchange that the status rests on, and what it says."""

    url: str
    fetched_at: str
    http_status: int | None
    sha256: str | None
    warc: str | None
    offset: int | None
    says: str
    says_zh: str


class Audited(Grows):
    """What the audit says of a report (contract §4), with the reasons as sentences."""

    agency_id: int
    agency: str
    division_code: str
    kind: str | None
    year: int
    scope: str
    status: str
    due: str
    due_basis: str
    local_due: str | None
    local_basis: str | None
    local_source: str | None
    first_seen: str | None
    last_absent: str | None
    displayed_date: str | None
    days_late: int | None
    url: str | None
    document_url: str | None
    content: str | None
    findings: dict[str, int]
    reason: str
    reason_zh: str
    content_reason: str
    content_reason_zh: str
    evidence: list[Evidence]


class Count(BaseModel):
    """How many reports of a division and of all below it have a status and content (null: none)."""

    division_code: str
    division: str
    status: str
    content: str | None
    number: int


class Counts(Page[Count]):
    """Counts of a year as of ``day``; ``fresh`` unless something has changed in the archive since."""

    year: int
    day: str
    made_at: str
    fresh: bool


def counted(request: Request, year: Year) -> None:
    """See that the year is counted, before a session begins that sees nothing later."""
    archive: Archive = request.app.state.archive
    known_years(archive, year)
    see_counted(archive, year)


@router.get(
    "/audit",
    response_model=Page[Audited],
    responses=FILES,
    dependencies=[limited("audit", HEAVY), Depends(counted)],
)
def audit(
    asked: Many, year: Year, division: Division = None, status: AuditStatus = None
) -> Response:
    """The audit of a year as known now, by division and agency.

    With `status` those are looked at that had it when the year was counted last (`/summary` tells when, and whether
    anything has changed since); who has another status by now is left out.
    """
    rows = (
        _with_status(asked, year, division, status) if status else _audited(asked, year, division)
    )
    return asked.answer(Page[Audited], rows, f"audit {year}")


@router.get(
    "/missing",
    response_model=Page[Audited],
    responses=FILES,
    dependencies=[limited("audit", HEAVY), Depends(counted)],
)
def missing(asked: Many, year: Year, division: Division = None) -> Response:
    """The reports that were not published, with the pages that show it: `/audit` with one status."""
    rows = _with_status(asked, year, division, "missing")
    return asked.answer(Page[Audited], rows, f"missing {year}")


def _audited(asked: AskedList, year: int, division: str | None) -> Iterator[tuple[Key, Row]]:
    first = asked.most or _TOGETHER
    batches = loading.batches(asked.session, division, asked.after(str, str), size=first)
    for agency, entry in audit_of(asked.session, year, batches):
        yield (agency.division_code, agency.name), {"agency_id": agency.id, **entry}


def _with_status(
    asked: AskedList, year: int, division: str | None, status: str
) -> Iterator[tuple[Key, Row]]:
    kept = _kept(asked, year)
    first: tuple[str, int] = asked.after(str, int) or ("", 0)

    def batches() -> Iterator[list[Agency]]:
        here = first
        while batch := kept.members(status, division or "", here, _TOGETHER):
            yield batch
            here = batch[-1].division_code, batch[-1].id

    for agency, entry in audit_of(asked.session, year, batches()):
        if entry["status"] == status:
            yield (agency.division_code, agency.id), {"agency_id": agency.id, **entry}


def _kept(asked: AskedList, year: int) -> summary.Summary:
    kept = summary.kept(asked.session, year)
    if kept is None:
        said = "the year is being counted; ask again in a minute"
        raise HTTPException(503, said, {"Retry-After": "60"})
    return kept


@router.get(
    "/summary",
    response_model=Counts,
    responses=FILES,
    dependencies=[limited("audit", HEAVY), Depends(counted)],
)
def counts(
    asked: Many,
    year: Year,
    division: Annotated[
        Annotated[str, Field(pattern="^([0-9]{2}|[0-9]{4}|[0-9]{6})$")] | SkipJsonSchema[None],
        Query(description="Only this division, by its code."),
    ] = None,
    by: Annotated[
        Literal["province", "prefecture", "county"] | SkipJsonSchema[None],
        Query(description="Count each of these apart; without it the division, or the archive."),
    ] = None,
) -> Response:
    """How many reports have which status and content."""
    kept = _kept(asked, year)
    about: dict[str, Any] = {
        "year": year,
        "day": kept.day.isoformat(),
        "made_at": kept.made_at.isoformat(timespec="seconds"),
        "fresh": kept.fresh,
    }
    level = LEVELS[by] if by else len(division or "")
    after = asked.after(str, str, str) or ("", "", "")
    rows = (
        ((one.division_code, one.status, one.content), _count(one))
        for one in kept.counts(level, division or "")
        if one[:3] > after
    )
    return asked.answer(Counts, rows, f"summary {year}", **about)


def _count(count: summary.Count) -> Row:
    code = count.division_code
    place = divisions.division(code) if code else None
    name = place.name if place else ""
    return {**count._asdict(), "division": name, "content": count.content or None}
