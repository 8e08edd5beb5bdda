"""``gongkai agencies``: the register of agencies that owe a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.commands.options import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    DivisionOption,
    FormatOption,
    PersonOption,
    YearOption,
    division_code,
    open_archive,
    person,
    say,
    the_agency,
)
from archive.formats import Format, write
from extract.counting import counted

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from archive.folder import Archive

agencies = typer.Typer(help="The register of agencies that owe a report.", no_args_is_help=True)

EventYear = Annotated[
    int, typer.Option("--year", min=1949, max=2100, help="The year in which it happened.")
]
ProposalNumbers = Annotated[
    list[int] | None, typer.Argument(help="Numbers of proposals, from gongkai agencies review.")
]
AllLike = Annotated[
    str | None,
    typer.Option("--all-like", help="All whose name, address or reason has these words."),
]


@agencies.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The register as CSV, in UTF-8.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Fill the register from a CSV file; bad rows are named and skipped, good ones go in."""
    from archive.agencies import import_csv

    with _changing(folder) as (_archive, session):
        outcome = import_csv(session, file)
    _say_problems(file, outcome.problems)
    print(
        f"{counted(outcome.added, 'agency', 'agencies')} added, {outcome.updated} brought up to date"
    )
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
    with open_archive(folder).reader() as session:
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

    with _changing(folder) as (_archive, session):
        added = seed_register(session, division)
    print(
        f"{counted(added, 'agency', 'agencies')} added; give them addresses with: gongkai agencies import"
    )


@agencies.command()
def resolve(
    name: Annotated[str, typer.Argument(help="As a title or a list prints it.")],
    site: Annotated[str | None, typer.Option(help="Address of the site it stands on.")] = None,
    division: Annotated[
        str | None,
        typer.Option(callback=division_code, help="Code of the division it belongs to."),
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

    with _changing(folder) as (_archive, session):
        outcome = read_events(session, file)
    _say_problems(file, outcome.problems)
    print(f"{counted(outcome.added, 'event')} added")
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

    with _changing(folder) as (archive, session):
        outcome = merge_sites(session, file, official_hosts(session, archive))
    _say_problems(file, outcome.problems)
    print(
        f"{counted(outcome.sites, 'site')}, {counted(outcome.addressed, 'agency', 'agencies')} got their address, "
        f"{counted(outcome.added, 'candidate')} added, {counted(outcome.proposed, 'proposal')}: gongkai agencies review"
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

    with open_archive(folder).reader() as session:
        rows = proposals.review(session, division=division)
        columns = ("id", "what", "name", "division_code", "home_url", "reason", "evidence_url")
        write(rows, format, columns=columns, csv_columns=proposals.COLUMNS)


@agencies.command()
def accept(
    ids: ProposalNumbers = None,
    all_like: AllLike = None,
    division: Annotated[
        str | None,
        typer.Option(
            "--division",
            callback=division_code,
            help="Of these; for one without a division: where it lies.",
        ),
    ] = None,
    by: PersonOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Do what proposals say; you vouch for it."""
    from archive.agencies import proposals

    with _changing(folder) as (_archive, session):
        found = proposals.chosen(session, ids or (), like=all_like, division=division)
        code = None if all_like else division
        proposals.accept(session, found, person=person(by), code=code)
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

    with _changing(folder) as (_archive, session):
        found = proposals.chosen(session, ids or (), like=all_like, division=division)
        proposals.reject(found, person=person(by))
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

    with _changing(folder) as (_archive, session):
        found = the_agency(session, agency)
        proposals.stand(found, says, person=person(by))
    print(f"{found.name}: {found.standing}")


def _succeed(folder: Path, what: str, names: list[str], successors: list[str], year: int) -> None:
    """Keep in the register what became of the agencies called ``names``."""
    from archive.agencies import lineage

    with _changing(folder) as (_archive, session):
        ended = [the_agency(session, name) for name in names]
        match what:
            case "rename":
                lineage.rename(session, ended[0], successors[0], year, origin="person")
            case "merge":
                lineage.merge(session, ended, successors[0], year, origin="person")
            case "split":
                lineage.split(session, ended[0], successors, year, origin="person")
            case _:
                lineage.record(session, "abolished", ended[0], year, origin="person")
        became = [
            f"{agency.name}: {lineage.ended(agency)[0]}"
            for agency in ended
            if agency.until is not None
        ]
    for line in became:
        print(line)


@contextmanager
def _changing(folder: Path) -> Iterator[tuple[Archive, Session]]:
    """A session whose changes of the register are committed, and kept where a rebuild finds them."""
    from archive.people import keep_register

    archive = open_archive(folder)
    with archive.session() as session:
        yield archive, session
        session.commit()
    keep_register(archive)


def _say_problems(file: Path, problems: Sequence[tuple[int, str]]) -> None:
    for line, message in problems:
        say(f"{file}, line {line}: {message}")
