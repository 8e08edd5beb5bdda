"""Whose report is it: give each sighting its agency, or leave it open.

The crawler records what the list shows; here the name in the title, else the name in the document,
is matched with the agencies that publish at the place, then with their subordinates, whose reports a
superior's page lists under short names (教育局). A title without a name counts for the only agency of a
place. What fits two agencies, or names another body, stays without an agency: a report under the wrong
name would accuse one agency and clear another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive.agencies import Register
from archive.audit.duty import existed, reportable
from archive.clock import china_day
from archive.database.models import Agency, Capture, Place, Reading, Sighting, Visit
from archive.database.untried import OPEN
from extract import VERSION

DEPTH = 3
"""Levels below a place's agencies whose reports its pages list: departments, counties, their townships."""
_WIDEST = 2000


def assign(session: Session, tried: ColumnElement[bool] = OPEN) -> int:
    """Assign the sightings that have no agency yet, and years from documents where a list shows none.

    ``tried`` is the condition on sightings that are to be tried (:mod:`archive.database.untried`). Returns how
    many sightings got an agency. The caller commits.
    """
    register = Register(session)
    circles: dict[int, list[list[Agency]]] = {}
    assigned = 0
    for sighting, place_id, reading in _open(session, tried):
        if sighting.year is None and reading is not None:
            sighting.year = _year_read(sighting, reading)
        if place_id not in circles:
            place = session.get(Place, place_id) if place_id is not None else None
            circles[place_id] = _circles(session, list(place.agencies) if place else [])
        found, how = _whose(register, sighting, reading, circles[place_id])
        if found is not None:
            sighting.agency_id, sighting.assigned_by = found.id, how
            assigned += 1
    session.flush()
    return assigned


def _year_read(sighting: Sighting, reading: Reading) -> int | None:
    """The year that a document names, unless it cannot have been reported on when it was shown."""
    shown = sighting.displayed_date or china_day(sighting.seen_at)
    return reading.year if reading.year and reportable(reading.year, shown) else None


def _open(
    session: Session, tried: ColumnElement[bool]
) -> Iterable[tuple[Sighting, int, Reading | None]]:
    rows = session.execute(
        select(Sighting, Visit.place_id, Reading)
        .join(Visit, Sighting.visit_id == Visit.id)
        .outerjoin(Capture, Sighting.document_id == Capture.id)
        .outerjoin(Reading, (Reading.sha256 == Capture.sha256) & (Reading.extractor == VERSION))
        .where(tried)
        .order_by(Sighting.id)
    )
    yield from rows


def _circles(session: Session, members: list[Agency]) -> list[list[Agency]]:
    """The agencies of a place, those and their next subordinates, and everybody below: each circle holds
    the one before, so what is ambiguous in one is so in the next.
    """
    circles = [members]
    for _ in range(DEPTH):
        ids = [agency.id for agency in circles[-1]]
        below = session.scalars(
            select(Agency).where(Agency.parent_id.in_(ids), Agency.id.not_in(ids))
        ).all()
        if not below or len(ids) > _WIDEST:
            break
        circles.append([*circles[-1], *below])
    return circles


def _whose(
    register: Register,
    sighting: Sighting,
    reading: Reading | None,
    circles: Sequence[Sequence[Agency]],
) -> tuple[Agency | None, str]:
    """The agency of a sighting and what told it: ``title``, ``document`` or ``place``."""
    among = circles[0]
    if sighting.agency_name:
        for circle in circles:
            match = register.match(sighting.agency_name, among=circle, year=sighting.year)
            if match.agency is not None:
                return match.agency, "title"
        match = register.match_official(sighting.agency_name, sighting.year)
        return match.agency, "title"
    if reading is not None and reading.agency_name:
        # A document that names somebody else is not ours, even where we are the only agency.
        match = register.match(reading.agency_name, among=among, year=sighting.year)
        return match.agency, "document"
    year = sighting.year
    then = [agency for agency in among if year is None or existed(agency, year)]
    if len(then) == 1:
        return then[0], "place"
    return None, ""
