"""Recording: every exchange goes into the archive, as received, failures and refusals included.

Closest to the downloader, so nothing has changed the response yet. Only here content codings are
undone; what cannot be undone within the limits is one recorded failure.
"""

from __future__ import annotations

import logging
from http.client import responses
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from archive import clock
from archive.captures import Exchange
from archive.content_encoding import UndecodableBody, decode
from crawler import certificates
from crawler.failures import BadBody, classify
from crawler.job import Job
from crawler.middlewares.guard import refused_names

logger = logging.getLogger(__name__)

ACCEPT_ENCODING = "gzip, deflate"
_SECRET = frozenset({"proxy-authorization"})

Headers = tuple[tuple[str, str], ...]


class RecordingMiddleware:
    """Records what passes, counts it for its visit, and hands decoded bodies on."""

    def __init__(self, job: Job, crawler: Crawler) -> None:
        self._job = job
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The job has the recorder."""
        spider: Any = crawler.spider
        return cls(spider.job, crawler)

    def process_request(self, request: Request) -> None:
        """Note when the request is made: the moment that what it shows is true of."""
        request.headers["Accept-Encoding"] = ACCEPT_ENCODING
        request.meta["fetched_at"] = clock.now()

    async def process_response(self, request: Request, response: Response) -> Response:
        """Record; raise :class:`BadBody` if the body cannot be decoded."""
        headers = _pairs(response.headers)
        codings = [value for name, value in headers if name.lower() == "content-encoding"]
        body: bytes | None = None
        failure: tuple[str | None, str] = (None, "")
        try:
            body = decode(response.body, codings, self._job.limits.max_bytes)
        except UndecodableBody as error:
            failure = BadBody.kind, str(error)
        request.meta["capture_id"] = await self._record(
            request,
            status=response.status,
            reason=responses.get(response.status, ""),
            response_headers=headers,
            body=response.body,
            failure=failure[0],
            failure_detail=failure[1],
            # Through a proxy we see the proxy's address, which says nothing of the server.
            certificate=(
                certificates.result(request.url) if request.url.startswith("https:") else None
            ),
            address=None if request.meta.get("proxy") else _text(response.ip_address),
        )
        if body is None:
            raise BadBody(f"the body cannot be decoded: {failure[1]}")
        # Of no subclass: pages decide about their encoding themselves (:class:`crawler.pages.Page`).
        return Response(
            response.url,
            response.status,
            response.headers,
            body,
            response.flags,
            certificate=response.certificate,
            ip_address=response.ip_address,
            protocol=response.protocol,
        )

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Record a failure, or a request that was refused before it was made."""
        kind, detail = classify(exception)
        if self._stopping():
            # Scrapy cancels what is under way as it cancels what is too large.
            kind, detail = "stopped", "we stopped before the answer was there"
        host = urlparse_cached(request).hostname or ""
        if kind == "dns" and host in refused_names:
            kind, detail = "private_address", f"{host} resolves to a private address"
            request.meta["failure"] = kind, detail
        if kind == "error":
            logger.error("%s: %s", request.url, detail)
        request.meta["capture_id"] = await self._record(
            request, failure=kind, failure_detail=detail
        )

    def _stopping(self) -> bool:
        engine = self._crawler.engine
        return engine is None or not engine.running

    async def _record(self, request: Request, **outcome: Any) -> int:
        visit = request.meta.get("visit")
        headers = tuple(p for p in _pairs(request.headers) if p[0].lower() not in _SECRET)
        exchange = Exchange(
            url=request.url,
            purpose=request.meta.get("purpose", "other"),
            fetched_at=request.meta.get("fetched_at") or clock.now(),
            method=request.method,
            request_headers=headers,
            request_body=request.body,
            visit_id=visit.id if visit is not None else None,
            **outcome,
        )
        self._job.count(visit)
        return await self._job.group.record(exchange)


def _pairs(headers: Any) -> Headers:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    )


def _text(address: Any) -> str | None:
    return str(address) if address is not None else None
