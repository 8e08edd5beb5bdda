"""A web page whose pictures are the pages of a report, in one file (MHTML)."""

from __future__ import annotations

from dataclasses import replace

from extract.document import Document
from extract.errors import DamagedDocument
from extract.readers.html import picture_sources, read_html
from extract.readers.mhtml import page_of, pictures_of
from extract.readers.scans.reader import FIRST, SECOND, Manner, read_pictures
from extract.sniff import MHTML


def read_scanned_page(data: bytes) -> Document:
    """The text of the page, then the blocks of its pictures, each a page of the report.

    Raises :class:`~extract.errors.DamagedDocument` and :class:`~extract.errors.LimitExceeded`.
    """
    return _read(data, FIRST)


def read_scanned_page_again(data: bytes) -> Document:
    """The same in another manner, as :func:`extract.readers.scans.reader.read_scan_again`."""
    return _read(data, SECOND)


def _read(data: bytes, manner: Manner) -> Document:
    page = page_of(data)
    pictures = pictures_of(data, picture_sources(*page))
    if not pictures:
        raise DamagedDocument("The web archive (MHTML) holds no picture.")
    shown = read_html(*page)
    seen = read_pictures(pictures, manner)
    return replace(
        seen, media_type=MHTML, blocks=(*shown.blocks, *seen.blocks), metadata=shown.metadata
    )
