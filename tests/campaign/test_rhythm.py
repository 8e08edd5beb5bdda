"""When a place is visited: what the plan of a year promises, whatever a site does."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.clock import china_day
from archive.settings import ScheduleSettings
from crawler.campaign.clockwatch import ClockWatch
from crawler.campaign.rhythm import Look, Owed, Place, Why, needs_person, next_visit, season
from crawler.sampleweb.plan import moment

SETTINGS = ScheduleSettings()
JANUARY = moment("2025-02-01 00:00")
VERDICTS = ("complete", "partial", "down", "blocked", "not_found", "unfinished")


def campaign(
    answers: Callable[[int], str], begin: datetime, end: datetime, owed_end: datetime
) -> list[tuple[datetime, Why, str]]:
    """The visits of a place that never publishes, if the service looks whenever a visit is due."""
    place = Place(1, "http://a.gov.cn/")
    visits: list[tuple[datetime, Why, str]] = []
    now = begin
    while True:
        proofs = [at for at, _, verdict in visits if verdict == "complete" and at >= owed_end]
        owed = Owed(owed_end, 1, (proofs[0], proofs[-1]) if proofs else None)
        call = next_visit(replace(place, owed=(owed,)), now, SETTINGS)
        now = max(now, call.at)
        if now >= end:
            return visits
        verdict = answers(len(visits))
        visits.append((now, call.why, verdict))
        now += timedelta(minutes=2)
        failures = 0 if verdict == "complete" else place.failures + 1
        place = replace(place, last=Look(now, verdict), failures=failures)


def test_a_year_is_quiet_then_daily_then_dense() -> None:
    visits = campaign(
        lambda _: "complete", moment("2024-10-01 10:00"), moment("2025-06-01 00:00"), JANUARY
    )
    days = [at for at, _, _ in visits]
    assert sum(at < moment("2025-01-05 00:00") for at in days) == 4
    daily = [at for at in days if moment("2025-01-05 00:00") <= at < moment("2025-01-29 00:00")]
    assert len(daily) == len({china_day(at) for at in daily}) == 24
    assert any(JANUARY - timedelta(hours=6) <= at < JANUARY for at in days)
    assert any(JANUARY < at <= JANUARY + timedelta(hours=1) for at in days)
    after = {china_day(at) for at in days if JANUARY < at < JANUARY + timedelta(days=2)}
    assert len(after) == 2
    assert sum(at > JANUARY for at in days) < 25


@given(st.lists(st.sampled_from(VERDICTS), min_size=1, max_size=30))
def test_a_plan_never_stands_still_and_never_runs_wild(verdicts: list[str]) -> None:
    visits = campaign(
        lambda number: verdicts[number % len(verdicts)],
        moment("2025-01-01 00:00"),
        moment("2025-05-01 00:00"),
        JANUARY,
    )
    times = [at for at, _, _ in visits]
    assert all(
        timedelta(0) < later - earlier <= timedelta(days=30, hours=1)
        for earlier, later in itertools.pairwise(times)
    )
    per_day: dict[object, int] = {}
    for at in times:
        per_day[china_day(at)] = per_day.get(china_day(at), 0) + 1
    # On the due day three visits are planned, and one that did not end is tried soon and ever later.
    assert max(per_day.values()) <= 15


def test_who_refuses_is_left_alone_on_the_deadline_and_asked_less_and_less() -> None:
    visits = campaign(
        lambda _: "blocked", moment("2025-01-20 10:00"), moment("2025-06-01 00:00"), JANUARY
    )
    times = [at for at, _, _ in visits]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps == sorted(gaps)
    assert {why for _, why, _ in visits[1:]} == {Why.RETRY}


def test_who_is_down_is_tried_before_and_after_the_deadline() -> None:
    visits = campaign(
        lambda _: "down", moment("2025-01-20 10:00"), moment("2025-02-20 00:00"), JANUARY
    )
    reasons = [why for _, why, _ in visits]
    assert Why.BEFORE_DEADLINE in reasons
    assert Why.AFTER_DEADLINE in reasons
    times = [at for at, _, _ in visits]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert max(gaps) <= timedelta(days=3, hours=1)


def test_an_absence_is_confirmed_on_another_day_and_not_before() -> None:
    seen = JANUARY + timedelta(minutes=40)
    place = Place(
        1, "http://a.gov.cn/", Look(seen, "complete"), owed=(Owed(JANUARY, 2, (seen, seen)),)
    )
    call = next_visit(place, seen, SETTINGS)
    assert (call.why, call.at) == (Why.CONFIRM, moment("2025-02-02 09:00"))


@pytest.mark.parametrize(
    ("verdict", "failures", "word"),
    [("blocked", 3, "operator"), ("not_found", 2, "register"), ("down", 5, "moved")],
)
def test_what_visits_cannot_mend_needs_a_person(verdict: str, failures: int, word: str) -> None:
    place = Place(1, "http://a.gov.cn/", Look(JANUARY, verdict, "521"), failures)
    assert word in (needs_person(place) or "")
    assert needs_person(replace(place, failures=1)) is None


def test_a_leap_day_is_a_day_of_every_year() -> None:
    assert season(2024, "02-29") == moment("2024-02-29 00:00")
    assert season(2025, "02-29") == moment("2025-02-28 00:00")


def test_a_clock_that_jumps_holds_the_campaign_for_an_hour() -> None:
    for jump, way in ((timedelta(days=400), "forward"), (-timedelta(days=400), "back")):
        watch, now = ClockWatch(), moment("2025-01-20 10:00")
        assert watch.look(now, 1000) is None
        assert watch.look(now + timedelta(seconds=60), 1060) is None
        said = watch.look(now + jump, 1120)
        assert said is not None
        assert f"jumped {way}" in said
        assert watch.look(now + jump + timedelta(minutes=59), 1120 + 59 * 60) == said
        assert watch.look(now + jump + timedelta(minutes=61), 1120 + 61 * 60) is None


def test_a_sleep_of_the_machine_is_no_jump() -> None:
    watch, now = ClockWatch(), moment("2025-01-20 10:00")
    assert watch.look(now, 1000) is None
    assert watch.look(now + timedelta(days=21), 1000 + 21 * 86400) is None
