"""Lists of organs on the site of a division: they confirm candidates, and propose bodies and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.agencies.lineage import joined
from archive.agencies.matching import Register
from archive.agencies.proposals import Proposals, proposal
from archive.agencies.studying import Organ
from archive.clock import china_day
from archive.database.models import Agency, PageStudy, Place
from archive.hosts import OfficialHosts, host_of, site_key
from archive.resolution import Resolution, resolve

_LEAST = 3
_ARTICLE = re.compile(r"\d{5}|\.(?:pdf|docx?|xlsx?|wps|zip|rar|ofd)$", re.IGNORECASE)


@dataclass(slots=True)
class Teacher:
    """One page of the site of a division, and what its lists of organs teach."""

    session: Session
    register: Register
    proposals: Proposals
    hosts: OfficialHosts
    place: Place
    division: str
    page: PageStudy

    def learn(self, lists: Iterable[Sequence[Organ]]) -> int:
        """Confirm and propose after lists of the page; returns how many candidates were confirmed."""
        confirmed = 0
        known = _agencies_of(self.session, self.division)
        for organs in lists:
            found = [(label, url, self._resolve(label)) for label, url in organs]
            within = [(label, url, body) for label, url, body in found if body is not None]
            if len(within) < _LEAST:
                continue
            for label, url, body in within:
                confirmed += self._take(known, label, url, body)
        return confirmed

    def _resolve(self, label: str) -> Resolution | None:
        """The body of this division or of one below it that a label means, its own government apart."""
        found = resolve(label, division=self.division)
        code = found.division_code or ""
        if found.status != "resolved" or not code.startswith(self.division):
            return None
        own = code == self.division and found.kind in ("region_gov", "gov_office")
        return None if own or found.kind == "vertical" else found

    def _take(self, known: Sequence[Agency], label: str, url: str, body: Resolution) -> bool:
        assert body.agency is not None
        assert body.division_code is not None
        address = self._address(url)
        there = [agency for agency in known if agency.division_code == body.division_code]
        year = china_day(self.page.capture.fetched_at).year
        agency = next((one for one in there if one.name == body.agency and _stands(one)), None)
        possible: Sequence[Agency] = ()
        for name in (label, body.agency):
            if agency is None:
                match = self.register.match(name, among=there, year=year)
                agency, possible = match.agency, match.candidates
        if agency is None:
            why = f"stands on a list of organs as {label}"
            if possible:
                names = ", ".join(one.name for one in possible[:3])
                why += f"; it may be another name of {names}"
            self.proposals.make(
                proposal(
                    "agency",
                    body.agency,
                    body.division_code,
                    self.page.capture,
                    why,
                    kind=body.kind,
                    home_url=address,
                )
            )
            return False
        if address and not agency.home_url and not agency.annual_report_url:
            self.proposals.make(
                proposal(
                    "address",
                    agency.name,
                    agency.division_code,
                    self.page.capture,
                    f"a list of organs links it there as {label}",
                    kind=agency.kind,
                    home_url=address,
                )
            )
        if agency.standing == "candidate":
            confirm(agency, year, f"on the list of organs at {self.page.capture.url}")
            return True
        return False

    def _address(self, url: str) -> str | None:
        """``url`` if it can be the start page of an organ's own site or section."""
        if not url or not self.hosts.official(url):
            return None
        path = urlsplit(url).path
        if site_key(url) == site_key(self.place.url) or _ARTICLE.search(path):
            return None
        own = host_of(url) != host_of(self.place.url)
        depth = len([part for part in re.sub(r"/[^/]*\.\w+$", "/", path).split("/") if part])
        return url if depth <= (1 if own else 3) else None


def _agencies_of(session: Session, code: str) -> Sequence[Agency]:
    """The agencies of a division and of those directly below it."""
    below = {2: 4, 4: 6, 6: 9}[len(code)]
    return session.scalars(
        select(Agency)
        .where(
            (Agency.division_code.startswith(code, autoescape=True))
            & (func.length(Agency.division_code) <= below)
        )
        .order_by(Agency.id)
    ).all()


def _stands(agency: Agency) -> bool:
    return agency.until is None and agency.standing != "rejected"


def confirm(agency: Agency, year: int, proof: str) -> None:
    """A candidate owes reports from ``year`` on, because of ``proof``."""
    agency.standing = "confirmed"
    agency.duty_from = year if agency.duty_from is None else min(agency.duty_from, year)
    agency.origin = joined(agency.origin, proof)
