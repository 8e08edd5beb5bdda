"""Who is late, who is missing, and above all who must not be accused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from history import History, report
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from archive.audit.duty import Basis, due
from archive.audit.table import Entry, audit, audit_of_years
from archive.database.models import Agency
from archive.folder import Archive

YEAR = 2024
NAME = "示例市教育局"


@pytest.fixture
def history(archive: Archive) -> Iterator[History]:
    with archive.session() as session:
        yield History(session)


def entry(history: History, agency: str = NAME, on: str | None = None) -> dict[str, Any]:
    history.session.flush()
    day = date.fromisoformat(on) if on else None
    found = [e for e in audit(history.session, YEAR, on=day) if e["agency"] == agency]
    assert len(found) == 1
    if on is None:
        _assert_several_years_say_the_same(history, agency, found[0])
    return found[0]


def _assert_several_years_say_the_same(history: History, agency: str, told: Entry) -> None:
    owner = history.session.scalars(select(Agency).filter_by(name=agency)).one()
    several = audit_of_years(history.session, owner, [YEAR - 1, YEAR, YEAR + 1])
    (same,) = (entry for entry in several if entry["year"] == YEAR)
    assert same == {key: value for key, value in told.items() if key != "evidence"}


def test_seen_by_the_due_day_is_on_time(history: History) -> None:
    agency = history.agency(NAME)
    history.visit("2025-01-31", report(agency, displayed="2025-03-01"))
    assert entry(history)["status"] == "on_time"


def test_a_date_in_time_that_nobody_saw_is_only_claimed(history: History) -> None:
    agency = history.agency(NAME)
    history.visit("2025-02-20", report(agency, displayed="2025-01-20"))
    assert entry(history)["status"] == "on_time_claimed"


def test_a_displayed_date_after_the_due_day_is_late_by_its_days(history: History) -> None:
    agency = history.agency(NAME)
    history.visit("2025-02-20", report(agency, displayed="2025-02-18"))
    found = entry(history)
    assert (found["status"], found["days_late"], found["due_basis"]) == ("late", 18, "statutory")


def test_absent_after_the_due_day_and_undated_is_late(history: History) -> None:
    agency = history.agency(NAME)
    history.visit("2025-02-03")
    history.visit("2025-02-20", report(agency))
    found = entry(history)
    assert (found["status"], found["days_late"]) == ("late", 3)
    assert "not there" in found["reason"]


def test_undated_and_never_seen_absent_is_unknown(history: History) -> None:
    agency = history.agency(NAME)
    history.visit("2025-02-20", report(agency))
    assert entry(history)["status"] == "unknown"


def test_dated_before_a_day_on_which_it_was_not_there(history: History) -> None:
    agency = history.agency(NAME)
    history.visit("2025-01-30")
    history.visit("2025-02-20", report(agency, displayed="2025-01-29"))
    assert entry(history)["status"] == "backdated_suspect"


def test_missing_needs_a_complete_reading_after_the_due_day(history: History) -> None:
    agency = history.agency(NAME)
    history.visit("2025-01-31", report(agency, 2023))
    assert entry(history, on="2025-01-31")["status"] == "not_due"
    assert entry(history, on="2025-02-01")["status"] == "unknown"
    history.visit("2025-02-02", report(agency, 2023))
    assert entry(history, on="2025-02-01")["status"] == "unknown"
    found = entry(history, on="2025-02-02")
    assert found["status"] == "missing"
    (page,) = found["evidence"]
    assert (page["url"], page["http_status"], page["warc"]) == (
        "http://a.gov.test/nb/",
        200,
        "one.warc.gz",
    )


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        ("partial", "unknown"),
        ("not_found", "unknown"),
        ("down", "unknown"),
        ("unfinished", "unknown"),
        ("blocked", "blocked"),
    ],
)
def test_our_own_failure_accuses_nobody(history: History, verdict: str, status: str) -> None:
    history.agency(NAME)
    history.visit("2025-02-03", verdict=verdict, kind="521", reason="the site sends a challenge")
    assert entry(history)["status"] == status


def test_a_failure_after_a_proof_does_not_undo_it(history: History) -> None:
    history.agency(NAME)
    history.visit("2025-02-03")
    history.visit("2025-02-10", verdict="down", kind="timeout")
    assert entry(history)["status"] == "missing"


def test_without_an_address_nothing_is_known(history: History) -> None:
    history.session.add(Agency(name=NAME, kind="local_dept"))
    assert entry(history)["status"] == "unknown"


def test_a_shared_column_accuses_only_bodies_like_those_it_shows(history: History) -> None:
    town = history.agency("示例县东镇人民政府", "township_gov")
    history.agency("示例县西镇人民政府", "township_gov")
    history.agency("示例县民政局", "local_dept")
    history.visit("2025-02-03", report(town))
    assert entry(history, "示例县西镇人民政府")["status"] == "missing"
    assert entry(history, "示例县西镇人民政府")["due_basis"] == "customary"
    assert entry(history, "示例县民政局")["status"] == "unknown"


@pytest.mark.parametrize(("first", "long_after"), [("2025-02-20", False), ("2026-03-01", True)])
def test_who_was_looked_for_only_years_later_is_missing_with_that_said(
    history: History, first: str, long_after: bool
) -> None:
    history.agency(NAME)
    history.visit(first)
    history.visit("2026-03-10")
    found = entry(history)
    assert found["status"] == "missing"
    assert ("taken down" in found["reason"]) is long_after
    assert (f"首次查阅（{first}）" in found["reason_zh"]) is long_after


def test_a_report_that_may_be_theirs_protects_from_missing(history: History) -> None:
    history.agency("示例县东镇人民政府", "township_gov")
    west = history.agency("示例县西镇人民政府", "township_gov")
    history.visit("2025-02-03", report(west), report(None))
    assert entry(history, "示例县东镇人民政府")["status"] == "unknown"


@pytest.mark.parametrize("name", ["示例县各乡镇", "示例县全县单位"])
def test_reports_of_many_bodies_together_protect_each(history: History, name: str) -> None:
    history.agency("示例县东镇人民政府", "township_gov")
    west = history.agency("示例县西镇人民政府", "township_gov")
    history.visit("2025-02-03", report(west), report(None, name=name))
    assert entry(history, "示例县东镇人民政府")["status"] == "unknown"


@pytest.mark.parametrize(
    "name", ["示例县南镇人民政府", "全椒县十字镇人民政府", "全州县石塘镇人民政府"]
)
def test_a_report_of_somebody_else_does_not(history: History, name: str) -> None:
    history.agency("示例县东镇人民政府", "township_gov")
    west = history.agency("示例县西镇人民政府", "township_gov")
    history.visit("2025-02-03", report(west), report(None, name=name))
    assert entry(history, "示例县东镇人民政府")["status"] == "missing"


HUB, OWN = "http://a.gov.test/", "http://own.gov.test/"


def bureaus(history: History) -> list[Agency]:
    """A city whose page lists reports, and two bureaus below it that publish on sites of their own."""
    city = history.agency("示例市人民政府", "region_gov", HUB)
    history.agency("示例市演示区人民政府", "region_gov", f"{OWN}district/", parent=city)
    found = [
        history.agency(name, "local_dept", f"{OWN}{n}/", parent=city)
        for n, name in enumerate(("示例市教育局", "示例市演示区教育局"))
    ]
    for n in range(len(found)):
        history.visit("2025-02-03", place=f"{OWN}{n}/")
    return found


def test_a_row_of_a_superior_that_may_be_theirs_protects_from_missing(history: History) -> None:
    both = bureaus(history)
    for agency in both:
        assert entry(history, agency.name)["status"] == "missing"
    history.visit("2025-01-20", report(None, name="教育局"), place=HUB)
    for agency in both:
        found = entry(history, agency.name)
        assert found["status"] == "unknown"
        assert f"教育局2024年政府信息公开工作年度报告 ({HUB}nb/)" in found["reason"]
        assert f"{HUB}nb/" in [proof["url"] for proof in found["evidence"]]


def test_superiors_are_known_by_the_division_where_the_register_names_none(
    history: History,
) -> None:
    city = history.agency("杭州市人民政府", "region_gov", HUB, division_code="3301")
    history.agency("杭州市上城区教育局", at=OWN, division_code="330102")
    history.visit("2025-02-03", place=OWN)
    history.visit("2025-02-03", report(city), place=HUB)
    assert entry(history, "杭州市上城区教育局")["status"] == "missing"
    history.visit("2025-02-04", report(None, name="区教育局"), place=HUB)
    assert entry(history, "杭州市上城区教育局")["status"] == "unknown"


@pytest.mark.parametrize(
    ("year", "name"),
    [(2023, "教育局"), (YEAR, "水利局"), (YEAR, "另市教育局"), (YEAR, None)],
    ids=["another year", "another body", "another place", "no name"],
)
def test_a_row_of_a_superior_that_cannot_be_theirs_does_not(
    history: History, year: int, name: str | None
) -> None:
    both = bureaus(history)
    history.visit("2025-02-04", report(None, year, name=name), place=HUB)
    for agency in both:
        assert entry(history, agency.name)["status"] == "missing"


def test_a_row_of_somebody_elses_superior_does_not(history: History) -> None:
    first, *_others = bureaus(history)
    history.agency("另市人民政府", "region_gov", "http://other.gov.test/")
    history.visit("2025-02-04", report(None, name="教育局"), place="http://other.gov.test/")
    assert entry(history, first.name)["status"] == "missing"


def test_a_row_of_a_superior_that_came_later_changes_no_earlier_answer(history: History) -> None:
    first, *_others = bureaus(history)
    history.visit("2025-02-10", report(None, name="教育局"), place=HUB)
    assert entry(history, first.name, on="2025-02-05")["status"] == "missing"
    assert entry(history, first.name)["status"] == "unknown"


def late_bureau(history: History) -> Agency:
    """A bureau below a city, with an undated report that was not on its own site when it was due."""
    city = history.agency("示例市人民政府", "region_gov", HUB)
    history.agency("示例市演示区教育局", "local_dept", f"{OWN}other/", parent=city)
    bureau = history.agency(NAME, "local_dept", OWN, parent=city)
    history.visit("2025-02-03", place=OWN)
    history.visit("2025-02-20", report(bureau), place=OWN)
    assert entry(history)["status"] == "late"
    return bureau


@pytest.mark.parametrize(
    ("name", "displayed", "status"),
    [
        ("教育局", "2025-01-20", "unknown"),
        ("教育局", None, "unknown"),
        ("教育局", "2025-02-19", "late"),
        ("水利局", "2025-01-20", "late"),
    ],
    ids=["in time", "undated", "not in time", "another body"],
)
def test_a_row_of_a_superior_that_may_be_theirs_protects_from_late(
    history: History, name: str, displayed: str | None, status: str
) -> None:
    late_bureau(history)
    history.visit("2025-02-25", report(None, displayed=displayed, name=name), place=HUB)
    found = entry(history)
    assert found["status"] == status
    told = f"{name}2024年政府信息公开工作年度报告 ({HUB}nb/)" in found["reason"]
    assert told == (status == "unknown")
    assert (f"{HUB}nb/" in [proof["url"] for proof in found["evidence"]]) == told


@pytest.mark.parametrize(
    ("displayed", "status"),
    [("2025-01-20", "on_time_claimed"), (None, "unknown"), ("2025-02-19", "late")],
)
def test_their_own_row_on_a_superiors_page_counts_like_that_of_their_site(
    history: History, displayed: str | None, status: str
) -> None:
    bureau = late_bureau(history)
    history.visit("2025-02-25", report(bureau, displayed=displayed, name="市教育局"), place=HUB)
    assert entry(history)["status"] == status


def test_a_place_that_was_not_read_when_it_was_due_proves_nobody_late(history: History) -> None:
    bureau = late_bureau(history)
    history.visit("2025-02-02", place=HUB)
    history.visit("2025-02-25", report(bureau), place=HUB)
    found = entry(history)
    assert (found["status"], found["days_late"]) == ("late", 2)
    proofs = [proof["url"] for proof in found["evidence"] if "not there yet" in proof["says"]]
    assert proofs == [f"{HUB}nb/", f"{OWN}nb/"]


def test_a_row_that_may_be_theirs_protects_from_the_suspicion_of_backdating(
    history: History,
) -> None:
    city = history.agency("示例市人民政府", "region_gov", HUB)
    bureau = history.agency(NAME, "local_dept", OWN, parent=city)
    history.agency("示例市演示区教育局", "local_dept", f"{OWN}other/", parent=city)
    history.visit("2025-02-03", place=OWN)
    history.visit("2025-02-20", report(bureau, displayed="2025-01-20"), place=OWN)
    assert entry(history)["status"] == "backdated_suspect"
    history.visit("2025-02-25", report(None, displayed="2025-01-20", name="教育局"), place=HUB)
    assert entry(history)["status"] == "on_time_claimed"


@pytest.mark.parametrize(
    ("life", "status"),
    [
        ({"since": 2025}, "exempt"),
        ({"until": 2024}, "exempt"),
        ({"since": 2024}, "missing"),
        ({"until": 2025}, "missing"),
    ],
)
def test_who_did_not_exist_owes_nothing(
    history: History, life: dict[str, int], status: str
) -> None:
    history.agency(NAME, **life)
    history.visit("2025-02-03")
    assert entry(history)["status"] == status


def test_candidates_are_not_audited(history: History) -> None:
    history.agency(NAME, standing="candidate")
    history.visit("2025-02-03")
    assert list(audit(history.session, YEAR)) == []


def test_the_answer_for_a_day_never_changes_by_what_came_later(history: History) -> None:
    agency = history.agency(NAME)
    history.visit("2025-02-03")
    before = entry(history, on="2025-02-05")
    history.visit("2025-02-10", report(agency, displayed="2025-02-08"))
    assert entry(history, on="2025-02-05") == before
    assert entry(history)["status"] == "late"


def test_governments_and_departments_have_their_own_dates() -> None:
    def of(kind: str | None, year: int = YEAR) -> tuple[str, Basis]:
        limit = due(Agency(name="x", kind=kind), year)
        return limit.day.isoformat(), limit.basis

    assert of("local_dept") == ("2025-01-31", Basis.STATUTORY)
    assert of("region_gov") == ("2025-03-31", Basis.STATUTORY)
    assert of("township_gov") == ("2025-01-31", Basis.CUSTOMARY)
    assert of(None) == ("2025-03-31", Basis.CUSTOMARY)
    assert of("local_dept", 2018) == ("2019-03-31", Basis.STATUTORY)
    assert of("local_dept", 2019) == ("2020-01-31", Basis.STATUTORY)


VISITS = st.lists(
    st.tuples(
        st.dates(date(2025, 1, 1), date(2025, 4, 30)),
        st.sampled_from(["complete", "partial", "blocked", "down", "not_found"]),
    ),
    max_size=6,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive that stays empty: what is told to it is never committed."""
    return Archive.create(tmp_path_factory.mktemp("audit") / "archive")


@given(published=st.none() | st.dates(date(2025, 1, 2), date(2025, 4, 30)), visits=VISITS)
def test_whatever_we_see_or_fail_to_see_no_one_is_wronged(
    published: date | None, visits: list[tuple[date, str]], shared: Archive
) -> None:
    """Publication on any day, visits with any outcome: an accusation is always true."""
    with shared.session() as session:
        history = History(session)
        agency = history.agency(NAME)
        for day, verdict in sorted(visits):
            shows = published is not None and published < day and verdict == "complete"
            seen = [report(agency, displayed=str(published))] if shows else []
            history.visit(str(day), *seen, verdict=verdict)
        status = entry(history, on="2025-05-01")["status"]
    in_time = published is not None and published <= date(2025, 1, 31)
    if status in ("late", "missing", "backdated_suspect"):
        assert not in_time
    if status in ("on_time", "on_time_claimed"):
        assert in_time


DAYS = st.none() | st.dates(date(2025, 1, 2), date(2025, 3, 31))


@given(
    days=st.tuples(DAYS, DAYS),
    dated=st.tuples(st.booleans(), st.booleans()),
    told_apart=st.booleans(),
    visits=st.lists(
        st.tuples(st.dates(date(2025, 1, 1), date(2025, 4, 30)), st.booleans()), min_size=2
    ),
)
@example(
    # The superior shows no date where the report stood in time; the own page shows a late one.
    days=(date(2025, 2, 1), date(2025, 1, 2)),
    dated=(True, False),
    told_apart=True,
    visits=[(date(2025, 2, 1), True), (date(2025, 2, 2), False)],
)
def test_who_publishes_on_two_pages_is_not_late_by_the_later(
    days: tuple[date | None, date | None],
    dated: tuple[bool, bool],
    told_apart: bool,
    visits: list[tuple[date, bool]],
    shared: Archive,
) -> None:
    """On its own site and on its superior's, on any days, with dates or without: late is never untrue."""
    with shared.session() as session:
        history = History(session)
        city = history.agency("示例市人民政府", "region_gov", HUB)
        bureau = history.agency(NAME, "local_dept", OWN, parent=city)
        history.agency("示例市演示区教育局", "local_dept", f"{OWN}other/", parent=city)
        for day, of_superior in sorted(visits):
            published = days[of_superior]
            seen = []
            if published is not None and published < day:
                open_ = of_superior and not told_apart
                shown = str(published) if dated[of_superior] else None
                row = report(None if open_ else bureau, displayed=shown, name="教育局")
                row.url += f"?{of_superior}"
                seen.append(row)
            history.visit(str(day), *seen, place=HUB if of_superior else OWN)
        status = entry(history, on="2025-05-01")["status"]
    # What stood on a page that we never read says nothing.
    read = {where for day, where in visits if (days[where] or day) < day}
    in_time = any((days[where] or date.max) <= date(2025, 1, 31) for where in read)
    if status in ("late", "missing", "backdated_suspect"):
        assert not in_time
    if status in ("on_time", "on_time_claimed"):
        assert in_time
