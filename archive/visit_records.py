"""Visits as WARC records: the verdict on a place and what was seen there, kept beside the evidence.

A visit is a ``metadata`` record whose block is JSON: all columns of the visit, its place, and its
sightings, which name the capture of their document by file and offset. Assignments to agencies are not
in it: they are made again from the register. Which agencies publish at a place is not in it either:
that is what people entered.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.database.models import Capture, Place, Sighting, Visit
from archive.records import clean_url, iso
from archive.warc import FixityError, Position, Record

FIELD = "Gongkai-Visit"

_VISIT = ("started_at", "finished_at", "verdict", "kind", "reason", "platform", "column_url",
          "pages", "rows", "rows_stated", "requests")  # fmt: skip
_SIGHTING = ("seen_at", "list_url", "url", "title", "year", "scope", "agency_name",
             "displayed_date")  # fmt: skip
_TIMES = {"started_at", "finished_at", "seen_at"}
_DAYS = {"displayed_date"}
_PLACE = ("url", "host", "recipe")

FindCapture = Callable[[str, int], int | None]
"""The id of the capture at a file name and offset."""


def visit_record(visit: Visit, now: datetime) -> Record:
    """The record of ``visit`` as the index has it at the moment."""
    said = {
        "visit": visit.id,
        "place": _values(visit.place, _PLACE),
        **_values(visit, _VISIT),
        "sightings": [_sighting(sighting) for sighting in visit.sightings],
    }
    fields = {
        "Content-Type": "application/json",
        FIELD: json.dumps({"visit": visit.id, "verdict": visit.verdict}),
    }
    address = clean_url(visit.column_url or visit.place.url)
    payload = json.dumps(said, ensure_ascii=False, indent=1).encode()
    return Record("metadata", now, address, fields, payload=payload)


def is_visit(record: Record) -> bool:
    """Whether the record tells of a visit."""
    return FIELD in record.fields


def number_of(record: Record) -> int:
    """The number that the visit had in the index when it was recorded."""
    return int(json.loads(record.fields[FIELD])["visit"])


def said(record: Record, position: Position) -> dict[str, Any]:
    """What the record tells of the visit, its place and its sightings.

    Raises :class:`FixityError` if it does not say what a visit needs.
    """
    try:
        told = json.loads(record.payload)
        _parsed(told, _VISIT)
        for sighting in told["sightings"]:
            _parsed(sighting, _SIGHTING)
        if isinstance(told["place"]["url"], str):
            return dict(told)
    except (KeyError, ValueError, TypeError, AttributeError):
        pass
    raise FixityError("not a record of a visit", position.file, position.offset, record.url)


def restore(
    session: Session, record: Record, position: Position, run_id: int, find: FindCapture
) -> tuple[Visit, bool]:
    """The visit that ``record`` tells of, and whether it had to be added to ``session``.

    Raises :class:`FixityError` if the record does not say what a visit needs.
    """
    try:
        said = json.loads(record.payload)
        place = _place(session, said["place"])
        values = _parsed(said, _VISIT)
        query = select(Visit).where(
            Visit.run_id == run_id, Visit.place == place, Visit.started_at == values["started_at"]
        )
        known = session.scalars(query).first()
        if known is not None:
            return known, False
        visit = Visit(run_id=run_id, place=place, **values)
        for sighting in said["sightings"]:
            document = sighting.get("document")
            visit.sightings.append(
                Sighting(
                    **_parsed(sighting, _SIGHTING),
                    document_id=find(*document) if document else None,
                )
            )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise FixityError(
            "not a record of a visit", position.file, position.offset, record.url
        ) from None
    session.add(visit)
    session.flush()
    return visit, True


def _place(session: Session, said: dict[str, Any]) -> Place:
    place = session.scalars(select(Place).where(Place.url == said["url"])).first()
    if place is None:
        place = Place(**{name: said[name] for name in _PLACE})
        session.add(place)
        session.flush()
    return place


def _sighting(sighting: Sighting) -> dict[str, Any]:
    document: Capture | None = sighting.document
    place = None if document is None else [document.warc, document.offset]
    return _values(sighting, _SIGHTING) | {"document": place}


def _values(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, date) else value


def _parsed(said: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    parsed = {name: said[name] for name in names}
    for name in _TIMES & parsed.keys():
        parsed[name] = parsed[name] and datetime.fromisoformat(parsed[name])
    for name in _DAYS & parsed.keys():
        parsed[name] = parsed[name] and date.fromisoformat(parsed[name])
    return parsed
