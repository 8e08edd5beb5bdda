"""Pictures in the Data stream of a binary Word file ([MS-DOC] 2.9.190, [MS-ODRAW] 2.2.15 to 2.2.32)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from extract.sniff import PICTURES, sniff

_SHAPE, _PROPERTIES, _STORED = 0xF004, 0xF00B, 0xF007
_BLIPS = range(0xF01A, 0xF118)
_NAMED_FILE = 0x66
"""The kind of a picture before which its name stands."""
_STORED_HEAD = 36
_CROPS = range(0x0100, 0x0104)
_EDGE = 0.03
"""Part of a picture that may be cut away at each side."""


def picture_at(data: bytes, start: int) -> bytes:
    """The picture file at ``start`` of the stream, empty where it is none that is read or is shown cropped.

    :raises struct.error: if it points beyond the end of the stream.
    """
    size, head, kind = struct.unpack_from("<IHH", data, start)
    at, end = start + head, min(start + size, len(data))
    if kind == _NAMED_FILE:
        at += 1 + data[at]
    for record, _, begin, stop in _records(data, at, end):
        if record == _SHAPE and _is_cropped(data, begin, stop):
            return b""
        if record == _STORED:
            name = data[begin + _STORED_HEAD - 3] if begin + _STORED_HEAD <= stop else 0
            inner = _records(data, begin + _STORED_HEAD + name, stop)
        else:
            inner = iter([(record, 0, begin, stop)])
        for kind_of_blip, _, first, last in inner:
            if kind_of_blip in _BLIPS:
                return _content(data[first:last])
    return b""


def _content(blip: bytes) -> bytes:
    """The file in a blip, behind one or two digests of 16 bytes and a tag."""
    found = (blip[at:] for at in (17, 33) if sniff(blip[at : at + 1024]) in PICTURES)
    return next(found, b"")


def _is_cropped(data: bytes, begin: int, end: int) -> bool:
    for record, count, first, last in _records(data, begin, end):
        if record != _PROPERTIES:
            continue
        for at in range(first, min(first + 6 * count, last - 5), 6):
            name, value = struct.unpack_from("<Hi", data, at)
            if name & 0x3FFF in _CROPS and value > _EDGE * 0x10000:
                return True
    return False


def _records(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Kind, instance, first and last byte of the records of a range, one after the other."""
    while at + 8 <= end:
        options, kind, size = struct.unpack_from("<HHI", data, at)
        yield kind, options >> 4, at + 8, min(at + 8 + size, end)
        at += 8 + size
