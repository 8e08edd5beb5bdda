"""Reports that show their tables as pictures fail with the reason, and nothing else does."""

from __future__ import annotations

import io
import struct
import zlib

import docx
import pypdfium2 as pdfium
import pytest
import reports
from docx.shared import Mm

from extract.document import Origin
from extract.reading import read
from extract.record import Status

PROSE = "".join(f"<p>{heading}</p><p>{reports.PROSE[0]}</p>" for heading in reports.HEADINGS)


def page(body: str) -> bytes:
    return f"<html><head><meta charset=utf-8></head><body><h1>{reports.TITLE}</h1>{body}</body>".encode()


def png() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00\xff"))
        + chunk(b"IEND", b"")
    )


def test_a_page_with_pictures_for_tables_says_how_many():
    record = read(page(PROSE + "<p><img src=1.png></p><p><img src=2.png width=600></p>"), Origin())
    assert record.parse.status is Status.FAILED
    assert (
        "The document has no tables, but 2 pictures that may show them; "
        "text in pictures is not read." in record.parse.reasons
    )


@pytest.mark.parametrize(
    "furniture",
    [
        "<img src=icon.gif width=16 height=16>",
        "<footer><img src=emblem.png></footer>",
        "<header><img src=banner.jpg></header>",
        "",
    ],
)
def test_icons_and_banners_are_no_tables(furniture):
    record = read(page(furniture + PROSE), Origin())
    assert not any("picture" in reason for reason in record.parse.reasons)


def test_a_word_document_with_pictures_for_tables_says_so():
    document = docx.Document()
    document.add_paragraph(reports.TITLE)
    for heading in reports.HEADINGS:
        document.add_paragraph(heading)
    document.add_picture(io.BytesIO(png()), width=Mm(100))
    target = io.BytesIO()
    document.save(target)
    record = read(target.getvalue(), Origin())
    assert record.parse.status is Status.FAILED
    assert any("1 picture that may show them" in reason for reason in record.parse.reasons)


def test_a_scan_says_that_all_of_its_pages_are_pictures():
    pdf = pdfium.PdfDocument.new()
    for _ in range(3):
        sheet = pdf.new_page(595, 842)
        image = pdfium.PdfImage.new(pdf)
        image.set_bitmap(pdfium.PdfBitmap.new_native(10, 10, 1))
        image.set_matrix(pdfium.PdfMatrix().scale(500, 700))
        sheet.insert_obj(image)
        sheet.gen_content()
    target = io.BytesIO()
    pdf.save(target)
    from extract.readers.pdf import read_pdf
    from extract.readers.pdf_second import read_pdf_second

    for reader in (read_pdf, read_pdf_second):
        assert reader(target.getvalue()).doubts == (
            "The document is a scan, all 3 pages are pictures; text in pictures is not read.",
        )
