"""One address fetched by hand, through the same guards and into the same archive as a crawl."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Spider

from crawler.failures import BudgetSpent
from crawler.fetcher import Fetcher
from crawler.job import Job, Tally
from crawler.platforms import Row
from crawler.reports import fetch_report


class OneDocument(Spider):
    """Fetches the report at an address: the page, or the document that the page links."""

    name = "one_document"

    def __init__(self, job: Job, url: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.job = job
        self.finished = False
        self._url = url

    async def start(self) -> AsyncIterator[Any]:
        """Fetch it and tell the id of its capture, or why there is none."""
        assert self.crawler.engine is not None
        fetcher = Fetcher(self.job, self.crawler.engine, Tally(None))
        try:
            report = await fetch_report(fetcher, Row(self._url, ""))
            capture, note = report.document_id, report.note
            if report.listing is not None:
                note = "the page is a list of reports; name the address of one of them"
        except BudgetSpent:
            capture, note = None, "it takes more requests than [crawl] max_requests_per_place"
        self.job.tell({"event": "fetched", "capture": capture, "note": note})
        self.finished = True
        nothing: tuple[Any, ...] = ()
        for item in nothing:
            yield item
