"""Which rows of the column are reports: the grammar of titles, and what a subcolumn adds to it.

In a column of one year rows may leave the year out, or give nothing but the agency.
"""

from __future__ import annotations

import re
from dataclasses import replace

from extract.identity import Title, looks_like_agency, parse_title

_YEAR_COLUMN = re.compile(
    r"^(?:\D{0,12}?)(20\d\d)\s*(?:年度?)?(?:政府)?(?:信息公开)?(?:工作)?(?:年度)?(?:年报|报告)?$"
)


def column_year(name: str) -> int | None:
    """The report year that a subcolumn is named after (2024年, 2024年度报告), or None."""
    found = _YEAR_COLUMN.match(re.sub(r"\s+", "", name))
    return int(found[1]) if found else None


def read_row(text: str, year: int | None = None) -> Title:
    """What a row of the column says; ``year`` is that of the subcolumn it stands in.

    Rows that name only their agency, or the report without its year, are completed with it.
    """
    title = parse_title(text)
    if title.kind == "report":
        if title.year is None and year is not None:
            title = replace(title, year=year)
        return title
    if title.kind == "lookalike" or year is None:
        return title
    for completed in (f"{year}年{text}", f"{text}{year}年政府信息公开工作年度报告"):
        if completed.startswith(text) and not looks_like_agency(text):
            continue
        guess = parse_title(completed)
        if guess.kind == "report" and guess.year == year:
            return replace(guess, text=title.text)
    return title
