"""The numbers of the narrative: what the sentences of a report say of the year (domain guide, App. B).

Every number with a unit is replaced by one sign for its kind; a fact is then a pattern of words and
signs that must stand in one clause. What only looks like the fact (a part by channel, letters to a
mailbox, licences disclosed and not decided) is kept out by the words around it. Nothing is guessed: a
sentence in other words gives no statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.facts import (
    COUNT,
    CUMULATIVE,
    FACTS,
    FREE_FACTS,
    FREE_NAMES,
    KINDS,
    MONEY,
    NONE,
    OTHER,
    SHARE,
    Fact,
)
from extract.prose import Prose
from extract.quantities import Quantity, find_quantities
from extract.record import Statement
from extract.sections import Passage
from extract.when import is_of_the_year

_LONGEST_CLAUSE = 60
_LONGEST_SECTION = 100_000
"""Characters of a section that are read; reports have a tenth of that."""
_CLAUSE_END = re.compile(r"[，,。；;！!？?：:\n]")
_ITEMS = re.compile(r"[^。\n]{0,6}?(?:其中|包括|分别)(?P<items>[^。\n]{0,2000})")
_SHARE_OF = re.compile(
    rf"({COUNT})[^。；;\n{COUNT}{MONEY}{SHARE}{OTHER}]{{0,4}}(?:约)?占[^。；;\n{COUNT}{MONEY}{SHARE}{OTHER}]{{0,16}}({SHARE})"
)

SECTIONS_READ = (1, 5, 6)
"""Section 一 tells the year; 五 and 六 are read for the fee."""


def find_statements(
    passages: tuple[Passage, ...],
    *,
    everywhere: bool = False,
    free: bool = False,
    year: int | None = None,
) -> tuple[Statement, ...]:
    """The facts the narrative states, in the order of the text; a fact may be stated more than once.

    With ``everywhere`` all sections are read in full: before 2019 each report had an outline of its own.
    With ``free`` the report is of an era without a form, and the names of the facts are those of domain
    guide §2.4 with ``free.`` before them. What is told of another time than ``year``, such as the change
    since the last one, is no fact of it.
    """
    found: list[Statement] = []
    for passage in passages:
        number = passage.section.number
        if everywhere or number in SECTIONS_READ:
            fees_only = not everywhere and number != 1
            found.extend(_Text(passage, year).statements(fees_only=fees_only, free=free))
    return tuple(found)


class _Text:
    """One section with its numbers replaced by signs."""

    def __init__(self, passage: Passage, year: int | None) -> None:
        self.passage, self.year, self.free = passage, year, False
        self.prose = Prose(passage.section.text[:_LONGEST_SECTION])
        self.quantities: dict[int, Quantity] = {}
        pieces: list[str] = []
        position = length = 0
        for quantity in find_quantities(self.prose.plain):
            pieces.append(self.prose.plain[position : quantity.start])
            length += len(pieces[-1])
            self.quantities[length] = quantity
            pieces.append(KINDS.get(quantity.unit, OTHER))
            position, length = quantity.end, length + 1
        pieces.append(self.prose.plain[position:])
        self.signs = "".join(pieces)

    def statements(self, *, fees_only: bool, free: bool) -> list[Statement]:
        self.free = free
        found: dict[tuple[int, str], Statement] = {}
        for fact in (*FACTS, *(FREE_FACTS if self.free else ())):
            if fees_only and fact.name != "fee_yuan":
                continue
            for place, tail in self._places(fact):
                quantity = self.quantities[place]
                statement = self._statement(fact.name, quantity, tail)
                found.setdefault((quantity.start, fact.name), statement)
        if not fees_only:
            for name, quantity in (*self._shares(found), *self._parts(found)):
                found[quantity.start, name] = self._statement(name, quantity)
        stated = {name for _, name in found}
        for name, unit, pattern in NONE:
            none = pattern.search(self.prose.plain)
            if none and not is_of_the_year(self.prose.plain, none.start(), self.year):
                continue
            if none and name not in stated and (not fees_only or name == "fee_yuan"):
                nothing = Quantity(none.start(), none.end(), 0, 0, 0, unit)
                found.setdefault((none.start(), name), self._statement(name, nothing))
        return [found[key] for key in sorted(found)]

    def _places(self, fact: Fact) -> Iterator[tuple[int, int]]:
        """Where the sign of the fact stands, and how many characters of its words follow it."""
        for match in fact.pattern.finditer(self.signs):
            start = self._clause_start(match.start())
            clause = self.signs[max(start - 4, 0) : match.end()]
            around = self.signs[max(match.start() - 80, 0) : match.end() + 20]
            if fact.unless and fact.unless.search(clause):
                continue
            if fact.near and not fact.near.search(around):
                continue
            place = match.start(match.lastindex or 0)
            if not (fact.name == "carried_in" or self._is_of_the_year(fact, place)):
                continue
            yield place, match.end() - place - 1

    def _is_of_the_year(self, fact: Fact, place: int) -> bool:
        plain, at = self.prose.plain, self.quantities[place].start
        # What was disclosed so far is a fact of its own where there was no form.
        if (
            self.free
            and fact.name == "disclosed"
            and CUMULATIVE.search(plain[max(at - 30, 0) : at])
        ):
            return True
        return is_of_the_year(plain, at, self.year)

    def _clause_start(self, position: int) -> int:
        return position - len(_CLAUSE_END.split(self.signs[max(position - 40, 0) : position])[-1])

    def _shares(self, found: dict[tuple[int, str], Statement]) -> Iterator[tuple[str, Quantity]]:
        """Percentages of a number that is known: 公开258件,占33.9%."""
        names: dict[int, list[str]] = {}
        for start, name in found:
            names.setdefault(start, []).append(name)
        for match in _SHARE_OF.finditer(self.signs):
            for name in names.get(self.quantities[match.start(1)].start, ()):
                yield f"{name}_share", self.quantities[match.start(2)]

    def _parts(self, found: dict[tuple[int, str], Statement]) -> Iterator[tuple[str, Quantity]]:
        """The items of what was disclosed, where a list in the same unit follows its total."""
        for place, total in self.quantities.items():
            if (total.start, "disclosed") not in found:
                continue
            listed = _ITEMS.match(self.signs, place + 1)
            for offset, sign in enumerate(listed["items"] if listed else ""):
                item = self.quantities.get((listed.start("items") if listed else 0) + offset)
                if sign in (COUNT, OTHER) and item and item.unit == total.unit:
                    yield "disclosed_part", item

    def _statement(self, name: str, quantity: Quantity, tail: int = 0) -> Statement:
        plain = self.prose.plain
        start = quantity.start
        reach = max(quantity.end - _LONGEST_CLAUSE, 0)
        while start > reach and plain[start - 1] not in "，,。；;！!？?：:()\n":
            start -= 1
        offset, text = self.prose.printed(start, quantity.end + tail)
        if self.free:
            name = f"free.{FREE_NAMES.get(name, name).replace('received_by', 'requests_by')}"
            if name == "free.disclosed" and CUMULATIVE.search(
                plain[max(start - 12, 0) : quantity.end]
            ):
                name = "free.disclosed_cumulative"
        return Statement(
            name,
            quantity.value,
            quantity.low,
            quantity.high,
            quantity.unit,
            text,
            self.passage.section.number,
            offset,
            self.passage.position(offset),
        )
