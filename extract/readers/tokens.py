"""Rows from a run of texts alone: the basis of second readings that know no grid.

A row is a label and the values that follow it until the next words, wherever lines and cells begin and
end. Values of which one is missing give a row that is too short, and confirm nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from extract.document import Cell, Position, Table
from extract.forms.dictionary import CHALLENGE_KEYS
from extract.forms.values import looks_like_value

_LONGEST_LABEL = 80
_BAND = re.compile(r"^第?二十条")


def table_of(tokens: Iterable[str]) -> tuple[Table, ...]:
    """The rows among ``tokens`` as one unaligned table, or nothing.

    An empty token is an empty cell; it counts between values and nowhere else.
    """
    cells = tuple(
        Cell(r, c, text, Position(path=f"token row {r + 1}, column {c + 1}"))
        for r, row in enumerate(_rows(tokens))
        for c, text in enumerate(row)
    )
    return (Table(cells, aligned=False),) if cells else ()


def _rows(tokens: Iterable[str]) -> Iterator[list[str]]:
    words: list[str] = []
    values: list[str] = []
    for token in tokens:
        if looks_like_value(token):
            values.append(token)
            continue
        if any(values):
            yield from _labelled(words, values)
            words = []
        values = []
        if len(token) <= _LONGEST_LABEL:
            words.append(token)
    if any(values):
        yield from _labelled(words, values)


def _labelled(words: list[str], values: list[str]) -> list[list[str]]:
    """The words before the values as rows of heads, the last of them as label of the values."""
    first = next(n for n, value in enumerate(values) if value)
    last = max(n for n, value in enumerate(values) if value)
    values = values[first : last + 1]
    if len(values) == len(CHALLENGE_KEYS):
        # Table 四 has no row label; what stands before its values are heads.
        return [words, values] if words else [values]
    bands = [[word] for word in words[:-1] if _BAND.match(word)]
    heads = [word for word in words[:-1] if not _BAND.match(word)]
    start = heads.index("信息内容") if "信息内容" in heads else 0
    rows = [*bands, heads[start:]] if heads else bands
    return [*rows, [*words[-1:], *values]]
