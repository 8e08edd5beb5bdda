"""Table 二: proactive disclosure under article 20, by band, row label and column head.

The two forms differ in columns and rows, and real reports mix them band by band: the heads above a row
decide which form the band follows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from extract.document import Cell
from extract.forms.labels import MAX_LABEL, without_number
from extract.forms.reading import Figures, Place, Row
from extract.forms.values import looks_like_value, parse_value
from extract.record import CellValue, State

_ROWS = (
    ("art20_1.normative", re.compile(r"^(?:行政)?规范性文件")),
    ("art20_1.rules", re.compile(r"^(?:地方|政府|部门)*规章|^规.$")),
    ("art20_5.licences", re.compile(r"^行政许可")),
    ("art20_5.other_services", re.compile(r"^其他对外管理服务事项")),
    ("art20_6.penalties", re.compile(r"^行政处罚")),
    ("art20_6.coercion", re.compile(r"^行政强制")),
    ("art20_8.admin_fees", re.compile(r"^行政事业性?收费")),
    ("art20_9.procurement", re.compile(r"^政府集中采购")),
)
_HEADS = (
    ("made_new", re.compile(r"新制作|本年制作")),
    ("disclosed_new", re.compile(r"(?:本年)?新公开")),
    ("disclosed_total", re.compile(r"对外公开总|公开总数")),
    ("issued", re.compile(r"制发|本年.{0,8}发件")),
    ("repealed", re.compile(r"废止|度止件")),
    ("in_force", re.compile(r"现行有效|^有效件?数")),
    ("items_prev", re.compile(r"上一?年(?:度)?项目")),
    ("items_change", re.compile(r"本年(?:度)?增")),
    ("decisions", re.compile(r"处理决定")),
    ("amount_10k", re.compile(r"收费总?金额")),
    ("projects", re.compile(r"采购项目")),
    ("amount", re.compile(r"采购总?金额")),
)
_FIRST_HEADS = ("内容", "项目", "事项", "类别", "信息类别")
"""What stands in place of 信息内容 before heads of the form."""
_LOCAL_ROW = re.compile(r"^其他主动公开文件")
"""A row that one province adds to table 二 of its own; its values are no cells of the form."""
MONEY = re.compile(r"[十百千万亿]*元|(?<=单位:)[十百千亿](?!元)")
_MULTIPLE = re.compile(r"[十百千万亿](?:件|项|个|宗|条|次|份)|单位:?[十百千万亿]")
_ANOTHER = re.compile(r"上一?年|去年|往年|历年|累计|其中|20\d\d年")
"""Words by which a head tells that its column is not that of the form."""
_LAST_YEAR = re.compile(r"上一?年|去年")
_OF_THE_YEAR = ("issued", "repealed", "decisions", "amount_10k", "made_new", "disclosed_new")
_DISCLOSED_OR_PLANNED = r"公开|公示|公布|拟|计划|预计|应当?(?:制|废|处|收)|未"
_DOCUMENTS = re.compile(rf"{_DISCLOSED_OR_PLANNED}|备案|审查|制度")
_SOMETHING_ELSE = {
    "issued": _DOCUMENTS,
    "repealed": _DOCUMENTS,
    "in_force": _DOCUMENTS,
    "decisions": re.compile(
        rf"{_DISCLOSED_OR_PLANNED}|撤销|撤回|吊销|注销|(?<!依)申请|受理|听证|罚没|罚款|金额|元|备案|复议|诉讼"
    ),
    "amount": re.compile(r"节约|结余|预算|计划"),
    "amount_10k": re.compile(rf"{_DISCLOSED_OR_PLANNED}|减免|免收|项目数|笔数"),
}
"""Words by which a head or the label of a row tells of another number than the form asks for."""
_MOVED = "stands in a row that is blank only at its end"
_NEVER_BLANK = ("in_force", "disclosed_total", "decisions", "amount")
"""Last columns that are not blank where the columns before them say that something was done."""
_BAND = re.compile(r"第?二十条第?\(?([一二三四五六七八九十]+)\)?项")
# The columns each row may have, by form; the order is that of the form.
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "f2021": {
        "art20_1.rules": ("issued", "repealed", "in_force"),
        "art20_1.normative": ("issued", "repealed", "in_force"),
        "art20_5.licences": ("decisions",),
        "art20_6.penalties": ("decisions",),
        "art20_6.coercion": ("decisions",),
        "art20_8.admin_fees": ("amount_10k",),
    },
    "f2019": {
        "art20_1.rules": ("made_new", "disclosed_new", "disclosed_total"),
        "art20_1.normative": ("made_new", "disclosed_new", "disclosed_total"),
        "art20_5.licences": ("items_prev", "items_change", "decisions"),
        "art20_5.other_services": ("items_prev", "items_change", "decisions"),
        "art20_6.penalties": ("items_prev", "items_change", "decisions"),
        "art20_6.coercion": ("items_prev", "items_change", "decisions"),
        "art20_8.admin_fees": ("items_prev", "items_change"),
        "art20_9.procurement": ("projects", "amount"),
    },
}
_CUT_HEADS = {"f2021": "本年", "f2019": "本年新"}


@dataclass(slots=True)
class Art20Reader:
    """Reads table 二 row by row; one instance for the whole document."""

    figures: Figures
    heads: list[tuple[str, int, int]] = field(default_factory=list)
    """Column, first and last-plus-one grid column of the heads above the row now being read."""
    _heads_table: int = -1
    _end: int = 0
    """Last-plus-one grid column of all of them, those of no column of the form included."""
    _cut: list[str] = field(default_factory=list)
    _doubts: dict[str, str] = field(default_factory=dict)
    """Why the values under a head are doubtful, by column."""
    _band: str = ""
    """What the band now being read says besides its number."""
    active: bool = False

    def take(self, row: Row) -> bool:
        """Read ``row`` if it belongs to table 二; return whether it did."""
        labels = [label for label in row.labels if label]
        if labels and len(labels[0]) < MAX_LABEL and _BAND.search(labels[0]) and len(labels) == 1:
            self.active = True
            self.heads, self._cut = [], []
            self._band = _BAND.sub("", labels[0])
            self.figures.consume(row)
            return True
        if self._header(row):
            return True
        if not self.active:
            return False
        return self._values(row)

    def finish(self) -> None:
        """Judge the table as a whole: a single blank, at the end of a row, may have come in for a lost cell."""
        found = [c for key, c in self.figures.values.items() if key.startswith("art20_")]
        blank = [cell.key for cell in found if cell.state is State.BLANK]
        if len(blank) == 1:
            row = blank[0].rpartition(".")[0] + "."
            keys = [cell.key for cell in found if cell.key.startswith(row)]
            if len(keys) > 1 and keys[-1] == blank[0]:
                for key in keys:
                    self.figures.doubt(key, _MOVED)

    def _header(self, row: Row) -> bool:
        heads = [(i, _head(label)) for i, label in enumerate(row.labels)]
        named = [(i, head) for i, head in heads if head]
        first = ("信息内容", *(_FIRST_HEADS if named else ()))
        start = next((i for i, label in enumerate(row.labels) if label in first), None)
        purchase = {"projects", "amount"} <= {head for _, head in named}
        if start is None and not purchase:
            return False
        self.active = True
        self._heads_table = row.table
        self._end = max(cell.column + cell.colspan for _, cell in row.cells)
        self.heads = [
            (head, row.cells[i][1].column, row.cells[i][1].column + row.cells[i][1].colspan)
            for i, head in named
        ]
        said = [
            (head, _doubt(head, row.labels[i]) or _part(head, row.labels[i])) for i, head in named
        ]
        self._doubts = {head: why for head, why in said if why}
        self._cut = [label for label in row.labels[(start or 0) + 1 :] if label]
        self.figures.consume(row)
        return True

    def _values(self, row: Row) -> bool:
        found = next(
            ((i, name) for i, label in enumerate(row.labels) for name in [_row(label)] if name),
            None,
        )
        if found is None:
            local = any(_LOCAL_ROW.search(without_number(label)) for label in row.labels if label)
            if local:
                self.figures.consume(row)
            return local
        index, name = found
        self.figures.consume(row, index)
        values = row.cells[index + 1 :]
        form, columns = self._columns(name, len(values))
        if columns is None or form is None:
            keys = [f"{name}.{column}" for column in self._expected(name)]
            self.figures.lose(
                keys, row.cells[index][1].position, "has no column head that is known"
            )
            return True
        block = name.partition(".")[0]
        if self.figures.forms.setdefault(block, form) != form:
            self.figures.forms[block] = "mixed"
        keys = [f"{name}.{column}" for column in columns]
        chosen = self._by_head(row, index, columns)
        in_order = _exactly(values, len(columns), aligned=row.aligned)
        if chosen is None and in_order is None:
            count = len([c for _, c in values if c.text.strip()])
            why = f"stands in a row with {count} values instead of {len(columns)}"
            self.figures.lose(keys, row.cells[index][1].position, why)
            return True
        for key, (place, cell) in zip(keys, chosen or in_order or [], strict=True):
            self.figures.put(key, place, cell)
            if not row.aligned and parse_value(cell.text).state is State.BLANK:
                self.figures.doubt(key, "is blank in a row of text")
        for key, column in zip(keys, columns, strict=True):
            label = row.labels[index]
            beside = (
                self._doubts.get(column)
                or _doubt(column, label + self._band)
                or _part(column, label)
            )
            if beside:
                self.figures.doubt(key, beside)
        if _seems_moved(columns, [self.figures.values[key] for key in keys]):
            for key in keys:
                self.figures.doubt(key, _MOVED)
        if row.too_long and len(values) > len(columns):
            for key in keys:
                self.figures.doubt(key, "stands in a row that is longer than the others")
        if chosen and row.has_number_from(self._end):
            for key in keys:
                self.figures.doubt(key, "stands in a row with more values than there are heads")
        if chosen and in_order and [p for p, _ in chosen] != [p for p, _ in in_order]:
            for key in keys:
                self.figures.doubt(key, "is another value by the head than by counting")
        return True

    def _columns(self, name: str, values: int) -> tuple[str | None, tuple[str, ...] | None]:
        """The form and the columns of a row, told from the heads above it."""
        heads = [head for head, _, _ in self.heads]
        for form, rows in COLUMNS.items():
            wanted = rows.get(name)
            if wanted and tuple(heads) == wanted:
                return form, wanted
        single = COLUMNS["f2021"].get(name, ())
        if len(single) == 1 and self._cut == ["无"] and values == 1:
            # A head 无 says nothing, but only f2021 has a single value in these rows.
            return "f2021", single
        # Heads that lost a part (本年新 for 本年新制作数量) are told by prefix and place.
        for form in ("f2019", "f2021"):
            wanted = COLUMNS[form].get(name)
            if (
                wanted
                and len(self._cut) == len(wanted)
                and all(
                    (head := _head(label)) == column or (not head and label == _CUT_HEADS[form])
                    for label, column in zip(self._cut, wanted, strict=True)
                )
            ):
                self.heads = []
                return form, wanted
        return None, None

    def _expected(self, name: str) -> tuple[str, ...]:
        form = "f2019" if "f2019" in self.figures.forms.values() else "f2021"
        return COLUMNS[form].get(name) or COLUMNS["f2019"].get(name, ())

    def _by_head(
        self, row: Row, index: int, columns: tuple[str, ...]
    ) -> list[tuple[Place, Cell]] | None:
        ranges = {head: (first, end) for head, first, end in self.heads}
        if not row.aligned or row.table != self._heads_table or not set(columns) <= set(ranges):
            return None
        values, height = row.cells[index + 1 :], row.cells[index][1].rowspan
        chosen: list[tuple[Place, Cell]] = []
        for column in columns:
            first, end = ranges[column]
            below = [
                item
                for item in values
                if item[1].column < end and item[1].column + item[1].colspan > first
            ]
            filled = [item for item in below if item[1].text.strip()]
            below = filled or below[:1]
            if len(below) != 1 or below[0][1].rowspan > height or below[0] in chosen:
                return None
            chosen.append(below[0])
        return chosen


@lru_cache(maxsize=4096)
def _row(label: str) -> str | None:
    if not label or len(label) > MAX_LABEL or looks_like_value(label):
        return None
    bare = without_number(label)
    return next((name for name, pattern in _ROWS if pattern.search(bare)), None)


@lru_cache(maxsize=4096)
def _head(label: str) -> str | None:
    if not label or len(label) > MAX_LABEL:
        return None
    return next((name for name, pattern in _HEADS if pattern.search(label)), None)


def _doubt(head: str, label: str) -> str | None:
    """Why what stands under a head may be another figure than that of the form."""
    if head == "amount_10k":
        units = [unit for unit in MONEY.findall(label) if unit != "万元"]
        if units:
            return f"stands under or beside a label that says {units[0]} instead of 万元"
    elif head != "amount" and _MULTIPLE.search(label):
        return "stands under or beside a label that counts in tens or more"
    another = _ANOTHER if head in _OF_THE_YEAR else _LAST_YEAR if head == "in_force" else None
    this_year = "本年" in label or "含" in label
    if "其中" in label or (another and not this_year and another.search(label)):
        return "stands under or beside a label that speaks of another year or of a part"
    return None


def _part(head: str, label: str) -> str | None:
    """Why what stands under a head may be what was disclosed, is planned, or cost, and not what was done."""
    other = _SOMETHING_ELSE.get(head)
    if other and "含" not in label and other.search(label):
        return "stands under or beside a label that speaks of something else"
    return None


def _seems_moved(columns: tuple[str, ...], found: list[CellValue]) -> bool:
    """Whether a row may have lost a cell and got a blank at its end, so that its values stand too far left.

    Nothing is in force after documents were issued, or bought for nothing: that is no zero left blank.
    """
    *others, last = found
    if columns[-1] not in _NEVER_BLANK or last.state is not State.BLANK:
        return False
    if any(cell.state is not State.NUMBER for cell in others):
        return False
    telling = others[1:] if columns[-1] == "decisions" else others
    return any(cell.value for cell in telling)


def _exactly(
    values: list[tuple[Place, Cell]], count: int, *, aligned: bool
) -> list[tuple[Place, Cell]] | None:
    """The values of a row if there are exactly ``count``, empty fields after them aside."""
    if aligned and len(values) == count:
        return values
    filled = [item for item in values if item[1].text.strip()]
    if len(filled) == count:
        first = next(i for i, item in enumerate(values) if item in filled)
        # Values with a gap between them belong to other columns.
        return filled if values[first : first + count] == filled else None
    return None
