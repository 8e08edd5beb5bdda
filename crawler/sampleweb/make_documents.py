"""Make the files under ``documents/`` again: ``python -m crawler.sampleweb.make_documents``.

Needed only when the plan or the wording changes; the files are committed, so that nobody needs the
programs to run the sample web. Word files come from python-docx, PDF files from LibreOffice (out of
such a Word file) or Chromium (out of HTML), so that they differ as real ones do. Needs ``soffice``,
``chromium`` and the font WenQuanYi Micro Hei (package ``fonts-wqy-microhei``).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from crawler.sampleweb import form
from crawler.sampleweb.plan import PLANS
from crawler.sampleweb.report import Report, to_html

FOLDER = Path(__file__).with_name("documents")
_FONT = "WenQuanYi Micro Hei"  # TrueType: Chromium turns every glyph of a CFF font into a drawing
_BY_CHROMIUM = frozenset({"hanconggou-2024.pdf", "wjw-2022.pdf", "wjw-2024.pdf"})
_SECONDS = 120


def write_docx(report: Report, path: Path) -> None:
    """The report as a Word file."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(11)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
    document.core_properties.title = report.title
    document.core_properties.author = report.voice.name
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(report.title).font.size = Pt(17)
    for block in report.blocks():
        if isinstance(block, str):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(22)
            paragraph.add_run(block).bold = block in form.SECTIONS
        else:
            _add_table(document, block)
    document.save(str(path))


def _add_table(document: Document, grid: form.Grid) -> None:  # type: ignore[valid-type]
    columns = sum(cell.colspan for cell in grid[0])
    table = document.add_table(rows=len(grid), cols=columns, style="Table Grid")  # type: ignore[attr-defined]
    table.autofit = False
    # The labels of table 三 need room; elsewhere the columns are alike.
    widths = [1.7, 2.2, 4.3, *[1.25] * 7] if columns == 10 else [17 / columns] * columns
    for column, width in enumerate(widths):
        table.columns[column].width = Cm(width)
    taken: set[tuple[int, int]] = set()
    for row, cells in enumerate(grid):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            last_row, last_column = row + cell.rowspan - 1, column + cell.colspan - 1
            target = table.cell(row, column)
            if (last_row, last_column) != (row, column):
                target = target.merge(table.cell(last_row, last_column))
            target.width = Cm(sum(widths[column : last_column + 1]))
            target.text = cell.text
            for run in target.paragraphs[0].runs:
                run.font.size = Pt(8)
            taken |= {
                (r, c) for r in range(row, last_row + 1) for c in range(column, last_column + 1)
            }


def _by_libreoffice(report: Report, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"{path.stem}.docx")
        write_docx(report, source)
        _run(
            "soffice",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(path.parent),
            str(source),
        )


def _by_chromium(report: Report, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "report.html")
        source.write_text(
            f"<!DOCTYPE html><html lang=zh-CN><meta charset=utf-8><title>{report.title}</title>"
            f"<style>@page{{size:A4;margin:2cm}}body{{font:11pt/1.7 '{_FONT}'}}"
            # No bold: the font has none, and an artificial one is drawn glyph by glyph.
            "strong{font-weight:normal;font-size:13pt}"
            "table{border-collapse:collapse;width:100%;font-size:8pt;line-height:1.3}"
            "td{border:.6pt solid #000;padding:1pt 2pt}td p{margin:0}</style>"
            f"{to_html(report)}</html>",
            encoding="utf-8",
        )
        _run(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            "--disable-pdf-tagging",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={path}",
            source.as_uri(),
        )


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603


def main() -> int:
    """Write every document of the plan."""
    FOLDER.mkdir(exist_ok=True)
    for plan in PLANS:
        for year, name in plan.files.items():
            write: Callable[[Report, Path], None]
            if name.endswith(".docx"):
                write = write_docx
            else:
                write = _by_chromium if name in _BY_CHROMIUM else _by_libreoffice
            write(plan.report(year), FOLDER / name)
            sys.stderr.write(f"{name}: {(FOLDER / name).stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
