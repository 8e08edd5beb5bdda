"""Harmless copies of documents without pages: web pages, Word files, text, as we read them.

Nothing of the source's markup is passed on: the copy is written anew from elements of a short list and
the text in them, so there is nothing to overlook. Each table cell has the place it was read at as its
``id``, and a cell that holds a figure of the report is a link to it. Runs in a confined child.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

from lxml.html import HtmlElement

from extract import sniff
from extract.document import Cell, Document, Origin, Paragraph, Table
from extract.errors import LimitExceeded
from extract.readers.catalogue import READERS, unsupported
from extract.readers.html import DROPPED, MAX_BYTES, page_and_cells, parse
from extract.readers.html_looks import is_hidden
from extract.readers.mhtml import page_of

MOST_BYTES = 20_000_000
_KEPT = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "blockquote",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "s",
        "del",
        "ins",
        "sub",
        "sup",
        "br",
        "hr",
        "center",
    ]
)
_FURNITURE = frozenset({"nav", "aside", "footer"})
_TO_HIT = "&nbsp;"
"""In an empty cell that is a link."""
_VOID = frozenset({"br", "hr"})
_ALIGNMENT = re.compile(r"text-align\s*:\s*(left|right|center)", re.IGNORECASE)
_STYLE = """
:root{color-scheme:light}
body{margin:1rem;background:#fff;color:#1b1b1b;font:15px/1.7 "Noto Serif CJK SC","Songti SC",SimSun,serif;
overflow-wrap:anywhere}
table{border-collapse:collapse;margin:.8rem 0;font-size:13px;line-height:1.45}
td p,th p{margin:0}
.address{text-decoration:underline dotted}
td,th{border:1px solid #8a8a8a;padding:.2rem .35rem;vertical-align:middle;min-width:1.2em}
h1,h2,h3,h4,h5,h6{font-size:1.1em;line-height:1.5}
.left{text-align:left}.right{text-align:right}.center{text-align:center}
.picture{border:1px dashed #8a8a8a;color:#5f5f5f;padding:0 .4em;font-size:.85em}
a.figure{color:#0b5394;text-decoration:underline;text-underline-offset:.2em;text-decoration-thickness:1px;
display:block;border-radius:2px}
a.figure:hover{background:#e5effa}
a.figure:focus-visible{outline:3px solid #0b57d0;outline-offset:1px}
:target{background:#ffe48a;outline:3px solid #b35900;outline-offset:1px;scroll-margin:30vh}
"""

Links = Mapping[str, tuple[str, str]]


def anchor(path: str) -> str:
    """The ``id`` in a copy of what stands at a path of a document."""
    return re.sub(r"[^0-9a-z]+", "-", path.lower()).strip("-") or "place"


def copy(data: bytes, content_type: str | None, links: Links, whole: bool) -> bytes:
    """The copy as a whole page in UTF-8; ``links`` give address and label of the figure at a path.

    Of a web page the furniture (menus, lists of links) is left out, as its reader does, unless ``whole``.
    Raises :class:`~extract.errors.ExtractionError` for what cannot be read.
    """
    media_type = sniff.sniff(data)
    if media_type == sniff.HTML:
        body = _page(data, content_type, links, whole)
    elif media_type == sniff.MHTML:
        body = _page(*page_of(data), links, whole)
    else:
        body = "".join(_blocks(_document(data, media_type, content_type), links))
    made = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>存档副本</title>'
        f"<style>{_STYLE}</style><main>{body}</main></html>"
    ).encode("utf-8", "replace")
    if len(made) > MOST_BYTES:
        raise LimitExceeded("the copy of the document is too long to be shown")
    return made


def _document(data: bytes, media_type: str, content_type: str | None) -> Document:
    readers = READERS.get(media_type)
    if readers is None:
        raise LimitExceeded(unsupported(media_type))
    return readers.first(data, Origin(content_type=content_type))


def _page(data: bytes, content_type: str | None, links: Links, whole: bool) -> str:
    if whole:
        if len(data) > MAX_BYTES:
            raise LimitExceeded(f"the page has {len(data)} bytes, too many to be shown")
        text, _ = sniff.decode(data, content_type)
        root, dropped = parse(text), DROPPED - _FURNITURE
        cells: dict[str, HtmlElement] = {}
    else:
        root, cells = page_and_cells(data, content_type)
        dropped = DROPPED
    writer = _Writer({element: path for path, element in cells.items()}, links, dropped)
    body = root.find("body")
    writer.inside(root if body is None else body)
    return "".join(writer.out)


class _Writer:
    def __init__(
        self, paths: Mapping[HtmlElement, str], links: Links, dropped: frozenset[str]
    ) -> None:
        self.out: list[str] = []
        self._paths = paths
        self._links = links
        self._dropped = dropped

    def inside(self, element: HtmlElement) -> None:
        self.out.append(_text(element.text))
        for child in element:
            if (
                isinstance(child.tag, str)
                and child.tag not in self._dropped
                and not is_hidden(child)
            ):
                self._element(child)
            self.out.append(_text(child.tail))

    def _element(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag == "img":
            self.out.append(f'<span class="picture">图 {_text(element.get("alt"))}</span>')
        elif tag == "a" and element.get("href"):
            # Where it led is told, and leads nowhere.
            self.out.append(f'<span class="address" title="{_text(element.get("href"))}">')
            self.inside(element)
            self.out.append("</span>")
        elif tag not in _KEPT:
            self.inside(element)
        elif tag in _VOID:
            self.out.append(f"<{tag}>")
        else:
            path = self._paths.get(element)
            begin, end = _link(path, self._links)
            self.out.append(f"<{tag}{_attributes(element)}{_id(path)}>{begin}")
            before = len(self.out)
            self.inside(element)
            if end and not "".join(self.out[before:]).strip():
                self.out.append(_TO_HIT)
            self.out.append(f"{end}</{tag}>")


def _attributes(element: HtmlElement) -> str:
    kept = ""
    if element.tag in ("td", "th"):
        for name in ("rowspan", "colspan"):
            digits = re.match(r"\s*(\d{1,4})", element.get(name) or "")
            if digits and digits[1] != "1":
                kept += f' {name}="{int(digits[1])}"'
    aligned = _ALIGNMENT.search(element.get("style") or "")
    side = (aligned[1] if aligned else element.get("align") or "").lower()
    return f'{kept} class="{side}"' if side in ("left", "right", "center") else kept


def _blocks(document: Document, links: Links) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            path = block.position.path
            begin, end = _link(path, links)
            yield f"<p{_id(path)}>{begin}{_text(block.text)}{end}</p>"
        else:
            yield from _table(block, links)


def _table(table: Table, links: Links) -> Iterator[str]:
    yield "<table>"
    for row in table.rows():
        yield "<tr>"
        for cell in row:
            yield _cell(cell, links)
        yield "</tr>"
    yield "</table>"


def _cell(cell: Cell, links: Links) -> str:
    path = cell.position.path
    spans = "".join(
        f' {name}="{span}"'
        for name, span in (("rowspan", cell.rowspan), ("colspan", cell.colspan))
        if span > 1
    )
    begin, end = _link(path, links)
    text = _text(cell.text).replace("\n", "<br>") or (_TO_HIT if begin else "")
    return f"<td{spans}{_id(path)}>{begin}{text}{end}</td>"


def _link(path: str | None, links: Links) -> tuple[str, str]:
    """What goes before and after the content of what stands at ``path``."""
    link = links.get(path) if path else None
    if link is None:
        return "", ""
    address, label = map(html.escape, link)
    return f'<a class="figure" target="_parent" href="{address}" title="{label}">', "</a>"


def _id(path: str | None) -> str:
    return f' id="{anchor(path)}"' if path else ""


def _text(text: str | None) -> str:
    return html.escape("".join(c for c in text if c >= " " or c in "\t\n")) if text else ""
