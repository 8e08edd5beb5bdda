"""The six sections of the form, found by their headings.

Headings are typed in many ways (``一、``, ``1、``, without a number when Word numbers them) and their
wording varies, so number and words are weighed together. A numbered item inside a section (（一）…, or
1. in section 五) never opens a section.
"""

from __future__ import annotations

import re

from extract.characters import numeral, simplify, squeeze
from extract.document import Document, Paragraph
from extract.record import Section

_TITLES = (
    re.compile(r"总体(?:情况|概述|概况|工作)|基本情况|工作概况|^概述|^概况"),
    re.compile(r"主动公开"),
    re.compile(r"(?:收到|受理|办理|处理).{0,8}申请|依申请公开"),
    re.compile(r"行政复(?:议|诉)|行政诉讼|行政法复议"),
    re.compile(
        r"问题.{0,8}(?:改进|措施|下一步|打算)|存在的?(?:主要)?问题|主要问题|改进(?:情况|措施)"
    ),
    re.compile(r"其他.{0,6}(?:报告|说明)"),
)
_NUMBER = re.compile(
    r"^(?P<cn>[一二三四五六七八九])[、.．,:]|^(?P<digit>[1-9])[、.．](?!\d)|^第(?P<part>[一二三四五六七八九])(?:部分|章)"
)
_WHOLE_TITLES = (
    re.compile(r"总体情况"),
    re.compile(r"主动公开政府信息(?:的)?情况"),
    re.compile(r"收到和处理政府信息公开申请(?:的)?情况"),
    re.compile(
        r"(?:因)?政府信息公开(?:工作)?(?:被申请)?(?:申请)?行政复议.{0,12}行政诉讼(?:的)?情况"
    ),
    re.compile(r"(?:政府信息公开工作)?存在的?主要问题[及和与]改进(?:情况|措施)"),
    re.compile(r"其他需要报告的?事项"),
)
_LONGEST = 45


def find_sections(document: Document) -> tuple[Section, ...]:
    """The sections found, in the order of the document; each number at most once.

    The text of a section leaves out its heading and its tables.
    """
    paragraphs = [b.text for b in document.blocks if isinstance(b, Paragraph)]
    opened: list[tuple[int, int, str, str]] = []
    for index, paragraph in enumerate(paragraphs):
        latest = opened[-1][1] if opened else 0
        found = _heading(paragraph, latest)
        if found is not None:
            opened.append((index, *found))
    sections = []
    for n, (index, number, title, rest) in enumerate(opened):
        end = opened[n + 1][0] if n + 1 < len(opened) else len(paragraphs)
        body = [rest, *paragraphs[index + 1 : end]]
        text = "\n".join(line for line in body if line)
        sections.append(Section(number, title, text))
    return tuple(sections)


def heading_of(paragraph: str) -> tuple[int, str] | None:
    """Number and title if ``paragraph`` begins with the heading of a section of the form."""
    found = _heading(paragraph, 0)
    return found[:2] if found else None


def _heading(paragraph: str, latest: int) -> tuple[int, str, str] | None:
    line = squeeze(paragraph)
    head, rest = _split(line)
    if len(head) > _LONGEST:
        return None
    plain = simplify(head)
    printed = _NUMBER.match(plain)
    words = plain[printed.end() :] if printed else plain
    if printed:
        group = printed["cn"] or printed["digit"] or printed["part"]
        number = numeral(group) or 0
        by_words = [n for n, pattern in enumerate(_TITLES, start=1) if pattern.search(words)]
        if number in by_words:
            chosen: int | None = number
        elif len(by_words) == 1 and not printed["digit"]:
            # Numbering that restarts or skips; the words tell the section.
            chosen = by_words[0]
        elif any(p.fullmatch(words) for p in _WHOLE_TITLES):
            chosen = next(n for n, p in enumerate(_WHOLE_TITLES, 1) if p.fullmatch(words))
        else:
            chosen = None
    else:
        chosen = next((n for n, p in enumerate(_WHOLE_TITLES, 1) if p.fullmatch(words)), None)
    if chosen is None or chosen <= latest:
        return None
    title = re.sub(r"[:：。]$", "", head[printed.end() :] if printed else head)
    return chosen, title, rest


def _split(line: str) -> tuple[str, str]:
    """A heading may be followed by text on its line: 六、其他需要报告的事项：无。"""
    found = re.match(r"^(.{2,45}?(?:情况|事项|措施|问题|概述|概况|打算))[::。](.+)$", line)
    return (found[1], found[2]) if found else (line, "")
