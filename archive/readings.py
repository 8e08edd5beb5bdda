"""What the extractor read, as it is kept in the database: one record a document and version."""

from __future__ import annotations

import json
import zlib
from typing import Any

from archive import clock
from archive.database.models import Reading
from extract.record import Record


def pack(record: Record) -> bytes:
    """A record as it is kept in a :class:`Reading`: compressed JSON."""
    return zlib.compress(json.dumps(record.to_json(), ensure_ascii=False).encode(), 6)


def unpack(reading: Reading) -> dict[str, Any]:
    """The record of a reading, in the shape of contract §3."""
    return unpacked(reading.record)


def unpacked(data: bytes) -> dict[str, Any]:
    """The record that :func:`pack` packed."""
    record: dict[str, Any] = json.loads(zlib.decompress(data))
    return record


def reading(sha256: str, record: Record) -> Reading:
    """The row that keeps ``record`` for the document with this digest."""
    return Reading(
        sha256=sha256,
        extractor=record.extractor,
        read_at=clock.now(),
        status=record.parse.status.value,
        form=record.form,
        year=record.year,
        agency_name=record.agency.name,
        recognition=record.parse.recognition,
        record=pack(record),
    )
