"""The ink of one OFD page: characters with boxes and ruling lines, in points from the top left."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice, pairwise, repeat
from typing import NamedTuple

from lxml import etree

from extract.document import BBox
from extract.errors import DamagedDocument, LimitExceeded
from extract.readers.ofd_paint import UNKNOWN, Cover, Ink, Paints, under, with_unseen
from extract.readers.ofd_places import POINT, Frame, Point, deltas, frame_of, numbers
from extract.readers.xml_names import local_name
from extract.tables import THICKEST, UNSEEN, Char, PageMarks, Ruling, rectangle, segment

MAX_CHARACTERS = 1_000_000
MAX_STEPS = 2_000_000
"""Steps of all paths; a page of a report has hundreds, a map has a hundred thousand."""
_ASCENT, _DESCENT = 0.88, 0.12
"""Parts of the type above and below the baseline: those of the usual Chinese fonts (256 units an em
above 0 in SimSun: 220 and 36); the line box matters, not the ink."""
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_STEP = re.compile(rf"[A-Za-z]|{_NUMBER}")
_MOST_AREAS = 1_000
"""Filled rectangles of one path that are told from the frames around them."""
_OBJECTS = ("TextObject", "PathObject", "ImageObject", "CompositeObject")
_OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_SMALLEST = 4.0
"""Points; nobody reads smaller type."""
_NARROWEST = 0.2
"""Part of its width to which text may be pressed and still be read."""
_LAYERS = {"Background": 0, "Body": 1, "Foreground": 2}
"""The order in which layers of a page are painted."""
BEHIND, PAGE, BEFORE = range(3)
"""Where the layers of a source are painted: those of a template behind those of the page or before them."""


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture on a page: its resource, and where its corners lie, in points."""

    resource: str
    top_left: Point
    top_right: Point
    bottom_left: Point


class _Object(NamedTuple):
    """An object of a page: its kind, its element, the layer it stands in, and when it is painted."""

    kind: str
    element: etree._Element
    layer: etree._Element | None
    z: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Source:
    """Content of a page: its own or that of a template, and where that is painted."""

    content: etree._Element
    place: int = PAGE


@dataclass(frozen=True, slots=True)
class Note:
    """The appearance of an annotation, whose objects are placed from the corner ``x``, ``y`` in mm."""

    appearance: etree._Element
    x: float
    y: float


class PageReader:
    """Reads page after page and counts what all of them hold together."""

    def __init__(self) -> None:
        self.pictures: list[list[PlacedPicture]] = []
        """Of each page so far."""
        self._characters = 0
        self._steps = 0

    def read(
        self,
        number: int,
        sheet: tuple[float, float, float, float],
        sources: Sequence[Source],
        paints: Paints,
        notes: Sequence[Note] = (),
    ) -> tuple[PageMarks, list[str]]:
        """The marks that ``sources`` (the page and its templates) place, and doubts about them.

        :param sheet: x, y, width and height of the paper in mm.
        """
        x, y, width, height = sheet
        chars: list[Char] = []
        inks: list[Ink] = []
        covers: list[Cover] = []
        rulings: list[Ruling] = []
        pictures: list[PlacedPicture] = []
        slanted = composites = 0
        for kind, element, layer, z in chain.from_iterable(map(_objects, sources)):
            if kind == "CompositeObject":
                composites += 1
                continue
            frame = frame_of(kind, element, x, y)
            if kind == "ImageObject":
                corners = [frame.point(*corner) for corner in ((0, 0), (1, 0), (0, 1))]
                pictures.append(PlacedPicture(element.get("ResourceID", ""), *corners))
                covers.append(Cover(z, frame.box([(0, 0), (1, 0), (0, 1), (1, 1)]), UNKNOWN))
            elif kind == "PathObject":
                lines, areas = self._path(element, frame)
                rulings += lines
                brightness = paints.of_shape(element, layer) if areas else None
                if brightness is not None:
                    covers += [Cover(z, area, brightness) for area in areas]
            elif frame.turn is None:
                slanted += 1
            else:
                ink = Ink(z, paints.of_text(element, layer))
                chars += self._chars(element, frame, frame.turn)
                inks += repeat(ink, len(chars) - len(inks))
        chars = with_unseen(chars, inks, covers)
        chars = self._annotated(chars, notes, x, y)
        doubts: list[str] = []
        if composites:
            doubts.append(f"page {number}: {composites} composite objects are not read")
        if slanted:
            doubts.append(f"page {number}: slanted text, such as a watermark, is left out")
        self.pictures.append(pictures)
        if self._steps and not pictures and not any(not char.text.isspace() for char in chars):
            doubts.append(f"page {number} has lines but no text; letters may be drawn as shapes")
        return PageMarks(number, width * POINT, height * POINT, chars, rulings), doubts

    def _chars(self, element: etree._Element, frame: Frame, turn: int) -> Iterator[Char]:
        """The characters of a text object."""
        (size,) = numbers(element.get("Size", "0"), 1)
        (stretch,) = numbers(element.get("HScale", "1"), 1)
        (facing,) = numbers(element.get("CharDirection", "0"), 1)
        (reading,) = numbers(element.get("ReadDirection", "0"), 1)
        quarters, along = round(facing / 90) % 4, round(reading / 90) % 4
        seen = frame.seen(element, size)
        unseen = stretch < _NARROWEST or frame.height(size) < _SMALLEST
        x = y = 0.0
        for code in element.iterchildren():
            if local_name(code) != "TextCode":
                continue
            text = code.text or ""
            self._characters += len(text)
            if self._characters > MAX_CHARACTERS:
                raise LimitExceeded(f"The OFD file has more than {MAX_CHARACTERS} characters.")
            # A position that is left out is that of the text before.
            x = numbers(code.get("X", ""), 1)[0] if code.get("X") else x
            y = numbers(code.get("Y", ""), 1)[0] if code.get("Y") else y
            given_x, given_y = code.get("DeltaX", "").strip(), code.get("DeltaY", "").strip()
            steps_x = list(islice(deltas(given_x), len(text)))
            steps_y = list(islice(deltas(given_y), len(text)))
            pen_x, pen_y = x, y
            for index, char in enumerate(text):
                known = index < max(len(steps_x), len(steps_y))
                last = index == len(text) - 1
                step_x = steps_x[index] if index < len(steps_x) else 0.0
                step_y = steps_y[index] if index < len(steps_y) else 0.0
                width = _width(char, size, stretch, math.hypot(step_x, step_y) if known else None)
                if not known and not last:
                    # Without offsets the fonts decide, which are not read: the order is right, the
                    # places are a guess.
                    step_x, step_y = ((width, 0), (0, size), (-width, 0), (0, -size))[along]
                guessed = len(text) > 1 and len(text) - 1 > max(len(steps_x), len(steps_y))
                corners = _turned(width, size, quarters)
                box = frame.box((pen_x + dx, pen_y + dy) for dx, dy in corners)
                outside = not seen[0] <= (box[0] + box[2]) / 2 <= seen[2]
                outside = outside or not seen[1] <= (box[1] + box[3]) / 2 <= seen[3]
                doubtful = UNSEEN if unseen or outside else guessed or _is_private(char)
                yield Char(char, *box, (turn + quarters) % 4, doubtful)
                pen_x, pen_y = pen_x + step_x, pen_y + step_y

    def _annotated(
        self, chars: list[Char], notes: Sequence[Note], x: float, y: float
    ) -> list[Char]:
        """The characters with those of annotations; the digits under an annotation are doubtful."""
        boxes: list[BBox] = []
        pictures: list[BBox] = []
        written: list[Char] = []
        for note in notes:
            for kind, element, _, _ in _objects(Source(note.appearance)):
                frame = frame_of(kind, element, x - note.x, y - note.y)
                (pictures if kind == "ImageObject" else boxes).append(frame.bounds(element))
                if kind == "TextObject" and frame.turn is not None:
                    written += self._chars(element, frame, frame.turn)
        # A seal stands over the date of a report, which is seen through it.
        chars = under(chars, boxes) if boxes else chars
        chars = under(chars, pictures, doubtful=True) if pictures else chars
        return chars + [char._replace(doubtful=True) for char in written]

    def _path(self, element: etree._Element, frame: Frame) -> tuple[list[Ruling], list[BBox]]:
        """The straight lines a path draws along the page, and the rectangles that it fills."""
        stroked = element.get("Stroke", "true").lower() != "false"
        filled = element.get("Fill", "false").lower() == "true"
        data = next((e.text or "" for e in element if local_name(e) == "AbbreviatedData"), "")
        lines: list[Ruling] = []
        areas: list[BBox] = []
        for points, curved in self._outlines(data):
            placed = [frame.point(x, y) for x, y in points]
            if not curved and _is_rectangle(placed):
                xs, ys = [x for x, _ in placed], [y for _, y in placed]
                box = min(xs), min(ys), max(xs), max(ys)
                if stroked or filled:
                    lines += rectangle(*box, outlined=stroked)
                if filled and min(box[2] - box[0], box[3] - box[1]) > THICKEST:
                    areas.append(box)
            elif stroked and not curved:
                for (x0, y0), (x1, y1) in pairwise(placed):
                    lines += segment(x0, y0, x1, y1)
        # A frame is filled between its outlines.
        if 1 < len(areas) < _MOST_AREAS:
            areas = [area for area in areas if not _is_around(area, areas)]
        return lines, areas

    def _outlines(self, data: str) -> Iterator[tuple[list[Point], bool]]:
        """The outlines of a path as points, and whether they have curves."""
        points: list[Point] = []
        curved = False
        tokens = _STEP.finditer(data)
        for token in tokens:
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise LimitExceeded("The OFD file draws more lines than any report has.")
            letter = token[0]
            if letter not in _OPERANDS:
                raise DamagedDocument("The OFD file has a path that cannot be drawn.")
            operands = numbers(" ".join(t[0] for t in islice(tokens, _OPERANDS[letter])))
            if len(operands) != _OPERANDS[letter]:
                raise DamagedDocument("The OFD file has a path that is cut off.")
            if letter in "SM":
                if len(points) > 1:
                    yield points, curved
                points, curved = [], False
            if letter == "C":
                if len(points) > 1 and points[-1] != points[0]:
                    points.append(points[0])
            else:
                points.append((operands[-2], operands[-1]))
                curved = curved or letter in "QBA"
        if len(points) > 1:
            yield points, curved


def _objects(source: Source) -> Iterator[_Object]:
    """Text, path and picture objects of the layers and their blocks, without what is not shown."""
    root = source.content
    stack: list[tuple[etree._Element, etree._Element | None]] = [
        (e, None) for e in reversed(root) if local_name(e) in ("Content", *_OBJECTS, "PageBlock")
    ]
    for number in count():
        if not stack:
            return
        element, layer = stack.pop()
        name = local_name(element)
        if element.get("Visible", "true").lower() == "false":
            continue
        if name in ("Content", "Layer", "PageBlock"):
            inside = element if name == "Layer" else layer
            stack.extend((child, inside) for child in reversed(element))
        elif name in _OBJECTS:
            kind = layer.get("Type", "Body") if layer is not None else "Body"
            yield _Object(name, element, layer, (source.place, _LAYERS.get(kind, 1), number))


def _is_around(box: BBox, others: Sequence[BBox]) -> bool:
    x0, top, x1, bottom = box
    return any(
        other is not box
        and x0 <= other[0]
        and top <= other[1]
        and other[2] <= x1
        and other[3] <= bottom
        for other in others
    )


def _width(char: str, size: float, stretch: float, step: float | None) -> float:
    """The advance of a character: the step to the next one where that can be its width."""
    em = size * stretch
    wide = char > "\u2e7f"
    usual = em if wide else em / 2
    most = 1.2 * em if wide else 0.65 * em if char.isdigit() else em
    return step if step and 0.5 * usual <= step <= most else usual


def _turned(width: float, size: float, quarters: int) -> tuple[Point, Point]:
    """Two corners of a character's box around its drawing point, turned clockwise."""
    left, top, right, bottom = 0.0, -_ASCENT * size, width, _DESCENT * size
    for _ in range(quarters):
        left, top, right, bottom = -bottom, left, -top, right
    return (left, top), (right, bottom)


def _is_private(char: str) -> bool:
    return "\ue000" <= char <= "\uf8ff" or char >= "\U000f0000" or char == "\ufffd"


def _is_rectangle(points: Sequence[Point]) -> bool:
    """Whether a closed outline is a rectangle along the page, of any thinness."""
    if len(points) != 5 or math.dist(points[0], points[4]) > 0.1:
        return False
    sides = pairwise(points)
    return all(min(abs(x1 - x0), abs(y1 - y0)) < 0.1 for (x0, y0), (x1, y1) in sides)
