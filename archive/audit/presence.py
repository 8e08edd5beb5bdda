"""What the archive knows of one agency's report for one year, up to a moment.

Presence is proven by sightings, absence by complete visits of a place that carries the agency.
Everything here is read from the archive; nothing is concluded. Conclusions are in
:mod:`archive.audit.status`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive.agencies import Register
from archive.audit.duty import existed
from archive.database.models import Agency, Sighting, Visit, place_agency
from archive.ingest import scope_of


@dataclass(frozen=True, slots=True)
class Presence:
    """The facts about one agency, year and scope.

    ``seen`` are the sightings of the report on official sites in the order of time; ``handed_over``
    tells whether somebody added the document as a file, which proves that it exists and not that it
    was published; ``visits`` are the finished visits of the agency's places; ``carrying`` those complete ones among them that could have shown the
    report; ``unclear`` are sightings that may be the report but could not be given to an agency.
    """

    agency: Agency
    year: int
    scope: str
    seen: Sequence[Sighting]
    handed_over: bool
    visits: Sequence[Visit]
    carrying: Sequence[Visit]
    unclear: Sequence[Sighting]

    @property
    def first_seen(self) -> datetime | None:
        """When the report was first seen by us."""
        return self.seen[0].seen_at if self.seen else None

    @property
    def displayed_date(self) -> date | None:
        """The earliest date any page showed for the report: nobody is late by the later of two."""
        return min((s.displayed_date for s in self.seen if s.displayed_date), default=None)

    @property
    def last_absent(self) -> Visit | None:
        """The last complete reading of the place that did not show the report, before it was seen."""
        first = self.first_seen
        absent = [
            visit
            for visit in self.carrying
            if visit.finished_at is not None and (first is None or visit.finished_at < first)
        ]
        return absent[-1] if absent else None


@dataclass
class _Facts:
    places: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    members: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    visits: dict[int, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[int, list[Sighting]] = field(default_factory=lambda: defaultdict(list))
    open: dict[int, list[Sighting]] = field(default_factory=lambda: defaultdict(list))


class Presences:
    """The facts about all reports of a year, read from the archive once."""

    def __init__(self, session: Session, year: int, moment: datetime) -> None:
        self.year = year
        self._register = Register(session)
        self._agencies = {agency.id: agency for agency in session.scalars(select(Agency))}
        self._facts = _Facts()
        for place_id, agency_id in session.execute(
            select(place_agency.c.place_id, place_agency.c.agency_id)
        ):
            self._facts.places[agency_id].append(place_id)
            self._facts.members[place_id].append(agency_id)
        for visit in session.scalars(
            select(Visit).where(Visit.finished_at <= moment).order_by(Visit.finished_at, Visit.id)
        ):
            self._facts.visits[visit.place_id].append(visit)
        # Sightings of all years: other years show whom a column carries.
        for sighting in session.scalars(
            select(Sighting)
            .options(joinedload(Sighting.visit), joinedload(Sighting.document))
            .where(Sighting.seen_at <= moment)
            .order_by(Sighting.seen_at, Sighting.id)
        ):
            if sighting.agency_id is not None:
                self._facts.seen[sighting.agency_id].append(sighting)
            elif sighting.visit is not None:
                self._facts.open[sighting.visit.place_id].append(sighting)

    def of(self, agency: Agency) -> list[Presence]:
        """The facts about ``agency``, one entry a scope; one with nothing seen if nothing was."""
        seen_by_scope: dict[str, list[Sighting]] = {}
        for sighting in self._facts.seen[agency.id]:
            if sighting.year == self.year:
                seen_by_scope.setdefault(scope_of(agency, sighting.scope), []).append(sighting)
        places = self._facts.places[agency.id]
        visits = [visit for place_id in places for visit in self._facts.visits[place_id]]
        visits.sort(key=lambda visit: (visit.finished_at, visit.id))
        carrying = [
            visit
            for visit in visits
            if visit.verdict == "complete" and self._carries(visit, agency)
        ]
        unclear = [
            sighting
            for place_id in places
            for sighting in self._facts.open[place_id]
            if sighting.year in (self.year, None) and self._may_be(sighting, agency)
        ]
        presences = []
        for scope, seen in (seen_by_scope or {scope_of(agency, None): []}).items():
            published = [sighting for sighting in seen if not _is_file(sighting)]
            handed_over = len(published) < len(seen)
            presences.append(
                Presence(
                    agency, self.year, scope, published, handed_over, visits, carrying, unclear
                )
            )
        return presences

    def _carries(self, visit: Visit, agency: Agency) -> bool:
        """Whether the place of ``visit`` is one where this agency's report would stand.

        A place of its own does. A place shared with others does only if it has ever shown a report
        of this agency, or shows reports of bodies of the same kind: a county's column may carry the
        townships and leave its departments to a page that was not read.
        """
        members = self._facts.members[visit.place_id]
        if [m for m in members if m == agency.id or existed(self._agencies[m], self.year)] == [
            agency.id
        ]:
            return True
        return any(
            sighting.visit is not None and sighting.visit.place_id == visit.place_id
            for member in members
            if member == agency.id or self._agencies[member].kind == agency.kind
            for sighting in self._facts.seen[member]
        )

    def _may_be(self, sighting: Sighting, agency: Agency) -> bool:
        if not sighting.agency_name:
            return True
        match = self._register.match(sighting.agency_name, among=[agency], year=self.year)
        return match.agency is not None or bool(match.candidates)


def _is_file(sighting: Sighting) -> bool:
    return sighting.document is not None and sighting.document.purpose == "added"
