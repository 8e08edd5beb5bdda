"""The marks on a page: characters and ruling lines, and how a page is turned upright."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final, NamedTuple

from extract.document import BBox

THICKEST = 4.0
"""A filled rectangle up to this many points thick is a line; no text is set in cells this narrow."""


UNSEEN: Final = 2
"""Why a digit is doubtful that is certain and is not shown: it is struck out, covered, or leaves no ink."""


class Char(NamedTuple):
    """One character as placed, box in points from the top left of the page as shown.

    The box should be the font's (advance width and line height), not the ink's: a full stop's ink
    says nothing about its line. ``turn`` is the direction of the text in quarter turns clockwise as
    shown: 0 runs to the right, 1 downwards. ``doubtful`` marks a character whose Unicode value the
    reader is not sure of, or (:data:`UNSEEN`) a digit that nobody sees as it is.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    turn: int = 0
    doubtful: int = False


class Ruling(NamedTuple):
    """A straight horizontal or vertical line: its box has no height or no width."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageMarks:
    """What stands on a page: ``number`` counts from 1, sizes and boxes in points as shown."""

    number: int
    width: float
    height: float
    chars: Sequence[Char]
    rulings: Sequence[Ruling]


def segment(x0: float, y0: float, x1: float, y1: float) -> tuple[Ruling, ...]:
    """The ruling that a stroked straight line draws; none for a slanted line."""
    if x0 > x1:
        x0, x1 = x1, x0
    if y0 > y1:
        y0, y1 = y1, y0
    if y1 - y0 <= 1 and x1 - x0 > y1 - y0:
        y = (y0 + y1) / 2
        return (Ruling(x0, y, x1, y),)
    if x1 - x0 <= 1 and y1 > y0:
        x = (x0 + x1) / 2
        return (Ruling(x, y0, x, y1),)
    return ()


def rectangle(
    x0: float, top: float, x1: float, bottom: float, *, outlined: bool
) -> tuple[Ruling, ...]:
    """The rulings that a rectangle draws.

    A thin one is a line however it is painted (browsers and office programs fill their borders); a
    larger one is four lines when its outline is stroked, and a background otherwise. A dot is both
    a horizontal and a vertical line: dotted borders and the corner pieces of Word consist of them.
    """
    width, height = x1 - x0, bottom - top
    x, y = (x0 + x1) / 2, (top + bottom) / 2
    if width <= THICKEST and height <= THICKEST:
        return (Ruling(x0, y, x1, y), Ruling(x, top, x, bottom))
    if height <= THICKEST:
        return (Ruling(x0, y, x1, y),)
    if width <= THICKEST:
        return (Ruling(x, top, x, bottom),)
    if outlined:
        return (
            Ruling(x0, top, x1, top),
            Ruling(x0, bottom, x1, bottom),
            Ruling(x0, top, x0, bottom),
            Ruling(x1, top, x1, bottom),
        )
    return ()


def quarter_turns(chars: Sequence[Char]) -> int:
    """The direction most characters run in; pages turned sideways in fact need not say so."""
    turns = Counter(map(itemgetter(5), chars))
    return turns.most_common(1)[0][0] if turns else 0


def turn_box(box: BBox, turns: int, width: float, height: float) -> BBox:
    """``box`` on a page of ``width`` × ``height`` after the page is turned clockwise."""
    x0, top, x1, bottom = box
    match turns % 4:
        case 1:
            return height - bottom, x0, height - top, x1
        case 2:
            return width - x1, height - bottom, width - x0, height - top
        case 3:
            return top, width - x1, bottom, width - x0
        case _:
            return box


def union(boxes: Sequence[BBox]) -> BBox:
    """The box around boxes."""
    x0, top, x1, bottom = zip(*boxes, strict=True)
    return min(x0), min(top), max(x1), max(bottom)


def upright(page: PageMarks) -> tuple[PageMarks, int]:
    """The page turned so that most of its text runs to the right, and the turns it was given."""
    turns = -quarter_turns(page.chars) % 4
    if turns == 0:
        return page, 0
    width, height = page.width, page.height
    chars = [
        Char(
            char.text,
            *turn_box(char[1:5], turns, width, height),
            (char.turn + turns) % 4,
            char.doubtful,
        )
        for char in page.chars
    ]
    rulings = [Ruling(*turn_box(ruling, turns, width, height)) for ruling in page.rulings]
    if turns % 2:
        width, height = height, width
    return replace(page, width=width, height=height, chars=chars, rulings=rulings), turns
