"""Lineage from a CSV file: one event a row, good rows go in, bad ones are named with their line."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.agencies import lineage
from archive.agencies.csvfile import ImportReport, RegisterError, text_of
from archive.agencies.lineage import EVENTS, LineageError
from archive.database.models import Agency, AgencyEvent
from archive.divisions import current, normal_code
from extract.characters import squeeze

COLUMNS = ("event", "year", "name", "division_code", "successor")
_ORIGIN = "import"
_SUCCESSORS = {
    "founded": (0, 0),
    "renamed": (1, 1),
    "merged": (1, 1),
    "split": (2, 50),
    "abolished": (0, 0),
}
_WANTED = {
    "founded": "a founded agency has no successor",
    "renamed": "a renamed agency has one successor, itself under its new name",
    "merged": "a merged agency has one successor, what it became part of",
    "split": "an agency that was split has two successors or more, separated by ;",
    "abolished": "an abolished agency has no successor; write merged if something took over",
}


def import_lineage(session: Session, path: Path) -> ImportReport:
    """Take the events of a CSV file in UTF-8 with the columns :data:`COLUMNS`.

    ``event`` is one of :data:`archive.agencies.lineage.EVENTS`; ``name`` and, where several agencies bear it,
    ``division_code`` name the agency; ``successor`` is the name of who took over, several of a split
    separated by ``;``. A successor that the register lacks is added. The caller commits.

    Raises :class:`RegisterError` if the file cannot be read or lacks a column.
    """
    report = ImportReport()
    reader = csv.reader(io.StringIO(text_of(path), newline=""), strict=True)
    try:
        header = [squeeze(cell).lower() for cell in next(reader, [])]
        missing = [column for column in ("event", "year", "name") if column not in header]
        if missing:
            raise RegisterError(
                f"{path} has no column {', '.join(missing)}; the header row is {','.join(COLUMNS)}"
            )
        for cells in reader:
            if any(cell.strip() for cell in cells):
                cells += [""] * (len(header) - len(cells))
                _take(session, reader.line_num, dict(zip(header, cells, strict=False)), report)
    except csv.Error as error:
        raise RegisterError(f"{path}, line {reader.line_num}: not valid CSV ({error})") from None
    return report


def _take(session: Session, line: int, row: Mapping[str, str], report: ImportReport) -> None:
    before = session.query(AgencyEvent).count()
    try:
        with session.begin_nested():
            _event(session, row)
    except (LineageError, RegisterError) as error:
        report.problems.append((line, f"{error}; the row is left out"))
        report.skipped += 1
    else:
        report.added += session.query(AgencyEvent).count() - before


def _event(session: Session, row: Mapping[str, str]) -> None:
    kind, year = squeeze(row["event"]).lower(), squeeze(row["year"]).removesuffix("年")
    if kind not in EVENTS:
        raise LineageError(f"unknown event {kind[:20]!r}; there are {', '.join(EVENTS)}")
    if not (year.isascii() and year.isdecimal() and 1949 <= int(year) <= 2100):
        raise LineageError(f"year is {year[:20]!r}, not a year such as 2019")
    agency = _named(session, squeeze(row["name"]), squeeze(row.get("division_code", "")))
    text = row.get("successor", "").replace("；", ";")
    names = [squeeze(name) for name in text.split(";") if name.strip()]
    when = int(year)
    least, most = _SUCCESSORS[kind]
    if not least <= len(names) <= most:
        raise LineageError(_WANTED[kind])
    if kind == "split":
        lineage.split(session, agency, names, when, origin=_ORIGIN)
    elif kind == "renamed":
        lineage.rename(session, agency, names[0], when, origin=_ORIGIN)
    elif kind == "merged":
        lineage.merge(session, [agency], names[0], when, origin=_ORIGIN)
    else:
        lineage.record(session, kind, agency, when, origin=_ORIGIN)


def _named(session: Session, name: str, code: str) -> Agency:
    query = select(Agency).filter_by(name=name)
    if code:
        query = query.filter_by(division_code=current(normal_code(code) or code))
    found = session.scalars(query).all()
    if len(found) != 1:
        raise LineageError(
            f"no agency is called {name} {code}".rstrip()
            if not found
            else f"{len(found)} agencies are called {name}; add its division_code"
        )
    return found[0]
