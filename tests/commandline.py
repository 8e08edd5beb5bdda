"""The command line as a user runs it: in a process of its own, without a way out of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

Gongkai = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[1]


def runner(archive: Path) -> Gongkai:
    """A function that runs ``gongkai`` in a process of its own on ``archive``."""

    def run(
        *arguments: object,
        web: str = "",
        now: datetime | None = None,
        status: int | None = 0,
        **settings: str,
    ) -> subprocess.CompletedProcess[str]:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.lower().endswith("_proxy") and not name.startswith("GONGKAI_")
        }
        environment |= {
            "GONGKAI_ARCHIVE": str(archive),
            "GONGKAI_CRAWL__OFFICIAL_DOMAINS": ".gov.test",
            "GONGKAI_CRAWL__DELAY": "0",
            "GONGKAI_CRAWL__CONTACT": "test@example.org",
            # Without a sample web there is no way out of this machine.
            "http_proxy": web or "http://127.0.0.1:9",
            "https_proxy": web or "http://127.0.0.1:9",
            **settings,
        }
        if now is not None:
            environment["GONGKAI_NOW"] = now.isoformat()
        done = subprocess.run(
            [sys.executable, "-m", "gongkai", *map(str, arguments)],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if status is not None:
            assert done.returncode == status, f"{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run
