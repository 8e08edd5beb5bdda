"""What of a PDF page is seen: digits that leave no ink, or lie under what a reader put on the page, are doubtful.

White, covered, transparent and switched off text is text to PDFium. A page is rendered only if something
on it may hide a digit: to render all of them would take as long as to read them.
"""

from __future__ import annotations

import ctypes
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from extract.document import BBox
from extract.readers import pdfium_direct as direct
from extract.readers.pdf_text import REPLACEMENT
from extract.tables import UNSEEN, Char, inside

DIGITS = frozenset([*range(0x30, 0x3A), *range(0xFF10, 0xFF1A)])
"""Code points of the digits that numbers are written with, as wide as a letter or as an ideograph."""
_CATALOG = re.compile(rb"/Type\s*/Catalog\b")
_PALE = 600
"""The sum of red, green and blue (765 is white) from which a colour may not be seen on paper."""
_SHEER = 128
"""Opacity (255 hides what is below) under which a colour may not be seen."""
_SCALE = 2.0
"""Pixels to a point: a stroke of small type is a pixel wide."""
_MOST_PIXELS = 8_000_000
_CONTRAST = 24
"""Steps of grey (of 255) between paper and ink."""
_CORE = (0.25, 0.75)
"""Parts of a character's height between which each digit has ink and no border runs."""
_MOST_LINES = 20
"""Of a picture, looked at for one digit."""
_MOST_BOXES = 300
_BESIDE = frozenset(
    [
        pdfium_c.FPDF_ANNOT_LINK,
        pdfium_c.FPDF_ANNOT_POPUP,
        pdfium_c.FPDF_ANNOT_TEXT,
        pdfium_c.FPDF_ANNOT_HIGHLIGHT,
        pdfium_c.FPDF_ANNOT_UNDERLINE,
        pdfium_c.FPDF_ANNOT_SQUIGGLY,
    ]
)
"""Annotations that leave the numbers of a page as they are."""
_WRITING = frozenset([pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_WIDGET])
"""Annotations that show text of their own; a form field is a widget."""
_SEALS = frozenset([pdfium_c.FPDF_ANNOT_STAMP, pdfium_c.FPDF_ANNOT_WIDGET])
"""Annotations that may be a seal, through which the date of a report is seen."""
_NOT_SHOWN = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
_LINE = 40.0
"""Points: what is higher than a few lines of text is a seal and no number."""


def may_have_layers(data: bytes) -> bool:
    """Whether parts of a document may be switched off (optional content).

    The catalog tells, about which PDFium cannot be asked; one that is packed may tell anything.
    """
    return b"/OCProperties" in data or _CATALOG.search(data) is None


def with_annotations(
    page: pdfium.PdfPage, chars: list[Char], shown: Callable[[float, float, float, float], BBox]
) -> list[Char]:
    """The characters of a page, those digits doubtful that lie under an annotation.

    A field or note that may show a number where none is read is one unreadable character. ``shown``
    leads from PDF space to the page as shown.
    """
    found = [(kind, shown(*rect)) for kind, rect in _annotations(page)]
    if not found:
        return chars
    digits = [char for char in chars if char.text.isdecimal()]
    # More annotations than are compared are everywhere.
    under = (
        dict.fromkeys(map(id, digits), UNSEEN)
        if len(found) > _MOST_BOXES
        else {
            id(char): True if kind in _SEALS else UNSEEN
            for kind, box in found
            for char in inside(digits, box)
        }
    )
    written = [
        Char(REPLACEMENT, *box, 0, True)
        for kind, box in found
        if kind in _WRITING and box[0] < box[2] and 0 < box[3] - box[1] < _LINE
        if not inside(digits, box)
    ]
    return [
        char._replace(doubtful=under[id(char)]) if id(char) in under else char for char in chars
    ] + written


def _annotations(page: pdfium.PdfPage) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    """Kind and box (left, bottom, right, top) of the annotations that may change what is seen."""
    rect = pdfium_c.FS_RECTF()
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page.raw), _MOST_BOXES + 1)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        hidden = pdfium_c.FPDFAnnot_GetFlags(annotation) & _NOT_SHOWN
        placed = pdfium_c.FPDFAnnot_GetRect(annotation, rect)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if placed and not hidden and kind not in _BESIDE:
            yield kind, (rect.left, rect.bottom, rect.right, rect.top)


class Cover(NamedTuple):
    """A shape that may hide text: its box as shown, its address, and whether text on it is hidden, too."""

    box: BBox
    address: int
    dark: bool = False


def may_be_hidden(
    textpage: Any,
    digits: Sequence[int],
    matrix: tuple[float, float, float, float, float, float],
    covers: Sequence[Cover],
    painted: Callable[[], Iterable[int]],
) -> bool:
    """Whether one of the characters may not be seen: its colour is pale, or a cover lies over it.

    ``matrix`` leads from PDF space to the page as shown; ``painted`` gives the addresses of the objects of
    the page in the order in which they are painted.
    """
    if _any_pale(textpage, digits):
        return True
    if not covers or len(covers) > _MOST_BOXES:
        return bool(covers)
    order: dict[int, int] = {}
    a, b, c, d, e, f = matrix
    edges = (ctypes.c_double * 4)()
    to_edges = [ctypes.byref(edges, ctypes.sizeof(ctypes.c_double) * edge) for edge in range(4)]
    for index in digits:
        if not direct.char_box(textpage, index, *to_edges):
            continue
        left, right, bottom, top = _read_edges(edges)
        x, y = (left + right) / 2, (bottom + top) / 2
        x, y = a * x + c * y + e, b * x + d * y + f
        for (x0, upper, x1, lower), address, dark in covers:
            if x0 <= x <= x1 and upper <= y <= lower:
                order = order or dict(zip(painted(), count()))
                text = direct.char_object(textpage, index).value
                if dark or order.get(text, 0) < order[address]:
                    return True
    return False


def _any_pale(textpage: Any, digits: Sequence[int]) -> bool:
    fill_of, (red, green, blue, opacity) = direct.char_fill, _to_colour
    colours = set()
    for index in digits:
        if not fill_of(textpage, index, red, green, blue, opacity):
            return True
        colours.add(bytes(_colour))
    return any(map(_is_pale, colours))


_read_edges = struct.Struct("4d").unpack
_read_colour = struct.Struct("4I").unpack
_colour = (ctypes.c_uint * 4)()
_to_colour = [ctypes.byref(_colour, ctypes.sizeof(ctypes.c_uint) * part) for part in range(4)]


def is_pale(shape: Any) -> bool:
    """Whether a shape is filled with a colour that may not be seen on paper, or with none."""
    return not direct.object_fill(shape, *_to_colour) or _is_pale(bytes(_colour))


def _is_pale(colour: bytes) -> bool:
    red, green, blue, opacity = _read_colour(colour)
    return bool(opacity < _SHEER or red + green + blue > _PALE)


def with_unseen(page: pdfium.PdfPage, chars: Iterable[Char]) -> list[Char]:
    """The characters of a page, those digits doubtful of which nothing is seen when it is rendered."""
    width, height = page.get_size()
    scale = min(_SCALE, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        pixels = bytes(bitmap.buffer)
        lines = [
            pixels[start : start + bitmap.width]
            for start in range(0, bitmap.height * bitmap.stride, bitmap.stride)
        ]
    finally:
        bitmap.close()
    return [
        char._replace(doubtful=UNSEEN)
        if char.text.isdecimal() and not _has_ink(char, lines, scale)
        else char
        for char in chars
    ]


def _has_ink(char: Char, lines: Sequence[bytes], scale: float) -> bool:
    """Whether the lines of a picture of the page show a digit where a character stands."""
    _, x0, top, x1, bottom, turn, _ = char
    if turn % 2:
        x0, x1 = _core(x0, x1)
    else:
        top, bottom = _core(top, bottom)
    # Files can place characters at any number or at none.
    left, right = (int(min(max(0.0, edge * scale), len(lines[0]))) for edge in (x0, x1))
    upper, lower = (int(min(max(0.0, edge * scale), len(lines))) for edge in (top, bottom))
    step = max((lower - upper) // _MOST_LINES, 1)
    shades = b"".join(line[left : right + 1] for line in lines[upper : lower + 1 : step])
    return bool(shades) and max(shades) - min(shades) >= _CONTRAST


def _core(start: float, end: float) -> tuple[float, float]:
    low, high = _CORE
    return start + low * (end - start), start + high * (end - start)
