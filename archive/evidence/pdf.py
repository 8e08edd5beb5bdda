"""The summary as PDF with its Chinese font inside, so that it looks the same everywhere.

Needs the extra ``report`` and one Chinese font on the machine that writes it; the reader needs neither.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2  # type: ignore[import-untyped]

from archive.evidence.claims import Claims
from archive.evidence.summary import Block, Heading, Paragraph, Table, blocks, title

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS: tuple[tuple[str, int], ...] = (
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSerifCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-serif-cjk-vf-fonts/NotoSerifCJK-VF.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/arphic/uming.ttc", 0),
    ("/System/Library/Fonts/Supplemental/Songti.ttc", 0),
    ("C:/Windows/Fonts/simsun.ttc", 0),
)
"""Where systems keep a Chinese font, and its number in the file."""

_MARGIN = 18.0
_MOST_CHARACTERS = 500
"""Characters of a cell that are printed: a row that fills more than a page cannot be laid out."""
_MOST_ROWS = 600
"""Rows of a table that are printed; the HTML summary has them all."""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_SPACE = re.compile(r"[\s\u0002\u00ad-]+")


def lacking() -> str | None:
    """What is needed to write a PDF and not there, as a line that says what to do; None if nothing is."""
    if importlib.util.find_spec("fpdf") is None:
        return "no summary.pdf was written: pip install 'gongkai[report]'"
    if _font() is None:
        return "no summary.pdf was written: no Chinese font was found; install Noto Serif CJK"
    return None


def write(path: Path, claims: Claims) -> None:
    """Write the summary of ``claims``; only where nothing is :func:`lacking`."""
    from fpdf import FPDF

    class Numbered(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font("text", size=8)
            self.cell(0, 5, _footer(self.page_no()), align="R")

    font = _font()
    assert font is not None
    document = Numbered(format="A4")
    document.set_margin(_MARGIN)
    document.set_auto_page_break(True, _MARGIN)
    document.set_creation_date(datetime.fromisoformat(claims["known_at"]))
    document.set_title(title(claims))
    document.set_creator(claims["program"])
    document.set_lang("zh-Hans")
    document.add_font("text", fname=font[0], collection_font_number=font[1])
    document.add_page()
    for block in blocks(claims):
        _put(document, block)
    document.output(str(path))


def differs(path: Path, claims: Claims) -> str | None:
    """What of the summary of ``claims`` a PDF does not say, or None. Compares the text, whoever set it.

    Raises ``ValueError`` for what is no PDF.
    """
    try:
        with pypdfium2.PdfDocument(path) as document:
            parts = [
                _squeezed(page.get_textpage().get_text_bounded()).removesuffix(_footer(number))
                for number, page in enumerate(document, 1)
            ]
    except pypdfium2.PdfiumError:
        raise ValueError("no PDF") from None
    text, place = "".join(parts), 0
    for wanted, heads in _texts(blocks(claims)):
        found = text.find(_squeezed(wanted), place)
        if found < 0:
            return wanted[:80]
        # The heads of a table stand again on its next page.
        if text[place:found] not in ("", heads):
            return text[place:found][:80]
        place = found + len(_squeezed(wanted))
    return text[place:][:80] or None


def _font() -> tuple[str, int] | None:
    return next((font for font in FONTS if Path(font[0]).is_file()), None)


def _put(document: FPDF, block: Block) -> None:
    if isinstance(block, Heading):
        size = 15 if block.level == 1 else 11.5
        document.ln(size / 3)
        document.set_font("text", size=size)
        _write(document, size / 2, block.text)
        document.ln(1)
    elif isinstance(block, Paragraph):
        document.set_font("text", size=10)
        document.set_text_color(153 if block.note else 0, 0, 0)
        _write(document, 5.2, block.text)
        document.set_text_color(0)
        document.ln(1.5)
    else:
        _put_table(document, block)


def _write(document: FPDF, height: float, text: str) -> None:
    # Chinese breaks anywhere; English between words.
    wrap: Any = "CHAR" if _CHINESE.search(text) else "WORD"
    document.multi_cell(0, height, text, align="L", wrapmode=wrap, new_x="LMARGIN", new_y="NEXT")


def _put_table(document: FPDF, block: Table) -> None:
    from fpdf.fonts import FontFace

    rows = _printed(block)
    if not rows:
        return
    document.set_font("text", size=8.5)
    shaded = FontFace(fill_color=238)
    options: dict[str, Any] = (
        {"headings_style": shaded} if block.heads else {"first_row_as_headings": False}
    )
    with document.table(
        col_widths=tuple(block.widths),
        line_height=4.4,
        text_align="LEFT",
        v_align="TOP",
        padding=0.8,
        wrapmode="CHAR",
        **options,
    ) as table:
        for cells in ([block.heads] if block.heads else []) + rows:
            row = table.row()
            for place, cell in enumerate(cells):
                row.cell(cell, style=shaded if not block.heads and place == 0 else None)
    document.ln(2)


def _printed(block: Table) -> list[list[str]]:
    rows = [[cell[:_MOST_CHARACTERS] for cell in row] for row in block.rows[:_MOST_ROWS]]
    more = len(block.rows) - len(rows)
    if more:
        rest = ["" for _ in block.widths]
        rest[1 % len(rest)] = f"另有{more}行，见 summary.html / {more} more rows: summary.html"
        rows.append(rest)
    return rows


def _texts(made: list[Block]) -> Iterator[tuple[str, str]]:
    """All texts in the order of the pages, each with the heads that may stand before it."""
    for block in made:
        if isinstance(block, Table):
            heads = _squeezed("".join(block.heads))
            rows = _printed(block)
            for cells in ([block.heads] if rows else []) + rows:
                yield from ((cell, heads) for cell in cells)
        else:
            yield block.text, ""


def _footer(page: int) -> str:
    return f"第{page}页"


def _squeezed(text: str) -> str:
    return _SPACE.sub("", text)
