"""Files that mean to keep a reader busy, or to break it in a way it does not declare."""

from __future__ import annotations

import struct
import time
import zipfile
from io import BytesIO

import pytest
import reports
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import broken, read_or_refuse

from extract.document import Origin
from extract.errors import DamagedDocument, ExtractionError, LimitExceeded
from extract.readers.docx import read_docx
from extract.readers.docx_rows import read_docx_rows
from extract.readers.html import read_html
from extract.readers.html_rows import read_html_rows
from extract.readers.text import read_text
from extract.readers.text_tokens import read_text_tokens
from extract.reading import read
from extract.record import Status
from extract.worker import Limits, read_many

WORD = reports.as_docx(reports.tables(reports.balanced(range(1, 200))))
MANY = 300_000

html_readers = pytest.mark.parametrize("reader", [read_html, read_html_rows])
word_readers = pytest.mark.parametrize("reader", [read_docx, read_docx_rows])
text_readers = pytest.mark.parametrize("reader", [read_text, read_text_tokens])


@pytest.mark.parametrize(
    "tag",
    [
        "<p " + " ".join(f"a{n}=1" for n in range(MANY)) + ">",
        "<p/" + "/".join(f"a{n}" for n in range(MANY)) + ">",
        "<p " + "".join(f"a{n}='>'" for n in range(MANY)) + ">",
        "<p " + " ".join(f'a{n} = "<p>"' for n in range(MANY)) + ">",
        ("<p " + " ".join(f"a{n}" for n in range(5_000)) + ">") * 60,
    ],
    ids=["plain", "slashes", "quoted", "tags inside", "many tags"],
)
def test_attributes_without_end_are_refused_before_they_are_parsed(tag):
    start = time.process_time()
    with pytest.raises(LimitExceeded, match="attributes"):
        read_html(tag.encode())
    assert time.process_time() - start < 3


def test_a_page_with_scripts_and_a_few_hundred_attributes_is_read():
    script = "<script>for(i=0;i<n;i++){" + "a = b; " * 5_000 + "}</script>"
    body = "<body " + " ".join(f"data-{n}=1" for n in range(500)) + ">"
    page = reports.as_html(reports.tables(reports.zeros())).replace(
        b"<body>", (body + script).encode()
    )
    assert read(page, Origin()).parse.status is Status.OK


@html_readers
@pytest.mark.parametrize(
    "page",
    [
        "<html>" + "<!--" * 1_000_000,
        "<html>" + "<!-- --" * 500_000,
        "<html>" + "<![CDATA[" * 500_000,
        "<html>" + "<!x" * 1_000_000,
        "<html>" + "<?x" * 1_000_000,
        "<html>" + "<a " * 1_000_000,
        "<html>" + "<a b='\" " * 20_000 + ">" * 20_000,
        "<html>" + "</a " * 1_000_000,
        "<html>" + "&#x" * 1_000_000,
        "<table><tr>" + "<td>1" * 500_000,
        "<table>" + "<tr><td colspan=1000 rowspan=2>1<tr>" * 30_000,
        "<table>" + "<tr><td colspan=200>1<td rowspan=0>" * 50_000,
        "<table><tr><td>" * 100_000,
        "<ul><li><a>x</a>" * 50_000,
    ],
    ids=lambda page: page[:24],
)
def test_pages_that_repeat_what_is_never_closed_take_no_long_time(page, reader):
    read_or_refuse(reader, page.encode(), seconds=5)


def test_comments_hide_cells_from_both_readings():
    page = b"<table><tr><td>1</td><!-- <td>2</td> --><td>3</td></tr></table><!-- <table><tr><td>4"
    for reader in (read_html, read_html_rows):
        tables = [[cell.text for cell in table.cells] for table in reader(page).tables()]
        assert tables == [["1", "3"]]


@word_readers
def test_an_end_record_that_points_before_the_file_is_damage(reader):
    data = bytearray(WORD)
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<II", data, end + 12, len(data), 0x7FFFFFFF)
    with pytest.raises(DamagedDocument):
        reader(bytes(data))


@word_readers
def test_a_part_whose_packed_bytes_are_spoilt_is_damage(reader):
    with zipfile.ZipFile(BytesIO(WORD)) as package:
        info = package.getinfo("word/document.xml")
    data = bytearray(WORD)
    start = info.header_offset + 30 + len(info.filename) + 40
    data[start : start + 200] = b"\xff" * 200
    with pytest.raises(DamagedDocument):
        reader(bytes(data))


def packed(parts: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


@settings(max_examples=120)
@given(st.integers(0, 2**32), st.sampled_from([read_docx, read_docx_rows]))
def test_broken_word_files_raise_only_declared_errors(seed, reader):
    with zipfile.ZipFile(BytesIO(WORD)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = sorted(parts)[seed % len(parts)]
    read_or_refuse(reader, packed(parts | {name: broken(parts[name], seed)}))
    read_or_refuse(reader, broken(WORD, seed))


def test_pictures_are_not_unpacked_for_the_second_reading():
    with zipfile.ZipFile(BytesIO(WORD)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    bomb = packed(parts | {"word/media/image1.png": bytes(3_900_000)})
    assert len(list(read_docx_rows(bomb).tables())) == 3


@text_readers
@pytest.mark.parametrize("text", [b"1\t", b"1\n", b"1\x0c", b"1\r", b"\xe2\x80\xa8"])
def test_texts_of_millions_of_fields_are_refused_at_once(text, reader):
    start = time.process_time()
    with pytest.raises(LimitExceeded):
        reader(text * 3_000_000)
    assert time.process_time() - start < 2


def forms_that_call_each_other(depth: int, times: int) -> bytes:
    """A PDF whose page draws a form that draws a form ``times`` times, ``depth`` levels deep."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 4 0 R"
        "/Resources<</XObject<</F 5 0 R>>>>>>",
        "<</Length 5>>stream\n/F Do\nendstream",
    ]
    for level in range(depth):
        content = "/F Do " * times if level < depth - 1 else "0 0 m 9 9 l S"
        inner = f"/Resources<</XObject<</F {len(objects) + 2} 0 R>>>>"
        objects.append(
            f"<</Type/XObject/Subtype/Form/BBox[0 0 400 400]{inner}/Length {len(content)}>>"
            f"stream\n{content}\nendstream"
        )
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj{body}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        out
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
            f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
        ).encode()
    )


def test_forms_that_keep_pdfium_busy_cost_one_worker_and_give_one_failed_record():
    hostile = forms_that_call_each_other(depth=12, times=30)
    page = reports.as_html(reports.tables(reports.zeros()))
    start = time.monotonic()
    jobs = [("hostile", hostile, Origin(file="a.pdf")), ("good", page, Origin())]
    records = list(read_many(jobs, 1, Limits(seconds=4.0)))
    assert time.monotonic() - start < 40
    assert [key for key, _ in records] == ["hostile", "good"]
    (_, first), (_, second) = records
    assert first.parse.status is Status.FAILED
    (reason,) = first.parse.reasons
    assert reason.startswith("Reading the document was stopped")
    assert second.parse.status is Status.OK


@pytest.mark.parametrize("reader", [read_docx, read_docx_rows])
def test_declared_errors_are_of_one_tree(reader):
    for data in (b"", b"PK\x05\x06" + bytes(18), WORD[:-30], packed({"a": b""})):
        with pytest.raises(ExtractionError):
            reader(data)
