"""``people.jsonl``: what people entered, kept beside the WARC files so that a lost database comes back.

One JSON object a line, only ever appended to. What goes in, told by ``entry``:

- ``agency``: an agency of the register as it was after an import or seeding; the last line with its
  name and division code counts. ``agency_gone``: the register knows it no longer under these.
  ``agency_event``, ``agency_decision``, ``agency_site``: see :mod:`archive.agencies.keeping`.
- ``assignment``: a document that was added by hand as the report of an agency for a year, named by
  its place in the WARC files.
- ``correction``, ``verdict``, and ``undo`` of one of these.

The file follows the database: after each command that takes a person's word, whatever the database has
and the file lacks is appended. So a crash between the two is made good by the next such command. What a
crawl saw and what was read in documents is not in it; that comes from the WARC files.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import clock
from archive.agencies import keeping
from archive.database.models import (
    Agency,
    AgencyAlias,
    Base,
    Capture,
    Correction,
    FindingVerdict,
    Sighting,
)
from archive.errors import JobError
from archive.folder import Archive
from archive.records import iso

FILE_NAME = "people.jsonl"

Entry = dict[str, Any]

_AGENCY = '{"entry": "agency'
REGISTER = (
    "kind",
    "home_url",
    "annual_report_url",
    "since",
    "until",
    "standing",
    "duty_from",
    "origin",
)
"""The columns of an agency that are kept."""
_PERSONS = ("year", "scope", "sha256", "fingerprint", "reason", "person")
TABLES: dict[str, type[Correction] | type[FindingVerdict]] = {
    "correction": Correction,
    "verdict": FindingVerdict,
}


class People:
    """The open file; nobody else writes to it meanwhile. Get one from :func:`open_people`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self, register: bool = True) -> Iterator[tuple[int, Entry | None]]:
        """The entries with their line numbers, None for a line that is damaged.

        Without ``register`` the lines of the register are passed over, of which there are many.
        """
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if line.strip() and (register or not line.startswith(_AGENCY)):
                    yield number, _parsed(line)

    def next_id(self, session: Session, kind: Literal["correction", "verdict"]) -> int:
        """A number that no entry of this kind has, in the database or in the file."""
        used: list[int] = [
            entry["id"]
            for _, entry in self.lines(register=False)
            if entry and entry["entry"] == kind and isinstance(entry.get("id"), int)
        ]
        highest: int = session.scalar(select(func.max(TABLES[kind].id))) or 0
        return max(highest, *used, 0) + 1

    def keep(self, session: Session) -> int:
        """Append the corrections, verdicts and undoings that the file lacks; returns how many."""
        have = {
            (entry["entry"], entry.get("of"), entry.get("id"))
            for _, entry in self.lines(register=False)
            if entry
        }
        return self._append(
            entry
            for entry in _said(session)
            if (entry["entry"], entry.get("of"), entry["id"]) not in have
        )

    def keep_assignments(self, session: Session) -> int:
        """Append the documents that people added and the file lacks; returns how many."""
        have = {
            _assignment_key(entry)
            for _, entry in self.lines(register=False)
            if entry and entry["entry"] == "assignment"
        }
        return self._append(e for e in _assignments(session) if _assignment_key(e) not in have)

    def keep_register(self, session: Session) -> int:
        """Append the agencies that changed since the file last told of them, and what people decided
        about them; returns how many entries.
        """
        entries = [entry for _, entry in self.lines() if entry]
        told = fold_register(entries)
        missing: list[Entry] = []
        for key, row in _register(session).items():
            if told.pop(key, None) != row:
                missing.append({"entry": "agency", **row})
        missing += (
            {"entry": "agency_gone", "name": name, "division_code": code} for name, code in told
        )
        return self._append([*missing, *keeping.missing(session, entries)])

    def _append(self, entries: Iterable[Entry]) -> int:
        number = 0
        at = iso(clock.now())
        try:
            with self.path.open("a+b") as file:
                if file.tell() and not _ends_well(file.fileno(), file.tell()):
                    # A crash cut the last line: it stays as it is, and what it said is said again.
                    file.write(b"\n")
                for entry in entries:
                    kept = {**entry, "kept_at": at}
                    file.write(json.dumps(kept, ensure_ascii=False).encode() + b"\n")
                    number += 1
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise JobError(
                f"it is in the database, but could not be written to {self.path}: {error.strerror}; "
                "the next entry writes what is missing there"
            ) from None
        return number


@contextlib.contextmanager
def open_people(archive: Archive) -> Iterator[People]:
    """The file of people's entries, for this process alone; waits for another one to finish."""
    with (archive.path / "people.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield People(archive.path / FILE_NAME)


def keep_register(archive: Archive) -> None:
    """Keep the register as it is now; call it after the register was changed and committed."""
    with open_people(archive) as people, archive.reader() as session:
        people.keep_register(session)


def keep_assignments(archive: Archive) -> None:
    """Keep what people added; call it after it was committed."""
    with open_people(archive) as people, archive.reader() as session:
        people.keep_assignments(session)


def fold_register(entries: Iterable[Entry]) -> dict[tuple[str, str], Entry]:
    """The register as the entries tell it, by name and division code, in the order of the file."""
    told: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if entry["entry"] == "agency":
            row = {name: entry[name] for name in entry if name not in ("entry", "kept_at")}
            told[entry["name"], entry["division_code"]] = row
        elif entry["entry"] == "agency_gone":
            told.pop((entry["name"], entry["division_code"]), None)
    return told


def _parsed(line: str) -> Entry | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("entry"), str) else None


def _ends_well(descriptor: int, size: int) -> bool:
    return os.pread(descriptor, 1, size - 1) == b"\n"


def _register(session: Session) -> dict[tuple[str, str], Entry]:
    # Columns, not objects: a nation has hundreds of thousands.
    table = Base.metadata.tables[Agency.__tablename__]
    columns = [table.c[name] for name in ("id", "name", "division_code", "parent_id", *REGISTER)]
    rows = session.execute(
        select(*columns).order_by(table.c.division_code, table.c.name, table.c.id)
    ).all()
    keys = {row.id: (row.name, row.division_code) for row in rows}
    aliases: dict[int, list[str]] = {}
    for agency_id, alias in session.execute(
        select(AgencyAlias.agency_id, AgencyAlias.name).order_by(AgencyAlias.name)
    ):
        aliases.setdefault(agency_id, []).append(alias)
    return {
        keys[row.id]: {
            "name": row.name,
            "division_code": row.division_code,
            "parent": list(keys[row.parent_id]) if row.parent_id else None,
            "aliases": aliases.get(row.id, []),
            **{name: getattr(row, name) for name in REGISTER},
        }
        for row in rows
    }


def _assignments(session: Session) -> Iterator[Entry]:
    query = (
        select(Sighting, Agency, Capture)
        .join(Agency, Sighting.agency_id == Agency.id)
        .join(Capture, Sighting.document_id == Capture.id)
        .where(Sighting.assigned_by == "person")
        .order_by(Sighting.id)
    )
    for sighting, agency, capture in session.execute(query):
        yield {
            "entry": "assignment",
            "agency": [agency.name, agency.division_code],
            "year": sighting.year,
            "scope": sighting.scope,
            "warc": capture.warc,
            "offset": capture.offset,
            "seen_at": iso(sighting.seen_at),
            "url": sighting.url,
            "title": sighting.title,
            "displayed_date": _iso_day(sighting.displayed_date),
        }


def _assignment_key(entry: Entry) -> tuple[Any, ...]:
    return (
        tuple(entry["agency"]),
        *(entry.get(name) for name in ("year", "scope", "warc", "offset")),
    )


def _said(session: Session) -> Iterator[Entry]:
    for kind, table in TABLES.items():
        entries: Iterable[Correction | FindingVerdict]
        entries = session.scalars(select(table).order_by(table.id)).all()  # type: ignore[assignment]
        for entry in entries:
            yield {"entry": kind, "id": entry.id, **_content(entry)}
            if entry.undone_at is not None:
                yield {
                    "entry": "undo",
                    "of": kind,
                    "id": entry.id,
                    "at": iso(entry.undone_at),
                    "person": entry.undone_by,
                }


def _content(entry: Correction | FindingVerdict) -> Entry:
    content: Entry = {
        "at": iso(entry.made_at),
        "agency": [entry.agency.name, entry.agency.division_code],
        **{name: getattr(entry, name) for name in _PERSONS},
    }
    if isinstance(entry, Correction):
        # As text: JSON numbers are not exact.
        value = None if entry.value is None else f"{entry.value.normalize():f}"
        return {**content, "key": entry.key, "value": value, "printed": entry.printed}
    return {**content, "rule": entry.rule, "cells": entry.cells, "verdict": entry.verdict}


def _iso_day(day: date | None) -> str | None:
    return day.isoformat() if day else None
