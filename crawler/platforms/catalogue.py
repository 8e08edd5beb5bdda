"""公开目录 of Hanweb 大汉 (site guide §4.2): the rows of a catalogue come from ``/module/xxgk/search.jsp``.

Whose catalogue it is and which class of it stand in the page's form, its script or its address. The
annual report of a year may have a program of its own (``xxgkAnnualReport.jsp``), which the walk follows
like any page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.pages import Page, join
from crawler.platforms.base import Ask, Fetch, Part, Platform

_PROGRAM = re.compile(r"[\"']([^\"'\s?]{0,200}/module/xxgk/search\.jsp)[\"'?]")
_NAMES = ("infotypeId", "divid", "jdid", "webid", "area", "sortfield", "standardXxgk", "texttype")


class Catalogue(Platform):
    """Rows of a catalogue."""

    name = "catalogue"

    def recognise(self, page: Page) -> bool:
        """By the program, or by an answer of it."""
        return "/module/xxgk/search.jsp" in page.url or bool(_PROGRAM.search(page.text))

    async def parts(self, page: Page, fetch: Fetch) -> Sequence[Part]:
        """The catalogue that the page asks for, where it shows no rows itself."""
        call = _PROGRAM.search(page.text)
        url = join(page.base, call[1]) if call else None
        if url is None or "/module/xxgk/search.jsp" in page.url or self.rows(page):
            return ()
        asked = {name: value for name in _NAMES if (value := _setting(page, name)) is not None}
        return [Part(_ask(url, asked, 1, page.url))]

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The next page, until what the answer states is read."""
        stated = self.stated(first)
        if (stated.pages is not None and number > stated.pages) or (
            stated.pages is None and stated.rows is not None and read >= stated.rows
        ):
            return []
        return self.beyond(first, last, number, read)

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The same question with the next number."""
        if not first.sent:
            return []
        asked = dict(parse_qsl(first.sent, keep_blank_values=True))
        return [_ask(first.url, asked, number, first.url)]


def _ask(url: str, asked: dict[str, str], number: int, referrer: str) -> Ask:
    headers = (
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Referer", referrer),
        ("X-Requested-With", "XMLHttpRequest"),
    )
    return Ask(url, "POST", urlencode(asked | {"currpage": str(number)}), headers)


def _setting(page: Page, name: str) -> str | None:
    """A value of the page's form, of its script, or of its address."""
    field = page.selector.xpath("(//input[@name=$name]/@value)[1]", name=name).get()
    if field is not None:
        return field[:200]
    found = re.search(rf"\b{name}[\"']?\s*[:=]\s*[\"']([\w.,-]{{0,100}})[\"']", page.text)
    return found[1] if found else dict(parse_qsl(urlsplit(page.url).query)).get(name)
