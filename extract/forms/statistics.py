"""Reads the statistics table of 2014: one indicator a row, known by its label, in the order of the table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extract.document import Cell, Document, Position
from extract.forms.labels import MAX_LABEL, without_number
from extract.forms.reading import Figures, Place, Row, rows_of
from extract.forms.statistics_2014 import S2014, S2014_KEYS
from extract.forms.values import looks_like_value, parse_value
from extract.record import State

FORM = "s2014"
_ENOUGH = 20
"""Labels by which a table is known as this one; local sheets of the years before share some of them."""
_TELLING = re.compile(r"申请办结|申请答复|按时办结|舆情|查阅点|延期办结")
_UNIT = re.compile(r"[(]?(?:条|件|次|篇|个|人|人次|万元|元|单位)[)]?")
_YEAR = re.compile(r"20\d\d(?=年)")
_HEADS = (
    ("label", re.compile(r"统计指标|^指标")),
    ("unit", re.compile(r"^(?:计量)?单位$")),
    ("aside", re.compile(r"序号|备注|说明|同比|占比|增减|增幅|增长")),
    ("other", re.compile(r"上一?年|去年|往年|历年|累计")),
    ("total", re.compile(r"合计|总计|总数|全(?:省|市|县|区|旗)")),
    ("value", re.compile(r"统计数|数量|数值|数据|本级|部门|乡镇|街道|机关|本年")),
)
# Under review and under litigation stand the same labels; one lost row puts all of them in doubt.
_ALIKE = tuple(key for key in S2014_KEYS if key.startswith(("s2014.review", "s2014.litigation")))


def map_statistics(document: Document, year: int | None) -> Figures | None:
    """The cells of the table in ``document``, or None where it is not there.

    Columns of another ``year`` than that of the report, if it is known, are none of the form. Indicators
    that were not found stand in the result as unreadable and suspect.
    """
    tables = list(document.tables())
    if not any(_TELLING.search(cell.text) for table in tables for cell in table.cells):
        return None
    reader = _Reader(year)
    for row in rows_of(tables):
        reader.take(row)
    if len(reader.found) < _ENOUGH:
        return None
    reader.finish()
    return reader.figures


@dataclass(slots=True)
class _Reader:
    year: int | None
    figures: Figures = field(default_factory=lambda: Figures(forms={FORM: FORM}))
    found: list[int] = field(default_factory=list)
    """Places in the table of the indicators found, in the order of the document."""
    _heads: list[tuple[str, int, int]] = field(default_factory=list)
    _table: int = -1

    def take(self, row: Row) -> None:
        if row.table != self._table:
            self._table, self._heads = row.table, []
        if self._header(row):
            return
        asides = [i for i, (_, cell) in enumerate(row.cells) if self._kind(cell) == "aside"]
        if row.aligned and asides:
            self.figures.consume(row, *asides)
        named = self._indicator(row)
        if named is None:
            return
        index, place = named
        indicator = S2014[place]
        key = f"{FORM}.{indicator.key}"
        chosen = self._value(row, index)
        if place in self.found and chosen is None:
            return
        if self.found and place < self.found[-1]:
            self.figures.reasons.append(
                f"The indicator {indicator.label} does not stand in the order of the form."
            )
            self.figures.doubt(key, "stands in a row out of order")
        self.found.append(place)
        self.figures.consume(row)
        if chosen is None:
            count = len([c for _, c in row.cells[index + 1 :] if looks_like_value(c.text)])
            why = f"stands in a row with {count} values, none under a head that tells which"
            self.figures.lose([key], row.cells[index][1].position, why)
        else:
            self.figures.put(key, *chosen)

    def _header(self, row: Row) -> bool:
        if not any(_HEADS[0][1].search(label) for label in row.labels if len(label) <= 20):
            return False
        for label, (_, cell) in zip(row.labels, row.cells, strict=True):
            kind = next((kind for kind, words in _HEADS if words.search(label)), "value")
            named = _YEAR.search(label)
            if named and self.year and int(named[0]) != self.year:
                kind = "other"
            self._heads.append((kind, cell.column, cell.column + cell.colspan))
        self.figures.consume(row)
        return True

    def _indicator(self, row: Row) -> tuple[int, int] | None:
        """Index of the label in ``row`` and the place of the indicator it names."""
        for index in range(len(row.labels) - 1, -1, -1):
            label = row.labels[index]
            if not label or len(label) > MAX_LABEL or _is_value(label) or _UNIT.fullmatch(label):
                continue
            if row.aligned and self._kind(row.cells[index][1]) == "aside":
                continue
            words = re.sub(r"^其中:?", "", without_number(label))
            words = without_number(re.sub(r"\((?:不同|不包括).*$", "", words))
            fitting = [n for n, entry in enumerate(S2014) if entry.words.search(words)]
            if fitting:
                latest = self.found[-1] if self.found else -1
                return index, next((n for n in fitting if n > latest), fitting[0])
            return None
        return None

    def _kind(self, cell: Cell) -> str | None:
        """What the head above a cell says it is."""
        return next((kind for kind, first, end in self._heads if first <= cell.column < end), None)

    def _value(self, row: Row, index: int) -> tuple[Place, Cell] | None:
        after = [
            (place, cell)
            for label, (place, cell) in zip(
                row.labels[index + 1 :], row.cells[index + 1 :], strict=True
            )
            if not _UNIT.fullmatch(label)
        ]
        values = [head for head in self._heads if head[0] in ("value", "total")]
        if self._heads and not values:
            return None
        if row.aligned and self._heads:
            totals = [head for head in values if head[0] == "total"]
            columns = totals or values
            if len(columns) == 1:
                _, first, end = columns[0]
                below = [
                    i for i in after if i[1].column < end and i[1].column + i[1].colspan > first
                ]
                return below[0] if len(below) == 1 else None
            return None
        filled = [item for item in after if parse_value(item[1].text).state is not State.BLANK]
        if len(filled) == 1:
            return filled[0]
        return after[-1] if after and not filled and row.aligned else None

    def finish(self) -> None:
        """Name the indicators that were not found, and put the cells into the order of the table."""
        lost = [key for key in S2014_KEYS if key not in self.figures.values]
        self.figures.lose(lost, Position(), "was not found")
        if any(key in _ALIKE for key in lost):
            for key in _ALIKE:
                self.figures.doubt(key, "stands among rows of like labels of which one is lost")
        self.figures.values = {key: self.figures.values[key] for key in S2014_KEYS}


def _is_value(label: str) -> bool:
    """Whether a cell could hold a value: a count, or money with its unit."""
    return looks_like_value(label) or parse_value(label, decimal=True).state is State.NUMBER
