"""What is said of documents that show their text or tables as pictures.

The words are the same for every format, so that such documents can be counted.
"""

from __future__ import annotations

from collections.abc import Sequence

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
