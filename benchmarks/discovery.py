"""Discovery measured on a nation of imitated sites, against the truth about them.

    python benchmarks/discovery.py [--cities 76] [--archive DIR]

Crawls on 12 January, when half of the reports are out, and again on 2 April by the recipes of the first
crawl; assigns what was seen, audits, and holds it against the truth. Ends with status 1 where a promise
is broken: recall 99 %, precision 99.5 %, no accusation of anybody who published in time or whose site
was down, blocked or forbidden, no request that robots.txt forbids, never two requests at once to a host, none
to a host that is no government's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from sqlalchemy import select

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests"), str(REPOSITORY / "tests" / "crawler")]

from crawling import make_archive  # noqa: E402
from govweb.nation import Nation, build  # noqa: E402

from archive import assignment  # noqa: E402
from archive.audit.table import audit  # noqa: E402
from archive.clock import CHINA  # noqa: E402
from archive.database.models import Agency, Sighting, Visit  # noqa: E402
from archive.folder import Archive  # noqa: E402
from crawler.run import crawl  # noqa: E402
from crawler.sampleweb import SampleWeb  # noqa: E402

FIRST = datetime(2025, 1, 12, 10, 0, tzinfo=CHINA)
SECOND = datetime(2025, 4, 2, 10, 0, tzinfo=CHINA)


@dataclass
class Measured:
    """What the crawls of a nation gave. Shares are of 1; ``wrong_*`` and ``robots`` … list offences."""

    sites: int = 0
    agencies: int = 0
    visible: int = 0
    found: int = 0
    assigned: int = 0
    recall: float = 0.0
    precision: float = 0.0
    named_right: float = 0.0
    missed: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    accused: list[str] = field(default_factory=list)
    proven: dict[str, int] = field(default_factory=dict)
    robots: list[str] = field(default_factory=list)
    unofficial: list[str] = field(default_factory=list)
    at_once: list[str] = field(default_factory=list)
    verdicts: dict[str, int] = field(default_factory=dict)
    requests_first: float = 0.0
    requests_again: float = 0.0
    above_allowance: float = 0.0
    seconds: float = 0.0

    def broken(self) -> list[str]:
        """The promises that were not kept."""
        offences = {
            "recall": self.recall < 0.99,
            "precision": self.precision < 0.995,
            "agency and year": self.named_right < 0.995,
            "accusations": bool(self.accused),
            "robots.txt": bool(self.robots),
            "unofficial hosts": bool(self.unofficial),
            "one request at a time": bool(self.at_once),
            "requests of the second crawl": self.above_allowance > 0,
        }
        return [name for name, offence in offences.items() if offence]


def measure(nation: Nation, folder: Path) -> Measured:
    """Crawl ``nation`` twice into an archive in ``folder`` and compare.

    The environment must not name another proxy; it is changed for the processes of the crawl.
    """
    started = time.monotonic()
    with SampleWeb(clock=FIRST, sites=nation.sites) as web:
        _environment(web.proxy_url, FIRST)
        archive = Archive.open(make_archive(folder / "archive", nation.register()).path)
        first = crawl(archive, year=2024).run_id
        web.clock = SECOND
        _environment(web.proxy_url, SECOND)
        second = crawl(archive, year=2024).run_id
        log = list(web.log)
    with archive.session() as session:
        assignment.assign(session)
        session.commit()
    measured = Measured(len(nation.sites), len(nation.bodies))
    _compare(archive, nation, second, measured)
    _accusations(archive, nation, measured)
    _requests(archive, first, second, measured)
    for host in {visit.host for visit in log}:
        own = sorted((v for v in log if v.host == host), key=lambda v: v.started)
        if host not in web.sites:
            measured.unofficial.append(host)
        if any(b.started < a.finished for a, b in pairwise(own)):
            measured.at_once.append(host)
        if host in nation.forbidding:
            measured.robots += [v.path for v in own if v.path != "/robots.txt"]
    measured.seconds = round(time.monotonic() - started, 1)
    return measured


def _environment(proxy: str, now: datetime) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        os.environ[name] = proxy
    for name in ("no_proxy", "NO_PROXY"):
        os.environ.pop(name, None)
    os.environ["GONGKAI_NOW"] = now.isoformat()
    settings = {"OFFICIAL_DOMAINS": ".gov.test", "DELAY": "0", "RETRIES": "0"}
    os.environ.update({f"GONGKAI_CRAWL__{name}": value for name, value in settings.items()})


def _compare(archive: Archive, nation: Nation, run: int, measured: Measured) -> None:
    """Hold what the second crawl saw against what was there to be seen."""
    truth = {report for body in nation.bodies for report in body.visible(SECOND)}
    # What breaks off cannot be read by anybody to its end.
    broken = {b.name for b in nation.bodies if b.state in ("broken", "mute")}
    reachable = {report for report in truth if report[0] not in broken}
    everything = {(b.name, year) for b in nation.bodies for year in b.published}
    with archive.reader() as session:
        rows = session.execute(
            select(Sighting.title, Sighting.agency_name, Sighting.year, Agency.name)
            .join(Visit, Sighting.visit_id == Visit.id)
            .outerjoin(Agency, Sighting.agency_id == Agency.id)
            .where(Visit.run_id == run)
        ).all()
        for verdict, kind in session.execute(
            select(Visit.verdict, Visit.kind).where(Visit.run_id == run)
        ):
            name = f"{verdict}:{kind}" if kind else verdict
            measured.verdicts[name] = measured.verdicts.get(name, 0) + 1
    seen = {(agency, year) for _title, _name, year, agency in rows if agency}
    right = sum((agency or name, year) in everything for _title, name, year, agency in rows)
    measured.visible, measured.found, measured.assigned = len(reachable), len(rows), len(seen)
    measured.recall = len(seen & reachable) / len(reachable)
    measured.precision = len(seen & everything) / len(seen)
    measured.named_right = right / len(rows)
    measured.missed = sorted(f"{name} {year}" for name, year in reachable - seen)[:20]
    measured.invented = sorted(f"{name} {year}" for name, year in seen - everything)[:20]


def _accusations(archive: Archive, nation: Nation, measured: Measured) -> None:
    """Every ``missing`` and ``late`` must be true, and provable by somebody who was let in."""
    bodies = {body.name: body for body in nation.bodies}
    with archive.reader() as session:
        for entry in audit(session, 2024, on=SECOND.date()):
            if entry["status"] not in ("missing", "late"):
                continue
            body = bodies[entry["agency"]]
            day = body.published.get(2024)
            in_time = day is not None and str(day.date()) <= str(entry["due"])
            if in_time or not body.seen or (day is not None and entry["status"] == "missing"):
                measured.accused.append(f"{entry['agency']}: {entry['status']}, {entry['reason']}")
            else:
                measured.proven[entry["status"]] = measured.proven.get(entry["status"], 0) + 1


def _requests(archive: Archive, first: int, second: int, measured: Measured) -> None:
    """Requests a place, and by how much the second crawl went above 3 a place and 1.5 a new report."""
    with archive.reader() as session:
        made: dict[int, dict[int, Visit]] = {first: {}, second: {}}
        for visit in session.scalars(select(Visit).where(Visit.run_id.in_((first, second)))):
            made[visit.run_id][visit.place_id] = visit
        urls = {
            visit.id: set(session.scalars(select(Sighting.url).filter_by(visit_id=visit.id)))
            for run in made.values()
            for visit in run.values()
        }
    whole = [p for p, visit in made[second].items() if visit.verdict == "complete"]
    whole = [p for p in whole if made[first][p].verdict == "complete"]
    again = []
    for place in whole:
        before, after = made[first][place], made[second][place]
        again.append(after.requests - 3 - 1.5 * len(urls[after.id] - urls[before.id]))
    measured.requests_first = statistics.median(v.requests for v in made[first].values())
    measured.requests_again = statistics.median(made[second][p].requests for p in whole)
    measured.above_allowance = statistics.median(again)


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=76)
    parser.add_argument("--archive", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongkai-nation-") as folder:
        measured = measure(build(options.cities), options.archive or Path(folder))
    for name, value in asdict(measured).items():
        print(f"{name:16} {value:.4f}" if isinstance(value, float) else f"{name:16} {value}")
    broken = measured.broken()
    print("broken promises:", ", ".join(broken) or "none")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
