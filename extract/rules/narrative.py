"""Rules that hold the numbers of the narrative against the tables.

What a sentence states is found by :mod:`extract.narrative`. All statements of a fact are looked at, and
one that agrees settles it; approximate words agree with every number they can mean. A statement that
cannot be compared (a cell is blank, or the form lacks it) gives no finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from extract.counting import counted
from extract.record import Finding, Severity, Statement, Verdict
from extract.rules.registry import Subject, finding, rule

Number = int | Decimal
_REGION = re.compile(r"全(?:省|市|县|区|旗|州|盟|系统|关区)")
_ONE_BODY = re.compile(r"本级|本机关|政府办公|[省市县区旗]政府")
_RECEIVED, _CARRIED_IN = "requests.received_new.total", "requests.carried_in.total"
_PROCESSED, _CARRIED_OUT = "requests.processed_total.total", "requests.carried_out.total"
_LITIGATION = ("litigation_direct.total", "litigation_after_review.total")
_TABLE_TWO = {
    f"{row}_{column}": (f"art20_1.{row}.{column}", f"{verb}{name}")
    for row, name in (("rules", "规章"), ("normative", "行政规范性文件"))
    for column, verb in (("issued", "制发"), ("repealed", "废止"), ("in_force", "现行有效"))
}
_DECISIONS = {
    "licences": ("art20_5.licences.decisions", "行政许可"),
    "penalties": ("art20_6.penalties.decisions", "行政处罚"),
    "coercion": ("art20_6.coercion.decisions", "行政强制"),
}
_OUTCOMES = {
    "granted": ("予以公开", ("granted",)),
    "partially_granted": ("部分公开", ("partially_granted",)),
    "granted_or_partial": ("予以公开及部分公开", ("granted", "partially_granted")),
    "denied": ("不予公开", ("denied.",)),
    "unable": ("无法提供", ("unable.",)),
    "not_processed": ("不予处理", ("not_processed.",)),
    "other_total": ("其他处理", ("other.", "other_total")),
}


@rule("NV-01", Severity.WARN, "requests received in words = in the table")
def received(subject: Subject) -> Iterator[Finding]:
    """NV-01; received together with carried in is accepted with a note."""
    new, old = subject.number(_RECEIVED), subject.number(_CARRIED_IN)
    stated = [said for said in subject.stated("received") if not in_words_only(said)]
    if new is None or not stated or any(said.may_be(new) for said in stated):
        return
    if old and any(said.may_be(new + old) for said in stated):
        yield finding(
            "NV-01",
            f"The text counts {counted(new + old, 'request')}: received together with carried in.",
            f"正文所述{new + old}件为新收与上年结转之和。",
            [_RECEIVED, _CARRIED_IN],
            verdict=Verdict.PASS_WITH_NOTE,
            severity=Severity.INFO,
        )
        return
    if all(re.search("受理", said.text) and said.high < new for said in stated):
        yield finding(
            "NV-01",
            f"The text says that {stated[0].said} were accepted (受理), the table {new} received.",
            f"正文为受理{stated[0].said}件，表中为新收{new}件。",
            [_RECEIVED],
            verdict=Verdict.PASS_WITH_NOTE,
            severity=Severity.INFO,
        )
        return
    yield _differs(subject, "NV-01", "received", "收到申请", stated, new, [_RECEIVED])


@rule("NV-02", Severity.WARN, "requests carried in in words = in the table")
def carried_in(subject: Subject) -> Iterator[Finding]:
    """NV-02."""
    yield from _compare(subject, "NV-02", "carried_in", "carried in", "上年结转", [_CARRIED_IN])


@rule("NV-03", Severity.WARN, "requests handled in words = in the table")
def processed(subject: Subject) -> Iterator[Finding]:
    """NV-03; 办理 meaning received together with carried in is accepted with a note."""
    new, old = subject.number(_RECEIVED), subject.number(_CARRIED_IN)
    handled = subject.number(_PROCESSED)
    stated = subject.stated("processed")
    if handled is None or not stated or any(said.may_be(handled) for said in stated):
        return
    if new is not None and old is not None and any(said.may_be(new + old) for said in stated):
        yield finding(
            "NV-03",
            f"The text counts {counted(new + old, 'request')}: received together with carried in, {handled} handled.",
            f"正文所述{new + old}件为新收与上年结转之和，表中办理总计{handled}件。",
            [_RECEIVED, _CARRIED_IN, _PROCESSED],
            verdict=Verdict.PASS_WITH_NOTE,
            severity=Severity.INFO,
        )
        return
    if old and any(said.may_be(handled - old) for said in stated):
        yield finding(
            "NV-03",
            f"The text counts {counted(handled - old, 'request')}, the table {handled} with those carried in.",
            f"正文所述{handled - old}件未含上年结转，表中办理总计{handled}件。",
            [_CARRIED_IN, _PROCESSED],
            verdict=Verdict.PASS_WITH_NOTE,
            severity=Severity.INFO,
        )
        return
    yield _differs(subject, "NV-03", "handled", "办理", stated, handled, [_PROCESSED])


@rule("NV-04", Severity.WARN, "requests carried out in words = in the table")
def carried_out(subject: Subject) -> Iterator[Finding]:
    """NV-04."""
    yield from _compare(subject, "NV-04", "carried_out", "carried out", "结转下年", [_CARRIED_OUT])


@rule("NV-05", Severity.WARN, "results in words = the groups of the table")
def outcomes(subject: Subject) -> Iterator[Finding]:
    """NV-05: the sum of the group; 予以公开及部分公开 is the sum of two, and a leaf is no group."""
    totals = {
        key.removeprefix("requests.").removesuffix(".total"): key
        for key in subject.values
        if key.endswith(".total")
    }
    for fact, (name, rows) in _OUTCOMES.items():
        if not subject.stated(fact):
            continue
        keys = [
            key
            for row, key in totals.items()
            if any(
                row == wanted or (wanted[-1] == "." and row.startswith(wanted)) for wanted in rows
            )
        ]
        if keys:
            yield from _compare(subject, "NV-05", fact, fact.replace("_", " "), name, keys)


@rule("NV-07", Severity.WARN, "reviews and lawsuits in words = in the table")
def challenged(subject: Subject) -> Iterator[Finding]:
    """NV-07; a text that counts only concluded cases is accepted with a note."""
    for fact, what, name, keys in (
        ("review", "reviews", "行政复议", ["review.total"]),
        ("litigation", "lawsuits", "行政诉讼", list(_LITIGATION)),
    ):
        for found in _compare(subject, "NV-07", fact, what, name, keys):
            stated = subject.stated(fact)
            if all(in_words_only(said) for said in stated):
                continue  # “none” in words is the subject of NV-08
            pending = _sum(subject, [key.replace("total", "pending") for key in keys])
            total = _sum(subject, keys)
            if pending and total and any(said.may_be(total - pending) for said in stated):
                yield finding(
                    "NV-07",
                    f"{what.capitalize()}: the text counts the {total - pending} concluded, "
                    f"the table {total} with {pending} pending.",
                    f"{name}：正文为已审结{total - pending}件，表中含尚未审结{pending}件共{total}件。",
                    keys,
                    verdict=Verdict.PASS_WITH_NOTE,
                    severity=Severity.INFO,
                )
            else:
                yield found


@rule("NV-09", Severity.ERROR, "“no request received” means 0 in the table")
def none_received(subject: Subject) -> Iterator[Finding]:
    """NV-09."""
    count = subject.number(_RECEIVED)
    for said in subject.stated("received"):
        if count and in_words_only(said):
            yield finding(
                "NV-09",
                f"The text says that no request was received (“{said.text}”), the table says {count}.",
                f"正文称“{said.text}”，表中新收申请{count}件。",
                [_RECEIVED],
            )


@rule("NV-10", Severity.WARN, "rules and normative documents in words = in table 二")
def documents_made(subject: Subject) -> Iterator[Finding]:
    """NV-10; 政策文件 and 公文 are other things and never compared."""
    for fact, (key, name) in _TABLE_TWO.items():
        yield from _compare(subject, "NV-10", fact, fact.replace("_", " "), name, [key])


@rule("NV-11", Severity.WARN, "licences, penalties and coercion in words = in table 二")
def decisions(subject: Subject) -> Iterator[Finding]:
    """NV-11; a count of decisions disclosed is another thing and never compared."""
    for fact, (key, name) in _DECISIONS.items():
        yield from _compare(subject, "NV-11", fact, fact, name, [key])


def in_words_only(said: Statement) -> bool:
    """Whether the statement says “none” (未收到申请) without a number."""
    return said.value == 0 and not re.search(r"[\d零〇]\s*(?:件|条|份|宗|起|例)", said.text)


def _sum(subject: Subject, keys: list[str]) -> Number | None:
    """The sum of cells, blank ones counted as 0 when another holds a number."""
    numbers = [subject.number(key) for key in keys]
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _compare(
    subject: Subject, rule_id: str, fact: str, what: str, what_zh: str, keys: list[str]
) -> Iterator[Finding]:
    stated = subject.stated(fact)
    printed = _sum(subject, keys)
    if not stated or printed is None or any(said.may_be(printed) for said in stated):
        return
    # Two groups of a table may be told one by one.
    if len(stated) > 1 and sum(said.low for said in stated) == printed:
        return
    yield _differs(subject, rule_id, what, what_zh, stated, printed, keys)


def _differs(
    subject: Subject,
    rule_id: str,
    what: str,
    what_zh: str,
    stated: list[Statement],
    printed: Number,
    keys: list[str],
) -> Finding:
    """What differs is a failure, unless the words speak for another scope than the report."""
    said = list(dict.fromkeys(statement.said for statement in stated))
    message = f"{what.capitalize()}: the text says {' and '.join(said)}, the table says {printed}."
    message_zh = f"{what_zh}：正文为{'、'.join(said)}件，表中为{printed}件。"
    if all(_of_another_scope(subject, statement, printed) for statement in stated):
        return finding(
            rule_id,
            f"{message} The text speaks for another scope than the report.",
            f"{message_zh}两者口径不同。",
            keys,
            verdict=Verdict.PASS_WITH_NOTE,
            severity=Severity.INFO,
        )
    return finding(rule_id, message, message_zh, keys)


def _of_another_scope(subject: Subject, said: Statement, printed: Number) -> bool:
    """全县 with more in the report of one body, 本级 with less in the report of a region."""
    if subject.identity.scope == "region":
        return said.high < printed and _ONE_BODY.search(said.text) is not None
    return said.low > printed and _REGION.search(said.text) is not None
