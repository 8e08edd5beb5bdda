"""The exchanges of an evidence folder, read from its WARC file alone, with every digest checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import records, visit_records, warc
from archive.warc import FixityError, Record

MAX_FILE = 4 << 30
"""Bytes a WARC file of evidence may have; what is larger was not made by us."""
_MAX_BODY = 1 << 28


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it; ``body`` is decoded, None where no response came.

    ``record`` is the id of the WARC record of the outcome, ``sent`` the body of the request. ``parts`` are the
    records of the exchanges that it is composed of, where it is (:mod:`archive.composing`).
    """

    record: str
    url: str
    method: str
    purpose: str
    fetched_at: datetime
    status: int | None
    failure: str | None
    sent: bytes = b""
    content_type: str = ""
    location: str = ""
    sha256: str | None = None
    body: bytes | None = field(default=None, repr=False)
    parts: tuple[str, ...] = ()


@dataclass(slots=True)
class Kept:
    """All that a WARC file of evidence holds. ``visits`` are what visits said of themselves, by record;
    ``set_clock`` tells that a run in it had its clock set by hand.
    """

    exchanges: dict[str, Exchange] = field(default_factory=dict)
    visits: dict[str, dict[str, Any]] = field(default_factory=dict)
    set_clock: bool = False
    order: list[str] = field(default_factory=list)


def read(path: Path) -> Kept:
    """Read a WARC file of evidence. Raises :class:`FixityError` at the first byte that is not sound."""
    kept = Kept()
    found = list(_sound(path))
    by_id = {record.id: record for _, record in found}
    requests = {
        record.fields.get("WARC-Concurrent-To"): record
        for _, record in found
        if record.type == "request"
    }
    for position, record in found:
        kept.order.append(record.id)
        if record.type == "warcinfo":
            kept.set_clock |= bool(records.run_notes(record).get("clock_set"))
        elif visit_records.is_visit(record):
            kept.visits[record.id] = visit_records.said(record, position)
        elif records.is_capture(record):
            row = records.row(record, position, 0)
            if (row.size or 0) > _MAX_BODY:
                raise FixityError(
                    "the record names a body too large to be one of ours",
                    path.name,
                    position.offset,
                    row.url,
                )
            headers = record.http_headers() if record.head else []
            request = requests.get(record.id)
            kept.exchanges[record.id] = Exchange(
                record=record.id,
                url=row.url,
                method=row.method,
                purpose=row.purpose,
                fetched_at=row.fetched_at,
                status=row.http_status,
                failure=row.failure,
                sent=request.payload if request else b"",
                content_type=records.header(headers, "content-type") or row.media_type or "",
                location=records.header(headers, "location") or "",
                sha256=row.sha256,
                body=None if row.sha256 is None else records.body(_holder(record, by_id), row),
                parts=tuple(str(part["record"]) for part in row.parts or ()),
            )
    return kept


def _sound(path: Path) -> Iterator[tuple[warc.Position, Record]]:
    if path.stat().st_size > MAX_FILE:
        raise FixityError("the file is too large to be evidence", path.name, None)
    with path.open("rb", buffering=1 << 18) as file:
        for found in warc.walk(file, path.name):
            if isinstance(found, FixityError):
                raise found
            yield found


def _holder(record: Record, by_id: dict[str, Record]) -> Record:
    """The record with the body: for a revisit the one that it refers to."""
    if record.type != "revisit":
        return record
    target = by_id.get(record.fields.get("WARC-Refers-To", ""))
    if target is None:
        raise FixityError("the record that a revisit refers to is not there", "", None, record.url)
    return target
