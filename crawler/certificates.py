"""Whether the certificates of hosts verify: noted for each host and never enforced.

Many government certificates are expired, incomplete or another site's. Their pages are public and are read
all the same, but who relies on what was received must know how far the connection vouches for it. The
chain that the server sent is checked once a host and process against the authorities that the machine
trusts, at the time of the machine's clock; the result goes with every exchange.
"""

from __future__ import annotations

import ipaddress
import ssl
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from OpenSSL import SSL, crypto
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from service_identity import CertificateError, VerificationError
from service_identity.pyopenssl import verify_hostname, verify_ip_address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

VERIFIED = "verified"
"""What is noted of a certificate that is in order; of others, in OpenSSL's words, what is not."""

_connections: dict[tuple[str, int], SSL.Connection] = {}
_results: dict[tuple[str, int], str | None] = {}


class CertificateNotingHandler(HTTP11DownloadHandler):
    """Scrapy's handler of https, whose connections can be asked for the certificates they got."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # The setting for another context factory is deprecated; the handler is ours to set.
        policy: Any = _Noting(self._contextFactory)
        self._contextFactory = policy


def result(url: str) -> str | None:
    """:data:`VERIFIED`, or why the certificate of the host of ``url`` does not verify.

    None where no connection was made to it or nothing can be said: the machine trusts no authority.
    """
    parts = urlsplit(url)
    key = parts.hostname or "", parts.port or 443
    connection = _connections.pop(key, None)
    if connection is not None:
        _results[key] = _check(connection, key[0])
    return _results.get(key)


def _check(connection: SSL.Connection, host: str) -> str | None:
    authorities = _authorities()
    leaf: crypto.X509 | None = connection.get_peer_certificate()
    if authorities is None or leaf is None:
        return None
    chain = (connection.get_peer_cert_chain() or [])[1:]
    try:
        crypto.X509StoreContext(authorities, leaf, chain).verify_certificate()
    except crypto.X509StoreContextError as error:
        return str(error).strip() or "the certificate cannot be verified"
    try:
        if _is_address(host):
            verify_ip_address(connection, host)
        else:
            verify_hostname(connection, host.encode("idna").decode("ascii"))
    except (VerificationError, CertificateError, UnicodeError, ValueError):
        return "hostname mismatch"
    return VERIFIED


@cache
def _authorities() -> crypto.X509Store | None:
    """The authorities that the machine trusts; None if it has none."""
    places = ssl.get_default_verify_paths()
    if not places.cafile and not places.capath:
        return None
    store = crypto.X509Store()
    store.load_locations(places.cafile, places.capath)
    return store


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@implementer(IPolicyForHTTPS)
class _Noting:
    """A policy that makes the connections of another and remembers the first to each host."""

    def __init__(self, policy: Any) -> None:
        self._policy = policy

    def creatorForNetloc(  # noqa: N802 - Twisted's name
        self, hostname: bytes, port: int
    ) -> _NotingCreator:
        """As the other policy, with a note."""
        creator = self._policy.creatorForNetloc(hostname, port)
        return _NotingCreator(creator, (hostname.decode("ascii").lower(), port))


@implementer(IOpenSSLClientConnectionCreator)
class _NotingCreator:
    def __init__(self, creator: Any, key: tuple[str, int]) -> None:
        self._creator = creator
        self._key = key

    def clientConnectionForTLS(  # noqa: N802 - Twisted's name
        self,
        tlsProtocol: TLSMemoryBIOProtocol,  # noqa: N803 - Twisted's name
    ) -> SSL.Connection:
        """A connection, kept until it was asked whether its certificate verifies."""
        connection: SSL.Connection = self._creator.clientConnectionForTLS(tlsProtocol)
        if self._key not in _results:
            _connections[self._key] = connection
        return connection
