"""Lines through the middle of digits, and what becomes of digits that nobody sees.

A number that was struck out is not the number of its cell, and in a sentence no digit of the number beside it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby

from extract.tables.grid import MOST_LINES, SNAP, Grid
from extract.tables.lines import TextLine
from extract.tables.marks import UNSEEN, Char, Ruling

_MIDDLE = (0.3, 0.72)
"""Parts of a digit's height between which a line strikes it out; below is an underline."""
_ACROSS = 0.5
"""Part of a digit's width that a line must cross."""


def struck_out(
    chars: Sequence[Char], rulings: Iterable[Ruling], found: Sequence[Grid]
) -> Sequence[Char]:
    """The characters of a page, those digits doubtful through which a line runs that is no border."""
    borders = sorted(y for grid in found for y in grid.ys)
    lines = sorted(
        (top, x0, x1)
        for x0, top, x1, bottom in rulings
        if top == bottom and not _near(borders, top)
    )
    if not lines or len(lines) > MOST_LINES:
        return chars
    return [
        char._replace(doubtful=UNSEEN)
        if char.text.isdecimal() and _is_struck(char, lines)
        else char
        for char in chars
    ]


def with_asides(line: TextLine) -> TextLine:
    """A line of a sentence, the digits in brackets that are not seen."""
    chars: list[Char] = []
    for unseen, run in groupby(line.chars, key=_is_unseen):
        part = [*run]
        if unseen:
            part[0] = part[0]._replace(text=f"[{part[0].text}")
            part[-1] = part[-1]._replace(text=f"{part[-1].text}]")
        chars += part
    return TextLine(tuple(chars))


def _is_unseen(char: Char) -> bool:
    return char.doubtful == UNSEEN and char.text.isdecimal()


def _near(borders: Sequence[float], at: float) -> bool:
    return bisect_left(borders, at - SNAP) < bisect_right(borders, at + SNAP)


def _is_struck(char: Char, lines: Sequence[tuple[float, float, float]]) -> bool:
    height, least = char.bottom - char.top, _ACROSS * (char.x1 - char.x0)
    upper, lower = (char.top + part * height for part in _MIDDLE)
    first, last = bisect_left(lines, (upper,)), bisect_right(lines, (lower,))
    return any(min(char.x1, x1) - max(char.x0, x0) > least for _, x0, x1 in lines[first:last])
