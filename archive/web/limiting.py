"""How often one client may ask for what is costly: searches, audits, evidence, pictures, whole lists.

A client is an address; behind a proxy it is the one that a trusted proxy names, never one that the client
names itself. A whole office may share an address, so the limit is far above what one person asks for: it stops
programs, not people. Each sort of request has a window of its own: who turns pages still may search.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Depends, HTTPException, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from archive.settings import WebSettings

HEAVY = 5
"""Requests that a question counts for which programs ask, and which may take a quarter of a second."""
WHOLE = 50
"""Requests that a file counts for which takes a hundred times as long as a page."""


@dataclass(slots=True)
class Limits:
    """Counts what is asked for by the setting ``[web] requests_per_minute``; one for the whole program."""

    settings: WebSettings
    _counter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()), repr=False
    )

    def wait(self, sort: str, client: str, cost: int = 1, times: int = 1) -> int:
        """Count a request. Returns 0 if it may go on, else the seconds after which to ask again.

        ``cost`` is as how many requests it counts; ``times`` as many of its sort are allowed as of others.
        """
        most = self.settings.requests_per_minute * times
        if not most:
            return 0
        item = RateLimitItemPerMinute(most)
        if self._counter.hit(item, sort, client, cost=min(cost, most)):
            return 0
        until = self._counter.get_window_stats(item, sort, client).reset_time
        return max(1, math.ceil(until - time.time()))

    def client(self, request: Request) -> str:
        """Who sends a request, as :func:`client_of` tells it."""
        peer = request.client.host if request.client else ""
        named = request.headers.getlist("x-forwarded-for")
        return client_of(peer, named, self.settings.trusted_proxies)

    def check(self, request: Request, sort: str, cost: int = 1, times: int = 1) -> None:
        """Count a request, as :meth:`wait` does; raises the answer 429 with ``Retry-After``."""
        if seconds := self.wait(sort, self.client(request), cost, times):
            raise HTTPException(
                429,
                "too many requests from this address, which others may share; "
                f"ask again in {seconds} s",
                {"Retry-After": str(seconds)},
            )


def limited(sort: str, cost: int = 1, times: int = 1) -> Any:
    """What a route depends on that is costly; see :meth:`Limits.wait`."""

    def check(request: Request) -> None:
        limits: Limits = request.app.state.limits
        limits.check(request, sort, cost, times)

    return Depends(check)


def client_of(peer: str, named: Sequence[str], trusted: Sequence[str]) -> str:
    """Who asks: ``peer``, or whom a proxy that is ``trusted`` names in ``X-Forwarded-For``.

    Each proxy adds to the end of the list whom it heard, so the last that is no proxy of ours counts; what
    stands before it anybody may have written. Of IPv6 a customer has a network, which is what counts.
    """
    if peer in trusted:
        hops = [hop.strip() for line in named for hop in line.split(",")]
        for hop in reversed(hops):
            if hop not in trusted:
                return _network(hop) or peer
    return _network(peer) or peer


def _network(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))
