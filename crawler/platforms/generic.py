"""Everything else: static lists whose pages link the next one, or count in the file name.

A pager that counts backwards (VSB 博达) is no special case when its own "next" is followed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.pages import Page
from crawler.platforms.base import Ask, Platform

_NEXT = re.compile(r"^(?:下一?页|后一?页|下页|next|>|»|›|>>|下一页>*)$", re.I)


class Generic(Platform):
    """A list in plain HTML."""

    name = "generic"

    def recognise(self, page: Page) -> bool:
        """Whatever nobody else recognised."""
        return True

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The page's own next link; else numbered names, if it says that there are more pages."""
        onward = next_link(last)
        if onward is not None:
            return [Ask(onward, linked=True)]
        pages = self.stated(first).pages
        if pages is not None and number <= pages and number > 1:
            return numbered(first.url, number)
        return []

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """Numbered names, where the list states a number of pages and links no next one."""
        counts = self.stated(first).pages is not None and next_link(first) is None
        return numbered(first.url, number) if counts else []


def is_next(text: str) -> bool:
    """Whether the text of a link is 下一页 or what stands for it."""
    return bool(_NEXT.match(re.sub(r"\s", "", text)))


def next_link(page: Page) -> str | None:
    """Where the page's own 下一页 leads."""
    for link in page.links:
        if is_next(link.text) and link.url != page.url:
            return link.url
    return None


def numbered(url: str, number: int, stem: str = "index", extension: str = "html") -> list[Ask]:
    """Addresses that page ``number`` of a list may have, by the habits of the trade (site guide §4.12)."""
    path = urlsplit(url).path
    head, _slash, last = path.rpartition("/")
    if "." in last:
        stem, _dot, extension = last.rpartition(".")
    root = url[: url.index(path)] if path else url.rstrip("/")
    names = [f"{head}/{stem}_{n}.{extension}" for n in (number - 1, number)]
    return [Ask(root + name) for name in names]
