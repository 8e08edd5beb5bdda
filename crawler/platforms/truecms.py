"""TrueCMS (site guide §4.10): the first rows hidden in the page, in Hanweb's store; more by JSONP.

The program wants the column's page as referrer and limits how many rows it gives at a time, at some
sites to fifty, at others to twenty or ten: the largest that brings new rows is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from urllib.parse import urlencode

from parsel import Selector

from crawler.pages import Page, join
from crawler.platforms.answers import decoded, dig
from crawler.platforms.base import Ask, Row, Stated, rows_in
from crawler.platforms.hanweb import Hanweb, records_in, stated_number

_PROGRAM = "/TrueCMS/messageController/getMessage.do"
_CALL = re.compile(r"[\"']([^\"'\s?]{0,200}/getMessage\.do)")
_COLUMN = re.compile(r"columnId[\"']?\s*[:=]\s*[\"']?([0-9a-fA-F-]{8,40})")
_SIZES = (50, 20, 10)


class TrueCms(Hanweb):
    """Lists of a column with a number in hexadecimal."""

    name = "truecms"

    def recognise(self, page: Page) -> bool:
        """By the program, or by an answer of it."""
        return "getMessage.do" in page.text or isinstance(dig(decoded(page), "result"), str)

    def rows(self, page: Page) -> list[Row]:
        """The rows of the store in an answer or hidden in the page."""
        html = "".join(f"<li>{record}</li>" for record in records_in(_store(page)))
        return rows_in(Selector(f"<ul>{html}</ul>", type="html"), page.base) if html else []

    def stated(self, page: Page) -> Stated:
        """``totalrecord`` of the store."""
        return Stated(stated_number(_store(page), "totalrecord"))

    def says_empty(self, page: Page) -> bool:
        """A store that states zero."""
        return self.stated(page).rows == 0

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The rows after those that were read, in each size that installations allow."""
        total = self.stated(first).rows
        if total is not None and read >= total:
            return []
        return self.beyond(first, last, number, read)

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The rows after those that were read."""
        column, call = _COLUMN.search(first.text), _CALL.search(first.text)
        url = join(first.base, call[1] if call else _PROGRAM)
        if column is None or url is None:
            return []
        headers = (("Referer", first.url), ("X-Requested-With", "XMLHttpRequest"))
        asked = ({"startrecord": read + 1, "endrecord": read + n, "perpage": n} for n in _SIZES)
        more = {"columnId": column[1], "callback": "cb"}
        return [Ask(f"{url}?{urlencode(one | more)}", headers=headers) for one in asked]


def _store(page: Page) -> str:
    """The store as text: the result of an answer, else what the page hides."""
    result = dig(decoded(page), "result")
    if isinstance(result, str):
        return result
    hidden = page.selector.xpath("(//*[@id='initData'])[1]").get() or ""
    text = page.text if "<record>" in page.text else hidden
    return unescape(text) if "&lt;record" in text else text
