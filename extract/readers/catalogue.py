"""Which readers read which format. Each format has two that share as little code as can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from extract import sniff
from extract.document import Document, Origin
from extract.errors import DamagedDocument, ExtractionError, OutdatedFormat, UnknownFormat

Reader = Callable[[bytes, Origin], Document]
Check = Callable[[bytes, Origin], Document | None]


def _none(data: bytes, origin: Origin) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Readers:
    """The reader of a format and the one that checks it.

    ``second`` returns None where no second reader exists, ``third`` where two are enough. ``cheap``
    second readers are always asked, the others only when something is doubtful.
    """

    first: Reader
    second: Check
    cheap: bool = True
    third: Check = _none


# Engines are imported when a document needs them: most processes read one format only.


def _html(data: bytes, origin: Origin) -> Document:
    from extract.readers.html import read_html

    return read_html(data, origin.content_type)


def _html_rows(data: bytes, origin: Origin) -> Document:
    from extract.readers.html_rows import read_html_rows

    return read_html_rows(data, origin.content_type)


def _docx(data: bytes, origin: Origin) -> Document:
    from extract.readers.docx import read_docx

    return read_docx(data)


def _docx_rows(data: bytes, origin: Origin) -> Document:
    from extract.readers.docx_rows import read_docx_rows

    return read_docx_rows(data)


def _text(data: bytes, origin: Origin) -> Document:
    from extract.readers.text import read_text

    return read_text(data, origin.content_type)


def _text_tokens(data: bytes, origin: Origin) -> Document:
    from extract.readers.text_tokens import read_text_tokens

    return read_text_tokens(data, origin.content_type)


def _pdf(data: bytes, origin: Origin) -> Document:
    from extract.readers.pdf import read_pdf

    return read_pdf(data)


def _pdf_second(data: bytes, origin: Origin) -> Document:
    from extract.readers.pdf_second import read_pdf_second

    return read_pdf_second(data)


def _mhtml(data: bytes, origin: Origin) -> Document:
    from extract.readers.mhtml import read_mhtml

    return read_mhtml(data)


def _mhtml_rows(data: bytes, origin: Origin) -> Document:
    from extract.readers.html_rows import read_html_rows
    from extract.readers.mhtml import page_of

    return replace(read_html_rows(*page_of(data)), media_type=sniff.MHTML)


def _doc(data: bytes, origin: Origin) -> Document:
    from extract.readers.doc import read_doc

    try:
        return read_doc(data)
    except (OutdatedFormat, DamagedDocument) as error:
        return _converted_doc(data, error)


def _converted_doc(data: bytes, error: ExtractionError) -> Document:
    """What LibreOffice makes of a file that our reader refuses; raises ``error`` where it fails too."""
    from extract.readers import office

    outdated = isinstance(error, OutdatedFormat)
    filters = (office.WORD_95, office.WORD_6) if outdated else (office.WORD_97,)
    try:
        document = office.read_by_office(data, filters)
    except (UnknownFormat, DamagedDocument):
        raise error from None
    if not any(document.tables()):
        # Filters make something of everything; without a table nothing is won.
        raise error
    doubts = document.doubts
    if not outdated:
        doubts += ("The file is damaged; LibreOffice saved what it could, and parts may be lost.",)
    return replace(document, media_type=sniff.DOC, doubts=doubts)


def _rtf(data: bytes, origin: Origin) -> Document:
    from extract.readers import office

    if office.program() is None:
        raise UnknownFormat(
            "The file is in Rich Text Format (RTF), which is not read; save it as .docx, "
            "or install LibreOffice, which then converts it."
        )
    return replace(office.read_by_office(data, (office.RICH_TEXT,)), media_type=sniff.RTF)


def _zip(data: bytes, origin: Origin) -> Document:
    from extract.readers.zip_members import read_zip

    return read_zip(data, origin)


def _zip_again(data: bytes, origin: Origin) -> Document | None:
    from extract.readers.zip_members import read_zip_again

    return read_zip_again(data, origin)


def _doc_cells(data: bytes, origin: Origin) -> Document:
    from extract.readers.doc_cells import read_doc_cells

    return read_doc_cells(data)


def _ofd(data: bytes, origin: Origin) -> Document:
    from extract.readers.ofd import read_ofd

    return read_ofd(data)


def _ofd_order(data: bytes, origin: Origin) -> Document:
    from extract.readers.ofd_order import read_ofd_order

    return read_ofd_order(data)


READERS: dict[str, Readers] = {
    sniff.HTML: Readers(_html, _html_rows),
    sniff.DOCX: Readers(_docx, _docx_rows),
    sniff.TEXT: Readers(_text, _text_tokens),
    sniff.PDF: Readers(_pdf, _pdf_second, cheap=False),
    sniff.DOC: Readers(_doc, _doc_cells),
    sniff.OFD: Readers(_ofd, _ofd_order),
    sniff.MHTML: Readers(_mhtml, _mhtml_rows),
    sniff.RTF: Readers(_rtf, _none),
    sniff.ZIP: Readers(_zip, _zip_again),
}


def _scan(data: bytes, origin: Origin, reading: int) -> Document:
    from extract.readers.scans.reader import MANNERS, read_scan

    return read_scan(data, MANNERS[reading])


def _with_pictures(data: bytes, origin: Origin, reading: int) -> Document:
    from extract.readers.scans.page import read_pictures_in
    from extract.readers.scans.reader import MANNERS

    return read_pictures_in(READERS[sniff.sniff(data)].first(data, origin), MANNERS[reading])


def _scanned_ofd(data: bytes, origin: Origin, reading: int) -> Document:
    from extract.readers.scans.ofd import read_scanned_ofd
    from extract.readers.scans.reader import MANNERS

    return read_scanned_ofd(data, MANNERS[reading])


def _scanned_zip(data: bytes, origin: Origin, reading: int) -> Document:
    from extract.readers.zip_members import read_scanned_zip

    return read_scanned_zip(data, origin, reading)


def _in_three_manners(read: Callable[[bytes, Origin, int], Document]) -> Readers:
    def manner(reading: int) -> Reader:
        return lambda data, origin: read(data, origin, reading)

    return Readers(manner(0), manner(1), third=manner(2))


RECOGNISERS: dict[str, Readers] = {
    **dict.fromkeys((sniff.PDF, *sniff.PICTURES), _in_three_manners(_scan)),
    **dict.fromkeys(
        (sniff.HTML, sniff.MHTML, sniff.DOCX, sniff.DOC), _in_three_manners(_with_pictures)
    ),
    sniff.OFD: _in_three_manners(_scanned_ofd),
    sniff.ZIP: _in_three_manners(_scanned_zip),
}
"""The readers that recognise characters in pictures, by format; slow, and never asked first."""

_UNSUPPORTED = {
    sniff.RAR: "The file is a RAR archive, which is not read; unpack it first.",
    sniff.SEVEN_ZIP: "The file is a 7z archive, which is not read; unpack it first.",
    sniff.UNKNOWN: "The format of the file is not known.",
}


def unsupported(media_type: str) -> str:
    """Why a document of this type is not read, in a sentence."""
    if media_type.startswith("image/"):
        return f"The file is a picture ({media_type}); text in pictures is not read."
    return _UNSUPPORTED.get(media_type, f"Files of type {media_type} are not read.")
