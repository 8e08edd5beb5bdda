"""MHTML, the "single file web page" of Word and browsers: a mail message whose first page is read."""

from __future__ import annotations

import email
from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect
from email.message import Message

from extract.errors import DamagedDocument, LimitExceeded

MAX_BYTES = 40_000_000
MAX_LINES = 1_500_000
MAX_MULTIPARTS = 8
MAX_PARTS = 2_000


def page_of(data: bytes) -> tuple[bytes, str]:
    """The bytes of the page and its content type, for the readers of web pages.

    :raises DamagedDocument: if there is no page in it or the page is cut off.
    :raises LimitExceeded: if it is too large or has too many parts.
    """
    if len(data) > MAX_BYTES or data.count(b"\n") > MAX_LINES:
        raise LimitExceeded("The web archive (MHTML) is too large.")
    # Multiparts in multiparts cost a level of recursion and another look at every line each.
    lowered = data.lower()
    if lowered.count(b"multipart/") > MAX_MULTIPARTS or lowered.count(b"content-type:") > MAX_PARTS:
        raise LimitExceeded("The web archive (MHTML) has too many parts.")
    try:
        message = email.message_from_bytes(data)
        return _page(message)
    except DamagedDocument:
        raise
    # The library is lenient, yet spoilt headers surface as any exception of Python.
    except Exception as error:
        raise DamagedDocument("The web archive (MHTML) is broken.") from error


def _page(message: Message) -> tuple[bytes, str]:
    parts = [part for part in message.walk() if not part.is_multipart()]
    pages = [part for part in parts if part.get_content_type() == "text/html"]
    if not pages:
        raise DamagedDocument("The web archive (MHTML) holds no page.")
    wanted = str(message.get_param("start") or "").strip()
    named = [page for page in pages if wanted and str(page["Content-ID"]).strip() == wanted]
    page = (named or pages)[0]
    unfinished = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)
    cut = any(isinstance(defect, unfinished) for part in message.walk() for defect in part.defects)
    if cut and page is parts[-1]:
        raise DamagedDocument("The web archive (MHTML) is cut off.")
    content = page.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise DamagedDocument("The web archive (MHTML) holds no page.")
    return content, str(page["Content-Type"])
