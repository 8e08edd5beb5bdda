"""Lineage: what became of agencies, and who bore which name in which year.

A renamed body is one body under two entries, one a name: the first ends in the year the other begins.
So its reports up to that year stand under the old name, and nobody misses the new one's before. A
body that was merged or split ends; its successors are others, and what is published under its name
afterwards is nobody's until a person says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.agencies.kinds import kind_by_name
from archive.database.models import Agency, AgencyEvent
from archive.errors import UsageError
from extract.characters import squeeze

EVENTS = ("founded", "renamed", "merged", "split", "abolished")
_ENDS = frozenset(EVENTS) - {"founded"}
_TAKEN_OVER = ("renamed", "merged", "split")


class LineageError(UsageError):
    """The lineage cannot be as told; the message says why."""


def record(
    session: Session,
    kind: str,
    agency: Agency,
    year: int,
    successor: Agency | None = None,
    *,
    origin: str,
) -> AgencyEvent:
    """Keep that ``agency`` was ``kind`` (of :data:`EVENTS`) in ``year``, and its first and last year with it.

    ``successor`` is who took over when it was renamed, merged or split. Telling it twice changes nothing.
    Raises :class:`LineageError` for what contradicts what is known. The caller commits.
    """
    if (successor is not None) != (kind in _TAKEN_OVER):
        raise LineageError(
            f"{kind} goes {'with' if kind in _TAKEN_OVER else 'without'} a successor"
        )
    for event in agency.events:
        if event.kind == kind and event.successor is successor and event.year == year:
            return event
    if kind == "founded":
        _begin(agency, year)
    else:
        _end(agency, kind, year)
    if successor is not None:
        _check_circle(agency, successor)
        if successor.until is not None and successor.until < year:
            raise LineageError(f"{successor.name} ended in {successor.until} already")
        if kind == "renamed":
            _begin(successor, year)
        elif successor.since is not None and successor.since > year:
            raise LineageError(f"{successor.name} was founded in {successor.since} only")
        _hand_over(session, agency, successor)
    event = AgencyEvent(kind=kind, year=year, agency=agency, successor=successor, origin=origin)
    session.add(event)
    session.flush()
    return event


def _begin(agency: Agency, year: int) -> None:
    if agency.since not in (None, year):
        raise LineageError(f"{agency.name} exists since {agency.since} already")
    if agency.until is not None and agency.until < year:
        raise LineageError(f"{agency.name} ended in {agency.until}, before {year}")
    agency.since = year


def _end(agency: Agency, kind: str, year: int) -> None:
    told = {event.kind for event in agency.events if event.kind in _ENDS}
    if agency.until not in (None, year) or (told and not told == {kind} == {"split"}):
        how = ", ".join(sorted(told)) or "ended"
        raise LineageError(f"{agency.name} was {how} in {agency.until} already")
    if agency.since is not None and agency.since > year:
        raise LineageError(f"{agency.name} was founded in {agency.since}, after {year}")
    agency.until = year


def _check_circle(agency: Agency, successor: Agency) -> None:
    after, seen = [successor], set[int]()
    while after:
        one = after.pop()
        if one is agency:
            raise LineageError(f"{agency.name} would be its own successor")
        if one.id not in seen:
            seen.add(one.id)
            after += [event.successor for event in one.events if event.successor is not None]


def _hand_over(session: Session, agency: Agency, successor: Agency) -> None:
    """What hangs on a body that ended hangs on its successor from now on."""
    if successor.standing == "candidate" and agency.standing == "confirmed":
        successor.standing = "confirmed"
        successor.origin = joined(successor.origin, f"successor of {agency.name}")
    for child in session.scalars(select(Agency).where(Agency.parent_id == agency.id)):
        if child.until is None and child is not successor:
            child.parent = successor


def succeeding(session: Session, agency: Agency, name: str, year: int, *, renamed: bool) -> Agency:
    """The agency called ``name`` that takes over from ``agency``: from the register, else a new one.

    A renamed body keeps its kind, division, superior and addresses.
    """
    name = squeeze(name)
    if not name or len(name) > 200:
        raise LineageError("a name has 1 to 200 characters")
    found = session.scalars(select(Agency).filter_by(name=name)).all()
    there = [one for one in found if one.division_code in (agency.division_code, "")] or found
    if len(there) == 1:
        return there[0]
    if there:
        raise LineageError(f"{len(there)} agencies are called {name}; tell it in a file with codes")
    made = Agency(
        name=name,
        kind=kind_by_name(name) or agency.kind,
        division_code=agency.division_code,
        parent_id=agency.parent_id,
        home_url=agency.home_url if renamed else None,
        annual_report_url=agency.annual_report_url if renamed else None,
        since=year,
        standing=agency.standing,
        duty_from=agency.duty_from,
        origin=f"successor of {agency.name}",
    )
    session.add(made)
    session.flush()
    return made


def rename(session: Session, agency: Agency, name: str, year: int, *, origin: str) -> Agency:
    """``agency`` bears ``name`` since ``year``; returns the entry of the new name. The caller commits."""
    successor = succeeding(session, agency, name, year, renamed=True)
    record(session, "renamed", agency, year, successor, origin=origin)
    return successor


def merge(
    session: Session, agencies: Sequence[Agency], name: str, year: int, *, origin: str
) -> Agency:
    """``agencies`` became (part of) the one called ``name`` in ``year``. The caller commits."""
    successor = succeeding(session, agencies[0], name, year, renamed=False)
    if all(agency is successor for agency in agencies):
        raise LineageError(
            f"{successor.name} cannot become itself; name those that became part of it"
        )
    for agency in agencies:
        if agency is not successor:
            record(session, "merged", agency, year, successor, origin=origin)
    return successor


def split(
    session: Session, agency: Agency, names: Sequence[str], year: int, *, origin: str
) -> list[Agency]:
    """``agency`` was split into those called ``names`` in ``year``. The caller commits."""
    successors = [succeeding(session, agency, name, year, renamed=False) for name in names]
    for successor in successors:
        record(session, "split", agency, year, successor, origin=origin)
    return successors


def joined(origin: str, more: str) -> str:
    """``origin`` with one more source of facts, each named once."""
    sources = [part for part in origin.split("; ") if part]
    return "; ".join(sources if more in sources else [*sources, more])


def ended(agency: Agency) -> tuple[str, str]:
    """How and when ``agency`` ended, as a phrase in English and in Chinese; ``until`` must be set."""
    words = {
        "renamed": ("renamed", "更名为"),
        "merged": ("merged into", "并入"),
        "split": ("split into", "分设为"),
    }
    taken = [event for event in agency.events if event.successor is not None]
    if taken:
        names = [event.successor.name for event in taken if event.successor]
        english, chinese = words[taken[0].kind]
        return (
            f"{english} {', '.join(names)} in {agency.until}",
            f"{agency.until} 年{chinese}{'、'.join(names)}",
        )
    return f"abolished in {agency.until}", f"{agency.until} 年撤销"


def began(agency: Agency) -> tuple[str, str]:
    """How and when ``agency`` began, as a phrase in English and in Chinese; ``since`` must be set."""
    for event in agency.beginnings:
        if event.kind == "renamed":
            name = event.agency.name
            return f"called {name} until {event.year}", f"{event.year} 年以前称{name}"
    return f"founded in {agency.since}", f"{agency.since} 年成立"


class Lineage:
    """The events of the whole register, read once: make a new one after they have changed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._after: dict[int, list[AgencyEvent]] = defaultdict(list)
        self._before: dict[int, list[AgencyEvent]] = defaultdict(list)
        for event in session.scalars(select(AgencyEvent).order_by(AgencyEvent.id)):
            if event.successor_id is not None:
                self._after[event.agency_id].append(event)
                self._before[event.successor_id].append(event)

    def bearer(self, agency: Agency, year: int | None) -> Agency:
        """The entry under which the same body, whatever its name, stood in ``year``."""
        seen: set[int] = set()
        while year is not None and agency.id not in seen:
            seen.add(agency.id)
            later = [e for e in self._after[agency.id] if e.kind == "renamed" and e.year <= year]
            earlier = [e for e in self._before[agency.id] if e.kind == "renamed" and e.year > year]
            if later and later[0].successor is not None:
                agency = later[0].successor
            elif earlier:
                agency = earlier[0].agency
            else:
                break
        return agency

    def successors(self, agency: Agency) -> Iterator[Agency]:
        """Those that took over from ``agency``."""
        for event in self._after[agency.id]:
            if event.successor is not None:
                yield event.successor

    def earlier_names(self, agency_id: int) -> tuple[set[str], set[str]]:
        """Names the same body bore before, and names of other bodies that it took over from."""
        own: set[str] = set()
        others: set[str] = set()
        waiting, seen = [(agency_id, True)], set[int]()
        while waiting:
            id_, same = waiting.pop()
            if id_ in seen:
                continue
            seen.add(id_)
            for event in self._before[id_]:
                still = same and event.kind == "renamed"
                (own if still else others).add(event.agency.name)
                waiting.append((event.agency_id, still))
        return own, others
