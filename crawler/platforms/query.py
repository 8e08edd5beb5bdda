"""Lists whose page is a number in the query of their address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from crawler.pages import Page
from crawler.platforms.base import Ask, Platform


class QueryPaged(Platform):
    """A list that a program makes; ``parameter`` has the number of the page, the first is 1."""

    parameter: ClassVar[str]

    def address(self, first: Page, last: Page) -> str:
        """The address to which the number is put."""
        return first.url

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The same address with the next number, until what the list states has been read.

        A list that states nothing is asked on until a page brings nothing new.
        """
        stated = self.stated(first)
        if stated.pages is not None and number > stated.pages:
            return []
        if stated.pages is None and stated.rows is not None and read >= stated.rows:
            return []
        return self.beyond(first, last, number, read)

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The same address with the next number."""
        return [Ask(at_page(self.address(first, last), self.parameter, number))]


def at_page(url: str, parameter: str, number: int) -> str:
    """``url`` with ``parameter`` set; everything else stays as the site wrote it."""
    put, times = re.subn(
        rf"([?&]{re.escape(parameter)}=)[^&#]*", rf"\g<1>{number}", url, count=1, flags=re.I
    )
    return put if times else f"{url}{'&' if '?' in url else '?'}{parameter}={number}"
