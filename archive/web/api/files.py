"""Whole lists as files: row by row in constant memory, and no longer than their reader reads.

A file keeps a transaction of the database open. So there is room for a few at a time, and who stops reading
is cut off; the answer then has no end, which every client notices.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any

import anyio
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from archive.formats import harmless

SECONDS = 900
"""Seconds that a file may take, to be written and to be read."""
_STALLED = 60
"""Seconds without a byte after which nobody reads any more."""
_ROOM = 4
"""Files that are written at a time."""
_PIECE = 1 << 16
"""Characters that are sent at once, about."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """The room for files that are being written; one for the whole program."""

    room: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_ROOM))


class File(StreamingResponse):
    """A file that is written while it is read."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""

        async def sending(message: Message) -> None:
            with anyio.fail_after(_STALLED):
                await send(message)

        with suppress(TimeoutError, ClientDisconnect), anyio.fail_after(SECONDS):
            await super().__call__(scope, receive, sending)


def csv_pieces(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """CSV with a header row: text that a spreadsheet would take for a formula is made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(_cell(row.get(column))) for column in columns])
        if out.tell() >= _PIECE:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def json_lines(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """An object a line, every column in every object."""
    lines: list[str] = []
    size = 0
    for row in rows:
        line = json.dumps({column: row.get(column) for column in columns}, ensure_ascii=False)
        lines.append(f"{line}\n")
        size += len(line)
        if size >= _PIECE:
            yield "".join(lines)
            lines, size = [], 0
    yield "".join(lines)


def _cell(value: Any) -> Any:
    """Lists of words and of numbers as the files of ``gongkai export`` have them."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ";".join(value)
    if isinstance(value, list) and all(isinstance(part, int | float) for part in value):
        return " ".join(map(str, value))
    return value
