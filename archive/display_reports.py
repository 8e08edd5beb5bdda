"""What the command line shows of reports: one with its tables and findings, records of files, cells as CSV."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive import formats
from archive.display import console, moment
from archive.formats import Format, plain
from extract.counting import counted
from extract.forms.dictionary import (
    APPLICANTS,
    ART20_COLUMN_LABELS,
    ART20_ROW_LABELS,
    CHALLENGES,
    OUTCOMES,
    REQUEST_ROWS_2019,
    REQUEST_ROWS_2021,
)

_GRAVEST_FIRST = ("error", "warn", "info")
_MOST_CELLS = 30
"""Cells of a finding that are listed; more are the columns and the rows of a whole table."""


def records(read: Iterable[dict[str, Any]], json_lines: bool) -> int:
    """Print records (contract §3) as JSON lines or as text; returns how many could not be read."""
    failed = 0
    for record in read:
        parse = record["parse"]
        if parse["status"] in ("failed", "not_a_report"):
            failed += 1
            reason = "; ".join(parse["reasons"])
            print(f"{record['source']['file']}: {parse['status']}: {reason}", file=sys.stderr)
        if json_lines:
            print(json.dumps(record, ensure_ascii=False))
        elif parse["status"] in ("ok", "suspect"):
            show_record(record)
    return failed


def report(found: Iterable[dict[str, Any]]) -> None:
    """Print reports as :func:`archive.reports.show` gives them."""
    out = console()
    for entry in found:
        out.print(Text(plain(entry["title"]), style="bold"))
        out.print(Text(f"page      {entry['url']}"))
        out.print(Text(f"document  {entry['document_url']} ({entry['media_type']})"))
        for part in entry["history"][-1]["parts"]:
            out.print(Text(f"made of   {part}"))
        out.print(Text(f"displayed {entry['displayed_date'] or 'no date'}"))
        out.print()
        versions = Table("version", "change", "first seen", "last seen", "stored in", box=None)
        for version in entry["history"]:
            versions.add_row(
                str(version["number"]),
                version["change"],
                moment(version["first_seen"]),
                moment(version["last_seen"]),
                f"{version['warc']} at {version['offset']}",
            )
        out.print(versions)
        if entry["gone_since"]:
            out.print(f"no longer there since {moment(entry['gone_since'])}")
        out.print()
        _said(out, entry["corrections"])
        if entry["record"] is None:
            out.print("not read yet; read it with: gongkai extract")
        else:
            show_record(entry["record"], under=entry["title"])


def _said(out: Console, rows: Iterable[Mapping[str, Any]]) -> None:
    """What people said of a report, as :func:`archive.corrections.listing` gives it."""
    table = Table("said by people", "what", "printed", "said", "state", "by", "reason", box=None)
    for row in rows:
        names = ("id", "what", "printed", "said", "state", "person", "reason")
        table.add_row(*(Text(plain(row[name])) for name in names))
    if table.row_count:
        out.print(table)
        out.print()


def show_record(record: Mapping[str, Any], *, under: str | None = None) -> None:
    """Print one record: identity, tables as on the form, findings.

    Its title is left out where it is the heading that it stands ``under``.
    """
    out = console()
    agency, parse = record["agency"], record["parse"]
    title = record["title"] or record["source"]["file"]
    if title != under:
        out.print(Text(plain(title), style="bold"))
    code = f" ({agency['division_code']})" if agency["division_code"] else ""
    out.print(Text(f"{agency['name'] or 'agency not named'}{code}, {record['year'] or 'no year'}"))
    cells = {cell["key"]: cell for cell in record["cells"]}
    form = record["form"] or "no form"
    out.print(Text(f"{form}, {counted(len(cells), 'cell')}, reading {parse['status']}"))
    for reason in parse["reasons"]:
        out.print(Text(f"  {plain(reason)}"))
    if cells:
        out.print()
        _tables(out, cells)
    for finding in sorted(record["findings"], key=_gravity):
        _finding(out, finding, cells)
    out.print()


def _gravity(finding: Mapping[str, Any]) -> int:
    return _GRAVEST_FIRST.index(finding["severity"])


def _finding(out: Console, finding: Mapping[str, Any], cells: Mapping[str, Any]) -> None:
    line = f"{finding['severity']:5} {finding['rule']} {finding['verdict']}: {finding['message']}"
    out.print(Text(plain(line)))
    known = [key for key in finding["cells"] if key in cells]
    # Zeros add nothing to a sum that does not hold, and there are many.
    telling = [key for key in known if cells[key]["value"] != 0] or known[:1]
    for key in telling[:_MOST_CELLS]:
        out.print(Text(f"        {key} = {plain(cells[key]['raw'])}  {position(cells[key])}"))
    if more := len(telling[_MOST_CELLS:]):
        out.print(Text(f"        and {counted(more, 'cell')} more"))
    if zeros := len(known) - len(telling):
        out.print(Text(f"        and {counted(zeros, 'cell')} of value 0"))


def position(cell: Mapping[str, Any]) -> str:
    """Where a cell stands, in words."""
    if cell.get("page") is not None:
        return f"page {cell['page']}, box {cell.get('bbox')}"
    return str(cell.get("path", ""))


def _tables(out: Console, cells: Mapping[str, Mapping[str, Any]]) -> None:
    art20 = Table("二、主动公开", "", box=None)
    for key, cell in cells.items():
        row, _, column = key.rpartition(".")
        if row in ART20_ROW_LABELS:
            art20.add_row(f"{ART20_ROW_LABELS[row]} {ART20_COLUMN_LABELS[column]}", _value(cell))
    out.print(art20)
    out.print()
    requests = Table("三、依申请公开", box=None)
    for applicant in APPLICANTS:
        requests.add_column(applicant.label, justify="right")
    rows = dict.fromkeys((*REQUEST_ROWS_2021[:-2], *REQUEST_ROWS_2019[-3:]))
    band = ""
    for entry in rows:
        keys = [f"requests.{entry.key}.{applicant.key}" for applicant in APPLICANTS]
        if any(key in cells for key in keys):
            if entry.group not in ("", band):
                requests.add_row(entry.group)
            band = entry.group
            requests.add_row(entry.label, *(_value(cells.get(key)) for key in keys))
    out.print(requests)
    out.print()
    challenges = Table("四、复议诉讼", box=None)
    for outcome in OUTCOMES:
        challenges.add_column(outcome.label, justify="right")
    for group in CHALLENGES:
        keys = [f"{group.key}.{outcome.key}" for outcome in OUTCOMES]
        challenges.add_row(group.label, *(_value(cells.get(key)) for key in keys))
    out.print(challenges)
    out.print()


def _value(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return "?"
    return f"{cell['value']:g}" if isinstance(cell["value"], float) else plain(cell["raw"])


def cells_csv(found: Iterable[dict[str, Any]]) -> None:
    """Print every cell of reports as CSV: value, state, text as printed and where it stands."""
    columns = ("scope", "key", "value", "state", "raw", "page", "bbox", "path")
    rows = (
        {"scope": entry["scope"], **cell}
        for entry in found
        if entry["record"] is not None
        for cell in entry["record"]["cells"]
    )
    formats.write(rows, Format.CSV, columns=columns)
