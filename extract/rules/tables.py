"""Rules on the numbers of tables 三 and 四."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from extract.counting import counted
from extract.forms.dictionary import APPLICANTS, english, is_decimal, label
from extract.record import CellValue, Finding, Severity, State, Verdict
from extract.rules.arithmetic import Balance, shifted_rows, unique_repair
from extract.rules.registry import Subject, finding, rule


@rule("T3-01", Severity.ERROR, "each row: total = sum of the six applicants")
def rows_add_up(subject: Subject) -> Iterator[Finding]:
    """T3-01, with the one change that would put everything right as a hint, where there is one."""
    found = list(unbalanced(subject, "T3-01"))
    failing = any(one.verdict is Verdict.FAIL for one in found)
    repair = unique_repair(subject.values, subject.forms.get("requests")) if failing else None
    for one in found:
        if repair is None or one.verdict is not Verdict.FAIL:
            yield one
            continue
        key, number = repair
        yield replace(
            one,
            message=f"{one.message} All sums would hold if “{english(key)}” were {number}.",
            message_zh=f"{one.message_zh}如“{label(key)}”为{number}，则各项勾稽关系均成立。",
        )


@rule("T3-02", Severity.ERROR, "each column: total handled = sum of the results")
def results_add_up(subject: Subject) -> Iterator[Finding]:
    """T3-02."""
    yield from unbalanced(subject, "T3-02")


@rule("T3-03", Severity.ERROR, "each column: received + carried in = handled + carried out")
def requests_balance(subject: Subject) -> Iterator[Finding]:
    """T3-03, the identity printed on the form."""
    yield from unbalanced(subject, "T3-03")


@rule("T3-04", Severity.ERROR, "numbers of table 三 are whole and not negative")
def counts_of_table_three(subject: Subject) -> Iterator[Finding]:
    """T3-04."""
    yield from no_counts("T3-04", subject.cells("三"))


@rule("T3-05", Severity.ERROR, "subtotals that a province adds = the sum of their rows")
def subtotals_add_up(subject: Subject) -> Iterator[Finding]:
    """T3-05; subtotals are no cells of the form and take no part in T3-02."""
    for group, printed_label, numbers in subject.figures.subtotals:
        for column, printed in zip(APPLICANTS, numbers, strict=True):
            keys = [
                key
                for key in subject.values
                if key.startswith(f"requests.{group}.") and key.endswith(f".{column.key}")
            ]
            added = sum(subject.number(key) or 0 for key in keys)
            known = all(subject.values[k].state not in (State.UNREADABLE, State.TEXT) for k in keys)
            if printed is not None and keys and known and printed != added:
                yield finding(
                    "T3-05",
                    f"In row “{printed_label}”, column “{column.label}”, the subtotal is {printed}, its rows add "
                    f"up to {added}.",
                    f"“{printed_label}”行“{column.label}”列小计为{printed}，各项之和为{added}。",
                    keys,
                )


@rule(
    "T3-06", Severity.WARN, "requests closed for an unpaid fee need a charging notice in section 六"
)
def fee_notice(subject: Subject) -> Iterator[Finding]:
    """T3-06."""
    key = "requests.other.fee_overdue.total"
    count = subject.number(key)
    last = subject.section(6)
    if count and last is not None and "收费" not in last and "处理费" not in last:
        yield finding(
            "T3-06",
            f"Closed for an unpaid fee: {counted(count, 'request')}; section 六 names no charging notice.",
            f"逾期未缴费不再处理{count}件，第六部分未提及收费通知。",
            [key],
        )


@rule("T3-07", Severity.INFO, "其他 is at most half of what was handled")
def mostly_other(subject: Subject) -> Iterator[Finding]:
    """T3-07."""
    keys = ["requests.other.other.total", "requests.processed_total.total"]
    other, handled = (subject.number(key) for key in keys)
    if other and handled and handled >= 20 and other * 2 > handled:
        yield finding(
            "T3-07",
            f"Of {handled} requests {other} are filed under 其他.",
            f"办理{handled}件中“其他”占{other}件。",
            keys,
        )


@rule("T3-09", Severity.ERROR, "no row is a row read one column aside")
def columns_moved(subject: Subject) -> Iterator[Finding]:
    """T3-09: a sign of misreading, never a finding against the agency."""
    for row in shifted_rows(subject.values, subject.forms.get("requests")):
        yield finding(
            "T3-09",
            f"The values of row “{row.label}” add up when moved by one column: probably misread.",
            f"“{row.label}”行左移或右移一列后合计相符，疑为识别错位。",
            [key for key in subject.values if key.startswith(f"requests.{row.key}.")],
            verdict=Verdict.PARSE_SUSPECT,
        )


@rule("T4-01", Severity.ERROR, "review: total = sum of the outcomes")
def review_adds_up(subject: Subject) -> Iterator[Finding]:
    """T4-01."""
    yield from unbalanced(subject, "T4-01")


@rule("T4-02", Severity.ERROR, "litigation without review: total = sum of the outcomes")
def direct_litigation_adds_up(subject: Subject) -> Iterator[Finding]:
    """T4-02."""
    yield from unbalanced(subject, "T4-02")


@rule("T4-03", Severity.ERROR, "litigation after review: total = sum of the outcomes")
def later_litigation_adds_up(subject: Subject) -> Iterator[Finding]:
    """T4-03, and that the numbers of table 四 are counts."""
    yield from unbalanced(subject, "T4-03")
    yield from no_counts("T4-03", subject.cells("四"))


@rule("T4-05", Severity.INFO, "reviews are not far more than requests")
def more_reviews_than_requests(subject: Subject) -> Iterator[Finding]:
    """T4-05."""
    keys = ["review.total", "requests.processed_total.total", "requests.carried_in.total"]
    reviews, handled, carried = (subject.number(key) for key in keys)
    if reviews is None or handled is None or carried is None:
        return
    if reviews > handled + carried + 5:
        yield finding(
            "T4-05",
            f"{counted(reviews, 'review')} against {counted(handled, 'request')} handled and {carried} carried in.",
            f"行政复议{reviews}件，多于办理{handled}件与上年结转{carried}件之和。",
            keys,
        )


def unbalanced(subject: Subject, rule_id: str) -> Iterator[Finding]:
    """What the identities of a rule give: failures, totals that are blank, and a note on blanks."""
    noted: list[Balance] = []
    for weighed in subject.balances(rule_id):
        if weighed.verdict in (Verdict.FAIL, Verdict.NOT_ASSESSABLE):
            yield _imbalance(weighed)
        elif weighed.verdict is Verdict.PASS_WITH_NOTE:
            noted.append(weighed)
    if noted:
        blanks = {
            key: None
            for weighed in noted
            for key in weighed.equation.keys
            if subject.values[key].state is State.BLANK
        }
        yield finding(
            rule_id,
            f"Holds in {counted(len(noted), 'place')} only with {counted(len(blanks), 'blank cell')} taken for zero.",
            f"有{len(noted)}处须将{len(blanks)}个空白格视为零方能相符。",
            blanks,
            verdict=Verdict.PASS_WITH_NOTE,
            severity=Severity.INFO,
        )


def _imbalance(weighed: Balance) -> Finding:
    equation = weighed.equation
    if weighed.verdict is Verdict.NOT_ASSESSABLE:
        message = f"In {equation.name} the total is blank; the rest adds up to {weighed.left}."
        message_zh = f"{equation.name_zh}：总计空白，其余合计{weighed.left}。"
    elif equation.rule == "T3-03":
        message = (
            f"In {equation.name} received + carried in is {weighed.left}, "
            f"handled + carried out is {weighed.right}."
        )
        message_zh = f"{equation.name_zh}：新收与上年结转之和为{weighed.left}，办理总计与结转下年之和为{weighed.right}。"
    else:
        message = f"In {equation.name} the parts add up to {weighed.left}, the total says {weighed.right}."
        message_zh = f"{equation.name_zh}：各项之和为{weighed.left}，总计栏为{weighed.right}。"
    return finding(equation.rule, message, message_zh, equation.keys, verdict=weighed.verdict)


def no_counts(rule_id: str, cells: Iterable[CellValue]) -> Iterator[Finding]:
    """A finding for each cell that holds a number that is negative or, unless it is money, not whole."""
    for cell in cells:
        key, value, raw = cell.key, cell.value, cell.raw.strip()
        if value is None:
            continue
        whole = is_decimal(key) or value == int(value)
        if value < 0 or not whole:
            yield finding(
                rule_id,
                f"{raw} is no count." if not whole else f"{raw} is negative.",
                f"“{raw}”不是非负{'数' if is_decimal(key) else '整数'}。",
                [key],
            )
