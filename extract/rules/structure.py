"""Rules on what a report must contain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.record import CellValue, Finding, Severity, State, Verdict
from extract.rules.registry import (
    FIRST_YEAR_OF_F2021,
    FIRST_YEAR_OF_FORMS,
    Subject,
    finding,
    rule,
)

_SECTIONS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
_SECTION_FIVE_2019 = "政府信息公开工作存在的主要问题及改进情况"
_CN = "一二三四五六"
_TABLES = {"二": ("art20_",), "三": ("requests.",), "四": ("review.", "litigation_")}
_TOPICS = {
    "主动公开": r"主动公开|公开信息|发布",
    "依申请公开": r"依申请|申请公开|公开申请",
    "政府信息管理": r"信息(?:资源)?管理|规范管理|审查|审核|发布机制|规范性文件",
    "平台建设": r"平台|网站|新媒体|公众号|专栏",
    "监督保障": r"监督|保障|考核|培训|检查",
}
_RESULTS = {"工作考核": r"考核", "社会评议": r"社会评议|评议", "责任追究": r"责任追究|追责|问责"}
_LEFTOVERS = re.compile(
    r"\[bookmark:|<!--|\{\{.*?\}\}|（?文字描述）?|endif|supportLists|[0-9a-f]{16,}\.(?:jpg|png|gif)",
    re.IGNORECASE,
)


@rule("ST-01", Severity.ERROR, "the six sections are there, in order")
def six_sections(subject: Subject) -> Iterator[Finding]:
    """ST-01: an absent section is an error, another wording is worth a note."""
    if not _in_form_years(subject):
        return
    found = {section.number: section for section in subject.sections}
    for number, title in enumerate(_SECTIONS, start=1):
        section = found.get(number)
        if section is None:
            yield finding(
                "ST-01",
                f"Section {_CN[number - 1]}、{title} was not found.",
                f"未找到“{_CN[number - 1]}、{title}”部分。",
            )
        elif section.title not in (title, _SECTION_FIVE_2019 if number == 5 else title):
            yield finding(
                "ST-01",
                f"Section {_CN[number - 1]} is headed {section.title}.",
                f"第{_CN[number - 1]}部分标题为“{section.title}”。",
                verdict=Verdict.PASS_WITH_NOTE,
                severity=Severity.INFO,
            )


@rule("ST-02", Severity.WARN, "section 一 covers the five topics")
def five_topics(subject: Subject) -> Iterator[Finding]:
    """ST-02, decided by content and not by headings."""
    text = subject.section(1)
    if text is None or not _in_form_years(subject):
        return
    year = subject.identity.year
    lenient = year is not None and year < FIRST_YEAR_OF_F2021
    for topic, pattern in _TOPICS.items():
        if not re.search(pattern, text):
            yield finding(
                "ST-02",
                f"Section 一 says nothing of {topic}.",
                f"总体情况未涉及{topic}。",
                severity=Severity.INFO if lenient else Severity.WARN,
            )


@rule("ST-03", Severity.WARN, "governments state the results of 工作考核, 社会评议 and 责任追究")
def results_of_supervision(subject: Subject) -> Iterator[Finding]:
    """ST-03 (art. 50(四)): governments of every level, townships included, not departments."""
    name = subject.identity.agency.name or ""
    if not re.search(
        r"(?:政府|镇|乡|苏木|省|自治区|市|州|盟|县|旗|(?<!开发)(?<!新)(?<!园)区)$", name
    ):
        return
    text = "".join(subject.section(n) or "" for n in (1, 5, 6))
    if not text or not _in_form_years(subject):
        return
    for result, pattern in _RESULTS.items():
        if not re.search(pattern, text):
            yield finding("ST-03", f"No result of {result} is stated.", f"未说明{result}结果。")


@rule("ST-04", Severity.ERROR, "tables 二, 三 and 四 are there as data")
def tables_present(subject: Subject) -> Iterator[Finding]:
    """ST-04; not assessable where the tables may stand in pictures."""
    if not subject.values:
        return
    pictures = any("picture" in doubt for doubt in subject.document.doubts)
    for table, prefixes in _TABLES.items():
        cells = _cells(subject, prefixes)
        if all(cell.state is State.UNREADABLE for cell in cells):
            yield finding(
                "ST-04",
                f"Table {table} was not found.",
                f"未找到表{table}。",
                verdict=Verdict.NOT_ASSESSABLE if pictures else Verdict.FAIL,
            )


@rule("ST-05", Severity.WARN, "every cell of the form is filled with a number")
def cells_filled(subject: Subject) -> Iterator[Finding]:
    """ST-05: blanks, signs and words in place of numbers; an error where a whole table is blank."""
    for table, prefixes in _TABLES.items():
        cells = _cells(subject, prefixes)
        empty = [c for c in cells if c.state in (State.BLANK, State.NOT_APPLICABLE, State.TEXT)]
        if not empty:
            continue
        whole = len(empty) == len(cells) and all(c.state is State.BLANK for c in cells)
        yield finding(
            "ST-05",
            f"{len(empty)} of {len(cells)} cells of table {table} hold no number.",
            f"表{table}共{len(cells)}格，其中{len(empty)}格未填数字。",
            [c.key for c in empty],
            severity=Severity.ERROR if whole else Severity.WARN,
        )


@rule("ST-06", Severity.WARN, "the form is the one in force for the year")
def form_in_force(subject: Subject) -> Iterator[Finding]:
    """ST-06, block by block."""
    year = subject.identity.year
    if year is None or year < FIRST_YEAR_OF_FORMS or not subject.forms:
        return
    due = "f2021" if year >= FIRST_YEAR_OF_F2021 else "f2019"
    wrong = sorted(block for block, form in subject.forms.items() if form != due)
    if wrong:
        yield finding(
            "ST-06",
            f"The report for {year} uses another form than {due} in: {', '.join(wrong)}.",
            f"{year}年度报告下列部分未使用当年适用的格式：{'、'.join(wrong)}。",
        )


@rule("ST-07", Severity.WARN, "decree and circulars are cited with their right numbers")
def citations(subject: Subject) -> Iterator[Finding]:
    """ST-07: a wrong number is a warning, no citation at all a note."""
    text = subject.text
    for found in re.finditer(r"国务院令\(?第?(?P<number>[\d一二三四五六七八九十百]+)号", text):
        if found["number"] not in ("711", "七百一十一", "七一一", "492", "四百九十二"):
            yield finding(
                "ST-07",
                f"The decree is cited as {found[0]}; it is 国务院令第711号.",
                f"法规文号引作“{found[0]}”，应为国务院令第711号。",
            )
            break
    for found in re.finditer(
        r"国办发[〔\[【(]2021[〕\]】)]30号|国办(?:公开办)?函【20\d\d】\d+号", text
    ):
        yield finding(
            "ST-07", f"The circular is cited as {found[0]}.", f"文号引作“{found[0]}”，有误。"
        )
        break
    if _in_form_years(subject) and not re.search(r"711|信息公开条例", text):
        yield finding(
            "ST-07",
            "Neither decree nor circular is cited.",
            "未引用条例或格式通知。",
            severity=Severity.INFO,
        )


@rule("ST-08", Severity.WARN, "the information-processing fee is stated: an amount, or none")
def fee_statement(subject: Subject) -> Iterator[Finding]:
    """ST-08; a bare 无 in section 六 is graded as a note."""
    year, last = subject.identity.year, subject.section(6)
    if year is None or year < FIRST_YEAR_OF_F2021 or last is None:
        return
    text = last + (subject.section(1) or "")
    if re.search(r"处理费|收取.{0,6}费|收费", text):
        return
    bare = re.fullmatch(r"[:。\s]*(?:无|暂无|没有)[。.]?", last) is not None
    yield finding(
        "ST-08",
        "Nothing is said of the information-processing fee.",
        "未说明信息处理费收取情况。",
        severity=Severity.INFO if bare else Severity.WARN,
    )


@rule("ST-09", Severity.ERROR, "section 五 names problems and measures")
def problems_named(subject: Subject) -> Iterator[Finding]:
    """ST-09: empty or 无 is an error, fewer than 60 characters a warning."""
    text = subject.section(5)
    if text is None:
        return
    if re.fullmatch(r"[:。]*(?:无|暂无|没有)?[。.]?", text):
        yield finding("ST-09", "Section 五 is empty.", "第五部分为空或仅填“无”。")
    elif len(text) < 60:
        yield finding(
            "ST-09",
            f"Section 五 has only {len(text)} characters.",
            f"第五部分仅{len(text)}字。",
            severity=Severity.WARN,
        )


@rule("ST-10", Severity.INFO, "a date of signature or publication is stated")
def dated(subject: Subject) -> Iterator[Finding]:
    """ST-10: INFO without a date in the document, WARN without one on the page either."""
    if subject.identity.dates.signed is not None:
        return
    on_page = bool(subject.document.metadata.get("PubDate"))
    page = subject.document.media_type == "text/html"
    yield finding(
        "ST-10",
        "The report bears no date.",
        "报告无落款日期。",
        severity=Severity.WARN if page and not on_page else Severity.INFO,
    )


@rule("ST-13", Severity.INFO, "no remains of templates or word processors")
def leftovers(subject: Subject) -> Iterator[Finding]:
    """ST-13."""
    found = _LEFTOVERS.search(subject.document.text())
    if found:
        yield finding(
            "ST-13", f"“{found[0][:30]}” is left over in the text.", f"文中残留“{found[0][:30]}”。"
        )


@rule("ST-15", Severity.WARN, "section 一 says how many requests were received")
def requests_in_words(subject: Subject) -> Iterator[Finding]:
    """ST-15; 0 and 未收到 count."""
    text = subject.section(1)
    if text is None or not _in_form_years(subject):
        return
    if not re.search(
        r"申请[^。;]{0,40}?(?:\d+|零|[一二三四五六七八九十]+)(?:件|条|份|宗|起|次|例)|(?:\d+)(?:件|条|份|宗|起)[^。;]{0,20}申请|(?:未|没有|无)[^。;]{0,8}(?:收|接|受理)[^。;]{0,30}申请|(?:未|没有|无)[^。;]{0,12}依?申请",
        text,
    ):
        yield finding(
            "ST-15", "Section 一 gives no number of requests.", "总体情况未说明收到申请数量。"
        )


def _in_form_years(subject: Subject) -> bool:
    year = subject.identity.year
    return year is None or year >= FIRST_YEAR_OF_FORMS


def _cells(subject: Subject, prefixes: tuple[str, ...]) -> list[CellValue]:
    return [cell for key, cell in subject.values.items() if key.startswith(prefixes)]
