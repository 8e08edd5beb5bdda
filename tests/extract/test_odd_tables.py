"""Tables that nearly are those of the form: another order, another year beside this one, a part of the whole.

Each is drawn with other numbers than the truth in reach: none of these may be presented as certain.
"""

import pytest
import reports
from reports import Span

from extract.document import Origin
from extract.forms.dictionary import APPLICANTS, CHALLENGE_KEYS
from extract.reading import read
from extract.record import Status

VALUES = reports.balanced(range(1, 201))
OTHER = reports.balanced([7 * n % 50 for n in range(200)])
FEES = "art20_8.admin_fees.amount_10k"
LICENCES = "art20_5.licences.decisions"


def drawn(change, values=VALUES):
    tables = reports.tables(values)
    change(*tables)
    return read(reports.as_html(tables), Origin())


def wrong(record, truth=VALUES):
    """The cells that are presented as certain and are another number than the truth."""
    sure = (cell for cell in record.cells if cell.key not in record.parse.suspect_cells)
    return [c.key for c in sure if c.value is not None and str(c.value) != truth.get(c.key)]


def rename(old, new):
    def change(*tables):
        cells = [c for table in tables for row in table.rows for c in row if c.text == old]
        assert cells
        for cell in cells:
            cell.text = new

    return change


def rows_of_two_years(labels, first):
    def change(_, __, challenges):
        rows = [[Span(values[key]) for key in CHALLENGE_KEYS] for values in (VALUES, OTHER)]
        if labels:
            challenges.rows[0].insert(0, Span("年度", 3))
            rows = [[Span(label), *row] for label, row in zip(labels, rows, strict=True)]
        challenges.rows[3:] = rows if first == "this year" else rows[::-1]

    return change


@pytest.mark.parametrize("first", ["this year", "last year"])
@pytest.mark.parametrize(
    "labels", [("2024年", "2023年"), ("2024", "2023"), ("本级", "全县"), None], ids=str
)
def test_of_two_rows_under_the_heads_of_table_four_none_is_certain(labels, first):
    record = drawn(rows_of_two_years(labels, first))
    assert record.parse.status is Status.SUSPECT
    assert wrong(record) == []


def test_a_blank_row_below_the_values_is_no_second_row():
    record = drawn(lambda _, __, table: table.rows.append([Span("")] * 15))
    assert record.parse.status is Status.OK, record.parse.reasons


def total_first(_, requests, __):
    requests.rows[1] = [Span("总计", 2), Span("公民", 2), Span("法人或其他组织", 1, 5)]
    for row in requests.rows[3:]:
        row[-7:] = [row[-1], *row[-7:-1]]


def two_heads_swapped(_, requests, __):
    requests.rows[1][0].text = "公民"
    heads = requests.rows[2]
    heads[0], heads[1] = heads[1], heads[0]
    for row in requests.rows[3:]:
        row[-6], row[-5] = row[-5], row[-6]


@pytest.mark.parametrize("change", [total_first, two_heads_swapped])
def test_columns_in_another_order_under_a_head_of_another_name(change):
    record = drawn(change)
    assert record.parse.status is Status.SUSPECT
    assert wrong(record) == []


def test_a_head_of_another_name_in_the_order_of_the_form():
    assert drawn(rename("自然人", "公民")).parse.status is Status.OK


@pytest.mark.parametrize("filled", ["本年", "上年"])
@pytest.mark.parametrize("order", [("上年", "本年"), ("本年", "上年")])
def test_a_blank_of_this_year_is_not_filled_by_last_year(order, filled):
    """Each column of table 三 is two: of last year and of this one, and one of them is blank."""

    def change(_, requests, __):
        rows = requests.rows
        for row in rows[:3]:
            for cell in row[row is rows[0] :]:
                cell.columns *= 2
        rows[0][0].rows = 4
        rows.insert(3, [Span(year) for _ in range(7) for year in order])
        for row in rows[4:]:
            row[-7:] = [cell if year == filled else Span("") for cell in row[-7:] for year in order]

    this_year = {k: v for k, v in VALUES.items() if filled == "本年" or "requests" not in k}
    record = drawn(change)
    assert wrong(record, this_year) == []
    assert record.parse.status is (Status.OK if filled == "本年" else Status.SUSPECT)


@pytest.mark.parametrize(
    ("old", "new", "keys"),
    [
        ("行政许可", "行政许可（上年）", (LICENCES,)),
        ("行政许可", "行政许可（单位：万件）", (LICENCES,)),
        ("第二十条第（五）项", "第二十条第（五）项（累计）", (LICENCES,)),
        ("行政事业性收费", "行政事业性收费（单位：元）", (FEES,)),
        ("第二十条第（八）项", "第二十条第（八）项（单位：元）", (FEES,)),
        ("本年收费金额（单位：万元）", "本年收费金额（单位：亿）", (FEES,)),
        ("本年收费金额（单位：万元）", "本年减免收费金额（单位：万元）", (FEES,)),
        (VALUES[LICENCES], f"增{VALUES[LICENCES]}", (LICENCES,)),
        (VALUES[LICENCES], f"+{VALUES[LICENCES]}", (LICENCES,)),
        ("行政处罚", "行政处罚（公开数）", ("art20_6.penalties.decisions",)),
        ("行政许可", "行政许可（公示）", (LICENCES,)),
        ("行政许可", "行政许可撤销", (LICENCES,)),
        ("行政许可", "行政许可申请受理", (LICENCES,)),
        ("行政处罚", "行政处罚罚没金额", ("art20_6.penalties.decisions",)),
        ("本年处理决定数量", "本年处理决定金额（万元）", (LICENCES,)),
        ("行政规范性文件", "行政规范性文件备案", ("art20_1.normative.issued",)),
        ("规章", "规章制度", ("art20_1.rules.issued",)),
        ("行政事业性收费", "行政事业性收费项目数", (FEES,)),
        ("行政规范性文件", "行政规范性文件（主动公开）", ("art20_1.normative.issued",)),
        ("本年废止件数", "拟废止件数", ("art20_1.rules.repealed", "art20_1.normative.repealed")),
        ("本年制发件数", "本年制发件数（已公开）", ("art20_1.rules.issued",)),
        ("现行有效件数", "上年底现行有效件数", ("art20_1.rules.in_force",)),
        ("自然人", "自然人（其中：网上申请）", ("requests.received_new.natural_person",)),
        ("申请人情况", "上年度申请人情况", ("requests.received_new.natural_person",)),
        (
            "一、本年新收政府信息公开申请数量",
            "一、本年新收政府信息公开申请数量（其中：网上）",
            ("requests.received_new.natural_person",),
        ),
    ],
)
def test_a_label_of_another_unit_year_or_part_is_suspect(old, new, keys):
    record = drawn(rename(old, new))
    assert record.parse.status is Status.SUSPECT
    assert set(keys) <= set(record.parse.suspect_cells)


def test_money_that_purchases_saved_is_not_their_amount():
    values = reports.balanced(range(1, 201), "f2019")
    tables = reports.tables(values, "f2019")
    rename("采购总金额", "采购总金额节约额")(*tables)
    assert read(reports.as_html(tables), Origin()).parse.suspect_cells == (
        "art20_9.procurement.amount",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("行政许可", "行政许可事项"),
        ("行政许可", "行政许可（含备案）"),
        ("行政处罚", "行政处罚决定"),
        ("行政强制", "行政强制（件）"),
        ("行政规范性文件", "行政规范性文件（含与其他部门联合制发）"),
    ],
)
def test_a_fuller_label_raises_no_doubt(old, new):
    assert drawn(rename(old, new)).parse.status is Status.OK


@pytest.mark.parametrize("remark", ["", "12.5%", "详见附件"])
def test_a_column_behind_those_of_the_form_moves_nothing(remark):
    def change(_, requests, __):
        requests.rows[0].append(Span("备注", 3))
        for row in requests.rows[3:]:
            row.append(Span(remark))

    record = drawn(change)
    assert record.parse.status is Status.OK, record.parse.reasons
    assert wrong(record) == []


SHORT = {"结果维持": "维持", "结果纠正": "纠正", "其他结果": "其他", "尚未审结": "未结"}
ORDERS = {"form": [0, 1, 2, 3, 4], "total-first": [4, 0, 1, 2, 3], "two-swapped": [1, 0, 2, 3, 4]}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("names", [SHORT, {}, {"结果维持": "不利"}], ids=["short", "form", "other"])
def test_columns_of_table_four_by_their_heads(names, order):
    def change(_, __, challenges):
        _heads, results, more, values = challenges.rows
        for row, count in ((results, 1), (more, 2)):
            texts = [names.get(cell.text, cell.text) for cell in row[:5]]
            for place in range(5 * count):
                row[place].text = texts[ORDERS[order][place % 5]]
        challenges.rows[3] = [values[5 * group + i] for group in range(3) for i in ORDERS[order]]

    record = drawn(change)
    assert wrong(record) == []
    assert (record.parse.status is Status.OK) == (order == "form")


def test_litigation_before_review():
    def change(_, __, challenges):
        heads, results, _more, values = challenges.rows
        heads.reverse()
        results[:] = [*results[5:], *results[:5]]
        values[:] = [*values[5:], *values[:5]]

    assert wrong(drawn(change)) == []


def test_a_number_to_which_a_script_counts_up_is_not_the_one_in_the_page():
    key = "art20_1.normative.issued"
    text = reports.as_html(reports.tables(VALUES | {key: "@@"})).decode()
    for shown, certain in (("<i data-count=15>0</i>", False), ("<i data-count=15>15</i>", True)):
        parse = read(text.replace("@@", shown).encode(), Origin()).parse
        assert (key not in parse.suspect_cells) is certain


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("一、本年新收政府信息公开申请数量", "一、2024年新收政府信息公开申请数量"),
        ("二、上年结转政府信息公开申请数量", "二、2023年结转政府信息公开申请数量"),
        ("四、结转下年度继续办理", "四、2024年结转下年度继续办理"),
        ("四、结转下年度继续办理", "四、转下年度继续办理"),
        ("2.其他法律行政法规禁止公开", "2.其它法律法规禁止公开"),
        ("3.危及“三安全一稳定”", "3.危及国家安全、公共安全、经济安全、社会稳定"),
        ("4.保护第三方合法权益", "4.保护第三人合法权益"),
        ("8.属于行政查询事项", "8.属于行政查询"),
        ("1.本机关不掌握相关政府信息", "1.本机关没有掌握相关政府信息"),
        ("2.重复申请", "2.重复性申请"),
        ("4.无正当理由大量反复申请", "4.无正当理由反复大量申请"),
        ("3.其他", "3.其它"),
        ("行政复议", "行政复议情况"),
        ("未经复议直接起诉", "直接起诉"),
        ("信息内容", "项目"),
        ("规章", "政府规章"),
        ("现行有效件数", "有效件数"),
        ("行政事业性收费", "行政事业收费"),
        ("本年收费金额（单位：万元）", "本年收费总金额（万元）"),
    ],
)
def test_labels_in_other_words(old, new):
    record = drawn(rename(old, new))
    assert record.parse.status is Status.OK, record.parse.reasons
    assert wrong(record) == []


@pytest.mark.parametrize("number", [0, 2], ids=["二", "四"])
def test_a_long_note_below_the_numbers_makes_no_layout_of_a_table(number):
    def change(*tables):
        note = "注：本表统计口径以《政府信息公开工作年度报告》格式要求为准。" * 20
        tables[number].rows.append([Span(note, columns=tables[number].width)])

    record = drawn(change)
    assert record.parse.status is Status.OK, record.parse.reasons


GROUPS = (
    "三、本年度办理结果",
    "（三）不予公开",
    "（四）无法提供",
    "（五）不予处理",
    "（六）其他处理",
)


@pytest.mark.parametrize("longer", [1, -1])
@pytest.mark.parametrize("label", GROUPS)
def test_a_row_moved_whole_by_a_wrong_row_span_is_proven_by_its_sum(label, longer):
    def change(_, requests, __):
        (cell,) = (cell for row in requests.rows for cell in row if cell.text == label)
        cell.rows += longer

    record = drawn(change)
    assert record.parse.status is Status.OK, record.parse.reasons
    assert wrong(record) == []


def test_a_row_moved_whole_without_a_sum_that_holds_is_suspect():
    def change(_, requests, __):
        (cell,) = (cell for row in requests.rows for cell in row if cell.text == "（三）不予公开")
        cell.rows -= 1

    row = {f"requests.denied.administrative_query.{column.key}" for column in APPLICANTS}
    parse = drawn(change, VALUES | dict.fromkeys(row, "3")).parse
    assert row <= set(parse.suspect_cells)


def test_a_column_of_units_before_the_values():
    def change(_, requests, __):
        requests.rows[0].insert(1, Span("单位", 3))
        for row in requests.rows[3:]:
            row.insert(len(row) - 7, Span("件"))

    record = drawn(change)
    assert record.parse.status is Status.OK, record.parse.reasons
    assert wrong(record) == []


@pytest.mark.parametrize("place", [0, 3, 6])
def test_a_column_without_a_head_makes_none_of_the_row_certain(place):
    """The values behind it stand under the heads of others, and the last one under none."""
    sparse = reports.zeros() | {"requests.granted.research": "2", "requests.granted.total": "2"}

    def change(art20, requests, _):
        art20.rows[2].insert(2, Span("5"))
        for row in requests.rows[3:]:
            row.insert(len(row) - 7 + place, Span("0"))

    record = drawn(change, sparse)
    sure = {cell.key for cell in record.cells} - set(record.parse.suspect_cells)
    assert not [key for key in sure if key.startswith(("requests", "art20_1.rules"))]


RULES = [f"art20_1.rules.{column}" for column in ("issued", "repealed", "in_force")]


def test_the_only_blank_of_a_table_at_the_end_of_a_row_makes_it_uncertain():
    record = drawn(lambda *_: None, VALUES | dict(zip(RULES, ("0", "0", ""), strict=True)))
    assert set(RULES) == set(record.parse.suspect_cells)
    blanks = VALUES | dict(zip(RULES, ("0", "0", ""), strict=True)) | {LICENCES: ""}
    assert drawn(lambda *_: None, blanks).parse.status is Status.OK


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_row_that_lost_a_cell_and_is_blank_at_its_end_is_not_certain(lost):
    def change(art20, _, __):
        del art20.rows[2][1 + lost]
        art20.rows[2].append(Span(""))

    record = drawn(change, VALUES | dict(zip(RULES, "529", strict=True)))
    assert set(RULES) <= set(record.parse.suspect_cells)


@pytest.mark.parametrize(
    "row", [("", "", ""), ("0", "", ""), ("", "2", ""), ("5", "", "9"), ("5", "", "")]
)
def test_zeros_that_are_left_blank_raise_no_doubt(row):
    record = drawn(lambda *_: None, VALUES | dict(zip(RULES, row, strict=True)))
    assert record.parse.status is Status.OK, record.parse.reasons


@pytest.mark.parametrize(
    ("caption", "head", "status"),
    [
        ("单位：元", "本年收费金额", Status.SUSPECT),
        ("单位：件、元", "本年收费金额", Status.SUSPECT),
        ("单位：千元", "本年收费金额", Status.SUSPECT),
        ("单位：件、万元", "本年收费金额", Status.OK),
        ("单位：件", "本年收费金额", Status.OK),
        ("单位：件、元", "本年收费金额（单位：万元）", Status.OK),
    ],
)
def test_money_of_the_unit_above_the_table(caption, head, status):
    tables = reports.tables(VALUES)
    rename("本年收费金额（单位：万元）", head)(*tables)
    heading = "<p>二、主动公开政府信息情况</p>"
    text = reports.as_html(tables).decode().replace(heading, f"{heading}<p>{caption}</p>")
    record = read(text.encode(), Origin())
    assert record.parse.status is status
    assert record.parse.suspect_cells in ((), (FEES,))


@pytest.mark.parametrize("place", range(15))
@pytest.mark.parametrize("text", ["", "0"])
def test_a_cell_too_many_in_table_four_makes_none_of_it_certain(place, text):
    record = drawn(lambda _, __, challenges: challenges.rows[-1].insert(place, Span(text)))
    assert set(CHALLENGE_KEYS) <= set(record.parse.suspect_cells)


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_cell_too_many_in_a_row_of_table_two_makes_it_uncertain(place):
    def change(art20, _, __):
        art20.rows[2].insert(place, Span("0"))

    record = drawn(change, VALUES | dict(zip(RULES, ("5", "2", ""), strict=True)))
    assert set(RULES) <= set(record.parse.suspect_cells)


def test_spans_that_are_too_wide_raise_no_doubt():
    def change(art20, _, __):
        for row in art20.rows[5:8]:
            row[-1].columns += 1

    assert drawn(change).parse.status is Status.OK


@pytest.mark.parametrize("lost", range(15))
@pytest.mark.parametrize(
    "values",
    [VALUES, reports.zeros() | {"review.upheld": "1", "review.total": "1"}],
    ids=["full", "sparse"],
)
def test_a_cell_lost_in_table_four_and_a_blank_at_its_end_makes_none_of_it_certain(lost, values):
    def change(_, __, challenges):
        del challenges.rows[-1][lost]
        challenges.rows[-1].append(Span(""))

    record = drawn(change, values)
    assert set(CHALLENGE_KEYS) <= set(record.parse.suspect_cells)


def test_digits_in_a_row_of_their_own_may_be_the_rest_of_a_number_above():
    """A page break in a narrow column leaves 5 in the last row and 23 in one without a label."""

    def change(_, requests, __):
        *_, total = requests.rows[-1]
        assert len(total.text) > 1
        rest, total.text = total.text[1:], total.text[:1]
        requests.rows.append([Span("", 1, 3), *([Span("")] * 6), Span(rest)])

    record = drawn(change)
    assert record.parse.status is Status.SUSPECT
    assert wrong(record) == []
