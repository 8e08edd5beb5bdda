"""What the audit needs of a batch of agencies, asked for in a few questions whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select, true, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from archive.agencies import within
from archive.audit import superiors
from archive.audit.duty import due, existed
from archive.audit.local_rules import LocalRules
from archive.audit.parts import parts
from archive.database.models import Agency, Capture, Sighting, Visit, place_agency

_FIRST, _LARGEST = 50, 1000
"""Agencies in the first batch, so that a first page comes at once, and in the largest."""


ORDER = (Agency.division_code, Agency.name)
"""The order of the entries of an audit."""


def audited(division: str | None) -> ColumnElement[bool]:
    """The condition that an agency of a division, or below it, has entries in the audit."""
    return and_(within(division), Agency.standing == "confirmed")


def batches(
    session: Session,
    division: str | None,
    after: tuple[str, str] | None = None,
    size: int = _FIRST,
) -> Iterator[list[Agency]]:
    """The confirmed agencies of a division and of all below it, some at a time, by division and name.

    ``after`` is the division code and the name of the agency before the first, ``size`` how many come first.
    """
    while True:
        query = select(Agency).where(audited(division), _behind(after)).order_by(*ORDER).limit(size)
        batch = list(session.scalars(query))
        if batch:
            yield batch
        if len(batch) < size:
            return
        after = batch[-1].division_code, batch[-1].name
        size = min(size * 4, _LARGEST)


def _behind(after: tuple[str, str] | None) -> ColumnElement[bool]:
    return tuple_(*ORDER) > after if after else true()


@dataclass
class Facts:
    """Places, visits and sightings of a batch of agencies, for a year and up to a moment.

    ``visits`` are finished ones in the order of time, ``complete`` those among them whose verdict says
    so. ``seen`` are the sightings of the year, ``files`` those whose document was added as a file, ``open``
    those of a place that have no agency or no year. ``above`` are the places of the superiors of agencies of
    which nothing was seen in time: what is open there may be theirs. ``alone`` are places where one body publishes, ``shown`` the
    kinds of bodies whose reports a place has ever shown.
    """

    places: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    visits: dict[int, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    complete: dict[int, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[int, list[Sighting]] = field(default_factory=lambda: defaultdict(list))
    files: set[int] = field(default_factory=set)
    open: dict[int, list[Sighting]] = field(default_factory=lambda: defaultdict(list))
    above: dict[int, list[int]] = field(default_factory=dict)
    alone: set[tuple[int, int]] = field(default_factory=set)
    shown: set[tuple[int, str | None]] = field(default_factory=set)


def facts(
    session: Session,
    agencies: Sequence[Agency],
    year: int,
    moment: datetime,
    rules: LocalRules | None = None,
) -> Facts:
    """The facts about ``agencies``; ``rules`` are what the archive adds to the rules on due dates."""
    return facts_of_years(session, agencies, [year], moment, rules)[year]


def facts_of_years(
    session: Session,
    agencies: Sequence[Agency],
    years: Sequence[int],
    moment: datetime,
    rules: LocalRules | None = None,
) -> dict[int, Facts]:
    """The facts about ``agencies`` for each of several years; asks no more for ten years than for two.

    What hangs on no year is the same in all of them.
    """
    ever = Facts()
    for ids in parts(agency.id for agency in agencies):
        rows = session.execute(
            select(place_agency.c.agency_id, place_agency.c.place_id)
            .where(place_agency.c.agency_id.in_(ids))
            .order_by(place_agency.c.place_id)
        )
        for agency_id, place_id in rows:
            ever.places[agency_id].append(place_id)
    places = sorted({place for several in ever.places.values() for place in several})
    visits = _visits(session, places, moment, ever)
    found = {
        year: Facts(ever.places, ever.visits, ever.complete, files=ever.files) for year in years
    }
    _sightings(session, agencies, moment, visits, found, ever)
    accusable = {
        year: [one for one in agencies if not _in_time(one, due(one, year, rules).end, of_year)]
        for year, of_year in found.items()
    }
    asked = {one.id: one for several in accusable.values() for one in several}
    above = superiors.places(session, list(asked.values()))
    for year, of_year in found.items():
        of_year.above = {one.id: above[one.id] for one in accusable[year] if one.id in above}
    hubs = {place for several in above.values() for place in several}
    _open(session, sorted(hubs.union(places)), moment, visits, found)
    _carried(session, agencies, places, moment, found)
    return found


def _in_time(agency: Agency, end: datetime, found: Facts) -> bool:
    """Whether each report of an agency was seen before ``end``, so that nothing can be said against it."""
    first: dict[str | None, datetime] = {}
    for sighting in found.seen.get(agency.id, ()):
        if sighting.id not in found.files:
            first.setdefault(sighting.scope, sighting.seen_at)
    return bool(first) and max(first.values()) < end


def _visits(
    session: Session, places: Sequence[int], moment: datetime, found: Facts
) -> dict[int, Visit]:
    visits: dict[int, Visit] = {}
    for ids in parts(places):
        query = select(Visit).where(Visit.place_id.in_(ids), Visit.finished_at <= moment)
        for visit in session.scalars(query.order_by(Visit.finished_at, Visit.id)):
            visits[visit.id] = visit
            found.visits[visit.place_id].append(visit)
            if visit.verdict == "complete":
                found.complete[visit.place_id].append(visit)
    return visits


def _sightings(
    session: Session,
    agencies: Sequence[Agency],
    moment: datetime,
    visits: dict[int, Visit],
    found: dict[int, Facts],
    ever: Facts,
) -> None:
    for ids in parts(agency.id for agency in agencies):
        rows = session.execute(
            select(Sighting, Capture.purpose == "added")
            .outerjoin(Capture, Capture.id == Sighting.document_id)
            .where(Sighting.agency_id.in_(ids), _of(found), Sighting.seen_at <= moment)
            .order_by(Sighting.seen_at, Sighting.id)
        )
        for sighting, is_file in rows:
            if sighting.agency_id is not None and sighting.year is not None:
                found[sighting.year].seen[sighting.agency_id].append(sighting)
            if is_file:
                ever.files.add(sighting.id)
    seen = [
        sighting
        for of_year in found.values()
        for several in of_year.seen.values()
        for sighting in several
    ]
    visits.update(_elsewhere(session, seen, visits, moment, ever))
    for sighting in seen:
        _know_visit(sighting, visits)


def _of(years: Collection[int]) -> ColumnElement[bool]:
    """That a sighting is of one of these years."""
    return Sighting.year == next(iter(years)) if len(years) == 1 else Sighting.year.in_(years)


def _elsewhere(
    session: Session,
    seen: Sequence[Sighting],
    visits: dict[int, Visit],
    moment: datetime,
    found: Facts,
) -> dict[int, Visit]:
    """The visits of places that are not the agencies' own and showed a report of theirs."""
    others = {one.visit_id for one in seen if one.visit_id is not None} - visits.keys()
    places: set[int] = set()
    for ids in parts(sorted(others)):
        places.update(session.scalars(select(Visit.place_id).where(Visit.id.in_(ids)).distinct()))
    return _visits(session, sorted(places), moment, found)


def _open(
    session: Session,
    places: Sequence[int],
    moment: datetime,
    visits: dict[int, Visit],
    found: dict[int, Facts],
) -> None:
    without_agency: ColumnElement[bool]
    if len(found) == 1:
        # A question a year, since an index answers each of them and none answers both.
        without_agency = Sighting.agency_id.is_(None)
    else:
        # What the places showed is less than what has no agency in so many years: the index of that must not be taken.
        without_agency = func.coalesce(Sighting.agency_id, 0) == 0
    # A row of no year that can be told may be of any, also where it is known whose it is.
    asked = [and_(without_agency, _of(found)), Sighting.year.is_(None)]
    for ids in parts(places):
        for shown in asked:
            rows = session.execute(
                select(Sighting, Visit.place_id)
                .join(Visit, Visit.id == Sighting.visit_id)
                .where(
                    shown,
                    Sighting.seen_at <= moment,
                    Visit.place_id.in_(ids),
                )
            )
            for sighting, place_id in rows:
                _know_visit(sighting, visits)
                for year in found if sighting.year is None else (sighting.year,):
                    found[year].open[place_id].append(sighting)
    for of_year in found.values():
        for sightings in of_year.open.values():
            sightings.sort(key=lambda sighting: (sighting.seen_at, sighting.id))


def _know_visit(sighting: Sighting, visits: dict[int, Visit]) -> None:
    """Tie a sighting to its visit, which would be asked for one by one."""
    visit = visits.get(sighting.visit_id) if sighting.visit_id is not None else None
    if visit is not None:
        set_committed_value(sighting, "visit", visit)


def _carried(
    session: Session,
    agencies: Sequence[Agency],
    places: Sequence[int],
    moment: datetime,
    found: dict[int, Facts],
) -> None:
    """Whose reports stand at the places: bodies that are alone there, and kinds that were shown."""
    kinds: dict[tuple[int, int], str | None] = {}
    living: dict[tuple[int, int], set[int]] = defaultdict(set)
    for ids in parts(places):
        rows = session.execute(
            select(place_agency.c.place_id, Agency.id, Agency.kind, Agency.since, Agency.until)
            .join(Agency, Agency.id == place_agency.c.agency_id)
            .where(place_agency.c.place_id.in_(ids))
        )
        for row in rows:
            kinds[row.place_id, row.id] = row.kind
            for year in found:
                if existed(row, year):
                    living[year, row.place_id].add(row.id)
    rest: set[int] = set()
    for year, of_year in found.items():
        asked: set[tuple[int, str | None]] = set()
        for agency in agencies:
            for place_id in of_year.places[agency.id]:
                if living[year, place_id] <= {agency.id}:
                    of_year.alone.add((place_id, agency.id))
                else:
                    asked.add((place_id, agency.kind))
        for agency_id, sightings in of_year.seen.items():
            for sighting in sightings:
                key = (sighting.visit.place_id, agency_id) if sighting.visit is not None else None
                if key in kinds:
                    of_year.shown.add((key[0], kinds[key]))
        # Most were shown this very year; other years have to tell for the rest only.
        rest |= {place_id for place_id, _ in asked - of_year.shown}
    for ids in parts(sorted(rest)):
        shown = _ever_shown(session, ids, moment)
        for of_year in found.values():
            of_year.shown.update(shown)


def _ever_shown(
    session: Session, places: Sequence[int], moment: datetime
) -> set[tuple[int, str | None]]:
    seen_there = exists().where(
        Sighting.agency_id == Agency.id,
        Sighting.visit_id == Visit.id,
        Visit.place_id == place_agency.c.place_id,
        Sighting.seen_at <= moment,
    )
    rows = session.execute(
        select(place_agency.c.place_id, Agency.kind)
        .join(Agency, Agency.id == place_agency.c.agency_id)
        .where(place_agency.c.place_id.in_(places), seen_there)
        .distinct()
    )
    return {(row.place_id, row.kind) for row in rows}
