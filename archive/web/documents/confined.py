"""Work on hostile documents in child processes under limits; what comes back is bytes, never code.

:mod:`extract.worker` reads documents by the thousand; here one is shown while somebody waits for it.
The answer of a child is not unpickled: a child that a document took over can only send bytes.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

from archive.errors import JobError
from extract.errors import ExtractionError
from extract.worker import Limits, allow_seconds, confine, end

LIMITS = Limits(
    memory=2_000_000_000, cpu_seconds=15, seconds=20.0, result=24_000_000, documents_per_worker=200
)
PATIENCE = 15.0
"""Seconds that a request waits for a process."""

Work = Callable[..., bytes]
_DONE, _REFUSED = b"+", b"-"


class Refused(JobError):
    """The document cannot be shown; the message says why."""


class Busy(JobError):
    """All processes are at work, and stayed so for long."""


@dataclass(slots=True, eq=False)
class _Child:
    process: ForkServerProcess
    pipe: Connection
    done: int = 0


@dataclass(slots=True)
class Confined:
    """At most ``processes`` children; each does one piece of work at a time, and is renewed now and then."""

    processes: int = 2
    limits: Limits = LIMITS
    _idle: queue.SimpleQueue[_Child] = field(default_factory=queue.SimpleQueue)
    _free: threading.BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        self._free = threading.BoundedSemaphore(self.processes)

    def run(self, work: Work, *arguments: Any) -> bytes:
        """What ``work(*arguments)`` returns, a function at the top of a module.

        Raises :class:`Refused` for what the work refuses and where it goes beyond the limits, and
        :class:`Busy`.
        """
        if not self._free.acquire(timeout=PATIENCE):
            raise Busy("too many documents are being drawn at the moment; try again soon")
        try:
            return self._run(work, arguments)
        finally:
            self._free.release()

    def close(self) -> None:
        """End the children."""
        with contextlib.suppress(queue.Empty):
            while True:
                _stop(self._idle.get_nowait())

    def _run(self, work: Work, arguments: tuple[Any, ...]) -> bytes:
        child = self._child()
        try:
            child.pipe.send((work, arguments))
            if not child.pipe.poll(self.limits.seconds):
                raise Refused(f"drawing it took more than {self.limits.seconds:g} seconds")
            answer = child.pipe.recv_bytes(self.limits.result)
        except (EOFError, OSError):
            # A result above the limit breaks the pipe; a child that is gone has closed it.
            _stop(child)
            raise Refused("drawing it takes more memory or time than is allowed") from None
        except BaseException:
            _stop(child)
            raise
        child.done += 1
        if child.done < self.limits.documents_per_worker:
            self._idle.put(child)
        else:
            _stop(child)
        if answer[:1] != _DONE:
            raise Refused(answer[1:].decode("utf-8", "replace")[:500])
        return answer[1:]

    def _child(self) -> _Child:
        with contextlib.suppress(queue.Empty):
            while True:
                child = self._idle.get_nowait()
                if child.process.is_alive():
                    return child
                _stop(child)
        return _start(self.limits)


def _start(limits: Limits) -> _Child:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["archive.web.documents.pictures", "archive.web.documents.copies"]
    )
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, limits), daemon=True)
    process.start()
    theirs.close()
    return _Child(process, ours)


def _stop(child: _Child) -> None:
    child.pipe.close()
    end(child.process)
    child.process.close()


def _serve(pipe: Connection, limits: Limits) -> None:
    """The child: work until the parent goes away."""
    confine(limits)
    while True:
        try:
            work, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        allow_seconds(limits.cpu_seconds)
        pipe.send_bytes(_answer(work, arguments))


def _answer(work: Work, arguments: tuple[Any, ...]) -> bytes:
    try:
        return _DONE + work(*arguments)
    except ExtractionError as error:
        said = str(error)
    except RecursionError:
        said = "the document is nested too deeply"
    except MemoryError:
        said = "drawing it takes more memory than is allowed"
    except Exception as error:
        # Whatever an engine makes of a hostile file ends here, and is told to be mended.
        said = f"the program failed on this document: {type(error).__name__}: {error}"
    return _REFUSED + said.encode("utf-8", "replace")
