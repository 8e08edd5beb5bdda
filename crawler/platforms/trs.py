"""TRS WCM 拓尔思 and all who page like it (site guide §4.1): the pager is a call in a script.

The call states how many pages there are; whether page 2 is ``index_1`` or ``index_2`` follows from the
number it gives the first page, and is decided by trial, because the numbers can be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.pages import Page
from crawler.platforms.base import Ask, Platform, Stated
from crawler.platforms.generic import numbered

_CALL = re.compile(
    r"createPage(?:HTML)?\s*\(\s*(?:[\"'](?P<box>[^\"']*)[\"']\s*,\s*)?(?P<total>\d+)\s*,\s*(?P<current>\d+)\s*,"
    r"\s*[\"'](?P<stem>[^\"']+)[\"']\s*,\s*[\"'](?P<ext>\w+)[\"']"
    r"(?:\s*,\s*(?:[\"'][^\"']*[\"']\s*,\s*)?(?P<rows>\d+))?"
)
_COUNT = re.compile(r"(?:var\s+)?countPage\s*=\s*(\d+)")
_SET_PAGE = re.compile(r"pagination\(\s*[\"']setPage[\"']\s*,\s*(\d+)\s*,\s*(\d+)")
_CONFIG = re.compile(r"pagination_script_config[\s\S]{0,300}?total[\"']?\s*[:=]\s*(\d+)")
_VALIDATION = re.compile(r"(?:ele|this|obj)\.value\s*>\s*(?:parseInt\()?\s*(\d+)")
_ARTICLE = re.compile(r"/t\d{8}_\d+\.s?html?")
_EDITOR = re.compile(r"TRS_Editor|trs_editor_view|TRS_UEDITOR|Custom_UnionStyle")


@dataclass(frozen=True, slots=True)
class Pager:
    """What the call says: pages, the base of the numbers, the file name, and rows if it gives them."""

    pages: int
    base: int
    stem: str = "index"
    extension: str = "html"
    rows: int | None = None


class Trs(Platform):
    """Lists with a pager that a script writes."""

    name = "trs"

    def recognise(self, page: Page) -> bool:
        """By the pager, or by the names of the articles."""
        return (
            pager(page) is not None
            or sum(bool(_ARTICLE.search(link.url)) for link in page.links) >= 2
            or bool(_EDITOR.search(page.text))
        )

    def stated(self, page: Page) -> Stated:
        """Pages by the call; its last number is the size of a page on some sites, so rows count only
        where they exceed a page.
        """
        found = pager(page)
        if found is None:
            return super().stated(page)
        shown = len(self.rows(page))
        rows = found.rows if found.rows is not None and found.rows > shown else None
        if rows is not None and found.pages == 1:
            rows = None  # One page that is not full: the number is the size of a page.
        return Stated(rows, found.pages)

    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """Both numberings, the one that the call implies first, as long as it states more pages."""
        found = pager(first)
        if found is None:
            pages = super().stated(first).pages
            return numbered(first.url, number) if pages and number <= pages else []
        return self.beyond(first, last, number, read) if number <= found.pages else []

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """Both numberings."""
        found = pager(first)
        if found is None:
            return numbered(first.url, number) if super().stated(first).pages else []
        asks = numbered(first.url, number, found.stem, found.extension)
        return asks if found.base == 0 else asks[::-1]


def pager(page: Page) -> Pager | None:
    """The pager of a page, in any of the forms that were seen."""
    call = _CALL.search(page.text)
    if call:
        return Pager(
            int(call["total"]),
            1 if int(call["current"]) >= 1 else 0,
            call["stem"],
            call["ext"],
            int(call["rows"]) if call["rows"] else None,
        )
    for pattern, base in ((_COUNT, 0), (_SET_PAGE, 1), (_CONFIG, 0), (_VALIDATION, 1)):
        found = pattern.search(page.text)
        if found:
            total = int(found[1]) if pattern is not _SET_PAGE else max(map(int, found.groups()))
            return Pager(total, base)
    return None
