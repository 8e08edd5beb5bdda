"""The service as it is run: processes, signals, locks, what it says of itself."""

from __future__ import annotations

import json
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from commandline import Gongkai, runner
from running import NOW, free_port, make_archive, runs, service, told, wait_for
from world import FATES, sites

from archive.folder import Archive
from crawler.campaign.supervision import Supervisor
from crawler.sampleweb import SampleWeb


@pytest.fixture(scope="module")
def web() -> Iterator[SampleWeb]:
    wanted = {FATES[0].host, FATES[2].host}
    with SampleWeb(NOW, sites=[site for site in sites() if site.host in wanted]) as made:
        yield made


@pytest.fixture
def register(tmp_path: Path) -> Gongkai:
    """``gongkai`` on an archive with two agencies."""
    archive = make_archive(tmp_path / "archive", FATES[0], FATES[2])
    return runner(archive.path)


def test_one_service_works_says_so_and_stops_cleanly(
    tmp_path: Path, register: Gongkai, web: SampleWeb
) -> None:
    folder, port = tmp_path / "archive", free_port()
    first = service(folder, web, GONGKAI_SCHEDULE__HEALTH_PORT=str(port))
    try:
        wait_for(lambda: told(folder).get("pid") == first.pid)
        second = register("schedule", "run", "--once", status=1)
        assert second.stderr.count("\n") == 1
        assert f"another schedule works in {folder} (process {first.pid})" in second.stderr
        wait_for(lambda: told(folder).get("last_run"))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            health = json.load(answer)
        assert health["last_run"]["crawl"]["verdicts"] == {"complete": 2}
        assert health["problems"] == []
        time.sleep(2.5)  # Two more ticks find nothing to do.
        first.send_signal(signal.SIGTERM)
        _, said = first.communicate(timeout=60)
    finally:
        first.kill()
    assert first.returncode == 0, said
    assert "Traceback" not in said
    assert told(folder)["state"] == "stopped"
    assert runs(folder, "crawl") == runs(folder, "campaign") == ["finished"]
    shown = register("schedule", "show", "--format", "json", now=NOW)
    assert [row["why"] for row in json.loads(shown.stdout)] == ["confirm", "quiet"]
    assert "nothing is due before 2025-02-13T09:00" in shown.stderr


def test_a_killed_service_takes_its_crawl_along_and_the_next_goes_on(
    tmp_path: Path, register: Gongkai, web: SampleWeb
) -> None:
    folder = tmp_path / "archive"
    slow = service(folder, web, GONGKAI_CRAWL__DELAY="5")
    wait_for(lambda: runs(folder, "crawl"))
    slow.send_signal(signal.SIGKILL)
    slow.communicate(timeout=30)

    def free() -> bool:
        try:
            with Archive.open(folder).lock("crawl"):
                return True
        except Exception:
            return False

    wait_for(free, 60)
    done = register("schedule", "run", "--once", web=web.proxy_url, now=NOW, status=None)
    # What the killed run had begun may have to wait a little; nothing is lost, nothing is done twice.
    if "run" not in done.stderr:
        later = NOW.replace(hour=11)
        register("schedule", "run", "--once", web=web.proxy_url, now=later)
    assert runs(folder, "campaign") == ["interrupted", "finished"]
    register("verify")


def test_a_full_disk_holds_the_service_and_it_says_so(
    tmp_path: Path, register: Gongkai, web: SampleWeb
) -> None:
    folder, port = tmp_path / "archive", free_port()
    running = service(
        folder,
        web,
        GONGKAI_SCHEDULE__MIN_FREE_MB="999999999999",
        GONGKAI_SCHEDULE__HEALTH_PORT=str(port),
    )
    try:
        wait_for(lambda: told(folder).get("problems"))
        assert "make room" in told(folder)["problems"][0]
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10)
        assert refused.value.code == 503
        refused.value.close()
        assert running.poll() is None
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 0
    assert runs(folder, "crawl") == []


def test_a_job_that_hangs_is_ended_with_its_group(tmp_path: Path, register: Gongkai) -> None:
    archive = Archive.open(tmp_path / "archive")
    supervisor = Supervisor(archive, threading.Event())
    started = time.monotonic()
    ended = supervisor.run("extract", {}, 0.0)
    assert ended.problem is not None
    assert "was ended after 0 hours" in ended.problem
    assert str(archive.log_folder) in ended.problem
    assert time.monotonic() - started < 60


def test_a_job_that_fails_is_told_with_its_log(tmp_path: Path, register: Gongkai) -> None:
    archive = Archive.open(tmp_path / "archive")
    with archive.lock("extract"):
        ended = Supervisor(archive, threading.Event()).run("extract", {}, 60)
    assert ended.problem is not None
    assert "status 1" in ended.problem
    log = (archive.log_folder / "campaign-extract.log").read_text("utf-8")
    assert "another extract works" in log
