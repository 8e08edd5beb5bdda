"""Who reports, on which year, for what: the identity of a document.

The agency is named as printed; which agency of the register that is, the archive resolves. The year
is the year reported on, never the year of publication. Where the document contradicts itself, the
title decides and rule ID-02 says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.characters import numeral, simplify, squeeze
from extract.document import Document, Origin, Paragraph
from extract.record import AgencyName, Dates
from extract.titles import (
    Scope,
    Title,
    is_about_reports,
    looks_like_agency,
    parse_title,
    scope_of,
)

__all__ = ["Identity", "Title", "identify", "looks_like_agency", "parse_title", "scope_of"]

_TITLE_REACH = 60
"""Paragraphs from the top among which the title is looked for: pages begin with furniture."""
_TITLE_LENGTH = 90
_PREAMBLE_REACH = 90
_TRAIL = re.compile(r"(?:当前|您的|您所在的?|所在)位置|首页[>»/›]|[>»›].*[>»›]")
"""The trail of columns above an article (首页 > 政务公开 > …); its end is no part of the title."""

_DAY = r"(20\d\d)年(\d{1,2})月(\d{1,2})日"
_PERIOD = re.compile(
    r"(20\d\d)年(\d{1,2})月(\d{1,2})日?(?:起|开始)?(?:至|到|[-—~－–])+(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})日"
)
# Converters lose 年, 月 and 日; a whole calendar year is still unmistakable.
_WHOLE_YEAR = re.compile(
    r"(20\d\d)年?0?1月?0?1日?(?:起|开始)?(?:至|到|[-—~－–])+(?:(20\d\d)年?)?12月?31日?"
)
_SIGNED = re.compile(
    r"^(?:(?P<who>.{2,40}?)[,，:：]?)?"
    r"(?:(?P<y>20\d\d)年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"
    r"|(?P<y2>20\d\d)[-/.](?P<m2>\d{1,2})[-/.](?P<d2>\d{1,2})"
    r"|(?P<y3>二[〇零○Oo0][〇零○Oo0一二三四五六七八九]{2})年(?P<m3>[一二三四五六七八九十]{1,2})月(?P<d3>[一二三四五六七八九十]{1,3})日)$"
)
_CONTACT = re.compile(
    r"(?:与|向|和|联系单位[:：]|编制单位[:：])(?P<who>[^,，。;；:：()（）]{2,40}?)(?:[(（][^)）]*[)）])?(?:进行)?(?:联系|咨询|反映)"
)
_AUTHOR = re.compile(
    r"本(?:年度)?报告(?:是)?由(?P<who>[^,，。;；:：()（）]{2,40}?)(?:[(（][^)）]*[)）])?(?:根据|依据|按照|负责|组织|编制|汇总)"
)
_COMPILED = re.compile(
    r"(?:编制|发布|形成|公布|撰写)(?:了|本|的)?(?P<title>[^,，。;；]{0,40}(?:年度报告|年报))"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a document; ``years`` lists every year it states, with where it says so."""

    title: Title | None
    agency: AgencyName
    year: int | None
    scope: Scope | None
    dates: Dates
    years: tuple[tuple[str, int], ...] = ()


def identify(document: Document, origin: Origin) -> Identity:
    """Read title, agency, year, scope and dates from the whole document.

    The agency comes from the title, else the signature at the end, else the preamble (由…编制,
    请与…联系), else the metadata of the page; ``resolved_by`` tells which.
    """
    lines = [(i, b.text) for i, b in enumerate(document.blocks) if isinstance(b, Paragraph)]
    texts = [text for _, text in lines]
    signer, signed = _signature(texts)
    preamble = _preamble(texts)
    period = _period(preamble)
    title = _title(texts, document.metadata, origin, period)
    agency = _agency(title, signer, preamble, document.metadata)
    years = _years(title, _heading(texts, title), period, preamble)
    scope = (title.scope if title else None) or scope_of(agency.name)
    return Identity(
        title=title,
        agency=agency,
        year=_year_reported_on(years),
        scope=scope,
        dates=Dates(signed=signed, period=period),
        years=tuple(years),
    )


def _title(
    texts: list[str], metadata: dict[str, str], origin: Origin, period: tuple[str, str] | None
) -> Title | None:
    named = [
        parse_title(text)
        for text in (metadata.get("ArticleTitle"), metadata.get("title"), origin.link_text)
        if text and text.strip()
    ]
    for candidate in named:
        # Site names such as 财政预决算公开平台 stand in the title of every page of a site.
        if candidate.kind == "lookalike" and is_about_reports(candidate):
            return candidate
    printed = _printed_title(texts)
    if printed is None or printed.kind != "report":
        reports = [candidate for candidate in named if candidate.kind == "report"]
        return reports[0] if reports else printed or (named[0] if named else None)
    for candidate in named:
        # Links to reports of other years and agencies may stand above the title that the page names.
        confirmed = candidate.year and period in (None, _whole_year(candidate.year))
        if candidate.kind == "report" and confirmed and not _is_named(printed, candidate):
            below = _printed_title(texts, candidate)
            if below is not None and _is_named(below, candidate):
                printed = below
                break
    if printed.agency is None or printed.year is None:
        for candidate in named:
            complete = candidate.kind == "report" and candidate.agency and candidate.year
            if complete and printed.year in (None, candidate.year):
                return candidate
    return printed


def _whole_year(year: int) -> tuple[str, str]:
    return f"{year}-01-01", f"{year}-12-31"


def _is_named(title: Title, name: Title) -> bool:
    """Whether a title is the one that the page names, by year and agency as far as it names them."""
    return (
        title.kind == "report" and title.year == name.year and name.agency in (None, title.agency)
    )


def _printed_title(texts: list[str], name: Title | None = None) -> Title | None:
    """The title in the text: the first of a report with a year, joined over up to three lines.

    With ``name`` the first that is so named.
    """
    head = [squeeze(text) for text in texts[:_TITLE_REACH]]
    fallback: Title | None = None
    for start, line in enumerate(head):
        if not line or len(line) > _TITLE_LENGTH or re.search(r"[。；]$", line):
            continue
        if _TRAIL.search(line):
            continue
        for length in (1, 2, 3):
            part = head[start : start + length]
            if len(part) < length or not _may_break(part):
                break
            title = parse_title("".join(part))
            if title.kind == "lookalike" and (fallback is None or fallback.kind != "report"):
                fallback = fallback or title
                break
            if title.kind != "report" or len(title.text) > _TITLE_LENGTH:
                continue
            above = head[start - 1] if start else ""
            if title.agency is None and looks_like_agency(above):
                title = parse_title(above + title.text)
            if name is not None and title.year is not None and not _is_named(title, name):
                break
            if title.year is not None:
                return _prefer_notice(fallback, title)
            if fallback is None or fallback.kind != "report":
                fallback = title
            break
    return fallback or next((parse_title(line) for line in head if line), None)


def _heading(texts: list[str], title: Title | None) -> Title | None:
    """The title the document itself bears below the one the page gives it, if there are two."""
    if title is None or title.kind != "report":
        return None
    below = False
    for line in (squeeze(text) for text in texts[:_TITLE_REACH]):
        candidate = parse_title(line) if 0 < len(line) <= _TITLE_LENGTH else None
        if candidate is None or candidate.kind != "report" or candidate.year is None:
            continue
        if below and candidate.year != title.year:
            return candidate
        below = below or candidate.year == title.year
    return None


def _prefer_notice(earlier: Title | None, report: Title) -> Title:
    """A notice that carries the template of a report as its annex stays a notice."""
    if earlier is not None and earlier.kind == "lookalike" and "通知" in simplify(earlier.text):
        return earlier
    return report


def _may_break(lines: list[str]) -> bool:
    """Whether a title can run over these lines: each but the last is visibly a part of one."""
    return all(
        looks_like_agency(line)
        or re.search(r"20\d\d|二[〇零○]|年度$|政府信|信息公|政务公", simplify(line))
        for line in lines[:-1]
    ) and all(len(line) <= 60 for line in lines)


def _preamble(texts: list[str]) -> str:
    head: list[str] = []
    for text in texts[:_PREAMBLE_REACH]:
        head.append(squeeze(text))
        if sum(map(len, head)) > 6000:
            break
    return "\n".join(head)


def _period(preamble: str) -> tuple[str, str] | None:
    for found in _PERIOD.finditer(preamble):
        y, m, d, y2, m2, d2 = (int(g) if g else None for g in found.groups())
        first, last = _iso(y, m, d), _iso(y2 or y, m2, d2)
        if first and last and m == 1 and m2 == 12:
            return first, last
    whole = _WHOLE_YEAR.search(preamble)
    if whole:
        return f"{whole[1]}-01-01", f"{whole[2] or whole[1]}-12-31"
    for found in _PERIOD.finditer(preamble):
        y, m, d, y2, m2, d2 = (int(g) if g else None for g in found.groups())
        first, last = _iso(y, m, d), _iso(y2 or y, m2, d2)
        sentence = preamble[max(0, found.start() - 40) : found.end() + 20]
        if first and last and re.search(r"统计|数据|期限|时限|报告", sentence):
            return first, last
    return None


def _iso(year: int | None, month: int | None, day: int | None) -> str | None:
    if not year or not month or not day or not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return f"{year:04}-{month:02}-{day:02}"


def _signature(texts: list[str]) -> tuple[str | None, str | None]:
    """Signer and date below the text; pages go on with furniture, so the last six dates count."""
    lines = [squeeze(text) for text in texts]
    lines = [line for line in lines if line]
    for index in range(len(lines) - 1, max(-1, len(lines) - 15), -1):
        found = _SIGNED.match(lines[index])
        if not found:
            continue
        date = _signed_date(found)
        who = found["who"] or (lines[index - 1] if index else "")
        signed = looks_like_agency(who)
        # 发布时间：… is no signature, and a bare 2025-01-20 is one only below a name.
        if date is None or (not signed and (found["who"] or found["y2"])):
            continue
        return (who if signed else None), date
    return None, None


def _signed_date(found: re.Match[str]) -> str | None:
    for suffix in ("", "2", "3"):
        parts = [found[name + suffix] for name in "ymd"]
        if all(parts):
            year, month, day = (numeral(part) for part in parts)
            return _iso(year, month, day)
    return None


def _agency(
    title: Title | None, signer: str | None, preamble: str, metadata: dict[str, str]
) -> AgencyName:
    if title and title.kind == "report" and title.agency:
        return AgencyName(title.agency, "title")
    if signer:
        return AgencyName(signer, "signature")
    for pattern in (_AUTHOR, _CONTACT):
        found = pattern.search(preamble)
        if found and looks_like_agency(found["who"]) and not re.match(r"[我本]", found["who"]):
            return AgencyName(found["who"], "body")
    compiled = _COMPILED.search(preamble)
    if compiled:
        inner = parse_title(compiled["title"])
        if inner.agency and looks_like_agency(inner.agency):
            return AgencyName(inner.agency, "body")
    source = metadata.get("ContentSource", "").strip()
    if looks_like_agency(source):
        return AgencyName(squeeze(source), "metadata")
    return AgencyName(None)


def _year_reported_on(years: list[tuple[str, int]]) -> int | None:
    """The year of the title; where the document's own heading and period agree on another, theirs.

    Last year's report under this year's link has the page's title, but its own heading and period.
    A stale period alone is a slip of the pen, and the title stands.
    """
    stated = dict(years)
    if "heading" in stated and stated.get("period", stated["heading"]) == stated["heading"]:
        return stated["heading"]
    return years[0][1] if years else None


def _years(
    title: Title | None, heading: Title | None, period: tuple[str, str] | None, preamble: str
) -> list[tuple[str, int]]:
    years: list[tuple[str, int]] = []
    if title and title.kind == "report" and title.year:
        years.append(("title", title.year))
    if heading and heading.year:
        years.append(("heading", heading.year))
    if period:
        years.append(("period", int(period[0][:4])))
    for found in _COMPILED.finditer(preamble):
        inner = parse_title(found["title"])
        # 在2017年度…报告的基础上编制 names last year's report; only the sentence about this one counts.
        if inner.kind == "report" and inner.year:
            years.append(("preamble", inner.year))
            break
    if not years:
        opening = re.search(r"(?:^|\n)(?:[一1][、.]总体情况\n?)?(20\d\d)年(?:度)?[,，]", preamble)
        if opening:
            years.append(("text", int(opening[1])))
    return years
