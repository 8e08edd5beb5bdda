"""What an evaluation says: counts, lists and findings of the audit of a division and year."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import clock
from archive.agencies import within
from archive.audit import loading
from archive.audit.table import audit, end_of, recorded_under_set_clock
from archive.audit.verdicts import verdicts
from archive.database.models import Agency, Finding, Report, ReportVersion, Visit, place_agency
from archive.divisions import division as division_of
from archive.errors import UsageError

Entry = dict[str, Any]
PUBLISHED = ("on_time", "on_time_claimed", "late", "backdated_suspect")
LISTED = ("missing", "late", "backdated_suspect")
"""Statuses of which every body is named, as far as a table may go."""
OURS = ("unknown", "blocked")
"""Statuses that tell what we could not see, and nothing of the body."""
_EXAMPLES = 3
_DIGITS = 2, 4, 6


@dataclass(frozen=True, slots=True)
class Example:
    """A finding on one report."""

    agency: str
    message: str
    url: str


@dataclass(slots=True)
class RuleCount:
    """How many reports fail a rule, and some of them."""

    rule: str
    severity: str
    reports: set[int] = field(default_factory=set)
    examples: list[Example] = field(default_factory=list)


@dataclass(slots=True)
class Evaluation:
    """What is told of a division (empty for the whole archive) and year, as known on ``day``."""

    division: str
    name: str
    year: int
    day: date
    made_at: datetime
    set_clock: bool
    statuses: Counter[str] = field(default_factory=Counter)
    contents: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str | None] = field(default_factory=Counter)
    parts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    listed: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[Entry] = field(default_factory=list)
    unread: list[Entry] = field(default_factory=list)
    rules: list[RuleCount] = field(default_factory=list)
    last_year: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    visits: int = 0
    last_visit: datetime | None = None

    @property
    def owed(self) -> int:
        """Reports that were due: the denominator of all shares of publication."""
        return owed(self.statuses)

    @property
    def judged(self) -> int:
        """Reports that were due and of which we could see whether they are there."""
        return self.owed - sum(self.statuses[status] for status in OURS)

    @property
    def read(self) -> int:
        """Reports whose content was read with certainty: the denominator of shares of findings."""
        return self.contents.total() - self.contents["unread"]


def owed(statuses: Counter[str]) -> int:
    """Reports that were due."""
    return statuses.total() - statuses["not_due"] - statuses["exempt"]


def gather(session: Session, year: int, division: str | None, on: date | None = None) -> Evaluation:
    """The evaluation of ``division`` and all below it for ``year``, as known now or at the end of ``on``.

    Raises :class:`~archive.errors.UsageError` for a code that is no division and holds no body.
    """
    now = clock.now()
    day = on or clock.china_day(now)
    code = division or ""
    place = division_of(code) if code else None
    if code and not code.isdecimal():
        raise UsageError(f"--division {code}: write the digits of a division, such as 3418")
    found = Evaluation(
        code,
        place.name if place else code,
        year,
        day,
        now,
        recorded_under_set_clock(session),
    )
    deeper = next((digits for digits in _DIGITS if digits > len(code)), 9)
    for entry in audit(session, year, on=on, division=division):
        _count(found, entry, deeper)
    moment = end_of(on) if on else now
    for agencies in loading.batches(session, division):
        found.last_year.update(
            str(verdict.status) for verdict in verdicts(session, agencies, year - 1, moment)
        )
    found.rules = _rules(session, year, division, moment)
    _sources(session, found, division, moment)
    return found


def _count(found: Evaluation, entry: Entry, digits: int) -> None:
    status = str(entry["status"])
    found.statuses[status] += 1
    found.kinds[entry["kind"]] += 1
    found.parts[entry["division_code"][:digits]][status] += 1
    if entry["content"] is not None:
        content = str(entry["content"])
        found.contents[content] += 1
        if content in ("wrong_document", "unread"):
            (found.wrong if content == "wrong_document" else found.unread).append(_slim(entry))
    if status in LISTED or status in OURS:
        found.listed[status].append(_slim(entry))


def _slim(entry: Entry) -> Entry:
    # The evidence of thousands of entries would be most of the memory, and is in its own folders.
    return {name: value for name, value in entry.items() if name != "evidence"}


def _rules(session: Session, year: int, division: str | None, moment: datetime) -> list[RuleCount]:
    """Failures in the versions that stood at ``moment`` and were read with certainty, undismissed."""
    newest = (
        select(func.max(ReportVersion.number))
        .where(ReportVersion.report_id == Report.id, ReportVersion.first_seen <= moment)
        .correlate(Report)
        .scalar_subquery()
    )
    query = (
        select(
            Finding, Report.id, Agency.name, ReportVersion.document_url, ReportVersion.parse_status
        )
        .join(ReportVersion, Finding.version_id == ReportVersion.id)
        .join(Report, ReportVersion.report_id == Report.id)
        .join(Agency, Agency.id == Report.agency_id)
        .where(
            Report.year == year,
            within(division),
            Agency.standing == "confirmed",
            ReportVersion.number == newest,
            Finding.verdict == "fail",
        )
        .order_by(Finding.id)
        .execution_options(yield_per=500)
    )
    counts: dict[tuple[str, str], RuleCount] = {}
    for finding, report_id, agency, url, status in session.execute(query):
        if finding.judged == "dismissed" or (status != "ok" and finding.judged != "confirmed"):
            continue
        key = finding.rule, finding.severity
        one = counts.setdefault(key, RuleCount(*key))
        if report_id not in one.reports and len(one.examples) < _EXAMPLES:
            one.examples.append(Example(agency, finding.message_zh or finding.message, url))
        one.reports.add(report_id)
    gravity = {"error": 0, "warn": 1, "info": 2}
    return sorted(
        counts.values(), key=lambda one: (gravity.get(one.severity, 3), -len(one.reports), one.rule)
    )


def _sources(session: Session, found: Evaluation, division: str | None, moment: datetime) -> None:
    confirmed = (within(division), Agency.standing == "confirmed")
    rows = session.execute(
        select(Agency.origin, func.count()).where(*confirmed).group_by(Agency.origin)
    )
    for origin, number in rows:
        found.origins[_origin(origin)] += number
    visits = (
        select(Visit.id, Visit.finished_at)
        .join(place_agency, place_agency.c.place_id == Visit.place_id)
        .join(Agency, Agency.id == place_agency.c.agency_id)
        .where(*confirmed, Visit.finished_at <= moment)
        .distinct()
        .subquery()
    )
    number, last = session.execute(
        select(func.count(visits.c.id), func.max(visits.c.finished_at))
    ).one()
    found.visits, found.last_visit = number, last


def _origin(text: str) -> str:
    first = text.split("; ", maxsplit=1)[0].strip()
    return {"import": "导入的机关名录", "": "人工登记"}.get(first, first)


def share(part: int, whole: int) -> str:
    """A share with its denominator; none where there is nothing to share."""
    return f"{part}/{whole}（{part / whole:.1%}）" if whole else "—"


def named(entries: Iterable[Entry]) -> list[Entry]:
    """Entries in the order in which tables show them."""
    return sorted(entries, key=lambda entry: (entry["division_code"], entry["agency"]))
