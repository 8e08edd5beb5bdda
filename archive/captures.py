"""Captures: every exchange with a server goes into a WARC file, and then into the index.

A row is committed only after its record is on the disk, and it is made from what the disk gives back.
Waiting for the disk costs more than all else, so exchanges that end together are stored together.
How an exchange becomes records, and a record a row, is told in :mod:`archive.records`.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any
from urllib.parse import quote

from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import clock, composing, records, warc
from archive.database.models import Capture, Run, Sighting, Visit
from archive.database.session import READ_ONLY
from archive.folder import Archive
from archive.records import Exchange
from archive.stored import (
    NEWEST_FIRST,
    SUCCESS,
    Validators,
    body,
    latest,
    record_at,
    record_of,
    validators,
)
from archive.visit_records import visit_record
from archive.warc import FixityError, Position, Record, StorageError, WarcWriter

__all__ = [
    "Exchange",
    "FixityError",
    "Recorder",
    "StorageError",
    "Validators",
    "body",
    "latest",
    "validators",
]

_IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

Headers = tuple[tuple[str, str], ...]

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Batch:
    """Exchanges on their way into the archive: prepared, then written, then indexed.

    ``stored`` are the records of the rows as the disk gave them back, ``ids`` the numbers of the rows.
    """

    groups: Sequence[Sequence[Record]]
    now: datetime
    stored: list[tuple[Position, Record]] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)


class Recorder:
    """Records the exchanges of one process of a run; use it in a ``with`` block.

    ``part`` tells the processes of a run apart. Raises :class:`StorageError` where the WARC file or
    the index cannot be written. Of its methods only :meth:`write` may be called in another thread.
    """

    def __init__(self, archive: Archive, run_id: int, part: int = 0):
        self._archive = archive
        self._run_id = run_id
        self._limit = archive.settings.crawl.max_bytes
        # Opening a connection costs more than a transaction: both stay open.
        self._writing = archive.engine.connect()
        self._reading = archive.engine.connect().execution_options(**{READ_ONLY: True})
        with Session(self._reading) as session:
            run = session.get(Run, run_id)
            if run is None:
                raise ValueError(f"no run {run_id}")
            info = records.run_info(run, archive.settings.crawl.contact)
        self._writer = WarcWriter(archive.warc_folder, run_id, part, info=info)
        self._file = threading.Lock()
        self._under_way: list[Batch] = []
        self._closed = False

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the WARC file, let go of the database, and send what is finished to the store."""
        try:
            self._settle(closing=True)
        except StorageError as error:
            # It was told to those who waited, and the file stays open for the next crawl.
            log.warning("%s", error)
        self._writing.close()
        self._reading.close()
        self._writer.close()
        self._archive.store.try_to_send()

    def record(self, exchange: Exchange) -> int:
        """Store ``exchange`` and return the id of its :class:`Capture`, as :meth:`record_all` does."""
        return self.record_all([exchange])[0]

    def record_all(self, exchanges: Sequence[Exchange]) -> list[int]:
        """Store exchanges with one wait for the disk and one transaction; returns the ids of their
        :class:`Capture` in the same order, once all of them are stored. Where it fails, none is said to be.

        A response whose body cannot be decoded (or would be larger than ``[crawl] max_bytes``) is
        indexed with the digest of the body as received. A 304 gets the ``sha256`` of the body it
        declares unchanged; if that is None, the body is not known or not sound any more, and must be
        asked for without a condition.
        """
        batch = self.prepare(exchanges)
        self.write(batch)
        return self.index(batch)

    def prepare(self, exchanges: Sequence[Exchange]) -> Batch:
        """The first of three steps of :meth:`record_all`: make records of exchanges."""
        try:
            with Session(self._reading) as session:
                groups = [self._records(session, exchange) for exchange in exchanges]
        except SQLAlchemyError as error:
            raise StorageError(f"the index cannot be read: {_cause(error)}") from None
        return self._begin(groups, exchanges[0].fetched_at)

    def write(self, batch: Batch) -> None:
        """The second step: write the records, wait until they are on the disk, and read them back.

        It knows nothing of the database and may be done in another thread, where it keeps nobody waiting.
        """
        with self._file:
            if self._closed:
                raise StorageError("the recording has ended")
            try:
                places = iter(self._writer.append([r for g in batch.groups for r in g], batch.now))
            except StorageError:
                # The file is as it was before.
                self._under_way.remove(batch)
                raise
            except BaseException:
                # Ctrl+C may come between the writing and its being said.
                self._abandon(batch)
                raise
            try:
                positions = [[next(places) for _ in group][-1] for group in batch.groups]
                # The rows are made from what the disk gives back, not from what we meant to write.
                batch.stored = [
                    (place, warc.read(self._archive.store, place)) for place in positions
                ]
            except BaseException:
                self._abandon(batch)
                raise

    def index(self, batch: Batch) -> list[int]:
        """The third step: commit the rows; returns their ids in the order of the exchanges."""
        if batch.ids:
            return batch.ids
        try:
            captures = [
                records.row(record, position, self._run_id) for position, record in batch.stored
            ]
            with Session(self._writing, expire_on_commit=False) as session:
                session.add_all(captures)
                session.commit()
        except BaseException as error:
            self._abandon(batch)
            if not isinstance(error, SQLAlchemyError):
                raise
            raise StorageError(
                f"the index cannot be written: {_cause(error)}; the record is kept in "
                f"{batch.stored[0][0].file} and is indexed when the next crawl begins"
            ) from None
        self._under_way.remove(batch)
        batch.ids = [capture.id for capture in captures]
        return batch.ids

    def _begin(self, groups: Sequence[Sequence[Record]], now: datetime) -> Batch:
        batch = Batch(groups, now)
        self._under_way.append(batch)
        return batch

    def _abandon(self, batch: Batch) -> None:
        """The records stay; without a seal the next crawl finds and indexes them."""
        self._writer.leave_unsealed()
        self._under_way.remove(batch)

    def _settle(self, *, closing: bool = False) -> None:
        """Index all that is written: a file that is ended by what follows must not hold what is not."""
        with self._file:
            self._closed = closing
            written = [batch for batch in self._under_way if batch.stored]
        for batch in written:
            self.index(batch)

    def file(
        self,
        data: bytes,
        name: str,
        *,
        url: str | None = None,
        media_type: str | None = None,
        visit_id: int | None = None,
    ) -> int:
        """Store a document added by hand and return the id of its :class:`Capture`.

        ``url`` is where it was found, if that is known; else the row has a ``file:`` address made of
        ``name``.
        """
        now = clock.now()
        fields = {
            "Content-Type": media_type or "application/octet-stream",
            records.FIELD: records.notes(
                "added", "GET", visit_id, data, name=name, media_type=records.media_type(media_type)
            ),
        }
        address = records.clean_url(url) if url else f"file:{quote(name)}"
        record = Record("resource", now, address, fields, payload=data)
        return self._store(record)

    def compose(self, parts: Sequence[int], visit_id: int | None) -> int | None:
        """Store a page and the pictures it shows, given by the ids of their captures, as one document
        (:mod:`archive.composing`); returns the id of its :class:`Capture`.

        What was the same the last time is not stored again. None where the stored bytes are not sound or
        too many.
        """
        now = clock.now()
        try:
            with Session(self._reading) as session:
                captures = [session.get_one(Capture, number) for number in parts]
                held = [record_of(self._archive, session, capture) for capture in captures]
                made = composing.record(
                    [
                        (capture, record_at(self._archive, capture), records.body(record, capture))
                        for capture, record in zip(captures, held, strict=True)
                    ],
                    visit_id,
                    now,
                )
                last = session.scalars(
                    select(Capture)
                    .where(Capture.url == captures[0].url, Capture.purpose == composing.PURPOSE)
                    .order_by(*NEWEST_FIRST)
                    .limit(1)
                ).first()
                if made is None:
                    return None
                if last is not None and last.sha256 == hashlib.sha256(made.payload).hexdigest():
                    return last.id
        except (FixityError, LookupError):
            return None
        except SQLAlchemyError as error:
            raise StorageError(f"the index cannot be read: {_cause(error)}") from None
        return self._store(made)

    def visit(self, visit_id: int) -> None:
        """Store the visit as the index has it now, verdict and sightings; call it at its end.

        Without it the visit would not come back when the index is rebuilt.
        """
        now = clock.now()
        with Session(self._reading) as session:
            document = selectinload(Visit.sightings).joinedload(Sighting.document)
            place_only = document.load_only(Capture.warc, Capture.offset)
            visit = session.get_one(Visit, visit_id, options=[joinedload(Visit.place), place_only])
            made = visit_record(visit, now)
        try:
            self._settle()
            with self._file:
                self._writer.append([made], now)
        except BaseException:
            # Without a seal the next crawl looks for visits that are only in the database.
            self._writer.leave_unsealed()
            raise

    def _store(self, record: Record) -> int:
        """Write a record and index it."""
        self._settle()
        batch = self._begin([[record]], record.date)
        self.write(batch)
        return self.index(batch)[0]

    def _records(self, session: Session, exchange: Exchange) -> list[Record]:
        """The request, where one was made, and its outcome."""
        url = records.clean_url(exchange.url)
        if exchange.status is None:
            outcome = records.failure_record(exchange, url)
        else:
            outcome = self._response_record(session, exchange, url)
        if not records.is_http(url):
            return [outcome]
        return [records.request_record(exchange, url, outcome.id), outcome]

    def _response_record(self, session: Session, exchange: Exchange, url: str) -> Record:
        head = records.response_head(exchange)
        fields = records.address(exchange)
        notes: dict[str, Any] = {"certificate": exchange.certificate}
        if exchange.failure:
            notes |= {"failure": exchange.failure, "detail": exchange.failure_detail}
            fields["WARC-Truncated"] = "unspecified"
        response = Record("response", exchange.fetched_at, url, fields, head, exchange.body)
        headers = response.http_headers()
        notes["media_type"] = records.media_type(records.header(headers, "content-type"))
        decoded = (
            None
            if exchange.method == "HEAD"
            else records.decoded(exchange.body, headers, self._limit)
        )
        original: tuple[Record, Capture] | None = None
        profile = _IDENTICAL
        if exchange.status == 304 and not exchange.body:
            profile = _NOT_MODIFIED
            original = self._unmodified(session, exchange, url)
            decoded = None
        elif decoded and not exchange.failure:
            original = self._same(session, url, response.payload_digest, decoded)
        if original is None:
            fields[records.FIELD] = records.notes(
                exchange.purpose, exchange.method, exchange.visit_id, decoded, **notes
            )
            return response
        record, capture = original
        notes["media_type"] = notes["media_type"] or capture.media_type
        notes |= {"sha256": capture.sha256, "size": capture.size}
        fields |= {
            "WARC-Profile": profile,
            "WARC-Payload-Digest": record.payload_digest,
            "WARC-Refers-To": record.id,
            "WARC-Refers-To-Target-URI": record.url or url,
            "WARC-Refers-To-Date": records.iso(record.date),
            records.FIELD: records.notes(
                exchange.purpose, exchange.method, exchange.visit_id, None, **notes
            ),
        }
        return Record("revisit", exchange.fetched_at, url, fields, head)

    def _same(
        self, session: Session, url: str, payload_digest: str, decoded: bytes
    ) -> tuple[Record, Capture] | None:
        """The record that holds this payload of this address, read back whole just now."""
        asked = {"url": url, "sha256": hashlib.sha256(decoded).hexdigest()}
        # Most bodies are new: asked without the ORM, which would cost more than the question.
        newest = session.connection().execute(_NEWEST_OF_BODY, asked).scalar()
        found = self._original(session, session.get(Capture, newest) if newest else None)
        return found if found and found[0].payload_digest == payload_digest else None

    def _unmodified(
        self, session: Session, exchange: Exchange, url: str
    ) -> tuple[Record, Capture] | None:
        """The record of the body that the conditional request asked about."""
        asked = list(exchange.request_headers)
        etag, since = (
            records.header(asked, "if-none-match"),
            records.header(asked, "if-modified-since"),
        )
        for capture in session.scalars(
            select(Capture).where(Capture.url == url, *SUCCESS).order_by(*NEWEST_FIRST).limit(20)
        ):
            if (etag and capture.etag == etag) or (
                not etag and since and capture.last_modified == since
            ):
                return self._original(session, capture)
        return None

    def _original(self, session: Session, capture: Capture | None) -> tuple[Record, Capture] | None:
        """The record with the body of ``capture``, or None if it is not sound: then store again."""
        if capture is None:
            return None
        try:
            record = record_of(self._archive, session, capture)
            records.body(record, capture)
        except FixityError:
            return None
        return record, capture


_NEWEST_OF_BODY = (
    select(Capture.id)
    .where(Capture.url == bindparam("url"), Capture.sha256 == bindparam("sha256"))
    .order_by(*NEWEST_FIRST)
    .limit(1)
)


def _cause(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
