"""What people say of reports: applied where it was said of the same numbers, and never lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publishing import GRANTED, LICENCES, NAME, Publisher, command, document, figures, lose_database
from sqlalchemy import delete, select, update

from archive import adding
from archive.audit.table import audit
from archive.database.models import Agency, Finding, Reading, ReportVersion
from archive.database.models import figures as figure_table
from archive.folder import Archive
from archive.people import FILE_NAME, keep_assignments
from archive.rebuild import rebuild
from crawler import places
from extract.forms.dictionary import column_name

# The row of granted requests says 9 where the parts say 5: T3-01 and others fail.
WRONG = figures(**{GRANTED.replace(".", "__"): 9})
WHY = ("--reason", "the annex says 5", "--by", "王")


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    made = Publisher(Archive.create(tmp_path / "archive"))
    made.visit("2025-01-20", document(WRONG))
    made.read()
    return made


@pytest.fixture
def run(publisher: Publisher) -> Any:
    return lambda *arguments, status=0: command(publisher.archive, *arguments, status=status)


def value(archive: Archive, key: str = GRANTED) -> list[Any]:
    """The figure as the tables have it, a version a row."""
    with archive.reader() as session:
        column = figure_table.c[column_name(key)]
        return list(session.scalars(select(column).order_by(figure_table.c.version_id)))


def entries(archive: Archive) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(command(archive, "corrections", "--format", "json"))
    return found


def states(archive: Archive) -> dict[str, str]:
    return {entry["id"]: entry["state"] for entry in entries(archive)}


def content(archive: Archive) -> tuple[str, dict[str, int]]:
    with archive.reader() as session:
        (entry,) = audit(session, 2024)
        return entry["content"], entry["findings"]


def test_figures_carry_the_corrected_value_and_show_tells_both(
    publisher: Publisher, run: Any
) -> None:
    said = run("correct", NAME, 2024, GRANTED, 5, *WHY)
    assert "c1" in said
    assert "T3-01" in said  # it rests on the cell
    assert value(publisher.archive) == [5]
    (shown,) = json.loads(run("show", NAME, 2024, "--format", "json"))
    (entry,) = shown["corrections"]
    assert (entry["printed"], entry["said"], entry["person"]) == ("9", "5", "王")
    cell = next(cell for cell in shown["record"]["cells"] if cell["key"] == GRANTED)
    assert cell["value"] == 9
    assert "the annex says 5" in run("show", NAME, 2024, "--format", "table")


def test_blank_is_a_value(publisher: Publisher, run: Any) -> None:
    run("correct", NAME, 2024, GRANTED, "blank", *WHY)
    assert value(publisher.archive) == [None]
    assert entries(publisher.archive)[0]["said"] == "blank"


def test_the_last_entry_counts_and_undoing_brings_the_one_before_back(
    publisher: Publisher, run: Any
) -> None:
    run("correct", NAME, 2024, GRANTED, 5, *WHY)
    run("correct", NAME, 2024, column_name(GRANTED), 6, *WHY)
    assert value(publisher.archive) == [6]
    assert states(publisher.archive) == {"c1": "replaced", "c2": "holds"}
    run("undo", "c2", "--by", "李")
    assert value(publisher.archive) == [5]
    run("undo", "C1")
    assert value(publisher.archive) == [9]
    assert states(publisher.archive) == {"c1": "undone", "c2": "undone"}
    assert entries(publisher.archive)[1]["undone_by"] == "李"
    assert "undone" in run("undo", "c1", status=2)


def test_a_correction_survives_another_reading_of_the_same_document(
    publisher: Publisher, run: Any
) -> None:
    run("correct", NAME, 2024, GRANTED, 5, *WHY)
    with publisher.archive.session() as session:
        # As it was before the extractor got better.
        session.execute(update(Reading).values(extractor="0.0.1"))
        session.execute(update(ReportVersion).values(extractor="0.0.1"))
        session.execute(delete(figure_table))
        session.commit()
    assert publisher.read()["versions"] == 1
    assert value(publisher.archive) == [5]
    assert states(publisher.archive) == {"c1": "holds"}


def test_a_correction_holds_for_other_bytes_with_the_same_numbers(
    publisher: Publisher, run: Any
) -> None:
    run("correct", NAME, 2024, GRANTED, 5, *WHY)
    publisher.visit("2025-02-01", document(WRONG, style="a{}"))
    publisher.read()
    assert value(publisher.archive) == [5, 5]
    assert states(publisher.archive) == {"c1": "holds"}


def test_other_numbers_reopen_it(publisher: Publisher, run: Any) -> None:
    run("correct", NAME, 2024, GRANTED, 5, *WHY)
    run("verdict", NAME, 2024, "T3-01", "dismissed", *WHY)
    assert content(publisher.archive)[1].get("error", 0) < 4
    publisher.visit("2025-02-01", document(WRONG | {GRANTED: 8, LICENCES: 84}))
    publisher.read()
    assert value(publisher.archive) == [5, 8]
    assert set(states(publisher.archive).values()) == {"reopened"}
    with publisher.archive.reader() as session:
        judged = select(Finding.judged).where(Finding.rule == "T3-01").order_by(Finding.version_id)
        assert list(session.scalars(judged)) == ["dismissed", "reopened"]
    assert content(publisher.archive)[0] == "inconsistent"
    # Put back, the first document is what was spoken of.
    publisher.visit("2025-03-01", document(WRONG))
    publisher.read()
    assert value(publisher.archive) == [5, 8, 5]
    assert set(states(publisher.archive).values()) == {"holds"}


def test_dismissed_findings_do_not_count_and_confirmed_do(publisher: Publisher, run: Any) -> None:
    judged, before = content(publisher.archive)
    assert judged == "inconsistent"
    with publisher.archive.reader() as session:
        failed = select(Finding.rule).where(Finding.verdict == "fail", Finding.severity == "error")
        rules = sorted(set(session.scalars(failed)))
    for rule in rules:
        run("verdict", NAME, 2024, rule.lower(), "dismissed", *WHY)
    after = content(publisher.archive)
    assert after[0] != "inconsistent"
    assert "error" in before
    assert "error" not in after[1]
    run("verdict", NAME, 2024, rules[0], "confirmed", *WHY)
    assert content(publisher.archive)[0] == "inconsistent"
    # In a doubtful reading, only what a person confirmed counts.
    with publisher.archive.session() as session:
        session.scalars(select(Reading)).one().status = "suspect"
        session.scalars(select(ReportVersion)).one().parse_status = "suspect"
        session.commit()
    confirmed = content(publisher.archive)
    assert confirmed[0] == "inconsistent"
    for entry in entries(publisher.archive):
        run("undo", entry["id"])
    assert content(publisher.archive) == ("unread", {})


def test_what_people_said_comes_back_with_the_database(publisher: Publisher, run: Any) -> None:
    archive = publisher.archive
    run("correct", NAME, 2024, GRANTED, 5, *WHY)
    run("correct", NAME, 2024, LICENCES, "blank", *WHY)
    run("undo", "c2", "--by", "李")
    run("verdict", NAME, 2024, "T3-01", "dismissed", *WHY)
    extra = archive.path.parent / "extra.html"
    extra.write_bytes(document(year=2023))
    with archive.session() as session:
        capture = adding.store_file(archive, session, extra)
        adding.assign(session, capture, session.scalars(select(Agency)).one(), 2023)
        session.commit()
    keep_assignments(archive)
    publisher.read()
    said, kept = entries(archive), (archive.path / FILE_NAME).read_bytes()
    export = lambda place: (run("export", place), place)[1]  # noqa: E731
    before = export(archive.path.parent / "before")

    publisher.archive = archive = lose_database(archive)
    done = rebuild(archive)
    assert (done.people.agencies, done.people.assignments, done.people.entries) == (1, 1, 4)
    with archive.session() as session:
        places.sync(session)
        session.commit()
    publisher.read()
    assert entries(archive) == said
    assert value(archive)[-1] == 5
    after = export(archive.path.parent / "after")
    for path in before.iterdir():
        assert path.read_bytes() == (after / path.name).read_bytes(), path.name
    # Nothing is told twice.
    again = rebuild(archive)
    assert (again.people.agencies, again.people.assignments, again.people.entries) == (0, 0, 0)
    assert (archive.path / FILE_NAME).read_bytes() == kept


def test_damage_to_the_file_of_people_is_named_and_the_rest_comes_back(
    publisher: Publisher, run: Any
) -> None:
    run("correct", NAME, 2024, GRANTED, 5, *WHY)
    path = publisher.archive.path / FILE_NAME
    with path.open("ab") as file:
        file.write(b'{"entry": "correction", "id": "x"}\n{"entry": "verdict", "id": 7, "at"')
    archive = lose_database(publisher.archive)
    done = rebuild(archive)
    assert [damage.split(":")[0] for damage in done.damage] == [
        f"{FILE_NAME}, line 4",
        f"{FILE_NAME}, line 3",
    ]
    assert (done.people.agencies, done.people.entries) == (1, 1)
    # What is said later begins on a line of its own.
    publisher.archive = archive
    publisher.read()
    run("correct", NAME, 2024, GRANTED, 6, *WHY)
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[-1])["value"] == "6"


def test_what_the_file_lacks_is_told_by_the_next_entry(publisher: Publisher, run: Any) -> None:
    run("correct", NAME, 2024, GRANTED, 5, *WHY)
    path = publisher.archive.path / FILE_NAME
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))  # killed between the database and the file
    run("correct", NAME, 2024, LICENCES, 84, *WHY)
    assert [json.loads(line).get("id") for line in path.read_bytes().splitlines()] == [None, 1, 2]


def test_what_cannot_be_said(run: Any) -> None:
    for arguments, says in (
        (("correct", NAME, 2024, "requests.granted.men", 1, *WHY), "no key"),
        (("correct", NAME, 2024, GRANTED, "a few", *WHY), "no figure"),
        (("correct", NAME, 2024, GRANTED, "1.5", *WHY), "whole number"),
        (("correct", NAME, 2024, GRANTED, -1, *WHY), "negative"),
        (("correct", NAME, 2024, GRANTED, "NaN", *WHY), "no figure"),
        (("correct", NAME, 2024, GRANTED, "1e30", *WHY), "no figure"),
        (("correct", NAME, 2024, GRANTED, 9, *WHY), "already"),
        (("correct", NAME, 2024, "art20_9.procurement.amount", 1, *WHY), "no cell"),
        (("correct", NAME, 2024, GRANTED, 1, "--reason", "  "), "a reason must be given"),
        (("correct", NAME, 2020, GRANTED, 1, *WHY), "no report"),
        (("correct", NAME, 2024, GRANTED, 1, *WHY, "--scope", "region"), "no report"),
        (("verdict", NAME, 2024, "T9-99", "dismissed", *WHY), "no finding"),
        (("verdict", NAME, 2024, "T3-01", "wrong", *WHY), "confirmed or dismissed"),
        (("undo", "c9"), "no entry"),
        (("undo", "c9999999999999"), "no entry"),
    ):
        assert says in run(*arguments, status=2), arguments


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.decimals(0, 10**9, places=4).map(lambda d: f"{d:f}"),
    reason=st.text(min_size=1, max_size=50).filter(lambda text: "".join(text.split())),
)
def test_any_value_and_reason_come_back_as_they_were_given(
    publisher: Publisher, run: Any, said: str, reason: str
) -> None:
    reason = reason.replace("\x00", "?")
    if not reason.isprintable() or reason.startswith("-"):
        reason = repr(reason).strip("'\"-") or "x"
    key = "art20_8.admin_fees.amount_10k"
    run("correct", NAME, 2024, key, f"{said}1", "--reason", f"因{reason}")
    last = entries(publisher.archive)[-1]
    assert last["reason"] == " ".join(f"因{reason}".split())
    line = (publisher.archive.path / FILE_NAME).read_text(encoding="utf-8").split("\n")[-2]
    assert json.loads(line)["reason"] == last["reason"]
    assert last["said"] == json.loads(line)["value"]
    assert float(last["said"]) == pytest.approx(float(f"{said}1"))
