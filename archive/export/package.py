"""Write all tables of an export into a folder, with ``datapackage.json`` (Frictionless Data Package 2.0).

Everything is written into a temporary folder beside the wanted one and moved there at the end: a folder
with that name is always a whole export.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from archive.errors import JobError, UsageError
from archive.export import rows, schema
from archive.export.rows import Choice
from archive.export.schema import Row, Table
from archive.export.writers import (
    CSVWriter,
    JSONLinesWriter,
    ParquetWriter,
    Writer,
    XLSXWriter,
)
from archive.formats import ExportFormat
from extract import VERSION

FILE_NAME = "datapackage.json"

_PROFILE = "https://datapackage.org/profiles/2.0"
_ROWS: dict[Table, Callable[[Session, Choice], Iterator[Row]]] = {
    schema.FIGURES_WIDE: rows.figures_wide,
    schema.FIGURES_LONG: rows.figures_long,
    schema.AGENCIES: rows.agencies,
    schema.ABSENT: rows.absent,
    schema.FINDINGS: rows.findings,
    schema.PEOPLE: rows.people,
    schema.DICTIONARY: rows.dictionary,
}


_WRITERS: dict[ExportFormat, type[Writer]] = {
    ExportFormat.CSV: CSVWriter,
    ExportFormat.PARQUET: ParquetWriter,
    ExportFormat.XLSX: XLSXWriter,
    ExportFormat.JSONL: JSONLinesWriter,
}


def write_tables(
    session: Session,
    folder: Path,
    format: ExportFormat,
    *,
    year: int | None = None,
    division: str | None = None,
) -> dict[str, int]:
    """Write the tables into ``folder``, which must not exist or be empty; returns rows by table.

    ``session`` should be one that only reads: all tables then tell of the same moment. The same
    archive gives the same bytes, whenever it is exported.

    Raises :class:`~archive.errors.UsageError` for a folder that is not empty or a format whose library
    is not installed, :class:`~archive.errors.JobError` if the disk does not take it.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    choice = Choice(year, division)
    counts: dict[str, int] = {}
    with new_folder(folder) as made:
        resources = []
        for table, source in _ROWS.items():
            kind = _WRITERS[format]
            path = made / f"{table.name}.{kind.suffix}"
            counts[table.name] = kind(path, table).write(source(session, choice))
            resources.append(_resource(path, table, kind, counts[table.name]))
        package = _package(session, choice, resources)
        text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
        (made / FILE_NAME).write_text(text, encoding="utf-8")
    return counts


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder that becomes ``folder`` if all goes well, and vanishes if not.

    Raises :class:`~archive.errors.UsageError` if ``folder`` is there and not empty.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; name a new folder for the export")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name[:50]}.", dir=folder.parent))
    except OSError as error:
        raise UsageError(f"cannot write to {folder.parent}: {error.strerror}") from None
    try:
        # The temporary folder is private; the export is as readable as any new folder.
        mask = os.umask(0)
        os.umask(mask)
        made.chmod(0o777 & ~mask)
        yield made
        made.replace(folder)
    except OSError as error:
        raise JobError(f"the export could not be written to {folder}: {error.strerror}") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _package(session: Session, choice: Choice, resources: list[dict[str, Any]]) -> dict[str, Any]:
    moment = rows.as_of(session)
    return {
        "$schema": f"{_PROFILE}/datapackage.json",
        "name": "gongkai-export",
        "title": "Annual reports on government information disclosure (政府信息公开工作年度报告)",
        "description": "Made from an archive by gongkai export. In CSV, text that a spreadsheet could "
        "take for a formula has an apostrophe before it.",
        "gongkai": VERSION,
        "as_of": moment.isoformat(timespec="seconds") if moment else None,
        "year": choice.year,
        "division": choice.division,
        "resources": resources,
    }


def _resource(path: Path, table: Table, kind: type[Writer], number: int) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "$schema": f"{_PROFILE}/dataresource.json",
        "name": table.name,
        "type": "table",
        "path": path.name,
        "description": table.description,
        "format": kind.suffix,
        "mediatype": kind.media_type,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{_digest(path)}",
        "rows": number,
        "schema": {
            "$schema": f"{_PROFILE}/tableschema.json",
            "fields": [
                {"name": field.name, "type": field.type, "description": field.description}
                for field in table.fields
            ],
            "missingValues": [""],
        },
    }
    if table.key:
        resource["schema"]["primaryKey"] = list(table.key)
    if kind in (CSVWriter, JSONLinesWriter):
        resource["encoding"] = "utf-8"
    return resource


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
