"""The ruling lines of a picture, how far it was put askew on the glass, and ink that nobody read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extract.document import BBox
from extract.readers.scans.boxes import grown, touch
from extract.readers.scans.recognition import Picture

Ink = npt.NDArray[np.uint8]
"""Height × width; 255 where something is printed, 0 elsewhere."""

NARROWEST = 80.0
"""Points; a table is wider than this, and the stroke of a large title is shorter."""
LONGEST_STROKE = 20.0
"""Points; ink that runs on straight for longer is a line and no stroke of a character."""
_LOWEST = 8.0
"""Points; a row is higher."""
BREAK = 1.5
"""Points that may be missing in a line; more, and strokes of text above a table lengthen its lines."""
TOUCH = 4.0
"""Points between lines of one table, whose corners may have faded."""
MOST_ASKEW = 8.0
"""Degrees a sheet may lie askew."""
_COARSE = 2.1
"""Pixels per point at which long lines are looked for; more take longer and show their slope no better."""
_SMOOTH = 2.0
"""Points along a line over which its grey is averaged."""
_THICKEST = 3.0
"""Points; what is thicker is dark enough to be seen beside type."""
_DARKER = 25
"""Levels of grey, of 255, by which a line is darker than the paper above and below."""
_HALO = 0.4
"""Points around a line that are grey from printing and scanning."""
_EDGE = 0.7
"""Points at either end of a line between two others that belong to these."""
_JOINT = 0.5
"""Points in which a line must be seen to begin; type keeps off the borders."""
_MEETING = 1.5
"""Points by which a line may miss the one at which it ends."""
_TOGETHER = 3
"""Upright lines that end side by side where a border is missing."""
_A_ROW = 12.0
"""Points by which a single one reaches past the border, where a table is open; no stroke stands so close."""
_INKED = 0.93
"""Part of a line that is printed, scanned badly or not."""
_DUST = 3.0
"""Points; ink that is shorter and lower than this is dust, and no digit."""
_SLIVER = 0.5
"""Points; ink thinner than this is the edge of something that was taken away."""
_AROUND_WORDS = 2.2
"""Points by which ink reaches over the box in which it was read; the next digit would reach farther."""


class Rules(NamedTuple):
    """Ruling lines as boxes in pixels, and the boxes of the drawings that they make together.

    The strokes of a large title are no lines.
    """

    horizontal: list[BBox]
    vertical: list[BBox]
    drawings: list[BBox]


def ink_of(picture: Picture) -> Ink:
    """What is printed, whatever the colour of the paper."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    height = min(grey.shape)
    window = max(15, height // 40 | 1)
    found = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 15
    )
    return np.asarray(found, np.uint8)


def skew_of(picture: Picture, scale: float) -> float:
    """Degrees that the long lines of the page rise or fall, 0 where there are none.

    ``scale`` is pixels per point.
    """
    part = min(1.0, _COARSE / scale)
    small = cv2.resize(picture, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
    scale *= part
    found = cv2.HoughLinesP(
        ink_of(np.asarray(small, np.uint8)),
        1,
        np.pi / 1800,
        threshold=int(60 * scale),
        minLineLength=int(100 * scale),
        maxLineGap=int(3 * scale),
    )
    if found is None:
        return 0.0
    rise = [
        (np.degrees(np.arctan2(y1 - y0, x1 - x0)), np.hypot(x1 - x0, y1 - y0))
        for x0, y0, x1, y1 in np.asarray(found).reshape(-1, 4).astype(float)
    ]
    level = sorted((angle, length) for angle, length in rise if abs(angle) <= MOST_ASKEW)
    if not level:
        return 0.0
    middle = sum(length for _, length in level) / 2
    for angle, length in level:
        middle -= length
        if middle <= 0:
            return float(angle)
    return 0.0


def rules_of(picture: Picture, ink: Ink, scale: float) -> Rules:
    """The ruling lines of a straightened page and its ink; ``scale`` is pixels per point."""
    along, gap = int(LONGEST_STROKE * scale), max(2, round(BREAK * scale))
    across = max(1, round(scale / 3))
    level = _lines(ink, (along, across), (gap, 1))
    upright = _lines(ink, (across, along), (1, gap))
    vertical = _boxes(upright)
    faint = _lines(ink | _faint(picture, scale), (along, across), (gap, 1))
    for line in _boxes(faint):
        if _is_wide(line, scale) and _meets(line, vertical, scale):
            part = slice(int(line[1]), int(line[3])), slice(int(line[0]), int(line[2]))
            level[part] |= faint[part]
    _add_uprights_of_lone_rows(upright, ink, level, scale)
    near = round(TOUCH * scale)
    both = cv2.dilate(level | upright, np.ones((near, near), np.uint8))
    vertical = _boxes(upright)
    # The strokes of a row of type neither are wide nor end at an upright line.
    horizontal = [
        line for line in _boxes(level) if _is_wide(line, scale) or _meets(line, vertical, scale)
    ]
    wide = [line for line in horizontal if _is_wide(line, scale)]
    drawings = [box for box in _boxes(np.asarray(both, np.uint8)) if any(_inside(wide, box))]
    across_rows: list[BBox] = []
    for box in drawings:
        rows = sorted((top + bottom) / 2 for _, top, _, bottom in _inside(horizontal, box))
        inside = list(_inside(vertical, box))
        ends = [*rows, *_open_ends(inside, rows, scale)]
        for line in inside:
            across_rows += _unbroken(ink, line, rows, ends, scale)
    return Rules(
        [line for box in drawings for line in _inside(horizontal, box)], across_rows, drawings
    )


def _is_wide(line: BBox, scale: float) -> bool:
    return line[2] - line[0] > NARROWEST * scale


def _meets(line: BBox, vertical: Sequence[BBox], scale: float) -> bool:
    """Whether a level line ends at an upright one."""
    x0, top, x1, bottom = line
    near = _MEETING * scale
    return any(
        left - near <= end <= right + near and upper - near <= bottom and top <= lower + near
        for left, upper, right, lower in vertical
        for end in (x0, x1)
    )


def _add_uprights_of_lone_rows(upright: Ink, ink: Ink, level: Ink, scale: float) -> None:
    """Add the upright lines between two level ones that no other meets.

    That is a row that a page break parted from its table: its borders are as short as strokes.
    """
    near = _MEETING * scale
    longer = _boxes(upright)
    alone = [
        line
        for line in _boxes(level)
        if _is_wide(line, scale) and not any(touch(grown(line, near, near), one) for one in longer)
    ]
    if len(alone) < 2:
        return
    across = max(1, round(scale / 3))
    shorter = _lines(ink, (across, int(_LOWEST * scale)), (1, max(2, round(BREAK * scale))))
    for box in _boxes(shorter):
        x0, top, x1, bottom = box
        ends = [
            any(touch(grown(line, near, near), (x0, end, x1, end)) for line in alone)
            for end in (top, bottom)
        ]
        if all(ends) and bottom - top < LONGEST_STROKE * scale:
            part = slice(int(top), int(bottom)), slice(int(x0), int(x1))
            upright[part] |= shorter[part]


def _open_ends(vertical: Sequence[BBox], rows: Sequence[float], scale: float) -> Iterator[float]:
    """Where upright lines begin above the first level one, or end below the last.

    That is a row whose border a page break took away, or a table printed without a frame.
    """
    above = [(rows[0] - top, top) for _, top, _, _ in vertical if top < rows[0]]
    below = [(bottom - rows[-1], bottom) for _, _, _, bottom in vertical if bottom > rows[-1]]
    for ends in (above, below):
        for length, end in ends:
            together = sum(abs(other - end) <= _MEETING * scale for _, other in ends)
            if together >= _TOGETHER or length > _A_ROW * scale:
                yield end


def _faint(picture: Picture, scale: float) -> Ink:
    """Where the picture is darker than above and below nearby.

    Between rows of dense type a thin grey line is no darker than its surroundings are on average.
    """
    grey = cv2.blur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (round(_SMOOTH * scale), 1))
    nearby = np.ones((round(_THICKEST * scale) | 1, 1), np.uint8)
    darker = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, nearby) > _DARKER
    return np.where(darker, np.uint8(255), np.uint8(0))


def _unbroken(
    ink: Ink, line: BBox, rows: Sequence[float], where: Sequence[float], scale: float
) -> Iterator[BBox]:
    """The parts of an upright line that really run from one level line to the next.

    In rows as low as their type the strokes of characters that stand below each other look like a
    line, but no stroke reaches from border to border. ``rows`` are the level lines, ``where`` the places at
    which a part may begin or end.
    """
    x0, top, x1, bottom = line
    column = np.asarray(ink[:, max(0, int(x0) - 1) : int(x1) + 1].any(axis=1))
    edge = max(1.0, scale * _EDGE)
    ends = [top, *(row for row in rows if top + edge < row < bottom - edge), bottom]
    joint = max(1, round(_JOINT * scale))
    for above, below in pairwise(ends):
        inked = column[math.ceil(above + edge) : int(below - edge)]
        if inked.size <= joint:
            continue
        meets = all(
            any(abs(row - end) <= _MEETING * scale for row in where) for end in (above, below)
        )
        long = below - above > 2 * LONGEST_STROKE * scale
        joined = inked[:joint].any() and inked[-joint:].any()
        if (meets or long) and joined and inked.mean() >= _INKED:
            yield x0, above, x1, below


def _inside(lines: Sequence[BBox], box: BBox) -> Iterator[BBox]:
    x0, top, x1, bottom = box
    for line in lines:
        if x0 <= line[0] and top <= line[1] and line[2] <= x1 and line[3] <= bottom:
            yield line


def _lines(ink: Ink, length: tuple[int, int], gap: tuple[int, int]) -> Ink:
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones(gap[::-1], np.uint8))
    return np.asarray(
        cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(length[::-1], np.uint8)), np.uint8
    )


def _boxes(mask: Ink) -> list[BBox]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return [
        (float(x), float(y), float(x + width), float(y + height))
        for x, y, width, height, _ in stats[1:].tolist()
    ]


def without(rules: Rules, picture: Picture, scale: float) -> Picture:
    """The picture without its lines, which else are read as 1, I and |."""
    cleared = picture.copy()
    paper = np.median(picture.reshape(-1, 3), axis=0)
    for box in (*rules.horizontal, *rules.vertical):
        x0, top, x1, bottom = _pixels(box, max(1, round(_HALO * scale)))
        cleared[top:bottom, x0:x1] = paper
    return cleared


def type_of(ink: Ink, rules: Rules, scale: float) -> Ink:
    """The ink inside of drawings that is no line."""
    rest = np.zeros_like(ink)
    for x0, top, x1, bottom in (_pixels(box, 0) for box in rules.drawings):
        rest[top:bottom, x0:x1] = ink[top:bottom, x0:x1]
    border = max(2, round(1.2 * scale))
    for x0, top, x1, bottom in (
        _pixels(box, border) for box in (*rules.horizontal, *rules.vertical)
    ):
        rest[top:bottom, x0:x1] = 0
    return rest


def unread(type_: Ink, read: Sequence[BBox], scale: float) -> list[BBox]:
    """Type that is in no box of a word that was read."""
    rest = type_.copy()
    for x0, top, x1, bottom in (_pixels(box, round(_AROUND_WORDS * scale)) for box in read):
        rest[top:bottom, x0:x1] = 0
    sizes = ((box, sorted((box[2] - box[0], box[3] - box[1]))) for box in _boxes(rest))
    return [box for box, (less, more) in sizes if more > _DUST * scale and less > _SLIVER * scale]


def tight(type_: Ink, box: BBox) -> BBox:
    """The box around the type in ``box``, which stays as it is where there is none."""
    x0, top, x1, bottom = _pixels(box, 0)
    part = type_[top:bottom, x0:x1]
    columns, rows = np.flatnonzero(part.any(axis=0)), np.flatnonzero(part.any(axis=1))
    if not columns.size:
        return box
    return (
        float(x0 + columns[0]),
        float(top + rows[0]),
        float(x0 + columns[-1] + 1),
        float(top + rows[-1] + 1),
    )


def _pixels(box: BBox, margin: int) -> tuple[int, int, int, int]:
    x0, top, x1, bottom = box
    return (
        max(0, int(x0) - margin),
        max(0, int(top) - margin),
        max(0, int(x1) + margin),
        max(0, int(bottom) + margin),
    )
