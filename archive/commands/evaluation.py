"""``gongkai audit report``, the evaluation as a document; and ``gongkai compare``, copied texts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from archive.commands.options import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    DivisionOption,
    open_archive,
    say,
)
from archive.errors import UsageError
from extract.counting import counted

app = typer.Typer()


class DocumentFormat(StrEnum):
    """What the document is written as."""

    DOCX = "docx"
    HTML = "html"
    MD = "md"


def report(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="A new file.")],
    year: Annotated[int, typer.Option("--year", min=2008, max=2100, help="The year reported on.")],
    division: DivisionOption = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="As known at the end of this day."),
    ] = None,
    format: Annotated[
        DocumentFormat | None,
        typer.Option("--format", help="Default: as the name of the file ends."),
    ] = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Write the evaluation of a division and year as a document in Chinese."""
    from archive.evaluation import docx, pages
    from archive.evaluation.gathering import gather

    ending = target.suffix.lstrip(".").lower()
    if format is None and ending not in set(DocumentFormat):
        raise UsageError(f"{target}: add --format docx, html or md")
    chosen = format or DocumentFormat(ending)
    if target.exists():
        raise UsageError(f"{target} is there already; name a new file")
    with open_archive(folder).reader() as session:
        about = gather(session, year, division, on.date() if on else None)
    try:
        if chosen is DocumentFormat.DOCX:
            docx.write(about, target)
        else:
            text = pages.html(about) if chosen is DocumentFormat.HTML else pages.markdown(about)
            target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from None
    print(f"{target}: {counted(about.statuses.total(), 'report')}, as of {about.day}")


@app.command()
def compare(
    year: Annotated[int, typer.Option("--year", min=2008, max=2100, help="The year reported on.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Look for texts and tables that the reports of a year share with each other and with last year's."""
    from archive import progress
    from archive.audit.copies import compare as compare_texts

    archive = open_archive(folder)
    with (
        archive.lock("extract"),
        archive.session() as session,
        progress.bar("texts") as bar,
    ):
        changed = compare_texts(session, year, lambda done, total: bar.update(done, total))
        session.commit()
    print(f"{year}: {counted(changed, 'finding')} added or taken away")
    say(f"see them with: gongkai reports --year {year} --finding CU-03")
