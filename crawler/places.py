"""Places: where the agencies of the register publish, derived from the register before each crawl."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive.database.models import Agency, Place


def sync(session: Session) -> int:
    """Bring places and their agencies in line with the register; returns how many places are in use.

    A place is the annual-report address of an agency, else its home page; agencies without an address
    publish where their nearest superior with one does. Places that nobody uses any more stay, as
    their visits are evidence. The caller commits.
    """
    wanted: dict[str, list[Agency]] = defaultdict(list)
    agencies = {agency.id: agency for agency in session.scalars(select(Agency).order_by(Agency.id))}
    for agency in agencies.values():
        # A rejected body reports nowhere, but others may hang on its address.
        url = None if agency.standing == "rejected" else address_of(agency, agencies)
        if url is not None:
            wanted[url].append(agency)
    places = {
        place.url: place
        for place in session.scalars(select(Place).options(selectinload(Place.agencies)))
    }
    for url, place in places.items():
        if url not in wanted and place.agencies:
            place.agencies = []
    for url, members in wanted.items():
        known = places.get(url)
        if known is None:
            known = Place(url=url, host=urlsplit(url).hostname or "", recipe={})
            session.add(known)
        if known.agencies != members:
            known.agencies = members
    session.flush()
    return len(wanted)


def address_of(agency: Agency, agencies: dict[int, Agency]) -> str | None:
    """Where ``agency`` publishes, as far as the register tells; None if it does not."""
    seen: set[int] = set()
    while agency.id not in seen:
        seen.add(agency.id)
        for address in (agency.annual_report_url, agency.home_url):
            url = clean(address or "")
            if url is not None:
                return url
        if agency.parent_id is None or agency.parent_id not in agencies:
            return None
        agency = agencies[agency.parent_id]
    return None


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
