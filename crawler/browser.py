"""Chromium for pages that only their scripts fill, where ``[crawl] browser`` allows it.

The browser never talks to the network. Every request that a page makes is made by the crawler instead, with
its guard, robots.txt, delays and budget, and is recorded like any other; the browser is given the answer.
Pictures and the like are not asked for. What a page shows in the end is read like a page of a list.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from archive.errors import UsageError
from crawler.failures import BudgetSpent, FetchFailed
from crawler.fetcher import Fetcher, Shown
from crawler.pages import Page
from crawler.platforms import Ask

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, Route
    from playwright.async_api import Page as Tab

logger = logging.getLogger(__name__)

MAX_TURNS = 30
"""Pages of a list that are turned by a click on 下一页."""
_SECONDS = 30.0
_QUIET = 1.5
"""A page is finished when it has asked for nothing for so many seconds."""
_ASKED = frozenset({"document", "script", "xhr", "fetch"})
_SENT = frozenset({"accept", "content-type", "referer", "x-requested-with"})
_NOWHERE = "http://127.0.0.1:9"
_ARGUMENTS = (
    # What is not routed leads nowhere: no names, no proxy that answers, not even this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-pings",
)
_NEXT = """
() => {
  const words = /^(下一?页|后一?页|下页|next|>|»|›)[>»›]*$/i;
  const off = node => node.disabled || node.getAttribute('aria-disabled') === 'true'
    || /(^|[-_ ])(disabled|disable|gray|nolink)([-_ ]|$)/i.test(node.className + ' ' + (node.parentElement || {}).className);
  for (const node of document.querySelectorAll('a, button, li, span')) {
    if (node.children.length === 0 && words.test(node.textContent.replace(/\\s/g, ''))) {
      if (off(node) || node.offsetParent === null) return false;
      node.click();
      return true;
    }
  }
  return null;
}
"""


def check_installed() -> None:
    """Raises :class:`~archive.errors.UsageError` where the extra is not installed."""
    if find_spec("playwright") is None:
        raise UsageError("[crawl] browser = true needs the extra: pip install 'gongkai[browser]'")


class Browser:
    """One Chromium for a crawling process; ``path`` is its program, empty for the one of Playwright.

    Use it as an asynchronous context manager; it is started when it is first needed.
    """

    def __init__(self, path: str = "") -> None:
        self._path = path
        self._started: tuple[Any, Chromium] | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._started is not None:
            driver, chromium = self._started
            await chromium.close()
            await driver.stop()

    async def shown(self, fetcher: Fetcher, page: Page) -> Shown:
        """What ``page`` shows when its scripts have run, and after each click on 下一页.

        Raises :class:`BudgetSpent`, and :class:`FetchFailed` where the browser does not work.
        """
        from playwright.async_api import Error

        async with self._turn:
            try:
                chromium = await self._start()
                context = await chromium.new_context(
                    accept_downloads=False, service_workers="block", locale="zh-CN"
                )
            except Error as error:
                raise FetchFailed(
                    "browser", f"Chromium does not start: {_first_line(error)}"
                ) from None
            visit = _Visit(fetcher, page)
            try:
                return await asyncio.wait_for(visit.run(context), 4 * _SECONDS)
            except (Error, TimeoutError) as error:
                if visit.spent:
                    raise BudgetSpent from None
                raise FetchFailed("browser", f"Chromium gave up: {_first_line(error)}") from None
            finally:
                with contextlib.suppress(Error):
                    await context.close()

    async def _start(self) -> Chromium:
        if self._started is None:
            from playwright.async_api import async_playwright

            driver = await async_playwright().start()
            chromium = await driver.chromium.launch(
                executable_path=self._path or None,
                args=list(_ARGUMENTS),
                proxy={"server": _NOWHERE},
                # Its sandbox does not work for root.
                chromium_sandbox=os.geteuid() != 0,
            )
            self._started = driver, chromium
        return self._started[1]


class _Visit:
    """One page in the browser, and the requests that it makes."""

    def __init__(self, fetcher: Fetcher, page: Page) -> None:
        self._fetcher = fetcher
        self._page = page
        self._given = False
        self._under_way = 0
        self._lost = 0
        self.spent = False

    async def run(self, context: BrowserContext) -> Shown:
        await context.route("**/*", self._answer)
        await context.route_web_socket("**/*", lambda socket: socket.close())
        tab = await context.new_page()
        tab.set_default_timeout(_SECONDS * 1000)
        await tab.goto(self._page.url, wait_until="domcontentloaded")
        shown = [await self._snapshot(tab)]
        for _ in range(MAX_TURNS):
            lost = self._lost
            turned = await tab.evaluate(_NEXT)
            if not turned:
                return self._done(Shown(shown, True if turned is False or shown[1:] else None))
            now = await self._snapshot(tab)
            if now.body == shown[-1].body:
                # A slow machine may not have got round to the page's scripts: a second look decides.
                now = await self._snapshot(tab)
            if now.body == shown[-1].body:
                # A page that stays as it is because its question failed is no end.
                return self._done(Shown(shown, self._lost == lost))
            shown.append(now)
        return self._done(Shown(shown, False))

    def _done(self, shown: Shown) -> Shown:
        if self.spent:
            raise BudgetSpent
        return shown

    async def _snapshot(self, tab: Tab) -> Page:
        """The page as it stands once it has asked for nothing for a while."""
        loop = asyncio.get_running_loop()
        limit, quiet = loop.time() + _SECONDS, loop.time() + _QUIET
        while loop.time() < min(limit, quiet):
            await asyncio.sleep(0.05)
            if self._under_way:
                quiet = loop.time() + _QUIET
        html = await tab.content()
        # The bytes that were received are in the archive; this is what scripts made of them.
        return replace(self._page, body=html.encode(), content_type="text/html; charset=utf-8")

    async def _answer(self, route: Route) -> None:
        """Make the request of the browser, or refuse it."""
        from playwright.async_api import Error

        request = route.request
        if request.resource_type not in _ASKED or self.spent:
            await route.abort()
            return
        if not self._given and request.is_navigation_request() and request.url == self._page.url:
            self._given = True
            await route.fulfill(
                body=self._page.body, content_type=self._page.content_type or "text/html"
            )
            return
        if request.is_navigation_request() and request.frame.parent_frame is None:
            await route.abort()  # A page that wants to go elsewhere is no list.
            return
        self._under_way += 1
        try:
            headers = tuple((k, v) for k, v in request.headers.items() if k.lower() in _SENT)
            ask = Ask(request.url, request.method, request.post_data or "", headers)
            got: Page | None = await self._fetcher.get(ask, "list")
        except FetchFailed as failure:
            logger.info("%s: %s", request.url, failure.detail)
            got = None
            self._lost += 1
        except BudgetSpent:
            self.spent, got = True, None
        finally:
            self._under_way -= 1
        with contextlib.suppress(Error):  # The page may be closed by now.
            if got is None:
                await route.abort()
            else:
                await route.fulfill(
                    body=got.body,
                    content_type=got.content_type or "text/plain",
                    headers={"Access-Control-Allow-Origin": "*"},
                )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["no answer in time"])[0][:200]
