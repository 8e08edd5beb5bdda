"""The views: the public SQL interface, the same on SQLite and PostgreSQL.

Tables may change from one version to the next; the views and their columns stay, and only grow. Each
column stands here once, with what it means; the page ``docs/views.md`` is made from it
(:mod:`archive.database.views_page`).

**Which version counts.** A report that was replaced has several versions. The *latest* version is the one
with the highest number: what the agency showed when we last saw the report. ``reports``, ``figures_wide``,
``figures_long`` and ``findings`` show the latest version only, so that every report counts once;
``versions`` has them all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    FromClause,
    Numeric,
    Select,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy import __version__ as sqlalchemy_version
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from archive.database.models import (
    Agency,
    AgencyAlias,
    AgencyEvent,
    Capture,
    Finding,
    Report,
    ReportVersion,
    Run,
    Sighting,
    ViewDefinition,
    Visit,
    figures,
)
from archive.database.status_history import StatusChange
from extract.forms.dictionary import FIGURE_KEYS, column_name, english


class _Moment(GenericFunction[Any]):
    """A time as SQL users see it: SQLite has no type for it, so it gets the spelling of ISO 8601."""

    inherit_cache = True
    name = "gongkai_moment"


@compiles(_Moment)
def _moment_as_it_is(element: _Moment, compiler: SQLCompiler, **options: Any) -> str:
    return str(compiler.process(element.clauses.clauses[0], **options))


@compiles(_Moment, "sqlite")
def _moment_as_text(element: _Moment, compiler: SQLCompiler, **options: Any) -> str:
    inner = compiler.process(element.clauses.clauses[0], **options)
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {inner})"


Column = tuple[ColumnElement[Any] | Any, str]
"""What a column shows, and what that means."""


@dataclass(frozen=True)
class View:
    """A view: its columns with their meaning, and where the rows come from."""

    name: str
    about: str
    columns: Mapping[str, Column]
    source: FromClause | Any
    where: ColumnElement[bool] | None = None

    def definition(self, dialect: Dialect) -> str:
        """The query of the view in the language of a database."""
        return _text(self._query(), dialect)

    def _query(self) -> Select[Any]:
        query = select(*(what.label(name) for name, (what, _) in self.columns.items()))
        query = query.select_from(self.source)
        return query if self.where is None else query.where(self.where)


class _LongView(View):
    """``figures_long``: the numbers of ``figures`` beside what tells of their report, a part for each cell.

    A condition on ``key`` is pushed into the parts, and all but one of them are never begun. PostgreSQL plans
    each part by itself, so there the parts are of ``figures`` alone: 200 joins would take it longer to
    plan than to do. SQLite plans them in no time, and looks up an agency in parts with joins only.
    """

    def definition(self, dialect: Dialect) -> str:
        """The query of the view in the language of a database."""
        if dialect.name == "postgresql":
            return _text(self._joined_to_parts(), dialect)
        return _text(union_all(*map(self._joined_part, FIGURE_KEYS)), dialect)

    def _joined_part(self, key: str) -> Select[Any]:
        number, shown = figures.c[column_name(key)], {"key": _name(key), "value": _number(key)}
        return self._numbers(figures, shown).where(number.is_not(None))

    def _joined_to_parts(self) -> Select[Any]:
        parts = (
            select(figures.c.version_id, _name(key).label("key"), _number(key).label("value"))
            for key in FIGURE_KEYS
        )
        # The parts have no condition of their own, or PostgreSQL would not see through them.
        cells = union_all(*parts).subquery("cells")
        shown = {"key": cells.c.key, "value": cells.c.value}
        return self._numbers(cells, shown).where(cells.c.value.is_not(None))

    def _numbers(self, of: FromClause, shown: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
        columns = (shown.get(name, what).label(name) for name, (what, _) in self.columns.items())
        latest = and_(of.c.version_id == ReportVersion.id, _is_latest)
        return select(*columns).select_from(self.source.join(of, latest))


def _name(key: str) -> ColumnElement[Any]:
    return cast(literal_column(f"'{key}'"), Text)


def _number(key: str) -> ColumnElement[Any]:
    return cast(figures.c[column_name(key)], Numeric(18, 6))


def _text(query: Any, dialect: Dialect) -> str:
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


_later = ReportVersion.__table__.alias("later")
_number_of_versions = ReportVersion.__table__.alias("every")
_first = ReportVersion.__table__.alias("first_version")
_parent = Agency.__table__.alias("parent")
_successor = Agency.__table__.alias("successor")
_is_latest = ~exists().where(
    _later.c.report_id == ReportVersion.report_id, _later.c.number > ReportVersion.number
)
_reports = (
    Report.__table__.join(Agency, Agency.id == Report.agency_id).join(
        ReportVersion, ReportVersion.report_id == Report.id
    )
)  # fmt: skip

_REPORT: dict[str, Column] = {
    "report_id": (Report.id, "number of the report in this archive"),
    "version_id": (ReportVersion.id, "number of the version in this archive"),
    "agency_id": (Agency.id, "number of the agency in this archive"),
    "agency": (Agency.name, "official full name of the agency"),
    "kind": (Agency.kind, "kind of agency, such as `local_dept`"),
    "division_code": (
        Agency.division_code,
        "division the agency belongs to: 2, 4, 6 or 9 digits; a division and all below it: "
        "`division_code LIKE '3208%'`",
    ),
    "year": (Report.year, "year reported on"),
    "scope": (
        Report.scope,
        "what the report covers: `organ`, `organ_and_departments`, `region` or `system`; never add "
        "up figures of different scopes",
    ),
}
_READING: dict[str, Column] = {
    "form": (ReportVersion.form, "form of the tables: `f2021`, `f2019`, `s2014` or `free`"),
    "parse_status": (
        ReportVersion.parse_status,
        "certainty of the reading: `ok` (no cell is wrong), `suspect`, `failed`, `not_a_report`; null "
        "if not read yet",
    ),
    "document_year": (
        ReportVersion.document_year,
        "year the document itself names; another than `year`: the wrong document was published",
    ),
    "document_agency": (ReportVersion.document_agency, "agency the document itself names"),
    "names_agency": (
        case((ReportVersion.names_agency.is_(True), 1), else_=0),
        "1 if that is the agency of the report, or nobody is named; 0: it may be the report of another "
        "body",
    ),
}
_VERSION: dict[str, Column] = {
    "title": (ReportVersion.title, "title in the list of reports"),
    "url": (ReportVersion.url, "page of the report"),
    "document_url": (ReportVersion.document_url, "the document itself: that page or a file"),
    "media_type": (ReportVersion.media_type, "media type of the document"),
    "sha256": (ReportVersion.sha256, "SHA-256 of the document"),
    "displayed_date": (ReportVersion.displayed_date, "day of publication that the site displays"),
}

VIEWS: tuple[View, ...] = (
    View(
        "agencies",
        "The register: one row an agency that owes reports.",
        {
            "agency_id": (Agency.id, "number of the agency in this archive"),
            "name": (Agency.name, "official full name"),
            "kind": (Agency.kind, "kind of agency, such as `local_dept`; null if not known"),
            "division_code": (Agency.division_code, "division: 2, 4, 6 or 9 digits, or empty"),
            "parent": (_parent.c.name, "name of the agency above it"),
            "home_url": (Agency.home_url, "home page"),
            "annual_report_url": (Agency.annual_report_url, "column of annual reports"),
            "aliases": (
                select(func.aggregate_strings(AgencyAlias.name, ";"))
                .where(AgencyAlias.agency_id == Agency.id)
                .scalar_subquery(),
                "other names, separated by `;`",
            ),
            "since": (Agency.since, "year in which it was founded, if known"),
            "until": (Agency.until, "year in which it was abolished, if it was"),
            "standing": (
                Agency.standing,
                "`confirmed`: it owes a report; anything else: nobody has confirmed that",
            ),
            "duty_from": (
                Agency.duty_from,
                "first year for which crawls have proven that it owes a report; null where a person said so",
            ),
            "origin": (Agency.origin, "where each fact about it came from, in the order of time"),
        },
        Agency.__table__.outerjoin(_parent, _parent.c.id == Agency.parent_id),
    ),
    View(
        "agency_events",
        "What became of agencies: one row a founding, renaming, merger, split (a row a successor) or "
        "abolition.",
        {
            "event_id": (AgencyEvent.id, "number of the event in this archive"),
            "year": (AgencyEvent.year, "year in which it happened"),
            "event": (
                AgencyEvent.kind,
                "`founded`, `renamed`, `merged`, `split` or `abolished`",
            ),
            "agency_id": (AgencyEvent.agency_id, "the agency it happened to"),
            "agency": (Agency.name, "name of that agency"),
            "division_code": (Agency.division_code, "its division"),
            "successor_id": (AgencyEvent.successor_id, "the agency that took over; null for none"),
            "successor": (_successor.c.name, "name of that agency"),
            "origin": (AgencyEvent.origin, "where that is known from"),
        },
        AgencyEvent.__table__.join(Agency, Agency.id == AgencyEvent.agency_id).outerjoin(
            _successor, _successor.c.id == AgencyEvent.successor_id
        ),
    ),
    View(
        "reports",
        "One row a report: what an agency published for a year and scope, in its latest version.",
        {
            **_REPORT,
            **_VERSION,
            "first_seen": (
                func.gongkai_moment(
                    select(func.min(_first.c.first_seen))
                    .where(_first.c.report_id == Report.id)
                    .scalar_subquery()
                ),
                "when we first saw the report, in any version (UTC)",
            ),
            "last_seen": (
                func.gongkai_moment(ReportVersion.last_seen),
                "when we last saw the report (UTC)",
            ),
            "versions": (
                select(func.count())
                .where(_number_of_versions.c.report_id == Report.id)
                .scalar_subquery(),
                "number of versions",
            ),
            **_READING,
        },
        _reports,
        _is_latest,
    ),
    View(
        "figures_wide",
        "One row a report whose tables were read, a column a cell. A cell is null where no number is "
        "printed, where the reading is in doubt, and where the form has no such cell. Cells that a "
        "person corrected have the corrected value.",
        {
            **_REPORT,
            **_READING,
            **{
                column_name(key): (figures.c[column_name(key)], english(key)) for key in FIGURE_KEYS
            },
        },
        _reports.join(figures, figures.c.version_id == ReportVersion.id),
        _is_latest,
    ),
    _LongView(
        "figures_long",
        "One row a number: the cells of `figures_wide` that are not null, under the keys of the data "
        "dictionary. Name the keys you want (`WHERE key = …` or `key IN (…)`): that is fast.",
        {
            **_REPORT,
            **_READING,
            "key": (true(), "key of the cell in the data dictionary"),
            "value": (true(), "the number as printed, or as a person corrected it"),
        },
        _reports,
    ),
    View(
        "findings",
        "One row a statement of a rule on the latest version of a report.",
        {
            "finding_id": (Finding.id, "number of the finding in this archive"),
            **_REPORT,
            "rule": (Finding.rule, "identifier of the rule, such as `T3-01`"),
            "verdict": (
                Finding.verdict,
                "`pass`, `pass_with_note`, `fail`, `not_assessable` or `parse_suspect`",
            ),
            "severity": (
                Finding.severity,
                "`error` (printed arithmetic, legal minimum), `warn` or `info`",
            ),
            "judged": (
                Finding.judged,
                "what a person said of it: `confirmed`, `dismissed` (then it does not count), "
                "`reopened` (the document has changed since), or null",
            ),
            "cells": (cast(Finding.cells, Text), "keys of the cells concerned, as a JSON list"),
            "message": (Finding.message, "what the rule says, in English"),
            "message_zh": (Finding.message_zh, "the same in Chinese"),
            "parse_status": _READING["parse_status"],
        },
        _reports.join(Finding, Finding.version_id == ReportVersion.id),
        _is_latest,
    ),
    View(
        "sightings",
        "One row a time we saw a report in a list: the evidence for when it was published.",
        {
            "sighting_id": (Sighting.id, "number of the sighting in this archive"),
            "seen_at": (func.gongkai_moment(Sighting.seen_at), "when (UTC)"),
            "agency_id": (Sighting.agency_id, "whose report; null if that is open"),
            "agency": (Agency.name, "name of that agency"),
            "division_code": (Agency.division_code, "its division"),
            "assigned_by": (
                Sighting.assigned_by,
                "what told whose it is: `title`, `document`, `place` (only one agency publishes there) or "
                "`person`",
            ),
            "year": (Sighting.year, "year reported on; null if none is shown"),
            "scope": (Sighting.scope, "scope, if the title states one"),
            "title": (Sighting.title, "title as the list shows it"),
            "displayed_date": (Sighting.displayed_date, "date as the list or page shows it"),
            "list_url": (Sighting.list_url, "the list it stood in"),
            "url": (Sighting.url, "the page it links"),
            "document_url": (Capture.url, "the document; null if it could not be fetched"),
            "sha256": (Capture.sha256, "SHA-256 of the document"),
            "run_id": (Visit.run_id, "the crawl that saw it"),
        },
        Sighting.__table__.outerjoin(Agency, Agency.id == Sighting.agency_id)
        .outerjoin(Capture, Capture.id == Sighting.document_id)
        .outerjoin(Visit, Visit.id == Sighting.visit_id),
    ),
    View(
        "versions",
        "One row a version of a report, each with the stored exchange it came from.",
        {
            **_REPORT,
            "number": (ReportVersion.number, "1 for the first version"),
            "is_latest": (
                case((_is_latest, 1), else_=0),
                "1 for the latest version, which the other views show; else 0",
            ),
            "change": (
                ReportVersion.change,
                "step from the version before: `first`, `bytes`, `layout`, `text` or `numbers`",
            ),
            **_VERSION,
            "first_seen": (func.gongkai_moment(ReportVersion.first_seen), "first seen (UTC)"),
            "last_seen": (func.gongkai_moment(ReportVersion.last_seen), "last seen (UTC)"),
            **_READING,
            "extractor": (ReportVersion.extractor, "version of the extractor that read it"),
            "fetched_at": (func.gongkai_moment(Capture.fetched_at), "when it was stored (UTC)"),
            "http_status": (Capture.http_status, "status the server answered with"),
            "warc": (Capture.warc, "WARC file it is stored in"),
            "warc_offset": (Capture.offset, "where in that file, in bytes"),
        },
        _reports.join(Capture, Capture.id == ReportVersion.capture_id),
    ),
    View(
        "verdicts",
        "One row a verdict of the audit that was kept: what it said of a report, from when, until when, and "
        "why it changed.",
        {
            "verdict_id": (StatusChange.id, "number of the verdict in this archive"),
            "agency_id": (StatusChange.agency_id, "number of the agency in this archive"),
            "agency": (Agency.name, "official full name of the agency"),
            "division_code": (Agency.division_code, "division the agency belongs to"),
            "year": (StatusChange.year, "year reported on"),
            "scope": (StatusChange.scope, "what the report covers"),
            "since": (func.gongkai_moment(StatusChange.at), "when it was first said (UTC)"),
            "until": (
                func.gongkai_moment(StatusChange.until),
                "when another took its place (UTC); null for the one that stands",
            ),
            "old": (StatusChange.old, "status before; null for the first verdict"),
            "new": (
                StatusChange.new,
                "status as in `gongkai audit`, or `superseded`: the report is known with another scope",
            ),
            "content": (StatusChange.content, "what the document is worth, as in `gongkai audit`"),
            "due": (StatusChange.due, "due date"),
            "due_basis": (StatusChange.due_basis, "`statutory` or `customary`"),
            "days_late": (StatusChange.days_late, "days late, a lower bound"),
            "cause": (
                StatusChange.cause,
                "why it changed: `first`, `visit`, `reading`, `person`, `register`, `due_passed`, "
                "`due_changed` or `program`",
            ),
            "reason": (StatusChange.reason, "the sentence that explains the status"),
            "program": (StatusChange.program, "version of the program that said it"),
        },
        StatusChange.__table__.join(Agency, Agency.id == StatusChange.agency_id),
    ),
    View(
        "runs",
        "One row a run of a command that works for long.",
        {
            "run_id": (Run.id, "number of the run in this archive"),
            "command": (Run.command, "`crawl`, `extract`, …"),
            "started_at": (func.gongkai_moment(Run.started_at), "when it began (UTC)"),
            "finished_at": (func.gongkai_moment(Run.finished_at), "when it ended (UTC)"),
            "state": (Run.state, "`running`, `finished`, …"),
            "clock_set": (
                case((Run.clock_set, 1), else_=0),
                "1 if the clock was set (a demonstration or test): its times prove nothing; else 0",
            ),
            "arguments": (cast(Run.arguments, Text), "what it was asked for, as JSON"),
            "summary": (cast(Run.summary, Text), "what it did, as JSON"),
        },
        Run.__table__,
    ),
)
"""All views, in the order of the page."""


def up_to_date(connection: Connection) -> bool:
    """Whether the database has just these views."""
    stored = dict(connection.execute(select(ViewDefinition.name, ViewDefinition.digest)).all())
    return stored == _digests()


def create(connection: Connection) -> None:
    """Make the views; call :func:`drop` before."""
    for view in VIEWS:
        sql = f"CREATE VIEW {view.name} AS {view.definition(connection.dialect)}"
        connection.exec_driver_sql(sql)
    rows = [{"name": name, "digest": digest} for name, digest in _digests().items()]
    connection.execute(insert(ViewDefinition), rows)


def drop(connection: Connection) -> None:
    """Remove the views an earlier version made, so that the tables under them can be changed."""
    for name in reversed(connection.scalars(select(ViewDefinition.name)).all()):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
    connection.execute(delete(ViewDefinition))


def _digests() -> dict[str, str]:
    """What tells old views from new ones: this file and the keys, since to write all the
    definitions out would take longer than most commands run.
    """
    made_from = Path(__file__).read_bytes() + repr((FIGURE_KEYS, sqlalchemy_version)).encode()
    digest = hashlib.sha256(made_from).hexdigest()
    return {view.name: digest for view in VIEWS}
