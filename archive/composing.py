"""A page together with the pictures it shows, as one document: a web archive in one file (MHTML, RFC 2557).

A report may be a page of pictures, whose bytes alone say nothing of what is reported. What is composed is
made of stored captures and of nothing else, always the same from the same ones, so whoever has these can make
it again. In the archive it is a ``conversion`` record that names the records it was made of.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from archive import records
from archive.database.models import Capture
from archive.warc import Record
from extract.sniff import MHTML, UNKNOWN

PURPOSE = "composed"
MAX_BYTES = 25_000_000
"""Bytes of a page and its pictures; more would be larger, as text, than what is read."""

Part = tuple[str, str | None, bytes]
"""Address, media type and body."""


def compose(parts: Sequence[Part]) -> bytes:
    """A page, the first of ``parts``, and its pictures in their order, as one document."""
    digest = hashlib.sha256()
    for _url, _media_type, body in parts:
        digest.update(hashlib.sha256(body).digest())
    boundary = f"gongkai-{digest.hexdigest()[:40]}"
    lines = [
        "MIME-Version: 1.0",
        f'Content-Type: {MHTML}; type="text/html"; boundary="{boundary}"',
        f"Snapshot-Content-Location: {parts[0][0]}",
        "",
    ]
    for number, (url, media_type, body) in enumerate(parts):
        lines += [
            f"--{boundary}",
            # What is a page is told by its content; servers call it anything.
            f"Content-Type: {'text/html' if number == 0 else media_type or UNKNOWN}",
            "Content-Transfer-Encoding: base64",
            f"Content-Location: {url}",
            "",
            base64.encodebytes(body).decode().replace("\n", "\r\n"),
        ]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode()


def record(
    parts: Sequence[tuple[Capture, Record, bytes]], visit_id: int | None, now: datetime
) -> Record | None:
    """The record of what is composed of captures, each with its record and its body; None if that is too large."""
    if sum(len(body) for *_, body in parts) > MAX_BYTES:
        return None
    page, own, _ = parts[0]
    data = compose([(capture.url, capture.media_type, body) for capture, _, body in parts])
    made_of = [
        {"warc": capture.warc, "offset": capture.offset, "record": stored.id}
        for capture, stored, _ in parts
    ]
    fields = {
        "Content-Type": MHTML,
        "WARC-Refers-To": own.id,
        records.FIELD: records.notes(
            PURPOSE, "GET", visit_id, data, media_type=MHTML, parts=made_of
        ),
    }
    return Record("conversion", now, page.url, fields, payload=data)


def parts_of(session: Session, capture: Capture) -> list[Capture]:
    """The captures that ``capture`` is composed of, the page first; none of one that is not composed."""
    if not capture.parts:
        return []
    places = [(one["warc"], one["offset"]) for one in capture.parts]
    query = select(Capture).where(tuple_(Capture.warc, Capture.offset).in_(places))
    by_place = {(one.warc, one.offset): one for one in session.scalars(query)}
    return [by_place[place] for place in places if place in by_place]
