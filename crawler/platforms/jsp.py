"""``iList.jsp`` (site guide §4.11): lists and articles of a program, the page in ``cur_page``."""

from __future__ import annotations

from crawler.pages import Page
from crawler.platforms.query import QueryPaged


class Jsp(QueryPaged):
    """Lists of a node."""

    name = "jsp"
    parameter = "cur_page"

    def recognise(self, page: Page) -> bool:
        """By its address, or by a pager that leads there."""
        return "/iList.jsp" in page.url or any("cur_page=" in link.url for link in page.links)
