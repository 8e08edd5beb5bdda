"""A backup and the WARC files give the archive back, whenever it was made."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from exchanges import begin_run, page, rows
from publishing import NAME, Publisher, command, document, figures, tree

from archive import backup as backup_module
from archive.backup import SUMS, WARC_SUMS, back_up
from archive.captures import Recorder
from archive.errors import JobError
from archive.extraction import extract
from archive.fixity import verify
from archive.folder import Archive
from archive.rebuild import rebuild
from archive.recovery import recover


def restore(backup: Path, warc: Path, target: Path) -> Archive:
    """As docs/operating.md tells it."""
    shutil.copytree(backup, target)
    shutil.copytree(warc, target / "warc")
    archive = Archive.open(target)
    rebuild(archive)
    extract(archive)
    return archive


def check_sums(sums: Path, at: Path) -> None:
    subprocess.run(["sha256sum", "--quiet", "-c", sums], cwd=at, check=True)


def test_a_restored_archive_says_the_same(archive: Archive, tmp_path: Path) -> None:
    published = Publisher(archive)
    published.visit("2025-01-20", document())
    published.read()
    command(
        archive, "correct", NAME, 2024, "requests.received_new.total", 6, "--reason", "misprint"
    )
    (archive.path / "local-rules.csv").write_text("beside", encoding="utf-8")
    made = back_up(archive, tmp_path / "backups")
    kept = {"gongkai.sqlite", "gongkai.toml", "local-rules.csv", "people.jsonl", WARC_SUMS}
    assert kept <= set(made.files)
    assert {*made.files, SUMS} == set(tree(made.folder))
    assert not any(name.endswith((".lock", "-wal", "-shm")) for name in made.files)
    check_sums(made.folder / SUMS, made.folder)
    check_sums(made.folder / WARC_SUMS, archive.warc_folder)

    # What came after the backup is in the WARC files that are copied after it.
    published.visit("2025-03-20", document(figures(), extra="补充一句。"))
    published.read()
    second = restore(made.folder, archive.warc_folder, tmp_path / "restored")
    assert list(verify(second)) == []
    for number, each in enumerate((archive, second)):
        command(each, "export", tmp_path / f"export{number}")
    assert tree(tmp_path / "export0") == tree(tmp_path / "export1")
    assert "misprint" in command(second, "corrections", "--format", "csv")


def test_a_backup_during_a_crawl_is_consistent(archive: Archive, tmp_path: Path) -> None:
    stop = threading.Event()
    with Recorder(archive, begin_run(archive)) as recorder:
        recorder.record(page(b"first"))

        def work() -> None:
            at = 1
            while not stop.is_set() and at < 2000:
                recorder.record(page(b"%d" % at, at=at, url=f"http://a.gov.cn/{at}"))
                at += 1

        worker = threading.Thread(target=work)
        worker.start()
        try:
            made = back_up(archive, tmp_path)
        finally:
            stop.set()
            worker.join()
    target = tmp_path / "restored"
    shutil.copytree(made.folder, target)
    shutil.copytree(archive.warc_folder, target / "warc")
    second = Archive.open(target)
    known = rows(second)
    assert 1 <= len(known) <= len(rows(archive))
    assert {problem.kind for problem in verify(second)} <= {"not_indexed"}
    recover(second)
    rebuild(second)
    assert list(verify(second)) == []
    assert len(rows(second)) == len(rows(archive))


def test_a_database_on_a_server_is_left_to_its_tools(tmp_path: Path, postgresql: str) -> None:
    archive = Archive.create(tmp_path / "archive", postgresql)
    made = back_up(archive, tmp_path / "backups")
    archive.engine.dispose()
    assert not made.database
    assert made.files == ("gongkai.toml", WARC_SUMS)


def test_a_backup_that_cannot_be_written_leaves_nothing(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    assert "no backup was made" in command(archive, "backup", tmp_path / "file", status=1)

    def full(source: Path, target: Path) -> None:
        target.write_bytes(b"")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_module.shutil, "copyfile", full)
    with pytest.raises(JobError, match="No space left on device; nothing of it is left"):
        back_up(archive, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_the_command_says_what_else_to_copy(archive: Archive, tmp_path: Path) -> None:
    said = command(archive, "backup", tmp_path / "backups")
    (made,) = (tmp_path / "backups").iterdir()
    assert str(made) in said
    assert made.name.startswith("gongkai-2")
    assert "no store" in command(archive, "upload", status=2)
