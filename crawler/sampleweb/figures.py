"""Figures of a report: all zero, or invented ones that keep every identity of the form.

The identities are T3-01 … T3-03 and T4-01 … T4-03 within a year; between years, what is carried out
is carried in again and documents in force follow from those issued and repealed (CY-01, CY-02).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import Decimal

from extract.forms.dictionary import (
    APPLICANTS,
    CHALLENGES,
    F2021_KEYS,
    OUTCOMES,
    RESULTS,
    is_decimal,
)

Figures = dict[str, int | Decimal]
"""Value by key of the data dictionary; the 200 keys of f2021."""

_APPLICANT_KEYS = tuple(column.key for column in APPLICANTS[:-1])
_APPLICANT_WEIGHTS = (78, 14, 1, 2, 3, 2)
_RESULT_WEIGHTS = (42, 12, 1, 1, 1, 3, 2, 2, 2, 3, 20, 3, 2, 3, 2, 1, 1, 1, 2, 1, 3)
_OUTCOME_WEIGHTS = (60, 8, 20, 12)


def all_zero(**given: int) -> Figures:
    """A report of nothing, except for the keys ``given`` with ``__`` for the dot."""
    figures: Figures = {key: Decimal(0) if is_decimal(key) else 0 for key in F2021_KEYS}
    for key, value in given.items():
        figures[key.replace("__", ".")] = value
    return figures


def series(
    name: str, years: Iterable[int], requests: int, decisions: int = 0, makes_rules: bool = False
) -> dict[int, Figures]:
    """Invented figures of one agency, year by year; the same ``name`` always gives the same.

    ``requests`` and ``decisions`` (licences and penalties) are orders of magnitude; ``makes_rules``
    says whether the body may issue 规章.
    """
    chance = random.Random(name)  # noqa: S311 - invented figures, not secrets
    in_force = {"rules": 31 if makes_rules else 0, "normative": 6 + requests // 4}
    carried = dict.fromkeys(_APPLICANT_KEYS, 0)
    result: dict[int, Figures] = {}
    for year in years:
        figures = all_zero()
        _documents(figures, chance, in_force, makes_rules)
        _decisions(figures, chance, decisions)
        carried = _requests(figures, chance, _about(chance, requests), carried)
        _challenges(figures, chance, requests)
        result[year] = figures
    return result


def _about(chance: random.Random, size: int) -> int:
    return chance.randint(size * 3 // 4, size * 5 // 4)


def _documents(
    figures: Figures, chance: random.Random, in_force: dict[str, int], makes_rules: bool
) -> None:
    for row in ("rules", "normative"):
        if row == "rules" and not makes_rules:
            continue
        issued = chance.randint(0, 2 if row == "rules" else 1 + in_force[row] // 6)
        repealed = chance.randint(0, max(1, in_force[row] // 8))
        in_force[row] += issued - repealed
        figures[f"art20_1.{row}.issued"] = issued
        figures[f"art20_1.{row}.repealed"] = repealed
        figures[f"art20_1.{row}.in_force"] = in_force[row]


def _decisions(figures: Figures, chance: random.Random, decisions: int) -> None:
    if not decisions:
        return
    figures["art20_5.licences.decisions"] = _about(chance, decisions)
    figures["art20_6.penalties.decisions"] = _about(chance, decisions // 6)
    figures["art20_6.coercion.decisions"] = _about(chance, decisions // 60)
    figures["art20_8.admin_fees.amount_10k"] = (
        Decimal(chance.randint(min(100, decisions * 90), decisions * 90)) / 100
    )


def _requests(
    figures: Figures, chance: random.Random, received: int, carried: dict[str, int]
) -> dict[str, int]:
    """Fill table 三; returns what each kind of applicant carries into the next year."""
    applicants = chance.choices(_APPLICANT_KEYS, _APPLICANT_WEIGHTS, k=received)
    results = [row.key for row in RESULTS]
    carried_out = {}
    for column in _APPLICANT_KEYS:
        new = applicants.count(column)
        open_cases = new + carried[column]
        carried_out[column] = chance.randint(0, open_cases // 12)
        processed = open_cases - carried_out[column]
        handled = chance.choices(results, _RESULT_WEIGHTS, k=processed)
        figures[f"requests.received_new.{column}"] = new
        figures[f"requests.carried_in.{column}"] = carried[column]
        for row in results:
            figures[f"requests.{row}.{column}"] = handled.count(row)
        figures[f"requests.processed_total.{column}"] = processed
        figures[f"requests.carried_out.{column}"] = carried_out[column]
    for row in ("received_new", "carried_in", *results, "processed_total", "carried_out"):
        figures[f"requests.{row}.total"] = sum(
            figures[f"requests.{row}.{column}"] for column in _APPLICANT_KEYS
        )
    return carried_out


def _challenges(figures: Figures, chance: random.Random, requests: int) -> None:
    for group in CHALLENGES:
        number = chance.randint(0, requests // 12)
        outcomes = [outcome.key for outcome in OUTCOMES[:-1]]
        drawn = chance.choices(outcomes, _OUTCOME_WEIGHTS, k=number)
        for outcome in outcomes:
            figures[f"{group.key}.{outcome}"] = drawn.count(outcome)
        figures[f"{group.key}.total"] = number
