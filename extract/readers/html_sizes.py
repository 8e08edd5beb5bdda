"""How large a page shows the digits of a cell: the mark of a note is smaller than the number beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import html

from extract.characters import SMALLER

_SIZE = re.compile(
    r"(?<![-\w])font(?:-size)?\s*:[^;]{0,60}?(?<![\w.#-])(?:(?P<number>\d{0,4}\.?\d{1,4})(?P<unit>px|pt|r?em|%)"
    r"|(?P<word>(?:xx?-)?(?:small|large)\b|smaller|larger|medium))",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_POINTS = {"px": 0.75, "pt": 1.0, "rem": 12.0}
_FACTORS = {"em": 1.0, "%": 0.01}
_WORDS = {
    "xx-small": 7.0,
    "x-small": 7.5,
    "small": 10.0,
    "medium": 12.0,
    "large": 13.5,
    "x-large": 18.0,
    "xx-large": 24.0,
}
_BY_NUMBER = (7.5, 7.5, 10.0, 12.0, 13.5, 18.0, 24.0, 36.0)
"""Points of ``<font size>``, from 0 to 7."""
_USUAL = 12.0
"""Points where the cell says nothing; its page may say otherwise in a sheet that is not known."""


class Size(NamedTuple):
    """A size of type in points, or, if ``relative``, a factor for that around it."""

    value: float
    relative: bool = False


def size_in(style: str) -> Size | None:
    """The size that declarations give."""
    found = _SIZE.search(style)
    if found is None:
        return None
    if found["word"]:
        word = found["word"].lower()
        return (
            Size(_WORDS[word]) if word in _WORDS else Size(1.2 if word == "larger" else 0.83, True)
        )
    number, unit = float(found["number"]), found["unit"].lower()
    if unit in _FACTORS:
        return Size(number * _FACTORS[unit], True)
    return Size(number * _POINTS[unit])


def size_of_font(number: str | None) -> Size | None:
    """The size that ``<font size>`` gives."""
    found = re.fullmatch(r"\s*([+-]?)(\d)\s*", number or "")
    if found is None:
        return None
    if found[1]:
        return Size(1.2 ** float(found[1] + found[2]), True)
    return Size(_BY_NUMBER[min(int(found[2]), 7)])


def is_usual(size: Size) -> bool:
    """Whether digits of this size cannot be marks beside digits of any other that is usual."""
    return not size.relative and size.value >= (1 - SMALLER) * _USUAL


def differ(cell: html.HtmlElement, sizes: dict[html.HtmlElement, Size]) -> bool:
    """Whether some digits of a cell are smaller than others; ``sizes`` are those of elements in it."""
    found = list(_of_digits(cell, sizes))
    if any(usual for _, usual in found):
        # Larger than what is not known says nothing.
        values = [value if usual else min(value, _USUAL) for value, usual in found]
    else:
        values = [value for value, _ in found]
    return bool(values) and max(values) - min(values) > SMALLER * max(values)


def _of_digits(
    cell: html.HtmlElement, sizes: dict[html.HtmlElement, Size]
) -> Iterator[tuple[float, bool]]:
    """The sizes of the texts with digits, and whether they follow from the usual one."""
    stack = [(cell, _USUAL, True)]
    while stack:
        element, value, usual = stack.pop()
        size = sizes.get(element)
        if size is not None:
            value, usual = (value * size.value, usual) if size.relative else (size.value, False)
        if isinstance(element.tag, str) and _has_digit(element.text):
            yield value, usual
        for child in element:
            if _has_digit(child.tail):
                yield value, usual
            stack.append((child, value, usual))


def _has_digit(text: str | None) -> bool:
    return text is not None and _DIGIT.search(text) is not None
