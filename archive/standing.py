"""Which of people's corrections and verdicts hold for a version of a report.

An entry was made on a document. It holds for a version with the same bytes, however they are read
later, and for one with other bytes but the same numbers (a correction) or the same operands (a verdict):
a page that was only laid out anew keeps what people said of it. For every other version it is
``reopened``: nothing is applied to numbers that nobody has looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive.database.models import (
    Correction,
    FindingVerdict,
    PersonsEntry,
    Report,
    ReportVersion,
)
from archive.versions import Record, digest, numbers_fingerprint, sentences

REOPENED = "reopened"


class Standing:
    """People's entries that were not undone, read from the archive once, the newest of a kind last."""

    def __init__(self, session: Session, report: Report | None = None) -> None:
        self._corrections: dict[tuple[int, int, str], list[Correction]] = defaultdict(list)
        self._verdicts: dict[tuple[int, int, str], list[FindingVerdict]] = defaultdict(list)
        for correction in session.scalars(
            select(Correction).where(*_of(Correction, report)).order_by(Correction.id)
        ):
            self._corrections[_owner(correction)].append(correction)
        for verdict in session.scalars(
            select(FindingVerdict).where(*_of(FindingVerdict, report)).order_by(FindingVerdict.id)
        ):
            self._verdicts[_owner(verdict)].append(verdict)

    def corrections(self, version: ReportVersion, record: Record | None) -> dict[str, Correction]:
        """The corrections that hold for a version, by key of the cell."""
        entries = self._corrections.get(_report(version.report), ())
        return {
            entry.key: entry
            for entry in entries
            if holds(entry, version.sha256, lambda: numbers_fingerprint(record))
        }

    def judged(
        self, version: ReportVersion, record: Record, rule: str, cells: Iterable[str]
    ) -> FindingVerdict | str | None:
        """The verdict that holds for a finding, ``reopened`` if only one on another state was given."""
        operands = list(cells)
        found: FindingVerdict | str | None = None
        for entry in self._verdicts.get(_report(version.report), ()):
            if (entry.rule, entry.cells) == (rule, operands):
                if holds(entry, version.sha256, lambda: finding_fingerprint(record, operands)):
                    found = entry
                elif found is None:
                    found = REOPENED
        return found


def holds(entry: PersonsEntry, sha256: str, fingerprint: Any) -> bool:
    """Whether an entry holds for a document; ``fingerprint`` is called only if the bytes differ."""
    return entry.sha256 == sha256 or (
        entry.fingerprint != "" and entry.fingerprint == fingerprint()
    )


def finding_fingerprint(record: Record, cells: Iterable[str]) -> str:
    """A digest of the operands of a finding; of all numbers and sentences where it names none."""
    operands = set(cells)
    if not operands:
        return digest([numbers_fingerprint(record), sentences(record)])
    return digest(
        sorted(
            (cell["key"], str(cell["value"]), cell["state"])
            for cell in record["cells"]
            if cell["key"] in operands
        )
    )


def _of(
    table: type[Correction] | type[FindingVerdict], report: Report | None
) -> list[ColumnElement[bool]]:
    standing: list[ColumnElement[bool]] = [table.undone_at.is_(None)]
    if report is not None:
        agency_id, year, scope = _report(report)
        standing += [table.agency_id == agency_id, table.year == year, table.scope == scope]
    return standing


def _owner(entry: PersonsEntry) -> tuple[int, int, str]:
    return entry.agency_id, entry.year, entry.scope


def _report(report: Report) -> tuple[int, int, str]:
    return report.agency_id, report.year, report.scope
