"""The gazetteer and the resolution of names, measured over every township-level government.

    python -m benchmarks.agencies [--register]

Each of them is named in five ways and resolved back. Anything else than its own code, or an honest
"ambiguous" or "unknown", is wrong and printed. ``--register`` also imports 200,000 agencies into SQLite.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from archive.divisions import TOWNSHIP_KINDS, Division, ancestors, division, subtree
from archive.divisions.names import lookup, official_place
from archive.resolution import government, resolve


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--register", action="store_true")
    options = arguments.parse_args()
    _load()
    wrong = _resolve_all()
    if options.register:
        _import()
    return 1 if wrong else 0


def _load() -> None:
    started = time.perf_counter()
    division("11")
    loaded = time.perf_counter()
    list(lookup("渠县"))
    print(
        f"table loaded in {(loaded - started) * 1000:.0f} ms, "
        f"index of names in {(time.perf_counter() - loaded) * 1000:.0f} ms"
    )


def ways(place: Division) -> Iterable[tuple[str, str | None]]:
    """A township as reports name it: official name, county and name, its superiors, name with county as context."""
    above = ancestors(place.code)
    yield government(place).agency, None
    yield above[-1].name + place.name, None
    yield "".join(one.name for one in above) + place.name, None
    yield government(place).agency.removeprefix(official_place(above[-1])), above[-1].code
    yield place.name, None


def _resolve_all() -> int:
    outcomes: Counter[tuple[int, str]] = Counter()
    wrong = 0
    slowest = 0.0
    places = [place for place in subtree("") if place.kind in TOWNSHIP_KINDS]
    started = time.perf_counter()
    for place in places:
        for way, (name, context) in enumerate(ways(place)):
            before = time.perf_counter()
            found = resolve(name, division=context)
            slowest = max(slowest, time.perf_counter() - before)
            right = found.division_code == place.code
            outcomes[way, "right" if right else found.status] += 1
            if found.status == "resolved" and not right:
                wrong += 1
                print("WRONG", place.code, name, context, found)
    seconds = time.perf_counter() - started
    for (way, outcome), count in sorted(outcomes.items()):
        label = (
            "official name",
            "county + name",
            "all superiors + name",
            "name, county given",
            "bare name",
        )
        print(f"{label[way]:22} {outcome:10} {count:6}")
    total = sum(outcomes.values())
    print(f"{len(places)} governments, {total} resolutions, {seconds / total * 1000:.3f} ms each")
    print(f"slowest {slowest * 1000:.1f} ms; wrong: {wrong}")
    return wrong


def _timed(label: str, action: Callable[[], object]) -> None:
    started = time.perf_counter()
    outcome = action()
    print(f"{label}: {time.perf_counter() - started:.1f} s  {outcome}")


def _import() -> None:
    from archive.agencies import import_csv
    from archive.folder import Archive

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "agencies.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["name", "kind", "division_code", "home_url", "aliases", "parent"])
            for place in subtree(""):
                if place.kind not in TOWNSHIP_KINDS:
                    continue
                body = government(place)
                for extra in ("", "财政所", "司法所", "农业农村办公室", "党政办公室", "文化站"):
                    parent = body.agency if extra else ""
                    url = f"http://www.d{place.code[:6]}.gov.test/"
                    writer.writerow(
                        [body.agency + extra, "", place.code, url, f"{place.name}{extra}", parent]
                    )
        archive = Archive.create(Path(folder) / "archive", "")
        with archive.session() as session:
            for label in ("import", "import again"):

                def run() -> object:
                    report = import_csv(session, path)
                    session.commit()
                    return report.added, report.updated, len(report.problems)

                _timed(label, run)


if __name__ == "__main__":
    sys.exit(main())
