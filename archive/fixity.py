"""Fixity: read every stored byte again and hold it against its digests and against the index.

A sound archive has no problems. Each is named by file, byte offset and address, so that it is known
which capture is affected and which copy to bring back from a backup.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import captures, records, warc
from archive.database.models import Capture
from archive.folder import Archive
from archive.warc import FixityError, Position, Record

Kind = Literal["missing", "damaged", "dangling", "differs", "not_indexed", "unfinished", "stray"]

Progress = Callable[[int, int], None]
"""Called with the bytes checked so far and the bytes in all."""

_COMPARED = (
    "url", "method", "purpose", "fetched_at", "http_status", "failure", "media_type", "sha256",
    "size", "etag", "last_modified", "certificate", "length",
)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    ``missing``: a file that the index names is gone. ``damaged``: bytes are not what was stored.
    ``dangling``: the index points to a place where no such record is. ``differs``: the index says
    something else than the record. ``not_indexed``: a capture that the index does not know.
    ``unfinished``: a file left by an interrupted run. ``stray``: a file that does not belong here.
    """

    kind: Kind
    file: str
    offset: int | None
    url: str | None
    message: str

    def __str__(self) -> str:
        place = self.file if self.offset is None else f"{self.file} at byte {self.offset}"
        return f"{place}{f' ({self.url})' if self.url else ''}: {self.message}"


def verify(archive: Archive, progress: Progress | None = None) -> Iterator[Problem]:
    """Check all WARC files, and the index against them; yields each problem as it is found.

    Files that a crawl is writing are checked as far as they are indexed.
    """
    with archive.reader() as session:
        query = select(Capture.warc).where(Capture.warc.is_not(None)).distinct()
        named = {str(name) for name in session.scalars(query)}
    present = archive.store.sizes()
    total, done = sum(present.values()), 0
    for name in sorted(named | archive.store.sealed() | present.keys()):
        if name not in present:
            yield from _missing(archive, name)
        elif warc.run_of(name) is None and name not in named:
            yield Problem("stray", name, None, None, "not a file of this archive")
        else:
            for found in _check_file(archive, name):
                if isinstance(found, Problem):
                    yield found
                elif progress:
                    progress(done + found, total)
        done += present.get(name, 0)
    if progress:
        progress(total, total)


def _missing(archive: Archive, name: str) -> Iterator[Problem]:
    rows = _rows(archive, name)
    for offset, capture in rows.items():
        yield Problem("missing", name, offset, capture.url, "the file is missing")
    if not rows:
        yield Problem("missing", name, None, None, "the file is missing, only its seal is there")


def _check_file(archive: Archive, name: str) -> Iterator[Problem | int]:
    """Problems of one file, and in between how far it is checked."""
    # In this order: a row that is read belongs to a record that the file already had.
    rows = _rows(archive, name)
    seal = archive.store.seal(name)
    path = archive.warc_folder / name
    open_end = seal is None  # a living writer or a killed one: the end need not be indexed or whole
    indexed_end = max((place + (row.length or 0) for place, row in rows.items()), default=0)
    waiting = dict(rows)
    sound, unknown = True, 0
    with archive.store.open(name, whole=True) as file, archive.reader() as session:
        for found in warc.walk(file, name, rows, search=True):
            if isinstance(found, FixityError):
                offset = found.offset or 0
                if open_end and offset >= indexed_end:
                    continue
                sound = False
                url = next(
                    (row.url for place, row in sorted(rows.items()) if place >= offset), None
                )
                waiting.pop(offset, None)
                yield Problem("damaged", name, offset, url, found.reason)
                continue
            position, record = found
            row = waiting.pop(position.offset, None)
            if row is not None:
                for problem in _check_capture(archive, session, row, position, record):
                    sound = False
                    yield problem
            elif records.is_capture(record) and not open_end:
                unknown += 1
                if rows:
                    message = "this capture is not in the index"
                    yield Problem("not_indexed", name, position.offset, record.url, message)
            yield position.offset + position.length
        size = file.seek(0, os.SEEK_END)
    for offset, row in waiting.items():
        sound = False
        message = "the index points here, but no record begins here"
        if offset >= size:
            message = "the index points here, but the file is cut off before"
        yield Problem("dangling", name, offset, row.url, message)
    if unknown and not rows:
        message = f"none of its captures ({unknown}) is in the index; gongkai rebuild adds them"
        yield Problem("not_indexed", name, None, None, message)
    if seal is not None and sound and archive.store.digest(name) != seal:
        message = "bytes were changed since the file was sealed, though every record reads well"
        yield Problem("damaged", name, None, None, message)
    if open_end and not warc.is_locked(path) and archive.store.seal(name) is None:
        message = "left unfinished by an interrupted run; the next crawl puts it in order"
        yield Problem("unfinished", name, None, None, message)


def _check_capture(
    archive: Archive, session: Session, row: Capture, position: Position, record: Record
) -> Iterator[Problem]:
    def problem(kind: Kind, message: str) -> Problem:
        return Problem(kind, position.file, position.offset, row.url, message)

    try:
        told = records.row(record, position, row.run_id)
    except FixityError:
        yield problem("dangling", "the index points here, but this is not a record of a capture")
        return
    differing = [name for name in _COMPARED if getattr(told, name) != getattr(row, name)]
    if differing:
        yield problem("differs", f"the index differs from the record in {', '.join(differing)}")
    elif row.sha256 is not None:
        try:
            if record.type == "revisit":
                captures.body(archive, session, row)
            else:
                records.body(record, row)
        except FixityError as error:
            where = (
                ""
                if (error.file, error.offset) == (position.file, position.offset)
                else (
                    f"the record it refers to cannot be read: {error.file} at byte {error.offset}: "
                )
            )
            yield problem("damaged", where + error.reason)


def _rows(archive: Archive, name: str) -> dict[int, Capture]:
    """The rows of the index that point into a file, by offset."""
    with archive.reader() as session:
        query = select(Capture).where(Capture.warc == name).order_by(Capture.offset)
        return {capture.offset or 0: capture for capture in session.scalars(query)}
