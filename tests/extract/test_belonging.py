"""Pages with more than one report on them, and reports that are not of a whole year."""

from collections.abc import Callable

import pytest
import reports
from form_layout import f2021
from ofd_writer import Layout, Page, Style, write

from extract.document import Origin
from extract.reading import read
from extract.record import Status

VALUES = reports.balanced(range(1, 201))
THIS_YEAR = reports.TITLE
LAST_YEAR = THIS_YEAR.replace("2024", "2023")
ANOTHER = "示例县财政局2024年政府信息公开工作年度报告"


def article(title, values, year="2024"):
    """The text of a report; without values its tables are pictures."""
    opening = reports.OPENING.replace("2024", year)
    page = reports.as_html(reports.tables(values or VALUES), title=title, opening=opening).decode()
    body = page.partition("<body>")[2]
    if values is None:
        for table in reports.tables(VALUES):
            body = body.replace(reports.html_table(table), "<img src=t.png>")
    return body


def page(*parts, title=THIS_YEAR):
    head = f"<html><head><meta charset=utf-8><title>{title}</title></head><body>"
    return read((head + "".join(parts)).encode(), Origin())


@pytest.mark.parametrize("between", ["", "<p>段落。</p>" * 80], ids=["near", "far"])
@pytest.mark.parametrize(
    ("title", "year"), [(LAST_YEAR, "2023"), (LAST_YEAR, "2024"), (ANOTHER, "2024")]
)
def test_tables_of_the_next_report_on_a_page_are_not_certain(title, year, between):
    record = page(article(THIS_YEAR, None), between, article(title, VALUES, year))
    assert (record.year, record.agency.name) == (2024, "示例县民政局")
    assert record.parse.status is Status.SUSPECT
    assert len(record.parse.suspect_cells) == len(record.cells)


@pytest.mark.parametrize(
    "below",
    [
        article(LAST_YEAR, None, "2023"),
        f"<p>上一篇：{LAST_YEAR}</p>",
        f"<p><a href=/1>{LAST_YEAR}</a></p><p><a href=/2>{ANOTHER}</a></p>",
    ],
    ids=["report", "link", "links"],
)
def test_what_stands_below_the_tables_raises_no_doubt(below):
    record = page(article(THIS_YEAR, VALUES), below)
    assert (record.year, record.parse.status) == (2024, Status.OK)


@pytest.mark.parametrize(
    "inner",
    ["2024年政府信息公开工作年度报告", "民政局2024年政府信息公开年报", f"附件：{LAST_YEAR}"],
)
def test_the_title_again_and_names_of_annexes_raise_no_doubt(inner):
    body = article(THIS_YEAR, VALUES).replace("<p>二、", f"<p>{inner}</p><p>二、")
    assert page(body).parse.status is Status.OK


@pytest.mark.parametrize("period", [True, False], ids=["period", "no-period"])
@pytest.mark.parametrize(
    "links", [(LAST_YEAR, LAST_YEAR.replace("2023", "2022")), (ANOTHER,)], ids=["years", "agencies"]
)
def test_links_above_the_title_name_neither_year_nor_agency(links, period):
    above = "".join(f"<p><a href=/x>{link}</a></p>" for link in links)
    text = article(THIS_YEAR, VALUES)
    record = page(above, text if period else text.replace(reports.OPENING, "正文。"))
    assert (record.year, record.agency.name) == (2024, "示例县民政局")
    assert record.parse.status is Status.OK


@pytest.mark.parametrize("end", ["3月31日", "6月30日", "9月30日"])
def test_figures_of_a_part_of_the_year_are_not_certain(end):
    text = article(THIS_YEAR, VALUES).replace("12月31日", end)
    record = page(text)
    assert record.parse.status is Status.SUSPECT
    assert len(record.parse.suspect_cells) == len(record.cells)


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        ("2024年1月1日", "2024年12月31日", Status.OK),
        ("2024年1月1日", "2024年11月30日", Status.OK),
        ("2023年12月1日", "2024年11月30日", Status.OK),
        ("2024年1月1日", "2023年12月31日", Status.OK),
        ("2024年7月1日", "2024年12月31日", Status.SUSPECT),
        ("2023年1月1日", "2024年12月31日", Status.SUSPECT),
    ],
)
def test_figures_of_half_a_year_or_of_two_are_not_certain(start, end, status):
    text = article(THIS_YEAR, VALUES)
    text = text.replace("2024年1月1日", start).replace("2024年12月31日", end)
    assert page(text).parse.status is status


def test_a_title_that_joins_two_years_makes_nothing_certain():
    title = THIS_YEAR.replace("2024年", "2023-2024年")
    parse = page(article(title, VALUES), title=title).parse
    assert parse.status is Status.SUSPECT
    assert "2023-01-01 to 2024-12-31" in parse.reasons[0]


TABLES = "".join(map(reports.html_table, reports.tables(VALUES)))


@pytest.mark.parametrize(
    "tag", ["div style='display: none'", "section hidden", "div class='layui-tab-item layui-hide'"]
)
def test_tables_in_a_part_of_the_page_that_is_not_shown_are_not_certain(tag):
    hidden = f"<{tag}>{TABLES}</{tag.split()[0]}>"
    record = page(article(THIS_YEAR, None), hidden)
    assert len(record.parse.suspect_cells) == len(record.cells)


@pytest.mark.parametrize("name", ["hide", "hidden", "d-none", "sr-only", "visually-hidden"])
def test_words_of_a_class_that_hides_are_no_part_of_a_number(name):
    key = "art20_1.normative.issued"
    body = article(THIS_YEAR, VALUES | {key: "@@"})
    record = page(body.replace("@@", f"<span class='a {name}'>3</span>15"))
    assert key in record.parse.suspect_cells
    assert page(body.replace("@@", "<span class=a>15</span>")).parse.status is Status.OK


def captioned(text, where):
    """A report with a line above table 三, in a caption, a paragraph or a first row."""
    drawn = reports.tables(VALUES)[1]
    before = reports.html_table(drawn)
    after = before
    if where == "row":
        drawn.rows.insert(0, [reports.Span(text, columns=drawn.width)])
        after = reports.html_table(drawn)
    elif where == "caption":
        after = before.replace("<table border=1>", f"<table><caption>{text}</caption>")
    elif where == "paragraph":
        after = f"<p>{text}</p>{before}"
    assert after != before
    return page(article(THIS_YEAR, VALUES).replace(before, after))


WHERE = pytest.mark.parametrize("where", ["row", "caption", "paragraph"])


@WHERE
@pytest.mark.parametrize(
    "text",
    [
        "2023年度收到和处理政府信息公开申请情况统计表",
        "二〇二三年度申请情况",
        "单位：百件",
        "上年情况",
        "去年同期：",
        "第三季度情况",
        "截至9月30日情况",
        "2019年以来累计情况",
        "其中：县政府办公室情况",
        "（样表）",
    ],
)
def test_a_table_that_speaks_of_another_year_or_unit_is_not_certain(text, where):
    parse = captioned(text, where).parse
    assert {key.partition(".")[0] for key in parse.suspect_cells} == {"requests"}
    assert len(parse.suspect_cells) == 175


@WHERE
@pytest.mark.parametrize(
    "text",
    [
        "2024年度收到和处理政府信息公开申请情况",
        "二〇二四年度申请情况",
        "单位：件",
        "填报日期：2025年1月10日",
        "二〇二五年一月十日",
        "与去年相比变化不大，情况如下表：",
        "本机关及所属单位情况",
    ],
)
def test_other_captions_raise_no_doubt(text, where):
    assert captioned(text, where).parse.status is Status.OK


@WHERE
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("示例县财政局", Status.SUSPECT),
        ("大河镇", Status.SUSPECT),
        ("示例县民政局", Status.OK),
        ("某省示例县民政局", Status.OK),
        ("局办公室", Status.OK),
        ("示例县人民政府办公室", Status.OK),
    ],
)
def test_a_table_that_another_agency_filled_in_is_not_certain(who, status, where):
    assert captioned(f"填报单位：{who}", where).parse.status is status
    assert (
        captioned(f"填报单位（盖章）：{who}  填报日期：2025年1月3日", where).parse.status is status
    )


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("一、本年新收政府信息公开申请数量", "一、2024年新收政府信息公开申请数量", Status.OK),
        ("一、本年新收政府信息公开申请数量", "一、2023年新收政府信息公开申请数量", Status.SUSPECT),
        ("二、上年结转政府信息公开申请数量", "二、2023年结转政府信息公开申请数量", Status.OK),
        ("二、上年结转政府信息公开申请数量", "二、2022年结转政府信息公开申请数量", Status.SUSPECT),
    ],
)
def test_a_label_that_names_another_year_is_heeded(old, new, status):
    body = article(THIS_YEAR, VALUES)
    assert old in body
    assert page(body.replace(old, new)).parse.status is status


@pytest.mark.parametrize(
    "mark", ["（征求意见稿）", "(送审稿)", "【讨论稿】", "（草案）", "（初稿）"]
)
@pytest.mark.parametrize("where", ["title", "line"])
def test_the_figures_of_a_draft_are_not_certain(mark, where):
    if where == "title":
        record = page(article(THIS_YEAR + mark, VALUES), title=THIS_YEAR + mark)
    else:
        record = page(article(THIS_YEAR, VALUES).replace("</h1>", f"</h1><p>{mark}</p>"))
    assert (record.year, record.agency.name) == (2024, "示例县民政局")
    assert record.parse.status is Status.SUSPECT
    assert len(record.parse.suspect_cells) == len(record.cells)


@pytest.mark.parametrize("mark", ["（发布稿）", "（审定稿）", "（终稿）"])
def test_the_final_text_is_no_draft(mark):
    told = "<p>全年就法规草案征求意见，发布征求意见稿。</p>"
    body = article(THIS_YEAR, VALUES).replace("</h1>", f"</h1><p>{mark}</p>{told}")
    assert page(body).parse.status is Status.OK


def set_pages(year: int, numbers: range) -> list[Page]:
    """A report on pages without page numbers, table 三 on two of them."""
    title = THIS_YEAR.replace("2024", str(year))
    layout = Layout(Style(), bottom=130)
    layout.paragraph(title, 5.6)
    layout.paragraph("一、总体情况")
    layout.paragraph(f"{year}年，主动公开信息{year}条。")
    for table in f2021(reports.balanced(numbers)):
        layout.paragraph(table.heading)
        layout.table(table)
    layout.paragraph("五、存在的主要问题及改进情况")
    layout.paragraph(f"{year - 1}年查找的问题已整改。")
    layout.paragraph("六、其他需要报告的事项")
    layout.paragraph("无。")
    return layout.pages


def doubtful_pages(put: Callable[[list[Page], list[Page]], None]) -> list[int]:
    """The pages of which each figure is doubtful, where ``put`` changes the pages of two reports."""
    own, other = set_pages(2024, range(1, 201)), set_pages(2023, range(3, 203))
    assert len(own) == len(other) > 3
    put(own, other)
    record = read(write(own, THIS_YEAR), Origin())
    assert record.year == 2024
    sure = {c.position.page for c in record.cells if c.key not in record.parse.suspect_cells}
    return sorted({c.position.page for c in record.cells} - sure)


def footed(pages: list[Page], form: str = "- {} -", first: int = 1) -> None:
    for number, one in enumerate(pages, start=first):
        one.text(100, 285, form.format(number), 3.5)


def headed(pages: list[Page], words: str) -> None:
    for one in pages:
        one.text(80, 10, words, 3.5)


@pytest.mark.parametrize("first", [0, 1, 2])
@pytest.mark.parametrize("form", ["- {} -", "{}", "第{}页 共7页", "{}/7"])
def test_page_numbers_that_go_on_raise_no_doubt(form, first):
    assert doubtful_pages(lambda own, _: footed(own, form, first)) == []


def test_numbers_that_start_over_and_a_title_on_each_page_raise_no_doubt():
    def put(own, _):
        footed(own[:3])
        footed(own[3:])
        headed(own, "2024年政府信息公开年报")

    assert doubtful_pages(put) == []


@pytest.mark.parametrize("form", ["- {} -", "{}", "第 {} 页"])
@pytest.mark.parametrize("first", [0, 4])
def test_a_page_whose_number_does_not_go_on_is_not_certain(form, first):
    def put(own, other):
        footed(own, form)
        footed(other, form, first)
        own[2] = other[2]

    assert doubtful_pages(put) == [3]


def test_two_pages_with_the_same_number_are_not_certain():
    def put(own, other):
        footed(own[:2])
        footed(own[2:], first=2)

    assert doubtful_pages(put) == [2, 3]


def test_a_page_of_a_document_with_more_pages_is_not_certain():
    def put(own, other):
        footed(own, "第{}页 共4页")
        footed(other, "第{}页 共9页")
        own[1] = other[1]

    assert doubtful_pages(put) == [2]


def test_a_page_with_the_title_of_another_year_at_its_top_is_not_certain():
    def put(own, other):
        headed(own, "某局2024年度政府信息公开情况")
        headed(other, "某局2023年度政府信息公开情况")
        own[1] = other[1]

    assert doubtful_pages(put) == [2]


@pytest.mark.parametrize(
    ("words", "pages"),
    [
        ("2023年，全局共收到申请12件。", [2]),
        ("全局开展培训。2022年度新增信息30条。", [2]),
        ("2023年，全局共收到申请12件，2024年共收到15件。", []),
        ("2023年以来，全局共收到申请12件。", []),
        ("较2023年增加12件。针对2023年的问题制定措施3项。", []),
        ("2023年1月起，全局公开信息12条。", []),
        ("2025年，将公开信息12条。", []),
        ("2023年存在的问题已整改。", []),
        ("2019年修订的《条例》第20条规定了公开的范围。", []),
        ("2021年印发的意见有措施6条。", []),
    ],
)
def test_a_page_that_counts_what_another_year_brought_is_not_certain(words, pages):
    assert doubtful_pages(lambda own, _: own[1].text(25, 150, words, 3.5)) == pages
