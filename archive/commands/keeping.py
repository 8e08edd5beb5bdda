"""Keeping an archive safe: ``backup`` and ``upload``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from archive.commands.options import DEFAULT_ARCHIVE, ArchiveOption, open_archive, say
from archive.errors import UsageError
from extract.counting import counted

app = typer.Typer()


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="DEST", help="A folder for backups.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Copy everything but the WARC files into a dated folder, also while a crawl works."""
    from archive.backup import WARC_SUMS, back_up

    archive = open_archive(folder)
    done = back_up(archive, target)
    print(f"{done.folder}: {', '.join(done.files)}")
    if not done.database:
        say("The database is on a server: back it up with pg_dump, or rely on gongkai rebuild.")
    say(
        f"Copy {archive.settings.store.url or archive.warc_folder} now as well; "
        f"{WARC_SUMS} lists its finished files."
    )


@app.command()
def upload(folder: ArchiveOption = DEFAULT_ARCHIVE) -> None:
    """Send the finished WARC files that are still in the folder to the store that the settings name."""
    archive = open_archive(folder)
    if not archive.settings.store.url:
        raise UsageError("there is no store to send to; set url under [store] in gongkai.toml")
    names = archive.store.send()
    print(f"{counted(len(names), 'file')} sent to {archive.settings.store.url}")
