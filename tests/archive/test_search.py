"""Full text: what stands in a narrative is found, what does not is not, whatever became of the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published import publish, record
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from archive.database import fulltext
from archive.database.models import Agency, Narrative, Reading
from archive.errors import UsageError
from archive.folder import Archive
from archive.ingest import ingest
from archive.search import search
from archive.words import cut, terms

ALPHABET = "政府信息公开税务局a1 。，\n"


@pytest.fixture
def session(on_both: Archive) -> Iterator[Session]:
    with on_both.session() as session:
        yield session


@pytest.fixture
def bureau() -> Agency:
    return Agency(name="示例县教育局", kind="local_dept", division_code="320826")


def found(session: Session, words: str, **only: Any) -> list[tuple[str, int, int]]:
    return [(row["agency"], row["year"], row["section"]) for row in search(session, words, **only)]


def write(session: Session, agency: Agency, year: int, said: str, number: int = 1) -> None:
    publish(session, agency, year, record(agency, year, sections={number: said}))
    ingest(session)


SAID = "本年新收行政复议 2件，税务局ＧＯＶ平台Covid-19公开１０１２条；信 息 公 开\n完。"


@pytest.mark.parametrize(
    "words",
    [
        "复议",
        "行政复议",
        "税",
        "完",
        "1012",
        "1012条",
        "１０１２",
        "gov",
        "GOV平台",
        "covid-19",
        "复议 税务",
        "税务 本年新收",
        "信息公开",
        "复议2件",
    ],
)
def test_what_is_said_is_found(session: Session, bureau: Agency, words: str) -> None:
    write(session, bureau, 2024, SAID)
    (row,) = search(session, words)
    assert (row["agency"], row["year"], row["section"]) == (bureau.name, 2024, 1)
    assert row["hits"] >= 1
    marked = "".join(re.findall("«(.*?)»", row["snippet"]))
    assert marked, row["snippet"]


@pytest.mark.parametrize(
    "words",
    [
        "诉讼",
        "新行政",
        "复政",
        "议",
        "101",
        "012",
        "10123",
        "ov",
        "复议 诉讼",
        "条1012",
        "covid",
        "公开完",
    ],
)
def test_what_is_not_said_is_not_found(session: Session, bureau: Agency, words: str) -> None:
    write(session, bureau, 2024, SAID.replace("复议", "调解").replace("Covid-19", ""))
    assert found(session, words) == []


def test_the_hit_is_marked_as_printed(session: Session, bureau: Agency) -> None:
    write(session, bureau, 2024, f"{'甲' * 200}办结ＡＢ申请12件{'乙' * 200}")
    (row,) = search(session, "ab申请")
    assert row["snippet"].startswith("…甲")
    assert "办结«ＡＢ申请»12件乙" in row["snippet"]
    assert row["snippet"].endswith("乙…")


@pytest.mark.parametrize("words", ["", " ", "。，", "«»", "'\"*", "--"])
def test_nothing_to_look_for_is_said(session: Session, words: str) -> None:
    with pytest.raises(UsageError, match="look for"):
        found(session, words)


@pytest.mark.parametrize(
    "words", ['公开" OR "x', "公开*", "公开:", "公开' & 'x", "NOT 公开", "公开 <-> x", "\\公开\x00"]
)
def test_signs_of_query_languages_are_only_signs(
    session: Session, bureau: Agency, words: str
) -> None:
    write(session, bureau, 2024, "公开")
    assert len(found(session, words)) in (0, 1)


def test_it_is_narrowed_by_year_section_and_division(session: Session, bureau: Agency) -> None:
    town = Agency(name="示例县东镇人民政府", kind="township_gov", division_code="320826104")
    other = Agency(name="邻县教育局", kind="local_dept", division_code="320830")
    for agency in (bureau, town, other):
        for year in (2023, 2024):
            sections = {1: "公开信息", 5: "公开问题"}
            publish(session, agency, year, record(agency, year, sections=sections))
    ingest(session)
    assert len(found(session, "公开")) == 12
    assert [year for _, year, _ in found(session, "公开")] == [2024] * 6 + [2023] * 6
    assert found(session, "公开", year=2023, section=5, division="320826") == [
        (bureau.name, 2023, 5),
        (town.name, 2023, 5),
    ]
    assert {name for name, *_ in found(session, "公开", division="320826104")} == {town.name}
    assert len(found(session, "公开", division="32")) == 12
    assert found(session, "公开", division="33") == []


def test_a_replaced_report_is_found_by_its_new_words_only(session: Session, bureau: Agency) -> None:
    write(session, bureau, 2024, "旧的说法")
    publish(session, bureau, 2024, record(bureau, 2024, sections={1: "新的说法"}), day="2025-06-01")
    ingest(session)
    assert found(session, "旧的") == []
    assert len(found(session, "新的")) == len(found(session, "说法")) == 1


def test_a_report_of_somebody_else_moves(session: Session, bureau: Agency) -> None:
    write(session, bureau, 2024, "公开")
    for number in range(3):
        another = Agency(name=f"第{number}局", kind="local_dept", division_code="11")
        write(session, another, 2024, "其他")
    bureau.division_code = "440106"
    session.flush()
    ingest(session)
    assert len(found(session, "公开", division="44")) == 1
    assert found(session, "公开", division="32") == []


def test_another_extractor_reads_it_anew(
    session: Session, bureau: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    for year in (2022, 2023, 2024):
        write(session, bureau, year, f"{year}的话")
    monkeypatch.setattr("archive.ingest.VERSION", "next")
    ingest(session)
    assert found(session, "的话") == []
    for old in session.scalars(select(Reading)).all():
        kept = record(bureau, old.year or 0, sections={1: "新读"})
        from archive import readings

        new = readings.reading(old.sha256, kept)
        new.extractor = "next"
        session.add(new)
    ingest(session)
    assert len(found(session, "新读")) == 3
    assert found(session, "的话") == []


def test_a_lost_reading_does_not_leave_its_words_behind(session: Session, bureau: Agency) -> None:
    for year in range(2015, 2025):
        write(session, bureau, year, "公开")
    sha256 = session.scalar(select(Reading.sha256).where(Reading.year == 2020))
    session.execute(delete(Reading).where(Reading.sha256 == sha256))
    session.expire_all()
    ingest(session)
    assert [year for _, year, _ in found(session, "公开")] == [
        year for year in range(2024, 2014, -1) if year != 2020
    ]


def test_doing_it_again_changes_nothing(session: Session, bureau: Agency) -> None:
    write(session, bureau, 2024, "公开")
    assert ingest(session) == 0
    assert len(found(session, "公开")) == 1


def test_an_index_of_other_words_is_made_again(
    on_both: Archive, bureau: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_both.session() as session:
        write(session, bureau, 2024, "公开")
        session.commit()
    monkeypatch.setattr(fulltext, "TABLE", "narrative_words_99")
    with on_both.session() as session:
        fulltext.create(session.connection())
        assert session.scalars(select(Narrative)).all() == []
        ingest(session)
        assert len(found(session, "公开")) == 1
        with pytest.raises(Exception, match="narrative_words_1"):
            session.execute(text("SELECT * FROM narrative_words_1"))


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(ALPHABET, max_size=30), st.text(ALPHABET, min_size=1, max_size=4))
def test_it_finds_exactly_what_a_reader_finds(session: Session, said: str, words: str) -> None:
    wanted = terms(words)
    if not wanted:
        return
    fulltext.clear(session.connection())
    connection = session.connection()
    if cut(said):
        fulltext.insert(connection, [(1, cut(said))])
    by_index = bool(list(fulltext.find(connection, wanted, 0, 9, None)))
    assert by_index == all(term.pattern.search(said) for term in wanted)
