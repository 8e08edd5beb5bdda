"""Page numbers and running titles: what belongs to the page and not to the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from extract.tables.cells import inside
from extract.tables.grid import Grid
from extract.tables.lines import TextLine, lines
from extract.tables.marks import Char, PageMarks

MARGIN = 0.12
"""Part of the page height at the top and bottom where page numbers and running titles stand."""

_DASH = r"[-‐‑‒–—―－─﹣~～·•]+"
_PAGE_NUMBER = re.compile(
    rf"(?P<marked>{_DASH}\s*(\d{{1,3}})\s*{_DASH}"
    r"|第\s*(\d{1,3})\s*页(?:\s*[,，/／]?\s*共\s*\d{1,3}\s*页)?)"
    r"|(\d{1,3})\s*[/／]\s*\d{1,3}"
    r"|(\d{1,3})"
)
_SPACE_AND_DIGITS = re.compile(r"\s+|\d+")


def furniture(pages: Sequence[PageMarks], grids: Sequence[Sequence[Grid]]) -> list[set[Char]]:
    """For each page (upright) the characters that are page numbers and running titles.

    A page number counts on from page to page; a bare number that does not, or that stands inside a
    table, is text. A running title stands on most pages outside of tables.
    """
    outermost = [_outermost(page) for page in pages]
    numbers: list[tuple[int, TextLine, int, bool]] = []
    titles: list[tuple[int, TextLine, str]] = []
    for index, (found, drawn) in enumerate(zip(outermost, grids, strict=True)):
        for line in found:
            cells = _cells_touched(line, drawn)
            match = _PAGE_NUMBER.fullmatch(line.text)
            if match and (cells == 0 or (cells == 1 and match["marked"])):
                number = int(next(filter(None, match.groups()[1:])))
                numbers.append((index, line, number - index, match["marked"] is None))
            elif cells == 0:
                titles.append((index, line, _SPACE_AND_DIGITS.sub("", line.text)))
    removed: list[set[Char]] = [set() for _ in pages]
    offsets = Counter(offset for _, _, offset, _ in numbers)
    for index, line, offset, bare in numbers:
        if offsets[offset] > 1 or (offset == 1 and not bare) or len(pages) == 1 == offset:
            removed[index].update(line.chars)
    count = Counter(text for _, text in {(index, text) for index, _, text in titles})
    for index, line, text in titles:
        if text and count[text] >= max(2, 0.6 * len(pages)):
            removed[index].update(line.chars)
    return removed


def _outermost(page: PageMarks) -> list[TextLine]:
    """The two lines nearest to the top and bottom edge, within the margins."""
    top, bottom = MARGIN * page.height, (1 - MARGIN) * page.height
    outer = [c for c in page.chars if (c.bottom < top or c.top > bottom) and c.turn == 0]
    above = lines(c for c in outer if c.bottom < top)
    below = lines(c for c in outer if c.top > bottom)
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
