"""A small archive of the kind that is measured at national size: what is quick there must be right here."""

from __future__ import annotations

import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from archive.audit import country, summary
from archive.audit.status import Status
from archive.audit.table import Entry, audit, audit_of, audit_of_years
from archive.database.changes import StaleReport
from archive.database.models import Agency, ReportVersion, Visit, figures
from archive.errors import JobError
from archive.folder import Archive
from archive.ingest import ingest
from archive.search import search

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.national import LAST_YEAR, National
from benchmarks.national_pool import Pool

AGENCIES, YEARS = 300, 3


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive.create(tmp_path_factory.mktemp("national") / "archive")
    National(archive, Pool(40, 200, 1)).make(AGENCIES, YEARS)
    return archive


@contextmanager
def counted(archive: Archive) -> Iterator[list[str]]:
    """The statements that are sent to the database."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(archive.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(archive.engine, "before_cursor_execute", note)


def test_it_has_agencies_years_and_figures(national: Archive) -> None:
    with national.reader() as session:
        # Places are taken whole, so it may have somewhat fewer.
        assert 0.9 * AGENCIES < len(session.scalars(select(Agency.id)).all()) <= AGENCIES
        read = ReportVersion.parse_status.in_(("ok", "suspect"))
        versions = set(session.scalars(select(ReportVersion.id).where(read)))
        assert versions == set(session.scalars(select(figures.c.version_id)))
        assert next(search(session, "公开"))["year"] == LAST_YEAR


def test_every_status_occurs(national: Archive) -> None:
    with national.reader() as session:
        seen = {
            entry["status"]
            for year in range(LAST_YEAR - YEARS + 1, LAST_YEAR + 2)
            for entry in audit(session, year)
        }
    # Of 18 places, few are blocked or founded late enough to be exempt.
    assert seen >= set(Status) - {Status.BLOCKED, Status.EXEMPT}


def test_the_years_of_an_agency_are_what_the_audit_says_of_each(national: Archive) -> None:
    years = range(LAST_YEAR - YEARS, LAST_YEAR + 2)
    with national.reader() as session:
        by_year = [entry for year in years for _, entry in audit_of(session, year, _some(session))]
        told = sorted(
            ({k: v for k, v in entry.items() if k != "evidence"} for entry in by_year), key=_key
        )
    with national.reader() as session:
        (agencies,) = _some(session)
        found = [e for agency in agencies for e in audit_of_years(session, agency, years)]
    assert sorted(found, key=_key) == told


def test_the_audit_of_an_agency_asks_as_little_for_many_years(national: Archive) -> None:
    for number in range(1, 11):
        with national.reader() as session:
            owner = session.get_one(Agency, number)
            with counted(national) as sent:
                list(audit_of_years(session, owner, range(LAST_YEAR - 20, LAST_YEAR + 1)))
            assert len(sent) < 15


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(country, "_BATCH", 20)


@pytest.mark.usefixtures("small_batches")
def test_several_processes_give_what_one_gives(national: Archive) -> None:
    with national.reader() as session:
        code = session.scalars(select(Agency.division_code)).first()
        assert code
        for division in (None, code[:2]):
            wanted = list(audit(session, LAST_YEAR, division=division))
            assert wanted
            assert list(country.audit(national, LAST_YEAR, division=division, many=1)) == wanted


@pytest.mark.usefixtures("small_batches")
def test_who_has_seen_enough_leaves_no_process(national: Archive) -> None:
    before = {process.pid for process in multiprocessing.active_children()}
    entries = country.audit(national, LAST_YEAR, many=1)
    next(entries)
    during = {process.pid for process in multiprocessing.active_children()}
    entries.close()
    assert during > before
    assert {process.pid for process in multiprocessing.active_children()} == before


@pytest.mark.usefixtures("small_batches")
def test_a_process_that_is_killed_is_one_clear_error(national: Archive) -> None:
    before = {process.pid for process in multiprocessing.active_children()}
    entries = country.audit(national, LAST_YEAR, many=1)
    next(entries)
    for process in multiprocessing.active_children():
        if process.pid not in before:
            process.kill()
    with pytest.raises(JobError, match="ended from outside"):
        for _ in entries:
            pass


def _some(session: Session) -> list[list[Agency]]:
    query = select(Agency).where(Agency.standing == "confirmed").order_by(Agency.id)
    return [list(session.scalars(query.limit(60)))]


def _key(entry: Entry) -> tuple[Any, ...]:
    return entry["division_code"], entry["agency"], entry["year"], entry["scope"]


def test_the_audit_asks_no_more_for_more_agencies(national: Archive) -> None:
    numbers = []
    for size in (10, AGENCIES):
        with national.reader() as session, counted(national) as sent:
            list(islice(audit(session, LAST_YEAR), size))
        numbers.append(len(sent))
    # There are three batches, each of which asks what the first does.
    assert numbers[1] <= 4 * numbers[0] < AGENCIES / 4


def test_pages_of_the_audit_make_up_the_whole(national: Archive) -> None:
    with national.reader() as session:
        whole = list(audit(session, LAST_YEAR))
        paged: list[dict[str, Any]] = []
        while page := list(
            islice(
                audit(
                    session,
                    LAST_YEAR,
                    after=(paged[-1]["division_code"], paged[-1]["agency"]) if paged else None,
                ),
                70,
            )
        ):
            paged += page
    assert paged == whole


def test_kept_counts_are_those_of_the_audit(national: Archive) -> None:
    with national.reader() as session:
        assert summary.kept(session, LAST_YEAR) is None
        kept = summary.current(national, session, LAST_YEAR)
        assert kept.fresh
        entries = list(audit(session, LAST_YEAR))
        for level in summary.LEVELS:
            wanted = Counter(
                (entry["division_code"][:level], entry["status"], entry["content"] or "")
                for entry in entries
            )
            assert {count[:3]: count.number for count in kept.counts(level)} == wanted
        province = entries[0]["division_code"][:2]
        below = [c for c in kept.counts(6) if c.division_code.startswith(province)]
        assert kept.counts(6, province) == below


def test_a_new_visit_makes_kept_counts_old(national: Archive) -> None:
    with national.reader() as session:
        assert summary.current(national, session, LAST_YEAR).fresh
    with national.session() as session:
        visit = session.scalars(select(Visit).limit(1)).one()
        visit.reason = "seen again"
        session.commit()
    with national.reader() as session:
        kept = summary.kept(session, LAST_YEAR)
        assert kept is not None
        assert not kept.fresh
        assert summary.current(national, session, LAST_YEAR).fresh


def test_counts_while_reports_are_due_hold_for_a_day(
    national: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_NOW", f"{LAST_YEAR + 1}-01-31T12:00:00+08:00")
    with national.reader() as session:
        assert summary.current(national, session, LAST_YEAR).day == date(LAST_YEAR + 1, 1, 31)
        monkeypatch.setenv("GONGKAI_NOW", f"{LAST_YEAR + 1}-02-01T12:00:00+08:00")
        kept = summary.kept(session, LAST_YEAR)
        assert kept is not None
        assert not kept.fresh


def test_ingest_goes_through_what_has_changed_only(national: Archive) -> None:
    with national.session() as session:
        ingest(session)
        session.commit()
        with counted(national) as nothing_new:
            assert ingest(session) == 0
        session.commit()
        agency = session.scalars(select(Agency).order_by(Agency.id.desc()).limit(1)).one()
        agency.division_code = agency.division_code[:6]
        agency.origin = "moved"
        session.flush()
        stale = session.execute(select(StaleReport.agency_id, StaleReport.year)).all()
        assert {row.agency_id for row in stale} <= {agency.id, None}
        touched: set[tuple[int, int]] = set()
        with counted(national) as one_agency:
            ingest(session, touched)
        assert session.scalar(select(StaleReport.id).limit(1)) is None
        session.commit()
    assert {agency_id for agency_id, _ in touched} <= {agency.id}
    assert len(nothing_new) < len(one_agency) < 60
