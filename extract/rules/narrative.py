"""Rules that hold the words of the report against its tables.

A sentence is compared only when it states the fact beyond doubt (domain guide, appendix B): words and
number in one clause, no channel parts, no other kind of paper. All statements of a fact are looked at,
and one that agrees settles it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from extract.record import Finding, Severity, Verdict
from extract.rules.registry import Subject, finding, rule

_UNIT = r"(?:件|条|份|宗|起)"
_CLAUSE = r"[^。;,，；\d]"

_RECEIVED = re.compile(
    rf"(?:新收到?|收到|受理|接收|接到|共收){_CLAUSE}{{0,24}}申请{_CLAUSE}{{0,8}}(\d+){_UNIT}"
    rf"|(?:新收到?|收到|受理|接收|接到|共收){_CLAUSE}{{0,6}}(\d+){_UNIT}{_CLAUSE}{{0,12}}申请"
)
_CARRIED_IN = re.compile(rf"(?:上一?年度?|去年)(?:结转|转结|顺延){_CLAUSE}{{0,14}}(\d+){_UNIT}")
_PROCESSED = re.compile(rf"(?:答复|办结|已办理){_CLAUSE}{{0,6}}(\d+){_UNIT}")
_CARRIED_OUT = re.compile(
    rf"(\d+){_UNIT}(?:申请)?(?:结转|顺延)(?:到|至)?下一?年"
    rf"|(?:结转|顺延)(?:到|至)?下一?年度?(?:继续)?(?:办理|答复)?(?:的)?(\d+){_UNIT}"
)
_REVIEW = re.compile(
    rf"(?<!其中)(?<!其中,)(?<!后)行政复议(?:案件|申请)?{_CLAUSE}{{0,4}}(\d+){_UNIT}"
)
_LITIGATION = re.compile(rf"(?<!其中)(?<!其中,)行政诉讼(?:案件)?{_CLAUSE}{{0,4}}(\d+){_UNIT}")
_NORMATIVE = re.compile(
    rf"(?:制发|制定|出台|印发)(?:了)?行政规范性文件{_CLAUSE}{{0,3}}(\d+){_UNIT}"
)
_NONE = re.compile(
    r"(?:未|没有)(?:收到|接到|接收到|受理)(?:任何|过|公众|公民|群众|社会|[、,]|法人|或|和|其他组织|要求|关于|有关|相关|的|提出|依)*"
    r"(?:公开)?(?:政府信息)?(?:公开)?(?:政府信息)?(?:的)?申请"
)

Number = int | Decimal


@rule("NV-01", Severity.WARN, "requests received in words = in the table")
def received(subject: Subject) -> Iterator[Finding]:
    """NV-01; received together with carried in is accepted with a note."""
    new_key, old_key = "requests.received_new.total", "requests.carried_in.total"
    new, old = subject.number(new_key), subject.number(old_key)
    stated = _stated(subject, _RECEIVED)
    if new is None or not stated or new in stated:
        return
    if old is not None and new + old in stated:
        yield finding(
            "NV-01",
            f"The text counts {new + old} requests: received together with carried in.",
            f"正文所述{new + old}件为新收与上年结转之和。",
            [new_key, old_key],
            verdict=Verdict.PASS_WITH_NOTE,
            severity=Severity.INFO,
        )
        return
    yield _differs("NV-01", "received", "收到申请", stated, new, [new_key])


@rule("NV-02", Severity.WARN, "requests carried in in words = in the table")
def carried_in(subject: Subject) -> Iterator[Finding]:
    """NV-02."""
    yield from _compare(
        subject, "NV-02", "carried in", "上年结转", _CARRIED_IN, ["requests.carried_in.total"]
    )


@rule("NV-03", Severity.WARN, "requests handled in words = in the table")
def processed(subject: Subject) -> Iterator[Finding]:
    """NV-03."""
    yield from _compare(
        subject, "NV-03", "handled", "办理", _PROCESSED, ["requests.processed_total.total"]
    )


@rule("NV-04", Severity.WARN, "requests carried out in words = in the table")
def carried_out(subject: Subject) -> Iterator[Finding]:
    """NV-04."""
    yield from _compare(
        subject, "NV-04", "carried out", "结转下年", _CARRIED_OUT, ["requests.carried_out.total"]
    )


@rule("NV-07", Severity.WARN, "reviews and lawsuits in words = in the table")
def challenged(subject: Subject) -> Iterator[Finding]:
    """NV-07."""
    yield from _compare(subject, "NV-07", "reviews", "行政复议", _REVIEW, ["review.total"])
    keys = ["litigation_direct.total", "litigation_after_review.total"]
    yield from _compare(subject, "NV-07", "lawsuits", "行政诉讼", _LITIGATION, keys)


@rule("NV-09", Severity.ERROR, "“no request received” means 0 in the table")
def none_received(subject: Subject) -> Iterator[Finding]:
    """NV-09."""
    key = "requests.received_new.total"
    count = subject.number(key)
    said = _NONE.search(subject.section(1) or "")
    if said and count:
        yield finding(
            "NV-09",
            f"The text says that no request was received (“{said[0]}”), the table says {count}.",
            f"正文称“{said[0]}”，表中新收申请{count}件。",
            [key],
        )


@rule("NV-10", Severity.WARN, "normative documents issued in words = in table 二")
def normative_documents(subject: Subject) -> Iterator[Finding]:
    """NV-10."""
    yield from _compare(
        subject,
        "NV-10",
        "normative documents issued",
        "制发行政规范性文件",
        _NORMATIVE,
        ["art20_1.normative.issued"],
    )


def _stated(subject: Subject, pattern: re.Pattern[str]) -> list[Number]:
    """Every number the first section states in the words of ``pattern``."""
    text = subject.section(1) or ""
    return [int(next(g for g in found.groups() if g)) for found in pattern.finditer(text)]


def _compare(
    subject: Subject,
    rule_id: str,
    what: str,
    what_zh: str,
    pattern: re.Pattern[str],
    keys: list[str],
) -> Iterator[Finding]:
    numbers = [subject.number(key) for key in keys]
    stated = _stated(subject, pattern)
    if not stated or any(number is None for number in numbers):
        return
    printed = sum(number for number in numbers if number is not None)
    # Two lawsuit groups may be told one by one.
    if printed not in stated and not (len(stated) > 1 and sum(stated) == printed):
        yield _differs(rule_id, what, what_zh, stated, printed, keys)


def _differs(
    rule_id: str, what: str, what_zh: str, stated: list[Number], printed: Number, keys: list[str]
) -> Finding:
    said = " and ".join(str(number) for number in dict.fromkeys(stated))
    return finding(
        rule_id,
        f"{what.capitalize()}: the text says {said}, the table says {printed}.",
        f"{what_zh}：正文为{said.replace(' and ', '、')}件，表中为{printed}件。",
        keys,
    )
