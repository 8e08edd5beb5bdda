"""Epoint 新点 WebBuilder (site guide §4.9): rows only from a program that is asked in JSON.

What it must be told stands in the page (``categorynum``, in its address or a script) and in the site's
``webBuilderCommon.js`` (the site's number and the project's path). Installations count pages from 0 or
from 1; the number that brings new rows is the right one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawler.pages import Page, join
from crawler.platforms.answers import decoded, dig, number, parsed, rows_of
from crawler.platforms.base import Ask, Fetch, Part, Platform, Row, Stated

_SCRIPT = re.compile(
    r"[\"']([^\"'\s]{0,200}(?:webBuilderCommon|ajaxReq)\.js)(?:\?[^\"']{0,40})?[\"']"
)
_PROGRAM = "/rest/lightfrontaction/getgovinfolist"
_SIZE = 15


class Epoint(Platform):
    """Lists of a category of disclosure."""

    name = "epoint"

    def recognise(self, page: Page) -> bool:
        """By an answer of the program, or by the site's script beside a category."""
        scripted = bool(_SCRIPT.search(page.text)) and bool(_setting(page, "categorynum"))
        return _records(page) is not None or scripted

    def rows(self, page: Page) -> list[Row]:
        """The records of an answer, else the rows of the page; its templates (``<?=el.link?>``) are none."""
        records = _records(page)
        if records is None:
            return super().rows(page)
        days = ("infodate", "publishdate", "date")
        return rows_of(records, page.base, ("infourl", "href"), ("realtitle", "title"), days)

    def stated(self, page: Page) -> Stated:
        """``total`` of an answer."""
        if _records(page) is None:
            return super().stated(page)
        return Stated(number(dig(decoded(page), "custom", "total")))

    def says_empty(self, page: Page) -> bool:
        """A total of zero, or a page that says so."""
        if _records(page) is None:
            return super().says_empty(page)
        return self.stated(page).rows == 0

    async def parts(self, page: Page, fetch: Fetch) -> Sequence[Part]:
        """The program's list of the page's category, where the page shows nothing itself."""
        category, script = _setting(page, "categorynum"), _SCRIPT.search(page.text)
        if category is None or script is None or self.rows(page):
            return ()
        url = join(page.base, script[1])
        settings = await fetch(Ask(url)) if url else page
        project = _setting(settings, "projectName") or _setting(page, "projectName") or "EWB-FRONT"
        program = join(page.base, f"/{project.strip('/')}{_PROGRAM}")
        asked = {
            "deptcode": _setting(page, "deptcode") or "",
            "categorynum": category,
            "pageIndex": 0,
            "pageSize": _SIZE,
            "siteGuid": _setting(settings, "siteGuid") or "",
        }
        return [Part(_ask(program, asked, page.url))] if program else ()

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The next page of the program, counted from 0 or from 1, until its total is read."""
        total = self.stated(first).rows
        if total is not None and read >= total:
            return []
        return self.beyond(first, last, number, read)

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """The next page of the program, counted from 0 or from 1."""
        asked = parsed(first.sent)
        if not isinstance(asked, dict):
            return []
        return [_ask(first.url, asked | {"pageIndex": n}, first.url) for n in (number - 1, number)]


def _ask(program: str, asked: dict[str, Any], referrer: str) -> Ask:
    headers = (("Content-Type", "application/json; charset=utf-8"), ("Referer", referrer))
    return Ask(program, "POST", json.dumps(asked), headers)


def _records(page: Page) -> list[Any] | None:
    records = dig(decoded(page), "custom", "data")
    return records if isinstance(records, list) else None


def _setting(page: Page, name: str) -> str | None:
    """A value that the address or a script of a page gives to ``name``."""
    asked = dict(parse_qsl(urlsplit(page.url).query)).get(name)
    found = re.search(rf"\b{name}[\"']?\s*[:=]\s*[\"']([\w/.-]{{1,100}})[\"']", page.text)
    return asked or (found[1] if found else None)
