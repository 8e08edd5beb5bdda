"""The binary Word 97 format ([MS-DOC]): from an OLE file to paragraphs with their table properties.

A WordDocument stream starts with the FIB, which says where everything is. The piece table (CLX)
maps character positions (CP) to byte positions (FC). Properties hang on FCs in pages of 512 bytes
(FKP), as lists of single modifications (sprm). Only the few modifications that decide about tables
and about what is shown are read. Everything is read when it is asked for and each page once, so the
work grows with the text and not with what the file claims.
"""

from __future__ import annotations

import io
import struct
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, pairwise

import olefile

from extract.errors import (
    DamagedDocument,
    ExtractionError,
    LimitExceeded,
    Locked,
    OutdatedFormat,
    UnknownFormat,
)
from extract.readers.doc_looks import DOUBTFUL, DROPPED, PLAIN, Look, Styles
from extract.readers.doc_pictures import picture_at
from extract.readers.doc_sprms import (
    ELSEWHERE,
    LONGEST_LIST,
    SHORT,
    RowDefinition,
    Sprm,
    modified,
    row_definition,
    split,
)
from extract.readers.doc_summary import SUMMARY, read_summary
from extract.readers.doc_text import Text, drop_fields, shown
from extract.readers.word_looks import LOWEST_ROW

MAX_BYTES = 60_000_000
"""Bytes of a file; reports are far below 10 MB even with pictures."""
MAX_CHARACTERS = 3_000_000
MAX_PARAGRAPHS = 200_000
MAX_DEPTH = 12
"""Tables within tables."""

MAX_PIECES = 100_000
MAX_MODIFICATIONS = 4_000_000
"""Single changes of properties; a report with all its tables has about ten thousand."""

_PAGE = 512
_MOST_LOOKS = 60_000
_STREAMS = ("WordDocument", "0Table", "1Table", "Data")
_OLD_MAGICS = frozenset({0xA5DC, 0xA697, 0xA698, 0xA699, 0xA59B, 0xA59C})


# 8-bit text is Latin-1 with the printable characters of Windows-1252 in between.
_CP1252 = [
    ord(bytes([b]).decode("cp1252", errors="ignore") or chr(b)) if 0x80 <= b < 0xA0 else b
    for b in range(256)
]


@dataclass(frozen=True, slots=True)
class Properties:
    """What a paragraph is in its table: ``depth`` 0 outside, 1 in a table, 2 in a table in one."""

    depth: int = 0
    ends_row: bool = False
    ends_inner_cell: bool = False
    row: RowDefinition | None = None
    look: Look = PLAIN
    """Of its style, and whether Word numbers it."""
    is_flat: bool = False
    """Whether the row that it ends is so low that nothing in it is seen."""


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """A paragraph as shown; ``ends_cell`` if its mark closes a table cell of its depth.

    Its mark is the character number ``end`` of the file. ``unseen`` says that the row that it ends is not
    shown.
    """

    text: str
    depth: int
    ends_cell: bool
    ends_row: bool
    row: RowDefinition | None
    end: int
    unseen: bool = False


@dataclass(slots=True)
class WordFile:
    """An opened file: the stories that are read, in the order of the file.

    ``pictures`` are the characters (see :class:`WordParagraph`) in whose places pictures stand, and
    ``picture`` gives the file of one, empty where it is of a kind that is not read.
    """

    stories: list[list[WordParagraph]]
    pictures: list[int]
    picture: Callable[[int], bytes]
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters ``start`` to ``end`` (CP) at byte ``fc``, ``width`` bytes each."""

    start: int
    end: int
    fc: int
    width: int
    modifications: bytes
    """Later changes to all of its paragraphs and characters."""


def raw_text(data: bytes) -> str:
    """The text of the body with all of its marks and without any of its properties.

    :raises ExtractionError: as :func:`open_word` does.
    """
    streams, _ = _opened(data)
    with _beyond_its_end():
        return _WordReader(streams).raw_text()


def open_word(data: bytes) -> WordFile:
    """Open a Word 97 file.

    :raises OutdatedFormat: for Word 6/95; :raises UnknownFormat: for other OLE files; :raises DamagedDocument: for a file
        that is broken; :raises Locked: for one with a password; :raises LimitExceeded: for one that
        is too large.
    """
    streams, metadata = _opened(data)
    with _beyond_its_end():
        return _WordReader(streams).read(metadata)


@contextmanager
def _beyond_its_end() -> Iterator[None]:
    try:
        yield
    except (struct.error, IndexError) as error:
        raise DamagedDocument(
            "The Word file points beyond its end; it is cut off or broken."
        ) from error


def _opened(data: bytes) -> tuple[dict[str, bytes], dict[str, str]]:
    """The streams of the OLE file that matter, and its metadata."""
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"The Word file has {len(data)} bytes; {MAX_BYTES} are allowed.")
    _check_sectors(data)
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if ole.exists("EncryptedPackage"):
                raise Locked("The document (of Word 2007 or later) is locked with a password.")
            if not ole.exists("WordDocument"):
                raise UnknownFormat(
                    "The file is an OLE file without a Word document in it, perhaps a spreadsheet."
                )
            names = [name for name in (*_STREAMS, SUMMARY) if ole.exists(name)]
            # A chain of sectors may be a loop: what claims to be larger than the file is never read.
            if max(ole.root.size, *(ole.get_size(name) for name in names)) > len(data):
                raise DamagedDocument("The Word file claims parts larger than itself.")
            streams = {name: ole.openstream(name).read() for name in names}
    except ExtractionError:
        raise
    # The library raises whatever broken bytes make it stumble over; all of it means the same.
    except Exception as error:
        raise DamagedDocument("The Word file (an OLE file) is cut off or broken.") from error
    return streams, read_summary(streams.get(SUMMARY, b""))


def _check_sectors(data: bytes) -> None:
    """Refuse headers whose counts would keep the OLE library busy for hours."""
    if len(data) < _PAGE:
        raise DamagedDocument("The Word file (an OLE file) is cut off or broken.")
    (shift,) = struct.unpack_from("<H", data, 30)
    (tables,) = struct.unpack_from("<I", data, 44)
    small, _, lists = struct.unpack_from("<3I", data, 64)
    if shift not in (9, 12):
        raise DamagedDocument("The Word file (an OLE file) is cut off or broken.")
    sectors = len(data) >> shift
    if tables > 8 + (sectors >> shift - 3) or small > sectors or lists > sectors:
        raise DamagedDocument("The Word file claims parts larger than itself.")


class _WordReader:
    def __init__(self, streams: dict[str, bytes]) -> None:
        self._main = streams["WordDocument"]
        self._data = streams.get("Data", b"")
        magic, version = struct.unpack_from("<HH", self._main)
        (flags,) = struct.unpack_from("<H", self._main, 10)
        if magic in _OLD_MAGICS or (magic == 0xA5EC and version < 0xBF):
            raise OutdatedFormat(
                "The file was made by Word 95 or older, which is not read; save it as .docx."
            )
        if magic != 0xA5EC:
            raise DamagedDocument("The Word file does not start as a Word file; it is broken.")
        if flags & 0x0100:
            raise Locked("The Word file is locked with a password.")
        table = streams.get("1Table" if flags & 0x0200 else "0Table")
        if table is None:
            raise DamagedDocument("The Word file has lost the part that says where its text is.")
        self._table = table
        self._chpx = self._plc(12, 4)
        self._papx = self._plc(13, 4)
        self._modifications: list[bytes] = []
        self._read_modifications = 0
        self._pages: dict[int, tuple[int, ...]] = {}
        self._pieces = self._read_pieces()
        self._starts = [piece.start for piece in self._pieces]
        self._styles = Styles(self._structure(1), self._structure(15))
        self._looks: dict[bytes, Look] = {}

    def read(self, metadata: dict[str, str]) -> WordFile:
        """Body, footnotes, endnotes and text boxes; headers and comments are not the report."""
        counts = struct.unpack_from("<8i", self._main, 76)
        if any(count < 0 for count in counts):
            raise DamagedDocument("The Word file states a negative length of its text.")
        text = self._text()
        if counts[0] > len(text.units):
            raise DamagedDocument("The Word file is cut off: it has less text than it states.")
        stories: list[list[WordParagraph]] = []
        start = 0
        for kind, count in enumerate(counts):
            if kind in (0, 1, 5, 6) and count:
                end = min(start + count, len(text.units))
                stories.append(list(self._paragraphs(text, start, end)))
            start += count
        return WordFile(stories, text.pictures, self._picture, metadata)

    def raw_text(self) -> str:
        """The characters of the body as the pieces give them."""
        (count,) = struct.unpack_from("<i", self._main, 76)
        parts = []
        for piece in self._pieces:
            raw = self._main[piece.fc : piece.fc + piece.width * (piece.end - piece.start)]
            parts.append(
                raw.decode("utf-16-le", "replace")
                if piece.width == 2
                else "".join(map(chr, map(_CP1252.__getitem__, raw)))
            )
        # Characters beyond the 16-bit plane count twice; the rest of the file only follows the body.
        return "".join(parts)[: max(count, 0)]

    def _structure(self, index: int) -> bytes:
        """A structure of the table stream by its place in the list of the FIB."""
        start, size = struct.unpack_from("<II", self._main, 154 + 8 * index)
        if start + size > len(self._table):
            raise DamagedDocument("The Word file points beyond its end; it is cut off or broken.")
        return self._table[start : start + size]

    def _plc(self, index: int, size: int) -> tuple[array[int], bytes]:
        """Positions and what belongs to each interval between them, ``size`` bytes each."""
        return _split_plc(self._structure(index), size)

    def _read_pieces(self) -> list[_Piece]:
        clx = self._structure(33)
        at = 0
        while at < len(clx) and clx[at] == 1:
            (size,) = struct.unpack_from("<H", clx, at + 1)
            self._modifications.append(clx[at + 3 : at + 3 + min(size, LONGEST_LIST)])
            at += 3 + size
        if at >= len(clx) or clx[at] != 2:
            raise DamagedDocument("The Word file has no piece table; its text cannot be found.")
        (size,) = struct.unpack_from("<I", clx, at + 1)
        positions, descriptors = _split_plc(clx[at + 5 : at + 5 + size], 8)
        if len(positions) > MAX_PIECES:
            raise LimitExceeded(f"The text of the Word file is in more than {MAX_PIECES} pieces.")
        pieces: list[_Piece] = []
        for number, (start, end) in enumerate(pairwise(positions)):
            _, fc, prm = struct.unpack_from("<HIH", descriptors, 8 * number)
            eight_bit = bool(fc & 0x40000000)
            fc &= 0x3FFFFFFF
            fc, width = (fc // 2, 1) if eight_bit else (fc, 2)
            expected = pieces[-1].end if pieces else 0
            if start != expected or end < start or fc + width * (end - start) > len(self._main):
                raise DamagedDocument("The piece table of the Word file is broken.")
            if end > MAX_CHARACTERS:
                raise LimitExceeded(f"The Word file has more than {MAX_CHARACTERS} characters.")
            if end > start:
                pieces.append(_Piece(start, end, fc, width, self._piece_modifications(prm)))
        return pieces

    def _piece_modifications(self, prm: int) -> bytes:
        if prm & 1:
            index = prm >> 1
            return self._modifications[index] if index < len(self._modifications) else b""
        sprm = SHORT.get(prm >> 1 & 0x7F)
        return struct.pack("<HB", sprm, prm >> 8) if sprm else b""

    def _text(self) -> Text:
        units = array("H")
        for piece in self._pieces:
            raw = self._main[piece.fc : piece.fc + piece.width * (piece.end - piece.start)]
            if piece.width == 1:
                units.extend(_CP1252[byte] for byte in raw)
            else:
                units.extend(struct.unpack(f"<{len(raw) // 2}H", raw))
        text = Text(units, bytearray(len(units)), [PLAIN], array("H", bytes(2 * len(units))))
        numbers: dict[Look, int] = {PLAIN: 0}
        for piece in self._pieces:
            for start, end, look in self._looking(piece):
                number = numbers.setdefault(look, len(numbers))
                if number == len(text.looks) and number < _MOST_LOOKS:
                    text.looks.append(look)
                text.marks[start:end] = bytes([look.mark]) * (end - start)
                text.of_look[start:end] = array("H", [min(number, _MOST_LOOKS - 1)]) * (end - start)
        drop_fields(text)
        text.pictures = [
            cp
            for cp, (unit, mark) in enumerate(zip(units, text.marks, strict=True))
            if unit in (1, 8) and mark < DOUBTFUL
        ]
        return text

    def _picture(self, cp: int) -> bytes:
        piece = self._pieces[bisect_right(self._starts, cp) - 1]
        fc = piece.fc + (cp - piece.start) * piece.width
        _, modifications = self._run(self._chpx, fc, _character_modifications)
        for sprm, operand in self._sprms(modifications):
            if sprm == Sprm.C_PICTURE:
                with _beyond_its_end():
                    return picture_at(self._data, struct.unpack("<I", operand)[0])
        return b""

    def _looking(self, piece: _Piece) -> Iterator[tuple[int, int, Look]]:
        """Characters of a piece that are not plain, as CP ranges, and how they look."""
        of_piece = self._look(piece.modifications)
        cp = piece.start
        while cp < piece.end:
            fc = piece.fc + (cp - piece.start) * piece.width
            until, modifications = self._run(self._chpx, fc, _character_modifications)
            steps = max((until - fc) // piece.width, 1) if until > fc else piece.end - cp
            end = min(cp + steps, piece.end)
            look = of_piece.above(self._look(modifications))
            if look != PLAIN:
                yield cp, end, look
            cp = end

    def _look(self, modifications: bytes) -> Look:
        look = self._looks.get(modifications)
        if look is None:
            look = self._looks[modifications] = self._styles.of(self._sprms(modifications))
        return look

    def _run(
        self, plc: tuple[array[int], bytes], fc: int, modifications: _InPage
    ) -> tuple[int, bytes]:
        """The end (FC) of the run of equal properties around ``fc``, and its modifications.

        The end is 0 where nothing is known of ``fc``.
        """
        positions, pages = plc
        index = bisect_right(positions, fc) - 1
        if not 0 <= index < len(pages) // 4:
            return 0, b""
        number = struct.unpack_from("<I", pages, 4 * index)[0] & 0x3FFFFF
        start = number * _PAGE
        edges = self._pages.get(number)
        if edges is None:
            runs = self._main[start + _PAGE - 1]
            if 4 * (runs + 1) > _PAGE:
                raise DamagedDocument("A page of properties in the Word file is broken.")
            edges = self._pages[number] = struct.unpack_from(f"<{runs + 1}I", self._main, start)
        run = bisect_right(edges, fc) - 1
        if not 0 <= run < len(edges) - 1:
            return 0, b""
        page = self._main[start : start + _PAGE]
        return edges[run + 1], modifications(page, len(edges) - 1, run)

    def _sprms(self, modifications: bytes, follow: bool = True) -> Iterator[tuple[int, bytes]]:
        """Single modifications and their operands, those that stand elsewhere in their place."""
        for sprm, operand in split(modifications):
            self._read_modifications += 1
            if self._read_modifications > MAX_MODIFICATIONS:
                raise LimitExceeded("The Word file changes its properties too often.")
            if sprm not in ELSEWHERE:
                yield sprm, operand
            elif follow:
                (at,) = struct.unpack("<I", operand)
                if at + 2 <= len(self._data):
                    (size,) = struct.unpack_from("<H", self._data, at)
                    size = min(size, LONGEST_LIST)
                    yield from self._sprms(self._data[at + 2 : at + 2 + size], follow=False)

    def _paragraphs(self, text: Text, start: int, end: int) -> Iterator[WordParagraph]:
        """The paragraphs of one story."""
        first, count = start, 0
        units = text.units
        for cp in range(start, end):
            if units[cp] not in (0x0D, 0x07, 0x0C):
                continue
            count += 1
            if count > MAX_PARAGRAPHS:
                raise LimitExceeded(f"The Word file has more than {MAX_PARAGRAPHS} paragraphs.")
            properties = self._paragraph_properties(cp)
            is_cell_mark = units[cp] == 7
            depth = max(properties.depth, int(is_cell_mark))
            yield WordParagraph(
                text=shown(text, first, cp, properties.look, in_table=depth > 0),
                depth=depth,
                ends_cell=is_cell_mark or (depth > 1 and properties.ends_inner_cell),
                ends_row=properties.ends_row,
                row=properties.row,
                end=cp,
                unseen=properties.is_flat or text.marks[cp] == DROPPED,
            )
            first = cp + 1
        if first < end:
            rest = shown(text, first, end, PLAIN, in_table=False)
            yield WordParagraph(rest, 0, False, False, None, end)

    def _paragraph_properties(self, cp: int) -> Properties:
        """What the paragraph whose mark is at ``cp`` is in its table."""
        piece = self._pieces[bisect_right(self._starts, cp) - 1]
        fc = piece.fc + (cp - piece.start) * piece.width
        _, modifications = self._run(self._papx, fc, _paragraph_modifications)
        found = Properties()
        in_table = False
        for sprm, operand in chain(self._sprms(modifications), self._sprms(piece.modifications)):
            match sprm:
                case Sprm.P_IN_TABLE:
                    in_table = bool(operand[0])
                case Sprm.P_ROW_END | Sprm.P_INNER_ROW_END:
                    found = replace(found, ends_row=bool(operand[0]))
                case Sprm.P_INNER_CELL:
                    found = replace(found, ends_inner_cell=bool(operand[0]))
                case Sprm.P_DEPTH | Sprm.P_DEPTH_CHANGE:
                    (depth,) = struct.unpack("<i", operand)
                    depth += found.depth if sprm == Sprm.P_DEPTH_CHANGE else 0
                    if not 0 <= depth <= MAX_DEPTH:
                        raise LimitExceeded("The tables of the Word file are nested too deeply.")
                    found = replace(found, depth=depth)
                case Sprm.P_STYLE:
                    style = self._styles.look(int.from_bytes(operand, "little"))
                    found = replace(found, look=style)
                case Sprm.P_LIST:
                    own = self._styles.of([(sprm, operand)])
                    found = replace(found, look=own.above(found.look))
                case Sprm.T_HEIGHT:
                    (height,) = struct.unpack("<h", operand)
                    # A negative height is exact.
                    found = replace(found, is_flat=0 < -height <= LOWEST_ROW)
                case Sprm.T_DEFINITION:
                    found = replace(found, row=row_definition(operand))
                case _ if found.row is not None:
                    found = replace(found, row=modified(found.row, sprm, operand))
        return replace(found, depth=1) if in_table and not found.depth else found


_InPage = Callable[[bytes, int, int], bytes]
"""Finds the modifications of a run in a page: the page, the number of its runs, the run."""


def _split_plc(structure: bytes, size: int) -> tuple[array[int], bytes]:
    count = max((len(structure) - 4) // (4 + size), 0)
    positions = array("I")
    if count:
        positions.extend(struct.unpack_from(f"<{count + 1}I", structure))
    return positions, structure[4 * (count + 1) :]


def _character_modifications(page: bytes, runs: int, run: int) -> bytes:
    at = 2 * page[4 * (runs + 1) + run]
    return page[at + 1 : at + 1 + page[at]] if at else b""


def _paragraph_modifications(page: bytes, runs: int, run: int) -> bytes:
    """The modifications of a paragraph; its style, which stands before them, as one of them."""
    at = 2 * page[4 * (runs + 1) + 13 * run]
    if not at:
        return struct.pack("<HH", Sprm.P_STYLE, 0)
    if page[at]:
        size = 2 * page[at] - 1
    else:
        at += 1
        size = 2 * page[at]
    return struct.pack("<H", Sprm.P_STYLE) + page[at + 1 : at + 1 + size]
