"""The form of 2021 with distinct figures, written as HTML and DOCX and printed to PDF.

The programs that print are those that agencies use or cousins of theirs: Chromium and LibreOffice.
"""

from __future__ import annotations

import html
import random
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from extract.document import Cell, Document, Table
from extract.forms.dictionary import APPLICANTS, REQUEST_ROWS_2021

CHROMIUM = shutil.which("chromium")
SOFFICE = shutil.which("soffice")
SENTENCE = "本机关认真贯彻落实《中华人民共和国政府信息公开条例》，全年主动公开信息条目稳步增长。"


@dataclass(frozen=True)
class Box:
    """A cell of a form: where it stands, what it spans, what it says."""

    row: int
    column: int
    text: str
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True)
class Form:
    """The three tables of the form."""

    art20: tuple[Box, ...]
    requests: tuple[Box, ...]
    challenges: tuple[Box, ...]


def form(seed: int, *, blanks: bool = False) -> Form:
    """A form with random figures, every one different, some of them long."""
    figures = random.Random(seed)
    numbers = iter(figures.sample(range(1000), 200))

    def number() -> str:
        value = next(numbers)
        return "" if blanks and value % 3 == 0 else str(value)

    return Form(_art20(number), _requests(number), _challenges(number))


def _art20(number) -> tuple[Box, ...]:  # type: ignore[no-untyped-def]
    boxes, row = [], 0
    heads = ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")
    boxes += [Box(0, 0, "第二十条第（一）项", colspan=4)]
    boxes += [Box(1, column, text) for column, text in enumerate(heads)]
    for row, label in ((2, "规章"), (3, "行政规范性文件")):
        boxes += [Box(row, 0, label), *(Box(row, column, number()) for column in (1, 2, 3))]
    row = 4
    for band, head, labels in (
        ("第二十条第（五）项", "本年处理决定数量", ("行政许可",)),
        ("第二十条第（六）项", "本年处理决定数量", ("行政处罚", "行政强制")),
        ("第二十条第（八）项", "本年收费金额（单位：万元）", ("行政事业性收费",)),
    ):
        boxes += [Box(row, 0, band, colspan=4)]
        boxes += [Box(row + 1, 0, "信息内容"), Box(row + 1, 1, head, colspan=3)]
        row += 2
        for label in labels:
            text = "39857" + number() if label == "行政处罚" else number() + ".25"
            boxes += [Box(row, 0, label), Box(row, 1, text, colspan=3)]
            row += 1
    return tuple(boxes)


def _requests(number) -> tuple[Box, ...]:  # type: ignore[no-untyped-def]
    head = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    boxes = [Box(0, 0, head, 3, 3), Box(0, 3, "申请人情况", colspan=7)]
    boxes += [Box(1, 3, "自然人", 2), Box(1, 4, "法人或其他组织", colspan=5), Box(1, 9, "总计", 2)]
    boxes += [Box(2, 4 + i, entry.label) for i, entry in enumerate(APPLICANTS[1:-1])]
    group = ""
    for row, entry in enumerate(REQUEST_ROWS_2021, start=3):
        if entry.key == "granted":
            boxes.append(Box(row, 0, "三、本年度办理结果", 22))
        if entry.key in ("received_new", "carried_in", "carried_out"):
            boxes.append(Box(row, 0, entry.label, colspan=3))
        elif not entry.group:
            boxes.append(Box(row, 1, entry.label, colspan=2))
        else:
            if entry.group != group:
                size = sum(other.group == entry.group for other in REQUEST_ROWS_2021)
                boxes.append(Box(row, 1, entry.group, size))
            boxes.append(Box(row, 2, entry.label))
        group = entry.group
        boxes += [Box(row, column, number()) for column in range(3, 10)]
    return tuple(boxes)


def _challenges(number) -> tuple[Box, ...]:  # type: ignore[no-untyped-def]
    outcomes = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    boxes = [Box(0, 0, "行政复议", colspan=5), Box(0, 5, "行政诉讼", colspan=10)]
    boxes += [Box(1, i, text, 2) for i, text in enumerate(outcomes)]
    boxes += [Box(1, 5, "未经复议直接起诉", colspan=5), Box(1, 10, "复议后起诉", colspan=5)]
    boxes += [Box(2, 5 + i, text) for i, text in enumerate(outcomes * 2)]
    boxes += [Box(3, i, number()) for i in range(15)]
    return tuple(boxes)


def html_table(boxes: Iterable[Box]) -> str:
    rows: dict[int, list[str]] = {}
    for box in sorted(boxes, key=lambda box: (box.row, box.column)):
        text = html.escape(box.text)
        if box.text == "三、本年度办理结果":
            text = "<br>".join(box.text)
        rows.setdefault(box.row, []).append(
            f'<td rowspan="{box.rowspan}" colspan="{box.colspan}">{text}</td>'
        )
    return "<table>" + "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows.values()) + "</table>"


STYLES = {
    "collapsed": "table {border-collapse: collapse} td {border: 1px solid black}",
    "separate": "table {border-spacing: 2px; border: 1px solid gray} td {border: 1px inset gray}",
    "dotted": "table {border-collapse: collapse} td {border: 1px dotted black}",
    "double": "table {border-collapse: collapse} td {border: 3px double black}",
    "open": "table {border-collapse: collapse; border-style: hidden} td {border: 1px solid black}",
    "shaded": "table {border-collapse: collapse} td {border: 0.5px solid #777; background: #eef}",
}


def html_page(content: Form, *, style: str = "collapsed", css: str = "", filler: int = 3) -> str:
    """The report as a page; ``filler`` paragraphs move the tables over the page breaks."""
    text = f"<p>{SENTENCE * 3}</p>" * filler
    return (
        '<!doctype html><meta charset="utf-8"><style>@page {size: A4; margin: 25mm 20mm}'
        "body {font: 12pt 'Noto Serif CJK SC'} p {text-indent: 2em; margin: 4pt 0; text-align: justify}"
        "h1 {font-size: 22pt; text-align: center} td {font-size: 9pt; text-align: center; padding: 3px}"
        f"table {{width: 100%}} {STYLES[style]} {css}</style>"
        f"<h1>甲县人民政府2024年政府信息公开工作年度报告</h1><p>一、总体情况</p>{text}"
        f"<p>二、主动公开政府信息情况</p>{html_table(content.art20)}"
        f"<p>三、收到和处理政府信息公开申请情况</p>{html_table(content.requests)}"
        f"<p>四、政府信息公开行政复议、行政诉讼情况</p>{html_table(content.challenges)}"
        f"<p>五、存在的主要问题及改进情况</p>{text}<p>六、其他需要报告的事项</p><p>无。</p>"
    )


def print_html(pages: dict[str, str], folder: Path) -> dict[str, bytes]:
    """Every page printed to PDF by Chromium."""
    assert CHROMIUM
    printed = {}
    for name, page in pages.items():
        source, target = folder / f"{name}.html", folder / f"{name}.pdf"
        source.write_text(page, encoding="utf-8")
        subprocess.run(
            [
                CHROMIUM,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                f"--user-data-dir={folder / 'profile'}",
                "--no-pdf-header-footer",
                f"--print-to-pdf={target}",
                source.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        printed[name] = target.read_bytes()
    return printed


def docx_page(content: Form, path: Path, *, filler: int = 3, landscape: bool = False) -> None:
    """The report as a Word document with page numbers in the footer."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Pt(595), Pt(842)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Pt(842), Pt(595)
    style = document.styles["Normal"]
    style.font.size = Pt(10.5)
    _page_number(section.footer.paragraphs[0])

    def text(words: str) -> None:
        paragraph = document.add_paragraph(words)
        paragraph.paragraph_format.first_line_indent = Pt(21)

    document.add_heading("甲县人民政府2024年政府信息公开工作年度报告", level=0)
    text("一、总体情况")
    for _ in range(filler):
        text(SENTENCE * 3)
    for heading, boxes in (
        ("二、主动公开政府信息情况", content.art20),
        ("三、收到和处理政府信息公开申请情况", content.requests),
        ("四、政府信息公开行政复议、行政诉讼情况", content.challenges),
    ):
        text(heading)
        rows = max(box.row + box.rowspan for box in boxes)
        columns = max(box.column + box.colspan for box in boxes)
        table = document.add_table(rows, columns, style="Table Grid")
        for box in boxes:
            cell = table.cell(box.row, box.column)
            if box.rowspan > 1 or box.colspan > 1:
                cell = cell.merge(
                    table.cell(box.row + box.rowspan - 1, box.column + box.colspan - 1)
                )
            cell.text = "\n".join(box.text) if box.text == "三、本年度办理结果" else box.text
    text("五、存在的主要问题及改进情况")
    document.save(str(path))


def _page_number(paragraph) -> None:  # type: ignore[no-untyped-def]
    """``- 3 -`` as a field."""
    paragraph.add_run("- ")
    run = paragraph.add_run()._r
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run.append(element)
    paragraph.add_run(" -")


def print_docx(files: Iterable[Path], folder: Path) -> dict[str, bytes]:
    """Every document printed to PDF by LibreOffice, all in one start."""
    assert SOFFICE
    files = list(files)
    subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation={(folder / 'office').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return {file.stem: file.with_suffix(".pdf").read_bytes() for file in files}


def squeezed(text: str) -> str:
    return "".join(text.split())


def figures_of(boxes: Iterable[Box], first_row: int, first_column: int) -> list[list[str]]:
    """The figures of a form, row by row."""
    rows: dict[int, list[str]] = {}
    for box in boxes:
        if box.row >= first_row and box.column >= first_column:
            rows.setdefault(box.row, []).append(box.text)
    return [rows[row] for row in sorted(rows)]


def tables_with(document: Document, word: str) -> list[Table]:
    return [
        table
        for table in document.tables()
        if any(word in squeezed(cell.text) for cell in table.cells)
    ]


def figure_rows(table: Table, first_column: int) -> list[list[Cell]]:
    """Rows of the table with its cells from a column on, if any of them is a figure."""
    rows = []
    for row in table.rows():
        cells = [cell for cell in row if cell.column >= first_column]
        if any(cell.text.isdecimal() for cell in cells):
            rows.append(cells)
    return rows
