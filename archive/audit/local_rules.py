"""Due dates that a place sets for its own bodies: data, kept apart from what the law says.

A local rule never changes a statutory date, earlier or later: both are told. Where the law names no
date it is the due date, still not a statutory one. The project's own rules are in ``local_rules.csv``
(each with its source); an archive adds a file of the same columns with ``[audit] local_rules``:

``division`` a code, for it and all below; ``levels`` of the agency's division (``province``,
``prefecture``, ``county``, ``township``) and ``kinds`` of agency, separated by ``;``, empty for all;
``first_year`` and ``last_year`` reported on, the last may be empty; ``due`` as month-day of the year after;
``basis`` what sets it, ``source`` where that can be read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from archive.agencies.kinds import KINDS
from archive.divisions import current, normal_code
from archive.errors import UsageError

COLUMNS = ("division", "levels", "kinds", "first_year", "last_year", "due", "basis", "source")
LOCAL_RULES = "local_rules"
"""Under this name a session of an archive carries its :class:`LocalRules`."""
LEVELS = {"province": 2, "prefecture": 4, "county": 6, "township": 9}
"""Levels of divisions, by the digits of their codes."""


@dataclass(frozen=True, slots=True)
class LocalRule:
    """One rule; ``due`` is month and day of the year after the one reported on."""

    division: str
    levels: frozenset[int]
    kinds: frozenset[str]
    first_year: int
    last_year: int | None
    due: tuple[int, int]
    basis: str
    source: str

    def day(self, year: int) -> date:
        """The last day for the report for ``year``."""
        return date(year + 1, *self.due)

    def applies(self, division_code: str, kind: str | None, year: int) -> bool:
        """Whether it is a rule for such an agency."""
        return (
            bool(division_code)
            and current(division_code).startswith(self.division)
            and (not self.levels or len(division_code) in self.levels)
            and (not self.kinds or kind in self.kinds)
            and self.first_year <= year
            and (self.last_year is None or year <= self.last_year)
        )


class LocalRules:
    """All rules that count for an archive; the nearest division comes first, then what the archive added."""

    def __init__(self, rules: Iterable[LocalRule]) -> None:
        self._rules = list(rules)

    def rule(self, division_code: str, kind: str | None, year: int) -> LocalRule | None:
        """The rule for such an agency, None if there is none."""
        found = [rule for rule in self._rules if rule.applies(division_code, kind, year)]
        return max(found, key=lambda rule: len(rule.division), default=None)


@cache
def built_in() -> LocalRules:
    """The rules of the project."""
    return LocalRules(_built_in())


def with_file(path: Path) -> LocalRules:
    """The rules of the project and those in ``path``, which win over others on the same division.

    Raises :class:`UsageError` that names the line at fault.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"[audit] local_rules: cannot read {path}: {why}") from None
    return LocalRules([*_read(text.splitlines(), str(path)), *_built_in()])


def _built_in() -> list[LocalRule]:
    text = resources.files("archive.audit").joinpath("local_rules.csv").read_text("utf-8")
    return list(_read(text.splitlines(), "local_rules.csv"))


def _read(lines: list[str], name: str) -> Iterator[LocalRule]:
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise UsageError(f"{name}: the first line must be {','.join(COLUMNS)}")
    for row in reader:
        try:
            yield _rule({key: (row[key] or "").strip() for key in COLUMNS})
        except ValueError as error:
            raise UsageError(f"{name}, line {reader.line_num}: {error}") from None


def _rule(row: dict[str, str]) -> LocalRule:
    code = normal_code(row["division"])
    levels, kinds = _words(row["levels"]), _words(row["kinds"])
    if code is None:
        raise ValueError(f"{row['division']!r} is no code of a division")
    if unknown := sorted(levels - LEVELS.keys()):
        raise ValueError(f"{unknown[0]!r} is no level; there are {', '.join(LEVELS)}")
    if unknown := sorted(kinds - set(KINDS)):
        raise ValueError(f"{unknown[0]!r} is no kind of agency; there are {', '.join(KINDS)}")
    if not row["basis"] or not row["source"]:
        raise ValueError("a rule needs a basis and a source")
    try:
        first, last = int(row["first_year"]), int(row["last_year"] or 0) or None
        # A day that every year has; 29 February is none.
        due = date.fromisoformat(f"2001-{row['due']}")
    except ValueError:
        raise ValueError(
            "first_year and last_year are years, due is a month and day such as 01-25"
        ) from None
    return LocalRule(
        division=code,
        levels=frozenset(LEVELS[level] for level in levels),
        kinds=frozenset(kinds),
        first_year=first,
        last_year=last,
        due=(due.month, due.day),
        basis=row["basis"],
        source=row["source"],
    )


def _words(text: str) -> set[str]:
    return {word.strip() for word in text.split(";") if word.strip()}
