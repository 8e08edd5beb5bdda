"""The register as a CSV file (contract §2).

Good rows go in and bad ones are named with their line; a file that is no such register at all is one
clear error. Importing a file twice changes nothing the second time.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from archive.agencies.kinds import KINDS, kind_by_name
from archive.agencies.lineage import joined
from archive.database.models import Agency, AgencyAlias, Base
from archive.divisions import current, division, normal_code
from archive.errors import UsageError
from archive.resolution import resolve
from extract.characters import squeeze
from extract.counting import counted

COLUMNS = (
    "name",
    "kind",
    "division_code",
    "home_url",
    "annual_report_url",
    "aliases",
    "parent",
    "since",
    "until",
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LONGEST_NAME = 200
_LONGEST_URL = 2000
_STORED = ("kind", "home_url", "annual_report_url", "since", "until", "parent_id")


class RegisterError(UsageError):
    """The register cannot be filled or asked as wanted; the message says what to do."""


@dataclass(slots=True)
class ImportReport:
    """What an import did. ``problems`` are (line, message); rows with a problem that kept them out are
    counted in ``skipped``, the other problems are warnings.
    """

    added: int = 0
    updated: int = 0
    skipped: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    line: int
    name: str
    code: str
    aliases: tuple[str, ...]
    parent: str
    values: dict[str, Any]
    id: int | None = None


class _BadRowError(ValueError):
    """Why a row cannot go in."""


def import_csv(session: Session, path: Path) -> ImportReport:
    """Fill the register from a CSV file in UTF-8 (with or without a mark) with a header row.

    An agency is known by name and division code: one that is in the register is brought up to date,
    where a column left empty keeps what is known. A kind left empty is told by the name; so is a code, where the name itself states the place. A code of
    former days is replaced by today's, one that the gazetteer lacks is kept with a warning. A parent that
    cannot be found, or that would close a circle, is left out with a warning. The caller commits.

    Raises :class:`RegisterError` if the file cannot be read, is not UTF-8, or has no column ``name``.
    """
    report = ImportReport()
    rows = list(_unique(_read(path, report), report))
    known = _known(session)
    new = [row for row in rows if not _recognise(row, known)]
    _insert(session, new)
    report.added = len(new)
    _link_parents(session, rows, report)
    report.updated = _update(session, rows, {row.name + "\t" + row.code for row in new})
    report.problems.sort()
    session.expire_all()
    return report


def _read(path: Path, report: ImportReport) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text_of(path), newline=""), strict=True)
    try:
        header = [squeeze(cell).lower() for cell in next(reader, [])]
        _check_header(path, header, report)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            try:
                yield _row(reader.line_num, header, cells, report)
            except _BadRowError as error:
                report.problems.append((reader.line_num, f"{error}; the row is left out"))
                report.skipped += 1
    except csv.Error as error:
        raise RegisterError(
            f"{path}, line {reader.line_num}: not valid CSV ({error}); nothing was imported"
        ) from None


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, with or without a mark; raises :class:`RegisterError` if it is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RegisterError(f"cannot read {path}: {error.strerror or error}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RegisterError(
            f"{path} is not UTF-8 (line {line}); save it as CSV in UTF-8 and import it again"
        ) from None


def _check_header(path: Path, header: list[str], report: ImportReport) -> None:
    if "name" not in header:
        raise RegisterError(
            f"{path} has no column 'name' in its first line; the header row is {','.join(COLUMNS)}"
        )
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise RegisterError(f"{path} has the column {', '.join(twice)} twice")
    unknown = [column for column in header if column not in COLUMNS]
    if unknown:
        named = ", ".join(column or "(no name)" for column in unknown)
        report.problems.append((1, f"columns not known and not read: {named}"))


def _row(line: int, header: list[str], cells: list[str], report: ImportReport) -> _Row:
    if len(cells) > len(header):
        raise _BadRowError(f"{counted(len(cells), 'cell')} under {counted(len(header), 'column')}")
    if any(_CONTROL.search(cell) for cell in cells):
        raise _BadRowError("control characters")
    found = {column: cell.strip() for column, cell in zip(header, cells, strict=False)}
    name = squeeze(found.get("name", ""))
    if not name:
        raise _BadRowError("no name")
    if len(name) > _LONGEST_NAME:
        raise _BadRowError(f"a name of {len(name)} characters")
    since, until = _year(found, "since"), _year(found, "until")
    if since and until and until < since:
        raise _BadRowError(f"until {until} is before since {since}")
    kind = squeeze(found.get("kind", ""))
    if kind and kind not in KINDS:
        raise _BadRowError(f"unknown kind {kind!r}; there are {', '.join(KINDS)}")
    values = {
        "kind": kind or None,
        "home_url": _url(found, "home_url"),
        "annual_report_url": _url(found, "annual_report_url"),
        "since": since,
        "until": until,
    }
    code = _code(line, name, found.get("division_code", ""), report)
    return _Row(line, name, code, _aliases(found, name), squeeze(found.get("parent", "")), values)


def _year(found: Mapping[str, str], column: str) -> int | None:
    text = squeeze(found.get(column, "")).removesuffix("年")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 1949 <= int(text) <= 2100):
        raise _BadRowError(f"{column} is {text[:20]!r}, not a year such as 2019")
    return int(text)


def _url(found: Mapping[str, str], column: str) -> str | None:
    text = found.get(column, "")
    if not text:
        return None
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
        _ = parts.port
    except ValueError:
        good = False
    if not good or len(text) > _LONGEST_URL or any(char.isspace() for char in text):
        raise _BadRowError(
            f"{column} is {text[:80]!r}, not an address such as http://www.example.gov.cn/"
        )
    return text


def _code(line: int, name: str, text: str, report: ImportReport) -> str:
    text = squeeze(text)
    if not text:
        # Only a name that states its place settles it; a bare 朝阳镇 does not, even if it is the only one.
        found = resolve(name)
        return (found.division_code or "") if found.resolved_by == "title" else ""
    code = normal_code(text)
    if code is None:
        raise _BadRowError(f"division_code is {text[:20]!r}; write its 2, 4, 6 or 9 digits")
    code = current(code)
    if division(code) is None:
        report.problems.append(
            (line, f"no division of the gazetteer has the code {code}; kept as it is")
        )
    return code


def _aliases(found: Mapping[str, str], name: str) -> tuple[str, ...]:
    aliases = (squeeze(part) for part in found.get("aliases", "").replace("；", ";").split(";"))
    unique = tuple(dict.fromkeys(alias for alias in aliases if alias and alias != name))
    if any(len(alias) > _LONGEST_NAME for alias in unique):
        raise _BadRowError(f"an alias of more than {_LONGEST_NAME} characters")
    return unique


def _unique(rows: Iterable[_Row], report: ImportReport) -> Iterator[_Row]:
    lines: dict[tuple[str, str], int] = {}
    for row in rows:
        first = lines.setdefault((row.name, row.code), row.line)
        if first == row.line:
            yield row
        else:
            report.problems.append(
                (row.line, f"{row.name} stands in line {first} already; the row is left out")
            )
            report.skipped += 1


def _known(session: Session) -> dict[str, dict[str, int]]:
    """The agencies of the register: id by code by name."""
    known: dict[str, dict[str, int]] = {}
    for id_, name, code in session.execute(select(Agency.id, Agency.name, Agency.division_code)):
        known.setdefault(name, {})[code] = id_
    return known


def _recognise(row: _Row, known: dict[str, dict[str, int]]) -> bool:
    """Whether the agency of ``row`` is in the register; sets its id then."""
    named = known.get(row.name, {})
    row.id = named.get(row.code)
    if row.id is None and len(named) == 1:
        # The same name with a code on one side only is the same agency, now better known.
        code, only = next(iter(named.items()))
        if not code or not row.code:
            row.id, row.code = only, row.code or code
            known[row.name] = {row.code: only}
    return row.id is not None


def _insert(session: Session, rows: list[_Row]) -> None:
    # By way of the table: thousands of rows a statement, and the keys are read back at once.
    agencies = [
        {
            "name": row.name,
            "division_code": row.code,
            "standing": "confirmed",
            "origin": "import",
            **row.values,
            "kind": row.values["kind"] or kind_by_name(row.name),
        }
        for row in rows
    ]
    if not agencies:
        return
    session.execute(insert(Base.metadata.tables[Agency.__tablename__]), agencies)
    known = _known(session)
    for row in rows:
        row.id = known[row.name][row.code]
    aliases = [{"agency_id": row.id, "name": alias} for row in rows for alias in row.aliases]
    if aliases:
        session.execute(insert(Base.metadata.tables[AgencyAlias.__tablename__]), aliases)


def _link_parents(session: Session, rows: list[_Row], report: ImportReport) -> None:
    if not any(row.parent for row in rows):
        return
    known = _known(session)
    parents: dict[int, int | None] = {}
    for id_, above in session.execute(select(Agency.id, Agency.parent_id)):
        parents[id_] = above
    for row in rows:
        if not row.parent or row.id is None:
            continue
        parent, problem = _parent(row, known.get(row.parent, {}))
        if parent is not None and _closes_circle(row.id, parent, parents):
            parent, problem = None, f"the parent {row.parent} would be its own superior"
        if parent is None:
            report.problems.append((row.line, f"{problem}; kept without parent"))
        else:
            row.values["parent_id"] = parents[row.id] = parent


def _parent(row: _Row, named: dict[str, int]) -> tuple[int | None, str]:
    if not named:
        return None, f"no agency is called {row.parent}"
    if len(named) == 1:
        return next(iter(named.values())), ""
    above = [id_ for code, id_ in named.items() if code and row.code.startswith(code)]
    if len(above) == 1:
        return above[0], ""
    return None, f"{len(named)} agencies are called {row.parent}"


def _closes_circle(child: int, parent: int, parents: Mapping[int, int | None]) -> bool:
    above: int | None = parent
    seen: set[int] = set()
    while above is not None and above not in seen:
        if above == child:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def _update(session: Session, rows: list[_Row], new: set[str]) -> int:
    """Bring agencies up to date with their rows; returns how many known ones that changed."""
    confirming = ("division_code", "standing", "duty_from", "origin")
    columns = [getattr(Agency, column) for column in ("id", *confirming, *_STORED)]
    stored = {values[0]: values for values in session.execute(select(*columns))}
    aliases: dict[int, set[str]] = {}
    for id_, name in session.execute(select(AgencyAlias.agency_id, AgencyAlias.name)):
        aliases.setdefault(id_, set()).add(name)
    changed = 0
    writes: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    for row in rows:
        assert row.id is not None
        _, *before = stored[row.id]
        have = dict(zip((*confirming, *_STORED), before, strict=True))
        # A name in a list that a person made is confirmed for all years, whatever it was.
        wanted = {"division_code": row.code, "standing": "confirmed", "duty_from": None}
        wanted |= {key: value for key, value in row.values.items() if value is not None}
        if any(have[key] != value for key, value in wanted.items()):
            wanted["origin"] = joined(have["origin"], "import")
        more = [alias for alias in row.aliases if alias not in aliases.get(row.id, ())]
        difference = {key: value for key, value in wanted.items() if have[key] != value}
        if difference:
            writes.append({"id": row.id, **have, **difference})
        added += ({"agency_id": row.id, "name": alias} for alias in more)
        changed += bool((difference or more) and row.name + "\t" + row.code not in new)
    if writes:
        session.execute(update(Agency), writes)
    if added:
        session.execute(insert(Base.metadata.tables[AgencyAlias.__tablename__]), added)
    return changed
