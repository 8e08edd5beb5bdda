"""Marks on pages to blocks in reading order: the whole way, page by page, then over the breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from extract.document import BBox, Block, Paragraph, Position
from extract.tables.aligned import unruled
from extract.tables.cells import PageTable, fill, inside
from extract.tables.grid import Grid, TooManyLines, grids
from extract.tables.joining import continues, join, mend, overflow
from extract.tables.lines import lines
from extract.tables.margins import furniture
from extract.tables.marks import UNSEEN, Char, PageMarks, turn_box, union, upright
from extract.tables.paragraphs import Measure, PlacedLine, measure, paragraphs
from extract.tables.struck import struck_out, with_asides


@dataclass(frozen=True, slots=True)
class Layout:
    """Blocks in reading order and sentences about what could not be read with certainty.

    ``strange`` are the pages that by their numbers and running titles may belong to another document.
    """

    blocks: tuple[Block, ...]
    doubts: tuple[str, ...]
    strange: tuple[int, ...] = ()


def read_pages(pages: Iterable[PageMarks]) -> Layout:
    """Paragraphs and tables of consecutive pages; boxes are on the pages as shown."""
    turned = [upright(_near(page)) for page in pages]
    marks = [page for page, _ in turned]
    doubts: list[str] = []
    drawn = [_grids(page, doubts) for page in marks]
    items: list[PlacedLine | PageTable] = []
    measures: dict[int, Measure] = {}
    margins = furniture(marks, drawn)
    for page, found, gone in zip(marks, drawn, margins.chars, strict=True):
        chars = _without(page.chars, gone) if gone else page.chars
        chars = struck_out(chars, page.rulings, found)
        tables, placed = _page_items(page.number, found, chars)
        if placed:
            measures[page.number] = measure([item.line for item in placed])
        items += sorted([*tables, *placed], key=_top)
        unsure = sum(cell.doubtful for table in tables for cell in table.cells)
        if unsure:
            doubts.append(f"page {page.number}: the text of {unsure} table cells is not certain")
    items = _with_overflow(items)
    view = _View({page.number: (page, turns) for page, turns in turned})
    return Layout(tuple(_blocks(items, measures, view)), tuple(doubts), margins.strange)


def _without(chars: Iterable[Char], gone: set[Char]) -> list[Char]:
    # Where a character stands is told faster than which one it is.
    tops = {char.top for char in gone}
    return [char for char in chars if char[2] not in tops or char not in gone]


@dataclass(frozen=True, slots=True)
class _View:
    """The way back from pages turned upright to pages as shown."""

    pages: dict[int, tuple[PageMarks, int]]

    def box(self, number: int, box: BBox) -> BBox:
        page, turns = self.pages[number]
        return turn_box(box, -turns, page.width, page.height)


def _top(item: PlacedLine | PageTable) -> float:
    return item.box[1] if isinstance(item, PageTable) else item.line.box[1]


def _grids(page: PageMarks, doubts: list[str]) -> list[Grid]:
    try:
        return grids(page.rulings)
    except TooManyLines:
        doubts.append(f"page {page.number} holds a drawing; its lines were not read as a table")
        return []


def _near(page: PageMarks) -> PageMarks:
    """The page without marks far off it; a file can place marks at any number or at none."""
    left, right, above, below = -page.width, 2 * page.width, -page.height, 2 * page.height
    chars = [
        c for c in page.chars if left <= c[1] <= c[3] <= right and above <= c[2] <= c[4] <= below
    ]
    rulings = [
        r for r in page.rulings if left <= r[0] <= r[2] <= right and above <= r[1] <= r[3] <= below
    ]
    return replace(page, chars=chars, rulings=rulings)


def _page_items(
    number: int, found: Sequence[Grid], chars: Sequence[Char]
) -> tuple[list[PageTable], list[PlacedLine]]:
    """The tables of a page and the lines outside of them; inner tables take their text first.

    A grid without any text is a drawing.
    """
    tables = []
    for grid in sorted(found, key=_area):
        own = inside(chars, grid.box)
        if any(not char.text.isspace() for char in own):
            tables.append(fill(grid, own, number))
            taken = set(map(id, own))
            chars = [char for char in chars if id(char) not in taken]
    rest = lines(chars)
    for own_lines, table in unruled(rest, number):
        tables.append(table)
        tabular = set(map(id, own_lines))
        rest = [line for line in rest if id(line) not in tabular]
    if UNSEEN in map(itemgetter(6), chars) and not _is_text_layer(chars):
        rest = [with_asides(line) for line in rest]
    return tables, [PlacedLine(number, line) for line in rest]


def _is_text_layer(chars: Sequence[Char]) -> bool:
    """Whether most of a page is not painted, letters and all: the text that goes with a scan."""
    letters = sum(char.doubtful == UNSEEN and not char.text.isdecimal() for char in chars)
    return 2 * letters > len(chars)


def _area(grid: Grid) -> float:
    x0, top, x1, bottom = grid.box
    return (x1 - x0) * (bottom - top)


def _blocks(
    items: Sequence[PlacedLine | PageTable], measures: dict[int, Measure], view: _View
) -> Iterator[Block]:
    for is_table, run in groupby(items, key=lambda item: isinstance(item, PageTable)):
        if is_table:
            for cut in _joined([item for item in run if isinstance(item, PageTable)]):
                parts = mend(cut)
                yield join(
                    parts, [[view.box(part.page, c.box) for c in part.cells] for part in parts]
                )
        else:
            placed = [item for item in run if isinstance(item, PlacedLine)]
            for text, group in paragraphs(placed, measures):
                page = group[0].page
                box = union([item.line.box for item in group if item.page == page])
                yield Paragraph(text, Position(page, view.box(page, box)))


def _with_overflow(items: Sequence[PlacedLine | PageTable]) -> list[PlacedLine | PageTable]:
    """Lines between two parts of a table that ran out of the first part go back into it."""
    result: list[PlacedLine | PageTable] = []
    for item in items:
        if isinstance(item, PageTable):
            tail = len(result)
            while tail and isinstance(result[tail - 1], PlacedLine):
                tail -= 1
            before = result[tail - 1] if tail else None
            run = [line for line in result[tail:] if isinstance(line, PlacedLine)]
            if isinstance(before, PageTable) and run and continues(before, item):
                whole = _absorb(before, run)
                if whole is not None:
                    result[tail - 1 :] = [whole]
        result.append(item)
    return result


def _absorb(table: PageTable, run: Sequence[PlacedLine]) -> PageTable | None:
    longer: PageTable | None = table
    for placed in run:
        for field in placed.line.fields(placed.line.em):
            if longer is None or placed.page != table.page:
                return None
            longer = overflow(longer, field)
    return longer


def _joined(tables: Sequence[PageTable]) -> Iterator[list[PageTable]]:
    """Neighbouring tables, those that continue each other over a page break together."""
    parts: list[PageTable] = []
    for table in tables:
        if parts and not continues(parts[-1], table):
            yield parts
            parts = []
        parts.append(table)
    if parts:
        yield parts
