"""Characters into the cells of a grid: text, box and doubt of every cell."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from extract.characters import SMALLER
from extract.document import BBox
from extract.errors import LimitExceeded
from extract.tables.grid import Grid, GridCell
from extract.tables.lines import TextLine, box_of, joined, lines
from extract.tables.marks import Char

OVERHANG = 0.15
"""A character that reaches over a border by more than this part of its width stands in two cells."""
TOUCHING = 0.5
"""Digits nearer than this, in points, are one number; between cells there is padding."""
WRAPPED = 0.6
"""Lines of one cell are set no further apart than this part of the type's size."""
_HIGHER = 0.12
"""The middles of digits of one number differ by less than this part of their height."""


_OVER = 0.3
"""Digits of one number overlap by less than this part of their width; what was corrected stands over the old."""


class TextCell(NamedTuple):
    """A cell with its text; ``box`` is that of the text, or of the cell where it is empty."""

    row: int
    column: int
    rowspan: int
    colspan: int
    text: str
    box: BBox
    doubtful: bool


@dataclass(frozen=True, slots=True)
class PageTable:
    """The part of a table that stands on one page. ``ruled`` tells whether lines draw it."""

    page: int
    box: BBox
    xs: tuple[float, ...]
    cells: tuple[TextCell, ...]
    ruled: bool = True
    aligned: bool = True

    @property
    def rows(self) -> int:
        """Number of rows."""
        return max(cell.row + cell.rowspan for cell in self.cells)


MOST_PAIRS = 10_000_000
"""Pairs of digits that end in the same place and are compared; a full page has a hundred thousand."""


def inside(chars: Iterable[Char], box: BBox) -> list[Char]:
    """The characters of which the middle is in the box."""
    # Twice the middle is compared: this runs for every character and table of a document.
    left, top, right, bottom = (2 * edge for edge in box)
    return [c for c in chars if left <= c[1] + c[3] <= right and top <= c[2] + c[4] <= bottom]


def place(grid: Grid, chars: Iterable[Char]) -> list[tuple[GridCell, list[Char]]]:
    """Every cell with its characters, by their middles; each character must be inside the grid."""
    placed: list[tuple[GridCell, list[Char]]] = [(cell, []) for cell in grid.cells]
    owner = {
        (row, column): own
        for cell, own in placed
        for row in range(cell.row, cell.row + cell.rowspan)
        for column in range(cell.column, cell.column + cell.colspan)
    }
    xs, ys = grid.xs, grid.ys
    # What stands on the last edge stands in the last interval.
    last_row, last_column = len(ys) - 1, len(xs) - 1
    for char in chars:
        row = bisect_right(ys, (char[2] + char[4]) / 2, 0, last_row) - 1
        column = bisect_right(xs, (char[1] + char[3]) / 2, 0, last_column) - 1
        owner[row, column].append(char)
    return placed


def fill(grid: Grid, chars: Iterable[Char], page: int) -> PageTable:
    """The table that a grid and the characters inside it make."""
    placed = place(grid, chars)
    boxes = [grid.cell_box(cell) for cell, _ in placed]
    texts = [cell_text(own, box[2] - box[0]) for (_, own), box in zip(placed, boxes, strict=True)]
    inked = [
        box_of(own) if text else None for (_, own), (text, _) in zip(placed, texts, strict=True)
    ]
    doubtful = _overflowing(placed, boxes, inked)
    cells = [
        TextCell(
            cell.row,
            cell.column,
            cell.rowspan,
            cell.colspan,
            text,
            ink or box,
            unsure or cell in doubtful or (cell.ragged and bool(text)),
        )
        for (cell, _), box, (text, unsure), ink in zip(placed, boxes, texts, inked, strict=True)
    ]
    return PageTable(page, grid.box, grid.xs, tuple(cells))


def cell_text(chars: Sequence[Char], width: float) -> tuple[str, bool]:
    """The text of a cell ``width`` points wide and whether it is doubtful.

    Two numbers must never become one. Digits parted by a gap, by a line break or turned against the
    page may be two numbers between which a border was lost: they are doubtful, and they keep the
    space or line break. Only a number whose first line is full, with the next line right below, is
    one number in a narrow column. A digit that is smaller than its neighbour or stands higher is the
    mark of a note, and one that stands over its neighbour corrects it: both make the number doubtful.
    """
    if len(chars) == 1:
        # Most cells of a report hold one digit.
        char = chars[0]
        text = "" if char.text.isspace() else char.text
        return text, bool(char.doubtful or (char.turn and text.isdecimal()))
    parts = lines(chars)
    doubtful = any(char[6] or (char[5] and char[0].isdecimal()) for char in chars)
    text = ""
    for before, line in zip([None, *parts], parts, strict=False):
        if before is not None and text[-1:].isdecimal() and line.text[:1].isdecimal():
            wrapped = _is_full(before, width) and line.box[1] - before.box[3] < WRAPPED * line.em
            doubtful = doubtful or not wrapped
            text += line.text if wrapped else "\n" + line.text
        else:
            text = joined((text, line.text)) if text else line.text
        doubtful = doubtful or _has_parted_digits(line.text) or _has_mark(line)
    return text, doubtful


def _is_within(inner: BBox, outer: BBox) -> bool:
    return (
        outer[0] <= inner[0]
        and inner[2] <= outer[2]
        and outer[1] <= inner[1]
        and inner[3] <= outer[3]
    )


def _is_full(line: TextLine, width: float) -> bool:
    """Whether one more character would not fit: twice its width is left for padding."""
    x0, _, x1, _ = line.box
    last = line.chars[-1]
    return x1 - x0 + 3 * (last.x1 - last.x0) > width


def _has_mark(line: TextLine) -> bool:
    """Whether a digit differs from the one beside it in size or height, or was printed over it."""
    digits = [c for c in line.chars if c[0].isdecimal()]
    return any(map(_differ, digits, digits[1:]))


def _differ(one: Char, other: Char) -> bool:
    _, left, top, right, bottom, _, _ = one
    _, x0, upper, x1, lower, _, _ = other
    height = max(bottom - top, lower - upper)
    return (
        abs(bottom - top - lower + upper) > SMALLER * height
        or abs(top + bottom - upper - lower) > 2 * _HIGHER * height
        or right - x0 > _OVER * min(right - left, x1 - x0)
    )


def _has_parted_digits(text: str) -> bool:
    words = text.split(" ")
    return len(words) > 1 and any(
        one[-1:].isdecimal() and other[:1].isdecimal() for one, other in pairwise(words)
    )


def _overflowing(
    placed: Sequence[tuple[GridCell, list[Char]]],
    boxes: Iterable[BBox],
    inked: Iterable[BBox | None],
) -> set[GridCell]:
    """Cells whose text runs over a border, and the cells it runs into.

    ``boxes`` are those of the cells, ``inked`` those of their texts.
    """
    doubtful: set[GridCell] = set()
    padded = True
    for (cell, chars), box, ink in zip(placed, boxes, inked, strict=True):
        if ink is None:
            continue
        x0, top, x1, bottom = box
        padded = padded and x0 + TOUCHING / 2 <= ink[0] and ink[2] <= x1 - TOUCHING / 2
        for text, left, upper, right, lower, _, _ in () if _is_within(ink, box) else chars:
            aside = OVERHANG * (right - left)
            above = (lower - upper) / 4
            over = left < x0 - aside or right > x1 + aside
            if (over or upper + above < top or lower - above > bottom) and not text.isspace():
                doubtful.add(cell)
    return doubtful if padded else doubtful | _touching(placed)


def _touching(placed: Iterable[tuple[GridCell, list[Char]]]) -> set[GridCell]:
    """Cells of which digits may be one number, because there is nothing between them but a border."""
    doubtful: set[GridCell] = set()
    digits = [(char, cell) for cell, chars in placed for char in chars if char[0].isdecimal()]
    if sum(n * n for n in Counter(int(char.x1) for char, _ in digits).values()) > MOST_PAIRS:
        raise LimitExceeded("a page of the document has thousands of digits on top of each other")
    digits.sort(key=lambda item: item[0].x0)
    by_end: dict[int, list[tuple[Char, GridCell]]] = {}
    for char, cell in digits:
        for end in range(int(char.x0) - 1, int(char.x0) + 2):
            for other, neighbour in by_end.get(end, ()):
                if (
                    neighbour != cell
                    and abs(char.x0 - other.x1) < TOUCHING
                    and abs(char.top - other.top) < (char.bottom - char.top) / 4
                ):
                    doubtful |= {cell, neighbour}
        by_end.setdefault(int(char.x1), []).append((char, cell))
    return doubtful
