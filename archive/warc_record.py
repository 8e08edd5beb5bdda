"""A WARC record in memory: to bytes and back.

Record headers are those of WARC/1.1 (ISO 28500:2017), digests are SHA-256. HTTP heads are kept byte
for byte as the caller gives them, which warcio's own classes would re-encode.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.errors import JobError

_HTTP_TYPES = ("request", "response", "revisit")


class StorageError(JobError):
    """A WARC file cannot be written; the message says why in one sentence."""


class FixityError(JobError):
    """Stored bytes are not what was stored; names the WARC file, the offset and the address."""

    def __init__(self, reason: str, file: str, offset: int | None, url: str | None = None):
        self.reason, self.file, self.offset, self.url = reason, file, offset, url
        place = file if offset is None else f"{file} at byte {offset}"
        super().__init__(f"{place}{f' ({url})' if url else ''}: {reason}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.reason, self.file, self.offset, self.url)


@dataclass(frozen=True)
class Record:
    """A WARC record, as written and as read back.

    ``head`` is the HTTP head with its closing blank line, empty where the block is not HTTP.
    ``fields`` are the other WARC headers; length and digests are made on writing and checked on
    reading.
    """

    type: str
    date: datetime
    url: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    head: bytes = b""
    payload: bytes = field(default=b"", repr=False)
    id: str = field(default_factory=lambda: f"<urn:uuid:{uuid4()}>")

    def packed(self) -> bytes:
        """The record as a gzip member."""
        headers = {
            "WARC-Type": self.type,
            "WARC-Record-ID": self.id,
            "WARC-Date": self.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            **self.fields,
        }
        out = BytesIO()
        writer = _Writer(out, gzip=True, warc_version="WARC/1.1")
        writer.write_record(
            writer.create_warc_record(
                self.url,
                self.type,
                payload=BytesIO(self.payload),
                length=len(self.payload),
                warc_headers_dict={name: one_line(value) for name, value in headers.items()},
                http_headers=_Head(self.head),
            )
        )
        return out.getvalue()

    @property
    def payload_digest(self) -> str:
        """The digest of the payload as ``WARC-Payload-Digest`` has it."""
        return digest(self.payload)

    def status_line(self) -> str:
        """The first line of the HTTP head."""
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    def http_headers(self) -> list[tuple[str, str]]:
        """The HTTP headers, a character for each byte."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if line)
        return [(name, value.strip(" \t")) for name, _colon, value in pairs]


class _Writer(WARCWriter):  # type: ignore[misc]
    @staticmethod
    def _create_digester() -> Any:
        return _Digester()


class _Digester:
    def __init__(self) -> None:
        self._sum = hashlib.sha256()

    def update(self, data: bytes) -> None:
        self._sum.update(data)

    def __str__(self) -> str:
        return f"sha256:{base64.b32encode(self._sum.digest()).decode()}"


class _Head(StatusAndHeaders):  # type: ignore[misc]
    """An HTTP head that is written as it is."""

    def __init__(self, head: bytes) -> None:
        super().__init__("", [])
        self._head = head

    def __bool__(self) -> bool:
        return bool(self._head)

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self._head


def digest(data: bytes) -> str:
    """SHA-256 of ``data`` in the notation of WARC headers."""
    made = _Digester()
    made.update(data)
    return str(made)


def one_line(text: str) -> str:
    """``text`` as a header can hold it."""
    return re.sub(r"[\r\n\0]", " ", text)


def parse(data: bytes, name: str, offset: int) -> Record:
    """The record in an unpacked gzip member, which was at ``offset`` of the file ``name``.

    Raises :class:`FixityError` if it is not a record, or one of its digests does not match.
    """
    stream = BytesIO(data)
    try:
        raw = ArcWarcRecordLoader().parse_record_stream(
            stream, known_format="warc", no_record_parse=True
        )
        fields = dict(raw.rec_headers.headers)
        block = raw.raw_stream.read()
        kind, identity = fields.pop("WARC-Type"), fields.pop("WARC-Record-ID")
        date = datetime.fromisoformat(fields.pop("WARC-Date"))
        length = int(fields.pop("Content-Length"))
    except Exception as error:  # warcio raises whatever its parsing runs into
        raise FixityError(f"not a WARC record ({error})", name, offset) from None
    if len(block) != length or data[stream.tell() :] != b"\r\n\r\n":
        raise FixityError("the record is not as long as its header says", name, offset)
    if fields.pop("WARC-Block-Digest", None) != digest(block):
        raise FixityError("the block digest does not match", name, offset)
    head, payload = b"", block
    if kind in _HTTP_TYPES and fields.get("Content-Type", "").startswith("application/http"):
        head, blank, payload = block.partition(b"\r\n\r\n")
        head += blank
    # A revisit names the digest of another record's payload, a warcinfo none.
    own = kind not in ("revisit", "warcinfo")
    if own and fields.pop("WARC-Payload-Digest", None) != digest(payload):
        raise FixityError("the payload digest does not match", name, offset)
    url = fields.pop("WARC-Target-URI", None)
    return Record(kind, date, url, fields, head, payload, identity)
