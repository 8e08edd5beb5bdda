"""Search programs of TRS behind a column (site guide §4.1): IGS answers in JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from crawler.pages import Page, join
from crawler.platforms.answers import decoded, dig, number, rows_of
from crawler.platforms.base import Ask, Fetch, Part, Row, Stated
from crawler.platforms.query import QueryPaged, at_page

_CALL = re.compile(
    r"[\"'](?P<url>[^\"'\s]{0,200}/igs/front/search(?:\.jhtml|/publish/data/list\.html|/list\.html)\?[^\"'\s]{1,400})[\"']"
)


class Igs(QueryPaged):
    """``/igs/front/search.jhtml?code=…&pageNumber=1``."""

    name = "igs"
    parameter = "pageNumber"

    def recognise(self, page: Page) -> bool:
        """By an answer of the program, or by its call."""
        return _content(page) is not None or bool(_CALL.search(page.text))

    def rows(self, page: Page) -> list[Row]:
        """The records of an answer, else the rows of the page."""
        records = _content(page)
        if records is None:
            return super().rows(page)
        days = ("trs_time", "DOCRELTIME", "PUBDATE", "pubDate")
        return rows_of(records, page.base, ("url", "DOCPUBURL"), ("title", "DOCTITLE"), days)

    def stated(self, page: Page) -> Stated:
        """The totals of an answer."""
        if _content(page) is None:
            return super().stated(page)
        found = dig(decoded(page), "page")
        rows, pages = dig(found, "totalElements"), dig(found, "totalPages")
        return Stated(number(rows if rows is not None else dig(found, "total")), number(pages))

    async def parts(self, page: Page, fetch: Fetch) -> Sequence[Part]:
        """The list that the page's script asks for, where it shows none itself."""
        call = _CALL.search(page.text)
        if call is None or _content(page) is not None or self.rows(page):
            return ()
        url = join(page.base, unescape(call["url"]))
        return [Part(Ask(at_page(url, self.parameter, 1)))] if url else ()


def _content(page: Page) -> list[object] | None:
    """The records of an answer; None for pages."""
    content = dig(decoded(page), "page", "content")
    return content if isinstance(content, list) else None
