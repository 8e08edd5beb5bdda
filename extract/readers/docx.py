"""Word documents (docx): paragraphs and tables straight from the XML, merged cells as spans."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from lxml import etree

from extract.document import Block, Cell, Document, Paragraph, Position, Table
from extract.errors import DamagedDocument, ExtractionError, LimitExceeded
from extract.readers.containers import Container
from extract.readers.docx_looks import Looks
from extract.readers.pictures import embedded_pictures, pictures_instead
from extract.readers.xml_names import attribute as _attribute
from extract.readers.xml_names import local_name as _name
from extract.sniff import DOCX

MAX_PART = 60_000_000
"""Bytes of one part of the package when unpacked; the text of a report has far below 1 MB."""
MAX_CELLS = 60_000
MAX_COLUMNS = 1_000
MAX_DEPTH = 200
_EDGE = 3_000
"""Thousandths of a percent of a picture that may be cut away at each side."""
_NOT_SHOWN = frozenset({"del", "moveFrom", "Fallback"})
_REMOVED = frozenset({"del", "moveFrom", "Fallback", "txbxContent", "pict", "rPr", "pPr"})


def read_docx(data: bytes) -> Document:
    """Read a document.

    :raises DamagedDocument: if the package or its main part is broken.
    :raises LimitExceeded: if it is too large or nested too deeply.
    :raises Locked: if it needs a password.
    """
    with Container(data) as package:
        root = package.read_xml(main_part(package), MAX_PART)
        metadata = _metadata(package)
        body = next((e for e in root.iter() if _name(e) == "body"), None)
        if body is None:
            raise DamagedDocument("The Word document has no body.")
        reader = _Reader(Looks(_styles(package)))
        reader.walk(body, 0)
        blocks = tuple(reader.blocks)
        if any(isinstance(block, Table) for block in blocks):
            return Document(DOCX, blocks, None, metadata)
        embedded, too_many = embedded_pictures(_pictures(package, reader.pictures))
    drawn = sum(1 for e in body.iter() if _name(e) in ("drawing", "pict"))
    return Document(
        DOCX,
        blocks,
        None,
        metadata,
        (*pictures_instead(drawn), *too_many),
        pictures=bool(embedded),
        embedded=embedded,
    )


def _pictures(package: Container, references: list[tuple[int, str]]) -> Iterator[tuple[int, bytes]]:
    """Place and bytes of the pictures that are in the package."""
    main = main_part(package)
    folder, name = posixpath.split(main)
    relations = f"{folder}/_rels/{name}.rels"
    if not references or package.find(relations) is None:
        return
    targets = {
        e.get("Id", ""): posixpath.normpath(posixpath.join(folder, e.get("Target", "")))
        for e in package.read_xml(relations)
        if e.get("TargetMode") != "External"
    }
    for at, reference in references:
        found = package.find(targets.get(reference, ""))
        if found is not None:
            yield at, package.read(found)


def main_part(package: Container) -> str:
    """The name of the part that holds the text."""
    if found := package.find("word/document.xml"):
        return found
    for name in package.names:
        if re.fullmatch(r"word/document\w*\.xml", name):
            return name
    raise DamagedDocument("The package has no Word document in it.")


def _styles(package: Container) -> etree._Element | None:
    """The styles of the document; without them it is shown in the plainest way."""
    if package.find("word/styles.xml") is None:
        return None
    try:
        return package.read_xml("word/styles.xml")
    except ExtractionError:
        return None


class _Reader:
    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self.blocks: list[Block] = []
        self._paragraphs = 0
        self.tables = 0
        self.pictures: list[tuple[int, str]] = []
        """The number of blocks before each picture, and its name in the relations of the package."""
        self._cells = 0

    def walk(self, element: etree._Element, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise LimitExceeded("The document is nested too deeply.")
        for child in element:
            name = _name(child)
            if name == "p":
                for line in self._paragraph_text(child).split("\n"):
                    text = _tidy(line)
                    if text:
                        self._paragraphs += 1
                        where = Position(path=f"paragraph {self._paragraphs}")
                        self.blocks.append(Paragraph(text, where))
                self._see_pictures(child)
            elif name == "tbl":
                if any(_name(inner) == "tbl" for inner in child.iterdescendants()):
                    # A table that holds tables only lays out the page.
                    self.walk(child, depth + 1)
                else:
                    self._table(child)
            elif name in (
                "sdt",
                "sdtContent",
                "ins",
                "customXml",
                "smartTag",
                "tr",
                "tc",
                "moveTo",
            ):
                self.walk(child, depth + 1)

    def _table(self, table: etree._Element) -> None:
        self.tables += 1
        open_cells: dict[int, int] = {}
        cells: list[Cell] = []
        all_differ = self._looks.of_table(table)
        for row, element in enumerate(_children(table, "tr")):
            row_differs = all_differ or self._looks.of_row(element)
            column = _value(element, "gridBefore", 0)
            merging: dict[int, int] = {}
            for tc in _children(element, "tc"):
                span = min(max(_value(tc, "gridSpan", 1), 1), MAX_COLUMNS)
                if column + span > MAX_COLUMNS:
                    raise LimitExceeded(f"A table has more than {MAX_COLUMNS} columns.")
                above = open_cells.get(column)
                merge = _merge(tc)
                if merge == "continue" and above is not None:
                    owner = cells[above]
                    cells[above] = _taller(owner, row)
                    merging[column] = above
                else:
                    self._cells += 1
                    if self._cells > MAX_CELLS:
                        raise LimitExceeded(f"The document has more than {MAX_CELLS} table cells.")
                    path = f"table {self.tables}, row {row + 1}, column {column + 1}"
                    doubtful = row_differs or self._looks.differ(tc)
                    where = Position(path=path)
                    text = self._cell_text(tc)
                    cells.append(Cell(row, column, text, where, 1, span, doubtful))
                    if merge is not None:
                        merging[column] = len(cells) - 1
                column += span
            open_cells = merging
        if any(cell.text for cell in cells):
            self.blocks.append(Table(tuple(cells)))
        else:
            # A frame around pictures.
            self._see_pictures(table)

    def _paragraph_text(self, paragraph: etree._Element) -> str:
        """The text of a paragraph as shown: deletions and field codes are left out."""
        parts: list[str] = []
        stack = list(reversed(paragraph))
        while stack:
            element = stack.pop()
            name = _name(element)
            if name == "t":
                parts.append(element.text or "")
            elif name == "tab" and _name(element.getparent()) == "r":
                parts.append("\t")
            elif name in ("br", "cr"):
                parts.append("\n")
            elif name == "noBreakHyphen":
                parts.append("-")
            elif name == "r" and self._looks.is_hidden(element):
                continue
            elif name == "r" and (said := self._looks.with_asides(element)) is not None:
                # The mark of a note, or a number struck out, is no digit of the number beside it.
                parts.append(said)
            elif name not in _REMOVED:
                stack.extend(reversed(element))
        return "".join(parts)

    def _cell_text(self, tc: etree._Element) -> str:
        lines = map(self._paragraph_text, _paragraphs(tc))
        tidied = (_tidy(line) for text in lines for line in text.split("\n"))
        return "\n".join(line for line in tidied if line)

    def _see_pictures(self, element: etree._Element) -> None:
        for reference in _references(element):
            self.pictures.append((len(self.blocks), reference))


def _references(element: etree._Element) -> Iterator[str]:
    """The pictures in an element; those of which a part is cut away are not shown as they are."""
    stack = list(reversed(element))
    while stack:
        inner = stack.pop()
        name = _name(inner)
        if name in ("blipFill", "imagedata") and _is_cropped(inner):
            continue
        if name in ("blip", "imagedata"):
            reference = _attribute(inner, "embed" if name == "blip" else "id")
            if reference:
                yield reference
        elif name not in _NOT_SHOWN:
            stack.extend(reversed(inner))


def _is_cropped(fill: etree._Element) -> bool:
    """Whether more than an edge of a picture is cut away; sides in thousandths of a percent."""
    if any(str(key).startswith("crop") for key in fill.attrib):
        return True
    sides = (
        _attribute(child, side) or "0"
        for child in fill
        if _name(child) == "srcRect"
        for side in "ltrb"
    )
    return any(re.fullmatch(r"-?\d{1,5}", side) is None or int(side) > _EDGE for side in sides)


def _paragraphs(element: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs of a cell, without those of text boxes and of what older programs show instead."""
    for child in element:
        if _name(child) == "p":
            yield child
        elif _name(child) not in _REMOVED:
            yield from _paragraphs(child)


def _tidy(text: str) -> str:
    return re.sub(r"[ \t\u00a0\u3000]+", " ", text).strip()


def _taller(cell: Cell, row: int) -> Cell:
    span = row - cell.row + 1
    return Cell(cell.row, cell.column, cell.text, cell.position, span, cell.colspan, cell.doubtful)


def _merge(tc: etree._Element) -> str | None:
    for child in tc.iterchildren():
        if _name(child) == "tcPr":
            for prop in child:
                if _name(prop) == "vMerge":
                    return _attribute(prop, "val") or "continue"
    return None


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Children of a kind, seen through content controls and tracked insertions."""
    for child in element:
        found = _name(child)
        if found == name:
            yield child
        elif found in ("sdt", "sdtContent", "ins", "customXml", "smartTag"):
            yield from _children(child, name)


def _value(element: etree._Element, name: str, default: int) -> int:
    for child in element:
        if _name(child) in ("tcPr", "trPr"):
            for prop in child:
                if _name(prop) == name:
                    digits = _attribute(prop, "val") or ""
                    return int(digits) if re.fullmatch(r"\d{1,4}", digits) else default
    return default


def _metadata(package: Container) -> dict[str, str]:
    if package.find("docProps/core.xml") is None:
        return {}
    try:
        root = package.read_xml("docProps/core.xml")
    except ExtractionError:
        return {}
    names = {"title": "title", "creator": "author", "created": "created", "modified": "modified"}
    return {
        names[_name(e)]: e.text.strip()[:500]
        for e in root
        if _name(e) in names and e.text and e.text.strip()
    }
