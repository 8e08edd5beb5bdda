"""The forms as agencies really print them: two years' forms in one report, heads and cells of all kinds."""

import pytest
import reports
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import Span

from extract.document import Origin
from extract.reading import read
from extract.record import State, Status, Verdict

BANDS = ("一", "五", "六", "八", "九")
BLOCKS = {"一": "art20_1.", "五": "art20_5.", "六": "art20_6.", "八": "art20_8.", "九": "art20_9."}


def bands(table):
    """The rows of table 二 by band."""
    found = {}
    for row in table.rows:
        if len(row) == 1:
            band = next(b for b in BANDS if f"（{b}）" in row[0].text)
            found[band] = []
        found[band].append(row)
    return found


def mixed(choice, numbers, requests="f2021"):
    """Figures and tables in which each band of table 二 follows the form chosen for it."""
    forms = {"f2021": reports.balanced(numbers), "f2019": reports.balanced(numbers, "f2019")}
    parts = {form: bands(reports.table_two(values, form)) for form, values in forms.items()}
    table = reports.Drawn(width=4)
    values = {}
    for band in BANDS:
        form = choice["八"] if band == "九" else choice[band]
        table.rows += parts[form].get(band, [])
        values |= {k: v for k, v in forms[form].items() if k.startswith(BLOCKS[band])}
    values |= {k: v for k, v in forms[requests].items() if not k.startswith("art20_")}
    return values, [table, reports.table_three(values, requests), reports.table_four(values)]


CHOICES = st.fixed_dictionaries({b: st.sampled_from(["f2019", "f2021"]) for b in BANDS[:4]})


@settings(max_examples=25)
@given(
    choice=CHOICES,
    requests=st.sampled_from(["f2019", "f2021"]),
    numbers=st.lists(st.integers(0, 9999), max_size=200),
    render=st.sampled_from([reports.as_html, reports.as_text]),
)
def test_each_band_follows_the_heads_above_it(choice, requests, numbers, render):
    values, drawn = mixed(choice, numbers, requests)
    record = read(render(drawn), Origin())
    assert record.parse.status is Status.OK, record.parse.reasons
    assert {cell.key: cell.raw for cell in record.cells} == values
    used = {*choice.values(), requests}
    assert record.form == (used.pop() if len(used) == 1 else "mixed")
    old = [f for f in record.findings if f.rule == "ST-06"]
    assert bool(old) == ("f2019" in {*choice.values(), requests})


def test_rows_of_both_forms_in_one_band():
    values = reports.zeros("f2019") | reports.zeros()
    table = reports.table_two(values)
    table.rows.insert(3, bands(reports.table_two(values, "f2019"))["一"][1])
    record = read(
        reports.as_html([table, reports.table_three(values), reports.table_four(values)]), Origin()
    )
    # Rules in the columns of 2021, normative documents in those of 2019: nothing is put elsewhere.
    found = record.values()
    assert found["art20_1.rules.issued"] == 0
    assert found["art20_1.normative.made_new"] == 0
    assert found.get("art20_1.normative.issued") is None
    assert record.form == "mixed"


def page(change=None, values=None, form="f2021"):
    drawn = reports.tables(values or reports.zeros(form), form)
    if change:
        change(drawn)
    return read(reports.as_html(drawn), Origin())


def rename(old, new):
    def change(drawn):
        cells = [c for table in drawn for row in table.rows for c in row if c.text == old]
        assert cells
        for cell in cells:
            cell.text = new

    return change


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("现行有效件数", "现行有效件"),
        ("本年制发件数", "本年发件"),
        ("本年制发件数", "本年(2023)制发件数"),
        ("本年制发件数", "本年 制发件数"),
        ("本年制发件数", "本年<br>制发<br>件数"),
        ("第二十条第（一）项", "第二十条 第(一)项"),
        ("规章", "规 章"),
        ("2.其他法律行政法规禁止公开", "2.其他法律行政止公开"),
        ("3.危及“三安全一稳定”", '3.危及"三安全一稳定"'),
        ("1.属于国家秘密", "1、属于国家秘密"),
        ("三、本年度办理结果", "<br>".join("三、本年度办理结果")),
        (reports.PARTIAL, "（二）部分公开"),
    ],
)
def test_labels_as_people_print_them(old, new):
    assert page(rename(old, new)).parse.status is Status.OK


LICENCES = "art20_5.licences.decisions"
ISSUED = "art20_1.normative.issued"
FEES = "art20_8.admin_fees.amount_10k"


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        (LICENCES, "本年处理决定数量", "本年处理决定数量（单位：万件）"),
        (LICENCES, "本年处理决定数量", "上年处理决定数量"),
        (LICENCES, "本年处理决定数量", "2023年处理决定数量"),
        (LICENCES, "本年处理决定数量", "本年处理决定数量（其中：网上办理）"),
        (LICENCES, "行政许可", "行政许可（其中：网上办理）"),
        (ISSUED, "本年制发件数", "上年制发件数"),
        (ISSUED, "本年制发件数", "累计制发件数"),
        (FEES, "本年收费金额（单位：万元）", "本年收费金额（单位：千元）"),
        (FEES, "本年收费金额（单位：万元）", "本年收费金额（单位：亿元）"),
        (FEES, "本年收费金额（单位：万元）", "本年收费金额（单位：百万元）"),
        (FEES, "本年收费金额（单位：万元）", "本年收费金额（元）"),
    ],
)
def test_a_head_of_another_unit_year_or_part_is_suspect(key, old, new):
    record = page(rename(old, new))
    assert record.parse.status is Status.SUSPECT
    assert key in record.parse.suspect_cells


def test_heads_of_2019_that_are_cut():
    assert page(rename("本年增/减", "本年增/"), form="f2019").parse.status is Status.OK


@pytest.mark.parametrize("form", ["f2021", "f2019"])
def test_a_row_that_one_province_adds_moves_nothing(form):
    values = reports.balanced(range(1, 230), form)

    def add(drawn):
        drawn[0].rows.insert(4, [Span("其他主动公开文件"), *[Span("7")] * 3])

    record = page(add, values, form)
    assert record.parse.status is Status.OK, record.parse.reasons
    assert {cell.key: cell.raw for cell in record.cells} == values


def test_none_in_every_cell():
    record = page(values=dict.fromkeys(reports.zeros(), "无"))
    assert {cell.state for cell in record.cells} == {State.NOT_APPLICABLE}
    assert record.parse.status is Status.OK
    assert not [f for f in record.findings if f.rule.startswith("T") and f.verdict is Verdict.FAIL]


def test_a_head_that_only_says_none():
    values = dict.fromkeys(reports.zeros(), "无")
    record = page(rename("本年处理决定数量", "无"), values)
    assert record.parse.status is Status.OK, record.parse.reasons
    assert len(record.cells) == 200

    # Three values could be of either form.
    def three(drawn):
        drawn[0].rows[1][1:] = [Span("无", columns=3)]

    record = page(three, values)
    assert record.parse.status is Status.SUSPECT


@pytest.mark.parametrize(
    ("printed", "value"),
    [("+19", 19), ("-8", -8), ("减3", -3), ("增2", 2), ("减少3项", -3)],
)
def test_signed_and_worded_changes(printed, value):
    key = "art20_5.licences.items_change"
    values = reports.zeros("f2019") | {"art20_5.licences.items_prev": "10", key: printed}
    record = page(values=values, form="f2019")
    assert record.parse.status is Status.OK
    assert record.values()[key] == value


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("0.37万元", "0.37"),
        ("251000元", "251000"),
        ("75394432.52元", "75394432.52"),
        ("477.35", "477.35"),
    ],
)
def test_money_in_the_unit_the_agency_prints(printed, value):
    key = "art20_9.procurement.amount"
    record = page(values=reports.zeros("f2019") | {key: printed}, form="f2019")
    (cell,) = (cell for cell in record.cells if cell.key == key)
    assert (str(cell.value), cell.raw) == (value, printed)


@pytest.mark.parametrize("printed", ["22(其中修订16件)", "55（含自然失效29件）", "3；另有2件"])
def test_a_number_with_a_note_is_no_number(printed):
    key = "art20_1.normative.in_force"
    record = page(values=reports.zeros() | {key: printed})
    (cell,) = (cell for cell in record.cells if cell.key == key)
    assert (cell.state, cell.value, cell.raw) == (State.TEXT, None, printed)
    assert record.parse.status is Status.OK


def test_glued_cells_are_never_split():
    def glue(drawn):
        for table in drawn[1:2]:
            for row in table.rows[3:5]:
                row[:] = [Span("".join(cell.text for cell in row), columns=10)]

    record = page(glue, reports.balanced([1] * 200))
    assert record.parse.status is Status.SUSPECT
    assert record.values()["requests.received_new.natural_person"] is None
    assert "requests.received_new.total" in record.parse.suspect_cells


def subtotals(numbers):
    def change(drawn):
        rows = drawn[1].rows
        start = next(i for i, row in enumerate(rows) if "查询事项" in row[0].text)
        rows.insert(start + 1, [Span("小计"), *map(Span, numbers)])
        for row in rows:
            for cell in row:
                cell.rows += cell.text in ("三、本年度办理结果", "（三）不予公开")

    return change


def test_subtotals_are_weighed_and_stay_out_of_the_sums():
    values = reports.balanced([4] * 200)
    right = ["32"] * 6 + ["192"]
    record = page(subtotals(right), values)
    assert record.parse.status is Status.OK
    assert not [f for f in record.findings if f.rule.startswith("T3")]
    record = page(subtotals(["32", "31", *right[2:]]), values)
    (found,) = (f for f in record.findings if f.rule.startswith("T3"))
    assert (found.rule, found.severity) == ("T3-05", "error")
    assert "31" in found.message
    assert "32" in found.message
    assert all(".denied." in key for key in found.cells)


@pytest.mark.parametrize("first", ["the old table", "the new table"])
def test_nothing_of_two_tables_that_differ_is_certain(first):
    values = reports.balanced(range(1, 201))
    old = reports.balanced([7 * n % 50 for n in range(200)])
    page = reports.as_html(reports.tables(values)).decode()
    new_table = reports.html_table(reports.table_three(values))
    old_table = reports.html_table(reports.table_three(old))
    assert page.count(new_table) == 1
    both = (old_table, new_table) if first == "the old table" else (new_table, old_table)
    record = read(page.replace(new_table, "<p>又一表</p>".join(both)).encode(), Origin())
    assert record.parse.status is Status.SUSPECT
    sure = [cell for cell in record.cells if cell.key not in record.parse.suspect_cells]
    assert {cell.key.partition(".")[0] for cell in sure} >= {"art20_1", "litigation_direct"}
    assert [cell.key for cell in sure if str(cell.value) != values[cell.key]] == []
