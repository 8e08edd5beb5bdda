"""The figures of an agency over the years, a sheet of charts and tables for each scope of its reports.

Reports of different scopes are never in one chart. A form that has no such cell leaves a gap, as does a
year without a report: it is named by what the audit says of it, for that the archive has none proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from archive import corrections
from archive.database.models import Agency, Correction
from archive.measures import Measure, measure
from archive.series import Point, Points
from archive.web.charts import Cell, Chart, Series

_DECIDED = ("upheld", "corrected", "other", "pending")
_Key = tuple[int, str]
"""A year and a scope."""


def _lawsuits(outcome: str) -> Measure:
    keys = tuple(f"litigation_{way}.{outcome}" for way in ("direct", "after_review"))
    about = f"lawsuits, direct and after review: {outcome}"
    return Measure(f"lawsuits.{outcome}", about, {"f2019": keys, "f2021": keys})


_CHARTS: tuple[tuple[str, Literal["lines", "rates", "stack"], dict[str, Measure]], ...] = (
    (
        "requests",
        "lines",
        {
            "received": measure("requests.received_new.total"),
            "processed": measure("requests.processed_total.total"),
        },
    ),
    (
        "results",
        "stack",
        {
            row: measure(f"requests.{row}.total")
            for row in (
                "granted",
                "partially_granted",
                "denied_total",
                "unable_total",
                "not_processed_total",
                "other_total",
            )
        },
    ),
    (
        "rates",
        "rates",
        {name: measure(name) for name in ("grant_rate", "denial_rate", "not_held_share")},
    ),
    ("reviews", "stack", {one: measure(f"review.{one}") for one in _DECIDED}),
    ("lawsuits", "stack", {one: _lawsuits(one) for one in _DECIDED}),
    (
        "reversals",
        "rates",
        {name: measure(name) for name in ("review_reversal_rate", "litigation_reversal_rate")},
    ),
)
_POINTS = Points([what for _, _, members in _CHARTS for what in members.values()])


@dataclass(frozen=True, slots=True)
class Sheet:
    """The charts of the reports of one scope."""

    scope: str
    charts: list[Chart]


def sheets(
    session: Session, agency: Agency, known: Mapping[_Key, tuple[str | None, str | None]]
) -> list[Sheet]:
    """A sheet a scope of which there is a report.

    ``known`` has for every year and scope the status of the audit and how the document was read, where it has them.
    """
    found = _POINTS.of(session, agency)
    if not found:
        return []
    corrected = {
        (year, scope): keys
        for (_, year, scope), keys in corrections.shown(
            session, Correction.agency_id == agency.id
        ).items()
    }
    first, last = min(year for year, _ in known), max(year for year, _ in known)
    years = list(range(first, last + 1))
    return [
        Sheet(scope, _charts(agency, scope, years, found, known, corrected))
        for scope in sorted({scope for _, scope in found})
    ]


def _charts(
    agency: Agency,
    scope: str,
    years: list[int],
    found: Mapping[_Key, list[Point]],
    known: Mapping[_Key, tuple[str | None, str | None]],
    corrected: Mapping[_Key, frozenset[str]],
) -> list[Chart]:
    charts: list[Chart] = []
    column = 0
    for name, sort, members in _CHARTS:
        series: list[Series] = []
        for number, (row, what) in enumerate(members.items()):
            cells: list[Cell] = []
            for year in years:
                several = found.get((year, scope))
                status, reading = known.get((year, scope), (None, None))
                point = several[column] if several else None
                address = None
                if several:
                    key = next(iter(what.numerator.values()))[0]
                    address = f"/reports/{agency.id}/{year}/{scope}#f-{key}"
                by_hand = not what.keys.isdisjoint(corrected.get((year, scope), ()))
                cells.append(Cell(year, point, _why(point, status, reading), address, by_hand))
            series.append(Series(row, number, cells))
            column += 1
        charts.append(Chart(name, sort, years, series))
    return charts


def _why(point: Point | None, status: str | None, reading: str | None) -> str:
    """The key of the word for what is wrong with a number; empty if nothing is."""
    if point is None:
        return f"status.{status}" if status else "agency.gap.no_report"
    if point.outcome == "not_ok":
        return f"reading.{reading or 'unread'}"
    if point.outcome != "counted":
        return f"agency.gap.{point.outcome}"
    return "" if point.value is not None else "agency.gap.nothing"
