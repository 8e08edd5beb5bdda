"""Broken and hostile files give one clear record, never an exception."""

import io
import zipfile

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
import reports
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.document import Origin
from extract.reading import read
from extract.record import Status
from extract.sniff import DOCX, OFD, PDF, TEXT, UNKNOWN, ZIP, sniff
from extract.worker import Limits, read_contained, read_many

PAGE = reports.as_html(reports.tables(reports.zeros()))
WORD = reports.as_docx(reports.tables(reports.zeros()))


def package(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


BOMB = (
    b"<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><document><body>&b;</body></document>"
)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n%cut", ""),
        (b"\x89PNG\r\n\x1a\n....", "picture"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"\x00\x01\x02\x03" * 100, "format"),
        (WORD[: len(WORD) // 2], "cut off"),
        (package(a_txt="x"), "ZIP"),
        (package(word__document_xml=BOMB), "document type"),
        (package(word__document_xml=b"<w><cut"), "well-formed"),
        (package(word__document_xml=b"<a>" * 5000), ""),
        (package(word__document_xml=b" " * 61_000_000), "unpacks suspiciously"),
    ],
)
def test_bad_files_fail_with_a_reason(data, word):
    record = read(data, Origin(file="a.pdf"))
    assert record.parse.status is Status.FAILED
    assert word in record.parse.reasons[0]
    assert record.source.bytes == len(data)
    assert record.to_json()["cells"] == []


def test_the_content_tells_the_format_and_not_the_name():
    assert sniff(WORD) == DOCX
    assert sniff(package(OFD_xml="<x/>")) == OFD
    assert sniff(package(a_txt="")) == ZIP
    assert sniff(b"\n%PDF-1.4") == PDF
    assert sniff("第一\t二".encode("gb18030")) == TEXT
    assert sniff(b"\x00\x01\x02\x03\x04") == UNKNOWN
    assert (
        read(PAGE, Origin(file="a.doc", content_type="application/msword")).parse.status
        is Status.OK
    )


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([PAGE, WORD]), st.integers(0, 40_000))
def test_damaged_bytes_never_raise(junk, data, place):
    cut = place % len(data)
    read(data[:cut] + junk + data[cut + len(junk) :], Origin())


@settings(max_examples=60)
@given(st.text(max_size=400), st.sampled_from(["", "<p>", "<table><tr><td>", "\t"]))
def test_any_text_never_raises(text, before):
    read((before + text).encode("utf-8", "surrogatepass"), Origin())


def test_many_documents_are_read_side_by_side():
    jobs = [(n, PAGE if n % 2 else (lambda: WORD), Origin(file=str(n))) for n in range(6)]
    limits = Limits(documents_per_worker=2)
    records = dict(read_many(jobs, 2, limits))
    assert sorted(records) == list(range(6))
    assert {record.parse.status for record in records.values()} == {Status.OK}
    assert records[3].source.file == "3"


def test_bytes_that_cannot_be_loaded_are_one_failed_record():
    def gone():
        raise FileNotFoundError("no such file")

    ((_, record),) = read_many([(1, gone, Origin(file="a.pdf"))], 1)
    assert record.parse.status is Status.FAILED
    assert "no such file" in record.parse.reasons[0]


@pytest.mark.parametrize("limits", [Limits(cpu_seconds=0), Limits(seconds=0.2)])
def test_a_document_over_the_limit_costs_one_worker(limits):
    slow = b"<p>x" * 3_000_000
    records = dict(read_many([(0, slow, Origin()), (1, b"", Origin())], 1, limits))
    assert records[0].parse.status is Status.FAILED
    assert "stopped" in records[0].parse.reasons[0]
    assert records[1].parse.reasons == ("The file is empty.",)


def test_memory_is_bounded():
    record = read_contained(b"<p>x" * 3_000_000, Origin(), Limits(memory=200_000_000))
    assert record.parse.status is Status.FAILED
    assert "memory" in record.parse.reasons[0]


def test_a_scan_is_our_failure_and_not_another_document() -> None:
    """A document of pictures may be the report: nobody may be accused of publishing something else."""
    page = pdfium.PdfDocument.new()
    page.new_page(595, 842)
    stream = io.BytesIO()
    page.save(stream)
    parse = read(stream.getvalue(), Origin(file="scan.pdf")).parse
    assert parse.status is Status.FAILED
    assert parse.reasons
