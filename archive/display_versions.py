"""What the command line shows of a report's versions: the list, and what changed between two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from archive import formats
from archive.display import console, moment
from archive.formats import Format, plain

_VERSION_COLUMNS = (
    "agency",
    "year",
    "scope",
    "number",
    "change",
    "first_seen",
    "last_seen",
    "parse_status",
    "document_url",
    "sha256",
    "warc",
    "offset",
    "gone_since",
)
_CELL_COLUMNS = ("agency", "year", "scope", "key", "label", "before", "after")
_STYLES = {"-": "red", "+": "green", " ": "dim"}


def versions(found: Iterable[Mapping[str, Any]], format: Format | None) -> None:
    """Print the versions of reports as :func:`archive.history.versions` gives them."""
    chosen = format or formats.default()
    if chosen is Format.TABLE:
        for entry in found:
            _versions_table(entry)
    elif chosen is Format.CSV:
        rows = (
            {**entry, **version, "gone_since": entry["gone_since"]}
            for entry in found
            for version in entry["versions"]
        )
        formats.write(rows, chosen, columns=_VERSION_COLUMNS)
    else:
        formats.write(map(dict, found), chosen, columns=_VERSION_COLUMNS)


def _versions_table(entry: Mapping[str, Any]) -> None:
    out = console()
    out.print(Text(_heading(entry), style="bold"))
    table = Table("version", "change", "first seen", "last seen", "reading", "sha256", box=None)
    for version in entry["versions"]:
        table.add_row(
            str(version["number"]),
            version["change"],
            moment(version["first_seen"]),
            moment(version["last_seen"]),
            version["parse_status"] or "not read",
            version["sha256"][:12],
        )
    out.print(table)
    if entry["gone_since"]:
        since = moment(entry["gone_since"])
        out.print(f"no longer there since {since}: the place was read in full without it")
    out.print()


def differences(found: Iterable[Mapping[str, Any]], format: Format | None) -> None:
    """Print what changed as :func:`archive.history.changes` gives it; CSV has the cells alone."""
    chosen = format or formats.default()
    if chosen is Format.TABLE:
        for entry in found:
            _difference(entry)
    elif chosen is Format.CSV:
        rows = (
            {**entry, **cell, "before": _printed(cell["before"]), "after": _printed(cell["after"])}
            for entry in found
            for cell in entry["cells"]
        )
        formats.write(rows, chosen, columns=_CELL_COLUMNS)
    else:
        formats.write(map(dict, found), chosen, columns=_CELL_COLUMNS)


def _difference(entry: Mapping[str, Any]) -> None:
    out = console()
    out.print(Text(_heading(entry), style="bold"))
    for name in ("before", "after"):
        side = entry[name]
        seen = f"seen {moment(side['first_seen'])} to {moment(side['last_seen'])}"
        out.print(Text(f"  version {side['number']}, {seen}, {side['document_url']}"))
    out.print(f"\nchange: {entry['change']}")
    for number in entry["unread"]:
        out.print(f"version {number} could not be read, so only its bytes can be compared")
    if entry["cells"]:
        table = Table("key", "label", box=None)
        table.add_column("before", justify="right")
        table.add_column("after", justify="right")
        for cell in entry["cells"]:
            table.add_row(
                cell["key"],
                cell["label"],
                Text(plain(_printed(cell["before"]))),
                Text(plain(_printed(cell["after"]))),
            )
        out.print(table)
    for change in entry["text"]:
        out.print()
        out.print(Text(plain(change["section"]) or "(no heading)", style="bold"))
        for line in change["lines"]:
            text = f"{line['sign']} {plain(line['text'])}"
            out.print(Text(text, style=_STYLES[line["sign"]]))
    out.print()


def _heading(entry: Mapping[str, Any]) -> str:
    return f"{entry['agency']} {entry['year']} ({entry['scope']})"


def _printed(side: Mapping[str, Any] | None) -> Any:
    """A cell as a person writes it: the number, else what is printed, else what is not."""
    if side is None:
        return "(no such cell)"
    if side["state"] == "number":
        return side["value"]
    return side["raw"] or f"({side['state']})"
