"""Reading whole reports: what is drawn is what comes out, and what may be wrong is never called ok."""

from decimal import Decimal

import pytest
import reports
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract.document import Origin
from extract.forms.dictionary import (
    APPLICANTS,
    CHALLENGE_KEYS,
    F2019_KEYS,
    F2021_KEYS,
    REQUEST_ROWS_2021,
    english,
    is_decimal,
)
from extract.reading import read
from extract.record import State, Status, Verdict

LAYOUTS = ("plain", "word", "wrapped", "nested", "fragments", "spacer")
NUMBERS = st.lists(st.integers(0, 99_999), min_size=0, max_size=200)


def failing(record, rule):
    return [f for f in record.findings if f.rule == rule and f.verdict is Verdict.FAIL]


def check_equal(record, values):
    assert record.parse.status is Status.OK, record.parse.reasons
    assert {cell.key: cell.raw.strip() for cell in record.cells} == values
    for key, number in record.values().items():
        assert number == Decimal(values[key])
        assert isinstance(number, Decimal if is_decimal(key) else int)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(numbers=NUMBERS, layout=st.sampled_from(LAYOUTS), form=st.sampled_from(["f2021", "f2019"]))
def test_a_page_reads_as_it_was_drawn(numbers, layout, form):
    values = reports.balanced(numbers, form)
    record = read(reports.as_html(reports.tables(values, form), layout), Origin())
    check_equal(record, values)
    assert record.form == form
    assert list(record.values()) == list(F2021_KEYS if form == "f2021" else F2019_KEYS)
    assert (record.agency.name, record.year, record.scope) == ("示例县民政局", 2024, "organ")
    assert [section.number for section in record.sections] == [1, 2, 3, 4, 5, 6]


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(numbers=NUMBERS, form=st.sampled_from(["f2021", "f2019"]))
def test_a_word_document_reads_as_it_was_drawn(numbers, form):
    values = reports.balanced(numbers, form)
    check_equal(read(reports.as_docx(reports.tables(values, form)), Origin()), values)


@settings(max_examples=20)
@given(numbers=NUMBERS)
def test_a_text_reads_as_it_was_drawn(numbers):
    values = reports.balanced(numbers)
    check_equal(read(reports.as_text(reports.tables(values)), Origin()), values)


@settings(max_examples=40)
@given(
    numbers=NUMBERS,
    row=st.sampled_from(REQUEST_ROWS_2021),
    column=st.sampled_from(APPLICANTS),
    step=st.sampled_from([1, -1, 10]),
)
def test_a_misprint_on_a_page_is_a_finding_against_the_agency(numbers, row, column, step):
    values = reports.balanced(numbers)
    key = f"requests.{row.key}.{column.key}"
    right = int(values[key])
    values[key] = str(max(0, right + step)) if right else "1"
    record = read(reports.as_html(reports.tables(values)), Origin())
    rows = failing(record, "T3-01")
    if record.parse.status is Status.OK:
        assert len(rows) == 1
        assert key in rows[0].cells
        assert f"if “{english(key)}” were {right}." in rows[0].message
        assert failing(record, "T3-02") or failing(record, "T3-03")
        assert {cell.key: cell.raw for cell in record.cells} == values
    else:
        # One misprint can look like a row read one column aside; then nobody is accused.
        assert "moved by one column" in record.parse.reasons[0]
        assert not rows


def test_a_misprint_tells_both_numbers():
    values = reports.balanced([5] * 200)
    values["requests.granted.total"] = "31"
    record = read(reports.as_html(reports.tables(values)), Origin())
    assert record.parse.status is Status.OK
    (found,) = failing(record, "T3-01")
    assert "30" in found.message
    assert "31" in found.message
    assert "31" in found.message_zh


def test_a_misprint_in_a_word_document_and_in_table_four():
    values = reports.balanced([5] * 200)
    values["review.total"] = "21"
    record = read(reports.as_docx(reports.tables(values)), Origin())
    assert record.parse.status is Status.OK
    assert failing(record, "T4-01")


@pytest.mark.parametrize(
    "printed", ["1,234", "１２３４", " 1234 ", "1234件", "\u00a01234\u00a0", "12<b>34</b>"]
)
def test_numbers_in_many_dresses(printed):
    values = reports.zeros()
    values["art20_5.licences.decisions"] = printed
    record = read(reports.as_html(reports.tables(values)), Origin())
    assert record.parse.status is Status.OK
    assert record.values()["art20_5.licences.decisions"] == 1234


def test_the_fee_is_a_decimal():
    values = reports.zeros() | {"art20_8.admin_fees.amount_10k": "96171.60"}
    record = read(reports.as_html(reports.tables(values)), Origin())
    assert record.values()["art20_8.admin_fees.amount_10k"] == Decimal("96171.60")


def test_changes_of_items_have_a_sign():
    values = reports.zeros("f2019") | {
        "art20_5.licences.items_prev": "10",
        "art20_5.licences.items_change": "减3",
        "art20_6.penalties.items_change": "+19",
    }
    record = read(reports.as_html(reports.tables(values, "f2019")), Origin())
    assert record.parse.status is Status.OK
    assert record.values()["art20_5.licences.items_change"] == -3
    assert record.values()["art20_6.penalties.items_change"] == 19


@pytest.mark.parametrize(
    ("printed", "state"),
    [
        ("", State.BLANK),
        ("&nbsp;", State.BLANK),
        ("-", State.NOT_APPLICABLE),
        ("/", State.NOT_APPLICABLE),
        ("—", State.NOT_APPLICABLE),
        ("无", State.NOT_APPLICABLE),
        ("22(其中修订16件)", State.TEXT),
    ],
)
def test_what_is_no_number_is_none(printed, state):
    values = reports.zeros()
    key = "requests.denied.third_party.research"
    values[key] = printed
    record = read(reports.as_html(reports.tables(values)), Origin())
    cell = next(cell for cell in record.cells if cell.key == key)
    assert (cell.state, cell.value) == (state, None)
    assert record.parse.status is Status.OK
    assert any(f.rule == "ST-05" and key in f.cells for f in record.findings)


def test_blanks_are_unknown_and_zero_only_leniently():
    values = reports.balanced([0, 7])
    values["requests.granted.research"] = ""
    record = read(reports.as_html(reports.tables(values)), Origin())
    assert record.parse.status is Status.OK
    for rule in ("T3-01", "T3-02"):
        (found,) = (f for f in record.findings if f.rule == rule)
        assert found.verdict is Verdict.PASS_WITH_NOTE
        assert found.cells == ("requests.granted.research",)


def test_a_blank_total_accuses_nobody():
    values = reports.balanced([3] * 200)
    values["review.total"] = ""
    record = read(reports.as_html(reports.tables(values)), Origin())
    assert record.parse.status is Status.OK
    (found,) = (f for f in record.findings if f.rule == "T4-01")
    assert found.verdict is Verdict.NOT_ASSESSABLE


@pytest.mark.parametrize("render", [reports.as_html, reports.as_docx, reports.as_text])
@pytest.mark.parametrize("lost", range(3, 28, 6))
def test_a_lost_row_is_never_ok(render, lost):
    drawn = reports.tables(reports.zeros())
    if render is reports.as_docx:
        for cell in drawn[1].rows[lost][-8:]:
            cell.text = ""
    else:
        del drawn[1].rows[lost]
    record = read(render(drawn), Origin())
    assert record.parse.status is Status.SUSPECT
    assert record.parse.reasons


@pytest.mark.parametrize("position", [1, 4, 7])
@pytest.mark.parametrize("render", [reports.as_html, reports.as_text])
def test_a_lost_cell_never_moves_the_others(render, position):
    values = reports.balanced(range(1, 300))
    drawn = reports.tables(values)
    row = next(row for row in drawn[1].rows if row[0].text.startswith("2.重复"))
    del row[position]
    record = read(render(drawn), Origin())
    assert record.parse.status is Status.SUSPECT
    bad = {k for k, v in record.values().items() if v is not None and str(v) != values[k]}
    assert bad <= set(record.parse.suspect_cells)


def test_a_row_moved_by_one_column_is_suspect_and_no_finding():
    # 0 3 0 0 0 2 5 read from its second value on: 5 stands below 其他 and the total is empty.
    values = reports.balanced([2] * 200)
    keys = [f"requests.granted.{column.key}" for column in APPLICANTS]
    values |= dict(zip(keys, ["3", "0", "0", "0", "2", "5", ""], strict=True))
    record = read(reports.as_html(reports.tables(values)), Origin())
    assert record.parse.status is Status.SUSPECT
    assert set(keys) <= set(record.parse.suspect_cells)
    assert not failing(record, "T3-01")
    assert any(f.rule == "T3-09" for f in record.findings)


def test_swapped_rows_are_suspect():
    drawn = reports.tables(reports.zeros())
    rows = drawn[1].rows
    rows[8], rows[9] = rows[9], rows[8]
    assert read(reports.as_html(drawn), Origin()).parse.status is Status.SUSPECT


def test_an_extra_row_with_numbers_is_reported():
    drawn = reports.tables(reports.zeros())
    drawn[0].rows.insert(4, [reports.Span("其他事项"), *[reports.Span("7")] * 3])
    record = read(reports.as_html(drawn), Origin())
    assert record.parse.status is Status.SUSPECT
    assert "7" in " ".join(record.parse.reasons)


def test_subtotal_rows_are_understood():
    drawn = reports.tables(reports.balanced([4] * 200))
    rows = drawn[1].rows
    start = next(i for i, row in enumerate(rows) if "查询事项" in row[0].text)
    rows.insert(start + 1, [reports.Span("小计"), *[reports.Span("9")] * 7])
    for row in rows:
        for cell in row:
            cell.rows += cell.text in ("三、本年度办理结果", "（三）不予公开")
    record = read(reports.as_html(drawn), Origin())
    assert record.parse.status is Status.OK
    assert len(record.cells) == 200


def test_a_header_repeated_after_a_page_break_is_understood():
    drawn = reports.tables(reports.balanced([4] * 200))
    rows = drawn[1].rows
    rows[15:15] = rows[:3]
    record = read(reports.as_text(drawn), Origin())
    assert record.parse.status is Status.OK, record.parse.reasons


def test_a_report_in_mixed_form_says_so():
    values = reports.zeros() | reports.zeros("f2019")
    drawn = [
        reports.table_two(values, "f2019"),
        reports.table_three(values),
        reports.table_four(values),
    ]
    record = read(reports.as_html(drawn), Origin())
    assert record.form == "mixed"
    assert record.parse.status is Status.OK
    assert any(f.rule == "ST-06" for f in record.findings)


def test_heads_that_lost_their_second_line():
    drawn = reports.tables(reports.zeros("f2019"), "f2019")
    for cell in drawn[0].rows[1][1:3]:
        cell.text = "本年新"
    assert read(reports.as_html(drawn), Origin()).parse.status is Status.OK


def test_every_cell_says_where_it_stands():
    record = read(reports.as_html(reports.tables(reports.zeros())), Origin())
    places = {cell.position.path for cell in record.cells}
    assert len(places) == len(record.cells) == 200
    assert record.cells[0].position.path == "table 1, row 3, column 2"
    assert record.to_json()["cells"][0]["path"] == "table 1, row 3, column 2"


def test_without_tables_the_reading_failed():
    page = reports.as_html([reports.Drawn([[reports.Span("图")]], 1)] * 3)
    record = read(page, Origin())
    assert record.parse.status is Status.FAILED
    assert record.cells == ()
    assert len(CHALLENGE_KEYS) == 15


def test_the_year_of_the_period_that_contradicts_the_title_is_a_finding():
    page = reports.as_html(
        reports.tables(reports.zeros()), title=reports.TITLE.replace("2024", "2023")
    )
    record = read(page, Origin())
    assert record.year == 2023
    assert failing(record, "ID-02")
    assert failing(record, "ID-03")


DAMAGES = {
    "lose a cell": lambda rows, r, c: rows[r].pop(c),
    "double a cell": lambda rows, r, c: rows[r].insert(c, rows[r][c]),
    "lose a row": lambda rows, r, c: rows.pop(r),
    "double a row": lambda rows, r, c: rows.insert(r, rows[r]),
    "swap rows": lambda rows, r, c: rows.insert(r, rows.pop(r - 1)),
    "empty a cell": lambda rows, r, c: rows[r].__setitem__(c, reports.Span("")),
    "insert a cell": lambda rows, r, c: rows[r].insert(c, reports.Span("")),
}


@settings(max_examples=150)
@given(
    numbers=NUMBERS,
    form=st.sampled_from(["f2021", "f2019"]),
    render=st.sampled_from([reports.as_html, reports.as_text]),
    damage=st.sampled_from(sorted(DAMAGES)),
    table=st.integers(0, 2),
    row=st.integers(0, 1000),
    cell=st.integers(0, 1000),
)
def test_whatever_is_damaged_no_wrong_number_is_called_ok(
    numbers, form, render, damage, table, row, cell
):
    values = reports.balanced(numbers, form)
    drawn = reports.tables(values, form)
    rows = drawn[table].rows
    row %= len(rows)
    DAMAGES[damage](rows, row, cell % len(rows[row]))
    record = read(render(drawn), Origin())
    wrong = {k for k, v in record.values().items() if v is not None and str(v) != values.get(k)}
    assert record.parse.status is not Status.OK or not wrong
