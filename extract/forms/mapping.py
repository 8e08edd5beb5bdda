"""From the tables of a document to the cells of the form.

All tables are read as one run of rows, so it does not matter how page breaks cut them. Every cell of a
table in which something of the form was recognised is either understood or reported as left over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from extract.characters import numeral
from extract.document import Document, Paragraph, Position, Table
from extract.forms.art20 import MONEY, Art20Reader
from extract.forms.challenges import ChallengesReader
from extract.forms.dictionary import (
    ART20_2019,
    ART20_2021,
    CHALLENGE_KEYS,
    request_keys,
)
from extract.forms.labels import clean_label
from extract.forms.reading import Figures, rows_of
from extract.forms.requests import RequestsReader
from extract.forms.statistics import map_statistics
from extract.forms.values import parse_value
from extract.record import State
from extract.when import is_of_another_time

FORM_SINCE_2021 = 2021
_CAPTION = 60
"""Characters; what stands above a table and is longer speaks of other things as well."""
_NUMERALS = "〇零○一二三四五六七八九"
_YEAR = re.compile(rf"(20\d\d|二[{_NUMERALS}]{{3}})年(?!\d{{1,2}}月|[{_NUMERALS}十]{{1,2}}月)")
"""A year that is no part of a date, such as that of filling in the table."""
_YEARS_OF_ROWS = (
    (re.compile(r"(20\d\d)年度?新收"), 0),
    (re.compile(r"(20\d\d)年度?(?:结转|转结)(?!至?到?下)"), 1),
)
"""Years in labels of table 三, and how many years before the report they are: 2023年结转 in one for 2024."""
_PART_OR_SAMPLE = re.compile(
    r"累计|样表|样式|示例(?:表|数据|\)|$)|(?:^|[(,])其中|(?<![含及和])[下所]属"
)
"""In the title of a table: it is of several years, of none, or of a part of the agency."""
_FEES = "art20_8.admin_fees.amount_10k"
_MULTIPLE = re.compile(r"单位:?[十百千万亿](?!元)")


def map_tables(document: Document, year: int | None) -> Figures:
    """Find the cells of the form in ``document``.

    ``year`` decides which form is expected where the tables themselves do not tell. Cells of the form
    that were not found stand in the result as unreadable and suspect; when nothing of the form was
    found at all the result has no values.
    """
    figures = Figures()
    tables = list(document.tables())
    art20 = Art20Reader(figures)
    requests = RequestsReader(figures)
    challenges = ChallengesReader(figures)
    for row in rows_of(tables):
        if requests.take(row):
            art20.active = False
        elif not challenges.take(row):
            art20.take(row)
    requests.finish()
    art20.finish()
    figures.doubt_blocks_found_twice()
    _doubt_by_captions(document, figures, year)
    if not figures.forms:
        statistics = map_statistics(document, year)
        if statistics is not None:
            _doubt_by_captions(document, statistics, year)
            _left_over(document, statistics)
            return statistics
    if not figures.values:
        return figures
    _left_over(document, figures)
    _missing(figures, requests, year)
    return figures


def expected_keys(figures: Figures, requests: RequestsReader, year: int | None) -> tuple[str, ...]:
    """The cells this document should have, block by block, in the order of the form."""
    default = "f2021" if year is None or year >= FORM_SINCE_2021 else "f2019"
    seen = [form for form in figures.forms.values() if form in ("f2021", "f2019")]
    if seen:
        default = max(sorted(set(seen), reverse=True), key=seen.count)
    keys: list[str] = []
    for block in ("art20_1", "art20_5", "art20_6", "art20_8", "art20_9"):
        # 八 and 九 end table 二; a table whose 八 has the columns of 2021 has no 九.
        before = figures.forms.get("art20_8", default) if block == "art20_9" else default
        form = figures.forms.get(block, before)
        source = ART20_2019 if form == "f2019" else ART20_2021
        keys.extend(key for key in source if key.startswith(block + "."))
    keys.extend(request_keys(requests.expected(default)))
    keys.extend(CHALLENGE_KEYS)
    return tuple(keys)


def form_of(figures: Figures) -> str | None:
    """``f2021``, ``f2019``, ``s2014`` or, where blocks differ, ``mixed``; None where nothing was found."""
    forms = set(figures.forms.values())
    if not forms:
        return None
    return forms.pop() if len(forms) == 1 else "mixed"


def _doubt_by_captions(document: Document, figures: Figures, year: int | None) -> None:
    """Doubt the values of tables that are captioned as those of another year, or in multiples."""
    tables = list(document.tables())
    for number, (above, captions) in enumerate(_captions(document)):
        if number not in figures.touched:
            continue
        said = "".join(
            takewhile(lambda text: parse_value(text).state is not State.NUMBER, captions)
        )
        years = {numeral(found[1]) for found in _YEAR.finditer(said)}
        if figures.places.get(_FEES, (-1, 0))[0] == number and _in_other_money(
            said, tables[number]
        ):
            figures.doubt(_FEES, "stands in a table that speaks of another year or unit")
        title = clean_label(above[:_CAPTION])
        signs = (
            year and years and year not in years,
            year and _rows_say(tables[number], year),
            is_of_another_time(title, None),
            _PART_OR_SAMPLE.search(title),
            _MULTIPLE.search(said),
        )
        if any(signs):
            for key, (table, _) in figures.places.items():
                if table == number:
                    figures.doubt(key, "stands in a table that speaks of another year or unit")


def _in_other_money(said: str, table: Table) -> bool:
    """Whether a table is captioned as one in another money than the form's, and no head says otherwise."""
    units = {unit for unit in MONEY.findall(said) if unit != "万元"}
    return bool(units) and not any("万元" in cell.text for cell in table.cells)


def _rows_say(table: Table, year: int) -> bool:
    """Whether labels of rows name the year as another one than ``year``."""
    for cell in table.cells:
        if "20" in cell.text and not cell.text.isdecimal():
            for pattern, before in _YEARS_OF_ROWS:
                named = pattern.search(clean_label(cell.text[:_CAPTION]))
                if named and int(named[1]) != year - before:
                    return True
    return False


def _captions(document: Document) -> Iterator[tuple[str, Iterator[str]]]:
    """For each table its title, if it may have one, and the short texts right above it and in its cells."""
    above = ""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            above = block.text
        else:
            texts = (
                clean_label(t) for t in _texts(above, block) if len(t) <= _CAPTION and "。" not in t
            )
            yield _title(above, block), texts
            above = ""


def _title(above: str, table: Table) -> str:
    """What stands above a table, or alone in its first row."""
    first = [cell.text for cell in table.cells if cell.row == 0]
    titles = (above, *(first if len(first) == 1 else ()))
    return ",".join(text for text in titles if len(text) <= _CAPTION and "。" not in text)


def _texts(above: str, table: Table) -> Iterator[str]:
    yield above
    yield from (cell.text for cell in table.cells)


def _left_over(document: Document, figures: Figures) -> None:
    """Tell of numbers that belong to no cell of the form, and doubt the row beside and above each of them.

    A row that a page break cut may have left them: 53 on one page and 93 on the next are 5393.
    """
    tables = list(document.tables())
    beside: set[tuple[int, int]] = set()
    for number, table in enumerate(tables):
        if number not in figures.touched:
            continue
        for index, cell in enumerate(table.cells):
            if (number, index) in figures.consumed:
                continue
            # 089 is no number and may be the rest of one.
            if parse_value(cell.text).state is State.NUMBER or cell.text.strip().isdecimal():
                where = cell.position.path or f"page {cell.position.page}"
                figures.reasons.append(
                    f"The number {cell.text.strip()[:40]} at {where} belongs to no cell of the form."
                )
                above = (number, cell.row - 1) if cell.row else (number - 1, -1)
                beside |= {(number, cell.row), above}
    if not beside:
        return
    ends = [max((c.row + c.rowspan for c in table.cells), default=0) for table in tables]
    for key, (number, index) in figures.places.items():
        cell = tables[number].cells[index]
        end = cell.row + cell.rowspan
        last = -1 if end == ends[number] else cell.row
        if not beside.isdisjoint({(number, cell.row), (number, end - 1), (number, last)}):
            figures.doubt(key, "stands beside a number that belongs to no cell of the form")


def _missing(figures: Figures, requests: RequestsReader, year: int | None) -> None:
    keys = expected_keys(figures, requests, year)
    nowhere = Position()
    for key in keys:
        if key not in figures.values:
            figures.lose([key], nowhere, "was not found")
    order = {key: n for n, key in enumerate(keys)}
    figures.values = dict(
        sorted(figures.values.items(), key=lambda item: order.get(item[0], len(order)))
    )
