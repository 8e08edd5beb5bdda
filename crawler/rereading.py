"""Read a column again from stored exchanges: what our own program reads in the evidence, without a network.

The same code that reads a column in a crawl reads it here, so what the evidence shows and what the visit
noted can be held against each other by anybody who has the evidence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import urljoin

from scrapy import Request

from archive.evidence.column import ColumnRead, ReadEntry
from archive.evidence.exchanges import Exchange
from archive.records import clean_url
from crawler.column import read_column
from crawler.failures import FetchFailed
from crawler.fetcher import Fetcher
from crawler.listing import ColumnReading, read_list
from crawler.pages import Page
from crawler.platforms import Ask
from crawler.reports import fetch_report, holds_report
from crawler.titles import read_row
from crawler.unclear import is_mute, may_be_report, unlinked

_MAX_REDIRECTS = 10


class Replay(Fetcher):
    """Answers requests from stored exchanges and from nothing else."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        # The last answer counts: what came before it was tried again.
        self._answers = {_key(e.method, e.url, e.sent): (n, e) for n, e in enumerate(exchanges)}
        self._exchanges = exchanges
        self.used: dict[str, None] = {}

    async def get(self, ask: Ask | str, purpose: str, *, conditional: bool = False) -> Page:
        """The stored page. Raises :class:`FetchFailed` for a failure, and for what was never asked."""
        ask = Ask(ask) if isinstance(ask, str) else ask
        # Scrapy spells addresses in its own way; so did the request that was stored.
        asked = Request(ask.url, method=ask.method, body=ask.body)
        method, url, sent = asked.method, asked.url, asked.body
        for _ in range(_MAX_REDIRECTS):
            number, found = self._answers.get(_key(method, url, sent), (0, None))
            if found is None:
                raise FetchFailed("not_recorded", f"{url} was not asked for")
            self.used.setdefault(found.record)
            if found.status is None or (found.failure and found.body is None):
                raise FetchFailed(found.failure or "error", f"{url}: {found.failure}")
            if found.location and found.status in (301, 302, 303, 307, 308):
                url = urljoin(found.url, found.location)
                if found.status in (301, 302, 303):
                    method, sent = "GET", b""
                continue
            unchanged = found.status == 304 and found.body is not None
            if not (200 <= found.status < 300 or unchanged) or found.failure:
                raise FetchFailed(
                    f"http_{found.status}", f"{url} answered {found.status}", found.status
                )
            return Page(
                url=url,
                body=found.body or b"",
                capture_id=number,
                fetched_at=found.fetched_at,
                content_type=found.content_type,
                sent=sent.decode("utf-8", "replace"),
            )
        raise FetchFailed("redirect", f"{ask.url} redirects without end")

    async def shown(self, page: Page) -> None:
        """Nothing: what a browser would make of a page is not stored."""
        return None

    def record_of(self, page: Page) -> str:
        """The id of the record that a page came from."""
        return self._exchanges[page.capture_id].record


def reread(exchanges: Sequence[Exchange], column_url: str) -> ColumnRead:
    """What the column at ``column_url`` shows in the exchanges of one visit.

    Lists behind its rows are read too, as far as they are stored. Problems are those that a crawl would
    have noted; a page that was never asked for is one.
    """
    replay = Replay(exchanges)
    reading = ColumnReading()
    try:
        published = asyncio.run(_read(replay, column_url, reading))
    except FetchFailed as failure:
        return ColumnRead(problems=[failure.detail])
    entries = []
    for entry, shown in zip(reading.entries, published, strict=True):
        title = read_row(entry.row.title, entry.year)
        entries.append(
            ReadEntry(
                record=replay.record_of(entry.page),
                title=entry.row.title,
                url=entry.row.url,
                day=entry.row.day.isoformat() if entry.row.day else None,
                year=title.year if title.kind == "report" else None,
                agency=title.agency if title.kind == "report" else None,
                report=title.kind == "report",
                published=shown.isoformat() if shown else None,
            )
        )
    entries += _named_only(replay, reading)
    problems = [problem.sentence for problem in reading.problems]
    return ColumnRead(reading.pages, reading.stated, entries, problems, list(replay.used))


def _named_only(replay: Replay, reading: ColumnReading) -> Iterator[ReadEntry]:
    """The reports that the pages of the column name without an address."""
    listed = [entry.row.title for entry in reading.entries]
    for page in {entry.page.url: entry.page for entry in reading.entries}.values():
        for number, title in enumerate(unlinked(page, listed)):
            yield ReadEntry(
                record=replay.record_of(page),
                title=title.text,
                url=f"{page.url}#{number}",
                day=None,
                year=title.year,
                agency=title.agency,
                report=True,
                published=None,
            )


async def _read(replay: Replay, column_url: str, reading: ColumnReading) -> list[date | None]:
    first = await replay.open(column_url, "column")
    await read_column(replay, first, holds_report(first), reading)
    published: list[date | None] = []
    # The number of entries grows where a row leads to a list of its own, which only its page tells.
    while len(published) < len(reading.entries):
        entry = reading.entries[len(published)]
        published.append(None)
        title = read_row(entry.row.title, entry.year)
        if title.kind == "report" or (is_mute(entry) and may_be_report(entry)):
            report = await fetch_report(replay, entry.row, entry.page.url)
            if report.listing is not None:
                await read_list(replay, report.listing, title.year, reading)
            elif report.document_id is not None:
                published[-1] = report.day
    return published


def _key(method: str, url: str, sent: bytes) -> tuple[str, str, bytes]:
    return method, clean_url(url).split("#")[0], sent
