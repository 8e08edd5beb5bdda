"""Visits in the database: opened before the first request, closed with the verdict and all sightings.

Closing is one transaction. A process that is killed leaves a visit ``unfinished`` and no sighting of it,
so the place is visited again and nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import clock
from archive.agencies import Register
from archive.database.models import Place, Sighting, Visit
from crawler.job import Job
from crawler.pages import twin_key
from crawler.places import clean
from crawler.verdict import Verdict
from crawler.walk import Start


@dataclass(frozen=True, slots=True)
class Known:
    """A report of the last complete visit."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a visit starts from."""

    place_id: int
    url: str
    starts: tuple[Start, ...]
    recipe_url: str | None
    known: tuple[Known, ...]


@dataclass(slots=True)
class Sighted:
    """A report that a visit saw; ``document_id`` None where it was not fetched or could not be."""

    url: str
    list_url: str
    title: str
    year: int | None
    scope: str | None
    agency_name: str | None
    day: date | None
    seen_at: datetime
    document_id: int | None = None
    fetched: bool = False


@dataclass(slots=True)
class Outcome:
    """What came of a visit."""

    verdict: Verdict
    platform: str | None = None
    column_url: str | None = None
    pages: int = 0
    rows: int = 0
    stated: int | None = None
    sightings: list[Sighted] = field(default_factory=list)


def facts(session: Session, place_id: int) -> Facts:
    """Where to begin with a place, and what was there last time."""
    place = session.get_one(Place, place_id, options=[selectinload(Place.agencies)])
    starts: list[Start] = []
    recipe_url = place.recipe.get("column_url")
    if recipe_url:
        starts.append(Start(recipe_url, True))
    led = any(clean(agency.annual_report_url or "") == place.url for agency in place.agencies)
    starts.append(Start(place.url, led, home=True))
    homes = {clean(agency.home_url or "") for agency in place.agencies} - {None, place.url}
    if len(homes) == 1:
        # Agencies of several homes share only the column; then the way from a home may lead elsewhere.
        starts += [Start(home, False, home=True) for home in homes if home]
    last = session.scalar(
        select(Visit)
        .filter_by(place_id=place_id, verdict="complete")
        .order_by(Visit.finished_at.desc(), Visit.id.desc())
        .limit(1)
    )
    known: list[Known] = []
    if last is not None:
        rows = session.scalars(select(Sighting).filter_by(visit_id=last.id))
        known = [Known(twin_key(row.url), row.title) for row in rows]
    return Facts(place_id, place.url, tuple(starts), recipe_url, tuple(known))


def names_own(session: Session, place_id: int, names: Iterable[str]) -> bool:
    """Whether one of ``names``, as printed over reports, is that of an agency of the place."""
    place = session.get_one(Place, place_id, options=[selectinload(Place.agencies)])
    register = Register(session)
    return any(register.match(name, among=place.agencies).agency for name in names)


def begin(job: Job, place_id: int) -> int:
    """Open a visit; returns its id."""
    with job.writer() as session:
        visit = Visit(run_id=job.run_id, place_id=place_id, started_at=clock.now())
        session.add(visit)
        session.commit()
        return visit.id


def finish(job: Job, visit_id: int, outcome: Outcome, requests: int) -> None:
    """Close a visit with its verdict and its sightings, and keep the recipe of a complete one."""
    with job.writer() as session:
        visit = session.get_one(Visit, visit_id)
        visit.finished_at = clock.now()
        visit.verdict = outcome.verdict.verdict
        visit.kind = outcome.verdict.kind
        visit.reason = outcome.verdict.reason
        visit.platform = outcome.platform
        visit.column_url = outcome.column_url
        visit.pages, visit.rows = outcome.pages, outcome.rows
        visit.rows_stated = outcome.stated
        visit.requests = requests
        for sighted in outcome.sightings:
            session.add(_row(session, visit_id, sighted))
        if visit.verdict == "complete":
            place = session.get_one(Place, visit.place_id)
            place.recipe = {
                "platform": outcome.platform,
                "column_url": outcome.column_url,
                "pages": outcome.pages,
            }
        session.commit()
    # Into the WARC file as well, or the visit would be lost with the database.
    job.recorder.visit(visit_id)


def _row(session: Session, visit_id: int, sighted: Sighted) -> Sighting:
    document_id = sighted.document_id
    if document_id is None and not sighted.fetched:
        # Not asked for this time: the document is the one that was had before.
        document_id = session.scalar(
            select(Sighting.document_id)
            .where(Sighting.url == sighted.url, Sighting.document_id.is_not(None))
            .order_by(Sighting.id.desc())
            .limit(1)
        )
    return Sighting(
        visit_id=visit_id,
        seen_at=sighted.seen_at,
        list_url=sighted.list_url,
        url=sighted.url,
        title=sighted.title,
        year=sighted.year,
        scope=sighted.scope,
        agency_name=(sighted.agency_name or "")[:200] or None,
        displayed_date=sighted.day,
        document_id=document_id,
    )


def event(place_url: str, outcome: Outcome) -> dict[str, Any]:
    """What the display is told when a visit is over."""
    return {
        "event": "visited",
        "host": urlsplit(place_url).hostname,
        "verdict": outcome.verdict.verdict,
        "kind": outcome.verdict.kind,
        "reports": len(outcome.sightings),
    }
