from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from exchanges import MOMENT, begin_run, check_with_warcio, page, rows, warc_files
from hypothesis import given
from hypothesis import strategies as st

from archive import captures, warc
from archive.captures import Recorder, StorageError
from archive.database.models import Capture, Run
from archive.fixity import verify
from archive.folder import Archive
from archive.recovery import recover
from archive.warc import Record, WarcWriter


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(tmp_path / "archive")


_VALUES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1)


@given(
    kind=st.sampled_from(["request", "response", "metadata", "resource"]),
    fields=st.dictionaries(st.sampled_from(["X-One", "X-Two"]), _VALUES),
    payload=st.binary(max_size=200),
    head=st.binary(max_size=50).map(
        lambda data: b"HTTP/1.1 200 OK\r\nX: " + data.replace(b"\r", b"") + b"\r\n\r\n"
    ),
)
def test_a_record_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    fields: dict[str, str],
    payload: bytes,
    head: bytes,
) -> None:
    if kind in ("request", "response"):
        made = Record(kind, MOMENT, "http://x.gov.cn/", fields, head, payload)
    else:
        made = Record(kind, MOMENT, "http://x.gov.cn/", fields, payload=payload)
    folder = tmp_path_factory.mktemp("warc")
    writer = WarcWriter(folder, 1)
    (position,) = writer.append([made], MOMENT)
    writer.close()
    read = warc.read(folder, position)
    assert (read.type, read.id, read.url, read.date) == (made.type, made.id, made.url, made.date)
    assert (read.head, read.payload) == (made.head, payload)
    assert {name: read.fields[name] for name in fields} == fields


def test_files_are_rolled_by_size_and_sealed(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, 7, 2, max_bytes=50_000)
    for _ in range(4):
        writer.append([Record("resource", MOMENT, "file:a", payload=os.urandom(30_000))], MOMENT)
    writer.close()
    names = sorted(path.name for path in tmp_path.glob("*.gz"))
    assert names == ["gongkai-000007-002-00001.warc.gz", "gongkai-000007-002-00002.warc.gz"]
    subprocess.run(
        ["sha256sum", "--check", "--strict", *tmp_path.glob("*.sha256")], cwd=tmp_path, check=True
    )


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    for number in (1, 2):
        writer = WarcWriter(tmp_path, 1)
        writer.append([Record("resource", MOMENT, "file:a", payload=b"x")], MOMENT)
        writer.close()
        assert len(list(tmp_path.glob("*.gz"))) == number


def start_recording(archive: Archive, run: int, part: int, seed: int) -> subprocess.Popen[str]:
    script = Path(__file__).with_name("endless_recording.py")
    arguments = [str(archive.path), str(run), str(part), str(seed)]
    return subprocess.Popen(
        [sys.executable, str(script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_nothing_stored_is_lost_when_the_crawl_is_killed(
    archive: Archive, end: signal.Signals
) -> None:
    chance = random.Random()
    for _ in range(2):
        run = begin_run(archive)
        processes = [start_recording(archive, run, n, chance.randrange(1 << 30)) for n in (0, 1)]
        said = [int(process.stdout.readline()) for process in processes]
        time.sleep(chance.uniform(0, 0.2))
        for process in processes:
            process.send_signal(end)
        for process in processes:
            said += [int(line) for line in process.stdout.read().split()]
            process.stdout.close()
            process.wait()

        recovered = recover(archive)
        assert [done.damage for done in recovered if done.damage] == []
        assert len(recovered) == 2 or end == signal.SIGINT
        with archive.reader() as session:
            stored = session.get_one(Run, run)
            assert (stored.state, stored.command) == ("interrupted", "crawl")
            assert stored.finished_at is not None
            for number in said:
                assert captures.body(archive, session, session.get_one(Capture, number))
    assert list(verify(archive)) == []
    check_with_warcio(archive)
    assert recover(archive) == []


def unseal(path: Path) -> None:
    path.with_name(path.name + warc.SEAL).unlink()


def forget(archive: Archive, number: int) -> None:
    with archive.session() as session:
        session.delete(session.get_one(Capture, number))
        session.commit()


def test_what_was_being_written_is_cut_off_wherever_it_breaks(archive: Archive) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        for at in range(3):
            recorder.record(page(b"%d" % at, at=at))
    (path,) = warc_files(archive)
    complete = path.read_bytes()
    _first, second, third = rows(archive)
    stored = second.offset + second.length
    forget(archive, third.id)
    for end in [*range(stored, len(complete), 17), len(complete) - 1]:
        path.with_name(path.name + warc.SEAL).unlink(missing_ok=True)
        path.write_bytes(complete[:end])
        (done,) = recover(archive)
        assert (done.indexed, done.cut, done.damage) == (0, end - stored, None)
        assert path.read_bytes() == complete[:stored]
        assert list(verify(archive)) == []

    # The record was whole, only its row was not: then it is indexed.
    unseal(path)
    path.write_bytes(complete)
    (done,) = recover(archive)
    assert (done.indexed, done.cut) == (1, 0)
    again = rows(archive)[-1]
    assert (again.sha256, again.offset, again.fetched_at) == (
        third.sha256,
        third.offset,
        third.fetched_at,
    )
    assert list(verify(archive)) == []


def test_a_file_without_a_whole_record_is_removed(archive: Archive) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        recorder.record(page())
    (path,) = warc_files(archive)
    unseal(path)
    forget(archive, 1)
    path.write_bytes(path.read_bytes()[:100])
    assert [done.cut for done in recover(archive)] == [100]
    assert list(archive.warc_folder.iterdir()) == []


def test_indexed_bytes_are_never_cut_off_even_if_damaged(archive: Archive) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        recorder.record(page(b"one"))
        recorder.record(page(b"two", at=1))
    (path,) = warc_files(archive)
    unseal(path)
    last = rows(archive)[-1]
    data = bytearray(path.read_bytes())
    data[last.offset + 60] ^= 4
    path.write_bytes(data + b"unfinished")
    (done,) = recover(archive)
    assert done.cut == len(b"unfinished")
    assert done.damage is not None
    assert f"{path.name} at byte {last.offset}" in done.damage
    assert path.read_bytes() == data
    assert not path.with_name(path.name + warc.SEAL).exists()
    assert [(found.kind, found.offset) for found in verify(archive)] == [
        ("damaged", last.offset),
        ("unfinished", None),
    ]


def test_a_file_that_is_being_written_is_left_alone(archive: Archive) -> None:
    run = begin_run(archive)
    with Recorder(archive, run) as recorder:
        recorder.record(page())
        assert recover(archive) == []
        with archive.reader() as session:
            assert session.get_one(Run, run).state == "running"
        assert list(verify(archive)) == []
        recorder.record(page(b"more", at=1))
    assert len(rows(archive)) == 2


def test_runs_are_marked_with_the_time_of_their_last_capture(archive: Archive) -> None:
    crawl, quiet, extract = (begin_run(archive, name) for name in ("crawl", "crawl", "extract"))
    with Recorder(archive, crawl) as recorder:
        recorder.record(page(at=60))
    unseal(warc_files(archive)[0])
    recover(archive)
    with archive.reader() as session:
        runs = {number: session.get_one(Run, number) for number in (crawl, quiet, extract)}
    assert runs[crawl].finished_at == MOMENT + timedelta(seconds=60)
    assert runs[quiet].finished_at == MOMENT
    assert [runs[number].state for number in (crawl, quiet, extract)] == [
        "interrupted",
        "interrupted",
        "running",
    ]


def test_a_file_of_another_database_waits(archive: Archive, tmp_path: Path) -> None:
    other = Archive.create(tmp_path / "other")
    with other.session() as session:
        session.add(Run(command="crawl", started_at=MOMENT - timedelta(days=300)))
        session.commit()
    with Recorder(archive, begin_run(archive)) as recorder:
        recorder.record(page())
    path = warc_files(archive)[0].rename(other.warc_folder / warc_files(archive)[0].name)
    size = path.stat().st_size
    assert recover(other) == []
    assert path.stat().st_size == size
    assert rows(other) == []


def test_a_seal_that_cannot_be_written_is_one_clear_error(archive: Archive) -> None:
    recorder = Recorder(archive, begin_run(archive))
    recorder.record(page())
    archive.warc_folder.joinpath(warc_files(archive)[0].name + warc.SEAL).mkdir()
    with pytest.raises(StorageError, match=r"cannot write .*sha256"):
        recorder.close()
