"""Lineage: who bore which name when, whose report is it then, and nobody is accused for another's years."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from history import History, report
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.agencies import Register, lineage
from archive.agencies.lineage import LineageError
from archive.agencies.lineage_file import import_lineage
from archive.assignment import assign
from archive.audit.duty import exempt, existed
from archive.audit.table import audit
from archive.database.models import Agency, Sighting
from archive.folder import Archive

OLD, NEW = "渠县旅游局", "渠县文化和旅游局"


@pytest.fixture
def session(archive: Archive) -> Iterator[Session]:
    with archive.session() as session:
        yield session


def agency(session: Session, name: str, **more: object) -> Agency:
    made = Agency(name=name, kind="local_dept", division_code="511725", **more)
    session.add(made)
    session.flush()
    return made


def statuses(session: Session, year: int) -> dict[str, str]:
    return {entry["agency"]: entry["status"] for entry in audit(session, year)}


def test_a_renamed_body_is_found_under_the_name_of_the_year(session: Session) -> None:
    old = agency(session, OLD)
    new = lineage.rename(session, old, NEW, 2019, origin="person")
    register = Register(session)
    for phrase in (OLD, NEW, "县旅游局"):
        for year, wanted in ((2017, old), (2018, old), (2019, new), (2023, new)):
            assert register.match(phrase, among=[old, new], year=year).agency is wanted
            assert register.match_official(OLD, year).agency is wanted


def test_reports_stay_with_the_name_of_their_year_and_no_name_is_accused(session: Session) -> None:
    story = History(session)
    old = story.agency(OLD, division_code="511725")
    new = lineage.rename(session, old, NEW, 2019, origin="person")
    story.places["http://a.gov.test/"].agencies.append(new)
    story.visit(
        "2025-05-01",
        report(None, 2017, name=OLD),
        report(None, 2018, name=NEW),  # relabelled with the column
        report(None, 2019, name=OLD),  # the old stamp was still in use
        Sighting(url="http://a.gov.test/x", title="2021年政府信息公开工作年度报告", year=2021),
    )
    assert assign(session) == 4
    whose = {s.year: s.agency for s in session.scalars(select(Sighting))}
    assert whose == {2017: old, 2018: old, 2019: new, 2021: new}
    for year, present in ((2017, OLD), (2018, OLD), (2019, NEW), (2021, NEW)):
        found = statuses(session, year)
        other = {OLD: NEW, NEW: OLD}[present]
        assert found[other] == "exempt"
        assert found[present] not in ("exempt", "missing")
    # Its own column was read in full: the one that bore the name in 2022 is missing, the other is not.
    assert statuses(session, 2022) == {OLD: "exempt", NEW: "missing"}
    reasons = {e["agency"]: e["reason"] for e in audit(session, 2022)}
    assert reasons[OLD] == f"renamed {NEW} in 2019"
    assert {e["agency"]: e["reason"] for e in audit(session, 2016)}[
        NEW
    ] == f"called {OLD} until 2019"


def test_what_bears_the_name_of_a_merged_body_accuses_no_successor(session: Session) -> None:
    story = History(session)
    first = story.agency("渠县卫生局", division_code="511725")
    story.agency("渠县人口和计划生育局", division_code="511725")
    whole = lineage.merge(session, [first], "渠县卫生和计划生育局", 2014, origin="person")
    story.places["http://a.gov.test/"].agencies.append(whole)
    story.visit("2025-05-01", report(first, 2013), report(None, 2016, name="渠县卫生局"))
    assert assign(session) == 0
    found = statuses(session, 2016)
    assert found["渠县卫生局"] == "exempt"
    assert found["渠县卫生和计划生育局"] == "unknown"


def test_a_split_leaves_its_name_open_between_the_successors(session: Session) -> None:
    old = agency(session, "渠县教育和体育局")
    parts = lineage.split(session, old, ["渠县教育局", "渠县体育局"], 2020, origin="person")
    match = Register(session).match(old.name, among=[old, *parts], year=2022)
    assert match.agency is None
    assert set(match.candidates) == {old, *parts}
    assert exempt(old, 2020) == (
        "split into 渠县教育局, 渠县体育局 in 2020",
        "2020 年分设为渠县教育局、渠县体育局",
    )


def test_what_hangs_on_a_renamed_body_hangs_on_its_successor(session: Session) -> None:
    old = agency(session, "枞阳县人民政府", home_url="http://www.zongyang.gov.cn/")
    child, gone = (
        agency(session, "一局", parent=old),
        agency(session, "二局", parent=old, until=2010),
    )
    new = lineage.rename(session, old, "枞阳区人民政府", 2030, origin="person")
    assert (child.parent, gone.parent) == (new, old)
    assert (new.home_url, new.kind) == ("http://www.zongyang.gov.cn/", "region_gov")


@pytest.mark.parametrize(
    ("again", "why"),
    [
        (
            lambda s, a, b: lineage.rename(s, a, "渠县体育局", 2020, origin=""),
            "renamed in 2019 already",
        ),
        (lambda s, a, b: lineage.rename(s, b, OLD, 2022, origin=""), "its own successor"),
        (lambda s, a, b: lineage.record(s, "abolished", b, 2018, origin=""), "founded in 2019"),
        (lambda s, a, b: lineage.rename(s, b, " ", 2022, origin=""), "1 to 200 characters"),
    ],
)
def test_a_lineage_that_cannot_be_is_refused(session: Session, again: object, why: str) -> None:
    old = agency(session, OLD)
    new = lineage.rename(session, old, NEW, 2019, origin="person")
    assert lineage.rename(session, old, NEW, 2019, origin="person") is new
    assert len(old.events) == 1
    with pytest.raises(LineageError, match=why):
        again(session, old, new)  # type: ignore[operator]


def test_a_file_of_events_goes_in_and_bad_rows_are_named(session: Session, tmp_path: Path) -> None:
    for name in (OLD, "渠县教育和体育局", "渠县扶贫局", "太平镇人民政府"):
        agency(session, name)
    session.add(Agency(name="太平镇人民政府", division_code="341622"))
    path = tmp_path / "lineage.csv"
    path.write_text(
        "event,year,name,division_code,successor\n"
        f"renamed,2019,{OLD},511725,{NEW}\n"
        "split,2020年,渠县教育和体育局,,渠县教育局；渠县体育局\n"
        "abolished,2021,渠县扶贫局,,\n"
        "founded,2022,无名局,,\n"
        "moved,2022,渠县扶贫局,,\n"
        "merged,2022,太平镇人民政府,,某镇人民政府\n"
        "merged,soon,渠县扶贫局,,某局\n"
        "split,2022,渠县扶贫局,,某局\n",
        encoding="utf-8",
    )
    done = import_lineage(session, path)
    assert (done.added, done.skipped, [line for line, _ in done.problems]) == (
        4,
        5,
        [5, 6, 7, 8, 9],
    )
    again = import_lineage(session, path)
    assert (again.added, again.skipped) == (0, 5)
    new = session.scalars(select(Agency).filter_by(name=NEW)).one()
    assert (new.since, new.division_code, new.origin) == (2019, "511725", f"successor of {OLD}")


@given(year=st.integers(2008, 2030), change=st.integers(2008, 2030))
def test_in_every_year_exactly_one_name_owes(year: int, change: int) -> None:
    old, new = Agency(name=OLD, until=change), Agency(name=NEW, since=change)
    assert [exempt(one, year) is None for one in (old, new)].count(True) == 1
    assert existed(old, year) is not existed(new, year)
