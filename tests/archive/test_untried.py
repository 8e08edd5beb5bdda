"""Whose a sighting is, is asked again only where the answer may be another than before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from exchanges import MOMENT, begin_run
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from archive.assignment import assign
from archive.database.models import (
    Agency,
    AgencyAlias,
    Capture,
    Place,
    Reading,
    Run,
    Sighting,
    Visit,
)
from archive.database.untried import forget, take
from archive.folder import Archive
from archive.waiting import asked, look

NAMES = ("渠县水务局", "渠县财政局", "渠县教育局")


@pytest.fixture
def settled(on_both: Archive) -> Archive:
    """An archive with a place, its agency, and three rows of others that no extract could assign."""
    run_id = begin_run(on_both)
    with on_both.session() as session:
        place = Place(url="http://quxian.gov.test/", host="quxian.gov.test")
        place.agencies = [Agency(name="渠县审计局", kind="local_dept", division_code="511725")]
        visit = Visit(run_id=run_id, place=place, started_at=MOMENT, finished_at=MOMENT)
        session.add_all([visit, *(row(name, visit, run_id) for name in NAMES)])
        session.commit()
        assert tried(session) == {*NAMES}
        session.commit()
    return on_both


def row(name: str, visit: Visit, run_id: int) -> Sighting:
    url = f"http://quxian.gov.test/{name}.html"
    document = Capture(
        run_id=run_id,
        url=url,
        purpose="article",
        fetched_at=MOMENT,
        http_status=200,
        sha256=f"{name:0>64}",
    )
    return Sighting(
        visit=visit, seen_at=MOMENT, url=url, agency_name=name, year=2024, document=document
    )


def tried(session: Session) -> set[str]:
    """What an extract would try, which then forgets its notes."""
    found = set(session.scalars(select(Sighting.agency_name).where(take(session))))
    forget(session)
    return {name or "" for name in found}


def sighting(session: Session, name: str) -> Sighting:
    return session.scalars(select(Sighting).filter_by(agency_name=name)).one()


def new_row(session: Session) -> None:
    visit = session.scalars(select(Visit)).one()
    session.add(row("渠县民政局", visit, visit.run_id))


def reading(session: Session) -> None:
    session.add(
        Reading(sha256=f"{NAMES[0]:0>64}", extractor="9", read_at=MOMENT, status="ok", record=b"")
    )


def undone(session: Session) -> None:
    one = sighting(session, NAMES[1])
    one.agency_id = session.scalars(select(Agency.id)).one()
    session.flush()
    one.agency_id = None


def alias(session: Session) -> None:
    session.add(AgencyAlias(agency=session.scalars(select(Agency)).one(), name="审计局"))


def renamed_at_once(session: Session) -> None:
    session.execute(update(Agency).values(name="渠县审计和统计局"))


def published_elsewhere(session: Session) -> None:
    place = session.scalars(select(Place)).one()
    place.agencies.clear()


def imported(session: Session) -> None:
    session.execute(
        insert(Agency), [{"name": "渠县统计局", "kind": "local_dept", "division_code": "511725"}]
    )


def visited(session: Session) -> None:
    session.scalars(select(Place)).one().recipe = {"column": "http://quxian.gov.test/ndbg/"}


def assigned(session: Session) -> None:
    sighting(session, NAMES[2]).agency_id = session.scalars(select(Agency.id)).one()


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (new_row, {"渠县民政局"}),
        (reading, {NAMES[0]}),
        (undone, {NAMES[1]}),
        (alias, {*NAMES}),
        (renamed_at_once, {*NAMES}),
        (published_elsewhere, {*NAMES}),
        (imported, {*NAMES}),
        (visited, set()),
        (assigned, set()),
    ],
    ids=lambda case: case.__name__ if callable(case) else "",
)
def test_what_may_have_another_answer_is_tried(
    settled: Archive, change: Callable[[Session], None], wanted: set[str]
) -> None:
    with settled.session() as session:
        assert tried(session) == set()
        change(session)
        session.commit()
        assert tried(session) == wanted


def test_nothing_is_forgotten_by_a_run_that_was_killed(settled: Archive) -> None:
    with settled.session() as session:
        new_row(session)
        session.commit()
        take(session)
        session.commit()
    with settled.session() as session:
        reading(session)
        session.commit()
        assert tried(session) == {"渠县民政局", NAMES[0]}


def test_what_comes_while_a_run_works_is_for_the_next(settled: Archive) -> None:
    with settled.session() as session:
        reading(session)
        session.commit()
        which = take(session)
        session.commit()
        with settled.session() as other:
            new_row(other)
            other.commit()
        assert list(session.scalars(select(Sighting.agency_name).where(which))) == [NAMES[0]]
        forget(session)
        session.commit()
        assert tried(session) == {"渠县民政局"}


def test_another_release_tries_everything_again(settled: Archive) -> None:
    with settled.session() as session:
        for release, wanted in (({}, set()), ({"release": "0.0.1"}, {*NAMES})):
            arguments = {**asked(scans=False), **release}
            session.add(
                Run(command="extract", arguments=arguments, started_at=MOMENT, state="finished")
            )
            session.flush()
            look(session, scans=False)
            assert tried(session) == wanted


def test_only_what_is_to_be_tried_is_assigned(settled: Archive) -> None:
    with settled.session() as session:
        assert assign(session, take(session)) == 0
        for name in NAMES:
            session.add(Agency(name=name, kind="local_dept", division_code="511725"))
        session.commit()
        assert assign(session, take(session)) == len(NAMES)
