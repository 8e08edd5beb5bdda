"""Exchanges as WARC records, and WARC records as rows of the index.

An exchange becomes two records side by side: the ``request`` and, after it, the record that the row of
the index points to: a ``response``; a ``revisit`` where the server sent what is stored already or
answered 304; a ``metadata`` record where no response came. Documents added by hand are ``resource``
records, what is composed of other captures is a ``conversion``. What the index knows beyond HTTP stands in the header ``Gongkai-Capture`` of that record, so a
row is always made from a stored record, by :func:`row`: on recording, after a crash, on rebuilding.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from archive.content_encoding import UndecodableBody, decode
from archive.database.models import Capture, Run
from archive.warc import FixityError, Position, Record
from extract import VERSION

FIELD = "Gongkai-Capture"
RUN_FIELD = "gongkai-run"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and what came of it.

    Header names and values have one character for each byte (latin-1). ``body`` is as received:
    without transfer coding, with content coding. ``status`` is None where no response came; then
    ``failure`` names the kind of failure and ``failure_detail`` says it in a sentence. Both may be set:
    a response that broke off. ``fetched_at`` is aware; ``address`` is the IP address of the server;
    ``certificate`` is ``verified`` or says why the server's does not verify, None where it is not known.
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
    certificate: str | None = None
    visit_id: int | None = None

    def __post_init__(self) -> None:
        if self.status is None and self.failure is None:
            raise ValueError(f"neither response nor failure: {self.url}")
        if self.status is not None and not is_http(self.url):
            raise ValueError(f"a response from an address that is not of the web: {self.url}")
        if self.fetched_at.tzinfo is None:
            raise ValueError(f"naive time {self.fetched_at!r}")


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
            etag=header(headers, "etag"),
            last_modified=header(headers, "last-modified"),
            certificate=notes.get("certificate"),
            warc=position.file,
            offset=position.offset,
            length=position.length,
            parts=notes.get("parts"),
        )
    except (KeyError, ValueError, IndexError, TypeError, AttributeError):
        raise FixityError(
            f"not a record of a capture (header {FIELD})",
            position.file,
            position.offset,
            record.url,
        ) from None


def body(record: Record, capture: Capture) -> bytes:
    """The decoded payload of ``record``, which must be the body that ``capture`` names.

    Raises :class:`FixityError` if it is not.
    """
    size = capture.size or 0
    # A body that could not be decoded was indexed as received; the digest tells which it was.
    data = record.payload
    for as_received in (True, False):
        if not as_received:
            data = decoded(data, record.http_headers(), size)
        if len(data) == size and hashlib.sha256(data).hexdigest() == capture.sha256:
            return data
    raise FixityError(
        "the stored body is not the one that the index names",
        capture.warc or "",
        capture.offset,
        capture.url,
    )


def is_capture(record: Record) -> bool:
    """Whether a row of the index belongs to the record."""
    return FIELD in record.fields


def is_http(url: str) -> bool:
    """Whether ``url`` is of the web."""
    return url.startswith(("http://", "https://"))


def clean_url(url: str) -> str:
    """``url`` as it stands in WARC headers and in the index: what is not printable ASCII, escaped."""
    return quote(url.strip(), safe="!#$%&'()*+,/:;=?@[]~\"\\^`{|}-._")


def request_record(exchange: Exchange, url: str, concurrent_to: str) -> Record:
    """The request, tied to the record of its outcome; it names what was asked even if nothing was sent."""
    path = re.sub(r"^https?://[^/?#]*", "", url).split("#")[0]
    first = f"{exchange.method} {path if path.startswith('/') else '/' + path} HTTP/1.1"
    fields = {"WARC-Concurrent-To": concurrent_to} | address(exchange)
    head = _head(first, exchange.request_headers)
    return Record("request", exchange.fetched_at, url, fields, head, exchange.request_body)


def response_head(exchange: Exchange) -> bytes:
    """Status line and headers of a response, with the blank line."""
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


def failure_record(exchange: Exchange, url: str) -> Record:
    """The ``metadata`` record of an exchange without a response."""
    lines = {"failure": exchange.failure or "", "detail": exchange.failure_detail}
    text = "".join(f"{key}: {' '.join(value.split())}\r\n" for key, value in lines.items() if value)
    fields = {
        "Content-Type": "application/warc-fields",
        FIELD: notes(
            exchange.purpose, exchange.method, exchange.visit_id, None, failure=exchange.failure
        ),
    } | address(exchange)
    return Record(
        "metadata", exchange.fetched_at, url, fields, payload=text.encode("utf-8", "replace")
    )


def address(exchange: Exchange) -> dict[str, str]:
    """The WARC header that names the server's IP address, where it is known."""
    return {"WARC-IP-Address": exchange.address} if exchange.address else {}


def notes(purpose: str, method: str, visit_id: int | None, data: bytes | None, **more: Any) -> str:
    """The value of ``Gongkai-Capture``: JSON in ASCII, without what is empty."""
    made: dict[str, Any] = {"purpose": purpose, "method": method, "visit": visit_id}
    if data is not None:
        made |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return json.dumps({key: value for key, value in (made | more).items() if value is not None})


def header(headers: Sequence[tuple[str, str]], name: str) -> str | None:
    """The first value of the header ``name`` (in lower case)."""
    return next((value for key, value in headers if key.lower() == name), None)


def media_type(content_type: str | None) -> str | None:
    """The media type of a ``Content-Type`` header, without parameters; None if it is none."""
    text = (content_type or "").split(";")[0].strip().lower()
    return text if re.fullmatch(r"[a-z0-9.+_*-]+/[a-z0-9.+_*-]+", text[:100]) else None


def iso(moment: datetime) -> str:
    """``moment`` as WARC headers have it, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def run_info(run: Run, contact: str) -> dict[str, str]:
    """The fields of the ``warcinfo`` record of a run."""
    info = {
        "software": f"Gongkai {VERSION}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "operator": contact,
        "robots": "obeyed; refusals are stored as captures",
        "description": "Transfer-Encoding was removed from bodies and heads; Content-Encoding was "
        "kept. The client library keeps neither the order of headers nor their case.",
        "gongkai-clock": "set by hand, proves no time" if run.clock_set else "running",
        RUN_FIELD: json.dumps(
            {
                "id": run.id,
                "command": run.command,
                "arguments": run.arguments,
                "started_at": iso(run.started_at),
                "clock_set": run.clock_set,
            }
        ),
    }
    return {key: value for key, value in info.items() if value}


def decoded(data: bytes, headers: Sequence[tuple[str, str]], limit: int) -> bytes:
    """``data`` without the content coding that ``headers`` name; as it is where that cannot be undone."""
    codings = [value for name, value in headers if name.lower() == "content-encoding"]
    try:
        return decode(data, codings, limit)
    except UndecodableBody:
        return data


def run_notes(record: Record) -> dict[str, Any]:
    """What a ``warcinfo`` record of ours says of its run; empty for another's."""
    for line in record.payload.decode("utf-8", "replace").splitlines():
        key, _colon, value = line.partition(": ")
        if key == RUN_FIELD:
            said = json.loads(value)
            return said if isinstance(said, dict) else {}
    return {}
