"""The characters of a Word 97 file with what is known of each, and the text that they show."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import accumulate

from extract.readers.doc_looks import DOUBTFUL, DROPPED, SHOWN, WORKED_OUT, Look, apart
from extract.readers.word_looks import shows_its_result

_SYMBOL, _FIELD, _RESULT, _FIELD_END = 0x28, 0x13, 0x14, 0x15
_LONGEST_CODE = 200


@dataclass(slots=True)
class Text:
    """The characters of a file."""

    units: array[int]
    """UTF-16 code units, one a CP."""
    marks: bytearray
    """What becomes of each: SHOWN, WORKED_OUT, DOUBTFUL or DROPPED."""
    looks: list[Look]
    """The looks there are, the plain one first."""
    of_look: array[int]
    """The number of the look of each character."""
    pictures: list[int] = field(default_factory=list)


def drop_fields(text: Text) -> None:
    """Leave of each field (0x13 code 0x14 result 0x15) only the result, which is what is shown.

    An EQ field has no result: Word draws it from its code (a number in a circle, a fraction). The result
    of others (a page number, a mark of a note) is worked out again when the file is shown.
    """
    units = text.units
    change = array("i", bytes(4 * (len(units) + 1)))
    drawn: list[int] = []
    worked_out = array("i", bytes(4 * (len(units) + 1)))
    open_fields: list[tuple[int, bool]] = []
    for cp, unit in enumerate(units):
        if unit == _FIELD:
            open_fields.append((cp, False))
        elif unit in (_RESULT, _FIELD_END) and open_fields:
            start, has_result = open_fields.pop()
            if not has_result:
                change[start] += 1
                change[cp] -= 1
            if unit == _RESULT:
                open_fields.append((start, True))
                continue
            code = "".join(map(chr, units[start + 1 : min(start + _LONGEST_CODE, cp)]))
            if not has_result and code.strip().upper().startswith("EQ"):
                drawn.append(start)
            elif has_result and not shows_its_result(code.partition(chr(_RESULT))[0]):
                worked_out[start] += 1
                worked_out[cp] -= 1
    for cp, depth in enumerate(accumulate(change[: len(units)])):
        if depth:
            text.marks[cp] = DROPPED
    for cp, depth in enumerate(accumulate(worked_out[: len(units)])):
        if depth and text.marks[cp] == SHOWN:
            text.marks[cp] = WORKED_OUT
    for cp in drawn:
        text.marks[cp] = DOUBTFUL


_DIGITS = range(0x30, 0x3A)
_REPLACED = {0x09: "\t", 0x0B: "\n", 0x0E: "\n", 0x1E: "-", 0xA0: " "}


def shown(text: Text, start: int, end: int, style: Look, *, in_table: bool) -> str:
    """The text of a paragraph; what Word draws in its own way becomes U+FFFD."""
    units, marks = text.units[start:end], text.marks[start:end]
    if style.mark != SHOWN:
        marks = bytearray(max(mark, style.mark) for mark in marks)
    kept: list[str] = []
    if in_table:
        digits = [at for at, unit in enumerate(units) if unit in _DIGITS and marks[at] == SHOWN]
        looks = [text.looks[text.of_look[start + at]].above(style) for at in digits]
        for at, is_mark in zip(digits, apart(looks), strict=True):
            marks[at] = DOUBTFUL if is_mark else SHOWN
        if style.listed and not any(chr(unit).isalpha() for unit in units):
            # Word shows a number here that is not in the text.
            kept.append("\ufffd")
    aside = False
    for unit, mark in zip(units, marks, strict=True):
        if mark == DROPPED:
            continue
        if aside != (not in_table and mark == DOUBTFUL and unit in _DIGITS):
            # Struck out or the mark of a note: no digit of the number beside it.
            aside = not aside
            kept.append("[" if aside else "]")
        if mark == DOUBTFUL and unit in (_SYMBOL, _FIELD):
            kept.append("\ufffd")
        elif in_table and unit in _DIGITS and mark in (DOUBTFUL, WORKED_OUT):
            kept.append(f"{chr(unit)}\ufffd")
        elif unit in _REPLACED:
            kept.append(_REPLACED[unit])
        elif unit >= 0x20 and unit != 0x7F:
            kept.append(chr(unit))
    if aside:
        kept.append("]")
    return "".join(kept).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
