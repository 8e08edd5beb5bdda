"""How long the pages of an archive take while others ask for pages, too.

    python -m benchmarks.pages DIR [--rate 20] [--seconds 60] [--year 2024] [--clients 100]

Starts ``gongkai serve`` and asks it for pages of every sort, drawn at random, at a steady rate whether or not the
last answer has come. Tells for each sort how many were asked for, and the median and 95th percentile of the time to
the whole answer; and the most memory that the server and its processes took. The limits of one address stay on: the
requests are those of so many clients, whom a proxy on this machine names (``X-Forwarded-For``). Documents cannot be shown
of an archive that :mod:`benchmarks.national` made, which has no WARC files.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import httpx
from sqlalchemy import func, select

from archive.database.models import Agency, Report
from archive.folder import Archive

_WORDS = ("公开", "复议", "禹村", "熊猫", "依申请", "培训 会议")
_STATUSES = ("on_time", "late", "missing", "unknown", "blocked")
_PATIENCE = 60.0
_FIRST_CLIENT = ipaddress.ip_address("10.0.0.1")


def addresses(archive: Archive, year: int, seed: int) -> dict[str, Callable[[], str]]:
    """For each sort of page what makes the address of one at random."""
    choose = random.Random(seed)
    with archive.reader() as session:
        last = session.scalar(select(func.max(Agency.id))) or 1
        numbers = [choose.randint(1, last) for _ in range(2_000)]
        reports = [
            f"{agency}/{of}/{scope}"
            for agency, of, scope in session.execute(
                select(Report.agency_id, Report.year, Report.scope).where(
                    Report.agency_id.in_(numbers)
                )
            )
        ]
        codes = sorted(
            {
                code[:6]
                for code in session.scalars(
                    select(Agency.division_code).where(Agency.id.in_(numbers))
                )
                if code
            }
        )

    def code(digits: int) -> str:
        return choose.choice(codes)[:digits]

    def report() -> str:
        return choose.choice(reports)

    return {
        "the year": lambda: f"/?year={year}",
        "a province": lambda: f"/?year={year}&division={code(2)}",
        "a prefecture": lambda: f"/?year={year}&division={code(4)}",
        "a county": lambda: f"/?year={year}&division={code(6)}",
        "a status in a province": lambda: (
            f"/?year={year}&division={code(2)}&status={choose.choice(_STATUSES)}"
        ),
        "the missing of a province": lambda: f"/missing?year={year}&division={code(2)}",
        "an agency": lambda: f"/agencies/{choose.choice(numbers)}",
        "a report": lambda: f"/reports/{report()}",
        "years side by side": lambda: f"/compare?agency={choose.choice(numbers)}",
        "agencies side by side": lambda: f"/compare?report={report()}&report={report()}&q=教育局",
        "search": lambda: f"/search?q={choose.choice(_WORDS)}",
        "search in a province": lambda: f"/search?q={choose.choice(_WORDS)}&division={code(2)}",
        "API: an agency": lambda: f"/api/v1/agencies/{choose.choice(numbers)}",
        "API: search": lambda: f"/api/v1/search?text={choose.choice(_WORDS)}",
    }


async def load(
    base: str,
    made: dict[str, Callable[[], str]],
    rate: float,
    seconds: float,
    server: int,
    clients: int,
) -> tuple[dict[str, list[float]], list[str], int]:
    """The seconds of each sort of page, what went wrong, and the most memory of the server in bytes."""
    times: dict[str, list[float]] = defaultdict(list)
    wrong: list[str] = []
    memory = 0
    choose = random.Random(7)
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    async with httpx.AsyncClient(
        base_url=base, timeout=_PATIENCE, limits=limits, trust_env=False
    ) as client:

        async def ask(sort: str) -> None:
            address = made[sort]()
            client_of = {"x-forwarded-for": str(_FIRST_CLIENT + choose.randrange(clients))}
            started = time.perf_counter()
            try:
                answer = await client.get(address, headers=client_of)
            except httpx.HTTPError as error:
                wrong.append(f"{address}: {error!r}")
                return
            times[sort].append(time.perf_counter() - started)
            if answer.status_code != httpx.codes.OK:
                wrong.append(f"{address}: {answer.status_code}")

        began = time.perf_counter()
        asked: list[asyncio.Task[None]] = []
        while (now := time.perf_counter() - began) < seconds:
            due = int(now * rate) + 1
            while len(asked) < due:
                asked.append(asyncio.create_task(ask(choose.choice(list(made)))))
            if len(asked) % 20 == 0:
                memory = max(memory, _memory(server))
            await asyncio.sleep(max(0.0, len(asked) / rate - (time.perf_counter() - began)))
        await asyncio.gather(*asked)
    return times, wrong, memory


def _memory(root: int) -> int:
    """Bytes of memory of a process and of those it started; what they share counts once."""
    total, waiting = 0, [root]
    while waiting:
        process = waiting.pop()
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
        waiting += map(int, children)
    return total


def main() -> None:
    """Serve, ask, and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--clients", type=int, default=100, help="addresses that ask")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    made = addresses(Archive.open(asked.folder), asked.year, asked.seed)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "gongkai.py", "serve", "--archive", str(asked.folder)]
    server = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        _wait(base, asked.year)
        times, wrong, memory = asyncio.run(
            load(base, made, asked.rate, asked.seconds, server.pid, asked.clients)
        )
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
    print(f"{'page':32} {'asked':>6} {'median':>9} {'p95':>9} {'slowest':>9}")
    every = [one for several in times.values() for one in several]
    for sort, several in [*times.items(), ("all", every)]:
        ordered = sorted(several)
        print(
            f"{sort:32} {len(ordered):6} {statistics.median(ordered) * 1000:6.0f} ms "
            f"{ordered[int(len(ordered) * 0.95)] * 1000:6.0f} ms {ordered[-1] * 1000:6.0f} ms"
        )
    print(f"memory at most {memory / 1e6:.0f} MB; load {os.getloadavg()[0]:.1f}")
    for one in wrong[:10]:
        print("wrong:", one)
    print(f"{len(wrong)} went wrong")


def _wait(base: str, year: int) -> None:
    """Until the server answers and the year is counted."""
    until = time.monotonic() + 600
    while time.monotonic() < until:
        try:
            answer = httpx.get(f"{base}/api/v1/agencies?limit=1", trust_env=False, timeout=30)
            page = httpx.get(f"{base}/?year={year}&lang=en", trust_env=False, timeout=30)
        except httpx.TransportError:
            time.sleep(0.3)
            continue
        if answer.status_code == httpx.codes.OK and "counted" not in page.text:
            return
        time.sleep(2)
    raise SystemExit("the server did not come up, or did not count the year, in ten minutes")


if __name__ == "__main__":
    main()
