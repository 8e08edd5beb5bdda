"""Write the documents themselves in a tree of readable names: ``division/agency/year.ext``.

Names come from the register and, in the end, from the network, so they are made harmless; the ending of
a file is told by its content, never by what a server called it. ``documents.csv`` says what is what.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from archive import captures
from archive.database.models import Agency, Report
from archive.divisions import division as find_division
from archive.export.package import new_folder
from archive.export.rows import Choice, latest_versions
from archive.export.schema import Field, Row, Table
from archive.export.writers import CSVWriter
from archive.folder import Archive
from archive.warc import FixityError
from extract import sniff

_ENDINGS = {
    sniff.PDF: ".pdf",
    sniff.DOCX: ".docx",
    sniff.DOC: ".doc",
    sniff.OFD: ".ofd",
    sniff.ZIP: ".zip",
    sniff.RAR: ".rar",
    sniff.SEVEN_ZIP: ".7z",
    sniff.RTF: ".rtf",
    sniff.MHTML: ".mhtml",
    sniff.HTML: ".html",
    sniff.TEXT: ".txt",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
    "image/webp": ".webp",
}
_LONGEST_NAME = 60
"""Characters of a name: at most 240 bytes in UTF-8, and file systems take 255."""
# Separators and signs that Windows forbids; control, format (such as reversed writing) and private ones.
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.I
)
_INDEX = Table(
    "documents",
    "The documents of an export.",
    (
        Field("path", "string", "Where the document is in this folder."),
        Field("agency", "string", "Official name of the agency."),
        Field("division_code", "string", "Code of its division."),
        Field("year", "integer", "The year reported on."),
        Field("scope", "string", "What the report speaks for."),
        Field("version", "integer", "Number of the version."),
        Field("sha256", "string", "Digest of the document."),
        Field("document_url", "string", "Its address."),
        Field("url", "string", "Address of the page that links it."),
        Field("first_seen", "datetime", "When this version was first seen."),
    ),
    ("path",),
)


def write_documents(
    archive: Archive,
    session: Session,
    folder: Path,
    *,
    year: int | None = None,
    division: str | None = None,
) -> tuple[int, list[str]]:
    """Write the latest version of each report's document; returns how many, and what is damaged.

    Raises as :func:`archive.export.package.write_tables` does.
    """
    damaged: list[str] = []
    with new_folder(folder) as made:
        writer = CSVWriter(made / "documents.csv", _INDEX)
        written = _documents(archive, session, made, Choice(year, division), damaged)
        number = writer.write(written)
    return number, damaged


def _documents(
    archive: Archive, session: Session, folder: Path, choice: Choice, damaged: list[str]
) -> Iterator[Row]:
    for report, agency, version in latest_versions(session, choice):
        try:
            data = captures.body(archive, session, version.capture)
        except (FixityError, LookupError) as error:
            damaged.append(f"{agency.name} {report.year}: {error}")
            continue
        path = _free(folder, _place(agency, report), ending(data))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        yield {
            "path": path.relative_to(folder).as_posix(),
            "agency": agency.name,
            "division_code": agency.division_code,
            "year": report.year,
            "scope": report.scope,
            "version": version.number,
            "sha256": version.sha256,
            "document_url": version.document_url,
            "url": version.url,
            "first_seen": version.first_seen,
        }


def _place(agency: Agency, report: Report) -> tuple[str, str, str]:
    code = agency.division_code
    found = find_division(code) if code else None
    place = f"{code} {found.name}" if found else code or "no division"
    return safe_name(place), safe_name(agency.name), str(report.year)


def _free(folder: Path, place: tuple[str, str, str], ending: str) -> Path:
    """The path of a document; with a number where two names became one or a year has two reports."""
    division, agency, year = place
    for number in range(1, 10_000):
        mark = "" if number == 1 else f" ({number})"
        path = folder / division / agency / f"{year}{mark}{ending}"
        if not path.exists():
            return path
    raise FileExistsError(f"no free name for {folder / division / agency / year}")


def ending(data: bytes) -> str:
    """The ending of the name of a file with this content, with its point."""
    return _ENDINGS.get(sniff.sniff(data), ".bin")


def safe_name(text: str) -> str:
    """``text`` as the name of a file on any system: one level, bounded, nothing reserved or invisible."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    text = " ".join(_FORBIDDEN.sub("_", text).split())[:_LONGEST_NAME].strip(" .")
    if not text or _RESERVED.fullmatch(text):
        text = f"_{text}"
    return text
