import json
from pathlib import Path

import pytest

from extract.identity import parse_title, scope_of

SHARED = Path(__file__).parents[2].parent / "shared"
PAGES = SHARED / "real-pages.jsonl"

# What a title alone cannot tell, or where the note about the page is not its title.
NOT_TO_BE_TOLD = {
    "2020年度信息公开工作年度报告": "a university's; only the site shows it",
    "2022年政府信息公开工作年度报告 / 桃江县松木塘镇人民政府 2022年…": "two titles in one note",
}


@pytest.mark.skipif(not PAGES.exists(), reason="the collection of real pages is not here")
def test_real_titles_are_told_apart():
    wrong = []
    for line in PAGES.read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        if not page["title"] or page["title"] in NOT_TO_BE_TOLD:
            continue
        title = parse_title(page["title"].replace("⏎", "\n"))
        if page["kind"] == "report":
            if (title.kind, title.year) != ("report", page["year"]):
                wrong.append((page["title"], title))
        elif title.kind == "report":
            wrong.append((page["title"], title))
    assert not wrong


@pytest.mark.parametrize(
    ("text", "agency", "year", "scope"),
    [
        ("淮安市人民政府\n2024 年政府信息公开工作年度报告", "淮安市人民政府", 2024, "region"),
        ("某县[2024]年政府信息公开工作年度报告", "某县", 2024, "region"),
        ("二〇二四年淮安市民政局政府信息公开年度报告", "淮安市民政局", 2024, "organ"),
        ("淮安市政府信息公开工作年度报告（2024年）", "淮安市", 2024, "region"),
        ("淮安市政府信息公开2022年度报告", "淮安市", 2022, "region"),
        ("关于2015年度平潭县财政局政府信息公开年度报告", "平潭县财政局", 2015, "organ"),
        (
            "２０２３年度某县人民政府政府信息公开工作年度报告",
            "某县人民政府",
            2023,
            "region",
        ),
        ("某市审计局2023年度政府信息公开工作年度报告", "某市审计局", 2023, "organ"),
        ("[2025-01-20] 某县2024年政府信息公开工作年度报告", "某县", 2024, "region"),
        ("某县2024年政府信息公开工作年度报告 2025-01-20", "某县", 2024, "region"),
        ("首页 > 年报 > 某县2024年政府信息公开工作年度报告", "某县", 2024, "region"),
        ("某县2024年政府信息公开工作年度报告（文字版）.docx", "某县", 2024, "region"),
        ("某市水务局2020年政府信息公开年报-某市人民政府", "某市水务局", 2020, "organ"),
        ("重庆市人民政府机关2020年政府信息公开工作年度报告", "重庆市人民政府", 2020, "organ"),
        ("海关总署(本级机关)2020年政府信息公开工作年度报告", "海关总署", 2020, "organ"),
        ("湛江海关关区2023年政府信息公开工作年度报告", "湛江海关", 2023, "system"),
        ("全国海关2020年政府信息公开工作年度报告", "全国海关", 2020, "system"),
        ("廿三里街道2023政府信息公开工作年度报告", "廿三里街道", 2023, "organ"),
        ("2023年度政府信息公开年度报告", None, 2023, None),
        (
            "西藏自治區人民政府辦公廳2021年政府信息公開工作年度報告",
            "西藏自治區人民政府辦公廳",
            2021,
            "organ",
        ),
    ],
)
def test_titles_of_reports(text, agency, year, scope):
    title = parse_title(text)
    assert (title.kind, title.agency, title.year, title.scope) == ("report", agency, year, scope)


@pytest.mark.parametrize(
    "text",
    [
        "关于做好2025年政府信息公开工作年度报告编制和发布工作的通知",
        "关于印发《中华人民共和国政府信息公开工作年度报告格式》的通知",
        "政府信息公开年度工作报告范文",
        "2023年政府网站工作年度报表",
        "某市2023年法治政府建设年度报告",
        "某区市场监督管理局2023年企业年报公示",
        "某市2024年度部门决算",
        "某县审计局2023年审计工作报告",
        "一图读懂某县2023年政府信息公开工作年度报告",
        "中山大学2019-2020学年信息公开工作年度报告",
        "某市第一中学2023年信息公开年度报告",
        "某县人民医院2023年度信息公开工作年度报告",
        "某市供水公共企事业单位2023年信息公开年度报告",
        "某县民政局2024年上半年政府信息公开工作报告",
        "某县民政局2024年半年度政府信息公开工作报告",
        "某县民政局2024年第一季度政府信息公开工作情况报告",
        "某县民政局2024年1-6月政府信息公开工作报告",
        "某县民政局2024年1月至9月政府信息公开工作报告",
        "某县民政局政府信息公开工作报告（2024年1—6月）",
        "某县民政局2024年6月政府信息公开工作情况报告",
        "XX县XX局2024年政府信息公开工作年度报告",
        "××局2024年政府信息公开工作年度报告",
        "（单位名称）2024年政府信息公开工作年度报告",
    ],
)
def test_lookalikes_are_not_taken_for_reports(text):
    assert parse_title(text).kind == "lookalike"


@pytest.mark.parametrize(
    "text",
    [
        "某县民政局2024年1-12月政府信息公开工作报告",
        "某县民政局2024年1月—12月政府信息公开工作年度报告",
        "某县民政局2024年政府信息公开工作年度报告（2025年1月）",
        "2025年1月20日 某县民政局2024年政府信息公开工作年度报告",
        "2024年中山市民政局政府信息公开工作年度报告",
        "2024年四季度假区政府信息公开工作年度报告",
    ],
)
def test_months_that_are_no_part_of_the_year(text):
    title = parse_title(text)
    assert (title.kind, title.year) == ("report", 2024)


@pytest.mark.parametrize("text", ["政府信息公开年报", "政府信息公开指南", "", " \n", "2025-01-20"])
def test_other_titles(text):
    assert parse_title(text).kind == "other"


def test_scope_follows_the_level_of_the_body():
    assert scope_of("合水县人民政府") == "region"
    assert scope_of("叶城县河园镇人民政府") == "organ"
    assert scope_of("某市高新技术产业开发区") == "organ"
    assert scope_of(None) is None
