"""How the service is: a file in the archive, and the same at an address for whoever watches over it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from archive import clock
from archive.errors import UsageError
from archive.folder import Archive
from crawler.campaign.clockwatch import elapsed

FILE_NAME = "schedule.json"
_ROOM = 8192
"""Bytes of the file at least."""


class Health:
    """What the service tells of itself; safe to use from several threads.

    ``patience`` is how many seconds may pass between two signs of life before it counts as ill.
    """

    def __init__(self, archive: Archive, patience: float) -> None:
        self._path = archive.path / FILE_NAME
        self._patience = patience
        self._lock = threading.Lock()
        self._seen = elapsed()
        self._told: dict[str, Any] = {
            "pid": os.getpid(),
            "since": _now(),
            "state": "starting",
            "problems": [],
            "clock_set": clock.is_set(),
        }

    def tell(self, **news: Any) -> None:
        """Take up what is new, and write the file if it can be written: a full disk ends no service."""
        with self._lock:
            self._seen = elapsed()
            self._told |= news | {"at": _now()}
            with contextlib.suppress(OSError):
                _replace(self._path, json.dumps(self._told, ensure_ascii=False, indent=1))

    def answer(self) -> tuple[bool, dict[str, Any]]:
        """Whether all is well, and what is told."""
        with self._lock:
            silent = elapsed() - self._seen
            # Work may take hours; its own time limit watches over it.
            late = self._told["state"] == "waiting" and silent > self._patience
            told = self._told | {"silent_seconds": round(silent)}
        return not late and not told["problems"], told

    @contextlib.contextmanager
    def served(self, port: int) -> Iterator[int]:
        """Answer ``/healthz`` on this machine: 200 if all is well, else 503; port 0: not at all.

        Gives the port. Raises :class:`UsageError` if it is taken.
        """
        if port == 0:
            yield 0
            return
        health = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                well, told = health.answer()
                known = self.path.partition("?")[0] == "/healthz"
                body = json.dumps(told, ensure_ascii=False).encode() if known else b"{}"
                self.send_response((200 if well else 503) if known else 404)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: who asks every few seconds would fill the log."""

        try:
            server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        except OSError as error:
            raise UsageError(
                f"[schedule] health_port: cannot listen on port {port}: {error.strerror}"
            ) from None
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def read(archive: Archive) -> dict[str, Any] | None:
    """What the service told last, None if none ever ran or the file is damaged."""
    try:
        told = json.loads((archive.path / FILE_NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _replace(path: Path, text: str) -> None:
    """Write a file as a whole or not at all; on a full disk, over what it was."""
    # Blanks at its end keep room for what a full disk makes to be told.
    content = f"{text}\n".encode().ljust(_ROOM)
    try:
        _write_anew(path, content)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        # The room it has is its own; a reader who comes in between finds nothing that is whole.
        with path.open("r+b") as file:
            file.write(content)
            file.truncate()


def _write_anew(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _now() -> str:
    return clock.now().astimezone(clock.CHINA).isoformat(timespec="seconds")
