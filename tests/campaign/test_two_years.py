"""Two years of the campaign on a small web with a fast clock: the right status on every day asked."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from simulation import (
    BEGIN,
    END,
    STOPPED,
    YEARS,
    TwoYears,
    environment,
    foreign,
    make_archive,
    simulate,
)
from sqlalchemy import select
from world import FATES, sites

from archive.clock import CHINA, china_day
from archive.database.models import Agency, Capture, Run, Sighting, Visit
from archive.history import of, versions
from crawler.campaign.agenda import agenda
from crawler.campaign.tick import COMMAND
from crawler.sampleweb import SampleWeb
from crawler.sampleweb.plan import moment

LOOKS = (
    *(moment(f"{day} 10:00") for day in ("2024-01-18", "2024-01-29", "2024-02-29", "2024-03-28")),
    moment("2025-01-12 10:00"),
    STOPPED[1],
    moment("2025-03-31 10:00"),
)
"""When the service looks at least: the plan decides what it does then."""
SLACK = timedelta(days=62)
"""The service looks seldom here, see :func:`_following`."""
FATE = {fate.agency.removeprefix("示例市"): fate for fate in FATES}


def _following(now: datetime, due: datetime) -> datetime:
    """When the service looks again: when the plan says so in the days of the deadlines, else seldom.

    ``benchmarks/campaign.py`` lets it look whenever it wants to.
    """
    near = any(
        abs(due - moment(day)) < timedelta(days=3)
        for day in ("2024-02-01 00:00", "2025-04-01 00:00")
    )
    if near:
        return due
    due = max(due, now + timedelta(days=15 if now.month in (2, 3) else 60))
    return min([due, *(stop for stop in LOOKS if stop > now)])


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoYears]:
    folder = tmp_path_factory.mktemp("two-years")
    with pytest.MonkeyPatch.context() as monkeypatch, SampleWeb(BEGIN, sites=sites()) as web:
        for name in foreign(os.environ):
            monkeypatch.delenv(name)
        # The simulation sets the clock itself, and it is to be as it was in the end.
        monkeypatch.setenv("GONGKAI_NOW", BEGIN.isoformat())
        seldom = {"GONGKAI_SCHEDULE__OPEN_HOURS": "200", "GONGKAI_SCHEDULE__DENSE_HOURS": "48"}
        for name, value in (environment(web) | seldom).items():
            monkeypatch.setenv(name, value)
        yield simulate(make_archive(folder), web, _following)


T = {
    # Before and after the first due day; when all was confirmed; on the leap day; in summer; after the new year.
    2023: {
        "教育局": "on_time on_time on_time on_time on_time on_time",
        "民政局": "not_due missing missing late late late",
        "财政局": "not_due missing missing missing missing missing",
        "司法局": "on_time on_time on_time on_time on_time on_time",
        "水务局": "on_time on_time on_time on_time on_time on_time",
        "商务局": "on_time on_time on_time on_time on_time on_time",
        "体育局": "not_due unknown on_time_claimed on_time_claimed on_time_claimed on_time_claimed",
        "税务局": "not_due unknown blocked blocked blocked blocked",
        "统计局": "on_time on_time on_time on_time on_time on_time",
        "环境保护局": "on_time on_time on_time on_time on_time on_time",
        "演示县人民政府": "not_due not_due not_due not_due on_time on_time",
    },
    # On New Year's Eve; before the service was stopped; while it was; after it caught up; in summer; at the end.
    2024: {
        "教育局": "not_due not_due unknown on_time_claimed on_time_claimed on_time_claimed",
        "民政局": "not_due not_due unknown on_time_claimed on_time_claimed on_time_claimed",
        "财政局": "not_due not_due unknown missing late late",
        "司法局": "not_due not_due unknown missing missing missing",
        "水务局": "not_due on_time on_time on_time on_time on_time",
        "商务局": "not_due on_time on_time on_time on_time on_time",
        "体育局": "not_due on_time on_time on_time on_time on_time",
        # It is asked once a month by now, and was not since the due day.
        "税务局": "not_due not_due unknown unknown blocked blocked",
        "统计局": "not_due on_time on_time on_time on_time on_time",
        "环境保护局": "not_due on_time on_time on_time on_time on_time",
        "演示县人民政府": "not_due not_due not_due not_due missing missing",
    },
}
ASKED = {
    2023: ("2024-01-28", "2024-02-01", "2024-02-19", "2024-02-29", "2024-06-15", "2025-01-01"),
    2024: ("2024-12-31", "2025-01-19", "2025-02-05", "2025-02-13", "2025-06-15", "2025-12-19"),
}


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("name", list(FATE))
def test_every_agency_has_its_true_status_on_every_day(
    years: TwoYears, name: str, year: int
) -> None:
    said = [years.status(FATE[name], year, date.fromisoformat(day)) for day in ASKED[year]]
    assert said == T[year][name].split()


def test_nobody_is_accused_falsely_on_any_day(years: TwoYears) -> None:
    often = {china_day(BEGIN) + timedelta(days=14 * number) for number in range(53)}
    for day in sorted(often | {china_day(run) for run in years.runs}):
        for year, fate in itertools.product(YEARS, FATES):
            status = years.status(fate, year, day)
            right = fate.right(year, day, [STOPPED], SLACK)
            assert status in right, (fate.agency, year, day)


def test_a_pause_of_three_weeks_is_made_up_for_by_one_run(years: TwoYears) -> None:
    caught_up, second = [run for run in years.runs if run >= STOPPED[0]][:2]
    assert caught_up == STOPPED[1]
    assert second - caught_up > timedelta(hours=12)
    with years.archive.reader() as session:
        run = session.scalars(
            select(Run).where(Run.command == COMMAND, Run.started_at == caught_up)
        ).one()
        crawls = session.scalars(
            select(Run).where(Run.command == "crawl", Run.started_at == caught_up)
        ).all()
        assert len(crawls) == 1
        visited = session.scalars(select(Visit.place_id).filter_by(run_id=crawls[0].id)).all()
        assert len(visited) == len(set(visited)) == run.summary["places"]


def test_absence_is_confirmed_on_another_day(years: TwoYears) -> None:
    with years.archive.reader() as session:
        made = agenda(session, years.archive.settings.schedule, moment("2024-02-03 00:00"))
        days = {
            china_day(visit.started_at)
            for visit in session.scalars(select(Visit))
            if visit.place.url == FATE["财政局"].url and visit.verdict == "complete"
        }
    assert {date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 2)} <= days
    owed = {call.place.url: call.place.owed for call in made.calls}
    assert owed[FATE["财政局"].url][0].confirmed


def test_a_document_that_is_another_years_is_found_and_no_other_is_called_so(
    years: TwoYears,
) -> None:
    wrong = {
        (name, year)
        for year in YEARS
        for name, entry in years.audit(year, date(2025, 12, 19)).items()
        if entry["content"] == "wrong_document"
    }
    assert wrong == {(FATE["商务局"].agency, 2023)}


def test_figures_that_were_replaced_are_said_to_be_and_no_others(years: TwoYears) -> None:
    changes = {
        key: [one["change"] for one in told["versions"]] for key, told in _reports(years).items()
    }
    assert changes[FATE["水务局"].agency, 2023] == ["first", "numbers"]
    assert [key for key, said in changes.items() if "numbers" in said] == [
        (FATE["水务局"].agency, 2023)
    ]


def test_a_report_that_was_withdrawn_is_kept_and_said_to_be_gone_and_no_other(
    years: TwoYears,
) -> None:
    gone = {
        key: datetime.fromisoformat(told["gone_since"])
        for key, told in _reports(years).items()
        if told["gone_since"] is not None
    }
    assert list(gone) == [(FATE["司法局"].agency, 2023)]
    assert all(moment("2024-03-05 10:00") < at < moment("2024-05-31 00:00") for at in gone.values())


def test_a_site_that_moved_is_followed(years: TwoYears) -> None:
    fate = FATE["统计局"]
    assert fate.moved is not None
    with years.archive.reader() as session:
        hosts = {
            year: set(
                session.scalars(
                    select(Capture.url)
                    .join(Sighting, Sighting.document_id == Capture.id)
                    .join(Agency, Agency.id == Sighting.agency_id)
                    .where(Agency.name == fate.agency, Sighting.year == year)
                )
            )
            for year in YEARS
        }
    assert all(url.startswith(f"http://{fate.moved[0]}/") for url in hosts[2024])
    assert hosts[2024]
    assert any(url.startswith(fate.url) for url in hosts[2023])


def test_an_agency_owes_each_report_under_the_name_of_that_year(years: TwoYears) -> None:
    fate = FATE["环境保护局"]
    assert fate.renamed is not None
    old, new = fate.agency, fate.renamed[0]
    reports = _reports(years)
    assert (old, 2023) in reports
    assert (new, 2024) in reports
    assert (old, 2024) not in reports
    on = date(2025, 12, 19)
    said = {
        year: {n: years.audit(year, on).get(n, {}).get("status") for n in (old, new)}
        for year in YEARS
    }
    assert said[2023][old] == said[2024][new] == "on_time"
    assert {said[2023][new], said[2024][old]} <= {None, "exempt"}


def _reports(years: TwoYears) -> dict[tuple[str, int], dict[str, Any]]:
    """The reports of the two years with their versions, by agency and year."""
    with years.archive.reader() as session:
        return {
            (agency.name, year): versions(session, report)
            for agency in session.scalars(select(Agency))
            for year in YEARS
            for report in of(session, agency, year, None)
        }


def test_who_refuses_is_asked_less_and_less(years: TwoYears) -> None:
    with years.archive.reader() as session:
        visits = [
            visit.started_at.astimezone(CHINA)
            for visit in session.scalars(select(Visit).order_by(Visit.id))
            if visit.place.url == FATE["税务局"].url
        ]
        made = agenda(session, years.archive.settings.schedule, END)
    gaps = [later - earlier for earlier, later in itertools.pairwise(visits)]
    assert gaps[-1] >= timedelta(days=29)
    assert len(visits) < 30
    assert [place.url for place, _ in made.needing()] == [FATE["税务局"].url]
