"""The table of documents that wait to be read: whoever records a sighting leaves a note of its document.

The sessions keep it themselves, whoever writes; :mod:`archive.waiting` asks and clears it.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, event, insert, inspect
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column

from archive.database.models import Base, BigId, Sighting


class UnreadDocument(Base):
    """A document that may not have been read yet: the capture that holds it.

    The same may stand there several times: each writer adds its own and waits for no other.
    """

    __tablename__ = "unread_document"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    capture_id: Mapped[int] = mapped_column(ForeignKey("capture.id"))


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _context: UOWTransaction) -> None:
    seen = {
        number
        for one in (*session.new, *session.dirty)
        if isinstance(one, Sighting)
        for number in inspect(one).attrs.document_id.history.added
        if number is not None
    }
    if seen:
        rows = [{"capture_id": number} for number in sorted(seen)]
        session.connection().execute(insert(UnreadDocument), rows)
