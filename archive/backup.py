"""A copy of everything in an archive that is not a WARC file, consistent while a crawl works.

The copy is a folder named by the moment, made under another name and renamed when it is whole. It holds
the database, the settings, what people entered, whatever other files lie beside them, ``warc.sha256`` with
the digests of all finished WARC files, and ``SHA256SUMS`` over itself; ``sha256sum -c`` understands both.
A record is in its WARC file before the database knows it: so WARC files that are copied after the backup
was begun have everything that the backup speaks of.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive import clock, warc
from archive.errors import JobError
from archive.folder import DATABASE, Archive
from archive.people import open_people

SUMS, WARC_SUMS = "SHA256SUMS", "warc.sha256"
_LEFT_OUT = (".lock", ".part", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Backup:
    """What was written: the folder, the names of its files, and whether the database is among them."""

    folder: Path
    files: tuple[str, ...]
    database: bool


def back_up(archive: Archive, target: Path) -> Backup:
    """Write a backup into a new folder in ``target``, which is made if need be.

    A database on a server is left out: it has tools of its own. Raises
    :class:`~archive.errors.JobError` where the copy cannot be written or is not what was read; then
    nothing is left of it.
    """
    made = target / f"gongkai-{clock.now():%Y%m%dT%H%M%SZ}"
    draft = made.with_name(made.name + ".part")
    try:
        target.mkdir(parents=True, exist_ok=True)
        draft.mkdir()
        try:
            files, database = _fill(archive, draft)
            if made.exists():
                raise FileExistsError(17, "there is a backup of this second already")
            draft.rename(made)
            warc.sync_folder(target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as error:
        raise JobError(
            f"no backup was made in {target}: {error.strerror or error}; nothing of it is left there"
        ) from None
    except sqlite3.Error as error:
        raise JobError(f"no backup was made in {target}: {error}") from None
    return Backup(made, files, database)


def _fill(archive: Archive, folder: Path) -> tuple[tuple[str, ...], bool]:
    source = _database_file(archive)
    if source is not None:
        _copy_database(source, folder / DATABASE)
    # After the database: what people said meanwhile is then in this file at least.
    with open_people(archive):
        for path in sorted(archive.path.iterdir()):
            ours = source is not None and path == source
            if path.is_file() and not path.name.endswith(_LEFT_OUT) and not ours:
                _copy(path, folder / path.name)
    seals = ((name, archive.store.seal(name)) for name in sorted(archive.store.sealed()))
    lines = "".join(f"{digest}  {name}\n" for name, digest in seals if digest)
    (folder / WARC_SUMS).write_text(lines, encoding="ascii")
    names = tuple(sorted(path.name for path in folder.iterdir()))
    sums = "".join(f"{warc.file_digest(folder / name)}  {name}\n" for name in names)
    (folder / SUMS).write_text(sums, encoding="utf-8")
    for name in (*names, SUMS):
        with (folder / name).open("rb") as file:
            os.fsync(file.fileno())
    warc.sync_folder(folder)
    return names, source is not None


def _database_file(archive: Archive) -> Path | None:
    """The file of the database; None if it is on a server."""
    url = archive.engine.url
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _copy_database(source: Path, target: Path) -> None:
    """Copy the database as it is at this moment; writers go on meanwhile."""
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=60)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        # One file is left then, without a log beside it.
        new.execute("PRAGMA journal_mode = DELETE")
        ((state,),) = new.execute("PRAGMA quick_check(1)")
    if state != "ok":
        raise JobError(
            f"no backup was made: the database {source} is damaged ({state}); "
            "move it away and make it again with: gongkai rebuild"
        )


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    if warc.file_digest(target) != warc.file_digest(source):
        raise OSError(0, f"{source.name} did not arrive whole, or changed meanwhile; try again")
