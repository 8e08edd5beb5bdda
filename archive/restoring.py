"""Bring back what people entered, from ``people.jsonl`` (see :mod:`archive.people`).

Only what the database lacks is added; what it has is left as it is. Call it after the captures are
back, because documents added by hand are found by their place in the WARC files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from archive import figures
from archive.agencies import keeping
from archive.database.models import (
    Agency,
    AgencyAlias,
    Capture,
    Correction,
    FindingVerdict,
    Report,
    Sighting,
)
from archive.folder import Archive
from archive.people import REGISTER, TABLES, Entry, People, fold_register, open_people


@dataclass
class Restored:
    """What came back from people's entries, and the lines that could not be used."""

    agencies: int = 0
    assignments: int = 0
    entries: int = 0
    damage: list[str] = field(default_factory=list)


def restore(archive: Archive) -> Restored:
    """Add to the database what the file has and it lacks; then to the file what only the database has."""
    done = Restored()
    with open_people(archive) as people, archive.session() as session:
        known = _Names(session)
        _register(session, people, known, done)
        _Rest(session, known, done).read(people)
        session.commit()
        people.keep_register(session)
        people.keep_assignments(session)
        people.keep(session)
    return done


class _Names:
    """Agencies by name and division code; by name alone where a code was learned or lost since."""

    def __init__(self, session: Session) -> None:
        self._by_key: dict[tuple[str, str], Agency] = {}
        self._by_name: dict[str, list[Agency]] = {}
        for agency in session.scalars(select(Agency)):
            self.add(agency)

    def add(self, agency: Agency) -> None:
        self._by_key[agency.name, agency.division_code] = agency
        self._by_name.setdefault(agency.name, []).append(agency)

    def exact(self, name: str, code: str) -> Agency | None:
        return self._by_key.get((name, code))

    def find(self, pair: list[str]) -> Agency:
        """Raises LookupError if the register does not have it."""
        name, code = pair
        named = self._by_name.get(name, [])
        agency = self.exact(name, code) or (named[0] if len(named) == 1 else None)
        if agency is None:
            raise LookupError(f"no agency {name} {code}".rstrip())
        return agency


def _register(session: Session, people: People, known: _Names, done: Restored) -> None:
    readable: list[Entry] = []
    for line, entry in people.lines():
        if entry is None:
            done.damage.append(f"{people.path.name}, line {line}: damaged; it was left out")
        else:
            readable.append(entry)
    told = fold_register(readable)
    added: dict[tuple[str, str], Agency] = {}
    for (name, code), row in told.items():
        if known.exact(name, code) is None:
            agency = Agency(
                name=name, division_code=code, **{column: row.get(column) for column in REGISTER}
            )
            agency.aliases = [AgencyAlias(name=alias) for alias in row.get("aliases", ())]
            session.add(agency)
            known.add(agency)
            added[name, code] = agency
    for key, agency in added.items():
        parent = told[key].get("parent")
        if parent:
            agency.parent = known.exact(*parent)
    session.flush()
    done.agencies = len(added)
    for problem in keeping.restore(session, readable, known.find):
        done.damage.append(f"{people.path.name}: {problem}; it was left out")


@dataclass
class _Rest:
    """Assignments, corrections, verdicts and their undoing, line by line."""

    session: Session
    known: _Names
    done: Restored
    touched: set[tuple[int, int, str]] = field(default_factory=set)

    def read(self, people: People) -> None:
        for line, entry in people.lines(register=False):
            if entry is None:
                continue
            try:
                with self.session.begin_nested():
                    self._take(entry)
                    self.session.flush()
            except SQLAlchemyError as error:
                why = str(getattr(error, "orig", None) or error).splitlines()[0]
            except (LookupError, ValueError, TypeError) as error:
                why = f"no {error}" if isinstance(error, KeyError) else str(error)
            else:
                continue
            self.done.damage.append(f"{people.path.name}, line {line}: {why}; it was left out")
        self.session.flush()
        for agency_id, year, scope in sorted(self.touched):
            report = self.session.scalar(
                select(Report).filter_by(agency_id=agency_id, year=year, scope=scope)
            )
            if report is not None:
                figures.apply(self.session, report)

    def _take(self, entry: Entry) -> None:
        match entry["entry"]:
            case "assignment":
                self._assignment(entry)
            case "correction" | "verdict":
                self._said(entry)
            case "undo":
                self._undo(entry)
            case other:
                raise ValueError(
                    f"an entry of the kind {other!r}, which this version does not know"
                )

    def _assignment(self, entry: Entry) -> None:
        agency = self.known.find(entry["agency"])
        capture = self.session.scalar(
            select(Capture).filter_by(warc=entry["warc"], offset=entry["offset"])
        )
        if capture is None:
            raise LookupError(f"no capture in {entry['warc']} at {entry['offset']}")
        wanted = {
            "agency_id": agency.id,
            "year": entry["year"],
            "scope": entry["scope"],
            "document_id": capture.id,
            "assigned_by": "person",
        }
        if self.session.scalar(select(Sighting.id).filter_by(**wanted).limit(1)) is None:
            day = entry["displayed_date"]
            self.session.add(
                Sighting(
                    visit_id=capture.visit_id,
                    seen_at=datetime.fromisoformat(entry["seen_at"]),
                    url=entry["url"],
                    title=entry["title"],
                    displayed_date=day and date.fromisoformat(day),
                    **wanted,
                )
            )
            self.done.assignments += 1

    def _said(self, entry: Entry) -> None:
        table = TABLES[entry["entry"]]
        made_at = datetime.fromisoformat(entry["at"])
        present = self._present(entry["entry"], entry["id"])
        if present is not None:
            if present.made_at != made_at:
                raise ValueError(f"another {entry['entry']} has the number {entry['id']} already")
            return
        common: dict[str, Any] = {
            "id": entry["id"],
            "agency_id": self.known.find(entry["agency"]).id,
            "made_at": made_at,
            **{
                name: entry[name]
                for name in ("year", "scope", "sha256", "fingerprint", "reason", "person")
            },
        }
        if table is Correction:
            value = entry["value"]
            common |= {
                "key": entry["key"],
                "value": None if value is None else Decimal(value),
                "printed": entry["printed"],
            }
        else:
            common |= {name: entry[name] for name in ("rule", "cells", "verdict")}
        self.session.add(table(**common))
        self._touch(common)
        self.done.entries += 1

    def _undo(self, entry: Entry) -> None:
        undone = self._present(entry["of"], entry["id"])
        if undone is None:
            raise LookupError(f"there is no {entry['of']} {entry['id']} to undo")
        if undone.undone_at is None:
            undone.undone_at = datetime.fromisoformat(entry["at"])
            undone.undone_by = entry["person"]
            self.touched.add((undone.agency_id, undone.year, undone.scope))
            self.done.entries += 1

    def _present(self, kind: str, number: int) -> Correction | FindingVerdict | None:
        if kind == "correction":
            return self.session.get(Correction, number)
        return self.session.get(FindingVerdict, number)

    def _touch(self, common: dict[str, Any]) -> None:
        self.touched.add((common["agency_id"], common["year"], common["scope"]))
