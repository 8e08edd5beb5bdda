"""The audit counted by division: how many reports of a province, prefecture or county have which status."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from archive.audit import loading
from archive.audit.local_rules import LEVELS
from archive.audit.status import Status
from archive.audit.table import moment_of
from archive.audit.verdicts import verdicts
from archive.divisions import division as division_of

Row = dict[str, Any]

BY = ("province", "prefecture", "county")
COLUMNS = ("division_code", "division", "reports", *(status.value for status in Status))


def by_division(
    session: Session,
    year: int,
    level: str,
    *,
    on: date | None = None,
    division: str | None = None,
) -> list[Row]:
    """One row a division of ``level`` (of :data:`BY`) with its number of ``reports`` by status, by code.

    Bodies that stand higher are counted under their own, shorter code, those without one under "".
    """
    moment = moment_of(on)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for agencies in loading.batches(session, division):
        for verdict in verdicts(session, agencies, year, moment):
            counts[verdict.agency.division_code[: LEVELS[level]]][verdict.status] += 1
    return [_row(code, counted) for code, counted in sorted(counts.items())]


def _row(code: str, counted: Counter[str]) -> Row:
    place = division_of(code) if code else None
    return {
        "division_code": code,
        "division": place.name if place else "",
        "reports": counted.total(),
        **{status.value: counted[status] for status in Status},
    }
