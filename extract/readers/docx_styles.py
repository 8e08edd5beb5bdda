"""What the styles of a Word document say of text: whether they show it otherwise, how large and how high."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from extract.readers.word_looks import CLOSEST, DRAWINGS, NARROWEST, SMALLEST
from extract.readers.xml_names import attribute, local_name

OFF = frozenset({"0", "false", "off"})
"""How a property that is only there or not is switched off."""
_DEEPEST = 20
"""Styles that are based on each other; Word allows half as many."""
_PALE = re.compile(r"(?:[Ff][0-9A-Fa-f]){3}")
_PALE_THEME = frozenset({"background1", "light1", "bg1", "lt1"})
_LABELS_ONLY = frozenset({"firstRow", "firstCol", "nwCell", "neCell", "swCell"})
"""Parts of a table for which its style may say something of their own, and where the form has labels."""


class Styles:
    """The styles of a document by their identifiers; without them it is shown in the plainest way."""

    def __init__(self, root: etree._Element | None) -> None:
        self.odd: set[str] = set()
        """Those that strike text out, hide it, raise it or put numbers before it, and their heirs."""
        self.odd_by_default = False
        self._parents: dict[str, str] = {}
        self._values: dict[tuple[str, str], str] = {}
        self._default = ""
        for style in root if root is not None else ():
            if local_name(style) == "docDefaults":
                self._take("", style.iterdescendants())
                self.odd_by_default = "" in self.odd
            elif local_name(style) == "style":
                self._style(style)
        self._pass_on()
        self.odd_by_default |= self._default in self.odd

    def value(self, style: str | None, name: str) -> str | None:
        """What a style, or one it is based on, says of the property ``name``."""
        for _ in range(_DEEPEST):
            if not style or (style, name) in self._values:
                break
            style = self._parents.get(style)
        return self._values.get((style or "", name)) if style else None

    def usual(self, name: str) -> str | None:
        """What holds of the property where neither text nor paragraph nor table says anything."""
        return self.value(self._default, name) or self._values.get(("", name))

    def _style(self, style: etree._Element) -> None:
        name = attribute(style, "styleId") or ""
        is_usual = attribute(style, "default") not in (None, *OFF)
        if is_usual and attribute(style, "type") == "paragraph":
            self._default = name
        for part in style:
            if local_name(part) == "basedOn":
                self._parents[name] = attribute(part, "val") or ""
            elif local_name(part) in ("rPr", "pPr"):
                self._take(name, part)
            elif local_name(part) == "tblStylePr" and attribute(part, "type") not in _LABELS_ONLY:
                shaded = any(local_name(inner) == "shd" for inner in part.iterdescendants())
                if any(is_odd(p) for p in _properties(part) if not (shaded and is_colour(p))):
                    self.odd.add(name)

    def _take(self, name: str, properties: Iterator[etree._Element] | etree._Element) -> None:
        for prop in properties:
            if is_odd(prop):
                self.odd.add(name)
            if local_name(prop) in ("sz", "position"):
                self._values[name, local_name(prop)] = attribute(prop, "val") or "0"

    def _pass_on(self) -> None:
        """Make the heirs of odd styles odd."""
        heirs: dict[str, list[str]] = {}
        for name, parent in self._parents.items():
            heirs.setdefault(parent, []).append(name)
        waiting = list(self.odd)
        while waiting:
            new = [name for name in heirs.pop(waiting.pop(), []) if name not in self.odd]
            self.odd.update(new)
            waiting += new


def number(value: str | None, otherwise: int) -> int:
    """A measure of Word, ``otherwise`` where there is none."""
    return int(value) if value and re.fullmatch(r"[0-9]{1,6}", value) else otherwise


def is_odd(prop: etree._Element) -> bool:
    """Whether a property of text or of a paragraph makes it look like another text."""
    value = attribute(prop, "val")
    match local_name(prop):
        case "strike" | "dstrike" | "vanish" | "specVanish" | "webHidden":
            return value not in OFF
        case "vertAlign":
            return value in ("superscript", "subscript")
        case "color":
            return bool(_PALE.fullmatch(value or "")) or _is_pale_theme(prop)
        case "highlight":
            return value == "black"
        case "textFill":
            return any(map(_is_unpainted, prop.iterdescendants()))
        case "sz":
            return number(value, SMALLEST + 1) <= SMALLEST
        case "w":
            return number(value, NARROWEST + 1) <= NARROWEST
        case "spacing":
            return (value or "").startswith("-") and -number((value or "")[1:], 0) <= CLOSEST
        case "rFonts":
            return any(DRAWINGS.match(str(font)) for font in prop.attrib.values())
        case "eastAsianLayout":
            # Two halves one above the other, or turned.
            return any(attribute(prop, key) not in (None, *OFF) for key in ("combine", "vert"))
        case "numPr":
            # A paragraph that Word numbers by itself shows a number before its text; list 0 is none.
            lists = (attribute(part, "val") for part in prop if local_name(part) == "numId")
            return any((identifier or "0").strip("0") for identifier in lists)
    return False


def _properties(part: etree._Element) -> Iterator[etree._Element]:
    return (prop for group in part if local_name(group) in ("rPr", "pPr") for prop in group)


def is_colour(prop: etree._Element) -> bool:
    """Whether a property says of what colour text is."""
    return local_name(prop) in ("color", "textFill")


def _is_pale_theme(prop: etree._Element) -> bool:
    return attribute(prop, "themeColor") in _PALE_THEME


def _is_unpainted(fill: etree._Element) -> bool:
    """Whether a part of a fill leaves text without colour, or in that of the paper."""
    value = attribute(fill, "val") or ""
    name = local_name(fill)
    pale = _PALE.fullmatch(value) is not None or value in _PALE_THEME
    return name in ("noFill", "alpha") or (name in ("srgbClr", "schemeClr") and pale)
