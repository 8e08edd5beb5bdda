"""Boxes (left, top, right, bottom) beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from extract.document import BBox


def grown(box: BBox, across: float, up: float) -> BBox:
    """The box with so much more on every side."""
    return box[0] - across, box[1] - up, box[2] + across, box[3] + up


def touch(one: BBox, other: BBox) -> bool:
    """Whether two boxes overlap or touch."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def between(borders: Sequence[BBox], box: BBox, around: BBox) -> BBox:
    """``around`` as far as the borders of the cell of ``box``: what is beyond belongs to another number."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    beside = [border for border in borders if border[1] <= y <= border[3]]
    left = [x1 for _, _, x1, _ in beside if x1 <= x]
    right = [x0 for x0, _, _, _ in beside if x0 >= x]
    return max([around[0], *left]), around[1], min([around[2], *right]), around[3]
