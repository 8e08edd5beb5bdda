"""Numbers with a unit as sentences write them: 5500余条, 近20万件, 四十二起, 0.37万元, 33.9%.

Approximate words make an interval, as wide as the last digit that is written: 5500余 is 5500 to 5599,
20余万 is 200000 to 299999 (domain guide §3.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

Number = int | Decimal

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_QUANTITY = re.compile(
    r"(?P<before>大约|约|将近|近|超过|超|逾|不少于|至少)?"
    r"(?<![第\d.,-])(?<![零〇一二两三四五六七八九十百千万亿])(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[零〇一二两三四五六七八九十百千万亿]+)"
    r"(?P<more>[余多])?(?P<scale>[百千]?[万亿]|[百千])?(?P<still>[余多])?"
    r"(?P<unit>件次|人次|万元|件(?!事)|条(?![例龙款])|份|宗|起|例(?!如|行|外)|项|次|篇|期|元|个|人(?![民大员])|名|场|批|部(?!门|分)|%|％)"
    r"(?P<after>以上|多|左右|上下)?"
)
_ABOVE = frozenset(["超过", "超", "逾", "不少于", "至少", "以上", "多"])
_LONGEST = 16
COUNTS = frozenset(["件", "件次", "条", "份", "宗", "起", "例"])
"""Units in which requests, cases, documents and items of information are counted."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit at ``start`` to ``end`` of the text; money is in yuan.

    ``value`` is None where the number is only approximate; ``low`` and ``high`` are its bounds.
    """

    start: int
    end: int
    value: Number | None
    low: Number
    high: Number
    unit: str

    def may_be(self, number: Number) -> bool:
        """Whether the quantity can stand for ``number``."""
        return self.low <= number <= self.high


def find_quantities(text: str) -> Iterator[Quantity]:
    """Every number with a unit in plain text (see :class:`extract.prose.Prose`), in its order."""
    for found in _QUANTITY.finditer(text):
        quantity = _quantity(found)
        if quantity is not None:
            yield quantity


def chinese_number(text: str) -> int | None:
    """The number a Chinese numeral writes: 四十二 → 42, 一百二十 → 120, 两万三千 → 23000, 二〇 → 20."""
    if all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text)) if text else None
    total = section = 0
    digit: int | None = None
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        elif char in _SMALL:
            section += (1 if digit is None else digit) * _SMALL[char]
            digit = None
        else:
            total = (total + section + (digit or 0)) * _LARGE[char]
            section, digit = 0, None
    return total + section + (digit or 0)


def _quantity(found: re.Match[str]) -> Quantity | None:
    written = found["number"]
    if len(written) > _LONGEST:
        return None
    number, step = _written(written)
    if number is None:
        return None
    factor = Decimal(1)
    for char in found["scale"] or "":
        factor *= _SMALL.get(char) or _LARGE[char]
    unit = found["unit"].replace("％", "%")
    if unit == "万元":
        factor, unit = factor * 10_000, "元"
    exact = _whole(number * factor)
    bounds = _bounds(found, exact, step * factor)
    if bounds is None:
        return Quantity(found.start(), found.end(), exact, exact, exact, unit)
    return Quantity(found.start(), found.end(), None, *bounds, unit)


def _written(written: str) -> tuple[Decimal | None, Decimal]:
    """The number and the place of its last digit that is not zero."""
    if not written[0].isascii():
        chinese = chinese_number(written)
        if chinese is None:
            return None, Decimal(1)
        written = str(chinese)
    number = Decimal(written.replace(",", ""))
    exponent = number.normalize().as_tuple().exponent if number else 0
    return number, Decimal(10) ** (exponent if isinstance(exponent, int) else 0)


def _bounds(found: re.Match[str], number: Number, step: Decimal) -> tuple[Number, Number] | None:
    """Lowest and highest number meant, None where the number is exact."""
    before, after = found["before"] or "", found["after"] or ""
    if found["more"] or found["still"] or before in _ABOVE or after in _ABOVE:
        # 257余 cannot mean 257 alone.
        width = Decimal(10) if step == 1 else step
        return number, _whole(number + width - min(width, Decimal(1)))
    if before in ("近", "将近"):
        return _whole(number - step), number
    if before or after:
        return _whole(number - step), _whole(number + step)
    return None


def _whole(number: Number) -> Number:
    return int(number) if number == int(number) else Decimal(number)
