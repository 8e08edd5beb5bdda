"""Engines for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool, QueuePool

# Named so that every process knows their tables and keeps note of changes.
from archive.database import audit_counts, changes, unread, untried  # noqa: F401
from archive.errors import JobError

READ_ONLY = "gongkai_read_only"
"""Execution option of an engine whose transactions only read."""
_OLD = 300
"""Seconds for which a connection is kept."""


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
            f"cannot use the database {public(url)}: {error}. For PostgreSQL write "
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


def refresh_statistics(connection: Connection) -> None:
    """Let the planner know the sizes of tables: without, SQLite guesses, and joins by the wrong end.

    PostgreSQL does it by itself.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA analysis_limit = 400")
        connection.exec_driver_sql("ANALYZE")


def public(url: str) -> str:
    """``url`` without a password."""
    head, at, tail = url.rpartition("@")
    scheme, separator, _secret = head.partition("://")
    return f"{scheme}{separator}…@{tail}" if at else url
