"""Documents whose tables are pictures that stand in them: Word files, web pages, archives of pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.document import Block, Document, Paragraph
from extract.errors import DamagedDocument
from extract.readers.scans.reader import Manner, read_pictures


def read_pictures_in(document: Document, manner: Manner) -> Document:
    """The document with what its pictures show in their places.

    ``page`` of a position counts the pictures, of which a file may hold several. Raises as
    :func:`extract.readers.scans.reader.read_scan`.
    """
    if not document.embedded:
        raise DamagedDocument("The document holds no picture that can be recognised.")
    seen, files = read_pictures([picture.data for picture in document.embedded], manner)
    places = [document.embedded[file].at for file in files]
    return replace(
        document,
        blocks=tuple(_merged(document.blocks, seen.blocks, places)),
        pages=seen.pages,
        doubts=seen.doubts,
        pictures=False,
        recognised=True,
        embedded=(),
    )


def _merged(own: Sequence[Block], seen: Sequence[Block], places: Sequence[int]) -> Iterator[Block]:
    """Blocks of the document, and before the block ``places[page - 1]`` those of the page."""
    written = 0
    for block in seen:
        position = (block if isinstance(block, Paragraph) else block.cells[0]).position
        at = places[(position.page or 1) - 1]
        yield from own[written:at]
        written = max(written, at)
        yield block
    yield from own[written:]
