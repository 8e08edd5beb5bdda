"""The portals of 河北 (site guide §4.11): columns under a UUID, further rows as fragments of a template."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from crawler.pages import Page, join
from crawler.platforms.base import Ask
from crawler.platforms.generic import Generic
from crawler.platforms.query import at_page

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_COLUMN = re.compile(rf"/columns/{_UUID}/", re.I)
_BLOCK = re.compile(
    rf"[\"'(]([^\"'()\s]{{0,200}}/columns/{_UUID}/templates/[\w-]{{1,64}}/blocks/[\w-]{{1,64}}(?:\?[^\"')\s]{{0,200}})?)[\"')]",
    re.I,
)


class Hebei(Generic):
    """Columns with a UUID."""

    name = "hebei"

    def recognise(self, page: Page) -> bool:
        """By its address or those of its articles."""
        return bool(_COLUMN.search(page.url)) or any(
            _COLUMN.search(link.url) for link in page.links
        )

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The fragment with the next number, until what the list states is read or nothing new comes."""
        if _block(first) is None:
            return super().following(first, last, number, read)
        stated = self.stated(first)
        if (stated.pages or number) < number or (stated.pages is None and read == stated.rows):
            return []
        return self.beyond(first, last, number, read)

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The fragment with the next number."""
        url = _block(first)
        if url is None:
            return super().beyond(first, last, number, read)
        return [Ask(at_page(url if "fix=" in url else at_page(url, "fix", 0), "page", number))]


def _block(page: Page) -> str | None:
    """The address of the template that shows the rows."""
    found = _BLOCK.search(page.text)
    return join(page.base, unescape(found[1])) if found else None
