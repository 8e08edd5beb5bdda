"""Reports whose pages were pasted as pictures into a Word file, a web page or an archive."""

from __future__ import annotations

import base64
import io
import zipfile

import docx
import pytest
from docx.shared import Mm
from mutations import broken
from ofd_writer import Page, Style, write
from PIL import Image, ImageDraw
from printed_form import SOFFICE
from test_doc import convert

from extract.document import Origin
from extract.readers.catalogue import READERS
from extract.readers.scans import is_available
from extract.reading import read
from extract.record import Recognition, Status
from extract.sniff import DOC, DOCX, HTML, MHTML, ZIP, sniff

TITLE = "示例县民政局2024年政府信息公开工作年度报告"


def picture(kind: str = "PNG", size: tuple[int, int] = (1240, 1754), shade: int = 255) -> bytes:
    """A sheet, of which ``shade`` tells which it is."""
    image = Image.new("RGB", size, (shade, shade, shade))
    ImageDraw.Draw(image).rectangle((9, 9, size[0] - 9, size[1] - 9), outline=0, width=3)
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()


SHEETS = [picture("PNG", shade=250), picture("JPEG", shade=240)]
ICON = picture(size=(64, 64))


def as_docx(pictures: list[bytes], *, words: str = TITLE) -> bytes:
    document = docx.Document()
    document.add_paragraph(words)
    for one in pictures:
        document.add_picture(io.BytesIO(one), width=Mm(150))
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def as_page(pictures: list[bytes], *, words: str = TITLE) -> bytes:
    shown = "".join(
        f'<p><img src="data:image/png;base64,{base64.b64encode(one).decode()}"></p>'
        for one in pictures
    )
    return f"<html><head><meta charset=utf-8></head><body><h1>{words}</h1>{shown}</body>".encode()


def as_mhtml(pictures: list[bytes], *, words: str = TITLE) -> bytes:
    shown = "".join(f'<p><img src="{n}.png"></p>' for n in range(len(pictures)))
    page = f"<html><head><meta charset=utf-8></head><body><h1>{words}</h1>{shown}</body>".encode()
    parts = [("text/html", "http://a.gov.cn/r/1.html", page)]
    # Browsers write the pictures in any order; that of the page counts.
    for n, one in reversed(list(enumerate(pictures))):
        parts.append(("image/png", f"http://a.gov.cn/r/{n}.png", one))
    lines = ['MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n']
    for kind, where, body in parts:
        lines.append(
            f"--b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
            f"Content-Location: {where}\r\n\r\n{base64.encodebytes(body).decode()}"
        )
    return "\r\n".join([*lines, "--b--", ""]).encode()


WRITERS = {DOCX: as_docx, HTML: as_page, MHTML: as_mhtml}


@pytest.mark.parametrize("kind", WRITERS)
def test_pages_pasted_as_pictures_are_seen_in_their_order_and_wait_for_recognition(kind):
    data = WRITERS[kind]([ICON, *SHEETS])
    assert sniff(data) == kind
    document = READERS[kind].first(data, Origin())
    assert [one.data for one in document.embedded] == SHEETS
    assert all(one.at == 1 for one in document.embedded)
    record = read(data, Origin())
    assert record.parse.status is Status.FAILED
    assert record.parse.recognition is Recognition.NEEDED
    assert any("pictures that may show them" in reason for reason in record.parse.reasons)


@pytest.mark.parametrize("kind", WRITERS)
def test_icons_and_too_many_pictures_are_not_recognised(kind):
    assert read(WRITERS[kind]([ICON] * 3), Origin()).parse.recognition is None
    record = read(WRITERS[kind]([picture(size=(420, 120), shade=n) for n in range(61)]), Origin())
    assert record.parse.status is Status.FAILED
    assert record.parse.recognition is None
    assert any("more than the 60 pictures" in reason for reason in record.parse.reasons)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_pages_pasted_into_a_binary_word_file(tmp_path):
    (tmp_path / "report.docx").write_bytes(as_docx([ICON, *SHEETS]))
    convert(tmp_path, "doc")
    data = (tmp_path / "report.doc").read_bytes()
    assert sniff(data) == DOC
    document = READERS[DOC].first(data, Origin())
    assert [(one.at, one.data) for one in document.embedded] == [(1, one) for one in SHEETS]
    record = read(data, Origin())
    assert (record.parse.status, record.parse.recognition) == (Status.FAILED, Recognition.NEEDED)
    # Behind the headers of the picture, of which each part may be spoilt.
    for seed in range(60):
        spoilt = read(broken(data, seed), Origin())
        assert not any("extractor failed" in reason for reason in spoilt.parse.reasons)


def as_zip(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_an_archive_of_pictures_is_one_report_and_its_pages_are_in_the_order_of_their_names():
    files = {"年报/第10页.jpg": picture(shade=210), "年报/第2页.jpg": picture(shade=202)}
    data = as_zip({**files, "年报/logo.png": ICON, "年报/第1页.jpg": SHEETS[0]})
    document = READERS[ZIP].first(data, Origin())
    ordered = [SHEETS[0], *reversed(files.values())]
    assert [one.data for one in document.embedded] == ordered
    record = read(data, Origin())
    assert (record.parse.status, record.parse.recognition) == (Status.FAILED, Recognition.NEEDED)
    assert record.source.pages == 3
    assert "The document is a scan, all 3 pages are pictures" in record.parse.reasons[0]
    assert "logo.png" in record.parse.reasons[1]


def test_of_two_scans_in_an_archive_none_is_taken_for_the_report():
    one, two = as_docx([SHEETS[0]]), as_docx([SHEETS[1]])
    alone = read(as_zip({"a.docx": one, "说明.txt": "说明".encode()}), Origin())
    assert (alone.parse.status, alone.parse.recognition) == (Status.FAILED, Recognition.NEEDED)
    both = read(as_zip({"a.docx": one, "b.docx": two}), Origin())
    assert both.parse.recognition is None
    assert "several reports, such as a.docx and b.docx" in both.parse.reasons[0]


def as_png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def in_strips(sheet: Image.Image) -> bytes:
    """An OFD page on which a scanner put a sheet in two strips, the lower one turned by half."""
    page = Page(Style())
    half = sheet.height // 2
    upper, lower = sheet.crop((0, 0, sheet.width, half)), sheet.crop((0, half, *sheet.size))
    page.images = [
        ("0 0 210 148.5", "210 0 0 148.5 0 0", as_png(upper)),
        ("0 148.5 210 148.5", "-210 0 0 -148.5 210 148.5", as_png(lower.rotate(180))),
    ]
    return write([page])


def test_an_ofd_of_pictures_waits_for_recognition_where_these_can_be_shown():
    record = read(in_strips(Image.new("RGB", (1240, 1754), "white")), Origin())
    assert (record.parse.status, record.parse.recognition) == (Status.FAILED, Recognition.NEEDED)
    assert "The document is a scan, its page is a picture" in record.parse.reasons[0]
    assert read(write([Page(Style(), pictures=1)]), Origin()).parse.recognition is None


@pytest.mark.skipif(not is_available(), reason="the ocr extra is not installed")
def test_a_page_of_an_ofd_is_drawn_as_it_is_shown():
    import numpy as np
    from test_scans import TOWN, pages

    from extract.readers.ofd import read_marks, read_pictures
    from extract.readers.scans.ofd import draw

    sheet = pages(TOWN, 150)[1]
    data = in_strips(sheet)
    marks = read_marks(data)
    [page], [pictures] = marks.pages, marks.pictures
    drawn = draw(page, pictures, read_pictures(data, marks), 150 / 72)
    assert abs(drawn.shape[0] - sheet.height) <= 2
    height, width = drawn.shape[:2]
    shown = np.asarray(sheet.resize((width, height)), float)
    # As if nothing had been cut: what differs is less than a tenth of what blank paper would.
    assert np.abs(drawn - shown).mean() < np.abs(255 - shown).mean() / 10


@pytest.mark.skipif(not is_available(), reason="the ocr extra is not installed")
def test_sheets_pasted_into_word_are_read_where_they_stand():
    from test_scans import TOWN, pages, picture

    printed = {cell.key: cell for cell in read(TOWN, Origin()).cells}
    # The sheet with the tables.
    sheets = [picture(pages(TOWN, 150, noise=4)[1])]
    record = read(as_docx([ICON, *sheets], words=TITLE), Origin(), recognise=True)
    assert record.parse.recognition is Recognition.DONE
    assert record.parse.status in (Status.OK, Status.SUSPECT)
    assert (record.source.media_type, record.source.pages, record.year) == (DOCX, 1, 2024)
    certain = [cell for cell in record.cells if cell.key not in record.parse.suspect_cells]
    assert len(certain) > 40
    for cell in certain:
        own = printed[cell.key]
        assert (cell.value, cell.state) == (own.value, own.state)
        # Page and box are the number of the picture and the place in it.
        assert cell.position.page == 1
