"""``gongkai extract``: read files, or every document of the archive that is new."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import captures, clock, readings, waiting
from archive.agencies.learning import propose
from archive.assignment import assign
from archive.audit import copies, cross, history
from archive.database import untried
from archive.database.models import Capture, Run
from archive.folder import Archive
from archive.ingest import ingest
from archive.resolution import resolve
from archive.settings import ExtractSettings
from archive.warc import FixityError
from extract.document import Origin
from extract.readers.scans import is_available
from extract.record import Recognition, Record
from extract.worker import RECOGNITION, Limits, read_many

_BATCH = 500
"""Captures in memory at a time."""
_QUICK = 500
"""Reports of a year whose texts are compared within extract; more wait for ``gongkai compare``."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far ``extract`` is: documents read of all that were waiting."""

    done: int
    total: int
    status: str


def read_files(
    paths: Sequence[Path], settings: ExtractSettings | None = None
) -> Iterator[dict[str, Any]]:
    """The records of files (contract §3), in the order of ``paths``, with the agency resolved.

    A file that cannot be opened gives a ``failed`` record with the reason, like one that cannot be read.
    """
    settings = settings or ExtractSettings()
    jobs = ((number, path.read_bytes, Origin(file=str(path))) for number, path in enumerate(paths))
    limits = _limits(settings)
    early: dict[int, Record] = {}
    following = 0
    for number, record in read_many(jobs, settings.processes, limits, recognition(settings)):
        early[number] = record
        while following in early:
            yield resolved(early.pop(following))
            following += 1


def resolved(record: Record) -> dict[str, Any]:
    """A record in the shape of contract §3 whose agency is looked up in the built-in gazetteer.

    ``name`` is the official name where exactly one body fits, with ``printed`` as it stands in the
    document; otherwise the name as printed, with no code.
    """
    data = record.to_json()
    printed = record.agency.name
    if printed is None:
        return data
    resolution = resolve(printed, year=record.year)
    if resolution.status == "resolved":
        how = resolution.resolved_by if resolution.resolved_by == "unique_name" else None
        data["agency"] = {
            "name": resolution.agency,
            "division_code": resolution.division_code,
            "kind": resolution.kind,
            "resolved_by": how or record.agency.resolved_by,
            "printed": printed,
        }
    return data


def extract(archive: Archive, progress: Callable[[Progress], None] | None = None) -> dict[str, Any]:
    """Read every document of the archive that this version has not read, then bring reports up to date.

    Readings are committed every second, so an interrupted run goes on where it stopped. Returns
    the summary that is kept with the run: documents by status, sightings that got an agency,
    versions made or changed, documents that could not be loaded from their WARC files, scans whose
    characters were not recognised, what was
    learned of the register (:mod:`archive.agencies.learning`), and the verdicts of the audit that
    changed by all this (:mod:`archive.audit.history`).

    Raises :class:`~archive.folder.ArchiveBusy` if another ``extract`` works in the archive.
    """
    with archive.lock("extract"):
        recognised = recognition(archive.settings.extract)
        scans = recognised is not None
        with archive.session() as session:
            waiting.look(session, scans=scans)
            run = Run(
                command="extract",
                arguments=waiting.asked(scans=scans),
                started_at=clock.now(),
                clock_set=clock.is_set(),
            )
            session.add(run)
            session.commit()
            run_id = run.id
        counts: Counter[str] = Counter()
        damaged: list[str] = []
        unread_scans = 0
        # Bodies are loaded by a reader, so that a crawl at the same time is never kept waiting.
        with (
            archive.reader() as reader,
            archive.session() as session,
            readings.Keeper(session) as keeper,
        ):
            documents = waiting.waiting(reader, scans=scans)
            jobs = _jobs(archive, reader, documents, damaged)
            limits = _limits(archive.settings.extract)
            processes = archive.settings.extract.processes
            for sha256, record in read_many(jobs, processes, limits, recognised):
                keeper.add(sha256, record)
                status = record.parse.status.value
                counts[status] += 1
                unread_scans += record.parse.recognition is Recognition.NEEDED
                if progress is not None:
                    progress(Progress(counts.total() + len(damaged), len(documents), status))
        with archive.session() as session:
            tried = untried.take(session)
            session.commit()
            assigned = assign(session, tried)
            touched: set[tuple[int, int]] = set()
            changed = ingest(session, touched)
            session.commit()
            compared = _compare(session, touched)
            learned = propose(session, archive, tried)
            verdicts = history.keep_after_extraction(archive, session, touched)
            waiting.settle(session, scans=scans)
            untried.forget(session)
            run = session.get_one(Run, run_id)
            run.state, run.finished_at = "finished", clock.now()
            run.summary = {
                "documents": dict(counts),
                "assigned": assigned,
                "versions": changed,
                "damaged": damaged,
                "unread_scans": unread_scans,
                "learned": asdict(learned),
                "verdicts": verdicts,
                **compared,
            }
            session.commit()
            return run.summary


def _compare(session: Session, touched: set[tuple[int, int]]) -> dict[str, Any]:
    """Compare what was touched with other years and bodies; whole years of texts only where that is quick."""
    changed = cross.update(session, touched)
    later: list[int] = []
    # A text of a year is compared with those of the two years before it.
    for year in sorted({year + step for _, year in touched for step in (0, 1, 2)}):
        if copies.number_of_reports(session, year) > _QUICK:
            later.append(year)
        else:
            changed += copies.compare(session, year)
    session.commit()
    return {"compared": changed, "texts_to_compare": later}


def _jobs(
    archive: Archive, reader: Session, documents: Sequence[int], damaged: list[str]
) -> Iterator[tuple[str, bytes, Origin]]:
    for start in range(0, len(documents), _BATCH):
        batch = Capture.id.in_(documents[start : start + _BATCH])
        for capture in reader.scalars(select(Capture).where(batch).order_by(Capture.id)).all():
            assert capture.sha256 is not None
            origin = Origin(file=capture.url, url=capture.url, content_type=capture.media_type)
            try:
                data = captures.body(archive, reader, capture)
            except FixityError as error:
                damaged.append(str(error))
                continue
            yield capture.sha256, data, origin
        # A reader that stays for hours would keep SQLite from clearing its log.
        reader.rollback()


def recognition(settings: ExtractSettings) -> Limits | None:
    """What recognising a scan may cost; None where that is switched off or not installed."""
    return RECOGNITION if settings.recognise and is_available() else None


def _limits(settings: ExtractSettings) -> Limits:
    return Limits(
        memory=settings.memory_mb * 1_000_000,
        cpu_seconds=math.ceil(settings.seconds),
        seconds=settings.seconds,
    )
