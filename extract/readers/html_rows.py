"""A second, independent reading of web pages, on the parser of the standard library.

It knows nothing of grids and spans: a row is the sequence of its cells. What both readings say of a
row is what the page says.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from extract.document import Cell, Document, Position, Table
from extract.errors import LimitExceeded
from extract.readers.html import MAX_BYTES, tidy
from extract.sniff import HTML, decode

MAX_CELLS = 150_000
"""More than the first reader allows: this one also counts the cells of tables that lay out the page."""
_MAX_OPEN_TABLES = 200
_NO_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(?:[!?]|/(?![a-zA-Z]))[^>]*+>?", re.DOTALL)
"""Comments and declarations. The parser looks for the end of each that is not closed once more at
every tag; taken out beforehand they cost one pass."""
_REST_OF_TAG = (
    r"(?>\s+[\w:.-]++(?>\s*+=\s*+(?>\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>=`]++))?+)*+\s*+/?>"
)
_OF_NO_MEANING = re.compile(
    r"</?(?:span|font|o:p|st1:\w++|b|i|u|em|strong|big|center|a|tbody|thead|tfoot|col|colgroup)"
    + _REST_OF_TAG,
    re.IGNORECASE,
)
"""Whole tags that say nothing of cells: office programs write one round every few characters, and to skip
them here takes a tenth of the parser's time for them."""
_CELL = re.compile(r"<(t[dhr]|table)" + _REST_OF_TAG, re.IGNORECASE)
"""Whole tags of tables, rows and cells, of whose attributes only those matter that hide them."""
_LINE = re.compile(r"<(?:/?(?:p|div|li)|br)" + _REST_OF_TAG, re.IGNORECASE)
"""Whole tags that begin or end a line; they are half of all that are left."""
_NEW_LINE = "\ue000"
_ASIDE = frozenset({"sup", "sub", "s", "strike", "del"})
_SKIPPED = frozenset({"script", "style", "noscript"})


class _Rows(HTMLParser):
    """Rows of the innermost open table; a table inside a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[list[str]]]] = []
        self._in_cell: list[bool] = []
        self._skipping = 0
        self._cells = 0

    def updatepos(self, i: int, j: int) -> int:
        # Nobody asks for the line of a tag, and to count lines takes as long as to find the tags.
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag == "table" and len(self._open) < _MAX_OPEN_TABLES:
            self._open.append([])
            self._in_cell.append(False)
        elif not self._open:
            return
        elif tag == "tr":
            self._open[-1].append([])
            self._in_cell[-1] = False
        elif tag in ("td", "th"):
            if not self._open[-1]:
                self._open[-1].append([])
            given = dict(reversed(attrs))  # the first of two counts
            style = (given.get("style") or "").lower().replace(" ", "")
            shown = "display:none" not in style and "hidden" not in given
            self._cells += 1
            if self._cells > MAX_CELLS:
                raise LimitExceeded(f"The page has more than {MAX_CELLS} table cells.")
            if shown:
                self._open[-1][-1].append([])
            self._in_cell[-1] = shown
        elif tag in ("br", "p", "div", "li"):
            self.handle_data(_NEW_LINE)
        elif tag in _ASIDE:
            self.handle_data("[")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif not self._open:
            return
        elif tag == "table":
            self._finish()
        elif tag in ("td", "th", "tr"):
            self._in_cell[-1] = False
        elif tag in ("p", "div", "li"):
            self.handle_data(_NEW_LINE)
        elif tag in _ASIDE:
            self.handle_data("]")

    def handle_data(self, data: str) -> None:
        if self._open and self._in_cell[-1] and not self._skipping:
            self._open[-1][-1][-1].append(data)

    def close(self) -> None:
        super().close()
        while self._open:
            self._finish()

    def _finish(self) -> None:
        rows = self._open.pop()
        self._in_cell.pop()
        self.tables.append([[_text(cell) for cell in row] for row in rows])


def _text(parts: list[str]) -> str:
    return tidy("".join(parts).replace("\n", " ").replace(_NEW_LINE, "\n"))


def _bare(tag: re.Match[str]) -> str:
    """A tag without its attributes, unless one of them may hide what it begins."""
    whole = tag[0].lower()
    may_hide = "hidden" in whole or "display" in whole or "&" in whole
    return whole if may_hide else f"<{tag[1]}>"


def _whole_tags(text: str) -> str:
    """The text without what the parser need not look at: comments, tags that say nothing of rows and cells,
    and a tag at its end that is not closed."""
    text = _LINE.sub(_NEW_LINE, _OF_NO_MEANING.sub("", _NO_TAG.sub("", text)))
    text = _CELL.sub(_bare, text)
    end = text.rfind(">") + 1
    return text[:end] + text[end:].replace("<", " ")


def read_html_rows(data: bytes, content_type: str | None = None) -> Document:
    """The tables of a page as unaligned rows, without paragraphs. Raises :class:`LimitExceeded`."""
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"The page has {len(data)} bytes; at most {MAX_BYTES} are read.")
    parser = _Rows()
    text, _ = decode(data, content_type)
    parser.feed(_whole_tags(text))
    parser.close()
    tables = []
    for number, rows in enumerate(parser.tables, start=1):
        # Cells are compared with those of the first reading, which tell where they stand.
        where = Position(path=f"table {number}")
        cells = tuple(
            Cell(r, c, text, where) for r, row in enumerate(rows) for c, text in enumerate(row)
        )
        if cells:
            tables.append(Table(cells, aligned=False))
    return Document(HTML, tuple(tables))
