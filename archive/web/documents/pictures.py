"""Pages of a document as pictures. Runs in a confined child: PDFium and picture decoders meet hostile bytes.

Sizes are in points of the page as it is shown, as boxes of cells are. A picture file counts as a sheet
595 points wide (high, where it is wider than high), which is what recognition takes it for. Of documents
without pages these are the pictures in which their tables were recognised.
"""

from __future__ import annotations

import html
import io
import json
import math
import warnings
from collections.abc import Callable, Iterator
from itertools import islice

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image, ImageOps, ImageSequence

from extract import sniff
from extract.document import Document
from extract.errors import DamagedDocument, LimitExceeded, Locked
from extract.readers.doc import read_doc
from extract.readers.docx import read_docx
from extract.readers.html import picture_sources, read_html
from extract.readers.mhtml import page_of, pictures_of
from extract.readers.ofd import read_marks
from extract.readers.pdf_limits import check_pages
from extract.tables import PageMarks

PNG, SVG = "image/png", "image/svg+xml"
WIDTH = 1240
"""Pixels a page is wide: an A4 page at 150 dots per inch."""
MOST_PIXELS = 6_000_000
MOST_PIXELS_READ = 80_000_000
MOST_FRAMES = 60
MOST_MARKS = 60_000
_A4 = (595.0, 842.0)
_LONGEST = 20_000.0
"""Points a side of a page may have; beyond, and where it is no number, the page counts as A4."""

Size = tuple[float, float]


_HOLDING: dict[str, Callable[[bytes], Document]] = {
    sniff.DOCX: read_docx,
    sniff.DOC: read_doc,
    sniff.HTML: read_html,
}


def has_pages(media_type: str) -> bool:
    """Whether documents of this type are shown page by page."""
    return media_type in (sniff.PDF, sniff.OFD) or media_type.startswith("image/")


def may_hold_pages(media_type: str) -> bool:
    """Whether documents of this type have no pages but the pictures that were recognised in them."""
    return media_type in _HOLDING or media_type == sniff.MHTML


def sizes(data: bytes) -> bytes:
    """JSON: width and height in points of each page. Raises :class:`~extract.errors.ExtractionError`."""
    media_type = sniff.sniff(data)
    if media_type == sniff.PDF:
        found = _pdf_sizes(data)
    elif media_type == sniff.OFD:
        found = [_sane(page.width, page.height) for page in read_marks(data).pages]
    else:
        found = [_sheet(frame) for frame in _all_frames(data)]
    return json.dumps(found).encode()


def picture(data: bytes, number: int) -> bytes:
    """Page ``number`` (from 1) as PNG, of an OFD file as SVG. Raises as :func:`sizes`."""
    media_type = sniff.sniff(data)
    if media_type == sniff.PDF:
        return _png(_pdf_page(data, number))
    if media_type == sniff.OFD:
        pages = read_marks(data).pages
        if not 1 <= number <= len(pages):
            raise DamagedDocument(f"the document has no page {number}")
        return drawn(pages[number - 1])
    for at, frame in enumerate(_all_frames(data), 1):
        if at == number:
            return _png(_reduced(frame))
    raise DamagedDocument(f"the document has no page {number}")


def media_type_of(picture: bytes) -> str:
    """The type of what :func:`picture` made."""
    return PNG if picture.startswith(b"\x89PNG") else SVG


def _pdf(data: bytes) -> pdfium.PdfDocument:
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Locked("the PDF is locked with a password") from error
        raise DamagedDocument("the PDF is broken") from error
    check_pages(len(pdf))
    return pdf


def _pdf_sizes(data: bytes) -> list[Size]:
    pdf = _pdf(data)
    try:
        return [_sane(*pdf.get_page_size(index)) for index in range(len(pdf))]
    except pdfium.PdfiumError as error:
        raise DamagedDocument("the PDF is broken") from error
    finally:
        pdf.close()


def _pdf_page(data: bytes, number: int) -> Image.Image:
    pdf = _pdf(data)
    try:
        if not 1 <= number <= len(pdf):
            raise DamagedDocument(f"the document has no page {number}")
        page = pdf[number - 1]
        width, height = page.get_size()
        if _sane(width, height) != (width, height):
            raise LimitExceeded(f"page {number} has an impossible size")
        image: Image.Image = page.render(scale=_scale(width, height)).to_pil()
        return image
    except pdfium.PdfiumError as error:
        raise DamagedDocument(f"page {number} of the PDF is broken") from error
    finally:
        pdf.close()


def _all_frames(data: bytes) -> Iterator[Image.Image]:
    """The pictures of a file, or of a document with the pictures that stand in it."""
    media_type = sniff.sniff(data)
    if not may_hold_pages(media_type):
        return _frames(data)
    if media_type == sniff.MHTML:
        pictures = pictures_of(data, picture_sources(*page_of(data)))
    else:
        # As recognition takes them (extract.readers.scans.page), so that its pages are ours.
        pictures = [one.data for one in _HOLDING[media_type](data).embedded]
    if not pictures:
        raise DamagedDocument("the document holds no pictures of pages")
    return islice((frame for one in pictures for frame in _frames(one)), MOST_FRAMES)


def _frames(data: bytes) -> Iterator[Image.Image]:
    """The pictures of a file, upright; none is decoded before its size is known."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data))
            for number, frame in enumerate(ImageSequence.Iterator(image), 1):
                if number > MOST_FRAMES:
                    raise LimitExceeded(f"the file has more than {MOST_FRAMES} pictures")
                if frame.width * frame.height > MOST_PIXELS_READ:
                    raise LimitExceeded("the picture is too large to be shown")
                yield ImageOps.exif_transpose(frame)
    except (LimitExceeded, GeneratorExit):
        raise
    except Image.DecompressionBombError as error:
        raise LimitExceeded("the picture is too large to be shown") from error
    except Exception as error:
        # Each of Pillow's forty decoders fails in its own way.
        raise DamagedDocument("the picture is broken") from error


def _sheet(image: Image.Image) -> Size:
    across = image.width if image.height > 2 * image.width else min(image.width, image.height)
    points = _A4[0] / across
    return image.width * points, image.height * points


def _reduced(image: Image.Image) -> Image.Image:
    scale = min(1.0, _scale(image.width, image.height))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        paper.alpha_composite(layered)
        image = paper
    return image.convert("RGB").resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def _scale(width: float, height: float) -> float:
    return min(WIDTH / min(width, height), math.sqrt(MOST_PIXELS / (width * height)))


def _sane(width: float, height: float) -> Size:
    sane = all(math.isfinite(side) and 1 <= side <= _LONGEST for side in (width, height))
    return (width, height) if sane else _A4


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    # Black text, a red seal: 64 colours look the same and take a third of the bytes.
    few = image.convert("RGB").quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(out, "PNG", compress_level=6)
    return out.getvalue()


def drawn(page: PageMarks) -> bytes:
    """The characters and lines of a page where the file puts them: what we read, not how it looks."""
    width, height = _sane(page.width, page.height)
    if len(page.chars) + len(page.rulings) > MOST_MARKS:
        raise LimitExceeded("the page holds too many marks to be drawn")
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}">'
        '<rect width="100%" height="100%" fill="#fff"/>'
        '<g stroke="#333" stroke-width=".6">'
    ]
    out += [
        f'<line x1="{_n(line.x0)}" y1="{_n(line.top)}" x2="{_n(line.x1)}" y2="{_n(line.bottom)}"/>'
        for line in page.rulings
    ]
    out.append('</g><g font-family="serif" fill="#111">')
    for char in page.chars:
        if char.text.isspace():
            continue
        size = max(char.bottom - char.top, 1.0)
        baseline = char.bottom - size * 0.14
        text = html.escape("".join(c for c in char.text if c.isprintable()))
        out.append(
            f'<text x="{_n(char.x0)}" y="{_n(baseline)}" font-size="{_n(size * 0.92)}">{text}</text>'
        )
    out.append("</g></svg>")
    return "".join(out).encode("utf-8", "replace")


def _n(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "0"
