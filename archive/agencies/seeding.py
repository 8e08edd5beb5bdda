"""Fill the register from the built-in gazetteer."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import departments
from archive.agencies.csvfile import RegisterError
from archive.database.models import Agency
from archive.divisions import TOWNSHIP_KINDS, Division, current, division, subtree
from archive.divisions.names import official_place, superiors
from archive.resolution import Body, government, office

ORIGIN = "gazetteer"


def seed(session: Session, division_code: str) -> int:
    """Add the governments of a division and of all below it, their offices and usual departments.

    That a government or township exists and owes a report is certain: it is ``confirmed``. Which offices
    and departments report for themselves only the division's own list tells: they are ``candidate`` and
    owe nothing until somebody confirms them. What the register already has is left as it is. Returns how
    many were added; the caller commits.

    Raises :class:`RegisterError` for a code of no division.
    """
    code = current(division_code)
    root = division(code)
    if root is None:
        raise RegisterError(
            f"no division has the code {division_code}; write 2 digits for a province (51), "
            "4 for a prefecture (5117), 6 for a county (511725)"
        )
    known: dict[tuple[str, str], Agency] = {}
    governments: dict[str, Agency] = {}
    # Parents are governments above too, so the whole line of the root is looked at.
    line = [place.code for place in superiors(root)]
    for agency in session.scalars(
        select(Agency).where(
            Agency.division_code.startswith(code, autoescape=True) | Agency.division_code.in_(line)
        )
    ):
        known[agency.name, agency.division_code] = agency
        if agency.kind in ("region_gov", "township_gov", "subdistrict"):
            governments.setdefault(agency.division_code, agency)
    added = 0
    for place in (root, *subtree(code)):
        if place.kind in ("statistical", "grouping", "zone"):
            continue
        parent = next(
            (governments[p.code] for p in reversed(superiors(place)) if p.code in governments), None
        )
        if place.code not in governments:
            governments[place.code] = agency = _agency(government(place), parent, "confirmed")
            session.add(agency)
            added += 1
        elif governments[place.code].origin == ORIGIN and governments[place.code].parent_id is None:
            # Seeded before its superior was.
            governments[place.code].parent = parent
        for body in _dependent(place):
            if (body.agency, body.division_code) not in known:
                session.add(_agency(body, governments[place.code], "candidate"))
                added += 1
    session.flush()
    return added


def _dependent(place: Division) -> Iterator[Body]:
    if place.kind in TOWNSHIP_KINDS:
        return
    yield office(place)
    where = official_place(place)
    for name in departments.usual(len(place.code)):
        yield Body(where + name, place.code, "local_dept")


def _agency(body: Body, parent: Agency | None, standing: str) -> Agency:
    return Agency(
        name=body.agency,
        division_code=body.division_code,
        kind=body.kind,
        parent=parent,
        standing=standing,
        origin=ORIGIN,
    )
