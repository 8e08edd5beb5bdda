"""Rows of a column that may be the report and do not say so: they accuse nobody, and protect from being accused.

A title that is cut off, a row called 点击查看, a row that only a script opens, a title with the wrong year: a person
looks again, and so must whoever says that a report was not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from archive.audit.duty import reportable
from crawler.listing import Entry
from crawler.pages import MOST_UNLINKED, UNLINKED, Page
from crawler.titles import read_row
from extract.characters import squeeze
from extract.identity import Title, looks_like_agency, parse_title

_CUT = re.compile(r"(?:…|\.{2,}|···)\s*$")
_NAMELESS = re.compile(
    r"(?:点击|点此|此处|这里|查看|浏览|下载|打开|阅读|详情|详细|全文|原文|正文|附件|附表|附|图片|文字版|图片版|文档|文件"
    r"|年度报告|年报|报告|pdf|docx?|wps|ofd|zip|[\W\d_]|[一二三四五六七八九十])+",
    re.IGNORECASE,
)
_LIKE = re.compile(r"(?:信息|政务)公开.{0,12}(?:年报|报告|总结|情况|统计)")
_PART_OF_A_YEAR = re.compile(r"季度|半年|月份|\d月|指南|目录|申请表|流程|须知")
_BEFORE = re.compile(r"[\[(（〔]?20\d\d|二[〇零○]|(?:政府|政务)?信息公开|政务公开")


def is_mute(entry: Entry) -> bool:
    """Whether the title of a row is cut off or says nothing, so that only what it leads to can tell."""
    text = entry.row.title.strip()
    return bool(_CUT.search(text) or _NAMELESS.fullmatch(text))


def may_be_report(entry: Entry) -> Title | None:
    """What can be told of a row that is not called a report and may be one; None for all others."""
    title = read_row(entry.row.title, entry.year)
    if title.kind != "other":
        return None
    like = _LIKE.search(title.text) and not _PART_OF_A_YEAR.search(title.text)
    if not like and not is_mute(entry):
        return None
    before = _BEFORE.split(title.text, maxsplit=1)[0]
    return replace(title, agency=before if looks_like_agency(before) else None, year=None)


def unlinked(page: Page, listed: Iterable[str]) -> Iterator[Title]:
    """Reports that a page names where no address leads to them, only a script, and not in its rows too."""
    known = set(map(squeeze, listed))
    for element in page.selector.xpath(UNLINKED)[:MOST_UNLINKED]:
        text = element.attrib.get("title") or " ".join(element.xpath(".//text()").getall()[:20])
        title = parse_title(text[:300])
        if title.kind == "report" and title.year is not None and title.text not in known:
            known.add(title.text)
            yield title


def credible_year(year: int | None, day: date | None) -> int | None:
    """``year`` unless it cannot have been reported on by ``day``, where that is known."""
    if year is None or day is None or reportable(year, day):
        return year
    return None
