"""The tables. The WARC files are the archive; these are their index and what people entered.

One set of models serves SQLite and PostgreSQL. Times are UTC; a day is a day in China.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy import DateTime as SQLDateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from extract.forms.dictionary import FIGURE_KEYS, column_name, is_decimal

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC; SQLite forgets the zone, so it is put back on reading."""

    impl = SQLDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they would be read back as another moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Put the zone back."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: UTCDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class Agency(Base):
    """A body in the register. ``origin`` says where each fact about it came from, in the order of time.

    ``standing``: ``confirmed`` owes reports, ``candidate`` owes nothing until it is confirmed, ``rejected`` is
    no body that reports. ``duty_from`` is the first year for which a duty is proven where crawls confirmed
    it; None where a person did, who knows the years before as well. ``since`` and ``until`` follow
    from its events.
    """

    __tablename__ = "agency"
    # In this order it is also the order of all lists, so that their first page is not sorted for.
    __table_args__ = (UniqueConstraint("division_code", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str | None] = mapped_column(String(30))
    division_code: Mapped[str] = mapped_column(String(9), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    home_url: Mapped[str | None] = mapped_column(Text)
    annual_report_url: Mapped[str | None] = mapped_column(Text)
    since: Mapped[int | None]
    until: Mapped[int | None]
    standing: Mapped[str] = mapped_column(String(20), default="confirmed")
    duty_from: Mapped[int | None]
    origin: Mapped[str] = mapped_column(Text, default="")

    parent: Mapped[Agency | None] = relationship(remote_side=[id])
    aliases: Mapped[list[AgencyAlias]] = relationship(
        back_populates="agency", cascade="all, delete-orphan", order_by="AgencyAlias.name"
    )
    events: Mapped[list[AgencyEvent]] = relationship(
        back_populates="agency",
        foreign_keys="AgencyEvent.agency_id",
        order_by="AgencyEvent.year, AgencyEvent.id",
    )
    beginnings: Mapped[list[AgencyEvent]] = relationship(
        back_populates="successor",
        foreign_keys="AgencyEvent.successor_id",
        order_by="AgencyEvent.year, AgencyEvent.id",
    )


class AgencyAlias(Base):
    """Another name of an agency."""

    __tablename__ = "agency_alias"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True, index=True)

    agency: Mapped[Agency] = relationship(back_populates="aliases")


class AgencyEvent(Base):
    """What became of an agency in a year: ``founded``, ``renamed``, ``merged``, ``split`` or ``abolished``.

    ``successor_id`` is who took over; a split has an event for each of its successors. A renamed body
    is the same body: its reports stand under the name it bore in the year they are for.
    """

    __tablename__ = "agency_event"
    __table_args__ = (UniqueConstraint("agency_id", "kind", "successor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    origin: Mapped[str] = mapped_column(Text, default="")

    agency: Mapped[Agency] = relationship(back_populates="events", foreign_keys=[agency_id])
    successor: Mapped[Agency | None] = relationship(
        back_populates="beginnings", foreign_keys=[successor_id]
    )


class Site(Base):
    """What is known of a government site: whose it is, and which division its identification code names.

    ``key`` is its address without what may vary (:func:`archive.hosts.site_key`). ``code`` is the
    网站标识码; ``capture_id`` is the page that showed it, where a page did.
    """

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(500), unique=True)
    url: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(String(10))
    division_code: Mapped[str] = mapped_column(String(9), default="", index=True)
    organ: Mapped[str] = mapped_column(String(200), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    origin: Mapped[str] = mapped_column(Text, default="")
    capture_id: Mapped[int | None] = mapped_column(ForeignKey("capture.id"))


class PageStudy(Base):
    """What a captured page says of agencies, so that it is read once: its site's identification code and
    its lists of organs, each a list of label and address.
    """

    __tablename__ = "page_study"

    capture_id: Mapped[int] = mapped_column(ForeignKey("capture.id"), primary_key=True)
    site_code: Mapped[str | None] = mapped_column(String(10))
    lists: Mapped[list[Any]]

    capture: Mapped[Capture] = relationship()


class AgencyProposal(Base):
    """What crawls and imports suggest for the register, with its evidence, for a person to decide.

    ``what``: ``agency`` (a body that the register lacks), ``address`` (where a body of the register
    publishes), ``division`` (the code that one lacks) or ``site`` (a site that contradicts what is known; its
    address is the name). ``state``: ``open``, ``accepted`` or ``rejected``; what was decided once is not
    proposed again.
    """

    __tablename__ = "agency_proposal"
    __table_args__ = (Index("ix_agency_proposal_state_division", "state", "division_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(500))
    kind: Mapped[str | None] = mapped_column(String(30))
    division_code: Mapped[str] = mapped_column(String(9), default="")
    home_url: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    evidence_url: Mapped[str | None] = mapped_column(Text)
    capture_id: Mapped[int | None] = mapped_column(ForeignKey("capture.id"))
    proposed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(100))


class Run(Base):
    """One run of a command that works for long: what it was asked, how it ended, its summary."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    command: Mapped[str] = mapped_column(String(20))
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20), default="running")
    clock_set: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)


place_agency = Table(
    "place_agency",
    Base.metadata,
    Column("place_id", ForeignKey("place.id"), primary_key=True),
    Column("agency_id", ForeignKey("agency.id"), primary_key=True, index=True),
)


class Place(Base):
    """A place where agencies publish: the address a crawl starts from.

    ``url`` is the column of annual reports where one is known, else the home page. Places are cut
    by host for crawling (``host``). ``recipe`` is what earlier crawls learned: the platform, the
    column, how it pages.
    """

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Text, unique=True)
    host: Mapped[str] = mapped_column(String(255), index=True)
    recipe: Mapped[dict[str, Any]] = mapped_column(default=dict)

    agencies: Mapped[list[Agency]] = relationship(secondary=place_agency)


class Visit(Base):
    """One visit of a place by a run, with its verdict: the evidence for "missing" and "unknown".

    ``verdict``: ``complete``, ``partial``, ``not_found``, ``blocked``, ``down`` or, while the visit
    runs or when it was killed, ``unfinished``. ``kind`` tells the sort of block or failure (such as
    ``521``, ``robots``, ``dns``), ``reason`` says it in a sentence. ``column_url`` is the column that was
    read, ``pages`` how many pages of it, ``rows`` how many entries they had, ``rows_stated`` how many
    the site itself says there are.
    """

    __tablename__ = "visit"
    # With the number, so that PostgreSQL finds the last visit of a place without looking through them.
    __table_args__ = (Index("ix_visit_place", "place_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    verdict: Mapped[str] = mapped_column(String(20), default="unfinished")
    kind: Mapped[str | None] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text, default="")
    platform: Mapped[str | None] = mapped_column(String(30))
    column_url: Mapped[str | None] = mapped_column(Text)
    pages: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    rows_stated: Mapped[int | None]
    requests: Mapped[int] = mapped_column(default=0)

    place: Mapped[Place] = relationship()
    run: Mapped[Run] = relationship()
    captures: Mapped[list[Capture]] = relationship(back_populates="visit")
    sightings: Mapped[list[Sighting]] = relationship(back_populates="visit")


class Capture(Base):
    """One exchange with a server, or the failure of one, as stored in a WARC file.

    ``sha256`` is of the body after content decoding: the bytes that are read. For 304 it names the
    body that the server declared unchanged. ``certificate`` is ``verified``, or why the server's does not
    verify, or None where there was none or nobody looked. ``purpose``: ``robots``, ``home``, ``column``, ``list``,
    ``article``, ``document``, ``other``, ``added`` (by hand), or ``composed`` (of the captures that ``parts`` names:
    :mod:`archive.composing`). ``failure`` is the kind of failure where no response came.
    """

    __tablename__ = "capture"
    __table_args__ = (
        Index("ix_capture_url_fetched_at", "url", "fetched_at"),
        CheckConstraint(
            "http_status is not null or failure is not null or purpose in ('added', 'composed')",
            name="outcome",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(String(10), default="GET")
    purpose: Mapped[str] = mapped_column(String(20))
    fetched_at: Mapped[datetime]
    http_status: Mapped[int | None]
    failure: Mapped[str | None] = mapped_column(String(30))
    media_type: Mapped[str | None] = mapped_column(String(100))
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    size: Mapped[int | None] = mapped_column(BigInteger)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    certificate: Mapped[str | None] = mapped_column(Text)
    warc: Mapped[str | None] = mapped_column(String(200), index=True)
    offset: Mapped[int | None] = mapped_column(BigInteger)
    length: Mapped[int | None] = mapped_column(BigInteger)
    parts: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))

    visit: Mapped[Visit | None] = relationship(back_populates="captures")


class Sighting(Base):
    """A report seen at an address during a visit, as the list showed it.

    ``title``, ``displayed_date`` and ``year`` are what list and article show; ``year`` is None where no
    year is shown. ``agency_id`` is set by assignment (:mod:`archive.assignment`), with ``assigned_by``
    telling how: ``title``, ``document``, ``place`` (only one agency publishes there) or ``person``. ``document_id``
    is the capture that holds the report itself: the article, or the attachment it links; None where it
    could not be fetched.
    """

    __tablename__ = "sighting"
    __table_args__ = (Index("ix_sighting_agency_year", "agency_id", "year"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    seen_at: Mapped[datetime]
    list_url: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, index=True)
    title: Mapped[str] = mapped_column(Text, default="")
    year: Mapped[int | None]
    scope: Mapped[str | None] = mapped_column(String(30))
    agency_name: Mapped[str | None] = mapped_column(String(200))
    displayed_date: Mapped[date | None]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    assigned_by: Mapped[str | None] = mapped_column(String(20))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("capture.id"), index=True)

    visit: Mapped[Visit | None] = relationship(back_populates="sightings")
    agency: Mapped[Agency | None] = relationship()
    document: Mapped[Capture | None] = relationship()


class Reading(Base):
    """What one version of the extractor read in a document: the record, compressed JSON."""

    __tablename__ = "reading"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    extractor: Mapped[str] = mapped_column(String(20), primary_key=True)
    read_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20))
    form: Mapped[str | None] = mapped_column(String(10))
    year: Mapped[int | None]
    agency_name: Mapped[str | None] = mapped_column(String(200))
    recognition: Mapped[str | None] = mapped_column(String(10))
    record: Mapped[bytes]


class Report(Base):
    """The report of an agency for a year and scope, whatever its versions and addresses."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("agency_id", "year", "scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int] = mapped_column(index=True)
    scope: Mapped[str] = mapped_column(String(30))

    agency: Mapped[Agency] = relationship()
    versions: Mapped[list[ReportVersion]] = relationship(
        back_populates="report", order_by="ReportVersion.number", cascade="all, delete-orphan"
    )


class ReportVersion(Base):
    """One state of a report's document. ``change`` classes the step from the version before it:
    ``first``, ``bytes``, ``layout``, ``text`` or ``numbers``. ``document_year`` and
    ``document_agency`` are the year and the agency the document itself names; ``names_agency`` tells whether
    that agency is the report's (:mod:`archive.authorship`), None while nobody has looked.
    """

    __tablename__ = "report_version"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        Index("ix_report_version_extractor", "extractor"),
        Index(
            "ix_report_version_names_other",
            "report_id",
            sqlite_where=text("names_agency IS NOT 1"),
            postgresql_where=text("names_agency IS NOT true"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    capture_id: Mapped[int] = mapped_column(ForeignKey("capture.id"))
    title: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(Text)
    document_url: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str | None] = mapped_column(String(100))
    displayed_date: Mapped[date | None]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    change: Mapped[str] = mapped_column(String(10), default="first")
    form: Mapped[str | None] = mapped_column(String(10))
    document_year: Mapped[int | None]
    document_agency: Mapped[str | None] = mapped_column(String(200))
    names_agency: Mapped[bool | None]
    parse_status: Mapped[str | None] = mapped_column(String(20))
    extractor: Mapped[str | None] = mapped_column(String(20))

    report: Mapped[Report] = relationship(back_populates="versions")
    capture: Mapped[Capture] = relationship()
    findings: Mapped[list[Finding]] = relationship(
        back_populates="version", cascade="all, delete-orphan", order_by="Finding.id"
    )


class Finding(Base):
    """What a rule says of a report version.

    ``judged`` is what a person said of it: ``confirmed``, ``dismissed``, ``reopened`` where the document
    has changed since, or None. It follows from :class:`FindingVerdict`.
    """

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("report_version.id"), index=True)
    rule: Mapped[str] = mapped_column(String(10), index=True)
    verdict: Mapped[str] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(String(10))
    cells: Mapped[list[Any]]
    message: Mapped[str] = mapped_column(Text)
    message_zh: Mapped[str] = mapped_column(Text)
    judged: Mapped[str | None] = mapped_column(String(10))

    version: Mapped[ReportVersion] = relationship(back_populates="findings")


class PersonsEntry:
    """What a person said of a report, with who, when and why; never changed, only undone.

    ``sha256`` and ``fingerprint`` are those of the document it was said of: they decide whether it
    holds for a version (:mod:`archive.standing`).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    year: Mapped[int]
    scope: Mapped[str] = mapped_column(String(30))
    sha256: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(100))


class Correction(PersonsEntry, Base):
    """The value that a cell of a report should have; ``value`` is None for a blank cell.

    ``printed`` is the cell as it was read when the correction was made (``value``, ``state``, ``raw``).
    """

    __tablename__ = "correction"

    key: Mapped[str] = mapped_column(String(100))
    value: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    printed: Mapped[dict[str, Any]]

    agency: Mapped[Agency] = relationship()


class FindingVerdict(PersonsEntry, Base):
    """A person's verdict on one finding: ``confirmed`` or ``dismissed``. ``cells`` are its operands."""

    __tablename__ = "finding_verdict"

    rule: Mapped[str] = mapped_column(String(10))
    cells: Mapped[list[Any]]
    verdict: Mapped[str] = mapped_column(String(10))

    agency: Mapped[Agency] = relationship()


class Narrative(Base):
    """The sections of a report as the full-text index holds them (:mod:`archive.search`).

    ``sha256`` and ``extractor`` name the reading that was indexed, ``division_code`` is the agency's at
    that time. ``position`` is where the sections stand in the index: section ``n`` at ``position + n``.
    """

    __tablename__ = "narrative"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    extractor: Mapped[str] = mapped_column(String(20))
    division_code: Mapped[str] = mapped_column(String(9))


class ViewDefinition(Base):
    """A view that was made (:mod:`archive.database.views`), with a digest of its definition."""

    __tablename__ = "view_definition"

    name: Mapped[str] = mapped_column(String(63), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


figures: Table = Table(
    "figures",
    Base.metadata,
    Column("version_id", ForeignKey("report_version.id", ondelete="CASCADE"), primary_key=True),
    *(
        Column[int | Decimal | None](
            column_name(key), Numeric(18, 6) if is_decimal(key) else BigInteger, nullable=True
        )
        for key in FIGURE_KEYS
    ),
)
"""One row a report version, a column a cell of the form (dictionary key with ``_`` for ``.``)."""
