"""The service in a process of its own, and what it leaves behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from commandline import ROOT
from sqlalchemy import select
from world import Fate

from archive import agencies
from archive.database.models import Run
from archive.folder import Archive
from crawler.sampleweb import SampleWeb
from crawler.sampleweb.plan import moment

NOW = moment("2025-02-12 10:00")


def make_archive(folder: Path, *fates: Fate) -> Archive:
    """An archive with some agencies of the world."""
    archive = Archive.create(folder)
    table = folder.with_suffix(".csv")
    rows = [f"{fate.agency},{fate.kind},{fate.url}" for fate in fates]
    table.write_text("\n".join(["name,kind,home_url", *rows]) + "\n", encoding="utf-8")
    with archive.session() as session:
        agencies.import_csv(session, table)
        session.commit()
    return archive


def service(
    folder: Path, web: SampleWeb, *, now: datetime | None = NOW, **settings: str
) -> subprocess.Popen[str]:
    """``gongkai schedule run`` on its way; its clock is set to ``now``, or not at all."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and not name.startswith("GONGKAI_")
    }
    environment |= {
        "GONGKAI_CRAWL__OFFICIAL_DOMAINS": ".gov.test",
        "GONGKAI_CRAWL__DELAY": "0",
        "GONGKAI_SCHEDULE__TICK_SECONDS": "1",
        "http_proxy": web.proxy_url,
        "https_proxy": web.proxy_url,
        **settings,
    }
    if now is not None:
        environment["GONGKAI_NOW"] = now.isoformat()
    return subprocess.Popen(
        [sys.executable, "-m", "gongkai", "schedule", "run", "--archive", str(folder)],
        env=environment,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(what: Callable[[], Any], seconds: float = 90) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


def told(folder: Path) -> dict[str, Any]:
    """What the status file says; nothing where a full disk left half of it."""
    try:
        return dict(json.loads((folder / "schedule.json").read_text("utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def wait_for_ticks(folder: Path, number: int = 2) -> None:
    """Let the service end so many ticks; the last of two has begun with the clock as it is now."""
    path = folder / "schedule.json"

    def ended_since(before: int) -> bool:
        return path.stat().st_mtime_ns > before and told(folder).get("state") == "waiting"

    for _ in range(number):
        before = path.stat().st_mtime_ns
        wait_for(partial(ended_since, before))


def runs(folder: Path, command: str) -> list[str]:
    with Archive.open(folder).reader() as session:
        return list(session.scalars(select(Run.state).filter_by(command=command).order_by(Run.id)))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
