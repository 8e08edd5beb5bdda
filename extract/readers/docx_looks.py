"""How Word shows the text of a table cell: what is struck out, hidden, raised or numbered.

Of ``12`` struck out before ``15`` the text is 1215, and everybody who looks at the sheet sees 15. A cell whose text
may not be what is seen is doubtful, whether its runs say so themselves or the styles that they name.
"""

from __future__ import annotations

from lxml import etree

from extract.readers.xml_names import attribute, local_name

_OFF = frozenset({"0", "false", "off"})
_TOO_SMALL = frozenset(map(str, range(9)))
"""Half points: up to four points, which nobody reads."""
_INSTEAD = frozenset({"drawing", "pict", "object", "sym", "ruby", "ptab"})
"""What may show a number that is not in the text, or two texts one above the other."""


class Looks:
    """What the styles of a document say, asked for one cell after another."""

    def __init__(self, styles: etree._Element | None) -> None:
        self._odd: set[str] = set()
        based_on: dict[str, list[str]] = {}
        for style in styles if styles is not None else ():
            name = attribute(style, "styleId") or ""
            for part in style:
                if local_name(part) == "basedOn":
                    based_on.setdefault(attribute(part, "val") or "", []).append(name)
                elif any(map(_is_odd, part)):
                    self._odd.add(name)
        heirs = list(self._odd)
        while heirs:
            new = [name for name in based_on.pop(heirs.pop(), []) if name not in self._odd]
            self._odd.update(new)
            heirs += new

    def differ(self, cell: etree._Element) -> bool:
        """Whether what is seen of a cell may be another text than the one it holds."""
        heights = {_height(inner) for inner in cell.iterdescendants() if _is_text(inner)}
        return len(heights) > 1 or any(map(self._changes, cell.iterdescendants()))

    def _changes(self, element: etree._Element) -> bool:
        name = local_name(element)
        if name in _INSTEAD:
            return True
        if name in ("rStyle", "pStyle"):
            return attribute(element, "val") in self._odd
        if name == "hyperlink":
            # A link to a place in the document leads to a note.
            return attribute(element, "anchor") is not None
        if name == "rPr":
            # Those of a paragraph are about its mark, which nobody sees.
            return local_name(element.getparent()) == "r" and any(map(_is_odd, element))
        return name == "pPr" and any(map(_is_odd, element))


def _is_odd(prop: etree._Element) -> bool:
    value = attribute(prop, "val")
    match local_name(prop):
        case "strike" | "dstrike" | "vanish" | "specVanish":
            return value not in _OFF
        case "vertAlign":
            return value in ("superscript", "subscript")
        case "color":
            return (value or "").upper() == "FFFFFF"
        case "sz":
            return value in _TOO_SMALL
        case "numPr":
            # A paragraph that Word numbers by itself shows a number before its text; list 0 is none.
            return any((attribute(p, "val") or "0").strip("0") for p in prop if _is_list(p))
    return False


def _is_list(part: etree._Element) -> bool:
    return local_name(part) == "numId"


def _is_text(element: etree._Element) -> bool:
    return local_name(element) == "t" and bool((element.text or "").strip())


def _height(text: etree._Element) -> str:
    """How far a run is raised above the line; the mark of a note is, beside a number that is not."""
    run = text.getparent()
    props = (prop for part in run for prop in part) if run is not None else ()
    raised = (attribute(prop, "val") for prop in props if local_name(prop) == "position")
    return next(raised, None) or "0"
