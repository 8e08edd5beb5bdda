"""From a row to the report: the page itself, or the document that it links, shows or is."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

from crawler.failures import FetchFailed
from crawler.fetcher import Fetcher
from crawler.pages import Link, Page, join, twin_key
from crawler.platforms.base import Ask, Row, rows_in
from extract.identity import Title, parse_title

logger = logging.getLogger(__name__)

MAX_ATTACHMENTS = 4
"""Attachments tried for one report; the others are the same in other formats, or annexes."""
_ENDINGS = ("pdf", "docx", "doc", "wps", "ofd", "zip")
_FILE = re.compile(r"\.(pdf|docx?|wps|ofd|zip)(?=$|[?&#\"'])", re.I)
_DOWNLOAD = re.compile(
    r"downfile\.jsp|download\.jsp|/download/|/attachment/|downloadfile|filedown", re.I
)
_QUOTED = re.compile(
    r"\b(?:file|pdf|doc|url|src|attach)\w{0,12}[\"']?\s*[:=]\s*[\"']([^\"'\s<>{}]{1,300}\.(?:pdf|docx?|wps|ofd))[\"']",
    re.I,
)
_MAX_QUOTED = 20
MAX_PICTURES = 30
_FEW_WORDS = 400
_PART = re.compile(
    r"附件|附表|统计表|第[一二三四五六七八九十\d]+(?:部分|章)|[（(][一二三四五六七八九十\d上中下][)）]"
)
_ICON = re.compile(r"icon|logo|share|qrcode|ewm|print|/images?/(?:ico|btn|bg)|\.(?:gif|svg)$", re.I)
_BODY = (
    "//*[contains(@class,'TRS_Editor') or contains(@class,'trs_editor_view') or contains(@class,'TRS_UEDITOR')"
    " or contains(@class,'Custom_UnionStyle') or contains(@class,'article-content') or contains(@class,'v_news_content')"
    " or contains(@class,'contentxxgk') or contains(@class,'j-fontContent') or contains(@class,'main-txt')"
    " or @id='zoom' or @id='Zoom' or @id='UCAP-CONTENT' or starts-with(@id,'vsb_content') or @id='ivs_content']"
)
"""Where the families put the text of an article (site guide §4)."""
_GRAPHIC = re.compile(r"一图|图解|图说|解读|H5|动漫")
_HEADINGS = (
    "总体情况",
    "主动公开政府信息",
    "申请情况",
    "行政复议",
    "存在的主要问题",
    "其他需要报告",
)
_TABLE_MARKS = ("第二十条", "本年新收", "结果维持", "予以公开", "本年度办理结果", "商业企业")


@dataclass(frozen=True, slots=True)
class Report:
    """What a row led to. ``document_id`` is the capture of the report itself, None where it could not
    be had (``note`` says why). ``listing`` is the page where the row led to a list instead. ``certain``
    tells that what was found is a document, or a page with the text or the title of a report.
    """

    document_id: int | None
    day: date | None = None
    heading: Title | None = None
    listing: Page | None = None
    note: str = ""
    certain: bool = True


def holds_report(page: Page) -> bool:
    """Whether a page has the report in its text: the tables of the form, or its headings at length."""
    if not page.is_page or len(page.text) < 500:
        return False
    words = page.words
    tables = len(page.selector.xpath("//table"))
    marks = sum(mark in words for mark in _TABLE_MARKS)
    if tables and marks >= 3:
        return True
    return sum(heading in words for heading in _HEADINGS) >= 4 and len(words) > 1200


def is_file(url: str) -> bool:
    """Whether an address is that of a document, by its name."""
    return bool(_FILE.search(unquote(url)) or _DOWNLOAD.search(url))


async def fetch_report(fetcher: Fetcher, row: Row, listed_on: str | None = None) -> Report:
    """Fetch the report behind a row of the page ``listed_on``.

    Raises :class:`crawler.failures.BudgetSpent`.
    """
    purpose = "document" if is_file(row.url) else "article"
    try:
        page = await fetcher.open(_click(row.url, listed_on), purpose, conditional=True)
    except FetchFailed as failure:
        return Report(None, row.day, note=failure.detail)
    if not page.is_page:
        return Report(page.capture_id, row.day)
    days = [day for day in (row.day, page.published) if day is not None]
    day = min(days) if days else None
    heading = parse_title(page.heading)
    if holds_report(page):
        return Report(page.capture_id, day, heading)
    files = attachments(page)
    if files:
        document_id, note = await _documents(fetcher, page, files)
        return Report(document_id, day, heading, note=note)
    if heading.kind == "report" and (pictures := images(page)):
        document_id, note = await _pictures(fetcher, page, pictures)
        return Report(document_id, day, heading, note=note)
    for link in (link for link in page.links if link.frame):
        try:
            inner = await fetcher.open(link.url, "document", conditional=True)
        except FetchFailed as failure:
            logger.info("%s: %s", link.url, failure.detail)
            continue
        if not inner.is_page or holds_report(inner):
            return Report(inner.capture_id, day, heading)
    others = [
        other
        for other in rows_in(page.selector, page.base)
        if parse_title(other.title).kind == "report" and twin_key(other.url) != twin_key(row.url)
    ]
    if others and "articletitle" not in page.meta:
        return Report(None, day, heading, listing=page)
    return Report(page.capture_id, day, heading, certain=heading.kind == "report")


def _click(url: str, on: str | None) -> Ask:
    """What a browser asks when a link is clicked: some programs give files to visitors of a page only."""
    return Ask(url, headers=(("Referer", on),) if on else ())


async def _documents(fetcher: Fetcher, article: Page, files: list[str]) -> tuple[int | None, str]:
    """Fetch the report and what belongs to it; the first that is a document is the report."""
    note = ""
    document_id = None
    for number, url in enumerate(files[:MAX_ATTACHMENTS]):
        if document_id is not None and not _PART.search(_label(article, url)):
            continue  # The same in another format.
        try:
            page = await fetcher.get(_click(url, article.url), "document", conditional=True)
        except FetchFailed as failure:
            if document_id is None or number == 0:
                note = note or failure.detail
            continue
        if document_id is None and (not page.is_page or holds_report(page)):
            document_id = page.capture_id
        elif document_id is None:
            note = note or f"{url} is not a document"
    return document_id, "" if document_id is not None else note


def _label(article: Page, url: str) -> str:
    return next((link.label for link in article.links if link.url == url), "")


async def _pictures(fetcher: Fetcher, article: Page, urls: list[str]) -> tuple[int | None, str]:
    """Fetch a report whose pages are pictures: the picture if there is one, else the article with all of them
    in their order.
    """
    had: list[Page] = []
    for url in urls:
        try:
            page = await fetcher.get(_click(url, article.url), "document", conditional=True)
        except FetchFailed as failure:
            return article.capture_id, f"a page of the report is missing: {failure.detail}"
        had.append(page)
    if len(had) == 1:
        return had[0].capture_id, ""
    composed = fetcher.compose(article, had)
    if composed is None:
        return article.capture_id, "the pages of the report, which are pictures, are too large"
    return composed, ""


def images(page: Page) -> list[str]:
    """The pictures in the text of an article that has no other text to speak of."""
    for body in page.selector.xpath(_BODY)[:5]:
        words = "".join("".join(body.xpath(".//text()").getall()).split())
        urls = (join(page.base, src) for src in body.xpath(".//img/@src").getall()[:MAX_PICTURES])
        shown = list(dict.fromkeys(url for url in urls if url and not _ICON.search(url)))
        if shown and len(words) < _FEW_WORDS:
            return shown
    return []


def attachments(page: Page) -> list[str]:
    """Addresses of the documents that a page links, shows in a viewer or embeds, the best first."""
    found: dict[str, tuple[int, int]] = {}
    for order, link in enumerate([*page.links, *_embedded(page)]):
        for url in _targets(link, page.base):
            found.setdefault(url, (_rank(link, url), order))
    if not found:
        # Viewers and catalogues name their file in a script only.
        for order, quoted in enumerate(_QUOTED.findall(page.text)[:_MAX_QUOTED]):
            named = join(page.base, quoted.replace("\\/", "/"))
            if named:
                found.setdefault(named, (_rank(Link(named, ""), named), order))
    return sorted(found, key=lambda url: found[url])


def _targets(link: Link, base: str) -> list[str]:
    """The document of a link, also where a viewer takes it as a parameter."""
    query = parse_qs(urlsplit(link.url).query)
    for name in ("file", "src", "url", "pdf"):
        for value in query.get(name, ()):
            inner = join(link.url, value) if _FILE.search(value) else None
            if inner and not _DOWNLOAD.search(link.url):
                return [inner]
    return [link.url] if is_file(link.url) or _FILE.search(link.text) else []


def _embedded(page: Page) -> list[Link]:
    addresses = page.selector.xpath("//embed/@src | //object/@data").getall()
    urls = (join(page.base, address) for address in addresses[:20])
    return [Link(url, "", frame=True) for url in urls if url]


def _rank(link: Link, url: str) -> int:
    named = _FILE.search(unquote(url)) or _FILE.search(link.text)
    ending = _ENDINGS.index(named[1].lower()) if named else len(_ENDINGS)
    kind = parse_title(link.label).kind
    graphic = 100 if _GRAPHIC.search(link.label) else 0
    return ending + {"report": 0, "other": 10, "lookalike": 100}[kind] + graphic
