"""One crawling process: reads its plan from standard input, tells its progress on standard output.

Standard input stays open as long as the parent lives: when it ends, so does this process, at once and
wherever it is. Two processes must never talk to one host.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.captures import Recorder
from archive.errors import GongkaiError
from archive.folder import Archive
from crawler import settings as ours
from crawler.job import Job
from crawler.spiders.annual_reports import AnnualReports
from crawler.spiders.one_document import OneDocument

_EVERY = 0.2
"""Seconds between two lines that only count requests."""


class Teller:
    """Writes progress as JSON lines; requests are counted and told together."""

    def __init__(self) -> None:
        self._requests = 0
        self._told = 0.0

    def __call__(self, event: dict[str, Any]) -> None:
        """Tell of ``event``."""
        if event["event"] == "request":
            self._requests += 1
            if time.monotonic() - self._told < _EVERY:
                return
        line = json.dumps(event | {"requests": self._requests}, ensure_ascii=False)
        self._requests, self._told = 0, time.monotonic()
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def crawl(plan: dict[str, Any]) -> bool:
    """Visit the places of ``plan``, or fetch its document; whether it came to its end."""
    archive = Archive.opened(Path(plan["archive"]))
    log = archive.log_folder / f"crawl-{plan['run']:06}-{plan['part']}.log"
    with Recorder(archive, plan["run"], plan["part"]) as recorder:
        job = Job(
            archive,
            recorder,
            plan["run"],
            Path(plan["turns"]),
            plan.get("groups", []),
            plan.get("year"),
            Teller(),
        )
        if "document" in plan:
            return run(OneDocument, log, job=job, url=plan["document"])
        return run(AnnualReports, log, job=job)


def run(spider: type[AnnualReports | OneDocument], log: Path, **arguments: Any) -> bool:
    """Run a spider in this process; whether it came to its end."""
    settings = Settings()
    settings.setmodule(ours, priority="project")
    job: Job = arguments["job"]
    settings.update(ours.for_archive(job.limits, log, job.official.hosts), priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider)
    process.crawl(crawler, **arguments)
    # What is imported stays; to look through it for garbage again and again took a fifteenth of the time.
    gc.collect()
    gc.freeze()
    process.start()
    return bool(getattr(crawler.spider, "finished", False))


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def main() -> int:
    """0: every place was visited; 1: something failed or the parent stopped us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent decides; it sends SIGTERM.
    plan = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        return 0 if crawl(plan) else 1
    except GongkaiError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    # The thread that waits for the parent cannot be joined.
    status = main()
    sys.stdout.flush()
    os._exit(status)
