"""The three tables of the national form of 2021 as grids of merged cells (domain guide §2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from crawler.sampleweb.figures import Figures
from extract.forms.dictionary import (
    APPLICANTS,
    CARRIED_IN,
    CARRIED_OUT,
    CHALLENGES,
    OUTCOMES,
    PROCESSED_TOTAL,
    RECEIVED_NEW,
    RESULTS,
    Entry,
)

SECTIONS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
_NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
_PARTIAL = "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"


@dataclass(frozen=True, slots=True)
class FormCell:
    """A cell of the form; merged cells are one cell."""

    text: str
    colspan: int = 1
    rowspan: int = 1


Grid = list[list[FormCell]]
"""Rows of the cells that start in them."""


def tables(figures: Figures) -> tuple[Grid, Grid, Grid]:
    """Tables 二, 三 and 四 with these figures."""
    return _article_20(figures), _requests(figures), _challenges(figures)


def _article_20(figures: Figures) -> Grid:
    def value(key: str) -> FormCell:
        return FormCell(str(figures[key]))

    def decisions(item: str, head: str, rows: tuple[tuple[str, str], ...]) -> Grid:
        return [
            [FormCell(f"第二十条第（{item}）项", 4)],
            [FormCell("信息内容"), FormCell(head, 3)],
            *([FormCell(label), FormCell(str(figures[key]), 3)] for label, key in rows),
        ]

    return [
        [FormCell("第二十条第（一）项", 4)],
        [FormCell(text) for text in ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")],
        *(
            [
                FormCell(label),
                *(value(f"art20_1.{row}.{what}") for what in ("issued", "repealed", "in_force")),
            ]
            for label, row in (("规章", "rules"), ("行政规范性文件", "normative"))
        ),
        *decisions("五", "本年处理决定数量", (("行政许可", "art20_5.licences.decisions"),)),
        *decisions(
            "六",
            "本年处理决定数量",
            (
                ("行政处罚", "art20_6.penalties.decisions"),
                ("行政强制", "art20_6.coercion.decisions"),
            ),
        ),
        *decisions(
            "八",
            "本年收费金额（单位：万元）",
            (("行政事业性收费", "art20_8.admin_fees.amount_10k"),),
        ),
    ]


def _requests(figures: Figures) -> Grid:
    def numbers(row: Entry) -> list[FormCell]:
        return [FormCell(str(figures[f"requests.{row.key}.{column.key}"])) for column in APPLICANTS]

    results: Grid = []
    for group, entries in groupby(RESULTS, key=lambda row: row.group):
        rows = list(entries)
        if not group:
            for row in rows:
                label = _PARTIAL if row.key == "partially_granted" else row.label
                results.append([FormCell(label, 2), *numbers(row)])
            continue
        for index, row in enumerate(rows):
            head = [FormCell(group, 1, len(rows))] if index == 0 else []
            results.append([*head, FormCell(row.label), *numbers(row)])
    results.append([FormCell(PROCESSED_TOTAL.label, 2), *numbers(PROCESSED_TOTAL)])
    results[0].insert(0, FormCell("三、本年度办理结果", 1, len(results)))
    return [
        [FormCell(_NOTE, 3, 3), FormCell("申请人情况", 7)],
        [FormCell("自然人", 1, 2), FormCell("法人或其他组织", 5), FormCell("总计", 1, 2)],
        [FormCell(column.label) for column in APPLICANTS[1:-1]],
        *([FormCell(row.label, 3), *numbers(row)] for row in (RECEIVED_NEW, CARRIED_IN)),
        *results,
        [FormCell(CARRIED_OUT.label, 3), *numbers(CARRIED_OUT)],
    ]


def _challenges(figures: Figures) -> Grid:
    review, *litigation = CHALLENGES
    return [
        [FormCell(review.label, 5), FormCell("行政诉讼", 10)],
        [
            *(FormCell(outcome.label, 1, 2) for outcome in OUTCOMES),
            *(FormCell(group.label, 5) for group in litigation),
        ],
        [FormCell(outcome.label) for _ in litigation for outcome in OUTCOMES],
        [
            FormCell(str(figures[f"{group.key}.{outcome.key}"]))
            for group in CHALLENGES
            for outcome in OUTCOMES
        ],
    ]
