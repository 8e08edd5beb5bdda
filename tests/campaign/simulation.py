"""Two years of the campaign, with a fast clock: the service decides, this only moves the time on."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from world import FATES, Fate

from archive import agencies
from archive.agencies.lineage import rename
from archive.audit.table import audit
from archive.database.models import Agency
from archive.extraction import extract
from archive.folder import Archive
from crawler.campaign.supervision import Ended
from crawler.campaign.tick import tick
from crawler.run import crawl
from crawler.sampleweb import SampleWeb
from crawler.sampleweb.plan import moment

BEGIN, END = moment("2023-12-20 10:00"), moment("2025-12-20 10:00")
STOPPED = (moment("2025-01-20 12:00"), moment("2025-02-10 09:00"))
"""While the service was stopped."""
YEARS = (2023, 2024)

Following = Callable[[datetime, datetime], datetime]
"""When the service looks again: from now, and from when the next visit is due."""


class AtOnce:
    """The jobs of the campaign in this process."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def crawl(self, place_ids: Sequence[int]) -> Ended:
        done = crawl(self._archive, place_ids=place_ids)
        return Ended(None if done.finished else "; ".join(done.problems))

    def extract(self) -> Ended:
        extract(self._archive)
        return Ended()


@dataclass
class TwoYears:
    """The archive after the simulation, with the moments at which the service worked."""

    archive: Archive
    runs: list[datetime] = field(default_factory=list)
    ticks: int = 0
    _audits: dict[tuple[int, date], dict[str, dict[str, Any]]] = field(default_factory=dict)

    def audit(self, year: int, on: date) -> dict[str, dict[str, Any]]:
        """The audit as of a day, by name."""
        if (year, on) not in self._audits:
            with self.archive.reader() as session:
                found = {entry["agency"]: entry for entry in audit(session, year, on=on)}
            self._audits[year, on] = found
        return self._audits[year, on]

    def status(self, fate: Fate, year: int, on: date) -> str:
        """What is said of an agency, under the name under which it owes the report."""
        entries = self.audit(year, on)
        names = [fate.agency, *(fate.renamed[:1] if fate.renamed else ())]
        found = [entries[name]["status"] for name in names if name in entries]
        owing = [status for status in found if status != "exempt"] or found
        assert len(owing) == 1, found
        return str(owing[0])


def environment(web: SampleWeb) -> dict[str, str]:
    """Settings under which the service sees the small web and nothing else."""
    return {
        "http_proxy": web.proxy_url,
        "https_proxy": web.proxy_url,
        "GONGKAI_CRAWL__OFFICIAL_DOMAINS": ".gov.test",
        "GONGKAI_CRAWL__DELAY": "0",
        "GONGKAI_CRAWL__RETRIES": "0",
        "GONGKAI_CRAWL__PROCESSES": "1",
        "GONGKAI_EXTRACT__PROCESSES": "1",
        "GONGKAI_CRAWL__CONTACT": "test@example.org",
    }


def foreign(variables: Mapping[str, str]) -> list[str]:
    """Variables of the environment that must not reach a simulation."""
    return [
        name
        for name in variables
        if name.startswith("GONGKAI_") or name.lower() in ("no_proxy", "http_proxy", "https_proxy")
    ]


def make_archive(folder: Path) -> Archive:
    """An archive with the agencies of the world."""
    archive = Archive.create(folder / "archive")
    register = folder / "agencies.csv"
    with register.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("name", "kind", "home_url"))
        rows.writerows((fate.agency, fate.kind, fate.url) for fate in FATES)
    with archive.session() as session:
        agencies.import_csv(session, register)
        session.commit()
    return archive


def simulate(
    archive: Archive,
    web: SampleWeb,
    following: Following,
    variables: MutableMapping[str, str] = os.environ,
    tell: Callable[[datetime, dict[str, Any]], None] = lambda now, run: None,
) -> TwoYears:
    """Tick from :data:`BEGIN` to :data:`END`, but not while the service is :data:`STOPPED`."""
    done = TwoYears(archive)
    jobs = AtOnce(archive)
    now, renamed = BEGIN, False
    while now < END:
        web.clock = now
        variables["GONGKAI_NOW"] = now.isoformat()
        for fate in FATES:
            if fate.renamed and now >= moment(fate.renamed[1]) and not renamed:
                _rename(archive, fate, fate.renamed)
                renamed = True
        ticked = tick(archive, jobs, tell=lambda text: None)
        assert ticked.held is None, ticked.held
        assert ticked.problems == [], ticked.problems
        done.ticks += 1
        if ticked.run_id is not None:
            done.runs.append(now)
            tell(now, ticked.summary)
        due = ticked.agenda.following()
        assert due is not None
        after = max(following(now, due), now + timedelta(minutes=1))
        now = STOPPED[1] if STOPPED[0] <= after < STOPPED[1] else after
    return done


def _rename(archive: Archive, fate: Fate, renamed: tuple[str, str]) -> None:
    with archive.session() as session:
        old = session.scalars(select(Agency).filter_by(name=fate.agency)).one()
        rename(session, old, renamed[0], 2024, origin="test")
        session.commit()
