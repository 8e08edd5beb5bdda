"""The evaluation as one HTML page that needs nothing else, and as Markdown."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote, urlsplit

from archive.evaluation.blocks import (
    Bars,
    Block,
    Cell,
    Heading,
    Link,
    Paragraph,
    Table,
    blocks,
    title,
)
from archive.evaluation.gathering import Evaluation

_STYLE = """
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; line-height: 1.8;
  font-family: FangSong, "仿宋", "Noto Serif CJK SC", SimSun, "宋体", serif; }
h1 { text-align: center; line-height: 1.4; } h1, h2, h3, caption, figcaption, th { font-family: SimHei, "黑体", "Noto Sans CJK SC", sans-serif; }
h2 { font-size: 1.3rem; margin-top: 2rem; } h3 { font-size: 1.1rem; }
p { text-indent: 2em; text-align: justify; } p.note { text-indent: 0; font-size: .9rem; color: #555; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; line-height: 1.5; margin: 1rem 0; }
caption, figcaption { font-weight: bold; padding: .4rem; text-align: center; font-size: .95rem; }
th, td { border: 1px solid #888; padding: .3rem .5rem; text-align: left; overflow-wrap: anywhere; } th { background: #eef1f5; }
figure { margin: 1rem 0; } svg { width: 100%; height: auto; } a { color: #0b4f9e; }
@media print { thead { display: table-header-group; } tr { break-inside: avoid; } }
"""
_LINE, _LEFT, _WIDE = 34, 220, 760


def html(about: Evaluation) -> str:
    """The page. Whatever documents said is text in it and never markup."""
    body = "\n".join(_html(block) for block in blocks(about))
    name = escape(title(about))
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{name}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _html(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level + 1}>{escape(text)}</h{level + 1}>"
        case Paragraph(text, note):
            kind = ' class="note"' if note else ""
            return f"<p{kind}>{escape(text)}</p>"
        case Table():
            head = "".join(f'<th scope="col">{escape(text)}</th>' for text in block.head)
            rows = "\n".join(
                "<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>"
                for row in block.rows
            )
            columns = "".join(f'<col style="width:{width}%">' for width in block.widths)
            return (
                f'<div class="wide"><table><caption>{escape(block.caption)}</caption><colgroup>{columns}</colgroup>'
                f"<thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div>"
            )
        case Bars():
            return _svg(block)


def _cell(cell: Cell) -> str:
    if isinstance(cell, Link):
        if address := safe(cell.url):
            return f'<a href="{escape(address)}">{escape(cell.text)}</a>'
        return escape(cell.text)
    return escape(cell)


def safe(url: str) -> str:
    """An address that may be opened from a document: of the web; else empty."""
    return url if urlsplit(url).scheme in ("http", "https") else ""


def _svg(chart: Bars) -> str:
    most = max((bar.number for bar in chart.bars), default=1)
    parts = []
    for place, bar in enumerate(chart.bars):
        top = place * _LINE
        wide = max(2, round((_WIDE - _LEFT - 70) * bar.number / most))
        colour = "#9aa3ad" if bar.ours else "#2f6db3"
        parts.append(
            f'<text x="{_LEFT - 10}" y="{top + 22}" text-anchor="end">{escape(bar.label)}</text>'
            f'<rect x="{_LEFT}" y="{top + 6}" width="{wide}" height="22" fill="{colour}"/>'
            f'<text x="{_LEFT + wide + 8}" y="{top + 22}">{bar.number}</text>'
        )
    told = "，".join(f"{bar.label}{bar.number}" for bar in chart.bars)
    return (
        f'<figure><svg viewBox="0 0 {_WIDE} {_LINE * len(chart.bars)}" role="img" aria-label="{escape(told)}" '
        f'font-size="14">{"".join(parts)}</svg><figcaption>{escape(chart.caption)}</figcaption></figure>'
    )


def markdown(about: Evaluation) -> str:
    """The document as Markdown with tables; charts are tables there."""
    parts = [f"# {_plain(title(about))}"]
    for block in blocks(about):
        match block:
            case Heading(text, level):
                parts.append(f"{'#' * (level + 1)} {_plain(text)}")
            case Paragraph(text, note):
                parts.append(f"*{_plain(text)}*" if note else _plain(text))
            case Table():
                parts.append(_markdown_table(block))
            case Bars():
                rows = [(bar.label, str(bar.number)) for bar in block.bars]
                parts.append(_markdown_table(Table(block.caption, ("项目", "数量"), rows, ())))
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: Table) -> str:
    lines = [
        " | ".join(map(_plain, table.head)),
        " | ".join("---" for _ in table.head),
        *(" | ".join(_markdown_cell(cell) for cell in row) for row in table.rows),
    ]
    return f"**{_plain(table.caption)}**\n\n" + "\n".join(f"| {line} |" for line in lines)


def _markdown_cell(cell: Cell) -> str:
    if isinstance(cell, Link) and (address := safe(cell.url)):
        return f"[{_plain(cell.text)}](<{quote(address, safe=':/?&=%#;,+@!$~-._')}>)"
    return _plain(cell.text if isinstance(cell, Link) else cell)


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))
