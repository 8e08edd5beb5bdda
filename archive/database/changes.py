"""What has changed: which reports have to be brought up to date, and whether anything has at all.

A sighting, a reading or an agency that changes makes the reports that follow from it *stale*; ingest goes
through these and through no others. And each transaction that changes what the audit rests on leaves a
:class:`Change`, so that what was computed from the archive can tell whether it still holds. Both are kept
by the sessions themselves, whoever writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import ForeignKey, Select, event, func, insert, inspect, select
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column

from archive import clock
from archive.database.models import (
    Agency,
    AgencyAlias,
    AgencyEvent,
    Base,
    BigId,
    Capture,
    Correction,
    Finding,
    FindingVerdict,
    Place,
    Reading,
    ReportVersion,
    Sighting,
    Visit,
    place_agency,
)


class StaleReport(Base):
    """An agency and year whose reports have to be brought up to date (:mod:`archive.ingest`).

    Without an agency it says that names or the lineage of agencies have changed. The same may stand there
    several times: each writer adds its own, so that ingest never removes what it has not seen.
    """

    __tablename__ = "stale_report"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    year: Mapped[int | None]


class Change(Base):
    """A transaction that changed something the audit rests on.

    Rows and not a counter, which writers would have to wait for.
    """

    __tablename__ = "change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]


_REGISTER = (Agency, AgencyAlias, AgencyEvent)
_COUNTED = (
    *_REGISTER,
    Place,
    Visit,
    Sighting,
    Reading,
    ReportVersion,
    Finding,
    Correction,
    FindingVerdict,
)
_TABLES: dict[Any, type[Base]] = {kind.__table__: kind for kind in _COUNTED}
_DONE = "gongkai_change"
_PART = 500


def mark(session: Session) -> str:
    """A text that is another one as soon as anything has changed."""
    # The last number alone would miss a transaction that began before and ended after it.
    last, number = session.execute(select(func.max(Change.id), func.count(Change.id))).one()
    return f"{last or 0}/{number}"


def make_stale(session: Session, rows: Select[*tuple[Any, ...]]) -> None:
    """Make the agencies and years that a query gives stale."""
    session.connection().execute(insert(StaleReport).from_select(["agency_id", "year"], rows))


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _context: UOWTransaction) -> None:
    modified = [one for one in session.dirty if session.is_modified(one)]
    touched = [
        one for one in (*session.new, *session.deleted, *modified) if isinstance(one, _COUNTED)
    ]
    if not touched:
        return
    _note(session)
    if any(isinstance(one, _REGISTER) for one in touched):
        _add(session, [(None, None)])
    _add(session, {pair for one in touched if isinstance(one, Sighting) for pair in _of(one)})
    _stale_by(session, Capture.sha256, [one.sha256 for one in touched if isinstance(one, Reading)])
    moved = [one.id for one in modified if isinstance(one, Agency)]
    _stale_by(session, Sighting.agency_id, moved)


@event.listens_for(Session, "do_orm_execute")
def _on_execute(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    table = getattr(state.statement, "table", None)
    kind = Place if table is place_agency else _TABLES.get(table)
    if kind is None:
        return
    _note(state.session)
    if kind in _REGISTER:
        _add(state.session, [(None, None)])
    if kind is Agency and state.is_update and isinstance(state.parameters, list):
        _stale_by(state.session, Sighting.agency_id, [row["id"] for row in state.parameters])


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _over(session: Session) -> None:
    session.info.pop(_DONE, None)


def _note(session: Session) -> None:
    """Leave a :class:`Change`, one a transaction."""
    if session.info.get(_DONE):
        return
    session.connection().execute(insert(Change), {"at": clock.now()})
    # What is done in a savepoint may be undone alone.
    session.info[_DONE] = not session.in_nested_transaction()


def _add(session: Session, pairs: Collection[tuple[int | None, int | None]]) -> None:
    if pairs:
        rows = [{"agency_id": agency_id, "year": year} for agency_id, year in pairs]
        session.connection().execute(insert(StaleReport), rows)


def _of(sighting: Sighting) -> Iterator[tuple[int, int]]:
    """The agency and year of a sighting, and those it had before."""
    attributes = inspect(sighting).attrs
    agencies, years = (
        {*history.added, *history.unchanged, *history.deleted} - {None}
        for history in (attributes.agency_id.history, attributes.year.history)
    )
    return product(agencies, years)


def _stale_by(session: Session, column: Any, values: Sequence[Any]) -> None:
    """Make the reports stale that have a sighting, or a document, with one of ``values``."""
    for start in range(0, len(values), _PART):
        query = (
            select(Sighting.agency_id, Sighting.year)
            .where(
                column.in_(values[start : start + _PART]),
                Sighting.agency_id.is_not(None),
                Sighting.year.is_not(None),
            )
            .distinct()
        )
        if column is Capture.sha256:
            query = query.join(Capture, Capture.id == Sighting.document_id)
        make_stale(session, query)
