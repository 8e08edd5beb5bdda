"""What people decided about the register beside its rows, as entries of ``people.jsonl``.

- ``agency_event``: what became of an agency (:mod:`archive.agencies.lineage`);
- ``agency_decision``: a proposal that was accepted or rejected;
- ``agency_site``: a site as an operator's file or decision has it. What pages show is read again from them.

The last entry about the same thing counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, joinedload

from archive.database.models import Agency, AgencyEvent, AgencyProposal, Site
from archive.records import iso

Entry = dict[str, Any]

_KEYS = {
    "agency_event": ("kind", "agency", "successor"),
    "agency_decision": ("what", "name", "division_code", "home_url"),
    "agency_site": ("key",),
}
_DECISION = ("what", "name", "kind", "division_code", "home_url", "reason", "evidence_url", "state")
_SITE = ("key", "url", "code", "division_code", "organ", "name", "origin")


def missing(session: Session, told: Iterable[Entry]) -> list[Entry]:
    """The entries that the database has and ``told``, those of the file, do not."""
    last = fold(told)
    return [entry for entry in _entries(session) if last.get(_key(entry)) != entry]


def fold(told: Iterable[Entry]) -> dict[tuple[Any, ...], Entry]:
    """The last of the entries about each thing, without when it was written."""
    return {
        _key(entry): {name: entry[name] for name in entry if name != "kept_at"}
        for entry in told
        if entry["entry"] in _KEYS
    }


def restore(
    session: Session, told: Iterable[Entry], find: Callable[[list[str]], Agency]
) -> Iterator[str]:
    """Add what the database lacks; yields why an entry could not be used.

    ``find`` gives the agency with a name and division code or raises ``LookupError``.
    """
    have = {_key(entry) for entry in _entries(session)}
    for key, entry in fold(told).items():
        if key in have:
            continue
        try:
            with session.begin_nested():
                session.add(_made(entry, find))
                session.flush()
        except SQLAlchemyError as error:
            yield f"{entry['entry']}: {str(getattr(error, 'orig', None) or error).splitlines()[0]}"
        except (LookupError, ValueError, TypeError) as error:
            yield f"{entry['entry']}: {error}"


def _key(entry: Entry) -> tuple[Any, ...]:
    values = (entry.get(name) for name in _KEYS[entry["entry"]])
    return (entry["entry"], *(tuple(v) if isinstance(v, list) else v for v in values))


def _entries(session: Session) -> Iterator[Entry]:
    both = (joinedload(AgencyEvent.agency), joinedload(AgencyEvent.successor))
    for event in session.scalars(select(AgencyEvent).options(*both).order_by(AgencyEvent.id)):
        yield {
            "entry": "agency_event",
            "kind": event.kind,
            "year": event.year,
            "agency": [event.agency.name, event.agency.division_code],
            "successor": event.successor and [event.successor.name, event.successor.division_code],
            "origin": event.origin,
        }
    decided = select(AgencyProposal).where(AgencyProposal.state != "open")
    for proposal in session.scalars(decided.order_by(AgencyProposal.id)):
        yield {
            "entry": "agency_decision",
            **{name: getattr(proposal, name) for name in _DECISION},
            "proposed_at": iso(proposal.proposed_at),
            "at": iso(proposal.decided_at) if proposal.decided_at else None,
            "person": proposal.decided_by,
        }
    for site in session.scalars(select(Site).where(Site.capture_id.is_(None)).order_by(Site.id)):
        yield {"entry": "agency_site", **{name: getattr(site, name) for name in _SITE}}


def _made(entry: Entry, find: Callable[[list[str]], Agency]) -> AgencyEvent | AgencyProposal | Site:
    match entry["entry"]:
        case "agency_event":
            successor = entry["successor"]
            return AgencyEvent(
                kind=entry["kind"],
                year=entry["year"],
                agency=find(entry["agency"]),
                successor=find(successor) if successor else None,
                origin=entry["origin"],
            )
        case "agency_decision":
            return AgencyProposal(
                **{name: entry[name] for name in _DECISION},
                proposed_at=datetime.fromisoformat(entry["proposed_at"]),
                decided_at=datetime.fromisoformat(entry["at"]),
                decided_by=entry["person"],
            )
        case _:
            return Site(**{name: entry[name] for name in _SITE})
