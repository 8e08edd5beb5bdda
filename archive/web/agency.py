"""One agency: what it owed over the years, what it published, and what its reports say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from archive import clock, divisions
from archive.audit import reasons
from archive.audit.duty import FIRST_YEAR
from archive.audit.reasons import Said
from archive.audit.table import Entry, audit_of_years
from archive.database.models import (
    Agency,
    Finding,
    Place,
    Report,
    ReportVersion,
    Sighting,
    Site,
    Visit,
    place_agency,
)
from archive.database.status_history import StatusChange
from archive.hosts import site_key
from archive.web import agency_figures
from archive.web.context import Reading, render
from archive.web.evidence import offered
from archive.web.report import Id

router = APIRouter(include_in_schema=False)

_OF_COUNTY = 6
"""Digits of the smallest division that the start page shows."""
_FINDINGS = 300
_SEVERITIES = ("error", "warn", "info")

Key = tuple[int, str]
"""A year and a scope."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of one year and scope: the audit's entry (None where nothing is owed or asked), the latest
    version in the archive, and the kept verdicts, the newest first.
    """

    year: int
    scope: str
    entry: Entry | None
    version: ReportVersion | None
    changes: list[StatusChange]

    @property
    def status(self) -> str | None:
        """The status now; ``superseded`` where the report is known with another scope."""
        if self.entry is not None:
            return str(self.entry["status"])
        return self.changes[0].new if self.changes else None

    @property
    def reading(self) -> str | None:
        """How the document was read; None where there is none or it is not read yet."""
        return self.version.parse_status if self.version else None


@router.get("/agencies/{agency_id}")
def page(request: Request, session: Reading, agency_id: Id) -> Response:
    """An agency: who it is, where it publishes, its years, its figures, and the findings on its reports."""
    owner = session.get(Agency, agency_id)
    if owner is None:
        raise HTTPException(404, "the register has no such agency")
    today = clock.china_day(clock.now())
    lines = _lines(session, owner, today)
    places = _places(session, owner)
    findings = _findings(session, owner)
    return render(
        request,
        "agency.html",
        agency=owner,
        today=today,
        above=_above(owner.division_code),
        sites=_sites(session, owner, [place for place, _ in places]),
        places=places,
        said_of=_said_of,
        lines=lines,
        scopes={line.scope for line in lines},
        sheets=agency_figures.sheets(
            session, owner, {(one.year, one.scope): (one.status, one.reading) for one in lines}
        ),
        findings=findings[:_FINDINGS],
        more=len(findings) > _FINDINGS,
        evidence=offered(request),
    )


def _lines(session: Session, owner: Agency, today: date) -> list[Line]:
    """The years that the archive can tell of, the newest first."""
    latest = {
        (report.year, report.scope): report.versions[-1]
        for report in session.scalars(
            select(Report).filter_by(agency_id=owner.id).options(selectinload(Report.versions))
        )
        if report.versions
    }
    changes: dict[Key, list[StatusChange]] = defaultdict(list)
    for change in session.scalars(
        select(StatusChange).filter_by(agency_id=owner.id).order_by(StatusChange.id.desc())
    ):
        changes[change.year, change.scope].append(change)
    entries: dict[Key, Entry] = {}
    # A candidate or a rejected entry owes nothing, so nothing is asked of it.
    if owner.standing == "confirmed":
        known = {year for year, _ in (*latest, *changes)}
        for entry in audit_of_years(session, owner, _years(session, owner, known, today)):
            entries[entry["year"], entry["scope"]] = entry
    return [
        Line(
            year, scope, entries.get((year, scope)), latest.get((year, scope)), changes[year, scope]
        )
        for year, scope in sorted({*entries, *latest, *changes}, key=lambda key: (-key[0], key[1]))
    ]


def _years(session: Session, owner: Agency, known: set[int], today: date) -> list[int]:
    """The years known, and every other one from the first of them to the one that was last to be reported on."""
    seen = session.scalar(
        select(func.min(Sighting.year)).where(
            Sighting.agency_id == owner.id, Sighting.year >= FIRST_YEAR
        )
    )
    campaign = today.year - 1
    first = min({*known, seen or campaign, campaign})
    return sorted({*known, *range(max(first, FIRST_YEAR), campaign + 1)})


def _above(code: str) -> list[tuple[str, str, bool]]:
    """The division and those above it, the largest first: code, name, and whether the start page shows it."""
    found = [*divisions.ancestors(code)] if code else []
    own = divisions.division(code) if code else None
    shown = [(one.code, one.name) for one in found if one.kind != "grouping"]
    if code:
        shown.append((code, own.name if own else code))
    return [(one, name, len(one) <= _OF_COUNTY) for one, name in shown]


def _places(session: Session, owner: Agency) -> list[tuple[Place, Visit | None]]:
    """Where it publishes, with the last visit that came to an end."""
    places = session.scalars(
        select(Place)
        .join(place_agency, place_agency.c.place_id == Place.id)
        .where(place_agency.c.agency_id == owner.id)
        .order_by(Place.id)
    ).all()
    return [
        (
            place,
            session.scalars(
                select(Visit)
                .where(Visit.place_id == place.id, Visit.finished_at.is_not(None))
                .order_by(Visit.id.desc())
                .limit(1)
            ).first(),
        )
        for place in places
    ]


def _said_of(visit: Visit) -> Said:
    """What became of a visit that was not complete."""
    return reasons.visit(visit.verdict, visit.kind, visit.reason)


def _sites(session: Session, owner: Agency, places: Sequence[Place]) -> Sequence[Site]:
    """The sites it publishes on, as far as they state an identification code."""
    addresses = [owner.home_url, owner.annual_report_url, *(place.url for place in places)]
    keys: set[str] = set()
    for address in filter(None, addresses):
        keys |= {site_key(address), site_key(f"http://{urlsplit(address).netloc}/")}
    keys.discard("")
    return session.scalars(select(Site).where(Site.key.in_(keys)).order_by(Site.key)).all()


def _findings(session: Session, owner: Agency) -> Sequence[tuple[Finding, Report, ReportVersion]]:
    """What rules say of the latest versions, the newest year first, the gravest before."""
    last = (
        select(func.max(ReportVersion.number))
        .where(ReportVersion.report_id == Report.id)
        .correlate(Report)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Finding, Report, ReportVersion)
        .join(ReportVersion, ReportVersion.id == Finding.version_id)
        .join(Report, Report.id == ReportVersion.report_id)
        .where(
            Report.agency_id == owner.id, Finding.verdict != "pass", ReportVersion.number == last
        )
        .order_by(Report.year.desc(), Report.scope, Finding.id)
    ).all()
    found = [(finding, report, version) for finding, report, version in rows]
    return sorted(found, key=lambda row: (-row[1].year, row[1].scope, _weight(row[0])))


def _weight(finding: Finding) -> tuple[bool, int, str]:
    severity = finding.severity
    order = _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)
    return finding.verdict != "fail", order, finding.rule
