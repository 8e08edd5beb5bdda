"""A crawl: plan it, run it in processes, say what came of it. Safe to stop and to run again.

The processes write what they find; this one holds the lock, watches them and sums up. The summary in
the run's row is the one source for the command line, the pages and the messages.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from archive import clock, recovery
from archive.database.models import Capture, Run, Sighting, Visit
from archive.folder import Archive
from crawler import places, plan
from crawler.processes import work


@dataclass
class Progress:
    """How far a crawl is; given again and again to the display."""

    places: int
    done: int = 0
    requests: int = 0
    reports: int = 0
    current: str = ""
    verdicts: dict[str, int] = field(default_factory=dict)


@dataclass
class Summary:
    """What a crawl did. ``finished``: every place was visited to a verdict; else ``problems`` say why.

    ``verdicts`` counts places, ``kinds`` the same with the kind (``blocked:521``); ``failures`` counts
    requests by kind of failure, ``certificates`` hosts by what is noted of their certificate.
    """

    run_id: int
    finished: bool = False
    places: int = 0
    done_before: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    reports: int = 0
    documents_new: int = 0
    requests: int = 0
    bytes: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    certificates: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


def crawl(
    archive: Archive,
    *,
    year: int | None = None,
    agency_ids: Collection[int] | None = None,
    division: str | None = None,
    place_ids: Collection[int] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Summary:
    """Visit the places of the chosen agencies (default: all), or those of ``place_ids`` among them, and
    archive what is there.

    ``year`` limits which reports are downloaded, not which are seen. A run that was stopped in the
    last day is continued by one with the same arguments. Raises
    :class:`~archive.folder.ArchiveBusy` while another crawl works in the archive,
    ``KeyboardInterrupt`` after SIGINT or SIGTERM once everything is in order.
    """
    started = time.monotonic()
    if archive.settings.crawl.browser:
        # Only here: it brings Scrapy, which else only the crawling processes need.
        from crawler.browser import check_installed

        check_installed()
    with archive.lock("crawl"):
        recovery.recover(archive)
        arguments: dict[str, Any] = {
            "year": year,
            "agencies": sorted(agency_ids) if agency_ids is not None else None,
            "division": division,
        }
        if place_ids is not None:
            arguments["places"] = len(place_ids)
        run_id, made = _prepare(archive, arguments, agency_ids, division, place_ids)
        told = Progress(len(made.places))

        def listen(event: dict[str, Any]) -> None:
            _note(told, event)
            if progress:
                progress(told)

        listen({})
        problems: list[str] = []
        stopped = False
        try:
            with _termination_as_interrupt():
                orders = [{"groups": groups, "year": year} for groups in made.parts]
                problems = work(archive, run_id, orders, listen)
        except KeyboardInterrupt:
            stopped = True
            problems = ["the crawl was stopped; the next one with the same arguments goes on"]
        summary = _conclude(archive, run_id, made, problems, stopped, time.monotonic() - started)
    if stopped:
        raise KeyboardInterrupt
    return summary


def _prepare(
    archive: Archive,
    arguments: dict[str, Any],
    agency_ids: Collection[int] | None,
    division: str | None,
    place_ids: Collection[int] | None,
) -> tuple[int, plan.Plan]:
    with archive.session() as session:
        places.sync(session)
        made = plan.make(
            session,
            arguments,
            agency_ids=agency_ids,
            division=division,
            processes=archive.settings.crawl.processes,
            domains=archive.settings.crawl.official_domains,
            place_ids=place_ids,
        )
        run = Run(
            command="crawl",
            arguments=arguments,
            started_at=clock.now(),
            clock_set=clock.is_set(),
        )
        session.add(run)
        session.commit()
        return run.id, made


@contextlib.contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """SIGTERM ends a crawl as Ctrl+C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _note(told: Progress, event: dict[str, Any]) -> None:
    told.requests += event.get("requests", 0)
    if event.get("event") == "visiting":
        told.current = event["url"]
    elif event.get("event") == "visited":
        told.done += 1
        told.reports += event["reports"]
        told.current = event["host"] or ""
        told.verdicts[event["verdict"]] = told.verdicts.get(event["verdict"], 0) + 1


def _conclude(
    archive: Archive,
    run_id: int,
    made: plan.Plan,
    problems: list[str],
    stopped: bool,
    seconds: float,
) -> Summary:
    """Mark what was not finished, sum up and close the run."""
    if problems:
        # A process that was killed leaves files to put in order before anybody reads them.
        recovery.recover(archive, [run_id])
    with archive.session() as session:
        _mark_unfinished(session, run_id, made, problems)
        summary = _sum_up(session, run_id)
        summary.places = len(made.places)
        summary.done_before = made.done_before
        summary.problems = problems
        summary.finished = not problems and not summary.verdicts.get("unfinished")
        summary.seconds = round(seconds, 1)
        run = session.get_one(Run, run_id)
        run.state = "finished" if summary.finished else "interrupted" if stopped else "failed"
        run.finished_at = clock.now()
        run.summary = asdict(summary)
        session.commit()
    return summary


def _mark_unfinished(session: Session, run_id: int, made: plan.Plan, problems: list[str]) -> None:
    visits = {
        visit.place_id: visit for visit in session.scalars(select(Visit).filter_by(run_id=run_id))
    }
    reason = problems[0] if problems else "the process ended before this place was visited"
    for place_id in made.places:
        visit = visits.get(place_id)
        if visit is None:
            visit = Visit(run_id=run_id, place_id=place_id, started_at=clock.now())
            session.add(visit)
        if visit.finished_at is None:
            visit.verdict = "unfinished"
            visit.reason = f"Not finished: {reason}."
    session.flush()


def _sum_up(session: Session, run_id: int) -> Summary:
    summary = Summary(run_id)
    for verdict, kind, number in session.execute(
        select(Visit.verdict, Visit.kind, func.count())
        .filter_by(run_id=run_id)
        .group_by(Visit.verdict, Visit.kind)
    ):
        summary.verdicts[verdict] = summary.verdicts.get(verdict, 0) + number
        if kind is not None:
            summary.kinds[f"{verdict}:{kind}"] = number
    mine = select(Sighting).join(Visit).where(Visit.run_id == run_id)
    summary.reports = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    earlier = aliased(Capture)
    summary.documents_new = (
        session.scalar(
            select(func.count(Capture.sha256.distinct()))
            .join(Sighting, Sighting.document_id == Capture.id)
            .where(Capture.run_id == run_id, Capture.sha256.is_not(None))
            .where(
                ~exists().where(earlier.sha256 == Capture.sha256, earlier.run_id < Capture.run_id)
            )
        )
        or 0
    )
    requests, size = session.execute(
        select(func.count(), func.coalesce(func.sum(Capture.size), 0))
        .select_from(Capture)
        .where(Capture.run_id == run_id)
    ).one()
    summary.requests, summary.bytes = requests, int(size or 0)
    for failure, status, number in session.execute(
        select(Capture.failure, Capture.http_status, func.count())
        .where(Capture.run_id == run_id)
        .where(Capture.failure.is_not(None) | (Capture.http_status >= 400))
        .group_by(Capture.failure, Capture.http_status)
    ):
        kind = failure or f"http_{status}"
        summary.failures[kind] = summary.failures.get(kind, 0) + number
    # Every host was asked for its robots.txt.
    noted = session.execute(
        select(Capture.url, Capture.certificate)
        .filter_by(run_id=run_id, purpose="robots")
        .where(Capture.certificate.is_not(None))
    )
    hosts = {urlsplit(url).netloc: str(certificate) for url, certificate in noted}
    summary.certificates = dict(Counter(hosts.values()))
    return summary
