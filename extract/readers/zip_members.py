"""ZIP archives that hold the report: the member that reads as a report is read, the others are named.

Names decide nothing, but for the order of pictures that are the pages of one report. Archives in
archives are not opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from extract.document import Document, Origin, Paragraph
from extract.errors import ExtractionError, LimitExceeded, UnknownFormat
from extract.forms.mapping import map_tables
from extract.forms.reading import Figures
from extract.readers.catalogue import READERS, RECOGNISERS
from extract.readers.containers import Container
from extract.readers.pictures import embedded_pictures, may_show_a_table, scanned_pages
from extract.record import State
from extract.sniff import ZIP, sniff
from extract.titles import parse_title

MAX_DOCUMENTS = 30
"""Documents of one archive; who packs more has packed the reports of many."""
_HEAD = 30
"""Paragraphs in which a report gives its title."""
_NAMED = 8
_DIGITS = re.compile(r"([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    data: bytes
    media_type: str

    def origin(self, origin: Origin) -> Origin:
        # What the server said of the archive says nothing of what is in it.
        return replace(origin, file=f"{origin.file}/{self.name}", content_type=None)


@dataclass(frozen=True, slots=True)
class _Read:
    member: _Member
    document: Document
    figures: dict[str, tuple[State, str]]
    titled: bool

    @property
    def rank(self) -> tuple[int, bool, bool]:
        return len(self.figures), self.document.pictures, self.titled


def read_zip(data: bytes, origin: Origin) -> Document:
    """Read the report in an archive; ``metadata["member"]`` names it.

    :raises UnknownFormat: if no member reads as a report, or several do with different figures.
    :raises DamagedDocument, LimitExceeded, Locked: as :class:`~extract.readers.containers.Container`
        and the readers of the members do.
    """
    return _as_archive(*_best(data, origin))


def _as_archive(read: _Read, others: list[str]) -> Document:
    doubts = read.document.doubts
    if others:
        named = ", ".join(others[:_NAMED]) + (" …" if others[_NAMED:] else "")
        doubts += (f"Of the archive {read.member.name} was read and not: {named}.",)
    metadata = {**read.document.metadata, "member": read.member.name}
    return replace(read.document, media_type=ZIP, metadata=metadata, doubts=doubts)


def read_zip_again(data: bytes, origin: Origin) -> Document | None:
    """The same member by the second reader of its format, None where there is none."""
    read, _ = _best(data, origin)
    member = read.member
    if member.media_type not in READERS:
        return None
    return READERS[member.media_type].second(member.data, member.origin(origin))


def read_scanned_zip(data: bytes, origin: Origin, reading: int) -> Document:
    """The report in an archive by recognising its characters; ``reading`` counts from 0.

    Raises as :func:`read_zip` and :func:`extract.readers.scans.reader.read_scan`.
    """
    from extract.readers.scans.page import read_pictures_in
    from extract.readers.scans.reader import MANNERS

    read, others = _best(data, origin)
    member = read.member
    if read.document.embedded:
        document = read_pictures_in(read.document, MANNERS[reading])
    else:
        readers = RECOGNISERS[member.media_type]
        reader = (readers.first, readers.second, readers.third)[reading]
        document = reader(member.data, member.origin(origin)) or read.document
    return _as_archive(replace(read, document=document), others)


def _best(data: bytes, origin: Origin) -> tuple[_Read, list[str]]:
    """The member that reads as a report, and the names of all others."""
    with Container(data) as archive:
        names = [name for name in archive.names if not _is_leftover(name)]
        if archive.find("[Content_Types].xml"):
            raise UnknownFormat("The file is of an office program but no Word document.")
        members = [_member(archive, name) for name in names]
    documents = [m for m in members if m.media_type in READERS and m.media_type != ZIP]
    if len(documents) > MAX_DOCUMENTS:
        raise LimitExceeded(
            f"The ZIP archive holds {len(documents)} documents; unpack it and read them one by one."
        )
    errors: list[ExtractionError] = []
    reports = [read for read in _reads(documents, origin, errors) if any(read.rank)]
    if not any(read.figures or read.document.pictures for read in reports):
        sheets = [member for member in members if may_show_a_table(member.data)]
        if sheets:
            pages = sorted(sheets, key=_in_order)
            return _sheets(pages), [name for name in names if name not in {m.name for m in pages}]
    if not reports:
        if len(documents) == len(errors) == 1:
            raise errors[0]
        listed = ", ".join(names[:_NAMED]) or "nothing"
        raise UnknownFormat(f"The ZIP archive holds no report that can be read; it holds {listed}.")
    best = max(reports, key=lambda read: read.rank)
    for other in reports:
        unread = other is not best and other.rank == best.rank and best.document.pictures
        differs = best.figures and other.figures and other.figures != best.figures
        if differs or (unread and not best.figures):
            raise UnknownFormat(
                f"The ZIP archive holds several reports, such as {best.member.name} and "
                f"{other.member.name}; unpack it and read them one by one."
            )
    return best, [name for name in names if name != best.member.name]


def _sheets(pages: Sequence[_Member]) -> _Read:
    """Pictures as the pages of one report."""
    embedded, too_many = embedded_pictures((0, page.data) for page in pages)
    ones = [1] * len(pages)
    document = Document(
        ZIP,
        (),
        pages=len(pages),
        doubts=(*scanned_pages([0] * len(pages), ones, tables=False), *too_many),
        pictures=bool(embedded),
        embedded=embedded,
    )
    return _Read(pages[0], document, {}, titled=False)


def _in_order(page: _Member) -> list[tuple[int, str]]:
    """Sorts by name as a person does, 第2页 before 第10页."""
    return [(int(part) if part.isdecimal() else -1, part) for part in _DIGITS.split(page.name)]


def _member(archive: Container, name: str) -> _Member:
    data = archive.read(name)
    return _Member(name, data, sniff(data))


def _reads(
    members: list[_Member], origin: Origin, errors: list[ExtractionError]
) -> Iterator[_Read]:
    for member in members:
        try:
            document = READERS[member.media_type].first(member.data, member.origin(origin))
        except ExtractionError as error:
            errors.append(error)
        else:
            yield _Read(
                member, document, _values(map_tables(document, None)), _titled(document, member)
            )


def _values(figures: Figures) -> dict[str, tuple[State, str]]:
    return {
        key: (cell.state, str(cell.value))
        for key, cell in figures.values.items()
        if cell.state is not State.UNREADABLE
    }


def _titled(document: Document, member: _Member) -> bool:
    texts = [block.text for block in document.blocks[:_HEAD] if isinstance(block, Paragraph)]
    texts += [document.metadata.get("title", ""), PurePosixPath(member.name).stem]
    return any(parse_title(text[:300]).kind == "report" for text in texts if text)


def _is_leftover(name: str) -> bool:
    """Whether an operating system and no person put the file there."""
    path = PurePosixPath(name)
    return path.parts[0] == "__MACOSX" or path.name.startswith(".") or path.name == "Thumbs.db"
