"""Page numbers and running titles: what belongs to the page and not to the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from extract.tables.cells import inside
from extract.tables.grid import Grid
from extract.tables.lines import TextLine, lines
from extract.tables.marks import Char, PageMarks

MARGIN = 0.12
"""Part of the page height at the top and bottom where page numbers and running titles stand."""

_DASH = r"[-‐‑‒–—―－─﹣~～·•]+"
_PAGE_NUMBER = re.compile(
    rf"(?P<marked>{_DASH}\s*(\d{{1,3}})\s*{_DASH}"
    r"|第\s*(\d{1,3})\s*页(?:\s*[,，/／]?\s*共\s*(?P<all>\d{1,3})\s*页)?)"
    r"|(\d{1,3})\s*[/／]\s*(?P<of>\d{1,3})"
    r"|(\d{1,3})"
)
_YEAR = re.compile(r"20\d\d")
_SAME_HEIGHT = 3.0
"""Points by which page numbers of one document stand higher or lower."""
_SPACE_AND_DIGITS = re.compile(r"\s+|\d+")


class _Number(NamedTuple):
    """What looks like the number of a page: place of the page in the file, line, number, how many pages there are."""

    place: int
    line: TextLine
    number: int
    total: int | None
    bare: bool

    @property
    def offset(self) -> int:
        return self.number - self.place


@dataclass(frozen=True, slots=True)
class Furniture:
    """Of the pages (upright): the characters that are page numbers and running titles, page by page, and the
    numbers of those pages that by them may belong to another document."""

    chars: list[set[Char]]
    strange: tuple[int, ...]


def furniture(pages: Sequence[PageMarks], grids: Sequence[Sequence[Grid]]) -> Furniture:
    """Page numbers and running titles.

    A page number counts on from page to page; a bare number that does not, or that stands inside a
    table, is text. A running title stands on most pages outside of tables.
    """
    outermost = [_outermost(page) for page in pages]
    numbers: list[_Number] = []
    titles: list[tuple[int, TextLine, str]] = []
    for index, (outer, drawn) in enumerate(zip(outermost, grids, strict=True)):
        for line in outer:
            cells = _cells_touched(line, drawn)
            match = _PAGE_NUMBER.fullmatch(line.text)
            if match and (cells == 0 or (cells == 1 and match["marked"])):
                number = int(next(filter(None, match.groups()[1:])))
                total = match["all"] or match["of"]
                numbers.append(
                    _Number(
                        index,
                        line,
                        number,
                        int(total) if total else None,
                        bare=match["marked"] is None,
                    )
                )
            elif cells == 0:
                titles.append((index, line, _SPACE_AND_DIGITS.sub("", line.text)))
    removed: list[set[Char]] = [set() for _ in pages]
    offsets = Counter(number.offset for number in numbers)
    for found in numbers:
        offset = found.offset
        if offsets[offset] > 1 or (offset == 1 and not found.bare) or len(pages) == 1 == offset:
            removed[found.place].update(found.line.chars)
    count = Counter(text for _, text in {(index, text) for index, _, text in titles})
    years: dict[int, str] = {}
    for index, line, text in titles:
        if text and count[text] >= max(2, 0.6 * len(pages)):
            removed[index].update(line.chars)
            if year := _YEAR.search(line.text):
                years[index] = year[0]
    totals = {found.place: found.total for found in numbers if found.total}
    strange = _out_of_line(numbers) | _unlike_most(years) | _unlike_most(totals)
    return Furniture(removed, tuple(pages[index].number for index in sorted(strange)))


def _unlike_most(found: Mapping[int, object]) -> set[int]:
    """The pages of which something else is said than of most."""
    if not found:
        return set()
    ((usual, _),) = Counter(found.values()).most_common(1)
    return {index for index, said in found.items() if said != usual}


def _out_of_line(numbers: Sequence[_Number]) -> set[int]:
    """The pages whose numbers do not go on with those before them.

    A number between two that belong together is another document's, and so may be both of two that do not
    count up. Numbers that start over are those of an annex.
    """
    if len(numbers) < 3:
        return set()
    height = median(number.line.box[1] for number in numbers)
    placed = [
        number
        for number in numbers
        if not number.bare or abs(number.line.box[1] - height) < _SAME_HEIGHT
    ]
    ((usual, times),) = Counter(number.offset for number in placed).most_common(1) or [(0, 0)]
    own = [number.place for number in placed if number.offset == usual]
    between = {
        number.place
        for number in placed
        if times > 1 and number.offset != usual and own[0] < number.place < own[-1]
    } - set(own)
    rest = [number for number in placed if number.place not in between]
    for before, after in pairwise(rest):
        if before.place < after.place and 1 != after.number <= before.number:
            between |= {before.place, after.place}
    return between


def _outermost(page: PageMarks) -> list[TextLine]:
    """The two lines nearest to the top and bottom edge, within the margins."""
    top, bottom = MARGIN * page.height, (1 - MARGIN) * page.height
    above = lines([c for c in page.chars if c[4] < top and c.turn == 0])
    below = lines([c for c in page.chars if c[2] > bottom and c.turn == 0])
    return above[:2] + below[-2:]


def _cells_touched(line: TextLine, drawn: Sequence[Grid]) -> int:
    """How many cells of tables the line stands in."""
    inked = [char for char in line.chars if not char.text.isspace()]
    _, top, _, bottom = line.box
    return sum(
        bool(inside(inked, grid.cell_box(cell)))
        for grid in drawn
        if inside(inked, grid.box)
        for cell in grid.cells
        if grid.ys[cell.row] <= bottom and top <= grid.ys[cell.row + cell.rowspan]
    )
