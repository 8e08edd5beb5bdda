"""Whose report is it: give each sighting its agency, or leave it open.

The crawler records what the list shows; here the name in the title, else the name in the document,
is matched with the agencies that publish at the place. A title without a name counts for the only
agency of a place. What fits two agencies, or names another body, stays without an agency: a report
under the wrong name would accuse one agency and clear another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.agencies import Register
from archive.audit.duty import existed
from archive.database.models import Agency, Capture, Place, Reading, Sighting, Visit
from extract import VERSION


def assign(session: Session) -> int:
    """Assign the sightings that have no agency yet, and years from documents where a list shows none.

    Returns how many sightings got an agency. The caller commits.
    """
    register = Register(session)
    agencies_of: dict[int, list[Agency]] = {}
    assigned = 0
    for sighting, place_id, reading in _open(session):
        if sighting.year is None and reading is not None:
            sighting.year = reading.year
        if place_id not in agencies_of:
            place = session.get(Place, place_id) if place_id is not None else None
            agencies_of[place_id] = list(place.agencies) if place else []
        found, how = _whose(register, sighting, reading, agencies_of[place_id])
        if found is not None:
            sighting.agency_id, sighting.assigned_by = found.id, how
            assigned += 1
    session.flush()
    return assigned


def _open(session: Session) -> Iterable[tuple[Sighting, int, Reading | None]]:
    rows = session.execute(
        select(Sighting, Visit.place_id, Reading)
        .join(Visit, Sighting.visit_id == Visit.id)
        .outerjoin(Capture, Sighting.document_id == Capture.id)
        .outerjoin(Reading, (Reading.sha256 == Capture.sha256) & (Reading.extractor == VERSION))
        .where(Sighting.agency_id.is_(None))
        .order_by(Sighting.id)
    )
    yield from rows


def _whose(
    register: Register, sighting: Sighting, reading: Reading | None, among: Sequence[Agency]
) -> tuple[Agency | None, str]:
    """The agency of a sighting and what told it: ``title``, ``document`` or ``place``."""
    if sighting.agency_name:
        match = register.match(sighting.agency_name, among=among, year=sighting.year)
        if match.agency is None:
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
