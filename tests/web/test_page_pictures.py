"""Pages as pictures: of scans too, and never larger than is good for the machine."""

from __future__ import annotations

import io
import json
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from archive.web.documents import pictures
from extract.document import BBox
from extract.errors import DamagedDocument, ExtractionError, LimitExceeded
from extract.tables import Char, PageMarks, Ruling

A4 = (595.0, 842.0)


def _tiff(*sizes: tuple[int, int]) -> bytes:
    frames = [Image.new("L", size, 200) for size in sizes]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def test_a_scan_has_the_pages_of_its_file() -> None:
    scan = _tiff((1654, 2339), (2339, 1654))
    (upright, across) = json.loads(pictures.sizes(scan))
    assert upright == pytest.approx(A4, abs=1)
    assert across == pytest.approx(A4[::-1], abs=1)
    second = Image.open(io.BytesIO(pictures.picture(scan, 2)))
    assert second.format == "PNG"
    assert second.width * second.height <= pictures.MOST_PIXELS
    with pytest.raises(DamagedDocument, match="no page 3"):
        pictures.picture(scan, 3)


def _png(width: int, height: int) -> bytes:
    """A picture that says how large it is, and holds nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_a_picture_of_a_billion_pixels_is_refused_unread() -> None:
    for size in ((30_000, 30_000), (2_000_000, 100)):
        with pytest.raises(LimitExceeded):
            pictures.picture(_png(*size), 1)


def _pdf(box: str) -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[" + box.encode() + b"]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )


@settings(max_examples=25)
@given(
    st.lists(
        st.floats(-1e12, 1e12) | st.sampled_from([0.0, 1.0, 1e-9, 14400.0]), min_size=4, max_size=4
    )
)
def test_pages_of_any_size_cost_little(box: list[float]) -> None:
    pdf = _pdf(" ".join(f"{edge:f}" for edge in box))
    ((width, height),) = json.loads(pictures.sizes(pdf))
    assert 1 <= width <= 20_000
    assert 1 <= height <= 20_000
    try:
        drawn = Image.open(io.BytesIO(pictures.picture(pdf, 1)))
    except ExtractionError:
        return
    assert drawn.width * drawn.height <= pictures.MOST_PIXELS * 1.1


@settings(max_examples=50)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_document_are_refused_in_words(data: bytes) -> None:
    for start in (b"%PDF-1.7\n", b"II*\x00", b"\x89PNG\r\n\x1a\n", b""):
        for work in (pictures.sizes, lambda data: pictures.picture(data, 1)):
            with pytest.raises(ExtractionError):
                work(start + data)


def test_the_marks_of_an_ofd_page_are_drawn_as_words() -> None:
    box: BBox = (10, 20, 16, 30)
    page = PageMarks(1, 595, 842, [Char("<", *box), Char("数", *box)], [Ruling(0, 5, 90, 5)])
    drawn = pictures.drawn(page).decode()
    assert "&lt;" in drawn
    assert "数" in drawn
    assert "<line " in drawn
    assert pictures.media_type_of(drawn.encode()) == pictures.SVG
    with pytest.raises(LimitExceeded):
        pictures.drawn(PageMarks(1, 595, 842, [Char("1", *box)] * 70_000, []))
