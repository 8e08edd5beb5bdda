"""Findings that need more than one document: other years of a body, other bodies of a year.

They are kept like all findings, with the latest version of a report, and made again for whatever a new
version or a correction touches. A doubtful reading accuses nobody: where one of the two reports is
not read with certainty, or is another body's, nothing is compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import figures, history
from archive.agencies.lineage import Lineage
from archive.audit import carry_over
from archive.audit.carry_over import Figures, Found
from archive.database.models import Agency, AgencyEvent, Finding, Report, ReportVersion
from archive.database.models import figures as figure_table
from archive.standing import Standing

OF_YEARS = frozenset(
    (
        "CY-01",
        "CY-02",
        "CY-04",
        "CY-05",
        "CY-06",
        "CY-09",
        "CY-10",
        "CU-01",
        "CU-02",
        "ID-01",
        "T3-08",
    )
)
OF_TEXTS = frozenset(("CY-07", "CY-08", "CU-03", "CU-04"))
RULES = OF_YEARS | OF_TEXTS
"""The rules of the archive, beside those that one document answers (:mod:`extract.rules`)."""

_BATCH = 500
_MOST_MEMBERS = 2_000
Pair = tuple[int, int]


def update(session: Session, touched: Collection[Pair]) -> int:
    """Make the findings between years and within regions again for agencies and years, and for the years
    after them. Returns how many findings were added or taken away; the caller commits.
    """
    if not touched:
        return 0
    session.flush()
    lineage, standing = Lineage(session), Standing(session)
    moved = _moved(session)
    affected = sorted(set(touched) | set(_years_after(session, lineage, touched)))
    changed, places = 0, set[tuple[str, int]]()
    for start in range(0, len(affected), _BATCH):
        reports = _reports(session, affected[start : start + _BATCH])
        before = {
            (lineage.bearer(report.agency, report.year - 1).id, report.year - 1)
            for report in reports
        }
        earlier = {
            (one.agency_id, one.year, one.scope): one for one in _reports(session, sorted(before))
        }
        numbers = Numbers(session, [*reports, *earlier.values()])
        for report in reports:
            bearer = lineage.bearer(report.agency, report.year - 1)
            last = earlier.get((bearer.id, report.year - 1, report.scope))
            found = list(_identity(report))
            if last is not None and is_certain(report) and is_certain(last):
                now, then, *others = (
                    numbers.of(version)
                    for version in (report.versions[-1], *reversed(last.versions))
                )
                found += carry_over.between_years(
                    now,
                    then,
                    tuple(others),
                    lineage=bool(moved[report.agency_id] & {report.year - 1, report.year}),
                )
            changed += keep(session, standing, report, OF_YEARS - {"CU-01", "CU-02"}, found)
            places.add((report.agency.division_code, report.year))
        session.flush()
    for code, year in sorted(places):
        changed += _region(session, standing, code, year)
    session.flush()
    return changed


def is_certain(report: Report) -> bool:
    """Whether the latest version is read with certainty, and is the report it was published as."""
    return bool(report.versions) and certain(report.versions[-1], report.year)


def certain(version: ReportVersion, year: int) -> bool:
    """Whether a version is read with certainty, and names no other body and no other year."""
    return (
        version.parse_status == "ok"
        and version.names_agency is True
        and version.document_year in (None, year)
    )


def keep(
    session: Session,
    standing: Standing,
    report: Report,
    rules: Collection[str],
    found: Iterable[Found],
) -> int:
    """Let the latest version have exactly the findings ``found`` of ``rules``; what stays is not touched.

    Verdicts of people hold for findings with the same operands. Returns how many were added or removed.
    """
    version = report.versions[-1]
    wanted = {_key(one.rule, one.operands, one.severity, one.message): one for one in found}
    changed = 0
    for former in report.versions:
        for finding in list(former.findings):
            if finding.rule not in rules:
                continue
            key = _key(finding.rule, finding.cells, finding.severity, finding.message)
            if former is version and key in wanted:
                del wanted[key]
            else:
                former.findings.remove(finding)
                changed += 1
    record = history.record(session, version) if wanted else None
    for one in wanted.values():
        cells = list(one.operands)
        version.findings.append(
            Finding(
                rule=one.rule,
                verdict=one.verdict,
                severity=one.severity,
                cells=cells,
                message=one.message,
                message_zh=one.message_zh,
                judged=figures.judged(standing, version, record, one.rule, cells)
                if record
                else None,
            )
        )
    return changed + len(wanted)


def _key(rule: str, cells: Iterable[str], severity: str, message: str) -> tuple[Any, ...]:
    return rule, tuple(cells), severity, message


def _years_after(session: Session, lineage: Lineage, touched: Collection[Pair]) -> Iterator[Pair]:
    agencies = {agency_id for agency_id, _ in touched}
    known: dict[int, Agency] = {}
    ordered = sorted(agencies)
    for start in range(0, len(ordered), _BATCH):
        part = ordered[start : start + _BATCH]
        known.update(
            (one.id, one) for one in session.scalars(select(Agency).where(Agency.id.in_(part)))
        )
    for agency_id, year in touched:
        if agency_id in known:
            yield lineage.bearer(known[agency_id], year + 1).id, year + 1


def _moved(session: Session) -> dict[int, set[int]]:
    """The years in which bodies were merged or split, or took something over."""
    years: dict[int, set[int]] = defaultdict(set)
    for event in session.scalars(
        select(AgencyEvent).where(AgencyEvent.kind.in_(("merged", "split")))
    ):
        for agency_id in (event.agency_id, event.successor_id):
            if agency_id is not None:
                years[agency_id].add(event.year)
    return years


def _reports(session: Session, pairs: Sequence[Pair]) -> list[Report]:
    found: list[Report] = []
    for start in range(0, len(pairs), _BATCH):
        query = (
            select(Report)
            .where(tuple_(Report.agency_id, Report.year).in_(pairs[start : start + _BATCH]))
            .options(
                joinedload(Report.agency),
                selectinload(Report.versions).selectinload(ReportVersion.findings),
            )
            .order_by(Report.id)
        )
        found += [report for report in session.scalars(query) if report.versions]
    return found


@dataclass(init=False)
class Numbers:
    """The figures of all versions of reports: as read, with the corrections of people."""

    _session: Session
    _rows: dict[int, dict[str, Any]]

    def __init__(self, session: Session, reports: Iterable[Report]) -> None:
        self._session = session
        self._rows = {}
        ids = sorted({version.id for report in reports for version in report.versions})
        for start in range(0, len(ids), _BATCH):
            part = ids[start : start + _BATCH]
            query = select(figure_table).where(figure_table.c.version_id.in_(part))
            for row in session.execute(query).mappings():
                values = dict(row)
                self._rows[values.pop("version_id")] = values

    def of(self, version: ReportVersion) -> Figures:
        """The figures of a version; those of the form of 2014 stand in its record only."""
        report = version.report
        values = dict(self._rows.get(version.id, {}))
        if version.form == "s2014" and (record := history.record(self._session, version)):
            values |= {
                cell["key"].replace(".", "_"): cell["value"]
                for cell in record["cells"]
                if cell["key"].startswith("s2014.req_")
            }
        return Figures(report.agency.name, report.year, report.scope, version.form, values)


def _identity(report: Report) -> Iterator[Found]:
    """ID-01. A name that the register does not know may be our ignorance, so it is never an error."""
    version = report.versions[-1]
    if version.parse_status != "ok":
        return
    if not version.document_agency:
        yield Found(
            "ID-01",
            "warn",
            (),
            "The document names no body as its author; whose it is follows from its place only.",
            "报告未写明编制机关名称，仅能依据发布栏目认定。",
        )
    elif version.names_agency is False:
        yield Found(
            "ID-01",
            "warn",
            (f"author {version.document_agency}",),
            f"The document names {version.document_agency}, which is not known as a name of {report.agency.name}.",
            f"报告署名为“{version.document_agency}”，未能认定为{report.agency.name}的名称。",
        )


def _region(session: Session, standing: Standing, code: str, year: int) -> int:
    """The reports on the region with a code beside those of the bodies that stand directly in it."""
    query = (
        select(Report)
        .join(Agency)
        .where(Agency.division_code == code, Report.year == year)
        .options(joinedload(Report.agency), selectinload(Report.versions))
        .limit(_MOST_MEMBERS)
    )
    reports = [report for report in session.scalars(query) if report.versions] if code else []
    whole = [report for report in reports if report.scope == "region"]
    members = [
        report
        for report in reports
        if report.scope == "organ" and report.agency.kind != "vertical" and is_certain(report)
    ]
    changed = 0
    for report in whole:
        numbers = Numbers(session, [report, *members])
        found: list[Found] = []
        if is_certain(report):
            same = [one for one in members if one.versions[-1].form == report.versions[-1].form]
            found += carry_over.region(
                numbers.of(report.versions[-1]), [numbers.of(one.versions[-1]) for one in same]
            )
        changed += keep(session, standing, report, {"CU-01", "CU-02"}, found)
    return changed
