"""What subcommands share: the options, and how they open an archive and find an agency."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.errors import UsageError
from archive.formats import Format

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from archive.database.models import Agency
    from archive.folder import Archive

ArchiveOption = Annotated[
    Path,
    typer.Option("--archive", envvar="GONGKAI_ARCHIVE", help="The folder of the archive."),
]
DEFAULT_ARCHIVE = Path("gongkai-archive")
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="Default: table on a terminal, else csv.")
]


def division_code(code: str | None) -> str | None:
    """A code of any level; a slip would silently choose nothing, and nobody would seem to be missing."""
    from archive.divisions import normal_code

    if code is not None and normal_code(code) is None:
        raise UsageError(
            f"--division {code}: write 2 digits for a province (51), 4 for a prefecture (5117), "
            "6 for a county (511725), 9 for a township"
        )
    return code


DivisionOption = Annotated[
    str | None,
    typer.Option(
        "--division", callback=division_code, help="Only this division and all below it (code)."
    ),
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
AgencyArgument = Annotated[
    str, typer.Argument(help="Its name, an alias, or a part of the name that fits no other.")
]
YearArgument = Annotated[int, typer.Argument(min=2008, max=2100, help="The year reported on.")]
AgencyOption = Annotated[
    str | None, typer.Option("--agency", help="Only this agency: its name or an alias.")
]


def open_archive(folder: Path, *, rebuilding: bool = False) -> Archive:
    """The archive in ``folder``.

    Raises :class:`UsageError` where its database was lost, unless it is opened to make it again: it would
    seem that nothing was ever published.
    """
    from archive.folder import Archive

    if not rebuilding and Archive.lost_database(folder):
        raise UsageError(
            f"{folder} has WARC files and no database; make it again with: gongkai rebuild, then gongkai extract"
        )
    return Archive.open(folder)


def the_agency(session: Session, text: str) -> Agency:
    """The one agency of the register that ``text`` names."""
    from archive.agencies import find

    found = find(session, text)
    if not isinstance(found, list):
        return found
    if not found:
        raise UsageError(f"no agency {text!r} in the register; see: gongkai agencies list")
    names = [f"{agency.name} {agency.division_code}".strip() for agency in found[:5]]
    more = " …" if found[5:] else ""
    raise UsageError(
        f"{text!r} fits {len(found)} agencies: {'; '.join(names)}{more}; write the full name, "
        f"with the division code where names are the same, such as {names[0]!r}"
    )


def person(name: str | None) -> str:
    """Who enters something: as given, else the account that runs the command."""
    import getpass

    try:
        return name or getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise UsageError("who says so cannot be told; add --by NAME") from None


def say(message: str) -> None:
    """A line for the user that is no result."""
    print(message, file=sys.stderr)
