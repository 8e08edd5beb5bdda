"""The proxy that makes the sample web real HTTP: any client that takes a proxy can visit it.

It answers for its own hosts only and forwards nothing, so nothing that runs behind it can reach
the network.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import logging
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from archive import clock as wall_clock
from crawler.sampleweb.content import sample_sites
from crawler.sampleweb.web import Request, Response, Site, html, text

DOMAIN = ".gov.test"
_MAX_FORM = 1_000_000
_GZIP_FROM = 500

logger = logging.getLogger(__name__)


class PortInUse(OSError):
    """The port is taken; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request in the log.

    ``at`` is the time by the clock of the web; ``started`` (request read) and ``finished`` (answer
    ready to be sent) are seconds of :func:`time.monotonic`: two visits of a host overlap if one
    starts before the other has finished. ``status`` is None where the connection was closed without
    an answer.
    """

    at: datetime
    method: str
    host: str
    path: str
    status: int | None
    started: float
    finished: float


class SampleWeb:
    """A small web on a local proxy port, for as long as the context lasts.

    ``clock`` is an aware datetime that can be set at any time: the web shows what was published by
    then; None means the present (:func:`archive.clock.now`). ``port`` 0 takes a free one.
    """

    def __init__(
        self, clock: datetime | None = None, port: int = 0, sites: Iterable[Site] | None = None
    ) -> None:
        sites = sample_sites() if sites is None else sites
        self.sites: dict[str, Site] = {site.host: site for site in sites}
        self.log: list[Visit] = []
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self.clock = clock

    @property
    def clock(self) -> datetime:
        """The moment the web shows."""
        return self._clock or wall_clock.now()

    @clock.setter
    def clock(self, moment: datetime | None) -> None:
        if moment is not None and moment.tzinfo is None:
            raise ValueError("the clock of the sample web needs a time with its offset")
        self._clock = moment

    @property
    def port(self) -> int:
        """The port the web listens on."""
        if self._server is None:
            raise RuntimeError("the sample web is not running; use it as a context manager")
        return int(self._server.server_address[1])

    @property
    def proxy_url(self) -> str:
        """What ``HTTP_PROXY`` is to be set to."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        try:
            self._server = _Server(self, self._port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortInUse(
                    f"port {self._port} is in use; choose another one, or 0 for any free port"
                ) from None
            raise
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()
        self._server = self._thread = None

    def answer(self, request: Request) -> Response | None:
        """The answer to ``request`` at the present clock."""
        if request.host in {"127.0.0.1", "localhost"}:
            return html(self._front_page())
        if not request.host.endswith(DOMAIN):
            return text(f"This proxy serves {DOMAIN} only and forwards nothing.", 403)
        site = self.sites.get(request.host)
        if site is None:
            return text(f"There is no host {request.host} in the sample web.", 502)
        try:
            return site.respond(request, self.clock)
        except Exception:
            logger.exception("the sample web failed at http://%s%s", request.host, request.path)
            return text("The sample web has a fault here; see its log.", 500)

    def _front_page(self) -> str:
        hosts = "\n".join(f'<li><a href="http://{host}/">{host}</a>' for host in sorted(self.sites))
        return (
            f"<!DOCTYPE html><meta charset=utf-8><title>Sample web</title><h1>Sample web</h1>"
            f"<p>It is {wall_clock.china_text(self.clock)} here. Set your browser's HTTP proxy to "
            f"this address to follow the links.</p><ul>\n{hosts}\n</ul>"
        )


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, web: SampleWeb, port: int) -> None:
        self.web = web
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open, so that their threads end."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was faster

    def handle_error(self, request: Any, client_address: Any) -> None:
        if isinstance(sys.exception(), OSError):
            logger.debug("a client of the sample web went away")
        else:
            logger.exception("the sample web failed to serve a request")


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "SampleWeb"
    sys_version = ""
    timeout = 60
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_CONNECT(self) -> None:
        self.close_connection = True
        host = self.path.partition(":")[0].lower()
        self._finish(
            Request("CONNECT", host, ""),
            text(
                "The sample web speaks plain http; there is no https here.", 405, ("Allow", "GET")
            ),
            time.monotonic(),
        )

    def log_message(self, format: str, *args: Any) -> None:
        logger.debug(format, *args)

    def date_time_string(self, timestamp: float | None = None) -> str:
        if timestamp is None:
            return _http_date(self.server.web.clock)
        return super().date_time_string(timestamp)

    def _serve(self) -> None:
        started = time.monotonic()
        request = self._read_request()
        if isinstance(request, Response):
            self.close_connection = True
            self._finish(Request(self.command, "", self.path), request, started)
        else:
            self._finish(request, self.server.web.answer(request), started)

    def _read_request(self) -> Request | Response:
        absolute = "://" in self.path.partition("?")[0]
        host_header = self.headers.get("Host", "")
        try:
            address = urlsplit(self.path if absolute else f"http://{host_header}{self.path}")
            host = (address.hostname or "").rstrip(".")
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            return text("This is no request that can be understood.", 400)
        if not host:
            return text("The request names no host.", 400)
        if "Transfer-Encoding" in self.headers:
            return text("Send the form with its Content-Length.", 411)
        if not 0 <= length <= _MAX_FORM:
            return text("The form is too large.", 413)
        body = self.rfile.read(length).decode("utf-8", "replace") if length else ""
        return Request(
            self.command,
            host,
            address.path or "/",
            dict(parse_qsl(address.query, keep_blank_values=True)),
            dict(parse_qsl(body, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            body,
        )

    def _finish(self, request: Request, response: Response | None, started: float) -> None:
        if response is not None and response.status == 200 and self._is_known(response):
            response = Response(
                b"", 304, response.media_type, response.modified, (_etag(response),)
            )
        query = self.path.partition("?")[2]
        self.server.web.log.append(
            Visit(
                self.server.web.clock,
                self.command,
                request.host,
                f"{request.path}?{query}" if query else request.path,
                response.status if response else None,
                started,
                time.monotonic(),
            )
        )
        if response is None:
            self.close_connection = True
            return
        self._send(response)

    def _is_known(self, response: Response) -> bool:
        """Whether the client has this answer (RFC 9110 §13: the tag goes before the date)."""
        if self.command not in {"GET", "HEAD"}:
            return False
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return _etag(response)[1] in (tag.strip() for tag in tags.split(","))
        since = self.headers.get("If-Modified-Since")
        if since is None or response.modified is None:
            return False
        try:
            known = parsedate_to_datetime(since)
        except ValueError:
            return False
        if known.tzinfo is None:
            known = known.replace(tzinfo=UTC)
        return response.modified < known + timedelta(seconds=1)

    def _send(self, response: Response) -> None:
        body = response.body
        self.send_response(
            response.status, None if response.status != 521 else "Web Server Is Down"
        )
        for name, value in response.headers:
            self.send_header(name, value)
        if response.modified is not None:
            self.send_header("Last-Modified", _http_date(response.modified))
        if response.status == 200:
            self.send_header(*_etag(response))
        if response.status != 304:
            self.send_header("Content-Type", response.media_type)
            if self._wants_gzip() and len(body) >= _GZIP_FROM and "text" in response.media_type:
                body = gzip.compress(body, mtime=0)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Vary", "Accept-Encoding")
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and response.status != 304:
            self.wfile.write(body)

    def _wants_gzip(self) -> bool:
        offers = self.headers.get("Accept-Encoding", "").lower().split(",")
        return any(
            offer.partition(";")[0].strip() == "gzip" and not offer.strip().endswith("q=0")
            for offer in offers
        )


def _etag(response: Response) -> tuple[str, str]:
    # Weak, because the same tag stands for the plain and the compressed body.
    return "ETag", f'W/"{hashlib.sha256(response.body).hexdigest()[:20]}"'


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)
