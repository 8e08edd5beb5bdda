"""The table of kept verdicts: what the audit said of a report, from when, until when, and why it changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.database.models import Agency, Base, BigId


class StatusChange(Base):
    """A verdict of the audit on the report of an agency for a year and scope; never changed, only followed.

    ``old`` is None for the first. ``until`` is when the next one took its place; None for the one that
    stands. ``cause`` is one of :data:`archive.audit.history.CAUSES`, ``program`` the version that said it,
    ``digest`` that of its line in ``verdicts.jsonl``.
    """

    __tablename__ = "status_change"
    __table_args__ = (Index("ix_status_change_agency_year", "agency_id", "year", "scope"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int] = mapped_column(index=True)
    scope: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    old: Mapped[str | None] = mapped_column(String(20))
    new: Mapped[str] = mapped_column(String(20))
    content: Mapped[str | None] = mapped_column(String(20))
    due: Mapped[date]
    due_basis: Mapped[str] = mapped_column(String(20))
    days_late: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    reason_zh: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(String(20))
    program: Mapped[str] = mapped_column(String(20))
    clock_set: Mapped[bool]
    digest: Mapped[str] = mapped_column(String(64), unique=True)

    agency: Mapped[Agency] = relationship()
