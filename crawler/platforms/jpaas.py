"""JPaaS, the newer Hanweb 大汉 (site guide §4.2): the list is a unit that a program builds as HTML.

The number of the page counts only inside ``paramJson``; a unit without rows is the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from parsel import Selector

from crawler.pages import Page, join
from crawler.platforms.answers import decoded, dig
from crawler.platforms.base import Ask, Fetch, Part, Platform, Row, rows_in

_PROGRAM = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_VALUE = re.compile(r"['\"](webId|pageId|tplSetId|tagId)['\"]\s*:\s*['\"]([^'\"]{1,100})['\"]")
_LIST = re.compile(r"列表|list", re.I)
_SIZE = 15
MAX_UNITS = 20


class Jpaas(Platform):
    """Units of a page."""

    name = "jpaas"

    def recognise(self, page: Page) -> bool:
        """By an answer of the program, or by a unit that is a list."""
        return _PROGRAM in page.url or bool(_units(page))

    def rows(self, page: Page) -> list[Row]:
        """The rows of the unit that an answer holds, else those of the page."""
        html = dig(decoded(page), "data", "html")
        if isinstance(html, str):
            return rows_in(Selector(html or "<ul></ul>", type="html"), page.base)
        return super().rows(page)

    async def parts(self, page: Page, fetch: Fetch) -> Sequence[Part]:
        """The units that are lists."""
        found = []
        for unit in _units(page):
            fixed = {"parseType": "bulidstatic", "pageType": "column", "editType": "null"}
            url = join(page.base, f"{_PROGRAM}?{urlencode(fixed | unit | _page(1))}")
            found += [Part(Ask(url))] if url else []
        return found

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The same unit with the next number, until what it states is read or nothing new comes."""
        stated = self.stated(first)
        if decoded(first) is None or (stated.rows is not None and read >= stated.rows):
            return []
        return self.beyond(first, last, number, read)

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The same unit with the next number."""
        if decoded(first) is None:
            return []
        address, _mark, query = first.url.partition("?")
        return [Ask(f"{address}?{urlencode(dict(parse_qsl(query)) | _page(number))}")]


def _page(number: int) -> dict[str, str]:
    asked = {"pageNo": number, "pageSize": _SIZE}
    return {"paramJson": json.dumps(asked, separators=(",", ":"))}


def _units(page: Page) -> list[dict[str, str]]:
    """What the scripts of the page would ask for: one set of names for each list."""
    if "jpaas-publish-server" not in page.text or _PROGRAM in urlsplit(page.url).path:
        return []
    units = (
        dict(_VALUE.findall(data))
        for data in page.selector.xpath("//script/@queryData | //script/@querydata").getall()[
            :MAX_UNITS
        ]
    )
    return [unit for unit in units if _LIST.search(unit.get("tagId", ""))]
