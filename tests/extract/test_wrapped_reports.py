"""Reports inside something else: ZIP archives, web pages saved by Word, formats LibreOffice converts."""

from __future__ import annotations

import base64
import io
import os
import quopri
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import reports
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import broken, read_or_refuse
from test_doc import convert, soffice

from extract.document import Origin
from extract.errors import DamagedDocument, LimitExceeded, UnknownFormat
from extract.readers import catalogue, office
from extract.readers.mhtml import page_of
from extract.readers.zip_members import read_zip
from extract.reading import read
from extract.record import Status, Verdict
from extract.sniff import DOCX, HTML, MHTML, PDF, RTF, ZIP, sniff

VALUES = reports.balanced(range(3, 200))
OTHER = reports.balanced(range(7, 200))
PAGE = reports.as_html(reports.tables(VALUES))
WORD = reports.as_docx(reports.tables(VALUES))
NOTICE = "<html><body><h1>关于做好报送工作的通知</h1><p>各单位：</p></body></html>".encode()


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def check_read(data: bytes, values: dict[str, str] = VALUES):
    record = read(data, Origin(file="a.zip", content_type="application/zip"))
    assert record.parse.status is Status.OK, record.parse.reasons
    assert {cell.key: cell.raw for cell in record.cells} == values
    return record


@pytest.mark.parametrize("content", [PAGE, WORD, reports.as_text(reports.tables(VALUES))])
def test_the_report_in_an_archive_is_read_whatever_it_is_called(content):
    record = check_read(packed({"报送/附件.bin": content}))
    assert record.source.media_type == ZIP
    assert record.metadata["member"] == "报送/附件.bin"


def test_of_several_documents_the_report_is_read_and_the_others_are_named():
    data = packed(
        {"1.html": NOTICE, "__MACOSX/._2.docx": b"x", "2.dat": WORD, "inner.zip": packed({})}
    )
    document = read_zip(data, Origin())
    assert document.metadata["member"] == "2.dat"
    assert document.doubts == ("Of the archive 2.dat was read and not: 1.html, inner.zip.",)
    check_read(data)


def test_two_files_of_the_same_figures_are_one_report():
    assert check_read(packed({"a.docx": WORD, "a.html": PAGE})).metadata["member"] == "a.docx"


def test_an_archive_of_several_reports_is_refused_and_not_guessed_at():
    other = reports.as_html(reports.tables(OTHER))
    record = read(packed({"2023.html": other, "2024.html": PAGE}), Origin())
    assert record.parse.status is Status.FAILED
    assert "several reports" in record.parse.reasons[0]
    many = packed({f"{n}.html": PAGE for n in range(31)})
    with pytest.raises(LimitExceeded, match="31 documents"):
        read_zip(many, Origin())


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "nothing"),
        ({"inner.zip": packed({"a.html": PAGE})}, "inner.zip"),
        ({"a.html": NOTICE}, "a.html"),
        ({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}, "office program"),
        ({"a.docx": WORD[:5000]}, "cut off"),
    ],
)
def test_archives_without_a_report_fail_with_what_they_hold(files, words):
    record = read(packed(files), Origin())
    assert record.parse.status is Status.FAILED
    assert words in record.parse.reasons[0]


def test_a_misprint_in_an_archive_is_confirmed_by_the_second_reader():
    key = "requests.granted.business"
    values = VALUES | {key: str(int(VALUES[key]) + 1)}
    record = check_read(packed({"a.docx": reports.as_docx(reports.tables(values))}), values)
    assert any(f.verdict is Verdict.FAIL and f.rule.startswith("T3-") for f in record.findings)


def test_content_tells_a_stored_pdf_from_an_archive_and_a_folder_from_a_package():
    stored = packed({"a.pdf": b"%PDF-1.7\n" + bytes(50)}, zipfile.ZIP_STORED)
    assert sniff(stored) == ZIP
    assert sniff(packed({"word/report.html": PAGE})) == ZIP
    assert sniff(WORD) == DOCX
    assert sniff(b"junk\n%PDF-1.4") == PDF
    entries = (b"PK\x01\x02" + bytes(42)) * 1_000_000
    start = time.process_time()
    assert sniff(b"PK\x03\x04" + entries) == ZIP
    assert time.process_time() - start < 1


@pytest.mark.parametrize("magic", [b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c"])
def test_other_archives_are_named(magic):
    assert "unpack it first" in read(magic + bytes(100), Origin()).parse.reasons[0]


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_broken_archives_raise_only_declared_errors(seed):
    data = broken(packed({"a.html": PAGE, "b.docx": WORD}), seed)
    read_or_refuse(lambda content: read_zip(content, Origin()), data)


def as_mhtml(page: bytes, encoding: str = "quoted-printable", *, first: bool = True) -> bytes:
    body = base64.encodebytes(page) if encoding == "base64" else quopri.encodestring(page)
    parts = [
        b"Content-Location: file:///C:/a.htm\r\nContent-Transfer-Encoding: "
        + encoding.encode()
        + b'\r\nContent-Type: text/html; charset="utf-8"\r\n\r\n'
        + body.replace(b"\n", b"\r\n"),
        b"Content-Location: file:///C:/a.png\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Type: image/png\r\n\r\n" + base64.encodebytes(bytes(900)),
    ]
    head = (
        b"MIME-Version: 1.0\r\nX-Document-Type: Document\r\n"
        b'Content-Type: multipart/related;\r\n\tboundary="--=_Next.1"\r\n\r\nSingle file web page.\r\n\r\n'
    )
    between = b"\r\n----=_Next.1\r\n"
    return (
        head
        + b"".join(between + part for part in (parts if first else parts[::-1]))
        + (b"\r\n----=_Next.1--\r\n")
    )


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_a_page_saved_as_one_file_is_read_whatever_it_is_called(encoding):
    data = as_mhtml(PAGE, encoding)
    assert sniff(data) == MHTML
    record = read(data, Origin(file="report.doc", content_type="application/msword"))
    assert record.parse.status is Status.OK
    assert record.source.media_type == MHTML
    assert {cell.key: cell.raw for cell in record.cells} == VALUES


def test_html_with_the_name_of_a_word_document_is_html():
    page = b'<html xmlns:w="urn:schemas-microsoft-com:office:word">' + PAGE[6:]
    assert sniff(page) == HTML
    assert read(page, Origin(file="a.doc")).parse.status is Status.OK


def test_a_web_archive_that_is_cut_off_or_empty_or_endless_is_refused():
    whole = as_mhtml(PAGE, first=False)
    with pytest.raises(DamagedDocument, match="cut off"):
        page_of(whole[: len(whole) // 2])
    with pytest.raises(DamagedDocument, match="no page"):
        page_of(as_mhtml(PAGE).replace(b"text/html", b"text/css "))
    with pytest.raises(LimitExceeded):
        page_of(as_mhtml(PAGE) + b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 5_000)
    with pytest.raises(LimitExceeded):
        page_of(as_mhtml(PAGE) + b"\n" * 2_000_000)


@settings(max_examples=80)
@given(st.integers(0, 2**32))
def test_broken_web_archives_raise_only_declared_errors(seed):
    readers = catalogue.READERS[MHTML]
    data = broken(as_mhtml(PAGE), seed, range(0, 400))
    read_or_refuse(lambda content: readers.first(content, Origin()), data)
    read_or_refuse(lambda content: readers.second(content, Origin()), data)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    (folder / "report.docx").write_bytes(WORD)
    convert(folder, "rtf")
    convert(folder, "doc")
    return folder


@soffice
def test_rich_text_is_converted_where_libreoffice_is_installed(made):
    data = (made / "report.rtf").read_bytes()
    record = read(data, Origin(file="report.doc"))
    assert record.parse.status is Status.OK, record.parse.reasons
    assert record.source.media_type == RTF
    assert record.metadata["converted_by"] == "LibreOffice"
    assert {cell.key: cell.raw for cell in record.cells} == VALUES


def test_rich_text_says_what_to_do_where_libreoffice_is_not_installed(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    record = read(b"{\\rtf1 report}", Origin())
    assert record.parse.status is Status.FAILED
    assert "save it as .docx" in record.parse.reasons[0]


@soffice
def test_what_our_own_reader_reads_never_reaches_libreoffice(made, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("asked LibreOffice")

    monkeypatch.setattr(office, "read_by_office", refuse)
    assert read((made / "report.doc").read_bytes(), Origin()).parse.status is Status.OK


@soffice
def test_a_damaged_word_97_file_that_libreoffice_saves_is_never_certain(made):
    data = bytearray((made / "report.doc").read_bytes())
    fib = data.index(b"\xec\xa5")
    data[fib + 0x01A6 + 3] = 0x7F  # the length of the piece table
    record = read(bytes(data), Origin())
    assert record.parse.status in (Status.SUSPECT, Status.FAILED)
    if record.parse.status is Status.SUSPECT:
        assert any("LibreOffice saved what it could" in reason for reason in record.parse.reasons)


@soffice
def test_bytes_that_nobody_can_read_keep_the_reason_of_our_own_reader(made):
    data = (made / "report.doc").read_bytes()[:2000]
    record = read(data, Origin())
    assert record.parse.status is Status.FAILED
    assert "Word" in record.parse.reasons[0]


def program(folder: Path, script: str) -> None:
    """Put a program named soffice into ``folder``."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.skipif(not office._without_network(), reason="the system allows no namespaces")
def test_whatever_converts_has_no_network(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(1)
        address = server.getsockname()
        connect = f"import socket; socket.create_connection({address!r}, 3)"
        program(tmp_path, f'echo run > {tmp_path}/ran; exec {sys.executable} -c "{connect}"')
        with pytest.raises(DamagedDocument):
            office.read_by_office(b"{\\rtf1 x}", (office.RICH_TEXT,))
        assert (tmp_path / "ran").exists()
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_conversion_that_takes_too_long_ends(monkeypatch, tmp_path):
    program(tmp_path, "exec sleep 600")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(office, "SECONDS", 0.5)
    with pytest.raises(LimitExceeded, match="more than"):
        office.read_by_office(b"{\\rtf1 x}", (office.RICH_TEXT,))


KILLED = """
from extract.document import Origin
from extract.worker import Limits, read_contained

if __name__ == "__main__":
    record = read_contained(b"{\\\\rtf1 x}", Origin(), Limits(seconds=6.0))
    print(record.parse.reasons[0])
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked up in /proc")
def test_a_worker_that_is_killed_takes_its_conversion_with_it(tmp_path):
    program(tmp_path, f"echo $$ > {tmp_path}/pid\nexec {shutil.which('sleep')} 321")
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PATH": path, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "more than 6 seconds" in done.stdout
    process = int((tmp_path / "pid").read_text())
    status = Path("/proc") / str(process) / "status"
    for _ in range(50):
        if not status.exists() or "State:\tZ" in status.read_text():
            return
        time.sleep(0.1)
    pytest.fail("the conversion goes on without its worker")


def test_no_office_no_converted_word(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnknownFormat, match="not installed"):
        office.read_by_office(b"{\\rtf1 x}", (office.RICH_TEXT,))
