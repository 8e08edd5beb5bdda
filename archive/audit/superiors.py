"""The places of an agency's superiors, whose pages may show its report (site guide §1.3).

A body publishes at its own place; a page of a body above it may list its report under a short name that
fits several. Such a row has no agency (:mod:`archive.assignment`), and as long as it may be theirs, none
of them is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.assignment import DEPTH
from archive.audit.parts import parts
from archive.database.models import Agency, place_agency
from archive.divisions import ancestors

_GOVERNING = ("region_gov", "gov_office")


def places(session: Session, agencies: Sequence[Agency]) -> dict[int, list[int]]:
    """The ids of the places of the bodies above each of ``agencies``, by its id.

    Above are its parents in the register, as far up as assignment looks down, and, since many registers
    name none, the governments of its division and of those above. The number of questions does not
    depend on the number of agencies.
    """
    above = _parents(session, agencies)
    for agency_id, ids in _governments(session, agencies).items():
        above[agency_id] |= ids
    publish: dict[int, list[int]] = defaultdict(list)
    for some in parts(sorted({one for ids in above.values() for one in ids})):
        rows = session.execute(
            select(place_agency.c.agency_id, place_agency.c.place_id).where(
                place_agency.c.agency_id.in_(some)
            )
        )
        for superior, place_id in rows:
            publish[superior].append(place_id)
    return {
        agency_id: sorted({place for one in ids if one != agency_id for place in publish[one]})
        for agency_id, ids in above.items()
    }


def _parents(session: Session, agencies: Sequence[Agency]) -> dict[int, set[int]]:
    above: dict[int, set[int]] = defaultdict(set)
    parent = {agency.id: agency.parent_id for agency in agencies}
    highest = dict(parent)
    for _ in range(DEPTH):
        for agency_id, superior in highest.items():
            if superior is not None:
                above[agency_id].add(superior)
        unknown = {superior for superior in highest.values() if superior is not None} - set(parent)
        for ids in parts(sorted(unknown)):
            rows = session.execute(select(Agency.id, Agency.parent_id).where(Agency.id.in_(ids)))
            parent.update({row.id: row.parent_id for row in rows})
        highest = {
            agency_id: parent[superior]
            for agency_id, superior in highest.items()
            if superior is not None
        }
    return above


def _governments(session: Session, agencies: Sequence[Agency]) -> dict[int, set[int]]:
    codes = {
        agency.id: [place.code for place in ancestors(agency.division_code)]
        + [agency.division_code]
        for agency in agencies
        if agency.division_code
    }
    governing: dict[str, set[int]] = defaultdict(set)
    for some in parts(sorted({code for several in codes.values() for code in several})):
        rows = session.execute(
            select(Agency.id, Agency.division_code).where(
                Agency.division_code.in_(some), Agency.kind.in_(_GOVERNING)
            )
        )
        for agency_id, code in rows:
            governing[code].add(agency_id)
    return {
        agency_id: {one for code in several for one in governing[code]}
        for agency_id, several in codes.items()
    }
