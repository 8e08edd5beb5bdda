"""The record of a report: what :func:`extract.reading.read` returns and ``gongkai extract`` prints.

The JSON shape is a contract with users (contract §3): keys are added, never renamed.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from extract.document import Position


class State(StrEnum):
    """What stands in a cell of the form."""

    NUMBER = "number"
    BLANK = "blank"
    NOT_APPLICABLE = "not_applicable"
    TEXT = "text"
    UNREADABLE = "unreadable"


class Status(StrEnum):
    """How sure we are of a record.

    ``OK`` promises that no cell is wrong; ``SUSPECT`` that something may be misread, with reasons.
    """

    OK = "ok"
    SUSPECT = "suspect"
    FAILED = "failed"
    NOT_A_REPORT = "not_a_report"


class Recognition(StrEnum):
    """Whether text stands in pictures: not read yet, or read by recognising its characters."""

    NEEDED = "needed"
    DONE = "done"


class Verdict(StrEnum):
    """The outcome of a rule (domain guide §4.1)."""

    PASS = "pass"  # noqa: S105
    PASS_WITH_NOTE = "pass_with_note"  # noqa: S105
    FAIL = "fail"
    NOT_ASSESSABLE = "not_assessable"
    PARSE_SUSPECT = "parse_suspect"


class Severity(StrEnum):
    """How grave a finding is: printed arithmetic and legal minimum, expectation, or context."""

    ERROR = "error"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes a record was read from."""

    file: str
    sha256: str
    media_type: str
    pages: int | None
    bytes: int


@dataclass(frozen=True, slots=True)
class AgencyName:
    """The agency as printed. Which agency that is, the register resolves later.

    ``resolved_by`` here tells where the name was found: ``title``, ``body``, ``signature``,
    ``metadata`` or None where no name was found.
    """

    name: str | None
    resolved_by: str | None = None
    division_code: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates the document states, ISO 8601; ``period`` is the first and last day reported on."""

    signed: str | None = None
    period: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A level-1 section, text without the heading and tables.

    ``number`` is 1 to 6 as on the form; before 2019, when there was no common outline, the number
    printed.
    """

    number: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A number that the narrative states.

    ``value`` is None where the words are only approximate (5500余); ``low`` and ``high`` bound what
    they can mean, and equal ``value`` where they are exact. ``text`` stands at ``offset`` of the text
    of section ``section``, at ``position`` of the document. Money is in yuan. ``docs/extraction.md``
    lists the facts.
    """

    fact: str
    value: int | Decimal | None
    low: int | Decimal
    high: int | Decimal
    unit: str
    text: str
    section: int
    offset: int
    position: Position

    def may_be(self, number: int | Decimal) -> bool:
        """Whether what is said can mean ``number``."""
        return self.low <= number <= self.high

    @property
    def said(self) -> str:
        """The number as a message tells it: 34, 5500–5599."""
        return f"{self.low}" if self.value is not None else f"{self.low}–{self.high}"


class CellValue(NamedTuple):
    """One cell of the form under its dictionary key; ``value`` is None unless state is NUMBER.

    Counts are integers; ``amount_10k`` and money are decimals. ``raw`` is the text as printed.
    """

    key: str
    value: int | Decimal | None
    state: State
    raw: str
    position: Position


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a record; ``cells`` are the dictionary keys of its operands."""

    rule: str
    verdict: Verdict
    severity: Severity
    cells: tuple[str, ...]
    message: str
    message_zh: str


@dataclass(frozen=True, slots=True)
class Parse:
    """Certainty of the reading, with the reasons and the keys of doubtful cells.

    ``recognition`` is None where what the file says was read and no picture stood for it.
    """

    status: Status
    reasons: tuple[str, ...] = ()
    suspect_cells: tuple[str, ...] = ()
    recognition: Recognition | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A report as read; see the module docstring and ``docs/extraction.md``."""

    source: Source
    title: str | None
    agency: AgencyName
    year: int | None
    scope: str | None
    form: str | None
    dates: Dates
    sections: tuple[Section, ...]
    cells: tuple[CellValue, ...]
    findings: tuple[Finding, ...]
    parse: Parse
    extractor: str
    metadata: dict[str, str] = field(default_factory=dict)
    narrative: tuple[Statement, ...] = ()

    def values(self) -> dict[str, int | Decimal | None]:
        """Value by dictionary key."""
        return {cell.key: cell.value for cell in self.cells}

    def to_json(self) -> dict[str, Any]:
        """The record in the shape of contract §3, ready for ``json.dumps``."""
        data: dict[str, Any] = {
            "source": dataclasses.asdict(self.source),
            "title": self.title,
            "agency": dataclasses.asdict(self.agency),
            "year": self.year,
            "scope": self.scope,
            "form": self.form,
            "dates": {
                "signed": self.dates.signed,
                "period": list(self.dates.period) if self.dates.period else None,
            },
            "sections": [dataclasses.asdict(section) for section in self.sections],
            "cells": [_cell_json(cell) for cell in self.cells],
            "narrative": [_statement_json(statement) for statement in self.narrative],
            "findings": [
                {**dataclasses.asdict(finding), "cells": list(finding.cells)}
                for finding in self.findings
            ],
            "parse": {"status": self.parse.status, "reasons": list(self.parse.reasons)},
            "extractor": self.extractor,
        }
        if self.parse.suspect_cells:
            data["parse"]["suspect_cells"] = list(self.parse.suspect_cells)
        if self.parse.recognition:
            data["parse"]["recognition"] = self.parse.recognition
        if self.metadata:
            data["metadata"] = self.metadata
        return data


def _statement_json(statement: Statement) -> dict[str, Any]:
    return {
        "fact": statement.fact,
        "value": _number(statement.value),
        "low": _number(statement.low),
        "high": _number(statement.high),
        "unit": statement.unit,
        "text": statement.text,
        "section": statement.section,
        "offset": statement.offset,
        **_place(statement.position),
    }


def _cell_json(cell: CellValue) -> dict[str, Any]:
    return {
        "key": cell.key,
        "value": _number(cell.value),
        "state": cell.state,
        "raw": cell.raw,
        **_place(cell.position),
    }


def _number(value: int | Decimal | None) -> int | float | None:
    # A decimal in JSON is a number; figures of the form have far fewer digits than a double.
    return float(value) if isinstance(value, Decimal) else value


def _place(position: Position) -> dict[str, Any]:
    place: dict[str, Any] = {"page": position.page}
    if position.bbox is not None:
        place["bbox"] = [round(edge, 1) for edge in position.bbox]
    if position.path is not None:
        place["path"] = position.path
    return place
