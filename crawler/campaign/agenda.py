"""What is to be visited next: the places of the archive, with what the rhythm says of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session, aliased

from archive import clock
from archive.audit.duty import due_of, owing
from archive.audit.local_rules import LOCAL_RULES
from archive.database.models import Agency, Sighting, Visit, place_agency
from archive.database.models import Place as PlaceRow
from archive.settings import ScheduleSettings
from crawler.campaign.rhythm import EXACT, Call, Look, Owed, Place, needs_person, next_visit

_TOGETHER = timedelta(hours=1)
"""A crawl takes along what would be due so soon after it."""
_STEP = timedelta(minutes=5)
"""Visits dated later than this were made under a clock that was wrong, and tell nothing of when."""

LIST_COLUMNS = ("at", "why", "url", "reason", "last", "verdict", "failures", "owed", "needs")


@dataclass(frozen=True, slots=True)
class Agenda:
    """The next visit of every place, the earliest first, as known at ``now``."""

    now: datetime
    calls: Sequence[Call] = field(repr=False)

    def due(self) -> list[Call]:
        """What is to be visited now; with it goes what would be due within the hour."""
        if not self.calls or self.calls[0].at > self.now:
            return []
        return [
            call
            for call in self.calls
            if call.at <= self.now or (call.at <= self.now + _TOGETHER and call.why not in EXACT)
        ]

    def following(self) -> datetime | None:
        """When the next visit is due; None if there is no place at all."""
        return self.calls[0].at if self.calls else None

    def needing(self) -> list[tuple[Place, str]]:
        """The places that need a person, and what for."""
        told = ((call.place, needs_person(call.place)) for call in self.calls)
        return [(place, what) for place, what in told if what is not None]

    def rows(self) -> Iterator[dict[str, Any]]:
        """The agenda as a list for the user."""
        for call in self.calls:
            last = call.place.last
            yield {
                "at": _china(call.at),
                "why": call.why.value,
                "url": call.place.url,
                "reason": call.sentence,
                "last": _china(last.at) if last else None,
                "verdict": last.verdict if last else None,
                "failures": call.place.failures,
                "owed": sum(owed.number for owed in call.place.owed if owed.end.year <= self._year),
                "needs": needs_person(call.place),
            }

    def summary(self) -> dict[str, Any]:
        """The agenda in a few figures: what is due, by reason; and what comes next."""
        due = self.due()
        following = self.following()
        first = self.calls[0] if self.calls else None
        together = [call for call in self.calls if following is not None and call.at == following]
        return {
            "now": _china(self.now),
            "places": len(self.calls),
            "due": dict(Counter(call.why.value for call in due)),
            "next": _china(following) if following else None,
            "next_places": len(due) or len(together),
            "next_why": first.sentence if first else None,
            "needs_people": len(self.needing()),
        }

    @property
    def _year(self) -> int:
        return clock.china_day(self.now).year


def agenda(session: Session, settings: ScheduleSettings, now: datetime) -> Agenda:
    """The agenda of an archive. Whoever calls it sees that the places follow from the register."""
    rows = session.execute(
        select(PlaceRow.id, PlaceRow.url)
        .where(PlaceRow.id.in_(select(place_agency.c.place_id)))
        .order_by(PlaceRow.id)
    ).all()
    visits = _visits(session, now)
    owed = _owed(session, now)
    places = []
    for row in rows:
        last, failures = visits.get(row.id, (None, 0))
        places.append(Place(row.id, row.url, last, failures, owed.get(row.id, ())))
    calls = sorted(
        (next_visit(place, now, settings) for place in places),
        key=lambda call: (call.at, call.place.id),
    )
    return Agenda(now, calls)


def without_place(session: Session) -> int:
    """How many agencies of the register can be visited nowhere, as no address of theirs is known."""
    query = select(func.count()).where(
        Agency.standing == "confirmed",
        Agency.until.is_(None),
        ~exists().where(place_agency.c.agency_id == Agency.id),
    )
    return session.scalar(query) or 0


def _visits(session: Session, now: datetime) -> dict[int, tuple[Look, int]]:
    """The last visit of each place, and how many there were since the last complete one.

    Each is looked up from the end: a place has few visits that matter, and in the course of years many.
    """
    earlier, since = aliased(Visit), aliased(Visit)
    past = earlier.started_at <= now + _STEP
    latest = select(func.max(earlier.id)).where(earlier.place_id == PlaceRow.id, past)
    complete = select(func.max(earlier.id)).where(
        earlier.place_id == Visit.place_id, earlier.verdict == "complete", past
    )
    failures = select(func.count()).where(
        since.place_id == Visit.place_id,
        since.started_at <= now + _STEP,
        since.id > func.coalesce(complete.correlate(Visit).scalar_subquery(), 0),
    )
    rows = session.execute(
        select(
            Visit.place_id,
            func.coalesce(Visit.finished_at, Visit.started_at).label("at"),
            Visit.verdict,
            Visit.kind,
            case(
                (Visit.verdict == "complete", 0),
                else_=failures.correlate(Visit).scalar_subquery(),
            ).label("failures"),
        ).join(PlaceRow, Visit.id == latest.correlate(PlaceRow).scalar_subquery())
    )
    return {row.place_id: (Look(row.at, row.verdict, row.kind), row.failures) for row in rows}


def _owed(session: Session, now: datetime) -> dict[int, tuple[Owed, ...]]:
    """What each place owes: of the campaign of this year, and of the next one."""
    this = clock.china_day(now).year
    rules = session.info.get(LOCAL_RULES)
    ends: dict[datetime, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for year in (this - 1, this):
        seen = exists().where(
            Sighting.agency_id == Agency.id, Sighting.year == year, Sighting.seen_at <= now + _STEP
        )
        sort = place_agency.c.place_id, Agency.kind, Agency.division_code
        rows = session.execute(
            select(*sort, func.count())
            .join(Agency, Agency.id == place_agency.c.agency_id)
            .where(owing(year), ~seen)
            .group_by(*sort)
        )
        # Few kinds and divisions share each due date; to work it out for every place takes seconds.
        known: dict[tuple[str | None, str], dict[int, int]] = {}
        for place_id, kind, code, number in rows:
            numbers = known.get((kind, code))
            if numbers is None:
                numbers = known[kind, code] = ends[due_of(kind, code or "", year, rules).end]
            numbers[place_id] += number
    found: dict[int, list[Owed]] = defaultdict(list)
    for end, numbers in sorted(ends.items()):
        proofs = _proofs(session, end, now) if end <= now else {}
        for place_id, number in numbers.items():
            found[place_id].append(Owed(end, number, proofs.get(place_id)))
    return {place_id: tuple(owed) for place_id, owed in found.items()}


def _proofs(session: Session, end: datetime, now: datetime) -> dict[int, tuple[datetime, datetime]]:
    rows = session.execute(
        select(Visit.place_id, func.min(Visit.started_at), func.max(Visit.started_at))
        .where(
            Visit.verdict == "complete", Visit.started_at >= end, Visit.started_at <= now + _STEP
        )
        .group_by(Visit.place_id)
    )
    return {place_id: (first, last) for place_id, first, last in rows}


def _china(moment: datetime) -> str:
    return moment.astimezone(clock.CHINA).isoformat(timespec="minutes")
