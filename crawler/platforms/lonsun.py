"""Lonsun 龙讯 (site guide §4.4): one program lists every kind of disclosure of every agency of a host.

The agency is a number in the path, the kind of list is ``type``; ``pageIndex`` counts its pages.
"""

from __future__ import annotations

import re

from crawler.pages import Page
from crawler.platforms.base import Stated
from crawler.platforms.query import QueryPaged

_LIST = re.compile(r"/public/column/\d+|/content/column/\d+", re.I)
_PAGES = re.compile(r"\bpageCount[\"']?\s*[:=]\s*[\"']?(\d{1,5})")
_ROWS = re.compile(r"\btotal[\"']?\s*[:=]\s*[\"']?(\d{1,7})")


class Lonsun(QueryPaged):
    """``/public/column/<agency>?type=3&action=list``."""

    name = "lonsun"
    parameter = "pageIndex"

    def recognise(self, page: Page) -> bool:
        """By its address, or by the script of its pager."""
        return bool(_LIST.search(page.url)) or "Ls.pagination" in page.text

    def stated(self, page: Page) -> Stated:
        """What the call of the pager says, else the words of the page."""
        _before, call, settings = page.text.partition("Ls.pagination")
        pages, rows = _PAGES.search(settings[:2000]), _ROWS.search(settings[:2000])
        if not call or not (pages or rows):
            return super().stated(page)
        return Stated(int(rows[1]) if rows else None, int(pages[1]) if pages else None)
