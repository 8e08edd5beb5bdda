"""MHTML, the "single file web page" of Word and browsers: a mail message whose first page is read."""

from __future__ import annotations

import email
from collections.abc import Callable, Sequence
from dataclasses import replace
from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect
from email.message import Message
from typing import TypeVar
from urllib.parse import quote, urljoin

from extract.document import Document
from extract.errors import DamagedDocument, ExtractionError, LimitExceeded
from extract.readers.html import picture_in, picture_places, read_html
from extract.readers.pictures import embedded_pictures, may_show_a_table
from extract.sniff import MHTML

MAX_BYTES = 40_000_000
MAX_LINES = 1_500_000
MAX_MULTIPARTS = 8
MAX_PARTS = 2_000

_T = TypeVar("_T")


def read_mhtml(data: bytes) -> Document:
    """The page, with the pictures that it shows where it has no tables. Raises as :func:`page_of`."""
    page = page_of(data)
    document = replace(read_html(*page), media_type=MHTML)
    if any(document.tables()):
        return document
    places = picture_places(*page)
    after_all = (len(document.blocks), "")
    found = pictures_by_source(data, [source for _, source in places])
    embedded, too_many = embedded_pictures(
        ([*places, after_all][index][0], picture) for index, picture in found
    )
    doubts = tuple(dict.fromkeys((*document.doubts, *too_many)))
    return replace(document, pictures=bool(embedded), embedded=embedded, doubts=doubts)


def page_of(data: bytes) -> tuple[bytes, str]:
    """The bytes of the page and its content type, for the readers of web pages.

    :raises DamagedDocument: if there is no page in it or the page is cut off.
    :raises LimitExceeded: if it is too large or has too many parts.
    """
    return _read(data, _content)


def pictures_of(data: bytes, sources: Sequence[str]) -> list[bytes]:
    """The pictures that the page shows, in its order: ``sources`` are the addresses as they stand in it.

    All pictures of the message where it has none of these; none that is too small to show a table.
    Raises as :func:`page_of`.
    """
    return [picture for _, picture in pictures_by_source(data, sources)]


def pictures_by_source(data: bytes, sources: Sequence[str]) -> list[tuple[int, bytes]]:
    """The same, each with the index of its source; the number of sources for pictures that have none."""
    return _read(data, lambda message: _pictures(message, sources))


def _read(data: bytes, look: Callable[[Message], _T]) -> _T:
    if len(data) > MAX_BYTES or data.count(b"\n") > MAX_LINES:
        raise LimitExceeded("The web archive (MHTML) is too large.")
    # Multiparts in multiparts cost a level of recursion and another look at every line each.
    lowered = data.lower()
    if lowered.count(b"multipart/") > MAX_MULTIPARTS or lowered.count(b"content-type:") > MAX_PARTS:
        raise LimitExceeded("The web archive (MHTML) has too many parts.")
    try:
        return look(email.message_from_bytes(data))
    except ExtractionError:
        raise
    # The library is lenient, yet spoilt headers surface as any exception of Python.
    except Exception as error:
        raise DamagedDocument("The web archive (MHTML) is broken.") from error


def _content(message: Message) -> tuple[bytes, str]:
    page = _page(message)
    parts = [part for part in message.walk() if not part.is_multipart()]
    unfinished = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)
    cut = any(isinstance(defect, unfinished) for part in message.walk() for defect in part.defects)
    if cut and page is parts[-1]:
        raise DamagedDocument("The web archive (MHTML) is cut off.")
    content = page.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise DamagedDocument("The web archive (MHTML) holds no page.")
    return content, str(page["Content-Type"])


def _page(message: Message) -> Message:
    pages = [
        part
        for part in message.walk()
        if not part.is_multipart() and part.get_content_type() == "text/html"
    ]
    if not pages:
        raise DamagedDocument("The web archive (MHTML) holds no page.")
    wanted = str(message.get_param("start") or "").strip()
    named = [page for page in pages if wanted and str(page["Content-ID"]).strip() == wanted]
    return (named or pages)[0]


def _pictures(message: Message, sources: Sequence[str]) -> list[tuple[int, bytes]]:
    base = str(_page(message)["Content-Location"] or "").strip()
    named: dict[str, bytes] = {}
    for number, part in enumerate(message.walk()):
        body = part.get_payload(decode=True)
        # By content: servers call pictures anything.
        if not isinstance(body, bytes) or not may_show_a_table(body):
            continue
        named[_joined(base, str(part["Content-Location"] or f"part-{number}"))] = body
        if identity := str(part["Content-ID"] or "").strip().strip("<>"):
            named[f"cid:{identity}"] = body
    shown: dict[str, tuple[int, bytes]] = {}
    for index, source in enumerate(sources):
        inline = picture_in(source)
        url = source if inline else _joined(base, source)
        picture = inline or named.get(url)
        if picture and may_show_a_table(picture):
            shown.setdefault(url, (index, picture))
    return list(shown.values()) or [(len(sources), picture) for picture in named.values()]


def _joined(base: str, url: str) -> str:
    try:
        return quote(urljoin(base, url.strip()), safe="!#$%&'()*+,/:;=?@[]~")
    except ValueError:
        return url
