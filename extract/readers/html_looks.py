"""How a page shows the text of a table cell: what a style hides, strikes out, raises or adds.

The text ``<span style="text-decoration:line-through">12</span>15`` says 1215, and everybody who looks at the
page sees 15. No attempt is made to show pages as a browser does; a cell whose text may not be what is seen is
doubtful. Style sheets outside of the page are not known.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import html

from extract.readers.html_sizes import Size, is_usual, size_in, size_of_font
from extract.readers.html_sizes import differ as digits_differ

_ODD = re.compile(
    r"""text-decoration(?:-line)?\s*:[^;]{0,99}line-through
      | vertical-align\s*:\s*(?:super|sub)\b
      | visibility\s*:\s*(?:hidden|collapse)
      | display\s*:\s*none
      | font-size\s*:\s*0*(?:\.0*)?(?:px|pt|r?em|%)?\s*(?:[;!]|\Z)
      | opacity\s*:\s*0*(?:\.0\d*)?%?\s*(?:[;!]|\Z)
      | unicode-bidi\s*:\s*(?:bidi|isolate)-override
      | (?<![-\w])(?:transform|rotate|scale)\s*:\s*(?!none|translate|inherit|initial)
      | clip-path\s*:\s*(?!none|inherit|initial)
      | flex-direction\s*:\s*\w+-reverse
      | letter-spacing\s*:\s*-(?:(?:[3-9]|\d\d)[\d.]*p[xt]|(?:[1-9]|0?\.[3-9])[\d.]*r?em)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Declarations that hide text, strike it out or turn it into the mark of a note."""
_WHITE = re.compile(
    r"(?:(?<![-\w])|text-fill-)color\s*:\s*(?:white|transparent|#(?:f{3}|(?:f[\da-f]){3})\b"
    r"|rgba?\((?:\s*2[45]\d[\s,]){2}\s*2[45]\d)"
    r"|background(?:-color)?\s*:\s*(?:black|#0{3}(?:0{3})?\b)",
    re.IGNORECASE,
)
_APART = re.compile(
    r"""mso-text-raise\s*:\s*-?[1-9.]
      | position\s*:\s*(?:absolute|fixed)
      | (?<![-\w])(?:top|bottom)\s*:\s*-?[1-9]
      | vertical-align\s*:\s*-?(?:\d*\.)?[1-9]
      | float\s*:\s*(?:left|right)
      | display\s*:\s*(?:inline-)?(?:block|flex|table)
      | text-indent\s*:\s*-\d{3}
      | (?<![-\w])(?:max-)?(?:height|width)\s*:\s*0(?:px|pt)?\s*(?:[;!]|\Z)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Declarations that move text away from the text beside it; alone in a cell it is only moved."""
_UNSEEN = re.compile(
    r"text-decoration(?:-line)?\s*:[^;]{0,99}line-through|visibility\s*:\s*hidden"
    r"|(?<![-\w])opacity\s*:\s*0*(?:\.0*)?%?\s*(?:[;!]|\Z)|(?:left|top|text-indent)\s*:\s*-\d{3}"
    r"|(?<![-\w])height\s*:\s*0(?:px)?\s*(?:[;!].*overflow\s*:\s*hidden|\Z)"
    r"|font-size\s*:\s*0(?:px|pt)?\s*(?:[;!]|\Z)|clip-path\s*:\s*inset\(100%",
    re.IGNORECASE | re.DOTALL,
)
"""Declarations of a table, or of what it stands in, by which it is struck out or not seen."""
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_NAME = re.compile(r"[.#]([\w-]+)")
_FOR_A_MOMENT = re.compile(r":(?:hover|focus|active|visited)", re.IGNORECASE)
_ADDED = re.compile(r"content\s*:[^;]{0,99}(?:[\w\\]['\"]|attr\(|counter)", re.IGNORECASE)
_MOST_CSS = 500_000
_DIGITS = re.compile(r"\d\D*\d")
"""More than one digit, of which one may be smaller."""
_HIDING = frozenset(["d-none", "hide", "layui-hide"])
"""Classes that hide whole parts of a page in the style sheets that most sites load."""
_HIDING_TEXT = _HIDING | {"hidden", "invisible", "sr-only", "visually-hidden"}
"""Classes that hide text, or do so if they are written on a few words of a cell."""
_NOT_DISPLAYED = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all")
_ADDING = frozenset(
    [
        "bdo",
        "dialog",
        "math",
        "meter",
        "noframes",
        "ol",
        "progress",
        "title",
        "ruby",
        "script",
        "img",
        "input",
        "select",
        "textarea",
        "svg",
        "canvas",
        "object",
        "embed",
        "iframe",
        "video",
    ]
)
"""Elements that show another text than they hold, more than it, or another order of it."""


_COUNTERS = frozenset(f"data-{name}" for name in ("count", "end", "num", "number", "to", "value"))
"""Attributes from which scripts count up to the number that they show in the end."""


class _Look(NamedTuple):
    """``odd``: hidden, struck out, or the mark of a note; ``apart``: moved away from what stands beside it.

    ``counts_to`` is the number that a script puts in its place.
    """

    odd: bool
    white: bool
    apart: bool
    counts_to: str
    size: Size | None


_PLAIN = _Look(odd=False, white=False, apart=False, counts_to="", size=None)


class Looks:
    """What the style sheets in a page say, asked for one cell after another."""

    def __init__(self, root: html.HtmlElement) -> None:
        sheets = " ".join(style.text or "" for style in root.iter("style"))[:_MOST_CSS]
        self._known: dict[tuple[object, ...], _Look] = {}
        self._odd: set[str] = set(_HIDING_TEXT)
        self._white: set[str] = set()
        self._apart: set[str] = set()
        self._sizes: dict[str, Size] = {}
        self._row: html.HtmlElement | None = None
        self._row_is_odd = False
        for rule in _CSS_COMMENT.sub("", sheets).split("}"):
            selectors, _, body = rule.rpartition("{")
            for selector in selectors.rpartition("{")[2].split(","):
                if _FOR_A_MOMENT.search(selector):
                    continue
                added = re.search(r":(?:before|after)\b", selector, re.IGNORECASE)
                if _ADDED.search(body) if added else _ODD.search(body):
                    self._odd.update(_names(selector))
                elif not added:
                    self._white.update(_names(selector) if _WHITE.search(body) else ())
                    self._apart.update(_names(selector) if _APART.search(body) else ())
                    size = size_in(body)
                    self._sizes.update(dict.fromkeys(_names(selector), size) if size else ())

    def hide(self, table: html.HtmlElement) -> bool:
        """Whether a table stands in a part of the page that is not shown, or only once a script shows it."""
        return self._look(table).odd or any(
            is_hidden(up)
            or not _HIDING.isdisjoint((up.get("class") or "").split())
            or _UNSEEN.search(up.get("style") or "")
            for up in table.iterancestors()
        )

    def differ(self, cell: html.HtmlElement, text: str) -> bool:
        """Whether what is seen of a cell may be another text than the one it holds, which is ``text``."""
        row = cell.getparent()
        if row is not self._row:
            self._row, self._row_is_odd = row, row is not None and self._is_unseen(row)
        own = self._look(cell)
        if self._row_is_odd or own.odd or (own.white and not _has_ground(cell)):
            return True
        sized: list[html.HtmlElement] = []
        sizes: list[Size] = []
        for inner in cell.iterdescendants():
            look = self._look(inner)
            if look is _PLAIN:
                continue
            if look.odd or look.white or (look.apart and _has_text_beside(inner, cell)):
                return True
            if look.counts_to and look.counts_to != inner.text_content().strip():
                return True
            if look.size is not None:
                sized.append(inner)
                sizes.append(look.size)
        if not sizes or not _DIGITS.search(text):
            return False
        if sizes.count(sizes[0]) == len(sizes) and is_usual(sizes[0]):
            return False
        return digits_differ(cell, dict(zip(sized, sizes, strict=True)))

    def _is_unseen(self, row: html.HtmlElement) -> bool:
        """Whether a row, or the part of the table it stands in, is odd, or white on no other ground."""
        part = row.getparent()
        looks = [self._look(up) for up in (row, part) if up is not None and up.tag != "table"]
        return any(look.odd for look in looks) or (
            any(look.white for look in looks) and not _has_ground(row)
        )

    def are_aside(self, element: html.HtmlElement) -> bool:
        """Whether an element is hidden, struck out, the mark of a note, or shows more than its text.

        Digits may have the colour of the paper, where nothing around them has another ground.
        """
        look = self._look(element)
        return look.odd or (look.white and _is_number_on_paper(element))

    def _look(self, element: html.HtmlElement) -> _Look:
        """The look of an element; most of a page are like others on it."""
        like = element.tag, *element.items()
        found = self._known.get(like)
        if found is None:
            found = self._known[like] = self._judged(element)
        return found

    def _judged(self, element: html.HtmlElement) -> _Look:
        style = element.get("style") or ""
        called = {*(element.get("class") or "").split(), element.get("id") or ""}
        look = _Look(
            odd=bool(element.tag in _ADDING or _ODD.search(style) or self._odd & called),
            white=bool(
                _WHITE.search(style)
                or (element.tag == "font" and _WHITE.search(f"color:{element.get('color')}"))
                or self._white & called
            ),
            apart=bool(
                element.tag in ("small", "big")
                or (element.tag == "a" and (element.get("href") or "").startswith("#"))
                or _APART.search(style)
                or self._apart & called
            ),
            counts_to=next((v for k, v in element.items() if k in _COUNTERS and v.isdecimal()), ""),
            size=size_in(style)
            or (size_of_font(element.get("size")) if element.tag == "font" else None)
            or min((self._sizes[name] for name in called if name in self._sizes), default=None),
        )
        return _PLAIN if look == _PLAIN else look


def is_hidden(element: html.HtmlElement) -> bool:
    """Whether the page says of an element that it is not shown."""
    if element.get("hidden") is not None:
        return True
    style = (element.get("style") or "").lower()
    # Asked for every element, so that most must not come as far as the search.
    return ("display" in style or "mso" in style) and _NOT_DISPLAYED.search(style) is not None


def _has_text_beside(inner: html.HtmlElement, cell: html.HtmlElement) -> bool:
    """Whether a cell has other text than an element of it, which then may be the mark of a note."""
    own, whole = ("".join(e.text_content().split()) for e in (inner, cell))
    return own not in ("", whole)


def _is_number_on_paper(element: html.HtmlElement) -> bool:
    return element.text_content().strip().isdecimal() and not _has_ground(element)


def _has_ground(element: html.HtmlElement) -> bool:
    """Whether an element, or one around it, is painted in a colour of its own."""
    around = (element, *element.iterancestors())
    return any(up.get("bgcolor") or "background" in (up.get("style") or "") for up in around)


def _names(selector: str) -> list[str]:
    """Classes and ids by which a selector finds its element, or, if it names a mere tag, what that stands in."""
    last = re.split(r"[\s>+~]+", selector.strip())[-1]
    return _NAME.findall(last) or _NAME.findall(selector)
