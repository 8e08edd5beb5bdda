"""One page at a time for one visit: within its budget, with what the archive knows already."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.http.headers import Headers
from scrapy.http.request import NO_CALLBACK

from archive.captures import FixityError, StorageError, body
from archive.database.models import Capture
from crawler.failures import BudgetSpent, FetchFailed, classify
from crawler.job import Job, Tally
from crawler.middlewares.guard import refused_names
from crawler.pages import Page
from crawler.platforms import Ask

_STALE = re.compile(rb"(?:^|,)\s*11[0-2]\b")
"""Warnings of a cache: it answers with what is out of date, could not ask again, or is cut off."""
MAX_SHELLS = 3
"""Pages that only send on to another page, one after the other."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The pages of a list as a browser showed them. ``end`` tells whether the last of them is the end: it
    offers no next page, or the same again; None where no page offered a next one.
    """

    pages: list[Page]
    end: bool | None


class Fetcher:
    """Fetches the pages of one visit."""

    def __init__(self, job: Job, engine: ExecutionEngine, tally: Tally) -> None:
        self._job = job
        self._engine = engine
        self._tally = tally

    async def get(self, ask: Ask | str, purpose: str, *, conditional: bool = False) -> Page:
        """The page at an address.

        With ``conditional``, what the server declares unchanged is taken from the archive. Raises
        :class:`FetchFailed` where there is no page, :class:`BudgetSpent` where the visit has made all
        the requests it may.
        """
        ask = Ask(ask) if isinstance(ask, str) else ask
        if self._tally.requests >= self._job.limits.max_requests_per_place:
            raise BudgetSpent
        request = Request(
            ask.url,
            method=ask.method,
            body=ask.body,
            headers=dict(ask.headers),
            meta={"purpose": purpose, "visit": self._tally, "conditional": conditional},
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        try:
            response = await self._engine.download_async(request)
        except StorageError:
            raise  # The archive cannot be written: nothing may go on.
        except Exception as error:
            if not self._engine.running:
                # Stopping breaks off what is under way; nobody may take that for the site's failure.
                raise asyncio.CancelledError from None
            kind, detail = classify(error)
            host = urlsplit(ask.url).hostname or ""
            if kind == "dns" and host in refused_names:
                kind, detail = "private_address", f"{host} resolves to a private address"
            raise FetchFailed(kind, detail) from None
        assert response.request is not None
        meta = response.request.meta
        content = response.body
        if response.status == 304 and conditional:
            stored = self._stored(meta["capture_id"])
            if stored is None:
                return await self.get(ask, purpose)
            content = stored
        elif response.status >= 300 or response.status < 200:
            raise _refused(response.status, response.url)
        return Page(
            url=response.url,
            body=content,
            capture_id=meta["capture_id"],
            fetched_at=meta["fetched_at"],
            sent=ask.body,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
            age=_age(response.headers, meta["fetched_at"]),
        )

    async def open(self, ask: Ask | str, purpose: str, *, conditional: bool = False) -> Page:
        """Like :meth:`get`, through meta refreshes and scripts that only send the visitor on."""
        page = await self.get(ask, purpose, conditional=conditional)
        for _ in range(MAX_SHELLS):
            onward = page.shell
            if onward is None or onward == page.url:
                break
            page = await self.get(onward, purpose, conditional=conditional)
        return page

    async def shown(self, page: Page) -> Shown | None:
        """What a browser shows of ``page`` after its scripts have run; None where none may be used.

        Raises :class:`FetchFailed` where the browser does not work, :class:`BudgetSpent` as :meth:`get`.
        """
        browser = self._job.browser
        return await browser.shown(self, page) if browser is not None else None

    def compose(self, page: Page, pictures: Sequence[Page]) -> int | None:
        """The capture of a page with its pictures as one document; None where they make none."""
        parts = [page.capture_id, *(picture.capture_id for picture in pictures)]
        return self._job.recorder.compose(parts, self._tally.id)

    def _stored(self, capture_id: int) -> bytes | None:
        """The body that a 304 refers to, or None if the archive cannot give it."""
        with self._job.reader() as session:
            capture = session.get(Capture, capture_id)
            assert capture is not None
            try:
                return body(self._job.archive, session, capture)
            except (LookupError, FixityError):
                return None


def _age(headers: Headers, fetched_at: datetime) -> int | None:
    """Seconds that an answer is old by its ``Age`` or, where a cache answered, its ``Date`` (RFC 9111 §5.1).

    None where a cache calls it stale (RFC 7234 §5.5) and does not tell since when.
    """
    told = (headers.get("Age") or b"").strip()
    age = int(told) if re.fullmatch(rb"\d{1,9}", told) else 0
    stale = any(_STALE.search(value) for value in headers.getlist("Warning"))
    if not (told or stale or b"hit" in (headers.get("X-Cache") or b"").lower()):
        return age
    try:
        made = parsedate_to_datetime((headers.get("Date") or b"").decode("latin-1"))
    except ValueError:
        return None if stale and not told else age
    if made.tzinfo is None:
        made = made.replace(tzinfo=UTC)
    return max(age, int((fetched_at - made).total_seconds()))


def _refused(status: int, url: str) -> FetchFailed:
    if status >= 500:
        return FetchFailed("http_5xx", f"{url} answered {status}", status)
    if status >= 400:
        return FetchFailed(f"http_{status}", f"{url} answered {status}", status)
    return FetchFailed("redirect", f"{url} redirects to where we do not go ({status})", status)
