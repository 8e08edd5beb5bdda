"""Two readings of one table that were each made by recognising characters, as one."""

from __future__ import annotations

from extract.forms.reading import Figures
from extract.record import CellValue, State

DIFFERENT = "is read differently by the second reader"
_ONCE = "could be read in only one of two readings, and no sum proves it"


def consensus(first: Figures, second: Figures) -> Figures:
    """What two readings say together.

    Where both could read a cell they must say the same, or it is suspect. Where only one could, its
    value is taken and has to be proven by a sum (``unproven``). A table is told by its labels: if one
    reading understood all that stands in it, what the other could not place says nothing.
    """
    if first.forms != second.forms and second.forms:
        first.reasons.append("Two readings of the pages find different forms.")
        return first
    merged = Figures(
        consumed=first.consumed,
        forms=first.forms,
        touched=first.touched,
        subtotals=first.subtotals,
        reasons=first.reasons if second.reasons else [],
    )
    for key in dict.fromkeys((*first.values, *second.values)):
        one, other = _certain(first, key), _certain(second, key)
        taken = one or other
        if taken is None:
            merged.values[key] = first.values.get(key) or second.values[key]
            merged.doubt(key, first.suspects.get(key) or second.suspects[key])
            continue
        merged.values[key] = taken
        if one is None or other is None:
            merged.unproven[key] = _ONCE
        elif (one.state, one.value) != (other.state, other.value):
            merged.doubt(key, DIFFERENT)
        for figures in (first, second):
            if key in figures.unproven:
                merged.unproven.setdefault(key, figures.unproven[key])
    return merged


def _certain(figures: Figures, key: str) -> CellValue | None:
    cell = figures.values.get(key)
    if cell is None or cell.state is State.UNREADABLE or key in figures.suspects:
        return None
    return cell
