"""Reports with one cell of which something else is seen than its text says."""

from __future__ import annotations

from reports import balanced

from extract.document import Origin
from extract.reading import read
from extract.record import Status

KEY = "art20_1.normative.issued"
"""No sum of the form holds with this cell, so nothing else would tell."""


def figures(shown: str) -> dict[str, str]:
    """The values of a report, ``shown`` under the key."""
    return balanced([3, 1, 4, 1, 5, 9, 2, 6]) | {KEY: shown}


def certain(data: bytes) -> bool:
    """Whether a number is presented as certain under the key."""
    record = read(data, Origin())
    assert KEY in record.values()
    return record.values()[KEY] is not None and KEY not in record.parse.suspect_cells


def plain(data: bytes) -> object:
    """The value under the key of a file in which nothing may be doubtful."""
    record = read(data, Origin())
    assert record.parse.status is Status.OK, record.parse.reasons
    return record.values()[KEY]
