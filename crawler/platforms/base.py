"""What a platform is: how the lists of one family of sites are read. A site is data, not a class."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, ClassVar

from parsel import Selector

from crawler.pages import Page, link_of, only_day, parse_day
from extract.identity import parse_title

_ARTICLE = re.compile(
    r"t\d{8}_\d+|/art/\d{4}/|content_\d+|/post_\d+|/info/\d+/\d+|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-"
    r"|\.thtml\?(?:[^#]*&)?id=\d|/c_\d+|/show/\d+|P0\d{15,}|\.(?:pdf|docx?|wps|ofd|zip|rar)$|downfile\.jsp|download\.jsp",
    re.I,
)
_PAGES = re.compile(r"(?:共|/)\s*(\d{1,4})\s*页|页次[:：]?\s*\d+\s*/\s*(\d{1,4})")
_ROWS = re.compile(r"共\s*(?:有|计)?\s*(\d{1,6})\s*(?:条|篇|项|个?记录)")
_PICTURE = "图片"
"""What a link is called that shows a picture without a name."""
_EMPTY = re.compile(
    r"共\s*0\s*(?:条|篇|项)|暂无(?:相关)?(?:数据|信息|内容|记录|年报|公开)|没有(?:找到)?(?:相关)?(?:记录|内容|信息|数据)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of a list: address, title and the day it shows."""

    url: str
    title: str
    day: date | None = None
    group: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for a page of a list; ``linked`` tells that a link of the site leads there."""

    url: str
    method: str = "GET"
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """What the site says of its list: rows, pages, rows a page; None where it says nothing."""

    rows: int | None = None
    pages: int | None = None
    size: int | None = None


Fetch = Callable[[Ask], Awaitable[Page]]
"""Makes a request within the visit's budget; raises ``crawler.failures.FetchFailed``."""


@dataclass(frozen=True, slots=True)
class Part:
    """A list that no link leads to, only a script; it may be named after a year (2024年)."""

    ask: Ask
    name: str = ""


class Platform(ABC):
    """A family of sites. Stateless: everything is read from the pages."""

    name: ClassVar[str]

    @abstractmethod
    def recognise(self, page: Page) -> bool:
        """Whether ``page`` is a list of this family, by what it is and not by its host."""

    def rows(self, page: Page) -> list[Row]:
        """The entries of a page of a list."""
        return rows_in(page.selector, page.base)

    def stated(self, page: Page) -> Stated:
        """What the first page says of the whole list."""
        rows, pages = _ROWS.search(page.words), _PAGES.search(page.words)
        return Stated(int(rows[1]) if rows else None, int(pages[1] or pages[2]) if pages else None)

    def says_empty(self, page: Page) -> bool:
        """Whether the page itself states that there is nothing."""
        # A program that answers in data says so of what it was asked, which may be our mistake.
        return page.text.lstrip().startswith("<") and bool(_EMPTY.search(page.words))

    async def parts(self, page: Page, fetch: Fetch) -> Sequence[Part]:
        """The lists that the scripts of ``page`` fetch; each is read like a page of its own.

        ``fetch`` brings a script that knows what such a request must say. Its failures are passed on.
        """
        return ()

    @abstractmethod
    def following(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """Requests that may bring page ``number`` (the first is 1), the likeliest first.

        ``last`` is the page read before, ``read`` the rows so far. Which of them is right is found
        by trial on page 2; later pages take the request at the same place. Empty: there is none.
        """

    def beyond(self, first: Page, last: Page, number: int, read: int) -> Sequence[Ask]:
        """What :meth:`following` would ask if the list did not state that it ends before page ``number``.

        Lists understate: a total that nobody keeps, a pager that a script corrects. Empty where the end
        of the list is no statement but something that is not there.
        """
        return ()


def rows_in(selector: Selector, base: str) -> list[Row]:
    """The entries of a list in (a part of) a page.

    An entry is a link beside a date in a small container, a link to an article or a file, or a link
    with the title of a report. Only the list that holds the reports counts, else the longest one.
    """
    found: dict[str, Row] = {}
    pictured: dict[str, Row] = {}
    groups: dict[Any, int] = {}
    for anchor in selector.xpath("//a[@href]")[:4000]:
        link = link_of(anchor.root, base)
        if link is None:
            continue
        url, label = link.url, link.label
        picture = len(label) < 2
        if picture:
            if not anchor.xpath(".//img"):
                continue
            label = anchor.xpath("string(.//img/@alt)").get("").strip()[:300] or _PICTURE
        container = _container(anchor.root)
        around = "" if container is None else _text(container)
        day = only_day(around.replace(link.text, " ")) or _split_day(around)
        report = parse_title(label).kind == "report"
        named = report or (_ARTICLE.search(url) and len(label) >= 6)
        listed = picture and container is not None and container.tag in ("li", "tr", "dd")
        if not (day or named or listed):
            continue
        parent = container.getparent() if container is not None else None
        group = groups.setdefault(parent if parent is not None else "page", len(groups))
        if picture:
            pictured.setdefault(url, Row(url, label, day, group))
            continue
        known = found.get(url)
        if known is None or (len(label) > len(known.title) and day):
            found[url] = Row(url, label, day, group)
    # A picture beside a title leads where that leads.
    rows = [*found.values(), *(row for url, row in pictured.items() if url not in found)]
    if not rows:
        return []
    weight = Counter[int]()
    for row in rows:
        weight[row.group] += 1 + 1000 * (parse_title(row.title).kind != "other")
    main = weight.most_common(1)[0][0]
    return [r for r in rows if r.group == main or parse_title(r.title).kind == "report"]


def _text(node: Any) -> str:
    """The beginning of the text of an element: a row is short, whatever a page makes of it."""
    return " ".join("".join(islice(node.itertext(), 60)).split())[:600]


def _container(node: Any) -> Any:
    """The row that an anchor stands in: the nearest li, tr, dd, or small p or div with one link."""
    for _ in range(5):
        parent = node.getparent()
        if parent is None or not isinstance(parent.tag, str):
            return None
        if parent.tag in ("li", "tr", "dd"):
            return parent
        if parent.tag in ("body", "html", "ul", "ol", "table", "tbody", "nav", "header", "footer"):
            return node if node.tag not in ("a",) else None
        if len(list(islice(parent.iter("a"), 2))) > 1:
            return node if node.tag in ("p", "div", "span", "td") else None
        node = parent
    return None


def _split_day(text: str) -> date | None:
    # Some lists print the day above the month: 23 2025-01.
    found = re.search(r"(?<!\d)(\d{1,2})\s+(20\d\d)[-/.年](\d{1,2})(?!\d)", text)
    return parse_day(f"{found[2]}-{found[3]}-{found[1]}") if found else None
