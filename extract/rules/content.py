"""Rules on what section 一 and the other texts of a report must tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.characters import simplify, squeeze
from extract.counting import counted
from extract.record import Finding, Severity, Verdict
from extract.rules.narrative import in_words_only
from extract.rules.registry import FIRST_YEAR_OF_F2021, Subject, finding, rule

_TOPICS = {
    "主动公开": r"主动公开|公开信息|发布",
    "依申请公开": r"依申请|申请公开|公开申请",
    "政府信息管理": r"信息(?:资源)?管理|规范管理|审查|审核|发布机制|规范性文件",
    "平台建设": r"平台|网站|新媒体|公众号|专栏",
    "监督保障": r"监督|保障|考核|培训|检查",
}
_GOVERNMENT = re.compile(r"(?:政府|镇|乡|苏木|省|自治区|市|州|盟|县|旗|(?<!开发)(?<!新)(?<!园)区)$")
_RESULTS = {"工作考核": "考核", "社会评议": "评议", "责任追究": "责任追究|追责|问责"}
_RESULT = re.compile(
    r"无|未(?!来)|没有|不存在|零|\d(?:次|人|起|件|分|名|位|个|%)|优秀|良好|合格|等次|名列|排名|得分|第[一二三四五]名|通报|满意"
)
_MEASURE = re.compile(
    r"下一步|下步|改进(?:情况|措施)|将(?:进一步)?(?:加强|加大|完善|严格)|建立|制定|健全"
)
_CONTACT = re.compile(r"联系|电话|邮编|邮箱|地址|咨询")
_ITEMS_DISCLOSED = re.compile(
    r"(?:公开|发布|公布|上传|更新)[^。；;]{0,40}?\d[\d.,]*(?:余|多)?(?:万)?(?:余|多)?(?:条|件|篇|份|项|期)"
)
_OFF_SCOPE = {
    "党费": r"公开[^。]{0,60}党费|党费[^。]{0,12}公开",
    "工资": r"公开[^。]{0,60}(?:干部|职工|人员|个人)[^。]{0,6}工资",
    "信息写作": r"(?:信息|新闻|稿件|通讯|材料)(?:的)?(?:写作|撰写|采写)(?:水平|能力|质量)|经验类信息|(?:新闻|宣传)稿|上稿",
}


@rule("ST-02", Severity.WARN, "section 一 covers the five topics")
def five_topics(subject: Subject) -> Iterator[Finding]:
    """ST-02, decided by content and not by headings."""
    text = subject.section(1)
    if text is None or not subject.in_form_years:
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
    """ST-03 (art. 50(四)): governments of every level, townships included, not departments.

    A plain “none” is a result; a mechanism (纳入考核体系) is none. A heading that announces results
    without giving any passes with a note. The results may stand in section 一, 五 or 六.
    """
    if not _GOVERNMENT.search(subject.identity.agency.name or "") or not subject.in_form_years:
        return
    text = "。".join(subject.section(n) or "" for n in (1, 5, 6))
    if not text.strip("。"):
        return
    sentences = re.split("[。；;]", text)
    for result, pattern in _RESULTS.items():
        about = [sentence for sentence in sentences if re.search(pattern, sentence)]
        clauses = [c for s in about for c in _clauses(s, pattern) if not _MEASURE.search(c)]
        if any(_RESULT.search(clause) for clause in clauses):
            continue
        if any(re.search(rf"(?:{pattern})[^，,。]{{0,12}}结果$", sentence) for sentence in about):
            yield finding(
                "ST-03",
                f"A heading announces the result of {result}; none is given.",
                f"标题列有{result}结果，但未写明结果。",
                verdict=Verdict.PASS_WITH_NOTE,
                severity=Severity.INFO,
            )
        else:
            yield finding("ST-03", f"No result of {result} is stated.", f"未说明{result}结果。")


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
    text = subject.section(5) if subject.in_form_years else _section_on(subject, "问题")
    if text is None:
        return
    if re.fullmatch(r"[:。]*(?:无|暂无|没有)?[。.]?", text):
        yield finding("ST-09", "Section 五 is empty.", "第五部分为空或仅填“无”。")
    elif len(text) < 60:
        yield finding(
            "ST-09",
            f"Section 五 has only {counted(len(text), 'character')}.",
            f"第五部分仅{len(text)}字。",
            severity=Severity.WARN,
        )


@rule("ST-11", Severity.INFO, "the opening states the period and whom to ask")
def period_and_contact(subject: Subject) -> Iterator[Finding]:
    """ST-11: usual, not required by the form."""
    missing = [] if subject.identity.dates.period else [("period", "统计期限")]
    first = next((s.title for s in subject.sections if s.number == 1), None)
    opening = subject.text.partition(simplify(squeeze(first)))[0] if first else subject.text[:1500]
    if not _CONTACT.search(opening) and not re.search("联系(?:电话|地址|人)", subject.text):
        missing.append(("contact", "联系方式"))
    if missing:
        yield finding(
            "ST-11",
            f"No {' and no '.join(name for name, _ in missing)} is stated.",
            f"未说明{'、'.join(name for _, name in missing)}。",
        )


@rule("ST-12", Severity.WARN, "the number of items disclosed is given and above 0")
def items_disclosed(subject: Subject) -> Iterator[Finding]:
    """ST-12: a local duty in places; the national form asks for no number. An approximate one counts."""
    text = subject.section(1)
    if text is None or not subject.in_form_years:
        return
    stated = [s for f in ("disclosed", "disclosed_website") for s in subject.stated(f)]
    if any(said.high > 0 for said in stated):
        return
    if stated:
        yield finding("ST-12", "No item is said to be disclosed (0).", "所述主动公开数量为0。")
    elif not _ITEMS_DISCLOSED.search(text):
        yield finding(
            "ST-12",
            "Section 一 gives no number of items disclosed.",
            "总体情况未说明主动公开信息数量。",
        )


@rule("ST-15", Severity.WARN, "section 一 says how many requests were received")
def requests_in_words(subject: Subject) -> Iterator[Finding]:
    """ST-15; 0 and 未收到 count, the table alone does not."""
    text = subject.section(1)
    if text is None or not subject.in_form_years:
        return
    stated = [s for s in subject.narrative if s.fact.startswith("received") and s.section == 1]
    if not stated and not re.search(r"申请[^。；;]{0,30}?\d+(?:件|条|份|宗|起|次|例)", text):
        yield finding(
            "ST-15", "Section 一 gives no number of requests.", "总体情况未说明收到申请数量。"
        )
    unclear = [s for s in stated if in_words_only(s) and "需要申请" in s.text]
    if unclear and len(unclear) == len(stated):
        yield finding(
            "ST-15",
            f"“{unclear[0].text}” says none, but may not mean requests to the body.",
            f"“{unclear[0].text}”表示未收到，但所指未必为向本机关提出的申请。",
            verdict=Verdict.PASS_WITH_NOTE,
            severity=Severity.INFO,
        )


@rule("ST-16", Severity.INFO, "nothing but government information is offered as such")
def off_scope(subject: Subject) -> Iterator[Finding]:
    """ST-16: Party dues, personal pay, the writing of news."""
    text = "。".join(subject.section(n) or "" for n in (1, 5))
    for what, pattern in _OFF_SCOPE.items():
        found = re.search(pattern, text)
        if found:
            yield finding(
                "ST-16",
                f"“{found[0][-30:]}” is no government information ({what}).",
                f"“{found[0][-30:]}”（{what}）不属于政府信息公开事项。",
            )


def _clauses(sentence: str, pattern: str) -> Iterator[str]:
    """The clauses of a sentence around the words of ``pattern``: the one with them and the next."""
    clauses = re.split("[，,]", sentence)
    for number, clause in enumerate(clauses):
        if re.search(pattern, clause):
            yield "，".join(clauses[number : number + 2])


def _section_on(subject: Subject, word: str) -> str | None:
    number = next((s.number for s in subject.sections if word in s.title), None)
    return subject.section(number) if number is not None else None
