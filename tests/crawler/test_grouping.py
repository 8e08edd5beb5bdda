"""Exchanges that end together are stored together; nobody is answered before."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

sys.path.append(str(Path(__file__).parents[1] / "archive"))

from exchanges import begin_run, page, rows

from archive.captures import Recorder, StorageError
from archive.fixity import verify
from archive.folder import Archive
from crawler import grouping
from crawler.grouping import Group


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(tmp_path / "archive")


@contextlib.contextmanager
def visits(group: Group, number: int) -> Iterator[None]:
    """So many visits go on, of which one in :data:`grouping.PART` waits before all are stored."""
    with contextlib.ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(group.visit())
        yield


async def answered(group: Group, archive: Archive, numbers: range) -> list[int]:
    """Record pages side by side; each must be in the index when its answer comes."""

    async def one(number: int) -> int:
        capture = await group.record(page(b"%d" % number, at=number, url=f"http://{number}.cn/"))
        assert capture in {row.id for row in rows(archive) if row.url == f"http://{number}.cn/"}
        return capture

    return await asyncio.gather(*(one(number) for number in numbers))


def test_what_is_answered_is_stored_and_everybody_gets_his_own(archive: Archive) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        group = Group(recorder)
        with visits(group, 3 * grouping.PART):
            made = asyncio.run(answered(group, archive, range(10)))
    assert len(set(made)) == 10
    assert list(verify(archive)) == []


def test_nobody_waits_longer_than_told_for_others(archive: Archive) -> None:
    async def alone(group: Group) -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await group.record(page())
        return loop.time() - began

    with Recorder(archive, begin_run(archive)) as recorder:
        group = Group(recorder)
        with visits(group, 2 * grouping.PART):
            assert grouping.LONGEST <= asyncio.run(alone(group)) < grouping.LONGEST + 5
    assert len(rows(archive)) == 1


def test_what_cannot_be_stored_is_said_to_all_who_wait(archive: Archive) -> None:
    async def fail(group: Group) -> list[int | BaseException]:
        exchanges = [page(at=number) for number in range(3)]
        waiting = (group.record(exchange) for exchange in exchanges)
        return await asyncio.gather(*waiting, return_exceptions=True)

    with Recorder(archive, begin_run(archive)) as recorder:
        group = Group(recorder)
        with archive.session() as session:
            trigger = "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            session.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON capture {trigger}"))
            session.commit()
        with visits(group, 3 * grouping.PART):
            told = asyncio.run(fail(group))
    assert [type(error) for error in told] == [StorageError] * 3
    assert rows(archive) == []


def test_who_gives_up_keeps_nobody_from_being_stored(archive: Archive) -> None:
    async def give_up(group: Group) -> int:
        first = asyncio.ensure_future(group.record(page(b"1")))
        await asyncio.sleep(0)
        first.cancel()
        return await group.record(page(b"2", at=1))

    with Recorder(archive, begin_run(archive)) as recorder:
        group = Group(recorder)
        with visits(group, 2 * grouping.PART):
            number = asyncio.run(give_up(group))
    assert number in [row.id for row in rows(archive)]
    assert list(verify(archive)) == []


def test_while_the_disk_is_slow_everything_else_goes_on(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def slowly(number: int) -> None:
        time.sleep(0.3)
        sync(number)

    async def count(group: Group) -> int:
        turns = 0
        stored = asyncio.ensure_future(group.record(page()))
        while not stored.done():
            await asyncio.sleep(0.01)
            turns += 1
        return turns

    with Recorder(archive, begin_run(archive)) as recorder:
        monkeypatch.setattr(os, "fsync", slowly)
        turns = asyncio.run(count(Group(recorder)))
    assert turns >= 5
    assert len(rows(archive)) == 1


def test_what_is_written_is_indexed_before_the_file_ends(archive: Archive) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        recorder.write(recorder.prepare([page(b"1"), page(b"2", at=1)]))
        assert rows(archive) == []
    assert len(rows(archive)) == 2
    assert list(verify(archive)) == []


def test_after_the_end_nothing_is_written(archive: Archive) -> None:
    with Recorder(archive, begin_run(archive)) as recorder:
        late = recorder.prepare([page()])
    with pytest.raises(StorageError):
        recorder.write(late)
    assert list(archive.store.sizes()) == []
