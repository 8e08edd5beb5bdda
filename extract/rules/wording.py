"""Rules on what the narrative says in itself: shares, parts, balances, big words, scope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from extract.characters import simplify, squeeze
from extract.counting import counted
from extract.record import Finding, Severity, Statement, Verdict
from extract.rules.narrative import in_words_only
from extract.rules.registry import FIRST_YEAR_OF_F2021, Subject, finding, rule

Number = int | Decimal
_CLOSE = Decimal("0.1")
"""Points by which a rounded percentage may be off (NV-06)."""
_SHARE = "_share"
_OF_REQUESTS = re.compile(
    r"占(?:比|总|数|量|全部|申请|办理|办结|答复|受理|新收|收到|政府信息公开|的|件|约|为|达|年度|全年|本)*[\d.]+%"
)
"""A share of requests; 占主动公开总数 and the like have another whole."""
_WHOLES = (
    "requests.received_new.total",
    "requests.processed_total.total",
)
_UPHELD = re.compile(
    r"(?:均|全部|全)(?:获|被|予以|得到)?(?:结果)?维持|零(?:败诉|纠错|撤销)|无(?:一)?败诉|败诉(?:案件)?(?:为)?(?:0|零)"
)
_CHALLENGE_TABLES = {
    "review": ("review",),
    "litigation": ("litigation_direct", "litigation_after_review"),
}
_ILLUSTRATIVE = re.compile(r"等|网站|新媒体|微信|微博|公众号|公报|公开栏|公示栏|平台|转载")
_SCOPE = re.compile(
    r"(?P<region>全(?:省|市|县|区|旗|州|盟)(?!人民|民)|各(?:县|区|市|乡镇|镇街|部门)[^，,。]{0,6}各(?:部门|乡镇|镇街|单位))"
    r"|(?P<organ>本机关|本级机关|市本级|县本级|区本级|省本级|本办公[厅室])"
)
_GOVERNMENT = re.compile(r"(?:政府|政府办公[厅室]|[省市县旗州盟]|(?<!开发)(?<!园)区)$")


@rule("NV-06", Severity.WARN, "a stated percentage is the stated part of the stated whole")
def shares(subject: Subject) -> Iterator[Finding]:
    """NV-06: within a tenth of a point of the part over any whole the text or the table gives."""
    wholes = {n for key in _WHOLES if (n := subject.number(key))}
    wholes |= {s.value for f in ("received", "processed") for s in subject.stated(f) if s.value}
    new, old = (subject.number(f"requests.{row}.total") for row in ("received_new", "carried_in"))
    if new and old:
        wholes.add(new + old)
    latest: dict[str, Statement] = {}
    for share in subject.narrative:
        latest[share.fact] = share
        part = latest.get(share.fact.removesuffix(_SHARE)) if share.fact.endswith(_SHARE) else None
        if part is None or part.value is None or share.value is None or not wholes:
            continue
        if not _OF_REQUESTS.search(squeeze(share.text)):
            continue
        percents = {Decimal(part.value) * 100 / Decimal(whole) for whole in wholes}
        if not any(abs(percent - share.value) <= _CLOSE for percent in percents):
            nearest = min(percents, key=lambda percent: abs(percent - Decimal(share.value or 0)))
            yield finding(
                "NV-06",
                f"“{part.text}，{share.text}”: the nearest share that the numbers give is {nearest:.1f} %.",
                f"“{part.text}，{share.text}”，按所列数字最接近的占比为{nearest:.1f}%。",
            )


@rule("NV-08", Severity.WARN, "“all upheld” and “none” in words agree with table 四")
def big_words(subject: Subject) -> Iterator[Finding]:
    """NV-08: all upheld means nothing corrected and nothing pending; none means a total of 0."""
    text = subject.section(1) or ""
    for fact, tables in _CHALLENGE_TABLES.items():
        name = "行政复议" if fact == "review" else "行政诉讼"
        totals = [f"{table}.total" for table in tables]
        total = sum(subject.number(key) or 0 for key in totals)
        for said in subject.stated(fact):
            if total and in_words_only(said):
                yield finding(
                    "NV-08",
                    f"The text says “{said.text}”, the table counts {total}.",
                    f"正文称“{said.text}”，表中{name}{total}件。",
                    totals,
                )
        upheld = _UPHELD.search(_clauses_about(text, name[2:]))
        against = [
            key
            for table in tables
            for key in (f"{table}.corrected", f"{table}.pending")
            if subject.number(key)
        ]
        if upheld and against:
            numbers = "、".join(str(subject.number(key)) for key in against)
            yield finding(
                "NV-08",
                f"The text says “{upheld[0]}” of {name}; the table has {numbers.replace('、', ', ')} "
                "corrected or pending.",
                f"正文称{name}“{upheld[0]}”，表中另有结果纠正或尚未审结{numbers}件。",
                against,
            )


@rule("NV-12", Severity.INFO, "the listed parts of what was disclosed add up")
def parts_of_disclosed(subject: Subject) -> Iterator[Finding]:
    """NV-12: WARN when the text says 合计; a list by channels or with 等 is only illustrative."""
    parts = subject.stated("disclosed_part")
    totals = subject.stated("disclosed")
    total = next((t for t in reversed(totals) if parts and t.offset < parts[0].offset), None)
    if total is not None and None not in (total.value, *(part.value for part in parts)):
        added = sum(part.low for part in parts)
        words = "".join(part.text for part in parts) + _following(subject, parts[-1])
        if added != total.value and not _ILLUSTRATIVE.search(simplify(squeeze(words))):
            summed = re.search("合计|总计", total.text) is not None
            listed = " + ".join(str(part.value) for part in parts)
            yield finding(
                "NV-12",
                f"The parts {listed} = {added} are not the {total.value} stated.",
                f"分项{listed}＝{added}，与所述{total.value}不符。",
                severity=Severity.WARN if summed else Severity.INFO,
            )
    channels = subject.stated("disclosed_new_media")
    if totals and channels and channels[0].low > max(total.high for total in totals):
        yield finding(
            "NV-12",
            f"{channels[0].said} items on new media but {totals[0].said} disclosed: what the total "
            "counts is not clear.",
            f"新媒体发布{channels[0].said}条，多于主动公开{totals[0].said}条，总数口径不明。",
            verdict=Verdict.PASS_WITH_NOTE,
        )


@rule("NV-13", Severity.WARN, "in words: carried in + received = handled + carried out")
def balance_in_words(subject: Subject) -> Iterator[Finding]:
    """NV-13, when all four are stated; approximate numbers are left alone."""
    facts = ("carried_in", "received", "processed", "carried_out")
    stated = [[s.value for s in subject.stated(fact) if s.value is not None] for fact in facts]
    if not all(stated):
        return
    for old in stated[0]:
        for new in stated[1]:
            for handled in stated[2]:
                # 收到 may count what was carried in, and then the rest still balances.
                if any(handled + left in (old + new, new) for left in stated[3]):
                    return
    old, new, handled, left = (numbers[0] for numbers in stated)
    yield finding(
        "NV-13",
        f"In words {old} carried in + {new} received = {old + new}, but {handled} handled + {left} "
        f"carried out = {handled + left}.",
        f"正文：上年结转{old}件与新收{new}件之和为{old + new}，办理{handled}件与结转下年{left}件之和为{handled + left}。",
    )


@rule("NV-14", Severity.INFO, "what is said of the information-processing fee agrees")
def fee_in_words(subject: Subject) -> Iterator[Finding]:
    """NV-14: “none” and an amount cannot both be; 行政事业性收费 is another thing and proves nothing."""
    year = subject.identity.year
    if year is not None and year < FIRST_YEAR_OF_F2021:
        return
    fees = subject.stated("fee_yuan")
    amounts = [fee for fee in fees if fee.low > 0]
    if amounts and any(fee.value == 0 for fee in fees):
        yield finding(
            "NV-14",
            f"One sentence says that no fee was collected, another “{amounts[0].text}”.",
            f"一处称未收取信息处理费，另一处称“{amounts[0].text}”。",
        )
    key = "art20_8.admin_fees.amount_10k"
    booked = subject.number(key)
    if amounts and booked and amounts[0].low > booked * 10_000:
        yield finding(
            "NV-14",
            f"{amounts[0].said} yuan of processing fees are more than all administrative fees of the "
            f"table ({booked} 万元).",
            f"信息处理费{amounts[0].said}元，多于表中行政事业性收费{booked}万元。",
            [key],
        )


@rule("NV-15", Severity.WARN, "preamble, narrative and tables speak of the same scope")
def same_scope(subject: Subject) -> Iterator[Finding]:
    """NV-15, for governments and their offices: 本机关 in the opening, 全市 in the count of requests."""
    name = simplify(squeeze(subject.identity.agency.name or ""))
    if not _GOVERNMENT.search(name):
        return
    claims = [
        (said, found)
        for said in subject.stated("received")
        if (found := _SCOPE.search(simplify(squeeze(said.text))))
    ]
    opening = _claimed_scope(subject) if claims else None
    for said, found in claims:
        if opening and found.lastgroup != opening.lastgroup:
            yield finding(
                "NV-15",
                f"The report speaks for {opening[0]}, but counts the requests of {found[0]} (“{said.text}”).",
                f"报告口径为“{opening[0]}”，而申请数量按“{found[0]}”统计（“{said.text}”）。",
            )
            return
    key = _WHOLES[0]
    printed = subject.number(key)
    by_scope = {found.lastgroup: said for said, found in claims}
    if printed is not None and len(by_scope) == 2 and subject.identity.scope == "region":
        region, organ = by_scope["region"], by_scope["organ"]
        if organ.may_be(printed) and not region.may_be(printed):
            yield finding(
                "NV-15",
                f"The report is for a region, but the table counts {counted(printed, 'request')} as the body "
                f"itself had, not the {region.said} of the region.",
                f"报告为全域口径，表中新收{printed}件却与本机关数相同，而非全域{region.said}件。",
                [key],
            )


def _following(subject: Subject, said: Statement) -> str:
    """The few characters after a statement: 等 there leaves a list open."""
    text = next((s.text for s in subject.sections if s.number == said.section), "")
    end = said.offset + len(said.text)
    return re.split("[。；;\n]", text[end : end + 10])[0]


def _clauses_about(text: str, word: str) -> str:
    """The sentences of ``text`` that speak of ``word``, up to where they turn to the other one."""
    other = "诉讼" if word == "复议" else "复议"
    pieces = []
    for sentence in re.split("[。；;]", text):
        start = sentence.find(word)
        if start < 0:
            continue
        turn = sentence.find(other, start + 4)
        # 行政复议、行政诉讼均获维持 speaks of both.
        joined = turn - start <= 6
        pieces.append(sentence[start:] if turn < 0 or joined else sentence[start:turn])
    return "。".join(pieces)


def _claimed_scope(subject: Subject) -> re.Match[str] | None:
    """Where the opening says for whom the figures speak; a contact line (请与本机关联系) does not."""
    first = next((s for s in subject.sections if s.number == 1), None)
    end = subject.text.find(simplify(squeeze(first.title))) if first else -1
    for clause in re.split("[，,。；;]", subject.text[: max(end, 0)][-1500:]):
        if re.search("数据|统计|汇总|涵盖|口径", clause):
            found = _SCOPE.search(clause)
            if found:
                return found
    return None
