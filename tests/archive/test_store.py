"""WARC files in an object store: a real S3 interface over HTTP, in this process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from exchanges import begin_run, page, rows, warc_files
from moto.server import ThreadedMotoServer

from archive import captures, warc
from archive.captures import Recorder, StorageError
from archive.database.models import Capture
from archive.errors import UsageError
from archive.fixity import verify
from archive.folder import Archive
from archive.rebuild import rebuild
from archive.recovery import recover
from archive.settings import SettingsError

URL = "s3://reports/archive"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    made = ThreadedMotoServer("127.0.0.1", 0)
    made.start()
    host, port = made.get_host_and_port()
    yield f"http://{host}:{port}"
    made.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """The bucket, and the settings that name it."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "GONGKAI_STORE__URL": URL,
        "GONGKAI_STORE__ENDPOINT": server,
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    made = boto3.resource("s3", endpoint_url=server).create_bucket(Bucket="reports")
    yield made
    made.objects.delete()
    made.meta.client.close()


@pytest.fixture
def far(bucket: object, tmp_path: Path) -> Archive:
    """An archive whose finished files are in the bucket."""
    return Archive.create(tmp_path / "far")


def record(archive: Archive, *bodies: bytes, run: int | None = None) -> list[int]:
    with Recorder(archive, run or begin_run(archive)) as recorder:
        return [
            recorder.record(page(body, at=at, url=f"http://a.gov.cn/{at}"))
            for at, body in enumerate(bodies)
        ]


def names(bucket: object) -> set[str]:
    return {entry.key.removeprefix("archive/") for entry in bucket.objects.all()}


def read(archive: Archive, number: int) -> bytes:
    with archive.reader() as session:
        return captures.body(archive, session, session.get_one(Capture, number))


def test_finished_files_are_in_the_store_alone_and_everything_reads_them(
    far: Archive, bucket: object
) -> None:
    big = os.urandom(300_000)
    numbers = record(far, b"one", big, b"three")
    (name,) = {row.warc for row in rows(far)}
    assert names(bucket) == {name, name + warc.SEAL}
    assert warc_files(far) == []
    assert [read(far, number) for number in numbers] == [b"one", big, b"three"]
    assert list(verify(far)) == []
    # The same answer again is stored as a revisit of what is far away.
    (again,) = record(far, b"one")
    assert read(far, again) == b"one"
    assert len({row.warc for row in rows(far)}) == 2
    assert list(verify(far)) == []


def test_the_index_comes_back_from_the_store_alone(far: Archive, tmp_path: Path) -> None:
    numbers = record(far, b"one", b"two")
    second = Archive.create(tmp_path / "second")
    done = rebuild(second)
    assert (done.files, done.captures, done.damage) == (1, 2, [])
    assert [read(second, row.id) for row in rows(second)] == [read(far, n) for n in numbers]
    assert list(verify(second)) == []
    # A run of the new database with the same number takes no name that was given.
    record(second, b"new", run=1)
    assert len({row.warc for row in rows(second)}) == 2
    assert list(verify(second)) == []


def test_damage_and_loss_in_the_store_are_named(far: Archive, bucket: object) -> None:
    record(far, b"one" * 100, b"two")
    (name,) = {row.warc for row in rows(far)}
    entry = bucket.Object(f"archive/{name}")
    data = bytearray(entry.get()["Body"].read())
    place = rows(far)[0].offset + 60
    data[place] ^= 1
    entry.put(Body=bytes(data))
    assert [(p.kind, p.file) for p in verify(far)] == [("damaged", name)]
    entry.delete()
    assert {(p.kind, p.file) for p in verify(far)} == {("missing", name)}


def test_a_store_that_cannot_be_reached_is_no_damage_and_stops_no_crawl(
    far: Archive, bucket: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = record(far, b"one")
    monkeypatch.setenv("GONGKAI_STORE__ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    cut_off = Archive.open(far.path)
    with pytest.raises(StorageError, match="cannot list s3://reports/archive"):
        list(verify(cut_off))
    with pytest.raises(StorageError, match="cannot read"):
        read(cut_off, numbers[0])
    (kept,) = record(cut_off, b"two")
    assert read(cut_off, kept) == b"two"
    waiting = warc_files(cut_off)
    assert len(waiting) == 1
    assert far.store.send() == [path.name for path in waiting]
    assert read(far, kept) == b"two"
    assert list(verify(far)) == []


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from archive import store
    from archive.folder import Archive

    archive, calls = Archive.open(Path(sys.argv[1])), 0
    system, folder = archive.store._far._system
    put, remove = system.put_file, Path.unlink

    def die_at(number, work):
        def counted(*arguments, **options):
            global calls
            calls += 1
            if calls == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return work(*arguments, **options)
        return counted

    system.put_file = die_at(int(sys.argv[2]), put)
    Path.unlink = die_at(int(sys.argv[2]), remove)
    archive.store.send()
"""


@pytest.mark.parametrize("step", [1, 2, 3])
def test_nothing_is_lost_when_sending_is_killed(
    far: Archive, bucket: object, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setenv("GONGKAI_STORE__URL", "")
    numbers = record(Archive.open(far.path), b"one", b"two")
    monkeypatch.setenv("GONGKAI_STORE__URL", URL)
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(far.path), str(step)]
    done = subprocess.run(command, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL
    assert [read(far, number) for number in numbers] == [b"one", b"two"]
    recover(far)
    assert warc_files(far) == []
    assert len(names(bucket)) == 2
    assert [read(far, number) for number in numbers] == [b"one", b"two"]
    assert list(verify(far)) == []


def test_a_copy_that_did_not_arrive_whole_stays_here(
    far: Archive, bucket: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_STORE__URL", "")
    record(Archive.open(far.path), b"one")
    (path,) = warc_files(far)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StorageError, match="did not arrive whole"):
        far.store.send()
    assert warc_files(far) == [path]
    assert path.name + warc.SEAL not in names(bucket)


def test_two_archives_under_one_prefix_are_told(far: Archive, tmp_path: Path) -> None:
    record(far, b"one")
    other = Archive.create(tmp_path / "other")
    record(other, b"other")
    with pytest.raises(StorageError, match="a prefix of its own"):
        other.store.send()
    assert len(warc_files(other)) == 1


@pytest.mark.parametrize("url", ["bucket/prefix", "s3://key:secret@bucket/prefix"])
def test_an_address_that_is_none_is_told(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("GONGKAI_STORE__URL", url)
    with pytest.raises(SettingsError, match=r"store\.url"):
        Archive.open(archive.path)


def test_a_protocol_that_nobody_speaks_is_told(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_STORE__URL", "s4://bucket/prefix")
    with pytest.raises(UsageError, match=r"\[store\] url"):
        Archive.open(archive.path).store.sizes()


def test_without_a_store_its_library_is_not_loaded(archive: Archive) -> None:
    script = (
        "import sys, json; from pathlib import Path; from archive.folder import Archive\n"
        "archive = Archive.open(Path(sys.argv[1])); archive.store.sizes(); archive.store.send()\n"
        "print(json.dumps([name for name in sys.modules if name in ('s3fs', 'botocore', 'aiobotocore')]))"
    )
    command = [sys.executable, "-c", script, str(archive.path)]
    done = subprocess.run(
        command, check=True, capture_output=True, cwd=Path(__file__).parents[2], text=True
    )
    assert json.loads(done.stdout) == []
