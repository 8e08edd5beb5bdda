"""The national database of sites: whatever way it was saved, it merges with the register."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from commandline import Gongkai
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.agencies import RegisterError, proposals, seed
from archive.agencies.sites import SitesReport, import_sites
from archive.database.models import Agency, AgencyProposal, Site
from archive.folder import Archive
from archive.hosts import OfficialHosts, is_official, site_key
from archive.people import keep_register
from archive.restoring import restore

HOSTS = OfficialHosts([".gov.cn"])
ROWS = (
    "5117250001,渠县人民政府办公室,渠县人民政府门户网站,www.quxian.gov.cn\n"
    "5117250002,渠县教育局,渠县教育局,http://jyj.quxian.gov.cn/index.html\n"
)


@pytest.fixture
def session(archive: Archive) -> Iterator[Session]:
    with archive.session() as session:
        seed(session, "511725")
        session.commit()
        yield session


def take(session: Session, tmp_path: Path, text: str, encoding: str = "utf-8") -> SitesReport:
    path = tmp_path / "sites.csv"
    path.write_bytes(text.encode(encoding))
    return import_sites(session, path, HOSTS)


def agency(session: Session, name: str) -> Agency:
    return session.scalars(select(Agency).filter_by(name=name)).one()


def open_proposals(session: Session) -> list[AgencyProposal]:
    return list(session.scalars(select(AgencyProposal).filter_by(state="open")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        "网站标识码,主办单位,网站名称,网址\n" + ROWS,
        "序号,网址,网站名称,主办单位,网站标识码\n"
        + "1,www.quxian.gov.cn,渠县人民政府门户网站,渠县人民政府办公室,'5117250001\n"
        + "2,http://jyj.quxian.gov.cn/index.html,渠县教育局,渠县教育局,5117250002\n",
    ],
    ids=["positions", "heads", "heads-in-another-order"],
)
def test_agencies_get_their_addresses(
    session: Session, tmp_path: Path, text: str, encoding: str
) -> None:
    done = take(session, tmp_path, text, encoding)
    assert (done.sites, done.addressed, done.added, done.problems) == (2, 3, 0, [])
    # The office runs the portal, and the portal is the government's.
    for name in ("渠县人民政府办公室", "渠县人民政府"):
        assert agency(session, name).home_url == "http://www.quxian.gov.cn"
    school = agency(session, "渠县教育局")
    assert school.home_url == "http://jyj.quxian.gov.cn/index.html"
    assert school.origin == "gazetteer; address: national database of sites (5117250002)"
    # That it has a site does not say that it owes a report of its own.
    assert school.standing == "candidate"
    sites = {site.key: site for site in session.scalars(select(Site))}
    assert sites["quxian.gov.cn/"].division_code == "511725"
    again = take(session, tmp_path, text, encoding)
    assert again == SitesReport()


def test_an_organ_that_the_register_lacks_comes_in_as_a_candidate(
    session: Session, tmp_path: Path
) -> None:
    done = take(session, tmp_path, "5117250003,渠县乡村振兴局,渠县乡村振兴局,xczx.quxian.gov.cn\n")
    made = agency(session, "渠县乡村振兴局")
    assert (done.added, made.standing, made.division_code) == (1, "candidate", "511725")
    assert made.parent is agency(session, "渠县人民政府")


def test_what_is_not_certain_is_proposed_and_nothing_is_replaced(
    session: Session, tmp_path: Path
) -> None:
    agency(session, "渠县教育局").home_url = "http://old.quxian.gov.cn/"
    session.add(Site(key="swj.quxian.gov.cn/", url="", code="3407220001", division_code="340722"))
    done = take(
        session,
        tmp_path,
        "5117250002,渠县教育局,渠县教育局,http://jyj.quxian.gov.cn/\n"
        "5117250004,渠县发改局,渠县发改局,http://fgj.quxian.gov.cn/\n"
        "5117250005,渠县水利局,渠县水利局,http://swj.quxian.gov.cn/\n"
        "5117250006,宕渠文化促进中心组,某网,http://whzx.quxian.gov.cn/\n",
    )
    assert done.proposed == 4
    assert agency(session, "渠县教育局").home_url == "http://old.quxian.gov.cn/"
    assert agency(session, "渠县水利局").home_url is None
    found = {proposal.name: proposal for proposal in open_proposals(session)}
    assert found["渠县教育局"].what == "address"
    assert "may be another name of 渠县发展和改革委员会" in found["渠县发展和改革局"].reason
    assert found["swj.quxian.gov.cn/"].what == "site"
    assert found["宕渠文化促进中心组"].division_code == ""
    proposals.accept(session, list(found.values()), person="tester", code="511725")
    assert agency(session, "渠县教育局").home_url == "http://jyj.quxian.gov.cn/"
    assert agency(session, "宕渠文化促进中心组").division_code == "511725"
    session.flush()
    again = take(
        session, tmp_path, "5117250006,宕渠文化促进中心组,某网,http://whzx.quxian.gov.cn/\n"
    )
    assert again.proposed == 0


def test_bad_rows_are_named_and_the_good_ones_go_in(session: Session, tmp_path: Path) -> None:
    done = take(
        session,
        tmp_path,
        "网站标识码,主办单位,网站名称,网址\n"
        "12,渠县教育局,x,http://a.gov.cn/\n"
        "5117250001,,x,http://a.gov.cn/\n"
        "5117250001,渠县教育局,x,not an address\n"
        "5117250001,渠县教育局,x\n"
        "5117250001,渠县教育局,x,http://jyj.quxian.gov.cn.example.com/\n"
        "9999990001,渠县民政局,x,http://mzj.quxian.gov.cn/\n"
        "bm01000001,某部,x,http://www.moa.gov.cn/\n" + ROWS,
    )
    assert done.skipped == 5
    assert [line for line, _ in done.problems] == [2, 3, 4, 5, 6, 7]
    assert "is a copy of jyj.quxian.gov.cn" in dict(done.problems)[6]
    assert "no division" in dict(done.problems)[7]
    assert agency(session, "渠县人民政府").home_url


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"a,b\n", "2 columns without heads"),
        ("网址,网站名称\n".encode(), "no column for: code, organ"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xff", "no text"),
    ],
)
def test_a_file_that_is_no_such_list_is_one_clear_error(
    session: Session, tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(RegisterError, match=says):
        import_sites(session, tmp_path / "x.csv", HOSTS)


def test_imported_sites_come_back_without_the_database(
    session: Session, archive: Archive, tmp_path: Path
) -> None:
    take(session, tmp_path, ROWS)
    session.commit()
    keep_register(archive)
    for table in (Site, Agency):
        session.execute(table.__table__.delete())
    session.commit()
    assert restore(archive).damage == []
    assert {site.code for site in session.scalars(select(Site))} == {"5117250001", "5117250002"}
    assert agency(session, "渠县教育局").home_url == "http://jyj.quxian.gov.cn/index.html"


def test_the_command_says_what_it_did(gongkai: Gongkai, tmp_path: Path) -> None:
    gongkai("init", tmp_path / "archive")
    gongkai("agencies", "seed", "--division", "511725")
    file = tmp_path / "sites.csv"
    file.write_text(ROWS + "x,y,z,w\n", encoding="gbk")
    done = gongkai("agencies", "import-sites", file, status=1)
    assert "2 sites, 3 agencies got their address" in done.stdout
    assert f"{file}, line 3: 'x' is no identification code" in done.stderr
    assert gongkai("agencies", "standing", "渠县教育局", "rejected", "--by", "me").stdout
    assert "no standing" in gongkai("agencies", "standing", "渠县教育局", "odd", status=2).stderr


@pytest.mark.parametrize(
    ("url", "official", "copied"),
    [
        ("http://www.quxian.gov.cn/nb/", True, None),
        ("https://tax.example.org/nb/", True, None),
        ("http://www.quxian.gov.cn.example.com/nb/", False, "www.quxian.gov.cn"),
        ("http://example.com/www.quxian.gov.cn/nb/", False, "www.quxian.gov.cn"),
        ("http://example.com/?u=http%3A%2F%2Fwww.quxian.gov.cn", False, "www.quxian.gov.cn"),
        ("http://example.com/nb/", False, None),
        ("ftp://www.quxian.gov.cn/", False, None),
    ],
)
def test_copies_are_told_from_official_hosts(url: str, official: bool, copied: str | None) -> None:
    hosts = OfficialHosts([".gov.cn"], ["tax.example.org"])
    assert (hosts.official(url), hosts.copied_from(url)) == (official, copied)


@given(st.text(max_size=60))
def test_no_address_breaks_the_guard(text: str) -> None:
    for url in (text, f"http://{text}", f"http://a.gov.cn/{text}"):
        site_key(url)
        assert not (is_official(url, [".gov.cn"]) and HOSTS.copied_from(url))
