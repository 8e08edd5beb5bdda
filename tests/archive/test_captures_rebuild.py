from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from exchanges import MOMENT, any_exchange, begin_run, check_with_warcio, page, rows, warc_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select

from archive.captures import Exchange, Recorder
from archive.database.models import Base, Capture, Place, Run, Sighting, Visit
from archive.fixity import verify
from archive.folder import Archive
from archive.rebuild import rebuild
from archive.recovery import recover
from archive.warc import SEAL


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(tmp_path / "archive")


def without_index(archive: Archive) -> Archive:
    """The archive after its database was lost."""
    archive.engine.dispose()
    for path in archive.path.glob("gongkai.sqlite*"):
        path.unlink()
    return Archive.open(archive.path)


def content(row: Base | None) -> dict[str, Any] | None:
    if row is None:
        return None
    names = [column.key for column in inspect(row).mapper.column_attrs]
    return {n: getattr(row, n) for n in names if n != "id" and not n.endswith("_id")}


def everything(archive: Archive) -> list[Any]:
    """What the index says, without ids, with what belongs together beside each other."""
    with archive.reader() as session:
        captures = [
            (content(row), content(row.visit), content(row.visit and row.visit.place))
            for row in session.scalars(select(Capture).order_by(Capture.warc, Capture.offset))
        ]
        sightings = [
            (content(row), content(row.visit), content(row.document))
            for row in session.scalars(select(Sighting).order_by(Sighting.url))
        ]
    return [captures, sightings]


def visit_a_place(archive: Archive, recorder: Recorder, run: int, at: int = 0) -> None:
    with archive.session() as session:
        place = session.scalars(select(Place)).first()
        if place is None:
            place = Place(url=page().url, host="www.jiangshan.gov.cn", recipe={"platform": "jpage"})
        visit = Visit(run_id=run, place=place, started_at=MOMENT + timedelta(seconds=at))
        session.add(visit)
        session.commit()
        number = visit.id
    recorder.record(page(b"<ul>", at=at, visit_id=number))
    url = "http://www.jiangshan.gov.cn/art/2025/1/20/art_1_2.html"
    report = recorder.record(page(b"<table>", at=at + 1, url=url, visit_id=number))
    with archive.session() as session:
        visit = session.get_one(Visit, number)
        visit.verdict, visit.pages, visit.rows_stated = "complete", 1, None
        visit.finished_at, visit.column_url = MOMENT + timedelta(seconds=at + 2), page().url
        visit.sightings = [
            Sighting(
                seen_at=MOMENT,
                url=url,
                title="江山市2024年政府信息公开工作年度报告",
                year=2024,
                displayed_date=date(2025, 1, 20),
                document_id=report,
            ),
            Sighting(seen_at=MOMENT, url=url + "?lost", title="", document_id=None),
        ]
        session.commit()
    recorder.visit(number)


def test_the_index_comes_back_from_the_files(archive: Archive) -> None:
    for at in (0, 100):
        run = begin_run(archive)
        with Recorder(archive, run) as recorder:
            visit_a_place(archive, recorder, run, at)
            recorder.record(page(b"", at=50, status=None, failure="dns"))
            recorder.file(b"%PDF", "年报.pdf", media_type="application/pdf")
    before = everything(archive)
    assert list(verify(archive)) == []
    check_with_warcio(archive)

    archive = without_index(archive)
    assert {problem.kind for problem in verify(archive)} == {"not_indexed"}
    done = rebuild(archive)
    assert (done.files, done.runs, done.visits, done.captures) == (2, 2, 2, 8)
    assert done.damage == []
    assert everything(archive) == before
    assert list(verify(archive)) == []
    with archive.reader() as session:
        assert [(run.id, run.command, run.arguments) for run in session.scalars(select(Run))] == [
            (1, "crawl", {"year": 2024}),
            (2, "crawl", {"year": 2024}),
        ]
    again = rebuild(archive)
    assert (again.runs, again.visits, again.captures) == (0, 0, 0)
    assert everything(archive) == before


@given(exchanges=st.lists(any_exchange(), min_size=5, max_size=20))
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_can_be_made_from_its_record(archive: Archive, exchanges: list[Exchange]) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        for exchange in exchanges:
            recorder.record(exchange)
    before = everything(archive)
    fresh = without_index(archive)
    rebuild(fresh)
    assert everything(fresh) == before
    archive.engine.dispose()


def test_a_partly_lost_index_is_completed(archive: Archive) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        for at in range(4):
            recorder.record(page(b"%d" % at, at=at))
    before = everything(archive)
    with archive.session() as session:
        for number in (2, 3):
            session.delete(session.get_one(Capture, number))
        session.commit()
    assert [problem.kind for problem in verify(archive)] == ["not_indexed"] * 2
    done = rebuild(archive)
    assert (done.runs, done.captures) == (0, 2)
    assert everything(archive) == before


def test_damage_loses_one_capture_only(archive: Archive) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        for at in range(4):
            recorder.record(page(b"%d" % at, at=at))
    (path,) = warc_files(archive)
    lost = rows(archive)[1]
    data = bytearray(path.read_bytes())
    data[lost.offset + 60] ^= 1
    path.write_bytes(data)
    archive = without_index(archive)
    done = rebuild(archive)
    assert done.captures == 3
    (damage,) = done.damage
    assert f"{path.name} at byte {lost.offset}" in damage


def test_a_number_that_is_taken_does_not_mix_runs(archive: Archive) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        recorder.record(page())
    archive = without_index(archive)
    with archive.session() as session:
        session.add(Run(command="crawl", started_at=MOMENT + timedelta(days=365)))
        session.commit()
    # The new run 1 may not take the file name of the old one.
    with Recorder(archive, 1) as recorder:
        recorder.record(page(at=1))
    assert len(warc_files(archive)) == 2
    assert (rebuild(archive).runs, len(rows(archive))) == (1, 2)
    assert rebuild(archive).runs == 0
    assert len({row.run_id for row in rows(archive)}) == 2
    assert list(verify(archive)) == []


def test_a_file_left_by_a_killed_crawl_comes_back_too(archive: Archive) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        recorder.record(page())
    (path,) = warc_files(archive)
    path.with_name(path.name + SEAL).unlink()
    with path.open("ab") as file:
        file.write(b"\x1f\x8b\x08unfinished")
    archive = without_index(archive)
    assert recover(archive) == []
    assert rebuild(archive).captures == 1
    assert [done.cut for done in recover(archive)] == [13]
    assert list(verify(archive)) == []
