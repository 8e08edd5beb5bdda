"""Captures: every exchange with a server goes into a WARC file, and then into the index.

An exchange becomes two records side by side: the ``request`` and, after it, the record that the row
of the index points to: a ``response``; a ``revisit`` where the server sent what is stored already or
answered 304; a ``metadata`` record where no response came. Documents added by hand are ``resource``
records. What the index knows beyond HTTP stands in the header ``Gongkai-Capture`` of that record, so a
row is always made from a stored record, by :func:`row`: on recording, after a crash, on rebuilding.

A row is committed only after its record is on the disk.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from archive import clock, warc
from archive.content_encoding import UndecodableBody, decode
from archive.database.models import Capture, Run
from archive.folder import Archive
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

FIELD = "Gongkai-Capture"
SOFTWARE = "Gongkai"

_IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and what came of it.

    Header names and values have one character for each byte (latin-1). ``body`` is as received:
    without transfer coding, with content coding. ``status`` is None where no response came; then
    ``failure`` names the kind of failure and ``failure_detail`` says it in a sentence. Both may be set:
    a response that broke off. ``fetched_at`` is aware; ``address`` is the IP address of the server.
    """

    url: str
    purpose: str
    fetched_at: datetime
    method: str = "GET"
    request_headers: Headers = ()
    request_body: bytes = b""
    status: int | None = None
    reason: str = ""
    response_headers: Headers = ()
    body: bytes = b""
    failure: str | None = None
    failure_detail: str = ""
    address: str | None = None
    visit_id: int | None = None

    def __post_init__(self) -> None:
        if self.status is None and self.failure is None:
            raise ValueError(f"neither response nor failure: {self.url}")
        if self.status is not None and not is_http(self.url):
            raise ValueError(f"a response from an address that is not of the web: {self.url}")
        if self.fetched_at.tzinfo is None:
            raise ValueError(f"naive time {self.fetched_at!r}")


@dataclass(frozen=True)
class Validators:
    """What a conditional request sends, and the digest of the body that it asks about."""

    etag: str | None
    last_modified: str | None
    sha256: str


class Recorder:
    """Records the exchanges of one process of a run; use it in a ``with`` block.

    ``part`` tells the processes of a run apart. Raises :class:`StorageError` where the WARC file or
    the index cannot be written.
    """

    def __init__(self, archive: Archive, run_id: int, part: int = 0):
        self._archive = archive
        self._run_id = run_id
        self._limit = archive.settings.crawl.max_bytes
        with archive.reader() as session:
            run = session.get(Run, run_id)
            if run is None:
                raise ValueError(f"no run {run_id}")
            info = _run_info(run, archive.settings.crawl.contact)
        self._writer = WarcWriter(archive.warc_folder, run_id, part, info=info)
        self._all_indexed = True

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
        """End the WARC file. Recording more begins another one."""
        self._writer.close(seal=self._all_indexed)
        self._all_indexed = True

    def record(self, exchange: Exchange) -> int:
        """Store ``exchange`` and return the id of its :class:`Capture`.

        A response whose body cannot be decoded (or would be larger than ``[crawl] max_bytes``) is
        indexed with the digest of the body as received.
        """
        url = clean_url(exchange.url)
        if exchange.status is None:
            outcome = _failure_record(exchange, url)
        else:
            outcome = self._response_record(exchange, url)
        records = [outcome]
        if is_http(url):
            records.insert(0, _request_record(exchange, url, outcome.id))
        return self._store(records, exchange.fetched_at)

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
            FIELD: _notes(
                "added", "GET", visit_id, data, name=name, media_type=_media_type(media_type)
            ),
        }
        address = clean_url(url) if url else f"file:{quote(name)}"
        record = Record("resource", now, address, fields, payload=data)
        return self._store([record], now)

    def _store(self, records: Sequence[Record], now: datetime) -> int:
        *_before, position = self._writer.append(records, now)
        try:
            # The row is made from what the disk gives back, not from what we meant to write.
            stored = warc.read(self._archive.warc_folder, position)
            with self._archive.session() as session:
                capture = row(stored, position, self._run_id)
                session.add(capture)
                session.commit()
                return capture.id
        except SQLAlchemyError as error:
            # The record stays; without a seal the next crawl finds it and indexes it.
            self._all_indexed = False
            cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise StorageError(
                f"the index cannot be written: {cause}; the record is kept in {position.file} "
                "and is indexed when the next crawl begins"
            ) from None

    def _response_record(self, exchange: Exchange, url: str) -> Record:
        head = _response_head(exchange)
        fields = _address(exchange)
        notes: dict[str, Any] = {}
        if exchange.failure:
            notes = {"failure": exchange.failure, "detail": exchange.failure_detail}
            fields["WARC-Truncated"] = "unspecified"
        response = Record("response", exchange.fetched_at, url, fields, head, exchange.body)
        headers = response.http_headers()
        notes["media_type"] = _media_type(_header(headers, "content-type"))
        decoded = (
            None if exchange.method == "HEAD" else _decoded(exchange.body, headers, self._limit)
        )
        original: tuple[Record, Capture] | None = None
        profile = _IDENTICAL
        with self._archive.reader() as session:
            if exchange.status == 304 and not exchange.body:
                profile = _NOT_MODIFIED
                original = self._unmodified(session, exchange, url)
                decoded = None
            elif decoded and not exchange.failure:
                original = self._same(session, url, response.payload_digest, decoded)
        if original is None:
            fields[FIELD] = _notes(
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
            "WARC-Refers-To-Date": _iso(record.date),
            FIELD: _notes(exchange.purpose, exchange.method, exchange.visit_id, None, **notes),
        }
        return Record("revisit", exchange.fetched_at, url, fields, head)

    def _same(
        self, session: Session, url: str, payload_digest: str, decoded: bytes
    ) -> tuple[Record, Capture] | None:
        """The record that holds this payload of this address, read back whole just now."""
        query = select(Capture).where(
            Capture.url == url, Capture.sha256 == hashlib.sha256(decoded).hexdigest()
        )
        found = self._original(session, session.scalars(_newest_first(query).limit(1)).first())
        return found if found and found[0].payload_digest == payload_digest else None

    def _unmodified(
        self, session: Session, exchange: Exchange, url: str
    ) -> tuple[Record, Capture] | None:
        """The record of the body that the conditional request asked about."""
        asked = list(exchange.request_headers)
        etag, since = _header(asked, "if-none-match"), _header(asked, "if-modified-since")
        for capture in session.scalars(_newest_first(_successes(url)).limit(20)):
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
            record = _record(self._archive, session, capture)
            _verified(record, capture)
        except FixityError:
            return None
        return record, capture


def body(archive: Archive, session: Session, capture: Capture) -> bytes:
    """The content-decoded body of ``capture``; for a revisit that of the record it refers to.

    Raises :class:`FixityError` if the stored bytes are not whole and sound, ``LookupError`` if the
    capture never had a body (a failure, a 304 to an unknown body).
    """
    if capture.sha256 is None:
        raise LookupError(f"no body was received from {capture.url}")
    return _verified(_record(archive, session, capture), capture)


def validators(session: Session, url: str) -> Validators | None:
    """What a conditional request for ``url`` sends: from its newest capture with status 200."""
    capture = session.scalars(_newest_first(_successes(clean_url(url))).limit(1)).first()
    if capture is None or capture.sha256 is None:
        return None
    return Validators(capture.etag, capture.last_modified, capture.sha256)


def latest(session: Session, url: str) -> Capture | None:
    """The newest capture of ``url``, whatever came of it."""
    query = select(Capture).where(Capture.url == clean_url(url))
    return session.scalars(_newest_first(query).limit(1)).first()


def row(record: Record, position: Position, run_id: int) -> Capture:
    """The row of the index that belongs to a stored record.

    Raises :class:`FixityError` if the record has no ``Gongkai-Capture`` header or a wrong one.
    """
    try:
        notes = json.loads(record.fields[FIELD])
        headers = record.http_headers()
        status = record.status_line().split(" ")[1] if record.head else None
        return Capture(
            run_id=run_id,
            visit_id=notes.get("visit"),
            url=record.url or "",
            method=notes["method"],
            purpose=notes["purpose"],
            fetched_at=record.date,
            http_status=int(status) if status is not None else None,
            failure=notes.get("failure"),
            media_type=notes.get("media_type"),
            sha256=notes.get("sha256"),
            size=notes.get("size"),
            etag=_header(headers, "etag"),
            last_modified=_header(headers, "last-modified"),
            warc=position.file,
            offset=position.offset,
            length=position.length,
        )
    except (KeyError, ValueError, IndexError, TypeError, AttributeError):
        raise FixityError(
            f"not a record of a capture (header {FIELD})",
            position.file,
            position.offset,
            record.url,
        ) from None


def is_capture(record: Record) -> bool:
    """Whether a row of the index belongs to the record."""
    return FIELD in record.fields


def is_http(url: str) -> bool:
    """Whether ``url`` is of the web."""
    return url.startswith(("http://", "https://"))


def clean_url(url: str) -> str:
    """``url`` as it stands in WARC headers and in the index: what is not printable ASCII, escaped."""
    return quote(url.strip(), safe="!#$%&'()*+,/:;=?@[]~\"\\^`{|}-._")


def _record(archive: Archive, session: Session, capture: Capture) -> Record:
    """The record that holds the body of ``capture``, following a revisit."""
    record = _at(archive, capture)
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
            found = _at(archive, other)
        except FixityError as error:
            damage = error
            continue
        if found.id == target:
            return found
    if damage:
        raise damage
    raise FixityError(
        f"the record it refers to is not in the index: {url} of {_iso(date)}",
        capture.warc or "",
        capture.offset,
        capture.url,
    )


def _at(archive: Archive, capture: Capture) -> Record:
    if capture.warc is None or capture.offset is None or capture.length is None:
        raise FixityError("the index names no place", "", None, capture.url)
    position = Position(capture.warc, capture.offset, capture.length)
    try:
        return warc.read(archive.warc_folder, position)
    except FixityError as error:
        raise FixityError(error.reason, position.file, position.offset, capture.url) from None


def _verified(record: Record, capture: Capture) -> bytes:
    """The decoded payload of ``record``, which must be the body that ``capture`` names."""
    size = capture.size or 0
    # A body that could not be decoded was indexed as received; the digest tells which it was.
    data = record.payload
    for decoded in (False, True):
        if decoded:
            data = _decoded(data, record.http_headers(), size)
        if len(data) == size and hashlib.sha256(data).hexdigest() == capture.sha256:
            return data
    raise FixityError(
        "the stored body is not the one that the index names",
        capture.warc or "",
        capture.offset,
        capture.url,
    )


def _decoded(data: bytes, headers: Sequence[tuple[str, str]], limit: int) -> bytes:
    codings = [value for name, value in headers if name.lower() == "content-encoding"]
    try:
        return decode(data, codings, limit)
    except UndecodableBody:
        return data


def _successes(url: str) -> Any:
    return select(Capture).where(
        Capture.url == url,
        Capture.method == "GET",
        Capture.http_status == 200,
        Capture.failure.is_(None),
    )


def _newest_first(query: Any) -> Any:
    return query.order_by(Capture.fetched_at.desc(), Capture.id.desc())


def _request_record(exchange: Exchange, url: str, concurrent_to: str) -> Record:
    path = re.sub(r"^https?://[^/?#]*", "", url).split("#")[0]
    first = f"{exchange.method} {path if path.startswith('/') else '/' + path} HTTP/1.1"
    fields = {"WARC-Concurrent-To": concurrent_to} | _address(exchange)
    head = _head(first, exchange.request_headers)
    return Record("request", exchange.fetched_at, url, fields, head, exchange.request_body)


def _response_head(exchange: Exchange) -> bytes:
    # The body is stored without transfer coding; a header that claims one would mislead readers.
    kept = [pair for pair in exchange.response_headers if pair[0].lower() != "transfer-encoding"]
    return _head(f"HTTP/1.1 {exchange.status} {exchange.reason}".rstrip(), kept)


def _head(first: str, headers: Sequence[tuple[str, str]]) -> bytes:
    lines = [_header_bytes(first)]
    lines += [_header_bytes(name) + b": " + _header_bytes(value) for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _header_bytes(text: str) -> bytes:
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "replace")
    return re.sub(rb"[\r\n\0]", b" ", data)


def _failure_record(exchange: Exchange, url: str) -> Record:
    lines = {"failure": exchange.failure or "", "detail": exchange.failure_detail}
    text = "".join(f"{key}: {' '.join(value.split())}\r\n" for key, value in lines.items() if value)
    fields = {
        "Content-Type": "application/warc-fields",
        FIELD: _notes(
            exchange.purpose, exchange.method, exchange.visit_id, None, failure=exchange.failure
        ),
    } | _address(exchange)
    return Record("metadata", exchange.fetched_at, url, fields, payload=text.encode())


def _address(exchange: Exchange) -> dict[str, str]:
    return {"WARC-IP-Address": exchange.address} if exchange.address else {}


def _notes(purpose: str, method: str, visit_id: int | None, data: bytes | None, **more: Any) -> str:
    """The value of ``Gongkai-Capture``: JSON in ASCII, without what is empty."""
    notes: dict[str, Any] = {"purpose": purpose, "method": method, "visit": visit_id}
    if data is not None:
        notes |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return json.dumps({key: value for key, value in (notes | more).items() if value is not None})


def _header(headers: Sequence[tuple[str, str]], name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name), None)


def _media_type(content_type: str | None) -> str | None:
    """The media type of a ``Content-Type`` header, without parameters; None if it is none."""
    text = (content_type or "").split(";")[0].strip().lower()
    return text if re.fullmatch(r"[a-z0-9.+_*-]+/[a-z0-9.+_*-]+", text[:100]) else None


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _run_info(run: Run, contact: str) -> dict[str, str]:
    info = {
        "software": SOFTWARE,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "operator": contact,
        "robots": "obeyed; refusals are stored as captures",
        "description": "Transfer-Encoding was removed from bodies and heads; Content-Encoding was "
        "kept. The client library keeps neither the order of headers nor their case.",
        "gongkai-clock": "set by hand, proves no time" if run.clock_set else "running",
        "gongkai-run": json.dumps(
            {
                "id": run.id,
                "command": run.command,
                "arguments": run.arguments,
                "started_at": _iso(run.started_at),
                "clock_set": run.clock_set,
            }
        ),
    }
    return {key: value for key, value in info.items() if value}
