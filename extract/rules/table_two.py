"""Rules on the numbers of table 二."""

from __future__ import annotations

from collections.abc import Iterator

from extract.characters import simplify, squeeze
from extract.record import Finding, Severity, Verdict
from extract.rules.registry import Subject, finding, rule
from extract.rules.tables import no_counts

_TOWNSHIPS = (
    *("镇", "乡", "苏木", "街道", "街道办事处"),
    *("镇人民政府", "乡人民政府", "苏木人民政府", "镇政府", "乡政府"),
)
_MOST_DECISIONS_OF_A_TOWNSHIP = 10_000


@rule(
    "T2-01",
    Severity.ERROR,
    "counts of table 二 are whole and not negative, the fee is not negative",
)
def counts_of_table_two(subject: Subject) -> Iterator[Finding]:
    """T2-01; a change of items (f2019) may be negative."""
    counts = [cell for cell in subject.cells("二") if not cell.key.endswith(".items_change")]
    yield from no_counts("T2-01", counts)


@rule("T2-02", Severity.WARN, "documents in force − issued + repealed is not negative")
def opening_stock(subject: Subject) -> Iterator[Finding]:
    """T2-02: what must have been in force when the year began."""
    for row in ("rules", "normative"):
        keys = [f"art20_1.{row}.{column}" for column in ("in_force", "issued", "repealed")]
        in_force, issued, repealed = (subject.number(key) for key in keys)
        if in_force is None or issued is None or repealed is None:
            continue
        stock = in_force - issued + repealed
        if stock < 0:
            yield finding(
                "T2-02",
                f"{in_force} in force, {issued} issued and {repealed} repealed: "
                f"{stock} would have been in force when the year began.",
                f"现行有效{in_force}件、本年制发{issued}件、本年废止{repealed}件，推算年初为{stock}件。",
                keys,
            )


@rule("T2-03", Severity.WARN, "only bodies with that power make rules (规章)")
def power_to_make_rules(subject: Subject) -> Iterator[Finding]:
    """T2-03, for names that alone show a body below the power: townships, counties, their offices."""
    name = simplify(squeeze(subject.identity.agency.name or ""))
    township = name.endswith(_TOWNSHIPS)
    county = name.endswith(("县", "县人民政府", "旗", "旗人民政府"))
    if not township and not county:
        return
    keys = [
        key
        for key in subject.values
        if key.startswith("art20_1.rules.") and (subject.number(key) or 0) > 0
    ]
    if keys:
        numbers = ", ".join(str(subject.number(key)) for key in keys)
        yield finding(
            "T2-03",
            f"{name} reports rules (规章): {numbers}; it has no power to make them.",
            f"{name}无规章制定权，规章栏填报{numbers}。",
            keys,
            severity=Severity.ERROR,
        )


@rule("T2-04", Severity.WARN, "the fee is stated in 万元, not 元")
def unit_of_fee(subject: Subject) -> Iterator[Finding]:
    """T2-04: ten thousand and more without a decimal is probably in 元."""
    key = "art20_8.admin_fees.amount_10k"
    amount = subject.number(key)
    printed = subject.values[key].raw if key in subject.values else ""
    in_yuan = "元" in printed and "万元" not in printed
    if amount is not None and ((amount >= 10_000 and amount == int(amount)) or in_yuan):
        yield finding(
            "T2-04",
            f"The fee of {printed.strip()} is probably in 元; the form asks for 万元.",
            f"行政事业性收费“{printed.strip()}”疑以元为单位，表格要求万元。",
            [key],
        )


@rule("T2-05", Severity.INFO, "the number of decisions fits the level")
def magnitude(subject: Subject) -> Iterator[Finding]:
    """T2-05: ten thousand decisions are a county's, unless the report speaks for more than the township.

    Traffic and city management can make so many penalties, so it is only a note on the scope.
    """
    name = simplify(squeeze(subject.identity.agency.name or ""))
    if not name.endswith(_TOWNSHIPS) or subject.identity.scope != "organ":
        return
    for key in ("art20_5.licences.decisions", "art20_6.penalties.decisions"):
        count = subject.number(key)
        if count is not None and count > _MOST_DECISIONS_OF_A_TOWNSHIP:
            yield finding(
                "T2-05",
                f"{count} decisions are many for {name}: the scope may be the whole region.",
                f"{name}填报{count}件，数量级偏大，疑为全域口径。",
                [key],
                verdict=Verdict.PASS_WITH_NOTE,
            )


@rule("T2-06", Severity.WARN, "f2019: disclosed in the year ≤ disclosed in total")
def disclosed_in_total(subject: Subject) -> Iterator[Finding]:
    """T2-06."""
    for row in ("rules", "normative"):
        keys = [f"art20_1.{row}.{column}" for column in ("disclosed_new", "disclosed_total")]
        new, total = (subject.number(key) for key in keys)
        if new is not None and total is not None and new > total:
            yield finding(
                "T2-06",
                f"{new} disclosed in the year, but only {total} in total.",
                f"本年新公开{new}件，大于对外公开总数量{total}件。",
                keys,
            )


@rule("T2-07", Severity.ERROR, "f2019: items of last year + change is not negative")
def items_left(subject: Subject) -> Iterator[Finding]:
    """T2-07."""
    for key in subject.values:
        if not key.endswith(".items_prev"):
            continue
        change_key = key.removesuffix("prev") + "change"
        previous, change = subject.number(key), subject.number(change_key)
        if previous is not None and change is not None and previous + change < 0:
            yield finding(
                "T2-07",
                f"{previous} items last year and a change of {change} leave fewer than none.",
                f"上一年项目数量{previous}，本年增减{change}，结果为负。",
                [key, change_key],
            )


@rule("T2-08", Severity.INFO, "f2019: decisions are not the number of items")
def decisions_are_no_items(subject: Subject) -> Iterator[Finding]:
    """T2-08: equal numbers can be a coincidence, so it is a note."""
    for key in subject.values:
        if not key.endswith(".items_prev"):
            continue
        row = key.removesuffix("items_prev")
        keys = [key, f"{row}items_change", f"{row}decisions"]
        previous, change, count = (subject.number(k) for k in keys)
        if previous is None or change is None or not count or previous + change != count:
            continue
        yield finding(
            "T2-08",
            f"{count} decisions are just the number of items ({previous} and a change of {change}).",
            f"处理决定数量{count}等于事项数量（上一年{previous}，增减{change}），疑误填。",
            keys,
            verdict=Verdict.PASS_WITH_NOTE,
        )
