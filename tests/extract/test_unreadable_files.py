"""Files that cannot be read fail with one reason, which says what whoever wants them read can do."""

from __future__ import annotations

import struct

import pytest
import reports
from ofd_writer import Page, Style, rewritten, write
from test_embedded_pictures import as_zip

from extract.document import Origin
from extract.readers import office
from extract.reading import read
from extract.record import Status

OTHER_COPY = "ask the agency for another copy"
UNLOCKED = "Ask the agency for a copy that is not locked"


def reason(data: bytes) -> str:
    record = read(data, Origin())
    assert record.parse.status is Status.FAILED
    [only] = record.parse.reasons
    return only


def ofd() -> bytes:
    page = Page(Style())
    page.text(25, 40, reports.TITLE)
    return write([page, page])


def test_an_encrypted_ofd():
    unreadable = bytes(range(256)) * 8
    data = as_zip({"OFD.xml": b"<OFD/>", "Encryptions.xml": b"<a/>", "a.dat": unreadable})
    assert reason(data) == f"The OFD file, or a part of it, is encrypted. {UNLOCKED}."


@pytest.mark.parametrize("part", ["Doc_0/Document.xml", "Doc_0/Pages/Page_1/Content.xml"])
@pytest.mark.parametrize("left", [0, 40, None])
def test_a_damaged_ofd(part, left):
    def spoil(name: str, content: bytes) -> bytes | None:
        if name != part:
            return content
        return None if left is None else content[:left]

    said = reason(rewritten(ofd(), spoil))
    assert part.rpartition("/")[2] in said
    assert OTHER_COPY in said


def word() -> bytes:
    return reports.as_docx(reports.tables(reports.balanced(list(range(200)))))


@pytest.mark.parametrize("make", [ofd, word])
@pytest.mark.parametrize("part", [0.3, 0.97])
def test_a_file_that_is_cut_off(make, part):
    data = make()
    said = reason(data[: int(len(data) * part)])
    assert OTHER_COPY in said


@pytest.mark.parametrize("office_at_hand", [True, False])
def test_word_6_and_95(office_at_hand, monkeypatch, tmp_path):
    if not office_at_hand:
        monkeypatch.setenv("PATH", str(tmp_path))
    elif office.program() is None:
        pytest.skip("LibreOffice is not installed")
    # An OLE file in which the stream of the text says that it is of Word 6.
    assert "save it as .docx" in reason(word_6())


def word_6() -> bytes:
    """An OLE file with one stream, WordDocument, that starts as Word 6 wrote it."""
    sector = 512
    stream = (struct.pack("<HH", 0xA5DC, 101) + bytes(28)).ljust(4096, b"\0")
    count = len(stream) // sector
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0) + b"\xff" * 4 * 108
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + count), 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(sector, b"\xff")
    entries = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("WordDocument", 2, -1, 2, 4096)
    return head + table + entries + (entry("", 0, -1, 0, 0) * 2) + stream


def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    raw = (name + "\0").encode("utf-16-le") if name else b""
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBBiii", len(raw), kind, 1, -1, -1, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
