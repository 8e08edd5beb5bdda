"""NFCMS 南方网 (site guide §4.7): the portals of 广东. Pages are counted from ``index_2``, rows may be files."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.pages import Page
from crawler.platforms.base import Ask
from crawler.platforms.generic import Generic

_ARTICLE = re.compile(r"/content/m?post_\d+\.html")


class Nfcms(Generic):
    """Lists of posts."""

    name = "nfcms"

    def recognise(self, page: Page) -> bool:
        """By the names of the posts, or by the variables of its script."""
        return "NFCMS_" in page.text or any(_ARTICLE.search(link.url) for link in page.links)

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The page's own next link, else ``index_2`` for page 2."""
        return super().following(first, last, number, read)[::-1]

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """As in :meth:`following`."""
        return super().beyond(first, last, number, read)[::-1]
