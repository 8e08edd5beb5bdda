"""Rules on the figures of one body in years that follow each other (domain guide §4.2, CY and T3-08).

A blank says nothing, so a rule with a blank operand is not assessed. Columns that only look alike are
never compared: what was disclosed in all (form of 2019) is no stock in force (form of 2021), CY-03.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from extract.counting import counted
from extract.forms.dictionary import (
    APPLICANTS,
    ENGLISH,
    F2019_KEYS,
    F2021_KEYS,
    column_name,
    english,
    label,
)

Number = int | Decimal
TOTAL = "total"
_COLUMNS = (*(entry.key for entry in APPLICANTS),)
_LEAST_CELLS = 3
"""Cells that are not 0 and no sums before a table that is the same as another can mean anything."""
_USUAL = (Decimal("0.2"), Decimal(5))
_LEAST, _LARGE = 10, 50
_BUSY = 20
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule of the archive found; ``operands`` are keys of the report itself, and sentences that name
    each value or text of another report, so that a person's verdict falls with any of them.
    """

    rule: str
    severity: str
    operands: tuple[str, ...]
    message: str
    message_zh: str
    verdict: str = "fail"


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a report's version: who and when, the form, and the numbers by column name."""

    agency: str
    year: int
    scope: str
    form: str | None
    values: Mapping[str, Number | None]

    def number(self, key: str) -> Number | None:
        """The number under a dictionary key; None where it is blank or was not read with certainty."""
        return self.values.get(column_name(key))

    def operand(self, key: str) -> str:
        """A value of this report as an operand of another's finding."""
        return f"{self.year} {self.scope} {self.agency}: {key} = {said(self.number(key))}"

    @property
    def has_form(self) -> bool:
        """Whether the report is on one of the uniform forms."""
        return self.form in ("f2019", "f2021")

    def table(self) -> dict[str, Number]:
        """The cells of table 三 that are not 0."""
        return {
            name: value
            for name, value in self.values.items()
            if value and name.startswith("requests_")
        }


def said(value: Number | None) -> str:
    """A number as messages write it."""
    return "" if value is None else f"{Decimal(value).normalize():f}"


def between_years(
    now: Figures, last: Figures, earlier: tuple[Figures, ...] = (), *, lineage: bool = False
) -> Iterator[Found]:
    """What the reports of one body and scope for a year and the year before say of each other.

    ``earlier`` are former versions of ``last``: what any of them said may have been carried over in good
    faith. ``lineage`` tells that the body was merged or split between, so that figures may move.
    """
    if now.has_form and last.has_form:
        yield from _carried(now, last, earlier, lineage)
        yield from _pending(now, last)
        yield from _copied_table(now, last)
        yield from _idle(now, last)
    if now.form == last.form == "f2021":
        yield from _stock(now, last)
    if now.form == last.form == "f2019":
        yield from _items(now, last)
    if now.form == "f2019" and last.form == "s2014":
        yield from _chain_of_2014(now, last)
    if now.form == last.form and now.has_form and not lineage:
        yield from _jumps(now, last)


def _carried(
    now: Figures, last: Figures, earlier: tuple[Figures, ...], lineage: bool
) -> Iterator[Found]:
    wrong: list[str] = []
    for column in _COLUMNS:
        key, source = f"requests.carried_in.{column}", f"requests.carried_out.{column}"
        here, there = now.number(key), last.number(source)
        if here is None or there is None or here == there:
            continue
        if any(version.number(source) == here for version in earlier):
            continue
        if column != TOTAL:
            wrong.append(column)
            continue
        yield Found(
            "CY-01",
            "warn" if lineage else "error",
            (key, last.operand(source)),
            f"The requests carried in from the year before number {said(here)}; its report carried {said(there)} over.",
            f"“上年结转”为{said(here)}件，{last.year}年度报告“结转下年度继续办理”为{said(there)}件，两者不一致。",
        )
        return
    if wrong:
        names = "、".join(
            label(f"requests.carried_in.{column}").split(" / ")[-1] for column in wrong
        )
        yield Found(
            "CY-01",
            "warn",
            (
                *(f"requests.carried_in.{column}" for column in wrong),
                *(last.operand(f"requests.carried_out.{column}") for column in wrong),
            ),
            f"Carried-in requests differ from those the report for {last.year} carried over, for: "
            f"requests {', '.join(ENGLISH[column] for column in wrong)}; the totals agree.",
            f"“上年结转”与{last.year}年度报告“结转下年度继续办理”总计一致，但下列申请人类别不一致：{names}。",
        )


def _stock(now: Figures, last: Figures) -> Iterator[Found]:
    for row, name in (("rules", "规章"), ("normative", "行政规范性文件")):
        keys = [f"art20_1.{row}.{column}" for column in ("in_force", "issued", "repealed")]
        stock, issued, repealed = (now.number(key) for key in keys)
        before = last.number(keys[0])
        if stock is None or issued is None or repealed is None or before is None:
            continue
        expected = before + issued - repealed
        if stock != expected:
            yield Found(
                "CY-02",
                "warn",
                (*keys, last.operand(keys[0])),
                f"{ENGLISH[row]}: {said(stock)} in force; {said(before)} the year before, {said(issued)} issued and "
                f"{said(repealed)} repealed make {said(expected)}.",
                f"{name}现行有效{said(stock)}件；上年现行有效{said(before)}件，加本年制发{said(issued)}件、"
                f"减本年废止{said(repealed)}件，应为{said(expected)}件。",
            )


def _items(now: Figures, last: Figures) -> Iterator[Found]:
    rows = {
        "art20_5.licences": "行政许可",
        "art20_5.other_services": "其他对外管理服务事项",
        "art20_6.penalties": "行政处罚",
        "art20_6.coercion": "行政强制",
        "art20_8.admin_fees": "行政事业性收费",
    }
    for row, name in rows.items():
        items, change = f"{row}.items_prev", f"{row}.items_change"
        here, there, step = now.number(items), last.number(items), last.number(change)
        if here is None or there is None or step is None or here == there + step:
            continue
        yield Found(
            "CY-04",
            "warn",
            (items, last.operand(items), last.operand(change)),
            f"{ENGLISH[row.partition('.')[2]]}: the items last year number {said(here)}; that year's report has {said(there)} and a change of {said(step)}.",
            f"{name}“上一年项目数量”为{said(here)}项，{last.year}年度报告为{said(there)}项、增减{said(step)}项，"
            f"应为{said(there + step)}项。",
        )


_KEYS = {column_name(key): key for key in (*F2019_KEYS, *F2021_KEYS)}
_SERIES = (
    "requests.received_new.total",
    "requests.processed_total.total",
    "review.total",
    "litigation_direct.total",
    "art20_1.normative.in_force",
    "art20_5.licences.decisions",
    "art20_6.penalties.decisions",
    "art20_6.coercion.decisions",
    "art20_8.admin_fees.amount_10k",
)


def _jumps(now: Figures, last: Figures) -> Iterator[Found]:
    for key in _SERIES:
        here, there = now.number(key), last.number(key)
        if here is None or there is None:
            continue
        small, large = sorted((Decimal(here), Decimal(there)))
        ratio = small >= _LEAST and not _USUAL[0] <= small / large <= _USUAL[1]
        if ratio or (small == 0 and large >= _LARGE):
            yield Found(
                "CY-05",
                "info",
                (key, last.operand(key)),
                f"“{english(key)}” is {said(here)}, and was {said(there)} the year before.",
                f"{label(key)}为{said(here)}，上年为{said(there)}，变化较大。",
            )


def _copied_table(now: Figures, last: Figures) -> Iterator[Found]:
    table = now.table()
    if independent(table) < _LEAST_CELLS or table != last.table():
        return
    keys = tuple(
        key
        for key in ("requests.received_new.total", "requests.processed_total.total")
        if now.number(key)
    )
    yield Found(
        "CY-06",
        "warn",
        (*keys, f"{last.year} {last.scope} {last.agency}: {same_table(table)}"),
        f"All {len(table)} figures of the requests table that are not 0 are those of the report for {last.year}.",
        f"申请情况表中全部{len(table)}个非零数据与{last.year}年度报告相同。",
    )


def independent(table: Mapping[str, Number]) -> int:
    """How many cells are not 0 and no sum of others.

    A single request that was granted fills six cells, and so it does everywhere: sums prove nothing.
    """
    return sum(
        not name.endswith("_total") and not name.startswith("requests_processed_total_")
        for name in table
    )


def same_table(table: Mapping[str, Number]) -> str:
    """The cells of a table that are not 0, as an operand."""
    return ", ".join(f"{name} = {said(value)}" for name, value in sorted(table.items()))


def _chain_of_2014(now: Figures, last: Figures) -> Iterator[Found]:
    key = "requests.carried_in.total"
    received, completed = (f"s2014.req_{word}" for word in ("received", "completed"))
    here, came, done = now.number(key), last.number(received), last.number(completed)
    if here is None or came is None or done is None or came - done == here:
        return
    yield Found(
        "CY-09",
        "info",
        (key, last.operand(received), last.operand(completed)),
        f"The requests carried in number {said(here)}; the year before {said(came)} came and {said(done)} were completed. "
        "The two forms define these differently.",
        f"“上年结转”为{said(here)}件；上年收到{said(came)}件、办结{said(done)}件（两种格式口径不同）。",
    )


def _pending(now: Figures, last: Figures) -> Iterator[Found]:
    pending, total = last.number("review.pending"), now.number("review.total")
    if pending and total == 0:
        yield Found(
            "CY-10",
            "info",
            ("review.total", last.operand("review.pending")),
            f"No review is reported; {said(pending)} were pending at the end of the year before.",
            f"上年末尚未审结的行政复议{said(pending)}件，本年行政复议总计为0。",
        )


def _idle(now: Figures, last: Figures) -> Iterator[Found]:
    keys = [f"requests.{row}.total" for row in ("received_new", "carried_in", "carried_out")]
    for year in (now, last):
        received, carried_in, carried_out = (year.number(key) for key in keys)
        if received is None or received < _BUSY or carried_in != 0 or carried_out != 0:
            return
    yield Found(
        "T3-08",
        "info",
        (*keys, *(last.operand(key) for key in keys)),
        "Two years running, many requests came and none was carried over; they may not be tracked.",
        "连续两年新收申请均不少于20件，而上年结转、结转下年度均为0，可能未统计结转。",
    )


def region(whole: Figures, members: list[Figures]) -> Iterator[Found]:
    """What the report on a whole region says beside those of the bodies in it (CU-01, CU-02)."""
    larger: list[tuple[str, Figures]] = []
    for column in whole.values:
        here = whole.values[column]
        if here is None or not column.startswith("requests_"):
            continue
        top = max(members, key=lambda member: member.values.get(column) or 0, default=None)
        if top is not None and (top.values.get(column) or 0) > here:
            larger.append((column, top))
    if larger:
        examples = larger[:_SHOWN]
        said_zh = "；".join(
            f"{label(_KEYS[column])}：全区域{said(whole.values[column])}，{top.agency}{said(top.values[column])}"
            for column, top in examples
        )
        yield Found(
            "CU-01",
            "warn",
            tuple(
                f"{top.year} {top.scope} {top.agency}: {column} = {said(top.values[column])}"
                for column, top in larger
            ),
            f"Smaller for the whole region than for one of its bodies: {counted(len(larger), 'figure')}, such as "
            + "; ".join(
                f"“{english(_KEYS[column])}” {said(whole.values[column])}, {top.agency} {said(top.values[column])}"
                for column, top in examples
            ),
            f"区域报告有{len(larger)}个数据小于其中单个机关的数据：{said_zh}。",
        )
    key = "requests.received_new.total"
    total, parts = whole.number(key), [member.number(key) for member in members]
    known = [part for part in parts if part is not None]
    if total and known:
        share = Decimal(sum(known)) / Decimal(total)
        yield Found(
            "CU-02",
            "info",
            (key,),
            f"The region received requests: {said(total)}; bodies whose reports are known ({len(known)}): "
            f"{said(sum(known))}, a coverage of {share:.2f}.",
            f"已掌握报告的{len(known)}个机关新收申请合计{said(sum(known))}件，区域报告为{said(total)}件，覆盖率{share:.2f}。",
            verdict="pass_with_note",
        )
