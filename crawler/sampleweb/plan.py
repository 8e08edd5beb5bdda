"""The reports of the sample web: which agency publishes what, when, in which form and how wrongly.

The pages (:mod:`content`), the committed documents (:mod:`make_documents`) and what a right audit
says (:mod:`truth`) all follow from :data:`PLANS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from archive.clock import CHINA
from crawler.sampleweb.figures import Figures, all_zero, series
from crawler.sampleweb.report import Report
from crawler.sampleweb.wording import Voice

YEARS = (2022, 2023, 2024)
Form = Literal["inline", "pdf", "docx"]


def moment(text: str) -> datetime:
    """``2025-01-23 16:05`` in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@dataclass(frozen=True, slots=True)
class Plan:
    """The reports of one agency.

    ``published`` gives the moment by report year; a year that is not there was never published.
    ``title_name`` stands in the title, ``files`` names the document of a year that is an attachment.
    ``shown`` is the time the page shows where it is not the true one, ``replaced`` the moment other
    figures take the place of the first, ``prints`` the year of the document that stands under the
    link of a year, and ``misprint`` the cell of the year that is printed with so much too much.
    """

    agency: str
    host: str
    title_name: str
    voice: Voice
    figures: Mapping[int, Figures]
    published: Mapping[int, str]
    files: Mapping[int, str] = field(default_factory=dict)
    items: Mapping[int, int] = field(default_factory=dict)
    extra: Mapping[int, str] = field(default_factory=dict)
    signed: Mapping[int, str] = field(default_factory=dict)
    shown: Mapping[int, str] = field(default_factory=dict)
    replaced: Mapping[int, str] = field(default_factory=dict)
    prints: Mapping[int, int] = field(default_factory=dict)
    misprint: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    direct: frozenset[int] = frozenset()

    def title(self, year: int) -> str:
        """The title the site gives to the report of ``year``."""
        return f"{self.title_name}{year}年政府信息公开工作年度报告"

    def form(self, year: int) -> Form:
        """In which form the report of ``year`` is published."""
        file = self.files.get(year, "")
        return "pdf" if file.endswith(".pdf") else "docx" if file.endswith(".docx") else "inline"

    def report(self, year: int, edition: int = 0) -> Report:
        """The document under the link of ``year``; edition 1 is the one that replaced it."""
        printed = self.prints.get(year, year)
        figures = dict(self.figures[printed])
        if year in self.misprint:
            key, excess = self.misprint[year]
            figures[key] += excess
        if edition:
            figures = {
                **figures,
                "art20_5.licences.decisions": figures["art20_5.licences.decisions"] + 19,
            }
        return Report(
            self.title(printed),
            self.voice,
            printed,
            figures,
            self.items.get(printed),
            self.extra.get(printed, ""),
            self.signed.get(printed),
        )


def _real(voice_name: str) -> Voice:
    return Voice(voice_name, "我乡" if "乡" in voice_name else "我镇", government=True, real=True)


def _zero(**given_2024: int) -> dict[int, Figures]:
    """Of the real townships only the figures for 2024 are known; the years before show zeros."""
    return {2022: all_zero(), 2023: all_zero(), 2024: all_zero(**given_2024)}


_CITY, _COUNTY = "www.shili.gov.test", "www.yanshi.shili.gov.test"

PLANS = (
    Plan(
        "渠县涌兴镇人民政府",
        "www.quxian.gov.test",
        "渠县涌兴镇",
        _real("渠县涌兴镇人民政府"),
        _zero(),
        {2022: "2023-01-17 09:42", 2023: "2024-01-19 15:08", 2024: "2025-01-16 10:31"},
        items={2024: 221},
    ),
    Plan(
        "枞阳县金社镇人民政府",
        "www.zongyang.gov.test",
        "金社镇",
        _real("枞阳县金社镇人民政府"),
        _zero(art20_5__licences__decisions=14),
        {2022: "2023-01-19 16:20", 2023: "2024-01-22 11:05", 2024: "2025-01-20 09:17"},
        files={2023: "jinshe-2023.pdf", 2024: "jinshe-2024.pdf"},
        items={2024: 312},
    ),
    Plan(
        "叶城县河园镇人民政府",
        "www.yecheng.gov.test",
        "叶城县河园镇人民政府",
        _real("叶城县河园镇人民政府"),
        _zero(),
        {2022: "2023-01-16 12:30", 2023: "2024-01-25 18:02", 2024: "2025-01-21 12:44"},
        files={2023: "heyuan-2023.docx", 2024: "heyuan-2024.docx"},
        signed={2024: "2025年1月20日"},
    ),
    Plan(
        "郸城县秋渠乡人民政府",
        "www.dancheng.gov.test",
        "秋渠乡",
        _real("秋渠乡人民政府"),
        _zero(),
        {2022: "2023-01-11 08:55", 2023: "2024-01-16 09:10", 2024: "2025-01-14 17:26"},
    ),
    Plan(
        "抚远市寒葱沟镇人民政府",
        "www.fuyuan.gov.test",
        "寒葱沟镇",
        _real("寒葱沟镇人民政府"),
        _zero(),
        {2022: "2023-01-12 14:00", 2023: "2024-01-18 10:12", 2024: "2025-01-15 13:39"},
        files={2024: "hanconggou-2024.pdf"},
        items={2024: 18},
        extra={2024: "另在政务新媒体发布71条。"},
    ),
    Plan(
        "示例市人民政府",
        _CITY,
        "示例市人民政府",
        Voice("示例市人民政府", "全市各级行政机关", government=True),
        series("示例市人民政府", YEARS, 460, 9200, makes_rules=True),
        {2022: "2023-03-23 10:00", 2023: "2024-03-21 16:45", 2024: "2025-03-25 11:20"},
        items={2022: 41207, 2023: 43918, 2024: 45562},
    ),
    Plan(
        "示例市人民政府办公室",
        _CITY,
        "示例市人民政府办公室",
        Voice("示例市人民政府办公室", "本办"),
        series("示例市人民政府办公室", YEARS, 90),
        {2022: "2023-01-13 09:30", 2023: "2024-01-12 09:30", 2024: "2025-01-13 09:30"},
        items={2022: 812, 2023: 790, 2024: 865},
    ),
    # Late for 2024.
    Plan(
        "示例市教育局",
        _CITY,
        "示例市教育局",
        Voice("示例市教育局", "本局"),
        series("示例市教育局", YEARS, 40, 300),
        {2022: "2023-01-18 15:11", 2023: "2024-01-23 10:40", 2024: "2025-02-18 16:52"},
        items={2022: 640, 2023: 702, 2024: 688},
    ),
    # Nothing for 2024.
    Plan(
        "示例市民政局",
        _CITY,
        "示例市民政局",
        Voice("示例市民政局", "本局"),
        series("示例市民政局", YEARS, 25, 140),
        {2022: "2023-01-10 10:05", 2023: "2024-01-26 17:20"},
        items={2022: 455, 2023: 471},
    ),
    # One figure of table 三 is printed six too high: its row and its column do not add up.
    Plan(
        "示例市财政局",
        _CITY,
        "示例市财政局",
        Voice("示例市财政局", "本局"),
        series("示例市财政局", YEARS, 60, 260),
        {2022: "2023-01-17 14:22", 2023: "2024-01-17 09:50", 2024: "2025-01-17 15:35"},
        items={2022: 903, 2023: 955, 2024: 1012},
        misprint={2024: ("requests.granted.natural_person", 6)},
    ),
    # On time, among look-alikes of its own.
    Plan(
        "示例市司法局",
        _CITY,
        "示例市司法局",
        Voice("示例市司法局", "本局"),
        series("示例市司法局", YEARS, 50, 120),
        {2022: "2023-01-16 11:12", 2023: "2024-01-15 10:18", 2024: "2025-01-16 16:40"},
        items={2022: 377, 2023: 398, 2024: 420},
    ),
    # What stands under the link of 2024 is the report for 2023.
    Plan(
        "示例市水务局",
        "swj.shili.gov.test",
        "示例市水务局",
        Voice("示例市水务局", "本局"),
        series("示例市水务局", YEARS, 30, 210),
        {2022: "2023-01-19 10:36", 2023: "2024-01-24 14:50", 2024: "2025-01-22 09:58"},
        items={2022: 288, 2023: 301, 2024: 317},
        prints={2024: 2023},
    ),
    # Attachments only; for 2022 the row of the list is the file itself.
    Plan(
        "示例市卫生健康委员会",
        "wjw.shili.gov.test",
        "示例市卫生健康委员会",
        Voice("示例市卫生健康委员会", "本委"),
        series("示例市卫生健康委员会", YEARS, 70, 800),
        {2022: "2023-01-13 16:30", 2023: "2024-01-19 11:44", 2024: "2025-01-23 16:05"},
        files={year: f"wjw-{year}.pdf" for year in YEARS},
        items={2022: 1190, 2023: 1254, 2024: 1301},
        direct=frozenset({2022}),
    ),
    Plan(
        "示例市演示县人民政府",
        _COUNTY,
        "示例市演示县人民政府",
        Voice("示例市演示县人民政府", "全县各级行政机关", government=True),
        series("示例市演示县人民政府", YEARS, 130, 2100),
        {2022: "2023-03-15 10:00", 2023: "2024-03-19 10:00", 2024: "2025-03-20 10:00"},
        items={2022: 9877, 2023: 10240, 2024: 10933},
    ),
    Plan(
        "示例市演示县人民政府办公室",
        _COUNTY,
        "演示县人民政府办公室",
        Voice("演示县人民政府办公室", "本办"),
        series("示例市演示县人民政府办公室", YEARS, 28),
        {2022: "2023-01-11 09:21", 2023: "2024-01-11 09:33", 2024: "2025-01-10 10:02"},
        items={2022: 402, 2023: 415, 2024: 433},
    ),
    # Replaced by other figures after the due date, without a word.
    Plan(
        "示例市演示县教育局",
        _COUNTY,
        "演示县教育局",
        Voice("演示县教育局", "本局"),
        series("示例市演示县教育局", YEARS, 12, 90),
        {2022: "2023-01-18 17:05", 2023: "2024-01-18 16:30", 2024: "2025-01-17 10:48"},
        items={2022: 204, 2023: 219, 2024: 226},
        replaced={2024: "2025-02-27 15:40"},
    ),
    # A misprint in a PDF: the total of a row.
    Plan(
        "示例市演示县农业农村局",
        _COUNTY,
        "演示县农业农村局",
        Voice("演示县农业农村局", "本局"),
        series("示例市演示县农业农村局", YEARS, 16, 130),
        {2022: "2023-01-12 15:15", 2023: "2024-01-17 15:20", 2024: "2025-01-15 11:36"},
        files={2024: "nyncj-2024.pdf"},
        items={2022: 260, 2023: 273, 2024: 281},
        misprint={2024: ("requests.carried_out.total", 2)},
    ),
    # Out on 12 February, dated 23 January.
    Plan(
        "示例市演示县试验镇人民政府",
        _COUNTY,
        "演示县试验镇",
        Voice("演示县试验镇人民政府", "我镇", government=True),
        series("示例市演示县试验镇人民政府", YEARS, 4, 40),
        {2022: "2023-01-19 09:00", 2023: "2024-01-22 09:25", 2024: "2025-02-12 17:31"},
        items={2022: 96, 2023: 104, 2024: 111},
        shown={2024: "2025-01-23 09:10"},
    ),
)
"""Agencies whose site answers; 示例市气象局 and 示例市税务局 publish where nobody can read it."""
