"""Two years of the campaign on a small web with a fast clock: the right status on every day asked."""

from __future__ import annotations

import csv
import itertools
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from world import FATES, Fate, sites

from archive import agencies
from archive.agencies.lineage import rename
from archive.audit.table import audit
from archive.clock import CHINA, china_day
from archive.database.models import Agency, Run, Visit
from archive.extraction import extract
from archive.folder import Archive
from archive.history import of, versions
from crawler.campaign.agenda import agenda
from crawler.campaign.supervision import Ended
from crawler.campaign.tick import COMMAND, tick
from crawler.run import crawl
from crawler.sampleweb import SampleWeb
from crawler.sampleweb.plan import moment

STOPPED = (moment("2025-01-20 12:00"), moment("2025-02-10 09:00"))
"""While the service was stopped."""
LOOKS = (
    *(moment(f"{day} 10:00") for day in ("2024-01-18", "2024-01-29", "2024-03-28", "2025-01-12")),
    STOPPED[1],
    moment("2025-03-31 10:00"),
)
"""When the service looks at least: the plan decides what it does then."""
BEGIN, END = moment("2023-12-20 10:00"), moment("2025-06-20 10:00")
FATE = {fate.agency.removeprefix("示例市"): fate for fate in FATES}


class AtOnce:
    """The jobs of the campaign in this process."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def crawl(self, place_ids: Sequence[int]) -> Ended:
        done = crawl(self._archive, place_ids=place_ids)
        return Ended(None if done.finished else "; ".join(done.problems))

    def extract(self) -> Ended:
        extract(self._archive)
        return Ended()


class TwoYears:
    """The archive after the simulation, with the moments at which the service worked."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.runs: list[datetime] = []
        self._audits: dict[tuple[int, date], dict[str, dict[str, Any]]] = {}

    def audit(self, year: int, on: date) -> dict[str, dict[str, Any]]:
        if (year, on) not in self._audits:
            with self.archive.reader() as session:
                found = {entry["agency"]: entry for entry in audit(session, year, on=on)}
            self._audits[year, on] = found
        return self._audits[year, on]

    def status(self, fate: Fate, year: int, on: date) -> str:
        entries = self.audit(year, on)
        names = [fate.agency, *(fate.renamed[:1] if fate.renamed else ())]
        found = [entries[name]["status"] for name in names if name in entries]
        owing = [status for status in found if status != "exempt"] or found
        assert len(owing) == 1, found
        return str(owing[0])


def _simulate(archive: Archive, web: SampleWeb, monkeypatch: pytest.MonkeyPatch) -> TwoYears:
    done = TwoYears(archive)
    jobs = AtOnce(archive)
    now, renamed = BEGIN, False
    while now < END:
        web.clock = now
        monkeypatch.setenv("GONGKAI_NOW", now.isoformat())
        for fate in FATES:
            if fate.renamed and now >= moment(fate.renamed[1]) and not renamed:
                with archive.session() as session:
                    old = session.scalars(select(Agency).filter_by(name=fate.agency)).one()
                    rename(session, old, fate.renamed[0], 2024, origin="test")
                    session.commit()
                renamed = True
        ticked = tick(archive, jobs, tell=lambda text: None)
        assert ticked.held is None
        assert ticked.problems == []
        if ticked.run_id is not None:
            done.runs.append(now)
        following = ticked.agenda.following()
        assert following is not None
        now = _next(now, following)
    return done


def _next(now: datetime, following: datetime) -> datetime:
    """When the service looks again: when the plan says so in the days of the deadlines, else seldom."""
    near = any(
        abs(following - moment(day)) < timedelta(days=3)
        for day in ("2024-02-01 00:00", "2025-04-01 00:00")
    )
    if not near:
        following = max(following, now + timedelta(days=15 if now.month in (2, 3) else 60))
        following = min([following, *(stop for stop in LOOKS if stop > now)])
    after = max(following, now + timedelta(minutes=1))
    return STOPPED[1] if STOPPED[0] <= after < STOPPED[1] else after


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoYears]:
    folder = tmp_path_factory.mktemp("two-years")
    with pytest.MonkeyPatch.context() as monkeypatch, SampleWeb(BEGIN, sites=sites()) as web:
        for name in list(os.environ):
            if name.startswith("GONGKAI_") or name.lower() == "no_proxy":
                monkeypatch.delenv(name)
        for name, value in {
            "http_proxy": web.proxy_url,
            "https_proxy": web.proxy_url,
            "GONGKAI_CRAWL__OFFICIAL_DOMAINS": ".gov.test",
            "GONGKAI_CRAWL__DELAY": "0",
            "GONGKAI_CRAWL__RETRIES": "0",
            "GONGKAI_CRAWL__PROCESSES": "1",
            "GONGKAI_EXTRACT__PROCESSES": "1",
            "GONGKAI_CRAWL__CONTACT": "test@example.org",
            "GONGKAI_SCHEDULE__OPEN_HOURS": "200",
            "GONGKAI_SCHEDULE__DENSE_HOURS": "48",
        }.items():
            monkeypatch.setenv(name, value)
        archive = Archive.create(folder / "archive")
        register = folder / "agencies.csv"
        with register.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("name", "kind", "home_url"))
            rows.writerows((fate.agency, fate.kind, fate.url) for fate in FATES)
        with archive.session() as session:
            agencies.import_csv(session, register)
            session.commit()
        yield _simulate(archive, web, monkeypatch)


T = {
    # On 25 January; in the night after the deadline; when all was confirmed; in summer.
    2023: {
        "教育局": ("on_time", "on_time", "on_time", "on_time"),
        "民政局": ("not_due", "missing", "missing", "late"),
        "财政局": ("not_due", "missing", "missing", "missing"),
        "司法局": ("on_time", "on_time", "on_time", "on_time"),
        "水务局": ("on_time", "on_time", "on_time", "on_time"),
        "商务局": ("on_time", "on_time", "on_time", "on_time"),
        "体育局": ("not_due", "unknown", "on_time_claimed", "on_time_claimed"),
        "税务局": ("not_due", "unknown", "blocked", "blocked"),
        "统计局": ("on_time", "on_time", "on_time", "on_time"),
        "环境保护局": ("on_time", "on_time", "on_time", "on_time"),
        "演示县人民政府": ("not_due", "not_due", "not_due", "on_time"),
    },
    # Before the service was stopped; while it was; after it caught up; in summer.
    2024: {
        "教育局": ("not_due", "unknown", "on_time_claimed", "on_time_claimed"),
        "民政局": ("not_due", "unknown", "on_time_claimed", "on_time_claimed"),
        "财政局": ("not_due", "unknown", "missing", "late"),
        "司法局": ("not_due", "unknown", "missing", "missing"),
        "水务局": ("on_time", "on_time", "on_time", "on_time"),
        "商务局": ("on_time", "on_time", "on_time", "on_time"),
        "体育局": ("on_time", "on_time", "on_time", "on_time"),
        # It is asked once a month by now, and was not since the due day.
        "税务局": ("not_due", "unknown", "unknown", "blocked"),
        "统计局": ("on_time", "on_time", "on_time", "on_time"),
        "环境保护局": ("on_time", "on_time", "on_time", "on_time"),
        "演示县人民政府": ("not_due", "not_due", "not_due", "missing"),
    },
}
ASKED = {
    2023: (date(2024, 1, 28), date(2024, 2, 1), date(2024, 2, 19), date(2024, 6, 15)),
    2024: (date(2025, 1, 19), date(2025, 2, 5), date(2025, 2, 13), date(2025, 6, 15)),
}


@pytest.mark.parametrize("year", [2023, 2024])
@pytest.mark.parametrize("name", list(FATE))
def test_every_agency_has_its_true_status_on_every_day(
    years: TwoYears, name: str, year: int
) -> None:
    said = tuple(years.status(FATE[name], year, day) for day in ASKED[year])
    assert said == T[year][name]


def test_nobody_is_accused_falsely_on_any_day(years: TwoYears) -> None:
    for day in sorted({china_day(run) for run in years.runs}):
        for year in (2023, 2024):
            for fate in FATES:
                status = years.status(fate, year, day)
                assert fate.may_say(status, year, day), (fate.agency, year, day, status)


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


def test_what_was_replaced_or_wrong_is_found(years: TwoYears) -> None:
    summer = years.audit(2023, date(2024, 8, 30))
    assert summer[FATE["商务局"].agency]["content"] == "wrong_document"
    with years.archive.reader() as session:
        owner = session.scalars(select(Agency).filter_by(name=FATE["水务局"].agency)).one()
        (report,) = of(session, owner, 2023, None)
        assert [one["change"] for one in versions(session, report)["versions"]] == [
            "first",
            "numbers",
        ]


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
