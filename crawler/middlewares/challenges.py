"""Challenges: answers that ask for a browser, a person or another country (site guide §6).

They are recognised, recorded by their kind and respected. None is ever solved.
"""

from __future__ import annotations

import re

from scrapy import Request
from scrapy.http import Response

from crawler.failures import Challenge

_SLIDER = re.compile(
    "拖动.{0,6}滑块|滑动.{0,6}(?:验证|滑块)|滑块验证|人机验证|安全验证|访问验证|请完成.{0,4}验证|请稍候".encode()
    + b"|geetest|captcha",
    re.I,
)
# Bytes without which it cannot match: looking for them takes a twentieth of its time.
_SLIDER_PARTS = ("滑块".encode(), "验证".encode(), "请稍候".encode(), b"geetest", b"captcha")
_TEXT = {
    "412": "the site answers with the 瑞数 challenge (412)",
    "521": "the site answers with the 加速乐 challenge (521)",
    "geo": "the site is closed to our country or network (403)",
    "edgeone": "the site answers with the challenge of EdgeOne",
    "captcha": "the site asks a person to solve a puzzle",
    "script": "the site asks a browser to compute a cookie",
}


class ChallengeMiddleware:
    """Turns a challenge into an exception; the exchange has been recorded by then."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Raise :class:`Challenge` for one."""
        cookies = b"\n".join(response.headers.getlist("Set-Cookie"))
        kind = challenge(response.status, response.body, cookies)
        if kind:
            raise Challenge(kind, _TEXT[kind])
        return response


def _has_slider(head: bytes) -> bool:
    lower = head.lower()
    return any(part in lower for part in _SLIDER_PARTS) and _SLIDER.search(head) is not None


def challenge(status: int, body: bytes, cookies: bytes = b"") -> str | None:
    """The kind of challenge that an answer is, or None."""
    head = body[:40_000]
    if status == 521 or b"__jsl_clearance" in head or (status != 200 and b"__jsluid" in cookies):
        return "521"
    if status == 412 or (len(body) < 20_000 and b"$_ts.nsd" in head):
        return "412"
    if status == 403 and b"GeoBL" in head:
        return "geo"
    if len(body) < 20_000 and re.search(rb"WTKkN|EO_Bot_Ssid|__tst_status", head + cookies):
        return "edgeone"
    anchors = head.count(b"<a ")
    if status in (200, 202, 401, 403, 405, 429) and anchors <= 3 and _has_slider(head):
        return "captcha"
    if len(body) < 2_000 and anchors == 0 and b"document.cookie" in head and b"location" in head:
        return "script"
    return None
