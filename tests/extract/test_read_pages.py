"""Pages as content systems, Word and hostile hands make them."""

import pytest
import reports

from extract.document import Origin, Paragraph
from extract.errors import LimitExceeded
from extract.readers.html import read_html
from extract.reading import read
from extract.record import State, Status


def page(body, head=""):
    return f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def paragraphs(data):
    return [b.text for b in read_html(data).blocks if isinstance(b, Paragraph)]


def test_paragraphs_keep_digits_that_markup_splits():
    data = page("<p><span>20</span><span>23</span>年<!-- x -->度</p>一<br>二<div>三</div>")
    assert paragraphs(data) == ["2023年度", "一", "二", "三"]


def test_furniture_is_no_text():
    links = "".join(f"<li><a href=/{n}>政府网站年度报表{n}</a></li>" for n in range(8))
    data = page(
        f"<nav>导航</nav><ul>{links}</ul><script>x</script><p>正文</p><footer>主办</footer>"
    )
    assert paragraphs(data) == ["正文"]


def test_metadata_is_read_whatever_its_case():
    head = "<title>甲</title><META NAME=articletitle CONTENT=' 乙 '><meta name=PubDate content='2025-01-23'>"
    metadata = read_html(page("x", head)).metadata
    assert metadata == {"title": "甲", "ArticleTitle": "乙", "PubDate": "2025-01-23"}


def test_tables_of_layout_are_dissolved_and_spans_kept():
    data = page(
        "<table><tr><td>左</td><td><p>引言</p><table><tr><td rowspan=2>甲</td><td>1</td></tr>"
        "<tr><td>2</td></tr></table></td></tr></table>"
    )
    document = read_html(data)
    (table,) = document.tables()
    assert [(c.row, c.column, c.rowspan, c.text) for c in table.cells] == [
        (0, 0, 2, "甲"),
        (0, 1, 1, "1"),
        (1, 1, 1, "2"),
    ]
    assert paragraphs(data) == ["左", "引言"]


def test_cells_that_are_not_shown_take_no_place():
    data = page(
        "<table><tr><td>a</td><td style='display: none'>b</td><td>1</td></tr><tr><td>c<td>2</table>"
    )
    (table,) = read_html(data).tables()
    assert [c.text for c in table.cells] == ["a", "1", "c", "2"]


@pytest.mark.parametrize(
    "data",
    [
        b"<div>" * 5_000 + b"x",
        b"<table><tr><td>" * 2_000 + b"x",
        page("<table><tr>" + "<td>1</td>" * 2_000 + "</tr></table>"),
        page("<table>" + "<tr><td>1<td>2</tr>" * 40_000 + "</table>"),
    ],
)
def test_pages_that_would_exhaust_us_are_refused(data):
    with pytest.raises(LimitExceeded):
        read_html(data)
    assert read(data, Origin()).parse.status is Status.FAILED


@pytest.mark.parametrize(
    ("around", "end"),
    [("<form>", "</form>"), ("<tbody><span>", "</span></tbody>"), ("<tbody>", "")],
)
def test_rows_with_something_around_them(around, end):
    data = page(f"<table>{around}<tr><td>1<td>2</tr><tr><td>3</tr>{end}</table>")
    (table,) = read_html(data).tables()
    assert [(c.row, c.column, c.text) for c in table.cells] == [
        (0, 0, "1"),
        (0, 1, "2"),
        (1, 0, "3"),
    ]


def test_absurd_spans_are_cut_to_the_table():
    (table,) = read_html(
        page("<table><tr><td rowspan=999999>1<td>2</tr><tr><td>3</table>")
    ).tables()
    assert [(c.row, c.column, c.rowspan) for c in table.cells] == [(0, 0, 2), (0, 1, 1), (1, 1, 1)]


@pytest.mark.parametrize(
    "printed", ["3①", "12<sup>1</sup>", "1<s>2</s>", "一", "00", "0<br>7", "5000元"]
)
def test_a_number_with_a_mark_is_not_a_longer_number(printed):
    key = "art20_6.penalties.decisions"
    record = read(reports.as_html(reports.tables(reports.zeros() | {key: printed})), Origin())
    assert record.values()[key] is None


@pytest.mark.parametrize("printed", ["<img src=7.gif>", "<input value=7>", "1 2"])
def test_what_cannot_be_read_with_certainty_is_suspect(printed):
    key = "art20_6.penalties.decisions"
    record = read(reports.as_html(reports.tables(reports.zeros() | {key: printed})), Origin())
    assert record.parse.status is Status.SUSPECT
    assert key in record.parse.suspect_cells


def test_a_fee_under_a_head_in_yuan_is_suspect():
    drawn = reports.tables(reports.zeros() | {"art20_8.admin_fees.amount_10k": "5000"})
    drawn[0].rows[-2][1].text = "本年收费金额（单位：元）"
    record = read(reports.as_html(drawn), Origin())
    assert "art20_8.admin_fees.amount_10k" in record.parse.suspect_cells


def test_columns_in_another_order_are_never_taken_for_the_form():
    drawn = reports.tables(reports.balanced(range(200)))
    heads = drawn[1].rows[2]
    heads[0], heads[1] = heads[1], heads[0]
    assert read(reports.as_html(drawn), Origin()).parse.status is Status.SUSPECT


def test_two_reports_on_a_page_are_not_mixed_up():
    one, two = reports.balanced([1] * 200), reports.balanced([2] * 200)
    record = read(
        reports.as_html(reports.tables(one)) + reports.as_html(reports.tables(two)), Origin()
    )
    assert record.parse.status is Status.SUSPECT


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "header", [None, "text/html; charset=utf-8", "text/html; charset=iso-8859-1"]
)
def test_the_bytes_decide_the_encoding_and_not_the_header(encoding, header):
    text = (
        reports.as_html(reports.tables(reports.zeros()))
        .decode()
        .replace("<meta charset=utf-8>", "")
    )
    record = read(text.encode(encoding), Origin(content_type=header))
    assert record.parse.status is Status.OK
    assert record.agency.name == "示例县民政局"


def test_blank_cells_of_a_table_are_blank():
    values = dict.fromkeys(reports.zeros(), "")
    record = read(reports.as_html(reports.tables(values)), Origin())
    assert {cell.state for cell in record.cells} == {State.BLANK}
    assert {f.rule for f in record.findings if f.severity == "error"} >= {"ST-05"}


def test_buttons_below_an_article_are_no_text_of_it():
    buttons = (
        "<p>【<a href='javascript:window.print()'>打印</a>】【<a href='#' onclick='closeIt()'>关闭</a>】</p>"
        "<div><a href=\"javascript:doZoom(16)\">大</a> | <a href='javascript:doZoom(14)'>中</a></div>"
    )
    data = page(
        f"<p>六、其他需要报告的事项</p><p>无。</p>{buttons}"
        "<p><a href='javascript:open()'>示例县民政局2024年政府信息公开工作年度报告</a>，见<a href='/a.pdf'>附件</a></p>"
    )
    assert paragraphs(data) == [
        "六、其他需要报告的事项",
        "无。",
        "示例县民政局2024年政府信息公开工作年度报告，见附件",
    ]
