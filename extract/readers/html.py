"""Web pages: blocks in reading order, tables with the spans the page gives them.

Pages are made by a hundred content systems and pasted from Word, WPS and Excel. What is furniture
is told by structure (navigation elements, lists of links), what is a table by what it holds: a table
that holds tables or prose only lays out the page and is dissolved into its content.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from lxml import etree, html

from extract.document import Block, Cell, Document, Paragraph, Position, Table
from extract.errors import DamagedDocument, LimitExceeded
from extract.readers.html_looks import Looks, is_hidden
from extract.readers.pictures import embedded_pictures, pictures_instead
from extract.sniff import HTML, decode

MAX_BYTES = 40_000_000
MAX_DEPTH = 240
MAX_CELLS = 60_000
MAX_COLUMNS = 256
_PROSE_CELL = 150
_NUMBERS = 8
"""Cells with a number and nothing else, of which a table that lays out a page has fewer."""
_TINY = 100
"""Pixels."""
_FEW = 12
"""Characters: whole parts of a page are hidden until a script shows them, and are read."""
_SENTENCES = 300
"""Characters: what is struck out is no longer than a few sentences; a whole text is by mistake."""
_CONTROL = 8
"""Characters on a button; a title that a script opens is longer."""

_ATTRIBUTE = re.compile(
    r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+""", re.ASCII
)
_BEFORE_ATTRIBUTES = " \t\n\r\f\v/\"'"
"""One of these stands before each attribute."""
_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:{_ATTRIBUTE.pattern})*+", re.ASCII)
_LONG_TAG = 600
"""Characters of a tag that may have enough attributes to matter."""
_ATTRIBUTE_WORK = 400_000_000
"""The most that the squares of the numbers of attributes of all tags may add up to (half a second)."""

DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "footer",
        "aside",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "select",
        "button",
        "input",
        "textarea",
        "option",
        "video",
        "audio",
        "map",
        "head",
    ]
)
"""Elements that are no text of the page, whatever they hold."""
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "ul",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "ucapcontent",
    ]
)
_ONE_CLASS = etree.ElementDefaultClassLookup(
    element=html.HtmlElement,
    comment=html.HtmlComment,
    pi=html.HtmlProcessingInstruction,
    entity=html.HtmlEntity,
)
"""All elements alike: lxml.html asks a function of Python for the class of each, for the sake of forms."""
_META = {
    name.lower(): name
    for name in [
        "SiteName",
        "SiteDomain",
        "SiteIDCode",
        "ColumnName",
        "ColumnDescription",
        "ColumnKeywords",
        "ColumnType",
        "ArticleTitle",
        "PubDate",
        "ContentSource",
        "Keywords",
        "Author",
        "Description",
        "Image",
        "Url",
    ]
}
_STRUCK = frozenset({"s", "strike", "del"})
_ASIDE = _STRUCK | {"sup", "sub"}
"""Marks of notes and struck text: no part of the number they stand beside."""
_NEW_LINE = "\ue000"
"""A line break that is shown, until those of the source are gone."""
_AROUND = dict.fromkeys(_BLOCKS, (_NEW_LINE, _NEW_LINE)) | dict.fromkeys(_ASIDE, ("[", "]"))
"""What stands around the text of elements in a cell."""
_WORD_LEFTOVER = re.compile(r"<!--\[if[^\]]*\]>?|<!\[endif\]-*>?|<!--\[endif\]-->|-->|<!--")
_IN_THE_PAGE = re.compile(r"data:image/[\w.+-]{1,40}(?:;[^;,]{1,80})*;\s*base64", re.IGNORECASE)
_COUNT = re.compile(r"\s*(\d{1,6})")
_UNTIDY = re.compile(r"\s|<!|-->")
_WRAP = re.compile(r"[ \t\r\f]*\n\s*")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u2002-\u200a\u202f\u3000]+")


def read_html(data: bytes, content_type: str | None = None) -> Document:
    """Read a page. Raises :class:`LimitExceeded` and :class:`DamagedDocument`."""
    root, reader, doubt = _read(data, content_type)
    doubts = [doubt] if doubt else []
    blocks, metadata = tuple(reader.blocks), _metadata(root)
    if reader.tables:
        return Document(HTML, blocks, None, metadata, tuple(doubts))
    in_the_page = ((at, picture_in(source)) for at, source in reader.sources)
    embedded, too_many = embedded_pictures((at, data) for at, data in in_the_page if data)
    doubts += (*pictures_instead(reader.pictures), *too_many)
    return Document(
        HTML,
        blocks,
        None,
        metadata,
        tuple(doubts),
        pictures=bool(embedded),
        embedded=embedded,
    )


def picture_places(data: bytes, content_type: str | None = None) -> list[tuple[int, str]]:
    """Place (see :class:`~extract.document.Embedded`) and address of the pictures in the text of a page.

    Addresses are as they stand there. Raises as :func:`read_html`.
    """
    return _read(data, content_type)[1].sources


def picture_sources(data: bytes, content_type: str | None = None) -> list[str]:
    """The addresses of the pictures in the text of a page, as they stand there. Raises as :func:`read_html`."""
    return [source for _, source in picture_places(data, content_type)]


def picture_in(source: str) -> bytes:
    """The picture that stands in the page itself (``data:image/png;base64,…``), empty if none does."""
    head, _, content = source.partition(",")
    if not _IN_THE_PAGE.fullmatch(head.strip()):
        return b""
    try:
        return base64.b64decode(unquote_to_bytes(content))
    except ValueError:
        return b""


def page_and_cells(
    data: bytes, content_type: str | None = None
) -> tuple[html.HtmlElement, dict[str, html.HtmlElement]]:
    """The tree of a page without its furniture, and the element of each table cell by its path.

    What :func:`read_html` reads, for showing it. Raises as that does.
    """
    root, reader, _ = _read(data, content_type)
    return root, reader.elements


def _read(data: bytes, content_type: str | None) -> tuple[html.HtmlElement, _Reader, str | None]:
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"The page has {len(data)} bytes; at most {MAX_BYTES} are read.")
    text, doubt = decode(data, content_type)
    root = parse(text)
    reader = _Reader(Looks(root))
    body = root.find("body")
    _remove_furniture(root)
    reader.walk(body if body is not None else root, 0)
    reader.flush()
    return root, reader, doubt


def parse(text: str) -> html.HtmlElement:
    """The tree of a page; hostile depth is refused."""
    # libxml2 refuses a str that declares an encoding, and stops at NUL.
    text = text.replace("\x00", "")
    _check_attributes(text)
    source = text.encode("utf-8", "surrogatepass")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, remove_pis=True)
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        root = html.document_fromstring(source, parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        _out_of_memory(parser)
        raise DamagedDocument("The page has no content.") from error
    _out_of_memory(parser)
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise LimitExceeded("The page is nested too deeply.")
    return root


def _check_attributes(text: str) -> None:
    """Refuse tags with so many attributes that libxml2 would be busy for minutes.

    It walks all attributes of a tag for each one that it adds, out of reach of any signal.
    """
    most = sum(map(text.count, _BEFORE_ATTRIBUTES))
    if most**2 <= _ATTRIBUTE_WORK:
        return
    work = 0
    for tag in _TAG.finditer(text):
        if tag.end() - tag.start() > _LONG_TAG:
            work += sum(1 for _ in _ATTRIBUTE.finditer(tag[0])) ** 2
            if work > _ATTRIBUTE_WORK:
                raise LimitExceeded("The page has tags with too many attributes.")


def _out_of_memory(parser: html.HTMLParser) -> None:
    """A parser that ran out of memory keeps what it has; half a page is none."""
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
        raise MemoryError


class _Reader:
    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self.blocks: list[Block] = []
        self.elements: dict[str, html.HtmlElement] = {}
        self.tables = 0
        self.pictures = 0
        self.sources: list[tuple[int, str]] = []
        self._paragraphs = 0
        self._cells = 0
        self._text: list[str] = []

    def flush(self) -> None:
        text = tidy("".join(self._text)).replace("\n", "")
        self._text.clear()
        if text:
            self._paragraphs += 1
            self.blocks.append(Paragraph(text, Position(path=f"paragraph {self._paragraphs}")))

    def walk(self, element: html.HtmlElement, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise LimitExceeded("The page is nested too deeply.")
        for child in _pieces(element):
            if isinstance(child, str):
                self._text.append(_flow(child))
                continue
            tag = child.tag
            if tag == "img" and not _is_tiny(child):
                self.pictures += 1
                self.sources.append((len(self.blocks), child.get("src") or ""))
            if tag == "table" and (placed := _cells_of_data(child)):
                self.flush()
                self._table(child, placed)
            elif tag == "br" or tag == "hr":
                self.flush()
            elif tag in _BLOCKS:
                self.flush()
                self.walk(child, depth + 1)
                self.flush()
            elif not self._is_aside(child):
                self.walk(child, depth + 1)

    def _is_aside(self, inline: html.HtmlElement) -> bool:
        """Whether words of a text are struck out, or a few characters hidden or the mark of a note."""
        if not (inline.tag in _ASIDE or self._looks.are_aside(inline) or is_hidden(inline)):
            return False
        length = len(inline.text_content())
        return length <= (_SENTENCES if _is_struck(inline) else _FEW)

    def _table(self, table: html.HtmlElement, placed: list[_Placed]) -> None:
        self.tables += 1
        caption = table.find("caption")
        if caption is not None:
            self._text.append(cell_text(caption))
            self.flush()
        # lxml makes an element anew each time it is met unless somebody holds it.
        _held = list(table.iter())
        cells = []
        hidden = self._looks.hide(table)
        for row, column, rowspan, colspan, element in placed:
            self._cells += 1
            if self._cells > MAX_CELLS:
                raise LimitExceeded(f"The page has more than {MAX_CELLS} table cells.")
            path = f"table {self.tables}, row {row + 1}, column {column + 1}"
            text = cell_text(element)
            opaque = hidden or self._looks.differ(element, text)
            cells.append(Cell(row, column, text, Position(path=path), rowspan, colspan, opaque))
            self.elements[path] = element
        if cells:
            self.blocks.append(Table(tuple(cells)))
        else:
            self.tables -= 1


_Placed = tuple[int, int, int, int, html.HtmlElement]


def grid(table: html.HtmlElement) -> Iterator[_Placed]:
    """Row, column, row span, column span and element of each cell that is shown.

    Follows the table model of HTML: a row span ends with the table, ``rowspan=0`` runs to the end,
    cells that are not displayed take no place.
    """
    rows = list(_rows(table))
    until: dict[int, int] = {}
    for index, row in enumerate(rows):
        column = 0
        for element in row:
            if element.tag not in ("td", "th") or is_hidden(element):
                continue
            while until.get(column, 0) > index:
                column += 1
            if column >= MAX_COLUMNS:
                raise LimitExceeded(f"A table has more than {MAX_COLUMNS} columns.")
            # Spreadsheets fill their rows with a cell that spans thousands of columns.
            colspan = min(max(_number(element.get("colspan"), 1), 1), MAX_COLUMNS - column)
            wanted = _number(element.get("rowspan"), 1)
            rowspan = len(rows) - index if wanted == 0 else min(max(wanted, 1), len(rows) - index)
            if rowspan > 1:
                until.update(dict.fromkeys(range(column, column + colspan), index + rowspan))
            yield index, column, rowspan, colspan, element
            column += colspan


def _rows(part: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The rows of a table that are shown; a form or a span may be around them, which browsers pass over."""
    for child in part:
        if child.tag == "tr":
            if not is_hidden(child):
                yield child
        elif child.tag != "table" and not is_hidden(child):
            yield from _rows(child)


def cell_text(element: html.HtmlElement) -> str:
    """The text of a cell; runs of markup are joined as they stand, lines stay lines.

    Raises :class:`LimitExceeded`.
    """
    parts: list[str] = []
    _gather(element, parts, 0)
    return tidy(_flow("".join(parts)).replace(_NEW_LINE, "\n"))


def _gather(element: html.HtmlElement, parts: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise LimitExceeded("The page is nested too deeply.")
    if element.text:
        parts.append(element.text)
    for child in element:
        tag = child.tag
        if tag == "br":
            parts.append(_NEW_LINE)
        elif isinstance(tag, str) and tag not in DROPPED and not is_hidden(child):
            before, after = _AROUND.get(tag, ("", ""))
            parts.append(before)
            if len(child):
                _gather(child, parts, depth + 1)
            else:
                # Most have nothing but text.
                parts.append(child.text or "")
            parts.append(after)
        if child.tail:
            parts.append(child.tail)


def tidy(text: str) -> str:
    """Spaces collapsed, empty lines and what Word leaves behind removed."""
    bare = text.strip()
    if not _UNTIDY.search(bare):
        # Most cells hold a number or a word, and there are many.
        return bare
    lines = (_SPACES.sub(" ", line).strip() for line in _WORD_LEFTOVER.sub("", text).split("\n"))
    return "\n".join(line for line in lines if line)


def _pieces(element: html.HtmlElement) -> list[html.HtmlElement | str]:
    """Text and elements inside ``element`` in order; comments are passed over, their tails kept."""
    pieces: list[html.HtmlElement | str] = [element.text] if element.text else []
    for child in element:
        if isinstance(child.tag, str) and child.tag not in DROPPED:
            pieces.append(child)
        if child.tail:
            pieces.append(child.tail)
    return pieces


def _flow(text: str) -> str:
    # A line break of the source between two Chinese characters shows as nothing or a space; both
    # mean that the text goes on.
    return _WRAP.sub(" ", text) if "\n" in text else text


def _cells_of_data(table: html.HtmlElement) -> list[_Placed]:
    """The cells of a table; none of one that only lays out the page."""
    if table.find(".//table") is not None:
        return []
    placed = list(grid(table))
    texts = [cell.text_content() for *_, cell in placed]
    numbers = sum(text.strip().isdecimal() for text in texts)
    if numbers < _NUMBERS and any(len(text) > _PROSE_CELL for text in texts):
        lengths = [len(tidy(text)) for text in texts]
        if 2 * sum(n for n in lengths if n > _PROSE_CELL) > sum(lengths):
            return []
    return placed if len(placed) > 1 else []


def _remove_furniture(root: html.HtmlElement) -> None:
    """Headers of the page and lists that are mostly links; never what holds a table."""
    for element in list(root.iter("header", "ul", "ol", "dl", "div")):
        parent = element.getparent()
        if parent is None or element.find(".//table") is not None:
            continue
        if element.tag == "header":
            inside_article = any(up.tag in ("article", "main") for up in element.iterancestors())
            drop = not inside_article
        else:
            links = element.findall(".//a")
            linked = sum(len(tidy(link.text_content())) for link in links)
            drop = len(links) >= 5 and linked * 10 > 7 * len(tidy(element.text_content()))
        if drop:
            element.drop_tree()
    for link in [link for link in root.iter("a") if _is_control(link)]:
        # Its brackets and bars stay behind: a line of nothing else was a line of buttons.
        around = link.getparent()
        link.drop_tree()
        if around is not None and around.tag in ("p", "div", "span", "li"):
            rest = tidy(around.text_content())
            if rest and not any(map(str.isalnum, rest)) and around.find(".//img") is None:
                around.text = None
                for child in list(around):
                    around.remove(child)


def _is_control(link: html.HtmlElement) -> bool:
    """Whether a link does something on the page, such as printing it, and leads nowhere."""
    target = (link.get("href") or "").strip().lower()
    if not (target.startswith("javascript:") or (link.get("onclick") and target in ("", "#"))):
        return False
    text = tidy(link.text_content())
    inside_table = any(up.tag == "td" for up in link.iterancestors())
    return len(text) <= _CONTROL and not any(map(str.isdecimal, text)) and not inside_table


def _metadata(root: html.HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    title = root.findtext(".//title")
    if title and title.strip():
        found["title"] = tidy(title)[:500].replace("\n", " ")
    for meta in root.iter("meta"):
        name = _META.get((meta.get("name") or "").strip().lower())
        content = tidy(meta.get("content") or "")[:500].replace("\n", " ")
        if name and content and name not in found:
            found[name] = content
    return found


def _is_struck(inline: html.HtmlElement) -> bool:
    return inline.tag in _STRUCK or "line-through" in (inline.get("style") or "")


def _is_tiny(picture: html.HtmlElement) -> bool:
    """Whether a picture says that it is an icon or a line, too small to show a table."""
    sides = (_number(picture.get(name), _TINY) for name in ("width", "height"))
    return min(sides) < _TINY


def _number(value: str | None, default: int) -> int:
    if value is None:
        return default
    digits = _COUNT.match(value)
    return int(digits[1]) if digits else default
