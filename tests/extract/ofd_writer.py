"""A writer of OFD files (GB/T 33190-2016) for tests: pages with placed text and drawn lines.

It writes the same page in the ways that the programs in use write it: offsets as numbers or as runs,
a text object a character or a line, matrices, blocks in blocks, lines as strokes or as filled bars.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from form_layout import FormTable

STANDARD = "http://www.ofdspec.org/2016"
PAGE = (210.0, 297.0)


@dataclass(frozen=True)
class Style:
    """How to write what looks the same."""

    offsets: str = "runs"
    """``runs`` (g n d), ``numbers``, or ``single`` (a text code a character)."""
    lines: str = "strokes"
    """``strokes`` (M L), ``bars`` (thin filled rectangles) or ``frames`` (a rectangle a cell)."""
    scale: float = 1.0
    """Written with this matrix, so that all inner coordinates are divided by it."""
    blocks: int = 0
    """Page blocks around each object."""
    namespace: str = STANDARD
    template: bool = False
    """The lines stand in a template page."""
    absolute: bool = False
    """Locations from the root of the package."""


@dataclass
class Page:
    """Objects of one page; coordinates in mm from the top left."""

    style: Style
    width: float = PAGE[0]
    height: float = PAGE[1]
    texts: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    pictures: int = 0
    """Pictures whose file is lost."""
    images: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Boundary, matrix and file of each other picture."""

    def _matrix(self) -> str:
        scale = self.style.scale
        return f' CTM="{scale:g} 0 0 {scale:g} 0 0"' if scale != 1 else ""

    def _wrap(self, xml: str) -> str:
        blocks = self.style.blocks
        return "<ofd:PageBlock>" * blocks + xml + "</ofd:PageBlock>" * blocks

    def text(self, x: float, baseline: float, text: str, size: float = 3.2) -> None:
        """A line of text that starts at ``x``."""
        scale = self.style.scale
        steps = [_advance(char, size) / scale for char in text]
        top, height, width = baseline - size, size * 1.4, sum(steps) * scale + 1
        inner_y = size / scale
        codes = ""
        if self.style.offsets == "single":
            at = 0.0
            for char, step in zip(text, steps, strict=True):
                codes += (
                    f'<ofd:TextCode X="{at:.4f}" Y="{inner_y:.4f}">{escape(char)}</ofd:TextCode>'
                )
                at += step
        else:
            between = steps[:-1]
            written = _runs(between) if self.style.offsets == "runs" else _plain(between)
            deltas = f' DeltaX="{written}"' if between else ""
            codes = f'<ofd:TextCode X="0" Y="{inner_y:.4f}"{deltas}>{escape(text)}</ofd:TextCode>'
        self.texts.append(
            self._wrap(
                f'<ofd:TextObject ID="1" Boundary="{x:.4f} {top:.4f} {width:.4f} {height:.4f}"'
                f' Font="3" Size="{size / scale:.4f}"{self._matrix()}>{codes}</ofd:TextObject>'
            )
        )

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A ruling line along the page."""
        if self.style.lines == "bars":
            half = 0.1
            self._path(x0 - half, y0 - half, x1 - x0 + 2 * half, y1 - y0 + 2 * half, "bar")
        else:
            self._path(x0, y0, x1 - x0, y1 - y0, "line")

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """A rectangle by its outline."""
        self._path(x, y, width, height, "frame")

    def _path(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        w, h = width / self.style.scale, height / self.style.scale
        data = f"M 0 0 L {w:.4f} {h:.4f}"
        if kind != "line":
            data = f"M 0 0 L {w:.4f} 0 L {w:.4f} {h:.4f} L 0 {h:.4f} C"
        paint = ' Stroke="false" Fill="true"' if kind == "bar" else ' LineWidth="0.2"'
        self.paths.append(
            self._wrap(
                f'<ofd:PathObject ID="2" Boundary="{x:.4f} {y:.4f} {width:.4f} {height:.4f}"'
                f"{paint}{self._matrix()}><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData>"
                "</ofd:PathObject>"
            )
        )


def _advance(char: str, size: float) -> float:
    return size if char > "\u2e7f" else size / 2


def _plain(steps: Sequence[float]) -> str:
    return " ".join(f"{step:.4f}" for step in steps)


def _runs(steps: Sequence[float]) -> str:
    parts: list[str] = []
    index = 0
    while index < len(steps):
        end = index
        while end < len(steps) and steps[end] == steps[index]:
            end += 1
        count = end - index
        parts.append(f"g {count} {steps[index]:.4f}" if count > 1 else f"{steps[index]:.4f}")
        index = end
    return " ".join(parts)


def write(pages: Sequence[Page], title: str = "报告") -> bytes:
    """The OFD file of these pages."""
    style = pages[0].style
    root = "/Doc_0/" if style.absolute else ""

    def xml(body: str) -> str:
        head = '<?xml version="1.0" encoding="UTF-8"?>'
        return head + body.replace("ofd:NS", f'xmlns:ofd="{style.namespace}"')

    page_list, templates, media = "", "", ""
    files: dict[str, str | bytes] = {}
    for number, page in enumerate(pages):
        identifier = 100 + number
        page_list += f'<ofd:Page ID="{number}" BaseLoc="{root}Pages/Page_{number}/Content.xml"/>'
        lines, texts = "".join(page.paths), "".join(page.texts)
        lines += '<ofd:ImageObject ID="9" Boundary="0 0 50 50" ResourceID="8"/>' * page.pictures
        for boundary, matrix, content in page.images:
            resource = len(files)
            lines += (
                f'<ofd:ImageObject ID="{resource}" Boundary="{boundary}" CTM="{matrix}"'
                f' ResourceID="{resource}"/>'
            )
            media += (
                f'<ofd:MultiMedia ID="{resource}" Type="Image" Format="PNG">'
                f"<ofd:MediaFile>{resource}.png</ofd:MediaFile></ofd:MultiMedia>"
            )
            files[f"Doc_0/Res/{resource}.png"] = content
        used = ""
        if style.template:
            templates += (
                f'<ofd:TemplatePage ID="{identifier}" BaseLoc="{root}Tpls/{number}/Content.xml"/>'
            )
            used = f'<ofd:Template TemplateID="{identifier}" ZOrder="Background"/>'
            files[f"Doc_0/Tpls/{number}/Content.xml"] = xml(
                f"<ofd:Page ofd:NS><ofd:Content><ofd:Layer>{lines}</ofd:Layer></ofd:Content></ofd:Page>"
            )
            lines = ""
        files[f"Doc_0/Pages/Page_{number}/Content.xml"] = xml(
            "<ofd:Page ofd:NS><ofd:Area>"
            f"<ofd:PhysicalBox>0 0 {page.width:g} {page.height:g}</ofd:PhysicalBox></ofd:Area>{used}"
            f"<ofd:Content><ofd:Layer>{lines}{texts}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    files["Doc_0/DocumentRes.xml"] = xml(
        f'<ofd:Res ofd:NS BaseLoc="Res"><ofd:MultiMedias>{media}</ofd:MultiMedias></ofd:Res>'
    )
    files["OFD.xml"] = xml(
        '<ofd:OFD ofd:NS Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:DocID>0</ofd:DocID><ofd:Title>{escape(title)}</ofd:Title></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    files["Doc_0/Document.xml"] = xml(
        "<ofd:Document ofd:NS><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        f"</ofd:PhysicalBox></ofd:PageArea>{templates}"
        f"<ofd:DocumentRes>{root}DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>"
        f"<ofd:Pages>{page_list}</ofd:Pages></ofd:Document>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


class Layout:
    """Sets headings and tables down the pages, a new page where the next row has no room."""

    def __init__(self, style: Style, bottom: float = 275.0) -> None:
        self.style = style
        self.pages = [Page(style)]
        self.bottom = bottom
        self.y = 25.0

    def _break(self) -> None:
        self.pages.append(Page(self.style))
        self.y = 25.0

    def paragraph(self, text: str, size: float = 4.2) -> None:
        if self.y + 9 > self.bottom:
            self._break()
        self.pages[-1].text(25, self.y + 5, text, size)
        self.y += 9

    def table(self, table: FormTable, left: float = 20.0, size: float = 2.8) -> None:
        """A ruled table; cells that span rows are cut at a page break, as office programs do."""
        total = sum(table.widths)
        edges = [left]
        for width in table.widths:
            edges.append(edges[-1] + width * 170 / total)
        wrapped = {
            cell: _wrap(cell.text, edges[cell.column + cell.colspan] - edges[cell.column] - 2, size)
            for cell in table.cells
        }
        heights = [6.0] * table.rows
        for cell, lines in wrapped.items():
            if cell.rowspan == 1:
                heights[cell.row] = max(heights[cell.row], 3 + len(lines) * size * 1.3)
        for cell, lines in wrapped.items():
            lacking = 3 + len(lines) * size * 1.3 - sum(heights[cell.row : cell.row + cell.rowspan])
            heights[cell.row] += max(lacking, 0)
        start = 0
        while start < table.rows:
            room, end = self.bottom - self.y, start
            while end < table.rows and sum(heights[start : end + 1]) <= room:
                end += 1
            if end == start:
                self._break()
                continue
            tops = [self.y]
            for row in range(start, end):
                tops.append(tops[-1] + heights[row])
            for cell in table.cells:
                first, last = max(cell.row, start), min(cell.row + cell.rowspan, end)
                if first < last:
                    box = (
                        edges[cell.column],
                        tops[first - start],
                        edges[cell.column + cell.colspan],
                        tops[last - start],
                    )
                    self._cell(box, wrapped[cell] if first == cell.row else [], size)
            self.y = tops[-1]
            start = end
        self.y += 4

    def _cell(self, box: tuple[float, float, float, float], lines: list[str], size: float) -> None:
        x0, top, x1, bottom = box
        page = self.pages[-1]
        if self.style.lines == "frames":
            page.frame(x0, top, x1 - x0, bottom - top)
        else:
            page.line(x0, top, x1, top)
            page.line(x0, bottom, x1, bottom)
            page.line(x0, top, x0, bottom)
            page.line(x1, top, x1, bottom)
        baseline = top + 1.2 + size
        for line in lines:
            page.text(x0 + 1, baseline, line, size)
            baseline += size * 1.3


def _wrap(text: str, width: float, size: float) -> list[str]:
    lines: list[str] = [""]
    used = 0.0
    for char in text:
        advance = _advance(char, size)
        if lines[-1] and used + advance > width:
            lines.append("")
            used = 0.0
        lines[-1] += char
        used += advance
    return lines


def rewritten(
    data: bytes,
    change: Callable[[str, bytes], bytes | None],
    added: Mapping[str, str] | None = None,
) -> bytes:
    """The package with each file as ``change`` gives it (None leaves it out) and files ``added``."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, text in (added or {}).items():
            new.writestr(name, text)
    return packed.getvalue()
