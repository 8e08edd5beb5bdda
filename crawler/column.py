"""Reading the column in full: every page of every list of it, or saying what is missing.

The rows are the evidence for what was published and what was not, so nothing is taken for an answer
without proof: an end is proven by the site's own numbers or by pages that are not there.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from crawler.failures import FetchFailed
from crawler.fetcher import Fetcher
from crawler.hubs import organ_groups, year_of
from crawler.links import names_itself, subcolumns
from crawler.pages import Page, twin_key
from crawler.platforms import Ask, Platform, Row, Stated, platform_of
from crawler.platforms.answers import decoded
from crawler.reports import holds_report
from crawler.titles import column_year, read_row
from extract.identity import parse_title

logger = logging.getLogger(__name__)

MAX_PAGES = 300
"""Pages of one list; a longer one is a trap or not the column of annual reports."""
MAX_PARTS = 200
PROBES = 3
"""Bodies looked at to find out whether a list of links to them is a hub."""
_STUB = 500
_FULL = 3
"""Rows of the shortest page that may be full; below, a pager without links is an ornament."""
_PAGER_HINT = re.compile(
    r"加载更多|查看更多数据|layui-laypage|laypage|id=[\"']?page_div|class=[\"'][^\"']*pagination[^\"']*[\"']"
    # A box for the pager that is empty until a script fills it, and what such scripts are called.
    r"|<(?:div|ul|p|span|td)\b[^<>]{0,200}\b(?:class|id)=[\"']?[^\"'<>]{0,60}(?:fenye|pager|pagebar|pagelist|page-?box|\bpages?\b)"
    r"[^\"'<>]{0,60}[\"']?[^<>]{0,200}>\s*</"
    r"|<script\b[^<>]{0,200}\bsrc=[^<>]{0,200}(?:fenye|pager|paginat\w{0,10}|[jl]page)[\w.-]{0,20}\.js"
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


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a column was not read in full."""

    kind: str
    sentence: str


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


async def read_column(
    fetcher: Fetcher, first: Page, is_report: bool, reading: ColumnReading
) -> None:
    """Read the list on ``first`` and the parts of the column that it links to into ``reading``.

    ``is_report`` tells that ``first`` holds a report itself and need not hold a list.

    Raises :class:`crawler.failures.BudgetSpent`.
    """
    taken = {_key(Ask(first.url))}
    queue: list[tuple[Page, int | None, bool]] = [(first, year_of(first), False)]
    states_empty = False
    while queue:
        page, year, of_script = queue.pop(0)
        before = len(reading.entries)
        scripted = await _scripted(fetcher, page, reading)
        asked = {ask for ask, _year in scripted}
        await read_list(fetcher, page, year, reading, scripted=bool(scripted))
        parts = _new([*_linked(page, first.url), *scripted], taken)
        if year is None:
            await _read_organs(fetcher, page, reading, taken)
        if len(reading.entries) == before and not parts:
            # Some columns are only a frame with the list inside.
            parts = _new([(Ask(link.url), None) for link in page.links if link.frame], taken)
        if len(reading.entries) == before and holds_report(page) and (parts or page is not first):
            # A year's page that is the report itself.
            title = parse_title(page.heading)
            named = title.text if title.kind == "report" else f"{year}年政府信息公开工作年度报告"
            reading.entries.append(Entry(Row(page.url, named, page.published), page, year))
        if len(taken) + len(parts) > MAX_PARTS:
            reading.problems.append(Problem("trap", f"the column has more than {MAX_PARTS} parts"))
            parts = []
        taken.update(_key(ask) for ask, _year in parts)
        if len(reading.entries) == before and not parts and not (is_report and page is first):
            if platform_of(page).says_empty(page):
                # To a question that we put together from a script, nothing is a weak answer.
                states_empty = states_empty or not of_script
            elif not await _read_shown(fetcher, page, year, reading):
                reading.problems.append(
                    Problem(
                        "needs_browser", f"the list at {page.url} shows nothing without scripts"
                    )
                )
        for ask, part_year in parts:
            try:
                opened = await fetcher.open(ask, "column")
            except FetchFailed as failure:
                reading.problems.append(
                    Problem(
                        failure.kind, f"a part of the column could not be read: {failure.detail}"
                    )
                )
                continue
            queue.append((opened, part_year or year, ask in asked))
    reading.empty = states_empty and not reading.entries


async def _read_shown(
    fetcher: Fetcher, page: Page, year: int | None, reading: ColumnReading
) -> bool:
    """Read what a browser shows of a list that its scripts fill; False where it shows nothing or there is
    none.
    """
    try:
        shown = await fetcher.shown(page)
    except FetchFailed as failure:
        reading.problems.append(Problem(failure.kind, failure.detail))
        return True
    if shown is None:
        return False
    seen: set[str] = set()
    rows = 0
    for one in shown.pages:
        rows += _take(platform_of(one).rows(one), one, year, seen, reading)
    first, stated = shown.pages[0], platform_of(shown.pages[0]).stated(shown.pages[0])
    if not rows:
        return False
    reading.pages += len(shown.pages)
    reading.notes.append("scripts filled the list in a browser")
    _compare(stated, first, rows, len(shown.pages), False, reading)
    unclear = shown.end is None and stated == Stated() and _may_go_on(first, rows)
    if unclear or shown.end is False:
        reading.problems.append(
            Problem("paging", f"{first.url} has further pages that could not be shown")
        )
    return True


async def _read_organs(
    fetcher: Fetcher, page: Page, reading: ColumnReading, taken: set[str]
) -> None:
    """Read what a hub leads to: the lists, or the reports, of the bodies that ``page`` links by name.

    Links to bodies are a hub's if one of the first leads to a report. Then whatever of it cannot be read is
    a problem, because bodies without a place of their own may publish there.
    """
    for group in organ_groups(page):
        hub = ColumnReading()
        for tried, organ in enumerate(group):
            if tried == PROBES and not hub.entries:
                break
            key = _key(Ask(organ.url))
            if key in taken or len(taken) > MAX_PARTS:
                continue
            taken.add(key)
            try:
                opened = await fetcher.open(organ.url, "column")
            except FetchFailed as failure:
                detail = f"the page of {organ.title} could not be read: {failure.detail}"
                hub.problems.append(Problem(failure.kind, detail))
                continue
            await _read_organ(fetcher, organ, opened, hub)
        if hub.entries:
            reading.entries += hub.entries
            reading.pages += hub.pages
            reading.problems += hub.problems


async def _read_organ(fetcher: Fetcher, organ: Row, opened: Page, hub: ColumnReading) -> None:
    """Read the page of one body into ``hub``; only its reports count."""
    if not opened.is_page or holds_report(opened):
        title = opened.heading if read_row(opened.heading).kind == "report" else organ.title
        hub.entries.append(Entry(Row(organ.url, title), opened, None, organ.title))
        return
    own = ColumnReading()
    await read_list(fetcher, opened, year_of(opened), own)
    reports = [e for e in own.entries if read_row(e.row.title, e.year).kind == "report"]
    hub.entries += [replace(entry, agency=organ.title) for entry in reports]
    hub.pages += own.pages
    hub.problems += own.problems
    if not reports and not names_itself(opened):
        sentence = f"the page of {organ.title} shows no report"
        hub.problems.append(Problem("no_reports", sentence))


async def _scripted(
    fetcher: Fetcher, page: Page, reading: ColumnReading
) -> list[tuple[Ask, int | None]]:
    """The lists that the scripts of ``page`` fetch, and the year that each is named after."""
    try:
        parts = await platform_of(page).parts(page, lambda ask: fetcher.get(ask, "list"))
    except FetchFailed as failure:
        reading.problems.append(
            Problem(failure.kind, f"a script of {page.url} could not be read: {failure.detail}")
        )
        return []
    return [(part.ask, column_year(part.name)) for part in parts]


def _linked(page: Page, root: str) -> list[tuple[Ask, int | None]]:
    """The parts of the column that ``page`` links, and their years."""
    if decoded(page) is not None:
        return []  # Links inside data belong to its articles.
    return [(Ask(link.url), year) for link, year in subcolumns(page, root)]


def _new(parts: Sequence[tuple[Ask, int | None]], taken: set[str]) -> list[tuple[Ask, int | None]]:
    """Each part once, under any of its twins, that was not taken yet."""
    unique: dict[str, tuple[Ask, int | None]] = {}
    for ask, year in parts:
        unique.setdefault(_key(ask), (ask, year))
    return [part for key, part in unique.items() if key not in taken]


def _key(ask: Ask) -> str:
    """The same for requests that bring the same page, under any of its twins."""
    return f"{twin_key(ask.url)} {ask.body}"


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
    rows = _take(platform.rows(first), first, year, seen, reading)
    if year is not None:
        # In a year's page of a hub, rows may be nothing but names.
        named = [row for group in organ_groups(first) for row in group]
        _take(named, first, year, seen, reading)
    reading.pages += 1
    last, number, style = first, 2, None
    shown = added = rows
    proven = further = False
    while number <= MAX_PAGES:
        asks = () if further else platform.following(first, last, number, rows)
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
        added = _take(platform.rows(last), last, year, seen, reading)
        rows += added
        reading.pages += 1
        number += 1
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
    _compare(stated, first, rows, number - 1, proven and style is not None, reading)
    if stated.rows is not None and rows > stated.rows:
        reading.notes.append(f"{stated.rows} entries stated, {rows} exist")
    if style is None and stated == Stated() and not scripted and _may_go_on(first, rows):
        reading.problems.append(
            Problem("paging", f"{first.url} has further pages that could not be asked for")
        )


def _may_be_cut(stated: Stated, shown: int, added: int, number: int) -> bool:
    """Whether a list may be longer than it states: its last page has as many rows as its first."""
    if stated == Stated() or shown < _FULL:
        return False
    full = added >= shown if number > 2 else stated.size is None or shown >= stated.size
    return full and (stated.rows is None or stated.rows <= shown * (number - 1))


def _may_go_on(page: Page, rows: int) -> bool:
    """Whether a page that states nothing and links no next page may yet have one: a script's pager."""
    named = re.search(r"下一?页|尾页|末页", page.words)
    return bool(_PAGER_HINT.search(page.text) or (rows >= _FULL and named))


def _take(
    found: Sequence[Row], page: Page, year: int | None, seen: set[str], reading: ColumnReading
) -> int:
    new = [row for row in found if row.url not in seen]
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


def _compare(
    stated: Stated, first: Page, rows: int, pages: int, proven: bool, reading: ColumnReading
) -> None:
    """Hold what was read against what the site says of itself; ``proven`` tells that the page after the
    last one is not there, by a numbering that worked before.
    """
    if stated.rows is not None:
        reading.stated = (reading.stated or 0) + stated.rows
        if stated.rows > rows:
            reading.problems.append(
                Problem("count", f"{first.url} states {stated.rows} entries, {rows} were found")
            )
            return
    if stated.pages is None or stated.pages <= pages:
        return
    if proven or stated.rows == rows:
        reading.notes.append(f"{stated.pages} pages stated, {pages} exist")
    else:
        reading.problems.append(
            Problem("paging", f"{first.url} states {stated.pages} pages, {pages} could be read")
        )
