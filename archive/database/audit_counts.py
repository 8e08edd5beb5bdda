"""The tables of kept counts (:mod:`archive.audit.summary`)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.database.models import Base


class AuditSummary(Base):
    """That the audit of a year was counted for a day in China; ``mark`` tells what the archive was then
    (:func:`archive.database.changes.mark`).
    """

    __tablename__ = "audit_summary"

    year: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    mark: Mapped[str] = mapped_column(String(40))


def _of_summary() -> ForeignKeyConstraint:
    columns = ["audit_summary.year", "audit_summary.day"]
    return ForeignKeyConstraint(["year", "day"], columns, ondelete="CASCADE")


class AuditCount(Base):
    """How many reports have a status and content, in a division and all below it.

    ``level`` is the number of digits that codes were cut to: 0, 2, 4 or 6. ``content`` is empty where
    there is none.
    """

    __tablename__ = "audit_count"
    __table_args__ = (_of_summary(),)

    year: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    status: Mapped[str] = mapped_column(String(20), primary_key=True)
    content: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int]


class AuditDay(Base):
    """How many reports with a status appeared on a day in China, in a division and all below it.

    That is the day which the site displays, or, where it displays none, the one on which a report was first seen.
    """

    __tablename__ = "audit_day"
    __table_args__ = (_of_summary(),)

    year: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    appeared: Mapped[date] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int]


class AuditMember(Base):
    """That an agency has a report with a status: the way from a count to those it counts."""

    __tablename__ = "audit_member"
    # The key is all there is, so that SQLite need not keep it twice.
    __table_args__ = (_of_summary(), {"sqlite_with_rowid": False})

    year: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20), primary_key=True)
    division_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    agency_id: Mapped[int] = mapped_column(
        ForeignKey("agency.id", ondelete="CASCADE"), primary_key=True, index=True
    )
