"""What goes wrong around a service that runs for years: clocks, disks, jobs that never end, signals."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from commandline import runner
from movable_clock import MovableClock
from running import NOW, make_archive, runs, service, told, wait_for, wait_for_ticks
from simulation import AtOnce
from sqlalchemy import func, select
from world import FATES, sites

from archive.database.models import Capture, Run, Sighting, Visit
from archive.folder import Archive
from crawler.campaign import supervision
from crawler.campaign.health import Health
from crawler.campaign.supervision import Supervisor
from crawler.campaign.tick import COMMAND, tick
from crawler.sampleweb import SampleWeb
from crawler.sampleweb.web import Request, Response, Site

FIRST, SECOND = FATES[0], FATES[2]


@dataclass
class Gate:
    """A host that lets its visitors wait while it is shut."""

    site: Site
    open: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        return self.site.host

    def respond(self, request: Request, now: datetime) -> Response | None:
        self.asked.set()
        self.open.wait(120)
        return self.site.respond(request, now)


@pytest.fixture
def gate() -> Gate:
    return Gate(next(site for site in sites() if site.host == FIRST.host))


@pytest.fixture
def web(gate: Gate) -> Iterator[SampleWeb]:
    other = next(site for site in sites() if site.host == SECOND.host)
    with SampleWeb(NOW, sites=[gate, other]) as made:
        yield made
        gate.open.set()


@pytest.fixture
def ended() -> Iterator[list[subprocess.Popen[str]]]:
    """Services that are ended with the test, however it goes."""
    running: list[subprocess.Popen[str]] = []
    yield running
    for one in running:
        one.kill()
        one.communicate()


def end(running: subprocess.Popen[str]) -> str:
    """Stop a service as an operator does; what it had to say."""
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=90)
    assert running.returncode == 0, said
    assert "Traceback" not in said
    return said


def test_a_clock_that_is_set_while_the_service_runs_dates_nothing(
    tmp_path: Path, web: SampleWeb, gate: Gate, ended: list[subprocess.Popen[str]]
) -> None:
    gate.open.set()
    archive = make_archive(tmp_path / "archive", FIRST)
    clock = MovableClock(tmp_path, NOW)
    running = service(archive.path, web, now=None, **clock.environment)
    ended.append(running)
    wait_for(lambda: told(archive.path).get("last_run"))
    clock.move(timedelta(days=3))
    wait_for(lambda: "the clock jumped" in str(told(archive.path).get("problems")), 30)
    assert runs(archive.path, "crawl") == ["finished"]
    # It is looked at again and again, though the next look may seem to be days away.
    clock.move(timedelta(days=-3))
    wait_for(lambda: told(archive.path)["agenda"]["now"].startswith(f"{NOW:%Y-%m-%d}"), 30)
    said = end(running)
    assert said.count("the clock jumped forward") == said.count("the clock jumped back") == 1
    assert runs(archive.path, "crawl") == ["finished"]


def test_runs_of_a_clock_that_went_wrong_are_not_waited_for(
    tmp_path: Path, web: SampleWeb, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.open.set()
    archive = make_archive(tmp_path / "archive", FIRST)
    surroundings(monkeypatch, web)
    done = []
    for now in (NOW + timedelta(days=300), NOW, NOW + timedelta(minutes=1)):
        monkeypatch.setenv("GONGKAI_NOW", now.isoformat())
        done.append(tick(archive, AtOnce(archive), tell=lambda text: None))
    assert [one.problems for one in done] == [[], [], []]
    # What was dated in the future counts for nothing: it is visited once more, and then all is done.
    assert [one.run_id is not None for one in done] == [True, True, False]


def surroundings(monkeypatch: pytest.MonkeyPatch, web: SampleWeb) -> None:
    """The environment of jobs that this process starts."""
    for name in list(os.environ):
        if name.startswith("GONGKAI_") or name.lower() == "no_proxy":
            monkeypatch.delenv(name)
    for name, value in {
        "http_proxy": web.proxy_url,
        "https_proxy": web.proxy_url,
        "GONGKAI_CRAWL__OFFICIAL_DOMAINS": ".gov.test",
        "GONGKAI_CRAWL__DELAY": "0",
        "GONGKAI_NOW": NOW.isoformat(),
    }.items():
        monkeypatch.setenv(name, value)


def test_a_crawl_that_does_not_end_is_ended_and_the_campaign_goes_on(
    tmp_path: Path, web: SampleWeb, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make_archive(tmp_path / "archive", FIRST, SECOND)
    surroundings(monkeypatch, web)
    # A process that is frozen does not hear SIGTERM; its patience is for crawls that do.
    monkeypatch.setattr(supervision, "_PATIENCE", 2.0)
    monkeypatch.setenv("GONGKAI_SCHEDULE__CRAWL_HOURS", str(10 / 3600))
    archive = Archive.open(archive.path)
    supervisor = Supervisor(archive, threading.Event())

    def freeze() -> None:
        if gate.asked.wait(60):
            os.kill(job_of(archive), signal.SIGSTOP)

    freezer = threading.Thread(target=freeze)
    freezer.start()
    first = tick(archive, supervisor, tell=lambda text: None)
    freezer.join()
    (problem,) = first.problems
    assert "the crawl was ended after" in problem
    assert gone(job_of(archive))
    with archive.reader() as session:
        run = session.scalars(select(Run).filter_by(command=COMMAND)).one()
        assert run.state == "failed"
        assert run.summary["problems"] == [problem]
        assert session.scalars(select(Run.state).filter_by(command="crawl")).all() == [
            "interrupted"
        ]
    gate.open.set()
    monkeypatch.setenv("GONGKAI_SCHEDULE__CRAWL_HOURS", "1")
    monkeypatch.setenv("GONGKAI_NOW", (NOW + timedelta(minutes=20)).isoformat())
    again = Archive.open(archive.path)
    second = tick(again, Supervisor(again, threading.Event()), tell=lambda text: None)
    assert second.problems == []
    assert runs(archive.path, COMMAND) == ["failed", "finished"]
    runner(archive.path)("verify")


def job_of(archive: Archive) -> int:
    """The process of the last crawl that the supervisor started."""
    log = (archive.log_folder / "campaign-crawl.log").read_text("utf-8")
    return int(log.split("crawl begins, process ")[-1].split()[0])


def gone(process: int) -> bool:
    """Whether a process does not exist."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_service_that_is_told_to_end_in_a_crawl_ends_it_and_the_next_one_goes_on(
    tmp_path: Path, web: SampleWeb, gate: Gate, ended: list[subprocess.Popen[str]]
) -> None:
    archive = make_archive(tmp_path / "archive", FIRST, SECOND)
    running = service(archive.path, web)
    ended.append(running)
    wait_for(gate.asked.is_set)
    said = end(running)
    assert "the service has ended" in said
    assert gone(job_of(archive))
    assert runs(archive.path, COMMAND) == runs(archive.path, "crawl") == ["interrupted"]
    with archive.lock("crawl"), archive.lock("schedule"):
        pass  # Nobody is left who holds them.
    gate.open.set()
    later = NOW + timedelta(hours=1)
    runner(archive.path)("schedule", "run", "--once", web=web.proxy_url, now=later)
    assert runs(archive.path, COMMAND) == ["interrupted", "finished"]
    with archive.reader() as session:
        complete = select(func.count(Visit.place_id.distinct())).filter_by(verdict="complete")
        assert session.scalar(complete) == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("this needs the right to mount a file system")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_disk_that_fills_in_a_visit_costs_nothing_that_was_stored(
    small_disk: Path,
    tmp_path: Path,
    web: SampleWeb,
    gate: Gate,
    ended: list[subprocess.Popen[str]],
) -> None:
    archive = make_archive(small_disk / "archive", SECOND, FIRST)
    clock = MovableClock(tmp_path, NOW)
    running = service(
        archive.path, web, now=None, GONGKAI_SCHEDULE__MIN_FREE_MB="0", **clock.environment
    )
    ended.append(running)
    wait_for(gate.asked.is_set)
    filler = small_disk / "filler"
    fill(filler)
    before = stored(archive)
    gate.open.set()
    problems = wait_for(lambda: told(archive.path).get("problems"))
    assert any("make room" in one or "disk is full" in one for one in problems), problems
    assert running.poll() is None
    filler.unlink()
    for _ in range(4):  # Nothing is tried again within ten minutes, and a jump of ten would be one.
        clock.move(timedelta(minutes=5))
        wait_for_ticks(archive.path)
    wait_for(lambda: "finished" in runs(archive.path, COMMAND))
    assert "disk is full" in end(running) or "make room" in problems[-1]
    assert before <= stored(archive)
    log = (archive.log_folder / "campaign-crawl.log").read_text("utf-8")
    assert "Traceback" not in log
    with archive.reader() as session:
        ran = session.scalars(select(Run).filter_by(command=COMMAND).order_by(Run.id)).all()
    assert [run.state for run in ran] == ["failed"] * (len(ran) - 1) + ["finished"]
    assert ran[0].summary["problems"]
    runner(archive.path)("verify")
    with archive.reader() as session:
        sites_seen = session.scalar(select(func.count(Sighting.agency_id.distinct())))
        assert sites_seen == 2
    archive.engine.dispose()


def test_a_full_disk_is_said_in_the_status_file_on_that_disk(small_disk: Path) -> None:
    archive = make_archive(small_disk / "archive", FIRST)
    health = Health(archive, 60)
    health.tell(state="crawling 1 places")
    fill(small_disk / "filler")
    health.tell(state="waiting", problems=["the disk is full: make room"])
    assert told(archive.path)["problems"] == ["the disk is full: make room"]
    health.tell(problems=[])
    assert told(archive.path)["problems"] == []
    assert not list(archive.path.glob(".schedule*"))
    archive.engine.dispose()


def test_a_run_whose_end_could_not_be_written_does_not_seem_to_go_on(
    tmp_path: Path, web: SampleWeb, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.open.set()
    archive = make_archive(tmp_path / "archive")
    surroundings(monkeypatch, web)
    with archive.session() as session:
        session.add(Run(command=COMMAND, started_at=NOW - timedelta(minutes=5)))
        session.commit()
    tick(archive, AtOnce(archive), tell=lambda text: None)
    with archive.reader() as session:
        run = session.scalars(select(Run).filter_by(command=COMMAND)).one()
        assert run.state == "failed"
        assert run.summary["problems"] == ["the end of this run could not be written"]


def test_a_full_disk_has_room_for_what_it_makes_to_be_told(small_disk: Path) -> None:
    archive = Archive.create(small_disk / "archive")
    health = Health(archive, patience=60)
    health.tell(state="waiting")
    fill(small_disk / "filler")
    health.tell(problems=["the disk is full: " + "a" * 5_000])
    assert told(archive.path)["problems"] == ["the disk is full: " + "a" * 5_000]
    archive.engine.dispose()


def fill(path: Path) -> None:
    """Leave no room on the disk of a file."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


def stored(archive: Archive) -> set[tuple[str | None, int | None, str | None]]:
    """What the index says is stored, and where."""
    with archive.reader() as session:
        return {
            (row.warc, row.offset, row.sha256)
            for row in session.execute(select(Capture.warc, Capture.offset, Capture.sha256))
        }
