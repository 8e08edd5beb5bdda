"""Which visits prove a status, and what each of them shows by its records alone.

A *look* is a visit as its stored exchanges tell it: the pages that were had, the entries that stand on
them, the counts that the site states. It is made by :func:`look` from the WARC file of the evidence and
from nothing else, when the evidence is written and again when it is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from archive.audit.presence import Presence
from archive.audit.status import Conclusion, Status
from archive.clock import china_day
from archive.database.models import Visit
from archive.evidence.column import ColumnRead, Reread
from archive.evidence.exchanges import Exchange, Kept
from archive.records import iso

Look = dict[str, Any]

ABSENT, SEEN, FAILED = "absent", "seen", "failed"
"""What a visit is there for: the report was not there; it was there; nothing could be said."""

_DAYS = 3
"""Days on which an absence is shown, and attempts that failed: the first two and the last."""
_SAID = ("started_at", "finished_at", "verdict", "kind", "reason", "platform", "column_url", "pages",
         "rows", "rows_stated")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """A visit and what it is there for."""

    visit: Visit
    role: str


def choose(presence: Presence, conclusion: Conclusion) -> list[Chosen]:
    """The visits that prove a conclusion, in the order of time."""
    if presence.seen:
        chosen = [Chosen(absent, ABSENT) for absent in presence.absences]
        # The first sighting, and the one that showed the earliest date.
        dated = [s for s in presence.seen if s.displayed_date == presence.displayed_date]
        shown = {s.visit.id: s.visit for s in (presence.seen[0], *dated[:1]) if s.visit is not None}
        return [*chosen, *(Chosen(visit, SEEN) for visit in shown.values())]
    end = conclusion.due.end
    if conclusion.status is Status.MISSING:
        proofs = [visit for visit in presence.carrying if visit.started_at >= end]
        return [Chosen(visit, ABSENT) for visit in _spread(proofs)]
    if conclusion.status in (Status.UNKNOWN, Status.BLOCKED):
        after = [visit for visit in presence.visits if visit.started_at >= end]
        return [Chosen(visit, FAILED) for visit in _spread(after or list(presence.visits)[-1:])]
    return []


def _spread(visits: Sequence[Visit]) -> list[Visit]:
    """One visit a day: of the first two days and of the last."""
    by_day = {china_day(visit.started_at): visit for visit in visits}
    days = sorted(by_day)
    kept = days if len(days) <= _DAYS else [*days[: _DAYS - 1], days[-1]]
    return [by_day[day] for day in kept]


def look(
    kept: Kept, role: str, visit_record: str | None, outcomes: Sequence[str], reread: Reread
) -> Look:
    """What a visit shows, by the records with the ids ``outcomes`` and the one it said itself.

    Raises ``KeyError`` for a record that is not there.
    """
    said = kept.visits[visit_record] if visit_record is not None else {}
    exchanges = [kept.exchanges[record] for record in outcomes]
    column_url = said.get("column_url")
    read = reread(exchanges, column_url) if column_url else ColumnRead()
    used = set(read.used)
    return {
        "role": role,
        "visit": visit_record,
        "place": said["place"]["url"] if said else None,
        **{name: said.get(name) for name in _SAID},
        "read": {
            "pages": read.pages,
            "rows": len(read.entries),
            "stated": read.stated,
            "problems": read.problems,
            "agrees": agrees(said, read),
        },
        "entries": [asdict(entry) for entry in read.entries],
        "exchanges": [_exchange(exchange, exchange.record in used) for exchange in exchanges],
    }


def agrees(said: dict[str, Any], read: ColumnRead) -> bool:
    """Whether reading the stored pages again gives the counts that the visit noted."""
    return bool(
        said
        and (said["pages"], said["rows"], said["rows_stated"])
        == (read.pages, len(read.entries), read.stated)
    )


def _exchange(exchange: Exchange, used: bool) -> dict[str, Any]:
    return {
        "record": exchange.record,
        "url": exchange.url,
        "method": exchange.method,
        "purpose": exchange.purpose,
        "fetched_at": iso(exchange.fetched_at),
        "http_status": exchange.status,
        "failure": exchange.failure,
        "sha256": exchange.sha256,
        "size": len(exchange.body) if exchange.body is not None else None,
        "of_column": used,
    }
