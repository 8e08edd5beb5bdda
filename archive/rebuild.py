"""Make the index again from the WARC files, and what people entered from ``people.jsonl``.

Runs, captures, visits, places and sightings come back as they were, under other ids if theirs are
taken; then the register, documents added by hand, corrections and verdicts
(:mod:`archive.restoring`), and the kept verdicts of the audit (:mod:`archive.audit.history`). Reports, figures and findings follow from them: run ``gongkai extract``
afterwards. What the index has already is left as it is, so rebuilding repairs a partly lost index too, and
doing it twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from archive import records, visit_records, warc
from archive.audit import history
from archive.database.models import Capture, Run
from archive.folder import Archive
from archive.restoring import Restored, restore
from archive.warc import FixityError, Position, Record

Progress = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes in all."""


@dataclass
class Rebuilt:
    """What was added, and the damage that was met."""

    files: int = 0
    runs: int = 0
    visits: int = 0
    captures: int = 0
    people: Restored = field(default_factory=Restored)
    verdicts: int = 0
    damage: list[str] = field(default_factory=list)


def rebuild(archive: Archive, progress: Progress | None = None) -> Rebuilt:
    """Add to the index whatever the WARC files and the file of people's entries hold and it does not.

    Call it while holding the archive's ``crawl`` lock, after :func:`archive.recovery.recover`.
    Damaged records are passed over and named in the result.
    """
    done = Rebuilt()
    archive.store.adopt()
    sizes = archive.store.sizes()
    names = [name for name in sizes if warc.run_of(name) is not None]
    total, read = sum(sizes[name] for name in names), 0
    # A visit is recorded after its captures, and may be in the next file of its run.
    waiting: dict[tuple[int, int], list[int]] = defaultdict(list)
    for name in names:
        with archive.session() as session:
            _add_file(archive, session, name, done, waiting)
            session.commit()
        done.files += 1
        read += sizes[name]
        if progress:
            progress(read, total)
    with archive.session() as session:
        if session.get_bind().dialect.name == "postgresql":
            # Runs came back with their numbers, which PostgreSQL's counter has not seen.
            counter = func.pg_get_serial_sequence("run", "id")
            session.execute(select(func.setval(counter, func.max(Run.id))))
            session.commit()
    done.people = restore(archive)
    done.damage += done.people.damage
    done.verdicts, damage = history.restore(archive)
    done.damage += damage
    return done


def _add_file(
    archive: Archive,
    session: Session,
    file_name: str,
    done: Rebuilt,
    waiting: dict[tuple[int, int], list[int]],
) -> None:
    query = select(Capture.offset, Capture.id, Capture.visit_id).where(Capture.warc == file_name)
    present = session.execute(query).all()
    known = {row.offset or 0: row.id for row in present}
    # Of a rebuild that was killed before it came to the file with their visit, or of no visit at all.
    alone = {row.offset or 0 for row in present if row.visit_id is None}
    run: Run | None = None

    def find(name: str, offset: int) -> int | None:
        return session.scalar(select(Capture.id).filter_by(warc=name, offset=offset))

    with archive.store.open(file_name, whole=True) as file:
        for found in warc.walk(file, file_name, known, search=True):
            if isinstance(found, FixityError):
                done.damage.append(str(found))
                continue
            position, record = found
            try:
                if record.type == "warcinfo":
                    run = _run(session, record, done)
                elif run is None:
                    raise FixityError("the file does not begin with the run it is of", file_name, 0)
                elif visit_records.is_visit(record):
                    visit, added = visit_records.restore(session, record, position, run.id, find)
                    done.visits += added
                    captures = waiting.pop((run.id, visit_records.number_of(record)), [])
                    chosen = Capture.id.in_(captures)
                    session.execute(update(Capture).where(chosen).values(visit_id=visit.id))
                elif records.is_capture(record) and position.offset not in known:
                    _add_capture(session, record, position, run, waiting)
                    done.captures += 1
                elif records.is_capture(record) and position.offset in alone:
                    visit_number = records.row(record, position, run.id).visit_id
                    if visit_number is not None:
                        waiting[run.id, visit_number].append(known[position.offset])
            except FixityError as error:
                done.damage.append(str(error))
                if run is None:
                    return


def _add_capture(
    session: Session,
    record: Record,
    position: Position,
    run: Run,
    waiting: dict[tuple[int, int], list[int]],
) -> None:
    row = records.row(record, position, run.id)
    visit, row.visit_id = row.visit_id, None
    session.add(row)
    session.flush()
    if visit is not None:
        waiting[run.id, visit].append(row.id)
    run.finished_at = max(run.finished_at or row.fetched_at, row.fetched_at)


def _run(session: Session, record: Record, done: Rebuilt) -> Run:
    """The run that a ``warcinfo`` record names, added if the index does not have it."""
    said = records.run_notes(record)
    try:
        number, started_at = int(said["id"]), datetime.fromisoformat(said["started_at"])
        command, arguments, clock_set = said["command"], said["arguments"], said["clock_set"]
    except (KeyError, ValueError, TypeError):
        name = record.fields.get("WARC-Filename", "")
        raise FixityError("the file does not say of which run it is", name, 0) from None
    for run in session.scalars(select(Run).filter_by(started_at=started_at, command=command)):
        # Under a set clock many runs begin at the same time; the number tells them apart.
        if number in (run.id, run.summary.get("number")):
            return run
    run = Run(
        id=number if session.get(Run, number) is None else None,
        command=command,
        arguments=arguments,
        started_at=started_at,
        clock_set=clock_set,
        state="rebuilt",
        summary={"number": number},
    )
    session.add(run)
    session.flush()
    done.runs += 1
    return run
