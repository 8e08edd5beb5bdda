"""What the extractor read, as it is kept in the database: one record a document and version."""

from __future__ import annotations

import json
import time
import zlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.database.models import Reading
from extract.record import Record

_EVERY = 1.0
"""Seconds of reading that are lost at most."""
_BATCH = 500


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


class Keeper:
    """Keeps readings as they come, those of a second in one transaction; use it in a ``with`` block.

    To commit each for itself takes several times as long as to write it, and to hold a transaction open
    would keep crawls waiting.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: dict[tuple[str, str], Reading] = {}
        self._since = time.monotonic()

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *_: object) -> None:
        self._commit()

    def add(self, sha256: str, record: Record) -> None:
        """Keep what was read in the document with this digest, within a second."""
        self._waiting[sha256, record.extractor] = reading(sha256, record)
        if time.monotonic() - self._since >= _EVERY:
            self._commit()

    def _commit(self) -> None:
        kept = self._kept()
        for key, one in self._waiting.items():
            # A scan is read again by the same version once its characters can be recognised.
            if key in kept:
                self._session.merge(one)
            else:
                self._session.add(one)
        self._session.commit()
        self._waiting.clear()
        self._since = time.monotonic()

    def _kept(self) -> set[tuple[str, str]]:
        """Which of the readings that wait are kept already, in another reading of the same version."""
        digests = [sha256 for sha256, _ in self._waiting]
        found: set[tuple[str, str]] = set()
        for start in range(0, len(digests), _BATCH):
            rows = self._session.execute(
                select(Reading.sha256, Reading.extractor).where(
                    Reading.sha256.in_(digests[start : start + _BATCH])
                )
            )
            found.update((sha256, extractor) for sha256, extractor in rows)
        return found
