"""How Word shows the text of a table cell: what is struck out, hidden, raised or numbered.

Of ``12`` struck out before ``15`` the text is 1215, and everybody who looks at the sheet sees 15. A cell whose text
may not be what is seen is doubtful, whether its runs say so themselves or the styles that they name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from extract.characters import SMALLER
from extract.readers.docx_styles import OFF, Styles, is_colour, is_odd, number
from extract.readers.word_looks import LOWEST_ROW, USUAL_SIZE, shows_its_result
from extract.readers.xml_names import attribute, local_name

_INSTEAD = frozenset(
    [
        "AlternateContent",
        "altChunk",
        "bdo",
        "contentPart",
        "drawing",
        "object",
        "oMath",
        "pgNum",
        "pict",
        "ptab",
        "ruby",
        "sym",
    ]
)
"""What may show a number that is not in the text, or two texts one above the other, or in another order."""
_STRIKING = frozenset({"strike", "dstrike"})
_DIGITS = re.compile(r"\d+")
_ANY_NUMBER = re.compile(r"\d+|[〇零一二两三四五六七八九十百千万]+")
_GONE, _NEW = frozenset({"del", "moveFrom"}), frozenset({"ins", "moveTo"})


class Looks:
    """What a document says of how text is shown, asked for one table, row and cell after another."""

    def __init__(self, styles: etree._Element | None) -> None:
        self._styles = Styles(styles)
        self._table_style = ""

    def of_table(self, table: etree._Element) -> bool:
        """Whether all cells of a table may be shown otherwise; its cells are asked for next."""
        named = _named(table, "tblPr")
        styles = (attribute(prop, "val") for prop in named if local_name(prop) == "tblStyle")
        self._table_style = next(styles, None) or ""
        return self._styles.odd_by_default or self._table_style in self._styles.odd

    def of_row(self, row: etree._Element) -> bool:
        """Whether a row may not be seen at all."""
        return any(map(_hides_row, _named(row, "trPr")))

    def is_hidden(self, run: etree._Element) -> bool:
        """Whether the properties of a run hide it."""
        return any(
            local_name(prop) == "vanish" and attribute(prop, "val") not in OFF
            for prop in _named(run, "rPr")
        )

    def with_asides(self, run: etree._Element) -> str | None:
        """The text of a run with the mark of a note, or a number that is not seen, in brackets; None without such."""
        text = "".join(part.text or "" for part in run if local_name(part) == "t")
        props = list(_named(run, "rPr"))
        if any(local_name(prop) == "vertAlign" and is_odd(prop) for prop in props):
            return f"[{text}]"
        struck = any(local_name(prop) in _STRIKING and is_odd(prop) for prop in props)
        # White letters are seen on a dark ground, as titles have it.
        shaded = any(
            local_name(prop) == "shd" for prop in (*props, *_named(run.getparent(), "pPr"))
        )
        odd = any(
            (is_odd(prop) and not (shaded and is_colour(prop)))
            or (local_name(prop) == "rStyle" and self._changes(prop))
            for prop in props
        )
        said, found = (_ANY_NUMBER if struck else _DIGITS).subn(r"[\g<0>]", text)
        return said if odd and found else None

    def differ(self, cell: etree._Element) -> bool:
        """Whether what is seen of a cell may be another text than the one it holds."""
        inner = list(cell.iterdescendants())
        texts = [element for element in inner if _is_text(element)]
        if len(texts) > 1 and self._are_apart(texts):
            return True
        return any(map(self._changes, inner)) or _depends_on_view(inner, texts)

    def _are_apart(self, texts: list[etree._Element]) -> bool:
        """Whether one run is raised above the others, or digits of one are smaller: the mark of a note."""
        if len({self._property(text, "position") or "0" for text in texts}) > 1:
            return True
        digits = (text for text in texts if re.search(r"\d", text.text or ""))
        sizes = [number(self._property(text, "sz"), USUAL_SIZE) for text in digits]
        return bool(sizes) and max(sizes) - min(sizes) > SMALLER * max(sizes)

    def _property(self, text: etree._Element, name: str) -> str | None:
        """The value that holds for a text: of its run, the styles of run, paragraph and table, or the usual."""
        styles = self._styles
        for holder, properties, style in (("r", "rPr", "rStyle"), ("p", "pPr", "pStyle")):
            element = next(text.iterancestors(f"{{*}}{holder}"), None)
            for prop in _named(element, properties):
                if local_name(prop) == name and holder == "r":
                    return attribute(prop, "val")
                if local_name(prop) == style:
                    value = styles.value(attribute(prop, "val"), name)
                    if value is not None:
                        return value
        return styles.value(self._table_style, name) or styles.usual(name)

    def _changes(self, element: etree._Element) -> bool:
        name = local_name(element)
        if name in _INSTEAD:
            return True
        match name:
            case "rStyle" | "pStyle":
                return attribute(element, "val") in self._styles.odd
            case "hyperlink":
                # A link to a place in the document leads to a note.
                return attribute(element, "anchor") is not None
            case "rPr":
                # Those of a paragraph are about its mark, which nobody sees.
                return local_name(element.getparent()) == "r" and any(map(is_odd, element))
            case "pPr":
                return any(map(is_odd, element))
            case "textDirection":
                return attribute(element, "val") not in ("lrTb", "lrTbV", "tb", "lr")
            case "instrText":
                return not shows_its_result(element.text or "")
            case "fldSimple":
                return not shows_its_result(attribute(element, "instr") or "")
            case "tl2br" | "tr2bl":
                # A line from corner to corner crosses a cell out.
                return attribute(element, "val") not in (None, "nil", "none")
            case "dataBinding" | "cellDel" | "cellMerge":
                # Word fills such a control from another part of the file.
                return True
        return False


def _hides_row(prop: etree._Element) -> bool:
    match local_name(prop):
        case "del":
            return True
        case "hidden":
            return attribute(prop, "val") not in OFF
        case "trHeight" if attribute(prop, "hRule") == "exact":
            return number(attribute(prop, "val"), LOWEST_ROW + 1) <= LOWEST_ROW
    return False


def _depends_on_view(inner: Iterable[etree._Element], texts: list[etree._Element]) -> bool:
    """Whether a cell reads otherwise before tracked changes are accepted, or while they are shown."""
    new = 0
    for element in inner:
        name = local_name(element)
        if name in _GONE and any(map(_is_text, element.iterdescendants())):
            return True
        if name in _NEW:
            new += sum(map(_is_text, element.iterdescendants()))
    return 0 < new < len(texts)


def _named(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """The properties of a run, a paragraph, a row or a table."""
    parts = element if element is not None else ()
    return (prop for part in parts if local_name(part) == name for prop in part)


def _is_text(element: etree._Element) -> bool:
    return local_name(element) in ("t", "delText") and bool((element.text or "").strip())
