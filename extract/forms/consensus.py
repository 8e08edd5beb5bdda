"""Several readings of one table that were each made by recognising characters, as one."""

from __future__ import annotations

from collections.abc import Sequence

from extract.forms.reading import Figures
from extract.record import CellValue, State

DIFFERENT = "is read differently by the second reader"
_ONCE = "could be read in only one reading, and no sum proves it"
_DISPUTED = "belongs to a table of which two readings find different forms"
_ENOUGH = 2
"""Readings that must say the same."""


def consensus(*readings: Figures) -> Figures:
    """What two or more readings say together.

    All that could read a cell must say the same, or it is suspect. Where only one could, its value is
    taken and has to be proven by a sum (``unproven``). A table is told by its labels: if one reading
    understood all that stands in it, what the others could not place says nothing.
    """
    first = readings[0]
    merged = Figures(
        consumed=first.consumed,
        touched=first.touched,
        # A number of a subtotal that was misread would be held against the agency.
        subtotals=[one for one in first.subtotals if all(one in r.subtotals for r in readings)],
        reasons=first.reasons if all(reading.reasons for reading in readings) else [],
    )
    for key in _keys(readings):
        seen = [(cell, reading) for reading in readings if (cell := _certain(reading, key))]
        if not seen:
            lost = next(reading for reading in readings if key in reading.values)
            merged.values[key] = lost.values[key]
            merged.doubt(key, lost.suspects[key])
            continue
        merged.values[key] = seen[0][0]
        flawed = [reading.unproven[key] for _, reading in seen if key in reading.unproven]
        if len({(cell.state, cell.value) for cell, _ in seen}) > 1:
            merged.doubt(key, DIFFERENT)
        elif len(seen) - len(flawed) < _ENOUGH:
            if merged.values[key].state is State.BLANK:
                # A sum holds with a zero that was overlooked as well.
                merged.doubt(key, _ONCE)
            else:
                merged.unproven[key] = next(iter(flawed), _ONCE)
    for block in dict.fromkeys(block for reading in readings for block in reading.forms):
        forms = [reading.forms[block] for reading in readings if block in reading.forms]
        merged.forms[block] = forms[0]
        if len(set(forms)) > 1:
            for key in merged.values:
                if _block(key) == block:
                    merged.doubt(key, _DISPUTED)
    return merged


def _keys(readings: Sequence[Figures]) -> list[str]:
    """The cells of every block as the reading has them that first understood which form the block follows."""
    keys: list[str] = []
    for block in dict.fromkeys(_block(key) for reading in readings for key in reading.values):
        having = [r for r in readings if any(_block(key) == block for key in r.values)]
        source = next((reading for reading in having if block in reading.forms), having[0])
        keys.extend(key for key in source.values if _block(key) == block)
    return keys


def _block(key: str) -> str:
    return key.partition(".")[0]


def _certain(figures: Figures, key: str) -> CellValue | None:
    cell = figures.values.get(key)
    if cell is None or cell.state is State.UNREADABLE or key in figures.suspects:
        return None
    return cell
