"""Parts of a table on consecutive pages as one table."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract.document import BBox, Cell, Position, Table
from extract.tables.cells import PageTable, TextCell
from extract.tables.lines import TextLine, joined
from extract.tables.marks import union

SAME_EDGE = 4.0
"""Column edges this near, in points, are the same column on another page."""
MOST_EDGES = 0.75
"""Part of the column edges that a continuation without all columns must show."""
LINE = 14.0
"""Height in points of a line of type as it is usual in these tables."""
PADDING = 11.0
"""Points that office programs leave free in a cell, left and right together."""

_ENUMERATED = re.compile(r"[（(]?[\d一二三四五六七八九十]+[)）.．、]\s*\D")
"""How the label of a new row begins."""


def continues(first: PageTable, second: PageTable) -> bool:
    """Whether ``second``, at the top of a page, goes on with ``first``, at the end of the last one.

    The outer edges are the same. The second part has every column edge of the first (which may be
    a heading with merged cells only), or the first has every edge of the second and few more (the
    last row of the form merges its label cells).
    """
    if not (first.ruled and second.ruled) or second.page != first.page + 1:
        return False
    one, other = first.xs, second.xs
    if abs(one[0] - other[0]) > SAME_EDGE or abs(one[-1] - other[-1]) > SAME_EDGE:
        return False
    common = sum(_find(one, edge) is not None for edge in other)
    if common == len(one):
        return True
    return common == len(other) and common >= MOST_EDGES * len(one)


def overflow(table: PageTable, line: TextLine) -> PageTable | None:
    """The table with a line that ran out of its last row at the end of a page; None if it did not.

    Browsers split a cell between its lines and end the drawing at the last row that is whole. Only a full
    line goes on below: what follows another is a row without borders.
    """
    x0, top, x1, _ = line.box
    if top - table.box[3] > line.em:
        return None
    rows = table.rows
    for index, cell in enumerate(table.cells):
        left, right = table.xs[cell.column], table.xs[cell.column + cell.colspan]
        if cell.row + cell.rowspan == rows and left <= x0 and x1 <= right:
            text, doubtful = cell.text, cell.doubtful
            if text and not _is_full(cell, right - left):
                return None
            doubtful = doubtful or (text[-1:].isdecimal() and line.text[:1].isdecimal())
            box = union([cell.box, line.box]) if text else line.box
            longer = cell._replace(text=joined([text, line.text]), box=box, doubtful=bool(doubtful))
            cells = (*table.cells[:index], longer, *table.cells[index + 1 :])
            return replace(table, box=union([table.box, line.box]), cells=cells)
    return None


def _find(edges: Sequence[float], edge: float) -> int | None:
    index = bisect_left(edges, edge - SAME_EDGE)
    return index if index < len(edges) and edges[index] <= edge + SAME_EDGE else None


def join(parts: Sequence[PageTable], boxes: Sequence[Sequence[BBox]]) -> Table:
    """One table of parts that continue each other, rows numbered through.

    ``boxes`` are those of the cells on the page as shown, part by part. A heading that is printed
    again at the top of a page is left out.
    """
    edges = max((part.xs for part in parts), key=len)
    cells: list[Cell] = []
    offset = 0
    unsure: set[int] = set()
    skipped = [_repeated_rows(parts[0], part) if index else 0 for index, part in enumerate(parts)]
    for (first, second), below in zip(pairwise(parts), skipped[1:], strict=True):
        unsure |= _split_figures(first, second, below)
    for part, shown, below in zip(parts, boxes, skipped, strict=True):
        # Unruled parts are never joined and have no edges: their columns stand as they are.
        columns = [_column(edges, x) for x in part.xs] if part.ruled else range(len(part.cells) + 1)
        for cell, box in zip(part.cells, shown, strict=True):
            if cell.row >= below:
                doubtful = cell.doubtful or id(cell) in unsure
                place = Position(part.page, box)
                cells.append(_cell(cell, offset - below, columns, place, doubtful))
        offset += part.rows - below
    return Table(tuple(cells), aligned=all(part.aligned for part in parts))


def mend(parts: Sequence[PageTable]) -> list[PageTable]:
    """The parts with rows that a page break cut through their labels made whole again.

    The figures stand before the break, and what goes on is text only: the rest of labels of which
    the line before the break was full. Each of its cells ends what ends the part before.
    """
    mended = [*parts[:1]]
    for part in parts[1:]:
        rest = _rest_of_labels(mended[-1], part, _repeated_rows(parts[0], part))
        if rest is None:
            mended.append(part)
            continue
        mended[-1] = rest[0]
        if rest[1].cells:
            mended.append(rest[1])
    return mended


def _rest_of_labels(
    first: PageTable, second: PageTable, top: int
) -> tuple[PageTable, PageTable] | None:
    head = [cell for cell in second.cells if cell.row == top]
    last = first.rows
    above = {
        (cell.column, cell.column + cell.colspan): cell
        for cell in first.cells
        if cell.row + cell.rowspan == last
    }
    pairs: dict[int, TextCell] = {}
    broken = False
    for cell in head:
        edges = (second.xs[cell.column], second.xs[cell.column + cell.colspan])
        before = above.get((_column(first.xs, edges[0]), _column(first.xs, edges[1])))
        if before is None or (cell.text and _ENUMERATED.match(cell.text)):
            return None
        if cell.text:
            if any(map(str.isdecimal, cell.text)) or before.text.isdecimal():
                return None
            broken = broken or _is_full(before, edges[1] - edges[0])
        pairs[id(before)] = cell
    figures = any(cell.text.isdecimal() for cell in above.values())
    if not (broken and figures and len(pairs) == len(above)):
        return None
    cells = [_longer(cell, pairs[id(cell)]) if id(cell) in pairs else cell for cell in first.cells]
    below = [
        cell._replace(row=cell.row - 1) if cell.row > top else cell
        for cell in second.cells
        if cell.row != top
    ]
    return replace(first, cells=tuple(cells)), replace(second, cells=tuple(below))


def _is_full(cell: TextCell, width: float) -> bool:
    """Whether the text of a cell leaves no room for one more character beside it."""
    x0, top, x1, bottom = cell.box
    size = (bottom - top) / max(1, round((bottom - top) / LINE))
    return bool(cell.text) and x1 - x0 + size + PADDING > width


def _longer(cell: TextCell, rest: TextCell) -> TextCell:
    return cell._replace(
        rowspan=cell.rowspan + rest.rowspan - 1,
        text=joined([text for text in (cell.text, rest.text) if text]),
        doubtful=cell.doubtful or rest.doubtful,
    )


def _column(edges: Sequence[float], edge: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - edge))


def _split_figures(first: PageTable, second: PageTable, top: int) -> set[int]:
    """Identities of the cells whose number may be one that the page break cut in two.

    A number too long for its column is set on two lines, and a row may break between them. What
    goes on has no label, or the rest of one; its figures before the break fill their columns.
    """
    last = first.rows
    above = {
        cell.column: cell
        for cell in first.cells
        if cell.row + cell.rowspan == last and cell.text[-1:].isdecimal()
    }
    head = [cell for cell in second.cells if cell.row == top]
    if any(_ENUMERATED.match(cell.text) for cell in head):
        return set()
    labelled = any(cell.text and not cell.text.isdecimal() for cell in head)
    unsure: set[int] = set()
    for cell in head:
        before = above.get(_column(first.xs, second.xs[cell.column]))
        if before is not None and cell.text[:1].isdecimal():
            width = first.xs[before.column + before.colspan] - first.xs[before.column]
            used = before.box[2] - before.box[0]
            full = used + 3 * used / len(before.text) > width
            if full or not labelled:
                unsure |= {id(before), id(cell)}
    return unsure


def _cell(
    cell: TextCell, offset: int, columns: Sequence[int], position: Position, doubtful: bool
) -> Cell:
    first, last = columns[cell.column], columns[cell.column + cell.colspan]
    return Cell(
        row=cell.row + offset,
        column=first,
        text=cell.text,
        position=position,
        rowspan=cell.rowspan,
        colspan=last - first,
        doubtful=doubtful,
    )


def _repeated_rows(first: PageTable, part: PageTable) -> int:
    """How many rows at the top of ``part`` repeat those at the top of ``first``.

    Rows with figures are no heading, and a repetition ends where all its cells end.
    """
    repeated = 0
    for row in range(min(first.rows, part.rows) - 1):
        own, others = _row(part, row), _row(first, row)
        if own != others or any(cell[-1].isdecimal() for cell in own):
            break
        if all(cell.row + cell.rowspan <= row + 1 for cell in part.cells if cell.row <= row):
            repeated = row + 1
    return repeated


def _row(part: PageTable, row: int) -> list[tuple[int, int, int, str]]:
    return [
        (cell.column, cell.rowspan, cell.colspan, cell.text)
        for cell in part.cells
        if cell.row == row
    ]
