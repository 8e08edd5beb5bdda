"""A report as text and tables, and its rendering as the HTML of an article."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from crawler.sampleweb import form, wording
from crawler.sampleweb.figures import Figures


@dataclass(frozen=True, slots=True)
class Report:
    """What the document of a report says.

    ``items`` and ``extra`` go into section 一 (:func:`wording.sections`); ``signed`` is the date
    under the report, as printed.
    """

    title: str
    voice: wording.Voice
    year: int
    figures: Figures
    items: int | None = None
    extra: str = ""
    signed: str | None = None

    def blocks(self) -> list[str | form.Grid]:
        """The document below its title, in reading order: paragraphs and tables."""
        texts = wording.sections(self.voice, self.year, self.figures, self.items, self.extra)
        tables = dict(zip((2, 3, 4), form.tables(self.figures), strict=True))
        blocks: list[str | form.Grid] = [wording.preamble(self.voice, self.year)]
        for number, heading in enumerate(form.SECTIONS, start=1):
            blocks.append(heading)
            blocks += texts.get(number, [])
            if number in tables:
                blocks.append(tables[number])
        if self.signed:
            blocks += [self.voice.name, self.signed]
        return blocks


def to_html(report: Report) -> str:
    """The report as the inside of an article."""
    parts = [f'<p style="text-align:center"><strong>{escape(report.title)}</strong></p>']
    for block in report.blocks():
        if isinstance(block, str):
            heading = block in form.SECTIONS
            inner = f"<strong>{escape(block)}</strong>" if heading else escape(block)
            parts.append(f"<p>　　{inner}</p>")
        else:
            parts.append(_table(block))
    return "\n".join(parts)


def _table(grid: form.Grid) -> str:
    rows = "\n".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in grid)
    return f'<table border="1" cellspacing="0"><tbody>\n{rows}\n</tbody></table>'


def _cell(cell: form.FormCell) -> str:
    spans = "".join(
        f' {name}="{number}"'
        for name, number in (("colspan", cell.colspan), ("rowspan", cell.rowspan))
        if number > 1
    )
    return f"<td{spans}><p>{escape(cell.text)}</p></td>"
