"""Sites that give nothing: one that is down, one that asks for a browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.sampleweb.web import HTML, Request, Response


@dataclass(frozen=True, slots=True)
class DownSite:
    """A host that accepts connections and closes them without a word."""

    host: str

    def respond(self, request: Request, now: datetime) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class ChallengeSite:
    """A host behind 加速乐 (site guide §6): 521 and a script that sets a cookie, robots.txt too."""

    host: str

    def respond(self, request: Request, now: datetime) -> Response:
        """The challenge, whatever was asked."""
        script = (
            "<script>document.cookie='__jsl_clearance_s='+[1738,3].join('.')+'%7C-1%7Cx;max-age=3600';"
            "location.href=location.pathname+location.search;</script>"
        )
        return Response(
            script.encode(),
            521,
            HTML,
            headers=(("Set-Cookie", "__jsluid_s=3f1b8c2a; max-age=31536000; path=/; HttpOnly"),),
        )
