"""What the command line says of jobs and audits, for people, on a terminal or in a pipe."""

from __future__ import annotations

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
from extract.counting import counted
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
_ENDLESS = 10_000
"""Characters of a line that no text is as long as."""
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
    return Console(highlight=False, width=None if sys.stdout.isatty() else _ENDLESS)


def crawl_summary(summary: Mapping[str, Any]) -> None:
    """Say what a crawl did: places by verdict, what was found, and what went wrong."""
    print(f"{counted(summary['places'], 'place')} visited: {verdicts(summary)}")
    if not summary["places"]:
        print(
            "no agency that was chosen has an address; give addresses with: gongkai agencies import",
            file=sys.stderr,
        )
    print(
        f"{counted(summary['reports'], 'report')} seen, "
        f"{counted(summary['documents_new'], 'new document')}, "
        f"{counted(summary['requests'], 'request')} in {summary['seconds']:.0f} s"
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
    print(f"versions of reports brought up to date: {summary['versions']}")
    learned = summary["learned"]
    if learned["confirmed"]:
        number = counted(learned["confirmed"], "candidate")
        print(f"{number} of the register confirmed by what was seen")
    if learned["proposed"]:
        print(
            f"{counted(learned['proposed'], 'proposal')} for the register; see: gongkai agencies review"
        )
    if summary["unread_scans"]:
        print(
            f"scans that were not read: {summary['unread_scans']}; to read them: "
            f"{EXTRA}, then gongkai extract (with recognise = true under [extract])"
        )
    for year in summary["texts_to_compare"]:
        print(f"the texts of {year} are many; compare them with: gongkai compare --year {year}")
    for damage in summary["damaged"]:
        print(f"not read: {damage}", file=sys.stderr)
    return len(summary["damaged"])


def moment(text: str) -> str:
    """A moment as people read it: in China, with the zone said."""
    return f"{china_text(datetime.fromisoformat(text))} +08:00"


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
    print(
        f"{year}{when}: {counted(total, 'report')} owed or seen: {parts or 'none'}", file=sys.stderr
    )
    if clock_was_set:
        print("This archive was recorded under a set clock: it proves nothing.", file=sys.stderr)


def rebuilt(outcome: Rebuilt) -> None:
    """Say what a rebuild added, and the damage that it met."""
    for damage in outcome.damage:
        print(damage, file=sys.stderr)
    print(
        f"{counted(outcome.files, 'WARC file')} read; added to the index: {counted(outcome.runs, 'run')}, "
        f"{counted(outcome.visits, 'visit')}, {counted(outcome.captures, 'capture')}"
    )
    people = outcome.people
    print(
        f"of what people entered: agencies {people.agencies}, documents added by hand {people.assignments}, "
        f"corrections, verdicts and undoings {people.entries}"
    )
    print(f"kept verdicts of the audit: {outcome.verdicts}")
    print("Next: gongkai extract")


def problems(found: Iterable[Any]) -> int:
    """Print what a check of the archive found; returns how many problems."""
    number = 0
    for problem in found:
        number += 1
        print(problem)
    print(f"{counted(number, 'problem') if number else 'no problems'} found", file=sys.stderr)
    return number
