"""What both PDF engines share: the bytes, the characters, the properties."""

from __future__ import annotations

import functools
import re
import unicodedata

from extract.errors import DamagedDocument, UnknownFormat

_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+-])(\d\d)'?(\d\d)?|Z)?")
REPLACEMENT = "\ufffd"
_LINE_END_HYPHEN = 0x2
"""What PDFium says for a hyphen at the end of a line."""

_RADICALS = str.maketrans(
    "⺁⺄⺈⺊⺌⺍⺎⺒⺓⺜⺝⺟⺠⺧⺩⺫⺬⺮⺶⺼⺽⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻯⻰⻱⻳",
    "厂乙刀卜小小兀巳幺日月母民牛王目示竹羊肉臼西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿竜龙龜龟",
)
"""Radicals that Unicode does not decompose, as the characters they look like (Unicode's
EquivalentUnifiedIdeograph.txt): fonts use one glyph for both, and browsers name the radical."""


def _ideograph(char: str) -> str:
    """A character that a PDF calls by the name of the radical of the same shape."""
    return unicodedata.normalize("NFKC", char) if char > "\u2eff" else char.translate(_RADICALS)


@functools.lru_cache(maxsize=20_000)
def certain(code: int) -> tuple[str, bool]:
    """The character of a code point and whether that is what the page shows.

    Private code points mean whatever their font likes; they are kept for the eye, and doubtful.
    """
    if code in (0xA0, 0x3000, 0x20, 0x9):
        return " ", True
    if code in (_LINE_END_HYPHEN, 0xAD):
        return "-", True
    if not 0 < code <= 0x10FFFF:
        return REPLACEMENT, False
    if 0x2E80 <= code < 0x2FE0:
        return _ideograph(chr(code)), True
    char = chr(code)
    match unicodedata.category(char):
        case "Co":
            return char, False
        case "Cc" | "Cn" | "Cs":
            return REPLACEMENT, False
        case _:
            return char, char != REPLACEMENT


def check_whole(data: bytes) -> None:
    """Raises :class:`UnknownFormat` for what is no PDF, :class:`DamagedDocument` for a part of one.

    Engines repair a file that is cut off and read what is left; a report of which half is missing
    must not pass for a whole one. A whole PDF ends in ``%%EOF``, with no object after it.
    """
    if b"%PDF-" not in data[:1024]:
        raise UnknownFormat("this is no PDF: it does not begin with %PDF")
    end = max(data.rfind(b"%%EOF"), data.rfind(b"startxref"))
    if end < 0 or re.search(rb"\d\s+obj\b", data[end:]):
        raise DamagedDocument("the PDF is cut off: its end is missing; download it again")


def iso_date(date: str) -> str | None:
    """A PDF date (``D:20250113091500+08'00'``) in ISO 8601, as precise as it is."""
    match = _DATE.match(date.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, sign, off_hours, off_minutes = match.groups()
    iso = "-".join(filter(None, (year, month, day)))
    if hour:
        iso += f"T{hour}:{minute or '00'}:{second or '00'}"
        if sign:
            iso += f"{sign}{off_hours}:{off_minutes or '00'}"
        elif match[0].endswith("Z"):
            iso += "+00:00"
    return iso


def metadata(title: str, author: str, created: str) -> dict[str, str]:
    """The properties of the file that are not empty."""
    found = {"title": title, "author": author, "created": iso_date(created) or ""}
    return {
        name: value.strip("\0 \t\r\n") for name, value in found.items() if value.strip("\0 \t\r\n")
    }


def page_doubts(number: int, hidden: int, unsure: int) -> list[str]:
    """What a reader must say about the characters of a page."""
    doubts = []
    if hidden:
        doubts.append(f"page {number}: {hidden} characters are not painted, a text layer of a scan")
    if unsure > hidden:
        doubts.append(
            f"page {number}: {unsure - hidden} characters have no certain meaning in their font"
        )
    return doubts
