"""Which documents wait to be read.

At national size it takes long to hold every document against every reading, so that is done only where it
may find something: for another release or extractor, or once scans can be read. From then on the notes tell that
sightings leave (:mod:`archive.database.unread`); a document that could not be loaded keeps its note, and is tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from archive.database import untried
from archive.database.models import Capture, Reading, Run, Sighting
from archive.database.unread import UnreadDocument
from archive.release import release
from extract import VERSION
from extract.record import Recognition


def asked(*, scans: bool) -> dict[str, Any]:
    """What a run of ``extract`` is asked for: the arguments by which the next one knows what this one read."""
    return {"release": release(), "extractor": VERSION, "scans": scans}


def look(session: Session, *, scans: bool) -> None:
    """Note every document that waits, unless the last run that ended was asked for the same. The caller commits.

    Sightings without an agency are noted with them (:mod:`archive.database.untried`).
    """
    last = session.scalar(
        select(Run.arguments)
        .filter_by(command="extract", state="finished")
        .order_by(Run.id.desc())
        .limit(1)
    )
    if last == asked(scans=scans):
        return
    untried.note_all(session)
    # What is noted meanwhile stays; what was noted is found again with its sighting.
    session.execute(delete(UnreadDocument))
    documents = (
        select(func.max(Capture.id))
        .where(Capture.id.in_(select(Sighting.document_id)), ~_is_settled(scans))
        .group_by(Capture.sha256)
    )
    session.execute(insert(UnreadDocument).from_select(["capture_id"], documents))


def waiting(session: Session, *, scans: bool) -> Sequence[int]:
    """One capture of each document of a report that this extractor version has not read, of those noted.

    ``scans`` counts those in which it found pictures of text, which it can read now, as not read.
    """
    latest = func.max(Capture.id)
    noted = Capture.id.in_(select(UnreadDocument.capture_id))
    return session.scalars(
        select(latest).where(noted, ~_is_settled(scans)).group_by(Capture.sha256).order_by(latest)
    ).all()


def settle(session: Session, *, scans: bool) -> None:
    """Forget the notes of documents that are read. The caller commits."""
    settled = exists().where(Capture.id == UnreadDocument.capture_id, _is_settled(scans))
    session.execute(delete(UnreadDocument).where(settled))


def _is_settled(scans: bool) -> ColumnElement[bool]:
    read = exists().where(Reading.sha256 == Capture.sha256, Reading.extractor == VERSION)
    if scans:
        read = read.where(Reading.recognition.is_distinct_from(Recognition.NEEDED))
    return or_(Capture.sha256.is_(None), read)
