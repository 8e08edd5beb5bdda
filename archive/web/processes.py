"""Processes that answer side by side, parted from one that has read what all of them need.

uvicorn starts its processes anew, and each then has the program and the names of all divisions in memory for itself.
Those that are parted (``fork``) share what is not changed: a third less for two processes, and they answer sooner.
Parting is for a process without threads, so nothing else may have begun any.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import socket
from collections.abc import Callable
from multiprocessing.context import ForkProcess

import uvicorn
from uvicorn.supervisors import multiprocess

_SIGNALS = frozenset(multiprocess.SIGNALS)
_M_ARENA_MAX = -8
"""Of glibc's ``malloc.h``."""
_ARENAS = 2


def keep_few_arenas() -> None:
    """Let the C library keep two pools of memory, not one a thread: it gives none of them back.

    Who starts the program may say otherwise (``MALLOC_ARENA_MAX``); other C libraries have no such pools.
    """
    if "MALLOC_ARENA_MAX" not in os.environ:
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def run(config: uvicorn.Config, listening: socket.socket) -> None:
    """Answer with ``config.workers`` processes until stopped; one that ends is replaced. A single one is this one."""
    # What is here now stays for good. Looked through for garbage, it would be copied for each process.
    gc.collect()
    gc.freeze()
    if config.workers == 1:
        uvicorn.Server(config).run(sockets=[listening])
        return
    multiprocess.get_subprocess = _parted  # type: ignore[assignment, attr-defined]
    multiprocess.Multiprocess(config, [listening]).run()


def _parted(
    config: uvicorn.Config, target: Callable[..., None], sockets: list[socket.socket]
) -> ForkProcess:
    return _Parted(target=target, args=(sockets,))


class _Parted(ForkProcess):
    """A process that heeds signals as a new one does, and loses none while it begins."""

    def start(self) -> None:
        """Part it from this process."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def run(self) -> None:
        """Answer, in the new process."""
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        super().run()
