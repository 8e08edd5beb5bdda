"""Who may change what in the browser: people with the password, or whom a proxy of single sign-on names.

A session is a signed cookie; the key is made when the program starts, so sessions end with it. Forms carry
a token that only our pages know, and what a browser says of its origin is checked as well.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from archive.settings import WebSettings

COOKIE = "gongkai_session"
LIFETIME = 12 * 3600
"""Seconds a session lasts."""
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person who was let in; ``token`` goes into the forms of this person's pages."""

    name: str
    token: str


@dataclass(slots=True)
class Reviewers:
    """Lets people in by the settings ``[web] password`` and ``user_header``."""

    settings: WebSettings
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    failures: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()), repr=False
    )

    @property
    def anybody(self) -> bool:
        """Whether there is a way in at all."""
        return bool(self.settings.password or self.settings.user_header)

    def person(
        self, headers: Mapping[str, str], cookies: Mapping[str, str], client: str | None
    ) -> Reviewer | None:
        """Who sends a request, None for everybody else. ``client`` is the address it comes from."""
        header = self.settings.user_header
        if header and client in self.settings.trusted_proxies:
            name = _name(_decoded(headers.get(header.lower(), "")))
            if name:
                return Reviewer(name, self._sign(f"form of {name}"))
        cookie = cookies.get(COOKIE, "")
        name = self._name_in(cookie) if self.settings.password else ""
        return Reviewer(name, self._sign(f"form of {cookie}")) if name else None

    def sign_in(self, name: str, password: str) -> str | None:
        """The value of the cookie for who knows the password, None for others. Takes the same time for all."""
        wanted, given = (
            hashlib.sha256(text.encode("utf-8", "replace")).digest()
            for text in (self.settings.password, password)
        )
        right = hmac.compare_digest(wanted, given) and bool(self.settings.password)
        name = _name(name)
        if not right or not name:
            return None
        said = json.dumps([name, int(time.time()) + LIFETIME, secrets.token_hex(8)])
        body = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
        return f"{body}.{self._sign(body)}"

    def genuine(self, reviewer: Reviewer, token: str) -> bool:
        """Whether a form came from a page that we made for this person."""
        return hmac.compare_digest(reviewer.token.encode(), token.encode("utf-8", "replace"))

    def _name_in(self, cookie: str) -> str:
        body, _, signature = cookie.partition(".")
        if not hmac.compare_digest(self._sign(body).encode(), signature.encode("utf-8", "replace")):
            return ""
        name, until, _ = json.loads(base64.urlsafe_b64decode(body + "=="))
        return str(name) if time.time() < until else ""

    def _sign(self, text: str) -> str:
        return hmac.new(self.key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def from_here(headers: Mapping[str, str]) -> bool:
    """Whether a browser sent a form from a page of ours, as far as the browser says."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


def _decoded(text: str) -> str:
    """A header as its sender wrote it: proxies send names in UTF-8, and servers read Latin-1."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _name(text: str) -> str:
    """A name as it is kept: one line; empty for what is none."""
    text = " ".join(text.split())
    return text if text.isprintable() and len(text) <= LONGEST_NAME else ""
