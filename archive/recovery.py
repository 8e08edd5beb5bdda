"""Put the WARC files of killed processes in order.

A killed process leaves a file without a seal. Whatever stands in it whole is kept: captures that did
not reach the index are indexed now. What was being written when the process died, an incomplete record
or a request whose answer is not there, is cut off; nothing of it was ever said to be stored. Bytes that
the index points to are never touched, damaged or not. Then the file is sealed. Visits that ended and
could not be recorded any more are recorded now (:mod:`archive.visit_recovery`).
"""

from __future__ import annotations

import fcntl
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import records, warc
from archive.database.models import Capture, Run, Visit
from archive.folder import Archive
from archive.visit_recovery import record_missing
from archive.warc import FixityError, StorageError

RECORDING_COMMANDS = ("crawl", "add")
"""Commands whose runs write WARC files."""


@dataclass(frozen=True)
class Recovered:
    """What was done to one file: captures indexed, bytes cut off, and damage that was found.

    A file with ``damage`` inside what the index points to is left without a seal.
    """

    file: str
    indexed: int = 0
    cut: int = 0
    damage: str | None = None


def recover(archive: Archive, run_ids: Collection[int] | None = None) -> list[Recovered]:
    """Put the files of unfinished runs in order and mark the runs ``interrupted``.

    Call it before a crawl makes its own run, while holding the archive's ``crawl`` lock. ``run_ids``
    names the runs to look at; None means all. Files that a living process writes are passed over,
    and so are their runs. Raises :class:`StorageError` where a file cannot be changed.
    """
    done: list[Recovered] = []
    living: set[int] = set()
    for path in sorted(archive.warc_folder.glob(f"gongkai-*{warc.SUFFIX}")):
        run_id = warc.run_of(path.name)
        if run_id is None or (run_ids is not None and run_id not in run_ids):
            continue
        if warc.read_seal(path) is not None:
            continue
        with _own(path) as file:
            if file is None:
                living.add(run_id)
            else:
                done += _put_in_order(archive, path, file, run_id)
    unfinished = _unfinished(archive, run_ids, living)
    record_missing(archive, unfinished)
    _mark_interrupted(archive, unfinished)
    archive.store.try_to_send()
    return done


@contextmanager
def _own(path: Path) -> Iterator[BinaryIO | None]:
    """The file, locked for changing; None if a living process writes it."""
    try:
        file = path.open("r+b")
    except OSError as error:
        raise StorageError(
            f"cannot repair {path}, which an interrupted run left unfinished: {error.strerror}"
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield file


def _put_in_order(archive: Archive, path: Path, file: BinaryIO, run_id: int) -> Iterator[Recovered]:
    size = path.stat().st_size
    damage: str | None = None
    with archive.session() as session:
        known = _known(session, path.name)
        missing, whole, damaged = _walk(session, path, file, run_id, known)
        if missing is None:
            return  # the run is not of this database: the file waits for `gongkai rebuild`
        session.add_all(missing)
        session.commit()
    indexed_end = max((offset + length for offset, length in known.items()), default=0)
    end = max(whole, indexed_end)
    if damaged is not None and (damaged.offset or 0) < indexed_end:
        damage = str(damaged)
    try:
        if end == 0:
            path.unlink()
        elif end < size:
            file.truncate(end)
        if end and not damage and end <= size:
            warc.write_seal(path, warc.file_digest(path))
    except OSError as error:
        raise StorageError(f"cannot repair {path}: {error.strerror}") from None
    yield Recovered(path.name, len(missing), max(0, size - end), damage)


def _known(session: Session, name: str) -> dict[int, int]:
    """Offset and length of the records of a file that the index points to."""
    query = select(Capture.offset, Capture.length).where(Capture.warc == name)
    return {offset or 0: length or 0 for offset, length in session.execute(query)}


def _walk(
    session: Session, path: Path, file: BinaryIO, run_id: int, known: dict[int, int]
) -> tuple[list[Capture] | None, int, FixityError | None]:
    """Rows for captures that are not indexed, the end of what is whole, and the first damage.

    The rows are None if the file belongs to a run of another database.
    """
    missing: list[Capture] = []
    damaged: FixityError | None = None
    whole = 0
    for found in warc.walk(file, path.name, known):
        if isinstance(found, FixityError):
            damaged = damaged or found
            continue
        position, record = found
        if record.type == "warcinfo" and not _is_ours(session, record, run_id):
            return None, 0, None
        if records.is_capture(record) and position.offset not in known:
            row = records.row(record, position, run_id)
            if row.visit_id is not None and session.get(Visit, row.visit_id) is None:
                row.visit_id = None
            missing.append(row)
        if record.type != "request":
            whole = position.offset + position.length
    return missing, whole, damaged


def _is_ours(session: Session, record: warc.Record, run_id: int) -> bool:
    # After the database was replaced, its runs are numbered from the beginning again.
    run = session.get(Run, run_id)
    return run is not None and records.run_notes(record).get("started_at") == records.iso(
        run.started_at
    )


def _unfinished(
    archive: Archive, run_ids: Collection[int] | None, living: Collection[int]
) -> Sequence[int]:
    """The runs whose processes have ended and that nobody has closed."""
    query = select(Run.id).where(
        Run.state == "running",
        Run.command.in_(RECORDING_COMMANDS) if run_ids is None else Run.id.in_(run_ids),
        Run.id.not_in(living),
    )
    with archive.reader() as session:
        return session.scalars(query.order_by(Run.id)).all()


def _mark_interrupted(archive: Archive, run_ids: Collection[int]) -> None:
    with archive.session() as session:
        for run in session.scalars(select(Run).where(Run.id.in_(run_ids))):
            last = session.scalar(select(func.max(Capture.fetched_at)).filter_by(run_id=run.id))
            run.state = "interrupted"
            run.finished_at = max(last or run.started_at, run.started_at)
        session.commit()
