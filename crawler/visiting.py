"""The visit of one place, from its first request to its verdict."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from scrapy.core.engine import ExecutionEngine

from crawler import verdict
from crawler.column import read_column
from crawler.failures import BudgetSpent
from crawler.fetcher import Fetcher
from crawler.job import Job, Tally
from crawler.listing import ColumnReading, Entry, read_list
from crawler.pages import Page, twin_key
from crawler.problems import Problem
from crawler.reports import fetch_report
from crawler.titles import read_row
from crawler.unclear import credible_year, is_mute, may_be_report, unlinked
from crawler.visits import Facts, Known, Outcome, Sighted, names_own
from crawler.walk import Start, Walk, find_column
from extract.characters import squeeze
from extract.counting import counted
from extract.identity import Title, parse_title, scope_of

logger = logging.getLogger(__name__)


async def visit(job: Job, engine: ExecutionEngine, tally: Tally, facts: Facts) -> Outcome:
    """Visit a place: find the column, read it, fetch the reports, decide."""
    fetcher = Fetcher(job, engine, tally)
    outcome = await _attempt(job, fetcher, facts, facts.starts)
    if facts.recipe_url and outcome.verdict.kind in ("canary", "no_reports", "weak"):
        # What we learned is no longer true: find the way anew.
        anew = [start for start in facts.starts if start.url != facts.recipe_url]
        second = await _attempt(job, fetcher, facts, anew)
        if second.verdict.verdict == "complete" or len(second.sightings) > len(outcome.sightings):
            return second
    return outcome


async def _attempt(job: Job, fetcher: Fetcher, facts: Facts, starts: Sequence[Start]) -> Outcome:
    walk = Walk()
    try:
        walk = await find_column(fetcher, starts)
    except BudgetSpent:
        return Outcome(verdict.Verdict("partial", "budget", _BUDGET))
    if walk.column is None:
        if not walk.opened and walk.failure is not None:
            return Outcome(verdict.unreachable(walk.failure.kind, walk.failure.detail))
        lost = [(failure.kind, failure.detail) for failure in walk.lost]
        return Outcome(verdict.not_found(walk.opened, lost))
    return await _read(job, fetcher, facts, walk)


_LOOKS = 30
"""Rows with mute titles that are opened in a visit."""
_BUDGET = "The visit made as many requests as it may ([crawl] max_requests_per_place)."


async def _read(job: Job, fetcher: Fetcher, facts: Facts, walk: Walk) -> Outcome:
    column, known = walk.column, facts.known
    assert column is not None
    reading = ColumnReading()
    reports = _Reports(job, fetcher, reading)
    try:
        await read_column(fetcher, column.page, column.is_report, reading)
        await reports.fetch_all()
        reports.note_unlinked()
    except BudgetSpent:
        reading.problems.append(Problem("budget", _BUDGET[:-1].lower()))
        reports.note_the_rest()
    # One article in the place of a list shows one year and says nothing of the others.
    single = column.is_report and not reports.found
    if single:
        reports.add_column_itself(column.page)
    sightings = list(reports.found.values())
    evidence = replace(column.evidence, reports=len(sightings))
    decided = verdict.read(
        strong=evidence.strong and (evidence.named or not single),
        problems=reading.problems,
        reports=len(sightings),
        rows=len(reading.entries),
        empty=reading.empty,
        pages=reading.pages,
        elsewhere=walk.foreign and not _shows_own(job, facts, sightings),
        known=len(known),
        vanished=_vanished(known, sightings),
        notes=[*reading.notes, *reports.notes()],
    )
    return Outcome(
        decided,
        column.platform.name,
        column.page.url,
        reading.pages,
        len(reading.entries),
        reading.stated,
        [*sightings, *reports.unclear],
    )


def _shows_own(job: Job, facts: Facts, sightings: Sequence[Sighted]) -> bool:
    """Whether the column has ever a report of an agency of the place."""
    names = {sighted.agency_name for sighted in sightings if sighted.agency_name}
    with job.reader() as session:
        return names_own(session, facts.place_id, names)


def _vanished(known: Sequence[Known], sightings: Sequence[Sighted]) -> int:
    """How many known reports are not there: neither under their address nor under their title."""
    keys = {twin_key(sighted.url) for sighted in sightings}
    titles = {squeeze(sighted.title) for sighted in sightings}
    return sum(one.key not in keys and squeeze(one.title) not in titles for one in known)


def _is_fuller(heading: str | None, listed: str | None) -> bool:
    """Whether the name over the report says more than the list's (示例市教育局 than 教育局, 示例市演示县人民政府
    than 演示县).
    """
    if not heading or not listed:
        return listed is None
    return len(heading) > len(listed) and listed in heading


class _Reports:
    """The reports among the entries of a column."""

    def __init__(self, job: Job, fetcher: Fetcher, reading: ColumnReading) -> None:
        self._job = job
        self._fetcher = fetcher
        self._reading = reading
        self._done = self._looked = 0
        self._unfetched: list[str] = []
        self.found: dict[str, Sighted] = {}
        self.unclear: list[Sighted] = []
        """What may be reports: no proof that they are there, and none that they are not."""

    async def fetch_all(self) -> None:
        """Sight every report and fetch the wanted ones; lists that rows lead to are read as well."""
        while self._done < len(self._reading.entries):
            entry = self._reading.entries[self._done]
            title = self._title(entry)
            if title is not None and not self._job.official.official(entry.row.url):
                # No publication, and no absence either.
                detail = f"{entry.row.title} stands on a host that is not official: {entry.row.url}"
                self._reading.problems.append(Problem("unofficial", detail))
            elif title is not None and self._wanted(entry, title):
                await self._fetch(entry, title)
            elif title is not None:
                self._sight(entry, title)
            elif twin_key(entry.row.url) not in self.found:
                await self._look(entry)
            self._done += 1

    async def _fetch(self, entry: Entry, title: Title) -> None:
        report = await fetch_report(self._fetcher, entry.row, entry.page.url)
        if report.listing is not None:
            await read_list(self._fetcher, report.listing, title.year, self._reading)
            return
        if report.heading is not None and report.heading.kind == "lookalike":
            logger.info("%s calls itself %s", entry.row.url, report.heading.text)
            return
        if parse_title(entry.row.title).kind != "report" and not report.certain:
            logger.info("%s is called %s and shows no report", entry.row.url, entry.row.title)
            return
        sighted = self._sight(entry, title)
        sighted.document_id, sighted.day, sighted.fetched = report.document_id, report.day, True
        if report.heading is not None and report.heading.kind == "report":
            if _is_fuller(report.heading.agency, sighted.agency_name):
                sighted.agency_name = report.heading.agency
                sighted.scope = sighted.scope or report.heading.scope
            sighted.year = sighted.year or report.heading.year
            if sighted.year and (report.heading.year or 0) > sighted.year:
                # Which of the two is a slip of the pen nobody knows before it is read.
                sighted.year = None
        sighted.year = credible_year(sighted.year, sighted.day)
        if report.document_id is None:
            self._unfetched.append(report.note)

    async def _look(self, entry: Entry) -> None:
        """Find out what a row is that may be a report, from what it leads to if its title is mute."""
        title = may_be_report(entry)
        if title is None or not self._job.official.official(entry.row.url):
            return
        row = self._sighted(entry, title)
        if is_mute(entry) and self._looked < _LOOKS:
            self._looked += 1
            report = await fetch_report(self._fetcher, entry.row, entry.page.url)
            heading = report.heading
            row.document_id, row.fetched = report.document_id, report.document_id is not None
            row.day = report.day
            if heading is not None and heading.kind == "report":
                row.agency_name, row.scope = heading.agency or row.agency_name, heading.scope
                row.year = credible_year(heading.year, row.day)
                self.found[twin_key(entry.row.url)] = row
                return
            if report.listing is not None or (heading is not None and not report.certain):
                return
        self.unclear.append(row)

    def note_unlinked(self) -> None:
        """Note the reports that the pages of the column name without an address."""
        listed = [entry.row.title for entry in self._reading.entries]
        for page in {entry.page.url: entry.page for entry in self._reading.entries}.values():
            for number, title in enumerate(unlinked(page, listed)):
                row = Sighted(
                    url=f"{page.url}#{number}",
                    list_url=page.url,
                    title=title.text,
                    year=title.year,
                    scope=title.scope,
                    agency_name=title.agency,
                    day=None,
                    seen_at=page.fetched_at,
                )
                self.unclear.append(row)

    def notes(self) -> list[str]:
        """What the reason of the visit should say of documents that could not be had."""
        if not self._unfetched:
            return []
        return [
            f"{counted(len(self._unfetched), 'document')} could not be had, such as {self._unfetched[0]}"
        ]

    def note_the_rest(self) -> None:
        """Sight what could not be fetched any more."""
        for entry in self._reading.entries[self._done :]:
            title = self._title(entry)
            if title is not None and self._job.official.official(entry.row.url):
                self._sight(entry, title)

    def add_column_itself(self, page: Page) -> None:
        """The column's page is the report."""
        title = parse_title(page.heading)
        if title.kind != "lookalike":
            self.found[twin_key(page.url)] = Sighted(
                url=page.url,
                list_url=page.url,
                title=page.heading,
                year=title.year,
                scope=title.scope,
                agency_name=title.agency,
                day=page.published,
                seen_at=page.fetched_at,
                document_id=page.capture_id,
                fetched=True,
            )

    def _title(self, entry: Entry) -> Title | None:
        title = read_row(entry.row.title, entry.year)
        if title.kind != "report" or twin_key(entry.row.url) in self.found:
            return None
        return title

    def _wanted(self, entry: Entry, title: Title) -> bool:
        # A bare title on the address of a directory may be a list of its own.
        bare = title.agency is None or parse_title(entry.row.title).kind != "report"
        directory = entry.row.url.endswith("/") and bare
        # A row of the time when the report was due may bear the wrong year.
        due_then = entry.row.day is not None and entry.row.day.year - 1 == self._job.year
        return (
            self._job.year is None or title.year in (None, self._job.year) or directory or due_then
        )

    def _sight(self, entry: Entry, title: Title) -> Sighted:
        sighted = self._sighted(entry, title)
        self.found[twin_key(entry.row.url)] = sighted
        return sighted

    def _sighted(self, entry: Entry, title: Title) -> Sighted:
        return Sighted(
            url=entry.row.url,
            list_url=entry.page.url,
            title=entry.row.title,
            year=credible_year(title.year, entry.row.day),
            scope=title.scope or scope_of(entry.agency),
            agency_name=title.agency or entry.agency,
            day=entry.row.day,
            seen_at=entry.page.fetched_at,
        )
