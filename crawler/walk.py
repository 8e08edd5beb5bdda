"""The way to the column: best-first from the home page, by what the links say.

Order of trust: what an earlier visit learned, the address in the register, the home page. Every page
on the way is recorded; a page is the column only if it says so (:class:`crawler.links.Evidence`).
"""

from __future__ import annotations

import heapq
import itertools
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from crawler.failures import FetchFailed
from crawler.fetcher import Fetcher
from crawler.links import (
    COLUMN,
    WEAK,
    Evidence,
    evidence,
    in_site_map,
    is_column_name,
    organ_of,
    score,
    siblings,
    stands_in,
    subcolumns,
)
from crawler.pages import Link, Page, twin_key
from crawler.platforms import Platform, platform_of
from crawler.platforms.generic import Generic
from crawler.reports import holds_report
from crawler.titles import read_row

logger = logging.getLogger(__name__)

MAX_PAGES = 40
"""Pages looked at on the way; the column is three or four clicks from the home page."""
AFTER_FOREIGN = 8
"""Pages of the place itself that are looked at once a column of another site was found."""
GUESS = 35
"""The score of a guessed address: after the parents of the column, before their neighbours."""

_CONNECTION = frozenset({"refused", "timeout", "tls", "closed", "unreachable", "tunnel"})


@dataclass(frozen=True, slots=True)
class Start:
    """Where to begin; ``led`` for addresses that the register or an earlier visit gave as the column,
    ``home`` for those that the register gives: what lies below them is the place's own.
    """

    url: str
    led: bool
    home: bool = False


@dataclass(slots=True)
class Candidate:
    """A page that may be the column."""

    page: Page
    platform: Platform
    evidence: Evidence
    is_report: bool


@dataclass(slots=True)
class Walk:
    """What came of the way: the best candidate, and the failures that may have hidden a better one.

    ``organ`` is the agency of a shared host to which the place belongs, None where its address does not
    tell.
    """

    column: Candidate | None = None
    failure: FetchFailed | None = None
    lost: list[FetchFailed] = field(default_factory=list)
    opened: int = 0
    organ: str | None = None
    homes: tuple[str, ...] = ()
    codes: set[str] = field(default_factory=set)

    def own(self, url: str) -> bool:
        """Whether an address is the place's own, and not that of a host or portal round it."""
        return any(stands_in(url, home) or twin_key(url) == twin_key(home) for home in self.homes)

    @property
    def foreign(self) -> bool:
        """Whether the column is another site's, by its address or by the code it shows."""
        if self.column is None:
            return False
        code = site_code(self.column.page)
        return not self.own(self.column.page.url) or bool(
            self.codes and code not in (None, *self.codes)
        )


async def find_column(fetcher: Fetcher, starts: Sequence[Start]) -> Walk:
    """Find the column of annual reports from ``starts``, the most trusted first.

    A column of another site, to which the place links, is taken where the place has none of its own.
    """
    organs = (organ_of(start.url) for start in starts)
    walk = Walk(
        organ=next(filter(None, organs), None),
        homes=tuple(start.url for start in starts if start.home),
    )
    last = MAX_PAGES
    seen: set[str] = set()
    order = itertools.count()
    heap: list[tuple[int, int, Link, bool]] = []
    homes: list[bytes] = []
    for start in starts:
        if twin_key(start.url) in seen:
            continue
        seen.add(twin_key(start.url))
        try:
            page = await open_start(fetcher, start)
        except FetchFailed as failure:
            walk.failure = walk.failure or failure
            if organ_of(start.url) is not None:
                walk.lost.append(failure)
            continue
        walk.opened += 1
        if start.home and (code := site_code(page)):
            walk.codes.add(code)
        if _consider(walk, page, start.led):
            return walk
        if not start.led:
            homes.append(page.body)
        _push(heap, order, page, seen, walk.organ)
        # From a page of trust the way goes on before the next start is asked.
        while heap and walk.opened < last:
            _points, _order, link, led = heapq.heappop(heap)
            if last < MAX_PAGES and not walk.own(link.url):
                continue
            try:
                page = await fetcher.open(link.url, "column" if led else "other")
            except FetchFailed as failure:
                logger.info("%s: %s", link.url, failure.detail)
                if led:
                    walk.lost.append(failure)
                continue
            walk.opened += 1
            seen.add(twin_key(page.url))
            if page.body in homes or not page.is_page:
                continue  # The home page in the place of a page that is not there.
            if _consider(walk, page, led):
                if not walk.foreign:
                    return walk
                last = min(last, walk.opened + AFTER_FOREIGN)
            _push(heap, order, page, seen, walk.organ)
        if walk.column is not None:
            break
    if walk.column is None and homes and not walk.lost:
        await _by_site_map(fetcher, walk, starts, seen)
    return walk


async def _by_site_map(
    fetcher: Fetcher, walk: Walk, starts: Sequence[Start], seen: set[str]
) -> None:
    """The last resort: what the site tells machines of itself."""
    for start in starts:
        if not start.home or walk.organ is not None:
            continue
        try:
            listed = await fetcher.get(urljoin(start.url, "/sitemap.xml"), "other")
            guesses = in_site_map(listed.text)
        except FetchFailed:
            continue
        for guess in guesses:
            if twin_key(guess.url) in seen or not walk.own(guess.url):
                continue
            seen.add(twin_key(guess.url))
            try:
                page = await fetcher.open(guess.url, "other")
            except FetchFailed as failure:
                logger.info("%s: %s", guess.url, failure.detail)
                continue
            walk.opened += 1
            if page.is_page and _consider(walk, page, False):
                return


async def open_start(fetcher: Fetcher, start: Start) -> Page:
    """Open a start; where there is no connection, by the other of http and https."""
    purpose = "column" if start.led else "home"
    try:
        return await fetcher.open(start.url, purpose)
    except FetchFailed as failure:
        if failure.kind not in _CONNECTION:
            raise
        scheme, _colon, rest = start.url.partition(":")
        if urlsplit(start.url).port is not None:
            raise
        try:
            return await fetcher.open(f"{'http' if scheme == 'https' else 'https'}:{rest}", purpose)
        except FetchFailed:
            raise failure from None


def site_code(page: Page) -> str | None:
    """The 网站标识码 that a page shows, if it has the form of one."""
    code = page.meta.get("siteidcode", "").strip().lower()
    return code if re.fullmatch(r"(?:\d{10}|bm\d{8})", code) else None


def _of_others(url: str, organ: str | None) -> bool:
    """Whether an address belongs to another agency of a shared host."""
    return organ is not None and organ_of(url) not in (None, organ)


def candidate(page: Page, led: bool) -> Candidate:
    """What ``page`` shows and what speaks for it."""
    platform = platform_of(page)
    reports = sum(read_row(row.title).kind == "report" for row in platform.rows(page))
    return Candidate(page, platform, evidence(page, reports, led), holds_report(page))


def _consider(walk: Walk, page: Page, led: bool) -> bool:
    """Take ``page`` if it is the column; keep it in mind if it may be. True ends the way."""
    if not page.is_page or _of_others(page.url, walk.organ):
        return False
    if walk.organ and walk.lost and organ_of(page.url) is None:
        # The host's own column does not stand in for the agency's that could not be opened.
        return False
    found = candidate(page, led)
    if walk.column is not None and walk.column.evidence.strong and not walk.own(page.url):
        return False  # One of another site is enough.
    if found.evidence.strong or (found.is_report and led and found.evidence.named):
        walk.column = found
        return True
    # What a family's script would show is read as parts of the column.
    parts = led and (bool(subcolumns(page, page.url)) or not isinstance(found.platform, Generic))
    if (found.evidence.any or parts or (found.is_report and led)) and walk.column is None:
        walk.column = found
    return False


def _push(
    heap: list[tuple[int, int, Link, bool]],
    order: itertools.count[int],
    page: Page,
    seen: set[str],
    organ: str | None,
) -> None:
    best: dict[str, tuple[int, Link]] = {}
    for link in page.links:
        points = 0 if _of_others(link.url, organ) else score(link)
        key = twin_key(link.url)
        if points >= WEAK and key not in seen and points > best.get(key, (0, link))[0]:
            best[key] = points, link
    for guess in siblings(page.links):
        best.setdefault(twin_key(guess.url), (GUESS, guess))
    for key, (points, link) in best.items():
        if key not in seen:
            seen.add(key)
            led = points >= COLUMN and is_column_name(link.label)
            heapq.heappush(heap, (-points, next(order), link, led))
