"""The spider: places of a site one after the other, many sites side by side.

A visit is a story with a beginning and an end (find the column, read all of it, judge), so it is told by
one coroutine that awaits its pages, instead of by callbacks. Every request still passes Scrapy's
scheduler of hosts and all middlewares.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Spider

from archive.captures import StorageError
from crawler.browser import Browser
from crawler.failures import classify
from crawler.job import Job, Tally
from crawler.verdict import Verdict
from crawler.visiting import visit
from crawler.visits import Outcome, begin, event, facts, finish

logger = logging.getLogger(__name__)

SITES_AT_ONCE = 48
"""Sites visited side by side; below Scrapy's limit of requests, so that none waits for another."""


class AnnualReports(Spider):
    """Visits the places of a job."""

    name = "annual_reports"

    def __init__(self, job: Job, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.job = job
        self.finished = False

    async def start(self) -> AsyncIterator[Any]:
        """Visit all places; ends when the last one is visited."""
        assert self.crawler.engine is not None
        free = asyncio.Semaphore(SITES_AT_ONCE)
        async with contextlib.AsyncExitStack() as stack:
            if self.job.limits.browser:
                browser = Browser(self.job.limits.browser_path)
                self.job.browser = await stack.enter_async_context(browser)
            async with asyncio.TaskGroup() as tasks:
                for places in self.job.groups:
                    tasks.create_task(self._site(places, free))
        self.finished = self.crawler.engine.running
        nothing: tuple[Any, ...] = ()
        for item in nothing:
            yield item

    async def _site(self, places: list[int], free: asyncio.Semaphore) -> None:
        async with free:
            for place_id in places:
                await self._place(place_id)

    async def _place(self, place_id: int) -> None:
        assert self.crawler.engine is not None
        with self.job.reader() as session:
            known = facts(session, place_id)
        visit_id = begin(self.job, place_id)
        tally = Tally(visit_id)
        self.job.tell({"event": "visiting", "url": known.url})
        try:
            with self.job.group.visit():
                outcome = await visit(self.job, self.crawler.engine, tally, known)
        except StorageError:
            raise
        except Exception as error:
            # One page that we cannot cope with must not cost the other places.
            logger.exception("the visit of %s failed", known.url)
            _kind, detail = classify(error)
            outcome = Outcome(
                Verdict("partial", "error", f"Gongkai failed on this site: {detail}.")
            )
        if not self.crawler.engine.running:
            raise asyncio.CancelledError
        finish(self.job, visit_id, outcome, tally.requests)
        logger.info("%s: %s: %s", known.url, outcome.verdict.verdict, outcome.verdict.reason)
        self.job.tell(event(known.url, outcome))
