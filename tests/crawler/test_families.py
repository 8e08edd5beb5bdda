"""Every family of sites, crawled for real: all that is there is found, and no doubt passes for proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from crawling import DAY, make_archive, set_environment
from govweb.families import FAMILIES, FAULTS, Place, sites
from govweb.portals import FILE, ROWS, truth
from sqlalchemy import select

from archive.database.models import Capture, Visit
from archive.database.models import Place as PlaceRow
from archive.evidence import exchanges
from archive.evidence.copying import Copier
from archive.evidence.looks import look
from archive.folder import Archive
from crawler.rereading import reread
from crawler.run import crawl
from crawler.sampleweb import SampleWeb
from crawler.sampleweb.publications import Attachment


@dataclass
class Crawled:
    archive: Archive
    web: SampleWeb
    places: list[Place]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """All sites of the test web, crawled once."""
    made, places = sites()
    with pytest.MonkeyPatch.context() as monkeypatch, SampleWeb(clock=DAY, sites=made) as web:
        set_environment(monkeypatch, web.proxy_url, retries=0)
        register = [{"name": f"示例{n}局", "home_url": p.url} for n, p in enumerate(places)]
        archive = make_archive(tmp_path_factory.mktemp("families") / "archive", register)
        archive = Archive.open(archive.path)
        assert crawl(archive, year=2024).finished
        yield Crawled(archive, web, places)


def visit_of(crawled: Crawled, place: Place) -> Visit:
    """The visit of a place with its sightings and their documents loaded."""
    with crawled.archive.reader() as session:
        visit = session.scalars(select(Visit).join(PlaceRow).where(PlaceRow.url == place.url)).one()
        for sighting in visit.sightings:
            _ = sighting.document
        return visit


GOOD = [place for place in sites()[1] if not place.fault]
BAD = [place for place in sites()[1] if place.fault]


def _name(place: Place) -> str:
    return place.url.removeprefix("http://").partition("&")[0]


@pytest.mark.parametrize("place", GOOD, ids=_name)
def test_all_reports_of_all_pages_are_found_and_the_verdict_is_complete(
    place: Place, crawled: Crawled
) -> None:
    visit = visit_of(crawled, place)
    assert (visit.verdict, visit.kind) == ("complete", None), visit.reason
    assert visit.platform == place.family.platform
    assert visit.rows == len(place.portal.reports)
    assert visit.pages >= -(-visit.rows // max(ROWS, 10))
    expected = {(one.agency, one.year, one.title, one.day) for one in truth(place.portal)}
    seen = {(s.agency_name, s.year, s.title, s.displayed_date) for s in visit.sightings}
    assert seen == expected
    assert len(visit.sightings) == len(expected)


@pytest.mark.parametrize("place", GOOD, ids=_name)
def test_the_report_itself_is_archived_in_whatever_form(place: Place, crawled: Crawled) -> None:
    forms = {one.title: one.form for one in truth(place.portal) if one.year == 2024}
    pdf = Attachment(FILE, "").read()
    found = {s.title: s.document for s in visit_of(crawled, place).sightings if s.year == 2024}
    assert found.keys() == forms.keys()
    for title, document in found.items():
        assert document is not None, title
        assert (document.size == len(pdf)) == (forms[title] != "inline"), (title, document.url)


@pytest.mark.parametrize("place", BAD, ids=_name)
def test_what_cannot_be_read_in_full_is_never_complete(place: Place, crawled: Crawled) -> None:
    visit = visit_of(crawled, place)
    expected = {one.title for one in truth(place.portal)}
    assert {s.title for s in visit.sightings} <= expected
    pages_only = place.fault == "lying" and place.family.name == "catalogue"
    if visit.verdict == "complete" and (place.fault == "modest" or pages_only):
        # That the site says there are fewer rows than it has is no end; that it counts a page too many is
        # no loss, where that page is provably not there.
        assert {s.title for s in visit.sightings} == expected, visit.reason
        return
    assert visit.verdict == "partial", (visit.verdict, visit.reason)
    if place.fault == "lying":
        # Rows are counted; of pages, the one too many is asked for and is not there.
        assert visit.kind in ("count", "http_404"), visit.reason
        assert len(visit.sightings) == len(expected)
    if place.fault == "broken":
        assert visit.kind == "http_5xx", visit.reason
        assert visit.sightings


def test_no_host_is_asked_two_things_at_once_and_each_is_asked_for_its_rules(
    crawled: Crawled,
) -> None:
    hosts = {visit.host for visit in crawled.web.log}
    assert hosts == set(crawled.web.sites)
    for host in hosts:
        log = sorted((v for v in crawled.web.log if v.host == host), key=lambda v: v.started)
        assert log[0].path == "/robots.txt"
        assert all(earlier.finished <= later.started for earlier, later in pairwise(log))


def test_every_family_fails_in_every_way() -> None:
    faults = {(place.family.name, place.fault) for place in BAD}
    assert {(f.name, fault) for f in FAMILIES for fault in ("broken", "lying")} <= faults
    assert {fault for _name, fault in faults} == set(FAULTS)


@pytest.mark.parametrize("place", GOOD, ids=_name)
def test_the_stored_pages_read_again_give_what_the_visit_noted(
    place: Place, crawled: Crawled, tmp_path: Path
) -> None:
    """What evidence rests on: the records alone show the column as the crawl saw it."""
    with crawled.archive.reader() as session:
        visit = session.scalars(select(Visit).join(PlaceRow).where(PlaceRow.url == place.url)).one()
        captures = session.scalars(select(Capture).filter_by(visit_id=visit.id)).all()
        with (tmp_path / "a.warc.gz").open("xb") as file:
            copier = Copier(crawled.archive, session, file, DAY)
            outcomes = list(copier.captures(captures).values())
            told = copier.visit(visit)
        kept = exchanges.read(tmp_path / "a.warc.gz")
        shown = look(kept, "absent", told, outcomes, reread)
        assert shown["read"]["agrees"], shown["read"]
        rows = {(entry["title"], entry["url"]) for entry in shown["entries"]}
        assert {(s.title, s.url) for s in visit.sightings} <= rows
