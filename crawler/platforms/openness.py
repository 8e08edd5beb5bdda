"""The disclosure directories of 安徽 (site guide §4.5): ``…/showList/<unit>/<class>/page_1.html``.

Annual reports have a program of their own on some hosts (``OpennessAnnualReport``,
``XxgkAnnualReport``, ``Xxgknb``); lists and articles are named alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.pages import Page
from crawler.platforms.base import Ask
from crawler.platforms.generic import Generic

_PROGRAM = r"/(?:\w*Openness(?:Content|AnnualReport)|Xxgk(?:Content|AnnualReport)|Xxgknb)"
_LIST = re.compile(rf"{_PROGRAM}/showList/", re.I)
_ARTICLE = re.compile(rf"{_PROGRAM}/show/\d+\.html", re.I)
_PAGE = re.compile(r"/page_(\d{1,4})(?=\.html)")


class Openness(Generic):
    """Lists of a unit."""

    name = "openness"

    def recognise(self, page: Page) -> bool:
        """By its address, or by those of its articles."""
        return bool(_LIST.search(page.url)) or any(_ARTICLE.search(link.url) for link in page.links)

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The next number in the name, until what the list states is read or nothing new comes."""
        if not _PAGE.search(first.url):
            return super().following(first, last, number, read)
        stated = self.stated(first)
        if (stated.pages or number) < number or (stated.pages is None and read == stated.rows):
            return []
        return self.beyond(first, last, number, read)

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The next number in the name."""
        if not _PAGE.search(first.url):
            return super().beyond(first, last, number, read)
        return [Ask(_PAGE.sub(f"/page_{number}", first.url))]
