"""Plain text: paragraphs, and tables written as rows of fields between tabs.

Two styles occur in texts converted from PDF and Word. In one a line is a row. In the other a line is
a cell: it begins with a tab, a line without one continues the cell above, and an empty line ends
the row. Merged cells and page breaks move the fields of a row, so the tables are not aligned.
"""

from __future__ import annotations

import re

from extract.document import Block, Cell, Document, Paragraph, Position, Table
from extract.errors import LimitExceeded
from extract.sniff import TEXT, decode

MAX_BYTES = 20_000_000
MAX_LINES = 200_000
MAX_CELLS = 60_000
ORNAMENT = re.compile(r"\[bookmark:[^\]]{0,80}\]|(?<!\d)\*\*|\*\*(?!\d)")
"""Marks of places and of bold type; between digits two asterisks are no such mark."""
_RULE = re.compile(r"[\s|+]*(?:-{3,}[\s|+]*)+")
_ENDS = tuple("。；！？：.;!?:")
_HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[、.．)）]|第[一二三四五六七八九十]+[章节部])"
)

Row = list[str]


def read_text(data: bytes, content_type: str | None = None) -> Document:
    """Read a text; tables come as rows with ``aligned=False``."""
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"The text has {len(data)} bytes; at most {MAX_BYTES} are read.")
    text, doubt = decode(data, content_type)
    check_size(text)
    lines = [_clean(line) for line in text.replace("\f", "\n").splitlines()]
    builder = _Builder()
    if _a_line_is_a_cell(lines):
        _read_cells(lines, builder)
    else:
        _read_rows(lines, builder)
    builder.finish()
    return Document(TEXT, tuple(builder.blocks), doubts=(doubt,) if doubt else ())


def check_size(text: str) -> None:
    """Raises :class:`LimitExceeded` for more lines or fields than any report has."""
    if sum(map(text.count, "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029")) > MAX_LINES:
        raise LimitExceeded(f"The text has more than {MAX_LINES} lines.")
    if text.count("\t") > MAX_LINES:
        raise LimitExceeded(f"The text has more than {MAX_LINES} fields.")


class _Builder:
    """Collects paragraphs and rows into blocks, joining what page breaks cut."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._paragraph = ""
        self._rows: list[Row] = []
        self._tables = 0
        self._paragraphs = 0
        self._cells = 0

    def line(self, text: str) -> None:
        """A line of prose; empty lines are page breaks or gaps and decide nothing."""
        if not text:
            return
        self._end_table()
        if self._paragraph and _continues(self._paragraph, text):
            self._paragraph += text
        else:
            self._end_paragraph()
            self._paragraph = text

    def row(self, fields: Row) -> None:
        self._end_paragraph()
        self._cells += len(fields)
        if self._cells > MAX_CELLS:
            raise LimitExceeded(f"The text has more than {MAX_CELLS} table cells.")
        self._rows.append(fields)

    def finish(self) -> None:
        self._end_paragraph()
        self._end_table()

    def _end_paragraph(self) -> None:
        if self._paragraph:
            self._paragraphs += 1
            where = Position(path=f"paragraph {self._paragraphs}")
            self.blocks.append(Paragraph(self._paragraph, where))
            self._paragraph = ""

    def _end_table(self) -> None:
        if not self._rows:
            return
        self._tables += 1
        cells = tuple(
            Cell(
                r,
                c,
                text,
                Position(path=f"table {self._tables}, row {r + 1}, column {c + 1}"),
            )
            for r, fields in enumerate(self._rows)
            for c, text in enumerate(fields)
        )
        self.blocks.append(Table(cells, aligned=False))
        self._rows = []


def _clean(line: str) -> str:
    line = ORNAMENT.sub("", line)
    # Spaces are ornament, tabs are structure.
    return re.sub(r"[ \u00a0\u3000]+", " ", line).strip(" \r\n")


def _a_line_is_a_cell(lines: list[str]) -> bool:
    tabbed = [line for line in lines if "\t" in line]
    leading = sum(line.startswith("\t") and "\t" not in line[1:] for line in tabbed)
    return len(tabbed) >= 5 and leading * 10 > len(tabbed) * 9


def _read_rows(lines: list[str], builder: _Builder) -> None:
    for line in lines:
        if "\t" in line:
            if not _RULE.fullmatch(line):
                builder.row([field.strip() for field in line.split("\t")])
        elif not _RULE.fullmatch(line):
            builder.line(line)


def _read_cells(lines: list[str], builder: _Builder) -> None:
    row: Row = []
    for line in [*lines, ""]:
        if line.startswith("\t"):
            row.append(line.strip())
        elif row and line:
            row[-1] += line
        elif row:
            builder.row(row)
            row = []
        else:
            builder.line(line)


def _continues(paragraph: str, line: str) -> bool:
    """Whether ``line`` goes on where ``paragraph`` stopped: cut by a page, not ended by its writer.

    A short line is a heading or a signature and stands alone.
    """
    if paragraph.endswith(_ENDS) or _HEADING.match(line):
        return False
    return len(paragraph) > 40 and bool(re.match(r"[\u4e00-\u9fff\d“”‘’（(《〈,，、]", line))
