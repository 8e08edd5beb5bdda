"""What a site of the sample web is: something that answers requests as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a site sees it; names of headers are in lower case."""

    method: str
    host: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; ``modified`` becomes ``Last-Modified``. The server adds length, ETag and gzip."""

    body: bytes
    status: int = 200
    media_type: str = HTML
    modified: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()


class Site(Protocol):
    """One host of the web."""

    @property
    def host(self) -> str:
        """The name of the host, in lower case."""

    def respond(self, request: Request, now: datetime) -> Response | None:
        """The answer as of ``now``; None closes the connection without one."""


def text(message: str, status: int = 200, *headers: tuple[str, str]) -> Response:
    """A plain text answer."""
    return Response(f"{message}\n".encode(), status, TEXT, headers=headers)


def html(page: str, modified: datetime | None = None, status: int = 200) -> Response:
    """An HTML page in UTF-8."""
    return Response(page.encode(), status, HTML, modified)
