"""Word 97 documents (.doc, and .wps of WPS Office): paragraphs and tables with the spans of the file.

A row of such a table knows the edges of its cells in twips and nothing of the other rows. The grid
of a table is the set of distinct edges of all rows; a cell spans the columns between its own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from extract.document import Block, Cell, Document, Embedded, Paragraph, Position, Table
from extract.errors import LimitExceeded
from extract.readers.doc_binary import WordFile, WordParagraph, open_word
from extract.readers.doc_sprms import CellDefinition, RowDefinition
from extract.readers.pictures import embedded_pictures, pictures_instead
from extract.sniff import DOC

MAX_CELLS = 60_000
_TOLERANCES = (60, 20, 0)
"""Edges nearer than this (twips, 1/1440 inch) are one: programs round the width of each cell, and no
text fits into 60 twips. The smaller ones are for tables that have such cells all the same."""
_MERGE_CONTINUES = 1
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ufffd]")
"""Characters whose meaning only a font or the program knows."""


def read_doc(data: bytes) -> Document:
    """Read a binary Word document.

    :raises OutdatedFormat: for Word 6/95; :raises UnknownFormat: for OLE files of other programs.
    :raises DamagedDocument: for broken files.
    :raises Locked: for files that need a password, those of later versions of Word included.
    :raises LimitExceeded: for files that are too large or too deep.
    """
    word = open_word(data)
    writer = _Writer()
    for story in word.stories:
        writer.write(_nested(story))
    doubts = list(writer.doubts)
    embedded: tuple[Embedded, ...] = ()
    if not any(isinstance(block, Table) for block in writer.blocks):
        embedded, too_many = embedded_pictures(_pictures(word))
        doubts += (*pictures_instead(len(word.pictures)), *too_many)
    return Document(
        DOC,
        tuple(writer.blocks),
        metadata=word.metadata,
        doubts=tuple(dict.fromkeys(doubts)),
        pictures=bool(embedded),
        embedded=embedded,
    )


def _pictures(word: WordFile) -> Iterator[tuple[int, bytes]]:
    """Place (among the blocks of a file without tables) and bytes of the pictures."""
    waiting = deque(word.pictures)
    blocks = 0
    for story in word.stories:
        for paragraph in story:
            blocks += sum(1 for _ in _lines(paragraph.text))
            while waiting and waiting[0] < paragraph.end:
                yield blocks, word.picture(waiting.popleft())


@dataclass(slots=True)
class _Row:
    definition: RowDefinition | None
    cells: list[list[_Content]]
    unseen: bool = False


@dataclass(slots=True)
class _Table:
    """A table while its paragraphs come in: finished rows, finished cells, the open cell."""

    rows: list[_Row] = field(default_factory=list)
    cells: list[list[_Content]] = field(default_factory=list)
    content: list[_Content] = field(default_factory=list)

    def end_row(self, definition: RowDefinition | None, *, unseen: bool = False) -> None:
        if self.content:
            self.cells.append(self.content)
        if self.cells:
            self.rows.append(_Row(definition, self.cells, unseen))
        self.cells, self.content = [], []

    def lays_out(self) -> bool:
        """Whether it only frames other tables."""
        return all(len(row.cells) == 1 for row in self.rows) and any(
            isinstance(item, _Table) for row in self.rows for cell in row.cells for item in cell
        )


_Content = str | _Table


def _nested(paragraphs: Sequence[WordParagraph]) -> list[_Content]:
    """Paragraphs and tables in order, from the depth that each paragraph states."""
    blocks: list[_Content] = []
    tables: list[_Table] = []

    def close() -> None:
        table = tables.pop()
        table.end_row(None)
        (tables[-1].content if tables else blocks).append(table)

    for paragraph in paragraphs:
        while len(tables) > paragraph.depth:
            close()
        while len(tables) < paragraph.depth:
            tables.append(_Table())
        if not tables:
            blocks.append(paragraph.text)
        elif paragraph.ends_row:
            tables[-1].end_row(paragraph.row, unseen=paragraph.unseen)
        else:
            tables[-1].content.append(paragraph.text)
            if paragraph.ends_cell:
                tables[-1].cells.append(tables[-1].content)
                tables[-1].content = []
    while tables:
        close()
    return blocks


@dataclass(frozen=True, slots=True)
class _Span:
    """A cell as a row defines it: ``index`` of its content, edges in twips."""

    index: int
    left: int
    right: int
    continues: bool
    starts: bool
    turned: bool
    swallowed: tuple[int, ...] = ()
    """Cells merged into it from the right, whose content is not shown."""


class _Writer:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.doubts: list[str] = []
        self._paragraphs = 0
        self._tables = 0
        self._cells = 0

    def write(self, contents: Sequence[_Content]) -> None:
        for content in contents:
            if isinstance(content, str):
                for line in _lines(content):
                    self._paragraphs += 1
                    where = Position(path=f"paragraph {self._paragraphs}")
                    self.blocks.append(Paragraph(line, where))
            elif content.lays_out():
                for row in content.rows:
                    self.write(row.cells[0])
            else:
                self._table(content)

    def _table(self, table: _Table) -> None:
        self._tables += 1
        self._cells += sum(len(row.cells) for row in table.rows)
        if self._cells > MAX_CELLS:
            raise LimitExceeded(f"The document has more than {MAX_CELLS} table cells.")
        rows = [_spans(row) for row in table.rows]
        if any(spans is None for spans in rows):
            self.doubts.append(f"The cells of table {self._tables} do not fit its columns.")
            cells = [
                self._cell(r, c, content, unseen=row.unseen)
                for r, row in enumerate(table.rows)
                for c, content in enumerate(row.cells)
            ]
            self._add(Table(tuple(cells), aligned=False))
        else:
            self._add(Table(tuple(self._aligned(table, [spans or [] for spans in rows]))))
        inner = (item for row in table.rows for cell in row.cells for item in cell)
        self.write([item for item in inner if isinstance(item, _Table)])

    def _add(self, table: Table) -> None:
        if table.cells:
            self.blocks.append(table)
        if any(cell.doubtful for cell in table.cells):
            self.doubts.append(f"Table {self._tables} has characters that cannot be told for sure.")

    def _aligned(self, table: _Table, rows: Sequence[Sequence[_Span]]) -> list[Cell]:
        columns = _columns(rows)
        cells: list[Cell] = []
        above: dict[tuple[int, int], int] = {}
        for r, spans in enumerate(rows):
            open_cells: dict[tuple[int, int], int] = {}
            contents = table.rows[r].cells
            for span in spans:
                column = columns[span.left]
                place = column, columns[span.right] - column
                hidden = any(_text(contents[i]) for i in span.swallowed)
                owner = above.get(place) if span.continues else None
                if owner is None:
                    owner = len(cells)
                    unseen = table.rows[r].unseen or span.turned
                    content = contents[span.index]
                    cells.append(self._cell(r, column, content, place[1], unseen=unseen))
                else:
                    hidden = hidden or bool(_text(contents[span.index]))
                    cells[owner] = cells[owner]._replace(rowspan=r - cells[owner].row + 1)
                if hidden:
                    # Two texts in what is shown as one cell: only one of them is seen.
                    cells[owner] = cells[owner]._replace(doubtful=True)
                if span.starts or span.continues:
                    open_cells[place] = owner
            above = open_cells
        return cells

    def _cell(
        self,
        row: int,
        column: int,
        content: Sequence[_Content],
        colspan: int = 1,
        *,
        unseen: bool = False,
    ) -> Cell:
        text = _text(content)
        path = f"table {self._tables}, row {row + 1}, column {column + 1}"
        doubtful = unseen or bool(_PRIVATE.search(text))
        return Cell(row, column, text, Position(path=path), 1, colspan, doubtful)


def _spans(row: _Row) -> list[_Span] | None:
    """The cells of a row with those merged into their left neighbour, or None if they do not fit."""
    definition = row.definition
    if definition is None or len(definition.cells) != len(row.cells):
        return None
    spans: list[_Span] = []
    edges = definition.edges
    first = 0
    for index, cell in enumerate(definition.cells):
        if edges[index + 1] <= edges[index]:
            return None
        # Of the two bits one says "first" and one "merged"; which is which differs between the
        # descriptions of the format, but a merged run always starts with its first cell.
        if first and cell.horizontal and cell.horizontal != first:
            last = spans[-1]
            spans[-1] = replace(last, right=edges[index + 1], swallowed=(*last.swallowed, index))
            continue
        first = cell.horizontal
        spans.append(_span(index, edges, cell))
    return spans


def _span(index: int, edges: Sequence[int], cell: CellDefinition) -> _Span:
    continues = cell.vertical == _MERGE_CONTINUES
    starts = cell.vertical > _MERGE_CONTINUES
    return _Span(index, edges[index], edges[index + 1], continues, starts, cell.turned)


def _columns(rows: Sequence[Sequence[_Span]]) -> dict[int, int]:
    """The column that starts at each edge, counted from 0; edges that are one get one number."""
    spans = [span for row in rows for span in row]
    edges = sorted({edge for span in spans for edge in (span.left, span.right)})
    columns: dict[int, int] = {}
    for tolerance in _TOLERANCES:
        starts: list[int] = []
        for edge in edges:
            if not starts or edge - starts[-1] > tolerance:
                starts.append(edge)
        columns = {edge: bisect_right(starts, edge) - 1 for edge in edges}
        if all(columns[span.left] < columns[span.right] for span in spans):
            break
    return columns


def _text(content: Sequence[_Content]) -> str:
    return "\n".join(line for item in content if isinstance(item, str) for line in _lines(item))


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        tidy = re.sub(r"[ \t\u00a0\u3000]+", " ", line).strip()
        if tidy:
            yield tidy
