"""PDF a second time, by pdfminer.six: an independent engine for the characters and the lines.

Two engines rarely misread a file in the same way. Where they agree on a number, the page shows it;
where they differ, it is doubtful. The geometry that makes tables of the marks is the same for both.
"""

from __future__ import annotations

import io
import logging
import math
import zlib
from collections.abc import Sequence
from itertools import count

from pdfminer import pdftypes
from pdfminer.cmapdb import FileUnicodeMap
from pdfminer.layout import LTChar
from pdfminer.pdfcolor import PDFColorSpace
from pdfminer.pdfdevice import PDFTextDevice, PDFTextSeq
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError
from pdfminer.pdffont import PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import (
    PDFGraphicState,
    PDFPageInterpreter,
    PDFResourceManager,
    PDFStackT,
    PDFTextState,
)
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral
from pdfminer.utils import (
    Matrix,
    PathSegment,
    Rect,
    apply_matrix_pt,
    apply_matrix_rect,
    decode_text,
)

from extract.document import Document, Table
from extract.errors import DamagedDocument, ExtractionError, LimitExceeded, Locked
from extract.readers.pdf_limits import MOST_PAGES, Budget, check_pages
from extract.readers.pdf_text import REPLACEMENT, certain, check_whole, metadata, page_doubts
from extract.readers.pictures import scanned_pages
from extract.tables import Char, Outline, PageMarks, Ruling, painted, read_pages

# pdfminer reports every oddity of a file, once a page; what matters is said as a doubt or an error.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

_INVISIBLE = 3
"""Text rendering mode of text that is not painted (ISO 32000-1, 9.3.6)."""
_UPRIGHT = 0.05
"""Quarter turns a character may lean and still be upright."""


MOST_STEPS = 600_000
"""Operands in all pages; a report has some ten thousand a page at most."""
_MOST_CODES = 70_000
MOST_UNPACKED = 64_000_000
"""Bytes that a broken stream may unpack to."""


def _without_checksum(data: bytes) -> bytes:
    """What a stream with a wrong checksum unpacks to."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    unpacked = engine.decompress(data[2:], MOST_UNPACKED)
    if engine.unconsumed_tail:
        raise LimitExceeded("a broken part of the PDF unpacks too far")
    return unpacked


# pdfminer does it byte by byte, copying all that it has each time: minutes for a broken font.
pdftypes.decompress_corrupted = _without_checksum


_add_code = FileUnicodeMap.add_cid2unichr


def _add_code_within_limits(self: FileUnicodeMap, cid: int, code: PSLiteral | bytes | int) -> None:
    if len(self.cid2unichr) > _MOST_CODES:
        raise DamagedDocument("a font of the PDF names more characters than there are")
    _add_code(self, cid, code)


# A range of four billion codes takes twenty bytes to write.
FileUnicodeMap.add_cid2unichr = _add_code_within_limits  # type: ignore[method-assign]


class _Interpreter(PDFPageInterpreter):
    """Steps are counted: one costs pdfminer as much as a hundred cost PDFium."""

    def __init__(self, resources: PDFResourceManager, device: _Marks) -> None:
        super().__init__(resources, device)
        self._steps = device.steps

    def push(self, obj: PDFStackT) -> None:
        if next(self._steps) > MOST_STEPS:
            raise DamagedDocument("the second engine would take too long for this PDF")
        self.argstack.append(obj)

    def pop(self, n: int) -> list[PDFStackT]:
        # pdfminer copies the rest of the stack at each operator.
        taken = self.argstack[-n:] if n else []
        del self.argstack[len(self.argstack) - len(taken) :]
        return taken


def read_pdf_second(data: bytes) -> Document:
    """The blocks of a PDF, in the shape and with the errors of :func:`extract.readers.pdf.read_pdf`."""
    check_whole(data)
    try:
        marks, images, doubts, properties = _read(data)
    except ExtractionError:
        raise
    except PDFEncryptionError as error:
        raise Locked("the PDF is locked with a password") from error
    except Exception as error:
        # pdfminer trusts the file: a broken one surfaces as any exception of Python.
        raise DamagedDocument("the second engine cannot read this PDF") from error
    layout = read_pages(marks)
    doubts += scanned_pages(
        [len(page.chars) for page in marks],
        images,
        tables=any(isinstance(block, Table) for block in layout.blocks),
    )
    return Document(
        media_type="application/pdf",
        blocks=layout.blocks,
        pages=len(marks),
        metadata=properties,
        doubts=(*doubts, *layout.doubts),
    )


def _read(data: bytes) -> tuple[list[PageMarks], list[int], list[str], dict[str, str]]:
    pdf = PDFDocument(PDFParser(io.BytesIO(data)))
    resources = PDFResourceManager()
    device = _Marks(resources, Budget())
    interpreter = _Interpreter(resources, device)
    marks: list[PageMarks] = []
    images: list[int] = []
    doubts: list[str] = []
    for number, page in enumerate(PDFPage.create_pages(pdf), start=1):
        if number > MOST_PAGES:
            check_pages(number)
        # The interpreter places everything by the media box; what is shown is the crop box.
        page.mediabox = _common(page.cropbox, page.mediabox)
        interpreter.process_page(page)
        marks.append(PageMarks(number, *device.size, device.chars, device.rulings))
        unsure = sum(char.doubtful for char in device.chars)
        images.append(device.images)
        doubts += page_doubts(number, device.hidden, unsure)
    if not marks:
        raise DamagedDocument("the PDF has no pages")
    info = pdf.info[-1] if pdf.info else {}
    properties = metadata(*(_text(info.get(key)) for key in ("Title", "Author", "CreationDate")))
    return marks, images, doubts, properties


def _common(one: Rect, other: Rect) -> Rect:
    box = (
        max(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
    )
    return box if box[0] < box[2] and box[1] < box[3] else other


def _text(value: object) -> str:
    value = resolve1(value)
    if not isinstance(value, bytes):
        return ""
    # WPS writes UTF-16 with the byte order that the standard does not have.
    if value.startswith(b"\xff\xfe"):
        return value.decode("utf-16", "replace")
    return decode_text(value)


class _Marks(PDFTextDevice):
    """Collects the characters and rulings of one page after the other, as shown."""

    def __init__(self, resources: PDFResourceManager, budget: Budget) -> None:
        super().__init__(resources)
        self.budget = budget
        self.steps = count()
        self.size = (0.0, 0.0)
        self._invisible = False

    def begin_page(self, page: PDFPage, ctm: Matrix) -> None:
        x0, y0, x1, y1 = apply_matrix_rect(ctm, page.mediabox)
        self.size = (x1 - x0, y1 - y0)
        self.chars: list[Char] = []
        self.rulings: list[Ruling] = []
        self.images = self.hidden = 0

    def render_image(self, name: str, stream: PDFStream) -> None:
        self.images += 1

    def render_string(
        self,
        textstate: PDFTextState,
        seq: PDFTextSeq,
        ncs: PDFColorSpace,
        graphicstate: PDFGraphicState,
    ) -> None:
        self._invisible = textstate.render == _INVISIBLE
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(
        self,
        matrix: Matrix,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: PDFColorSpace,
        graphicstate: PDFGraphicState,
    ) -> float:
        self.budget.take_chars(1)
        try:
            text = font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            text = REPLACEMENT
        placed = LTChar(
            matrix,
            font,
            fontsize,
            scaling,
            rise,
            text,
            font.char_width(cid),
            font.char_disp(cid),
            ncs,
            graphicstate,
        )
        self._add(placed, text)
        return placed.adv

    def _add(self, placed: LTChar, text: str) -> None:
        width, height = self.size
        x0, top, x1, bottom = placed.x0, height - placed.y1, placed.x1, height - placed.y0
        quarters = math.atan2(placed.matrix[1], placed.matrix[0]) / (math.pi / 2)
        slanted = abs(quarters - round(quarters)) > _UPRIGHT
        if slanted or x1 < 0 or bottom < 0 or x0 > width or top > height:
            return
        sure = bool(text) and not self._invisible
        self.hidden += self._invisible
        shown = ""
        for char in text or REPLACEMENT:
            known, meant = certain(ord(char))
            shown += known
            sure = sure and meant
        self.chars.append(Char(shown, x0, top, x1, bottom, -round(quarters) % 4, not sure))

    def paint_path(
        self,
        graphicstate: PDFGraphicState,
        stroke: bool,
        fill: bool,
        evenodd: bool,
        path: Sequence[PathSegment],
    ) -> None:
        assert self.ctm is not None
        self.budget.take_objects(len(path))
        outlines: list[Outline] = []
        for operator, *operands in path:
            if operator == "h":
                if outlines:
                    outlines[-1].closed = True
                continue
            if operator == "m" or not outlines:
                outlines.append(Outline())
            # The last operand pair is where the pen goes; those before steer a curve.
            x, y = apply_matrix_pt(self.ctm, (float(operands[-2]), float(operands[-1])))
            outlines[-1].add((x, self.size[1] - y), straight=operator in ("m", "l"))
        self.rulings += painted(outlines, stroke=stroke, fill=fill)
