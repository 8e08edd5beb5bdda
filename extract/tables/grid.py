"""Ruling lines to grids: merged lines, connected components, rectangles without a line between.

No threshold here depends on a document: all are in points, below the size of the smallest text a
person can read and above the offsets at which programs draw the borders of neighbouring cells.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from extract.document import BBox
from extract.tables.marks import Ruling

SNAP = 3.0
"""Lines nearer than this are one: cells draw their own borders side by side."""
COVERED = 0.75
"""Part of a cell's side that must be drawn for it to separate; less is an underline."""
SHORTEST = 5.0
"""What remains shorter than this after merging is no border."""
MOST_LINES = 4000
"""Merged lines a page may hold; a page with more is a drawing (a map, a chart)."""
MOST_RECTANGLES = 40_000
"""Elementary rectangles a grid may hold."""


class Line(NamedTuple):
    """A merged ruling: ``at`` its position across, from ``start`` to ``end`` along."""

    at: float
    start: float
    end: float


class GridCell(NamedTuple):
    """A cell of a grid. ``ragged`` cells are parts of a region that is no rectangle."""

    row: int
    column: int
    rowspan: int
    colspan: int
    ragged: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns lie between neighbouring ``xs``, rows between neighbouring ``ys``."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[GridCell, ...]

    @property
    def box(self) -> BBox:
        """The box around the grid."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def cell_box(self, cell: GridCell) -> BBox:
        """The box of one cell."""
        return (
            self.xs[cell.column],
            self.ys[cell.row],
            self.xs[cell.column + cell.colspan],
            self.ys[cell.row + cell.rowspan],
        )


class TooManyLines(Exception):
    """A page with more lines than any table has."""


def grids(rulings: Iterable[Ruling]) -> list[Grid]:
    """The grids that the rulings of one page draw, from top to bottom.

    A frame around text is no grid: a grid has at least two cells. An outer border that is not drawn
    is added. Raises :class:`TooManyLines` for a drawing.
    """
    horizontal: list[Line] = []
    vertical: list[Line] = []
    for x0, top, x1, bottom in rulings:
        if top == bottom:
            horizontal.append(Line(top, x0, x1))
        if x0 == x1:
            vertical.append(Line(x0, top, bottom))
    horizontal, vertical = merge(horizontal), merge(vertical)
    found = (_grid(h, v) for h, v in components(horizontal, vertical))
    return sorted((g for g in found if g is not None), key=lambda g: (g.ys[0], g.xs[0]))


def merge(lines: Iterable[Line]) -> list[Line]:
    """Pieces of one line, touching or overlapping, as one; pieces that stay short are dropped."""
    merged: list[Line] = []
    for at, group in _clusters(sorted(lines), tolerance=1.0):
        start = end = -float("inf")
        for piece in sorted(group, key=lambda line: line.start):
            if piece.start > end + SNAP:
                if end - start >= SHORTEST:
                    merged.append(Line(at, start, end))
                start, end = piece.start, piece.end
            else:
                end = max(end, piece.end)
        if end - start >= SHORTEST:
            merged.append(Line(at, start, end))
        if len(merged) > MOST_LINES:
            raise TooManyLines
    return merged


def _clusters(lines: Sequence[Line], tolerance: float) -> Iterable[tuple[float, list[Line]]]:
    """Sorted lines in groups no wider than the tolerance, each with its middle position."""
    group: list[Line] = []
    for line in lines:
        if group and line.at - group[0].at > tolerance:
            yield (group[0].at + group[-1].at) / 2, group
            group = []
        group.append(line)
    if group:
        yield (group[0].at + group[-1].at) / 2, group


def components(
    horizontal: Sequence[Line], vertical: Sequence[Line]
) -> list[tuple[list[Line], list[Line]]]:
    """Lines that cross or touch each other, in groups of horizontal and vertical ones."""
    across = sorted(vertical)
    positions = [line.at for line in across]
    parent = list(range(len(horizontal) + len(across)))
    for index, h in enumerate(horizontal):
        first = bisect_left(positions, h.start - SNAP)
        last = bisect_right(positions, h.end + SNAP)
        for other in range(first, last):
            v = across[other]
            if v.start - SNAP <= h.at <= v.end + SNAP:
                _join(parent, index, len(horizontal) + other)
    groups: dict[int, tuple[list[Line], list[Line]]] = {}
    for index, h in enumerate(horizontal):
        groups.setdefault(_root(parent, index), ([], []))[0].append(h)
    for index, v in enumerate(across, start=len(horizontal)):
        groups.setdefault(_root(parent, index), ([], []))[1].append(v)
    return [group for group in groups.values() if group[0] and group[1]]


def _root(parent: list[int], item: int) -> int:
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item


def _join(parent: list[int], one: int, other: int) -> None:
    parent[_root(parent, other)] = _root(parent, one)


def _grid(horizontal: Sequence[Line], vertical: Sequence[Line]) -> Grid | None:
    """The grid of one component, or None where it has fewer than two cells."""
    xs, ys = _around_one_border(horizontal, vertical) or (
        _edges(vertical, horizontal),
        _edges(horizontal, vertical),
    )
    if (len(xs) - 1) * (len(ys) - 1) > MOST_RECTANGLES:
        raise TooManyLines
    # below[r] are the columns in which a line is drawn at ys[r]; beside[c] the rows, at xs[c].
    below = _drawn(horizontal, ys, xs)
    beside = _drawn(vertical, xs, ys)
    drawn_ys, drawn_xs = _drawn_edges(ys, below), _drawn_edges(xs, beside)
    if (drawn_ys, drawn_xs) != (ys, xs):
        ys, xs = drawn_ys, drawn_xs
        below = _drawn(horizontal, ys, xs)
        beside = _drawn(vertical, xs, ys)
    cells = _regions(len(ys) - 1, len(xs) - 1, below, beside)
    return Grid(tuple(xs), tuple(ys), tuple(cells)) if len(cells) > 1 else None


def _around_one_border(
    horizontal: Sequence[Line], vertical: Sequence[Line]
) -> tuple[list[float], list[float]] | None:
    """The edges of the rows above and below the only border, which are as wide as it; None where there are more.

    So a page break leaves the first and last rows of a table that has no frame.
    """
    (border, *more), (first, *_) = horizontal, vertical
    across = [at for at, _ in _clusters(sorted(vertical), SNAP)]
    alike = all(
        abs(line.start - first.start) <= SNAP and abs(line.end - first.end) <= SNAP
        for line in vertical
    )
    if more or not (alike and border.start < across[0] - SNAP and across[-1] + SNAP < border.end):
        return None
    levels = [
        first.start,
        *([border.at] if first.start + SNAP < border.at < first.end - SNAP else []),
        first.end,
    ]
    return [border.start, *across, border.end], levels


def _edges(lines: Sequence[Line], crossing: Sequence[Line]) -> list[float]:
    """Positions of the lines, and where crossing lines end further out: a border that is not drawn.

    Either two of them end there together, or one that lies mostly inside; anything else is no part
    of the table but a rule above it or an underline.
    """
    edges = [at for at, _ in _clusters(sorted(lines), SNAP)]
    starts = sorted(line.start for line in crossing)
    ends = sorted((line.end for line in crossing), reverse=True)
    first, last = min([*_shared(starts), edges[0]]), max([*_shared(ends), edges[-1]])
    inner = [
        line
        for line in crossing
        if min(line.end, last) - max(line.start, first) + SNAP >= (line.end - line.start) / 2
    ]
    first = min([first, *(line.start for line in inner)])
    last = max([last, *(line.end for line in inner)])
    if first < edges[0] - SNAP:
        edges.insert(0, first)
    if last > edges[-1] + SNAP:
        edges.append(last)
    return edges


def _shared(ends: Sequence[float]) -> list[float]:
    """The outermost of sorted ends, if the next one is at the same place."""
    return [ends[0]] if len(ends) > 1 and abs(ends[0] - ends[1]) <= SNAP else []


def _nearest(edges: Sequence[float], at: float) -> int:
    index = bisect_left(edges, at)
    if index == len(edges) or (index and at - edges[index - 1] < edges[index] - at):
        return index - 1
    return index


def _drawn(
    lines: Sequence[Line], edges: Sequence[float], crossing: Sequence[float]
) -> list[set[int]]:
    """For each edge the intervals between crossing edges along which it is drawn."""
    length: list[dict[int, float]] = [{} for _ in edges]
    for line in lines:
        along = length[_nearest(edges, line.at)]
        first = max(bisect_right(crossing, line.start) - 1, 0)
        last = min(bisect_left(crossing, line.end), len(crossing) - 1)
        for interval in range(first, last):
            start, end = crossing[interval], crossing[interval + 1]
            part = min(end, line.end) - max(start, line.start)
            along[interval] = along.get(interval, 0.0) + part
    return [
        {
            interval
            for interval, part in along.items()
            if part >= COVERED * (crossing[interval + 1] - crossing[interval])
        }
        for along in length
    ]


def _drawn_edges(edges: Sequence[float], drawn: Sequence[set[int]]) -> list[float]:
    """The edges without inner ones that separate nothing, such as an underline."""
    last = len(edges) - 1
    return [edge for i, edge in enumerate(edges) if drawn[i] or i in (0, last)]


def _regions(
    rows: int, columns: int, below: Sequence[set[int]], beside: Sequence[set[int]]
) -> list[GridCell]:
    """Elementary rectangles joined where no line is drawn between them."""
    parent = list(range(rows * columns))
    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if column and row not in beside[column]:
                _join(parent, here - 1, here)
            if row and column not in below[row]:
                _join(parent, here - columns, here)
    regions: dict[int, list[tuple[int, int]]] = {}
    for here in range(rows * columns):
        regions.setdefault(_root(parent, here), []).append(divmod(here, columns))
    cells: list[GridCell] = []
    for region in regions.values():
        if len(region) == 1:
            cells.append(GridCell(*region[0], 1, 1))
            continue
        top, bottom = region[0][0], region[-1][0] + 1
        left = min(column for _, column in region)
        right = max(column for _, column in region) + 1
        if len(region) == (bottom - top) * (right - left):
            cells.append(GridCell(top, left, bottom - top, right - left))
        else:
            cells += _pieces(region)
    return sorted(cells, key=lambda cell: (cell.row, cell.column))


def _pieces(region: Sequence[tuple[int, int]]) -> Iterable[GridCell]:
    """A region that is no rectangle, cut along its rows; a broken border makes such regions."""
    run: list[tuple[int, int]] = []
    for row, column in region:
        if run and (row, column) != (run[-1][0], run[-1][1] + 1):
            yield GridCell(run[0][0], run[0][1], 1, len(run), ragged=True)
            run = []
        run.append((row, column))
    yield GridCell(run[0][0], run[0][1], 1, len(run), ragged=True)
