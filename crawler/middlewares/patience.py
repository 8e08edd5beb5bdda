"""Waiting: before trying again, and for one's turn at a host.

Scrapy keeps one request at a time per host within a process. Hosts are parted among processes, but a
link may lead to a host of another process: so each host has a file that is locked for as long as a
request to it runs, and says when the last one began.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from archive import clock

MAX_WAIT = 120.0
"""Seconds that a ``Retry-After`` is heeded; a site that asks for more is left for another day."""
_POLL = 0.05


def set_delay(crawler: Crawler, host: str, delay: float) -> None:
    """Make ``delay`` the seconds between two requests to ``host``, unless ours are more."""
    assert crawler.engine is not None
    downloader = crawler.engine.downloader
    delay = max(delay, crawler.settings.getfloat("DOWNLOAD_DELAY"))
    # Slots are thrown away when idle: the setting makes the next one.
    downloader.per_slot_settings[host] = {"delay": delay}
    if host in downloader.slots:
        downloader.slots[host].delay = delay


def delay_of(crawler: Crawler, host: str) -> float:
    """Seconds between two requests to ``host``."""
    assert crawler.engine is not None
    own = crawler.engine.downloader.per_slot_settings.get(host, {}).get("delay")
    return float(own) if own is not None else crawler.settings.getfloat("DOWNLOAD_DELAY")


class PatientRetryMiddleware(RetryMiddleware):
    """Scrapy's retries, with a wait before each that doubles, or what ``Retry-After`` asks."""

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Wait, then try again."""
        result = super().process_response(request=request, response=response)
        if isinstance(result, Request):
            await asyncio.sleep(self._wait(result, response))
        return result

    async def process_exception(  # type: ignore[override]
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        """Wait, then try again."""
        result = super().process_exception(request=request, exception=exception)
        if isinstance(result, Request):
            await asyncio.sleep(self._wait(result, None))
        return result

    def _wait(self, request: Request, response: Response | None) -> float:
        asked = retry_after(response) if response is not None else None
        if asked is not None:
            return min(asked, MAX_WAIT)
        delay = delay_of(self.crawler, urlparse_cached(request).hostname or "")
        times = int(request.meta.get("retry_times", 1))
        return float(min(delay * 2**times, MAX_WAIT))


def retry_after(response: Response) -> float | None:
    """Seconds that ``Retry-After`` asks for, given as a number or as a date."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment - clock.now()).total_seconds()) if moment.tzinfo else None


class TurnsMiddleware:
    """One request at a time per host, over all processes of a run."""

    def __init__(self, crawler: Crawler, folder: Path) -> None:
        self._crawler = crawler
        self._folder = folder
        self._held: dict[Request, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The folder of the files is the job's."""
        spider: Any = crawler.spider
        return cls(crawler, spider.job.turns)

    async def process_request(self, request: Request) -> None:
        """Wait for the host to be free and the delay to be over."""
        host = urlparse_cached(request).hostname or ""
        name = hashlib.sha256(host.encode()).hexdigest()[:20]
        file = os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(_POLL)
            delay = delay_of(self._crawler, host)
            last = float(os.pread(file, 40, 0) or b"0")
            await asyncio.sleep(min(delay, max(0.0, last + delay - time.time())))
            os.pwrite(file, f"{time.time():.6f}".encode(), 0)
        except BaseException:
            os.close(file)
            raise
        self._held[request] = file

    def process_response(self, request: Request, response: Response) -> Response:
        """Let the next one go."""
        self._let_go(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Let the next one go."""
        self._let_go(request)

    def _let_go(self, request: Request) -> None:
        file = self._held.pop(request, None)
        if file is not None:
            os.close(file)
