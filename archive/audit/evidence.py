"""The exchanges that prove a status: which page, when, what came, where it is stored, what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.audit.presence import Presence
from archive.audit.status import Conclusion, Status
from archive.database.models import Capture, Sighting, Visit

Evidence = dict[str, Any]

_COLUMN_PURPOSES = ("column", "list")


def gather(session: Session, presence: Presence, conclusion: Conclusion) -> list[Evidence]:
    """The evidence for a conclusion, in the order in which one would tell it."""
    return list(_gather(session, presence, conclusion))


def _gather(session: Session, presence: Presence, conclusion: Conclusion) -> Iterator[Evidence]:
    if presence.seen:
        absent = presence.last_absent
        if absent is not None:
            yield from _column(session, absent, f"the report for {presence.year} is not there yet")
        yield from _first_sighting(session, presence.seen[0])
        return
    if conclusion.status is Status.MISSING:
        for visit in presence.carrying:
            if visit.started_at >= conclusion.due.end:
                yield from _column(session, visit, f"no report for {presence.year} of this agency")
        return
    if conclusion.status in (Status.UNKNOWN, Status.BLOCKED) and presence.visits:
        visit = presence.visits[-1]
        for capture in _captures(session, visit)[-3:]:
            yield _entry(capture, visit.reason or visit.verdict)


def _first_sighting(session: Session, sighting: Sighting) -> Iterator[Evidence]:
    date = f", dated {sighting.displayed_date}" if sighting.displayed_date else ""
    if sighting.visit is not None and sighting.list_url:
        listing = [c for c in _captures(session, sighting.visit) if c.url == sighting.list_url]
        for capture in listing[:1]:
            yield _entry(capture, f"lists “{sighting.title}”{date}")
    if sighting.document is not None:
        yield _entry(sighting.document, "the report")


def _column(session: Session, visit: Visit, says: str) -> Iterator[Evidence]:
    pages = [c for c in _captures(session, visit) if c.purpose in _COLUMN_PURPOSES]
    for number, capture in enumerate(pages, 1):
        yield _entry(capture, f"page {number} of {len(pages)} of the column: {says}")


def _captures(session: Session, visit: Visit) -> list[Capture]:
    return list(
        session.scalars(select(Capture).where(Capture.visit_id == visit.id).order_by(Capture.id))
    )


def _entry(capture: Capture, says: str) -> Evidence:
    return {
        "url": capture.url,
        "fetched_at": capture.fetched_at.isoformat(),
        "http_status": capture.http_status,
        "sha256": capture.sha256,
        "warc": capture.warc,
        "offset": capture.offset,
        "says": says if capture.failure is None else f"{says} ({capture.failure})",
    }
