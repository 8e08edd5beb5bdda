"""What a form reader finds: values under their keys, doubts, and what was left over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import mode

from extract.document import Cell, Position, Table
from extract.forms.dictionary import is_decimal
from extract.forms.labels import MAX_LABEL, clean_label
from extract.forms.values import parse_value
from extract.record import CellValue, State

Place = tuple[int, int]
"""A cell: number of the table in the document and index of the cell in it."""


_CHANGES = "items_change"
"""The column in which numbers say by how much something changed."""
Subtotal = tuple[str, str, tuple[int | Decimal | None, ...]]
"""Subtotals of table 三 that some provinces print: key of the group, label, one number a column."""


@dataclass(slots=True)
class Row:
    """One row of a table: the cells that start in it, from left to right."""

    table: int
    aligned: bool
    index: int
    cells: list[tuple[Place, Cell]]
    labels: list[str] = field(default_factory=list)
    too_long: bool = False
    """Whether it ends further to the right than most rows of its table."""

    def __post_init__(self) -> None:
        # Longer texts are no labels; cutting them keeps hostile cells out of the cache.
        self.labels = [clean_label(cell.text[: 4 * MAX_LABEL]) for _, cell in self.cells]

    def has_number_from(self, column: int) -> bool:
        """Whether a number stands in this grid column or behind it."""
        return any(
            cell.column >= column and parse_value(cell.text).state is State.NUMBER
            for _, cell in self.cells
        )


def rows_of(tables: list[Table]) -> Iterator[Row]:
    """The rows of all tables in reading order."""
    for number, table in enumerate(tables):
        grouped: dict[int, list[tuple[Place, Cell]]] = {}
        for index, cell in enumerate(table.cells):
            grouped.setdefault(cell.row, []).append(((number, index), cell))
        ends = {
            row: max(cell.column + cell.colspan for _, cell in cells)
            for row, cells in grouped.items()
        }
        usual = mode(ends.values()) if ends else 0
        for row in sorted(grouped):
            cells = sorted(grouped[row], key=lambda item: item[1].column)
            yield Row(number, table.aligned, row, cells, too_long=ends[row] > usual)


@dataclass(slots=True)
class Figures:
    """The cells of the form as found so far.

    ``values`` by key; ``suspects`` tells for a key why its value is not certain, ``unproven`` why it is
    not unless a sum of the form holds with it; ``consumed`` are the
    cells that were understood, labels included; ``forms`` names for each block of the form (``art20_1``,
    ``requests`` …) the form version it follows.
    """

    values: dict[str, CellValue] = field(default_factory=dict)
    suspects: dict[str, str] = field(default_factory=dict)
    consumed: set[Place] = field(default_factory=set)
    forms: dict[str, str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    unproven: dict[str, str] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    """Tables in which something of the form was recognised."""
    subtotals: list[Subtotal] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    """The cell from which the value of a key is."""
    again: dict[str, bool] = field(default_factory=dict)
    """Keys whose value was found more than once, and whether it was another one."""

    def put(self, key: str, place: Place, cell: Cell) -> None:
        """Take ``cell`` as the value of ``key``; a second, different value makes it suspect."""
        value = parse_value(
            cell.text, decimal=is_decimal(key), any_money=key == "art20_9.procurement.amount"
        )
        taken = CellValue(key, value.number, value.state, cell.text, cell.position)
        self.consumed.add(place)
        self.touched.add(place[0])
        before = self.values.get(key)
        if before is not None and before.state is not State.UNREADABLE:
            differs = (before.value, before.state) != (taken.value, taken.state)
            self.again[key] = self.again.get(key, False) or differs
            if differs:
                self.doubt(key, "stands twice with different values")
            return
        self.values[key] = taken
        self.places[key] = place
        if value.split:
            self.unproven[key] = "has white space between its digits"
        if value.change and not key.endswith(_CHANGES):
            self.doubt(key, "is a change and no number of the year")
        if cell.doubtful or value.unsure:
            self.doubt(key, "has characters that could not be read with certainty")

    def lose(self, keys: list[str], position: Position, why: str) -> None:
        """The values of ``keys`` stand at ``position`` but cannot be told apart."""
        for key in keys:
            if key not in self.values:
                self.values[key] = CellValue(key, None, State.UNREADABLE, "", position)
            self.doubt(key, why)

    def doubt(self, key: str, why: str) -> None:
        """Mark ``key`` as suspect, keeping the first reason."""
        self.suspects.setdefault(key, why)

    def doubt_blocks_found_twice(self) -> None:
        """Doubt what only one of two tables has: the wrong one, such as that of last year, may be the first."""
        blocks: dict[str, list[str]] = {}
        for key in self.values:
            blocks.setdefault(key.partition(".")[0], []).append(key)
        for keys in blocks.values():
            if 4 * sum(self.again.get(key, False) for key in keys) >= len(keys):
                for key in keys:
                    if key not in self.again:
                        self.doubt(key, "stands in one of two tables that differ")

    def consume(self, row: Row, *indexes: int) -> None:
        """Mark cells of ``row`` (all of them when no index is given) as understood."""
        for index in indexes or range(len(row.cells)):
            self.consumed.add(row.cells[index][0])
        self.touched.add(row.table)
