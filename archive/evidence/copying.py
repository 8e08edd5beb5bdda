"""Copy records of an archive into a WARC file of their own, byte for byte.

What belongs together comes together: the request beside its outcome, the record that a revisit refers
to, the ``warcinfo`` of each source file (which says what program made it and whether its clock was
set), and what a visit said of itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import visit_records, warc
from archive.composing import parts_of
from archive.database.models import Capture, Visit
from archive.folder import Archive
from archive.records import iso
from archive.warc import FixityError, Record
from extract import VERSION

_WALKED = 4000
"""Records looked at for that of a visit: as many as places visited side by side may write meanwhile."""


class Copier:
    """Writes records into ``target``; each once."""

    def __init__(self, archive: Archive, session: Session, target: BinaryIO, now: datetime) -> None:
        self._archive = archive
        self._session = session
        self._target = target
        self._done: set[tuple[str, int]] = set()
        self._write_own(now)

    def captures(self, captures: Iterable[Capture]) -> dict[int, str]:
        """Copy captures with all that they rest on; returns the ids of their records by capture.

        Raises :class:`FixityError` where the archive does not have them whole and sound.
        """
        return {capture.id: self._capture(capture) for capture in captures}

    def visit(self, visit: Visit) -> str | None:
        """Copy what a visit said of itself; returns the id of that record, None if it is not there.

        A visit that was killed said nothing.
        """
        last = self._session.scalars(
            select(Capture)
            .where(Capture.visit_id == visit.id, Capture.warc.is_not(None))
            .order_by(Capture.id.desc())
            .limit(1)
        ).first()
        if last is None or last.warc is None or last.offset is None:
            return None
        names = self._archive.store.sizes()
        start = last.offset + (last.length or 0)
        for name, first in ((last.warc, start), (_following(last.warc), 0)):
            if name not in names:
                continue
            for offset, length, record in self._members(name, first):
                if visit_records.is_visit(record) and _tells_of(record, visit):
                    self._copy(name, offset, length)
                    return record.id
        return None

    def _capture(self, capture: Capture) -> str:
        if capture.warc is None or capture.offset is None or capture.length is None:
            raise FixityError("the index names no place", "", None, capture.url)
        position = warc.Position(capture.warc, capture.offset, capture.length)
        record = warc.read(self._archive.store, position)
        self._source(capture.warc)
        if record.type == "revisit":
            self._captured_before(record)
        for part in parts_of(self._session, capture):
            self._capture(part)
        for offset, length, request in self._members(capture.warc, self._end_before(capture)):
            if offset >= capture.offset:
                break
            if request.fields.get("WARC-Concurrent-To") == record.id:
                self._copy(capture.warc, offset, length)
        self._copy(capture.warc, capture.offset, capture.length)
        return record.id

    def _captured_before(self, revisit: Record) -> None:
        """Copy what a revisit refers to."""
        date = datetime.fromisoformat(revisit.fields["WARC-Refers-To-Date"])
        query = select(Capture).where(
            Capture.url == revisit.fields["WARC-Refers-To-Target-URI"], Capture.fetched_at == date
        )
        for other in self._session.scalars(query):
            position = warc.Position(other.warc or "", other.offset or 0, other.length or 0)
            if warc.read(self._archive.store, position).id == revisit.fields["WARC-Refers-To"]:
                self._capture(other)
                return
        raise FixityError("the record that it refers to is not in the index", "", None, revisit.url)

    def _end_before(self, capture: Capture) -> int:
        """Where the record ends that the index knows before ``capture``; its request comes after that."""
        return (
            self._session.scalar(
                select(func.max(Capture.offset + Capture.length)).where(
                    Capture.warc == capture.warc, Capture.offset < capture.offset
                )
            )
            or 0
        )

    def _source(self, name: str) -> None:
        """Copy the record that begins a file."""
        if (name, 0) not in self._done:
            for offset, length, _record in self._members(name, 0):
                self._copy(name, offset, length)
                break

    def _members(self, name: str, offset: int) -> Iterator[tuple[int, int, Record]]:
        with self._archive.store.open(name) as file:
            end = file.seek(0, os.SEEK_END)
            for _ in range(_WALKED):
                if offset >= end:
                    return
                length, record = warc.read_member(file, name, offset)
                yield offset, length, record
                offset += length

    def _copy(self, name: str, offset: int, length: int) -> None:
        if (name, offset) in self._done:
            return
        self._done.add((name, offset))
        with self._archive.store.open(name) as file:
            file.seek(offset)
            self._target.write(file.read(length))

    def _write_own(self, now: datetime) -> None:
        lines = {
            "software": f"Gongkai {VERSION}",
            "format": "WARC File Format 1.1",
            "description": "Records copied byte for byte from the files that the following warcinfo "
            "records begin.",
        }
        text = "".join(f"{key}: {value}\r\n" for key, value in lines.items())
        fields = {"WARC-Filename": "evidence.warc.gz", "Content-Type": "application/warc-fields"}
        self._target.write(Record("warcinfo", now, fields=fields, payload=text.encode()).packed())


def _following(name: str) -> str:
    """The name of the next file of the same process of a run."""
    stem, _, serial = name.removesuffix(warc.SUFFIX).rpartition("-")
    return f"{stem}-{int(serial) + 1:05d}{warc.SUFFIX}" if serial.isdigit() else name


def _tells_of(record: Record, visit: Visit) -> bool:
    try:
        told = visit_records.said(record, warc.Position("", 0, 0))
    except FixityError:
        return False
    return bool(
        told["place"]["url"] == visit.place.url and told["started_at"] == iso(visit.started_at)
    )
