"""Real crawls of the sample web: what is there is found, what only looks like it is refused."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from crawling import (
    DAY,
    make_archive,
    sample_register,
    set_environment,
    sightings,
    verdicts,
)
from sqlalchemy import func, select

from archive.clock import china_day
from archive.database.models import Capture, Place, Run, Sighting, Visit
from archive.fixity import verify
from archive.folder import Archive
from crawler.run import Progress, Summary, crawl
from crawler.sampleweb import SampleWeb
from crawler.sampleweb.truth import truths


@dataclass
class Crawled:
    archive: Archive
    web: SampleWeb
    first: Summary
    second: Summary
    boundary: int
    told: list[Progress]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """The sample web crawled twice in a row."""
    with pytest.MonkeyPatch.context() as monkeypatch, SampleWeb(clock=DAY) as web:
        set_environment(monkeypatch, web.proxy_url)
        archive = make_archive(tmp_path_factory.mktemp("crawl") / "archive", sample_register())
        archive = Archive.open(archive.path)
        told: list[Progress] = []
        first = crawl(archive, progress=lambda p: told.append(Progress(**vars(p))))
        boundary = len(web.log)
        second = crawl(archive)
        yield Crawled(archive, web, first, second, boundary, told)


def test_every_published_report_is_seen_with_its_agency_year_and_date(crawled: Crawled) -> None:
    expected = {
        (one.host, one.title, one.year, china_day(one.shown))
        for one in truths()
        if one.title and one.shown and one.published and one.published <= DAY
    }
    seen = sightings(crawled.archive, crawled.first.run_id)
    assert {(s.host, s.title, s.year, s.day) for s in seen} == expected
    assert all(s.agency and s.title.startswith(s.agency) for s in seen)


def test_every_report_has_its_document(crawled: Crawled) -> None:
    forms = {(one.title, one.year): one.form for one in truths()}
    with crawled.archive.reader() as session:
        for sighting in session.scalars(select(Sighting)):
            assert sighting.document is not None, sighting.title
            form = forms[sighting.title, sighting.year]
            media = sighting.document.media_type or ""
            assert {"inline": "html", "pdf": "pdf", "docx": "wordprocessing"}[str(form)] in media


def test_open_sites_are_complete_and_others_say_what_is_wrong(crawled: Crawled) -> None:
    found = verdicts(crawled.archive, crawled.first.run_id)
    closed = {
        "qxj.shili.gov.test": ("down", "closed"),
        "shuiwu.shili.gov.test": ("blocked", "521"),
    }
    assert found == {host: closed.get(host, ("complete", None)) for host in found}
    assert len(found) == len({one.host for one in truths()})


def test_paging_is_read_to_the_end_by_every_platform(crawled: Crawled) -> None:
    with crawled.archive.reader() as session:
        visits = session.scalars(select(Visit).filter_by(run_id=crawled.first.run_id)).all()
        read = {v.place.host: (v.platform, v.pages, v.rows) for v in visits}
    assert read["www.shili.gov.test"] == ("trs", 3, 23)
    assert read["swj.shili.gov.test"] == ("trs", 2, 3)
    assert read["wjw.shili.gov.test"] == ("generic", 2, 3)
    assert read["www.yanshi.shili.gov.test"] == ("hanweb", 2, 21)


def test_one_request_at_a_time_per_host(crawled: Crawled) -> None:
    by_host = defaultdict(list)
    for visit in crawled.web.log:
        by_host[visit.host].append((visit.started, visit.finished))
    assert max(map(len, by_host.values())) > 20
    for host, times in by_host.items():
        times.sort()
        for (_start, end), (start, _end) in itertools.pairwise(times):
            assert start >= end, host


def test_nothing_but_official_hosts_was_asked_and_robots_came_first(crawled: Crawled) -> None:
    first: dict[str, str] = {}
    for visit in crawled.web.log:
        assert visit.host.endswith(".gov.test")
        if visit.method != "CONNECT":
            first.setdefault(visit.host, visit.path)
    assert set(first.values()) == {"/robots.txt"}


def test_second_crawl_asks_for_what_is_new_only(crawled: Crawled) -> None:
    again = crawled.web.log[crawled.boundary :]
    open_hosts = {one.host for one in truths() if one.site == "open"}
    documents = {s.url for s in sightings(crawled.archive, crawled.first.run_id)}
    statuses = {f"http://{v.host}{v.path}": v.status for v in again if v.host in open_hosts}
    assert {statuses[url] for url in documents} == {304}
    assert crawled.second.documents_new == 0
    # The recipe leads straight to the column: no home page is opened.
    assert not any(v.path == "/" for v in again if v.host in open_hosts)
    assert sightings(crawled.archive, crawled.second.run_id) == sightings(
        crawled.archive, crawled.first.run_id
    )


def test_summary_and_progress_tell_the_same_story(crawled: Crawled) -> None:
    first = crawled.first
    assert first.finished
    assert first.places == 11
    assert first.reports == first.documents_new == 53
    assert first.kinds == {"down:closed": 1, "blocked:521": 1}
    last = crawled.told[-1]
    assert (last.places, last.done, last.reports) == (11, 11, first.reports)
    assert last.requests == first.requests
    assert crawled.told[0].done == 0
    with crawled.archive.reader() as session:
        run = session.get_one(Run, first.run_id)
        assert run.state == "finished"
        assert run.clock_set
        assert run.summary["reports"] == 53
        counted = session.scalar(select(func.sum(Visit.requests)).filter_by(run_id=first.run_id))
        assert counted == first.requests


def test_every_exchange_is_stored_and_sound(crawled: Crawled) -> None:
    with crawled.archive.reader() as session:
        stored = session.scalar(select(func.count()).select_from(Capture)) or 0
        purposes = set(session.scalars(select(Capture.purpose).distinct()))
        undated = session.scalar(
            select(func.count()).select_from(Capture).where(Capture.visit_id.is_(None))
        )
    tunnels = sum(visit.method == "CONNECT" for visit in crawled.web.log)
    # Refusals that follow from robots.txt are stored though nothing was sent.
    assert stored >= len(crawled.web.log) - tunnels
    assert purposes >= {"robots", "home", "column", "list", "article", "document"}
    assert undated == 0
    assert list(verify(crawled.archive)) == []


def test_a_year_limits_what_is_fetched_and_not_what_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crawled: Crawled
) -> None:
    set_environment(monkeypatch, crawled.web.proxy_url, processes=1)
    register = [r for r in sample_register() if "yanshi" in r["home_url"]]
    archive = make_archive(tmp_path / "archive", register)
    summary = crawl(Archive.open(archive.path), year=2024)
    assert summary.reports == 15
    with archive.reader() as session:
        for sighting in session.scalars(select(Sighting)):
            assert (sighting.document_id is not None) == (sighting.year == 2024)


def test_recipes_are_kept_of_complete_visits_only(crawled: Crawled) -> None:
    with crawled.archive.reader() as session:
        for place in session.scalars(select(Place)):
            known = place.host not in ("qxj.shili.gov.test", "shuiwu.shili.gov.test")
            assert bool(place.recipe) == known
