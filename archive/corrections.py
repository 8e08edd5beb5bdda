"""What people say of reports: corrected values, verdicts on findings, and their undoing.

Nothing is ever changed or deleted: an entry is undone by saying so, and the last one that holds
counts. Which ones hold for which version is decided in :mod:`archive.standing`; every function here
brings the figures and findings of the report in line, and leaves the commit to the caller.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import clock, figures, history
from archive.audit import cross
from archive.audit.parts import parts
from archive.database.models import (
    Agency,
    Correction,
    Finding,
    FindingVerdict,
    Report,
    ReportVersion,
)
from archive.errors import UsageError
from archive.standing import Standing, finding_fingerprint, holds
from archive.versions import Record, numbers_fingerprint
from extract.forms.dictionary import (
    F2019_KEYS,
    F2021_KEYS,
    FIGURE_KEYS,
    column_name,
    is_decimal,
    label,
)

VERDICTS = ("confirmed", "dismissed")
LIST_COLUMNS = (
    "id",
    "agency",
    "division_code",
    "year",
    "scope",
    "what",
    "label",
    "printed",
    "said",
    "state",
    "reason",
    "person",
    "made_at",
    "undone_at",
    "undone_by",
)
"""The columns of ``gongkai corrections``."""

_LONGEST_REASON = 2000
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)
_FORM_KEYS = {"f2021": frozenset(F2021_KEYS), "f2019": frozenset(F2019_KEYS)}
_ID = re.compile(r"([cv])([0-9]{1,9})", re.IGNORECASE)


def one_report(session: Session, agency: Agency, year: int, scope: str | None) -> Report:
    """The report that is meant; raises :class:`UsageError` if there is none, or one of each scope."""
    found = history.of(session, agency, year, scope)
    if not found:
        raise UsageError(
            f"the archive has no report of {agency.name} for {year}"
            f"{f' with the scope {scope}' if scope else ''}; see: gongkai reports --year {year}"
        )
    if len(found) > 1:
        scopes = ", ".join(report.scope for report in found)
        raise UsageError(f"{agency.name} has several reports for {year}; add --scope: {scopes}")
    return found[0]


def correct(
    session: Session, number: int, report: Report, key: str, value: str, *, reason: str, person: str
) -> Correction:
    """Say which value a cell of a report should have: a number, or ``blank``.

    Raises :class:`UsageError` for a key that the form does not have, a value that the cell cannot
    have or that is printed there with certainty, and for a missing reason.
    """
    key = _key(key)
    wanted = _value(key, value)
    version = report.versions[-1]
    record = history.record(session, version)
    printed = _printed(record, key)
    if record is not None:
        form = record["form"]
        if printed is None and form in _FORM_KEYS and key not in _FORM_KEYS[form]:
            raise UsageError(f"the report is on the form {form}, which has no cell {key}")
        standing = Standing(session, report).corrections(version, record)
        known = figures.values(record)
        if key not in standing and key in known and _same(known[key], wanted):
            raise UsageError(f"{key} is {value} in the document already; nothing to correct")
    entry = Correction(
        id=number,
        agency_id=report.agency_id,
        year=report.year,
        scope=report.scope,
        sha256=version.sha256,
        fingerprint=numbers_fingerprint(record),
        reason=_text(reason, "a reason", _LONGEST_REASON),
        person=_text(person, "a name", 100),
        made_at=clock.now(),
        key=key,
        value=wanted,
        printed=printed or {},
    )
    session.add(entry)
    session.flush()
    figures.apply(session, report)
    cross.update(session, {(report.agency_id, report.year)})
    return entry


def judge(
    session: Session,
    number: int,
    report: Report,
    rule: str,
    verdict: str,
    *,
    cell: str | None = None,
    cells: Sequence[str] | None = None,
    reason: str,
    person: str,
) -> list[FindingVerdict]:
    """Confirm or dismiss what a rule found in the latest version; one entry a finding, ids from ``number``.

    ``cell`` keeps the findings that rest on that cell, ``cells`` the one with exactly these operands.
    Raises :class:`UsageError` if there is no such finding.
    """
    if verdict not in VERDICTS:
        raise UsageError(f"{verdict!r} is no verdict; write {' or '.join(VERDICTS)}")
    version = report.versions[-1]
    record = history.record(session, version)
    key = _key(cell) if cell else None
    found = [
        finding
        for finding in version.findings
        if finding.rule == rule.upper()
        and (key is None or key in finding.cells)
        and (cells is None or finding.cells == list(cells))
    ]
    if record is None or not found:
        rules = ", ".join(sorted({finding.rule for finding in version.findings})) or "none"
        raise UsageError(
            f"no finding of rule {rule}{f' on {key}' if key else ''} in the report of "
            f"{report.agency.name} for {report.year}; its findings: {rules}"
        )
    entries = [
        FindingVerdict(
            id=number + index,
            agency_id=report.agency_id,
            year=report.year,
            scope=report.scope,
            sha256=version.sha256,
            fingerprint=finding_fingerprint(record, finding.cells),
            reason=_text(reason, "a reason", _LONGEST_REASON),
            person=_text(person, "a name", 100),
            made_at=clock.now(),
            rule=finding.rule,
            cells=finding.cells,
            verdict=verdict,
        )
        for index, finding in enumerate(found)
    ]
    session.add_all(entries)
    session.flush()
    figures.apply(session, report)
    return entries


def undo(session: Session, name: str, *, person: str) -> dict[str, Any]:
    """Take an entry back; it stays in the history. Returns its row as :func:`listing` gives it.

    Raises :class:`UsageError` for an id that is none, or of an entry that is undone already.
    """
    match = _ID.fullmatch(name.strip())
    entry: Correction | FindingVerdict | None = None
    if match:
        number = int(match[2])
        if match[1].lower() == "c":
            entry = session.get(Correction, number)
        else:
            entry = session.get(FindingVerdict, number)
    if entry is None:
        raise UsageError(f"there is no entry {name!r}; see their ids with: gongkai corrections")
    if entry.undone_at is not None:
        raise UsageError(f"{name} was undone on {clock.china_text(entry.undone_at)} already")
    entry.undone_at, entry.undone_by = clock.now(), _text(person, "a name", 100)
    session.flush()
    report = _report(session, entry)
    if report is not None:
        figures.apply(session, report)
        cross.update(session, {(report.agency_id, report.year)})
    return _row(session, entry, report)


def name_of(entry: Correction | FindingVerdict) -> str:
    """The id of an entry as people write it: ``c3`` is a correction, ``v3`` a verdict."""
    return f"{'c' if isinstance(entry, Correction) else 'v'}{entry.id}"


def listing(
    session: Session,
    *,
    agency_id: int | None = None,
    year: int | None = None,
    scope: str | None = None,
    division: str | None = None,
    after: str | None = None,
) -> Iterator[dict[str, Any]]:
    """All entries in the order in which they were made, with what became of them in ``state``.

    ``after`` is the id of an entry behind which to begin.

    ``holds``: for the latest version; ``replaced`` by a later entry; ``reopened``, because the document
    has changed since; ``gone``: the finding, or the report, is there no more; ``undone``.
    """
    entries: list[Correction | FindingVerdict] = []
    for table in (Correction, FindingVerdict):
        query: Select[Any] = select(table).options(joinedload(table.agency))
        if agency_id is not None:
            query = query.where(table.agency_id == agency_id)
        if year is not None:
            query = query.where(table.year == year)
        if scope is not None:
            query = query.where(table.scope == scope)
        if division is not None:
            query = query.join(table.agency).where(
                Agency.division_code.startswith(division, autoescape=True)
            )
        entries += session.scalars(query)
    entries.sort(key=lambda entry: (entry.made_at, name_of(entry)))
    if after is not None:
        names = [name_of(entry) for entry in entries]
        if after not in names:
            raise UsageError(f"there is no entry {after!r} in this list")
        entries = entries[names.index(after) + 1 :]
    for entry in entries:
        yield _row(session, entry, _report(session, entry))


def resting_on(report: Report, key: str) -> Sequence[Finding]:
    """The failures in the latest version that rest on a cell and that nobody has judged."""
    return [
        finding
        for finding in report.versions[-1].findings
        if finding.verdict == "fail" and key in finding.cells and finding.judged is None
    ]


def shown(session: Session, *of: ColumnElement[bool]) -> dict[tuple[int, int, str], frozenset[str]]:
    """The cells that show what a person said, in the latest versions of reports: by agency, year and scope.

    ``of`` are conditions on :class:`Correction` and its agency. It asks by the corrections, which are few.
    """
    query = select(Correction).join(Correction.agency).where(Correction.undone_at.is_(None), *of)
    entries: dict[tuple[int, int, str], list[Correction]] = defaultdict(list)
    for entry in session.scalars(query):
        entries[entry.agency_id, entry.year, entry.scope].append(entry)
    found: dict[tuple[int, int, str], frozenset[str]] = {}
    for owners in parts(entries):
        reports = session.scalars(
            select(Report)
            .where(tuple_(Report.agency_id, Report.year, Report.scope).in_(owners))
            .options(selectinload(Report.versions))
        )
        for report in reports:
            latest = report.versions[-1]

            def now(version: ReportVersion = latest) -> str:
                return numbers_fingerprint(history.record(session, version))

            owner = report.agency_id, report.year, report.scope
            if keys := {one.key for one in entries[owner] if holds(one, latest.sha256, now)}:
                found[owner] = frozenset(keys)
    return found


def _row(
    session: Session, entry: Correction | FindingVerdict, report: Report | None
) -> dict[str, Any]:
    correction = isinstance(entry, Correction)
    return {
        "id": name_of(entry),
        "kind": "correction" if correction else "verdict",
        "agency": entry.agency.name,
        "division_code": entry.agency.division_code,
        "year": entry.year,
        "scope": entry.scope,
        "what": entry.key if isinstance(entry, Correction) else entry.rule,
        "label": label(entry.key) if isinstance(entry, Correction) else "",
        "cells": [entry.key] if isinstance(entry, Correction) else entry.cells,
        "printed": entry.printed.get("raw") if isinstance(entry, Correction) else None,
        "said": said(entry.value) if isinstance(entry, Correction) else entry.verdict,
        "state": _state(session, entry, report),
        "reason": entry.reason,
        "person": entry.person,
        "made_at": entry.made_at.isoformat(timespec="seconds"),
        "undone_at": entry.undone_at and entry.undone_at.isoformat(timespec="seconds"),
        "undone_by": entry.undone_by,
    }


def said(value: Decimal | None) -> str:
    """A corrected value as people write it."""
    return "blank" if value is None else f"{value.normalize():f}"


def _state(session: Session, entry: Correction | FindingVerdict, report: Report | None) -> str:
    if entry.undone_at is not None:
        return "undone"
    if report is None or not report.versions:
        return "gone"
    version = report.versions[-1]
    record = history.record(session, version)
    standing = Standing(session, report)
    if isinstance(entry, Correction):
        if not holds(entry, version.sha256, lambda: numbers_fingerprint(record)):
            return "reopened"
        return "holds" if standing.corrections(version, record)[entry.key] is entry else "replaced"
    present = any(
        (finding.rule, finding.cells) == (entry.rule, entry.cells) for finding in version.findings
    )
    if record is None or not present:
        return "gone"
    if not holds(entry, version.sha256, lambda: finding_fingerprint(record, entry.cells)):
        return "reopened"
    last = standing.judged(version, record, entry.rule, entry.cells)
    return "holds" if last is entry else "replaced"


def _report(session: Session, entry: Correction | FindingVerdict) -> Report | None:
    return session.scalar(
        select(Report).filter_by(agency_id=entry.agency_id, year=entry.year, scope=entry.scope)
    )


def _printed(record: Record | None, key: str) -> dict[str, Any] | None:
    for cell in record["cells"] if record else ():
        if cell["key"] == key:
            return {name: cell[name] for name in ("value", "state", "raw")}
    return None


def _key(text: str) -> str:
    """A key of the data dictionary; names of columns are understood too."""
    by_column = {column_name(key): key for key in FIGURE_KEYS}
    key = by_column.get(column_name(text.strip()))
    if key is None:
        raise UsageError(f"{text!r} is no key of the data dictionary; see docs/data-dictionary.md")
    return key


def _value(key: str, text: str) -> Decimal | None:
    text = text.strip()
    if text == "blank":
        return None
    if not _NUMBER.fullmatch(text):
        raise UsageError(
            f"{text!r} is no figure of a report; write blank, or a number of at most 12 digits and 6 "
            "after the point, without commas"
        )
    value = Decimal(text)
    if not is_decimal(key) and value != value.to_integral_value():
        raise UsageError(f"{key} is a count; write a whole number, or blank")
    if value < 0 and not key.endswith("items_change"):
        raise UsageError(f"{key} cannot be negative")
    return value


def _same(printed: Any, wanted: Decimal | None) -> bool:
    if printed is None or wanted is None:
        return printed is wanted
    return Decimal(str(printed)) == wanted


def _text(text: str, what: str, longest: int) -> str:
    text = " ".join(text.split())
    if not text:
        raise UsageError(f"{what} must be given")
    if len(text) > longest:
        raise UsageError(f"{what} may have {longest} characters, not {len(text)}")
    return text
