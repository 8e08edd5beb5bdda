"""The page of questions: each command is run as it stands there, on an archive whose truth is known."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from history import History
from published import publish, record
from publishing import command

from archive.database.models import Agency, AgencyEvent
from archive.folder import Archive
from archive.ingest import ingest

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"
QUESTIONS = {
    int(number): line
    for number, line in re.findall(
        r"^## (\d+)\. [^\n]+\n\n```sh\n(gongkai [^\n]+)\n```$",
        PAGE.read_text("utf-8"),
        re.MULTILINE,
    )
}

EDUCATION, FINANCE, POLICE = "示例县教育局", "示例县财政局", "示例县公安局"
CITY, OTHER = "示例市教育局", "另县教育局"
BUSINESS, APPROVAL = "示例县营商环境局", "示例县行政审批局"


def requests(received: int, granted: int, **more: int) -> dict[str, Any]:
    """Cells of table 三; ``more`` names rows with ``__`` for the dot."""
    cells = {"received_new": received, "granted": granted, "processed_total": received, **more}
    return {f"requests.{row.replace('__', '.')}.total": number for row, number in cells.items()}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive.create(tmp_path_factory.mktemp("questions") / "archive")
    names = {EDUCATION: "320826", FINANCE: "320826", CITY: "3208", OTHER: "330102",
             BUSINESS: "320826", APPROVAL: "320826"}  # fmt: skip
    agencies = {
        name: Agency(name=name, kind="local_dept", division_code=code)
        for name, code in names.items()
    }
    education, finance, city, other, business, approval = agencies.values()
    with archive.session() as session:
        history = History(session)
        # Read in full when the report was due, and it was not there.
        history.agency(POLICE, at="http://b.gov.test/", division_code="320826", since=2010)
        history.visit("2025-02-05", place="http://b.gov.test/")
        staff = {1: "深入贯彻落实上级部署，公开1012条。", 5: "队伍建设不足。"}
        norm = "art20_1.normative."
        before = requests(9, 6, carried_out=2, unable__not_held=3) | {f"{norm}in_force": 10}
        publish(session, education, 2023, record(education, 2023, before, staff))
        now = requests(10, 5, carried_in=1, unable__not_held=4, denied__deliberative=1)
        now |= {f"{norm}issued": 3, f"{norm}repealed": 1, f"{norm}in_force": 13}
        now |= {"review.total": 4, "review.corrected": 1, "review.pending": 1}
        publish(session, education, 2024, record(education, 2024, now, staff), "2025-01-20")
        changed = now | {"art20_5.licences.decisions": 102}
        last = record(education, 2024, changed, staff)
        publish(session, education, 2024, last, "2025-06-01")
        fees = {"art20_8.admin_fees.amount_10k": Decimal("9.61")}
        applicants = {"requests.received_new.business": 4, "requests.received_new.legal_service": 2}
        many = requests(20, 10, not_processed__excessive=7, other__fee_overdue=1)
        said = {1: "深入贯彻落实上级部署，公开三条。", 5: "宣传不够。"}
        read = record(finance, 2024, fees | applicants | many, said, failed="T3-03")
        publish(session, finance, 2024, read)
        publish(session, finance, 2023, record(finance, 2023, failed="ID-04"))
        publish(session, city, 2024, record(city, 2024, failed="NV-01"))
        publish(session, other, 2024, record(other, 2024, requests(3, 3), failed="T2-03"))
        # Doubtful readings must not count in any sum.
        doubtful = record(city, 2023, requests(500, 500), status="suspect")
        publish(session, city, 2023, doubtful)
        publish(session, approval, 2020, record(approval, 2020, form="f2019"))
        publish(session, business, 2023, record(business, 2023, failed="NV-01"))
        session.add(AgencyEvent(kind="merged", year=2022, agency=approval, successor=business))
        ingest(session)
        session.commit()
    return archive


def answer(archive: Archive, number: int) -> list[dict[str, str]]:
    words = shlex.split(QUESTIONS[number])
    assert words[0] == "gongkai"
    return list(csv.DictReader(io.StringIO(command(archive, *words[1:]))))


def url(archive: Archive, agency: str, year: int) -> str:
    """The address under which the data of this test were published."""
    line = f"SELECT agency_id FROM agencies WHERE name = '{agency}'"
    (row,) = csv.DictReader(io.StringIO(command(archive, "sql", line)))
    return f"http://a.gov.test/{row['agency_id']}/{year}.html"


TRUTH: dict[int, list[dict[str, str]]] = {
    3: [{"agency": EDUCATION, "year": "2024", "number": "2", "change": "numbers",
         "first_seen": "2025-06-01T02:00:00Z"}],
    4: [{"agency": FINANCE, "cells": "[]", "message": "The sum is wrong."}],
    5: [{"agency": EDUCATION, "year": "2024", "carried_out": "2", "carried_in": "1"}],
    6: [{"agency": EDUCATION, "year": "2024", "in_force_before": "10", "issued": "3",
         "repealed": "1", "in_force": "13"}],
    7: [{"agency": OTHER, "year": "2024", "parse_status": "ok"}],
    8: [{"prefecture": "3208", "requests": "30", "reports": "3"}],
    9: [
        {"year": "2023", "form": "f2021", "grant_rate": str(6 / 9), "reports": "3"},
        {"year": "2024", "form": "f2021", "grant_rate": str(18 / 33), "reports": "4"},
    ],
    10: [
        {"year": "2020", "not_held": "0", "handled": "0"},
        {"year": "2023", "not_held": "3", "deliberative": "0", "handled": "9"},
        {"year": "2024", "not_held": "4", "deliberative": "1", "petition": "0", "handled": "33"},
    ],
    11: [{"province": "32", "year": "2024", "corrected": "1", "decided": "3"}],
    12: [{"agency": FINANCE, "companies": "4", "law_firms": "2", "individuals": "0"}],
    13: [{"agency": FINANCE, "year": "2024", "fees_yuan": "96100.0", "too_many": "7",
          "fee_overdue": "1"}],
    14: [{"agency": EDUCATION, "section": "1"}, {"agency": FINANCE, "section": "1"}],
    15: [{"agency": FINANCE, "year": "2023", "rule": "ID-04"}],
    16: [{"agency": EDUCATION, "year": "2024"}, {"agency": EDUCATION, "year": "2023"}],
    17: [
        {"agency": APPROVAL, "year": "2020", "form": "f2019"},
        {"agency": BUSINESS, "year": "2023", "form": "f2021"},
    ],
    18: [{"rule": "NV-01", "reports": "2"}],
    19: [{"county": "3208", "year": "2024", "share": "1.0", "reports": "1"},
         {"county": "320826", "year": "2024", "share": "0.0", "reports": "2"},
         {"county": "330102", "year": "2024", "share": "0.0", "reports": "1"}],
}  # fmt: skip


def test_there_are_twenty_questions_and_each_has_its_command() -> None:
    headings = re.findall(r"^## (\d+)\. ", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [int(number) for number in headings] == list(range(1, 21)) == sorted(QUESTIONS)
    assert {*TRUTH, 1, 2, 20} == set(QUESTIONS)


@pytest.mark.parametrize("number", sorted(TRUTH))
def test_the_answer_is_the_truth(asked: Archive, number: int) -> None:
    rows, wanted = answer(asked, number), TRUTH[number]
    assert len(rows) == len(wanted), rows
    shown = [{name: row[name] for name in truth} for row, truth in zip(rows, wanted, strict=True)]
    assert shown == wanted


def test_who_had_no_report_when_it_was_due(asked: Archive) -> None:
    said = {row["agency"]: row["status"] for row in answer(asked, 1)}
    assert said[POLICE] == "missing"
    assert said[EDUCATION] not in ("missing", "unknown", "late")
    # Nobody looked where it publishes: that proves nothing.
    assert said[BUSINESS] == "unknown"
    assert CITY not in said


def test_what_was_shown_when_it_was_due(asked: Archive) -> None:
    (row,) = answer(asked, 2)
    first, last = sorted(
        csv.DictReader(
            io.StringIO(
                command(
                    asked, "sql",
                    f"SELECT number, sha256 FROM versions WHERE agency = '{EDUCATION}' AND year = 2024",
                )
            )
        ),
        key=lambda version: version["number"],
    )  # fmt: skip
    assert row["sha256"] == first["sha256"] != last["sha256"]
    assert row["document_url"] == url(asked, EDUCATION, 2024)
    assert (row["fetched_at"], row["http_status"]) == ("2025-01-20T02:00:00Z", "200")
    assert (row["warc"], row["warc_offset"]) == ("one.warc.gz", "0")


def test_both_pages_of_what_was_carried_over_are_named(asked: Archive) -> None:
    (row,) = answer(asked, 5)
    assert row["before_url"] == url(asked, EDUCATION, 2023)
    assert row["now_url"] == url(asked, EDUCATION, 2024)


def test_everything_of_a_year_can_be_taken_elsewhere(
    asked: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command(asked, *shlex.split(QUESTIONS[20])[1:])
    folder = tmp_path / "everything-2024"

    def table(name: str) -> list[dict[str, str]]:
        text = (folder / f"{name}.csv").read_text(encoding="utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    long = table("figures_long")
    assert {row["year"] for row in long} == {"2024"}
    key = "requests.received_new.total"
    received = {row["agency"]: row["value"] for row in long if row["key"] == key}
    assert received == {EDUCATION: "10", FINANCE: "20", CITY: "0", OTHER: "3"}
    assert {"form", "scope", "parse_status", "document_url", "doubtful"} <= set(long[0])
    absent = {row["agency"]: row["status"] for row in table("absent")}
    assert absent[POLICE] == "missing"
    assert EDUCATION not in absent
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert {"figures_long", "agencies", "absent"} <= {r["name"] for r in package["resources"]}
