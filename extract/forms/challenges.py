"""Table 四: administrative review and litigation, fifteen values under three rows of heads."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.document import Cell
from extract.forms.dictionary import CHALLENGE_KEYS
from extract.forms.labels import challenge, outcome
from extract.forms.reading import Figures, Place, Row
from extract.forms.values import looks_like_value
from extract.record import State

_COUNT = len(CHALLENGE_KEYS)
_PARTS = 4
"""Columns before the total of a group."""


@dataclass(slots=True)
class ChallengesReader:
    """Reads table 四 row by row; the value row is the one below the heads."""

    figures: Figures
    done: bool = False
    _heads_seen: bool = False
    _table: int = -1
    _groups: list[tuple[str, int, int]] = field(default_factory=list)
    _outcomes: list[tuple[str, int, int]] = field(default_factory=list)

    def take(self, row: Row) -> bool:
        """Read ``row`` if it belongs to table 四; return whether it did."""
        if row.table != self._table:
            self._table, self._groups, self._outcomes = row.table, [], []
        if self._header(row):
            return True
        if not self._heads_seen:
            return False
        return self._values(row)

    def _header(self, row: Row) -> bool:
        groups = [(i, challenge(label)) for i, label in enumerate(row.labels)]
        outcomes = [(i, outcome(label)) for i, label in enumerate(row.labels)]
        named = sum(1 for _, entry in outcomes if entry and entry.key != "total")
        top = "行政复议" in row.labels and "行政诉讼" in row.labels
        if not top and not named and not any(key for _, key in groups):
            return False
        self._heads_seen, self.done = True, False
        for i, key in groups:
            if key:
                cell = row.cells[i][1]
                self._groups.append((key, cell.column, cell.column + cell.colspan))
        for i, entry in outcomes:
            # 其他 alone is a head of table 三 as well; here it stands beside 维持 and 纠正.
            key = entry.key if entry else "other" if named and row.labels[i] == "其他" else None
            if key:
                cell = row.cells[i][1]
                self._outcomes.append((key, cell.column, cell.column + cell.colspan))
        self.figures.consume(row)
        return True

    def _values(self, row: Row) -> bool:
        labels = [i for i, label in enumerate(row.labels) if label and not looks_like_value(label)]
        # A label such as 数量 may stand before the values, nothing may stand between them.
        if labels not in ([], [0]):
            return False
        values = row.cells[1:] if labels else list(row.cells)
        in_order = _fifteen(values, aligned=row.aligned)
        by_head = self._by_head(values) if row.aligned else None
        if self.done:
            # Last year's, or those of the offices below; which row is which nobody can say.
            blank = not any(cell.text.strip() for _, cell in values)
            if not blank and self._outcomes and (in_order or by_head):
                self._doubt("stands in one of two rows of values")
            return False
        if in_order is None and by_head is None:
            filled = [cell for _, cell in values if cell.text.strip()]
            if not filled:
                return False
            why = f"stands in a row with {len(filled)} values instead of {_COUNT}"
            self.figures.lose(list(CHALLENGE_KEYS), row.cells[0][1].position, why)
            self.figures.consume(row)
            self.done = True
            return True
        self.done = True
        if labels:
            self.figures.consume(row, 0)
        chosen = by_head or in_order or []
        for key, (place, cell) in zip(CHALLENGE_KEYS, chosen, strict=True):
            self.figures.put(key, place, cell)
        if self._is_moved():
            self._doubt("stands in a row that is blank only at its end")
        if any(item not in chosen for item in values if item[1].text.strip()):
            self._doubt("stands in a row with more values than there are heads")
        if by_head and in_order and [p for p, _ in by_head] != [p for p, _ in in_order]:
            self._doubt("is another value by the heads than by counting")
        elif row.aligned and by_head is None and not self._fit(chosen):
            self._doubt("stands in a row that does not fit the heads")
        if not row.aligned and any(
            self.figures.values[key].state is State.BLANK for key in CHALLENGE_KEYS
        ):
            self._doubt("stands in a row of text with a blank among its values")
        return True

    def _is_moved(self) -> bool:
        """Whether the row may have lost a cell and got a blank at its end: no sum is left blank beside its parts."""
        *others, last = (self.figures.values[key] for key in CHALLENGE_KEYS)
        return last.state is State.BLANK and (
            all(cell.state is State.NUMBER for cell in others)
            or any(cell.value for cell in others[-_PARTS:])
        )

    def _doubt(self, why: str) -> None:
        for key in CHALLENGE_KEYS:
            self.figures.doubt(key, why)

    def _fit(self, chosen: list[tuple[Place, Cell]]) -> bool:
        """Whether the values in the order of the form stand below those heads that are known."""
        if len(self._outcomes) == _COUNT:
            return False
        for key, (_, cell) in zip(CHALLENGE_KEYS, chosen, strict=True):
            group, _, name = key.partition(".")
            for wanted, heads in ((group, self._groups), (name, self._outcomes)):
                over = [head for head, first, end in heads if first <= cell.column < end]
                if over and wanted not in over:
                    return False
        return True

    def _by_head(self, values: list[tuple[Place, Cell]]) -> list[tuple[Place, Cell]] | None:
        """For each column of the form the one cell below its head in its group."""
        if len(self._outcomes) != _COUNT:
            return None
        ranges: dict[str, tuple[int, int]] = {}
        for name, first, end in self._outcomes:
            over = {key for key, g_first, g_end in self._groups if g_first < end and g_end > first}
            if len(over) != 1:
                return None
            ranges[f"{over.pop()}.{name}"] = (first, end)
        if set(ranges) != set(CHALLENGE_KEYS):
            return None
        chosen: list[tuple[Place, Cell]] = []
        for key in CHALLENGE_KEYS:
            first, end = ranges[key]
            below = [v for v in values if v[1].column < end and v[1].column + v[1].colspan > first]
            filled = [v for v in below if v[1].text.strip()]
            below = filled or below[:1]
            if len(below) != 1 or below[0] in chosen:
                return None
            chosen.append(below[0])
        return chosen


def _fifteen(values: list[tuple[Place, Cell]], *, aligned: bool) -> list[tuple[Place, Cell]] | None:
    if len(values) == _COUNT and (aligned or all(cell.text.strip() for _, cell in values)):
        return values
    start, end = 0, len(values)
    while start < end and not values[start][1].text.strip():
        start += 1
    while end > start and not values[end - 1][1].text.strip():
        end -= 1
    return values[start:end] if end - start == _COUNT else None
