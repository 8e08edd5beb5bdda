"""``gongkai extract``: read every document of the archive, then bring the reports up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from extract.reading import Origin
from extract.worker import read_many
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import captures, clock, readings
from archive.assignment import assign
from archive.database.models import Capture, Reading, Run, Sighting
from archive.folder import Archive
from archive.ingest import ingest
from extract import VERSION


@dataclass(frozen=True, slots=True)
class Progress:
    """How far ``extract`` is: documents read of all that were waiting."""

    done: int
    total: int
    status: str


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
