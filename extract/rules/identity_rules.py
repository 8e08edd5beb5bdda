"""Rules on who reports and on which year."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.characters import simplify, squeeze
from extract.record import Finding, Severity, Verdict
from extract.rules.registry import Subject, finding, rule

FIRST_REPORT_YEAR = 2008
"""The regulation took effect on 1 May 2008."""

# What ends like the name of a body but is none: 专区, 大局, 乡镇, 县委.
_KINDS = {
    "township": re.compile(r"(?:街道|(?<![城乡集])镇|(?<![城返下])乡|苏木)$"),
    "county": re.compile(r"(?:县|(?<![红锦])旗|(?<![专社园景辖城片小校厂地新市])区)$"),
    "city": re.compile(r"(?<![城超股楼])市$"),
    "province": re.compile(r"(?:省|自治区)$"),
    "prefecture": re.compile(r"(?:州|(?<!联)盟)$"),
    "bureau": re.compile(r"(?<![全大开布格结])局$"),
    "commission": re.compile(r"(?:委员会|(?<![党纪省市县区州盟常工])委)$"),
    "ministry": re.compile(r"(?<!大)厅$"),
    "customs": re.compile(r"海关$"),
}
_ALIKE = {frozenset(["county", "city"])}
"""A city may be of the county level or the one above: worth a warning, no error."""
_NO_NAME = re.compile(r"[我本全各该此某]|上级|有关|相关|部分|个别|乡镇|部门|单位|^[在对向由以]")
_SHORTEST_NAME = 3
_OFFICE = re.compile(r"(?:人民政府|政府|办公厅|办公室|办事处|机关|[(（].*[)）])+$")
_AUTHOR = re.compile(
    r"(?:本(?:年度)?报告(?:是)?由|编制(?:了|的)?)(?P<by>[^,，。;；:：()《》]{3,24}?)(?:根据|依据|按照|编制|20\d\d年)"
)
_SUBJECT = re.compile(
    r"(?:^|[。\n])(?:20\d\d年(?:度)?(?:以来|来)?[,，]?)?(?P<who>[^,，。;；:：()《》\d]{2,18}?)"
    r"(?:认真|严格|始终|坚持|紧紧|积极|深入|共收到|主动公开|高度重视|持续|扎实|全面|以习近平)"
)
_COUNTY_WORDS = re.compile(
    r"(?:部分|个别)(?:部门|乡镇|县区|镇街|单位)(?=和|、|对|在|工作|存在|还|仍|不|公开|信息)|各(?:县区|乡镇|镇街|县\(市、?区\))"
)
_YEAR_TOLD = re.compile(
    r"(?<![\d、至比较])(?P<year>20\d\d)年(?:度)?[,，]?(?:[^,，。;；\d比较同结]{0,14})"
    r"(?:共?收到|新收|共受理|主动公开|共公开|部门预算)"
)
_COMPARISON = re.compile(r"比|较|同期|上年|去年|结转|增长|下降|以来|年至|年—|年-|决算|历年")
# Congresses and acts that a report written before 31 March of the next year cannot know: year, month.
_EVENTS = (
    ("党的十九大", 2017, 10),
    ("十九届二中", 2018, 1),
    ("十九届三中", 2018, 2),
    ("十九届四中", 2019, 10),
    ("十九届五中", 2020, 10),
    ("十九届六中", 2021, 11),
    ("党的二十大", 2022, 10),
    ("二十届二中", 2023, 2),
    ("二十届三中", 2024, 7),
    ("二十届四中", 2025, 10),
    ("国务院令第711号", 2019, 4),
    ("公开办函〔2019〕60号", 2019, 12),
    ("国办函〔2020〕109号", 2020, 11),
    ("公开办函〔2021〕30号", 2021, 9),
)
_LAST_MONTH_OF_WRITING = 3


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


@rule("ID-04", Severity.ERROR, "no other body of the same kind speaks as the author")
def one_author(subject: Subject) -> Iterator[Finding]:
    """ID-04: the author named in the opening, and who acts in the sentences of sections 一, 五 and 六.

    A body of another kind (the county above a township, the office to write to) is no other author, and
    a name that contains or abbreviates the own one is the own one. In the report of a township, words
    that only a county uses are worth a note: the text may be a template.
    """
    own = _core(subject.identity.agency.name or "")
    kind = _kind(own)
    if not own or kind is None:
        return
    texts = "\n".join(line for number in (1, 5, 6) for line in subject.lines(number))
    opening = subject.text[:1500]
    names = [m["by"] for m in _AUTHOR.finditer(opening)] + [
        m["who"] for m in _SUBJECT.finditer(texts)
    ]
    for name in dict.fromkeys(names):
        core = _core(name)
        other = _kind(core)
        if len(core) < _SHORTEST_NAME or _NO_NAME.search(name) or _same(own, core):
            continue
        if other == kind or frozenset([other, kind]) in _ALIKE:
            yield finding(
                "ID-04",
                f"The report is of {subject.identity.agency.name}, but the text speaks of {name} as its author.",
                f"报告主体为{subject.identity.agency.name}，正文却以“{name}”为主体。",
                severity=Severity.ERROR if other == kind else Severity.WARN,
            )
            break
    found = _COUNTY_WORDS.search(texts)
    if kind == "township" and found:
        yield finding(
            "ID-04",
            f"“{found[0]}” is what a county says, not a township.",
            f"“{found[0]}”为县级表述，疑沿用模板。",
            verdict=Verdict.PASS_WITH_NOTE,
            severity=Severity.INFO,
        )


@rule("ID-05", Severity.WARN, "no other year is told of, and nothing that was still to come")
def no_stale_year(subject: Subject) -> Iterator[Finding]:
    """ID-05: comparisons with last year and its final accounts (决算) are no stale labels."""
    year = subject.identity.year
    if year is None:
        return
    for found in _YEAR_TOLD.finditer(subject.section(1) or ""):
        around = found.string[max(found.start() - 6, 0) : found.end() + 6]
        if int(found["year"]) != year and not _COMPARISON.search(around):
            yield finding(
                "ID-05",
                f"“{found[0]}” stands in the report for {year}.",
                f"{year}年度报告中出现“{found[0]}”。",
            )
            break
    for event, event_year, month in _EVENTS:
        later = (event_year, month) > (year + 1, _LAST_MONTH_OF_WRITING)
        if later and event in subject.text:
            yield finding(
                "ID-05",
                f"{event} is of {event_year}; the report is for {year}.",
                f"{year}年度报告中出现{event_year}年的“{event}”。",
            )


def _core(name: str) -> str:
    """The name without the words for its office: 金社镇人民政府 → 金社镇."""
    return _OFFICE.sub("", simplify(squeeze(name)))


def _kind(core: str) -> str | None:
    return next((kind for kind, ending in _KINDS.items() if ending.search(core)), None)


def _same(one: str, other: str) -> bool:
    """Whether one name contains the other or abbreviates it (科右中旗, 科尔沁右翼中旗)."""
    short, long = sorted((one, other), key=len)
    letters = iter(long)
    return all(char in letters for char in short)
