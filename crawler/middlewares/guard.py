"""Only official sites, only http, no private addresses: on every hop, redirects included.

A page can link or redirect anywhere, and names can resolve to anything. The guard looks at the
address of every request; the resolver looks at what a name resolves to, which is what is connected.
The proxy of the environment is our own setting, not a page's, and may be anywhere.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from archive.hosts import OfficialHosts
from crawler.failures import Refusal

refused_names: set[str] = set()
"""Names that the resolver refused in this process: Twisted tells a lookup error and nothing more."""


def is_private(address: str) -> bool:
    """Whether an IP address is not one of the public internet."""
    try:
        ip = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return not (mapped or ip).is_global or ip.is_multicast


class GuardMiddleware:
    """Refuses requests that lead away from official sites."""

    def __init__(self, domains: Sequence[str], private: bool, hosts: Iterable[str] = ()) -> None:
        self._official = OfficialHosts(domains, hosts)
        self._private = private

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the domains, and single hosts, from the settings."""
        settings = crawler.settings
        return cls(
            settings.getlist("GONGKAI_OFFICIAL_DOMAINS"),
            settings.getbool("GONGKAI_PRIVATE_ADDRESSES"),
            settings.getlist("GONGKAI_OFFICIAL_HOSTS"),
        )

    def process_request(self, request: Request) -> None:
        """Raise :class:`Refusal` for an address that is not ours to visit."""
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https"):
            raise Refusal("scheme", f"only http and https are fetched, not {parts.scheme}:")
        if not self._private and is_private(parts.hostname or ""):
            raise Refusal("private_address", f"{parts.hostname} is not an address of the internet")
        if not self._official.official(request.url):
            raise Refusal("unofficial", f"{parts.hostname} is no official host (official_domains)")


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, which refuses names that resolve to private addresses."""

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._private = False
        self._exempt = {urlsplit(url).hostname for url in getproxies().values()}

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: ReactorBase) -> Self:
        """Make it as Scrapy does and read whether private addresses are allowed."""
        made = super().from_crawler(crawler, reactor)
        made._private = crawler.settings.getbool("GONGKAI_PRIVATE_ADDRESSES")
        return made

    def getHostByName(  # noqa: N802 - Twisted's name
        self, name: str, timeout: Sequence[int] = ()
    ) -> Deferred[str]:
        """Resolve ``name``; fails with ``DNSLookupError`` for a private address."""
        found = super().getHostByName(name, timeout)
        if not self._private and name not in self._exempt:
            found.addCallback(self._check, name)
        return found

    def _check(self, address: str, name: str) -> str:
        if is_private(address):
            refused_names.add(name)
            raise DNSLookupError(f"{name} resolves to the private address {address}")
        return address
