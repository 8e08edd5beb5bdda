"""``gongkai extract``: read files, or every document of the archive that is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import captures, clock, readings
from archive.assignment import assign
from archive.database.models import Capture, Reading, Run, Sighting
from archive.folder import Archive
from archive.ingest import ingest
from archive.resolution import resolve
from archive.settings import ExtractSettings
from extract import VERSION
from extract.document import Origin
from extract.record import Record
from extract.worker import read_many


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
    limits = settings or ExtractSettings()
    jobs = ((path, path, Origin(file=str(path))) for path in paths)
    for _, record in read_many(
        jobs, processes=limits.processes, memory_mb=limits.memory_mb, seconds=limits.seconds
    ):
        yield resolved(record)


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


def waiting(session: Session) -> list[Capture]:
    """One capture of each document of a report that this extractor version has not read."""
    read = select(Reading.sha256).where(Reading.extractor == VERSION)
    rows = session.scalars(
        select(Capture)
        .where(Capture.id.in_(select(Sighting.document_id)), Capture.sha256.not_in(read))
        .order_by(Capture.id)
    )
    return list({capture.sha256: capture for capture in rows}.values())


def extract(archive: Archive, progress: Callable[[Progress], None] | None = None) -> dict[str, Any]:
    """Read every document of the archive that this version has not read, then bring reports up to date.

    Each reading is committed as it comes, so an interrupted run goes on where it stopped. Returns
    the summary that is kept with the run: documents by status.

    Raises :class:`~archive.folder.ArchiveBusy` if another ``extract`` works in the archive.
    """
    with archive.lock("extract"), archive.session() as session:
        run = Run(command="extract", started_at=clock.now(), clock_set=clock.is_set())
        session.add(run)
        session.commit()
        documents = waiting(session)
        counts: dict[str, int] = {}
        jobs = _jobs(archive, session, documents)
        limits = archive.settings.extract
        session.commit()
        for done, (sha256, record) in enumerate(
            read_many(
                jobs,
                processes=limits.processes,
                memory_mb=limits.memory_mb,
                seconds=limits.seconds,
            ),
            1,
        ):
            session.merge(readings.reading(sha256, record))
            session.commit()
            status = record.parse.status.value
            counts[status] = counts.get(status, 0) + 1
            if progress is not None:
                progress(Progress(done, len(documents), status))
        assigned = assign(session)
        session.commit()
        changed = ingest(session)
        run.state, run.finished_at = "finished", clock.now()
        run.summary = {"documents": counts, "assigned": assigned, "versions": changed}
        session.commit()
        return run.summary


def _jobs(
    archive: Archive, session: Session, documents: list[Capture]
) -> Iterator[tuple[str, Callable[[], bytes], Origin]]:
    for capture in documents:
        assert capture.sha256 is not None
        origin = Origin(file=capture.url, url=capture.url, content_type=capture.media_type)
        yield (
            capture.sha256,
            lambda capture=capture: captures.body(archive, session, capture),
            origin,
        )
