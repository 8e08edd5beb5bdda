"""Guards, challenges, robots and verdicts as pure functions."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.resolver import dnscache
from twisted.internet.error import DNSLookupError
from twisted.internet.testing import MemoryReactorClock

from archive.hosts import is_official
from crawler import verdict
from crawler.failures import Refusal
from crawler.middlewares.challenges import challenge
from crawler.middlewares.guard import GuardedResolver, GuardMiddleware, is_private, refused_names
from crawler.middlewares.patience import retry_after
from crawler.middlewares.robots import is_html
from crawler.places import clean
from crawler.plan import site_of
from crawler.problems import Problem


@pytest.mark.parametrize(
    ("url", "official"),
    [
        ("http://www.x.gov.cn/", True),
        ("https://X.GOV.CN./", True),
        ("http://gov.cn/", True),
        ("http://www.gov.cn.evil.com/", False),
        ("http://evilgov.cn/", False),
        ("http://www.x.gov.cn@evil.com/", False),
        ("ftp://www.x.gov.cn/", False),
        ("file:///etc/passwd", False),
        ("http://[::1]/", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_official_hosts(url: str, official: bool) -> None:
    assert is_official(url, [".gov.cn"]) == official


def test_a_vertical_host_that_a_person_vouched_for_passes_and_no_other() -> None:
    guard = GuardMiddleware([".gov.cn"], False, ["tax.example.org"])
    guard.process_request(Request("http://tax.example.org/nb/"))
    guard.process_request(Request("https://www.x.gov.cn/"))
    for url in (
        "http://www.tax.example.org/",
        "http://example.org/",
        "http://tax.example.org.evil/",
    ):
        with pytest.raises(Refusal, match="no official host"):
            guard.process_request(Request(url))


def test_a_name_that_changes_its_answer_is_judged_by_each_answer() -> None:
    resolver = GuardedResolver(MemoryReactorClock(), 100, 1)
    outcomes: list[object] = []
    for address in ("93.184.216.34", "127.0.0.1", "10.0.0.7", "8.8.8.8"):
        dnscache["rebinding.gov.cn"] = address
        found = resolver.getHostByName("rebinding.gov.cn")
        found.addBoth(lambda answer: outcomes.append(getattr(answer, "type", answer)))
    # What is connected to is what was judged: Twisted connects to the answer itself.
    assert outcomes == ["93.184.216.34", DNSLookupError, DNSLookupError, "8.8.8.8"]
    assert "rebinding.gov.cn" in refused_names
    refused_names.discard("rebinding.gov.cn")
    del dnscache["rebinding.gov.cn"]


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("169.254.169.254", True),
        ("192.168.0.1", True),
        ("100.64.0.1", True),
        ("0.0.0.0", True),
        ("224.0.0.1", True),
        ("::1", True),
        ("[fe80::1%eth0]", True),
        ("::ffff:127.0.0.1", True),
        ("8.8.8.8", False),
        ("2001:4860:4860::8888", False),
        ("www.x.gov.cn", False),
    ],
)
def test_private_addresses(address: str, private: bool) -> None:
    assert is_private(address) == private


@pytest.mark.parametrize(
    ("status", "body", "cookies", "kind"),
    [
        (521, b"", b"", "521"),
        (200, b"<script>document.cookie='__jsl_clearance=1'", b"", "521"),
        (412, b"$_ts.nsd=1", b"", "412"),
        (202, b"<script>$_ts.nsd=1</script>", b"", "412"),
        (403, b"var GeoBL=1", b"", "geo"),
        (403, b"forbidden", b"", None),
        (200, b"<script>WTKkN=1</script>", b"", "edgeone"),
        (200, b"", b"EO_Bot_Ssid=1", "edgeone"),
        (200, "请稍候，拖动滑块".encode(), b"", "captcha"),
        (200, b"<script>document.cookie='a=1';location.reload()</script>", b"", "script"),
        (200, "<a href=1>1</a><a href=2>2</a><a href=3>3</a><a href=4>4</a>安全验证".encode(), b"", None),
        (200, b"<html>plain</html>", b"", None),
        (404, b"", b"", None),
    ],
)  # fmt: skip
def test_challenges(status: int, body: bytes, cookies: bytes, kind: str | None) -> None:
    assert challenge(status, body, cookies) == kind


@pytest.mark.parametrize(
    ("value", "seconds"), [(b"7", 7), (b"", None), (b"soon", None), (b"-3", None)]
)
def test_retry_after(value: bytes, seconds: float | None) -> None:
    response = Response("http://x.gov.cn/", headers={"Retry-After": value})
    assert retry_after(response) == seconds


def test_retry_after_as_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_NOW", "2025-02-01T00:00:00+00:00")
    value = b"Sat, 01 Feb 2025 00:00:30 GMT"
    assert retry_after(Response("http://x.gov.cn/", headers={"Retry-After": value})) == 30


@pytest.mark.parametrize(
    ("body", "media", "html"),
    [
        (b"User-agent: *\nDisallow: /", "text/plain", False),
        (b"  <!DOCTYPE html>", "text/plain", True),
        (b"User-agent: *", "text/html", True),
        (b"", "", False),
    ],
)
def test_a_page_is_no_robots_file(body: bytes, media: str, html: bool) -> None:
    assert is_html(body, media) == html


READ = {
    "strong": True,
    "problems": [],
    "reports": 3,
    "rows": 5,
    "empty": False,
    "pages": 1,
    "elsewhere": False,
    "known": 2,
    "vanished": 0,
    "notes": [],
}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"strong": False}, "weak"),
        ({"problems": [Problem("timeout", "page 2 could not be read")]}, "timeout"),
        ({"reports": 0}, "no_reports"),
        ({"vanished": 2}, "canary"),
        ({"elsewhere": True}, "elsewhere"),
        ({"strong": False, "empty": True, "reports": 0}, "weak"),
    ],
)
def test_any_doubt_is_partial(change: dict[str, object], kind: str) -> None:
    decided = verdict.read(**(READ | change))  # type: ignore[arg-type]
    assert (decided.verdict, decided.kind) == ("partial", kind)


@pytest.mark.parametrize(
    "change", [{}, {"vanished": 1}, {"reports": 0, "empty": True, "known": 0}, {"notes": ["note"]}]
)
def test_complete_says_what_was_read(change: dict[str, object]) -> None:
    decided = verdict.read(**(READ | change))  # type: ignore[arg-type]
    assert (decided.verdict, decided.kind) == ("complete", None)
    assert "read in full" in decided.reason
    assert ("gone" in decided.reason) == ("vanished" in change)


def test_a_lost_link_to_the_column_is_not_an_absence_of_the_column() -> None:
    assert verdict.not_found(9, []).verdict == "not_found"
    assert verdict.not_found(9, [("http_5xx", "x")]).verdict == "partial"
    assert verdict.not_found(9, [("robots", "x")]).verdict == "blocked"


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("www.x.gov.cn", "http://www.x.gov.cn/"),
        (" HTTP://WWW.X.gov.cn/Nb/#top ", "http://www.x.gov.cn/Nb/"),
        ("https://x.gov.cn:8443/a?b=1", "https://x.gov.cn:8443/a?b=1"),
        ("javascript:void(0)", None),
        ("ftp://x.gov.cn", None),
        ("", None),
        ("http://", None),
    ],
)
def test_addresses_of_the_register(address: str, url: str | None) -> None:
    assert clean(address) == url


def test_hosts_of_one_owner_are_one_site() -> None:
    domains = [".gov.cn"]
    assert {site_of(h, domains) for h in ("www.x.gov.cn", "swj.x.gov.cn", "x.gov.cn")} == {
        "x.gov.cn"
    }
    assert site_of("www.y.gov.cn", domains) != site_of("www.x.gov.cn", domains)
    assert site_of("elsewhere.org", domains) == "elsewhere.org"
