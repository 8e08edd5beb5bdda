"""The rules of domain guide §4 that one document alone can answer, by their ids.

A rule looks at a :class:`Subject` and yields findings for what is not a plain pass. Blank is not zero:
arithmetic is done strictly (a blank makes it not assessable) and leniently (a blank counts as 0), and
only what fails leniently too is called a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from extract.characters import simplify, squeeze
from extract.document import Document
from extract.forms.reading import Figures
from extract.identity import Identity
from extract.record import CellValue, Finding, Section, Severity, State, Statement, Verdict
from extract.rules.arithmetic import Balance, balances
from extract.sections import FIRST_YEAR_OF_FORMS

FIRST_YEAR_OF_F2021 = 2021
TABLES = {"二": ("art20_",), "三": ("requests.",), "四": ("review.", "litigation_")}
"""The tables of the form, each with the beginnings of the keys of its cells."""
_LONGEST_TEXT = 500_000


@dataclass(frozen=True)
class Subject:
    """What rules judge: the cells by key, the identity, the sections and the text of a report.

    ``figures`` are the cells as read, with the form version of each block; ``narrative`` is what the
    sentences state.
    """

    document: Document
    identity: Identity
    sections: tuple[Section, ...]
    figures: Figures
    narrative: tuple[Statement, ...] = ()

    @property
    def values(self) -> Mapping[str, CellValue]:
        """The cells by key."""
        return self.figures.values

    @property
    def forms(self) -> Mapping[str, str]:
        """The form version of each block."""
        return self.figures.forms

    @property
    def in_form_years(self) -> bool:
        """Whether the report falls under the uniform outline (2019 and later, or no year known)."""
        year = self.identity.year
        return year is None or year >= FIRST_YEAR_OF_FORMS

    def cells(self, table: str) -> list[CellValue]:
        """The cells found of table ``二``, ``三`` or ``四``."""
        return self._cells[table]

    @cached_property
    def _cells(self) -> dict[str, list[CellValue]]:
        return {
            table: [cell for key, cell in self.values.items() if key.startswith(prefixes)]
            for table, prefixes in TABLES.items()
        }

    def balances(self, rule_id: str) -> list[Balance]:
        """The balance of every identity of a rule that can be weighed."""
        return self._balances.get(rule_id, [])

    @cached_property
    def _balances(self) -> dict[str, list[Balance]]:
        by_rule: dict[str, list[Balance]] = {}
        for weighed in balances(self.values, self.forms.get("requests")):
            by_rule.setdefault(weighed.equation.rule, []).append(weighed)
        return by_rule

    @cached_property
    def text(self) -> str:
        """All paragraphs without white space, in simplified characters."""
        return simplify(squeeze(self.document.text()[:_LONGEST_TEXT]))

    @cached_property
    def _lines(self) -> dict[int, list[str]]:
        return {
            section.number: [simplify(squeeze(line)) for line in section.text.split("\n")]
            for section in reversed(self.sections)
        }

    @cached_property
    def _plain(self) -> dict[int, str]:
        return {number: "".join(lines) for number, lines in self._lines.items()}

    def number(self, key: str) -> int | Decimal | None:
        """The number in a cell, None where there is none."""
        cell = self.values.get(key)
        return cell.value if cell is not None and cell.state is State.NUMBER else None

    def section(self, number: int) -> str | None:
        """The text of a section without white space, None where the section was not found."""
        return self._plain.get(number)

    def lines(self, number: int) -> list[str]:
        """The paragraphs of a section, each without white space; none where it was not found."""
        return self._lines.get(number, [])

    def stated(self, fact: str) -> list[Statement]:
        """What the narrative says of ``fact``, in the order of the text."""
        return [statement for statement in self.narrative if statement.fact == fact]


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
