"""Why what was read of a column may not be all of it, or not what the site says today."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.links import is_past
from crawler.pages import MOST_UNLINKED, UNLINKED, Page
from extract.counting import counted

_MOVED = re.compile(
    r"(?:本|该|此|旧|老|原)(?:网站|站|网页|页面|栏目|平台)[^。！!]{0,40}?"
    r"(?:迁移|搬迁|迁至|停止更新|不再更新|停用|停止运行|停止服务|关停|下线|关闭)"
)
_INSIDE_A_TAG = re.compile(r"<[a-zA-Z/][^<>]{0,200}\Z")
_UNFILLED = re.compile(
    r"\{\{\s*[\w.$]{0,40}(?:title|name|date|time|bt|rq)\w{0,10}\s*\}\}", re.IGNORECASE
)
_STALE = 86_400
"""Seconds: a copy older than a day says what the site showed before."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a column was not read in full."""

    kind: str
    sentence: str


def doubts(page: Page) -> list[Problem]:
    """What a page of a list says of itself that forbids to conclude from what it does not show."""
    found = []
    if page.age is None:
        found.append(Problem("stale", f"{page.url} is a copy that a cache calls out of date"))
    elif page.age > _STALE:
        days = page.age // _STALE
        found.append(
            Problem(
                "stale", f"{page.url} is a copy that a cache has kept for {counted(days, 'day')}"
            )
        )
    if moved := _MOVED.search(page.words):
        found.append(Problem("moved", f"{page.url} says that it is kept no more: {moved[0]}"))
    if _INSIDE_A_TAG.search(page.text[-300:].rstrip()):
        found.append(Problem("cut", f"{page.url} ends in the middle of a tag"))
    if _UNFILLED.search(page.words):
        found.append(Problem("needs_browser", f"{page.url} has rows that only a script fills"))
    for element in page.selector.xpath(UNLINKED)[:MOST_UNLINKED]:
        label = " ".join(element.xpath(".//text()").getall()[:5])
        if is_past(label):
            found.append(Problem("needs_browser", f"only a script of {page.url} opens {label}"))
            break
    return found
