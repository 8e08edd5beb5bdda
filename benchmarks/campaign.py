"""Two years of the campaign on a small web, every visit as the service itself plans it, every day audited.

    python benchmarks/campaign.py [--until 2024-03-01] [--folder DIR]

The clock stands still while the service works and then goes on to the moment at which the next visit is due, or
by a day; visits are as dense as the defaults of ``[schedule]`` make them. The world is that of
``tests/campaign``: a dozen agencies, each with another fate. What is said of each on each day is held against
what its fate alone says is right; the exit status is 1 if anything else was said.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests" / "campaign")]

import simulation  # noqa: E402
from simulation import BEGIN, END, STOPPED, YEARS, TwoYears, environment, foreign  # noqa: E402
from world import FATES, Fate, sites  # noqa: E402

from archive.clock import china_day, china_text  # noqa: E402
from crawler.sampleweb import SampleWeb  # noqa: E402

SLACK = timedelta(days=3)
"""How long the service may take to see what is new while a report is owed: a place that was down is tried
again after three days at most, all others daily.
"""


def days(until: date) -> Iterator[date]:
    """Every day of the two years."""
    day = china_day(BEGIN)
    while day < min(until, china_day(END)):
        yield day
        day += timedelta(days=1)


def judge(done: TwoYears, fate: Fate, year: int, until: date) -> tuple[str, int]:
    """What was said of an agency, span by span, and on how many days it was wrong."""
    said = [(day, done.status(fate, year, day)) for day in days(until)]
    wrong = [
        (day, status)
        for day, status in said
        if status not in fate.right(year, day, [STOPPED], SLACK)
    ]
    for day, status in wrong[:5]:
        right = ", ".join(sorted(fate.right(year, day, [STOPPED], SLACK)))
        print(f"  WRONG {fate.agency} {year} on {day}: {status}, right is {right}")
    spans = [
        f"{status} from {next(iter(group))[0]}"
        for status, group in itertools.groupby(said, key=lambda one: one[1])
    ]
    return "; ".join(spans), len(wrong)


def main() -> int:
    """0: all that was said was right."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--until", type=date.fromisoformat, default=china_day(END))
    parser.add_argument("--folder", type=Path, help="an empty folder where the archive is kept")
    options = parser.parse_args()
    until = options.until
    last = datetime.combine(until, datetime.min.time(), BEGIN.tzinfo)
    for name in foreign(os.environ):
        del os.environ[name]
    started = time.monotonic()
    why: Counter[str] = Counter()

    def tell(now: datetime, run: dict[str, Any]) -> None:
        why.update(run["why"])
        sys.stderr.write(f"{china_text(now)} {run['places']} places {run['why']}\n")

    def following(now: datetime, due: datetime) -> datetime:
        after = min(max(due, now), now + timedelta(days=1))
        return after if after < last else END

    with tempfile.TemporaryDirectory() as passing, SampleWeb(BEGIN, sites=sites()) as web:
        os.environ |= environment(web)
        done = simulation.simulate(
            simulation.make_archive(options.folder or Path(passing)), web, following, tell=tell
        )
        worked = time.monotonic() - started
        wrong = 0
        for fate in FATES:
            for year in YEARS:
                spans, number = judge(done, fate, year, until)
                wrong += number
                print(f"{fate.agency} {year}: {spans}")
        number = sum(1 for _ in days(until))
        caught_up = [
            now for now in done.runs if STOPPED[0] <= now < STOPPED[1] + timedelta(hours=12)
        ]
    if until > china_day(STOPPED[1]) and caught_up != [STOPPED[1]]:
        print("WRONG: after the pause there was not one run to catch up, but", caught_up)
        wrong += 1
    print(
        f"{number} days, {done.ticks} ticks, {len(done.runs)} runs in {worked:.0f} s; visits: "
        + ", ".join(f"{name} {count}" for name, count in why.most_common())
    )
    print(
        f"{number * len(FATES) * len(YEARS)} statuses asked in "
        f"{time.monotonic() - started - worked:.0f} s, {wrong} wrong"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
