"""Reports for tests: any figures, drawn as HTML, Word or text the way real ones are."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from itertools import groupby

import docx

from extract.document import Origin
from extract.forms.dictionary import (
    APPLICANTS,
    CHALLENGE_KEYS,
    F2019_KEYS,
    F2021_KEYS,
    REQUEST_ROWS_2019,
    REQUEST_ROWS_2021,
)
from extract.reading import read
from extract.record import Status

TITLE = "示例县民政局2024年政府信息公开工作年度报告"
NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
PARTIAL = "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"


@dataclass
class Span:
    """A cell to draw."""

    text: str
    rows: int = 1
    columns: int = 1


@dataclass
class Drawn:
    """A table as rows of cells that start there."""

    rows: list[list[Span]] = field(default_factory=list)
    width: int = 0


def zeros(form="f2021"):
    return dict.fromkeys(F2021_KEYS if form == "f2021" else F2019_KEYS, "0")


def balanced(numbers, form="f2021"):
    """Figures in which every identity holds, made from any list of small numbers."""
    source = iter(numbers)
    take = lambda: next(source, 0)  # noqa: E731
    rows = REQUEST_ROWS_2021 if form == "f2021" else REQUEST_ROWS_2019
    values = {key: take() for key in zeros(form)}
    for column in APPLICANTS[:-1]:
        get = lambda row, c=column: f"requests.{row}.{c.key}"  # noqa: E731
        handled = sum(values[get(row.key)] for row in rows[2:-2])
        values[get("processed_total")] = handled
        whole = handled + values[get("carried_out")]
        values[get("carried_in")] = min(values[get("carried_in")], whole)
        values[get("received_new")] = whole - values[get("carried_in")]
    for row in rows:
        cells = [f"requests.{row.key}.{column.key}" for column in APPLICANTS]
        values[cells[-1]] = sum(values[key] for key in cells[:-1])
    for start in (0, 5, 10):
        keys = CHALLENGE_KEYS[start : start + 5]
        values[keys[-1]] = sum(values[key] for key in keys[:-1])
    return {key: str(value) for key, value in values.items()}


def table_two(values, form="f2021"):
    table = Drawn(width=4)

    def band(number, heads, rows):
        table.rows.append([Span(f"第二十条第（{number}）项", columns=4)])
        last = 4 - len(heads)
        table.rows.append(
            [Span("信息内容")]
            + [Span(h, columns=1 if i < len(heads) - 1 else last) for i, h in enumerate(heads)]
        )
        for label, keys in rows:
            cells = [
                Span(values[key], columns=1 if i < len(keys) - 1 else last)
                for i, key in enumerate(keys)
            ]
            table.rows.append([Span(label), *cells])

    def three(row, *columns):
        return [f"{row}.{column}" for column in columns]

    if form == "f2021":
        made = ("issued", "repealed", "in_force")
        band(
            "一",
            ["本年制发件数", "本年废止件数", "现行有效件数"],
            [
                ("规章", three("art20_1.rules", *made)),
                ("行政规范性文件", three("art20_1.normative", *made)),
            ],
        )
        band("五", ["本年处理决定数量"], [("行政许可", ["art20_5.licences.decisions"])])
        band(
            "六",
            ["本年处理决定数量"],
            [
                ("行政处罚", ["art20_6.penalties.decisions"]),
                ("行政强制", ["art20_6.coercion.decisions"]),
            ],
        )
        band(
            "八",
            ["本年收费金额（单位：万元）"],
            [("行政事业性收费", ["art20_8.admin_fees.amount_10k"])],
        )
        return table
    made = ("made_new", "disclosed_new", "disclosed_total")
    items = ("items_prev", "items_change", "decisions")
    heads = ["上一年项目数量", "本年增/减", "处理决定数量"]
    band(
        "一",
        ["本年新制作数量", "本年新公开数量", "对外公开总数量"],
        [
            ("规章", three("art20_1.rules", *made)),
            ("规范性文件", three("art20_1.normative", *made)),
        ],
    )
    band(
        "五",
        heads,
        [
            ("行政许可", three("art20_5.licences", *items)),
            ("其他对外管理服务事项", three("art20_5.other_services", *items)),
        ],
    )
    band(
        "六",
        heads,
        [
            ("行政处罚", three("art20_6.penalties", *items)),
            ("行政强制", three("art20_6.coercion", *items)),
        ],
    )
    band("八", heads[:2], [("行政事业性收费", three("art20_8.admin_fees", *items[:2]))])
    band(
        "九",
        ["采购项目数量", "采购总金额"],
        [("政府集中采购", three("art20_9.procurement", "projects", "amount"))],
    )
    return table


def table_three(values, form="f2021"):
    rows = REQUEST_ROWS_2021 if form == "f2021" else REQUEST_ROWS_2019
    table = Drawn(width=10)
    table.rows += [
        [Span(NOTE, 3, 3), Span("申请人情况", 1, 7)],
        [Span("自然人", 2), Span("法人或其他组织", 1, 5), Span("总计", 2)],
        [Span(column.label) for column in APPLICANTS[1:-1]],
    ]

    def numbers(row):
        return [Span(values[f"requests.{row.key}.{column.key}"]) for column in APPLICANTS]

    for row in rows[:2]:
        table.rows.append([Span(row.label, 1, 3), *numbers(row)])
    first = True
    for group, members in groupby(rows[2:-1], key=lambda row: row.group):
        listed = list(members)
        for i, row in enumerate(listed):
            label = PARTIAL if row.key == "partially_granted" else row.label
            cells = [Span(label, 1, 1 if group else 2), *numbers(row)]
            if group and i == 0:
                cells.insert(0, Span(group, len(listed)))
            if first:
                cells.insert(0, Span("三、本年度办理结果", len(rows) - 3))
                first = False
            table.rows.append(cells)
    table.rows.append([Span(rows[-1].label, 1, 3), *numbers(rows[-1])])
    return table


def table_four(values):
    heads = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    return Drawn(
        [
            [Span("行政复议", 1, 5), Span("行政诉讼", 1, 10)],
            [Span(h, 2) for h in heads]
            + [Span("未经复议直接起诉", 1, 5), Span("复议后起诉", 1, 5)],
            [Span(h) for h in heads * 2],
            [Span(values[key]) for key in CHALLENGE_KEYS],
        ],
        15,
    )


def tables(values, form="f2021"):
    return [table_two(values, form), table_three(values, form), table_four(values)]


HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
OPENING = (
    "根据《中华人民共和国政府信息公开条例》（国务院令第711号）编制本报告，统计期限自2024年1月1日起至"
    "2024年12月31日止。"
)
MISSING = object()
PROSE = {
    0: "全年通过网站主动公开信息，规范依申请公开和信息管理，加强平台建设和监督保障考核。",
    4: "一是公开的内容还不够全面，二是人员的业务水平有待提高。下一步将加强培训，完善制度，"
    "及时更新栏目，提高公开的质量和水平，更好地回应群众关切。",
    5: "本年度未收取信息处理费。",
}


def as_html(drawn, layout="plain", title=TITLE, prose=None, opening=OPENING):
    prose = PROSE | (prose or {})
    parts = [f"<html><head><meta charset=utf-8><title>{title}-示例县人民政府</title></head><body>"]
    if layout == "nested":
        parts.append("<table width=100%><tr><td><a href=/>首页</a></td></tr><tr><td>")
    parts.append(f"<h1>{title}</h1><p>{opening}</p>")
    for number, heading in enumerate(HEADINGS):
        if prose.get(number) is MISSING:
            continue
        parts.append(f"<p>{heading}</p>")
        if number in prose:
            parts.append(f"<p>{prose[number]}</p>")
        else:
            parts.append(html_table(drawn[number - 1], layout))
    if layout == "nested":
        parts.append("</td></tr></table>")
    return "".join(parts).encode()


def html_table(table, layout="plain"):
    rows = table.rows
    pieces = [rows]
    if layout == "fragments" and len(rows) > 10:
        pieces = [rows[:14], rows[14:]]
    html = []
    for piece in pieces:
        html.append("<table border=1>")
        for row in piece:
            html.append("<tr>" + "".join(_html_cell(cell, layout) for cell in row))
            if layout == "spacer":
                html.append("<td></td>")
            html.append("</tr>")
        html.append("</table>")
    return "".join(html)


def _html_cell(cell, layout):
    text = cell.text
    if layout == "word":
        runs = "".join(f"<font><span lang=EN-US>{c}</span></font>" for c in text)
        text = f"<p class=MsoNormal><!--[if !supportLists]-->{runs}<o:p></o:p><!--[endif]--></p>"
    elif layout == "wrapped":
        text = f"\n   &nbsp;{text}&nbsp;\n "
    return f"<td rowspan={cell.rows} colspan={cell.columns}>{text}</td>"


def as_docx(drawn, title=TITLE):
    document = docx.Document()
    document.add_paragraph(title)
    document.add_paragraph(OPENING)
    for number, heading in enumerate(HEADINGS):
        document.add_paragraph(heading)
        if number in PROSE:
            document.add_paragraph(PROSE[number])
        else:
            _docx_table(document, drawn[number - 1])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_docx_table(title, table):
    """A Word document of nothing but a title and a table."""
    document = docx.Document()
    document.add_paragraph(title)
    _docx_table(document, table)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _docx_table(document, table):
    grid = document.add_table(rows=len(table.rows), cols=table.width)
    cells = [list(row.cells) for row in grid.rows]
    taken = set()
    for r, row in enumerate(table.rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            last_row, last_column = r + cell.rows - 1, c + cell.columns - 1
            target = cells[r][c]
            if (last_row, last_column) != (r, c):
                target = target.merge(cells[last_row][last_column])
            target.text = cell.text
            taken |= {(i, j) for i in range(r, last_row + 1) for j in range(c, last_column + 1)}
            c += cell.columns


def as_text(drawn, title=TITLE):
    lines = [title, "", OPENING]
    for number, heading in enumerate(HEADINGS):
        lines += ["", heading, ""]
        if number in PROSE:
            lines.append(PROSE[number])
        else:
            for row in drawn[number - 1].rows:
                lines.append("\t".join(cell.text for cell in row) + ("\t" if len(row) == 1 else ""))
    return "\n".join(lines).encode()


ONE = "全年通过网站主动公开信息12条。{} 规范信息管理，加强平台建设和监督保障考核。"
"""A section 一 with a place for the sentence a test is about."""


def findings(rule, *, values=None, form="f2021", **options):
    """What a rule says of a page with these figures and words, which must read with certainty."""
    figures = zeros(form) | (values or {})
    record = read(as_html(tables(figures, form), **options), Origin())
    assert record.parse.status is Status.OK, record.parse.reasons
    return [f for f in record.findings if f.rule == rule]


def received(count, total=None):
    """Figures with ``count`` requests of natural persons, all granted."""
    rows = ("received_new", "granted", "processed_total")
    values = {f"requests.{row}.natural_person": str(count) for row in rows}
    return values | {f"requests.{row}.total": str(count) for row in rows}
