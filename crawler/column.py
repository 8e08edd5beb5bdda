"""Reading the column in full: every list that belongs to it, or saying what is missing.

A column may be one list, a frame around one, a page of years, a list that only scripts fill, or a hub
that leads to the lists of many bodies. How one list is read is told in :mod:`crawler.listing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from crawler.failures import FetchFailed
from crawler.fetcher import Fetcher
from crawler.hubs import organ_groups, year_of
from crawler.links import names_itself, subcolumns
from crawler.listing import ColumnReading, Entry, compare, may_go_on, read_list, take
from crawler.pages import Page, twin_key
from crawler.platforms import Ask, Row, Stated, platform_of
from crawler.platforms.answers import decoded
from crawler.problems import Problem
from crawler.reports import holds_report
from crawler.titles import column_year, read_row
from extract.identity import parse_title

MAX_PARTS = 200
MAX_FRAMES = 5
PROBES = 3
"""Bodies looked at to find out whether a list of links to them is a hub."""


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
        elif page is first:
            await _read_frames(fetcher, page, reading, taken)
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


async def _read_frames(
    fetcher: Fetcher, page: Page, reading: ColumnReading, taken: set[str]
) -> None:
    """Read the frames of the same host that show reports beside the list of ``page``."""
    host = urlsplit(page.url).hostname
    frames = [link for link in page.links if link.frame and urlsplit(link.url).hostname == host]
    for link in frames[:MAX_FRAMES]:
        key = _key(Ask(link.url))
        if key in taken:
            continue
        taken.add(key)
        try:
            opened = await fetcher.open(link.url, "column")
        except FetchFailed as failure:
            reading.problems.append(
                Problem(failure.kind, f"a frame of the column could not be read: {failure.detail}")
            )
            continue
        if any(read_row(row.title).kind == "report" for row in platform_of(opened).rows(opened)):
            await read_list(fetcher, opened, year_of(opened), reading)


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
        rows += take(platform_of(one).rows(one), one, year, seen, reading)
    first, stated = shown.pages[0], platform_of(shown.pages[0]).stated(shown.pages[0])
    if not rows:
        return False
    reading.pages += len(shown.pages)
    reading.notes.append("scripts filled the list in a browser")
    compare(stated, first, rows, len(shown.pages), False, reading)
    unclear = shown.end is None and stated == Stated() and may_go_on(first, rows)
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
