"""A second, independent reading of Word tables, by python-docx: rows as sequences of cells."""

from __future__ import annotations

import io
import re
import zipfile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import _Cell
from lxml import etree

from extract.document import Cell, Document, Position, Table
from extract.errors import DamagedDocument
from extract.sniff import DOCX


def read_docx_rows(data: bytes) -> Document:
    """The tables of a document as unaligned rows, without paragraphs.

    To be called on what :func:`extract.readers.docx.read_docx` has read before: that reader holds
    the limits.
    """
    try:
        document = docx.Document(io.BytesIO(data))
    except (
        PackageNotFoundError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        etree.LxmlError,
    ) as error:
        raise DamagedDocument("python-docx cannot open the document.") from error
    tables = []
    for number, tbl in enumerate(document.element.body.iter(_w("tbl")), start=1):
        cells = []
        for r, tr in enumerate(tbl.tr_lst):
            # A cell that continues a merged one is no cell of this row.
            own = [tc for tc in tr.tc_lst if tc.vMerge != "continue"]
            for c, tc in enumerate(own):
                text = re.sub(r"[ \t\u00a0\u3000]+", " ", _Cell(tc, document).text).strip()  # type: ignore[arg-type]
                path = f"table {number}, row {r + 1}, column {c + 1}"
                cells.append(Cell(r, c, text, Position(path=path)))
        if cells:
            tables.append(Table(tuple(cells), aligned=False))
    return Document(DOCX, tuple(tables))


def _w(name: str) -> str:
    return "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}" + name
