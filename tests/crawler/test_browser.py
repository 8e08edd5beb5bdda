"""Lists that only scripts fill, in real Chromium: read to their end, with the care of every crawl."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from crawling import DAY, make_archive, set_environment
from govweb.portals import portal, truth
from govweb.scripts import ScriptSite
from sqlalchemy import select

from archive.database.models import Capture, Place, Visit
from archive.errors import UsageError
from archive.fixity import verify
from archive.folder import Archive
from crawler import browser
from crawler.run import crawl
from crawler.sampleweb import SampleWeb

CHROMIUM = Path("/usr/bin/chromium")
GOOD, BROKEN = "spa.gov.test", "spabroken.gov.test"

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine")


@dataclass
class Crawled:
    archive: Archive
    web: SampleWeb
    trapped: list[bytes]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    trapped: list[bytes] = []

    class Trap(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            trapped.append(self.request.recv(200))

    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), Trap) as trap,
    ):
        threading.Thread(target=trap.serve_forever, daemon=True).start()
        port = trap.server_address[1]
        sites = [
            ScriptSite(portal(GOOD, 3), port),
            ScriptSite(portal(BROKEN, 4), port, broken=True),
        ]
        with SampleWeb(clock=DAY, sites=sites) as web:
            set_environment(
                monkeypatch, web.proxy_url, retries=0, browser="true", browser_path=CHROMIUM
            )
            register = [
                {"name": f"示例{n}局", "home_url": f"http://{host}/"}
                for n, host in enumerate((GOOD, BROKEN))
            ]
            made = make_archive(tmp_path_factory.mktemp("browser") / "archive", register)
            archive = Archive.open(made.path)
            assert crawl(archive, year=2024).finished
            yield Crawled(archive, web, trapped)
        trap.shutdown()


def visit_of(crawled: Crawled, host: str) -> Visit:
    with crawled.archive.reader() as session:
        visit = session.scalars(select(Visit).join(Place).where(Place.host == host)).one()
        for sighting in visit.sightings:
            _ = sighting.document
        return visit


def test_a_list_that_scripts_fill_is_read_to_its_end(crawled: Crawled) -> None:
    visit = visit_of(crawled, GOOD)
    assert (visit.verdict, visit.kind) == ("complete", None), visit.reason
    assert "in a browser" in visit.reason
    expected = {(one.agency, one.year, one.title, one.day) for one in truth(portal(GOOD, 3))}
    assert {(s.agency_name, s.year, s.title, s.displayed_date) for s in visit.sightings} == expected
    assert all(s.document for s in visit.sightings if s.year == 2024)


def test_a_list_that_breaks_off_in_the_browser_is_not_read_in_full(crawled: Crawled) -> None:
    visit = visit_of(crawled, BROKEN)
    assert visit.verdict == "partial", visit.reason


def test_what_the_page_asked_for_is_recorded_and_what_is_forbidden_was_not_asked(
    crawled: Crawled,
) -> None:
    visit = visit_of(crawled, GOOD)
    with crawled.archive.reader() as session:
        made = session.scalars(select(Capture).filter_by(visit_id=visit.id)).all()
    by_url = {capture.url: capture for capture in made}
    answers = [c for c in made if c.url == f"http://{GOOD}/api/disclosure/query"]
    assert [(c.method, c.http_status) for c in answers] == [("POST", 200)] * 5
    assert by_url["http://stats.example/hit"].failure == "unofficial"
    assert by_url["http://169.254.169.254/latest/"].failure == "private_address"
    assert by_url[f"http://{GOOD}/admin/secret"].failure == "robots"
    assert "http://stats.example/pixel.gif" not in by_url
    assert crawled.trapped == []
    assert {v.host for v in crawled.web.log} == {GOOD, BROKEN}
    assert not [v.path for v in crawled.web.log if v.path.startswith("/admin")]
    assert list(verify(crawled.archive)) == []


def test_a_browser_asks_one_thing_at_a_time_too(crawled: Crawled) -> None:
    for host in (GOOD, BROKEN):
        log = sorted((v for v in crawled.web.log if v.host == host), key=lambda v: v.started)
        assert all(earlier.finished <= later.started for earlier, later in pairwise(log))


def test_without_the_extra_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, None, browser="true")
    monkeypatch.setattr(browser, "find_spec", lambda name: None)
    archive = Archive.open(make_archive(tmp_path / "archive", []).path)
    with pytest.raises(UsageError, match=r"pip install 'gongkai\[browser\]'"):
        crawl(archive)
