"""What crawls teach about the register.

Facts are only added where a page of an official host proves them: which division a site's identification
code names, that a candidate stands on the list of organs of its own division, that it published a
report. Everything else, and whatever contradicts what is known, becomes a proposal for a person to decide
(:mod:`archive.agencies.proposals`). Nothing is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive.agencies.kinds import kind_by_name
from archive.agencies.matching import Register
from archive.agencies.organs import Teacher, confirm
from archive.agencies.pages import Pages, read_pages
from archive.agencies.proposals import Proposals, proposal
from archive.database.models import Agency, Place, Sighting, Site, Visit
from archive.database.untried import OPEN
from archive.folder import Archive
from archive.hosts import OfficialHosts, host_of, site_key
from archive.resolution import resolve, site_divisions

_GOVERNING = ("region_gov", "gov_office")


@dataclass(slots=True)
class Learned:
    """What was learned: pages read, proposals made, candidates that owe reports from now on."""

    pages: int = 0
    proposed: int = 0
    confirmed: int = 0


def propose(session: Session, archive: Archive, tried: ColumnElement[bool] = OPEN) -> Learned:
    """Read the pages captured since the last time, and bring facts and proposals up to date.

    ``tried`` is the condition on sightings whose titles may name bodies that the register lacks. Doing it
    twice changes nothing. Commits what it reads from pages as it goes, so that a crawl at the same time is
    not kept waiting; the caller commits the rest.
    """
    learned = Learned()
    hosts = official_hosts(session, archive)
    learned.pages = read_pages(session, archive, hosts)
    pages = Pages(session)
    proposals = Proposals(session)
    proposals.drop_settled()
    register = Register(session)
    places = _places(session)
    _join_sites(session, places, pages, proposals)
    for place, division in _divisions(places, pages):
        # The same list stands on many pages of a site: it says the same everywhere.
        taught: set[tuple[tuple[str, str], ...]] = set()
        for page in pages.of(place):
            stated = site_divisions(page.site_code or "")
            if stated and not _in_line(stated[0], division):
                # A page that says it is another place's: a copied template, or a copy.
                continue
            lists = {tuple((label, url) for label, url in organs) for organs in page.lists} - taught
            taught |= lists
            if lists:
                teacher = Teacher(session, register, proposals, hosts, place, division, page)
                learned.confirmed += teacher.learn(sorted(lists))
    _propose_authors(session, register, proposals, hosts, pages, tried)
    learned.confirmed += _confirm_publishers(session, hosts)
    learned.proposed = proposals.made
    session.flush()
    return learned


def official_hosts(session: Session, archive: Archive) -> OfficialHosts:
    """The official domains of the settings, and the hosts of vertical bodies that a person vouched for."""
    rows = session.execute(
        select(Agency.home_url, Agency.annual_report_url).where(
            Agency.kind == "vertical", Agency.standing == "confirmed"
        )
    )
    named = {host_of(url) for row in rows for url in row if url}
    return OfficialHosts(archive.settings.crawl.official_domains, named - {""})


def _places(session: Session) -> Sequence[Place]:
    return session.scalars(
        select(Place).options(selectinload(Place.agencies)).order_by(Place.id)
    ).all()


def _join_sites(
    session: Session, places: Sequence[Place], pages: Pages, proposals: Proposals
) -> None:
    """Learn from its start page which division a site belongs to."""
    for place in places:
        page = pages.start(place)
        if page is None or page.site_code is None:
            continue
        codes = site_divisions(page.site_code)
        if not codes:
            continue
        key, code = site_key(place.url), codes[0]
        own = [
            agency
            for agency in place.agencies
            if agency.home_url and site_key(agency.home_url) == key
        ]
        known = pages.sites.get(key)
        coded = {a.division_code for a in own or place.agencies if a.division_code}
        against = ""
        if known is not None:
            if known.division_code and known.division_code != code:
                against = f"it is known as {known.code} ({known.division_code}; {known.origin})"
        elif coded and not any(_in_line(code, other) for other in coded):
            against = f"the agencies that publish there lie in {', '.join(sorted(coded))}"
        if against:
            proposals.make(
                proposal(
                    "site",
                    key,
                    code,
                    page.capture,
                    f"the page shows the identification code {page.site_code}, but {against}",
                    home_url=place.url,
                )
            )
            continue
        if known is None:
            pages.sites[key] = site = Site(
                key=key,
                url=place.url,
                code=page.site_code,
                division_code=code,
                origin=f"SiteIDCode of {page.capture.url}",
                capture_id=page.capture_id,
            )
            session.add(site)
        for agency in own:
            found = resolve(agency.name, division=code)
            if not agency.division_code and found.status == "resolved" and found.division_code:
                proposals.make(
                    proposal(
                        "division",
                        agency.name,
                        found.division_code,
                        page.capture,
                        f"its site shows the identification code {page.site_code}",
                    )
                )


def _in_line(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _divisions(places: Sequence[Place], pages: Pages) -> Iterator[tuple[Place, str]]:
    """The places whose division is beyond doubt, with its code."""
    for place in places:
        division = division_of(place, pages.sites.get(site_key(place.url)))
        if division and len(division) <= 6:
            yield place, division


def division_of(place: Place, site: Site | None = None) -> str:
    """The division whose site a place is: by its identification code, its government, or its host; else ''."""
    coded = {a.division_code for a in place.agencies if a.division_code}
    if site is not None and site.division_code:
        return site.division_code
    governed = {a.division_code for a in place.agencies if a.kind in _GOVERNING} & coded
    if governed:
        top = min(governed, key=len)
        return top if all(code.startswith(top) for code in coded) else ""
    spelled = [
        code
        for code in site_divisions(place.url)
        if coded and all(other.startswith(code) for other in coded)
    ]
    if len(spelled) == 1:
        return spelled[0]
    shared = (n for n in (9, 6, 4, 2) if len({code[:n] for code in coded if len(code) >= n}) == 1)
    return next((min(coded)[:n] for n in shared if all(len(code) >= n for code in coded)), "")


def _propose_authors(
    session: Session,
    register: Register,
    proposals: Proposals,
    hosts: OfficialHosts,
    pages: Pages,
    tried: ColumnElement[bool],
) -> None:
    """Propose the bodies that titles name and the register lacks, with the place where they were seen."""
    rows = session.execute(
        select(Sighting, Place)
        .join(Visit, Sighting.visit_id == Visit.id)
        .join(Place, Visit.place_id == Place.id)
        .where(tried, Sighting.agency_name.is_not(None))
        .options(joinedload(Sighting.document), selectinload(Place.agencies))
        .order_by(Sighting.seen_at, Sighting.id)
    )
    seen: set[tuple[int, str]] = set()
    for sighting, place in rows.unique():
        name = sighting.agency_name or ""
        if (place.id, name) in seen or not hosts.official(sighting.url):
            continue
        seen.add((place.id, name))
        among = [agency for agency in place.agencies if agency.standing != "rejected"]
        if register.match(name, among=among).candidates:
            # It may be one that the register has, under a name it does not know.
            continue
        division = division_of(place, pages.sites.get(site_key(place.url)))
        found = _author(name, division, sighting.year)
        if found is None:
            continue
        body, code, kind, doubt = found
        there = session.scalars(select(Agency).filter_by(division_code=code)).all() if code else ()
        match = register.match(body, among=there)
        if match.agency is not None or match.candidates:
            continue
        year = f"{sighting.year} " if sighting.year else ""
        proposals.make(
            proposal(
                "agency",
                body,
                code,
                sighting.document,
                f"a {year}report at {place.url} names it{doubt}",
                kind=kind,
                home_url=place.url if not division or code.startswith(division) else None,
                evidence_url=sighting.list_url or sighting.url,
            )
        )


def _author(name: str, division: str, year: int | None) -> tuple[str, str, str | None, str] | None:
    """The body that ``name`` means: its name, code, kind, and what is not certain about it."""
    found = resolve(name, year=year)
    if found.resolved_by != "title" and division:
        within = resolve(name, division=division, year=year)
        found = within if within.status == "resolved" else found
    if found.status == "resolved" and found.agency:
        return found.agency, found.division_code or "", found.kind, ""
    kind = kind_by_name(name)
    if kind is None or len(name) < 4:
        return None
    if found.status == "ambiguous":
        return name, "", kind, f"; {len(found.candidates)} bodies are called so"
    return name, "", kind, "; the gazetteer does not know its place"


def _confirm_publishers(session: Session, hosts: OfficialHosts) -> int:
    """Who published a report owes one in the years after it."""
    rows = session.execute(
        select(Agency, Sighting)
        .join(Sighting, Sighting.agency_id == Agency.id)
        .where(
            (Agency.standing == "candidate") | Agency.duty_from.is_not(None),
            Agency.standing != "rejected",
            Sighting.year.is_not(None),
            Sighting.visit_id.is_not(None),
        )
        .order_by(Agency.id, Sighting.year, Sighting.id)
    )
    confirmed = 0
    for agency, sighting in rows:
        year = sighting.year
        if year is None or not hosts.official(sighting.url):
            continue
        if agency.standing == "candidate" or (agency.duty_from or year) > year:
            confirmed += agency.standing == "candidate"
            confirm(agency, year, f"its report for {year} at {sighting.url}")
    return confirmed
