"""An archive of national size, made through the project's tables and not by crawling.

    python -m benchmarks.national DIR [--agencies 200000] [--years 10] [--narrative 600] [--database URL]

Every agency has its reports for the years up to 2025, each year is crawled three times around the due
dates, and what is found there varies so that every status of the audit occurs. There are no WARC files:
captures name files that do not exist. Reports for years before 2019 stand on the form of 2019.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, func, insert, select

from archive.clock import CHINA
from archive.database import fulltext
from archive.database.models import (
    Agency,
    Base,
    Capture,
    Finding,
    Narrative,
    Place,
    Reading,
    Report,
    ReportVersion,
    Run,
    Sighting,
    Visit,
    figures,
    place_agency,
)
from archive.database.session import refresh_statistics
from archive.folder import Archive
from archive.ingest import default_scope
from archive.search import position
from archive.words import cut
from benchmarks.national_pool import Pool, Template
from benchmarks.national_register import places
from extract import VERSION
from extract.forms.dictionary import column_name
from extract.record import Source

LAST_YEAR = 2025
_ROUNDS = ((1, 20), (2, 8), (4, 10))
"""Month and day of the three crawls after a year: before and after 31 January, and after 31 March."""
_VERDICTS = (("complete", 940), ("partial", 20), ("not_found", 10), ("blocked", 15), ("down", 15))
_KINDS = {"blocked": "521", "down": "dns", "not_found": None, "partial": "budget", "complete": None}
_FATES = (
    # what happens, in how many of 1000, the crawl that sees it first, the day that is displayed
    ("early", 480, 0, (1, 12)),
    ("in time, seen later", 240, 1, (1, 28)),
    ("in March", 90, 2, (3, 20)),
    ("without a date", 40, 2, None),
    ("dated back", 40, 2, (1, 29)),
    ("after everything", 50, 2, (4, 5)),
    ("never", 60, None, None),
)
_LATER: tuple[Any, ...] = (Capture, Sighting, ReportVersion, Finding, Report)
"""Tables whose indexes are made when they are full."""
_BATCH = 20_000
"""Versions written at a time."""


@dataclass(frozen=True, slots=True)
class _Member:
    id: int
    name: str
    code: str
    kind: str
    since: int | None


@dataclass(frozen=True, slots=True)
class _Site:
    id: int
    url: str
    members: tuple[_Member, ...]


class National:
    """Makes the archive; the same for the same numbers."""

    def __init__(self, archive: Archive, pool: Pool, seed: int = 1) -> None:
        self._archive = archive
        self._pool = pool
        self._rng = random.Random(seed)
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._numbers = {
            table: count(1) for table in (Run, Visit, Capture, Sighting, Report, ReportVersion)
        }
        self._entries: list[tuple[int, Template]] = []
        self.versions = 0

    def make(self, agencies: int, years: int) -> None:
        """Fill the archive, which must be empty, with so many agencies and years up to 2025."""
        # One connection throughout: what is temporary belongs to it.
        with self._archive.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA cache_size = -500000")
            indexes = [index for table in _LATER for index in table.__table__.indexes]
            for index in indexes:
                index.drop(connection)
            _pool_table(connection, self._pool)
            sites = self._register(connection, agencies)
            for year in range(LAST_YEAR - years + 1, LAST_YEAR + 1):
                started = time.perf_counter()
                self._year(connection, sites, year)
                _say(f"{year}: {self.versions:,} versions, {time.perf_counter() - started:.0f} s")
            for index in indexes:
                index.create(connection)
            _count_on(connection)
            connection.commit()
            refresh_statistics(connection)
            connection.commit()

    def _register(self, connection: Connection, agencies: int) -> list[_Site]:
        sites = []
        ids = count(1)
        for place_id, place in enumerate(places(agencies), 1):
            members = tuple(
                _Member(
                    next(ids),
                    body.agency,
                    body.division_code,
                    body.kind,
                    LAST_YEAR - 3 if self._rng.random() < 0.02 else None,
                )
                for body in place.bodies
            )
            sites.append(_Site(place_id, place.url, members))
            self._add(Place, id=place_id, url=place.url, host=place.host, recipe={})
            for one in members:
                self._add(
                    Agency,
                    id=one.id,
                    name=one.name,
                    kind=one.kind,
                    division_code=one.code,
                    home_url=f"http://{place.host}/",
                    annual_report_url=place.url,
                    since=one.since,
                    standing="confirmed",
                    origin="gazetteer",
                )
                self._add(place_agency, place_id=place_id, agency_id=one.id)
        self._write(connection)
        return sites

    def _year(self, connection: Connection, sites: Sequence[_Site], year: int) -> None:
        days = [datetime(year + 1, month, day, 10, tzinfo=CHINA) for month, day in _ROUNDS]
        runs = [next(self._numbers[Run]) for _ in days]
        for day, run in zip(days, runs, strict=True):
            self._add(
                Run,
                id=run,
                command="crawl",
                arguments={},
                started_at=day,
                finished_at=day,
                state="finished",
                summary={},
            )
        for site in sites:
            self._site(site, year, days, runs)
            if len(self._rows.get(_table(ReportVersion), ())) >= _BATCH:
                self._write(connection)
        self._write(connection)

    def _site(self, site: _Site, year: int, days: Sequence[datetime], runs: Sequence[int]) -> None:
        verdict = self._rng.choices([v for v, _ in _VERDICTS], [share for _, share in _VERDICTS])[0]
        visits = []
        for day, run in zip(days, runs, strict=True):
            visit = self._add(
                Visit,
                id=next(self._numbers[Visit]),
                run_id=run,
                place_id=site.id,
                started_at=day,
                finished_at=day + timedelta(minutes=5),
                verdict=verdict,
                kind=_KINDS[verdict],
                reason="" if verdict == "complete" else "as met by the crawl",
                column_url=site.url if verdict == "complete" else None,
                pages=1,
                rows=len(site.members),
                requests=2 + len(site.members),
            )
            visits.append(visit)
            if verdict == "complete":
                self._capture(visit, site.url, "column", day)
            else:
                self._capture(visit, site.url, "home", day, failure=_KINDS[verdict] or "404")
        if verdict != "complete":
            return
        for one in site.members:
            if one.since is None or one.since <= year:
                self._agency(site, one, year, visits)
        if self._rng.random() < 0.1:
            # A report that can be given to nobody; without a name it may be anybody's.
            name = "某某指挥部" if self._rng.random() < 0.8 else None
            self._sighting(visits[2], site, name, year, f"{site.url}{year}/open.html")

    def _agency(
        self, site: _Site, one: _Member, year: int, visits: Sequence[dict[str, Any]]
    ) -> None:
        *_, first, shown = self._rng.choices(_FATES, [fate[1] for fate in _FATES])[0]
        if first is None:
            return
        displayed = date(year + 1, *shown) if shown else None
        url = f"{site.url}{year}/t{one.id}.html"
        report = self._add(
            Report,
            id=next(self._numbers[Report]),
            agency_id=one.id,
            year=year,
            scope=default_scope(one.kind),
        )
        document = self._document(one, year, 1, visits[first], url)
        self._version(report, one, year, 1, document, displayed, visits[first:], url)
        changed = first == 0 and self._rng.random() < 0.25
        for visit in visits[first:]:
            if changed and visit is visits[2]:
                document = self._document(one, year, 2, visit, url)
                self._version(report, one, year, 2, document, displayed, visits[2:], url)
            self._sighting(visit, site, one.name, year, url, one.id, displayed, document["id"])

    def _document(
        self, one: _Member, year: int, number: int, visit: dict[str, Any], url: str
    ) -> dict[str, Any]:
        sha256 = hashlib.sha256(f"{one.id} {year} {number}".encode()).hexdigest()
        return self._capture(visit, url, "article", visit["started_at"], sha256=sha256)

    def _version(
        self,
        report: dict[str, Any],
        one: _Member,
        year: int,
        number: int,
        document: dict[str, Any],
        displayed: date | None,
        visits: Sequence[dict[str, Any]],
        url: str,
    ) -> None:
        version = next(self._numbers[ReportVersion])
        form = "f2021" if year >= 2021 else "f2019"
        template = self._pool.document(form, version)
        read = template.status != "unread"
        other, said = version % 200 == 0, year - (version % 300 == 0)
        title = f"{one.name}{year}年政府信息公开工作年度报告"
        named = "某某单位" if other else one.name
        self._add(
            ReportVersion,
            id=version,
            report_id=report["id"],
            number=number,
            sha256=document["sha256"],
            capture_id=document["id"],
            title=title,
            url=url,
            document_url=url,
            media_type="text/html",
            displayed_date=displayed,
            first_seen=visits[0]["started_at"],
            last_seen=visits[-1]["started_at"],
            change="first" if number == 1 else ("numbers", "text", "layout", "bytes")[version % 4],
            form=form if read else None,
            document_year=said if read else None,
            document_agency=named if read else None,
            names_agency=not other if read else None,
            parse_status=template.status if read else None,
            extractor=VERSION if read else None,
        )
        self.versions += 1
        if not read:
            return
        self._add(
            Reading,
            sha256=document["sha256"],
            extractor=VERSION,
            read_at=document["fetched_at"],
            status=template.status,
            form=form,
            year=said,
            agency_name=named,
            record=template.packed(
                {
                    "source": asdict(Source(url, document["sha256"], "text/html", None, 30_000)),
                    "title": title,
                    "agency": {"name": named, "resolved_by": "title"},
                    "year": said,
                }
            ),
        )
        for found in template.findings:
            self._add(
                Finding,
                version_id=version,
                rule=found.rule,
                verdict=found.verdict,
                severity=found.severity,
                cells=list(found.cells),
                message=found.message,
                message_zh=found.message_zh,
            )
        if number == 1:
            place = position(year, one.code, report["id"])
            self._add(
                Narrative,
                report_id=report["id"],
                position=place,
                sha256=document["sha256"],
                extractor=VERSION,
                division_code=one.code,
            )
            self._entries.append((place, template))
        # A second version keeps the words of the first: what stands in the index counts here.

    def _capture(
        self,
        visit: dict[str, Any],
        url: str,
        purpose: str,
        day: datetime,
        *,
        sha256: str | None = None,
        failure: str | None = None,
    ) -> dict[str, Any]:
        number = next(self._numbers[Capture])
        return self._add(
            Capture,
            id=number,
            run_id=visit["run_id"],
            visit_id=visit["id"],
            url=url,
            method="GET",
            purpose=purpose,
            fetched_at=day,
            http_status=None if failure else 200,
            failure=failure,
            media_type=None if failure else "text/html",
            sha256=None if failure else sha256 or hashlib.sha256(str(number).encode()).hexdigest(),
            size=None if failure else 20_000,
            warc=f"gongkai-{visit['run_id']:06}-{number // 40_000:04}.warc.gz",
            offset=number % 40_000 * 20_000,
            length=20_000,
        )

    def _sighting(
        self,
        visit: dict[str, Any],
        site: _Site,
        name: str | None,
        year: int,
        url: str,
        agency: int | None = None,
        displayed: date | None = None,
        document: int | None = None,
    ) -> None:
        self._add(
            Sighting,
            id=next(self._numbers[Sighting]),
            visit_id=visit["id"],
            seen_at=visit["started_at"] + timedelta(minutes=1),
            list_url=site.url,
            url=url,
            title=f"{name or ''}{year}年政府信息公开工作年度报告",
            year=year,
            scope=None,
            agency_name=name,
            displayed_date=displayed,
            agency_id=agency,
            assigned_by="title" if agency else None,
            document_id=document,
        )

    def _add(self, what: Any, **row: Any) -> dict[str, Any]:
        self._rows.setdefault(_table(what), []).append(row)
        return row

    def _write(self, connection: Connection) -> None:
        versions = [row["id"] for row in self._rows.get(_table(ReportVersion), ())]
        for table in Base.metadata.sorted_tables:
            if rows := self._rows.pop(table, None):
                connection.execute(insert(table), rows)
        if versions:
            _copy_figures(connection, self._pool.size, versions[0], versions[-1])
        fulltext.insert(connection, self._cut())
        self._entries.clear()
        connection.commit()

    def _cut(self) -> Iterator[tuple[int, Sequence[str]]]:
        for place, template in sorted(self._entries, key=lambda entry: entry[0]):
            for section in template.sections:
                yield place + section.number, _words(section.text)


_cuts: dict[str, Sequence[str]] = {}


def _words(text: str) -> Sequence[str]:
    if text not in _cuts:
        _cuts[text] = cut(text)
    return _cuts[text]


def _table(what: Any) -> Table:
    return what if isinstance(what, Table) else what.__table__


_drawn = Table(
    "benchmark_pool",
    MetaData(),
    Column("form", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    *(Column(c.name, c.type) for c in figures.columns if c.name != "version_id"),
    prefixes=["TEMPORARY"],
)
"""The figures of the pool, to be copied inside the database. ``form`` is its last year."""


def _pool_table(connection: Connection, pool: Pool) -> None:
    _drawn.create(connection)
    empty = {c.name: None for c in figures.columns if c.name != "version_id"}
    for form, templates in pool.templates.items():
        rows = [
            empty
            | {"form": int(form[1:]), "number": number}
            | {column_name(key): value for key, value in template.cells.items()}
            for number, template in enumerate(templates)
        ]
        connection.execute(insert(_drawn), rows)


def _copy_figures(connection: Connection, size: int, first: int, last: int) -> None:
    cells = [c.name for c in figures.columns if c.name != "version_id"]
    for form in (2019, 2021):
        drawn = (
            select(ReportVersion.id, *(_drawn.c[name] for name in cells))
            .join(_drawn, _drawn.c.number == ReportVersion.id % size)
            .where(
                _drawn.c.form == form,
                ReportVersion.id.between(first, last),
                ReportVersion.form == f"f{form}",
                ReportVersion.parse_status.in_(("ok", "suspect")),
            )
            .order_by(ReportVersion.id)
        )
        connection.execute(insert(figures).from_select(["version_id", *cells], drawn))


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL go on counting where the rows with numbers of ours end."""
    if connection.dialect.name != "postgresql":
        return
    for table in (Run, Agency, Place, Visit, Capture, Sighting, Report, ReportVersion):
        counter = func.pg_get_serial_sequence(table.__tablename__, "id")
        connection.execute(
            select(func.setval(counter, select(func.max(table.id)).scalar_subquery()))
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Make the archive that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--agencies", type=int, default=200_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--narrative", type=int, default=600, help="characters of a report")
    parser.add_argument("--pool", type=int, default=2000, help="different documents of a form")
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    started = time.perf_counter()
    pool = Pool(options.pool, options.narrative, 1)
    maker = National(Archive.create(options.folder, options.database), pool)
    maker.make(options.agencies, options.years)
    _say(f"{maker.versions:,} versions in {time.perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
