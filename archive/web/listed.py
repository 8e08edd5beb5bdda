"""A page of the audit: the agencies of a division, or those of one status, and what leads on from each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.audit import loading
from archive.audit.summary import Summary
from archive.audit.table import Entry, audit_of
from archive.database.models import Agency, Report


class Listed(NamedTuple):
    """The entries of a page, and where the next one begins (None after the last).

    Beside the audit's columns an entry has ``id``, of the agency, and ``archived``: whether there is a report.
    """

    rows: list[Entry]
    next: str | None


def all_of(session: Session, year: int, division: str, after: str, number: int) -> Listed:
    """The agencies of a division and of all below it, by division and name.

    ``after`` is what the page before said in ``next``, or empty.
    """
    code, _, name = after.partition("~")
    # One more than a page tells whether there is another.
    last = (code, name) if after else None
    batches = loading.batches(session, division or None, last, size=number + 1)
    return _page(session, year, batches, number, lambda agency: agency.name)


def with_status(
    session: Session, kept: Summary, status: str, division: str, after: str, number: int
) -> Listed:
    """The agencies that have a report with ``status``, by division and number of the register."""
    code, _, last = after.partition("~")
    position = (code, int(last)) if last.isascii() and last.isdigit() else ("", 0)

    def batches() -> Iterator[Sequence[Agency]]:
        here = position
        while batch := kept.members(status, division, here, number + 1):
            yield batch
            here = batch[-1].division_code, batch[-1].id

    return _page(session, kept.year, batches(), number, lambda agency: str(agency.id), status)


def _page(
    session: Session,
    year: int,
    batches: Iterable[Sequence[Agency]],
    number: int,
    place: Callable[[Agency], str],
    status: str = "",
) -> Listed:
    rows: list[Entry] = []
    last: Agency | None = None
    more = False
    # Counts may be of another day than the audit: what has changed its status since is left out.
    wanted = (
        (agency, entry)
        for agency, entry in audit_of(session, year, batches)
        if not status or entry["status"] == status
    )
    for agency, entry in wanted:
        # An agency with two reports is not cut in two: the page ends where another one begins.
        if len(rows) >= number and agency is not last:
            more = True
            break
        rows.append(entry | {"id": agency.id})
        last = agency
    archived = {
        (agency_id, scope)
        for agency_id, scope in session.execute(
            select(Report.agency_id, Report.scope).where(
                Report.year == year, Report.agency_id.in_({row["id"] for row in rows})
            )
        )
    }
    for row in rows:
        # What was added by hand is in the archive, seen by a crawl or not.
        row["archived"] = (row["id"], row["scope"]) in archived
    return Listed(rows, f"{last.division_code}~{place(last)}" if more and last else None)
