"""How many extracted records a second go into an archive: readings, reports, figures, findings, full text.

python -m benchmarks.ingest [--records 2000] [--narrative 2500] [--profile]
"""

from __future__ import annotations

import argparse
import cProfile
import dataclasses
import hashlib
import pstats
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from archive import collector, readings
from archive.clock import CHINA
from archive.database.models import Agency, Capture, Place, Run, Sighting, Visit
from archive.folder import Archive
from archive.ingest import ingest
from benchmarks.national_pool import Pool, record_of
from benchmarks.national_register import places
from extract.record import AgencyName, Record

_YEAR = 2024


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--narrative", type=int, default=2500)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    collector.look_seldom()
    pool = Pool(200, options.narrative, 1)
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive.create(Path(folder) / "archive", "")
        with archive.session() as session:
            records = list(_seen(session, options.records, pool))
            session.commit()
        profile = cProfile.Profile(time.process_time)
        if options.profile:
            profile.enable()
        started, worked = time.perf_counter(), time.process_time()
        with archive.session() as session, readings.Keeper(session) as keeper:
            for sha256, record in records:
                keeper.add(sha256, record)
        kept = time.perf_counter()
        with archive.session() as session:
            changed = ingest(session)
            session.commit()
        done, worked = time.perf_counter(), time.process_time() - worked
        with archive.session() as session:
            again = ingest(session)
        idle = time.perf_counter() - done
        profile.disable()
    assert changed == len(records)
    assert again == 0
    print(f"{len(records)} records: {len(records) / (done - started):.0f} a second")
    print(f"  {len(records) / worked:.0f} a second of processor time")
    print(f"  kept as readings: {(kept - started) / len(records) * 1000:.2f} ms each")
    print(f"  into reports, figures and words: {(done - kept) / len(records) * 1000:.2f} ms each")
    print(f"  again with nothing new: {idle * 1000:.0f} ms in all")
    if options.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
    return 0


def _seen(session: Session, number: int, pool: Pool) -> list[tuple[str, Record]]:
    """What a crawl found: agencies with a sighting and a document each, and the records of these."""
    at = datetime(_YEAR + 1, 1, 20, tzinfo=CHINA)
    run = Run(command="crawl", started_at=at, state="finished")
    session.add(run)
    session.flush()
    found: list[tuple[str, Record]] = []
    for place in places(number):
        row = Place(url=place.url, host=place.host)
        visit = Visit(run=run, place=row, started_at=at, finished_at=at, verdict="complete")
        for body in place.bodies:
            agency = Agency(name=body.agency, kind=body.kind, division_code=body.division_code)
            row.agencies.append(agency)
            sha256 = hashlib.sha256(body.agency.encode()).hexdigest()
            url = f"{place.url}{len(found)}.html"
            title = f"{body.agency}{_YEAR}年政府信息公开工作年度报告"
            capture = Capture(
                run_id=run.id,
                visit=visit,
                url=url,
                purpose="article",
                fetched_at=at,
                http_status=200,
                sha256=sha256,
                media_type="text/html",
            )
            session.add_all([row, visit, agency, capture])
            session.add(
                Sighting(
                    visit=visit,
                    seen_at=at,
                    url=url,
                    title=title,
                    year=_YEAR,
                    agency=agency,
                    document=capture,
                )
            )
            record = record_of(pool.document("f2021", len(found)))
            named = AgencyName(body.agency, "title")
            found.append((sha256, dataclasses.replace(record, agency=named, year=_YEAR)))
    return found


if __name__ == "__main__":
    sys.exit(main())
