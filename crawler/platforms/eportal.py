"""``/eportal/ui`` (site guide §4.11): customs, 云南 and others. A page is a number, its list a module."""

from __future__ import annotations

import re
from html import unescape

from crawler.pages import Page, join
from crawler.platforms.query import QueryPaged

_MODULE = re.compile(r"moduleId[\"']?\s*[:=]\s*[\"']?([0-9a-f]{32})", re.I)
_ADDRESS = re.compile(
    r"[\"']([^\"'\s]{0,200}/eportal/ui\?[^\"'\s]{0,300}moduleId=[0-9a-f]{32}[^\"'\s]{0,200})[\"']",
    re.I,
)


class Eportal(QueryPaged):
    """Lists of a module."""

    name = "eportal"
    parameter = "currentPage"

    def recognise(self, page: Page) -> bool:
        """By the module that a program at this address shows."""
        return "/eportal/ui" in page.url + page.text and bool(_MODULE.search(page.text))

    def address(self, first: Page, last: Page) -> str:
        """The address that the pager gives, else the page's own with its module."""
        given = _ADDRESS.search(first.text)
        url = join(first.base, unescape(given[1])) if given else None
        if url is not None:
            return url
        module = _MODULE.search(first.text)
        own = f"{first.url}{'&' if '?' in first.url else '?'}moduleId={module[1] if module else ''}"
        return own if "staticRequest=" in own else f"{own}&staticRequest=yes"
