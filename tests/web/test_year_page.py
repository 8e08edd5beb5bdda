"""The start page: the counts of a year, its divisions, and what stands behind each status."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import httpx
import pytest
from reported import HOSTILE, PLAIN, YEAR, Reported, make
from serving import serving

from archive.audit.table import audit
from archive.database.models import Agency
from archive.web.app import create_app
from archive.web.overview import STATUSES, Tally
from archive.web.tiles import COLUMNS, PROVINCES, ROWS, tile_map


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    made = make(tmp_path_factory.mktemp("year"))
    with made.archive.session() as session:
        for number in range(60):
            session.add(Agency(name=f"渠县第{number}局", kind="local_dept", division_code="511725"))
        session.add(Agency(name="无处可寻的水务局", kind="local_dept", division_code=""))
        session.commit()
    return made


@pytest.fixture(scope="module")
def client(reported: Reported) -> Iterator[httpx.Client]:
    with (
        serving(create_app(reported.archive)) as base,
        httpx.Client(base_url=base, trust_env=False) as client,
    ):
        yield client


def _page(client: httpx.Client, **asked: str) -> str:
    answer = client.get("/", params={"year": str(YEAR), "lang": "zh", **asked})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_counts_are_those_of_the_audit(client: httpx.Client, reported: Reported) -> None:
    with reported.archive.reader() as session:
        found = [entry["status"] for entry in audit(session, YEAR)]
    page = _page(client, lang="en")
    names = {"missing": "missing", "unknown": "unknown", "on_time": "on time", "late": "late"}
    for status in set(found):
        assert f"<b>{found.count(status)}</b> {names.get(status, status)}" in page
    assert "say nothing against an agency" in page


def test_a_province_leads_to_its_county_and_pages_lose_nobody(client: httpx.Client) -> None:
    assert 'aria-label="四川' in _page(client)
    assert "division=5117" in _page(client, division="51")
    assert "division=511725" in _page(client, division="5117")
    seen: list[str] = []
    page = _page(client, division="511725")
    while True:
        seen += [name for number in range(60) if f">{(name := f'渠县第{number}局')}</a>" in page]
        if "&amp;after=" not in page:
            break
        after = page.partition("&amp;after=")[2].partition('"')[0]
        page = client.get(f"/?year={YEAR}&lang=zh&division=511725&after={after}").text
    assert sorted(seen) == sorted(f"渠县第{number}局" for number in range(60))


def test_the_map_says_who_is_not_on_it(client: httpx.Client, reported: Reported) -> None:
    with reported.archive.reader() as session:
        nowhere = sum(
            not row["division_code"] and row["status"] not in ("not_due", "exempt")
            for row in audit(session, YEAR)
        )
    note = f"图中不含未登记区划的机关应公布的 {nowhere} 份"
    assert nowhere
    assert note in _page(client)
    assert "图中不含" not in _page(client, division="51")


def test_a_status_narrows_the_list_and_names_are_text(client: httpx.Client) -> None:
    assert f">{PLAIN}</a>" in _page(client)
    assert f">{PLAIN}</a>" not in _page(client, division="511725")
    assert escape(HOSTILE) in _page(client)
    assert "<script>alert" not in _page(client)


def test_what_is_wrong_with_a_document_stands_beside_its_status(
    client: httpx.Client, reported: Reported
) -> None:
    with reported.archive.reader() as session:
        wrong = [row for row in audit(session, YEAR) if row["content_reason"]]
    assert wrong
    for row in wrong:
        shown = _page(client, status=str(row["status"]), lang="en")
        assert escape(str(row["content_reason"])) in shown


@pytest.mark.parametrize(
    "asked",
    [{"division": "5'"}, {"year": "1"}, {"status": "<b>"}, {"after": "x"}, {"division": "../.."}],
)
def test_what_makes_no_sense_is_refused(client: httpx.Client, asked: dict[str, str]) -> None:
    assert client.get("/", params=asked).status_code == 422


def test_our_own_failures_are_in_no_denominator() -> None:
    tally = Tally("51")
    for status, number in (("on_time", 3), ("missing", 1), ("unknown", 5), ("not_due", 9)):
        tally.add(status, number)
    assert (tally.owed, tally.judged, tally.share) == (9, 4, 0.75)
    assert Tally("52").share is None
    assert set(STATUSES) >= set(tally.by_status)


def test_every_province_has_a_tile_of_its_own() -> None:
    assert len({tile.code for tile in PROVINCES}) == 34
    assert len({(tile.column, tile.row) for tile in PROVINCES}) == 34
    assert all(tile.column < COLUMNS and tile.row < ROWS for tile in PROVINCES)


@pytest.mark.parametrize("division", ["51", "42", "11", "54", "5117", "4228"])
def test_the_parts_of_a_division_have_a_tile_each(division: str) -> None:
    drawn = tile_map(division, [Tally(division + "17", "某市", {"on_time": 1})])
    assert drawn is not None
    tiles = [tile for tile, _ in drawn.tiles]
    assert len({(tile.column, tile.row) for tile in tiles}) == len(tiles)
    assert {tile.code[: len(division)] for tile in tiles} == {division}
    assert sum(tally is not None for _, tally in drawn.tiles) == 1
    assert all(tile.column < drawn.columns and tile.row < drawn.rows for tile in tiles)


def test_a_long_name_is_cut_to_what_is_its_own() -> None:
    drawn = tile_map("42", [])
    assert drawn is not None
    assert "恩施" in {tile.name for tile, _ in drawn.tiles}
