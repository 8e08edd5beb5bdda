"""A crawl that is killed, stopped or loses a process: nothing is lost, nothing is told twice."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from crawling import (
    DAY,
    Seen,
    make_archive,
    sample_register,
    set_environment,
    sightings,
    verdicts,
)
from sqlalchemy import func, select

from archive.database.models import Capture, Run, Sighting, Visit
from archive.fixity import verify
from archive.folder import Archive, ArchiveBusy
from crawler.run import crawl
from crawler.sampleweb import SampleWeb

_CRAWL = """
import sys
from pathlib import Path
from archive.folder import Archive
from crawler.run import crawl
print(crawl(Archive.open(Path(sys.argv[1]))).finished)
"""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> set[Seen]:
    """What a crawl sees that nobody disturbs."""
    with pytest.MonkeyPatch.context() as monkeypatch, SampleWeb(clock=DAY) as web:
        set_environment(monkeypatch, web.proxy_url)
        archive = make_archive(tmp_path_factory.mktemp("calm") / "archive", sample_register())
        assert crawl(Archive.open(archive.path)).finished
        return sightings(archive)


def _start(archive: Archive) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _CRAWL, str(archive.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait_for_requests(web: SampleWeb, number: int) -> None:
    deadline = time.monotonic() + 30
    while len(web.log) < number:
        assert time.monotonic() < deadline, "the crawl does not get going"
        time.sleep(0.01)


@pytest.mark.parametrize("requests", [12, 70])
def test_kill_and_run_again_gives_the_same_as_an_undisturbed_run(
    requests: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: set[Seen]
) -> None:
    with SampleWeb(clock=DAY) as web:
        set_environment(monkeypatch, web.proxy_url, delay=0.03)
        archive = make_archive(tmp_path / "archive", sample_register())
        process = _start(archive)
        _wait_for_requests(web, requests)
        process.kill()
        process.communicate()
        time.sleep(0.5)
        quiet = len(web.log)
        time.sleep(0.5)
        assert len(web.log) == quiet, "a crawling process outlived its parent"
        set_environment(monkeypatch, web.proxy_url)
        summary = crawl(Archive.open(archive.path))
    assert summary.finished
    assert sightings(archive) == undisturbed
    assert list(verify(archive)) == []
    with archive.reader() as session:
        runs = session.scalars(select(Run).order_by(Run.id)).all()
        assert [run.state for run in runs] == ["interrupted", "finished"]
        # Each place was visited to its end once, by one run or the other.
        ended = session.scalars(select(Visit.place_id).where(Visit.finished_at.is_not(None))).all()
        assert len(ended) == len(set(ended)) == 11
        assert not session.scalar(
            select(func.count())
            .select_from(Sighting)
            .join(Visit)
            .where(Visit.finished_at.is_(None))
        )


def test_sigterm_stops_cleanly_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: set[Seen]
) -> None:
    with SampleWeb(clock=DAY) as web:
        set_environment(monkeypatch, web.proxy_url, delay=0.05)
        archive = make_archive(tmp_path / "archive", sample_register())
        process = _start(archive)
        _wait_for_requests(web, 60)
        with pytest.raises(ArchiveBusy, match="another crawl works"):
            crawl(archive)
        process.send_signal(signal.SIGTERM)
        _out, errors = process.communicate(timeout=30)
        assert "KeyboardInterrupt" in errors
        set_environment(monkeypatch, web.proxy_url)
        with archive.reader() as session:
            stopped = session.scalars(select(Run)).one()
            assert stopped.state == "interrupted"
            assert "goes on" in stopped.summary["problems"][0]
            unfinished = session.scalars(select(Visit).filter_by(verdict="unfinished")).all()
            assert unfinished
            assert all("stopped" in visit.reason for visit in unfinished)
        assert list(verify(archive)) == []
        summary = crawl(Archive.open(archive.path))
    assert summary.finished
    assert summary.done_before + summary.places == 11
    assert summary.done_before > 0
    assert sightings(archive) == undisturbed


def test_a_process_that_dies_leaves_its_places_unfinished_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SampleWeb(clock=DAY) as web:
        set_environment(monkeypatch, web.proxy_url, delay=0.05)
        archive = make_archive(tmp_path / "archive", sample_register())

        def kill_one() -> None:
            _wait_for_requests(web, 30)
            workers = [
                int(stat.parent.name)
                for stat in Path("/proc").glob("[0-9]*/stat")
                if stat.read_text().rpartition(")")[2].split()[1] == str(os.getpid())
                and b"crawler.worker" in (stat.parent / "cmdline").read_bytes()
            ]
            os.kill(workers[0], signal.SIGKILL)

        killer = threading.Thread(target=kill_one)
        killer.start()
        summary = crawl(Archive.open(archive.path))
        killer.join()
    assert not summary.finished
    assert "killed by signal 9" in summary.problems[0]
    assert summary.verdicts["unfinished"] > 0
    assert summary.verdicts["complete"] > 0
    assert sum(summary.verdicts.values()) == 11
    with archive.reader() as session:
        assert session.scalars(select(Run)).one().state == "failed"
        for visit in session.scalars(select(Visit).filter_by(verdict="unfinished")):
            assert "killed by signal 9" in visit.reason
            assert visit.finished_at is None
    assert "unfinished" in {verdict for verdict, _kind in verdicts(archive).values()}
    assert list(verify(archive)) == []


def test_the_delay_is_kept_over_all_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = [r for r in sample_register() if "quxian" in r["home_url"]]
    with SampleWeb(clock=DAY) as web:
        set_environment(monkeypatch, web.proxy_url, delay=0.2, processes=2)
        archive = make_archive(tmp_path / "archive", register)
        assert crawl(Archive.open(archive.path)).finished
    starts = [visit.started for visit in web.log]
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert len(gaps) >= 8
    # A busy server notices one request late and the next in time: single gaps may look shorter.
    assert starts[-1] - starts[0] >= 0.19 * len(gaps)
    assert min(gaps) >= 0.1
    with archive.reader() as session:
        assert session.scalar(select(func.count()).select_from(Capture)) == len(starts)
