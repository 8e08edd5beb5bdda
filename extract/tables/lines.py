"""Characters to lines, and lines to text: order, overprinting, gaps and breaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import eq, itemgetter
from statistics import median

from extract.document import BBox
from extract.tables.marks import Char, turn_box

GAP = 0.2
"""A gap between two letters or digits wider than this part of their height is a space."""
SAME_LINE = 0.4
"""Middles that differ by less than this part of the height are on one line."""


@dataclass(frozen=True)
class TextLine:
    """Characters on one line, from left to right; at least one is no space."""

    chars: tuple[Char, ...]

    @cached_property
    def box(self) -> BBox:
        """The box around the characters that are no spaces."""
        return box_of(self.chars)

    @cached_property
    def text(self) -> str:
        """The text; gaps between letters or digits are spaces, other gaps are nothing."""
        whole = "".join([char[0] for char in self.chars])
        if min(whole, default="") > "\u3000":
            # Neither spaces nor letters nor digits.
            return whole
        parts: list[str] = []
        before, end = "", 0.0
        space = False
        for text, x0, top, x1, bottom, _, _ in self.chars:
            if text.isspace():
                space = True
                continue
            if parts and (
                space
                or (x0 - end > GAP * (bottom - top) and is_word(before[-1:]) and is_word(text[:1]))
            ):
                parts.append(" ")
            parts.append(text)
            before, end, space = text, x1, False
        return "".join(parts)

    @cached_property
    def em(self) -> float:
        """The size of the type: ideographs are as wide as they are high, whatever their line."""
        wide = [x1 - x0 for text, x0, _, x1, _, _, _ in self.chars if text > "\u2e7f"]
        height = max([bottom - top for _, _, top, _, bottom, _, _ in self.chars])
        return max(median(wide) if wide else 0.8 * height, 0.4 * height, 1.0)

    def fields(self, gap: float) -> list[TextLine]:
        """The line cut where nothing stands for more than ``gap`` points."""
        groups: list[list[Char]] = []
        end = -float("inf")
        for char in self.chars:
            text, x0, _, x1, _, _, _ = char
            if text.isspace():
                continue
            if x0 - end > gap:
                groups.append([])
            groups[-1].append(char)
            if x1 > end:
                end = x1
        if len(groups) == 1 and len(groups[0]) == len(self.chars):
            return [self]
        return [TextLine(tuple(group)) for group in groups]


def box_of(chars: Iterable[Char]) -> BBox:
    """The box around the characters that are no spaces."""
    inked = [char for char in chars if not char[0].isspace()]
    if len(inked) == 1:
        return inked[0][1:5]
    _, x0, top, x1, bottom, _, _ = zip(*inked, strict=True)
    return min(x0), min(top), max(x1), max(bottom)


def is_word(char: str) -> bool:
    """Whether the character is a letter or digit of a script that writes spaces."""
    return char.isalnum() and char < "\u2e80"


def lines(chars: Sequence[Char]) -> list[TextLine]:
    """Lines from top to bottom. What is printed twice on the same spot, for boldness, counts once.

    Characters turned against the page are read as they run, after the others.
    """
    turns = sorted({char[5] for char in chars})
    if turns == [0]:
        return _lines(chars)
    found: list[TextLine] = []
    for turn in turns:
        for line in _lines([_turned(char, -turn) for char in chars if char.turn == turn]):
            found.append(TextLine(tuple(_turned(char, turn) for char in line.chars)))
    return found


def _turned(char: Char, turns: int) -> Char:
    box = turn_box(char[1:5], turns, 0, 0)
    return Char(char.text, *box, char.turn, char.doubtful)


def _lines(chars: Sequence[Char]) -> list[TextLine]:
    # What is set in one go stands equally high, character by character.
    runs = [
        ((top + bottom) / 2, bottom - top, [*run])
        for (top, bottom), run in groupby(chars, key=itemgetter(2, 4))
    ]
    runs.sort(key=itemgetter(0))
    rows: list[list[Char]] = []
    start = reach = 0.0
    for middle, height, run in runs:
        if rows and middle - start < SAME_LINE * (height if height < reach else reach):
            rows[-1] += run
            continue
        rows.append(run)
        start, reach = middle, height
    found = []
    for row in rows:
        row.sort(key=itemgetter(1))
        if not all(char.text.isspace() for char in row):
            found.append(TextLine(tuple(_once(row))))
    return found


def _once(row: list[Char]) -> list[Char]:
    """Sorted characters without those printed again on the spot."""
    texts = [char[0] for char in row]
    if not any(map(eq, texts, texts[1:])):
        return row
    kept: list[Char] = []
    last, start = None, 0.0
    for char in row:
        text, x0, _, x1, _, _, _ = char
        if text == last and x0 - start < 0.3 * (x1 - x0):
            continue
        kept.append(char)
        last, start = text, x0
    return kept


def joined(texts: Iterable[str]) -> str:
    """Lines of one paragraph as one: words are parted by a space, ideographs and digits are not."""
    result = ""
    for text in texts:
        if (
            result
            and is_word(result[-1])
            and is_word(text[:1])
            and not (result[-1].isdigit() and text[:1].isdigit())
        ):
            result += " "
        result += text
    return result
