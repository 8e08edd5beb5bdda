"""The front door: one command, ``gongkai``; each subcommand is a few lines over the packages.

What needs long to import is imported where it is used, so that ``gongkai --help`` is quick.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from archive import collector
from archive.commands.agencies import agencies
from archive.commands.ending import run
from archive.commands.evaluation import app as evaluation
from archive.commands.evaluation import report
from archive.commands.keeping import app as keeping
from archive.commands.options import (
    DEFAULT_ARCHIVE,
    AgencyArgument,
    AgencyOption,
    ArchiveOption,
    DivisionOption,
    FormatOption,
    ScopeOption,
    YearArgument,
    YearOption,
    open_archive,
    say,
    the_agency,
)
from archive.commands.people import app as people
from archive.errors import UsageError
from archive.formats import ExportFormat, Format, write
from crawler.commands.evidence import app as evidence
from crawler.commands.schedule import app as schedule
from crawler.commands.serving import app as serving
from extract.counting import counted

app = typer.Typer(
    name="gongkai",
    no_args_is_help=True,
    add_completion=False,
)
app.add_typer(agencies, name="agencies")
app.add_typer(people)
app.add_typer(keeping)
app.add_typer(evidence)
app.add_typer(evaluation)
audits = typer.Typer()
app.add_typer(audits, name="audit")
audits.command("report")(report)
app.add_typer(schedule, name="schedule")
app.add_typer(serving)


def _print_version(wanted: bool) -> None:
    if wanted:
        from archive.release import release

        print(f"gongkai {release()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Say which version."
        ),
    ] = False,
) -> None:
    """Find, archive, read and audit the annual reports on government information disclosure
    (政府信息公开工作年度报告).
    """


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="A new folder.")] = DEFAULT_ARCHIVE,
    database: Annotated[
        str, typer.Option(help="Keep the index elsewhere, such as postgresql+psycopg://…")
    ] = "",
) -> None:
    """Make an archive: settings, database and a place for WARC files."""
    from archive.folder import Archive
    from archive.settings import FILE_NAME

    archive = Archive.create(folder, database)
    print(f"Made an archive in {archive.path}")
    print(f"Next: set [crawl] contact in {archive.path / FILE_NAME}, then")
    print(f"  gongkai agencies import agencies.csv --archive {folder}")


@app.command()
def crawl(
    year: YearOption = None,
    agency: AgencyOption = None,
    division: DivisionOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Discover reports on the agencies' sites, download and archive them; safe to stop and repeat."""
    from archive import display, progress
    from archive.settings import FILE_NAME
    from crawler.run import crawl as run_crawl
    from crawler.settings import sent_contact

    archive = open_archive(folder)
    if not sent_contact(archive.settings.crawl.contact):
        say(
            "no contact is sent, so nobody whose site is visited can reach you; set an e-mail "
            f"address or a page as contact under [crawl] in {archive.path / FILE_NAME}"
        )
    with archive.reader() as session:
        only = None if agency is None else [the_agency(session, agency).id]
    with progress.bar("places") as bar:
        summary = run_crawl(
            archive,
            year=year,
            agency_ids=only,
            division=division,
            progress=lambda at: bar.update(
                at.done, at.places, f"{counted(at.reports, 'report')} {at.current}"
            ),
        )
    display.crawl_summary(asdict(summary))
    if not summary.finished:
        raise typer.Exit(1)


@app.command()
def add(
    document: Annotated[str, typer.Argument(help="A file, or an address on an official site.")],
    agency: Annotated[str, typer.Option("--agency", help="Whose report it is.")],
    year: Annotated[int, typer.Option("--year", min=2008, max=2100, help="The year reported on.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Archive one document by hand, as the report of an agency for a year."""
    from archive import adding
    from archive.people import keep_assignments
    from crawler import fetching

    archive = open_archive(folder)
    with archive.session() as session:
        owner = the_agency(session, agency)
        if document.startswith(("http://", "https://")):
            capture = fetching.fetch(archive, session, document)
        else:
            capture = adding.store_file(archive, session, Path(document))
        adding.assign(session, capture, owner, year)
        session.commit()
        keep_assignments(archive)
        print(f"Archived {capture.url} as the report of {owner.name} for {year}")
    print("Next: gongkai extract")


@app.command()
def extract(
    files: Annotated[list[Path] | None, typer.Argument(help="Documents to read.")] = None,
    json_lines: Annotated[
        bool, typer.Option("--json", help="Print each record as a line of JSON.")
    ] = False,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare", help="Read nothing; say what the version before read differently."
        ),
    ] = False,
    version: Annotated[
        str | None, typer.Option("--with", help="With --compare: that version, such as 0.1.0.")
    ] = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Read documents. With files: print their records and touch no archive. Without: read
    everything in the archive that this version of the extractor has not read yet.
    """
    from archive import comparison, display, display_reports, extraction, progress

    if compare or version:
        if files or not compare:
            raise UsageError("--compare takes no files, and --with needs --compare.")
        with open_archive(folder).reader() as session:
            if (before := version or comparison.version_before(session)) is None:
                say("Only this version of the extractor has read documents here.")
                return
            rows = comparison.compare(session, before)
            say(f"Compared with version {before}:")
            if not write(rows, format, columns=comparison.COLUMNS):
                say("Both versions read the same.")
        return
    if files:
        failed = display_reports.records(extraction.read_files(files), json_lines)
        raise typer.Exit(1 if failed else 0)
    archive = open_archive(folder)
    with progress.bar("documents") as bar:
        summary = extraction.extract(archive, lambda at: bar.update(at.done, at.total, at.status))
    if display.extract_summary(summary):
        raise typer.Exit(1)


@app.command()
def reports(
    year: YearOption = None,
    agency: AgencyOption = None,
    division: DivisionOption = None,
    kind: Annotated[str | None, typer.Option(help="Only agencies of this kind.")] = None,
    status: Annotated[
        str | None, typer.Option(help="Only this parse status: ok, suspect, failed, unread, …")
    ] = None,
    form: Annotated[str | None, typer.Option(help="Only this form, such as f2021.")] = None,
    finding: Annotated[
        str | None, typer.Option(help="Only where this rule failed and nobody dismissed it: T3-01.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", help="Only with these words in one section.")
    ] = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """List the reports in the archive."""
    from archive import reports as archive_reports

    with open_archive(folder).reader() as session:
        filters = archive_reports.Filters(
            year=year,
            agency_id=None if agency is None else the_agency(session, agency).id,
            division=division,
            kind=kind,
            status=status,
            form=form,
            finding=finding,
            text=text,
        )
        rows = archive_reports.reports(session, filters)
        columns = (
            "agency",
            "year",
            "scope",
            "displayed_date",
            "form",
            "parse_status",
            "document_url",
        )
        if not write(rows, format, columns=columns, csv_columns=archive_reports.LIST_COLUMNS):
            say("no report passes what is asked")


@app.command()
def show(
    agency: AgencyArgument,
    year: YearArgument,
    before: Annotated[int | None, typer.Argument(help="With --diff: a version.")] = None,
    after: Annotated[int | None, typer.Argument(help="With --diff: another version.")] = None,
    versions: Annotated[bool, typer.Option("--versions", help="Only its versions.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="What changed between two versions, or the last two.")
    ] = False,
    kept: Annotated[
        bool, typer.Option("--history", help="What the audit said of it, since when and why.")
    ] = False,
    scope: ScopeOption = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """One report: figures, findings, versions, and where each number stands."""
    import json

    from archive import display_reports, display_versions, history
    from archive import reports as archive_reports
    from archive.agencies.lineage import Lineage
    from archive.audit import history as verdicts

    if (before is None) != (after is None) or (before is not None and not diff):
        raise UsageError("name two versions after --diff, such as: --diff 1 2")
    pair = (before, after) if before is not None and after is not None else None
    with open_archive(folder).reader() as session:
        owner = the_agency(session, agency)
        if kept:
            columns = ("at", "scope", "old", "new", "due", "days_late", "cause", "reason")
            rows = verdicts.of(session, owner, year, scope)
            if not write(rows, format, columns=columns, csv_columns=verdicts.LIST_COLUMNS):
                say("no verdict is kept; gongkai extract keeps them")
            return
        found = history.of(session, owner, year, scope)
        if not found:
            bearer = Lineage(session).bearer(owner, year)
            other = bearer is not owner and f"gongkai show {bearer.name} {year}"
            raise UsageError(
                f"the archive has no report of {owner.name} for {year}"
                f"{f' with the scope {scope}' if scope else ''}; "
                + (
                    f"it was called {bearer.name} then, see: {other}"
                    if other
                    else f"see why with: gongkai audit --year {year}"
                )
            )
        if diff:
            changes = [history.changes(session, report, pair) for report in found]
            display_versions.differences(changes, format)
            return
        if versions:
            display_versions.versions([history.versions(session, r) for r in found], format)
            return
        entries = archive_reports.show(session, found)
    if format in (Format.JSON, Format.JSONL):
        print(json.dumps(entries, ensure_ascii=False, indent=1 if format is Format.JSON else None))
    elif format is Format.CSV:
        display_reports.cells_csv(entries)
    else:
        display_reports.report(entries)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="Words; all must stand in the same section.")],
    year: YearOption = None,
    section: Annotated[
        int | None, typer.Option(min=1, max=6, help="Only this section of the form, 1 to 6.")
    ] = None,
    division: DivisionOption = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many; 0 for all.")] = 20,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Find words in the narratives of the reports, Chinese included."""
    from contextlib import closing
    from itertools import islice

    from archive import search as archive_search

    with (
        open_archive(folder).reader() as session,
        closing(
            archive_search.search(session, text, year=year, section=section, division=division)
        ) as found,
    ):
        rows = islice(found, limit) if limit else found
        columns = ("agency", "year", "section", "snippet")
        number = write(rows, format, columns=columns, csv_columns=archive_search.COLUMNS)
        if number == 0:
            say("nothing found")
        elif number == limit and next(found, None):
            say(f"only the first {limit} shown; see more with --limit, all with --limit 0")


@app.command()
def series(
    key: Annotated[
        str, typer.Argument(help="A figure, such as requests.received_new.total, or a rate.")
    ],
    agency: AgencyOption = None,
    division: DivisionOption = None,
    first: Annotated[
        int | None, typer.Option("--from", min=2008, max=2100, help="The first year.")
    ] = None,
    last: Annotated[
        int | None, typer.Option("--to", min=2008, max=2100, help="The last year.")
    ] = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """A figure over the years: of an agency, or added up over a division with its coverage."""
    from archive import series as archive_series
    from archive.measures import measure

    what = measure(key)
    if first is not None and last is not None and last < first:
        raise UsageError(f"--from {first} is after --to {last}; turn them round")
    if agency is not None and division is not None:
        raise UsageError("name an agency or a division, not both")
    with open_archive(folder).reader() as session:
        if agency is not None:
            owner = the_agency(session, agency)
            rows = archive_series.of_agency(session, what, owner, first, last)
            full = archive_series.AGENCY_COLUMNS
        else:
            rows = archive_series.of_division(session, what, division, first, last)
            full = archive_series.DIVISION_COLUMNS
        rate = what.denominator is not None
        full = tuple(name for name in full if rate or name not in archive_series.ONLY_RATES)
        short = tuple(name for name in full if name not in archive_series.ONLY_SOURCES)
        say(f"{what.key}: {what.about}")
        if not write(rows, format, columns=short, csv_columns=full):
            say("no reports")


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="A SELECT over the views (docs/views.md).")],
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Ask the archive in SQL; reads only, for a limited time."""
    from itertools import islice

    from archive import formats
    from archive.query import query as run_query

    chosen, most = format or formats.default(), 1000
    with run_query(open_archive(folder), query) as (columns, rows):
        # A table is laid out as a whole, so it cannot have any number of rows.
        shown = islice(rows, most) if chosen is Format.TABLE else rows
        if write(shown, chosen, columns=columns) == most and next(rows, None):
            say(f"only the first {most} rows are shown; get all with --format csv")


@audits.callback(invoke_without_command=True)
def audit(
    context: typer.Context,
    year: YearOption = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="As known at the end of this day."),
    ] = None,
    division: DivisionOption = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Count by province, prefecture or county instead.")
    ] = None,
    only: Annotated[
        str | None, typer.Option("--status", help="Show only these: missing,late")
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", help="Exit with 3 if an agency has one of these: missing,late"),
    ] = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Who published, who did not, who was late, and what is wrong, with the evidence."""
    if context.invoked_subcommand is not None:
        if year is not None or on is not None or division is not None:
            raise UsageError(f"write the options after {context.invoked_subcommand}")
        return
    if year is None:
        raise UsageError("--year is missing: name the year reported on, such as --year 2024")
    from archive import display
    from archive.audit import divisions
    from archive.audit.country import audit as make_audit
    from archive.audit.status import Status
    from archive.audit.table import recorded_under_set_clock

    def statuses(option: str, text: str | None) -> set[str]:
        words = {word.strip() for word in text.split(",")} if text else set[str]()
        if unknown := words - set(Status):
            raise UsageError(
                f"{option} {', '.join(sorted(unknown))}: no such status; there are {', '.join(Status)}"
            )
        return words

    wanted, shown = statuses("--fail-on", fail_on), statuses("--status", only)
    if by is not None and by not in divisions.BY:
        raise UsageError(f"--by {by}: write {' or '.join(divisions.BY)}")
    counts: dict[str, int] = {}

    def tallied(entries: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for entry in entries:
            counts[entry["status"]] = counts.get(entry["status"], 0) + 1
            if not shown or entry["status"] in shown:
                yield entry

    archive = open_archive(folder)
    with archive.reader() as session:
        day: date | None = on.date() if on else None
        if by is not None:
            rows = divisions.by_division(session, year, by, on=day, division=division)
            counts = {s: n for s in Status if (n := sum(row[s] for row in rows))}
            columns = [c for c in divisions.COLUMNS if not shown or c not in set(Status) - shown]
            display.audit_by_division(rows, columns, format)
        else:
            entries = tallied(make_audit(archive, year, on=day, division=division))
            display.audit(entries, format)
        display.audit_summary(counts, year, day, recorded_under_set_clock(session))
    if wanted & set(counts):
        raise typer.Exit(3)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    format: Annotated[
        ExportFormat, typer.Option("--format", help="Format of the tables.")
    ] = ExportFormat.CSV,
    files: Annotated[
        bool, typer.Option("--files", help="The documents instead, as division/agency/year.ext.")
    ] = False,
    year: YearOption = None,
    division: DivisionOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Write everything for use elsewhere: figures, findings, agencies, absent reports, dictionary."""
    from archive.export import write_documents, write_tables

    archive = open_archive(folder)
    with archive.reader() as session:
        if not files:
            counts = write_tables(session, target, format, year=year, division=division)
            print(f"{target}: " + ", ".join(f"{name} {rows}" for name, rows in counts.items()))
            return
        number, damaged = write_documents(archive, session, target, year=year, division=division)
    print(f"{target}: {counted(number, 'document')}")
    for damage in damaged:
        say(f"not written: {damage}")
    if damaged:
        raise typer.Exit(1)


@app.command()
def verify(
    evidence: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A folder of gongkai evidence instead.")
    ] = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Check every stored byte against its digest, and the index against the files."""
    from archive import display
    from archive.fixity import verify as verify_archive
    from crawler.commands.evidence import check

    if evidence is not None:
        raise typer.Exit(0 if check(evidence) else 1)
    if display.problems(verify_archive(open_archive(folder))):
        raise typer.Exit(1)


@app.command()
def rebuild(folder: ArchiveOption = DEFAULT_ARCHIVE) -> None:
    """Make the index again from the WARC files and people.jsonl; adds only what is missing."""
    from archive import display
    from archive.rebuild import rebuild as rebuild_index
    from archive.recovery import recover
    from crawler import places

    archive = open_archive(folder, rebuilding=True)
    with archive.lock("crawl"):
        recover(archive)
        outcome = rebuild_index(archive)
        # Runs whose rows were lost can be told from unfinished ones only now.
        recover(archive)
        # Who publishes where follows from the register, as it does before a crawl.
        with archive.session() as session:
            places.sync(session)
            session.commit()
    display.rebuilt(outcome)
    if outcome.damage:
        raise typer.Exit(1)


@app.command()
def demo(
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Keep the archive in this new folder.")
    ] = None,
) -> None:
    """The whole job on a bundled sample web of fictitious government sites; no network needed."""
    from crawler.demo import run as run_demo

    run_demo(keep)


def main() -> None:
    """Run the command."""
    collector.look_seldom()
    sys.exit(run(app))


if __name__ == "__main__":
    main()
