"""What the archive knows of one agency's report for one year, up to a moment.

Presence is proven by sightings, absence by complete visits of a place that carries the agency.
Everything here is read from the archive; nothing is concluded. Conclusions are in
:mod:`archive.audit.status`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from heapq import merge

from sqlalchemy.orm import Session

from archive.agencies import Register
from archive.audit import loading
from archive.audit.duty import Due, due, reportable
from archive.audit.loading import Facts
from archive.audit.local_rules import LOCAL_RULES, LocalRules
from archive.clock import china_day
from archive.database.models import Agency, Sighting, Visit
from archive.ingest import scope_of

_TOGETHER = re.compile(
    r"各.{0,4}(?:部门|单位|机关|乡|镇|街道)|全[省市县区旗].{0,3}(?:部门|单位|机关|乡|镇|街道)|汇总|合集"
)
"""Names under which the reports of many bodies are published as one."""
_RENAMED = frozenset({"local_dept", "state_council_dept", "vertical", "authorised_org"})
"""Kinds of bodies on whose own pages others do not publish, and which are merged and renamed."""
_OfPlaces = Callable[..., list[Visit]]


@dataclass(frozen=True)
class Presence:
    """The facts about one agency, year and scope.

    ``seen`` are the sightings of the report on official sites in the order of time; ``handed_over``
    tells whether somebody added the document as a file, which proves that it exists and not that it
    was published; ``visits`` are the finished visits of the agency's places; ``carrying`` those complete ones among them
    that could have shown the report; ``showing`` are the complete visits of each place that ever showed it;
    ``unclear`` are sightings, at its places and then at those of its superiors, that may be the report but could
    not be given to an agency;
    ``due`` is when it was to be published.
    """

    agency: Agency
    year: int
    scope: str
    seen: Sequence[Sighting]
    handed_over: bool
    visits: Sequence[Visit]
    carrying: Sequence[Visit]
    showing: Sequence[Sequence[Visit]]
    unclear: Sequence[Sighting]
    due: Due

    @property
    def first_seen(self) -> datetime | None:
        """When the report was first seen by us."""
        return self.seen[0].seen_at if self.seen else None

    @property
    def displayed_date(self) -> date | None:
        """The earliest date any page showed for the report: nobody is late by the later of two."""
        return min(filter(None, map(_credible, self.seen)), default=None)

    @property
    def last_absent(self) -> Visit | None:
        """The last moment at which the report is known not to have been there: the earliest of the
        :attr:`absences` of a report that was seen, else the last complete reading.
        """
        if not self.seen:
            return self.carrying[-1] if self.carrying else None
        return self.absences[0] if self.absences else None

    @cached_property
    def absences(self) -> Sequence[Visit]:
        """Of each place that ever showed the report, the last complete reading before it was seen
        anywhere, in the order of time.

        None at all if one of the places was not read by then: it may have shown the report all the time.
        """
        found: list[Visit] = []
        for visits in self.showing:
            before = bisect_left(visits, self.seen[0].seen_at, key=_finished)
            if not before:
                return ()
            found.append(visits[before - 1])
        return sorted(found, key=_finished)

    @property
    def is_dated(self) -> bool:
        """Whether each page or place that showed the report shows a date for it: one that shows none may
        have had it before the date of another.
        """
        dated = [one for one in self.seen if _credible(one)]
        pages = {one.url for one in dated}
        places = {one.visit.place_id for one in dated if one.visit}
        return all(
            one.url in pages or (one.visit is not None and one.visit.place_id in places)
            for one in self.seen
        )

    @property
    def doubt(self) -> Sighting | None:
        """The last row that may be the report and tells of no day after the due date."""
        rows = [(sighting, _credible(sighting)) for sighting in self.unclear]
        open_rows = [row for row, shown in rows if shown is None or shown <= self.due.day]
        return open_rows[-1] if open_rows else None


class Presences:
    """The facts about the reports of a year, up to a moment."""

    def __init__(
        self, session: Session, year: int, moment: datetime, register: Register | None = None
    ) -> None:
        self.year = year
        self._session = session
        self._moment = moment
        self._register = register or Register(session)
        # What the archive's settings add to the project's rules; a plain session has none.
        self._rules: LocalRules | None = session.info.get(LOCAL_RULES)

    def of(self, agency: Agency) -> list[Presence]:
        """The facts about ``agency``, one entry a scope; one with nothing seen if nothing was."""
        return self.of_all([agency])

    def of_all(self, agencies: Sequence[Agency], facts: Facts | None = None) -> list[Presence]:
        """The facts about several agencies, in their order; asks no more for many than for one.

        ``facts`` are what was read for them already, with others' or with other years'.
        """
        if facts is None:
            facts = loading.facts(self._session, agencies, self.year, self._moment, self._rules)
        self._register.learn(agency for agency in agencies if _has_names_to_match(facts, agency))

        # Many agencies publish at the same places, whose visits need to be put in order once only.
        @cache
        def visits(*places: int) -> list[Visit]:
            return _in_time([facts.visits[place_id] for place_id in places])

        @cache
        def complete(*places: int) -> list[Visit]:
            return _in_time([facts.complete[place_id] for place_id in places])

        return [
            presence
            for agency in agencies
            for presence in self._of(agency, facts, visits, complete)
        ]

    def _of(
        self, agency: Agency, facts: Facts, visits: _OfPlaces, complete: _OfPlaces
    ) -> Iterator[Presence]:
        seen_by_scope: dict[str, list[Sighting]] = {}
        for sighting in facts.seen[agency.id]:
            seen_by_scope.setdefault(scope_of(agency, sighting.scope), []).append(sighting)
        places = facts.places[agency.id]
        carriers = [place_id for place_id in places if _carries(facts, place_id, agency)]
        unclear = [
            sighting
            for place_id in places
            for sighting in facts.open[place_id]
            if self._may_be(sighting, agency, alone=(place_id, agency.id) in facts.alone)
        ] + [
            sighting
            for place_id in facts.above.get(agency.id, ())
            if place_id not in places
            for sighting in facts.open[place_id]
            # A superior's row without a name is its own, or that of a body that publishes there.
            if sighting.agency_name and self._may_be(sighting, agency)
        ]
        for scope, seen in (seen_by_scope or {scope_of(agency, None): []}).items():
            published = [sighting for sighting in seen if sighting.id not in facts.files]
            handed_over = len(published) < len(seen)
            # What is not known to stand at a place of ours was never looked for where it stands.
            shown_at = {one.visit.place_id if one.visit else None for one in published}
            yield Presence(
                agency,
                self.year,
                scope,
                published,
                handed_over,
                visits(*places),
                complete(*carriers),
                [complete(place_id) if place_id else () for place_id in shown_at],
                unclear,
                due(agency, self.year, self._rules),
            )

    def _may_be(self, sighting: Sighting, agency: Agency, *, alone: bool = False) -> bool:
        shown = sighting.displayed_date
        if sighting.year is None and shown is not None and not reportable(self.year, shown):
            # It stood there before there was anything to report.
            return False
        if sighting.agency_id is not None:
            return sighting.agency_id == agency.id
        if not sighting.agency_name or _TOGETHER.search(sighting.agency_name):
            return True
        if alone and agency.kind in _RENAMED:
            # On the page of one department a name that nobody bears may be its former one.
            return True
        match = self._register.match(sighting.agency_name, among=[agency], year=self.year)
        return match.agency is not None or bool(match.candidates)


def _credible(sighting: Sighting) -> date | None:
    """The day that a page shows for a report, unless it was not yet come when it was seen: a slip of the pen."""
    shown = sighting.displayed_date
    return shown if shown is not None and shown <= china_day(sighting.seen_at) else None


def _has_names_to_match(facts: Facts, agency: Agency) -> bool:
    """Whether a row at a place of the agency, or of its superiors, bears a name that may be its own."""
    places = (*facts.places[agency.id], *facts.above.get(agency.id, ()))
    return any(sighting.agency_name for place_id in places for sighting in facts.open[place_id])


def _carries(facts: Facts, place_id: int, agency: Agency) -> bool:
    """Whether a place is one where this agency's report would stand.

    A place of its own is. A place shared with others is only if it has ever shown a report
    of this agency, or shows reports of bodies of the same kind: a county's column may carry the
    townships and leave its departments to a page that was not read.
    """
    return (place_id, agency.id) in facts.alone or (place_id, agency.kind) in facts.shown


def _in_time(of_places: Sequence[list[Visit]]) -> list[Visit]:
    """The visits of several places in the order of time; those of one place are in it."""
    if len(of_places) == 1:
        return of_places[0]
    return list(merge(*of_places, key=lambda visit: (_finished(visit), visit.id)))


def _finished(visit: Visit) -> datetime:
    assert visit.finished_at is not None
    return visit.finished_at
