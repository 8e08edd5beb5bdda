"""Table 三: requests received and handled, 25 rows (f2019: 23) of seven values each.

A row is known by its label, a value by the header above it. Independently the row is read as "label,
then exactly seven values". Where the two readings differ nobody can say which is right, and the row is
suspect. A value is never moved to make a row fit.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from decimal import Decimal

from extract.document import Cell
from extract.forms.dictionary import (
    APPLICANTS,
    OTHER_TOTAL,
    REQUEST_ROWS_2019,
    REQUEST_ROWS_2021,
    Entry,
)
from extract.forms.labels import (
    applicant,
    is_challenge_head,
    is_request_header,
    is_subtotal,
    request_row,
    subtotal_group,
)
from extract.forms.reading import Figures, Place, Row
from extract.forms.values import looks_like_value, parse_value
from extract.record import State

COLUMNS = len(APPLICANTS)
_ORDER = {entry.key: n for n, entry in enumerate(REQUEST_ROWS_2021)}
_ORDER[OTHER_TOTAL.key] = _ORDER["other.correction_overdue"]
_NOTED_VALUE = re.compile(r"\d+(?![\d.、,:)])|[件宗条]$")
"""A value with a note, such as 22(其中修订16件), or its unit; a label numbers itself with a sign: 3.其他."""
_THIRD_OTHER = "other.other"
_PART = "其中"
_NOT_THIS_YEAR = re.compile(rf"上一?年|去年|往年|历年|同期|累计|{_PART}")
"""Words by which a head tells that its column is not that of the form."""
_YEAR_HEAD = re.compile(r"(?:上一?|本|去|20\d\d)年度?|(?:上年)?同期|同比|增减")
_GROUPS_OF_LEAVES = frozenset(["denied", "unable", "not_processed", "other"])

Found = tuple[Place, Cell]


@dataclass(slots=True)
class RequestsReader:
    """Reads table 三 row by row, over page breaks and repeated headers."""

    figures: Figures
    columns: dict[str, tuple[int, int]] = field(default_factory=dict)
    """First and last-plus-one grid column of each applicant, of the table now being read."""
    rows: list[str] = field(default_factory=list)
    """Keys of the rows found, in the order in which they stand."""
    _table: int = -1
    _header_rows: set[int] = field(default_factory=set)
    _end: int = 0
    """Last-plus-one grid column of all heads of the table now being read."""
    _others: list[tuple[int, int]] = field(default_factory=list)
    """First and last-plus-one grid column of heads that speak of another year or of a part."""

    def take(self, row: Row) -> bool:
        """Read ``row`` if it belongs to table 三; return whether it did."""
        if row.table != self._table:
            self._table, self.columns, self._header_rows = row.table, {}, set()
            self._others, self._end = [], 0
        if any(is_challenge_head(label) for label in row.labels):
            return False
        if self._header(row):
            return True
        found = self._label(row)
        if found is None:
            return self._subtotal(row)
        index, entry = found
        self.figures.consume(row, *range(index + 1))
        if not row.aligned and all(_is_blank(cell) for _, cell in row.cells[index + 1 :]):
            # A label that a page break cut from its values; if they never come, the row is missing.
            return True
        if entry.key not in self.rows:
            self.rows.append(entry.key)
        self._values(row, index, entry)
        return True

    def finish(self) -> None:
        """Judge the table as a whole: its form, the order of its rows."""
        if not self.rows:
            return
        leaves = {key for key in self.rows if key.startswith("other.")}
        single = OTHER_TOTAL.key in self.rows
        if single and leaves:
            # A group row with sums of its own; the three leaves are the form's rows.
            keys = [f"requests.{OTHER_TOTAL.key}.{column.key}" for column in APPLICANTS]
            sums = tuple(c.value if (c := self.figures.values.get(k)) else None for k in keys)
            self.figures.subtotals.append(("other", OTHER_TOTAL.label, sums))
            self._drop(OTHER_TOTAL)
            self.rows.remove(OTHER_TOTAL.key)
            single = False
        if single:
            self.figures.forms["requests"] = "f2019"
        elif leaves:
            self.figures.forms["requests"] = "f2021"
        order = [_ORDER[key] for key in self.rows]
        if any(later <= earlier for earlier, later in itertools.pairwise(order)):
            self.figures.reasons.append(
                "The rows of the requests table do not stand in the order of the form."
            )
            for key in self.rows:
                for column in APPLICANTS:
                    self.figures.doubt(
                        f"requests.{key}.{column.key}", "stands in a row out of order"
                    )

    def expected(self, default: str) -> tuple[Entry, ...]:
        """The rows this table should have."""
        form = self.figures.forms.get("requests", default)
        return REQUEST_ROWS_2019 if form == "f2019" else REQUEST_ROWS_2021

    def _drop(self, entry: Entry) -> None:
        for column in APPLICANTS:
            key = f"requests.{entry.key}.{column.key}"
            self.figures.values.pop(key, None)
            self.figures.suspects.pop(key, None)

    def _header(self, row: Row) -> bool:
        marks = [is_request_header(label) for label in row.labels]
        years = bool(self._header_rows) and all(map(_YEAR_HEAD.fullmatch, row.labels))
        if not (years or any(marks)) or any(request_row(x) for x in row.labels if len(x) > 2):
            return False
        self._header_rows.add(row.index)
        self._end = max(self._end, *(cell.column + cell.colspan for _, cell in row.cells))
        for label, (_, cell) in zip(row.labels, row.cells, strict=True):
            if _NOT_THIS_YEAR.search(label) or (years and not label.startswith("本")):
                self._others.append((cell.column, cell.column + cell.colspan))
        if years:
            self.figures.consume(row)
            return True
        first = min(i for i, mark in enumerate(marks) if mark)
        natural = self.columns.get("natural_person")
        for i, label in enumerate(row.labels):
            entry = applicant(label)
            cell = row.cells[i][1]
            if entry is None or (i < first and (natural is None or cell.column < natural[0])):
                continue
            self.columns[entry.key] = (cell.column, cell.column + cell.colspan)
        self.figures.consume(row)
        return True

    def _label(self, row: Row) -> tuple[int, Entry] | None:
        """Index of the label cell next to the values, and the row it names."""
        # Behind the columns of the form stand remarks.
        behind = self.columns.get("total", (0, 10**9))[1]
        for index in range(len(row.labels) - 1, -1, -1):
            label = row.labels[index]
            if not label or looks_like_value(label) or _NOTED_VALUE.match(label):
                continue
            if row.aligned and row.cells[index][1].column >= behind:
                continue
            entry = request_row(label) if _PART not in label else None
            if entry is not None and self._is_due(entry):
                return index, entry
            return None
        return None

    def _is_due(self, entry: Entry) -> bool:
        """其他 and 总计 mean a row only where the form has it: after the rows before it."""
        if entry.key == _THIRD_OTHER:
            return bool(self.rows) and self.rows[-1] in ("other.fee_overdue", _THIRD_OTHER)
        if entry.key in ("processed_total", OTHER_TOTAL.key):
            return "received_new" in self.rows or "granted" in self.rows
        return True

    def _subtotal(self, row: Row) -> bool:
        inside = bool(self.rows) and self.rows[-1] not in ("processed_total", "carried_out")
        words = [label for label in row.labels if label and not looks_like_value(label)]
        if not inside or not words or not is_subtotal(words[-1]):
            return False
        self.figures.consume(row)
        group = subtotal_group(words[-1]) or self.rows[-1].partition(".")[0]
        values = _seven(row, row.labels.index(words[-1]))
        if values is not None and group in _GROUPS_OF_LEAVES:
            sums = tuple(_certain_number(cell) for _, cell in values)
            self.figures.subtotals.append((group, words[-1], sums))
        return True

    def _values(self, row: Row, index: int, entry: Entry) -> None:
        keys = [f"requests.{entry.key}.{column.key}" for column in APPLICANTS]
        position = row.cells[index][1].position
        in_order = _seven(row, index)
        if not row.aligned or len(self.columns) < COLUMNS:
            if in_order is None:
                count = len([c for _, c in _values_after(row, index) if c.text.strip()])
                self.figures.lose(
                    keys, position, f"stands in a row with {count} values instead of {COLUMNS}"
                )
                return
            self._put(keys, in_order)
            if row.aligned and not self._fits(in_order):
                for key in keys:
                    self.figures.doubt(key, "does not stand below the header of its column")
            if not row.aligned and any(_is_blank(cell) for _, cell in in_order):
                for key in keys:
                    self.figures.doubt(key, "stands in a row of text with a blank among its values")
            return
        by_header = self._by_header(row, index)
        if by_header is None:
            if in_order is None:
                self.figures.lose(keys, position, "has no cell below the header of its column")
            else:
                self._put(keys, in_order)
                why = "stands in a row that does not fit the header"
                if self._in_order() and _is_moved_whole(row, index):
                    self.figures.unproven.update(dict.fromkeys(keys, why))
                else:
                    for key in keys:
                        self.figures.doubt(key, why)
            return
        self._put(keys, by_header)
        if row.has_number_from(self._end):
            for key in keys:
                self.figures.doubt(key, "stands in a row with more values than there are heads")
        if in_order is not None and [p for p, _ in in_order] != [p for p, _ in by_header]:
            for key in keys:
                self.figures.doubt(key, "is another value by the header than by counting")

    def _put(self, keys: list[str], found: list[Found]) -> None:
        for key, (place, cell) in zip(keys, found, strict=True):
            self.figures.put(key, place, cell)
        for first, end in self._others:
            for key, (_, cell) in zip(keys, found, strict=True):
                if cell.column < end and cell.column + cell.colspan > first:
                    self.figures.doubt(
                        key, "stands under a head that speaks of another year or of a part"
                    )

    def _fits(self, found: list[Found]) -> bool:
        """Whether the values stand below those heads that are known."""
        return all(
            cell.column < end and cell.column + cell.colspan > first
            for column, (_, cell) in zip(APPLICANTS, found, strict=True)
            if column.key in self.columns
            for first, end in [self.columns[column.key]]
        )

    def _in_order(self) -> bool:
        """Whether the heads stand in the order of the form."""
        starts = [self.columns[column.key][0] for column in APPLICANTS]
        return starts == sorted(set(starts))

    def _by_header(self, row: Row, index: int) -> list[Found] | None:
        """For each applicant the one cell of the row below its header."""
        if not self._in_order():
            return None
        height = row.cells[index][1].rowspan
        chosen: list[Found] = []
        for column in APPLICANTS:
            first, end = self.columns[column.key]
            below = [
                (place, cell)
                for place, cell in row.cells[index + 1 :]
                if cell.column < end and cell.column + cell.colspan > first
            ]
            filled = [item for item in below if not _is_blank(item[1])]
            below = filled or below[:1]
            # A value taller than its label would belong to two rows.
            if len(below) != 1 or below[0][1].rowspan > height or below[0] in chosen:
                return None
            chosen.append(below[0])
        return chosen


def _is_moved_whole(row: Row, index: int) -> bool:
    """Whether seven values stand side by side: a row span that is too long or too short moves a whole row."""
    label, after = row.cells[index][1], row.cells[index + 1 :]
    columns = [cell.column for _, cell in after]
    return (
        len(after) == COLUMNS
        and columns == list(range(columns[0], columns[0] + COLUMNS))
        and all(cell.rowspan == label.rowspan for _, cell in after)
        and all(parse_value(cell.text).state is State.NUMBER for _, cell in after)
    )


def _values_after(row: Row, index: int) -> list[Found]:
    return [item for item in row.cells[index + 1 :] if looks_like_value(item[1].text)]


def _seven(row: Row, index: int) -> list[Found] | None:
    """The values after the label if there are exactly seven, empty fields at the ends aside."""
    found = row.cells[index + 1 :]
    if len(found) == COLUMNS and not all(_is_blank(cell) for _, cell in found):
        outside = _is_blank(found[0][1]) or _is_blank(found[-1][1])
        if row.aligned or not outside:
            return found
    if row.aligned and len(found) == COLUMNS:
        return found
    start, end = 0, len(found)
    while start < end and _is_blank(found[start][1]):
        start += 1
    while end > start and _is_blank(found[end - 1][1]):
        end -= 1
    return found[start:end] if end - start == COLUMNS else None


def _is_blank(cell: Cell) -> bool:
    return parse_value(cell.text).state is State.BLANK


def _certain_number(cell: Cell) -> int | Decimal | None:
    """The number of a cell that is no cell of the form, so that no doubt of it is kept."""
    value = parse_value(cell.text)
    return None if cell.doubtful or value.unsure or value.split else value.number
