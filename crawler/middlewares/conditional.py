"""Conditional requests: what is archived already need not be sent again.

Only requests with ``meta["conditional"]`` ask, that is reports and their articles. Lists are always
read in full: they are the evidence.
"""

from __future__ import annotations

from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler

from archive.captures import validators


class ConditionalMiddleware:
    """Adds ``If-None-Match`` and ``If-Modified-Since`` from the newest capture of the address."""

    def __init__(self, job: Any) -> None:
        self._job = job

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The job knows the archive."""
        spider: Any = crawler.spider
        return cls(spider.job)

    def process_request(self, request: Request) -> None:
        """Ask only for what has changed."""
        if not request.meta.get("conditional"):
            return
        with self._job.archive.reader() as session:
            known = validators(session, request.url)
        for name, value in (
            ("If-None-Match", known and known.etag),
            ("If-Modified-Since", known and known.last_modified),
        ):
            if value:
                request.headers[name] = value.encode("latin-1", "replace")
            else:
                # After a redirect the headers are those of another address.
                request.headers.pop(name, None)
