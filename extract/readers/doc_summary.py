"""Title, author and time of creation from the summary of an OLE file ([MS-OLEPS])."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

SUMMARY = "\x05SummaryInformation"
_NAMES = {2: "title", 4: "author", 12: "created"}
_CODE_PAGE, _CODE_PAGES = 1, {1200: "utf-16-le", 1252: "cp1252", 65001: "utf-8", 950: "cp950"}
_INTEGER, _BYTES, _WIDE, _TIME = 2, 30, 31, 64
_MOST_PROPERTIES = 100
_LONGEST = 4096


def read_summary(stream: bytes) -> dict[str, str]:
    """What the stream states, as far as it can be read; a broken title breaks no report.

    The library that opens the file can read properties too, but counts of broken ones keep it busy
    for hours.
    """
    found: dict[int, str | int] = {}
    try:
        (section,) = struct.unpack_from("<I", stream, 44)
        (count,) = struct.unpack_from("<I", stream, section + 4)
        places = [
            struct.unpack_from("<II", stream, section + 8 + 8 * i)
            for i in range(min(count, _MOST_PROPERTIES))
        ]
        for number, offset in sorted(places):
            if number in _NAMES or number == _CODE_PAGE:
                codec = _CODE_PAGES.get(int(found.get(_CODE_PAGE, 936)), "gb18030")
                found[number] = _value(stream, section + offset, codec)
    except (struct.error, OverflowError, ValueError):
        pass
    return {name: str(found[number]) for number, name in _NAMES.items() if found.get(number)}


def _value(stream: bytes, at: int, codec: str) -> str | int:
    (kind,) = struct.unpack_from("<I", stream, at)
    if kind == _INTEGER:
        return int(struct.unpack_from("<H", stream, at + 4)[0])
    if kind == _TIME:
        (ticks,) = struct.unpack_from("<Q", stream, at + 4)
        if not ticks:
            return ""
        moment = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
        return moment.isoformat(timespec="seconds")
    if kind not in (_BYTES, _WIDE):
        return ""
    (size,) = struct.unpack_from("<I", stream, at + 4)
    if kind == _WIDE:
        codec, size = "utf-16-le", 2 * size
    raw = stream[at + 8 : at + 8 + min(size, _LONGEST)]
    return raw.decode(codec, errors="replace").partition("\0")[0].strip()
