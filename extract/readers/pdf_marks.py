"""Marks on a PDF page as PDFium sees them: characters and ruling lines.

PDFium's handles die with the Python object that owns them, so everything here takes a live
``PdfPage`` and returns plain values.
"""

from __future__ import annotations

import ctypes
import functools
import math
import struct
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import repeat
from operator import attrgetter
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from extract.document import BBox
from extract.errors import LimitExceeded
from extract.readers import pdfium_direct as direct
from extract.readers.pdf_limits import Budget
from extract.readers.pdf_seen import (
    DIGITS,
    Cover,
    is_pale,
    may_be_hidden,
    with_annotations,
    with_unseen,
)
from extract.readers.pdf_text import certain
from extract.tables import (
    THICKEST,
    UNSEEN,
    Char,
    Outline,
    PageMarks,
    Ruling,
    painted,
    rectangle,
)

_PATH, _IMAGE = pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE
_FORM = pdfium_c.FPDF_PAGEOBJ_FORM
_SHADING = pdfium_c.FPDF_PAGEOBJ_SHADING
_FILLED = pdfium_c.FPDF_TEXTRENDERMODE_FILL
_NOT_PAINTED = pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP
_OUTLINED = pdfium_c.FPDF_TEXTRENDERMODE_STROKE, pdfium_c.FPDF_TEXTRENDERMODE_STROKE_CLIP
_NO_TEXT = pdfium_c.FPDF_TEXTRENDERMODE_UNKNOWN
_DEEPEST_FORM = 12
_HALVES = frozenset(range(0xD800, 0xE000))
"""Code units that are half a character (surrogates)."""
_TEXT_HYPHEN = 0xFFFE
"""What stands in PDFium's text for a hyphen at the end of a line, which alone has another code there."""
_RECTANGLE = 5
"""Most points of a path that is one rectangle."""
_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_UPRIGHT = 0.05
"""Quarter turns a character may lean and still be upright; stamped watermarks lean by far more."""
_ASCENT = 0.85
"""Part of the type's height above the baseline, where the font does not say."""


@dataclass(slots=True)
class Contents:
    """What the objects of a page are: rulings, the signs of a scanned page, and what may hide text."""

    rulings: list[Ruling] = field(default_factory=list)
    images: int = 0
    invisible: set[int] = field(default_factory=set)
    """Addresses of text objects that are not painted: the text layer of a scan."""
    forms: set[int] = field(default_factory=set)
    """Addresses of the groups of other objects."""
    covers: list[Cover] = field(default_factory=list)
    outlined: bool = False
    """Whether some text is drawn by its outlines only."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible part of a page in PDF space (y upwards) and the clockwise turns it is shown with."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turns % 2 else (width, height)

    @property
    def matrix(self) -> _Matrix:
        """From PDF space to points from the top left of the page as shown."""
        return (
            (1, 0, 0, -1, -self.left, self.top),
            (0, 1, 1, 0, -self.bottom, -self.left),
            (-1, 0, 0, 1, self.right, -self.bottom),
            (0, -1, -1, 0, self.top, self.right),
        )[self.turns]

    @property
    def shown(self) -> Callable[[float, float, float, float], BBox]:
        """From a box in PDF space to ``(x0, top, x1, bottom)`` on the page as shown."""
        left, bottom, right, top = self.left, self.bottom, self.right, self.top
        return (
            lambda x0, y0, x1, y1: (x0 - left, top - y1, x1 - left, top - y0),
            lambda x0, y0, x1, y1: (y0 - bottom, x0 - left, y1 - bottom, x1 - left),
            lambda x0, y0, x1, y1: (right - x1, y0 - bottom, right - x0, y1 - bottom),
            lambda x0, y0, x1, y1: (top - y1, right - x1, top - y0, right - x0),
        )[self.turns]


@dataclass(frozen=True, slots=True)
class PdfiumPage:
    """The marks of one page and what is doubtful about it."""

    marks: PageMarks
    images: int
    hidden: int
    """Characters that are in the file and not painted."""
    unsure: int
    """Characters that may be others, the hidden ones among them."""


def read_page(
    page: pdfium.PdfPage, number: int, budget: Budget, *, layers: bool = False
) -> PdfiumPage:
    """All upright and sideways characters and all rulings of a page, as shown.

    ``layers`` tells that parts of the document may be switched off (optional content). Raises
    :class:`~extract.errors.LimitExceeded` when the budget of the document is used up.
    """
    frame = _frame(page)
    contents = Contents()
    _walk(*_objects(page), frame.matrix, contents, budget, 0)
    textpage = page.get_textpage()
    try:
        meant = _meant(textpage.raw, budget)
        digits = [index for index, code in meant if code in DIGITS]
        veiled = (
            layers
            or contents.outlined
            or may_be_hidden(
                textpage.raw,
                digits,
                frame.matrix,
                contents.covers,
                lambda: _painted(_objects(page)[1], contents.forms),
            )
        )
        chars, hidden = _chars(textpage.raw, meant, frame, contents.invisible)
    finally:
        textpage.close()
    unsure = len(chars) - [char[6] for char in chars].count(0)
    if veiled:
        chars = with_unseen(page, chars)
    chars = with_annotations(page, chars, frame.shown)
    marks = PageMarks(number, *frame.size, chars, contents.rulings)
    return PdfiumPage(marks, contents.images, hidden, unsure)


def _objects(page: pdfium.PdfPage) -> tuple[int, Iterable[Any]]:
    count = pdfium_c.FPDFPage_CountObjects(page.raw)
    return count, map(direct.object_of_page, repeat(page.raw), range(count))


def _objects_of_form(form: Any) -> tuple[int, Iterable[Any]]:
    count = direct.count_in_form(form)
    return count, map(direct.object_of_form, repeat(form), range(count))


def _painted(items: Iterable[Any], forms: Container[int]) -> Iterator[int]:
    """The addresses of objects in the order in which they are painted, those in ``forms`` among them."""
    return _painted_in_forms(items, forms) if forms else map(attrgetter("value"), items)


def _painted_in_forms(items: Iterable[Any], forms: Container[int]) -> Iterator[int]:
    for item in items:
        yield item.value
        if item.value in forms:
            yield from _painted_in_forms(_objects_of_form(item)[1], forms)


def _frame(page: pdfium.PdfPage) -> Frame:
    rect = pdfium_c.FS_RECTF()
    pdfium_c.FPDF_GetPageBoundingBox(page.raw, rect)
    turns = max(pdfium_c.FPDFPage_GetRotation(page.raw), 0)
    return Frame(rect.left, rect.bottom, rect.right, rect.top, turns)


def _chars(
    textpage: Any, meant: Iterable[tuple[int, int]], frame: Frame, invisible: set[int]
) -> tuple[list[Char], int]:
    """Characters on the page, and how many of them are not painted."""
    get_loose_box, is_unmapped = direct.char_loose_box, direct.char_is_unmapped
    loose = (ctypes.c_float * 4)()
    to_loose = ctypes.byref(loose)
    tight_box = _TightBoxes(textpage).of
    width, height = frame.size
    shown, frame_turns = frame.shown, frame.turns
    edge, upper = frame.left, frame.top
    chars: list[tuple[str, float, float, float, float, int, int]] = []
    hidden = 0
    line_low = line_high = 0.0
    for index, code in meant:
        # PDFium's loose box, as wide as a character advances and as high as its type, is right for
        # upright text in a font that states its metrics. It is the ink in other fonts (Chromium's),
        # and nothing in turned text.
        get_loose_box(textpage, index, to_loose)
        left, high, right, low = _read_floats(loose)
        turns = frame_turns
        # In the same type on the same line as one whose box was right a character needs no more.
        if low != line_low or high != line_high:
            tight = tight_box(index)
            if tight is None:
                continue
            _, _, bottom, top = tight
            if high - low > top - bottom + 0.01 and direct.char_angle(textpage, index) == 0:
                line_low, line_high = low, high
            else:
                placed = _from_origin(textpage, index, *tight)
                if placed is None:
                    continue
                turns, left, low, right, high = placed
                turns = (turns + frame_turns) % 4
        if frame_turns:
            x0, top, x1, bottom = shown(left, low, right, high)
        else:
            x0, top, x1, bottom = left - edge, upper - high, right - edge, upper - low
        if x1 < 0 or bottom < 0 or x0 > width or top > height:
            continue
        text, sure = certain(code)
        doubtful: int = not sure or is_unmapped(textpage, index) == 1
        if invisible and direct.char_object(textpage, index).value in invisible:
            doubtful = UNSEEN
            hidden += 1
        chars.append((text, x0, top, x1, bottom, turns, doubtful))
    return [*map(_as_char, chars)], hidden


_as_char = functools.partial(tuple.__new__, Char)
"""``Char(*values)`` in half the time; there are thousands on a page."""


def _meant(textpage: Any, budget: Budget) -> list[tuple[int, int]]:
    """Index and code point of the characters; those that PDFium makes up, spaces at line ends, are left out."""
    count = max(pdfium_c.FPDFText_CountChars(textpage), 0)
    budget.take_chars(count)
    is_generated = direct.char_is_generated
    codes = _codes(textpage, count)
    meant = [
        (index, code)
        for index, code in enumerate(codes)
        if code > 0x20 or is_generated(textpage, index) != 1
    ]
    return meant if _HALVES.isdisjoint(codes) else _whole(meant)


def _codes(textpage: Any, count: int) -> list[int]:
    """The code points of all characters, taken at one go where PDFium's text has one for each."""
    units = (ctypes.c_ushort * (count + 1))()
    written = pdfium_c.FPDFText_GetText(textpage, 0, count, units)
    if written == count + 1 and _TEXT_HYPHEN not in (codes := units[:count]):
        return codes
    return [*map(direct.char_unicode, repeat(textpage), range(count))]


def _whole(halves: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Characters with those outside the basic plane made whole of their surrogates."""
    whole = []
    lead = 0
    for index, code in halves:
        if 0xD800 <= code < 0xDC00:
            lead = code
            continue
        if lead and 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((lead - 0xD800) << 10) + (code - 0xDC00)
        lead = 0
        whole.append((index, code))
    return whole


_read_floats = struct.Struct("4f").unpack


class _TightBoxes:
    """The boxes of the ink of characters in PDF space."""

    def __init__(self, textpage: Any) -> None:
        self._textpage = textpage
        self._edges = (ctypes.c_double * 4)()
        self._to_edges = [ctypes.byref(self._edges, 8 * edge) for edge in range(4)]

    def of(self, index: int) -> tuple[float, float, float, float] | None:
        """Left, right, bottom and top; None where PDFium knows none."""
        if not direct.char_box(self._textpage, index, *self._to_edges):
            return None
        left, right, bottom, top = self._edges
        return left, right, bottom, top


def _from_origin(
    textpage: Any, index: int, left: float, right: float, bottom: float, top: float
) -> tuple[int, float, float, float, float] | None:
    """Clockwise quarter turns and the box from where the pen stood; None for a slanted character.

    The space before the ink, of which the box is given, is taken for that after it. The turn is that
    of the baseline: PDFium's angle takes synthetic italics for a rotation.
    """
    matrix, origin = pdfium_c.FS_MATRIX(), (ctypes.c_double * 2)()
    if not direct.char_matrix(textpage, index, ctypes.byref(matrix)):
        return None
    quarters = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
    if abs(quarters - round(quarters)) > _UPRIGHT:
        return None
    direct.char_origin(textpage, index, ctypes.byref(origin), ctypes.byref(origin, 8))
    x, y = origin
    em = direct.char_size(textpage, index) * math.hypot(matrix.a, matrix.b)
    above, below = _ASCENT * em, (1 - _ASCENT) * em
    match -round(quarters) % 4:
        case 0:
            side = max(left - x, 0)
            return 0, left - side, y - below, right + side, y + above
        case 1:
            side = max(y - top, 0)
            return 1, x - below, bottom - side, x + above, top + side
        case 2:
            side = max(x - right, 0)
            return 2, left - side, y - above, right + side, y + below
        case _:
            side = max(bottom - y, 0)
            return 3, x - above, bottom - side, x + below, top + side


def _walk(
    count: int,
    items: Iterable[Any],
    matrix: _Matrix,
    contents: Contents,
    budget: Budget,
    depth: int,
) -> None:
    """Look at ``count`` objects; ``matrix`` leads from their space to the page as shown."""
    if depth > _DEEPEST_FORM:
        raise LimitExceeded(f"forms are nested more than {_DEEPEST_FORM} deep")
    budget.take_objects(max(count, 0))
    mode_of = direct.render_mode
    for item in items:
        # Most objects are text, and nothing else has a mode.
        mode = mode_of(item)
        if mode != _NO_TEXT:
            if mode != _FILLED:
                if mode in _NOT_PAINTED:
                    contents.invisible.add(item.value)
                # The colour of its outlines is not asked for, one by one.
                contents.outlined |= mode in _OUTLINED
            continue
        kind = direct.object_type(item)
        if kind == _PATH:
            _read_path(item, matrix, contents, budget)
        elif kind in (_IMAGE, _SHADING):
            contents.images += kind == _IMAGE
            contents.covers.append(Cover(_bounds(item, matrix), item.value))
        elif kind == _FORM:
            contents.forms.add(item.value)
            inside = _product(_matrix(item), matrix)
            _walk(*_objects_of_form(item), inside, contents, budget, depth + 1)


def _matrix(item: Any) -> _Matrix:
    matrix = pdfium_c.FS_MATRIX()
    if not direct.object_matrix(item, ctypes.byref(matrix)):
        return _IDENTITY
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _product(first: _Matrix, second: _Matrix) -> _Matrix:
    """The matrix that applies ``first`` and then ``second``."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


# Room for results; PDFium is asked by one thread at a time.
_modes = (ctypes.c_int * 2)()
_to_modes = [ctypes.byref(_modes, ctypes.sizeof(ctypes.c_int) * which) for which in range(2)]
_bounds_of_path = (ctypes.c_float * 4)()
_to_bounds = [
    ctypes.byref(_bounds_of_path, ctypes.sizeof(ctypes.c_float) * edge) for edge in range(4)
]


def _read_path(path: Any, matrix: _Matrix, contents: Contents, budget: Budget) -> None:
    """The rulings that a painted path draws; curves draw none."""
    direct.draw_mode(path, *_to_modes)
    fill, stroke = _modes
    if not (fill or stroke):
        return
    if fill or _is_thick(path):
        x0, top, x1, bottom = box = _bounds(path, matrix)
        if min(x1 - x0, bottom - top) > THICKEST:
            dark = not is_pale(path)
            contents.covers.append(Cover(box, path.value, dark))
    count = direct.count_segments(path)
    budget.take_objects(max(count, 0))
    if not stroke and count <= _RECTANGLE:
        # Programs fill hundreds of small rectangles for borders: their box says it all.
        contents.rulings += rectangle(*box, outlined=False)
        return
    outlines = _outlines(path, count, _product(_matrix(path), matrix))
    contents.rulings += painted(outlines, stroke=bool(stroke), fill=bool(fill))


def _is_thick(path: Any) -> bool:
    width = ctypes.c_float()
    return bool(direct.stroke_width(path, ctypes.byref(width))) and width.value > THICKEST


def _bounds(path: Any, matrix: _Matrix) -> BBox:
    a, b, c, d, e, f = matrix
    direct.object_bounds(path, *_to_bounds)
    left, bottom, right, top = _read_floats(_bounds_of_path)
    # Turned by quarters or not, two opposite corners stay opposite; slanted ones draw no border.
    x0, y0 = a * left + c * bottom + e, b * left + d * bottom + f
    x1, y1 = a * right + c * top + e, b * right + d * top + f
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _outlines(path: Any, count: int, matrix: _Matrix) -> list[Outline]:
    """The parts of a path, points as shown."""
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    to_x, to_y = ctypes.byref(x), ctypes.byref(y)
    outlines: list[Outline] = []
    for index in range(count):
        part = direct.path_segment(path, index)
        direct.segment_point(part, to_x, to_y)
        kind = direct.segment_type(part)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO or not outlines:
            outlines.append(Outline())
        point = a * x.value + c * y.value + e, b * x.value + d * y.value + f
        outlines[-1].add(point, straight=kind != pdfium_c.FPDF_SEGMENT_BEZIERTO)
        if direct.segment_closes(part):
            outlines[-1].closed = True
    return outlines
