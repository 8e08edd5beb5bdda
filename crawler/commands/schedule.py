"""``gongkai schedule``: the service that re-crawls each year, and what runs next."""

from __future__ import annotations

from typing import Annotated

import typer

from archive.commands.options import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    FormatOption,
    open_archive,
    say,
)
from archive.formats import write
from extract.counting import counted

app = typer.Typer(
    no_args_is_help=True, help="The yearly campaign: run it, and see what comes next."
)


@app.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Visit, read and tell whatever is due, until stopped; one service an archive."""
    from crawler.campaign.service import Service

    service = Service(open_archive(folder))
    if not once:
        service.run()
    elif not service.once():
        raise typer.Exit(1)


@app.command()
def show(
    people: Annotated[
        bool, typer.Option("--people", help="Only the places that need a person.")
    ] = False,
    format: FormatOption = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """What is visited next, when and why: place by place, and summed up on standard error."""
    from archive import clock
    from crawler import places
    from crawler.campaign import agenda, health

    archive = open_archive(folder)
    with archive.session() as session:
        places.sync(session)
        session.commit()
    with archive.reader() as session:
        made = agenda.agenda(session, archive.settings.schedule, clock.now())
        nowhere = agenda.without_place(session)
    rows = (row for row in made.rows() if row["needs"] or not people)
    columns = ("at", "why", "url", "reason", *(("needs",) if people else ()))
    write(rows, format, columns=columns, csv_columns=agenda.LIST_COLUMNS)
    summary = made.summary()
    due = ", ".join(f"{number} {why}" for why, number in summary["due"].items())
    say(
        f"{counted(summary['places'], 'place')}; "
        + (
            f"due now: {due}"
            if due
            else f"nothing is due before {summary['next'] or 'there is one'}"
        )
    )
    if summary["needs_people"]:
        say(
            f"places that need a person: {summary['needs_people']}; see them with: gongkai schedule show --people"
        )
    if nowhere:
        say(
            f"without an address, their own or a superior's: {counted(nowhere, 'agency', 'agencies')} of the register"
        )
    told = health.read(archive)
    if told is None or told.get("state") == "stopped":
        say("No service runs; start it with: gongkai schedule run")
    else:
        say(
            f"The service (process {told.get('pid')}) said at {told.get('at')}: {told.get('state')}"
        )
        for problem in told.get("problems", []):
            say(f"Problem: {problem}")
