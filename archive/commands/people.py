"""What people say of figures and findings: ``correct``, ``verdict``, ``corrections``, ``undo``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from archive.commands.options import (
    DEFAULT_ARCHIVE,
    AgencyArgument,
    AgencyOption,
    ArchiveOption,
    DivisionOption,
    FormatOption,
    PersonOption,
    ReasonOption,
    ScopeOption,
    YearArgument,
    YearOption,
    open_archive,
    person,
    the_agency,
)
from archive.formats import write

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from archive.database.models import Correction, FindingVerdict, Report

Entered = TypeVar("Entered")

app = typer.Typer()


@app.command(context_settings={"ignore_unknown_options": True})
def correct(
    agency: AgencyArgument,
    year: YearArgument,
    key: Annotated[str, typer.Argument(help="A key of docs/data-dictionary.md.")],
    value: Annotated[str, typer.Argument(help="A number, or blank.")],
    reason: ReasonOption,
    by: PersonOption = None,
    scope: ScopeOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Say which value a cell of a report should have; the printed one stays on record."""
    from archive import corrections, display_people

    def enter(session: Session, number: int, report: Report) -> Correction:
        return corrections.correct(
            session, number, report, key, value, reason=reason, person=person(by)
        )

    _keep(folder, "correction", (agency, year, scope), enter, display_people.corrected)


@app.command()
def verdict(
    agency: AgencyArgument,
    year: YearArgument,
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

    def enter(session: Session, number: int, report: Report) -> list[FindingVerdict]:
        return corrections.judge(
            session, number, report, rule, decision, cell=cell, reason=reason, person=person(by)
        )

    _keep(folder, "verdict", (agency, year, scope), enter, display_people.judged)


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

    with open_archive(folder).reader() as session:
        rows = corrections.listing(
            session,
            agency_id=None if agency is None else the_agency(session, agency).id,
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
    from archive.audit import history
    from archive.people import open_people

    archive = open_archive(folder)
    with open_people(archive) as people, archive.session() as session:
        row = corrections.undo(session, entry, person=person(by))
        session.commit()
        people.keep(session)
        history.keep_of(archive, session, the_agency(session, row["agency"]).id, row["year"])
    print(f"{row['id']} is undone: {row['agency']} {row['year']}, {row['what']} {row['said']}")


def _keep(
    folder: Path,
    kind: Literal["correction", "verdict"],
    of: tuple[str, int, str | None],
    enter: Callable[[Session, int, Report], Entered],
    tell: Callable[[Entered, Report], None],
) -> None:
    """Keep what ``enter`` makes of a report (agency, year, scope), in the database and beside it; then say it."""
    from archive import corrections
    from archive.audit import history
    from archive.people import open_people

    agency, year, scope = of
    archive = open_archive(folder)
    with open_people(archive) as people, archive.session() as session:
        report = corrections.one_report(session, the_agency(session, agency), year, scope)
        entered = enter(session, people.next_id(session, kind), report)
        session.commit()
        people.keep(session)
        history.keep_of(archive, session, report.agency_id, year)
        tell(entered, report)
