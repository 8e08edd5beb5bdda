"""Rules on what a report must contain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.characters import squeeze
from extract.document import Document, Paragraph
from extract.record import Finding, Severity, State, Verdict
from extract.rules.registry import FIRST_YEAR_OF_F2021, TABLES, Subject, finding, rule
from extract.sections import FIRST_YEAR_OF_FORMS

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
_LEFTOVERS = re.compile(
    r"\[bookmark:|<!--|\{\{.{0,80}?\}\}|[（(]文字描述[）)]|endif\]|supportLists|(?<![0-9a-fA-F])[0-9a-fA-F]{16,64}\.(?:jpg|png|gif)"
)
# 人民政府政府信息公开 is a body and its work; 政府政府信息 after a verb is a slip.
_DOUBLED = re.compile(
    r"政府(?<![民县市区镇乡省旗州盟级本]政府)政府(?=信)|信息信息|工作工作|进行进行|我镇我镇|宗教宗教"
)
_DECREE = re.compile(r"国(?:务院)?令\(?第?(?P<number>[\d一二三四五六七八九十百]+)号")
_DECREE_NUMBERS = frozenset(["711", "七百一十一", "七一一", "492", "四百九十二", "四九二"])
_WRONG_CIRCULAR = re.compile(
    r"国办发[〔\[【(]2021[〕\]】)]30号|国办(?:公开办)?函【20\d\d】\d+号"
    r"|国办函[〔\[(](?!2020)20\d\d[〕\])]109号"
)
_FORM_CIRCULAR = re.compile(r"公开办函[〔\[【(]?(?P<year>20\d\d)[〕\]】)]?(?P<number>30|60)号?")
_RIGHT_ISSUER = "国务院办公厅政府信息与政务公开办公室"
_ISSUER = re.compile(r"国务院办公厅政府信息[\w]{0,12}?公开办公室")
_DATE_OF_PAGE = re.compile(
    r"(?:时间|日期|发布于|来源.{0,20})[:：]?20\d\d[-年/.]\d{1,2}[-月/.]\d{1,2}"
    r"|^[\[(【]?20\d\d[-年/.]\d{1,2}[-月/.]\d{1,2}日?(?:\d{1,2}:\d\d(?::\d\d)?)?[\])】]?$"
)


@rule("ST-01", Severity.ERROR, "the six sections are there, in order")
def six_sections(subject: Subject) -> Iterator[Finding]:
    """ST-01: an absent section is an error, another wording is worth a note."""
    if not subject.in_form_years:
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


@rule("ST-04", Severity.ERROR, "tables 二, 三 and 四 are there as data")
def tables_present(subject: Subject) -> Iterator[Finding]:
    """ST-04; not assessable where the tables may stand in pictures."""
    if not subject.values:
        return
    pictures = any("picture" in doubt for doubt in subject.document.doubts)
    for table in TABLES:
        cells = subject.cells(table)
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
    for table in TABLES:
        cells = subject.cells(table)
        empty = [c for c in cells if c.state in (State.BLANK, State.NOT_APPLICABLE, State.TEXT)]
        if not empty:
            continue
        whole = len(empty) == len(cells) and all(c.state is State.BLANK for c in cells)
        yield finding(
            "ST-05",
            f"No number in {len(empty)} of {len(cells)} cells of table {table}.",
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
    """ST-07: a wrong number or issuer is a warning, no citation a note.

    Converters lose brackets (〔202130号), and 国令第711号 is a correct short form: neither is a finding.
    """
    text = subject.text
    for found in _DECREE.finditer(text):
        if found["number"] not in _DECREE_NUMBERS:
            yield finding(
                "ST-07",
                f"The decree is cited as {found[0]}; it is 国务院令第711号.",
                f"法规文号引作“{found[0]}”，应为国务院令第711号。",
            )
            break
    wrong = _WRONG_CIRCULAR.search(text)
    if wrong:
        yield finding(
            "ST-07", f"The circular is cited as {wrong[0]}.", f"文号引作“{wrong[0]}”，有误。"
        )
    issuer = _ISSUER.search(text)
    if issuer and issuer[0] != _RIGHT_ISSUER:
        yield finding(
            "ST-07",
            f"The issuer of the form is named {issuer[0]}; it is {_RIGHT_ISSUER}.",
            f"发文机关写作“{issuer[0]}”，应为“{_RIGHT_ISSUER}”。",
        )
    year = subject.identity.year
    if year is None or year < FIRST_YEAR_OF_FORMS:
        return
    number, of_year = ("30", "2021") if year >= FIRST_YEAR_OF_F2021 else ("60", "2019")
    circulars = {(m["year"], m["number"]) for m in _FORM_CIRCULAR.finditer(text)}
    if circulars and (of_year, number) not in circulars:
        cited = "、".join(f"〔{y}〕{n}号" for y, n in sorted(circulars))
        yield finding(
            "ST-07",
            f"The circular on the form is cited as {cited}; for {year} it is 〔{of_year}〕{number}号.",
            f"格式通知文号引作{cited}，{year}年度应为国办公开办函〔{of_year}〕{number}号。",
        )
    if not circulars and "711" not in text and not _DECREE.search(text):
        yield finding(
            "ST-07",
            "Neither the decree nor the circular on the form is cited with its number.",
            "未引用条例令号和格式通知文号。",
            severity=Severity.INFO,
        )


@rule("ST-10", Severity.INFO, "a date of signature or publication is stated")
def dated(subject: Subject) -> Iterator[Finding]:
    """ST-10: WARN where neither document nor page bears a date.

    The date a page shows dates the report on it. A file is published on a page that is not seen here,
    so a file without a date is only worth a note.
    """
    document = subject.document
    if subject.identity.dates.signed is not None or document.metadata.get("PubDate"):
        return
    if any(_DATE_OF_PAGE.search(squeeze(b.text)) for b in _short_paragraphs(document)):
        return
    yield finding(
        "ST-10",
        "The report bears no date.",
        "报告及页面均无日期。" if document.media_type == "text/html" else "报告无落款日期。",
        severity=Severity.WARN if document.media_type == "text/html" else Severity.INFO,
    )


@rule("ST-13", Severity.INFO, "no remains of templates or word processors, no doubled words")
def leftovers(subject: Subject) -> Iterator[Finding]:
    """ST-13: a prompt of the template left standing is a warning."""
    text = subject.document.text()
    found = _LEFTOVERS.search(text)
    if found:
        yield finding(
            "ST-13",
            f"“{found[0][:30]}” is left over in the text.",
            f"文中残留“{found[0][:30]}”。",
            severity=Severity.WARN if "文字描述" in found[0] else Severity.INFO,
        )
    doubled = _DOUBLED.search(subject.text)
    if doubled:
        yield finding("ST-13", f"“{doubled[0]}” has a word twice.", f"“{doubled[0]}”有重复词语。")


@rule("ST-14", Severity.INFO, "the identity is printed with table 三")
def identity_printed(subject: Subject) -> Iterator[Finding]:
    """ST-14."""
    if not subject.cells("三"):
        return
    texts = (cell.text for table in subject.document.tables() for cell in table.cells)
    if not any("稽" in text or "第一项加第二项" in text for text in texts) and (
        "第一项加第二项" not in subject.text
    ):
        yield finding(
            "ST-14",
            "The note on how the numbers of table 三 belong together is missing.",
            "表三缺少勾稽关系说明。",
        )


def _short_paragraphs(document: Document) -> Iterator[Paragraph]:
    return (b for b in document.blocks if isinstance(b, Paragraph) and len(b.text) <= 200)
