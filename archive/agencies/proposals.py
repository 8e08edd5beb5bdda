"""Proposals for the register: made by crawls and imports, decided by people.

What was accepted or rejected once is not proposed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.agencies.lineage import joined
from archive.database.models import Agency, AgencyProposal, Capture, Site
from archive.divisions import ancestors, current, division, normal_code
from archive.errors import UsageError
from archive.hosts import site_key

COLUMNS = (
    "id",
    "what",
    "name",
    "kind",
    "division_code",
    "home_url",
    "reason",
    "evidence_url",
    "warc",
    "offset",
    "proposed_at",
)
"""The columns of ``gongkai agencies review``."""

STANDINGS = ("confirmed", "candidate", "rejected")
_GOVERNMENTS = ("region_gov", "township_gov", "subdistrict")


class Proposals:
    """All proposals of an archive, to make new ones that were not made before."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known = {_key(proposal): proposal for proposal in session.scalars(_all())}
        rows = session.execute(select(Agency.name, Agency.division_code))
        self._register = {(name, code) for name, code in rows}
        self.made = 0

    def make(self, proposal: AgencyProposal) -> None:
        """Keep ``proposal`` unless the like was made before or the register has it."""
        key = _key(proposal)
        if proposal.what == "agency" and self._has(proposal):
            return
        known = self._known.get(key)
        if known is None:
            proposal.proposed_at, proposal.state = clock.now(), "open"
            self._session.add(proposal)
            self._known[key] = proposal
            self.made += 1
        elif known.state == "open" and known.home_url is None and proposal.home_url:
            known.home_url = proposal.home_url

    def drop_settled(self) -> None:
        """Forget open proposals of bodies that the register has got since."""
        for key, proposal in list(self._known.items()):
            if proposal.what == "agency" and proposal.state == "open" and self._has(proposal):
                self._session.delete(proposal)
                del self._known[key]

    def _has(self, proposal: AgencyProposal) -> bool:
        # A name without a code may be this body: better ask nobody than have it twice.
        return any((proposal.name, c) in self._register for c in (proposal.division_code, ""))


def proposal(
    what: str,
    name: str,
    code: str,
    capture: Capture | None,
    reason: str,
    *,
    kind: str | None = None,
    home_url: str | None = None,
    evidence_url: str | None = None,
) -> AgencyProposal:
    """A proposal that rests on ``capture``, to be given to :meth:`Proposals.make`."""
    return AgencyProposal(
        what=what,
        name=name,
        kind=kind,
        division_code=code,
        home_url=home_url,
        reason=reason,
        evidence_url=evidence_url or (capture.url if capture else None),
        capture_id=capture.id if capture else None,
    )


def review(session: Session, *, division: str | None = None) -> list[dict[str, Any]]:
    """The open proposals with their evidence, in the order of divisions and names."""
    query = (
        select(AgencyProposal, Capture)
        .outerjoin(Capture, AgencyProposal.capture_id == Capture.id)
        .where(AgencyProposal.state == "open")
        .order_by(AgencyProposal.division_code, AgencyProposal.name, AgencyProposal.id)
    )
    if division:
        query = query.where(AgencyProposal.division_code.startswith(current(division)))
    return [
        {
            **{name: getattr(one, name) for name in COLUMNS[:8]},
            "warc": capture.warc if capture else None,
            "offset": capture.offset if capture else None,
            "proposed_at": one.proposed_at.astimezone(clock.CHINA).isoformat(timespec="seconds"),
        }
        for one, capture in session.execute(query)
    ]


def chosen(
    session: Session,
    numbers: Iterable[int] = (),
    *,
    like: str | None = None,
    division: str | None = None,
) -> list[AgencyProposal]:
    """The open proposals with these numbers, or all whose name, address or reason has the words ``like``.

    ``division`` narrows the latter. Raises :class:`UsageError` if there is none, or one is not open.
    """
    wanted = list(dict.fromkeys(numbers))
    if bool(wanted) == bool(like):
        raise UsageError("name proposals by their numbers, or many with --all-like WORDS")
    query = _all().where(AgencyProposal.state == "open")
    if like:
        words = (AgencyProposal.name, AgencyProposal.home_url, AgencyProposal.reason)
        contained = [column.contains(like, autoescape=True) for column in words]
        query = query.where(contained[0] | contained[1] | contained[2])
        if division:
            query = query.where(AgencyProposal.division_code.startswith(current(division)))
        found = list(session.scalars(query))
        if not found:
            raise UsageError(f"no open proposal has {like!r}; see: gongkai agencies review")
        return found
    open_ = {proposal.id: proposal for proposal in session.scalars(query)}
    lacking = [str(number) for number in wanted if number not in open_]
    if lacking:
        raise UsageError(f"no open proposal {', '.join(lacking)}; see: gongkai agencies review")
    return [open_[number] for number in wanted]


def accept(
    session: Session, proposals: Sequence[AgencyProposal], *, person: str, code: str | None = None
) -> None:
    """Do what the proposals say: the person vouches for it. The caller commits.

    ``code`` is the division of a proposed agency for which none is known.
    Raises :class:`UsageError` for a code that no division has.
    """
    if code is not None and division(current(normal_code(code) or code)) is None:
        raise UsageError(f"no division has the code {code}")
    for proposal in proposals:
        if code is not None and not proposal.division_code and proposal.what == "agency":
            _decide(proposal, "accepted", person)
            proposal = AgencyProposal(
                **{name: getattr(proposal, name) for name in COLUMNS[1:8]},
                capture_id=proposal.capture_id,
                proposed_at=proposal.proposed_at,
            )
            proposal.division_code = current(code)
            session.add(proposal)
        _do(session, proposal, person)
        _decide(proposal, "accepted", person)
        session.flush()


def reject(proposals: Iterable[AgencyProposal], *, person: str) -> None:
    """Say no, for good: the same is not proposed again. The caller commits."""
    for proposal in proposals:
        _decide(proposal, "rejected", person)


def stand(agency: Agency, standing: str, *, person: str) -> None:
    """Set the standing of an agency for all years, on the word of a person. The caller commits.

    Raises :class:`UsageError` for a word that is no standing.
    """
    if standing not in STANDINGS:
        raise UsageError(f"{standing!r} is no standing; there are {', '.join(STANDINGS)}")
    agency.standing, agency.duty_from = standing, None
    agency.origin = joined(agency.origin, f"{standing} by {person}")


def government_of(session: Session, code: str) -> Agency | None:
    """The nearest government of the register at or above a division."""
    codes = [code, *(place.code for place in reversed(ancestors(code)))] if code else []
    found: dict[str, Agency] = {}
    for agency in session.scalars(
        select(Agency).where(
            Agency.division_code.in_(codes),
            Agency.kind.in_(_GOVERNMENTS),
            Agency.standing == "confirmed",
            Agency.until.is_(None),
        )
    ):
        found.setdefault(agency.division_code, agency)
    return next((found[one] for one in codes if one in found), None)


def _all() -> Any:
    return select(AgencyProposal).order_by(AgencyProposal.id)


def _key(proposal: AgencyProposal) -> tuple[str, ...]:
    address = site_key(proposal.home_url or "") if proposal.what == "address" else ""
    return proposal.what, proposal.name, proposal.division_code, address


def _decide(proposal: AgencyProposal, state: str, person: str) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by = state, clock.now(), person


def _do(session: Session, proposal: AgencyProposal, person: str) -> None:
    origin = f"accepted by {person}: {proposal.reason}"
    code = proposal.division_code
    if proposal.what == "site":
        site = session.scalar(select(Site).filter_by(key=proposal.name))
        if site is None:
            site = Site(key=proposal.name, url=proposal.home_url or "", code="", origin="")
            session.add(site)
        site.division_code, site.capture_id = code, None
        site.origin = joined(site.origin, origin)
        return
    named = session.scalars(select(Agency).filter_by(name=proposal.name)).all()
    agency = next((one for one in named if one.division_code == code), None)
    if proposal.what == "division":
        bare = next((one for one in named if not one.division_code), None)
        if bare is not None and agency is None:
            bare.division_code, bare.origin = code, joined(bare.origin, origin)
        return
    if agency is None and proposal.what == "agency":
        parent = government_of(session, code)
        agency = Agency(
            name=proposal.name, kind=proposal.kind, division_code=code, parent=parent, origin=""
        )
        session.add(agency)
    if agency is not None:
        agency.standing, agency.duty_from = "confirmed", None
        agency.origin = joined(agency.origin or "", origin)
        if proposal.home_url and (proposal.what == "address" or agency.home_url is None):
            agency.home_url = proposal.home_url
