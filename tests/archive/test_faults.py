"""When the machine fails: nothing is lost that was said to be stored, and one line says what happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from commandline import ROOT, Gongkai, runner
from exchanges import MOMENT, begin_run, page, rows
from publishing import NAME, Publisher, command, document, lose_database, tree
from sqlalchemy import func, select

from archive.captures import Recorder
from archive.database.models import Place, ReportVersion, Run, Sighting, Visit
from archive.fixity import verify
from archive.folder import Archive
from archive.rebuild import rebuild
from archive.recovery import recover

REPORT = "<p>示例市教育局2024年政府信息公开工作年度报告</p>"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of six megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = mount("-t", "tmpfs", "-o", "size=6m", "tmpfs", disk)
    if not mounted:
        pytest.skip("this needs the right to mount a file system")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def mount(*arguments: object) -> bool:
    done = subprocess.run(["mount", *map(str, arguments)], check=False, capture_output=True)
    return done.returncode == 0


@pytest.fixture
def on_small_disk(small_disk: Path) -> tuple[Gongkai, Path]:
    gongkai = runner(small_disk / "archive")
    Archive.create(small_disk / "archive").engine.dispose()
    register = small_disk / "agencies.csv"
    register.write_text(f"name,kind\n{NAME},local_dept\n", encoding="utf-8")
    gongkai("agencies", "import", register)
    return gongkai, small_disk


def add(gongkai: Gongkai, file: Path, status: int) -> str:
    done = gongkai("add", file, "--agency", NAME, "--year", 2024, status=status)
    return done.stderr.strip()


def test_a_full_disk_costs_nothing_that_was_stored(
    on_small_disk: tuple[Gongkai, Path], tmp_path: Path
) -> None:
    gongkai, disk = on_small_disk
    small, large = tmp_path / "small.html", tmp_path / "large.html"
    small.write_text(REPORT, encoding="utf-8")
    large.write_bytes(REPORT.encode() + os.urandom(1_500_000))
    add(gongkai, small, 0)
    filler = disk / "filler"
    with filler.open("wb") as file:
        room = os.statvfs(disk)
        file.write(b"\0" * (room.f_bavail * room.f_frsize - 200_000))
    said = add(gongkai, large, 1)
    assert len(said.splitlines()) == 1, said
    assert "No space left" in said or "full" in said
    filler.unlink()
    add(gongkai, large, 0)
    gongkai("verify")
    archive = Archive.open(disk / "archive")
    with archive.reader() as session:
        assert session.scalar(select(func.count(Sighting.id))) == 2
    archive.engine.dispose()


def test_a_disk_that_is_full_while_reading_costs_nothing_either(
    on_small_disk: tuple[Gongkai, Path], tmp_path: Path
) -> None:
    gongkai, disk = on_small_disk
    small = tmp_path / "small.html"
    small.write_text(REPORT, encoding="utf-8")
    add(gongkai, small, 0)
    # What of the write-ahead log is there already is room, too.
    Archive.open(disk / "archive").engine.dispose()
    with (disk / "filler").open("wb") as file:
        room = os.statvfs(disk)
        file.write(b"\0" * (room.f_bavail * room.f_frsize))
    said = gongkai("extract", status=1).stderr.strip()
    assert len(said.splitlines()) == 1, said
    assert "No space left" in said or "full" in said
    (disk / "filler").unlink()
    gongkai("extract")
    gongkai("verify")
    archive = Archive.open(disk / "archive")
    with archive.reader() as session:
        assert session.scalar(select(func.count(ReportVersion.id))) == 1
        assert session.scalars(select(ReportVersion.extractor)).one() is not None
    archive.engine.dispose()


def test_a_disk_that_cannot_be_written_is_one_line(
    on_small_disk: tuple[Gongkai, Path], tmp_path: Path
) -> None:
    gongkai, disk = on_small_disk
    small = tmp_path / "small.html"
    small.write_text(REPORT, encoding="utf-8")
    add(gongkai, small, 0)
    assert mount("-o", "remount,ro", disk)
    said = add(gongkai, small, 1)
    assert len(said.splitlines()) == 1, said
    assert mount("-o", "remount,rw", disk)
    gongkai("verify")


DIES = """
    import os, signal, sys
    from pathlib import Path

    from sqlalchemy import Engine, event

    from archive.extraction import extract
    from archive.folder import Archive
    from archive.rebuild import rebuild

    archive, left = Archive.open(Path(sys.argv[1])), [int(sys.argv[2])]

    @event.listens_for(Engine, "before_cursor_execute")
    def count(*_):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    {"extract": extract, "rebuild": rebuild}[sys.argv[3]](archive)
    print(left[0])
"""


def work_until(archive: Archive, statement: int, work: str) -> int:
    """Do ``work`` in a process that dies at a statement; its exit status."""
    script = [sys.executable, "-c", textwrap.dedent(DIES), str(archive.path), str(statement), work]
    return subprocess.run(script, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode


def test_a_kill_while_reading_changes_no_export(tmp_path: Path) -> None:
    archives = [Archive.create(tmp_path / name / "archive") for name in ("killed", "undisturbed")]
    for archive in archives:
        published = Publisher(archive, (NAME, "示例市财政局"))
        published.visit("2025-01-20", document())
        published.visit("2025-02-20", document(extra="补充一句。"))
        other = document(name="示例市财政局")
        published.visit("2025-02-21", other, name="示例市财政局", path="nb/cz.html")
    killed = archives[0]
    chance = random.Random()
    ends = [work_until(killed, chance.randrange(10, 120), "extract") for _ in range(3)]
    assert -signal.SIGKILL in ends
    for archive in archives:
        command(archive, "extract")
        command(archive, "export", archive.path.parent / "export")
        assert list(verify(archive)) == []
    assert tree(tmp_path / "killed" / "export") == tree(tmp_path / "undisturbed" / "export")


def test_a_kill_while_the_database_is_made_again_changes_nothing(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive")
    published = Publisher(archive, (NAME,))
    for day in ("2025-01-20", "2025-02-20", "2025-02-21"):
        published.visit(day, document(extra=day))
    known = (visits(archive), [row.sha256 for row in rows(archive)])
    second = lose_database(archive)
    chance = random.Random()
    ends = [work_until(second, chance.randrange(3, 40), "rebuild") for _ in range(2)]
    assert -signal.SIGKILL in ends
    assert rebuild(second).damage == []
    assert (visits(second), [row.sha256 for row in rows(second)]) == known


def end_visit(archive: Archive, run: int, url: str, at: int) -> int:
    """A visit that is committed with its verdict and a sighting."""
    with archive.session() as session:
        place = Place(url=url, host="a.gov.cn")
        visit = Visit(run_id=run, place=place, started_at=MOMENT + timedelta(seconds=at))
        visit.finished_at = MOMENT + timedelta(seconds=at + 5)
        visit.verdict = "complete"
        visit.sightings = [Sighting(seen_at=MOMENT, url=url + "1.html", title="2024年年报")]
        session.add(visit)
        session.commit()
        return visit.id


def visits(archive: Archive) -> list[tuple[str, str, int]]:
    with archive.reader() as session:
        return sorted(
            (visit.place.url, visit.verdict, len(visit.sightings))
            for visit in session.scalars(select(Visit))
        )


def test_a_visit_that_a_kill_kept_from_its_record_is_recorded(archive: Archive) -> None:
    run = begin_run(archive)
    with Recorder(archive, run) as recorder:
        for at in (0, 10, 20, 30):
            number = end_visit(archive, run, f"http://a.gov.cn/{at}/", at)
            recorder.record(page(b"%d" % at, at=at, visit_id=number))
            # The process dies after the commit of the last two.
            if at < 20:
                recorder.visit(number)
    with archive.session() as session:
        unfinished = Visit(run_id=run, started_at=MOMENT, place=Place(url="http://b/", host="b"))
        session.add(unfinished)
        session.commit()
    before = len(list(archive.warc_folder.glob("*.warc.gz")))
    recover(archive)
    recover(archive)
    assert len(list(archive.warc_folder.glob("*.warc.gz"))) == before + 1
    assert list(verify(archive)) == []
    known = [visit for visit in visits(archive) if visit[1] != "unfinished"]

    second = lose_database(archive)
    assert rebuild(second).damage == []
    assert visits(second) == known
    assert len(known) == 4
    with second.reader() as session:
        assert session.scalar(select(func.count(Run.id))) == 1


def test_a_capture_finds_its_visit_in_a_file_that_a_killed_rebuild_had_not_reached(
    archive: Archive, tmp_path: Path
) -> None:
    run = begin_run(archive)
    number = end_visit(archive, run, "http://a.gov.cn/", 0)
    with Recorder(archive, run) as recorder:
        recorder.record(page(visit_id=number))
    with Recorder(archive, run) as recorder:
        recorder.visit(number)
    second = lose_database(archive)
    _, last = sorted(archive.warc_folder.glob("*.warc.gz"))
    # As it is where the process died between the two files.
    last.rename(tmp_path / last.name)
    rebuild(second)
    assert [row.visit_id for row in rows(second)] == [None]
    (tmp_path / last.name).rename(last)
    assert rebuild(second).damage == []
    with second.reader() as session:
        (visit,) = session.scalars(select(Visit))
        assert [row.visit_id for row in rows(second)] == [visit.id]


def test_a_run_whose_visits_are_recorded_gets_no_file_more(archive: Archive) -> None:
    run = begin_run(archive)
    with Recorder(archive, run) as recorder:
        number = end_visit(archive, run, "http://a.gov.cn/", 0)
        recorder.record(page(visit_id=number))
        recorder.visit(number)
    recover(archive)
    assert len(list(archive.warc_folder.glob("*.warc.gz"))) == 1


def test_a_failure_whose_words_are_no_text_is_recorded(archive: Archive) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        recorder.record(page(b"", status=None, failure="dns", failure_detail="no \udcd6 name"))
    assert list(verify(archive)) == []
