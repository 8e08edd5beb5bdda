"""What tests of crawls share: an archive with a register, the environment, results to compare."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.clock import CHINA
from archive.database.models import Agency, Sighting, Visit
from archive.folder import Archive
from crawler.sampleweb import AGENCIES_CSV

DAY = datetime(2025, 4, 2, 10, 0, tzinfo=CHINA)


def set_environment(
    monkeypatch: pytest.MonkeyPatch, proxy: str | None, moment: datetime = DAY, **crawl: object
) -> None:
    """The environment of a crawl through ``proxy``; ``crawl`` are settings of ``[crawl]``."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        if proxy:
            monkeypatch.setenv(name, proxy)
        else:
            monkeypatch.delenv(name, raising=False)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GONGKAI_NOW", moment.isoformat())
    settings = {"official_domains": ".gov.test", "delay": 0, "contact": "test@example.org"} | crawl
    for name, value in settings.items():
        monkeypatch.setenv(f"GONGKAI_CRAWL__{name.upper()}", str(value))


def sample_register() -> list[dict[str, str]]:
    """The agencies of the sample web."""
    with AGENCIES_CSV.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make_archive(path: Path, register: list[dict[str, str]]) -> Archive:
    """A new archive with the agencies of ``register``."""
    archive = Archive.create(path)
    with archive.session() as session:
        made: dict[str, Agency] = {}
        for row in register:
            agency = Agency(
                name=row["name"],
                kind=row.get("kind"),
                division_code=row.get("division_code", ""),
                home_url=row.get("home_url") or None,
                annual_report_url=row.get("annual_report_url") or None,
                parent=made.get(row.get("parent", "")),
            )
            made[row["name"]] = agency
            session.add(agency)
        session.commit()
    return archive


@dataclass(frozen=True)
class Seen:
    """A sighting, reduced to what does not depend on ids and order."""

    host: str
    url: str
    title: str
    year: int | None
    agency: str | None
    day: date | None
    sha256: str | None


def sightings(archive: Archive, run_id: int | None = None) -> set[Seen]:
    """What was seen, by one run or by all; fails if a visit saw one address twice."""
    with archive.reader() as session:
        query = select(Sighting).join(Visit)
        if run_id is not None:
            query = query.where(Visit.run_id == run_id)
        rows = list(session.scalars(query))
        keys = [(row.visit_id, row.url) for row in rows]
        assert len(keys) == len(set(keys)), "a report was seen twice by one visit"
        return {
            Seen(
                row.visit.place.host if row.visit else "",
                row.url,
                row.title,
                row.year,
                row.agency_name,
                row.displayed_date,
                row.document.sha256 if row.document else None,
            )
            for row in rows
        }


def verdicts(archive: Archive, run_id: int | None = None) -> Mapping[str, tuple[str, str | None]]:
    """Verdict and kind by host, of the latest visits or of one run's."""
    with archive.reader() as session:
        query = select(Visit).order_by(Visit.id)
        if run_id is not None:
            query = query.filter_by(run_id=run_id)
        return {v.place.host: (v.verdict, v.kind) for v in session.scalars(query)}
