"""Hosts: which are official, which carry copies of official pages, and one form for a site's address.

Mirrors of government sites are many, and they rewrite what they copy: names of cities, addresses,
figures. What stands on one is no evidence of anything, whatever address it imitates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

_INDEX = re.compile(r"/(?:index|default|main)\.(?:s?html?|jsp|aspx?|php)$", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)


def is_official(url: str, domains: Sequence[str]) -> bool:
    """Whether ``url`` is http(s) on a host that ends in one of ``domains`` (``.gov.cn``)."""
    host = host_of(url)
    return any(host == domain.lstrip(".") or _below(host, domain) for domain in domains if host)


def host_of(url: str) -> str:
    """The host of an http(s) address in lower case; empty if it is none."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    return host if parts.scheme in ("http", "https") else ""


def site_key(url: str) -> str:
    """The same for all addresses of a site's start page: no scheme, ``www.`` or ``index.html``."""
    host = host_of(url)
    if not host:
        return ""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        return ""
    path = _INDEX.sub("/", parts.path or "/")
    shown = "" if port in (None, 80, 443) else f":{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{host.removeprefix('www.')}{shown}{path.rstrip('/')}/{query}"


class OfficialHosts:
    """The hosts whose pages count: those below ``domains``, and single ``hosts`` of vertical systems."""

    def __init__(self, domains: Sequence[str], hosts: Iterable[str] = ()) -> None:
        self._domains = domains
        self.hosts = frozenset(hosts)

    def official(self, url: str) -> bool:
        """Whether a page at ``url`` is evidence of what an agency publishes."""
        return host_of(url) in self.hosts or is_official(url, self._domains)

    def copied_from(self, url: str) -> str | None:
        """The official host that an address elsewhere imitates in its name or path; None for no mirror."""
        if self.official(url) or not host_of(url):
            return None
        for found in _HOST.findall(unquote(url.partition("://")[2])):
            labels = found.lower().split(".")
            for end in range(len(labels), 1, -1):
                name = ".".join(labels[:end])
                if self.official(f"http://{name}/"):
                    return name
        return None


def _below(host: str, domain: str) -> bool:
    return host.endswith("." + domain.lstrip("."))
