"""Write the records of visits that only the database knows.

A visit is committed first and recorded in the WARC file then. A process that is killed in between leaves
it in the database alone, and it would be lost with it. A process records its visits in the order in
which it ends them, so only those can lack a record that ended after the last recorded one. A record that is
written twice does no harm: rebuilding takes the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from archive import clock, records, visit_records, warc
from archive.database.models import Capture, Run, Visit
from archive.folder import Archive
from archive.warc import FixityError, WarcWriter


def record_missing(archive: Archive, run_ids: Collection[int]) -> int:
    """Write the records that finished visits of runs lack into new files of these runs.

    Nobody may write files of the runs meanwhile. Returns how many visits. Raises
    :class:`~archive.warc.StorageError` where they cannot be written.
    """
    number = 0
    for run_id in sorted(run_ids):
        with archive.reader() as session:
            info = records.run_info(session.get_one(Run, run_id), archive.settings.crawl.contact)
            for part, visits in _missing(archive, session, run_id).items():
                now = clock.now()
                writer = WarcWriter(archive.warc_folder, run_id, part, info=info)
                writer.append([visit_records.visit_record(visit, now) for visit in visits], now)
                writer.close()
                number += len(visits)
    return number


def _missing(archive: Archive, session: Session, run_id: int) -> dict[int, list[Visit]]:
    """The finished visits of a run that are not recorded, by the part of the run that made them."""
    query = (
        select(Visit, _last_file())
        .where(Visit.run_id == run_id, Visit.finished_at.is_not(None))
        .where(Visit.verdict != "unfinished")
        .order_by(Visit.finished_at, Visit.id)
    )
    ended: dict[int, list[Visit]] = defaultdict(list)
    for visit, name in session.execute(query):
        ended[warc.part_of(name or "") or 0].append(visit)
    if not ended:
        return {}
    names = [name for name in archive.store.sizes() if warc.run_of(name) == run_id]
    missing = {}
    for part, visits in ended.items():
        last = _last_told(archive, [name for name in names if warc.part_of(name) == part])
        lacking = [visit for visit in visits if last is None or (visit.finished_at or last) > last]
        if lacking:
            missing[part] = lacking
    return missing


def _last_file() -> ScalarSelect[str | None]:
    of_visit = select(func.max(Capture.warc)).where(Capture.visit_id == Visit.id)
    return of_visit.scalar_subquery()


def _last_told(archive: Archive, names: Iterable[str]) -> datetime | None:
    """When the last visit ended that is recorded in the files of one part."""
    for name in sorted(names, reverse=True):
        told: list[datetime] = []
        with archive.store.open(name, whole=True) as file:
            for found in warc.walk(file, name, search=True):
                if not isinstance(found, FixityError) and visit_records.is_visit(found[1]):
                    ended = visit_records.said(found[1], found[0])["finished_at"]
                    told += [datetime.fromisoformat(ended)] if ended else []
        if told:
            return max(told)
    return None
