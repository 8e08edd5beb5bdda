"""What an evidence folder claims: ``claims.json``, of which the summary is only another form.

Two parts. The *looks* follow from the records alone (:mod:`archive.evidence.looks`). What else is
claimed, the archive knew: whose report, due when, with which status; :mod:`archive.evidence.following`
holds that against the looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from archive.audit.duty import local
from archive.audit.presence import Presence
from archive.audit.status import Conclusion
from archive.database.models import Agency, Sighting
from archive.divisions import ancestors, division
from archive.evidence.looks import ABSENT, Look
from archive.records import iso
from extract import VERSION
from extract.characters import squeeze

FORMAT = "gongkai-evidence/1"

Claims = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One report whose status is to be proven, as known at ``moment``; ``on`` is the day that was asked for."""

    presence: Presence
    conclusion: Conclusion
    moment: datetime
    on: date | None = None


def claims(
    case: Case,
    looks: Sequence[Look],
    visits: Sequence[int],
    documents: Mapping[int, str],
    clock_set: bool,
) -> Claims:
    """What is claimed of a case. ``visits`` are the ids of the visits of the looks, ``documents`` the
    records of the captures that were copied, by capture.
    """
    presence, conclusion = case.presence, case.conclusion
    absent = presence.last_absent
    return {
        "format": FORMAT,
        "program": f"Gongkai {VERSION}",
        "known_at": iso(case.moment),
        "on": _day(case.on),
        "clock_set": clock_set,
        "agency": _agency(presence.agency),
        "year": presence.year,
        "scope": presence.scope,
        "due": {
            "day": conclusion.due.day.isoformat(),
            "basis": str(conclusion.due.basis),
            **local(conclusion.due, presence.year),
        },
        "status": str(conclusion.status),
        "reason": conclusion.reason.en,
        "reason_zh": conclusion.reason.zh,
        "days_late": conclusion.days_late,
        "first_seen": presence.first_seen and iso(presence.first_seen),
        "displayed_date": _day(presence.displayed_date),
        "last_absent": absent and absent.finished_at and iso(absent.finished_at),
        "sightings": [
            _sighting(s, documents)
            for s in presence.seen
            if s.visit is None or s.visit.id in visits
        ],
        "canary": _canary(presence, looks, visits),
        "looks": list(looks),
    }


def names(agency: Mapping[str, Any]) -> set[str]:
    """The names that an agency goes by, squeezed."""
    return {squeeze(name) for name in (agency["name"], *agency["aliases"])}


def _agency(agency: Agency) -> dict[str, Any]:
    code = agency.division_code
    place = division(code) if code else None
    above = [*ancestors(code), place] if place else []
    return {
        "name": agency.name,
        "aliases": [alias.name for alias in agency.aliases],
        "kind": agency.kind,
        "division_code": code,
        "division": "".join(one.name for one in above),
        "since": agency.since,
        "until": agency.until,
    }


def _sighting(sighting: Sighting, documents: Mapping[int, str]) -> dict[str, Any]:
    document = sighting.document
    return {
        "seen_at": iso(sighting.seen_at),
        "visited": sighting.visit is not None,
        "title": sighting.title,
        "url": sighting.url,
        "list_url": sighting.list_url,
        "displayed_date": _day(sighting.displayed_date),
        "assigned_by": sighting.assigned_by,
        "document": documents.get(document.id) if document else None,
        "document_url": document.url if document else None,
        "document_sha256": document.sha256 if document else None,
    }


def _canary(
    presence: Presence, looks: Sequence[Look], visits: Sequence[int]
) -> dict[str, Any] | None:
    """A report that was found where the missing one was not: the agency's own of the year nearest to it,
    else one of another agency.
    """
    for shown, visit_id in reversed(list(zip(looks, visits, strict=True))):
        visit = next((v for v in presence.visits if v.id == visit_id), None)
        if shown["role"] != ABSENT or visit is None:
            continue
        rows = {entry["url"]: entry for entry in shown["entries"]}
        found = [s for s in visit.sightings if s.url in rows and s.agency_id is not None and s.year]
        found.sort(
            key=lambda s: (
                s.agency_id != presence.agency.id,
                abs((s.year or 0) - presence.year),
                s.id,
            )
        )
        if found:
            best = found[0]
            return {
                "look": looks.index(shown),
                "own": best.agency_id == presence.agency.id,
                "agency": best.agency.name if best.agency else None,
                "year": best.year,
                "title": rows[best.url]["title"],
                "url": best.url,
                "record": rows[best.url]["record"],
            }
    return None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
