"""Answers never change silently: each change of a verdict is kept, with its cause, and comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from history import History, at, report
from sqlalchemy import delete

from archive.audit import history as kept
from archive.audit.table import audit
from archive.audit.verdict_file import FILE_NAME
from archive.database.models import Agency, Place
from archive.database.status_history import StatusChange
from archive.folder import Archive

NAME, YEAR = "示例市教育局", 2024

Told = list[dict[str, Any]]


@pytest.fixture
def told(on_both: Archive, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    """Keep what changed up to a day, and return the history of the agency."""

    def tell(
        day: str, *, cause: str = "visit", touched: tuple[int, int] | None = None, year: int = YEAR
    ) -> Told:
        monkeypatch.setenv("GONGKAI_NOW", at(day, 12).isoformat())
        with on_both.session() as session:
            concerned = kept.at_places_since(session, 0, [])
            if touched:
                concerned.add(touched[0], [touched[1]])
            kept.keep(on_both, session, concerned, cause)
            agency = session.query(Agency).filter_by(name=NAME).one()
            return kept.of(session, agency, year)

    return tell


def story(archive: Archive, *visits: tuple[str, str | None]) -> Agency:
    """An agency, and visits on days that show its report with a date, or do not show it (None)."""
    with archive.session() as session:
        history = History(session)
        agency = history.agency(NAME)
        for day, shown in visits:
            history.visit(day, *([report(agency, displayed=shown)] if shown else []))
        session.commit()
        return agency


def visit(archive: Archive, day: str, shown: str | None = None) -> None:
    with archive.session() as session:
        history = History(session)
        agency = session.query(Agency).filter_by(name=NAME).one()

        history.places["http://a.gov.test/"] = session.query(Place).one()
        history.visit(day, *([report(agency, displayed=shown)] if shown else []))
        session.commit()


def steps(rows: Told) -> list[tuple[str | None, str, str]]:
    return [(row["old"], row["new"], row["cause"]) for row in rows]


def test_each_change_is_kept_with_its_cause_and_nothing_twice(
    on_both: Archive, told: Callable[..., Told]
) -> None:
    story(on_both, ("2025-01-20", None))
    assert steps(told("2025-01-20")) == [(None, "not_due", "first")]
    assert len(told("2025-01-25")) == 1
    visit(on_both, "2025-02-03")
    assert steps(told("2025-02-03"))[1:] == [("not_due", "missing", "visit")]
    visit(on_both, "2025-02-10")
    assert len(told("2025-02-10")) == 2  # one more proof is no other verdict
    visit(on_both, "2025-02-20", "2025-02-18")
    rows = told("2025-02-20")
    assert steps(rows)[2:] == [("missing", "late", "visit")]
    assert (rows[2]["days_late"], rows[2]["until"]) == (18, None)
    assert rows[1]["until"] == rows[2]["at"] == "2025-02-20T12:00:00+08:00"


def test_a_due_day_that_passes_is_a_change_without_a_visit(
    on_both: Archive, told: Callable[..., Told]
) -> None:
    story(on_both, ("2025-01-20", None))
    told("2025-01-20")
    assert steps(told("2025-02-01"))[1:] == [("not_due", "unknown", "due_passed")]


def test_the_answer_of_a_day_stays_while_the_history_grows(
    on_both: Archive, told: Callable[..., Told]
) -> None:
    story(on_both, ("2025-02-03", None))
    first = told("2025-02-03")
    day = at("2025-02-05").date()
    with on_both.session() as session:
        before = list(audit(session, YEAR, on=day))
    visit(on_both, "2025-02-20", "2025-02-18")
    told("2025-02-20")
    with on_both.session() as session:
        assert list(audit(session, YEAR, on=day)) == before
    assert [entry["status"] for entry in before] == [row["new"] for row in first]


def test_a_new_version_of_the_program_that_judges_otherwise_says_so(
    on_both: Archive, told: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    story(on_both, ("2025-02-03", None))
    told("2025-02-03")
    with on_both.session() as session:
        (row,) = session.query(StatusChange).filter_by(year=YEAR)
        row.new = "unknown"  # what an older version may have said
        row.program = "0.0.1"
        session.commit()
    rows = told("2025-02-04")
    assert steps(rows)[1:] == [("unknown", "missing", "program")]


def test_a_persons_word_and_the_register_are_causes(
    on_both: Archive, told: Callable[..., Told]
) -> None:
    agency = story(on_both, ("2025-02-03", None))
    told("2025-02-03")
    with on_both.session() as session:
        session.get_one(Agency, agency.id).since = 2025
        session.commit()
    rows = told("2025-02-05", cause="register", touched=(agency.id, YEAR))
    assert steps(rows)[1:] == [("missing", "exempt", "register")]


def test_a_change_of_the_register_is_found_after_the_next_extraction(
    on_both: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = story(on_both, ("2025-02-03", None))
    monkeypatch.setenv("GONGKAI_NOW", at("2025-02-04").isoformat())
    with on_both.session() as session:
        assert kept.keep_after_extraction(on_both, session, [])["kept"] == 1
        session.get_one(Agency, agency.id).until = 2024
        session.commit()
        assert kept.keep_after_extraction(on_both, session, [])["kept"] == 1
        rows = kept.of(session, agency, YEAR)
        assert steps(rows)[1][1] == "exempt"
        assert kept.keep_after_extraction(on_both, session, [])["kept"] == 0


def test_a_scope_that_the_report_does_not_have_is_superseded(
    on_both: Archive, told: Callable[..., Told]
) -> None:
    story(on_both, ("2025-02-03", None))
    told("2025-02-03")
    with on_both.session() as session:
        history = History(session)

        history.places["http://a.gov.test/"] = session.query(Place).one()
        sighting = report(session.query(Agency).one(), displayed="2025-02-08")
        sighting.scope = "organ_and_departments"
        history.visit("2025-02-10", sighting)
        session.commit()
    rows = told("2025-02-10")
    assert [(row["scope"], row["new"]) for row in rows] == [
        ("organ", "missing"),
        ("organ", "superseded"),
        ("organ_and_departments", "late"),
    ]
    assert len(told("2025-02-11")) == 3


def test_a_lost_database_gets_them_back(on_both: Archive, told: Callable[..., Told]) -> None:
    story(on_both, ("2025-01-20", None), ("2025-02-03", None))
    told("2025-01-25")
    visit(on_both, "2025-02-20", "2025-02-18")
    before = told("2025-02-20")
    with on_both.session() as session:
        session.execute(delete(StatusChange))
        session.commit()
    number, damage = kept.restore(on_both)
    assert (number, damage) == (len(before), [])
    assert told("2025-02-21") == before  # and nothing is said anew
    assert kept.restore(on_both) == (0, [])


def test_a_line_that_was_changed_or_taken_out_is_found(
    on_both: Archive, told: Callable[..., Told]
) -> None:
    story(on_both, ("2025-01-20", None))
    told("2025-01-20")
    visit(on_both, "2025-02-03")
    told("2025-02-03")
    visit(on_both, "2025-02-20", "2025-02-18")
    told("2025-02-20")
    file = on_both.path / FILE_NAME
    lines = file.read_text("utf-8").splitlines(keepends=True)
    assert len(lines) == 3
    assert json.loads(lines[1])["new"] == "missing"
    for forged in (
        lines[0] + lines[2],
        lines[0] + lines[1].replace("missing", "on_time") + lines[2],
    ):
        file.write_text(forged, "utf-8")
        (said,) = kept.restore(on_both)[1]
        assert "changed or taken out" in said
    file.write_text(lines[0] + "{", "utf-8")
    (said,) = kept.restore(on_both)[1]
    assert "line 2" in said
