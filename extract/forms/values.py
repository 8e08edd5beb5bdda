"""What stands in a cell of the form: a number, nothing, a sign for nothing, or words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from extract.characters import narrow
from extract.record import State

_COUNT_UNITS = re.compile(r"(?:件次|件|宗|条|起|份|项|个|次|人次)$")
_MONEY_UNITS = re.compile(r"万元$")
_YUAN = re.compile(r"(?<=\d)\s*元$")
# A leading zero is no number people write: two cells run together, or a code.
_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d{0,14})(?:\.\d{1,8})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d{1,8})?", re.ASCII)
_NOTHING = re.compile(r"[/\\\-—–_―－﹣]+|无|無|N/?A|不涉及|不适用", re.IGNORECASE)
_LONGEST = 200
_CHANGE = re.compile(r"(?P<word>增加?|减少?|新增)(?P<digits>[0-9]+)(?:[项件个])?")
_OTHERWISE = frozenset({"No", "Nl", "Mn", "Me", "Mc", "Co", "Cn", "Cc"})
"""Categories of characters that are no digits and change what is seen of one: ③ or ² is the mark of a note
(narrowed it would become a digit of the number), U+0336 strikes out the digit before it, U+20DD draws a
circle around it, and what a private character shows only its font knows, a control character only the
program."""
_LOST = "\ufffc\ufffd"
"""In these places something is shown that is not in the text, or could not be decoded."""


@dataclass(frozen=True, slots=True)
class Value:
    """A cell as understood.

    ``split`` says that white space stood between the digits: most likely one number broken over two
    lines, possibly two numbers run together, so other evidence must agree. ``unsure`` says that what is
    seen may be something else than what the characters say, ``change`` that the number is one (+5, 增5).
    """

    state: State
    number: int | Decimal | None = None
    split: bool = False
    unsure: bool = False
    change: bool = False


def parse_value(text: str, *, decimal: bool = False, any_money: bool = False) -> Value:
    """Read the text of a value cell.

    Counts are integers; with ``decimal`` the value is money in 万元 and kept as a decimal, and an amount
    that says 元 is text, because its number alone would be wrong (unless ``any_money``: the form leaves
    the unit to the agency). A number with a fraction where a count
    belongs is still a number (rules T2-01 and T3-04 speak of it).
    """
    stripped = text.strip()
    if any_money:
        stripped = _YUAN.sub("", stripped)
    return _parse(stripped, decimal) if len(stripped) <= _LONGEST else Value(State.TEXT)


# The same few texts (0, an empty cell, a label) come thousands of times.
@lru_cache(maxsize=8192)
def _parse(text: str, decimal: bool) -> Value:
    if text.isascii() and text.isprintable():
        return _plain(text, decimal)
    if "\u202e" in text or any(map(_shows_otherwise, text)):
        # After a right-to-left override 12 is shown as 21.
        return Value(State.TEXT, unsure=True)
    value = _plain(text, decimal)
    return replace(value, unsure=True) if any(char in text for char in _LOST) else value


def _shows_otherwise(char: str) -> bool:
    category = unicodedata.category(char)
    # 〇 is a digit as well; digits of other scripts would be taken for ours.
    foreign = category == "Nd" and not narrow(char).isascii()
    return foreign or (category in _OTHERWISE and char != "〇" and not char.isspace())


def _plain(text: str, decimal: bool) -> Value:
    clean = narrow(text).strip()
    split = bool(re.search(r"\d\s+[\d,.]", clean))
    clean = re.sub(r"\s+", "", clean)
    if not clean:
        return Value(State.BLANK)
    if _NOTHING.fullmatch(clean):
        return Value(State.NOT_APPLICABLE)
    change = _CHANGE.fullmatch(clean)
    if change:
        sign = -1 if change["word"].startswith("减") else 1
        return Value(State.NUMBER, sign * int(change["digits"]), split, change=True)
    bare = (_MONEY_UNITS if decimal else _COUNT_UNITS).sub("", clean)
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if not _NUMBER.fullmatch(bare):
        return Value(State.TEXT)
    number = Decimal(bare)
    exact = number if decimal or number != int(number) else int(number)
    return Value(State.NUMBER, exact, split, change=bare.startswith("+"))


def looks_like_value(text: str) -> bool:
    """Whether a cell could hold a value (a number, blank or a sign for nothing), not a label."""
    return parse_value(text).state is not State.TEXT
