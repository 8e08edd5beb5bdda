"""ASP.NET (site guide §4.11): the pager sends the page's own form back to the server, or counts in ``page``.

The state in the form (``__VIEWSTATE``) changes with every page, so each answer is asked for the next. The
only event that is ever sent is the one of a pager: the number of a page, or 下一页.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from crawler.pages import Page, join
from crawler.platforms.base import Ask
from crawler.platforms.generic import Generic, is_next
from crawler.platforms.query import at_page

_EVENT = re.compile(r"__doPostBack\(\s*'([^']{1,200})'\s*,\s*'([^']{0,40})'\s*\)")
_NUMBER = re.compile(r"(?:Page\$)?(\d{1,4})$")
_MAX_FIELDS = 100


class AspNet(Generic):
    """Lists in a form."""

    name = "aspnet"

    def recognise(self, page: Page) -> bool:
        """By the state in the form, or by the ending and a number of a page."""
        return "__VIEWSTATE" in page.text or _counts(page.url)

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The event of the pager that names the page, else the number in the address, else a link."""
        events = _events(last)
        event = events.get(str(number)) or events.get("next")
        if event is not None:
            return [_postback(last, *event)]
        links = [link.url for link in last.links if _counts(link.url)]
        for url in [first.url] * _counts(first.url) + links:
            if at_page(url, "page", number) in links:
                return [Ask(at_page(url, "page", number))]
        return super().following(first, last, number, read)

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The next number, where the address counts; an event that no page offers cannot be sent."""
        return [Ask(at_page(first.url, "page", number))] if _counts(first.url) else []


def _events(page: Page) -> dict[str, tuple[str, str]]:
    """The events of the links to pages: by the number of the page, or ``next``."""
    found: dict[str, tuple[str, str]] = {}
    for anchor in page.selector.xpath("//a[contains(@href,'__doPostBack')]")[:500]:
        event = _EVENT.search(anchor.attrib["href"])
        text = "".join(anchor.xpath(".//text()").getall())
        number = _NUMBER.match(event[2]) if event else None
        if event and is_next(text):
            found.setdefault("next", (event[1], event[2]))
        elif event and number and text.strip(" []\xa0\r\n\t") == number[1]:
            found.setdefault(number[1], (event[1], event[2]))
    return found


def _counts(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path.lower().endswith(".aspx") and bool(re.search(r"(?:^|&)page=\d", parts.query))


def _postback(page: Page, target: str, argument: str) -> Ask:
    """What a browser sends when a page of the pager is clicked: the hidden fields and the event."""
    hidden = page.selector.xpath("//form//input[@type='hidden'][@name]")[:_MAX_FIELDS]
    fields = {field.attrib["name"]: field.attrib.get("value", "") for field in hidden}
    fields |= {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
    action = page.selector.xpath("(//form/@action)[1]").get()
    headers = (("Content-Type", "application/x-www-form-urlencoded"), ("Referer", page.url))
    return Ask(join(page.base, action or "") or page.url, "POST", urlencode(fields), headers)
