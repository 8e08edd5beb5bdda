"""Sheets that lie on their side or upside down: which way the text of a picture runs."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from extract.document import BBox
from extract.readers.scans.recognition import Picture, places_of_text, text_of

_ENOUGH = 1100
"""Pixels of the longer side; where lines of text lie is seen at half the size of reading them."""
_ASKED = 6
"""Lines that are read both ways; the longest, since a number looks like one upside down, too."""
_BETTER = 0.1
"""How much surer the engine must be of a line upside down than of it as it lies."""


def turns_to_upright(picture: Picture) -> int:
    """Quarter turns clockwise after which the text stands upright, 0 where there is none."""
    height, width = picture.shape[:2]
    part = min(1.0, _ENOUGH / max(height, width))
    small = cv2.resize(picture, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
    lines = sorted(places_of_text(np.asarray(small, np.uint8)), key=_length, reverse=True)
    if not lines:
        return 0
    # Single labels are set from top to bottom in upright tables, so all lines are weighed together.
    along = sum(x1 - x0 for x0, _, x1, _ in lines)
    turns = int(sum(bottom - top for _, top, _, bottom in lines) > along)
    longest = [_cut(picture, line, 1 / part) for line in lines[:_ASKED]]
    as_it_lies = _sureness(longest, turns)
    return turns + 2 if _sureness(longest, turns + 2) > as_it_lies + _BETTER else turns


def turned(picture: Picture, turns: int) -> Picture:
    """The picture after quarter turns clockwise."""
    return np.ascontiguousarray(np.rot90(picture, -turns))


def turned_back(box: BBox, width: float, height: float, turns: int) -> BBox:
    """Where a box of an upright sheet stood before ``turns``; ``width`` and ``height`` are the upright ones."""
    x0, top, x1, bottom = box
    for _ in range(turns % 4):
        # A quarter turn against the clock: the right edge becomes the upper one.
        x0, top, x1, bottom = top, width - x1, bottom, width - x0
        width, height = height, width
    return x0, top, x1, bottom


def _sureness(cuttings: Sequence[Picture], turns: int) -> float:
    return sum(text_of(turned(cutting, turns))[1] for cutting in cuttings) / len(cuttings)


def _length(box: BBox) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _cut(picture: Picture, box: BBox, scale: float) -> Picture:
    x0, top, x1, bottom = (max(0, round(edge * scale)) for edge in box)
    return picture[top : max(bottom, top + 1), x0 : max(x1, x0 + 1)]
