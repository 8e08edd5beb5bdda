"""Hanweb 大汉 jcms (site guide §4.2): rows as XML in a script, further ones from ``dataproxy.jsp``.

The program wants the column's page as referrer. Some installations obey ``startrecord``, others only
``page``: the request that brings new rows is the right one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urlsplit

from parsel import Selector

from crawler.pages import Page, join
from crawler.platforms.base import Ask, Platform, Row, Stated, rows_in

_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_HREF = re.compile(r"href=[\"']([^\"']{1,2000}dataproxy[^\"']{0,2000})[\"']")
_PROXY = re.compile(r"[\"']([^\"']{0,500}dataproxy\.jsp[^\"']{0,2000})[\"']")
_NUMBERS = {
    name: re.compile(rf"(?:<{name}>|\b{name}[\"']?\s*[:=]\s*[\"']?)\s*(\d+)", re.I)
    for name in ("totalrecord", "totalpage", "perpage")
}
MAX_ROWS = 2000
"""Rows of one answer; the program sends a few hundred at most."""
_FORM = (
    "col",
    "appid",
    "webid",
    "path",
    "columnid",
    "sourceContentType",
    "unitid",
    "webname",
    "permissiontype",
)
_DEFAULTS = {"col": "1", "appid": "1", "path": "/", "sourceContentType": "1", "permissiontype": "0"}


class Hanweb(Platform):
    """Lists in a ``<datastore>``."""

    name = "hanweb"

    def recognise(self, page: Page) -> bool:
        """By the store or the program; plain ``/art/`` lists read like any other."""
        return "<datastore>" in page.text or "dataproxy.jsp" in page.text

    def rows(self, page: Page) -> list[Row]:
        """The rows of the store; of the page itself where it has none."""
        records = records_in(page.text)
        if not records:
            return super().rows(page) if "<html" in page.text[:2000].lower() else []
        html = "<ul>" + "".join(f"<li>{record}</li>" for record in records) + "</ul>"
        return rows_in(Selector(html, type="html"), page.base)

    def stated(self, page: Page) -> Stated:
        """``totalrecord``, and the blocks it takes: a block is what the first page holds."""
        total = stated_number(page.text, "totalrecord")
        if total is None:
            return super().stated(page)
        return Stated(total, size=stated_number(page.text, "perpage"))

    def says_empty(self, page: Page) -> bool:
        """A store that states zero, or a page that says so."""
        return stated_number(page.text, "totalrecord") == 0 or super().says_empty(page)

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """POST with record numbers, then GET of the group that the store names, then by ``page``."""
        total = stated_number(first.text, "totalrecord")
        group = _group(last.text) or _group(first.text)
        proxy = _PROXY.search(first.text)
        if (total is not None and read >= total) or (group is None and (not proxy or not total)):
            return []
        return self.beyond(first, last, number, read)

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The program's next rows; nothing where the page names no program."""
        group = _group(last.text) or _group(first.text)
        proxy = _PROXY.search(first.text)
        link = unescape(group or (proxy[1] if proxy else ""))
        url = join(first.base, link)
        if url is None:
            return []
        asked = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        form = {name: asked.get(name, _DEFAULTS.get(name, "")) for name in _FORM} | _from_script(
            first
        )
        program = url.partition("?")[0]
        size = stated_number(first.text, "perpage") or max(1, read // 3)
        block = max(read // (number - 1), 1)
        span = urlencode({"startrecord": read + 1, "endrecord": read + block, "perpage": size})
        headers = (("Referer", first.url), ("X-Requested-With", "XMLHttpRequest"))
        posted = (*headers, ("Content-Type", "application/x-www-form-urlencoded"))
        by_page = urlencode(
            asked | {k: v for k, v in form.items() if v} | {"page": str(number - 1)}
        )
        asks = [Ask(f"{program}?{span}", "POST", urlencode(form), posted)]
        if group:
            asks.append(Ask(url, headers=headers))
        return [*asks, Ask(f"{program}?{by_page}", headers=headers)]


def records_in(text: str) -> list[str]:
    """What stands between the tags, cut without a pattern that could be made to run for hours."""
    records = []
    for part in text.split("<record>")[1 : MAX_ROWS + 1]:
        record, end, _rest = part.partition("</record>")
        if end:
            record = record.strip().removeprefix("<![CDATA[").removesuffix("]]>")
            records.append(unescape(record) if "&lt;" in record else record)
    if not records and "dataStore" in text:
        _before, _name, store = text.partition("dataStore")
        strings = islice(_STRING.finditer(store.partition("</script>")[0]), MAX_ROWS)
        records = [re.sub(r"\\(['\"/])", r"\1", found[1] or found[2] or "") for found in strings]
    return records


def _group(text: str) -> str | None:
    """The address of the next group that a store names."""
    _before, start, rest = text.partition("<nextgroup>")
    found = _HREF.search(rest.partition("</nextgroup>")[0][:5000]) if start else None
    return found[1] if found else None


def stated_number(text: str, name: str) -> int | None:
    """What a store states under ``totalrecord``, ``totalpage`` or ``perpage``."""
    found = _NUMBERS[name].search(text)
    return int(found[1]) if found else None


def _from_script(page: Page) -> dict[str, str]:
    """The number of the column, where only its address has it."""
    column = re.search(r"/col/col(\d+)/", page.url)
    return {"columnid": column[1]} if column else {}
