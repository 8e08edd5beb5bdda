"""Whether the tables of a document belong to the report that its title names.

Pages hold reports of several years or agencies, one below the other, and of some only the pictures of the
tables: then the only tables to be found are those of another report.
"""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import takewhile

from extract.characters import simplify, squeeze
from extract.document import Document, Paragraph
from extract.identity import Identity
from extract.sections import opens_section
from extract.titles import Title, parse_title

_TITLE_LENGTH = 90
_FILLED_BY = re.compile(
    r"(?:填报|填表|报送|编报|统计)(?:单位|机关|部门)(?:[(（][^)）]{1,4}[)）])?[:：]([^:：,，;；。()（）]{3,30}?)(?=填|报|统|日期|$|20)"
)
_AGENCY = re.compile(r"(?:局|厅|委员会|委|镇|乡|街道|街道办事处|管委会)$")
_LINE = 16
_DRAFT = re.compile(
    r"(?:(?:征求意见|意见征求|送审|报审|审核|审议|审阅|讨论|修改|修订|代拟|待审)稿|初稿|草稿|草案|(?<!定)底稿)[)）】〉》\]]?[\d.]{0,3}$"
)
_COUNTED = re.compile(
    r"(?:^|[。；;])(20\d\d)年度?(?!\d{1,2}月|以来|底|末|[起初前])[^。；;\n]{0,60}?"
    r"(?:公开|信息|申请|发布|受理|答复)[^。；;\n]{0,40}?(?<![第\d])\d+(?:件|条|宗)",
    re.MULTILINE,
)
"""A sentence that says of a year how much was done in it."""
_FEWEST, _MOST = 9, 18
"""Months; periods between are those of a year that was closed early, or began with another one."""
_TWO_YEARS = re.compile(r"(20\d\d)年?度?[-—–~～至和、](20\d\d)年")


def why_not_its_own(document: Document, identity: Identity, tables: Container[int]) -> str | None:
    """Why the figures in ``tables`` (numbers in the document) may be those of another report, if they may."""
    period = _two_years(identity.title) or identity.dates.period
    # A period that ends before it begins is misprinted.
    if period and (months := _months(*period)) > 0 and not _FEWEST < months < _MOST:
        return f"is a figure for {period[0]} to {period[1]} and not for one year"
    if _is_draft(document, identity):
        return "stands in a document that says it is a draft"
    other = _title_above(document, identity, tables)
    if other:
        return f"stands below the title of another report, “{other.text[:60]}”"
    filler = _other_filler(document, identity, tables)
    return f"stands in a table that “{filler}” filled in" if filler else None


def _two_years(title: Title | None) -> tuple[str, str] | None:
    """The first and the last of the years that a title joins."""
    found = _TWO_YEARS.search(title.text) if title else None
    return (f"{found[1]}-01-01", f"{found[2]}-12-31") if found else None


def _months(start: str, end: str) -> int:
    """The months of a period, begun ones counted."""
    (first, from_month), (last, to_month) = (map(int, day.split("-")[:2]) for day in (start, end))
    return 12 * (last - first) + to_month - from_month + 1


def _is_draft(document: Document, identity: Identity) -> bool:
    """Whether the title, or a line above the first section, says that the text is not the final one."""
    if identity.title and _DRAFT.search(identity.title.text):
        return True
    above = takewhile(
        lambda text: not opens_section(text),
        (block.text for block in document.blocks if isinstance(block, Paragraph)),
    )
    return any(len(text) <= _LINE and _DRAFT.search(squeeze(text)) for text in above)


def strange_pages(document: Document, year: int | None) -> set[int]:
    """The pages of a document that may have been bound into it: those of the report of another year."""
    told: dict[int, str] = {}
    for block in document.blocks:
        if isinstance(block, Paragraph) and block.position.page:
            page = block.position.page
            told[page] = f"{told.get(page, '')}\n{squeeze(block.text)}"
    return {*document.strange_pages} | {page for page, text in told.items() if _tells(text, year)}


def _tells(text: str, year: int | None) -> bool:
    """Whether a page counts what was done in an earlier year, and does not name that of the report."""
    if year is None or str(year) in text:
        return False
    return any(int(found[1]) < year for found in _COUNTED.finditer(text))


def _title_above(document: Document, identity: Identity, tables: Container[int]) -> Title | None:
    """The title of another report that stands in the text between sections and one of the tables."""
    begun = False
    other: Title | None = None
    number = -1
    for block in document.blocks:
        if not isinstance(block, Paragraph):
            number += 1
            if other and number in tables:
                return other
        elif len(block.text) <= _TITLE_LENGTH:
            begun = begun or opens_section(block.text)
            # 附件：… and 上一篇：… name a document that is somewhere else.
            if begun and "公开" in block.text and not re.search(r"[:：。]", block.text):
                title = parse_title(block.text)
                if title.kind == "report" and title.year:
                    other = title if _differs(title, identity) else None
    return None


def _differs(title: Title, identity: Identity) -> bool:
    if title.year != identity.year:
        return True
    return _are_apart(title.agency, identity.agency.name)


def _are_apart(one: str | None, other: str | None) -> bool:
    """Whether two names, as far as both are known, cannot be those of one agency."""
    names = [simplify(squeeze(name)) for name in (one, other) if name]
    if len(names) < 2:
        return False
    short, long = sorted(names, key=len)
    # 洪泽区人民政府 is 淮安市洪泽区人民政府, 科右中旗 is 科尔沁右翼中旗.
    rest = iter(long)
    return not all(char in rest for char in short)


def _other_filler(document: Document, identity: Identity, tables: Container[int]) -> str | None:
    """The agency that a line beside one of the tables names as the one that filled it in, if it is another one.

    Offices and divisions of an agency (办公室, 法规科) fill in tables as well.
    """
    own = identity.agency.name
    if not own or not _AGENCY.search(squeeze(own)):
        return None
    number = -1
    beside = False
    above = ""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            lines = [block.text] if beside else []
            beside, above = False, block.text
        else:
            number += 1
            beside = number in tables
            first = [cell.text for cell in block.cells if cell.row == 0]
            lines = [above, *(first if len(first) == 1 else ())] if beside else []
            above = ""
        for line in lines:
            named = _FILLED_BY.search(squeeze(line[:_TITLE_LENGTH]))
            if named and _AGENCY.search(named[1]) and _are_apart(named[1], own):
                return named[1]
    return None
