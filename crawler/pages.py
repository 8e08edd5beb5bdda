"""A page as fetched: its text, its national meta tags, its links. Bytes may be anything."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import etree
from parsel import Selector

from extract.sniff import HTML, TEXT, decode, sniff

MAX_LINKS = 4000
"""Links looked at on one page; a page with more is a trap or a site map of everything."""
MAX_TEXT = 3_000_000
UNLINKED = (
    "//a[not(@href) or starts-with(@href, '#') or starts-with(@href, 'javascript')]"
    " | //*[@onclick][not(self::a)][not(.//a[@href])]"
)
"""What a visitor can click on where no address tells what it opens."""
MOST_UNLINKED = 500
_TEXTS = "//body//text()[not(ancestor::script or ancestor::style)]"
_DAY = re.compile(r"(20\d\d)\s*[-/.年—]\s*(\d{1,2})\s*[-/.月—]\s*(\d{1,2})")
_PUBLISHED = re.compile(
    # Not the days on which it was written, changed or looked at. What is looked for comes first: to look
    # back from every character of a page took longer than all else that is done with it.
    r"(?:时间|日期)(?<!(?:更新|修改|成文|生成|生效|当前|系统)..)\s*[:：]\s*(.{8,20})"
)
_SHELL = re.compile(
    r"(?:window\.|self\.|top\.|document\.)*location(?:\.href)?\s*=\s*[\"']([^\"']+)[\"']"
    r"|location\.(?:replace|assign)\(\s*[\"']([^\"']+)[\"']"
)
_REFRESH = re.compile(r"\s*[\d.]*\s*[;,]?\s*(?:url\s*=)?\s*[\"']?([^\"'>]+)", re.I)


@dataclass(frozen=True, slots=True)
class Link:
    """An anchor or a frame: absolute address, visible text, ``title`` attribute."""

    url: str
    text: str
    title: str = ""
    frame: bool = False

    @property
    def label(self) -> str:
        """What the link says: lists cut the text and keep the whole in the attribute."""
        text = re.sub(r"(?:\.{2,}|…+)$", "", self.text)
        return self.title if self.title.startswith(text) and self.title else self.text


@dataclass(eq=False)
class Page:
    """A page that was had; ``url`` is where it came from in the end, ``sent`` the body of the request."""

    url: str
    body: bytes
    capture_id: int
    fetched_at: datetime
    content_type: str = ""
    sent: str = ""
    age: int | None = 0
    """Seconds since the site made it, by what caches on the way say; None where one says only that it is stale."""

    @cached_property
    def media_type(self) -> str:
        """What the bytes are, by content; fragments of HTML and XML count as text."""
        return sniff(self.body)

    @property
    def is_page(self) -> bool:
        """Whether this is text to follow links in, and not a document."""
        return self.media_type in (HTML, TEXT)

    @cached_property
    def text(self) -> str:
        """The source, decoded; empty for a document."""
        if not self.is_page:
            return ""
        return decode(self.body[:MAX_TEXT], self.content_type)[0].replace("\x00", "")

    @cached_property
    def selector(self) -> Selector:
        """The parsed page."""
        try:
            return Selector(self.text or "<html></html>", type="html")
        except (ValueError, etree.LxmlError):
            return Selector("<html></html>", type="html")

    @cached_property
    def words(self) -> str:
        """What a reader sees, without white space between the parts."""
        # By lxml itself: a selector for each piece of text took longer than to parse the page.
        parts: Any = self.selector.root.xpath(_TEXTS, smart_strings=False)
        return " ".join(" ".join(parts).split())

    @cached_property
    def meta(self) -> dict[str, str]:
        """The meta tags with a name and a content, names in lower case; the first of each counts."""
        found: dict[str, str] = {}
        for tag in self.selector.xpath("//meta[@name][@content]")[:100]:
            name, content = tag.attrib["name"].strip().lower(), tag.attrib["content"].strip()
            if content:
                found.setdefault(name, content)
        return found

    @cached_property
    def title(self) -> str:
        """The ``<title>``."""
        return " ".join("".join(self.selector.xpath("//title[1]//text()").getall()[:20]).split())

    @cached_property
    def heading(self) -> str:
        """What the page is called: ``ArticleTitle``, the first ``<h1>``, or ``<title>``."""
        h1 = " ".join(" ".join(self.selector.xpath("(//h1)[1]//text()").getall()[:50]).split())
        return self.meta.get("articletitle") or h1 or self.title

    @cached_property
    def published(self) -> date | None:
        """The day of publication that the page displays: ``PubDate``, else 发布时间 in the text."""
        day = parse_day(self.meta.get("pubdate", "").replace("：", ":"))
        if day:
            return day
        found = _PUBLISHED.search(self.words[:20000])
        return parse_day(found[1]) if found else None

    @cached_property
    def base(self) -> str:
        """What relative addresses are relative to."""
        href = self.selector.xpath("//base/@href").get()
        return join(self.url, href) or self.url if href else self.url

    @cached_property
    def links(self) -> list[Link]:
        """Anchors and frames with addresses that can be fetched, in the order of the page."""
        return links_in(self.selector, self.base)

    @cached_property
    def shell(self) -> str | None:
        """Where a page that holds nothing itself sends its visitor: meta refresh or a script."""
        refresh = self.selector.xpath(
            "//meta[translate(@http-equiv,'REFSH','refsh')='refresh']"
            "[not(ancestor::noscript)]/@content"
        ).get()
        if refresh and (found := _REFRESH.match(refresh)) and not found[1].strip().isdigit():
            return join(self.base, found[1].strip())
        if len(self.words) > 300 or len(self.text) > 20_000:
            return None
        found = _SHELL.search(self.text)
        if found and not self.selector.xpath("//body//a[@href]"):
            return join(self.base, found[1] or found[2])
        return None


def links_in(selector: Selector, base: str) -> list[Link]:
    """The links in (a part of) a page."""
    tags = selector.xpath(".//a[@href] | .//area[@href] | .//iframe[@src] | .//frame[@src]")[
        :MAX_LINKS
    ]
    links = (link_of(tag.root, base) for tag in tags)
    return [link for link in links if link is not None]


def link_of(tag: Any, base: str) -> Link | None:
    """The link that an anchor or frame (an lxml element) is; None if it leads nowhere on the web."""
    frame = tag.tag in ("iframe", "frame")
    url = join(base, tag.get("src" if frame else "href") or "")
    if url is None:
        return None
    text = " ".join("".join(itertools.islice(tag.itertext(), 40)).split())[:300]
    return Link(url, text, (tag.get("title") or "").strip()[:300], frame)


def join(base: str, href: str) -> str | None:
    """``href`` made absolute, without its fragment; None for what is no address of the web."""
    href = href.strip()
    if not href or href.startswith("#") or len(href) > 2000:
        return None
    if re.match(r"(?!https?:)[a-z][a-z0-9+.-]*:", href, re.I) or "<?" in href or "{{" in href:
        return None
    try:
        url = urldefrag(urljoin(base, href.replace("\\", "/")))[0]
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        _ = parts.port
    except ValueError:
        return None
    return url


def number_link(page: Page, number: int) -> str | None:
    """Where a link called ``number`` leads, if to a page beside this one: a pager without 下一页."""
    beside = page.url.rpartition("/")[0]
    for link in page.links:
        named = re.sub(r"[\s\[\]第页]", "", link.text) == str(number)
        if named and link.url != page.url and link.url.rpartition("/")[0] == beside:
            return link.url
    return None


def only_day(text: str) -> date | None:
    """The day that ``text`` names; None where it names several, of which one may be the day of a change."""
    days = {found[0] for found in _DAY.finditer(text)}
    return parse_day(text) if len(days) == 1 else None


def parse_day(text: str) -> date | None:
    """The first whole date in ``text``; dashes and digits may be full-width."""
    found = _DAY.search(text)
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def path_of(url: str) -> str:
    """The path of an address, with its escapes undone."""
    return unquote(urlsplit(url).path)


def twin_key(url: str) -> str:
    """The same for addresses that serve the same page: http and https, with and without www,
    ``index.html`` and the bare directory, the ``_wap`` and ``mpost_`` twins.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    path = re.sub(r"/(?:index|default)\.(?:s?html?|jsp|aspx?|php)$", "/", parts.path)
    path = re.sub(r"_wap(\.s?html?)$", r"\1", path)
    path = re.sub(r"/mpost_(\d+\.html)$", r"/post_\1", path)
    return f"{host}{':' + str(parts.port) if parts.port not in (None, 80, 443) else ''}{path or '/'}?{parts.query}"
