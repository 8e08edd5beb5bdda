"""The table of sightings whose agency is to be looked for: new ones, and old ones once there is more to go by.

At national size it takes long to hold every sighting without an agency against the register again. The sessions
leave a note of those for which the answer may be another than before, whoever writes; ``extract`` takes the notes,
assigns (:mod:`archive.assignment`), proposes (:mod:`archive.agencies.learning`) and forgets them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    and_,
    delete,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column

from archive.database.models import (
    Agency,
    AgencyAlias,
    AgencyEvent,
    Base,
    BigId,
    Capture,
    Place,
    Reading,
    Sighting,
    place_agency,
)


class UntriedSighting(Base):
    """A sighting whose agency is to be looked for; without one: every sighting that has no agency.

    The same may stand there several times: each writer adds its own and waits for no other. ``taken`` are the
    notes that a run of ``extract`` goes by; those that come meanwhile are for the next.
    """

    __tablename__ = "untried_sighting"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sighting_id: Mapped[int | None] = mapped_column(ForeignKey("sighting.id", ondelete="CASCADE"))
    taken: Mapped[bool] = mapped_column(default=False)


OPEN = Sighting.agency_id.is_(None)
"""The condition that a sighting has no agency."""
_REGISTER = (Agency, AgencyAlias, AgencyEvent)
_TABLES = frozenset(
    {*(kind.__table__ for kind in (*_REGISTER, Sighting, Reading)), place_agency},
)
_TELLING = ("agency_id", "agency_name", "year", "visit_id", "document_id")
_PART = 500


def take(session: Session) -> ColumnElement[bool]:
    """Take all notes; returns the condition that a sighting is one of theirs and has no agency.

    Notes that a killed run took are taken again. The caller commits.
    """
    session.execute(update(UntriedSighting).values(taken=True))
    taken = select(UntriedSighting.sighting_id).where(UntriedSighting.taken)
    if session.scalar(select(taken.where(UntriedSighting.sighting_id.is_(None)).exists())):
        return OPEN
    return and_(OPEN, Sighting.id.in_(taken))


def forget(session: Session) -> None:
    """Forget the notes that were taken. The caller commits."""
    session.execute(delete(UntriedSighting).where(UntriedSighting.taken))


def note_all(session: Session) -> None:
    """Have every sighting without an agency tried again. The caller commits."""
    session.connection().execute(insert(UntriedSighting), {"sighting_id": None})


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _context: UOWTransaction) -> None:
    modified = [one for one in session.dirty if session.is_modified(one)]
    touched = (*session.new, *session.deleted, *modified)
    if any(isinstance(one, _REGISTER) or _moved(one) for one in touched):
        note_all(session)
        return
    seen = [
        {"sighting_id": one.id}
        for one in (*session.new, *modified)
        if isinstance(one, Sighting) and one.agency_id is None and _tells_more(one)
    ]
    if seen:
        session.connection().execute(insert(UntriedSighting), seen)
    read = [one.sha256 for one in touched if isinstance(one, Reading)]
    for start in range(0, len(read), _PART):
        query = (
            select(Sighting.id)
            .join(Capture, Capture.id == Sighting.document_id)
            .where(OPEN, Capture.sha256.in_(read[start : start + _PART]))
        )
        session.connection().execute(insert(UntriedSighting).from_select(["sighting_id"], query))


@event.listens_for(Session, "do_orm_execute")
def _on_execute(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and getattr(state.statement, "table", None) in _TABLES:
        note_all(state.session)


def _moved(one: Any) -> bool:
    """Whether other agencies publish at a place than before."""
    return isinstance(one, Place) and inspect(one).attrs.agencies.history.has_changes()


def _tells_more(sighting: Sighting) -> bool:
    attributes = inspect(sighting).attrs
    return any(attributes[name].history.has_changes() for name in _TELLING)
