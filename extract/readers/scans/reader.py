"""Pictures of pages to a :class:`~extract.document.Document`."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image, ImageOps, ImageSequence

from extract.document import BBox, Block, Document, Paragraph, Position, Table
from extract.errors import DamagedDocument, LimitExceeded
from extract.readers.pdf import PDFIUM, page_marks
from extract.readers.pdf_text import REPLACEMENT, check_whole
from extract.readers.scans.closer import far_from, in_one_row, is_doubtful, looked_at_again
from extract.readers.scans.lines import (
    Ink,
    ink_of,
    rules_of,
    skew_of,
    tight,
    type_of,
    unread,
    without,
)
from extract.readers.scans.orientation import turned, turned_back, turns_to_upright
from extract.readers.scans.recognition import Picture, Word, words
from extract.readers.scans.weighing import weighed
from extract.sniff import PDF, sniff
from extract.tables import Char, PageMarks, Ruling, read_pages

A4_WIDTH = 595.0
"""Points; a picture does not say how large its sheet was."""
MOST_PAGES = 60
MOST_PIXELS = 60_000_000


@dataclass(frozen=True, slots=True)
class Manner:
    """How pages are looked at: pixels per point, and whether their lines are wiped off before.

    Lines help to find where text stands, and are sometimes read as text.
    """

    scale: float
    wiped: bool


MANNERS = (
    Manner(150 / 72, wiped=False),
    Manner(200 / 72, wiped=True),
    Manner(130 / 72, wiped=True),
)
"""The manners of the first reading and of those that follow: what is read by chance is then read otherwise."""


def read_scan(data: bytes, manner: Manner) -> Document:
    """The blocks of pictures or of a PDF whose pages are pictures; boxes in points on the pages as
    shown (a picture counts as 595 points wide, or high where it is wider than high).

    Pages of a PDF that hold text are read as such. Raises
    :class:`~extract.errors.DamagedDocument` and :class:`~extract.errors.LimitExceeded`.
    """
    media_type = sniff(data)
    if media_type != PDF:
        return read_pictures([data], manner)[0]
    return document_of(list(_sheets_of_pdf(data, manner)), media_type)


def read_pictures(pictures: Sequence[bytes], manner: Manner) -> tuple[Document, list[int]]:
    """The blocks of several picture files that belong together, and the file (from 0) that each page is in.

    Otherwise as :func:`read_scan`.
    """
    sheets: list[Sheet] = []
    files: list[int] = []
    for number, data in enumerate(pictures):
        for frame in frames_of(data):
            if len(sheets) == MOST_PAGES:
                raise LimitExceeded(
                    f"the report has more than the {MOST_PAGES} pictures that are recognised"
                )
            sheets.append(_sheet(len(sheets) + 1, *_scaled(frame, manner.scale), manner))
            files.append(number)
    return document_of(sheets, sniff(pictures[0])), files


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with its marks, the quarter turns that set it upright, and the angle (radians) that it was askew."""

    marks: PageMarks
    askew: float = 0.0
    turns: int = 0


def document_of(sheets: Sequence[Sheet], media_type: str) -> Document:
    """The blocks on the sheets, in points on the pages as these are shown."""
    layout = read_pages([sheet.marks for sheet in sheets])
    return Document(
        media_type=media_type,
        blocks=tuple(_as_shown(layout.blocks, sheets)),
        pages=len(sheets),
        doubts=layout.doubts,
        recognised=True,
    )


def _sheets_of_pdf(data: bytes, manner: Manner) -> Iterator[Sheet]:
    check_whole(data)
    marks, images = page_marks(data)
    yield from sheets_of_pages(
        marks, images, lambda page: _rendered(data, page.number - 1, manner.scale), manner
    )


def sheets_of_pages(
    marks: Sequence[PageMarks],
    pictures: Sequence[int],
    render: Callable[[PageMarks], Picture],
    manner: Manner,
) -> Iterator[Sheet]:
    """The pages of a document: those without text, and with ``pictures``, as recognised in what ``render`` gives."""
    if len(marks) > MOST_PAGES:
        raise LimitExceeded(
            f"the scan has {len(marks)} pages, more than the {MOST_PAGES} that are recognised"
        )
    scanned = [
        drawn > 0 and all(char.text.isspace() for char in page.chars)
        for page, drawn in zip(marks, pictures, strict=True)
    ]
    # Where every page has text and no table was found, the tables are the pictures.
    wanted = scanned if any(scanned) else [drawn > 0 for drawn in pictures]
    for page, recognised in zip(marks, wanted, strict=True):
        if recognised:
            if page.width * page.height * manner.scale**2 > MOST_PIXELS:
                raise LimitExceeded(f"page {page.number} of the scan is too large to be recognised")
            yield _sheet(page.number, render(page), page.width, page.height, manner)
        else:
            yield Sheet(page)


def _rendered(data: bytes, index: int, scale: float) -> Picture:
    with PDFIUM:
        pdf = pdfium.PdfDocument(data)
        try:
            page = pdf[index]
            bitmap = page.render(scale=scale, rev_byteorder=True)
            return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
        finally:
            pdf.close()


def frames_of(data: bytes) -> Iterator[Image.Image]:
    """The pictures of an image file, upright and on white.

    Raises :class:`~extract.errors.DamagedDocument` and :class:`~extract.errors.LimitExceeded`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data))
            for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
                if number > MOST_PAGES:
                    raise LimitExceeded(
                        f"the picture has more than the {MOST_PAGES} pages that are recognised"
                    )
                if frame.width * frame.height > MOST_PIXELS:
                    raise LimitExceeded("the picture is too large to be recognised")
                upright = ImageOps.exif_transpose(frame)
                yield _on_white(upright)
    except LimitExceeded:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise LimitExceeded("the picture is too large to be recognised") from error
    except Exception as error:
        # Each of Pillow's forty decoders fails in its own way.
        raise DamagedDocument("the picture is broken; download it again") from error


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        paper.alpha_composite(layered)
        return paper.convert("RGB")
    return image.convert("RGB")


def _scaled(image: Image.Image, scale: float) -> tuple[Picture, float, float]:
    points = A4_WIDTH / min(image.width, image.height)
    # A strip, such as a long page in one picture, keeps its pixels.
    if image.height > 2 * image.width:
        points = A4_WIDTH / image.width
    width, height = image.width * points, image.height * points
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size[0] * size[1] > MOST_PIXELS:
        raise LimitExceeded("the picture is too large to be recognised")
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS)), width, height


def _sheet(number: int, picture: Picture, width: float, height: float, manner: Manner) -> Sheet:
    scale = manner.scale
    turns = turns_to_upright(picture)
    picture = turned(picture, turns)
    if turns % 2:
        width, height = height, width
    askew = math.radians(skew_of(picture, scale))
    straight = _straightened(picture, askew)
    ink = ink_of(straight)
    rules = rules_of(straight, ink, scale)
    wiped = without(rules, straight, scale)
    found = in_one_row(words(wiped if manner.wiped else straight), rules.horizontal)
    type_ = type_of(ink, rules, scale)
    missed = unread(type_, [word[1:5] for word in found], scale)
    found = looked_at_again(wiped, type_, found, missed, rules.vertical, scale)
    missed = unread(type_, [word[1:5] for word in found], scale)
    found = weighed(wiped, type_, found, rules, scale)
    found = far_from(missed, found, scale)
    chars = [char for word in found for char in _chars(_fitted(word, type_), scale)]
    chars += [Char(REPLACEMENT, *_points(box, scale), doubtful=True) for box in missed]
    rulings = [
        Ruling(x0 / scale, (top + bottom) / 2 / scale, x1 / scale, (top + bottom) / 2 / scale)
        for x0, top, x1, bottom in rules.horizontal
    ] + [
        Ruling((x0 + x1) / 2 / scale, top / scale, (x0 + x1) / 2 / scale, bottom / scale)
        for x0, top, x1, bottom in rules.vertical
    ]
    return Sheet(PageMarks(number, width, height, chars, rulings), askew, turns)


def _straightened(picture: Picture, askew: float) -> Picture:
    if not askew:
        return picture
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), math.degrees(askew), 1.0)
    turned = cv2.warpAffine(
        picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)
    )
    return np.asarray(turned, np.uint8)


def _points(box: BBox, scale: float) -> BBox:
    x0, top, x1, bottom = box
    return x0 / scale, top / scale, x1 / scale, bottom / scale


def _fitted(word: Word, type_: Ink) -> Word:
    """A number in the box of its digits; the engine gives it some room, into which a border may run."""
    if not any(map(str.isdigit, word.text)):
        return word
    return Word(word.text, *tight(type_, word[1:5]), word.score)


def _chars(word: Word, scale: float) -> Iterator[Char]:
    """A word's characters share its box evenly."""
    x0, top, x1, bottom = _points(word[1:5], scale)
    step = (x1 - x0) / len(word.text)
    doubtful = is_doubtful(word)
    for at, text in enumerate(word.text):
        yield Char(text, x0 + at * step, top, x0 + (at + 1) * step, bottom, doubtful=doubtful)


def _as_shown(blocks: Sequence[Block], sheets: Sequence[Sheet]) -> Iterator[Block]:
    """The blocks with their places on the pages as they lie, not as they were turned and straightened."""
    by_page = {sheet.marks.number: sheet for sheet in sheets if sheet.askew or sheet.turns}
    for block in blocks:
        if isinstance(block, Paragraph):
            yield replace(block, position=_moved(block.position, by_page))
        else:
            yield Table(
                tuple(c._replace(position=_moved(c.position, by_page)) for c in block.cells),
                block.aligned,
            )


def _moved(position: Position, by_page: dict[int, Sheet]) -> Position:
    sheet = by_page.get(position.page or 0)
    if sheet is None or position.bbox is None:
        return position
    box = _rotated(position.bbox, sheet)
    upright = sheet.marks
    return position._replace(bbox=turned_back(box, upright.width, upright.height, sheet.turns))


def _rotated(box: BBox, sheet: Sheet) -> BBox:
    """The box around what was in ``box`` before the page was straightened."""
    x, y = sheet.marks.width / 2, sheet.marks.height / 2
    cos, sin = math.cos(sheet.askew), math.sin(sheet.askew)
    x0, top, x1, bottom = box
    # Its middle turns with the page; a box as small as a number's hardly changes its size.
    dx, dy = (x0 + x1) / 2 - x, (top + bottom) / 2 - y
    moved_x, moved_y = x + cos * dx - sin * dy, y + sin * dx + cos * dy
    half_width = ((x1 - x0) * cos + (bottom - top) * abs(sin)) / 2
    half_height = ((bottom - top) * cos + (x1 - x0) * abs(sin)) / 2
    return (
        moved_x - half_width,
        moved_y - half_height,
        moved_x + half_width,
        moved_y + half_height,
    )
