"""Chinese characters as they are typed: width, spaces, scripts, numerals.

Reports are typed, pasted and converted by hundreds of programs. Everything that compares text does
it on the forms made here; what is shown to people is what was printed.
"""

from __future__ import annotations

import re
import unicodedata

SMALLER = 0.15
"""Digits of one number differ in size by less than this part; the mark of a note is at least so much smaller."""

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffc\ufffd]")
_WIDE = tuple(zip("，：；！？（）％", ",:;!?()%", strict=True))
_SPACE = re.compile(r"\s+")
_TRADITIONAL = str.maketrans(
    "報開務資訊爲為關於發學網審財預決業總統計級機區縣鎮鄉與廳辦員會體電編製範樣術國稅質監標準門單"
    "導縂圖讀動態環衛農漁礦產藥險證據處罰強許可規數額結轉續維糾復議訴訟獨經費備項類屬屆內來對",
    "报开务资讯为为关于发学网审财预决业总统计级机区县镇乡与厅办员会体电编制范样术国税质监标准门单"
    "导总图读动态环卫农渔矿产药险证据处罚强许可规数额结转续维纠复议诉讼独经费备项类属届内来对",
)
_IS_TRADITIONAL = re.compile(f"[{''.join(map(chr, _TRADITIONAL))}]")
_NUMERALS = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | dict.fromkeys("〇○O0o", "0")


def narrow(text: str) -> str:
    """``text`` with full-width letters, digits and signs as half-width and invisible marks gone."""
    # Normalising takes five times as long where there is something to change, mostly these signs.
    for wide, plain in _WIDE:
        text = text.replace(wide, plain)
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def squeeze(text: str) -> str:
    """``narrow(text)`` without any white space: Chinese has none, typists add it for looks."""
    return _SPACE.sub("", narrow(text))


def simplify(text: str) -> str:
    """The words of the forms in simplified characters, one for one, so positions stay the same.

    This is no general conversion: it covers the vocabulary by which titles and headings are
    recognised.
    """
    # Most texts hold none of them, which is told five times as fast as each is looked up.
    return text.translate(_TRADITIONAL) if _IS_TRADITIONAL.search(text) else text


def numeral(text: str) -> int | None:
    """The number a Chinese numeral below 100 or a row of digits writes: 二十 → 20, 二〇二四 → 2024."""
    if not text:
        return None
    if "十" not in text:
        digits = "".join(_NUMERALS.get(c, c) for c in text)
        return int(digits) if digits.isascii() and digits.isdecimal() else None
    tens, _, units = text.partition("十")
    ten = numeral(tens) if tens else 1
    unit = numeral(units) if units else 0
    if ten is None or unit is None or ten > 9 or unit > 9:
        return None
    return ten * 10 + unit
