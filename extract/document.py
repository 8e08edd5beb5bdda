"""What every reader yields: a :class:`Document` of blocks in reading order.

Readers know nothing of reports. They keep what the file says: a table is a set of cells with their
spans, and a merged cell is one cell, never its value repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a document besides its bytes; only hints, the content decides.

    ``content_type`` is the header the server sent, ``link_text`` the text of the link to it.
    """

    file: str = ""
    url: str | None = None
    content_type: str | None = None
    link_text: str | None = None


BBox = tuple[float, float, float, float]
"""``(x0, top, x1, bottom)`` in points from the top left of the page as it is shown."""


class Position(NamedTuple):
    """Where something stands: page (from 1) and box in a paged document, a path elsewhere."""

    page: int | None = None
    bbox: BBox | None = None
    path: str | None = None


class Cell(NamedTuple):
    """One cell of a table; ``row`` and ``column`` count from 0 in the grid of the whole table.

    ``position`` is where the text of the cell stands (for an empty cell: the cell itself).
    ``doubtful`` marks text whose characters the reader could not be sure of, such as a glyph
    without a Unicode mapping.
    """

    row: int
    column: int
    text: str
    position: Position
    rowspan: int = 1
    colspan: int = 1
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a set of cells.

    ``aligned`` tells whether ``column`` can be trusted: True where the file has a real grid (HTML,
    Word, ruled PDF), False for text, where a row is only a sequence of fields and merged or lost
    cells move its numbers to the left or right.
    """

    cells: tuple[Cell, ...]
    aligned: bool = True

    def rows(self) -> list[list[Cell]]:
        """Cells by the row they start in, each row from left to right."""
        grid: dict[int, list[Cell]] = {}
        for cell in self.cells:
            grid.setdefault(cell.row, []).append(cell)
        return [sorted(grid[row], key=lambda cell: cell.column) for row in sorted(grid)]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or heading; lines that only wrap are joined by the reader."""

    text: str
    position: Position


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Embedded:
    """The file of a picture that stands in a document before the block number ``at`` (from 0)."""

    at: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read: ``blocks`` in reading order.

    ``metadata`` holds what the file says of itself (HTML ``<title>`` as ``title`` and the national
    meta tags by their names, such as ``ArticleTitle``, ``PubDate``, ``SiteIDCode``; PDF and Word
    properties as ``title``, ``author``, ``created``). ``doubts`` are sentences about what the reader
    could not read with certainty. ``pages`` is None where there are no pages. ``pictures`` tells that
    pages or tables are pictures in which nothing was read, ``recognised`` that such were read by
    recognising their characters, which proves less than reading what a file says. ``embedded`` are the
    pictures, in reading order, that may show the tables of a document without any. ``strange_pages`` are
    those that by their page numbers and running titles may belong to another document.
    """

    media_type: str
    blocks: tuple[Block, ...]
    pages: int | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    pictures: bool = False
    recognised: bool = False
    embedded: tuple[Embedded, ...] = ()
    strange_pages: tuple[int, ...] = ()

    def tables(self) -> Iterator[Table]:
        """The tables in reading order."""
        return (block for block in self.blocks if isinstance(block, Table))

    def text(self) -> str:
        """The paragraphs, one a line, without the tables."""
        return "\n".join(b.text for b in self.blocks if isinstance(b, Paragraph))
