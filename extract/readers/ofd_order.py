"""A second reading of OFD files: texts in the order of the file, without lines and grids.

Programs write a table row by row. Characters that follow each other closely are one text, and so are
words that go on below; what a file writes in another order confirms nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extract.document import Document
from extract.forms.values import looks_like_value
from extract.readers.ofd import read_marks
from extract.readers.tokens import table_of
from extract.sniff import OFD
from extract.tables import Char

_GAP = 0.6
"""Parts of the height of a character that the next may be away."""
_LEADING = 2.2
"""Heights of a character from one line to the next in a cell."""


def read_ofd_order(data: bytes) -> Document:
    """The tables of a document as unaligned rows, without paragraphs; raises as ``read_ofd`` does."""
    pages = read_marks(data).pages
    return Document(OFD, table_of(t.text for page in pages for t in _cells(_texts(page.chars))))


@dataclass(slots=True)
class _Text:
    """A text and the box of its last line."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float

    def goes_on_with(self, char: Char) -> bool:
        height = self.bottom - self.top
        beside = abs(char.top - self.top) < height / 2
        return beside and -height < char.x0 - self.x1 < _GAP * height

    def goes_on_below_with(self, other: _Text) -> bool:
        height = other.bottom - other.top
        below = 0 < other.top - self.top < _LEADING * height
        return below and other.x0 < self.x1 and self.x0 < other.x1


def _texts(chars: Iterable[Char]) -> Iterator[_Text]:
    open_text: _Text | None = None
    for char in chars:
        if open_text is not None and open_text.goes_on_with(char):
            open_text.text += char.text
            open_text.x1 = max(open_text.x1, char.x1)
            continue
        if open_text is not None:
            yield open_text
        open_text = _Text(char.text, char.x0, char.top, char.x1, char.bottom)
    if open_text is not None:
        yield open_text


def _cells(texts: Iterable[_Text]) -> Iterator[_Text]:
    open_cell: _Text | None = None
    for text in texts:
        text.text = text.text.strip()
        if not text.text:
            continue
        if (
            open_cell is not None
            and not looks_like_value(open_cell.text)
            and not looks_like_value(text.text)
            and open_cell.goes_on_below_with(text)
        ):
            text.text = open_cell.text + text.text
        elif open_cell is not None:
            yield open_cell
        open_cell = text
    if open_cell is not None:
        yield open_cell
