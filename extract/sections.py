"""The six sections of the form, found by their headings.

Headings are typed in many ways (``一、``, ``1、``, without a number when Word numbers them) and their
wording varies, so number and words are weighed together. A numbered item inside a section (（一）…, or
1. in section 五) never opens a section.
"""

from __future__ import annotations

import bisect
import itertools
import re
from dataclasses import dataclass

from extract.characters import numeral, simplify, squeeze
from extract.document import Document, Paragraph, Position
from extract.record import Section

FIRST_YEAR_OF_FORMS = 2019
"""The first report year of the uniform outline of six sections."""

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
_OWN_NUMBER = re.compile(r"^(?:第?(?P<cn>[一二三四五六七八九十]{1,3})(?:[、.．,:]|部分[、:]?))")
_LONGEST = 45


@dataclass(frozen=True, slots=True)
class Passage:
    """A section with the places of its paragraphs: ``starts`` are their offsets in its text."""

    section: Section
    starts: tuple[int, ...]
    positions: tuple[Position, ...]

    def position(self, offset: int) -> Position:
        """Where the paragraph stands that holds ``offset`` of the text of the section."""
        return self.positions[max(bisect.bisect_right(self.starts, offset) - 1, 0)]


def find_passages(document: Document, year: int | None = None) -> tuple[Passage, ...]:
    """The sections found, in the order of the document; each number at most once.

    The text of a section leaves out its heading and its tables. Before 2019 there was no uniform
    outline: the sections of a report for an earlier ``year`` keep the numbers they bear.
    """
    paragraphs = [b for b in document.blocks if isinstance(b, Paragraph)]
    heading = _own_heading if year is not None and year < FIRST_YEAR_OF_FORMS else _heading
    opened: list[tuple[int, int, str, str]] = []
    for index, paragraph in enumerate(paragraphs):
        found = heading(paragraph.text, opened[-1][1] if opened else 0)
        if found is not None:
            opened.append((index, *found))
    passages = []
    for n, (index, number, title, rest) in enumerate(opened):
        end = opened[n + 1][0] if n + 1 < len(opened) else len(paragraphs)
        body = [Paragraph(rest, paragraphs[index].position), *paragraphs[index + 1 : end]]
        passages.append(_passage(number, title, [block for block in body if block.text]))
    return tuple(passages)


def whole_text(document: Document) -> Passage:
    """All paragraphs of a document without headings, as the text of section 0."""
    return _passage(0, "", [b for b in document.blocks if isinstance(b, Paragraph)])


def opens_section(paragraph: str) -> bool:
    """Whether a paragraph is the heading of a section of the form."""
    return _heading(paragraph, 0) is not None


def speaks_of_disclosure(section: Section) -> bool:
    """Whether the heading is one of those that such reports have, in any era."""
    title = simplify(squeeze(section.title))
    return any(pattern.search(title) for pattern in _TITLES)


def _passage(number: int, title: str, body: list[Paragraph]) -> Passage:
    starts = list(itertools.accumulate((len(block.text) + 1 for block in body), initial=0))[:-1]
    text = "\n".join(block.text for block in body)
    positions = tuple(block.position for block in body)
    return Passage(Section(number, title, text), tuple(starts) or (0,), positions or (Position(),))


def _own_heading(paragraph: str, latest: int) -> tuple[int, str, str] | None:
    head, rest = _split(squeeze(paragraph))
    printed = _OWN_NUMBER.match(head)
    if printed is None or len(head) > _LONGEST or re.search("[。；;]", head):
        return None
    number = numeral(printed["cn"])
    if number is None or number <= latest:
        return None
    return number, re.sub(r"[:：。]$", "", head[printed.end() :]), rest


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
