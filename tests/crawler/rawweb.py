"""A proxy that misbehaves: each host is a function that writes raw bytes to the socket."""

from __future__ import annotations

import contextlib
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    host: str
    path: str
    query: str
    method: str
    headers: Mapping[str, str]
    times: int


Write = Callable[[bytes], None]
Host = Callable[[Asked, Write], None]


def answer(body: str | bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole response."""
    data = body.encode() if isinstance(body, str) else body
    lines = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(data))}
    head = "".join(f"{name}: {value}\r\n" for name, value in (lines | dict(headers or {})).items())
    return f"HTTP/1.1 {status} X\r\n{head}Connection: close\r\n\r\n".encode() + data


class RawWeb:
    """Serves ``hosts`` as a proxy; ``/robots.txt`` is 404 unless the host says otherwise."""

    def __init__(self, hosts: Mapping[str, Host], own_robots: frozenset[str] = frozenset()) -> None:
        self.hosts = hosts
        self.own_robots = own_robots
        self.log: list[tuple[str, str, float]] = []
        self._count: Counter[tuple[str, str]] = Counter()
        web = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = 10

            def handle(self) -> None:
                with contextlib.suppress(OSError, ValueError):
                    web._serve(self)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False

    @property
    def proxy_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, handler: socketserver.StreamRequestHandler) -> None:
        method, target, _version = handler.rfile.readline().decode("latin-1").split(" ", 2)
        headers: dict[str, str] = {}
        while line := handler.rfile.readline().strip():
            name, _colon, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        if method == "CONNECT":
            handler.wfile.write(answer("no tunnels", 405))
            return
        parts = urlsplit(target)
        host, path = parts.hostname or "", parts.path
        self.log.append((host, path, time.monotonic()))
        self._count[host, path] += 1
        if path == "/robots.txt" and host not in self.own_robots:
            handler.wfile.write(answer("none", 404))
        elif host in self.hosts:
            asked = Asked(host, path, parts.query, method, headers, self._count[host, path])
            self.hosts[host](asked, handler.wfile.write)
        else:
            handler.wfile.write(answer("no such host", 502))
