"""An archive after a winter of visits, and the evidence folders written from it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from commandline import Gongkai, runner

from archive.agencies import import_csv
from archive.assignment import assign
from archive.clock import CHINA
from archive.folder import Archive
from crawler.commands.evidence import evidence
from crawler.sampleweb import AGENCIES_CSV, SampleWeb

DAYS = tuple(
    datetime(2025, month, day, 10, tzinfo=CHINA) for month, day in ((1, 24), (2, 3), (4, 2))
)

Evidence = Callable[[str], Path]


@pytest.fixture(scope="session")
def archive_of_winter(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive that was brought up to date three times; its documents are not read."""
    folder = tmp_path_factory.mktemp("winter") / "archive"
    archive = Archive.create(folder)
    with archive.session() as session:
        import_csv(session, AGENCIES_CSV)
        session.commit()
    run = runner(folder)
    with SampleWeb(clock=DAYS[0]) as web:
        for day in DAYS:
            web.clock = day
            run("crawl", web=web.proxy_url, now=day)
    with archive.session() as session:
        assign(session)
        session.commit()
    return archive


@pytest.fixture(scope="session")
def winter(archive_of_winter: Archive) -> Gongkai:
    """The command line on it."""
    return runner(archive_of_winter.path)


@pytest.fixture(scope="session")
def written(archive_of_winter: Archive, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """The evidence folder of an agency for 2024, written once."""
    made: dict[str, Path] = {}

    def write(agency: str) -> Path:
        if agency not in made:
            made[agency] = tmp_path_factory.mktemp("evidence") / "folder"
            evidence(agency, 2024, made[agency], folder=archive_of_winter.path)
        return made[agency]

    return write


@pytest.fixture
def copied(written: Evidence, tmp_path: Path) -> Evidence:
    """A copy of an evidence folder, to do with as a test wants."""

    def copy(agency: str) -> Path:
        target = tmp_path / f"{agency}-copy"
        shutil.copytree(written(agency), target)
        return target

    return copy
