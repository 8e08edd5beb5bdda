"""Bring the database up to date, for SQLite and PostgreSQL. Alembic takes a third of a second to import."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from archive.database import fulltext, views
from archive.database.models import ViewDefinition
from archive.database.session import READ_ONLY, DatabaseError, engine, public

_UPGRADE_LOCK = 0x676F6E67
"""Key of the lock that lets one process at a time upgrade a PostgreSQL database."""


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
            f"the database {public(url)} was made by a newer version of Gongkai; upgrade Gongkai"
        ) from None
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise DatabaseError(f"cannot use the database {public(url)}: {cause}") from None
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
