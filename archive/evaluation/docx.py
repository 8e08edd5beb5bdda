"""The evaluation as a Word document: real headings, captions and page numbers, heads of tables on each page.

Fonts are named as an official document has them; SimSun and SimHei, which every Chinese Windows
has, stand for what may be missing. Charts are tables whose bars are shaded cells, so that no picture is needed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from archive.evaluation.blocks import Bars, Cell, Heading, Link, Paragraph, Table, blocks, title
from archive.evaluation.gathering import Evaluation
from archive.evaluation.pages import safe

_BODY, _HEAD = "仿宋", "黑体"
_ALTERNATIVE = {
    "仿宋": ("FangSong", "SimSun"),
    "黑体": ("SimHei", "SimSun"),
    "宋体": ("SimSun", "SimSun"),
}
_WIDTH = 15.6
_LABEL, _NUMBER = 4.6, 1.6
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(about: Evaluation, target: Path) -> None:
    """Write the document to ``target``."""
    document = docx.Document()
    _set_up(document, title(about))
    heading = document.add_paragraph(style="Title")
    year = f"{about.year}年度"
    # A long title breaks where it is read.
    heading.add_run(_text(title(about)).replace(year, f"{year}\n", 1))
    numbers = {"表": 0, "图": 0}
    for block in blocks(about):
        match block:
            case Heading(text, level):
                document.add_heading(_text(text), level)
            case Paragraph(text, note):
                paragraph = document.add_paragraph(_text(text), style="Note" if note else None)
                if not note:
                    paragraph.paragraph_format.first_line_indent = Pt(28)
            case Table():
                _caption(document, "表", numbers, block.caption)
                _table(document, block)
            case Bars():
                _bars(document, block)
                _caption(document, "图", numbers, block.caption)
    document.save(str(target))


def _text(text: str) -> str:
    return _CONTROL.sub("", text)


def _set_up(document: Document, name: str) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.top_margin, section.bottom_margin = Cm(3), Cm(2.8)
    document.core_properties.title = name
    document.core_properties.author = "Gongkai"
    document.core_properties.language = "zh-CN"
    styles: Any = document.styles
    _font(styles["Normal"], _BODY, 14)
    styles["Normal"].paragraph_format.line_spacing = 1.4
    styles["Normal"].paragraph_format.space_after = Pt(4)
    _font(styles["Title"], "宋体", 18, bold=True)
    styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    styles["Title"].paragraph_format.space_after = Pt(18)
    for border in styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)
    for level, size in ((1, 16), (2, 14)):
        _font(styles[f"Heading {level}"], _HEAD, size)
        styles[f"Heading {level}"].paragraph_format.space_before = Pt(12)
    _font(styles["Caption"], _HEAD, 10.5)
    styles["Caption"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    note = styles.add_style("Note", 1)
    note.base_style = styles["Normal"]
    _font(note, _BODY, 10.5)
    _page_number(section.footer.paragraphs[0])


def _font(style: Any, name: str, size: float, *, bold: bool = False) -> None:
    latin = _ALTERNATIVE[name][0]
    style.font.name, style.font.size, style.font.bold = latin, Pt(size), bold
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for use in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{use}"), latin)
    fonts.set(qn("w:eastAsia"), name)


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    _field(paragraph, "PAGE", "1")
    paragraph.add_run(" —")


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = shown
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _caption(document: Document, kind: str, numbers: dict[str, int], text: str) -> None:
    numbers[kind] += 1
    paragraph = document.add_paragraph(f"{kind} ", style="Caption")
    _field(paragraph, f"SEQ {kind} \\* ARABIC", str(numbers[kind]))
    paragraph.add_run(f"　{_text(text)}")
    paragraph.paragraph_format.keep_with_next = kind == "表"


def _table(document: Document, block: Table) -> None:
    widths = [Cm(_WIDTH * width / sum(block.widths)) for width in block.widths]
    table = document.add_table(rows=0, cols=len(block.head), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    rows: list[tuple[Cell, ...]] = [tuple(block.head), *(tuple(row) for row in block.rows)]
    for number, row in enumerate(rows):
        made = table.add_row()
        # Cells of a row are searched for anew at each access, which long tables feel.
        for element, width, cell in zip(made.cells, widths, row, strict=True):
            element.width = width
            paragraph = element.paragraphs[0]
            paragraph.paragraph_format.line_spacing = 1.15
            paragraph.paragraph_format.space_before = Pt(2)
            paragraph.paragraph_format.space_after = Pt(2)
            _fill(paragraph, cell, bold=number == 0)
            if number == 0:
                _shade(element, "E6EBF1")
        properties = made._tr.get_or_add_trPr()
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        properties.append(OxmlElement("w:cantSplit"))
    space = document.add_paragraph()
    space.paragraph_format.space_after = Pt(0)
    space.paragraph_format.line_spacing = 0.7


def _fill(paragraph: Any, cell: Cell, *, bold: bool) -> None:
    text = _text(cell.text if isinstance(cell, Link) else cell)
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(9), bold
    if isinstance(cell, Link) and (address := safe(_text(cell.url))):
        link = OxmlElement("w:hyperlink")
        identity = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), identity)
        run.font.color.rgb = RGBColor(0x0B, 0x4F, 0x9E)
        paragraph._p.append(link)
        link.append(run._r)


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _bars(document: Document, chart: Bars) -> None:
    room = _WIDTH - _LABEL - _NUMBER
    most = max((bar.number for bar in chart.bars), default=1)
    for bar in chart.bars:
        wide = max(0.15, room * bar.number / most)
        table = document.add_table(rows=1, cols=3)
        table.autofit = False
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        for place, width in enumerate((_LABEL, wide, _WIDTH - _LABEL - wide)):
            table.columns[place].width = Cm(width)
            table.rows[0].cells[place].width = Cm(width)
        label, filled, number = table.rows[0].cells
        _shade(filled, "9AA3AD" if bar.ours else "2F6DB3")
        for cell, text in ((label, bar.label), (filled, ""), (number, str(bar.number))):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.paragraph_format.line_spacing = 1.0
            paragraph.paragraph_format.keep_with_next = True
            paragraph.add_run(text).font.size = Pt(10)
        label.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        gap = document.add_paragraph()
        gap.paragraph_format.space_after = Pt(0)
        gap.paragraph_format.line_spacing = Pt(4)
        gap.paragraph_format.keep_with_next = True
