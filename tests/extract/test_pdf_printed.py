"""The form as browsers and office programs print it, read back by both engines."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
from printed_form import (
    CHROMIUM,
    SOFFICE,
    STYLES,
    Form,
    docx_page,
    figure_rows,
    figures_of,
    form,
    html_page,
    print_docx,
    print_html,
    squeezed,
    tables_with,
)

from extract.document import Cell, Document, Table
from extract.readers.pdf import read_pdf
from extract.readers.pdf_second import read_pdf_second

Printed = dict[str, tuple[Form, bytes]]
HTML: dict[str, dict[str, Any]] = {
    **{style: {"style": style} for style in STYLES},
    "early": {"filler": 0},
    "later": {"filler": 6},
    "next_page": {"filler": 8},
    "landscape": {"css": "@page {size: A4 landscape; margin: 15mm}"},
    "whole_rows": {"css": "tr {break-inside: avoid}", "filler": 5},
}
DOCX: dict[str, dict[str, Any]] = {
    f"word_{filler}": {"filler": filler} for filler in range(0, 9, 2)
} | {"word_landscape": {"landscape": True}}

first, second = functools.cache(read_pdf), functools.cache(read_pdf_second)
readers = pytest.mark.parametrize("read", [first, second], ids=["pdfium", "pdfminer"])


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    forms = {name: form(seed) for seed, name in enumerate(HTML)}
    pages = {name: html_page(forms[name], **options) for name, options in HTML.items()}
    forms["blanks"] = form(99, blanks=True)
    pages["blanks"] = html_page(forms["blanks"])
    printed = print_html(pages, tmp_path_factory.mktemp("browser"))
    return {name: (forms[name], data) for name, data in printed.items()}


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    if SOFFICE is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("office")
    forms = {name: form(seed) for seed, name in enumerate(DOCX, start=200)}
    for name, options in DOCX.items():
        docx_page(forms[name], folder / f"{name}.docx", **options)
    printed = print_docx([folder / f"{name}.docx" for name in DOCX], folder)
    return {name: (forms[name], data) for name, data in printed.items()}


def texts(rows: list[list[Cell]]) -> list[list[str]]:
    return [[cell.text for cell in row] for row in rows]


def requests_table(document: Document) -> Table:
    """Table 三: one table, however many pages it takes."""
    (table,) = tables_with(document, "属于国家秘密")
    assert tables_with(document, "结转下年度") == [table]
    assert tables_with(document, "申请人情况") == [table]
    return table


def spans(table: Table) -> set[tuple[int, int, int, int, str]]:
    return {
        (cell.row, cell.column, cell.rowspan, cell.colspan, squeezed(cell.text))
        for cell in table.cells
    }


@readers
@pytest.mark.parametrize("name", [*HTML, "blanks"])
def test_every_figure_of_a_browser_print(
    browser: Printed, name: str, read: Callable[[bytes], Document]
) -> None:
    content, data = browser[name]
    document = read(data)
    requests = requests_table(document)
    assert texts(figure_rows(requests, 3)) == figures_of(content.requests, 3, 3)
    (challenges,) = tables_with(document, "行政复议")
    assert texts(figure_rows(challenges, 0)) == figures_of(content.challenges, 3, 0)
    assert document.doubts == ()


@readers
@pytest.mark.parametrize("name", list(DOCX))
def test_every_figure_of_an_office_print(
    office: Printed, name: str, read: Callable[[bytes], Document]
) -> None:
    content, data = office[name]
    document = read(data)
    requests = requests_table(document)
    assert texts(figure_rows(requests, 3)) == figures_of(content.requests, 3, 3)
    (challenges,) = tables_with(document, "行政复议")
    rows = figure_rows(challenges, 0)
    if len(rows) == 1:
        assert texts(rows) == figures_of(content.challenges, 3, 0)
    else:
        # The page break cut the numbers of the row: none of the pieces passes for a number.
        truth = figures_of(content.challenges, 3, 0)[0]
        for cell, number in zip(rows[0], truth, strict=True):
            assert cell.text == number or cell.doubtful
        assert all(cell.doubtful or not cell.text for cell in rows[1])


@readers
def test_merged_cells_are_one_cell_with_its_span(
    browser: Printed, read: Callable[[bytes], Document]
) -> None:
    content, data = browser["collapsed"]
    document = read(data)
    (challenges,) = tables_with(document, "行政复议")
    assert spans(challenges) == {
        (box.row, box.column, box.rowspan, box.colspan, box.text) for box in content.challenges
    }


def test_a_row_of_labels_keeps_its_figures_over_every_break(browser: Printed) -> None:
    for name in ("early", "later", "next_page", "whole_rows"):
        content, data = browser[name]
        table = requests_table(first(data))
        figures = dict(
            zip(
                [box.text for box in content.requests if box.column < 3 and box.row > 2],
                [box.row for box in content.requests if box.column < 3 and box.row > 2],
                strict=True,
            )
        )
        for cell in table.cells:
            row = figures.get(cell.text)
            if cell.column == 2 and row is not None:
                own = [c.text for c in table.cells if c.row == cell.row and c.column > 2]
                want = [b.text for b in content.requests if b.row == row and b.column > 2]
                assert own == want


@readers
def test_blank_cells_stay_blank(browser: Printed, read: Callable[[bytes], Document]) -> None:
    content, data = browser["blanks"]
    table = requests_table(read(data))
    blanks = sum(not box.text for box in content.requests)
    assert blanks > 20
    assert sum(not cell.text and cell.column > 2 for cell in table.cells) == blanks


@readers
def test_a_label_set_one_character_a_line(
    browser: Printed, read: Callable[[bytes], Document]
) -> None:
    table = requests_table(read(browser["whole_rows"][1]))
    parts = [c.text for c in table.cells if c.column == 0 and c.rowspan > 1 and c.row > 2]
    assert "".join(parts) == "三、本年度办理结果"


@readers
@pytest.mark.parametrize("name", list(DOCX))
def test_page_numbers_are_no_text(
    office: Printed, name: str, read: Callable[[bytes], Document]
) -> None:
    document = read(office[name][1])
    assert document.pages
    assert document.pages > 3
    for number in range(1, document.pages + 1):
        assert f"- {number} -" not in document.text()
        assert f"-{number}-" not in squeezed(document.text())
        for table in document.tables():
            assert all(squeezed(cell.text) != f"-{number}-" for cell in table.cells)


@readers
def test_paragraphs_are_joined_and_headings_stand_alone(
    browser: Printed, office: Printed, read: Callable[[bytes], Document]
) -> None:
    for _, data in (browser["later"], office["word_4"]):
        lines = read(data).text().splitlines()
        sentence = next(line for line in lines if line.startswith("本机关"))
        assert lines.count(sentence) >= 4
        assert sentence.endswith("稳步增长。")
        assert "甲县人民政府2024年政府信息公开工作年度报告" in lines
        for heading in ("一、总体情况", "二、主动公开政府信息情况", "五、存在的主要问题及改进情况"):
            assert heading in lines


def test_both_engines_read_the_same_tables(browser: Printed, office: Printed) -> None:
    for _, data in (*browser.values(), *office.values()):
        assert [spans(table) for table in first(data).tables()] == [
            spans(table) for table in second(data).tables()
        ]


def test_text_and_tables_come_in_reading_order(browser: Printed) -> None:
    document = first(browser["collapsed"][1])
    order = [
        "table" if isinstance(block, Table) else block.text[:2]
        for block in document.blocks
        if isinstance(block, Table)
        or block.text[:2] in ("一、", "二、", "三、", "四、", "五、", "六、")
    ]
    assert order == ["一、", "二、", "table", "三、", "table", "四、", "table", "五、", "六、"]
