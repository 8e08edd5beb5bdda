"""The audit of very many agencies, which takes one processor a minute for a country: by several processes.

Each takes the next thousand agencies; the entries come in the order of the audit of one process, and are the same.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import collector
from archive.audit import loading, table
from archive.audit.table import Auditor, Entry, moment_of
from archive.database.models import Agency
from archive.errors import JobError
from archive.folder import Archive

_MANY = 20_000
"""Agencies from which on it is quicker to start other processes."""
_MOST_PROCESSES = 4
_BATCH = 1000


def audit(
    archive: Archive,
    year: int,
    *,
    on: date | None = None,
    division: str | None = None,
    many: int = _MANY,
) -> Iterator[Entry]:
    """The entries of :func:`archive.audit.table.audit`, by several processes if there are ``many`` agencies.

    Each process looks at the archive for itself, all as of the same moment. Raises :class:`JobError` if one of
    them is ended from outside.
    """
    moment = moment_of(on)
    with archive.reader() as session:
        asked = loading.audited(division)
        number = session.scalar(select(func.count(Agency.id)).where(asked)) or 0
        if number < many:
            yield from table.audit(session, year, on=on, division=division)
            return
        ids = session.scalars(select(Agency.id).where(asked).order_by(*loading.ORDER)).all()
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    with ProcessPoolExecutor(
        processes,
        multiprocessing.get_context("forkserver"),
        _begin,
        (archive.path, year, moment),
    ) as executor:
        # No more at once than keeps them all busy, so that memory does not grow with the country.
        ahead: deque[Future[list[Entry]]] = deque()
        try:
            for batch in (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)):
                ahead.append(executor.submit(_entries, batch))
                if len(ahead) > 2 * processes:
                    yield from ahead.popleft().result()
            while ahead:
                yield from ahead.popleft().result()
        except BrokenProcessPool:
            raise JobError(
                "a process of the audit was ended from outside, most likely for want of memory; ask again, or "
                "for one --division at a time"
            ) from None
        finally:
            for future in ahead:
                future.cancel()


_session: Session
_auditor: Auditor


def _begin(path: Path, year: int, moment: datetime) -> None:
    """What a process does first."""
    # Who is interrupted is the process that asked; it ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collector.look_seldom()
    global _auditor, _session
    _session = Archive.opened(path).reader()
    _auditor = Auditor(_session, year, moment)


def _entries(ids: Sequence[int]) -> list[Entry]:
    found = {
        agency.id: agency for agency in _session.scalars(select(Agency).where(Agency.id.in_(ids)))
    }
    # Who was taken out of the register meanwhile is not there any more.
    agencies = [found[number] for number in ids if number in found]
    return [entry for _, entry in _auditor.entries(agencies)]
