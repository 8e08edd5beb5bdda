"""What the command line says when a person corrects a figure or judges a finding."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from rich.text import Text

from archive import corrections
from archive.database.models import Correction, FindingVerdict, Report
from archive.display import console
from archive.formats import plain


def corrected(entry: Correction, report: Report) -> None:
    """Say what was corrected, and which findings rest on the cell."""
    out = console()
    printed = entry.printed.get("raw") if entry.printed else None
    name, said = corrections.name_of(entry), corrections.said(entry.value)
    was = f"printed {printed!r}" if printed else "nothing was read there"
    out.print(Text(f"{name}: {entry.key} is {said} ({was})"))
    for finding in corrections.resting_on(report, entry.key):
        out.print(Text(f"  it rests on this cell: {finding.rule}: {plain(finding.message)}"))
        command = f"gongkai verdict {shlex.quote(report.agency.name)} {report.year} {finding.rule}"
        out.print(Text(f"  if the report itself is right: {command} dismissed --reason …"))


def judged(entries: Iterable[FindingVerdict], report: Report) -> None:
    """Say what was confirmed or dismissed."""
    out = console()
    said = {tuple(finding.cells): finding.message for finding in report.versions[-1].findings}
    for entry in entries:
        message = plain(said.get(tuple(entry.cells), ""))
        out.print(Text(f"{corrections.name_of(entry)}: {entry.rule} {entry.verdict}: {message}"))
