"""``gongkai schedule run``: the service. It only ticks; each tick asks the archive what is due."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from archive import clock
from archive.database.models import Run
from archive.errors import GongkaiError
from archive.folder import Archive
from crawler.campaign.clockwatch import ClockWatch, elapsed
from crawler.campaign.health import Health
from crawler.campaign.supervision import Supervisor
from crawler.campaign.tick import COMMAND, Ticked, tick
from extract.counting import counted

logger = logging.getLogger(__name__)

_PATIENCE = 10
"""So many ticks may be missed before the service says that it is ill."""


class Service:
    """The service of one archive; :meth:`run` returns when it is stopped."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._stop = threading.Event()
        self._supervisor = Supervisor(archive, self._stop)
        self._watch = ClockWatch()
        self._said: tuple[str, ...] = ()
        seconds = archive.settings.schedule.tick_seconds
        self._health = Health(archive, max(60, seconds * _PATIENCE))

    def once(self) -> bool:
        """One tick, as the service would do it now; returns whether all went well.

        Raises :class:`~archive.folder.ArchiveBusy` while a service runs in the archive.
        """
        with self._alone(), self._stopped_by_signals():
            done = self._tick()
        return done is not None and not done.problems

    def run(self) -> None:
        """Tick until SIGTERM or Ctrl+C; a job that runs is stopped cleanly then.

        Raises :class:`~archive.folder.ArchiveBusy` while another service runs in the archive, and
        :class:`~archive.errors.UsageError` if the port for its health is taken.
        """
        settings = self._archive.settings.schedule
        # That ticks are passed over while work is done is as it should be.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        scheduler = BackgroundScheduler(timezone=clock.CHINA)
        with (
            self._alone(),
            self._stopped_by_signals(),
            self._health.served(settings.health_port) as port,
        ):
            where = f", http://127.0.0.1:{port}/healthz" if port else ""
            _say(f"the service of {self._archive.path} begins{where}")
            job = scheduler.add_job(
                self._tick,
                "interval",
                seconds=settings.tick_seconds,
                next_run_time=datetime.now(UTC),  # The machine's time: the archive's may be set.
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
            scheduler.start()
            between = timedelta(seconds=settings.tick_seconds)
            while not self._stop.wait(settings.tick_seconds):
                # A job waits for a time of the clock: where that is set back, until it is there again.
                if job.next_run_time > datetime.now(UTC) + 2 * between:
                    job.modify(next_run_time=datetime.now(UTC))
            scheduler.shutdown(wait=True)
        _say("the service has ended")

    def _tick(self) -> Ticked | None:
        """A tick that never ends the service: what fails is said and tried again with the next one."""
        if self._stop.is_set():
            return None
        done: Ticked | None = None
        try:
            hold = None if clock.is_set() else self._watch.look(clock.now(), elapsed())
            done = tick(self._archive, self._supervisor, hold=hold, tell=self._tell)
            problems = tuple(done.problems)
        except (GongkaiError, SQLAlchemyError, OSError) as error:
            line = str(getattr(error, "orig", None) or error).strip().splitlines()
            problems = (f"{type(error).__name__}: {line[0] if line else ''}",)
        except Exception as error:
            # A fault of ours, and no reason to let the campaign of a year end.
            logger.exception("the tick failed")
            problems = (f"a fault of the program: {error!r}; see the log of the service",)
        if problems != self._said or (done is not None and done.summary):
            for problem in problems:
                _say(problem)
        self._said = problems
        news = {"agenda": done.agenda.summary(), "held": done.held} if done is not None else {}
        if done is not None and done.summary:
            _say(
                f"run {done.summary['run']} {done.summary['state']}, {counted(done.summary['places'], 'place')}"
            )
            news["last_run"] = done.summary
        self._health.tell(state="waiting", problems=list(problems), **news)
        return done

    def _tell(self, what: str) -> None:
        _say(what)
        self._health.tell(state=what)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with self._archive.lock("schedule"):
            self._health.tell()
            with self._archive.session() as session:
                # Whoever made them held the lock and is gone.
                for run in session.scalars(select(Run).filter_by(command=COMMAND, state="running")):
                    run.state, run.finished_at = "interrupted", clock.now()
                session.commit()
            try:
                yield
            finally:
                self._health.tell(state="stopped")

    @contextlib.contextmanager
    def _stopped_by_signals(self) -> Iterator[None]:
        def stop(_number: int, _frame: FrameType | None) -> None:
            self._stop.set()

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _say(text: str) -> None:
    sys.stderr.write(f"{clock.china_text(clock.now())} {text}\n")
    sys.stderr.flush()
