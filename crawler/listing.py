"""One list, read in full: page after page, or saying what is missing.

The rows are the evidence for what was published and what was not, so nothing is taken for an answer
without proof: an end is proven by the site's own numbers or by pages that are not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from crawler.failures import FetchFailed
from crawler.fetcher import Fetcher
from crawler.hubs import organ_groups
from crawler.links import is_past
from crawler.pages import Page, number_link
from crawler.platforms import Ask, Platform, Row, Stated, platform_of
from crawler.problems import Problem, doubts
from crawler.titles import read_row
from extract.counting import counted

MAX_PAGES = 300
"""Pages of one list; a longer one is a trap or not the column of annual reports."""
_STUB = 500
_FULL = 3
"""Rows of the shortest page that may be full; below, a pager without links is an ornament."""
_PAGER_HINT = re.compile(
    r"加载更多|查看更多数据|layui-laypage|laypage|id=[\"']?page_div|class=[\"'][^\"']*pagination[^\"']*[\"']"
    # A box for the pager that is empty until a script fills it, and what such scripts are called.
    r"|<(?:div|ul|p|span|td)\b[^<>]{0,200}\b(?:class|id)=[\"']?[^\"'<>]{0,60}(?:fenye|pager|pagebar|pagelist|page-?box|\bpages?\b)"
    r"[^\"'<>]{0,60}[\"']?[^<>]{0,200}>\s*</"
    r"|<script\b[^<>]{0,200}\bsrc=[^<>]{0,200}(?:fenye|pager|paginat\w{0,10}|[jl]page)[\w.-]{0,20}\.js"
    # Numbers that only a script can turn into pages.
    r"|<(?:div|ul|p|span|td)\b[^<>]{0,200}\b(?:class|id)=[\"']?[^\"'<>]{0,60}(?:fenye|pag)[^<>]{0,200}>\s*1[\s|]+2\b"
    # Pages that a script asks for.
    r"|(?:get|post|ajax|getJSON|fetch|axios)\s*\(\s*[\"'][^\"']{0,200}\bpage\w{0,6}="
    r"|(?:total|count)_?pages?\s*[=:]|(?:go|turn|jump|load)(?:to)?_?(?:page|more|next)\w{0,10}\s*\(",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with where and when it was read, the year of the subcolumn it stands in, and the body by
    whose name a hub leads to its list.
    """

    row: Row
    page: Page
    year: int | None
    agency: str | None = None


@dataclass(slots=True)
class ColumnReading:
    """What was read of a column. ``stated`` adds up what its lists say of themselves; ``empty`` tells that
    it states itself that there is nothing.
    """

    entries: list[Entry] = field(default_factory=list)
    pages: int = 0
    stated: int | None = None
    problems: list[Problem] = field(default_factory=list)
    empty: bool = False
    notes: list[str] = field(default_factory=list)


async def read_list(
    fetcher: Fetcher,
    first: Page,
    year: int | None,
    reading: ColumnReading,
    *,
    scripted: bool = False,
) -> None:
    """Read all pages of one list into ``reading``.

    ``scripted`` tells that what a script would show on ``first`` is read on its own.
    """
    platform = platform_of(first)
    seen: set[str] = set()
    rows = take(platform.rows(first), first, year, seen, reading)
    if year is not None:
        # In a year's page of a hub, rows may be nothing but names.
        named = [row for group in organ_groups(first) for row in group]
        take(named, first, year, seen, reading)
    reading.pages += 1
    last, number, style = first, 2, None
    shown = added = rows
    proven = further = False
    doubt(first, reading)
    while number <= MAX_PAGES:
        asks = () if further else platform.following(first, last, number, rows)
        numbered = None if asks or further else number_link(last, number)
        if numbered is not None:
            asks = [Ask(numbered, linked=True)]
        if not asks:
            # What a list states is no proof of its end where its last page is full.
            further = further or _may_be_cut(platform.stated(first), shown, added, number)
            asks = platform.beyond(first, last, number, rows) if further else ()
        if not asks:
            break
        if style is not None:
            asks = asks[min(style, len(asks) - 1) :][:1]
        accepted, failure, proven = await _try(fetcher, platform, asks, first, seen)
        if failure is not None and accepted is None and not further:
            reading.problems.append(
                Problem(failure.kind, f"page {number} could not be read: {failure.detail}")
            )
            return
        if accepted is None:
            break
        index, last = accepted
        style = index if style is None else style
        added = take(platform.rows(last), last, year, seen, reading)
        rows += added
        reading.pages += 1
        number += 1
        doubt(last, reading)
    else:
        reading.problems.append(Problem("trap", f"the list at {first.url} does not end"))
        return
    stated = platform.stated(first)
    if proven and style is not None and (stated.pages or 0) >= number:
        # Before the site's number counts as wrong: the other numbering must bring nothing new.
        others = list(platform.following(first, first, 2, rows))
        del others[style : style + 1]
        hidden, _failure, _absent = await _try(fetcher, platform, others, first, seen)
        proven = hidden is None
    compare(stated, first, rows, number - 1, proven and style is not None, reading)
    if stated.rows is not None and rows > stated.rows:
        reading.notes.append(f"{counted(stated.rows, 'entry', 'entries')} stated, {rows} exist")
    if style is None and stated == Stated() and not scripted and may_go_on(first, rows):
        reading.problems.append(
            Problem("paging", f"{first.url} has further pages that could not be asked for")
        )


def doubt(page: Page, reading: ColumnReading) -> None:
    """Note why the list on ``page`` may not be what the site shows; what all pages say of a site is noted once."""
    known = {problem.kind for problem in reading.problems}
    reading.problems += [found for found in doubts(page) if found.kind not in known]


def _may_be_cut(stated: Stated, shown: int, added: int, number: int) -> bool:
    """Whether a list may be longer than it states: its last page has as many rows as its first."""
    if stated == Stated() or shown < _FULL:
        return False
    full = added >= shown if number > 2 else stated.size is None or shown >= stated.size
    return full and (stated.rows is None or stated.rows <= shown * (number - 1))


def may_go_on(page: Page, rows: int) -> bool:
    """Whether a page that states nothing and links no next page may yet have one: a script's pager."""
    named = re.search(r"下一?页|尾页|末页", page.words)
    return bool(_PAGER_HINT.search(page.text) or (rows >= _FULL and named))


def take(
    found: Sequence[Row], page: Page, year: int | None, seen: set[str], reading: ColumnReading
) -> int:
    """Take the rows that were not seen yet into ``reading``; returns how many."""
    # A link to former years is no entry: it would make up for one that is not there.
    new = [row for row in found if row.url not in seen and not is_past(row.title)]
    seen.update(row.url for row in new)
    reading.entries += [Entry(row, page, year) for row in new]
    return len(new)


async def _try(
    fetcher: Fetcher, platform: Platform, asks: Sequence[Ask], first: Page, seen: set[str]
) -> tuple[tuple[int, Page] | None, FetchFailed | None, bool]:
    """The first request that brings new rows like the known ones; a failure that is no answer; and
    whether what was asked for is provably not there.
    """
    failure: FetchFailed | None = None
    absent = 0
    for index, ask in enumerate(asks):
        try:
            page = await fetcher.get(ask, "list")
        except FetchFailed as error:
            # A number may be wrong; a page that the site links and does not have is a loss.
            if error.status in (404, 410) and not ask.linked:
                absent += 1
            else:
                failure = error
            continue
        rows = platform.rows(page)
        if page.shell or (len(page.body) < _STUB and not rows):
            absent += 1
        elif any(row.url not in seen for row in rows) and _alike(rows, seen):
            return (index, page), None, False
    return None, failure, absent == len(asks)


def _alike(rows: Sequence[Row], seen: set[str]) -> bool:
    """Whether rows belong to the list of the known ones: reports, or of the same directory."""
    known = {_prefix(url) for url in seen}
    return not known or any(
        _prefix(row.url) in known or read_row(row.title).kind == "report" for row in rows
    )


def _prefix(url: str) -> str:
    return "/".join(re.sub(r"^https?://(?:www\.)?", "", url).split("/")[:2])


def compare(
    stated: Stated, first: Page, rows: int, pages: int, proven: bool, reading: ColumnReading
) -> None:
    """Hold what was read against what the site says of itself; ``proven`` tells that the page after the
    last one is not there, by a numbering that worked before.
    """
    if stated.rows is not None:
        reading.stated = (reading.stated or 0) + stated.rows
        if stated.rows > rows:
            reading.problems.append(
                Problem(
                    "count",
                    f"{first.url} states {counted(stated.rows, 'entry', 'entries')}, found: {rows}",
                )
            )
            return
    if stated.pages is None or stated.pages <= pages:
        return
    if proven or stated.rows == rows:
        reading.notes.append(f"{counted(stated.pages, 'page')} stated, {pages} exist")
    else:
        reading.problems.append(
            Problem("paging", f"{first.url} states {counted(stated.pages, 'page')}, read: {pages}")
        )
