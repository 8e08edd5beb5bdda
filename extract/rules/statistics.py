"""Rules on the statistics table of 2014 (reports for 2014 to 2018)."""

from __future__ import annotations

from collections.abc import Iterator

from extract.counting import counted
from extract.record import Finding, Severity, Verdict
from extract.rules.registry import Subject, finding, rule
from extract.rules.tables import unbalanced


@rule("S14-01", Severity.ERROR, "requests received = in person + by fax + online + by letter")
def channels_add_up(subject: Subject) -> Iterator[Finding]:
    """S14-01; where a province has channels of its own, more than the four add up to is a note."""
    for found in unbalanced(subject, "S14-01"):
        total, *parts = (subject.number(key) or 0 for key in (found.cells[-1], *found.cells[:-1]))
        more = found.verdict is Verdict.FAIL and total > sum(parts)
        yield _as_note(found) if more and _has_other_channels(subject) else found


@rule("S14-02", Severity.ERROR, "requests completed = on time + after an extension")
def completed_add_up(subject: Subject) -> Iterator[Finding]:
    """S14-02."""
    yield from unbalanced(subject, "S14-02")


@rule("S14-03", Severity.ERROR, "requests answered = sum of the eight answers")
def answers_add_up(subject: Subject) -> Iterator[Finding]:
    """S14-03; several answers to one request make the parts more than the whole: a note."""
    yield from _parts_may_be_more(subject, "S14-03")


@rule("S14-04", Severity.WARN, "refusals = sum of the six reasons")
def reasons_add_up(subject: Subject) -> Iterator[Finding]:
    """S14-04; several reasons for one refusal make the parts more than the whole: a note."""
    yield from _parts_may_be_more(subject, "S14-04")


@rule("S14-05", Severity.WARN, "no more requests completed than received and open before")
def completed_of_received(subject: Subject) -> Iterator[Finding]:
    """S14-05; what was open before is known only where the narrative tells it."""
    keys = ["s2014.req_completed", "s2014.req_received"]
    completed, received = (subject.number(key) for key in keys)
    if completed is None or received is None or completed <= received:
        return
    carried = [said.high for said in subject.stated("carried_in")]
    if not carried:
        yield finding(
            "S14-05",
            f"{counted(completed, 'request')} completed, {received} received: the others must have been open before.",
            f"办结{completed}件，多于收到的{received}件，差额应为上年结转。",
            keys,
            verdict=Verdict.NOT_ASSESSABLE,
        )
    elif completed > received + max(carried):
        yield finding(
            "S14-05",
            f"{counted(completed, 'request')} completed, but only {received} received and {max(carried)} carried in.",
            f"办结{completed}件，多于收到{received}件与上年结转{max(carried)}件之和。",
            keys,
        )


@rule(
    "S14-06",
    Severity.WARN,
    "staff = full-time + part-time; the head attends no more than there were",
)
def staff_and_heads(subject: Subject) -> Iterator[Finding]:
    """S14-06."""
    yield from unbalanced(subject, "S14-06")
    for event, name in (("press_conferences", "新闻发布会"), ("online_interviews", "在线访谈")):
        keys = [f"s2014.{event}_head", f"s2014.{event}"]
        head, everyone = (subject.number(key) for key in keys)
        if head is not None and everyone is not None and head > everyone:
            yield finding(
                "S14-06",
                f"The head of the agency attended {head} of {everyone} {event.replace('_', ' ')}.",
                f"主要负责同志参加{name}{head}次，多于总次数{everyone}次。",
                keys,
            )


@rule("T4-04", Severity.WARN, "s2014: reviews and lawsuits = upheld + corrected + otherwise")
def challenges_add_up(subject: Subject) -> Iterator[Finding]:
    """T4-04; the table has no place for pending cases, so a total above its parts is a note."""
    for found in unbalanced(subject, "T4-04"):
        total, *parts = (subject.number(key) or 0 for key in (found.cells[-1], *found.cells[:-1]))
        yield _as_note(found) if found.verdict is Verdict.FAIL and total > sum(parts) else found


def _parts_may_be_more(subject: Subject, rule_id: str) -> Iterator[Finding]:
    for found in unbalanced(subject, rule_id):
        total, *parts = (subject.number(key) or 0 for key in (found.cells[-1], *found.cells[:-1]))
        yield _as_note(found) if found.verdict is Verdict.FAIL and total < sum(parts) else found


def _has_other_channels(subject: Subject) -> bool:
    """Whether the table of this report has a channel that the national one lacks."""
    labels = (cell.text for table in subject.document.tables() for cell in table.cells)
    return any("其他" in text and "申请" in text and len(text) < 20 for text in labels)


def _as_note(found: Finding) -> Finding:
    return Finding(
        found.rule,
        Verdict.PASS_WITH_NOTE,
        Severity.INFO,
        found.cells,
        found.message,
        found.message_zh,
    )
