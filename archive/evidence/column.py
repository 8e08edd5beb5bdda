"""What a column shows when it is read again from the stored pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archive.evidence.exchanges import Exchange


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """A row of a list: the record of the page it stands on, and what its title says where it is a report's.

    ``published`` is the earliest day that list and page show, where the page of the report is stored.
    """

    record: str
    title: str
    url: str
    day: str | None
    year: int | None
    agency: str | None
    report: bool
    published: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """A column as read: pages of lists, the number of entries the site states, the entries themselves,
    what was in the way, and the records that were used.
    """

    pages: int = 0
    stated: int | None = None
    entries: list[ReadEntry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)


Reread = Callable[[Sequence[Exchange], str], ColumnRead]
"""Reads the column at an address in the exchanges of a visit (:func:`crawler.rereading.reread`)."""
