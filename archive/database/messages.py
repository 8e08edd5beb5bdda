"""The tables of messages: what was said to whom, so that nothing is said twice and nothing is lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.database.models import Base


class Said(Base):
    """Something that was put into a message, known by a key made of its content.

    The key ``baseline`` has the moment from which changes are told: what was before is nobody's news.
    """

    __tablename__ = "said"

    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    at: Mapped[datetime]


class Message(Base):
    """A message to one channel. ``channel`` names it without secrets, ``key`` is the digest of what it says.

    ``sent_at`` is None until it was sent; ``next_at`` is when it is tried again, None when it is given up.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("key", "channel"),
        Index("ix_message_sent_at_next_at", "sent_at", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
