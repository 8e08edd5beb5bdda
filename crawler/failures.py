"""Failures have kinds: why a page could not be had, in a word and in a sentence."""

from __future__ import annotations

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from twisted.internet import error as tx
from twisted.python.failure import Failure


class FetchFailed(Exception):
    """A page could not be had. ``capture_id`` names the stored exchange, where there is one."""

    def __init__(self, kind: str, detail: str, status: int | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.status = status


class Refusal(IgnoreRequest):
    """A request that we do not make: not an official site, a private address, robots.txt."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class Challenge(IgnoreRequest):
    """The answer asks for a browser, a person or another country: recorded, never solved."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class BadBody(IgnoreRequest):
    """A response was received whose body cannot be decoded within the limits."""

    kind = "undecodable"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class BudgetSpent(Exception):
    """The visit has made as many requests as it may."""


def classify(error: BaseException) -> tuple[str, str]:
    """Kind and sentence of what went wrong with a request."""
    if isinstance(error, Refusal | Challenge | BadBody):
        return error.kind, error.detail
    if isinstance(error, FetchFailed):
        return error.kind, error.detail
    text = " ".join(str(error).split())[:300] or type(error).__name__
    if isinstance(error, CannotResolveHostError):
        return "dns", f"the name of the host could not be resolved: {text}"
    if isinstance(error, DownloadConnectionRefusedError):
        return "refused", "the connection was refused"
    if isinstance(error, DownloadTimeoutError | tx.TimeoutError):
        return "timeout", f"no complete answer in time: {text}"
    if isinstance(error, DownloadCancelledError):
        return "too_large", "the answer is larger than [crawl] max_bytes"
    if isinstance(error, ResponseDataLossError):
        return "truncated", "the answer broke off"
    if isinstance(error, TunnelError):
        return "tunnel", f"the proxy opens no tunnel: {text}"
    if _is_tls(error):
        return "tls", f"no secure connection: {text}"
    if isinstance(error, DownloadFailedError | tx.ConnectionDone | tx.ConnectionLost):
        return "closed", "the connection was closed without a complete answer"
    if isinstance(error, tx.ConnectError | OSError):
        return "unreachable", f"no connection: {text}"
    if isinstance(error, IgnoreRequest) and "redirection" in text:
        return "redirect_loop", "too many redirections"
    return "error", f"{type(error).__name__}: {text}"


def _is_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, SSL.Error):
            return True
        reasons = getattr(cause, "reasons", None) or []
        for reason in reasons:
            if isinstance(reason, Failure) and reason.value and _is_tls(reason.value):
                return True
        cause = cause.__cause__
    return False
