"""OFD, the Chinese fixed-layout format (GB/T 33190-2016): a zip of XML pages that place ink.

An OFD file knows no paragraphs and no tables: each page says where characters and lines stand, as in
a PDF, so the geometry of :mod:`extract.tables` makes the blocks. Elements are taken by their local
names, because the namespace differs between the programs that write OFD.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from extract.document import Document, Table
from extract.errors import DamagedDocument, LimitExceeded, Locked
from extract.readers.containers import Container
from extract.readers.ofd_marks import (
    BEFORE,
    BEHIND,
    Note,
    PageReader,
    PlacedPicture,
    Source,
)
from extract.readers.ofd_paint import Paints
from extract.readers.ofd_places import numbers
from extract.readers.pictures import MOST_BYTES, scanned_pages
from extract.readers.xml_names import local_name
from extract.sniff import OFD, PICTURES, sniff
from extract.tables import PageMarks, read_pages

MAX_BYTES = 100_000_000
MAX_PAGES = 600
MAX_PICTURES = 1_000
"""A scanner may cut each page into strips."""
_ROOT = "OFD.xml"
_ENCRYPTIONS = "Encryptions.xml"
"""What a package has when files in it are encrypted (GM/T 0099-2020, C.3); what can be read in their
places may be something else."""
_BESIDE = frozenset({"Link", "Highlight", "Watermark"})
"""Annotations that leave the numbers of a page as they are."""
_METADATA = {"Title": "title", "Author": "author", "CreationDate": "created"}


def read_ofd(data: bytes) -> Document:
    """Read an OFD file; positions are pages and boxes in points from the top left.

    :raises DamagedDocument: if the package or a page of it is broken or missing.
    :raises LimitExceeded: if it is too large or has too many pages or marks.
    :raises Locked: if it needs a password.
    """
    read = read_marks(data)
    layout = read_pages(read.pages)
    scans = scanned_pages(
        [sum(not char.text.isspace() for char in page.chars) for page in read.pages],
        [len(pictures) for pictures in read.pictures],
        tables=any(isinstance(block, Table) for block in layout.blocks),
    )
    return Document(
        OFD,
        layout.blocks,
        pages=len(read.pages),
        metadata=read.metadata,
        doubts=(*read.doubts, *scans, *layout.doubts),
        pictures=bool(scans and read_pictures(data, read)),
        strange_pages=layout.strange,
    )


@dataclass(frozen=True, slots=True)
class OfdMarks:
    """What a file places on its pages: marks, and the pictures of each page."""

    pages: list[PageMarks]
    pictures: list[list[PlacedPicture]]
    metadata: dict[str, str]
    doubts: list[str]


def read_marks(data: bytes) -> OfdMarks:
    """The marks of all pages, characters in the order of the file; raises as :func:`read_ofd` does."""
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"The OFD file has {len(data)} bytes; {MAX_BYTES} are allowed.")
    with Container(data) as package:
        reader = _OfdReader(package)
        pages = list(reader.pages())
    return OfdMarks(pages, reader.pictures, reader.metadata, reader.doubts)


def read_pictures(data: bytes, read: OfdMarks) -> dict[str, bytes]:
    """The files of the pictures on the pages by their resources, as far as they are such as can be shown.

    :raises LimitExceeded: if they are too many or too large; otherwise raises as :func:`read_ofd`.
    """
    wanted = {picture.resource for pictures in read.pictures for picture in pictures}
    if len(wanted) > MAX_PICTURES:
        raise LimitExceeded(f"The OFD file has more than the {MAX_PICTURES} pictures allowed.")
    found: dict[str, bytes] = {}
    size = 0
    with Container(data) as package:
        for resource, place in _OfdReader(package).media():
            if resource in wanted and package.find(place) is not None:
                picture = package.read(place)
                size += len(picture)
                if size > MOST_BYTES:
                    raise LimitExceeded("The pictures of the OFD file are too large.")
                if sniff(picture) in PICTURES:
                    found[resource] = picture
    return found


class _OfdReader:
    def __init__(self, package: Container) -> None:
        self._package = package
        self.doubts: list[str] = []
        self.metadata: dict[str, str] = {}
        self.pictures: list[list[PlacedPicture]] = []
        if package.find(_ENCRYPTIONS) is not None:
            raise Locked("The OFD file, or a part of it, is encrypted.")
        bodies = [e for e in package.read_xml(_ROOT) if local_name(e) == "DocBody"]
        location = _text(bodies[0], "DocRoot") if bodies else None
        if not location:
            raise DamagedDocument("The OFD file names no document.")
        if len(bodies) > 1:
            self.doubts.append(f"The file holds {len(bodies)} documents; the first was read.")
        for element in bodies[0].iter():
            name = _METADATA.get(local_name(element))
            if name and element.text and element.text.strip():
                self.metadata.setdefault(name, element.text.strip())
        self._path = self._resolve(location, _ROOT)
        self._document = package.read_xml(self._path)
        self._box = _physical_box(self._document) or (0.0, 0.0, 210.0, 297.0)
        self._templates: dict[str, etree._Element | None] = {}

    def pages(self) -> Iterator[PageMarks]:
        """The marks of each page in order, those of its templates included."""
        places = [
            (page.get("BaseLoc", ""), page.get("ID", ""))
            for group in self._document
            if local_name(group) == "Pages"
            for page in group
            if local_name(page) == "Page"
        ]
        if not places:
            raise DamagedDocument("The OFD file has no pages.")
        if len(places) > MAX_PAGES:
            raise LimitExceeded(f"The OFD file has {len(places)} pages; {MAX_PAGES} are allowed.")
        reader = PageReader()
        self.pictures = reader.pictures
        paints = Paints(self._parameters())
        notes = self._notes()
        for number, (place, identifier) in enumerate(places, start=1):
            content = self._package.read_xml(self._resolve(place, self._path))
            sources = [Source(content)]
            for element in content:
                if local_name(element) == "Template":
                    template = self._template(element.get("TemplateID", ""))
                    if template is None:
                        self.doubts.append(f"page {number}: its template is missing")
                    else:
                        above = element.get("ZOrder") == "Foreground"
                        sources.append(Source(template, BEFORE if above else BEHIND))
            box = _physical_box(content) or self._box
            seen = notes.get(identifier, ())
            page, doubts = reader.read(number, box, sources, paints, seen)
            self.doubts += doubts
            yield page

    def media(self) -> Iterator[tuple[str, str]]:
        """Identifier and entry of the pictures and other media among the resources."""
        for place, resources in self._resources():
            folder = posixpath.join(resources.get("BaseLoc", ""), "")
            for medium in resources.iter():
                file = _text(medium, "MediaFile") if local_name(medium) == "MultiMedia" else None
                if file:
                    yield medium.get("ID", ""), self._resolve(folder + file, place)

    def _resources(self) -> Iterator[tuple[str, etree._Element]]:
        """The lists of resources of the document, and where they are."""
        for element in self._document.iter():
            if local_name(element) in ("PublicRes", "DocumentRes"):
                place = self._resolve(element.text or "", self._path)
                if self._package.find(place) is not None:
                    yield place, self._package.read_xml(place)

    def _parameters(self) -> dict[str, etree._Element]:
        """The drawing parameters among the resources by their identifiers."""
        return {
            element.get("ID", ""): element
            for _, resources in self._resources()
            for element in resources.iter()
            if local_name(element) == "DrawParam"
        }

    def _notes(self) -> dict[str, list[Note]]:
        """The annotations that may change what is seen, by the identifiers of their pages."""
        found: dict[str, list[Note]] = {}
        location = _text(self._document, "Annotations")
        if location is None:
            return found
        place = self._resolve(location, self._path)
        for page in self._package.read_xml(place) if self._package.find(place) else ():
            file = self._resolve(_text(page, "FileLoc") or "", place)
            if self._package.find(file) is None:
                self.doubts.append("Annotations of the file are missing.")
                continue
            for note in self._package.read_xml(file):
                hidden = note.get("Visible", "true").lower() == "false"
                if local_name(note) != "Annot" or hidden or note.get("Type") in _BESIDE:
                    continue
                for appearance in (e for e in note if local_name(e) == "Appearance"):
                    x, y, _, _ = numbers(appearance.get("Boundary", "0 0 0 0"), 4)
                    found.setdefault(page.get("PageID", ""), []).append(Note(appearance, x, y))
        return found

    def _template(self, identifier: str) -> etree._Element | None:
        if identifier not in self._templates:
            self._templates[identifier] = None
            for element in self._document.iter():
                if local_name(element) == "TemplatePage" and element.get("ID") == identifier:
                    place = self._resolve(element.get("BaseLoc", ""), self._path)
                    if self._package.find(place) is not None:
                        self._templates[identifier] = self._package.read_xml(place)
        return self._templates[identifier]

    def _resolve(self, location: str, base: str) -> str:
        """The entry a location names, seen from the file ``base``.

        By the standard locations are relative to the file; some programs write all from the root.
        """
        location = location.strip().replace("\\", "/")
        relative = posixpath.join(posixpath.dirname(base), location)
        candidates = [posixpath.normpath(relative).lstrip("/")]
        candidates.append(posixpath.normpath(location).lstrip("/"))
        return next((c for c in candidates if self._package.find(c) is not None), candidates[0])


def _physical_box(root: etree._Element) -> tuple[float, float, float, float] | None:
    """The sheet in mm as ``(x, y, width, height)``: that of the page, or the one for all pages."""
    for element in root.iter():
        if local_name(element) == "PhysicalBox":
            box = numbers(element.text or "", 4)
            if box[2] > 0 and box[3] > 0:
                return box[0], box[1], box[2], box[3]
    return None


def _text(parent: etree._Element, name: str) -> str | None:
    for element in parent:
        if local_name(element) == name:
            return (element.text or "").strip() or None
    return None
