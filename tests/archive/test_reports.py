"""The list of reports: what each filter lets pass, together and alone, on both databases."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from commandline import runner
from published import publish, record
from sqlalchemy import insert
from sqlalchemy.orm import Session

from archive import reports as archive_reports
from archive.database.models import Agency, Capture, Report, ReportVersion, Run
from archive.errors import UsageError
from archive.export.documents import ending
from archive.folder import Archive
from archive.ingest import ingest
from archive.reports import LIST_COLUMNS, UNREAD, Filters, reports

COUNTY, PREFECTURE, TAX = "示例县教育局", "示例市教育局", "示例县税务局"


@pytest.fixture
def session(on_both: Archive) -> Iterator[Session]:
    county = Agency(name=COUNTY, kind="local_dept", division_code="320826")
    prefecture = Agency(name=PREFECTURE, kind="local_dept", division_code="3208")
    tax = Agency(name=TAX, kind="vertical", division_code="320826")
    with on_both.session() as session:
        said = {1: "本年新收申请三件，办结两件。", 5: "队伍建设不足。"}
        publish(session, county, 2023, record(county, 2023, failed="T3-01", sections=said))
        publish(session, county, 2024, record(county, 2024, failed="T3-01"))
        # A replaced report: what was found in the first version is no longer said.
        publish(session, county, 2022, record(county, 2022, failed="T3-01"))
        publish(session, county, 2022, record(county, 2022, sections={1: "无"}), day="2023-06-01")
        publish(session, prefecture, 2023, record(prefecture, 2023, sections={1: "队伍建设。"}))
        publish(session, prefecture, 2020, record(prefecture, 2020, form="f2019"))
        publish(session, tax, 2023, record(tax, 2023, status="suspect"))
        publish(session, tax, 2024, None)
        ingest(session)
        version = session.query(ReportVersion).join(Report).where(Report.year == 2024)
        dismissed = version.where(ReportVersion.extractor.is_not(None)).one().findings[0]
        dismissed.judged = "dismissed"
        session.commit()
        yield session


def listed(session: Session, **only: Any) -> list[tuple[str, int]]:
    return [(row["agency"], row["year"]) for row in reports(session, Filters(**only))]


ALL = [
    (PREFECTURE, 2020),
    (PREFECTURE, 2023),
    (COUNTY, 2022),
    (COUNTY, 2023),
    (COUNTY, 2024),
    (TAX, 2023),
    (TAX, 2024),
]


@pytest.mark.parametrize(
    ("only", "passing"),
    [
        ({}, ALL),
        ({"year": 2023}, [(PREFECTURE, 2023), (COUNTY, 2023), (TAX, 2023)]),
        ({"division": "3208"}, ALL),
        ({"division": "320826"}, [row for row in ALL if row[0] != PREFECTURE]),
        ({"division": "33"}, []),
        ({"kind": "vertical"}, [(TAX, 2023), (TAX, 2024)]),
        ({"status": "suspect"}, [(TAX, 2023)]),
        ({"status": UNREAD}, [(TAX, 2024)]),
        ({"status": "failed"}, []),
        ({"form": "f2019"}, [(PREFECTURE, 2020)]),
        ({"finding": "T3-01"}, [(COUNTY, 2023)]),
        ({"text": "队伍建设"}, [(PREFECTURE, 2023), (COUNTY, 2023)]),
        ({"text": "申请 办结"}, [(COUNTY, 2023)]),
        ({"text": "申请 队伍"}, []),
        ({"text": "队伍", "finding": "T3-01", "year": 2023, "form": "f2021"}, [(COUNTY, 2023)]),
        ({"text": "队伍", "division": "320826", "status": "suspect"}, []),
    ],
)
def test_a_report_passes_all_filters_or_is_not_listed(
    session: Session, only: dict[str, Any], passing: list[tuple[str, int]]
) -> None:
    assert sorted(listed(session, **only)) == sorted(passing)


def test_the_order_is_that_of_divisions_agencies_and_years(session: Session) -> None:
    rows = [(row["division_code"], row["agency"], row["year"]) for row in reports(session)]
    assert rows == sorted(rows, key=lambda row: (row[0], row[1].encode(), row[2]))


def test_a_row_tells_the_latest_version_and_when_the_first_was_seen(session: Session) -> None:
    (row,) = reports(session, Filters(year=2022))
    assert tuple(row) == LIST_COLUMNS
    assert row["versions"] == 2
    assert row["first_seen"] == "2023-01-20T02:00:00+00:00"


@pytest.mark.parametrize(
    "only",
    [{"status": "good"}, {"form": "2021"}, {"kind": "ministry"}, {"finding": "T3"}, {"text": "，"}],
)
def test_a_filter_that_nothing_can_pass_is_told(session: Session, only: dict[str, str]) -> None:
    (name,) = only
    with pytest.raises(UsageError, match=f"--{name}"):
        reports(session, Filters(**only))


def test_the_command_writes_every_format(session: Session, on_both: Archive) -> None:
    session.close()
    gongkai = runner(on_both.path)
    chosen = ("reports", "--finding", "T3-01", "--text", "队伍", "--format")
    (row,) = json.loads(gongkai(*chosen, "json").stdout)
    (line,) = map(json.loads, gongkai(*chosen, "jsonl").stdout.splitlines())
    (cells,) = csv.DictReader(io.StringIO(gongkai(*chosen, "csv").stdout))
    assert line == row
    assert tuple(cells) == tuple(row) == LIST_COLUMNS
    assert cells["agency"] == row["agency"] == COUNTY
    assert COUNTY in gongkai(*chosen, "table").stdout


def test_any_number_of_reports_passes_through_little_memory(archive: Archive) -> None:
    at = datetime(2025, 1, 20, tzinfo=UTC)
    with archive.session() as session:
        session.add(Run(id=1, command="crawl", started_at=at))
        session.flush()
        session.execute(insert(Agency), [{"id": n, "name": f"局{n}"} for n in range(1, 20_001)])
        capture = {"run_id": 1, "url": "http://a.gov.test/", "purpose": "article"}
        session.add(Capture(id=1, **capture, fetched_at=at, http_status=200))
        session.flush()
        numbers = range(1, 20_001)
        rows = [{"id": n, "agency_id": n, "year": 2024, "scope": "organ"} for n in numbers]
        session.execute(insert(Report), rows)
        version = {
            "number": 1,
            "sha256": "0" * 64,
            "capture_id": 1,
            "url": "u",
            "document_url": "d",
        }
        seen = {"first_seen": at, "last_seen": at, "displayed_date": date(2025, 1, 20)}
        session.execute(
            insert(ReportVersion),
            [{"id": n, "report_id": n, "title": "年" * 100, **version, **seen} for n in numbers],
        )
        session.commit()
    with archive.reader() as session:
        tracemalloc.start()
        try:
            number = sum(1 for _ in reports(session))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert number == 20_000
    assert peak < 8_000_000


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"Rar!\x1a\x07\x01\x00", ".rar"),
        (b"7z\xbc\xaf\x27\x1c", ".7z"),
        (b"{\\rtf1 a}", ".rtf"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=a\r\n\r\n", ".mhtml"),
        (b"\x89PNG\r\n\x1a\n", ".png"),
        (b"\xff\xd8\xff\xe0", ".jpg"),
        (b"RIFF\0\0\0\0WEBP", ".webp"),
        (b"\0\1\2\3", ".bin"),
    ],
)
def test_a_document_is_named_by_what_it_is(data: bytes, name: str) -> None:
    assert ending(data) == name


@pytest.mark.parametrize("many", [0, 20_000])
def test_frequent_words_are_found_as_rare_ones(
    session: Session, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(archive_reports, "_MANY", many)
    assert sorted(listed(session, text="队伍建设")) == sorted([(PREFECTURE, 2023), (COUNTY, 2023)])
    assert listed(session, text="申请 办结", year=2023) == [(COUNTY, 2023)]
    assert listed(session, text="申请 队伍") == []
