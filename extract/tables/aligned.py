"""Tables without ruling lines: fields that stand in columns.

Only numbers betray such a table. Its columns can be trusted where every column is separated by an
empty strip from top to bottom and at least one row fills all of them; everything else is a
sequence of fields (``aligned=False``), because a lost cell would move its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.document import BBox
from extract.tables.cells import PageTable, TextCell
from extract.tables.lines import TextLine
from extract.tables.marks import union

_NUMBER = re.compile(r"[-+−－]?\d[\d,，.．]*[%％]?|[-—－/]|无")
FEWEST_ROWS = 3
"""Rows with figures that make a table; less may be a date line or a signature."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: TextLine
    fields: tuple[TextLine, ...]

    @property
    def figures(self) -> int:
        return sum(_NUMBER.fullmatch(field.text) is not None for field in self.fields)


def unruled(lines: Sequence[TextLine], page: int) -> list[tuple[list[TextLine], PageTable]]:
    """The tables among consecutive lines of a page, each with the lines it is made of."""
    rows = [_Row(line, tuple(line.fields(1.2 * line.em))) for line in lines]
    found = []
    start = 0
    while start < len(rows):
        end = _run(rows, start)
        part = rows[start:end]
        if sum(row.figures >= 2 for row in part) >= FEWEST_ROWS:
            found.append(([row.line for row in part], _table(part, page)))
            start = end
        else:
            start += 1
    return found


def _run(rows: Sequence[_Row], start: int) -> int:
    """End of the run of rows from ``start`` that have several fields each.

    One line with a single field may stand between: a label that takes two lines.
    """
    end = last = start
    while end < len(rows) and end - last <= 1:
        if len(rows[end].fields) > 1:
            last = end + 1
        elif end == start:
            return start
        end += 1
    return last


def _table(rows: Sequence[_Row], page: int) -> PageTable:
    around = union([row.line.box for row in rows])
    columns = _columns(rows)
    cells = _in_columns(rows, columns) if columns else None
    aligned = cells is not None
    if cells is None:
        cells = [
            _cell(field, index, column, 1)
            for index, row in enumerate(rows)
            for column, field in enumerate(row.fields)
        ]
    return PageTable(page, around, (), tuple(cells), ruled=False, aligned=aligned)


def _cell(field: TextLine, row: int, column: int, colspan: int) -> TextCell:
    doubtful = any(char.doubtful for char in field.chars)
    return TextCell(row, column, 1, colspan, field.text, field.box, doubtful)


def _columns(rows: Sequence[_Row]) -> list[tuple[float, float]] | None:
    """The strips in which the fields of the rows with figures stand, or None where they mix."""
    figures = [row for row in rows if row.figures >= 2]
    spans = sorted((f.box[0], f.box[2]) for row in figures for f in row.fields)
    columns: list[tuple[float, float]] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1]:
            columns[-1] = columns[-1][0], max(columns[-1][1], x1)
        else:
            columns.append((x0, x1))
    full = max(len(row.fields) for row in figures)
    return columns if full == len(columns) else None


def _in_columns(
    rows: Sequence[_Row], columns: Sequence[tuple[float, float]]
) -> list[TextCell] | None:
    """Every field in the columns it stands over, or None where two rows contradict each other."""
    cells: list[TextCell] = []
    for index, row in enumerate(rows):
        free = 0
        for field in row.fields:
            over = _over(field.box, columns)
            if not over or over[0] < free or (row.figures >= 2 and len(over) > 1):
                return None
            cells.append(_cell(field, index, over[0], len(over)))
            free = over[-1] + 1
    return cells


def _over(box: BBox, columns: Sequence[tuple[float, float]]) -> list[int]:
    return [i for i, (start, end) in enumerate(columns) if start < box[2] and box[0] < end]
