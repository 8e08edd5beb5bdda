"""The statistics table of 2014, read by its labels: reports for 2014 to 2018."""

import json
from decimal import Decimal

import pytest
import reports
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.document import Origin
from extract.forms.dictionary import FIGURE_KEYS, english, is_decimal
from extract.forms.statistics_2014 import S2014, S2014_KEYS, SUMS_2014
from extract.reading import read
from extract.record import Status, Verdict

TITLE = "示例县民政局2016年政府信息公开工作年度报告"
# Rows that only head a group stand before these indicators.
GROUPS = {
    "disclosed": ["一、主动公开情况"],
    "via_gazette": ["（二）通过不同渠道和方式公开政府信息的情况"],
    "responses": ["二、回应解读情况"],
    "press_conferences": ["（二）通过不同渠道和方式回应解读的情况"],
    "req_received": ["三、依申请公开情况"],
    "units": ["八、机构建设和保障经费情况"],
    "meetings": ["九、政府信息公开会议和培训情况"],
}
NOTES = {
    "disclosed": "（不同渠道和方式公开相同信息计1条）",
    "responses": "（不同方式回应同一热点或舆情计1次）",
    "staff_full": "（不包括政府公报及政府网站工作人员数）",
    "budget_10k": "（不包括用于政府公报编辑管理及政府网站建设维护等方面的经费）",
}


MAY_DIFFER = {
    f"s2014.{key}"
    for rule, total, parts in SUMS_2014
    if rule in ("S14-03", "S14-04", "T4-04")
    for key in (total, *parts)
}
"""Several answers to one request, several reasons for one refusal, pending cases: sums that may differ."""


def balanced(numbers):
    source = iter(numbers)
    values = {row.key: next(source, 0) for row in S2014}
    for head in ("press_conferences", "online_interviews"):
        values[f"{head}_head"] = min(values[f"{head}_head"], values[head])
    for _, total, parts in reversed(SUMS_2014):
        values[total] = sum(values[part] for part in parts)
    values["req_received"] = sum(values[part] for part in SUMS_2014[0][2])
    surplus = values["req_completed"] - values["req_received"]
    if surplus > 0:
        values["req_letter"] += surplus
        values["req_received"] += surplus
    return {key: str(value) for key, value in values.items()}


def drawn(values, columns=("统计数",)):
    rows = [[reports.Span("统计指标"), reports.Span("单位"), *map(reports.Span, columns)]]
    for row in S2014:
        for group in GROUPS.get(row.key, ()):
            rows.append(
                [reports.Span(group), reports.Span(""), *[reports.Span("——")] * len(columns)]
            )
        cells = [reports.Span(v) for v in _columns(values[row.key], len(columns))]
        rows.append(
            [reports.Span(row.label + NOTES.get(row.key, "")), reports.Span(row.unit), *cells]
        )
    return reports.Drawn(rows, 2 + len(columns))


def _columns(value, count):
    """The number alone, or parts of it before their sum."""
    if count == 1:
        return [value]
    part = int(value) // 3
    return [str(part), str(int(value) - part), value]


def page(table, title=TITLE, text="2016年，我局认真开展工作。"):
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>一、概述</p><p>{text}</p>"
        f"<p>二、附表</p>{reports.html_table(table)}</body></html>"
    ).encode()


def word(table):
    return reports.as_docx_table(TITLE, table)


def text(table):
    lines = ["\t".join(cell.text for cell in row) for row in table.rows]
    return "\n\n".join(
        (TITLE, "一、概述", "我局认真开展工作。", "二、附表", "\n".join(lines))
    ).encode()


@settings(max_examples=15)
@given(
    numbers=st.lists(st.integers(0, 5000), max_size=58),
    render=st.sampled_from([page, page, text, word]),
)
def test_the_table_reads_as_it_was_drawn(numbers, render):
    values = balanced(numbers)
    record = read(render(drawn(values)), Origin())
    assert record.parse.status is Status.OK, record.parse.reasons
    assert (record.form, record.year) == ("s2014", 2016)
    assert {cell.key: cell.raw for cell in record.cells} == {
        f"s2014.{k}": v for k, v in values.items()
    }
    assert list(record.values()) == list(S2014_KEYS)
    assert not [f for f in record.findings if f.rule.startswith(("S14", "T"))]
    json.dumps(record.to_json())


def test_the_indicators_are_those_of_the_dictionary():
    assert len(S2014_KEYS) == len(set(S2014_KEYS)) == 58
    assert not set(S2014_KEYS) & set(FIGURE_KEYS)
    assert all(english(key) for key in S2014_KEYS)
    assert [key for key in S2014_KEYS if is_decimal(key)] == ["s2014.fees_10k", "s2014.budget_10k"]


def test_money_is_a_decimal_and_a_dash_is_no_number():
    values = balanced([]) | {"fees_10k": "0.37", "budget_10k": "12.5万元", "complaints": "-"}
    record = read(page(drawn(values)), Origin())
    assert record.parse.status is Status.OK
    assert record.values()["s2014.fees_10k"] == Decimal("0.37")
    assert record.values()["s2014.budget_10k"] == Decimal("12.5")
    assert record.values()["s2014.complaints"] is None


def test_of_several_columns_the_total_is_taken():
    values = balanced(range(3, 200, 3))
    record = read(page(drawn(values, ("本级", "部门", "合计"))), Origin())
    assert record.parse.status is Status.OK, record.parse.reasons
    assert record.values() == {f"s2014.{k}": int(v) for k, v in values.items()}


def test_of_several_columns_without_a_total_none_is_taken():
    table = drawn(balanced(range(3, 200, 3)), ("本级", "部门", "合计"))
    table.rows[0][-1].text = "乡镇"
    record = read(page(table), Origin())
    assert record.parse.status is Status.SUSPECT
    assert set(record.values().values()) == {None}


def indicator(table, words):
    return next(n for n, row in enumerate(table.rows) if words in row[0].text)


@pytest.mark.parametrize("words", ["查阅点", "当面申请", "五、行政诉讼", "被依法纠错"])
def test_a_lost_row_is_never_ok(words):
    table = drawn(balanced([1] * 58))
    del table.rows[indicator(table, words)]
    record = read(page(table), Origin())
    assert record.parse.status is Status.SUSPECT
    wrong = {
        k for k, v in record.values().items() if v not in (None, int(balanced([1] * 58)[k[6:]]))
    }
    assert wrong <= set(record.parse.suspect_cells)


def test_rows_of_another_order_and_numbers_of_no_row_are_suspect():
    table = drawn(balanced([1] * 58))
    first, second = indicator(table, "查阅点"), indicator(table, "培训班")
    table.rows[first], table.rows[second] = table.rows[second], table.rows[first]
    assert read(page(table), Origin()).parse.status is Status.SUSPECT
    table = drawn(balanced([1] * 58))
    table.rows.insert(9, [reports.Span("全省另加的指标"), reports.Span("件"), reports.Span("7")])
    record = read(page(table), Origin())
    assert record.parse.status is Status.SUSPECT
    assert any("The number 7 " in reason for reason in record.parse.reasons)


def test_indicators_of_other_tables_make_no_statistics():
    table = reports.Drawn([[reports.Span("申请办结数"), reports.Span("件"), reports.Span("7")]], 3)
    assert read(page(table), Origin()).cells == ()


def findings(rule, changes, words="我局认真开展工作。", extra=()):
    table = drawn(balanced([0] * 58) | {key: str(value) for key, value in changes.items()})
    for place, row in extra:
        table.rows.insert(place, [reports.Span(text) for text in row])
    record = read(page(table, text=words), Origin())
    return [f for f in record.findings if f.rule == rule]


@pytest.mark.parametrize(
    ("rule", "changes", "severity"),
    [
        ("S14-01", {"req_received": 5, "req_online": 3}, "error"),
        ("S14-02", {"req_completed": 5, "req_completed_on_time": 3}, "error"),
        ("S14-03", {"req_answered": 5, "ans_granted": 3}, "error"),
        ("S14-04", {"ans_denied": 5, "den_privacy": 3, "req_answered": 5}, "warn"),
        ("S14-06", {"staff": 5, "staff_full": 3}, "warn"),
        ("S14-06", {"press_conferences_head": 2, "press_conferences": 1}, "warn"),
        ("T4-04", {"review": 1, "review_upheld": 2}, "warn"),
    ],
)
def test_sums_that_do_not_hold(rule, changes, severity):
    (found,) = findings(rule, changes)
    assert (found.verdict, found.severity) == (Verdict.FAIL, severity)
    assert not findings(rule, {})


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("S14-03", {"req_answered": 3, "ans_granted": 3, "ans_not_exist": 1}),  # two answers to one
        ("S14-04", {"ans_denied": 1, "den_privacy": 1, "den_trade_secret": 1, "req_answered": 1}),
        ("T4-04", {"review": 3, "review_upheld": 2}),  # one is pending
    ],
)
def test_sums_that_need_not_hold(rule, changes):
    (found,) = findings(rule, changes)
    assert (found.verdict, found.severity) == (Verdict.PASS_WITH_NOTE, "info")


def test_completed_and_received():
    more = {"req_completed": 5, "req_completed_on_time": 5, "req_received": 3, "req_online": 3}
    (found,) = findings("S14-05", more)
    assert found.verdict is Verdict.NOT_ASSESSABLE
    assert not findings("S14-05", more, "收到申请3件，上年结转申请2件。")
    (found,) = findings("S14-05", more, "收到申请3件，上年结转申请1件。")
    assert found.verdict is Verdict.FAIL


def test_blanks_are_unknown_and_zero_only_leniently():
    (found,) = findings("S14-01", {"req_received": 3, "req_online": 3, "req_fax": ""})
    assert found.verdict is Verdict.PASS_WITH_NOTE
    (found,) = findings("S14-01", {"req_received": "", "req_online": 3})
    assert found.verdict is Verdict.NOT_ASSESSABLE


def test_a_misreading_is_never_held_against_the_agency():
    table = drawn(balanced([3] * 58) | {"req_received": "99"})
    del table.rows[indicator(table, "查阅点")]
    record = read(page(table), Origin())
    assert record.parse.status is Status.SUSPECT
    assert {f.verdict for f in record.findings if f.rule == "S14-01"} == {Verdict.PARSE_SUSPECT}


@pytest.mark.parametrize("form", ["f2021", "f2019"])
def test_the_forms_of_later_years_are_never_taken_for_it(form):
    record = read(reports.as_html(reports.tables(reports.zeros(form), form)), Origin())
    assert record.form == form


def beside(heads, columns):
    """The table with other columns than the form has; ``None`` is the value of the form."""
    values = balanced(range(3, 70))
    table = drawn(values, heads)
    for row, indicator in zip(
        (row for row in table.rows if row[1].text and row[0].text != "统计指标"), S2014, strict=True
    ):
        row[2:] = [reports.Span(values[indicator.key] if c is None else c) for c in columns]
    for row in table.rows:
        row[2:] = [*row[2:], *[reports.Span("")] * (len(heads) - len(row) + 2)]
    return table, {f"s2014.{key}": value for key, value in values.items()}


@pytest.mark.parametrize(
    ("heads", "columns"),
    [
        (("统计数", "备注"), (None, "含下属单位")),
        (("2015年", "2016年"), ("7", None)),
        (("上年合计", "本年统计数"), ("7", None)),
        (("统计数", "上年总数"), (None, "7")),
        (("统计数", "累计总数"), (None, "7")),
        (("统计数", "同比增长"), (None, "12%")),
    ],
)
def test_the_column_of_the_year_among_others(heads, columns):
    table, values = beside(heads, columns)
    record = read(page(table), Origin())
    assert record.parse.status is Status.OK, record.parse.reasons
    assert {cell.key: cell.raw for cell in record.cells} == values


@pytest.mark.parametrize("render", [page, text])
@pytest.mark.parametrize("head", ["2015年统计数", "上年数", "累计总数"])
def test_a_column_of_another_year_alone_is_not_read(head, render):
    record = read(render(beside((head,), (None,))[0]), Origin())
    assert len(record.parse.suspect_cells) == len(record.cells)


def test_a_column_of_numbers_before_the_labels():
    table, values = beside(("统计数",), (None,))
    for number, row in enumerate(table.rows):
        row.insert(0, reports.Span(str(number) if number else "序号"))
    record = read(page(table), Origin())
    assert record.parse.status is Status.OK, record.parse.reasons
    assert {cell.key: cell.raw for cell in record.cells} == values


@pytest.mark.parametrize(("year", "status"), [("2015", Status.SUSPECT), ("2016", Status.OK)])
def test_the_year_above_the_table(year, status):
    caption = f"<p>政府信息公开情况统计表（{year}年度）</p><table"
    data = page(drawn(balanced(range(70)))).decode().replace("<table", caption)
    assert read(data.encode(), Origin()).parse.status is status
