"""The public SQL interface: every report once, the same on both databases, documented as it is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from published import publish, record
from sqlalchemy import text

from archive import clock
from archive.database import views
from archive.database.models import Agency, AgencyEvent, Run, ViewDefinition
from archive.database.upgrading import upgrade
from archive.database.views import VIEWS
from archive.database.views_page import page
from archive.folder import Archive
from archive.ingest import ingest
from extract.forms.dictionary import FIGURE_KEYS, column_name

DOCS = Path(__file__).parents[2] / "docs"
NEW = "requests.received_new.total"
FEES = "art20_8.admin_fees.amount_10k"


def ask(archive: Archive, sql: str) -> list[dict[str, Any]]:
    with archive.reader() as session:
        return [dict(row) for row in session.execute(text(sql)).mappings()]


@pytest.fixture
def filled(on_both: Archive) -> Archive:
    bureau = Agency(name="示例县教育局", kind="local_dept", division_code="320826")
    with on_both.session() as session:
        first = record(bureau, 2023, {NEW: 3, FEES: Decimal("9.61")})
        publish(session, bureau, 2023, first)
        publish(session, bureau, 2024, record(bureau, 2024, {NEW: 5}, failed="T3-01"))
        publish(session, bureau, 2024, record(bureau, 2024, {NEW: 7}), day="2025-06-01")
        old = record(bureau, 2020, {NEW: 1}, form="f2019")
        publish(session, bureau, 2020, old)
        doubtful = record(bureau, 2022, {NEW: 8}, status="suspect", suspect=(NEW,))
        publish(session, bureau, 2022, doubtful)
        publish(session, bureau, 2021, None)
        session.add(AgencyEvent(kind="founded", year=1990, agency=bureau))
        ingest(session)
        session.commit()
    return on_both


def test_a_replaced_report_counts_once_with_its_latest_figures(filled: Archive) -> None:
    wide = ask(filled, "SELECT * FROM figures_wide WHERE year = 2024")
    long = ask(filled, f"SELECT value FROM figures_long WHERE year = 2024 AND key = '{NEW}'")
    assert [row["requests_received_new_total"] for row in wide] == [7]
    assert [int(row["value"]) for row in long] == [7]
    assert [row["versions"] for row in ask(filled, "SELECT * FROM reports WHERE year = 2024")] == [
        2
    ]
    assert ask(filled, "SELECT * FROM findings WHERE year = 2024") == []


def test_all_versions_stand_in_versions_and_one_is_the_latest(filled: Archive) -> None:
    rows = ask(
        filled, "SELECT number, is_latest, change FROM versions WHERE year = 2024 ORDER BY number"
    )
    assert rows == [
        {"number": 1, "is_latest": 0, "change": "first"},
        {"number": 2, "is_latest": 1, "change": "numbers"},
    ]


def test_the_long_view_has_just_the_cells_of_the_wide_one(filled: Archive) -> None:
    wide = {
        (row["year"], key): row[column_name(key)]
        for row in ask(filled, "SELECT * FROM figures_wide")
        for key in FIGURE_KEYS
        if row[column_name(key)] is not None
    }
    long = {
        (row["year"], row["key"]): row["value"] for row in ask(filled, "SELECT * FROM figures_long")
    }
    assert {key: float(value) for key, value in long.items()} == {
        key: float(value) for key, value in wide.items()
    }
    assert float(long[2023, FEES]) == 9.61
    assert (2022, NEW) not in long, "a doubtful number is presented"
    assert (2020, "requests.other_total.total") in long
    assert (2020, "requests.other.other.total") not in long


def test_an_unread_report_is_listed_and_has_no_figures(filled: Archive) -> None:
    (row,) = ask(filled, "SELECT * FROM reports WHERE year = 2021")
    assert row["parse_status"] is None
    assert ask(filled, "SELECT * FROM figures_wide WHERE year = 2021") == []


def test_every_view_answers_with_its_documented_columns(filled: Archive) -> None:
    for view in VIEWS:
        with filled.reader() as session:
            found = session.execute(text(f"SELECT * FROM {view.name}"))
            assert list(found.keys()) == list(view.columns), view.name
            assert found.all() or view.name in ("findings", "verdicts"), view.name


def test_the_page_of_the_views_is_the_one_in_docs() -> None:
    assert (DOCS / "views.md").read_text(encoding="utf-8") == page(), (
        "python -m archive.database.views_page > docs/views.md"
    )


def test_views_of_an_earlier_version_are_replaced(on_both: Archive) -> None:
    with on_both.session() as session:
        views.drop(session.connection())
        session.execute(text("CREATE VIEW reports AS SELECT 1 AS old"))
        session.execute(text("CREATE VIEW of_old AS SELECT 1 AS old"))
        session.add_all([ViewDefinition(name=n, digest="old") for n in ("reports", "of_old")])
        session.commit()
    reopened = Archive.open(on_both.path)
    assert ask(reopened, "SELECT report_id FROM reports") == []
    with pytest.raises(Exception, match="of_old"):
        ask(reopened, "SELECT * FROM of_old")
    reopened.engine.dispose()


def test_an_archive_that_is_up_to_date_opens_while_another_writes(archive: Archive) -> None:
    with archive.session() as session:
        session.add(Run(command="crawl", started_at=clock.now(), state="running"))
        session.flush()
        upgrade(archive.database_url)


def test_postgresql_looks_for_a_key_in_one_column(filled: Archive) -> None:
    if filled.engine.dialect.name != "postgresql":
        pytest.skip("SQLite needs no such care")
    rows = ask(filled, f"EXPLAIN SELECT year, value FROM figures_long WHERE key = '{NEW}'")
    plan = "\n".join(row["QUERY PLAN"] for row in rows)
    assert plan.count(" on figures") == 1, plan
