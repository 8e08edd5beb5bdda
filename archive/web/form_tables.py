"""The tables of the forms as they are printed, for drawing the figures of a report.

Layouts: f2021 of 国办公开办函〔2021〕30号, f2019 of 国办公开办函〔2019〕60号; the statistics of 2014 are a list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

from extract.forms.dictionary import (
    APPLICANTS,
    ART20_2019,
    ART20_2021,
    ART20_ROW_LABELS,
    CHALLENGES,
    OUTCOMES,
    REQUEST_ROWS_2019,
    REQUEST_ROWS_2021,
    RESULTS,
    Entry,
    label,
)
from extract.forms.statistics_2014 import S2014


@dataclass(frozen=True, slots=True)
class Head:
    """A cell with a printed label; ``column`` tells that it heads the columns below it."""

    label: str
    colspan: int = 1
    rowspan: int = 1
    column: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell with a figure, under its key of the data dictionary."""

    key: str
    colspan: int = 1


Row = tuple[Head | Slot, ...]


@dataclass(frozen=True, slots=True)
class FormTable:
    """A table of a form; ``name`` is the first part of its keys, or what it is."""

    name: str
    title: str
    head: tuple[Row, ...]
    rows: tuple[Row, ...]


_HEADS_2021 = {
    "issued": "本年制发件数",
    "repealed": "本年废止件数",
    "in_force": "现行有效件数",
    "decisions": "本年处理决定数量",
    "amount_10k": "本年收费金额（单位：万元）",
}
_HEADS_2019 = {
    "made_new": "本年新制作数量",
    "disclosed_new": "本年新公开数量",
    "disclosed_total": "对外公开总数量",
    "items_prev": "上一年项目数量",
    "items_change": "本年增/减",
    "decisions": "处理决定数量",
    "projects": "采购项目数量",
    "amount": "采购总金额",
}
_ITEMS = {"art20_1": "一", "art20_5": "五", "art20_6": "六", "art20_8": "八", "art20_9": "九"}
_BALANCE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
_PARTS = 3
"""Columns for figures in table 二."""


def tables(form: str | None, keys: Collection[str]) -> list[FormTable]:
    """The tables in which the cells of a record stand; cells that no form has come last, in a list."""
    found: list[FormTable] = []
    if any(not key.startswith("s2014.") for key in keys):
        old = form == "f2019"
        found.append(_art20(ART20_2019 if old else ART20_2021, _HEADS_2019 if old else _HEADS_2021))
        found.append(_requests(REQUEST_ROWS_2019 if old else REQUEST_ROWS_2021))
        found.append(_challenges())
    if any(key.startswith("s2014.") for key in keys):
        found.append(_statistics())
    placed = {
        cell.key for table in found for row in table.rows for cell in row if isinstance(cell, Slot)
    }
    if others := [key for key in keys if key not in placed]:
        rows: tuple[Row, ...] = tuple((Head(label(key)), Slot(key)) for key in others)
        found.append(FormTable("others", "其他单元格", (), rows))
    return found


def _art20(keys: tuple[str, ...], heads: dict[str, str]) -> FormTable:
    rows: list[Row] = []
    for item, of_item in groupby(keys, lambda key: key.split(".")[0]):
        rows.append((Head(f"第二十条第（{_ITEMS[item]}）项", 1 + _PARTS, column=True),))
        shown: tuple[str, ...] = ()
        for row, of_row in groupby(of_item, lambda key: key.rpartition(".")[0]):
            cells = tuple(of_row)
            columns = tuple(heads[key.rpartition(".")[2]] for key in cells)
            spans = _spans(len(cells))
            if columns != shown:
                named = (
                    Head(text, span, column=True) for text, span in zip(columns, spans, strict=True)
                )
                rows.append((Head("信息内容", column=True), *named))
                shown = columns
            slots = (Slot(key, span) for key, span in zip(cells, spans, strict=True))
            rows.append((Head(ART20_ROW_LABELS[row]), *slots))
    return FormTable("art20", "二、主动公开政府信息情况", (), tuple(rows))


def _spans(cells: int) -> list[int]:
    """How the columns of table 二 are shared out among one, two or three cells."""
    return [_PARTS // cells] * (cells - 1) + [_PARTS - _PARTS // cells * (cells - 1)]


def _requests(entries: tuple[Entry, ...]) -> FormTable:
    organisations = [entry for entry in APPLICANTS if entry.group]
    head: tuple[Row, ...] = (
        (Head(_BALANCE, 3, 3, column=True), Head("申请人情况", len(APPLICANTS), column=True)),
        (
            Head(APPLICANTS[0].label, rowspan=2, column=True),
            Head(organisations[0].group, len(organisations), column=True),
            Head(APPLICANTS[-1].label, rowspan=2, column=True),
        ),
        tuple(Head(entry.label, column=True) for entry in organisations),
    )
    results = [entry for entry in entries if _is_result(entry)]
    rows: list[Row] = []
    for group, of_group in groupby(entries, lambda entry: entry.group):
        members = list(of_group)
        for entry in members:
            labels: list[Head] = []
            if entry is results[0]:
                labels.append(Head("三、本年度办理结果", rowspan=len(results)))
            if group and entry is members[0]:
                labels.append(Head(group, rowspan=len(members)))
            labels.append(Head(entry.label, 1 if group else 2 if entry in results else 3))
            slots = (Slot(f"requests.{entry.key}.{column.key}") for column in APPLICANTS)
            rows.append((*labels, *slots))
    return FormTable("requests", "三、收到和处理政府信息公开申请情况", head, tuple(rows))


def _is_result(entry: Entry) -> bool:
    return entry in RESULTS or entry.label.startswith(("（六）", "（七）"))


def _challenges() -> FormTable:
    review, direct, after = CHALLENGES
    outcomes = len(OUTCOMES)
    head: tuple[Row, ...] = (
        (
            Head(review.label, outcomes, column=True),
            Head("行政诉讼", 2 * outcomes, column=True),
        ),
        (
            *(Head(outcome.label, rowspan=2, column=True) for outcome in OUTCOMES),
            Head(direct.label, outcomes, column=True),
            Head(after.label, outcomes, column=True),
        ),
        tuple(Head(outcome.label, column=True) for _ in (direct, after) for outcome in OUTCOMES),
    )
    row = tuple(Slot(f"{group.key}.{outcome.key}") for group in CHALLENGES for outcome in OUTCOMES)
    return FormTable("challenges", "四、政府信息公开行政复议、行政诉讼情况", head, (row,))


def _statistics() -> FormTable:
    head: tuple[Row, ...] = (
        tuple(Head(text, column=True) for text in ("统计指标", "单位", "统计数")),
    )
    return FormTable("s2014", "政府信息公开情况统计表", head, tuple(_indicators()))


def _indicators() -> Iterator[Row]:
    for row in S2014:
        yield Head(row.label), Head(row.unit), Slot(f"s2014.{row.key}")
