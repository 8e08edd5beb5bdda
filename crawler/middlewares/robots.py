"""robots.txt: Scrapy's middleware, stricter where a file cannot be had and laxer where it is none.

An error of the server or a connection that fails means no (RFC 9309 §2.3.1.4). A file that is not there
means yes. Some sites answer every unknown address with their home page: HTML is no robots.txt.
``Crawl-delay`` becomes the delay of the host if it is longer than ours.
"""

from __future__ import annotations

import logging
import re

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from archive.captures import StorageError
from crawler.failures import Challenge, Refusal, classify
from crawler.middlewares import patience

logger = logging.getLogger(__name__)

MAX_CRAWL_DELAY = 60.0
"""Longer ones are kept to this: the file of one site must not hold a process for days."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Obeys robots.txt; every exchange about it is recorded like any other."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._verdicts: dict[str, RobotParser | Refusal | Challenge] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of the host.

        Raises :class:`Refusal` or :class:`Challenge` where they could not be had.
        """
        url = urlparse_cached(request)
        origin = f"{url.scheme}://{url.netloc}"
        if origin not in self._verdicts:
            self._verdicts[origin] = await self._ask(origin, request)
        verdict = self._verdicts[origin]
        if isinstance(verdict, Refusal | Challenge):
            raise verdict
        return verdict

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise :class:`Refusal` for an address that the rules forbid."""
        if rp is not None and not rp.allowed(request.url, self._robotstxt_useragent or "*"):
            raise Refusal("robots", f"robots.txt forbids {request.url}")

    async def _ask(self, origin: str, request: Request) -> RobotParser | Refusal | Challenge:
        address = f"{origin}/robots.txt"
        asked = Request(
            address,
            priority=self.DOWNLOAD_PRIORITY,
            meta={
                "dont_obey_robotstxt": True,
                "purpose": "robots",
                "visit": request.meta.get("visit"),
            },
            callback=NO_CALLBACK,
        )
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(asked)
        except Challenge as challenge:
            return challenge
        except StorageError:
            raise  # The archive cannot be written: nothing may go on.
        except Exception as error:
            kind, detail = classify(error)
            logger.info("%s: %s", address, detail)
            return Refusal(kind, f"robots.txt could not be had, which means no: {detail}")
        if response.status >= 500 or response.status == 429:
            return Refusal(
                "http_5xx" if response.status >= 500 else "http_429",
                f"robots.txt answered {response.status}, which means no",
            )
        usable = response.status == 200 and not is_html(
            response.body, (response.headers.get("Content-Type") or b"").decode("latin-1")
        )
        parser: RobotParser = build_from_crawler(
            self._parserimpl,
            self.crawler,
            response.body if usable else b"",
        )
        self._slow_down(parser, urlparse_cached(request).hostname or "")
        return parser

    def _slow_down(self, parser: RobotParser, host: str) -> None:
        wanted = parser.crawl_delay(self._robotstxt_useragent or "*")
        if wanted:
            patience.set_delay(self.crawler, host, min(float(wanted), MAX_CRAWL_DELAY))


def is_html(body: bytes, content_type: str) -> bool:
    """Whether an answer to /robots.txt is a page."""
    return "html" in content_type.lower() or bool(
        re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|script|meta)", body[:200], re.I)
    )
