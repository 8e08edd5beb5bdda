"""One report in every format gives one record."""

from __future__ import annotations

import random
from pathlib import Path

import docx
import pytest
import reports
from docx.shared import Pt
from form_layout import f2021
from ofd_writer import Layout, Style, write
from printed_form import CHROMIUM, SOFFICE, print_docx, print_html
from test_doc import convert

from extract.document import Origin
from extract.readers.scans import is_available
from extract.reading import read
from extract.record import Recognition, Record, State, Status

CHANCE = random.Random(2024)
VALUES = reports.balanced([CHANCE.randrange(3_000) for _ in range(200)])
DRAWN = reports.tables(VALUES)
STYLE = (
    b"<style>@page{size:A4;margin:20mm}table{border-collapse:collapse;width:100%}"
    b"td,th{border:1px solid #000;font-size:9pt;padding:3px}</style>"
)


def figures(record: Record) -> dict[str, str]:
    return {cell.key: cell.raw.strip() for cell in record.cells if cell.state is State.NUMBER}


def same(data: bytes, *, recognise: bool = False) -> Record:
    """The record of ``data``, of which everything that is sure must be what was drawn."""
    record = read(data, Origin(), recognise=recognise)
    assert record.year == 2024
    assert record.form == "f2021"
    assert record.agency.name == "示例县民政局"
    wrong = {
        cell.key: (cell.raw, VALUES[cell.key])
        for cell in record.cells
        if cell.key not in record.parse.suspect_cells and str(cell.value) != VALUES[cell.key]
    }
    assert wrong == {}
    return record


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the report as Word writes it and as LibreOffice saves and prints it."""
    if SOFFICE is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("office")
    source = folder / "report.docx"
    source.write_bytes(reports.as_docx(DRAWN))
    document = docx.Document(str(source))
    # In type this small no number wraps within its column.
    document.styles["Normal"].font.size = Pt(8)
    for table in document.tables:
        table.style = "Table Grid"
    document.save(str(source))
    convert(folder, "doc")
    print_docx([source], folder)
    return folder


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    page = reports.as_html(DRAWN).replace(b"<body>", STYLE + b"<body>", 1)
    folder = tmp_path_factory.mktemp("browser")
    return print_html({"report": page.decode()}, folder)["report"]


@pytest.mark.parametrize("make", [reports.as_html, reports.as_text, reports.as_docx])
def test_pages_text_and_word(make):
    record = same(make(DRAWN))
    assert record.parse.status is Status.OK
    assert len(figures(record)) == len(VALUES)


@pytest.mark.parametrize("ending", ["docx", "doc", "pdf"])
def test_what_an_office_program_saves_and_prints(office, ending):
    assert same((office / f"report.{ending}").read_bytes()).parse.status is Status.OK


def test_what_a_browser_prints(printed):
    assert same(printed).parse.status is Status.OK


def test_ofd():
    layout = Layout(Style())
    layout.paragraph(reports.TITLE, 5.6)
    for table in f2021(VALUES):
        layout.paragraph(table.heading)
        layout.table(table)
    assert same(write(layout.pages, reports.TITLE)).parse.status is Status.OK


@pytest.mark.skipif(not is_available(), reason="the ocr extra is not installed")
def test_a_scan_of_what_a_browser_prints(printed):
    from test_scans import pages, scan

    record = same(scan(pages(printed, 200, askew=0.3, noise=4), 200), recognise=True)
    assert record.parse.recognition is Recognition.DONE
    assert record.parse.status in (Status.OK, Status.SUSPECT)
    assert len(record.parse.suspect_cells) < len(VALUES) // 5
