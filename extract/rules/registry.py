"""The rules of domain guide §4 that one document alone can answer, by their ids.

A rule looks at a :class:`Subject` and yields findings for what is not a plain pass. Blank is not zero:
arithmetic is done strictly (a blank makes it not assessable) and leniently (a blank counts as 0), and
only what fails leniently too is called a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from extract.characters import simplify, squeeze
from extract.document import Document
from extract.identity import Identity
from extract.record import CellValue, Finding, Section, Severity, State, Verdict

FIRST_YEAR_OF_FORMS = 2019
FIRST_YEAR_OF_F2021 = 2021


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules judge: the cells by key, the identity, the sections and the text of a report.

    ``forms`` tells the form version of each block of the tables.
    """

    document: Document
    identity: Identity
    sections: tuple[Section, ...]
    values: Mapping[str, CellValue]
    forms: Mapping[str, str]
    text: str = field(default="")

    def number(self, key: str) -> int | Decimal | None:
        """The number in a cell, None where there is none."""
        cell = self.values.get(key)
        return cell.value if cell is not None and cell.state is State.NUMBER else None

    def section(self, number: int) -> str | None:
        """The text of a section without white space, None where the section was not found."""
        for section in self.sections:
            if section.number == number:
                return simplify(squeeze(section.text))
        return None


Check = Callable[[Subject], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its id and gravity (domain guide §4.2), what it demands, and the check."""

    id: str
    severity: Severity
    demands: str
    check: Check


RULES: dict[str, Rule] = {}


def rule(rule_id: str, severity: Severity, demands: str) -> Callable[[Check], Check]:
    """Register a check under ``rule_id``."""

    def register(check: Check) -> Check:
        if rule_id in RULES:
            raise ValueError(f"rule {rule_id} is registered twice")
        RULES[rule_id] = Rule(rule_id, severity, demands, check)
        return check

    return register


def finding(
    rule_id: str,
    message: str,
    message_zh: str,
    cells: Iterable[str] = (),
    *,
    verdict: Verdict = Verdict.FAIL,
    severity: Severity | None = None,
) -> Finding:
    """A finding of a registered rule; severity is that of the rule unless given."""
    return Finding(
        rule_id, verdict, severity or RULES[rule_id].severity, tuple(cells), message, message_zh
    )


def judge(subject: Subject) -> tuple[Finding, ...]:
    """All findings of all rules on ``subject``, in the order in which the rules were registered."""
    return tuple(found for each in RULES.values() for found in each.check(subject))
