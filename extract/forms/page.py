"""The documentation page of the data dictionary, made from the dictionary itself.

``python -m extract.forms.page > docs/data-dictionary.md``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from extract.forms import dictionary
from extract.forms.dictionary import (
    APPLICANTS,
    ART20_2019,
    ART20_2021,
    CHALLENGES,
    ENGLISH,
    OTHER_TOTAL,
    OUTCOMES,
    REQUEST_ROWS_2021,
    Entry,
)
from extract.forms.statistics_2014 import S2014


def page() -> str:
    """The page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield "Made by `python -m extract.forms.page` from `extract/forms/dictionary.py`; do not edit."
    yield ""
    yield (
        "A key is `<table>.<row>.<column>` and never changes its meaning. As a column of a database "
        "or a wide export it is written with `_` for `.`. Counts are integers, money is a decimal."
    )
    yield ""
    yield (
        f"Form `f2021` (国办公开办函〔2021〕30号, reports for 2021 and later) has "
        f"{len(dictionary.F2021_KEYS)} cells, form `f2019` (国办公开办函〔2019〕60号, reports for 2019 "
        f"and 2020) has {len(dictionary.F2019_KEYS)}."
    )
    yield from _section("Table 二: proactive disclosure (article 20)")
    yield "| key | f2021 | f2019 | meaning |"
    yield "|---|---|---|---|"
    for key in dict.fromkeys((*ART20_2021, *ART20_2019)):
        forms = f"{_mark(key in ART20_2021)} | {_mark(key in ART20_2019)}"
        yield f"| `{key}` | {forms} | {dictionary.english(key)} |"
    yield from _section("Table 三: requests")
    yield "`requests.<row>.<column>`, 25 rows in f2021 and 23 in f2019, 7 columns."
    yield ""
    yield from _entries("row", (*REQUEST_ROWS_2021, OTHER_TOTAL))
    yield ""
    yield "`other_total` stands in f2019 only, in place of the three rows `other.…`."
    yield ""
    yield from _entries("column", APPLICANTS)
    yield from _section("Table 四: administrative review and litigation")
    yield "`<group>.<outcome>`, the same in both forms."
    yield ""
    yield from _entries("group", CHALLENGES)
    yield ""
    yield from _entries("outcome", OUTCOMES)
    yield from _section("Statistics table of 2014")
    yield (
        "`s2014.<indicator>`, form `s2014` (国办发〔2014〕32号, reports for 2014 to 2018), "
        f"{len(S2014)} indicators. Records carry them; the table of figures has no columns for them."
    )
    yield ""
    yield "| key | as printed | unit | meaning |"
    yield "|---|---|---|---|"
    for row in S2014:
        yield f"| `s2014.{row.key}` | {row.label} | {row.unit} | {row.english} |"
    yield from _section("State of a cell")
    yield "| state | meaning |"
    yield "|---|---|"
    yield "| `number` | a number is printed; `value` is that number |"
    yield "| `blank` | nothing is printed: not zero |"
    yield "| `not_applicable` | a dash, a slash or 无 is printed |"
    yield "| `text` | something else is printed |"
    yield "| `unreadable` | the characters cannot be read with certainty |"


def _section(title: str) -> tuple[str, ...]:
    return ("", f"## {title}", "")


def _mark(present: bool) -> str:
    return "yes" if present else "–"


def _entries(head: str, entries: tuple[Entry, ...]) -> Iterator[str]:
    yield f"| {head} | as printed | meaning |"
    yield "|---|---|---|"
    for entry in entries:
        label = f"{entry.group} / {entry.label}" if entry.group else entry.label
        yield f"| `{entry.key}` | {label} | {ENGLISH[entry.key]} |"


if __name__ == "__main__":
    sys.stdout.write(page())
