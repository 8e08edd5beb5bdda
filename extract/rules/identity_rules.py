"""Rules on who reports and on which year."""

from __future__ import annotations

from collections.abc import Iterator

from extract.record import Finding, Severity
from extract.rules.registry import Subject, finding, rule

FIRST_REPORT_YEAR = 2008
"""The regulation took effect on 1 May 2008."""


@rule("ID-02", Severity.ERROR, "title, period and preamble name the same year")
def one_year(subject: Subject) -> Iterator[Finding]:
    """ID-02."""
    years = subject.identity.years
    if len({year for _, year in years}) > 1:
        said = ", ".join(f"{year} in the {place}" for place, year in years)
        names = {
            "title": "标题",
            "heading": "文内标题",
            "period": "统计期限",
            "preamble": "引言",
            "text": "正文",
        }
        said_zh = "、".join(f"{names[place]}为{year}年" for place, year in years)
        yield finding(
            "ID-02", f"The report names different years: {said}.", f"年份不一致：{said_zh}。"
        )


@rule("ID-03", Severity.WARN, "the period is 1 January to 31 December of the year")
def whole_year(subject: Subject) -> Iterator[Finding]:
    """ID-03: WARN if the period is absent, ERROR if it is another one."""
    period, year = subject.identity.dates.period, subject.identity.year
    if period is None:
        yield finding("ID-03", "No period is stated.", "未说明统计期限。")
        return
    first_day = f"{year}-05-01" if year == FIRST_REPORT_YEAR else f"{year}-01-01"
    wrong = period[0] > period[1] or (year is not None and period != (first_day, f"{year}-12-31"))
    if wrong:
        yield finding(
            "ID-03",
            f"The period is {period[0]} to {period[1]}, the report is for {year}.",
            f"统计期限为{period[0]}至{period[1]}，报告年度为{year}年。",
            severity=Severity.ERROR,
        )
