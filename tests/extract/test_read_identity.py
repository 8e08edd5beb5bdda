"""Whose report it is, of which year: found wherever a document says so."""

import pytest
import reports

from extract.document import Document, Origin, Paragraph, Position
from extract.identity import identify
from extract.reading import read
from extract.record import Status


def document(*lines, **metadata):
    return Document("text/html", tuple(Paragraph(t, Position()) for t in lines), None, metadata)


@pytest.mark.parametrize(
    "lines",
    [
        ["首页", "淮安市人民政府", "2024年政府信息公开", "工作年度报告", "正文。"],
        ["当前位置：首页 > 年报", "淮安市人民政府2024年政府信息公开工作年度报告"],
        ["淮安市人民政府", "二〇二四年度政府信息公开年度报告"],
    ],
)
def test_titles_over_several_lines(lines):
    found = identify(document(*lines), Origin())
    assert (found.agency.name, found.agency.resolved_by) == ("淮安市人民政府", "title")
    assert (found.year, found.scope) == (2024, "region")


@pytest.mark.parametrize(
    ("lines", "metadata", "name", "where"),
    [
        (
            ["2024年政府信息公开工作年度报告", "正文。", "某县水务局", "2025年1月20日"],
            {},
            "某县水务局",
            "signature",
        ),
        (
            ["2024年政府信息公开工作年度报告", "如有疑问，请与某县水务局联系（电话：1）。"],
            {},
            "某县水务局",
            "body",
        ),
        (["2024年政府信息公开工作年度报告", "本报告由某县水务局编制。"], {}, "某县水务局", "body"),
        (
            ["2024年政府信息公开工作年度报告"],
            {"ContentSource": "某县水务局"},
            "某县水务局",
            "metadata",
        ),
        (["2024年政府信息公开工作年度报告", "我局编制本报告。"], {}, None, None),
        (
            ["2024年政府信息公开工作年度报告"],
            {"ArticleTitle": "某县水务局2024年政府信息公开工作年度报告"},
            "某县水务局",
            "title",
        ),
    ],
)
def test_the_agency_is_found_elsewhere_when_the_title_lacks_it(lines, metadata, name, where):
    agency = identify(document(*lines, **metadata), Origin()).agency
    assert (agency.name, agency.resolved_by) == (name, where)


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("2025年1月20日", "2025-01-20"),
        ("二〇二五年一月二十日", "2025-01-20"),
        ("2025-01-20", "2025-01-20"),
    ],
)
def test_dates_of_signature(line, date):
    lines = ["某县水务局2024年政府信息公开工作年度报告", "正文。", "某县水务局", line]
    assert identify(document(*lines), Origin()).dates.signed == date


@pytest.mark.parametrize(
    "sentence",
    [
        "数据统计期限为2024年1月1日至2024年12月31日。",
        "统计期限自2024年01月01日起至12月31日止。",
        "统计时间为202411日至20241231日",
    ],
)
def test_the_period_gives_the_year_when_the_title_has_none(sentence):
    found = identify(document("某县水务局政府信息公开工作年度报告", sentence), Origin())
    assert found.dates.period == ("2024-01-01", "2024-12-31")
    assert found.year == 2024


def test_the_year_of_last_years_report_is_not_this_years():
    lines = [
        "某局2018年政府信息公开工作年度报告",
        "在2017年度政府信息公开工作的基础上编制。2019年，我局…",
    ]
    assert identify(document(*lines), Origin()).year == 2018


@pytest.mark.parametrize(
    "title",
    [
        "关于做好2025年政府信息公开工作年度报告编制和发布工作的通知",
        "一图读懂示例县民政局2024年政府信息公开工作年度报告",
        "中山大学2019-2020学年信息公开工作年度报告",
    ],
)
def test_lookalikes_are_not_reports_even_with_the_tables_of_one(title):
    page = reports.as_html(reports.tables(reports.zeros()), title=title)
    assert read(page, Origin()).parse.status is Status.NOT_A_REPORT


def test_the_menu_of_a_site_does_not_hide_a_report():
    page = reports.as_html(reports.tables(reports.zeros())).decode()
    page = page.replace("<title>", "<title>示例县财政预决算公开平台-").replace(
        "<h1>", "<p>政府网站年度报表</p><h1>"
    )
    assert read(page.encode(), Origin()).parse.status is Status.OK


@pytest.mark.parametrize("line", ["发布时间：2025-01-20", "发布日期：2025年1月20日", "2025-01-20"])
def test_dates_of_the_page_are_no_signature(line):
    lines = ["某县水务局2024年政府信息公开工作年度报告", "正文。", line]
    assert identify(document(*lines), Origin()).dates.signed is None


def test_a_page_of_something_else_is_not_a_report():
    page = "<p>某县召开全县政务公开工作会议</p><table><tr><td>姓名<td>3</table>".encode()
    assert read(page, Origin()).parse.status is Status.NOT_A_REPORT
