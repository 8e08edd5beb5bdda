"""The front door: one command, ``gongkai``; each subcommand is a few lines over the packages.

What needs long to import is imported where it is used, so that ``gongkai --help`` is quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.errors import GongkaiError, UsageError
from archive.formats import ExportFormat, Format, write

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from archive.database.models import Agency
    from archive.folder import Archive

app = typer.Typer(
    name="gongkai",
    help="Find, archive, read and audit the annual reports on government information disclosure "
    "(政府信息公开工作年度报告).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
agencies = typer.Typer(help="The register of agencies that owe a report.", no_args_is_help=True)
app.add_typer(agencies, name="agencies")

ArchiveOption = Annotated[
    Path,
    typer.Option("--archive", envvar="GONGKAI_ARCHIVE", help="The folder of the archive."),
]
DEFAULT_ARCHIVE = Path("gongkai-archive")
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="Default: table on a terminal, else csv.")
]
DivisionOption = Annotated[
    str | None, typer.Option("--division", help="Only this division and all below it (code).")
]
YearOption = Annotated[
    int | None, typer.Option("--year", min=2008, max=2100, help="The year reported on.")
]
ScopeOption = Annotated[
    str | None, typer.Option("--scope", help="Only the report of this scope: organ, region, …")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it is kept with the entry.")]
PersonOption = Annotated[
    str | None, typer.Option("--by", help="Who says so; the name of the account if not given.")
]
AgencyOption = Annotated[
    str | None, typer.Option("--agency", help="Only this agency: its name or an alias.")
]


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


@agencies.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The register as CSV, in UTF-8.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Fill the register from a CSV file; bad rows are named and skipped, good ones go in."""
    from archive.agencies import import_csv
    from archive.people import keep_register

    archive = _open(folder)
    with archive.session() as session:
        outcome = import_csv(session, file)
        session.commit()
    keep_register(archive)
    for line, message in outcome.problems:
        _say(f"{file}, line {line}: {message}")
    print(f"{outcome.added} agencies added, {outcome.updated} brought up to date")
    if outcome.skipped:
        raise typer.Exit(1)


@agencies.command("list")
def list_(
    division: DivisionOption = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as township_gov.")] = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Show the register."""
    from archive.agencies import as_row, listing

    columns = ("name", "kind", "division_code", "home_url", "annual_report_url")
    with _open(folder).reader() as session:
        rows = (as_row(agency) for agency in listing(session, division=division, kind=kind))
        write(
            rows,
            format,
            columns=columns,
            csv_columns=(*columns, *["aliases", "parent", "since", "until"]),
        )


@agencies.command()
def seed(
    division: Annotated[str, typer.Option("--division", help="Code, 2 to 6 digits.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Add every government of a division from the built-in gazetteer."""
    from archive.agencies import seed as seed_register
    from archive.people import keep_register

    archive = _open(folder)
    with archive.session() as session:
        added = seed_register(session, division)
        session.commit()
    keep_register(archive)
    print(f"{added} agencies added; give them addresses with: gongkai agencies import")


@agencies.command()
def resolve(
    name: str,
    site: Annotated[str | None, typer.Option(help="Address of the site it stands on.")] = None,
    division: Annotated[
        str | None, typer.Option(help="Code of the division it belongs to.")
    ] = None,
    year: YearOption = None,
    format: FormatOption = None,
) -> None:
    """Which agency a name means; works without an archive, on the built-in gazetteer."""
    from archive.resolution import resolve as resolve_name

    row = resolve_name(name, site=site, division=division, year=year).to_json()
    if format in (Format.JSON, Format.JSONL):
        import json

        print(json.dumps(row, ensure_ascii=False))
        return
    columns = ("status", "agency", "division_code", "kind", "resolved_by")
    write(
        [row, *({"status": "candidate", **c} for c in row["candidates"])], format, columns=columns
    )


EventYear = Annotated[
    int, typer.Option("--year", min=1949, max=2100, help="The year in which it happened.")
]


@agencies.command()
def rename(
    agency: Annotated[str, typer.Argument(help="Its name in the register.")],
    name: Annotated[str, typer.Argument(help="Its new name.")],
    year: EventYear,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """An agency bears another name since a year; its reports before stay under the old one."""
    _succeed(folder, "rename", [agency], [name], year)


@agencies.command()
def merge(
    agencies: Annotated[list[str], typer.Argument(help="Their names in the register.")],
    into: Annotated[str, typer.Option("--into", help="What they became.")],
    year: EventYear,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Agencies became, or became part of, another one in a year."""
    _succeed(folder, "merge", agencies, [into], year)


@agencies.command()
def split(
    agency: Annotated[str, typer.Argument(help="Its name in the register.")],
    into: Annotated[list[str], typer.Option("--into", help="A successor; name each.")],
    year: EventYear,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """An agency was split into others in a year."""
    _succeed(folder, "split", [agency], into, year)


@agencies.command()
def abolish(
    agency: Annotated[str, typer.Argument(help="Its name in the register.")],
    year: EventYear,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """An agency ended in a year, and nobody took over."""
    _succeed(folder, "abolish", [agency], [], year)


@agencies.command("import-lineage")
def import_lineage(
    file: Annotated[Path, typer.Argument(help="Events as CSV: event,year,name,successor.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Take foundations, renamings, mergers, splits and abolitions from a CSV file."""
    from archive.agencies.lineage_file import import_lineage as read_events
    from archive.people import keep_register

    archive = _open(folder)
    with archive.session() as session:
        outcome = read_events(session, file)
        session.commit()
    keep_register(archive)
    for line, message in outcome.problems:
        _say(f"{file}, line {line}: {message}")
    print(f"{outcome.added} events added")
    if outcome.skipped:
        raise typer.Exit(1)


@agencies.command("import-sites")
def import_sites(
    file: Annotated[Path, typer.Argument(help="The national database of sites, as CSV.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Merge a list of government sites (code, organ, site name, address) with the register."""
    from archive.agencies.learning import official_hosts
    from archive.agencies.sites import import_sites as merge_sites
    from archive.people import keep_register

    archive = _open(folder)
    with archive.session() as session:
        outcome = merge_sites(session, file, official_hosts(session, archive))
        session.commit()
    keep_register(archive)
    for line, message in outcome.problems:
        _say(f"{file}, line {line}: {message}")
    print(
        f"{outcome.sites} sites, {outcome.addressed} agencies got their address, "
        f"{outcome.added} candidates added, {outcome.proposed} proposals: gongkai agencies review"
    )
    if outcome.skipped:
        raise typer.Exit(1)


@agencies.command()
def review(
    division: DivisionOption = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """What crawls and imports propose for the register, with the evidence."""
    from archive.agencies import proposals

    with _open(folder).reader() as session:
        rows = proposals.review(session, division=division)
        columns = ("id", "what", "name", "division_code", "home_url", "reason", "evidence_url")
        write(rows, format, columns=columns, csv_columns=proposals.COLUMNS)


ProposalNumbers = Annotated[
    list[int] | None, typer.Argument(help="Numbers of proposals, from gongkai agencies review.")
]
AllLike = Annotated[
    str | None,
    typer.Option("--all-like", help="All whose name, address or reason has these words."),
]


@agencies.command()
def accept(
    ids: ProposalNumbers = None,
    all_like: AllLike = None,
    division: Annotated[
        str | None,
        typer.Option("--division", help="Of these; for one without a division: where it lies."),
    ] = None,
    by: PersonOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Do what proposals say; you vouch for it."""
    from archive.agencies import proposals
    from archive.people import keep_register

    archive = _open(folder)
    with archive.session() as session:
        found = proposals.chosen(session, ids or (), like=all_like, division=division)
        code = None if all_like else division
        proposals.accept(session, found, person=_person(by), code=code)
        session.commit()
    keep_register(archive)
    print(f"{len(found)} accepted")


@agencies.command()
def reject(
    ids: ProposalNumbers = None,
    all_like: AllLike = None,
    division: DivisionOption = None,
    by: PersonOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Turn proposals down; the same is not proposed again."""
    from archive.agencies import proposals
    from archive.people import keep_register

    archive = _open(folder)
    with archive.session() as session:
        found = proposals.chosen(session, ids or (), like=all_like, division=division)
        proposals.reject(found, person=_person(by))
        session.commit()
    keep_register(archive)
    print(f"{len(found)} rejected")


@agencies.command()
def standing(
    agency: Annotated[str, typer.Argument(help="Its name in the register.")],
    says: Annotated[
        str, typer.Argument(metavar="STANDING", help="confirmed, candidate or rejected.")
    ],
    by: PersonOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Say that an agency owes reports, that nobody knows, or that it is none that reports."""
    from archive.agencies import proposals
    from archive.people import keep_register

    archive = _open(folder)
    with archive.session() as session:
        found = _agency(session, agency)
        proposals.stand(found, says, person=_person(by))
        session.commit()
    keep_register(archive)
    print(f"{found.name}: {found.standing}")


@app.command()
def crawl(
    year: YearOption = None,
    agency: AgencyOption = None,
    division: DivisionOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Discover reports on the agencies' sites, download and archive them; safe to stop and repeat."""
    from archive import display, progress
    from crawler.run import crawl as run_crawl

    archive = _open(folder)
    with archive.reader() as session:
        only = None if agency is None else [_agency(session, agency).id]
    with progress.bar("places") as bar:
        summary = run_crawl(
            archive,
            year=year,
            agency_ids=only,
            division=division,
            progress=lambda at: bar.update(
                at.done, at.places, f"{at.reports} reports {at.current}"
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

    archive = _open(folder)
    with archive.session() as session:
        owner = _agency(session, agency)
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
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Read documents. With files: print their records and touch no archive. Without: read
    everything in the archive that this version of the extractor has not read yet.
    """
    from archive import display, extraction, progress

    if files:
        failed = display.records(extraction.read_files(files), json_lines)
        raise typer.Exit(1 if failed else 0)
    archive = _open(folder)
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
        str | None, typer.Option(help="Only this parse status: ok, suspect, failed.")
    ] = None,
    form: Annotated[str | None, typer.Option(help="Only this form, such as f2021.")] = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """List the reports in the archive."""
    from archive import reports as archive_reports

    with _open(folder).reader() as session:
        rows = archive_reports.reports(
            session,
            year=year,
            agency_id=None if agency is None else _agency(session, agency).id,
            division=division,
            kind=kind,
            status=status,
            form=form,
        )
        columns = (
            "agency",
            "year",
            "scope",
            "displayed_date",
            "form",
            "parse_status",
            "document_url",
        )
        write(rows, format, columns=columns, csv_columns=archive_reports.LIST_COLUMNS)


@app.command()
def show(
    agency: str,
    year: Annotated[int, typer.Argument(min=2008, max=2100)],
    before: Annotated[int | None, typer.Argument(help="With --diff: a version.")] = None,
    after: Annotated[int | None, typer.Argument(help="With --diff: another version.")] = None,
    versions: Annotated[bool, typer.Option("--versions", help="Only its versions.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="What changed between two versions, or the last two.")
    ] = False,
    scope: ScopeOption = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """One report: figures, findings, versions, and where each number stands."""
    import json

    from archive import display, display_versions, history
    from archive import reports as archive_reports
    from archive.agencies.lineage import Lineage

    if (before is None) != (after is None) or (before is not None and not diff):
        raise UsageError("name two versions after --diff, such as: --diff 1 2")
    pair = (before, after) if before is not None and after is not None else None
    with _open(folder).reader() as session:
        owner = _agency(session, agency)
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
        display.cells_csv(entries)
    else:
        display.report(entries)


@app.command(context_settings={"ignore_unknown_options": True})
def correct(
    agency: str,
    year: Annotated[int, typer.Argument(min=2008, max=2100)],
    key: Annotated[str, typer.Argument(help="A key of docs/data-dictionary.md.")],
    value: Annotated[str, typer.Argument(help="A number, or blank.")],
    reason: ReasonOption,
    by: PersonOption = None,
    scope: ScopeOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Say which value a cell of a report should have; the printed one stays on record."""
    from archive import corrections, display_people
    from archive.people import open_people

    archive = _open(folder)
    with open_people(archive) as people, archive.session() as session:
        report = corrections.one_report(session, _agency(session, agency), year, scope)
        number = people.next_id(session, "correction")
        entry = corrections.correct(
            session, number, report, key, value, reason=reason, person=_person(by)
        )
        session.commit()
        people.keep(session)
        display_people.corrected(entry, report)


@app.command()
def verdict(
    agency: str,
    year: Annotated[int, typer.Argument(min=2008, max=2100)],
    rule: Annotated[str, typer.Argument(help="The rule of the finding, such as T3-01.")],
    decision: Annotated[str, typer.Argument(metavar="VERDICT", help="confirmed or dismissed.")],
    reason: ReasonOption,
    cell: Annotated[
        str | None, typer.Option("--cell", help="Only the finding that rests on this key.")
    ] = None,
    by: PersonOption = None,
    scope: ScopeOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Confirm or dismiss what a rule found in a report; a dismissed finding counts no more."""
    from archive import corrections, display_people
    from archive.people import open_people

    archive = _open(folder)
    with open_people(archive) as people, archive.session() as session:
        report = corrections.one_report(session, _agency(session, agency), year, scope)
        number = people.next_id(session, "verdict")
        entries = corrections.judge(
            session, number, report, rule, decision, cell=cell, reason=reason, person=_person(by)
        )
        session.commit()
        people.keep(session)
        display_people.judged(entries, report)


@app.command("corrections")
def corrections_(
    agency: AgencyOption = None,
    year: YearOption = None,
    division: DivisionOption = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """All corrections and verdicts: who, when, why, and which of them hold."""
    from archive import corrections

    with _open(folder).reader() as session:
        rows = corrections.listing(
            session,
            agency_id=None if agency is None else _agency(session, agency).id,
            year=year,
            division=division,
        )
        columns = ("id", "agency", "year", "what", "printed", "said", "state", "person", "reason")
        write(rows, format, columns=columns, csv_columns=corrections.LIST_COLUMNS)


@app.command()
def undo(
    entry: Annotated[str, typer.Argument(help="Its id, from gongkai corrections.")],
    by: PersonOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Take back a correction or verdict; the history keeps it."""
    from archive import corrections
    from archive.people import open_people

    archive = _open(folder)
    with open_people(archive) as people, archive.session() as session:
        row = corrections.undo(session, entry, person=_person(by))
        session.commit()
        people.keep(session)
    print(f"{row['id']} is undone: {row['agency']} {row['year']}, {row['what']} {row['said']}")


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
    from itertools import islice

    from archive import search as archive_search

    with _open(folder).reader() as session:
        found = archive_search.search(session, text, year=year, section=section, division=division)
        rows = islice(found, limit) if limit else found
        columns = ("agency", "year", "section", "snippet")
        number = write(rows, format, columns=columns, csv_columns=archive_search.COLUMNS)
        if number == 0:
            _say("nothing found")
        elif number == limit and next(found, None):
            _say(f"only the first {limit} are shown; see more with --limit, all with --limit 0")


@app.command()
def series(
    key: Annotated[
        str, typer.Argument(help="A figure, such as requests.received_new.total, or a rate.")
    ],
    agency: AgencyOption = None,
    division: DivisionOption = None,
    first: Annotated[int | None, typer.Option("--from", min=2008, max=2100)] = None,
    last: Annotated[int | None, typer.Option("--to", min=2008, max=2100)] = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """A figure over the years: of an agency, or added up over a division with its coverage."""
    from archive import series as archive_series
    from archive.measures import measure

    what = measure(key)
    if agency is not None and division is not None:
        raise UsageError("name an agency or a division, not both")
    with _open(folder).reader() as session:
        if agency is not None:
            owner = _agency(session, agency)
            rows = archive_series.of_agency(session, what, owner, first, last)
            full = archive_series.AGENCY_COLUMNS
        else:
            rows = archive_series.of_division(session, what, division, first, last)
            full = archive_series.DIVISION_COLUMNS
        rate = what.denominator is not None
        full = tuple(name for name in full if rate or name not in archive_series.ONLY_RATES)
        short = tuple(name for name in full if name not in archive_series.ONLY_SOURCES)
        _say(f"{what.key}: {what.about}")
        if not write(rows, format, columns=short, csv_columns=full):
            _say("no reports")


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
    with run_query(_open(folder), query) as (columns, rows):
        # A table is laid out as a whole, so it cannot have any number of rows.
        shown = islice(rows, most) if chosen is Format.TABLE else rows
        if write(shown, chosen, columns=columns) == most and next(rows, None):
            _say(f"only the first {most} rows are shown; get all with --format csv")


@app.command()
def audit(
    year: Annotated[int, typer.Option("--year", min=2008, max=2100, help="The year reported on.")],
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="As known at the end of this day."),
    ] = None,
    division: DivisionOption = None,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", help="Exit with 3 if an agency has one of these: missing,late"),
    ] = None,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Who published, who did not, who was late, and what is wrong, with the evidence."""
    from archive import display
    from archive.audit.status import Status
    from archive.audit.table import audit as make_audit
    from archive.audit.table import recorded_under_set_clock

    wanted = {word.strip() for word in fail_on.split(",")} if fail_on else set[str]()
    if unknown := wanted - set(Status):
        raise UsageError(
            f"--fail-on {', '.join(sorted(unknown))}: no such status; there are {', '.join(Status)}"
        )
    counts: dict[str, int] = {}

    def counted(entries: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for entry in entries:
            counts[entry["status"]] = counts.get(entry["status"], 0) + 1
            yield entry

    with _open(folder).reader() as session:
        day: date | None = on.date() if on else None
        entries = counted(make_audit(session, year, on=day, division=division))
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

    archive = _open(folder)
    with archive.reader() as session:
        if not files:
            counts = write_tables(session, target, format, year=year, division=division)
            print(f"{target}: " + ", ".join(f"{name} {rows}" for name, rows in counts.items()))
            return
        number, damaged = write_documents(archive, session, target, year=year, division=division)
    print(f"{target}: {number} documents")
    for damage in damaged:
        _say(f"not written: {damage}")
    if damaged:
        raise typer.Exit(1)


@app.command()
def verify(folder: ArchiveOption = DEFAULT_ARCHIVE) -> None:
    """Check every stored byte against its digest, and the index against the files."""
    from archive import display
    from archive.fixity import verify as verify_archive

    if display.problems(verify_archive(_open(folder))):
        raise typer.Exit(1)


@app.command()
def rebuild(folder: ArchiveOption = DEFAULT_ARCHIVE) -> None:
    """Make the index again from the WARC files and people.jsonl; adds only what is missing."""
    from archive import display
    from archive.rebuild import rebuild as rebuild_index
    from archive.recovery import recover
    from crawler import places

    archive = _open(folder)
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
    from crawler.demo import run

    run(keep)


def _open(folder: Path) -> Archive:
    from archive.folder import Archive

    return Archive.open(folder)


def _agency(session: Session, text: str) -> Agency:
    """The one agency of the register that ``text`` names."""
    from archive.agencies import find

    found = find(session, text)
    if not isinstance(found, list):
        return found
    if not found:
        raise UsageError(f"no agency {text!r} in the register; see: gongkai agencies list")
    names = "; ".join(f"{agency.name} {agency.division_code}".strip() for agency in found[:5])
    raise UsageError(f"{text!r} fits {len(found)} agencies: {names} …; write the full name")


def _succeed(folder: Path, what: str, names: list[str], successors: list[str], year: int) -> None:
    """Keep in the register what became of the agencies called ``names``."""
    from archive.agencies import lineage
    from archive.people import keep_register

    archive = _open(folder)
    with archive.session() as session:
        ended = [_agency(session, name) for name in names]
        match what:
            case "rename":
                lineage.rename(session, ended[0], successors[0], year, origin="person")
            case "merge":
                lineage.merge(session, ended, successors[0], year, origin="person")
            case "split":
                lineage.split(session, ended[0], successors, year, origin="person")
            case _:
                lineage.record(session, "abolished", ended[0], year, origin="person")
        session.commit()
        for agency in ended:
            if agency.until is not None:
                print(f"{agency.name}: {lineage.ended(agency)}")
    keep_register(archive)


def _person(name: str | None) -> str:
    """Who enters something: as given, else the account that runs the command."""
    import getpass

    try:
        return name or getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise UsageError("who says so cannot be told; add --by NAME") from None


def _say(message: str) -> None:
    print(message, file=sys.stderr)


def main() -> None:
    """Run the command; what a user can cause ends in one line on stderr and an exit status."""
    try:
        app()
    except GongkaiError as error:
        _say(f"gongkai: {error}")
        sys.exit(error.status)
    except KeyboardInterrupt:
        _say("gongkai: stopped; run the same command again to go on")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
