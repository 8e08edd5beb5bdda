"""Modifications (sprm) of the binary Word format: how they are told apart, and what they do to a row.

Numbers and layouts are those of [MS-DOC], chapters 2.6 and 2.9.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from extract.readers.word_looks import CLOSEST, NARROWEST, SMALLEST


class Sprm:
    """The modifications that matter, by what they modify: P paragraph, T table row, C character."""

    P_IN_TABLE = 0x2416
    P_ROW_END = 0x2417
    P_DEPTH = 0x6649
    P_DEPTH_CHANGE = 0x664A
    P_INNER_CELL = 0x244B
    P_INNER_ROW_END = 0x244C
    P_TABS = 0xC615
    P_STYLE = 0x4600
    P_LIST = 0x460B
    T_DEFINITION = 0xD608
    T_DEFINITION_10 = 0xD606
    T_INSERT = 0x7621
    T_DELETE = 0x5622
    T_WIDTH = 0x7623
    T_MERGE = 0x5624
    T_SPLIT = 0x5625
    T_VERTICAL = 0xD62B
    T_HEIGHT = 0x9407
    T_FLOW = 0x7629
    C_DELETED = 0x0800
    C_INSERTED = 0x0801
    C_STYLE = 0x4A30
    C_HIDDEN = 0x083C
    C_SYMBOL = 0x6A09
    C_PICTURE = 0x6A03
    C_STRUCK = 0x0837
    C_STRUCK_TWICE = 0x2A53
    C_RAISED = 0x2A48
    C_FONT = 0x4A4F
    C_HEIGHT = 0x4845
    C_SIZE = 0x4A43
    C_WIDTH = 0x4852
    C_SPACE = 0x8840
    C_TWO_IN_ONE = 0xCA78
    C_MARKER = 0x2A0C
    C_COLOUR = 0x6870
    C_COLOUR_97 = 0x2A42


_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes of the operand by the three highest bits of a modification; 0: the operand says it."""
SHORT = {0x18: Sprm.P_IN_TABLE, 0x19: Sprm.P_ROW_END}
"""The modifications with a short form in the piece table that matter here."""
ELSEWHERE = frozenset({0x6645, 0x6646, 0x646B})
"""The modifications stand in the Data stream, because they are too long for a page."""
LONGEST_LIST = 0x3FA2
"""Bytes of a list of modifications outside the pages."""


@dataclass(frozen=True, slots=True)
class CellDefinition:
    """One cell of a row: flags as stored, ``horizontal`` of two bits and ``vertical`` of two.

    ``horizontal``: 0 for a cell of its own, otherwise part of a run of merged cells. ``vertical``:
    0 for a cell of its own, 1 to continue the cell above, 2 or 3 to start a merged one. ``turned`` says
    that its text runs up or down.
    """

    horizontal: int = 0
    vertical: int = 0
    turned: bool = False


@dataclass(frozen=True, slots=True)
class RowDefinition:
    """Edges of the cells of a row in twips from the left margin, one more than cells."""

    edges: tuple[int, ...]
    cells: tuple[CellDefinition, ...]


_TURNED = 3
"""Of the direction of the text in a cell the bits for up and down."""
_STACKED = 0x0F
"""Turned, two lines in one, joined, or with a reading above."""
_PALE = 0xF0
"""All three colours of text that is not seen on white paper."""
_WHITE_97, _BLACK_97 = 8, 1


def shows_otherwise(sprm: int, operand: bytes) -> bool:
    """Whether a modification strikes text out, makes it the mark of a note, or hides it from the eye."""
    match sprm:
        case Sprm.C_STRUCK | Sprm.C_STRUCK_TWICE:
            return operand[:1] in (b"\x01", b"\x81")
        case Sprm.C_RAISED:
            return operand[:1] in (b"\x01", b"\x02")
        case Sprm.C_WIDTH:
            return int.from_bytes(operand, "little") <= NARROWEST
        case Sprm.C_SPACE:
            return int.from_bytes(operand, "little", signed=True) <= CLOSEST
        case Sprm.C_TWO_IN_ONE:
            return bool(operand[:1]) and operand[0] & _STACKED != 0
        case Sprm.C_MARKER:
            return operand[:1] == bytes([_BLACK_97])
        case Sprm.C_SIZE:
            return int.from_bytes(operand, "little") <= SMALLEST
        case Sprm.C_COLOUR:
            return min(operand[:3], default=0) >= _PALE and operand[3:] != b"\xff"
        case Sprm.C_COLOUR_97:
            return operand[:1] == bytes([_WHITE_97])
    return False


def split(modifications: bytes) -> Iterator[tuple[int, bytes]]:
    """Single modifications and their operands; what is cut off at the end is left out."""
    at, end = 0, len(modifications)
    while at + 2 < end:
        (sprm,) = struct.unpack_from("<H", modifications, at)
        at += 2
        size = _SIZES[sprm >> 13]
        if sprm in (Sprm.T_DEFINITION, Sprm.T_DEFINITION_10):
            # The only length of two bytes; it counts one of them.
            size = int.from_bytes(modifications[at : at + 2], "little") - 1
            at += 2
        elif sprm == Sprm.P_TABS and modifications[at] == 255:
            # Too long for its length byte: two counted lists follow.
            deleted = at + 1
            added = deleted + 1 + 4 * modifications[deleted] if deleted < end else end
            at, size = deleted, (added + 1 + 3 * modifications[added] if added < end else end) - at
        elif size == 0:
            size = modifications[at]
            at += 1
        if size < 0 or at + size > end:
            return
        yield sprm, modifications[at : at + size]
        at += size


def row_definition(operand: bytes) -> RowDefinition | None:
    """A row from sprmTDefTable: number of cells, their edges, 20 bytes a cell of which some may lack."""
    if not operand:
        return None
    count = operand[0]
    if not count or len(operand) < 1 + 2 * (count + 1):
        return None
    edges = struct.unpack_from(f"<{count + 1}h", operand, 1)
    cells: list[CellDefinition] = []
    for cell in range(count):
        at = 1 + 2 * (count + 1) + 20 * cell
        flags = struct.unpack_from("<H", operand, at)[0] if at + 2 <= len(operand) else 0
        cells.append(CellDefinition(flags & 3, flags >> 5 & 3, bool(flags >> 2 & _TURNED)))
    return RowDefinition(edges, tuple(cells))


_OF_CELLS = frozenset(
    [Sprm.T_INSERT, Sprm.T_DELETE, Sprm.T_WIDTH, Sprm.T_MERGE, Sprm.T_SPLIT, Sprm.T_FLOW]
)
"""Changes that name their first cell and the one after their last."""


def modified(row: RowDefinition, sprm: int, operand: bytes) -> RowDefinition:
    """A row after a later change, which files that were saved quickly keep apart."""
    edges, cells = list(row.edges), list(row.cells)
    if sprm in _OF_CELLS:
        first, limit = operand[0], operand[1]
    elif sprm == Sprm.T_VERTICAL and len(operand) == 2:
        first, limit = operand[0], operand[0] + 1
    else:
        return row
    width = int.from_bytes(operand[2:4], "little")
    if sprm == Sprm.T_INSERT:
        # Here the second number counts the new cells; they may stand beyond the last.
        first, added = min(first, len(cells)), min(limit, 63 - len(cells))
        shift = added * width
        new = [edges[first] + width * i for i in range(added)]
        edges = [*edges[:first], *new, *(edge + shift for edge in edges[first:])]
        cells[first:first] = [CellDefinition()] * added
    limit = min(limit, len(cells))
    if sprm == Sprm.T_DELETE and 0 < limit - first < len(cells):
        gone = edges[limit] - edges[first]
        edges = [*edges[:first], *(edge - gone for edge in edges[limit:])]
        del cells[first:limit]
    elif sprm == Sprm.T_WIDTH:
        for cell in range(first, limit):
            change = width - (edges[cell + 1] - edges[cell])
            edges = [*edges[: cell + 1], *(edge + change for edge in edges[cell + 1 :])]
    elif sprm in (Sprm.T_MERGE, Sprm.T_SPLIT):
        for cell in range(first, limit):
            merged = (1 if cell == first else 2) if sprm == Sprm.T_MERGE else 0
            cells[cell] = replace(cells[cell], horizontal=merged)
    elif sprm == Sprm.T_FLOW:
        for cell in range(first, limit):
            cells[cell] = replace(cells[cell], turned=bool(width & _TURNED))
    elif sprm == Sprm.T_VERTICAL and first < len(cells):
        cells[first] = replace(cells[first], vertical=operand[1] & 3)
    return RowDefinition(tuple(edges), tuple(cells))
