"""One tick of the campaign: look what is due, have it visited and read, say what came of it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from archive import clock, messages, recovery
from archive.database.models import Run
from archive.database.status_history import StatusChange
from archive.folder import Archive, ArchiveBusy
from crawler import places
from crawler.campaign.agenda import Agenda, agenda
from crawler.campaign.supervision import Ended
from extract.counting import counted

COMMAND = "campaign"
"""The command of the rows of runs that tell of the campaign's work."""

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=10), timedelta(hours=6)
"""Between a job that failed and its next try; doubled with each failure."""

_LITTLE = 100
"""Megabytes; with less free, a job that failed may have failed for want of room."""


class Jobs(Protocol):
    """Who does the work: :class:`~crawler.campaign.supervision.Supervisor`."""

    def crawl(self, place_ids: Sequence[int]) -> Ended:
        """Visit these places."""

    def extract(self) -> Ended:
        """Read what is new."""


@dataclass(slots=True)
class Ticked:
    """What a tick did. ``held`` says why nothing was done although something is due."""

    agenda: Agenda
    run_id: int | None = None
    summary: dict[str, Any] = field(default_factory=dict)
    held: str | None = None
    problems: list[str] = field(default_factory=list)


def tick(
    archive: Archive, jobs: Jobs, *, hold: str | None = None, tell: Callable[[str], None]
) -> Ticked:
    """Do what is due. ``hold`` is a reason to do nothing but say so; ``tell`` hears what is begun."""
    messages.begin(archive)
    with archive.session() as session:
        _close_left(session)
        places.sync(session)
        session.commit()
    with archive.reader() as session:
        now = clock.now()
        done = Ticked(agenda(session, archive.settings.schedule, now))
        waits = bool(done.agenda.due()) or _unread(session, now)
        if problem := hold or _no_room(archive):
            done.held = problem
            done.problems.append(problem)
        elif waits:
            done.held = _pause(session, now)
    if waits and done.held is None:
        try:
            _work(archive, jobs, done, tell)
        except ArchiveBusy as busy:
            done.held = str(busy)
    done.problems += messages.after(archive, done.summary, done.problems)
    return done


def _work(archive: Archive, jobs: Jobs, done: Ticked, tell: Callable[[str], None]) -> None:
    due = done.agenda.due()
    for work in ("crawl", "extract"):
        with archive.lock(work):
            pass  # Somebody who works by hand goes first.
    reasons = dict(Counter(call.why.value for call in due))
    with archive.session() as session:
        run = Run(
            command=COMMAND,
            arguments={"places": len(due), "why": reasons},
            started_at=clock.now(),
            clock_set=clock.is_set(),
        )
        session.add(run)
        session.commit()
        done.run_id = run.id
    ended: list[Ended] = []
    if due:
        tell(f"crawling {counted(len(due), 'place')}")
        ended.append(jobs.crawl([call.place.id for call in due]))
    if not any(one.stopped for one in ended):
        tell("reading what is new")
        ended.append(jobs.extract())
    problems = [one.problem for one in ended if one.problem is not None]
    if problems:
        problems += _little_room(archive)
        _tidy(archive)
    stopped = any(one.stopped for one in ended)
    with archive.session() as session:
        run = session.get_one(Run, done.run_id)
        run.state = "interrupted" if stopped else "failed" if problems else "finished"
        run.finished_at = clock.now()
        run.summary = done.summary = {
            "run": run.id,
            "started_at": run.started_at.isoformat(),
            "state": run.state,
            "places": len(due),
            "why": reasons,
            **_parts(session, run.id),
            "problems": problems,
        }
        session.commit()
    if not stopped:
        done.problems += problems
    with archive.reader() as session:
        done.agenda = agenda(session, archive.settings.schedule, clock.now())


def _parts(session: Session, run_id: int) -> dict[str, Any]:
    """The summaries of the crawl and the extraction that ran within a run."""
    rows = session.scalars(
        select(Run).where(Run.id > run_id, Run.command.in_(("crawl", "extract"))).order_by(Run.id)
    )
    return {row.command: {"run": row.id, "state": row.state, **row.summary} for row in rows}


def _tidy(archive: Archive) -> None:
    """Put in order what a job left that was killed."""
    with archive.lock("crawl"):
        recovery.recover(archive)
    with archive.lock("extract"), archive.session() as session:
        for run in session.scalars(select(Run).filter_by(command="extract", state="running")):
            run.state, run.finished_at = "interrupted", clock.now()
        session.commit()


def _close_left(session: Session) -> None:
    """Close runs of this service whose end could not be written, as there was no room for it."""
    for run in session.scalars(select(Run).filter_by(command=COMMAND, state="running")):
        run.state, run.finished_at = "failed", clock.now()
        run.summary = {**run.summary, "problems": ["the end of this run could not be written"]}


def _unread(session: Session, now: datetime) -> bool:
    """Whether there are crawls that no extraction followed, or due days that passed unsaid."""
    last = session.execute(
        select(Run.id, Run.started_at)
        .filter_by(command="extract", state="finished")
        .order_by(Run.id.desc())
        .limit(1)
    ).one_or_none()
    read = last.started_at if last is not None else None
    crawls = exists().where(Run.command.in_(("crawl", "add")), Run.finished_at.is_not(None))
    if last is not None:
        # What a clock that was wrong dated in the future would be later than each extraction.
        later = and_(Run.finished_at > last.started_at, Run.finished_at <= now)
        crawls = crawls.where(or_(Run.id > last.id, later))
    passed = exists().where(
        StatusChange.until.is_(None),
        StatusChange.new == "not_due",
        StatusChange.due < clock.china_day(now),
    )
    if session.scalar(select(crawls)):
        return True
    # Once a day: a verdict may keep what it is after its due day has passed.
    today = read is not None and clock.china_day(read) == clock.china_day(now)
    return not today and bool(session.scalar(select(passed)))


def _no_room(archive: Archive) -> str | None:
    free = _free(archive)
    wanted = archive.settings.schedule.min_free_mb
    if free >= wanted:
        return None
    return (
        f"the disk of {archive.path} has {free} MB free, and [schedule] min_free_mb asks for {wanted}: "
        "make room; nothing is visited until then"
    )


def _little_room(archive: Archive) -> list[str]:
    """What may be why a job failed; its log may be where there was no room."""
    free = _free(archive)
    if free >= _LITTLE:
        return []
    return [f"the disk of {archive.path} has {free} MB free: make room"]


def _free(archive: Archive) -> int:
    return shutil.disk_usage(archive.path).free // 1_000_000


def _pause(session: Session, now: datetime) -> str | None:
    """Why to wait after jobs that failed one after the other, so that none is started again and again."""
    failed = 0
    last: datetime | None = None
    for run in session.scalars(
        select(Run).filter_by(command=COMMAND).order_by(Run.id.desc()).limit(20)
    ):
        if run.state == "finished" or run.state == "interrupted":
            break
        last = last or run.finished_at or run.started_at
        failed += 1
    if last is None or last > now:
        return None
    again = last + min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (failed - 1))
    if now >= again:
        return None
    return (
        f"the last {counted(failed, 'run')} failed; tried again from {clock.china_text(again)} on"
    )
