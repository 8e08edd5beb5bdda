"""The tables of f2021 as they are laid out on paper: cells with spans, for writers of test documents.

A cell carries the key of the dictionary it belongs to, so that a test can ask a reader for the
number that stands where the form wants it, whatever the format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extract.document import Document, Table
from extract.forms import dictionary as form

Span = tuple[int, int, int, int]
"""Row, column, row span, column span."""
Spans = dict[Span, str]


@dataclass(frozen=True)
class FormCell:
    row: int
    column: int
    rowspan: int
    colspan: int
    text: str
    key: str | None = None


@dataclass(frozen=True)
class FormTable:
    heading: str
    widths: tuple[int, ...]
    """Widths of the columns, in any unit."""
    cells: tuple[FormCell, ...]

    @property
    def rows(self) -> int:
        return max(cell.row + cell.rowspan for cell in self.cells)


def f2021(values: dict[str, str]) -> tuple[FormTable, FormTable, FormTable]:
    """The three tables with ``values`` by key."""
    return _art20(values), _requests(values), _challenges(values)


def read_back(
    document: Document, tables: tuple[FormTable, ...], *, page_breaks: bool = False
) -> None:
    """Assert that the document holds exactly these tables, each cell in its place.

    A page break cuts cells that span rows; their lower parts are then empty cells of their own.
    """
    found = list(document.tables())
    assert len(found) == len(tables)
    for table, expected in zip(found, tables, strict=True):
        assert table.aligned
        spans = {(c.row, c.column, c.rowspan, c.colspan): c.text for c in expected.cells}
        read = spans_of(table)
        if page_breaks:
            read = dict(_without_lower_parts(read, spans))
        assert read == spans


def _without_lower_parts(read: Spans, expected: Spans) -> Iterator[tuple[Span, str]]:
    for (row, column, rowspan, colspan), text in read.items():
        whole = next(
            s for s in expected if s[0] <= row < s[0] + s[2] and (s[1], s[3]) == (column, colspan)
        )
        assert row + rowspan <= whole[0] + whole[2]
        if row == whole[0]:
            yield whole, text
        else:
            assert text == ""


def spans_of(table: Table) -> Spans:
    return {(c.row, c.column, c.rowspan, c.colspan): c.text for c in table.cells}


def _art20(values: dict[str, str]) -> FormTable:
    cells: list[FormCell] = []
    row = 0

    def add(column: int, colspan: int, text: str, key: str | None = None) -> None:
        cells.append(FormCell(row, column, 1, colspan, text, key))

    def band(text: str, head: tuple[str, ...]) -> None:
        nonlocal row
        add(0, 4, text)
        row += 1
        add(0, 1, "信息内容")
        for i, label in enumerate(head):
            add(1 + i, 1 if len(head) == 3 else 3, label)
        row += 1

    band("第二十条第（一）项", ("本年制发件数", "本年废止件数", "现行有效件数"))
    for label, name in (("规章", "rules"), ("行政规范性文件", "normative")):
        add(0, 1, label)
        for i, column in enumerate(("issued", "repealed", "in_force")):
            key = f"art20_1.{name}.{column}"
            add(1 + i, 1, values[key], key)
        row += 1
    singles = (
        ("第二十条第（五）项", "本年处理决定数量", {"行政许可": "art20_5.licences.decisions"}),
        (
            "第二十条第（六）项",
            "本年处理决定数量",
            {"行政处罚": "art20_6.penalties.decisions", "行政强制": "art20_6.coercion.decisions"},
        ),
        (
            "第二十条第（八）项",
            "本年收费金额（单位：万元）",
            {"行政事业性收费": "art20_8.admin_fees.amount_10k"},
        ),
    )
    for title, head, lines in singles:
        band(title, (head,))
        for label, key in lines.items():
            add(0, 1, label)
            add(1, 3, values[key], key)
            row += 1
    return FormTable("二、主动公开政府信息情况", (40, 34, 34, 34), tuple(cells))


def _requests(values: dict[str, str]) -> FormTable:
    cells = [
        FormCell(
            0, 0, 3, 3, "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
        ),
        FormCell(0, 3, 1, 7, "申请人情况"),
        FormCell(1, 3, 2, 1, "自然人"),
        FormCell(1, 4, 1, 5, "法人或其他组织"),
        FormCell(1, 9, 2, 1, "总计"),
    ]
    cells += [FormCell(2, 4 + i, 1, 1, c.label) for i, c in enumerate(form.APPLICANTS[1:6])]
    rows = form.REQUEST_ROWS_2021
    groups: dict[str, int] = {}
    for entry in rows:
        groups[entry.group] = groups.get(entry.group, 0) + 1
    seen: set[str] = set()
    for r, entry in enumerate(rows, start=3):
        if r == 5:
            cells.append(FormCell(r, 0, 22, 1, "三、本年度办理结果"))
        if entry.group:
            if entry.group not in seen:
                cells.append(FormCell(r, 1, groups[entry.group], 1, entry.group))
                seen.add(entry.group)
            cells.append(FormCell(r, 2, 1, 1, entry.label))
        elif 5 <= r < 27:
            cells.append(FormCell(r, 1, 1, 2, entry.label))
        else:
            cells.append(FormCell(r, 0, 1, 3, entry.label))
        for i, applicant in enumerate(form.APPLICANTS):
            key = f"requests.{entry.key}.{applicant.key}"
            cells.append(FormCell(r, 3 + i, 1, 1, values[key], key))
    return FormTable(
        "三、收到和处理政府信息公开申请情况", (12, 14, 46, 13, 13, 13, 13, 13, 13, 13), tuple(cells)
    )


def _challenges(values: dict[str, str]) -> FormTable:
    cells = [FormCell(0, 0, 1, 5, "行政复议"), FormCell(0, 5, 1, 10, "行政诉讼")]
    cells += [FormCell(1, i, 2, 1, outcome.label) for i, outcome in enumerate(form.OUTCOMES)]
    cells += [FormCell(1, 5, 1, 5, "未经复议直接起诉"), FormCell(1, 10, 1, 5, "复议后起诉")]
    cells += [FormCell(2, 5 + i, 1, 1, form.OUTCOMES[i % 5].label) for i in range(10)]
    cells += [FormCell(3, i, 1, 1, values[key], key) for i, key in enumerate(form.CHALLENGE_KEYS)]
    return FormTable("四、政府信息公开行政复议、行政诉讼情况", (11,) * 15, tuple(cells))
