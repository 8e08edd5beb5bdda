"""The crawling processes as their parent sees them: started, listened to, ended."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from archive.folder import Archive

_PATIENCE = 20.0
"""Seconds that a stopped process has to end by itself."""

Lines = queue.Queue[str | None]


def work(
    archive: Archive,
    run_id: int,
    orders: Sequence[dict[str, Any]],
    listen: Callable[[dict[str, Any]], None],
) -> list[str]:
    """Run a process for each of ``orders`` to its end; returns what went wrong, a sentence each.

    ``listen`` gets what they tell. However this function is left, no process stays.
    """
    lines: Lines = queue.Queue()
    workers: list[subprocess.Popen[str]] = []
    with tempfile.TemporaryDirectory(prefix="gongkai-turns-") as turns:
        common = {"archive": str(archive.path), "run": run_id, "turns": turns}
        try:
            for part, own in enumerate(orders):
                log = log_of(archive, run_id, part)
                workers.append(_start(log, common | {"part": part} | own, lines))
            running = len(workers)
            while running:
                line = lines.get()
                if line is None:
                    running -= 1
                else:
                    listen(json.loads(line))
            problems = []
            for part, worker in enumerate(workers):
                status = worker.wait()
                if status != 0:
                    log = log_of(archive, run_id, part)
                    problems.append(
                        f"crawling process {part} ended early ({_how(status)}); see {log}"
                    )
            return problems
        finally:
            _end(workers)


def log_of(archive: Archive, run_id: int, part: int) -> Path:
    """Where a process of a run logs to."""
    return archive.log_folder / f"crawl-{run_id:06}-{part}.log"


def _start(log_file: Path, orders: dict[str, Any], lines: Lines) -> subprocess.Popen[str]:
    paths = (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", ""))
    with log_file.open("a", encoding="utf-8") as log:
        worker = subprocess.Popen(
            # Not from the folder the user happens to be in, which may hold a package of our name.
            [sys.executable, "-P", "-m", "crawler.worker"],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(p for p in paths if p)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl+C reaches the parent only, which ends the others.
        )
    assert worker.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        worker.stdin.write(json.dumps(orders) + "\n")
        worker.stdin.flush()

    def read() -> None:
        assert worker.stdout is not None
        for line in worker.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    return worker


def _end(workers: list[subprocess.Popen[str]]) -> None:
    """End processes that still run: politely, then not."""
    for worker in workers:
        if worker.poll() is None:
            worker.terminate()
    deadline = time.monotonic() + _PATIENCE
    for worker in workers:
        try:
            worker.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _how(status: int) -> str:
    return f"killed by signal {-status}" if status < 0 else f"status {status}"
