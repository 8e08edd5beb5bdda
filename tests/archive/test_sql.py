"""``gongkai sql``: answers questions, changes nothing, ends in time, and says what was wrong."""

from __future__ import annotations

import csv
import io
import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from published import publish, record
from sqlalchemy import text

from archive.database.models import Agency
from archive.folder import Archive
from archive.ingest import ingest
from archive.query import QueryError, QueryTimeout, query

MANY = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
    "SELECT i, 'a text that takes some room in memory' AS words FROM n"
)


def ask(archive: Archive, sql: str) -> list[dict[str, Any]]:
    with query(archive, sql) as (_, rows):
        return list(rows)


@pytest.fixture
def filled(on_both: Archive) -> Archive:
    bureau = Agency(name="示例县教育局", kind="local_dept", division_code="320826")
    with on_both.session() as session:
        publish(session, bureau, 2024, record(bureau, 2024, {"review.total": 7}))
        ingest(session)
        session.commit()
    return on_both


def test_both_databases_give_the_same_rows(filled: Archive) -> None:
    sql = (
        "SELECT agency, year, review_total, art20_8_admin_fees_amount_10k AS fees FROM figures_wide"
    )
    assert ask(filled, sql) == [
        {"agency": "示例县教育局", "year": 2024, "review_total": 7, "fees": 0}
    ]
    assert ask(filled, "SELECT first_seen, displayed_date FROM reports;") == [
        {"first_seen": "2025-01-20T02:00:00Z", "displayed_date": None}
    ]
    assert ask(
        filled, "SELECT sum(value) AS s, avg(value) AS m FROM figures_long WHERE year=2024"
    ) == [{"s": 7, "m": 7 / 200}]
    assert ask(filled, "SELECT 'a' || '%' AS x WHERE 'ab' LIKE 'a%'") == [{"x": "a%"}]


def test_names_that_come_twice_are_told_apart(filled: Archive) -> None:
    assert ask(filled, "SELECT 1 AS a, 2 AS a, 3 AS a") == [{"a": 1, "a_2": 2, "a_3": 3}]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM finding",
        "UPDATE report SET year = 1",
        "INSERT INTO agency_alias VALUES (1, 'x')",
        "DROP VIEW reports",
        "CREATE TABLE x (y INTEGER)",
        "CREATE TEMP TABLE x (y INTEGER)",
        "WITH gone AS (DELETE FROM finding RETURNING id) SELECT * FROM gone",
        "SELECT 1; DELETE FROM finding",
        "COMMIT; DELETE FROM finding",
        "ATTACH '{folder}/other.sqlite' AS other",
        "VACUUM INTO '{folder}/other.sqlite'",
        "PRAGMA query_only = OFF",
        "PRAGMA journal_mode = DELETE",
        "SELECT load_extension('x')",
        "COPY (SELECT 1) TO '{folder}/other.sqlite'",
        "SELECT set_config('transaction_read_only', 'off', false), nextval('agency_id_seq')",
        "BEGIN",
        "SET statement_timeout = 0",
        "",
        " ; ",
        "-- nothing",
        "SELECT",
        "SELECT no_such_column FROM reports",
    ],
)
def test_whatever_does_not_read_is_refused_in_one_line(
    filled: Archive, sql: str, tmp_path: Path
) -> None:
    before = ask(filled, "SELECT * FROM figures_wide")
    with pytest.raises(QueryError) as caught:
        ask(filled, sql.format(folder=tmp_path))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "other.sqlite").exists()
    assert ask(filled, "SELECT * FROM figures_wide") == before
    with filled.session() as session:
        session.execute(text("UPDATE report SET scope = scope"))
        session.commit()


def test_a_wrong_name_is_answered_with_the_right_ones(filled: Archive) -> None:
    with pytest.raises(QueryError, match="figures_long"):
        ask(filled, "SELECT * FROM figure_long")


@pytest.mark.parametrize("aggregate", ["count(*)", "max(i)"])
def test_a_query_without_end_is_ended(filled: Archive, aggregate: str) -> None:
    filled.settings.query.seconds = 0.3
    started = time.monotonic()
    endless = MANY.format(10**12).replace("i, 'a text", f"{aggregate}, 'a text")
    with pytest.raises(QueryTimeout, match=r"0\.3 s"):
        ask(filled, endless)
    assert time.monotonic() - started < 5


def test_slow_readers_are_waited_for(filled: Archive) -> None:
    filled.settings.query.seconds = 0.5
    with query(filled, MANY.format(2000)) as (_, rows):
        next(rows)
        time.sleep(0.7)
        assert len(list(rows)) == 1999


def test_any_number_of_rows_passes_through_little_memory(filled: Archive) -> None:
    with query(filled, MANY.format(60_000)) as (_, rows):
        next(rows)
        tracemalloc.start()
        try:
            assert sum(1 for _ in rows) == 59_999
            assert tracemalloc.get_traced_memory()[1] < 2_000_000
        finally:
            tracemalloc.stop()


@pytest.mark.usefixtures("archive")
def test_the_command_writes_every_format(gongkai: Callable[..., Any]) -> None:
    sql = "SELECT 1 AS one, '=SUM(A1)' AS formula UNION ALL SELECT 2, NULL"
    rows = [{"one": 1, "formula": "=SUM(A1)"}, {"one": 2, "formula": None}]
    assert json.loads(gongkai("sql", sql, "--format", "json").stdout) == rows
    lines = gongkai("sql", sql, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == rows
    table = list(csv.DictReader(io.StringIO(gongkai("sql", sql).stdout)))
    assert table == [{"one": "1", "formula": "'=SUM(A1)"}, {"one": "2", "formula": ""}]
    failed = gongkai("sql", "DELETE FROM report", status=2)
    assert failed.stdout == ""
    assert failed.stderr == "gongkai: the archive can only be read here: write a SELECT\n"
    slow = gongkai("sql", MANY.format(10**12), GONGKAI_QUERY__SECONDS="0.2", status=1)
    assert "longer than 0.2 s" in slow.stderr
