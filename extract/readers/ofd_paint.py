"""What of an OFD page is seen: colours, what is painted over what, and annotations.

The text of a page says nothing of how it is painted: it may be white, transparent, not filled, or lie under
a shape, a picture or a note. Pages are not rendered; a digit that may not be seen as it is, is doubtful.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lxml import etree

from extract.document import BBox
from extract.readers.xml_names import local_name
from extract.tables import UNSEEN, Char, inside

PAPER = 765
"""Brightness of white, the sum of red, green and blue."""
UNKNOWN = -1
"""The brightness of a pattern or of a colour that is named by its number only."""
_BLACK = 0
_CONTRAST = 165
"""Difference of brightness from which text is seen on what lies under it."""
_SHEER = 128
"""Opacity (255 hides what is below) under which a colour may not be seen."""
_HIDDEN = 0.2
"""Part of a digit that may be covered: a border that is drawn late covers less."""
_CORE = (0.25, 0.75)
"""Parts of a digit's height between which a line strikes it out; below is an underline."""
_DEEPEST = 12
"""Drawing parameters that are based on each other."""
_MOST_PAIRS = 1_000_000
"""Digits and covers of a page that are compared."""

Z = tuple[int, int, int]
"""What is painted later lies above: part of the page, layer, and number in the order of the file."""


class Ink(NamedTuple):
    """How a text is painted; ``brightness`` is None where nothing is painted."""

    z: Z
    brightness: int | None


class Cover(NamedTuple):
    """A shape or picture that hides what is below it."""

    z: Z
    box: BBox
    brightness: int


class Paints:
    """The colours of objects, by themselves or by the drawing parameters that they or their layers name."""

    def __init__(self, parameters: Mapping[str, etree._Element]) -> None:
        self._parameters = parameters

    def of_text(self, element: etree._Element, layer: etree._Element | None) -> int | None:
        """Brightness of the characters of a text object; None where they are not painted."""
        if _is_set(element, "Fill", usual=True):
            return self._brightness("FillColor", element, layer, _BLACK)
        if _is_set(element, "Stroke", usual=False):
            return self._brightness("StrokeColor", element, layer, _BLACK)
        return None

    def of_shape(self, element: etree._Element, layer: etree._Element | None) -> int | None:
        """Brightness of the area of a path; None where nothing is painted in it."""
        if not _is_set(element, "Fill", usual=False):
            return None
        return self._brightness("FillColor", element, layer, None)

    def _brightness(
        self, kind: str, element: etree._Element, layer: etree._Element | None, usual: int | None
    ) -> int | None:
        if _part(element.get("Alpha", "255")) < _SHEER:
            return None
        colour = _child(element, kind)
        for source in (element, layer):
            if colour is None and source is not None:
                colour = self._named(source.get("DrawParam", ""), kind)
        return usual if colour is None else _of_colour(colour)

    def _named(self, identifier: str, kind: str) -> etree._Element | None:
        for _ in range(_DEEPEST):
            parameter = self._parameters.get(identifier)
            if parameter is None:
                return None
            colour = _child(parameter, kind)
            if colour is not None:
                return colour
            identifier = parameter.get("Relative", "")
        return None


def with_unseen(chars: Sequence[Char], inks: Sequence[Ink], covers: Sequence[Cover]) -> list[Char]:
    """The characters of a page, those digits doubtful that are not seen on what lies under or over them.

    ``inks`` are those of the characters one by one.
    """
    above = sorted(covers)
    too_many = _are_too_many(chars, above)
    return [
        char._replace(doubtful=UNSEEN)
        if char.text.isdecimal() and (too_many or not _is_seen(char, ink, above))
        else char
        for char, ink in zip(chars, inks, strict=True)
    ]


def under(chars: Sequence[Char], boxes: Sequence[BBox], doubtful: int = UNSEEN) -> list[Char]:
    """The characters, those digits doubtful through which one of the boxes runs."""
    too_many = _are_too_many(chars, boxes)
    return [
        char._replace(doubtful=doubtful)
        if char.text.isdecimal() and (too_many or any(_crosses(box, char) for box in boxes))
        else char
        for char in chars
    ]


def _are_too_many(chars: Sequence[Char], others: Sequence[object]) -> bool:
    """Whether a page would keep us busy with what no report has; all of its digits are then doubtful."""
    return sum(char.text.isdecimal() for char in chars) * len(others) > _MOST_PAIRS


def _is_seen(char: Char, ink: Ink, covers: Sequence[Cover]) -> bool:
    if ink.brightness in (None, UNKNOWN):
        return False
    ground = PAPER
    for cover in covers:
        if cover.z > ink.z:
            if _part_of(char, cover.box) > _HIDDEN:
                return False
        elif inside([char], cover.box):
            ground = cover.brightness
    return ground == UNKNOWN or abs(ground - (ink.brightness or _BLACK)) >= _CONTRAST


def _part_of(char: Char, box: BBox) -> float:
    """The part of a character that lies in a box."""
    width = min(char.x1, box[2]) - max(char.x0, box[0])
    height = min(char.bottom, box[3]) - max(char.top, box[1])
    whole = (char.x1 - char.x0) * (char.bottom - char.top)
    return width * height / whole if width > 0 and height > 0 and whole > 0 else 0.0


def _crosses(box: BBox, char: Char) -> bool:
    upper, lower = (char.top + part * (char.bottom - char.top) for part in _CORE)
    side = (char.x1 - char.x0) / 4
    return box[0] < char.x1 - side and char.x0 + side < box[2] and box[1] < lower and upper < box[3]


def _is_set(element: etree._Element, name: str, *, usual: bool) -> bool:
    return element.get(name, str(usual)).strip().lower() in ("true", "1")


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in element if local_name(child) == name), None)


def _of_colour(colour: etree._Element) -> int | None:
    if _part(colour.get("Alpha", "255")) < _SHEER:
        return None
    parts = [*map(_part, (colour.get("Value") or "").split())]
    match parts:
        case _ if len(colour) or not all(0 <= part <= 255 for part in parts):
            # A pattern, or a colour of more bits.
            return UNKNOWN
        case [grey]:
            return 3 * grey
        case [red, green, blue]:
            return red + green + blue
        case [cyan, magenta, yellow, black]:
            return sum((255 - part) * (255 - black) for part in (cyan, magenta, yellow)) // 255
    return UNKNOWN


def _part(text: str) -> int:
    """A part of a colour or an opacity, 0 to 255; -1 for what is none."""
    text = text.strip()
    try:
        return int(text[1:], 16) if text.startswith("#") else int(float(text))
    except (ValueError, OverflowError):
        return -1
