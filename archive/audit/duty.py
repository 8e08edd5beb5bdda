"""Who owes a report for a year, and by when (条例 art. 49 and 50; domain guide §1.1 and §1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Protocol

from sqlalchemy import ColumnElement, and_, literal, or_

from archive.agencies.lineage import began, ended
from archive.audit import reasons
from archive.audit.local_rules import LocalRule, LocalRules, built_in
from archive.audit.reasons import Said
from archive.clock import CHINA
from archive.database.models import Agency

FIRST_YEAR = 2008
"""The first year reported on: decree 492 came into force on 1 May 2008."""
_NEW_LAW = 2019
"""From the report for 2019 on, decree 711 with its earlier date for departments applies."""


class Basis(StrEnum):
    """Whether the due date stands in the law or is only what is expected everywhere."""

    STATUTORY = "statutory"
    CUSTOMARY = "customary"


_DEPARTMENTS = frozenset({"state_council_dept", "local_dept", "gov_office", "vertical"})
_CUSTOMARY = frozenset({"township_gov", "subdistrict", "authorised_org"})


@dataclass(frozen=True)
class Due:
    """The last day a report may be published, in China, and what sets it.

    ``rule`` is the local rule for it: beside a statutory date it is only told, else it set the day.
    """

    day: date
    basis: Basis
    rule: LocalRule | None = None

    @cached_property
    def end(self) -> datetime:
        """The moment the due day is over: a report seen before it was in time."""
        return datetime.combine(self.day + timedelta(days=1), time(), CHINA)


def due(agency: Agency, year: int, rules: LocalRules | None = None) -> Due:
    """When the report of ``agency`` for ``year`` is due; ``rules`` are the project's unless given."""
    return due_of(agency.kind, agency.division_code or "", year, rules)


# Neighbours in a list share division and kind, and each is asked about more than once.
@lru_cache(maxsize=4096)
def due_of(kind: str | None, division_code: str, year: int, rules: LocalRules | None = None) -> Due:
    """When the report for ``year`` of an agency of this kind in this division is due."""
    limit = due_day(kind, year)
    rule = (rules or built_in()).rule(division_code, kind, year)
    if rule is None:
        return limit
    day = limit.day if limit.basis is Basis.STATUTORY else rule.day(year)
    return Due(day, limit.basis, rule)


def local(limit: Due, year: int) -> dict[str, str | None]:
    """The local rule on a due date, as lists have it: ``local_due``, ``local_basis``, ``local_source``."""
    rule = limit.rule
    return {
        "local_due": rule.day(year).isoformat() if rule else None,
        "local_basis": rule.basis if rule else None,
        "local_source": rule.source if rule else None,
    }


def due_day(kind: str | None, year: int) -> Due:
    """When the law, or custom, wants the report for ``year`` of an agency of this kind.

    Up to 2018: 31 March for everyone (decree 492 art. 31). Since 2019: departments 31 January
    (decree 711 art. 49(1)), governments of counties and higher 31 March (art. 49(2)). The law names
    no date for townships, sub-districts and authorised organisations: 31 January by custom. For
    zones and bodies of unknown kind the outer limit, 31 March, by custom.
    """
    end_of_march, end_of_january = date(year + 1, 3, 31), date(year + 1, 1, 31)
    if year < _NEW_LAW:
        return Due(end_of_march, Basis.STATUTORY)
    if kind in _DEPARTMENTS:
        return Due(end_of_january, Basis.STATUTORY)
    if kind == "region_gov":
        return Due(end_of_march, Basis.STATUTORY)
    if kind in _CUSTOMARY:
        return Due(end_of_january, Basis.CUSTOMARY)
    return Due(end_of_march, Basis.CUSTOMARY)


def reportable(year: int, day: date) -> bool:
    """Whether a report on ``year`` can have been shown on ``day``: some come in its last month, none before.

    A row that names a later year has a slip of the pen in it, mostly the year in which it was written.
    """
    return day >= date(year, 12, 1)


def exempt(agency: Agency, year: int) -> Said | None:
    """Why ``agency`` owes no report for ``year``, or None if it owes one.

    A body founded in the year reports on it; one that ended before the year was over does not: its
    successor does. A body that crawls confirmed owes nothing for the years before the proof.
    """
    if year < FIRST_YEAR:
        return reasons.before_the_law(FIRST_YEAR)
    if agency.since is not None and agency.since > year:
        return Said(*began(agency))
    if agency.until is not None and agency.until <= year:
        return Said(*ended(agency))
    if agency.duty_from is not None and agency.duty_from > year:
        return reasons.not_known_to_owe(agency.duty_from)
    return None


class Lifetime(Protocol):
    """What has a first and a last year: an agency, or a row that tells them of one."""

    @property
    def since(self) -> int | None:
        """The first year, if known."""

    @property
    def until(self) -> int | None:
        """The year in which it ended, if it did."""


def existed(agency: Lifetime, year: int) -> bool:
    """Whether the report for ``year`` can be one of ``agency``, and not of what was before or after it."""
    return (agency.since or year) <= year and (agency.until is None or agency.until > year)


def owing(year: int) -> ColumnElement[bool]:
    """The condition that an agency is confirmed and not :func:`exempt` for ``year``, for the database."""
    return and_(
        literal(year >= FIRST_YEAR),
        Agency.standing == "confirmed",
        or_(Agency.since.is_(None), Agency.since <= year),
        or_(Agency.until.is_(None), Agency.until > year),
        or_(Agency.duty_from.is_(None), Agency.duty_from <= year),
    )
