"""What is said of documents that show their text or tables as pictures.

The words are the same for every format, so that such documents can be counted.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Sequence

from extract.document import Embedded
from extract.sniff import PICTURES, sniff

MOST_PICTURES = 60
MOST_BYTES = 60_000_000
"""Bytes of all pictures of a document together."""
_LOWEST, _LONGEST = 100, 400
"""Pixels of the shorter and the longer side; in less no table of the form can be read."""
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
_UNREAD = "text in pictures is not read"


def pictures_instead(pictures: int) -> tuple[str, ...]:
    """The doubt about a document without tables but with ``pictures``; nothing if it has none."""
    if not pictures:
        return ()
    images = "1 picture that may show" if pictures == 1 else f"{pictures} pictures that may show"
    return (f"The document has no tables, but {images} them; {_UNREAD}.",)


def scanned_pages(chars: Sequence[int], pictures: Sequence[int], tables: bool) -> tuple[str, ...]:
    """Doubts about a paged document from the characters and pictures of each page."""
    scanned = [not shown and drawn > 0 for shown, drawn in zip(chars, pictures, strict=True)]
    if scanned and all(scanned):
        pages = f"all {len(scanned)} pages are pictures" if scanned[1:] else "its page is a picture"
        return (f"The document is a scan, {pages}; {_UNREAD}.",)
    doubts = [
        f"page {number} is a picture; {_UNREAD}"
        for number, only_picture in enumerate(scanned, start=1)
        if only_picture
    ]
    if not tables and not doubts:
        doubts += pictures_instead(sum(pictures))
    return tuple(doubts)


def may_show_a_table(picture: bytes) -> bool:
    """Whether the bytes are a picture as large as a page or a table, and no icon, seal or drawing."""
    if sniff(picture) not in PICTURES:
        return False
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(picture), formats=_FORMATS) as image:
                sides = sorted(image.size)
    except Image.DecompressionBombError:
        # Too large to be recognised, which whoever recognises it says.
        return True
    except Exception:
        # Each of Pillow's decoders fails in its own way.
        return False
    return sides[0] >= _LOWEST and sides[1] >= _LONGEST


def embedded_pictures(
    found: Iterable[tuple[int, bytes]],
) -> tuple[tuple[Embedded, ...], tuple[str, ...]]:
    """Those of the pictures of a document that may show its tables, and a doubt where these are too many.

    ``found`` yields the place (see :class:`~extract.document.Embedded`) and the bytes of each, and is not
    read on when the limit is reached; of too many pictures none is given.
    """
    kept: list[Embedded] = []
    size = 0
    for at, data in found:
        size += len(data)
        if size > MOST_BYTES or len(kept) >= MOST_PICTURES:
            limit = f"{MOST_PICTURES} pictures or {MOST_BYTES // 1_000_000} MB"
            return (), (f"The document has more than the {limit} that can be recognised.",)
        if may_show_a_table(data):
            kept.append(Embedded(at, data))
    return tuple(kept), ()
