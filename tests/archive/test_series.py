"""Figures over the years: what counts, what does not and is counted too, what is never added up."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import publish, record
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import corrections, series
from archive.audit import duty
from archive.database.models import Agency, AgencyAlias
from archive.errors import UsageError
from archive.folder import Archive
from archive.ingest import ingest
from archive.measures import measure, names
from extract.forms.dictionary import F2019_KEYS, F2021_KEYS, FIGURE_KEYS, column_name

NEW = "requests.received_new.total"
GRANTED, PART = "requests.granted.total", "requests.partially_granted.total"
CLOSED = "requests.processed_total.total"


@pytest.fixture
def session(on_both: Archive) -> Iterator[Session]:
    with on_both.session() as session:
        yield session


def bureau(name: str = "示例县教育局", code: str = "320826", **more: Any) -> Agency:
    return Agency(**{"name": name, "kind": "local_dept", "division_code": code} | more)


def of_agency(session: Session, key: str, agency: Agency, *years: int) -> dict[int, Any]:
    ingest(session)
    first, last = years or (None, None)
    rows = list(series.of_agency(session, measure(key), agency, first, last))
    assert len({row["year"] for row in rows}) == len(rows)
    return {row["year"]: row for row in rows}


def of_division(session: Session, key: str, code: str | None, *years: int) -> list[dict[str, Any]]:
    ingest(session)
    first, last = years or (None, None)
    rows = list(series.of_division(session, measure(key), code, first, last))
    for row in rows:
        assert row["owed"] == sum(row[name] for name in series.REASONS)
    return rows


def test_a_figure_of_an_agency_year_by_year(session: Session) -> None:
    agency = bureau(since=2020)
    for year, number in ((2020, 4), (2021, 5), (2023, 6)):
        form = "f2019" if year < 2021 else "f2021"
        publish(session, agency, year, record(agency, year, {NEW: number}, form=form))
    rows = of_agency(session, NEW, agency, 2019, 2023)
    assert {year: row["value"] for year, row in rows.items()} == {
        2019: None,
        2020: 4,
        2021: 5,
        2022: None,
        2023: 6,
    }
    assert rows[2019]["note"] == "founded in 2020"
    assert rows[2022]["note"] == "no report in the archive"


@pytest.mark.parametrize(
    ("how", "note"),
    [
        ({"status": "suspect"}, "reading suspect"),
        ({"status": "failed"}, "reading failed"),
        ({"document_year": 2023}, "the document is the report for 2023"),
        ({"names": "示例县民政局"}, "the document names 示例县民政局"),
        ({"values": {NEW: None}}, "a cell has no number"),
    ],
)
def test_a_number_that_may_be_wrong_has_no_place(
    session: Session, how: dict[str, Any], note: str
) -> None:
    agency = bureau()
    publish(session, agency, 2024, record(agency, 2024, **{"values": {NEW: 5}} | how))
    row = of_agency(session, NEW, agency)[2024]
    assert (row["value"], row["note"]) == (None, note)
    (total,) = of_division(session, NEW, "32")
    assert (total["value"], total["counted"], total["owed"]) == (None, 0, 1)


def test_many_measures_are_read_together_and_doubt_is_told_apart(session: Session) -> None:
    agency = bureau()
    values = {NEW: 9, GRANTED: 3, PART: 2, CLOSED: 8}
    for year, how in (
        (2019, {"form": "f2019"}),
        (2020, {"status": "suspect"}),
        (2021, {"status": "suspect", "document_year": 2023}),
        (2022, {"status": "suspect", "names": "示例县民政局"}),
        (2023, {"status": "failed"}),
        (2024, {"document_year": 2023}),
    ):
        publish(session, agency, year, record(agency, year, **{"values": values} | how))
    asked = [measure(key) for key in (NEW, "grant_rate", "art20_1.rules.issued")]
    for number, what in enumerate(asked):
        rows = of_agency(session, what.key, agency)
        found = series.Points(asked).of(session, agency)
        assert {year for year, _ in found} == set(rows)
        for (year, _), points in found.items():
            point = points[number]
            assert (point.outcome == "counted") == (rows[year]["value"] is not None)
            assert (None if point.doubtful else point.value) == rows[year]["value"]
    doubtful = {year for (year, _), points in found.items() if points[0].doubtful}
    assert doubtful == {2020}
    point = found[2020, "organ"][1]
    assert (point.value, point.top, point.bottom) == (0.625, 5, 8)


def test_cells_of_one_form_are_not_those_of_the_other(session: Session) -> None:
    agency = bureau()
    old = {"art20_1.rules.made_new": 3, "art20_5.licences.decisions": 8}
    publish(session, agency, 2020, record(agency, 2020, old, form="f2019"))
    new = {"art20_1.rules.issued": 2, "art20_5.licences.decisions": 9}
    publish(session, agency, 2021, record(agency, 2021, new))
    rows = of_agency(session, "art20_1.rules.issued", agency)
    assert {year: row["value"] for year, row in rows.items()} == {2020: None, 2021: 2}
    assert rows[2020]["note"] == "form f2019 has no such cell"
    assert [row["other_form"] for row in of_division(session, "art20_1.rules.issued", "32")] == [
        1,
        0,
    ]
    rows = of_agency(session, "art20_5.licences.decisions", agency)
    assert {year: row["value"] for year, row in rows.items()} == {2020: 8, 2021: 9}


def test_other_handling_is_one_row_in_2019_and_three_in_2021(session: Session) -> None:
    agency = bureau()
    publish(
        session,
        agency,
        2020,
        record(agency, 2020, {"requests.other_total.total": 6}, form="f2019"),
    )
    three = dict.fromkeys(("correction_overdue", "fee_overdue", "other"), 0)
    values = {f"requests.other.{row}.total": n for n, row in enumerate(three, 1)}
    publish(session, agency, 2021, record(agency, 2021, values))
    rows = of_agency(session, "requests.other_total.total", agency)
    assert {year: row["value"] for year, row in rows.items()} == {2020: 6, 2021: 6}
    single = of_agency(session, "requests.other.other.total", agency)
    assert {year: row["value"] for year, row in single.items()} == {2020: None, 2021: 3}


def test_a_rate_stands_with_its_denominator_and_0_of_0_is_none(session: Session) -> None:
    agency = bureau()
    publish(session, agency, 2022, record(agency, 2022, {GRANTED: 3, PART: 2, CLOSED: 8}))
    publish(session, agency, 2023, record(agency, 2023))
    rows = of_agency(session, "grant_rate", agency)
    first = rows[2022]
    assert (first["value"], first["numerator"], first["denominator"]) == (0.625, 5, 8)
    assert (rows[2023]["value"], rows[2023]["denominator"]) == (None, 0)
    assert rows[2023]["note"] == "undefined: the denominator is 0"


def test_a_rate_of_a_division_is_that_of_its_sums(session: Session) -> None:
    for name, granted, closed in (("甲局", 1, 1), ("乙局", 1, 9)):
        agency = bureau(name)
        publish(session, agency, 2024, record(agency, 2024, {GRANTED: granted, CLOSED: closed}))
    (row,) = of_division(session, "grant_rate", "3208")
    assert (row["value"], row["numerator"], row["denominator"]) == (0.2, 2, 10)


def test_a_sum_says_how_many_of_all_reports_it_covers(session: Session) -> None:
    for number, how in enumerate(
        (
            {},
            {},
            {"status": "suspect"},
            {"values": {NEW: None}},
            {"document_year": 2022},
            {"names": "邻县民政局"},
        )
    ):
        agency = bureau(f"示例县第{number}局")
        publish(session, agency, 2024, record(agency, 2024, **{"values": {NEW: 10}} | how))
    session.add(bureau("无报告局"))
    session.add(bureau("已撤局", until=2023))
    session.add(bureau("未确认局", standing="candidate"))
    session.add(bureau("邻市局", code="320901"))
    (row,) = of_division(session, NEW, "3208")
    assert row == {
        "year": 2024,
        "scope": "organ",
        "level": None,
        "value": 20,
        "numerator": None,
        "denominator": None,
        "owed": 7,
        "counted": 2,
        "no_report": 1,
        "not_ok": 1,
        "blank": 1,
        "other_form": 0,
        "wrong_year": 1,
        "other_body": 1,
        "no_division": 0,
        "corrected_reports": 0,
    }


def test_who_owes_a_report_is_the_same_for_audit_and_series(session: Session) -> None:
    choices = (None, 2019, 2020, 2021)
    for number, (since, until, proven) in enumerate(itertools.product(choices, repeat=3)):
        agency = bureau(f"第{number}局", since=since, until=until, duty_from=proven)
        session.add(agency)
    session.flush()
    everybody = session.scalars(select(Agency)).all()
    for year in (2007, 2019, 2020, 2021):
        owing = session.scalars(select(Agency).where(duty.owing(year))).all()
        assert {a.id for a in owing} == {a.id for a in everybody if not duty.exempt(a, year)}


def test_scopes_and_levels_of_regions_are_never_added_up(session: Session) -> None:
    for name, code, number in (
        ("示例省人民政府", "32", 1000),
        ("示例市人民政府", "3208", 100),
        ("示例县人民政府", "320826", 10),
    ):
        agency = bureau(name, code, kind="region_gov")
        publish(session, agency, 2024, record(agency, 2024, {NEW: number}))
        publish(session, agency, 2024, record(agency, 2024, {NEW: 1}), scope="organ")
    lost = bureau("某地人民政府", "", kind="region_gov")
    publish(session, lost, 2024, record(lost, 2024, {NEW: 7}))
    found = {
        (row["scope"], row["level"]): (row["value"], row["counted"])
        for row in of_division(session, NEW, None)
    }
    assert found == {
        ("organ", None): (3, 3),
        ("region", "province"): (1000, 1),
        ("region", "prefecture"): (100, 1),
        ("region", "county"): (10, 1),
        ("region", None): (None, 0),
    }


def test_money_in_any_unit_is_not_added_up(session: Session) -> None:
    with pytest.raises(UsageError, match="--agency"):
        of_division(session, "art20_9.procurement.amount", "32")


def test_a_name_the_register_has_learned_is_the_agency(session: Session) -> None:
    agency = bureau("示例县卫生健康委员会")
    publish(session, agency, 2024, record(agency, 2024, {NEW: 5}, names="示例卫计办"))
    assert of_agency(session, NEW, agency)[2024]["value"] is None
    agency.aliases.append(AgencyAlias(name="示例卫计办"))
    assert of_agency(session, NEW, agency)[2024]["value"] == 5


def test_only_the_latest_version_counts(session: Session) -> None:
    agency = bureau()
    publish(session, agency, 2024, record(agency, 2024, {NEW: 5}))
    publish(session, agency, 2024, record(agency, 2024, {NEW: 9}), day="2025-07-01")
    assert of_agency(session, NEW, agency)[2024]["value"] == 9
    assert [row["value"] for row in of_division(session, NEW, "32")] == [9]


def test_years_without_any_report_are_shown_when_asked_for(session: Session) -> None:
    session.add(bureau())
    rows = of_division(session, NEW, "32", 2023, 2024)
    assert [(row["year"], row["value"], row["no_report"]) for row in rows] == [
        (2023, None, 1),
        (2024, None, 1),
    ]


@given(st.sampled_from([*FIGURE_KEYS, *names()]))
def test_every_measure_is_made_of_cells_its_forms_have(key: str) -> None:
    what = measure(key)
    assert measure(column_name(key)) == what
    assert what.forms
    for cells in (what.numerator, what.denominator or {}):
        for form, keys in cells.items():
            assert keys
            assert set(keys) <= set(F2019_KEYS if form == "f2019" else F2021_KEYS)
    assert what.about


def test_an_unknown_figure_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean grant_rate"):
        measure("grantrate")


def test_what_a_person_corrected_is_marked(session: Session) -> None:
    ours, other = bureau(), bureau("示例县民政局")
    for agency in (ours, other):
        for year in (2023, 2024):
            publish(session, agency, year, record(agency, year, {GRANTED: 3, CLOSED: 6, PART: 0}))
    assert not of_agency(session, GRANTED, ours)[2024]["corrected"]
    report = corrections.one_report(session, ours, 2024, None)
    corrections.correct(session, 1, report, GRANTED, "4", reason="annex", person="王")

    rows = of_agency(session, GRANTED, ours, 2022, 2024)
    assert {year: row["corrected"] for year, row in rows.items()} == {
        2022: False,
        2023: False,
        2024: True,
    }
    assert (rows[2024]["value"], rows[2024]["note"]) == (4, "corrected by a person")
    # A rate is made of it, another cell of the same report is not.
    assert of_agency(session, "grant_rate", ours)[2024]["corrected"]
    assert not of_agency(session, CLOSED, ours)[2024]["corrected"]
    assert not of_agency(session, GRANTED, other)[2024]["corrected"]

    def sums(key: str, code: str | None) -> dict[int, tuple[int, int]]:
        rows = of_division(session, key, code)
        return {row["year"]: (row["value"], row["corrected_reports"]) for row in rows}

    assert sums(GRANTED, "32") == sums(GRANTED, None) == {2023: (6, 0), 2024: (7, 1)}
    assert {number for _, number in sums(CLOSED, "32").values()} == {0}
    assert sums(GRANTED, "33") == {}

    # Numbers that nobody has looked at show what is printed again, and are not marked.
    changed = record(ours, 2024, {GRANTED: 5, CLOSED: 6, PART: 0})
    publish(session, ours, 2024, changed, day="2025-07-01")
    assert not of_agency(session, GRANTED, ours)[2024]["corrected"]
    assert sums(GRANTED, "32")[2024] == (8, 0)
