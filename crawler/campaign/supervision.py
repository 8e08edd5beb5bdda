"""Crawls and extractions as processes of their own: with a time limit, a log, and no way to hang on.

A process lives as long as somebody holds its standard input: if the service is killed, its job ends too.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.folder import Archive

_PATIENCE = 45.0
"""Seconds that a job has to end cleanly: longer than a crawl gives its own processes."""
_LOOK = 0.2
"""Seconds between two looks at a job."""
_LOG_BYTES = 5_000_000
"""A log that has become larger is put aside before the next job writes to it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended. ``problem`` is None if it did all it had to; ``stopped``: because we were told to."""

    problem: str | None = None
    stopped: bool = False


class Supervisor:
    """Runs jobs of an archive one after the other; they stop when ``stop`` is set."""

    def __init__(self, archive: Archive, stop: threading.Event) -> None:
        self._archive = archive
        self._stop = stop

    def crawl(self, place_ids: Sequence[int]) -> Ended:
        """Visit these places."""
        hours = self._archive.settings.schedule.crawl_hours
        return self.run("crawl", {"places": list(place_ids)}, hours * 3600)

    def extract(self) -> Ended:
        """Read what is new, and bring reports and verdicts up to date."""
        hours = self._archive.settings.schedule.extract_hours
        return self.run("extract", {}, hours * 3600)

    def run(self, job: str, orders: dict[str, Any], seconds: float) -> Ended:
        """Run a job of :mod:`crawler.campaign.job` to its end, or to the end of its time."""
        log = self._archive.log_folder / f"campaign-{job}.log"
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        process = _start(log, {"archive": str(self._archive.path), "job": job} | orders)
        try:
            return self._watch(process, job, seconds, log)
        finally:
            _end(process)

    def _watch(
        self, process: subprocess.Popen[bytes], job: str, seconds: float, log: Path
    ) -> Ended:
        deadline = time.monotonic() + seconds
        while process.poll() is None:
            if self._stop.wait(_LOOK):
                return Ended(f"the {job} was stopped with the service", stopped=True)
            if time.monotonic() > deadline:
                return Ended(f"the {job} was ended after {seconds / 3600:.3g} hours; see {log}")
        if process.returncode == 0:
            return Ended()
        how = (
            f"killed by signal {-process.returncode}"
            if process.returncode < 0
            else f"status {process.returncode}"
        )
        return Ended(f"the {job} failed ({how}); see {log}")


def _start(log_file: Path, orders: dict[str, Any]) -> subprocess.Popen[bytes]:
    paths = (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", ""))
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            # Not from the folder the service was started in, which may hold a package of our name.
            [sys.executable, "-P", "-m", "crawler.campaign.job"],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Signals for the service are the service's to pass on.
        )
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(json.dumps(orders).encode() + b"\n")
        process.stdin.flush()
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a job that still runs, politely, then not; nothing of its group stays."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
