"""A real report: the city of Huai'an for 2024, six pages, written with WPS."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
from printed_form import figure_rows, squeezed

from extract.document import Document, Paragraph, Table
from extract.errors import DamagedDocument, ExtractionError
from extract.readers.pdf import read_pdf
from extract.readers.pdf_second import read_pdf_second

SHARED = Path(__file__).parents[2].parent / "shared"
SAMPLE = SHARED / "samples" / "huaian-2024.pdf"
pytestmark = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample reports are not here")

first, second = functools.cache(read_pdf), functools.cache(read_pdf_second)
readers = pytest.mark.parametrize("read", [first, second], ids=["pdfium", "pdfminer"])
Read = Callable[[bytes], Document]


@pytest.fixture(scope="module")
def data() -> bytes:
    return SAMPLE.read_bytes()


@pytest.fixture(scope="module")
def truth() -> Any:
    return json.loads((SHARED / "dictionary.json").read_text())["fixtures"]["huaian_2024"]


def size(table: Table) -> tuple[int, int]:
    return (
        max(cell.row + cell.rowspan for cell in table.cells),
        max(cell.column + cell.colspan for cell in table.cells),
    )


@readers
def test_the_grids_are_those_of_the_page(data: bytes, read: Read) -> None:
    document = read(data)
    assert document.pages == 6
    assert [size(table) for table in document.tables()] == [(8, 4), (6, 2), (28, 10), (4, 15)]
    assert {cell.position.page for cell in list(document.tables())[2].cells} == {4, 5}
    assert document.doubts == ()


@readers
def test_all_figures_are_those_printed(data: bytes, truth: dict[str, Any], read: Read) -> None:
    art20, rest, requests, challenges = read(data).tables()
    rows = [[int(cell.text) for cell in row] for row in figure_rows(requests, 3)]
    assert rows == list(truth["requests"].values())
    (row,) = figure_rows(challenges, 0)
    assert [int(cell.text) for cell in row] == [
        *truth["review"],
        *truth["litigation_direct"],
        *truth["litigation_after_review"],
    ]
    named = {row[0].text: [cell.text for cell in row[1:]] for row in art20.rows() + rest.rows()}
    assert named["规章"] == ["1", "0", "11"]
    assert named["行政规范性文件"] == ["8", "26", "66"]
    assert named["行政许可"] == ["447228"]
    assert named["行政处罚"] == ["3985758"]
    assert named["行政强制"] == ["88283"]
    assert named["行政事业性收费"] == ["96171.6"]


def test_both_engines_agree_on_every_cell_and_paragraph(data: bytes) -> None:
    def content(document: Document) -> list[Any]:
        return [
            squeezed(block.text)
            if isinstance(block, Paragraph)
            else [(c.row, c.column, c.rowspan, c.colspan, squeezed(c.text)) for c in block.cells]
            for block in document.blocks
        ]

    assert content(first(data)) == content(second(data))
    assert (
        first(data).metadata
        == second(data).metadata
        == {
            "title": "政府信息公开工作年度报告",
            "author": "王守强",
            "created": "2025-02-25T10:02:50+08:00",
        }
    )


@readers
def test_the_box_of_every_number_holds_that_number(data: bytes, read: Read) -> None:
    numbers = 0
    pdf = pdfium.PdfDocument(data)
    textpages = [page.get_textpage() for page in pdf]
    for table in read(data).tables():
        for cell in table.cells:
            if cell.text.replace(".", "").isdecimal():
                assert cell.position.page is not None
                assert cell.position.bbox is not None
                page = cell.position.page - 1
                x0, top, x1, bottom = cell.position.bbox
                height = pdf[page].get_height()
                cut = textpages[page].get_text_bounded(x0, height - bottom, x1, height - top)
                assert cut.strip() == cell.text
                numbers += 1
    assert numbers == 10 + 175 + 15
    for textpage in textpages:
        textpage.close()
    pdf.close()


@readers
def test_paragraphs_are_whole(data: bytes, read: Read) -> None:
    lines = [squeezed(line) for line in read(data).text().splitlines()]
    assert lines[0] == "淮安市人民政府2024年政府信息公开工作年度报告"
    for heading in (
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ):
        assert lines.count(heading) == 1
    openings = ("本报告", "（一）", "（二）", "（三）", "（四）", "（五）", "对照上级", "针对存在")
    for opening in openings:
        (paragraph,) = [line for line in lines if line.startswith(opening)]
        assert paragraph.endswith("。")
    assert not any(line.strip("-—").isdecimal() for line in lines)


@readers
@pytest.mark.parametrize("part", [0.02, 0.3, 0.5, 0.8, 0.97])
def test_a_file_that_is_cut_off_is_said_to_be(data: bytes, part: float, read: Read) -> None:
    with pytest.raises(DamagedDocument, match="cut off"):
        read(data[: int(len(data) * part)])


@readers
@pytest.mark.parametrize("start", [0.1, 0.4, 0.7])
def test_a_hole_in_the_file_never_crashes_the_reader(data: bytes, start: float, read: Read) -> None:
    cut = int(len(data) * start)
    broken = data[:cut] + b"\0" * 30_000 + data[cut + 30_000 :]
    with contextlib.suppress(ExtractionError):
        assert read(broken).pages
