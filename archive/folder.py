"""The folder of an archive: ``gongkai.toml``, the database, ``warc/`` and ``logs/``."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from archive import settings as settings_module
from archive.audit import local_rules
from archive.database import session as database
from archive.errors import JobError, UsageError
from archive.settings import Settings
from archive.store import Store

DATABASE = "gongkai.sqlite"
"""The file of the database, where the settings name no other."""


class ArchiveError(UsageError):
    """The folder cannot be used as an archive; the message says what to do."""


class ArchiveBusy(JobError):
    """Another process does the same work in this archive."""


@dataclass(frozen=True)
class Archive:
    """An open archive. ``path`` is absolute; the database is brought up to date on opening."""

    path: Path
    settings: Settings = field(repr=False)

    @classmethod
    def create(cls, path: Path, database_url: str = "") -> Archive:
        """Make an archive in ``path``, which must not exist or be empty.

        Raises :class:`ArchiveError` if it cannot be made.
        """
        path = path.absolute()
        if (path / settings_module.FILE_NAME).exists():
            raise ArchiveError(f"{path} is an archive already")
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise ArchiveError(f"{path} is not empty; name a new folder for the archive")
        try:
            for folder in (path, path / "warc", path / "logs"):
                folder.mkdir(parents=True, exist_ok=True)
            text = settings_module.render(database=database_url)
            (path / settings_module.FILE_NAME).write_text(text, encoding="utf-8")
        except OSError as error:
            raise ArchiveError(f"cannot make an archive in {path}: {error.strerror}") from None
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Archive:
        """Open the archive in ``path``.

        Raises :class:`ArchiveError` if there is none, :class:`~archive.settings.SettingsError` for
        a setting that cannot be used, :class:`~archive.database.session.DatabaseError` if the
        database cannot be reached or is of a newer version.
        """
        path = path.absolute()
        if not (path / settings_module.FILE_NAME).is_file():
            raise ArchiveError(f"{path} is not an archive; make one with: gongkai init {path}")
        archive = cls.opened(path)
        # Only who opens an archive first needs what takes long to import.
        from archive.database.upgrading import upgrade

        upgrade(archive.database_url)
        return archive

    @classmethod
    def opened(cls, path: Path) -> Archive:
        """The archive in ``path`` for a process whose parent has opened it."""
        return cls(path, settings_module.load(path))

    @classmethod
    def lost_database(cls, path: Path) -> bool:
        """Whether the folder has WARC files, and the SQLite database that they were entered in is not there."""
        if not (path / settings_module.FILE_NAME).is_file():
            return False
        archive = cls.opened(path.absolute())
        return (
            not archive.settings.database
            and not (archive.path / DATABASE).exists()
            and any(archive.warc_folder.glob("*.warc.gz"))
        )

    @property
    def database_url(self) -> str:
        """The address of the database, for SQLAlchemy."""
        return self.settings.database or f"sqlite:///{self.path / DATABASE}"

    @property
    def warc_folder(self) -> Path:
        """Where WARC files are written."""
        return self.path / "warc"

    @cached_property
    def store(self) -> Store:
        """The WARC files by name, in that folder or in the store of ``[store]``."""
        return Store(self.warc_folder, self.settings.store)

    @property
    def log_folder(self) -> Path:
        """Where the logs of long runs are."""
        return self.path / "logs"

    @cached_property
    def engine(self) -> Engine:
        """The engine of the database, one per process."""
        return database.engine(self.database_url)

    def session(self) -> Session:
        """A session that may write; use it in a ``with`` block and commit what should stay."""
        return Session(self.engine, expire_on_commit=False, info=self._info)

    def reader(self) -> Session:
        """A session that only reads: it never waits for a writer and never keeps one waiting."""
        return Session(self.engine.execution_options(**{database.READ_ONLY: True}), info=self._info)

    def served(self) -> Session:
        """A :meth:`reader` for a process that answers many questions: its connection is kept for the next."""
        return Session(self._kept, info=self._info)

    @cached_property
    def _kept(self) -> Engine:
        made = database.engine(self.database_url, keep=True)
        return made.execution_options(**{database.READ_ONLY: True})

    def close(self) -> None:
        """Close the connections that are kept."""
        self._kept.dispose()

    @cached_property
    def _info(self) -> dict[str, object]:
        """What sessions carry: the local rules on due dates that the settings add."""
        name = self.settings.audit.local_rules
        return {local_rules.LOCAL_RULES: local_rules.with_file(self.path / name)} if name else {}

    @contextlib.contextmanager
    def lock(self, work: str) -> Iterator[None]:
        """Hold the archive for one kind of work (``crawl``, ``extract``); a killed holder lets go.

        Raises :class:`ArchiveBusy` if another process holds it.
        """
        path = self.path / f"{work}.lock"
        with path.open("a+", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip()
                raise ArchiveBusy(
                    f"another {work} works in {self.path} (process {holder or 'unknown'}); "
                    "wait for it or stop it"
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield
