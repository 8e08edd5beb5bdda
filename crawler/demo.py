"""``gongkai demo``: the whole job on the bundled sample web, in a minute and without a network.

Two winters pass: the clock of the sample web is set to a day, the archive is brought up to date with
the same functions that serve real sites, and so on until the audit can say who published.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from archive import agencies, display, progress
from archive.audit.table import audit
from archive.clock import CHINA
from archive.extraction import extract
from archive.folder import Archive
from archive.formats import Format
from archive.people import keep_register
from crawler.run import crawl
from crawler.sampleweb import SampleWeb
from extract.counting import counted

DAYS = (
    datetime(2025, 1, 24, 10, 0, tzinfo=CHINA),
    datetime(2025, 2, 3, 10, 0, tzinfo=CHINA),
    datetime(2025, 4, 2, 10, 0, tzinfo=CHINA),
)
"""The visits: a week before the departments' due date, just after it, and after the governments'."""

YEAR = 2024


def run(keep: Path | None) -> None:
    """Run the demonstration; the archive stays in ``keep`` or in a temporary folder it names.

    Raises :class:`~archive.folder.ArchiveError` if ``keep`` cannot be used.
    """
    started = time.monotonic()
    folder = keep or Path(tempfile.mkdtemp(prefix="gongkai-demo-")) / "archive"
    archive = Archive.create(folder)
    out = display.console()
    out.print(
        "A sample web of government sites, visited three times in the winter of 2025. Whoever "
        "misbehaves in it is fictitious.\n"
    )
    with SampleWeb(clock=DAYS[0]) as web:
        for day in DAYS:
            web.clock = day
            with _environment(web.proxy_url, day):
                _visit(Archive.open(folder), day)
    with _environment("", DAYS[-1]):
        archive = Archive.open(folder)
        with archive.reader() as session:
            entries = list(audit(session, YEAR))
        out.print(f"\nReports for {YEAR}, as known on {DAYS[-1]:%Y-%m-%d}:\n", style="bold")
        display.audit(iter(entries), Format.TABLE)
    for line in _found(entries):
        out.print(line)
    out.print(f"\nDone in {time.monotonic() - started:.0f} seconds. Explore what it left:\n")
    gongkai = _command()
    for line in (
        f"export GONGKAI_ARCHIVE={shlex.quote(str(folder))}",
        f"{gongkai} reports --year {YEAR}",
        f"{gongkai} show 示例市财政局 {YEAR}          # whose figures do not add up, and where",
        f"{gongkai} audit --year {YEAR} --on 2025-02-03 --format json   # what was known then",
        f"{gongkai} serve                             # the same in a browser",
        f"{gongkai} verify",
    ):
        out.print(f"  {line}", highlight=False)


def _command() -> str:
    """How the user can call this program: plainly if the shell finds it, else by its path."""
    if shutil.which("gongkai"):
        return "gongkai"
    path = Path(sys.executable).with_name("gongkai")
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _visit(archive: Archive, day: datetime) -> None:
    with archive.session() as session:
        register = resources.files("crawler.sampleweb") / "agencies.csv"
        with resources.as_file(register) as path:
            agencies.import_csv(session, path)
        session.commit()
    keep_register(archive)
    with progress.bar(f"{day:%Y-%m-%d}  places visited") as bar:
        summary = crawl(archive, progress=lambda at: bar.update(at.done, at.places, at.current))
    with progress.bar(f"{day:%Y-%m-%d}  documents read") as bar:
        read = extract(archive, lambda at: bar.update(at.done, at.total, at.status))
    display.console().print(
        f"{day:%Y-%m-%d}  {counted(summary.places, 'place')}: {display.verdicts(asdict(summary))}; "
        f"{counted(summary.reports, 'report')} seen, {sum(read['documents'].values())} newly read"
    )


@contextlib.contextmanager
def _environment(proxy: str, moment: datetime) -> Iterator[None]:
    """The environment of a run on the sample web, inherited by the processes it starts."""
    values = {
        "http_proxy": proxy,
        "https_proxy": proxy,
        "HTTP_PROXY": proxy,
        "HTTPS_PROXY": proxy,
        "no_proxy": "",
        "NO_PROXY": "",
        "GONGKAI_NOW": moment.isoformat(),
        "GONGKAI_CRAWL__OFFICIAL_DOMAINS": ".gov.test",
        "GONGKAI_CRAWL__DELAY": "0",
        "GONGKAI_CRAWL__CONTACT": "demo@example.org",
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _found(entries: list[dict[str, Any]]) -> Iterator[str]:
    """Three lines on what was found."""

    def names(**wanted: str) -> str:
        found = [e["agency"] for e in entries if all(e[k] == v for k, v in wanted.items())]
        return "、".join(found) or "none"

    yield f"\nlate: {names(status='late')}; missing, proven by full readings: {names(status='missing')}"
    yield (
        f"figures that do not add up: {names(content='inconsistent')}; "
        f"another document under the link: {names(content='wrong_document')}"
    )
    yield (
        "accused of nothing, because the failure may be ours: "
        f"{names(status='unknown')}; {names(status='blocked')}"
    )
