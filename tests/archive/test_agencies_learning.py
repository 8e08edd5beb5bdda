"""What crawls teach the register: pages in, facts and proposals out, and people decide."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from commandline import Gongkai
from history import at
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.agencies import lineage, proposals, seed
from archive.agencies.learning import Learned, propose
from archive.agencies.studying import Study, study
from archive.audit.duty import exempt
from archive.captures import Exchange, Recorder
from archive.database.models import (
    Agency,
    AgencyProposal,
    Capture,
    Place,
    Run,
    Sighting,
    Site,
    Visit,
)
from archive.errors import UsageError
from archive.folder import Archive
from archive.people import keep_register
from archive.rebuild import rebuild
from archive.recovery import recover
from crawler.sampleweb import AGENCIES_CSV, SampleWeb

HOME = "http://www.quxian.gov.cn/"
ORGANS = ("县教育局", "发改局", "县水务局", "县融媒体中心", "涌兴镇", "渠江街道")


def page(
    *labels: str, code: str = "5117250001", links: dict[str, str] | None = None, more: str = ""
) -> str:
    """A start page with a menu, a list of organs and news."""
    rows = "".join(
        f'<li><a href="{(links or {}).get(label, "#")}">{label}</a></li>' for label in labels
    )
    return (
        f'<html><head><meta name="SiteIDCode" content="{code}"></head><body>'
        '<ul><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li>'
        '<li><a href="/bsdt/">办事大厅</a></li><li><a href="/hd/">互动交流</a></li></ul>'
        f"<div><h3>部门乡镇</h3><ul>{rows}</ul></div>"
        '<ul><li><a href="/n/1.html">县教育局召开会议</a></li><li><a href="/n/2.html">要闻</a></li>'
        f"</ul>{more}</body></html>"
    )


@dataclass
class Portal:
    """An archive with one place, its pages captured as a crawl captures them."""

    archive: Archive
    session: Session
    url: str = HOME
    place: Place = field(init=False)
    days: int = 0

    def __post_init__(self) -> None:
        self.place = Place(url=self.url, host=self.url.split("/")[2])
        self.session.add(self.place)
        self.session.commit()

    def publishes(self, *agencies: Agency) -> None:
        self.session.add_all(agencies)
        self.place.agencies = [*self.place.agencies, *agencies]
        self.session.commit()

    def shows(self, html: str, *reports: Sighting, url: str = "", purpose: str = "home") -> None:
        """A visit that captured a page and saw reports, and what was learned from it."""
        moment = at("2025-02-03") + timedelta(days=self.days)
        self.days += 1
        run = Run(command="crawl", started_at=moment)
        visit = Visit(run=run, place=self.place, started_at=moment, finished_at=moment)
        visit.verdict = "complete"
        self.session.add(visit)
        self.session.flush()
        for sighting in reports:
            sighting.visit_id, sighting.seen_at = visit.id, moment
            self.session.add(sighting)
        self.session.commit()
        with Recorder(self.archive, run.id) as recorder:
            recorder.record(
                Exchange(
                    url=url or self.url,
                    purpose=purpose,
                    fetched_at=moment,
                    visit_id=visit.id,
                    status=200,
                    reason="OK",
                    response_headers=(("Content-Type", "text/html; charset=utf-8"),),
                    body=html.encode(),
                )
            )
            recorder.visit(visit.id)

    def learn(self) -> Learned:
        learned = propose(self.session, self.archive)
        self.session.commit()
        return learned

    def agency(self, name: str) -> Agency:
        return self.session.scalars(select(Agency).filter_by(name=name)).one()

    def open(self) -> dict[str, AgencyProposal]:
        found = self.session.scalars(select(AgencyProposal).filter_by(state="open"))
        return {proposal.name: proposal for proposal in found}


@pytest.fixture
def portal(archive: Archive) -> Iterator[Portal]:
    with archive.session() as session:
        yield Portal(archive, session)


def government(**more: object) -> Agency:
    values = {
        "name": "渠县人民政府",
        "kind": "region_gov",
        "division_code": "511725",
        "home_url": HOME,
        "origin": "import",
    }
    return Agency(**values | more)


def seen(name: str, year: int = 2024, agency: Agency | None = None) -> Sighting:
    return Sighting(
        url=f"{HOME}nb/{year}.html",
        list_url=f"{HOME}nb/",
        title=f"{name}{year}年政府信息公开工作年度报告",
        agency_name=name,
        year=year,
        agency=agency,
    )


def test_a_list_of_organs_proposes_bodies_with_their_addresses(portal: Portal) -> None:
    portal.publishes(government())
    links = {
        "县教育局": "http://jyj.quxian.gov.cn/",
        "发改局": "http://www.quxian.gov.cn.example.com/fgj/",
        "县水务局": "/news/20240101/12345678.html",
        "涌兴镇": "/yxz/",
    }
    portal.shows(page(*ORGANS, links=links))
    assert portal.learn() == Learned(pages=1, proposed=5, confirmed=0)
    found = portal.open()
    assert {(p.name, p.division_code, p.kind) for p in found.values()} == {
        ("渠县教育局", "511725", "local_dept"),
        ("渠县发展和改革局", "511725", "local_dept"),
        ("渠县水务局", "511725", "local_dept"),
        ("渠县涌兴镇人民政府", "511725106", "township_gov"),
        ("渠县渠江街道办事处", "511725001", "subdistrict"),
    }
    # A link to a copy elsewhere, to an article or to nothing is no address.
    assert {p.home_url for p in found.values()} == {
        "http://jyj.quxian.gov.cn/",
        f"{HOME}yxz/",
        None,
    }
    evidence = proposals.review(portal.session, division="511725106")
    assert [(row["evidence_url"], row["offset"] > 0) for row in evidence] == [(HOME, True)]
    assert portal.learn() == Learned()


def test_both_databases_learn_and_decide_alike(on_both: Archive) -> None:
    with on_both.session() as session:
        portal = Portal(on_both, session)
        portal.publishes(government())
        portal.shows(page(*ORGANS), seen("渠县民政局", 2023))
        assert portal.learn().proposed == 6
        proposals.accept(session, proposals.chosen(session, like="局"), person="tester")
        proposals.reject(proposals.chosen(session, like="镇"), person="tester")
        lineage.rename(session, portal.agency("渠县水务局"), "渠县水利局", 2030, origin="person")
        session.commit()
        assert portal.learn() == Learned()
        assert {row["name"] for row in proposals.review(session)} == {"渠县渠江街道办事处"}
    keep_register(on_both)


def test_a_candidate_on_the_list_owes_reports_from_then_on(portal: Portal) -> None:
    seed(portal.session, "511725")
    portal.publishes(portal.agency("渠县人民政府"))
    portal.shows(page(*ORGANS))
    assert portal.learn().confirmed == 1
    listed, unlisted = portal.agency("渠县教育局"), portal.agency("渠县商务局")
    assert (listed.standing, unlisted.standing) == ("confirmed", "candidate")
    assert listed.origin == f"gazetteer; on the list of organs at {HOME}"
    assert [exempt(listed, year) is None for year in (2024, 2025)] == [False, True]
    assert "may be another name of 渠县发展和改革委员会" in portal.open()["渠县发展和改革局"].reason


def test_a_report_confirms_a_duty_for_the_years_after_it(portal: Portal) -> None:
    seed(portal.session, "511725")
    candidate = portal.agency("渠县审计局")
    portal.publishes(candidate)
    portal.shows(page(), seen("渠县审计局", 2022, candidate), seen("渠县审计局", 2021, candidate))
    assert portal.learn().confirmed == 1
    assert (candidate.standing, candidate.duty_from) == ("confirmed", 2021)
    assert [exempt(candidate, year) is None for year in (2020, 2021, 2023)] == [False, True, True]
    assert f"its report for 2021 at {HOME}nb/2021.html" in candidate.origin


def listed(*labels: str) -> str:
    return "<html><ul>" + "".join(f"<li><a href='/a/'>{label}</a>" for label in labels) + "</ul>"


@pytest.mark.parametrize(
    "html",
    [
        page(*ORGANS, code="3407220001"),
        listed("县教育局", "县水务局", "涌兴镇", "首页", "要闻", "通知公告", "互动交流"),
        listed("达州市教育局", "达州市水务局", "达州市财政局", "市民政局"),
        listed("县教育局", "县水务局"),
        listed("县委组织部", "县人民法院", "渠县中学", "县人民医院", "县总工会", "县委办公室"),
        listed("县教育局召开会议", "县水务局开展检查", "涌兴镇举行活动"),
        listed("渠县人民政府", "县政府办公室", "县政府"),
    ],
    ids=[
        "of-another-county",
        "mostly-other-links",
        "of-the-city",
        "too-short",
        "bodies-that-do-not-report",
        "news",
        "the-government-itself",
    ],
)
def test_what_is_no_list_of_organs_of_the_place_proposes_none(portal: Portal, html: str) -> None:
    portal.publishes(government())
    portal.shows(html)
    assert portal.learn().pages == 1
    assert not [p for p in portal.open().values() if p.what != "site"]


def test_a_page_on_another_host_teaches_nothing(portal: Portal) -> None:
    portal.publishes(government())
    mirror = "http://www.quxian.gov.cn.example.com/"
    report = seen("渠县水务局")
    report.url = f"{mirror}nb/1.html"
    portal.shows(page(*ORGANS), report, url=mirror)
    assert portal.learn() == Learned()
    assert not portal.session.scalars(select(Site)).all()


def test_the_identification_code_joins_a_site_to_its_division(portal: Portal) -> None:
    portal.publishes(government(name="渠县太平镇人民政府", division_code="", kind="township_gov"))
    portal.shows(page(code="5117250001"))
    portal.learn()
    known = portal.session.scalars(select(Site)).one()
    assert (known.code, known.division_code) == ("5117250001", "511725")
    assert known.origin == f"SiteIDCode of {HOME}"
    assert portal.session.get_one(Capture, known.capture_id).url == HOME


def test_a_code_that_contradicts_what_is_known_is_proposed_and_never_taken(portal: Portal) -> None:
    portal.publishes(government())
    portal.shows(page(code="3407220001"))
    assert portal.learn().proposed == 1
    assert not portal.session.scalars(select(Site)).all()
    conflict = portal.open()["quxian.gov.cn/"]
    assert (conflict.what, conflict.division_code) == ("site", "340722")
    assert "511725" in conflict.reason
    proposals.accept(portal.session, [conflict], person="tester")
    assert portal.session.scalars(select(Site)).one().division_code == "340722"
    portal.session.commit()
    assert portal.learn().proposed == 0


def test_an_author_that_the_register_lacks_is_proposed_with_its_place(portal: Portal) -> None:
    portal.publishes(government())
    portal.shows(
        page(),
        seen("渠县水务局"),
        seen("县民政局", 2023),
        seen("示例市水务局"),
        seen("渠县人民法院"),
        seen("达州市生态环境局"),
    )
    portal.learn()
    found = portal.open()
    assert set(found) == {"渠县水务局", "渠县民政局", "示例市水务局", "达州市生态环境局"}
    assert (found["渠县水务局"].home_url, found["渠县水务局"].evidence_url) == (HOME, f"{HOME}nb/")
    # It is no body of this division, so that it publishes here is not likely.
    assert found["达州市生态环境局"].home_url is None
    assert found["示例市水务局"].division_code == ""
    assert found["渠县民政局"].division_code == "511725"


def test_people_decide_for_good_and_a_rebuild_keeps_it(portal: Portal) -> None:
    portal.publishes(government())
    portal.shows(page(*ORGANS, links={"县教育局": "http://jyj.quxian.gov.cn/"}))
    portal.learn()
    taken = proposals.chosen(portal.session, [portal.open()["渠县教育局"].id])
    proposals.accept(portal.session, taken, person="tester")
    proposals.reject(proposals.chosen(portal.session, like="水务"), person="tester")
    portal.session.commit()
    keep_register(portal.archive)
    made = portal.agency("渠县教育局")
    assert (made.standing, made.duty_from, made.home_url) == (
        "confirmed",
        None,
        "http://jyj.quxian.gov.cn/",
    )
    assert made.parent is portal.agency("渠县人民政府")
    assert made.origin == "accepted by tester: stands on a list of organs as 县教育局"
    with pytest.raises(UsageError, match="no open proposal"):
        proposals.chosen(portal.session, [taken[0].id])
    portal.session.close()
    portal.archive.engine.dispose()
    for file in portal.archive.path.glob("gongkai.sqlite*"):
        file.unlink()
    archive = Archive.open(portal.archive.path)
    recover(archive)
    assert rebuild(archive).damage == []
    with archive.session() as session:
        propose(session, archive)
        states = {p.name: (p.state, p.decided_by) for p in session.scalars(select(AgencyProposal))}
        assert states["渠县教育局"] == ("accepted", "tester")
        assert states["渠县水务局"] == ("rejected", "tester")
        again = session.scalars(select(Agency).filter_by(name="渠县教育局")).one()
        assert (again.standing, again.home_url) == ("confirmed", "http://jyj.quxian.gov.cn/")


def test_a_page_with_two_codes_has_none() -> None:
    footer = '<a href="https://x.gov.cn/jiucuo.html?site_code=3407220001&url=a">找错</a>'
    assert study(page(more=footer).encode(), HOME).site_code is None
    agreeing = footer.replace("3407220001", "5117250001")
    assert study(page(more=agreeing).encode(), HOME).site_code == "5117250001"
    assert study(f"<html><body>{agreeing}</body></html>".encode(), HOME).site_code == "5117250001"


def test_a_drop_down_is_a_list_too() -> None:
    options = "".join(
        f'<option value="http://{n}.quxian.gov.cn/">渠县{name}</option>'
        for n, name in (("jyj", "教育局"), ("swj", "水务局"), ("mzj", "民政局"))
    )
    html = f"<html><body><select><option>部门网站</option>{options}</select></body></html>"
    assert study(html.encode("gbk"), HOME).lists == [
        [
            ("渠县教育局", "http://jyj.quxian.gov.cn/"),
            ("渠县水务局", "http://swj.quxian.gov.cn/"),
            ("渠县民政局", "http://mzj.quxian.gov.cn/"),
        ]
    ]


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda t: f"<html><a href='{t}'>{t}局</a>".encode())
)
def test_no_page_breaks_the_study(body: bytes) -> None:
    assert isinstance(study(body, HOME), Study)


def test_a_deep_page_does_not_break_the_study() -> None:
    html = b"<html>" + b"<div>" * 50_000 + "<a>县教育局</a>".encode() + b"</html>"
    assert study(html, HOME).site_code is None


def test_from_a_web_to_proposals_to_a_report(gongkai: Gongkai, tmp_path: Path) -> None:
    """A register that lacks a township learns of it where its report stands, and then has the report."""
    lines = AGENCIES_CSV.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("渠县涌兴镇")]
    register = tmp_path / "register.csv"
    register.write_text(
        "\n".join([*kept, "渠县人民政府,region_gov,511725,http://www.quxian.gov.test/,,,,,"]),
        encoding="utf-8",
    )
    gongkai("init", tmp_path / "archive")
    gongkai("agencies", "import", register)
    with SampleWeb(clock=at("2025-02-03")) as web:
        gongkai("crawl", "--division", "511725", web=web.proxy_url, now=at("2025-02-03"))
    said = gongkai("extract", now=at("2025-02-03")).stdout
    assert "1 proposal for the register" in said
    (proposal,) = json.loads(gongkai("agencies", "review", "--format", "json").stdout)
    assert (proposal["name"], proposal["division_code"]) == ("渠县涌兴镇人民政府", "511725106")
    assert proposal["home_url"] == "http://www.quxian.gov.test/"
    assert proposal["warc"]
    assert "1 accepted" in gongkai("agencies", "accept", proposal["id"], "--by", "tester").stdout
    gongkai("extract", now=at("2025-02-03"))
    reports = json.loads(gongkai("reports", "--format", "json").stdout)
    assert {report["agency"] for report in reports} == {"渠县涌兴镇人民政府"}
    assert json.loads(gongkai("agencies", "review", "--format", "json").stdout) == []
    done = gongkai("agencies", "accept", 77, status=2)
    assert "no open proposal 77" in done.stderr
