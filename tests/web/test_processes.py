"""``gongkai serve`` with its processes: they share what they can, one that dies is replaced, and all end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from archive.folder import Archive

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs /proc")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process of ``gongkai serve`` and the address it says."""
    Archive.create(tmp_path / "archive")
    command = [sys.executable, "gongkai.py", "serve", "--archive", str(tmp_path / "archive")]
    with subprocess.Popen(
        [*command, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def _children(process: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _until(true: Callable[[], bool], said: str) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, said
        time.sleep(0.05)


def _answers(address: str) -> bool:
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        try:
            return client.get("/api/v1/agencies").status_code == 200
        except httpx.TransportError:
            # The process that had accepted it was killed.
            return False


def _kilobytes(process: int, sort: str) -> int:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"{sort}:")))


def test_processes_share_memory_are_replaced_and_end(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = served
    _until(lambda: _answers(address), "it does not answer")
    first = _children(process.pid)
    assert len(first) == 2

    # Started anew, each process would have nearly all of its memory for itself.
    everyone = [process.pid, *first]
    own = sum(_kilobytes(one, "Pss") for one in everyone)
    assert own < 0.7 * sum(_kilobytes(one, "Rss") for one in everyone)

    os.kill(first[0], signal.SIGKILL)
    _until(
        lambda: len(_children(process.pid)) == 2 and first[0] not in _children(process.pid),
        "the process that died is not replaced",
    )
    assert first[1] in _children(process.pid)
    _until(lambda: _answers(address), "it does not answer any more")

    everyone = [process.pid, *_children(process.pid)]
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    _until(lambda: not any(Path(f"/proc/{one}").exists() for one in everyone), "one is left")


def test_who_stops_it_at_once_need_not_wait(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    process, _ = served
    _until(lambda: bool(_children(process.pid)), "no process begins")
    everyone = [process.pid, *_children(process.pid)]
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    _until(lambda: not any(Path(f"/proc/{one}").exists() for one in everyone), "one is left")
