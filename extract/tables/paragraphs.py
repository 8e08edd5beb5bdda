"""Lines to paragraphs, as Chinese official documents are set.

Paragraphs are indented by two characters and their lines filled; headings and titles are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from extract.tables.lines import TextLine, joined

_HEADING = re.compile(
    r"\s*(?:第?[一二三四五六七八九十]+[、.．章节]|[（(][一二三四五六七八九十]+[)）])"
)
_END = re.compile(r"[。；！？：.;!?:][”’）)]?$")


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of text on a page (upright)."""

    page: int
    line: TextLine


@dataclass(frozen=True, slots=True)
class Measure:
    """The lines of a document: their left and right edge and the size of the text."""

    left: float
    right: float
    size: float


def measure(lines: Sequence[TextLine]) -> Measure:
    """Edges of the text on a page, from its lines outside of tables."""
    widest = max(line.box[2] - line.box[0] for line in lines)
    long = [line for line in lines if line.box[2] - line.box[0] >= 0.7 * widest]
    return Measure(
        left=min(line.box[0] for line in long),
        right=max(line.box[2] for line in long),
        size=median(line.em for line in lines),
    )


def paragraphs(
    lines: Sequence[PlacedLine], measures: dict[int, Measure]
) -> list[tuple[str, list[PlacedLine]]]:
    """Consecutive lines joined to paragraphs; each with its lines."""
    groups: list[list[PlacedLine]] = []
    for placed in lines:
        if groups and _goes_on(groups[-1], placed, measures):
            groups[-1].append(placed)
        else:
            groups.append([placed])
    return [(joined(item.line.text for item in group), group) for group in groups]


def _goes_on(group: Sequence[PlacedLine], placed: PlacedLine, measures: dict[int, Measure]) -> bool:
    """Whether a line goes on with the paragraph of the lines before it."""
    before, line = group[-1].line, placed.line
    was, now = measures[group[-1].page], measures[placed.page]
    em = max(before.em, line.em)
    same_page = group[-1].page == placed.page
    if abs(before.em - line.em) > 0.15 * em or _HEADING.match(line.text):
        return False
    if same_page and line.box[1] - before.box[3] > em:
        return False
    if _is_title(before, was) and _is_title(line, now):
        return same_page
    indented = line.box[0] > now.left + em
    short = before.box[2] < was.right - 2 * em
    if indented or short:
        return False
    # Without indentation a full line that ends a sentence is the only sign of a new paragraph.
    hanging = group[0].line.box[0] <= was.left + em and len(group) == 1
    room = not same_page or before.box[2] < was.right - 0.9 * em
    return not (hanging and room and _END.search(before.text))


def _is_title(line: TextLine, page: Measure) -> bool:
    """Set larger than the text and in the middle."""
    x0, _, x1, _ = line.box
    middle = (page.left + page.right) / 2
    return line.em > 1.15 * page.size and abs((x0 + x1) / 2 - middle) < 1.5 * line.em
