"""From marks on pages to blocks: geometry shared by every format that only places ink.

A reader (PDF, OFD, a scan) hands over :class:`PageMarks`: characters with boxes and ruling lines, all
in points from the top left of the page as it is shown. :func:`read_pages` returns what a
:class:`~extract.document.Document` needs: paragraphs and tables in reading order, tables joined over
page breaks, page numbers and running titles removed, and the doubts.

    rulings ─► merged lines ─► connected components ─► grid of merged cells   (marks, grid)
    characters ─► lines ─► text and box of each cell, paragraphs               (lines, cells, paragraphs)
    lines outside every grid that stand in columns ─► unruled tables           (aligned)
    page numbers and running titles out, pages joined, blocks in order         (margins, joining, pages)

What a reader does::

    marks = PageMarks(number=1, width=595.0, height=842.0, chars=[...], rulings=[...])
    layout = read_pages([marks, ...])
    Document(media_type, layout.blocks, pages=..., doubts=layout.doubts)

``chars`` are :class:`Char` (text, box, quarter turns clockwise, doubtful). ``rulings`` come from
:func:`painted`, for a path as a list of :class:`Outline`, or from :func:`segment` (a stroked straight
line) and :func:`rectangle` (a filled or outlined rectangle); all return no ruling for what is not a
line. Everything is a pure function of its arguments.
"""

from extract.tables.cells import inside
from extract.tables.marks import (
    THICKEST,
    UNSEEN,
    Char,
    PageMarks,
    Ruling,
    rectangle,
    segment,
)
from extract.tables.pages import Layout, read_pages
from extract.tables.paths import Outline, painted

__all__ = [
    "THICKEST",
    "UNSEEN",
    "Char",
    "Layout",
    "Outline",
    "PageMarks",
    "Ruling",
    "inside",
    "painted",
    "read_pages",
    "rectangle",
    "segment",
]
