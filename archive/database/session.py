"""Engines and migrations for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

# The first two are named so that every process knows their tables and keeps note of changes.
from archive.database import audit_counts, changes, fulltext, views  # noqa: F401
from archive.database.models import ViewDefinition
from archive.errors import JobError

READ_ONLY = "gongkai_read_only"
"""Execution option of an engine whose transactions only read."""
_OLD = 300
"""Seconds for which a connection is kept."""
_UPGRADE_LOCK = 0x676F6E67
"""Key of the lock that lets one process at a time upgrade a PostgreSQL database."""


class DatabaseError(JobError):
    """The database cannot be used; the message says why in one line."""


def engine(url: str, *, keep: bool = False) -> Engine:
    """An engine for ``url``: on SQLite with foreign keys, write-ahead log and a busy time-out.

    With ``keep`` connections stay open for the next who asks, on SQLite too, where to open one takes longer than
    most questions. Raises :class:`DatabaseError` for an address that no driver understands.
    """
    options: dict[str, Any] = {"poolclass": NullPool} if url.startswith("sqlite") else {}
    if keep:
        # A file that was put in the place of another is noticed when its connections have grown old.
        options = {"poolclass": QueuePool, "max_overflow": -1, "pool_recycle": _OLD}
    try:
        made = create_engine(url, **options)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise DatabaseError(
            f"cannot use the database {_public(url)}: {error}. For PostgreSQL write "
            "postgresql+psycopg://… and install gongkai[postgresql]"
        ) from None
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _configure_sqlite)
        event.listen(made, "begin", _begin)
    return made


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own transactions start late and cannot be made IMMEDIATE; we start them ourselves.
    connection.isolation_level = None
    for pragma in (
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "busy_timeout = 60000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and then writes would fail at once if another wrote between:
    # writers take the lock at the beginning. Readers never need it.
    reading = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def upgrade(url: str) -> None:
    """Bring the tables, the views and the full-text index up to date; does nothing when they are.

    Raises :class:`DatabaseError` if the database cannot be reached, or was made by a newer version.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    head = ScriptDirectory.from_config(config).get_current_head()
    made = engine(url)
    try:
        with made.execution_options(**{READ_ONLY: True}).begin() as connection:
            if _is_current(connection, head):
                return
        with made.begin() as connection:
            # Another process may have done it while we waited for the lock.
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
            if not _is_current(connection, head):
                _upgrade(connection, config)
    except CommandError:
        raise DatabaseError(
            f"the database {_public(url)} was made by a newer version of Gongkai; upgrade Gongkai"
        ) from None
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise DatabaseError(f"cannot use the database {_public(url)}: {cause}") from None
    finally:
        made.dispose()


def _is_current(connection: Connection, head: str | None) -> bool:
    current = MigrationContext.configure(connection).get_current_revision()
    # No head: the first migration is being written.
    return current == head and (head is None or views.up_to_date(connection))


def _upgrade(connection: Connection, config: Config) -> None:
    # A table under a view cannot be changed, so the views go first.
    if inspect(connection).has_table(ViewDefinition.__tablename__):
        views.drop(connection)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    views.create(connection)
    fulltext.create(connection)


def refresh_statistics(connection: Connection) -> None:
    """Let the planner know the sizes of tables: without, SQLite guesses, and joins by the wrong end.

    PostgreSQL does it by itself.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA analysis_limit = 400")
        connection.exec_driver_sql("ANALYZE")


def _public(url: str) -> str:
    """``url`` without a password."""
    head, at, tail = url.rpartition("@")
    scheme, separator, _secret = head.partition("://")
    return f"{scheme}{separator}…@{tail}" if at else url
