"""Conditional requests: what is archived already need not be sent again.

Only requests with ``meta["conditional"]`` ask, that is reports and their articles. Lists are always
read in full: they are the evidence. A server's word that nothing changed is not taken for ever: some
answer 304 whatever they have, so from time to time the page is asked for in full.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.captures import Validators, validators
from archive.database.models import Capture
from archive.records import clean_url

TRUSTED = timedelta(days=60)
"""For so long after its last full answer a server is believed that a page is unchanged."""


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
        with self._job.reader() as session:
            known = validators(session, request.url)
            if known is not None and not _seen_lately(session, request.url, known):
                known = None
        for name, value in (
            ("If-None-Match", known and known.etag),
            ("If-Modified-Since", known and known.last_modified),
        ):
            if value:
                request.headers[name] = value.encode("latin-1", "replace")
            else:
                # After a redirect the headers are those of another address.
                request.headers.pop(name, None)


def _seen_lately(session: Session, url: str, known: Validators) -> bool:
    """Whether the body that is asked about was received itself not long ago."""
    received = session.scalar(
        select(Capture.fetched_at)
        .where(Capture.url == clean_url(url), Capture.http_status == 200)
        .where(Capture.sha256 == known.sha256)
        .order_by(Capture.fetched_at.desc())
        .limit(1)
    )
    return received is not None and clock.now() - received < TRUSTED
