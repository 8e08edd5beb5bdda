"""Which link leads to the column, and what may be called the column."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.links import COLUMN, WEAK, evidence, score, siblings, subcolumns
from crawler.pages import Link, Page, join, parse_day, twin_key
from crawler.platforms import platform_of
from crawler.reports import attachments
from crawler.titles import column_year, read_row


def page(html: str, url: str = "http://www.x.gov.cn/zwgk/") -> Page:
    return Page(url, html.encode(), 1, datetime(2025, 2, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "政府信息公开年报",
        "信息公开年报",
        "政府信息公开年度报告",
        "政府信息公开工作年度报告",
        "信息公开工作年报",
        "--> 政府信息公开年报",
        "政府信息 公开年报",
        "政府信息公開年報",
        "政府信息年度公开",
    ],
)
def test_names_of_the_column_score_highest(text: str) -> None:
    assert score(Link("http://www.x.gov.cn/a/", text)) >= COLUMN


@pytest.mark.parametrize(
    "text",
    [
        "政府网站工作年度报表",
        "法治政府建设年度报告",
        "企业年报公示",
        "社会组织年报",
        "财政预决算",
        "统计年鉴",
        "关于做好政府信息公开年度报告编制工作的通知",
        "示例市民政局2024年政府信息公开工作年度报告",
        "登录",
        "",
    ],
)
def test_look_alikes_reports_and_noise_are_not_followed(text: str) -> None:
    assert score(Link("http://www.x.gov.cn/a/", text)) < WEAK


def test_the_way_down_is_ordered() -> None:
    names = ["政府信息公开年报", "年报", "政府信息公开", "政务公开", "政府信息公开指南"]
    scores = [score(Link("http://www.x.gov.cn/a/", name)) for name in names]
    assert scores == sorted(scores, reverse=True) or scores[2] > scores[3]
    assert scores[0] > scores[1] > scores[2] > scores[3] >= WEAK


def test_the_title_attribute_and_the_slug_help() -> None:
    cut = Link("http://www.x.gov.cn/a/", "政府信息公…", "政府信息公开年报")
    assert score(cut) >= COLUMN
    plain = score(Link("http://www.x.gov.cn/a/", "年报"))
    assert score(Link("http://www.x.gov.cn/zfxxgk/zfxxgknb_84988/", "年报")) > plain


META = '<meta name="{}" content="{}">'
BESIDE = "<a href='1/'>政府信息公开指南</a><a href='2/'>依申请公开</a>"


@pytest.mark.parametrize(
    ("html", "reports", "led", "strong"),
    [
        (META.format("ColumnType", "信息公开年报") + BESIDE, 0, False, True),
        (META.format("ColumnType", "信息公开，信息公开年报") + BESIDE, 0, False, True),
        (META.format("columnname", "政府信息公开年报"), 0, True, True),
        ("<title>政府信息公开年报_示例县</title>", 2, False, True),
        ("<title>政府信息公开年报_示例县</title>", 0, False, False),
        (META.format("ColumnName", "政府信息公开") + "<h1>政府信息公开年报</h1>", 5, False, False),
        ("<title>政府信息公开</title><h3 class='title'>政府信息公开年报</h3>" + BESIDE, 5, False, False),
        ("<title>列表</title>", 3, True, True),
        ("<title>列表</title>", 0, True, False),
        ("<title>列表</title><a href='/nb/'>政府信息公开年报</a>", 3, True, False),
        ("<title>列表</title><a href='/zwgk/index.html'>政府信息公开年报</a>", 3, True, True),
        (META.format("ColumnType", "信息公开年报") + META.format("ArticleTitle", "x"), 0, True, False),
    ],
)  # fmt: skip
def test_evidence(html: str, reports: int, led: bool, strong: bool) -> None:
    assert evidence(page(f"<html><head>{html}</head></html>"), reports, led).strong == strong


def test_siblings_are_guessed_from_neighbours() -> None:
    link = Link("http://www.x.gov.cn/zwgk/zfxxgkzn/index.html", "政府信息公开指南")
    assert [s.url for s in siblings([link])] == ["http://www.x.gov.cn/zwgk/zfxxgknb/"]


def test_parts_of_the_column_are_years_and_kinds_of_agencies() -> None:
    html = """<a href="2024n/">2024年</a><a href="bm/">市直部门</a><a href="../zn/">指南</a>
    <a href="/zwgk/2023/">2023年度</a><a href="/zwgk/xz/">乡镇年报</a><a href="/zwgk/zc/">部门</a>
    <a href="http://other.gov.cn/2022/">2022年</a><a href="./">2024年</a>
    <a href="t20250101_1.html">示例局2024年政府信息公开工作年度报告</a>"""
    column = "http://www.x.gov.cn/zwgk/nb/"
    found = {link.url: year for link, year in subcolumns(page(html, column), column)}
    assert found == {
        "http://www.x.gov.cn/zwgk/nb/2024n/": 2024,
        "http://www.x.gov.cn/zwgk/nb/bm/": None,
        "http://www.x.gov.cn/zwgk/2023/": 2023,
        "http://www.x.gov.cn/zwgk/xz/": None,
    }


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("2024年", 2024),
        ("2024年度", 2024),
        ("2023年年报", 2023),
        ("2024 年度报告", 2024),
        ("部门", None),
    ],
)
def test_year_of_a_subcolumn(name: str, year: int | None) -> None:
    assert column_year(name) == year


@pytest.mark.parametrize(
    ("text", "year", "kind", "agency"),
    [
        ("教育局", 2024, "report", "教育局"),
        ("教育局政府信息公开工作年度报告", 2024, "report", "教育局"),
        ("教育局", None, "other", None),
        ("办事指南", 2024, "other", None),
        ("2024年法治政府建设年度报告", 2024, "lookalike", None),
        ("2023年教育局政府信息公开工作年度报告", 2024, "report", "教育局"),
    ],
)
def test_rows_of_a_year(text: str, year: int | None, kind: str, agency: str | None) -> None:
    title = read_row(text, year)
    assert (title.kind, title.agency) == (kind, agency)
    if kind == "report":
        assert title.year == (2023 if text.startswith("2023") else year)


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("./202503/t1.html", "http://x.gov.cn/nb/202503/t1.html"),
        ("//y.gov.cn/a", "http://y.gov.cn/a"),
        ("javascript:void(0)", None),
        ("mailto:a@b", None),
        ("#top", None),
        ("<?=el.link?>", None),
        ("{{ url }}", None),
        ("http://[bad", None),
        ("http://x:99999999/", None),
        ("a\\b.html", "http://x.gov.cn/nb/a/b.html"),
    ],
)
def test_join(href: str, url: str | None) -> None:
    assert join("http://x.gov.cn/nb/", href) == url


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-01-23 16:05", date(2025, 1, 23)),
        ("2026/9/4 17:07:13", date(2026, 9, 4)),
        ("2025年1月3日", date(2025, 1, 3)),
        ("2017—04—12 21∶37", date(2017, 4, 12)),
        ("[2021-03-2918:26]", date(2021, 3, 29)),
        ("2025-13-41", None),
        ("01-23", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("html", "day"),
    [
        (
            "<meta name=PubDate content='2025/1/23 16:05:00'><p>发布时间：2025-02-01</p>",
            date(2025, 1, 23),
        ),
        ("<meta name=PubDate content=''><p>发布时间：2025-02-01 10:00</p>", date(2025, 2, 1)),
        ("<p>更新时间：2025-06-01 10:00 发布日期： 2025年1月9日 来源</p>", date(2025, 1, 9)),
        ("<p>成文日期：2025-01-02 更新时间：2025-06-01</p>", None),
        ("<p>发布时间： </p>", None),
    ],
)
def test_the_day_a_page_shows_for_its_publication(html: str, day: date | None) -> None:
    assert page(f"<html><body>{html}</body></html>").published == day


def test_twins_have_one_key() -> None:
    assert (
        len(
            {
                twin_key("http://www.x.gov.cn/nb/"),
                twin_key("https://x.gov.cn/nb/index.html"),
                twin_key("http://x.gov.cn:80/nb/index.shtml"),
            }
        )
        == 1
    )
    assert twin_key("http://x.gov.cn/a_wap.html") == twin_key("http://x.gov.cn/a.html")
    assert twin_key("http://x.gov.cn/a?id=1") != twin_key("http://x.gov.cn/a?id=2")


@given(st.binary(max_size=400), st.sampled_from(["", "text/html; charset=utf-8", "image/png"]))
def test_no_bytes_break_a_page(body: bytes, content_type: str) -> None:
    made = Page(
        "http://x.gov.cn/", b"<html><a href='" + body + b"'>" + body, 1,
        datetime(2025, 1, 1, tzinfo=UTC), content_type,
    )  # fmt: skip
    _ = (made.links, made.meta, made.words, made.shell, made.published, made.heading, made.title)
    assert all(link.url.startswith("http") for link in made.links)


@pytest.mark.parametrize(
    "body",
    [
        '<datastore>"dataproxy.jsp" totalrecord=99' + "<record>" * 40_000,
        '<datastore>"dataproxy.jsp" totalrecord=99' + "<nextgroup>" * 40_000,
        "dataproxy.jsp dataStore=[" + "'a'," * 100_000,
        "pagination_script_config" * 20_000,
        "createPageHTML(" * 50_000 + " " * 50_000,
        "<html><body><div>" + '<a href="/x/1">政府信息公开年报</a> 2024-01-02 ' * 40_000,
        "<html><body><li>" + '<a href="/t20240101_1">年报</a>2024-01-02' * 40_000,
        "<div>" * 100_000,
        '<meta http-equiv="refresh" content="' + " " * 100_000 + '">',
    ],
    ids=lambda body: body[:24],
)
def test_no_page_takes_long(body: str) -> None:
    made = page(body)
    started = time.process_time()
    platform = platform_of(made)
    rows = platform.rows(made)
    platform.following(made, made, 2, len(rows))
    _ = (platform.stated(made), platform.says_empty(made), made.shell, made.published)
    _ = (evidence(made, len(rows), True), subcolumns(made, made.url), attachments(made))
    assert time.process_time() - started < 8
