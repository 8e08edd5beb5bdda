"""Hubs and shared hosts: whose reports stand where, and what no page of somebody else's may prove."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import make_archive, set_environment
from rawweb import Host, RawWeb, answer
from sqlalchemy import select
from test_columns import HOME, article, column, row, site

from archive import assignment
from archive.database.models import Place, Sighting, Visit
from archive.folder import Archive
from crawler.run import crawl

CODE = '<meta name="SiteIDCode" content="{}">'


def organs(*links: tuple[str, str]) -> str:
    """A list of bodies, each a link."""
    items = "".join(f'<li><a href="{url}">{name}</a></li>' for name, url in links)
    return f"<div class='list'><ul>{items}</ul></div>"


def _report(agency: str, year: int = 2024) -> str:
    return article(f"{agency}{year}年政府信息公开工作年度报告")


BUREAUS = ("教育局", "民政局", "财政局", "水务局")

HOSTS: dict[str, Host] = {
    # The city's column: a page a year, in which the bodies are nothing but names.
    "city": site(
        {
            "/nb/": column(
                row(2024, "/nb/a2024.html", "示例市人民政府"),
                row(2023, "/nb/a2023.html", "示例市人民政府"),
                more='<a href="/nb/2024/">2024年</a>',
            ),
            "/nb/a2024.html": _report("示例市人民政府"),
            "/nb/a2023.html": _report("示例市人民政府", 2023),
            "/nb/2024/": column(
                more=organs(
                    *((name, f"http://{n}.bureaus.gov.test/x/report.html") for n, name in enumerate(BUREAUS)),
                    ("演示县", "http://county.gov.test/zw/2024.html"),
                    ("东城街道", "http://county.gov.test/zw/office.html"),
                )
            ),
        }
    ),
    "county": site(
        {
            "/zw/2024.html": _report("示例市演示县人民政府"),
            "/zw/office.html": "<html><title>东城街道办事处</title><body>机构职能、领导信息。</body></html>",
        }
    ),
    # The province's column: the way to everybody's own list.
    "province": site(
        {
            "/nb/": column(
                row(2024, agency="示例省人民政府"),
                more=organs(
                    ("省教育厅", "/jyt/nb/list.html"),
                    ("省民政厅", "/mzt/nb/list.html"),
                    ("省水利厅", "/slt/nb/list.html"),
                ),
            ),
            "/jyt/nb/list.html": column(
                '<li><a href="/jyt/1.html">2024年政府信息公开工作年度报告</a><span>2025-01-15</span></li>'
            ),
            "/mzt/nb/list.html": column(row(2024, "/mzt/2.html", "示例省民政厅")),
            "/slt/nb/list.html": column(row(2024, "/slt/3.html", "示例省水利厅")),
            "/jyt/1.html": _report("示例省教育厅"),
            "/mzt/2.html": _report("示例省民政厅"),
            "/slt/3.html": _report("示例省水利厅"),
        }
    ),
    "torn": site(
        {
            "/nb/": column(
                row(2024),
                more=organs(("教育局", "/a/nb/l.html"), ("民政局", "/b/nb/l.html"), ("水务局", "/c/nb/l.html")),
            ),
            "/a/nb/l.html": column(row(2024, "/a/1.html", "教育局")),
            "/c/nb/l.html": answer("", 500),
        }
    ),
    "friends": site(
        {
            "/nb/": column(
                row(2024),
                more=organs(("教育局", "/a/p.html"), ("民政局", "/b/p.html"), ("水务局", "/c/p.html"), ("财政局", "/d/p.html")),
            ),
            **{f"/{n}/p.html": "<html><title>机构</title><body>机构职能</body></html>" for n in "abcd"},
        }
    ),
    # Bureaus on paths of one host; the portal's own column is the one that everybody links.
    "shared": site(
        {
            "/": f'<html><head>{CODE.format("3299000001")}</head><body><a href="/nb/">政府信息公开年报</a></body></html>',
            "/nb/": column(row(2024, agency="示例市人民政府"), row(2023, agency="示例市人民政府")),
            "/jyj/": '<html><body><a href="/nb/">政府信息公开年报</a><a href="/jyj/gk/">政府信息公开</a></body></html>',
            "/jyj/gk/": '<html><body><a href="/jyj/gk/nb/">政府信息公开年报</a></body></html>',
            "/jyj/gk/nb/": column(row(2024, "/jyj/1.html", "示例市教育局"), row(2023, "/jyj/2.html", "示例市教育局")),
            "/swj/": f'<html><head>{CODE.format("3299000022")}</head><body><a href="/nb/">政府信息公开年报</a></body></html>',
        }
    ),
    # Bureaus with sites of their own that publish in the portal's column, or do not.
    "portal": site(
        {"/nb/c.html": _report("示例市财政局", 2023), "/nb/": column(row(2024, agency="示例市民政局"), row(2023, agency="示例市民政局"), row(2023, "/nb/c.html", "示例市财政局"), )}
    ),
    "mzj": site({"/": HOME.replace("/nb/", "http://portal.gov.test/nb/")}),
    "czj": site({"/": HOME.replace("/nb/", "http://portal.gov.test/nb/")}),
    "slj": site({"/": HOME.replace("/nb/", "http://portal.gov.test/nb/")}),
}  # fmt: skip
for _number, _name in enumerate(BUREAUS):
    HOSTS[f"{_number}.bureaus"] = site({"/x/report.html": _report(f"示例市{_name}")})

REGISTER = [
    {"name": "示例市人民政府", "kind": "region_gov", "home_url": "http://city.gov.test/"},
    *(
        {
            "name": f"示例市{name}",
            "kind": "local_dept",
            "home_url": f"http://{n}.bureaus.gov.test/",
            "parent": "示例市人民政府",
        }
        for n, name in enumerate(BUREAUS)
    ),
    {"name": "示例省人民政府", "kind": "region_gov", "home_url": "http://province.gov.test/"},
    {"name": "示例省教育厅", "kind": "local_dept", "parent": "示例省人民政府"},
    {"name": "示例局", "home_url": "http://torn.gov.test/"},
    {"name": "某某局", "home_url": "http://friends.gov.test/"},
    {"name": "甲市人民政府", "home_url": "http://shared.gov.test/"},
    {"name": "甲市教育局", "home_url": "http://shared.gov.test/jyj/"},
    {"name": "甲市水务局", "home_url": "http://shared.gov.test/swj/"},
    {"name": "乙市民政局", "aliases": "", "home_url": "http://mzj.gov.test/"},
    {"name": "示例市财政局(二)", "home_url": "http://czj.gov.test/"},
    {"name": "示例市水利局", "home_url": "http://slj.gov.test/"},
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    hosts = {f"{name}.gov.test": host for name, host in HOSTS.items()}
    with pytest.MonkeyPatch.context() as monkeypatch, RawWeb(hosts) as web:
        set_environment(monkeypatch, web.proxy_url, retries=0)
        made = make_archive(tmp_path_factory.mktemp("hubs") / "archive", REGISTER)
        made = Archive.open(made.path)
        assert crawl(made).finished
        with made.session() as session:
            assignment.assign(session)
            session.commit()
        yield made


def visit_of(archive: Archive, url: str) -> Visit:
    with archive.reader() as session:
        visit = session.scalars(select(Visit).join(Place).where(Place.url == url)).one()
        for sighting in visit.sightings:
            _ = sighting.document, sighting.agency
        return visit


def seen(archive: Archive, url: str) -> set[tuple[str | None, int | None]]:
    return {(s.agency_name, s.year) for s in visit_of(archive, url).sightings}


def test_a_hub_shows_the_reports_of_all_whom_it_names(archive: Archive) -> None:
    expected = {(f"示例市{name}", 2024) for name in BUREAUS}
    expected |= {("示例市人民政府", 2024), ("示例市人民政府", 2023), ("示例市演示县人民政府", 2024)}
    assert seen(archive, "http://city.gov.test/") == expected
    assert visit_of(archive, "http://city.gov.test/").verdict == "complete"


def test_a_name_that_leads_to_no_report_is_no_sighting(archive: Archive) -> None:
    with archive.reader() as session:
        assert not session.scalars(select(Sighting).filter_by(title="东城街道")).all()


def test_what_a_hub_shows_is_given_to_the_body_of_that_name(archive: Archive) -> None:
    visit = visit_of(archive, "http://city.gov.test/")
    given = {s.agency_name: s.agency.name for s in visit.sightings if s.agency}
    assert given == {f"示例市{name}": f"示例市{name}" for name in (*BUREAUS, "人民政府")}


def test_a_hub_leads_to_the_lists_of_others_and_names_whose_they_are(archive: Archive) -> None:
    assert seen(archive, "http://province.gov.test/") == {
        ("示例省人民政府", 2024),
        ("示例省教育厅", 2024),
        ("示例省民政厅", 2024),
        ("示例省水利厅", 2024),
    }
    visit = visit_of(archive, "http://province.gov.test/")
    assert visit.verdict == "complete"
    assert {s.agency.name for s in visit.sightings if s.agency} >= {
        "示例省人民政府",
        "示例省教育厅",
    }


def test_a_hub_of_which_a_part_fails_proves_nothing(archive: Archive) -> None:
    visit = visit_of(archive, "http://torn.gov.test/")
    assert (visit.verdict, visit.kind) == ("partial", "http_404")
    assert ("教育局", 2024) in seen(archive, "http://torn.gov.test/")


def test_links_to_bodies_that_lead_to_no_report_are_no_hub(archive: Archive) -> None:
    visit = visit_of(archive, "http://friends.gov.test/")
    assert (visit.verdict, len(visit.sightings)) == ("complete", 1)


def test_a_body_on_a_path_has_its_own_column_before_that_of_the_portal(archive: Archive) -> None:
    visit = visit_of(archive, "http://shared.gov.test/jyj/")
    assert (visit.verdict, visit.column_url) == ("complete", "http://shared.gov.test/jyj/gk/nb/")


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("http://shared.gov.test/swj/", ("partial", "elsewhere")),
        ("http://slj.gov.test/", ("partial", "elsewhere")),
        ("http://mzj.gov.test/", ("partial", "elsewhere")),
    ],
)
def test_a_column_of_others_proves_nothing_of_those_whom_it_never_shows(
    url: str, verdict: tuple[str, str], archive: Archive
) -> None:
    visit = visit_of(archive, url)
    assert (visit.verdict, visit.kind) == verdict, visit.reason


def test_a_column_of_others_that_shows_the_body_is_its_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = {f"{name}.gov.test": HOSTS[name] for name in ("portal", "czj")}
    with RawWeb(hosts) as web:
        set_environment(monkeypatch, web.proxy_url, retries=0)
        register = [{"name": "示例市财政局", "home_url": "http://czj.gov.test/"}]
        made = Archive.open(make_archive(tmp_path / "archive", register).path)
        crawl(made)
    visit = visit_of(made, "http://czj.gov.test/")
    assert (visit.verdict, visit.column_url) == ("complete", "http://portal.gov.test/nb/")
