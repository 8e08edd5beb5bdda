"""Places from the register, and how they are parted among processes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from crawling import make_archive
from sqlalchemy import select

from archive import clock
from archive.database.models import Agency, Place, Run, Visit
from crawler import places, plan

REGISTER = [
    {"name": "示例市人民政府", "home_url": "http://www.shili.gov.cn", "division_code": "9901"},
    {"name": "示例市教育局", "parent": "示例市人民政府", "division_code": "9901"},
    {"name": "示例市水务局", "home_url": "http://swj.shili.gov.cn/", "parent": "示例市人民政府"},
    {
        "name": "另一县",
        "home_url": "http://www.ling.gov.cn/",
        "annual_report_url": "http://www.ling.gov.cn/nb/",
        "division_code": "990123",
    },
    {"name": "没有网站的局"},
]


def test_agencies_without_an_address_publish_where_their_superior_does(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "archive", REGISTER)
    with archive.session() as session:
        assert places.sync(session) == 3
        session.commit()
        assert places.sync(session) == 3
        members = {p.url: {a.name for a in p.agencies} for p in session.scalars(select(Place))}
    assert members == {
        "http://www.shili.gov.cn/": {"示例市人民政府", "示例市教育局"},
        "http://swj.shili.gov.cn/": {"示例市水务局"},
        "http://www.ling.gov.cn/nb/": {"另一县"},
    }


def test_a_place_that_nobody_uses_stays_without_agencies(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "archive", REGISTER)
    with archive.session() as session:
        places.sync(session)
        agency = session.scalars(select(Agency).filter_by(name="另一县")).one()
        agency.annual_report_url = None
        assert places.sync(session) == 3
        old = session.scalars(select(Place).filter_by(url="http://www.ling.gov.cn/nb/")).one()
        assert old.agencies == []
        made = _plan(session)
        assert old.id not in made.places
        assert len(made.places) == 3


def test_a_site_is_never_parted(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "archive", REGISTER)
    with archive.session() as session:
        places.sync(session)
        made = _plan(session)
        hosts = {p.id: p.host for p in session.scalars(select(Place))}
    assert len(made.parts) == 2
    groups = [{hosts[p] for p in group} for part in made.parts for group in part]
    assert {"www.shili.gov.cn", "swj.shili.gov.cn"} in groups
    assert {"www.ling.gov.cn"} in groups


def test_divisions_and_agencies_choose_places(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "archive", REGISTER)
    with archive.session() as session:
        places.sync(session)
        assert len(_plan(session, division="990123").places) == 1
        assert len(_plan(session, division="99").places) == 2
        water = session.scalars(select(Agency).filter_by(name="示例市水务局")).one()
        assert len(_plan(session, agency_ids=[water.id]).places) == 1
        assert _plan(session, agency_ids=[]).parts == []


def test_only_a_recent_stopped_run_with_the_same_arguments_is_continued(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "archive", REGISTER)
    cases = [
        ({"year": 2024}, "interrupted", timedelta(hours=1), 1),
        ({"year": 2023}, "interrupted", timedelta(hours=1), 0),
        ({"year": 2024}, "finished", timedelta(hours=1), 0),
        ({"year": 2024}, "failed", timedelta(hours=1), 1),
        ({"year": 2024}, "interrupted", timedelta(days=2), 0),
    ]
    with archive.session() as session:
        places.sync(session)
        place = session.scalars(select(Place)).first()
        assert place is not None
        for arguments, state, age, skipped in cases:
            started = clock.now() - age
            run = Run(command="crawl", arguments=arguments, started_at=started, state=state)
            session.add(run)
            session.flush()
            visit = Visit(run_id=run.id, place_id=place.id, started_at=started, verdict="complete")
            visit.finished_at = started
            session.add(visit)
            session.flush()
            assert _plan(session, arguments={"year": 2024}).done_before == skipped, (state, age)
            session.delete(visit)
            session.delete(run)
            session.flush()


def _plan(session, arguments=None, agency_ids=None, division=None) -> plan.Plan:  # type: ignore[no-untyped-def]
    return plan.make(
        session,
        arguments or {},
        agency_ids=agency_ids,
        division=division,
        processes=2,
        domains=[".gov.cn"],
    )
