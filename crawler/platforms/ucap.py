"""开普云 ucap (site guide §4.3): static pages with TRS's pager, or JSON from ``/common/search``.

The channel that the program wants stands in its call or in a meta tag of the page. Addresses come
without a scheme, and ``jump.shtml`` and its like only send on, which every fetch follows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from crawler.links import is_column_name
from crawler.pages import Page, join
from crawler.platforms.answers import decoded, dig, number, rows_of
from crawler.platforms.base import Ask, Fetch, Part, Row, Stated
from crawler.platforms.query import at_page
from crawler.platforms.trs import Trs, pager
from crawler.titles import column_year

_PROGRAM = re.compile(r"[\"'](?P<path>[^\"'\s?]{0,200}/common/search(?:List)?/\w{6,64})[\"'?]")
_TREE = re.compile(
    r"[\"'](?P<path>[^\"'\s?]{0,200}/common/getChannelList\?[^\"'\s]{1,300}websiteCodeName=[^\"'\s]{1,60})[\"']"
)
MAX_CHANNELS = 60
_ARTICLE = re.compile(r"/c\d{5,}\w{0,3}/(?:\d{6}/[0-9a-f]{32}|c\d+/content)\.shtml")
_ASKED = "_isAgg=true&_isJson=true&_pageSize=15&_template=index&_rangeTimeGte=&_channelName=&page=1"


class Ucap(Trs):
    """Lists of numbered channels."""

    name = "ucap"

    def recognise(self, page: Page) -> bool:
        """By the channel, the program, or the names of the articles."""
        return (
            _results(page) is not None
            or "channelid" in page.meta
            or bool(_PROGRAM.search(page.text) or _TREE.search(page.text))
            or any(_ARTICLE.search(link.url) for link in page.links)
        )

    def rows(self, page: Page) -> list[Row]:
        """The results of the program, else the rows of the page."""
        results = _results(page)
        if results is None:
            return super().rows(page)
        days = ("publishedTimeStr", "publishedTime")  # The number can disagree with what is shown.
        return rows_of(results, page.base, ("url",), ("title",), days)

    def stated(self, page: Page) -> Stated:
        """``total`` of the program, else the pager."""
        if _results(page) is None:
            return super().stated(page)
        return Stated(number(dig(decoded(page), "data", "total")))

    def says_empty(self, page: Page) -> bool:
        """A total of zero, or a page that says so."""
        if _results(page) is None:
            return super().says_empty(page)
        return self.stated(page).rows == 0

    async def parts(self, page: Page, fetch: Fetch) -> Sequence[Part]:
        """The program's list, where the page has rows neither of its own nor in further files."""
        if _results(page) is not None or pager(page) is not None:
            return ()
        call = _PROGRAM.search(page.text)
        tree = _TREE.search(page.text)
        if call is None and tree is not None and not self.rows(page):
            return await _channels(page, tree["path"], fetch)
        channel = re.fullmatch(r"\w{6,64}", page.meta.get("channelid", ""))
        if call is None and (channel is None or self.rows(page)):
            return ()
        path = call["path"] if call else f"/common/search/{page.meta['channelid']}"
        url = join(page.base, f"{path}?{_ASKED}")
        return [Part(Ask(url))] if url else ()

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The program's next page until its total is read, else the next file."""
        if _results(first) is None:
            return super().following(first, last, number, read)
        total = self.stated(first).rows
        done = total is not None and read >= total
        return [] if done else self.beyond(first, last, number, read)

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The program's next page, else the next file."""
        if _results(first) is None:
            return super().beyond(first, last, number, read)
        return [Ask(at_page(first.url, "page", number))]


def _results(page: Page) -> list[object] | None:
    """The records of an answer of the program; None for pages."""
    results = dig(decoded(page), "data", "results")
    return results if isinstance(results, list) else None


async def _channels(page: Page, path: str, fetch: Fetch) -> list[Part]:
    """The lists of the channels below the page's, which a program names: each is a year or the column."""
    url = join(page.base, unescape(path))
    if url is None:
        return []
    children = dig(decoded(await fetch(Ask(url))), "results", "children")
    found = []
    for child in children[:MAX_CHANNELS] if isinstance(children, list) else ():
        channel, name = str(dig(child, "channelId") or ""), str(dig(child, "displayName") or "")
        one = join(page.base, f"/common/search/{channel}?{_ASKED}")
        if (
            one
            and re.fullmatch(r"\w{6,64}", channel)
            and (column_year(name) or is_column_name(name))
        ):
            found.append(Part(Ask(one), name))
    return found
