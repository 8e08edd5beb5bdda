"""The exchanges that prove a status: which page, when, what came, where it is stored, what it says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from archive.audit import reasons
from archive.audit.parts import parts
from archive.audit.presence import Presence
from archive.audit.reasons import Said
from archive.audit.status import Conclusion, Status
from archive.database.models import Capture, Sighting, Visit

Evidence = dict[str, Any]

_COLUMN_PURPOSES = ("column", "list")
_LAST = 3
"""Exchanges that tell of a visit that failed."""
_COLUMNS = (
    Capture.id,
    Capture.visit_id,
    Capture.url,
    Capture.purpose,
    Capture.fetched_at,
    Capture.http_status,
    Capture.failure,
    Capture.sha256,
    Capture.warc,
    Capture.offset,
)

_Concluded = tuple[Presence, Conclusion]


class Exchanges:
    """The exchanges that several conclusions rest on, read from the archive together."""

    def __init__(self, session: Session, concluded: Sequence[_Concluded]) -> None:
        self._session = session
        self._pages: dict[int, list[Row[Any]]] = defaultdict(list)
        self._listing: dict[tuple[int, str], Row[Any]] = {}
        self._last: dict[int, list[Row[Any]]] = defaultdict(list)
        self._documents: dict[int, Row[Any]] = {}
        columns, lists, failed, documents = set[int](), set[tuple[int, str]](), set[int](), set()
        for presence, conclusion in concluded:
            columns.update(visit.id for visit in _read(presence, conclusion))
            failed.update(visit.id for visit in _failed(presence, conclusion))
            for sighting in (*presence.seen[:1], *_doubts(presence, conclusion)):
                if sighting.visit_id is not None and sighting.list_url:
                    lists.add((sighting.visit_id, sighting.list_url))
            for sighting in presence.seen[:1]:
                if sighting.document_id is not None:
                    documents.add(sighting.document_id)
        self._load_pages(columns, lists)
        self._load_last(failed)
        for ids in parts(documents):
            for capture in self._captures(Capture.id.in_(ids)):
                self._documents[capture.id] = capture

    def gather(self, presence: Presence, conclusion: Conclusion) -> list[Evidence]:
        """The evidence for one of the conclusions, in the order in which one would tell it."""
        return list(self._gather(presence, conclusion))

    def _gather(self, presence: Presence, conclusion: Conclusion) -> Iterator[Evidence]:
        for visit in _read(presence, conclusion):
            pages = self._pages[visit.id]
            for number, capture in enumerate(pages, 1):
                says = reasons.page(
                    number, len(pages), presence.year, seen_later=bool(presence.seen)
                )
                yield _entry(capture, says)
        if presence.seen:
            yield from self._first_sighting(presence.seen[0])
        for sighting in _doubts(presence, conclusion):
            listing = self._listing.get((sighting.visit_id or 0, sighting.list_url or ""))
            if listing is not None:
                yield _entry(listing, reasons.lists_perhaps(sighting.title))
        for visit in _failed(presence, conclusion):
            for capture in self._last[visit.id]:
                yield _entry(capture, reasons.failing(visit.verdict, visit.kind, visit.reason))

    def _first_sighting(self, sighting: Sighting) -> Iterator[Evidence]:
        listing = self._listing.get((sighting.visit_id or 0, sighting.list_url or ""))
        if listing is not None:
            yield _entry(listing, reasons.lists(sighting.title, sighting.displayed_date))
        if sighting.document_id is not None:
            yield _entry(self._documents[sighting.document_id], reasons.the_report())

    def _load_pages(self, columns: set[int], lists: set[tuple[int, str]]) -> None:
        for ids in parts(columns):
            for capture in self._captures(
                Capture.visit_id.in_(ids), Capture.purpose.in_(_COLUMN_PURPOSES)
            ):
                self._pages[capture.visit_id].append(capture)
        for pairs in parts(lists):
            visits, urls = {visit for visit, _ in pairs}, {url for _, url in pairs}
            for capture in self._captures(Capture.visit_id.in_(visits), Capture.url.in_(urls)):
                self._listing.setdefault((capture.visit_id, capture.url), capture)

    def _load_last(self, visits: set[int]) -> None:
        for ids in parts(visits):
            place = func.row_number().over(
                partition_by=Capture.visit_id, order_by=Capture.id.desc()
            )
            last = (
                select(Capture.id, place.label("place")).where(Capture.visit_id.in_(ids)).subquery()
            )
            wanted = select(last.c.id).where(last.c.place <= _LAST)
            for capture in self._captures(Capture.id.in_(wanted)):
                self._last[capture.visit_id].append(capture)

    def _captures(self, *conditions: ColumnElement[bool]) -> Sequence[Row[Any]]:
        query: Select[*tuple[Any, ...]] = select(*_COLUMNS).where(*conditions)
        return self._session.execute(query.order_by(Capture.id)).all()


def _read(presence: Presence, conclusion: Conclusion) -> Iterator[Visit]:
    """The readings of the column that show that the report was not there."""
    if presence.seen:
        yield from presence.absences
    elif conclusion.status is Status.MISSING:
        for visit in presence.carrying:
            if visit.started_at >= conclusion.due.end:
                yield visit


def _doubts(presence: Presence, conclusion: Conclusion) -> Sequence[Sighting]:
    """The row that may be the report, where it is why nothing is said."""
    if conclusion.status is not Status.UNKNOWN or (presence.handed_over and not presence.seen):
        return ()
    if presence.seen:
        return [presence.doubt] if presence.doubt is not None else []
    return presence.unclear[-1:]


def _failed(presence: Presence, conclusion: Conclusion) -> Iterator[Visit]:
    """The visit that tells why nothing is known."""
    open_ = conclusion.status in (Status.UNKNOWN, Status.BLOCKED) and not presence.seen
    if open_ and presence.visits:
        yield presence.visits[-1]


def _entry(capture: Row[Any], says: Said) -> Evidence:
    failure = f" ({capture.failure})" if capture.failure else ""
    return {
        "url": capture.url,
        "fetched_at": capture.fetched_at.isoformat(),
        "http_status": capture.http_status,
        "sha256": capture.sha256,
        "warc": capture.warc,
        "offset": capture.offset,
        "says": says.en + failure,
        "says_zh": says.zh + failure,
    }
