"""OFD files whose pages are pictures: each page is drawn from its pictures, as it is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from extract.document import Document
from extract.errors import LimitExceeded
from extract.readers.ofd import read_marks, read_pictures
from extract.readers.ofd_marks import PlacedPicture
from extract.readers.scans.reader import (
    MOST_PIXELS,
    Manner,
    document_of,
    frames_of,
    sheets_of_pages,
)
from extract.readers.scans.recognition import Picture
from extract.sniff import OFD
from extract.tables import PageMarks


def read_scanned_ofd(data: bytes, manner: Manner) -> Document:
    """The blocks of an OFD file, of pages without text as recognised.

    Raises as :func:`extract.readers.ofd.read_ofd` and :func:`extract.readers.scans.reader.read_scan`.
    """
    read = read_marks(data)
    files = read_pictures(data, read)
    placed = [[one for one in pictures if one.resource in files] for pictures in read.pictures]

    def render(page: PageMarks) -> Picture:
        return draw(page, placed[page.number - 1], files, manner.scale)

    counts = [len(pictures) for pictures in placed]
    return document_of(list(sheets_of_pages(read.pages, counts, render, manner)), OFD)


def draw(
    page: PageMarks, pictures: Sequence[PlacedPicture], files: Mapping[str, bytes], scale: float
) -> Picture:
    """The pictures of a page from their ``files``, each where it is placed; ``scale`` in pixels per point."""
    size = max(1, round(page.width * scale)), max(1, round(page.height * scale))
    sheet = np.full((size[1], size[0], 3), 255, np.uint8)
    for one in pictures:
        (x, y), right, below = one.top_left, one.top_right, one.bottom_left
        image = next(frames_of(files[one.resource]))
        # Shrunk first, since turning looks at four pixels only.
        width = max(1, round(math.dist(one.top_left, right) * scale))
        height = max(1, round(math.dist(one.top_left, below) * scale))
        if width * height > MOST_PIXELS:
            raise LimitExceeded(f"page {page.number} of the scan is too large to be recognised")
        pixels = np.asarray(image.resize((width, height)))
        across, down = scale / width, scale / height
        matrix = np.array(
            [
                [(right[0] - x) * across, (below[0] - x) * down, x * scale],
                [(right[1] - y) * across, (below[1] - y) * down, y * scale],
            ]
        )
        cv2.warpAffine(pixels, matrix, size, dst=sheet, borderMode=cv2.BORDER_TRANSPARENT)
    return sheet
