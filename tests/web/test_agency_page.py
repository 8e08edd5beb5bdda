"""The page of an agency: its years, its figures with every gap left open, and what rules found."""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from followed import BEFORE, CANDIDATE, DOUBTFUL, NAME, PLACE, YEARS, figures_of, fill
from history import History
from hypothesis import given
from hypothesis import strategies as st
from reported import HOSTILE, PLAIN, UNEVEN, YEAR, Reported, make
from serving import serving
from sqlalchemy import Engine, event, select

from archive import clock, corrections
from archive.agencies import lineage
from archive.agencies.kinds import KINDS
from archive.audit.content import Content
from archive.audit.history import CAUSES
from archive.audit.status import Status
from archive.audit.table import audit
from archive.database.models import Agency, Finding
from archive.folder import Archive
from archive.series import REASONS, Point
from archive.web import agency_figures
from archive.web.app import create_app
from archive.web.charts import Cell, Chart, Series
from archive.web.context import WORDS
from crawler.rereading import reread

KEY = "requests.received_new.total"


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    folder = tmp_path_factory.mktemp("agency")
    made = make(folder)
    fill(made, folder)
    return made


@pytest.fixture(scope="module")
def client(reported: Reported) -> Iterator[httpx.Client]:
    with (
        serving(create_app(reported.archive, reread)) as base,
        httpx.Client(base_url=base, trust_env=False) as client,
    ):
        yield client


def _id(reported: Reported, name: str) -> int:
    with reported.archive.reader() as session:
        return session.scalars(select(Agency.id).where(Agency.name == name)).one()


def _page(client: httpx.Client, reported: Reported, name: str = NAME, lang: str = "en") -> str:
    answer = client.get(f"/agencies/{_id(reported, name)}", params={"lang": lang})
    assert answer.status_code == 200, answer.text
    return answer.text


def _texts(markup: str, cell: str = "t[dh]") -> list[str]:
    found = re.findall(rf"<{cell}[ >].*?</{cell}>", markup, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]*>", " ", one)).split()) for one in found]


def _year(page: str, year: int, scope: str = "organ") -> str:
    line = re.search(rf'<tr id="y{year}-{scope}">.*?</tr>', page, re.DOTALL)
    assert line is not None
    return line[0]


def _figures(page: str, chart: str, row: str) -> list[str]:
    """The cells of a row of the table below a chart, year by year."""
    block = page.partition(f'id="organ-{chart}"')[2].partition("</section>")[0]
    line = re.search(rf'<tr><th scope="row">{row}</th>.*?</tr>', block, re.DOTALL)
    assert line is not None
    return _texts(line[0], "td")


def test_the_head_says_who_where_and_since_when(client: httpx.Client, reported: Reported) -> None:
    page = _page(client, reported)
    assert "department of a local government" in page
    for code, name in (("51", "四川省"), ("5117", "达州市"), ("511725", "渠县")):
        assert f'<a href="/?division={code}">{name}</a>' in page
    former = _id(reported, BEFORE)
    assert f'until 2019 called <a href="/agencies/{former}">{escape(BEFORE)}</a>' in page
    assert "<b>水利" not in page
    assert "5117250042" in page
    assert f'href="{PLACE}"' in page
    assert "read in full" in page
    assert "2025-01-20 11:00" in page
    assert f"As known on {clock.china_day(clock.now())}" in page
    successor = f'renamed in 2019: <a href="/agencies/{_id(reported, NAME)}">'
    assert successor in _page(client, reported, BEFORE)
    assert f'href="/compare?agency={_id(reported, NAME)}"' in page
    answer = client.get(f"/api/v1/agencies/{_id(reported, NAME)}")
    assert answer.json()["name"] == NAME


def test_each_year_stands_as_the_audit_says(client: httpx.Client, reported: Reported) -> None:
    page = _page(client, reported)
    shown = [int(year) for year in re.findall(r'id="y(\d+)-organ"', page)]
    campaign = clock.china_day(clock.now()).year - 1
    assert shown == list(range(campaign, min(YEARS) - 1, -1))
    for year in shown:
        with reported.archive.reader() as session:
            (entry,) = (one for one in audit(session, year) if one["agency"] == NAME)
        cells = _texts(_year(page, year))
        assert cells[1].replace(" ", "_") == entry["status"]
        assert cells[2].startswith(entry["due"])
        assert entry["reason"] in cells[7]
    owner = _id(reported, NAME)
    assert f'href="/reports/{owner}/2023/organ"' in _year(page, 2023)
    assert "/reports/" not in _year(page, 2020)
    assert f'href="/evidence/{owner}/2020/organ.zip"' in _year(page, 2020)


def test_a_verdict_that_changed_says_why_and_when(client: httpx.Client, reported: Reported) -> None:
    page = _page(client, reported)
    late = _texts(_year(page, 2023))
    assert late[1:5] == ["late", "2024-01-31 by law", "2024-03-01 first seen 2025-02-05", "30"]
    assert "unknown → late" in late[7]
    assert "a visit" in late[7]
    assert "first said: unknown" in late[7]
    assert f"{clock.china_day(clock.now())}" in late[7]
    assert "无法判断 → 逾期公布" in _page(client, reported, lang="zh")


def test_no_number_is_shown_that_is_not_certain(client: httpx.Client, reported: Reported) -> None:
    page = _page(client, reported)
    made = figures_of()
    cells = _figures(page, "requests", "received")
    assert cells[1] == "missing"
    for year in YEARS:
        doubt = " ? (reading in doubt)" if year == DOUBTFUL else ""
        assert cells[year - 2019] == f"{made[year][KEY]}{doubt}"
    # The row that stands aside is not shown at all, nor what is made of it.
    assert _figures(page, "results", "granted")[DOUBTFUL - 2019] == "reading in doubt"
    assert (
        _figures(page, "rates", "granted in full or in part")[DOUBTFUL - 2019] == "reading in doubt"
    )
    top = made[2024]["requests.granted.total"] + made[2024]["requests.partially_granted.total"]
    bottom = made[2024]["requests.processed_total.total"]
    rate = _figures(page, "rates", "granted in full or in part")[2024 - 2019]
    assert rate == f"{100 * top / bottom:.1f} % {top} / {bottom}"


def test_the_drawings_leave_gaps_and_lead_to_the_reports(
    client: httpx.Client, reported: Reported
) -> None:
    page = _page(client, reported)
    owner = _id(reported, NAME)
    chart = page.partition('aria-labelledby="organ-requests-title"')[2].partition("</svg>")[0]
    assert "<title" in chart
    assert "Gaps: 2020 missing" in chart
    assert "In doubt: 2022." in chart
    # 2019, 2021 and 2022 have no neighbour that is certain: one line a series, from 2023 to 2024.
    lines = re.findall(r'class="run" d="([^"]*)"', chart)
    assert [line.count("L") for line in lines] == [1, 1]
    assert chart.count("is-doubtful") == 2
    for year in YEARS:
        assert f'href="/reports/{owner}/{year}/organ#f-{KEY}"' in chart
        assert client.get(f"/reports/{owner}/{year}/organ").status_code == 200
    assert f"/reports/{owner}/2020" not in page


def test_findings_lead_to_their_cells(client: httpx.Client, reported: Reported) -> None:
    found = _page(client, reported, UNEVEN).partition('id="findings"')[2]
    with reported.archive.reader() as session:
        finding = session.scalars(
            select(Finding).where(Finding.verdict == "fail", Finding.rule == "T3-01")
        ).first()
    assert finding is not None
    assert escape(finding.message) in found
    assert f'href="{reported.address(UNEVEN)}#f-{finding.cells[0]}"' in found
    chinese = _page(client, reported, UNEVEN, "zh")
    assert escape(finding.message_zh) in chinese
    doubtful = _page(client, reported).partition('id="findings"')[2]
    moved = next(line for line in re.findall("<tr.*?</tr>", doubtful) if "T3-09" in line)
    assert "may be our misreading" in moved
    assert "is-error" not in moved


def test_a_persons_verdict_stands_beside_the_finding(reported: Reported) -> None:
    with reported.archive.session() as session:
        report = reported._report(session, UNEVEN)
        corrections.judge(session, 1, report, "T3-01", "dismissed", reason="x", person="tester")
        session.commit()
    with (
        serving(create_app(reported.archive)) as base,
        httpx.Client(base_url=base, trust_env=False) as client,
    ):
        page = _page(client, reported, UNEVEN)
    assert "dismissed by a person" in page
    assert "/evidence/" not in page  # nothing reads a column again here


def test_what_a_person_corrected_is_marked_where_it_is_shown(
    client: httpx.Client, reported: Reported
) -> None:
    before = _figures(_page(client, reported, PLAIN), "results", "granted")
    with reported.archive.session() as session:
        report = reported._report(session, PLAIN)
        entry = corrections.correct(
            session, 7, report, "requests.granted.total", "4", reason="misprint", person="tester"
        )
        name = corrections.name_of(entry)
        session.commit()
    page = _page(client, reported, PLAIN)
    mark = "✎ (corrected by a person)"
    assert _figures(page, "results", "granted") == [f"4 {mark}", *before[1:]]
    # The rate is made of it, the requests received are not.
    assert (
        _figures(page, "rates", "granted in full or in part")[0]
        .split("%")[1]
        .startswith(f" {mark}")
    )
    assert mark not in "".join(_figures(page, "requests", "received"))
    assert f"Corrected by a person: {YEAR}." in page
    with reported.archive.session() as session:
        corrections.undo(session, name, person="tester")
        session.commit()
    assert _figures(_page(client, reported, PLAIN), "results", "granted") == before


def test_a_visit_that_failed_is_told_in_the_language_of_the_page(
    client: httpx.Client, reported: Reported
) -> None:
    name, place, reason = "渠县气象局", "http://q.quxian.gov.test/", "The site keeps us out."
    with reported.archive.session() as session:
        told = History(session)
        told.agency(name, division_code="511725", at=place)
        told.visit("2025-02-05", place=place, verdict="blocked", kind="521", reason=reason)
        session.commit()
    assert reason in _page(client, reported, name)
    page = _page(client, reported, name, "zh")
    assert reason not in page
    assert "网站拒绝了本项目的访问（要求通过加速乐验证）" in page


def test_names_are_text(client: httpx.Client, reported: Reported) -> None:
    page = _page(client, reported, HOSTILE)
    assert f"<h1>{escape(HOSTILE)}</h1>" in page
    assert "<script" not in page


def test_of_a_candidate_nothing_is_said(client: httpx.Client, reported: Reported) -> None:
    page = _page(client, reported, CANDIDATE)
    assert "until it is confirmed it owes nothing" in page
    assert 'class="status' not in page
    assert "The archive has no report yet." in page


def test_every_word_of_the_data_is_in_both_languages(reported: Reported) -> None:
    keys = {f"kind.{one}" for one in KINDS} | {f"cause.{one}" for one in CAUSES}
    keys |= {f"content.{one}" for one in Content} | {f"status.{one}" for one in Status}
    keys |= {f"agency.event.{one}" for one in lineage.EVENTS}
    keys |= {
        f"agency.gap.{one}" for one in REASONS if one not in ("counted", "not_ok", "no_division")
    }
    keys |= {
        f"visit.{one}"
        for one in ("complete", "partial", "not_found", "blocked", "down", "unfinished")
    }
    with reported.archive.reader() as session:
        owner = session.get_one(Agency, _id(reported, NAME))
        for chart in agency_figures.sheets(session, owner, {(2024, "organ"): (None, None)})[
            0
        ].charts:
            keys |= {f"chart.{chart.name}", *(f"series.{one.name}" for one in chart.series)}
    assert keys - set(WORDS) == set()


@pytest.mark.parametrize(("number", "code"), [("99999", 404), ("0", 422), ("x", 422)])
def test_no_such_agency(client: httpx.Client, number: str, code: int) -> None:
    assert client.get(f"/agencies/{number}").status_code == code


def test_one_agency_is_asked_for_by_indexes_whatever_the_register_holds(
    client: httpx.Client, reported: Reported, tmp_path: Path
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        _page(client, reported)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    selects = [(one, values) for one, values in asked if one.startswith("SELECT")]
    assert selects
    assert len(selects) < 25 * (len(YEARS) + 3)
    # A small archive knows that it is small and reads its tables in full; a new one does not.
    new = Archive.create(tmp_path / "new")
    with sqlite3.connect(new.path / "gongkai.sqlite") as database:
        steps = {
            (step[3], statement)
            for statement, values in selects
            for step in database.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        }
    database.close()
    large = r"SCAN (agency|place|place_agency|visit|capture|sighting|report\w*|finding|figures|status_change)\b"
    assert [step for step in steps if re.match(large, step[0])] == []


_values = st.none() | st.integers(0, 1000) | st.just(-1)
"""-1 stands for a doubtful number."""


@given(st.lists(_values, min_size=1, max_size=14))
def test_lines_join_neighbours_only(values: list[int | None]) -> None:
    years = list(range(2010, 2010 + len(values)))
    points = [
        None if one is None else Point("not_ok", 5) if one == -1 else Point("counted", one)
        for one in values
    ]
    cells = [Cell(year, point, "", None) for year, point in zip(years, points, strict=True)]
    chart = Chart("requests", "lines", years, [Series("received", 0, cells)])
    middles = {x: year for year, x in chart.columns()}
    certain = [point is not None and not point.doubtful for point in points]
    joined = set()
    for run in chart.runs(chart.series[0]):
        through = [middles[int(place.split()[0])] for place in run[1:].split("L")]
        joined |= set(itertools.pairwise(through))
    wanted = {
        (year, year + 1)
        for year, (one, two) in zip(years, itertools.pairwise(certain), strict=False)
        if one and two
    }
    assert joined == wanted
    assert {year for year, _, _ in chart.gaps} == {
        year for year, point in zip(years, points, strict=True) if point is None
    }
    for _, _, y in chart.dots(chart.series[0]):
        assert 0 < y <= chart.bottom


@given(st.lists(st.tuples(*[st.none() | st.integers(0, 10**7)] * 4), min_size=1, max_size=10))
def test_a_stack_is_as_high_as_its_parts(values: list[tuple[int | None, ...]]) -> None:
    years = list(range(2010, 2010 + len(values)))
    rows = [
        Series(
            str(number),
            number,
            [
                Cell(year, None if of[number] is None else Point("counted", of[number]), "", None)
                for year, of in zip(years, values, strict=True)
            ],
        )
        for number in range(4)
    ]
    chart = Chart("results", "stack", years, rows)
    bars = {bar.year: bar for bar in chart.bars()}
    for year, of in zip(years, values, strict=True):
        known = [one for one in of if one is not None]
        assert (year in bars) == bool(known)
        if known:
            bar = bars[year]
            assert bar.total == sum(known)
            assert bar.whole == (len(known) == 4)
            assert bar.top >= 0
            assert abs(sum(piece.height for piece in bar.pieces) - (chart.bottom - bar.top)) < 0.5
