"""``gongkai sql``: one query, on a connection that can only read, for a limited time.

SQLite opens the file for reading, refuses every statement but SELECT, and asks after every few
thousand steps whether the time is over. PostgreSQL runs the query in a read-only transaction with a
statement time-out. Rows come a few at a time, whatever their number. The time limit counts the work of the
database, not the patience of whoever reads the rows.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import make_url

from archive.database.views import VIEWS
from archive.errors import JobError, UsageError
from archive.folder import Archive

_BATCH = 500
_STEPS = 10_000
"""Steps of SQLite between two looks at the clock: about a millisecond."""
_LARGEST_VALUE = 50_000_000
"""Bytes a single value of a SQLite query may have."""


class QueryError(UsageError):
    """The query is not one that can be run; the message says why."""


class QueryTimeout(JobError):
    """The query took longer than the settings allow."""


class _Cursor(Protocol):
    @property
    def description(self) -> Any: ...

    def fetchmany(self, size: int) -> list[Any]: ...


class _Stopwatch:
    """Adds up the time the database works."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._spent = 0.0
        self._since: float | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._spent += time.monotonic() - self._since
            self._since = None

    @property
    def over(self) -> bool:
        now = 0.0 if self._since is None else time.monotonic() - self._since
        return self._spent + now > self.limit


@contextmanager
def query(archive: Archive, sql: str) -> Iterator[tuple[list[str], Iterator[dict[str, Any]]]]:
    """Run ``sql`` and give the names of its columns and its rows, as long as the block lasts.

    A name that comes twice gets a number. Times are text in UTC, money is a number.

    Raises :class:`QueryError` for what is no single reading query and :class:`QueryTimeout` when the time
    is over, both also while rows are taken.
    """
    if not sql.strip().rstrip(";").strip():
        raise QueryError('write a query, such as "SELECT * FROM reports LIMIT 10"')
    watch = _Stopwatch(archive.settings.query.seconds)
    url = make_url(archive.database_url)
    if url.get_backend_name() == "sqlite":
        with _sqlite_errors(watch), closing(_open_sqlite(url.database or "", watch)) as connection:
            with watch.running():
                cursor = connection.execute(sql)
            yield _names(cursor), _rows(cursor, watch)
        return
    with (
        _postgresql_errors(watch),
        closing(archive.engine.raw_connection()) as pooled,
        _reading(pooled.driver_connection, watch) as cursor,
    ):
        with watch.running():
            cursor.execute(sql)
        yield _names(cursor), _rows(cursor, watch)


def _open_sqlite(path: str, watch: _Stopwatch) -> sqlite3.Connection:
    address = f"{Path(path).absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=60)
    connection.execute("PRAGMA query_only = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.set_authorizer(_authorize)
    connection.set_progress_handler(lambda: watch.over, _STEPS)
    return connection


def _authorize(action: int, _first: str | None, second: str | None, *_: Any) -> int:
    reading = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE)
    harmless = action == sqlite3.SQLITE_FUNCTION and second not in _FUNCTIONS_REFUSED
    return sqlite3.SQLITE_OK if action in reading or harmless else sqlite3.SQLITE_DENY


_FUNCTIONS_REFUSED = frozenset(
    {"load_extension", "fts3_tokenizer", "writefile", "readfile", "edit"}
)


@contextmanager
def _sqlite_errors(watch: _Stopwatch) -> Iterator[None]:
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.Warning):
        raise QueryError("write one query at a time, without a zero character") from None
    except sqlite3.Error as error:
        message = str(error)
        if watch.over:
            raise _timeout(watch) from None
        if "authoriz" in message or "prohibited" in message:
            raise _only_reading() from None
        raise _failed(error, "no such table" in message) from None


@contextmanager
def _reading(connection: Any, watch: _Stopwatch) -> Iterator[Any]:
    """A cursor in a read-only transaction; it takes SELECT only, and one at a time."""
    connection.rollback()
    connection.read_only = True
    try:
        limit = math.ceil(watch.limit * 1000)
        # All rows are taken, not the tenth that PostgreSQL expects of a cursor when it plans.
        connection.execute(
            f"SET LOCAL statement_timeout = {limit}; SET LOCAL TimeZone = 'UTC'; "
            "SET LOCAL cursor_tuple_fraction = 1"
        )
        with connection.cursor(name="gongkai_sql") as cursor:
            yield cursor
    finally:
        connection.rollback()
        connection.read_only = None


@contextmanager
def _postgresql_errors(watch: _Stopwatch) -> Iterator[None]:
    from psycopg import Error, errors

    try:
        yield
    except errors.QueryCanceled:
        raise _timeout(watch) from None
    except (errors.ReadOnlySqlTransaction, errors.InvalidCursorDefinition):
        raise _only_reading() from None
    except Error as error:
        raise _failed(error, isinstance(error, errors.UndefinedTable)) from None


def _only_reading() -> QueryError:
    return QueryError("the archive can only be read here: write a SELECT")


def _failed(error: Exception, no_such_table: bool) -> QueryError:
    message = str(error).strip() or type(error).__name__
    there_are = f"; there are {', '.join(view.name for view in VIEWS)}" if no_such_table else ""
    return QueryError(f"the query failed: {message.splitlines()[0]}{there_are}")


def _timeout(watch: _Stopwatch) -> QueryTimeout:
    return QueryTimeout(
        f"the query took longer than {watch.limit:g} s; ask for less, or raise seconds under [query] in "
        "gongkai.toml"
    )


def _names(cursor: _Cursor) -> list[str]:
    if cursor.description is None:
        raise QueryError('write a query, such as "SELECT * FROM reports LIMIT 10"')
    names: list[str] = []
    for column in cursor.description:
        name, number = column[0], 1
        while name in names:
            number += 1
            name = f"{column[0]}_{number}"
        names.append(name)
    return names


def _rows(cursor: _Cursor, watch: _Stopwatch) -> Iterator[dict[str, Any]]:
    names = _names(cursor)
    while True:
        with watch.running():
            batch = cursor.fetchmany(_BATCH)
        if not batch:
            return
        if watch.over:
            raise _timeout(watch)
        for row in batch:
            yield dict(zip(names, map(_value, row), strict=True))


def _value(value: Any) -> Any:
    """A value as all formats can write it, and the same from both databases."""
    match value:
        case bool():
            return int(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case float() if not math.isfinite(value):
            return str(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case None | int() | float() | str() | list() | dict():
            return value
    return str(value)
