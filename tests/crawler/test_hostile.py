"""Sites that misbehave: each trick is one recorded failure, and none of them reaches what is private."""

from __future__ import annotations

import gzip
import itertools
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import make_archive, set_environment, verdicts
from rawweb import Asked, RawWeb, Write, answer
from sqlalchemy import select

from archive.database.models import Capture, Place, Visit
from archive.errors import JobError, UsageError
from archive.fixity import verify
from archive.folder import Archive
from crawler.fetching import fetch
from crawler.run import crawl

HOME = '<html><body><a href="/nb/">政府信息公开年报</a>{}</body></html>'
COLUMN = (
    "<html><head><title>政府信息公开年报</title></head><body><ul>{}</ul>"
    "<a href='/zn/'>政府信息公开指南</a><a href='/zd/'>政府信息公开制度</a></body></html>"
)
ROW = '<li><a href="{}">示例局{}年政府信息公开工作年度报告</a><span>{}-01-20</span></li>'
REPORT = (
    "<html><head><meta name='ArticleTitle' content='示例局2024年政府信息公开工作年度报告'></head><body>"
    + "<p>一、总体情况 二、主动公开政府信息情况 三、收到和处理政府信息公开申请情况 四、行政复议 五、存在的主要问题 六、其他需要报告的事项</p>"
    + "<table><tr><td>第二十条第（一）项</td><td>本年新收</td><td>予以公开</td><td>结果维持</td></tr></table>"
    + "<p>"
    + "正文" * 500
    + "</p></body></html>"
)


def _site(home: bytes, column: bytes = b"", pages: dict[str, bytes] | None = None):  # type: ignore[no-untyped-def]
    def host(asked: Asked, write: Write) -> None:
        known = {"/": home, "/nb/": column} | (pages or {})
        write(known.get(asked.path) or answer("not here", 404))

    return host


def _redirect(to: str) -> bytes:
    return answer("", 302, {"Location": to})


def _endless(asked: Asked, write: Write) -> None:
    if asked.path != "/":
        write(answer("none", 404))
        return
    write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
    while True:
        write(b"x" * 65536)


def _drip(asked: Asked, write: Write) -> None:
    write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n")
    for _ in range(200):
        write(b"x")
        time.sleep(0.1)


def _bounce(asked: Asked, write: Write) -> None:
    """Sets a cookie and redirects to itself: ordinary cookies pass."""
    if "C3VK" in asked.headers.get("cookie", ""):
        write(answer(COLUMN.format(ROW.format("/a.html", 2024, 2025))))
    else:
        write(answer("", 302, {"Location": asked.path, "Set-Cookie": "C3VK=abc; path=/"}))


def _busy_once(asked: Asked, write: Write) -> None:
    if asked.times == 1:
        write(answer("busy", 503, {"Retry-After": "1"}))
    elif asked.path == "/":
        write(answer(HOME.format("")))
    elif asked.path == "/nb/":
        write(answer(COLUMN.format(ROW.format("/r.html", 2024, 2025))))
    else:
        write(answer(REPORT))


def _robots(text: str, status: int = 200):  # type: ignore[no-untyped-def]
    def host(asked: Asked, write: Write) -> None:
        if asked.path == "/robots.txt":
            write(answer(text, status, {"Content-Type": "text/plain"}))
        elif asked.path == "/":
            write(answer(HOME.format("")))
        else:
            write(answer(COLUMN.format(ROW.format("/a.html", 2024, 2025))))

    return host


BOMB = gzip.compress(b"<html>" + b"0" * 20_000_000)
DOCUMENT_FAILS = answer(
    COLUMN.format(
        ROW.format("/gone.html", 2024, 2025)
        + ROW.format("/inside.html", 2023, 2024)
        + ROW.format("/away.html", 2022, 2023)
    )
)
HOSTS = {
    "loopback.gov.test": _site(_redirect("http://127.0.0.1/")),
    "metadata.gov.test": _site(_redirect("http://169.254.169.254/latest/meta-data/")),
    "file.gov.test": _site(_redirect("file:///etc/passwd")),
    "elsewhere.gov.test": _site(_redirect("http://example.com/")),
    "looping.gov.test": _site(_redirect("/")),
    "endless.gov.test": _endless,
    "drip.gov.test": _drip,
    "lying.gov.test": _site(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n<html>short"),
    "bomb.gov.test": _site(answer(BOMB, headers={"Content-Encoding": "gzip"})),
    "damaged.gov.test": _site(answer(b"no gzip at all", headers={"Content-Encoding": "gzip"})),
    "links.gov.test": _site(answer("<html><body>" + '<a href="/x">年报</a>' * 150_000)),
    "headers.gov.test": _site(
        b"HTTP/1.1 200 OK\r\nX-Big: " + b"x" * 1_000_000 + b"\r\n\r\n<html>"
    ),
    "geo.gov.test": _site(answer("<script>GeoBL</script>", 403)),
    "forbidden.gov.test": _site(answer("no", 403)),
    "slider.gov.test": _site(answer("<html><body>请拖动滑块完成验证</body></html>")),
    "ruishu.gov.test": _site(answer("<script>$_ts.nsd=1;r='m'</script>", 412)),
    "softhome.gov.test": _site(answer(HOME.format("<p>新闻</p>")), answer(HOME.format("<p>新闻</p>"))),
    "cookie.gov.test": _bounce,
    "busy.gov.test": _busy_once,
    "robots503.gov.test": _robots("error", 503),
    "robotsno.gov.test": _robots("User-agent: *\nDisallow: /"),
    "robotshtml.gov.test": _robots("<!DOCTYPE html><html>Disallow: /</html>"),
    "robotspart.gov.test": _robots("User-agent: Gongkai\nDisallow: /nb/"),
    "robotsslow.gov.test": _robots("User-agent: *\nCrawl-delay: 0.6\n"),
    "documents.gov.test": _site(answer(HOME.format("")), DOCUMENT_FAILS, {"/away.html": _redirect("http://example.com/x"), "/inside.html": _redirect("http://127.0.0.1:9/r.html")}),
    "empty.gov.test": _site(answer(HOME.format("")), answer(COLUMN.format("<li>暂无数据</li>"))),
    "scripted.gov.test": _site(
        answer(HOME.format("")), answer(COLUMN.format("<script>load()</script>"))
    ),
    "nothing.gov.test": _site(answer("<html><body>欢迎</body></html>")),
    "shell.gov.test": _site(
        answer('<html><head><meta http-equiv="refresh" content="0;url=./one/"></head></html>'),
        pages={
            "/one/": answer("<script>location.href='/two/'</script>"),
            "/two/": answer(HOME.format("")),
            "/nb/": answer(COLUMN.format(ROW.format("/r.html", 2024, 2025))),
            "/r.html": answer(REPORT),
        },
    ),
}  # fmt: skip
OWN_ROBOTS = frozenset(host for host in HOSTS if host.startswith("robots"))


class _Secrets(socketserver.BaseRequestHandler):
    asked = 0

    def handle(self) -> None:
        _Secrets.asked += 1


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, RawWeb]]:
    with pytest.MonkeyPatch.context() as monkeypatch, RawWeb(HOSTS, OWN_ROBOTS) as web:
        set_environment(
            monkeypatch, web.proxy_url, max_bytes=2_000_000, timeout=4, retries=1, processes=1
        )
        register = [{"name": host, "home_url": f"http://{host}/"} for host in HOSTS]
        archive = make_archive(tmp_path_factory.mktemp("hostile") / "archive", register)
        archive = Archive.open(archive.path)
        summary = crawl(archive)
        assert summary.finished
        yield archive, web


@pytest.mark.parametrize(
    ("host", "verdict", "kind"),
    [
        ("loopback", "down", "private_address"),
        ("metadata", "down", "private_address"),
        ("file", "down", "redirect"),
        ("elsewhere", "down", "unofficial"),
        ("looping", "down", "redirect_loop"),
        ("endless", "down", "too_large"),
        ("drip", "down", "timeout"),
        ("lying", "down", "truncated"),
        ("bomb", "down", "undecodable"),
        ("damaged", "down", "undecodable"),
        ("links", "down", "too_large"),
        ("headers", "down", "closed"),
        ("geo", "blocked", "geo"),
        ("forbidden", "blocked", "http_403"),
        ("slider", "blocked", "captcha"),
        ("ruishu", "blocked", "412"),
        ("softhome", "not_found", None),
        ("cookie", "complete", None),
        ("busy", "complete", None),
        ("robots503", "down", "http_5xx"),
        ("robotsno", "blocked", "robots"),
        ("robotshtml", "complete", None),
        ("robotspart", "blocked", "robots"),
        ("robotsslow", "complete", None),
        ("documents", "complete", None),
        ("empty", "complete", None),
        ("scripted", "partial", "needs_browser"),
        ("nothing", "not_found", None),
        ("shell", "complete", None),
    ],
)
def test_verdict(
    host: str, verdict: str, kind: str | None, crawled: tuple[Archive, RawWeb]
) -> None:
    assert verdicts(crawled[0])[f"{host}.gov.test"] == (verdict, kind)


@pytest.mark.parametrize(
    ("host", "failure"),
    [
        ("loopback", "private_address"),
        ("metadata", "private_address"),
        ("elsewhere", "unofficial"),
        ("endless", "too_large"),
        ("drip", "timeout"),
        ("lying", "truncated"),
        ("bomb", "undecodable"),
        ("damaged", "undecodable"),
        ("robotsno", "robots"),
    ],
)
def test_a_trick_is_recorded_as_one_failure(
    host: str, failure: str, crawled: tuple[Archive, RawWeb]
) -> None:
    archive, _web = crawled
    with archive.reader() as session:
        visit = session.scalars(
            select(Visit).join(Place).where(Place.host == f"{host}.gov.test")
        ).one()
        failures = session.scalars(
            select(Capture).filter_by(visit_id=visit.id).where(Capture.failure.is_not(None))
        ).all()
        made = [c for c in failures if c.url.startswith("http:")]
        assert {c.failure for c in made} == {failure}
        # One, or one for each attempt where it is worth trying again.
        assert 1 <= len(made) <= 2
        assert visit.reason.endswith(".")


def test_nothing_private_or_unofficial_was_asked(crawled: tuple[Archive, RawWeb]) -> None:
    assert {host for host, _path, _time in crawled[1].log} == set(HOSTS)


def test_hostile_bodies_leave_a_sound_archive(crawled: tuple[Archive, RawWeb]) -> None:
    assert list(verify(crawled[0])) == []


def test_robots_are_asked_first_and_obeyed(crawled: tuple[Archive, RawWeb]) -> None:
    paths: dict[str, list[str]] = {}
    for host, path, _time in crawled[1].log:
        paths.setdefault(host, []).append(path)
    assert set(paths["robotsno.gov.test"]) == {"/robots.txt"}
    assert set(paths["robots503.gov.test"]) == {"/robots.txt"}
    assert paths["robotspart.gov.test"] == ["/robots.txt", "/"]


def test_crawl_delay_and_retry_after_are_heeded(crawled: tuple[Archive, RawWeb]) -> None:
    times = [t for host, _path, t in crawled[1].log if host == "robotsslow.gov.test"]
    # The server sees the second request of a pair early when the first one came late.
    assert min(b - a for a, b in itertools.pairwise(times[1:])) >= 0.5
    busy = [t for host, path, t in crawled[1].log if (host, path) == ("busy.gov.test", "/")]
    assert busy[1] - busy[0] >= 1


def test_a_lost_document_is_noted_and_does_not_spoil_the_column(
    crawled: tuple[Archive, RawWeb],
) -> None:
    with crawled[0].reader() as session:
        visit = session.scalars(
            select(Visit).join(Place).where(Place.host == "documents.gov.test")
        ).one()
        assert "documents could not be had" in visit.reason
        assert len(visit.sightings) == 3
        assert all(sighting.document_id is None for sighting in visit.sightings)


def test_a_name_that_resolves_to_a_private_address_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), _Secrets) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        set_environment(monkeypatch, None, official_domains="localhost", retries=0)
        archive = make_archive(
            tmp_path / "archive", [{"name": "内部", "home_url": f"http://localhost:{port}/"}]
        )
        crawl(Archive.open(archive.path))
        server.shutdown()
    assert verdicts(archive)["localhost"] == ("down", "private_address")
    assert _Secrets.asked == 0


def test_private_addresses_can_be_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    class Intranet(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline())
            self.wfile.write(answer("<html>内网</html>"))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Intranet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        set_environment(
            monkeypatch, None, official_domains="localhost", private_addresses="true", retries=0
        )
        archive = make_archive(
            tmp_path / "archive", [{"name": "内网", "home_url": f"http://localhost:{port}/"}]
        )
        crawl(Archive.open(archive.path))
        server.shutdown()
    assert verdicts(archive)["localhost"] == ("not_found", None)
    assert asked[0].startswith(b"GET /robots.txt")
    with archive.reader() as session:
        assert session.scalars(select(Capture)).first()


def test_one_document_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = {"hand.gov.test": _site(b"", pages={"/r.html": answer(REPORT)})}
    with RawWeb(hosts) as web:
        set_environment(monkeypatch, web.proxy_url)
        archive = Archive.open(make_archive(tmp_path / "archive", []).path)
        with archive.session() as session:
            capture = fetch(archive, session, "http://hand.gov.test/r.html")
            assert (capture.http_status, capture.purpose) == (200, "article")
            with pytest.raises(JobError, match="answered 404"):
                fetch(archive, session, "http://hand.gov.test/nothing.html")
            with pytest.raises(UsageError, match="not on an official host"):
                fetch(archive, session, "http://example.com/r.html")
    assert list(verify(archive)) == []
