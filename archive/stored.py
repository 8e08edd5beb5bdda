"""What is stored of captures: the body of one, the newest of an address, the record that holds a body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from archive import records, warc
from archive.database.models import Capture
from archive.folder import Archive
from archive.warc import FixityError, Position, Record


@dataclass(frozen=True)
class Validators:
    """What a conditional request sends, and the digest of the body that it asks about."""

    etag: str | None
    last_modified: str | None
    sha256: str


def body(archive: Archive, session: Session, capture: Capture) -> bytes:
    """The content-decoded body of ``capture``; for a revisit that of the record it refers to.

    Raises :class:`FixityError` if the stored bytes are not whole and sound, ``LookupError`` if the
    capture never had a body (a failure, a 304 to an unknown body).
    """
    if capture.sha256 is None:
        raise LookupError(f"no body was received from {capture.url}")
    return records.body(record_of(archive, session, capture), capture)


def validators(session: Session, url: str) -> Validators | None:
    """What a conditional request for ``url`` sends: from its newest capture with status 200."""
    found = session.connection().execute(_NEWEST_SUCCESS, {"url": records.clean_url(url)}).first()
    if found is None or found.sha256 is None:
        return None
    return Validators(found.etag, found.last_modified, found.sha256)


def latest(session: Session, url: str) -> Capture | None:
    """The newest capture of ``url``, whatever came of it."""
    query = select(Capture).where(Capture.url == records.clean_url(url))
    return session.scalars(query.order_by(*NEWEST_FIRST).limit(1)).first()


def record_of(archive: Archive, session: Session, capture: Capture) -> Record:
    """The record that holds the body of ``capture``, following a revisit. Raises :class:`FixityError`."""
    record = record_at(archive, capture)
    if record.type != "revisit":
        return record
    target = record.fields.get("WARC-Refers-To")
    url = record.fields.get("WARC-Refers-To-Target-URI")
    date = datetime.fromisoformat(record.fields.get("WARC-Refers-To-Date", ""))
    # Under a set clock several captures of an address can have the same time: the id decides.
    query = select(Capture).where(Capture.url == url, Capture.fetched_at == date)
    damage: FixityError | None = None
    for other in session.scalars(query):
        try:
            found = record_at(archive, other)
        except FixityError as error:
            damage = error
            continue
        if found.id == target:
            return found
    if damage:
        raise damage
    raise FixityError(
        f"the record it refers to is not in the index: {url} of {records.iso(date)}",
        capture.warc or "",
        capture.offset,
        capture.url,
    )


def record_at(archive: Archive, capture: Capture) -> Record:
    """The record of ``capture`` itself. Raises :class:`FixityError`."""
    if capture.warc is None or capture.offset is None or capture.length is None:
        raise FixityError("the index names no place", "", None, capture.url)
    position = Position(capture.warc, capture.offset, capture.length)
    try:
        return warc.read(archive.store, position)
    except FixityError as error:
        raise FixityError(error.reason, position.file, position.offset, capture.url) from None


SUCCESS = (
    Capture.method == "GET",
    Capture.http_status == 200,
    Capture.failure.is_(None),
)


NEWEST_FIRST = (Capture.fetched_at.desc(), Capture.id.desc())
_NEWEST_SUCCESS = (
    select(Capture.etag, Capture.last_modified, Capture.sha256)
    .where(Capture.url == bindparam("url"), *SUCCESS)
    .order_by(*NEWEST_FIRST)
    .limit(1)
)
