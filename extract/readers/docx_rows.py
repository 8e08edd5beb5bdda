"""A second, independent reading of Word tables, by python-docx: rows as sequences of cells."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.table import _Cell

from extract.document import Cell, Document, Position, Table
from extract.errors import DamagedDocument, LimitExceeded
from extract.readers.containers import Container
from extract.readers.docx import MAX_CELLS
from extract.sniff import DOCX

_UNREAD = ("word/media/", "word/embeddings/", "word/fonts/")


def read_docx_rows(data: bytes) -> Document:
    """The tables of a document as unaligned rows, without paragraphs.

    :raises DamagedDocument: if python-docx cannot make sense of the package.
    :raises LimitExceeded: if it is too large.
    :raises Locked: if it needs a password.
    """
    package = _checked(data)
    try:
        tables = tuple(_tables(package))
    except LimitExceeded:
        raise
    # python-docx trusts the package: a broken one surfaces as any exception of Python.
    except Exception as error:
        raise DamagedDocument("python-docx cannot read the document.") from error
    return Document(DOCX, tables)


def _checked(data: bytes) -> bytes:
    """The package packed again from what :class:`Container` lets pass, pictures as empty files."""
    target = io.BytesIO()
    with Container(data) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.names:
            new.writestr(name, b"" if name.startswith(_UNREAD) else old.read(name))
    return target.getvalue()


def _tables(package: bytes) -> Iterator[Table]:
    document = docx.Document(io.BytesIO(package))
    count = 0
    for number, tbl in enumerate(document.element.body.iter(_w("tbl")), start=1):
        cells = []
        for r, tr in enumerate(tbl.tr_lst):
            # A cell that continues a merged one is no cell of this row.
            own = [tc for tc in tr.tc_lst if tc.vMerge != "continue"]
            count += len(own)
            if count > MAX_CELLS:
                raise LimitExceeded(f"The document has more than {MAX_CELLS} table cells.")
            for c, tc in enumerate(own):
                text = re.sub(r"[ \t\u00a0\u3000]+", " ", _Cell(tc, document).text).strip()  # type: ignore[arg-type]
                path = f"table {number}, row {r + 1}, column {c + 1}"
                cells.append(Cell(r, c, text, Position(path=path)))
        if cells:
            yield Table(tuple(cells), aligned=False)


def _w(name: str) -> str:
    return "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}" + name
