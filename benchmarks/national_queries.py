"""How long an archive of national size takes to answer what people ask.

    python -m benchmarks.national_queries DIR [--cold] [--only NAME]

Each question is asked five times, the median counts; the first one is told
too, and the processor time of the median, which does not hang on what else the machine does. With ``--cold`` the system
forgets the pages of the database's file before the first (SQLite on Linux only).
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import collector, history, reports, search, series
from archive.agencies import as_row, listing
from archive.audit import country, summary
from archive.audit.table import audit
from archive.database.models import Agency
from archive.folder import Archive
from archive.measures import measure
from archive.query import query

PROVINCE = "32"
AGENCY = 777
YEAR = 2024
_PAGE = 50

Question = Callable[[Session], object]


def questions(archive: Archive, session: Session) -> dict[str, tuple[float, int, Question]]:
    """What is asked: the seconds it may take, how often, and the question."""
    county = session.scalar(
        select(Agency.division_code)
        .where(func.length(Agency.division_code) == 6)
        .order_by(Agency.division_code)
        .offset(40)
        .limit(1)
    )
    figure = measure("requests.received_new.total")
    kept = summary.kept(session, YEAR)
    found = {
        "reports, first page": (0.1, 5, lambda s: _page(reports.reports(s))),
        f"reports of {YEAR}, first page": (0.1, 5, lambda s: _page(_reports(s, year=YEAR))),
        "reports of a province, first page": (
            0.1,
            5,
            lambda s: _page(_reports(s, division=PROVINCE)),
        ),
        "agencies, first page": (0.1, 5, lambda s: [as_row(a) for a in _page(listing(s))]),
        "audit, first page": (0.1, 5, lambda s: _page(audit(s, YEAR))),
        "audit of a county": (0.1, 5, lambda s: list(audit(s, YEAR, division=county))),
        "history of an agency: its reports": (
            0.02,
            5,
            lambda s: list(_reports(s, agency_id=AGENCY)),
        ),
        "history of an agency: a figure": (
            0.02,
            5,
            lambda s: list(series.of_agency(s, figure, s.get_one(Agency, AGENCY), None, None)),
        ),
        "versions of a report": (0.02, 5, _versions),
        "series of a province, all years": (
            1.0,
            3,
            lambda s: list(series.of_division(s, figure, PROVINCE, None, None)),
        ),
        "figures of a province by year, in SQL": (1.0, 3, lambda s: _sql(archive, _BY_YEAR)),
        "a figure of an agency in figures_long, in SQL": (0.1, 3, lambda s: _sql(archive, _LONG)),
        "search 公开 (in every report)": (0.5, 5, lambda s: _search(s, "公开")),
        "search 复议 (in many)": (0.5, 5, lambda s: _search(s, "复议")),
        "search 禹村 (in few)": (0.5, 5, lambda s: _search(s, "禹村")),
        "search 熊猫 (in none)": (0.5, 5, lambda s: _search(s, "熊猫")),
        "search 公开 in a province": (0.5, 5, lambda s: _search(s, "公开", division=PROVINCE)),
        "audit of a province": (5.0, 1, lambda s: _count(audit(s, YEAR, division=PROVINCE))),
        "audit of the country": (60.0, 1, lambda s: _count(country.audit(archive, YEAR))),
    }
    if kept is not None:
        found["kept counts by province"] = (0.3, 5, lambda s: _counts(s, 2))
        found["kept counts by county"] = (0.3, 5, lambda s: _counts(s, 6))
    return found


def _page(rows: Any) -> list[Any]:
    return list(islice(rows, _PAGE))


def _reports(session: Session, **filters: Any) -> Any:
    return reports.reports(session, reports.Filters(**filters))


def _counts(session: Session, level: int) -> object:
    kept = summary.kept(session, YEAR)
    return kept and kept.counts(level)


def _versions(session: Session) -> object:
    agency = session.get_one(Agency, AGENCY)
    return [history.versions(session, report) for report in history.of(session, agency, YEAR)]


def _search(session: Session, text: str, **filters: Any) -> object:
    return list(islice(search.search(session, text, **filters), 20))


def _count(rows: Any) -> int:
    return sum(1 for _ in rows)


def _sql(archive: Archive, sql: str) -> object:
    with query(archive, sql) as (_, rows):
        return list(rows)


_BY_YEAR = (
    "SELECT year, count(*), sum(requests_received_new_total) FROM figures_wide "
    f"WHERE division_code BETWEEN '{PROVINCE}' AND '{PROVINCE}9999999' GROUP BY year"
)
_LONG = "SELECT year, value FROM figures_long WHERE key = 'requests.received_new.total' AND agency_id = 777"


def _forget(archive: Archive) -> None:
    """Let the system drop what it holds of the database's file."""
    for path in archive.path.glob("gongkai.sqlite*"):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main() -> int:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    collector.look_seldom()
    archive = Archive.open(options.folder)
    with archive.reader() as session:
        asked = questions(archive, session)
    missed = 0
    print(f"{'question':48} {'first':>10} {'median':>10} {'processor':>10} {'aim':>8}")
    for name, (aim, times, question) in asked.items():
        if options.only not in name:
            continue
        taken: list[float] = []
        worked: list[float] = []
        for number in range(times):
            if options.cold and number == 0:
                _forget(archive)
            with archive.reader() as session:
                started, before = time.perf_counter(), time.process_time()
                question(session)
                taken.append(time.perf_counter() - started)
                worked.append(time.process_time() - before)
        median = statistics.median(taken)
        missed += median > aim
        print(
            f"{name:48} {taken[0] * 1000:8.0f}ms {median * 1000:8.0f}ms "
            f"{statistics.median(worked) * 1000:8.0f}ms {aim * 1000:6.0f}ms"
            f"{'' if median <= aim else '  MISSED'}",
            flush=True,
        )
    size = sum(path.stat().st_size for path in archive.path.glob("gongkai.sqlite*"))
    print(
        f"{size / 1e9:.1f} GB on disk; at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB of memory"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
