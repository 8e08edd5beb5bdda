"""What the command line shows: records, reports and audits for people, on a terminal or in a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive import formats
from archive.clock import china_text
from archive.formats import Format, plain
from archive.rebuild import Rebuilt
from extract.forms.dictionary import (
    APPLICANTS,
    ART20_COLUMN_LABELS,
    ART20_ROW_LABELS,
    CHALLENGES,
    OUTCOMES,
    REQUEST_ROWS_2019,
    REQUEST_ROWS_2021,
)
from extract.readers.scans import EXTRA

_AUDIT_COLUMNS = ("agency", "status", "due", "dated", "days_late", "content", "why")
_AUDIT_NARROW = ("agency", "status", "days_late", "why")
_SHORT = {
    "division_code": "code",
    "reports": "all",
    "on_time_claimed": "claimed",
    "backdated_suspect": "suspect",
}
_AUDIT_WIDTH = 120
"""Characters of a terminal below which a table says less, so that its sentences stay readable."""
_AUDIT_CSV = (
    "agency",
    "division_code",
    "kind",
    "year",
    "scope",
    "status",
    "due",
    "due_basis",
    "local_due",
    "first_seen",
    "last_absent",
    "displayed_date",
    "days_late",
    "url",
    "document_url",
    "content",
    "findings",
    "reason",
    "content_reason",
)


def console() -> Console:
    """Where results go; in a pipe lines are as long as they are."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)


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


def crawl_summary(summary: Mapping[str, Any]) -> None:
    """Say what a crawl did: places by verdict, what was found, and what went wrong."""
    print(f"{summary['places']} places visited: {verdicts(summary)}")
    print(
        f"{summary['reports']} reports seen, {summary['documents_new']} new documents, "
        f"{summary['requests']} requests in {summary['seconds']:.0f} s"
    )
    if summary["failures"]:
        failures = ", ".join(f"{number} {kind}" for kind, number in summary["failures"].items())
        print(f"failed requests: {failures}", file=sys.stderr)
    doubtful = {why: number for why, number in summary["certificates"].items() if why != "verified"}
    if doubtful:
        hosts = ", ".join(f"{number} ({why})" for why, number in doubtful.items())
        print(f"hosts whose certificate does not verify: {hosts}", file=sys.stderr)
    for problem in summary["problems"]:
        print(problem, file=sys.stderr)


def verdicts(summary: Mapping[str, Any]) -> str:
    """The verdicts of a crawl in words: ``8 complete, 1 blocked (521)``."""
    kinds = [kind.split(":", 1) for kind in summary["kinds"]]
    parts = []
    for verdict, number in sorted(summary["verdicts"].items(), key=lambda item: -item[1]):
        why = ", ".join(sorted(kind for of, kind in kinds if of == verdict))
        parts.append(f"{number} {verdict}" + (f" ({why})" if why else ""))
    return ", ".join(parts) or "none"


def extract_summary(summary: Mapping[str, Any]) -> int:
    """Say what an extraction did; returns how many documents were damaged in the archive."""
    documents = ", ".join(f"{number} {status}" for status, number in summary["documents"].items())
    print(f"documents read: {documents or 'none were new'}")
    print(f"{summary['versions']} versions of reports brought up to date")
    learned = summary["learned"]
    if learned["confirmed"]:
        print(f"{learned['confirmed']} candidates of the register were confirmed by what was seen")
    if learned["proposed"]:
        print(f"{learned['proposed']} proposals for the register; see: gongkai agencies review")
    if summary["unread_scans"]:
        print(
            f"{summary['unread_scans']} documents are scans and were not read; to read them: "
            f"{EXTRA}, then gongkai extract (with recognise = true under [extract])"
        )
    for year in summary["texts_to_compare"]:
        print(f"the texts of {year} are many; compare them with: gongkai compare --year {year}")
    for damage in summary["damaged"]:
        print(f"not read: {damage}", file=sys.stderr)
    return len(summary["damaged"])


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
            show_record(entry["record"])


def moment(text: str) -> str:
    """A moment as people read it: in China, with the zone said."""
    return f"{china_text(datetime.fromisoformat(text))} +08:00"


def _said(out: Console, rows: Iterable[Mapping[str, Any]]) -> None:
    """What people said of a report, as :func:`archive.corrections.listing` gives it."""
    table = Table("said by people", "what", "printed", "said", "state", "by", "reason", box=None)
    for row in rows:
        names = ("id", "what", "printed", "said", "state", "person", "reason")
        table.add_row(*(Text(plain(row[name])) for name in names))
    if table.row_count:
        out.print(table)
        out.print()


def show_record(record: Mapping[str, Any]) -> None:
    """Print one record: identity, tables as on the form, findings."""
    out = console()
    agency, parse = record["agency"], record["parse"]
    out.print(Text(plain(record["title"] or record["source"]["file"]), style="bold"))
    code = f" ({agency['division_code']})" if agency["division_code"] else ""
    out.print(Text(f"{agency['name'] or 'agency not named'}{code}, {record['year'] or 'no year'}"))
    cells = {cell["key"]: cell for cell in record["cells"]}
    form = record["form"] or "no form"
    out.print(Text(f"{form}, {len(cells)} cells, reading {parse['status']}"))
    for reason in parse["reasons"]:
        out.print(Text(f"  {plain(reason)}"))
    if cells:
        out.print()
        _tables(out, cells)
    for finding in record["findings"]:
        line = (
            f"{finding['severity']:5} {finding['rule']} {finding['verdict']}: {finding['message']}"
        )
        out.print(Text(plain(line)))
        for key in finding["cells"][:8]:
            if key in cells:
                out.print(
                    Text(f"        {key} = {plain(cells[key]['raw'])}  {position(cells[key])}")
                )
    out.print()


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
    requests = Table("三、依申请公开", box=None)
    for applicant in APPLICANTS:
        requests.add_column(applicant.label, justify="right")
    rows = dict.fromkeys((*REQUEST_ROWS_2021[:-2], *REQUEST_ROWS_2019[-3:]))
    for entry in rows:
        keys = [f"requests.{entry.key}.{applicant.key}" for applicant in APPLICANTS]
        if any(key in cells for key in keys):
            requests.add_row(entry.label, *(_value(cells.get(key)) for key in keys))
    out.print(requests)
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


def audit(entries: Iterator[dict[str, Any]], format: Format | None) -> None:
    """Print an audit; the evidence stands in JSON only."""
    chosen = format or formats.default()
    rows = map(_for_table, entries) if chosen is Format.TABLE else entries
    narrow = sys.stdout.isatty() and console().width < _AUDIT_WIDTH
    columns = _AUDIT_NARROW if narrow else _AUDIT_COLUMNS
    formats.write(rows, chosen, columns=columns, csv_columns=_AUDIT_CSV)


def audit_by_division(
    rows: Sequence[dict[str, Any]], columns: Sequence[str], format: Format | None
) -> None:
    """Print counts by division; a table leaves out what is nowhere."""
    chosen = format or formats.default()
    shown = [name for name in columns if any(row[name] for row in rows)]
    if chosen is not Format.TABLE:
        formats.write(rows, chosen, columns=columns)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in shown:
        number = name not in ("division_code", "division")
        words = _SHORT.get(name, name.replace("_", " "))
        table.add_column(words, justify="right" if number else "left", no_wrap=number)
    for row in rows:
        table.add_row(*(Text(plain(row[name])) for name in shown))
    console().print(table)


def _for_table(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with one sentence on what is not as it should be, and none on what is."""
    reasons = [] if entry["status"] == "on_time" else [entry["reason"]]
    if entry["content"] != "complete" and entry["content_reason"]:
        reasons.append(entry["content_reason"])
    return {**entry, "dated": entry["displayed_date"], "why": "; ".join(reasons)}


def audit_summary(
    counts: Mapping[str, int], year: int, on: date | None, clock_was_set: bool
) -> None:
    """Say on stderr how many agencies have which status, and whether the clock was ever set."""
    total = sum(counts.values())
    parts = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
    when = f" on {on}" if on else ""
    print(f"{year}{when}: {total} reports owed or seen: {parts or 'none'}", file=sys.stderr)
    if clock_was_set:
        print("This archive was recorded under a set clock: it proves nothing.", file=sys.stderr)


def rebuilt(outcome: Rebuilt) -> None:
    """Say what a rebuild added, and the damage that it met."""
    for damage in outcome.damage:
        print(damage, file=sys.stderr)
    print(
        f"{outcome.files} WARC files read; {outcome.runs} runs, {outcome.visits} visits and "
        f"{outcome.captures} captures were added to the index"
    )
    people = outcome.people
    print(
        f"of what people entered: {people.agencies} agencies, {people.assignments} documents added by "
        f"hand, {people.entries} corrections, verdicts and undoings"
    )
    print(f"{outcome.verdicts} kept verdicts of the audit")
    print("Next: gongkai extract")


def problems(found: Iterable[Any]) -> int:
    """Print what a check of the archive found; returns how many problems."""
    number = 0
    for problem in found:
        number += 1
        print(problem)
    print(f"{number or 'no'} problems found", file=sys.stderr)
    return number
