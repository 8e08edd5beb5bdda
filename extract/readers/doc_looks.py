"""How the binary Word format shows text: what is dropped, struck out, raised or small, by text or by style.

The style sheet (STSH) is a list of styles; each names the one it is based on and holds modifications of
paragraphs and of characters. Layouts are those of [MS-DOC], chapters 2.4.6 and 2.9 (STSH, STD).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from extract.characters import SMALLER
from extract.readers.doc_sprms import Sprm, shows_otherwise, split
from extract.readers.word_looks import DRAWINGS, USUAL_SIZE

SHOWN, WORKED_OUT, DOUBTFUL, DROPPED = range(4)
"""What becomes of a character; the larger wins. What a field worked out is doubtful as the number of a cell."""
_PARAGRAPH, _CHARACTER, _TABLE = 1, 2, 3
_LISTS = range(1, 0x7FF)
"""Numbers of lists; others say that a paragraph is in none."""
_MOST_STYLES = 4_000
_FONT_NAME = 39
"""Bytes of the description of a font before its name."""
_DEEPEST = 12
"""Styles that are based on each other; Word allows eleven."""


class Look(NamedTuple):
    """How characters are shown.

    ``size`` and ``height`` above the line are in half points, None where nothing is said. ``listed`` says
    that Word puts a number or a sign before the paragraph, ``new`` that the text is a tracked insertion.
    """

    mark: int = SHOWN
    size: int | None = None
    height: int | None = None
    listed: bool | None = None
    new: bool = False

    def above(self, under: Look) -> Look:
        """This look where ``under`` is that of the style."""
        return Look(
            max(self.mark, under.mark),
            under.size if self.size is None else self.size,
            under.height if self.height is None else self.height,
            under.listed if self.listed is None else self.listed,
            self.new or under.new,
        )


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class _Style:
    kind: int
    base: int
    modifications: tuple[bytes, ...]


class Styles:
    """The looks of the styles of a document by their numbers."""

    def __init__(self, sheet: bytes, fonts: bytes = b"") -> None:
        self._styles = _styles(sheet)
        self._drawing = _drawing_fonts(fonts)
        self._looks: dict[int, Look] = {}

    def look(self, number: int, depth: int = 0) -> Look:
        """What a style and those it is based on say; nothing for one that is not there."""
        found = self._looks.get(number)
        if found is not None:
            return found
        style = self._styles[number] if number < len(self._styles) else None
        if style is None or depth > _DEEPEST:
            return PLAIN
        sprms = (
            (sprm, operand)
            for part in style.modifications
            for sprm, operand in split(part)
            if sprm != Sprm.C_STYLE
        )
        look = self.of(sprms).above(self.look(style.base, depth + 1))
        self._looks[number] = look
        return look

    def of(self, sprms: Iterable[tuple[int, bytes]]) -> Look:
        """The look that modifications give, the style that they name included."""
        mark, size, height, listed, new = SHOWN, None, None, None, False
        style = PLAIN
        for sprm, operand in sprms:
            match sprm:
                case Sprm.C_HIDDEN | Sprm.C_DELETED if operand[0] in (1, 0x81):
                    mark = DROPPED
                case Sprm.C_INSERTED:
                    new = operand[0] == 1
                case Sprm.C_FONT if int.from_bytes(operand, "little") in self._drawing:
                    mark = max(mark, DOUBTFUL)
                case Sprm.C_SIZE:
                    size = int.from_bytes(operand, "little")
                case Sprm.C_HEIGHT:
                    height = int.from_bytes(operand, "little", signed=True)
                case Sprm.P_LIST:
                    listed = int.from_bytes(operand, "little") in _LISTS
                case Sprm.C_STYLE if self._styles:
                    style = self.look(int.from_bytes(operand, "little"), 1)
            if sprm == Sprm.C_SYMBOL or shows_otherwise(sprm, operand):
                mark = max(mark, DOUBTFUL)
        return Look(mark, size, height, listed, new).above(style)


def apart(looks: Sequence[Look]) -> list[bool]:
    """Of the digits of one paragraph those that may be no part of its number.

    They are smaller or stand higher than others, as the marks of notes do, or only they are new.
    """
    sizes = [USUAL_SIZE if look.size is None else look.size for look in looks]
    heights = [look.height or 0 for look in looks]
    least, lowest = (1 - SMALLER) * max(sizes, default=0), min(heights, default=0)
    partly_new = not all(look.new for look in looks)
    return [
        size < least or height > lowest or (partly_new and look.new)
        for look, size, height in zip(looks, sizes, heights, strict=True)
    ]


def _styles(sheet: bytes) -> list[_Style | None]:
    """The styles of a sheet; what is cut off or broken is left out."""
    if len(sheet) < 6:
        return []
    size, count, base_size = struct.unpack_from("<3H", sheet)
    at = 2 + size
    styles: list[_Style | None] = []
    while at + 2 <= len(sheet) and len(styles) < min(count, _MOST_STYLES):
        (length,) = struct.unpack_from("<H", sheet, at)
        styles.append(_style(sheet[at + 2 : at + 2 + length], base_size))
        at += 2 + length + length % 2
    return styles


def _style(std: bytes, base_size: int) -> _Style | None:
    if len(std) < base_size + 2 or base_size < 10:
        return None
    _, kind_and_base, _ = struct.unpack_from("<3H", std)
    kind, base = kind_and_base & 0xF, kind_and_base >> 4
    (letters,) = struct.unpack_from("<H", std, base_size)
    at = base_size + 2 + 2 * letters + 2
    parts: list[bytes] = []
    while at + 2 <= len(std):
        (length,) = struct.unpack_from("<H", std, at)
        parts.append(std[at + 2 : at + 2 + length])
        at += 2 + length + length % 2
    match kind:
        case _ if kind == _PARAGRAPH and len(parts) > 1:
            # The first two bytes are the number of the style itself.
            return _Style(kind, base, (parts[0][2:], parts[1]))
        case _ if kind == _CHARACTER and parts:
            return _Style(kind, base, (parts[0],))
        case _ if kind == _TABLE and len(parts) > 2:
            return _Style(kind, base, (parts[1][2:], parts[2]))
    return None


def _drawing_fonts(table: bytes) -> set[int]:
    """The numbers of the fonts in which digits are drawings."""
    names = []
    at = 4
    while at < len(table):
        name = table[at + 1 + _FONT_NAME : at + 1 + table[at]]
        names.append(name.decode("utf-16-le", "replace").partition("\0")[0])
        at += 1 + table[at]
    return {number for number, name in enumerate(names) if DRAWINGS.match(name)}
