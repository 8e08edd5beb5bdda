"""Where the objects of an OFD page stand: numbers, offsets and frames.

An object has a boundary on the page in mm; inside, its own coordinates go through its matrix (CTM)
first and are then moved to the boundary's corner. Y grows downwards everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat

from lxml import etree

from extract.document import BBox
from extract.errors import DamagedDocument

POINT = 72 / 25.4
"""Points in a millimetre."""
_LARGEST = 1e6
_AS_IT_IS = "1 0 0 1 0 0"
_SLANT = math.radians(8)

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]


def numbers(text: str, count: int | None = None) -> tuple[float, ...]:
    """Numbers parted by white space.

    :raises DamagedDocument: if one is no number, absurdly large, or there are not ``count``.
    """
    try:
        found = tuple(float(part) for part in text.split())
    except ValueError as error:
        raise DamagedDocument("The OFD file has a number that is none.") from error
    if not all(abs(number) <= _LARGEST for number in found) or count not in (None, len(found)):
        raise DamagedDocument("The OFD file has a place that cannot be on a page.")
    return found


def deltas(text: str) -> Iterator[float]:
    """Offsets from character to character: plain numbers, and ``g n d`` for n times d."""
    parts = iter(text.split())
    for part in parts:
        if part.lower() != "g":
            yield numbers(part, 1)[0]
            continue
        count, delta = numbers(f"{next(parts, '')} {next(parts, '')}", 2)
        if count < 0:
            raise DamagedDocument("The OFD file has a negative number of characters.")
        yield from repeat(delta, int(count))


@dataclass(frozen=True, slots=True)
class Frame:
    """From the coordinates of an object to points on the page as shown."""

    matrix: Matrix
    dx: float
    dy: float

    def point(self, x: float, y: float) -> Point:
        """A point of the object on the page."""
        a, b, c, d, e, f = self.matrix
        return (a * x + c * y + e + self.dx) * POINT, (b * x + d * y + f + self.dy) * POINT

    def box(self, points: Iterable[Point]) -> BBox:
        """The box on the page around points of the object."""
        placed = [self.point(x, y) for x, y in points]
        xs, ys = [x for x, _ in placed], [y for _, y in placed]
        return min(xs), min(ys), max(xs), max(ys)

    def bounds(self, element: etree._Element) -> BBox:
        """The box on the page outside of which nothing of an object is seen."""
        _, _, width, height = numbers(element.get("Boundary", "0 0 0 0"), 4)
        x0, top = self.dx * POINT, self.dy * POINT
        return x0, top, x0 + width * POINT, top + height * POINT

    def seen(self, element: etree._Element, size: float) -> BBox:
        """:meth:`bounds`, by a character wider: programs do not measure well."""
        x0, top, x1, bottom = self.bounds(element)
        more = self.height(size)
        return x0 - more, top - more, x1 + more, bottom + more

    def height(self, size: float) -> float:
        """Type of this size as it is on the page, in points."""
        return abs(size) * math.hypot(*self.matrix[2:4]) * POINT

    @property
    def turn(self) -> int | None:
        """Quarter turns clockwise that the matrix makes, None if it slants."""
        a, b = self.matrix[:2]
        angle = math.atan2(b, a)
        quarters = round(angle / (math.pi / 2))
        return quarters % 4 if abs(angle - quarters * math.pi / 2) < _SLANT else None


def frame_of(kind: str, element: etree._Element, x: float, y: float) -> Frame:
    """The frame of an object on a sheet whose corner is at ``x``, ``y``."""
    left, top, width, height = numbers(element.get("Boundary", "0 0 0 0"), 4)
    # A picture is as large as its matrix says, or as its boundary where it has none.
    usual = f"{width} 0 0 {height} 0 0" if kind == "ImageObject" else _AS_IT_IS
    a, b, c, d, e, f = numbers(element.get("CTM", usual), 6)
    return Frame((a, b, c, d, e, f), left - x, top - y)
