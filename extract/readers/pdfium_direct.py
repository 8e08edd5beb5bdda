"""The functions of PDFium that are asked for every mark on a page, by the shortest way.

``pypdfium2.raw`` converts each argument of each call by a declared type, which takes longer than what is
called. Here arguments go to PDFium as they are and nothing checks them: handles as PDFium gave them
(those of objects are :class:`Handle`), numbers as ``int``, room for results by ``ctypes.byref``. The lock
of the interpreter is kept, for none of these takes long.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]


class Handle(ctypes.c_void_p):
    """An object on a page; false where there is none, and ``value`` tells one from another."""


def _direct(
    function: Any, result: type[Any] = ctypes.c_int, *taken: type[Any]
) -> Callable[..., Any]:
    """``function`` with its type of ``result``; types ``taken`` only where a number is no C ``int``."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    return ctypes.PYFUNCTYPE(result, *taken)(address or 0)


object_of_page = _direct(pdfium_c.FPDFPage_GetObject, Handle)
object_of_form = _direct(pdfium_c.FPDFFormObj_GetObject, Handle, ctypes.c_void_p, ctypes.c_ulong)
count_in_form = _direct(pdfium_c.FPDFFormObj_CountObjects)
object_type = _direct(pdfium_c.FPDFPageObj_GetType)
object_matrix = _direct(pdfium_c.FPDFPageObj_GetMatrix)
object_bounds = _direct(pdfium_c.FPDFPageObj_GetBounds)
render_mode = _direct(pdfium_c.FPDFTextObj_GetTextRenderMode)

draw_mode = _direct(pdfium_c.FPDFPath_GetDrawMode)
object_fill = _direct(pdfium_c.FPDFPageObj_GetFillColor)
stroke_width = _direct(pdfium_c.FPDFPageObj_GetStrokeWidth)
count_segments = _direct(pdfium_c.FPDFPath_CountSegments)
path_segment = _direct(pdfium_c.FPDFPath_GetPathSegment, Handle)
segment_point = _direct(pdfium_c.FPDFPathSegment_GetPoint)
segment_type = _direct(pdfium_c.FPDFPathSegment_GetType)
segment_closes = _direct(pdfium_c.FPDFPathSegment_GetClose)

char_unicode = _direct(pdfium_c.FPDFText_GetUnicode, ctypes.c_uint)
char_is_generated = _direct(pdfium_c.FPDFText_IsGenerated)
char_is_unmapped = _direct(pdfium_c.FPDFText_HasUnicodeMapError)
char_loose_box = _direct(pdfium_c.FPDFText_GetLooseCharBox)
char_fill = _direct(pdfium_c.FPDFText_GetFillColor)
char_box = _direct(pdfium_c.FPDFText_GetCharBox)
char_angle = _direct(pdfium_c.FPDFText_GetCharAngle, ctypes.c_float)
char_matrix = _direct(pdfium_c.FPDFText_GetMatrix)
char_origin = _direct(pdfium_c.FPDFText_GetCharOrigin)
char_size = _direct(pdfium_c.FPDFText_GetFontSize, ctypes.c_double)
char_object = _direct(pdfium_c.FPDFText_GetTextObject, Handle)
