"""Exchanges that end at about the same time are stored together: one wait for the disk serves all of them.

Nobody gets an answer before its exchange is stored, so what a visit decides rests on what is on the disk. A
thread waits for the disk; what ends meanwhile is stored after that, so one group at a time is under way.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from archive.captures import Exchange, Recorder

MOST = 64
"""Exchanges stored together."""
PART = 4
"""When one in so many visits waits, all are stored: the others are on their way to the sites meanwhile."""
LONGEST = 0.02
"""Seconds that one waits for others; far less than the delay between two requests to a host."""
LARGEST = 16_000_000
"""Bytes of bodies that wait."""

_Waiting = list[tuple[Exchange, asyncio.Future[int]]]


class Group:
    """The exchanges of a process that wait to be stored."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._waiting: _Waiting = []
        self._bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._storing: asyncio.Task[None] | None = None
        self._visits = 0

    @contextlib.contextmanager
    def visit(self) -> Iterator[None]:
        """A visit goes on, which makes one request at a time: the fewer there are, the fewer are waited for."""
        self._visits += 1
        try:
            yield
        finally:
            self._visits -= 1

    async def record(self, exchange: Exchange) -> int:
        """The id of the capture of ``exchange``, once it is stored.

        Raises :class:`~archive.captures.StorageError` where it cannot be.
        """
        stored: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((exchange, stored))
        self._bytes += len(exchange.body)
        if self._storing is None:
            self._begin_or_wait()
        return await stored

    def _begin_or_wait(self) -> None:
        """Store what waits if it is enough, else a moment later."""
        enough = min(MOST, max(1, -(-self._visits // PART)))
        if len(self._waiting) >= enough or self._bytes >= LARGEST:
            self._begin()
        elif self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LONGEST, self._begin)

    def _begin(self) -> None:
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._storing = asyncio.get_running_loop().create_task(self._store(waiting))

    async def _store(self, waiting: _Waiting) -> None:
        try:
            batch = self._recorder.prepare([exchange for exchange, _ in waiting])
            await asyncio.to_thread(self._recorder.write, batch)
            ids = self._recorder.index(batch)
        except Exception as error:
            for _, stored in waiting:
                if not stored.done():
                    stored.set_exception(error)
        else:
            for (_, stored), number in zip(waiting, ids, strict=True):
                # Who stops does not wait any more.
                if not stored.done():
                    stored.set_result(number)
        self._storing = None
        self._begin_or_wait()
