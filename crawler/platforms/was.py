"""``was5/web/search`` of TRS (site guide §4.1): a channel of documents as a page of results."""

from __future__ import annotations

from crawler.pages import Page
from crawler.platforms.query import QueryPaged


class Was(QueryPaged):
    """Results of a channel, the page in ``page``."""

    name = "was"
    parameter = "page"

    def recognise(self, page: Page) -> bool:
        """By its address."""
        return "/was5/web/search" in page.url and "channelid=" in page.url
