"""``gongkai add``: a document that a person hands over, as the report of an agency for a year.

It proves that the report exists and what it says, not that it was published in time: a file has no
first sighting. A document fetched from an official site by hand is a sighting like any other.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from archive import clock
from archive.captures import Recorder
from archive.database.models import Agency, Capture, Run, Sighting
from archive.errors import UsageError
from archive.folder import Archive
from extract.sniff import sniff

MAX_BYTES = 200_000_000


def store_file(archive: Archive, session: Session, path: Path) -> Capture:
    """Store a file as a WARC resource record and return its capture.

    Raises :class:`~archive.errors.UsageError` for a file that is missing, empty or too large.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        hint = "; an address begins with http:// or https://" if ":/" in str(path) else ""
        raise UsageError(f"cannot read {path}: {error.strerror}{hint}") from None
    if not data:
        raise UsageError(f"{path} is empty")
    with archive.lock("crawl"):
        run = Run(
            command="add",
            arguments={"document": path.name},
            started_at=clock.now(),
            clock_set=clock.is_set(),
        )
        session.add(run)
        session.commit()
        with Recorder(archive, run.id) as recorder:
            capture_id = recorder.file(data, path.name, media_type=sniff(data))
        run.state, run.finished_at = "finished", clock.now()
        session.commit()
    capture = session.get(Capture, capture_id)
    assert capture is not None
    return capture


def assign(session: Session, capture: Capture, agency: Agency, year: int) -> Sighting:
    """Say that a stored document is the report of ``agency`` for ``year``; the caller commits."""
    sighting = Sighting(
        visit_id=capture.visit_id,
        seen_at=capture.fetched_at,
        url=capture.url,
        title="",
        year=year,
        agency=agency,
        assigned_by="person",
        document_id=capture.id,
    )
    session.add(sighting)
    return sighting
