"""Places: where the agencies of the register publish, derived from the register before each crawl."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive.database.models import Agency, Place, place_agency

_T = TypeVar("_T")
_TOGETHER = 1000
"""Places, or agencies, that are brought in line at a time."""


class _Known(NamedTuple):
    """What the register tells of where an agency publishes."""

    parent_id: int | None
    annual_report_url: str | None
    home_url: str | None
    standing: str


def sync(session: Session) -> int:
    """Bring places and their agencies in line with the register; returns how many places are in use.

    A place is the annual-report address of an agency, else its home page; agencies without an address
    publish where their nearest superior with one does. Places that nobody uses any more stay, as
    their visits are evidence. The caller commits.
    """
    wanted = _wanted(session)
    places = {url: number for number, url in session.execute(select(Place.id, Place.url))}
    members: dict[int, set[int]] = defaultdict(set)
    for place_id, agency_id in session.execute(select(place_agency)):
        members[place_id].add(agency_id)
    # The campaign asks every minute, and hardly ever is there anything to change.
    changed = [
        url
        for url in {**wanted, **places}
        if url not in places or wanted.get(url, set()) != members.get(places[url], set())
    ]
    for part in _parts(changed):
        _change(session, {url: wanted.get(url, set()) for url in part})
    session.flush()
    return len(wanted)


def _wanted(session: Session) -> dict[str, set[int]]:
    """The addresses at which agencies publish, with these."""
    rows = session.execute(
        select(
            Agency.id,
            Agency.parent_id,
            Agency.annual_report_url,
            Agency.home_url,
            Agency.standing,
        ).order_by(Agency.id)
    )
    agencies = {row[0]: _Known(*row[1:]) for row in rows}
    wanted: dict[str, set[int]] = defaultdict(set)
    for number, agency in agencies.items():
        # A rejected body reports nowhere, but others may hang on its address.
        url = None if agency.standing == "rejected" else _address(number, agencies)
        if url is not None:
            wanted[url].add(number)
    return wanted


def _change(session: Session, wanted: dict[str, set[int]]) -> None:
    """Give places their agencies, and make those that are not there."""
    query = select(Place).where(Place.url.in_(wanted)).options(selectinload(Place.agencies))
    places = {place.url: place for place in session.scalars(query)}
    agencies: dict[int, Agency] = {}
    for part in _parts(sorted(set[int]().union(*wanted.values()))):
        found = session.scalars(select(Agency).where(Agency.id.in_(part)))
        agencies.update((agency.id, agency) for agency in found)
    for url, numbers in wanted.items():
        place = places.get(url)
        if place is None:
            place = Place(url=url, host=urlsplit(url).hostname or "", recipe={})
            session.add(place)
        place.agencies = [agencies[number] for number in sorted(numbers)]


def _address(number: int, agencies: Mapping[int, _Known]) -> str | None:
    """Where an agency publishes, as far as the register tells; None if it does not."""
    seen: set[int] = set()
    following: int | None = number
    while following is not None and following not in seen:
        agency = agencies.get(following)
        if agency is None:
            return None
        seen.add(following)
        for address in (agency.annual_report_url, agency.home_url):
            url = clean(address or "")
            if url is not None:
                return url
        following = agency.parent_id
    return None


def _parts(whole: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (whole[start : start + _TOGETHER] for start in range(0, len(whole), _TOGETHER))


def clean(address: str) -> str | None:
    """An address of the register in one form; None if it is none."""
    address = address.strip()
    if not address:
        return None
    if "://" not in address:
        address = f"http://{address}"
    try:
        parts = urlsplit(address)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return None
        host = parts.hostname + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return None
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", parts.query, ""))
