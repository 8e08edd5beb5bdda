"""A second, independent reading of texts: one run of tokens, no rows.

A row is a label and the values that follow it until the next words, wherever lines and fields begin
and end.
"""

from __future__ import annotations

import re

from extract.document import Cell, Document, Position, Table
from extract.errors import LimitExceeded
from extract.forms.dictionary import CHALLENGE_KEYS
from extract.forms.values import looks_like_value
from extract.readers.text import MAX_BYTES, check_size
from extract.sniff import TEXT, decode

_LONGEST_LABEL = 80
_BAND = re.compile(r"^第?二十条")
_BOOKMARK = re.compile(r"\[bookmark:[^\]]{0,80}\]|\*\*")
_RULE = re.compile(r"-{3,}")


def read_text_tokens(data: bytes, content_type: str | None = None) -> Document:
    """The tables of a text as unaligned rows, without paragraphs. Raises :class:`LimitExceeded`."""
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"The text has {len(data)} bytes; at most {MAX_BYTES} are read.")
    text, _ = decode(data, content_type)
    check_size(text)
    tokens = [token.strip() for token in re.split(r"[\t\n\r\f]+", _BOOKMARK.sub("", text))]
    rows: list[list[str]] = []
    words: list[str] = []
    values: list[str] = []
    for token in [*tokens, "。"]:
        if not token or _RULE.fullmatch(token):
            continue
        if looks_like_value(token):
            values.append(token)
            continue
        if values:
            rows.extend(_rows(words, values))
            words, values = [], []
        if len(token) <= _LONGEST_LABEL:
            words.append(token)
    cells = tuple(
        Cell(r, c, text, Position(path=f"token row {r + 1}, column {c + 1}"))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    return Document(TEXT, (Table(cells, aligned=False),) if cells else ())


def _rows(words: list[str], values: list[str]) -> list[list[str]]:
    """The words before the values as rows of heads, the last of them as label of the values."""
    if len(values) == len(CHALLENGE_KEYS):
        # Table 四 has no row label; what stands before its values are heads.
        return [words, values] if words else [values]
    bands = [[word] for word in words[:-1] if _BAND.match(word)]
    heads = [word for word in words[:-1] if not _BAND.match(word)]
    start = heads.index("信息内容") if "信息内容" in heads else 0
    rows = [*bands, heads[start:]] if heads else bands
    return [*rows, [*words[-1:], *values]]
