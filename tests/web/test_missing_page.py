"""The list of the missing, and the days on which reports appeared: what is proven, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest
from history import History, report
from serving import serving

from archive.audit import summary
from archive.audit.summary import Appeared
from archive.folder import Archive
from archive.web.app import create_app
from archive.web.days import days

YEAR = 2024
ABSENT = 130
"""More than a page."""
COUNTY = "511725"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive.create(tmp_path_factory.mktemp("missing") / "archive")
    with archive.session() as session:
        history = History(session)
        known = [
            history.agency(f"渠县第{number:03}局", division_code=COUNTY) for number in range(ABSENT)
        ]
        late = history.agency("渠县教育局", division_code=COUNTY)
        history.agency("渠县财政局", division_code=COUNTY, at="http://b.gov.test/")
        history.agency("示例市<b>局", division_code="", at="http://c.gov.test/")
        history.visit("2025-01-20", report(known[0], year=2023))
        history.visit("2025-02-10", report(late, displayed="2025-02-07"))
        history.visit("2025-04-10", report(late, displayed="2025-02-07"))
        history.visit("2025-04-10", place="http://b.gov.test/", verdict="blocked", kind="521")
        session.commit()
    return archive


@pytest.fixture(scope="module")
def client(archive: Archive) -> Iterator[httpx.Client]:
    with (
        serving(create_app(archive)) as base,
        httpx.Client(base_url=base, trust_env=False) as client,
    ):
        yield client


def test_every_absent_agency_stands_there_once_with_the_pages_that_show_it(
    client: httpx.Client,
) -> None:
    address, names = f"/missing?year={YEAR}&division=5117&lang=en", []
    while address:
        page = client.get(address)
        assert page.status_code == 200, page.text
        articles = re.findall('<article class="absent">.*?</article>', page.text, re.DOTALL)
        assert all('href="/captures/one.warc.gz/0"' in article for article in articles)
        names += [name for article in articles for name in re.findall("渠县[^<]*局", article)[:1]]
        found = re.search(r'href="(/missing[^"]*after=[^"]*)"', page.text)
        address = found[1].replace("&amp;", "&") if found else ""
    assert sorted(names) == [f"渠县第{number:03}局" for number in range(ABSENT)]


def test_the_api_lists_the_same(client: httpx.Client) -> None:
    asked = {"year": str(YEAR), "division": "5117", "limit": "40"}
    names: list[str] = []
    while True:
        answer = client.get("/api/v1/missing", params=asked).json()
        names += [one["agency"] for one in answer["items"]]
        assert all(one["evidence"] and one["status"] == "missing" for one in answer["items"])
        if answer["next"] is None:
            break
        asked["cursor"] = answer["next"]
    assert names == [f"渠县第{number:03}局" for number in range(ABSENT)]
    late = client.get(f"/api/v1/audit?year={YEAR}&status=late").json()["items"]
    assert [one["agency"] for one in late] == ["渠县教育局"]


def test_who_could_not_be_reached_is_counted_apart_and_not_listed(client: httpx.Client) -> None:
    page = client.get(f"/missing?year={YEAR}&lang=en").text
    assert f"Owed: {ABSENT + 3}; shown to be missing: {ABSENT}." in page
    assert "2 more could not be established by us" in page
    assert "渠县财政局" not in page
    assert "渠县教育局" not in page


def test_a_list_of_a_status_leaves_out_who_has_published_since(archive: Archive) -> None:
    """Counts are kept; the list made of them is asked again before it says anything."""
    with archive.session() as session:
        summary.refresh(archive, YEAR)
        kept = summary.kept(session, YEAR)
        assert kept is not None
        assert len(kept.members("missing", "51", limit=500)) == ABSENT
        assert kept.members("late", "11") == []
        assert [one.name for one in kept.members("late")] == ["渠县教育局"]


def test_other_years_and_statuses_are_refused(client: httpx.Client) -> None:
    assert client.get("/missing?year=2015").status_code == 404
    assert client.get("/?status=guilty").status_code == 422
    assert client.get("/missing?after=~y~z&year=2024").status_code == 200


def test_the_start_page_draws_the_days_and_says_the_same_in_a_table(client: httpx.Client) -> None:
    page = client.get(f"/?year={YEAR}&lang=en").text
    assert "<title>2025-02-07: 1</title>" in page
    assert "due 01-31" in page
    assert '<td class="day">2025-02-07</td><td class="number">1</td>' in page


def test_days_outside_of_the_chart_are_still_counted() -> None:
    seen = [
        Appeared(date(2024, 12, 30), "on_time", 2),
        Appeared(date(2025, 1, 30), "on_time", 5),
        Appeared(date(2025, 1, 30), "on_time_claimed", 1),
        Appeared(date(2026, 3, 1), "late", 3),
    ]
    shown = days(YEAR, seen)
    assert shown is not None
    assert [shown.before.total, *(bar.total for bar in shown.bars), shown.after.total] == [2, 6, 3]
    assert shown.highest == 6
    parts = list(shown.parts(shown.bars[0]))
    assert [status for status, _, _ in parts] == ["on_time", "on_time_claimed"]
    assert parts[0][2] == pytest.approx(5 * parts[1][2], abs=0.1)
    assert [day for day, _ in shown.due] == [date(2025, 1, 31), date(2025, 3, 31)]
    assert days(YEAR, []) is None


def test_an_empty_archive_has_pages_too(tmp_path: Path) -> None:
    with (
        serving(create_app(Archive.create(tmp_path / "archive"))) as base,
        httpx.Client(base_url=base, trust_env=False) as client,
    ):
        for address in ("/", "/missing", "/compare", "/search", "/review"):
            assert client.get(address).status_code == 200, address
