"""The tables of kept counts (:mod:`archive.audit.summary`)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, String
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


class AuditCount(Base):
    """How many reports have a status and content, in a division and all below it.

    ``level`` is the number of digits that codes were cut to: 0, 2, 4 or 6. ``content`` is empty where
    there is none.
    """

    __tablename__ = "audit_count"
    __table_args__ = (
        ForeignKeyConstraint(
            ["year", "day"], ["audit_summary.year", "audit_summary.day"], ondelete="CASCADE"
        ),
    )

    year: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    status: Mapped[str] = mapped_column(String(20), primary_key=True)
    content: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int]
