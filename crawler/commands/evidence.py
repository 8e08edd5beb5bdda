"""``gongkai evidence``: what proves the status of one report; and the check of such a folder."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from archive.commands.options import (
    DEFAULT_ARCHIVE,
    AgencyArgument,
    ArchiveOption,
    ScopeOption,
    YearArgument,
    open_archive,
    say,
    the_agency,
)
from archive.errors import UsageError
from extract.counting import counted

app = typer.Typer()


@app.command()
def evidence(
    agency: AgencyArgument,
    year: YearArgument,
    target: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    scope: ScopeOption = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="As known at the end of this day."),
    ] = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Write what proves the status of a report, for a third person to check without us."""
    from archive import clock
    from archive.audit.presence import Presences
    from archive.audit.status import conclude
    from archive.audit.table import end_of, recorded_under_set_clock
    from archive.evidence import pdf
    from archive.evidence.checking import check as check_folder
    from archive.evidence.claims import Case
    from archive.evidence.folder import write
    from archive.evidence.wording import STATUS
    from crawler.rereading import reread

    archive = open_archive(folder)
    day = on.date() if on else None
    moment = min(end_of(day), clock.now()) if day else clock.now()
    with archive.reader() as session:
        owner = the_agency(session, agency)
        found = {one.scope: one for one in Presences(session, year, moment).of(owner)}
        if scope is None and len(found) > 1:
            raise UsageError(
                f"{owner.name} has several reports for {year}; add --scope: {', '.join(found)}"
            )
        if scope is not None and scope not in found:
            raise UsageError(
                f"nothing is known of a report of {owner.name} for {year} with the scope {scope}; "
                f"there is: {', '.join(found)}"
            )
        presence = found[scope] if scope else next(iter(found.values()))
        case = Case(presence, conclude(presence, moment), moment, day)
        words = ["gongkai", "evidence", owner.name, str(year), target.name]
        words += ["--scope", presence.scope] + (["--on", day.isoformat()] if day else [])
        digest = write(archive, session, case, target, shlex.join(words), reread)
        set_clock = recorded_under_set_clock(session)
    status = case.conclusion.status
    print(f"{target}: {owner.name} {year}: {status} ({STATUS[status][0]})")
    print(f"manifest.json has the SHA-256 {digest}; keep it elsewhere")
    if lacking := pdf.lacking():
        say(lacking)
    if set_clock:
        say("This archive was recorded under a set clock: it proves nothing.")
    # What a browser showed, for one, cannot be read again from what is stored.
    if problems := check_folder(target, reread).problems:
        for problem in problems:
            say(f"does not hold: {problem}")
        raise typer.Exit(1)


def check(folder: Path) -> bool:
    """Check an evidence folder and say what is wrong; returns whether all is sound.

    Raises :class:`UsageError` where the folder is none.
    """
    from archive.evidence.checking import check as check_folder
    from archive.evidence.checking import is_evidence
    from archive.evidence.summary import title
    from crawler.rereading import reread

    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    if not is_evidence(folder):
        raise UsageError(
            f"{folder} is no evidence folder; check an archive with: gongkai verify --archive {folder}"
        )
    done = check_folder(folder, reread)
    for problem in done.problems:
        print(problem)
    for note in done.notes:
        say(f"note: {note}")
    say(f"{counted(len(done.problems), 'problem') if done.problems else 'no problems'} found")
    if not done.problems and done.claims is not None:
        print(f"{title(done.claims)}: every statement follows from the records")
        print(f"SHA-256 of manifest.json: {done.digest}")
        if done.claims["clock_set"]:
            say("It was recorded under a set clock: it proves nothing.")
    return not done.problems
