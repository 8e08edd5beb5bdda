"""A second reading of Word 97 documents: the bare text, cut at the marks that end cells and rows.

It asks none of the properties from which :mod:`extract.readers.doc` builds its grid. The mark that
ends a row looks like an empty cell, and so does the rest of a merged one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.document import Document
from extract.errors import LimitExceeded
from extract.readers.doc_binary import raw_text
from extract.readers.tokens import table_of
from extract.sniff import DOC

MAX_MARKS = 200_000
_FIELD_CODE = re.compile(r"\x13[^\x13\x14\x15]*+\x14?|\x15")
_INVISIBLE = re.compile(r"[\x00-\x06\x08\x0e-\x1d\x1f]")
_PARAGRAPHS = re.compile(r"[\r\n\x0b\x0c]+")
_HEADING = re.compile(r"[一二三四五六]、|[（(][一二三四五六七八九十]{1,2}[）)]")
_LONGEST_CELL = 120


def read_doc_cells(data: bytes) -> Document:
    """The tables of a document as unaligned rows, without paragraphs; raises as ``read_doc`` does."""
    text = raw_text(data)
    if text.count("\x07") > MAX_MARKS:
        raise LimitExceeded(f"The document has more than {MAX_MARKS} table cells.")
    return Document(DOC, table_of(_cells(text)))


def _cells(text: str) -> Iterator[str]:
    text = _INVISIBLE.sub("", _FIELD_CODE.sub("", text)).replace("\x1e", "-")
    *cells, _ = text.split("\x07")
    for cell in cells:
        lines = [" ".join(line.split()) for line in _PARAGRAPHS.split(cell)]
        lines = [line for line in lines if line]
        if sum(map(len, lines)) > _LONGEST_CELL or any(map(_HEADING.match, lines[1:])):
            # Paragraphs before a table run into its first cell.
            yield from lines
        elif len(lines) > 1 and _HEADING.match(lines[0]) and lines[0].endswith("情况"):
            yield from lines
        else:
            yield "\n".join(lines)
