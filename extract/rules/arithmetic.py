"""The identities printed on the form (勾稽关系), as equations over dictionary keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from extract.forms.dictionary import (
    APPLICANTS,
    CHALLENGES,
    OUTCOMES,
    REQUEST_ROWS_2019,
    REQUEST_ROWS_2021,
    Entry,
)
from extract.forms.statistics_2014 import S2014_LABELS, SUMS_2014
from extract.record import CellValue, State, Verdict


@dataclass(frozen=True, slots=True)
class Equation:
    """``sum(left) = sum(right)``; ``name`` and ``name_zh`` say which row or column it is about."""

    rule: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    name: str
    name_zh: str
    printed_total: str | None = None
    """The cell without which the equation cannot be assessed even leniently."""

    @property
    def keys(self) -> tuple[str, ...]:
        """All operands."""
        return self.left + self.right


@dataclass(frozen=True, slots=True)
class Balance:
    """An equation with its numbers: sums where blanks count as 0, and how many blanks there are."""

    equation: Equation
    left: int | Decimal
    right: int | Decimal
    blanks: int
    verdict: Verdict

    @property
    def holds(self) -> bool:
        """Whether the equation holds when blanks count as 0."""
        return self.left == self.right


def request_rows(form: str | None) -> tuple[Entry, ...]:
    """The rows of table 三 in a form version."""
    return REQUEST_ROWS_2019 if form == "f2019" else REQUEST_ROWS_2021


@lru_cache(maxsize=4)
def equations(form_of_requests: str | None) -> tuple[Equation, ...]:
    """Every identity of the forms: T3-01 a row, T3-02 and T3-03 a column, T4-01 to T4-03, S14-01 to S14-06."""
    return (*_equations(form_of_requests), *_equations_of_2014())


def _equations_of_2014() -> Iterator[Equation]:
    """The sums of the statistics table: 32号 of 2014."""
    for rule, total, parts in SUMS_2014:
        label = S2014_LABELS[total]
        keys = tuple(f"s2014.{part}" for part in parts)
        yield Equation(
            rule, keys, (f"s2014.{total}",), f"“{label}”", f"“{label}”", f"s2014.{total}"
        )


def _equations(form_of_requests: str | None) -> Iterator[Equation]:
    rows = request_rows(form_of_requests)
    for row in rows:
        keys = tuple(f"requests.{row.key}.{column.key}" for column in APPLICANTS)
        yield Equation(
            "T3-01", keys[:-1], keys[-1:], f"row “{row.label}”", f"“{row.label}”行", keys[-1]
        )
    for column in APPLICANTS:
        total = f"requests.processed_total.{column.key}"
        results = tuple(f"requests.{row.key}.{column.key}" for row in rows[2:-2])
        name, name_zh = f"column “{column.label}”", f"“{column.label}”列"
        yield Equation("T3-02", results, (total,), name, name_zh, total)
        yield Equation(
            "T3-03",
            (f"requests.received_new.{column.key}", f"requests.carried_in.{column.key}"),
            (total, f"requests.carried_out.{column.key}"),
            name,
            name_zh,
        )
    for number, group in enumerate(CHALLENGES, start=1):
        keys = tuple(f"{group.key}.{outcome.key}" for outcome in OUTCOMES)
        yield Equation(
            f"T4-0{number}", keys[:-1], keys[-1:], f"“{group.label}”", f"“{group.label}”", keys[-1]
        )


def balance(equation: Equation, values: Mapping[str, CellValue]) -> Balance | None:
    """Weigh an equation; None when an operand is missing from the form or cannot be read."""
    numbers: list[int | Decimal] = []
    blanks = 0
    for key in equation.keys:
        cell = values.get(key)
        if cell is None or cell.state in (State.UNREADABLE, State.TEXT):
            return None
        if cell.value is None:
            # 无, - and / say that there is nothing; only a blank says nothing at all.
            blanks += cell.state is State.BLANK
            numbers.append(0)
        else:
            numbers.append(cell.value)
    left = sum(numbers[: len(equation.left)])
    right = sum(numbers[len(equation.left) :])
    total = values[equation.printed_total] if equation.printed_total else None
    if total is not None and total.state is State.BLANK and left != right:
        verdict = Verdict.NOT_ASSESSABLE
    elif left != right:
        verdict = Verdict.FAIL
    else:
        verdict = Verdict.PASS_WITH_NOTE if blanks else Verdict.PASS
    return Balance(equation, left, right, blanks, verdict)


def balances(values: Mapping[str, CellValue], form_of_requests: str | None) -> Iterator[Balance]:
    """The balance of every identity that can be weighed."""
    for equation in equations(form_of_requests):
        weighed = balance(equation, values)
        if weighed is not None:
            yield weighed


def shifted_rows(values: Mapping[str, CellValue], form_of_requests: str | None) -> Iterator[Entry]:
    """Rows of table 三 that fail T3-01 and would hold if their values stood one column on (T3-09).

    The total stands in the last column but one and the last is empty or 0: that is how a row looks
    whose first value was lost in reading. A row that lost its last value has no total left to test.
    """
    for row in request_rows(form_of_requests):
        cells = [values.get(f"requests.{row.key}.{column.key}") for column in APPLICANTS]
        numbers = [(cell.value or 0) if cell else 0 for cell in cells]
        if numbers[-1] == 0 and numbers[-2] > 0 and sum(numbers[:-2]) == numbers[-2]:
            yield row


def unique_repair(
    values: Mapping[str, CellValue], form_of_requests: str | None
) -> tuple[str, int] | None:
    """The one cell of table 三 whose change makes every identity hold, and the number it would need.

    One wrong cell fails its row and its column and nothing else (domain guide §4.3). A hint for
    people; it is never written into the data.
    """
    weighed = list(balances(values, form_of_requests))
    rows = [w for w in weighed if w.equation.rule == "T3-01" and not w.holds]
    columns = [w for w in weighed if w.equation.rule in ("T3-02", "T3-03") and not w.holds]
    if len(rows) != 1 or len({w.equation.name for w in columns}) != 1:
        return None
    crossing = set(rows[0].equation.keys).intersection(*(w.equation.keys for w in columns))
    if len(crossing) != 1:
        return None
    key = crossing.pop()
    surplus = rows[0].left - rows[0].right
    number = (values[key].value or 0) + (surplus if key in rows[0].equation.right else -surplus)
    if number != int(number) or number < 0:
        return None
    changed = {**values, key: values[key]._replace(value=int(number), state=State.NUMBER)}
    table = (w for w in balances(changed, form_of_requests) if w.equation.rule.startswith("T3"))
    if all(w.holds for w in table):
        return key, int(number)
    return None
