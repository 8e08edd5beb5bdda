"""What the rules say of the latest versions of all reports."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel
from pydantic.json_schema import SkipJsonSchema
from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from archive.agencies import within
from archive.database import models
from archive.web.api.asking import Many, Row
from archive.web.api.words import FILES, AnyYear, Division, Page, Rule

router = APIRouter(tags=["findings"])

Verdict = Annotated[
    Literal["pass_with_note", "fail", "not_assessable", "parse_suspect"] | SkipJsonSchema[None],
    Query(description="Only this outcome of a rule."),
]
Severity = Annotated[
    Literal["error", "warn", "info"] | SkipJsonSchema[None],
    Query(description="Only of this severity."),
]
Judged = Annotated[
    Literal["confirmed", "dismissed", "reopened"] | SkipJsonSchema[None],
    Query(description="Only those of which a person said this."),
]


class Finding(BaseModel):
    """What a rule says of a version; ``judged`` is what a person said of that, ``cells`` are the operands."""

    agency_id: int
    agency: str
    division_code: str
    kind: str | None
    year: int
    scope: str
    version: int
    sha256: str
    rule: str
    verdict: str
    severity: str
    cells: list[str]
    judged: str | None
    message: str
    message_zh: str


@router.get("/findings", response_model=Page[Finding], responses=FILES)
def findings(
    asked: Many,
    year: AnyYear = None,
    division: Division = None,
    rule: Annotated[Rule, Query(description="Only this rule.")] = None,
    verdict: Verdict = None,
    severity: Severity = None,
    judged: Judged = None,
) -> Response:
    """The findings on the latest version of each report, in the order in which they were made."""
    later = aliased(models.ReportVersion)
    version = models.ReportVersion
    newer = exists().where(later.report_id == version.report_id, later.number > version.number)
    query = (
        select(models.Finding, version, models.Report, models.Agency)
        .join(version, version.id == models.Finding.version_id)
        .join(models.Report, models.Report.id == version.report_id)
        .join(models.Agency, models.Agency.id == models.Report.agency_id)
        .where(within(division), ~newer)
        .order_by(models.Finding.id)
    )
    wanted = {
        models.Report.year: year,
        models.Finding.rule: rule,
        models.Finding.verdict: verdict,
        models.Finding.severity: severity,
        models.Finding.judged: judged,
    }
    query = query.where(*(column == value for column, value in wanted.items() if value is not None))
    if after := asked.after(int):
        query = query.where(models.Finding.id > after[0])
    rows = (((finding.id,), row_of(finding, *of)) for finding, *of in asked.rows(query))
    return asked.answer(Page[Finding], rows, "findings")


def row_of(
    finding: models.Finding,
    version: models.ReportVersion,
    report: models.Report,
    agency: models.Agency,
) -> Row:
    """A finding as lists have it."""
    names = ("rule", "verdict", "severity", "cells", "judged", "message", "message_zh")
    return {
        "agency_id": agency.id,
        "agency": agency.name,
        "division_code": agency.division_code,
        "kind": agency.kind,
        "year": report.year,
        "scope": report.scope,
        "version": version.number,
        "sha256": version.sha256,
        **{name: getattr(finding, name) for name in names},
    }
