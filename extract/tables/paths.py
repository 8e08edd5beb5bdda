"""Painted paths to ruling lines: what of a stroke or fill is a border."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from extract.document import BBox
from extract.tables.marks import THICKEST, Ruling, rectangle, segment

Point = tuple[float, float]


@dataclass(slots=True)
class Outline:
    """A part of a path that is drawn without lifting the pen, points from the top left as shown."""

    points: list[Point] = field(default_factory=list)
    straight: list[bool] = field(default_factory=list)
    """For every point whether a straight line leads to it (for the first: True)."""
    closed: bool = False

    def add(self, point: Point, *, straight: bool = True) -> None:
        """Draw on to a point."""
        self.points.append(point)
        self.straight.append(straight)

    def sides(self) -> Iterator[tuple[Point, Point]]:
        """The straight sides."""
        for index in range(1, len(self.points)):
            if self.straight[index]:
                yield self.points[index - 1], self.points[index]
        if self.closed and len(self.points) > 2:
            yield self.points[-1], self.points[0]

    def box(self) -> BBox:
        """The box around the points."""
        xs = [x for x, _ in self.points]
        ys = [y for _, y in self.points]
        return min(xs), min(ys), max(xs), max(ys)


def painted(outlines: Sequence[Outline], *, stroke: bool, fill: bool) -> Iterable[Ruling]:
    """The rulings that one painted path draws; curves and large areas draw none."""
    if stroke:
        for outline in outlines:
            for (x0, y0), (x1, y1) in outline.sides():
                yield from segment(x0, y0, x1, y1)
    if fill:
        before: BBox | None = None
        for outline in outlines:
            if all(outline.straight) and len(outline.points) > 1:
                box = outline.box()
                ring = before is not None and _is_ring(before, box)
                yield from rectangle(*box, outlined=ring)
                before = box


def _is_ring(outer: BBox, inner: BBox) -> bool:
    """Whether two rectangles of one path leave a thin frame: how browsers paint a whole border."""
    gaps = [abs(one - other) for one, other in zip(outer, inner, strict=True)]
    return 0 < max(gaps) <= THICKEST
