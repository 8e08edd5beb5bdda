"""PDF, by PDFium: characters and ruling lines, and from them paragraphs and tables.

:func:`read_pdf` is fast and the first choice; :mod:`extract.readers.pdf_second` reads the same file
with an independent engine.
"""

from __future__ import annotations

import threading

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from extract.document import Document, Table
from extract.errors import DamagedDocument, Locked
from extract.readers.pdf_limits import Budget, check_pages
from extract.readers.pdf_marks import read_page
from extract.readers.pdf_seen import may_have_layers
from extract.readers.pdf_text import check_whole, metadata, page_doubts
from extract.readers.pictures import scanned_pages
from extract.tables import PageMarks, read_pages

PDFIUM = threading.Lock()
"""PDFium is not thread-safe, not even for different documents."""


def read_pdf(data: bytes) -> Document:
    """The blocks of a PDF in reading order, boxes in points on the pages as shown.

    Raises :class:`~extract.errors.ExtractionError`: ``UnknownFormat`` for what is no PDF,
    ``DamagedDocument`` for a broken or cut one, ``LimitExceeded`` for one too large, ``Locked`` for one
    with a password. A hostile file can keep PDFium itself busy without end (forms that
    call each other): only a time limit on the process helps against that.
    """
    check_whole(data)
    with PDFIUM:
        marks, images, doubts, properties = _read(data)
    layout = read_pages(marks)
    pictures = scanned_pages(
        [len(page.chars) for page in marks],
        images,
        tables=any(isinstance(block, Table) for block in layout.blocks),
    )
    return Document(
        media_type="application/pdf",
        blocks=layout.blocks,
        pages=len(marks),
        metadata=properties,
        doubts=(*doubts, *pictures, *layout.doubts),
        pictures=bool(pictures),
        strange_pages=layout.strange,
    )


def page_marks(data: bytes) -> tuple[list[PageMarks], list[int]]:
    """The marks of each page and the number of pictures on it; errors as of :func:`read_pdf`."""
    with PDFIUM:
        marks, images, _, _ = _read(data)
    return marks, images


def _read(data: bytes) -> tuple[list[PageMarks], list[int], list[str], dict[str, str]]:
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise Locked("the PDF is locked with a password") from error
        raise DamagedDocument("the PDF is broken; download it again") from error
    try:
        check_pages(len(pdf))
        budget = Budget()
        layers = may_have_layers(data)
        marks: list[PageMarks] = []
        images: list[int] = []
        doubts: list[str] = []
        for index in range(len(pdf)):
            try:
                page = pdf[index]
            except pdfium.PdfiumError as error:
                raise DamagedDocument(f"page {index + 1} of the PDF is broken") from error
            try:
                read = read_page(page, index + 1, budget, layers=layers)
            finally:
                page.close()
            marks.append(read.marks)
            images.append(read.images)
            doubts += page_doubts(index + 1, read.hidden, read.unsure)
        properties = metadata(*(_property(pdf, key) for key in ("Title", "Author", "CreationDate")))
        return marks, images, doubts, properties
    finally:
        pdf.close()


def _property(pdf: pdfium.PdfDocument, key: str) -> str:
    try:
        return str(pdf.get_metadata_value(key))
    except UnicodeDecodeError:
        return ""
