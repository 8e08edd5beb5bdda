"""Reading in child processes with limits: a hostile document costs one worker and one record.

Every document is read under a limit of memory, processor time, wall-clock time and size of the
result. A worker that is killed or hangs is replaced, and its document gets a ``failed`` record that
says so. Workers are renewed now and then, so a leak in an engine cannot grow.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from extract.document import Origin
from extract.reading import failed_record, read, source_of
from extract.record import Recognition, Record

Key = TypeVar("Key")
Load = bytes | Callable[[], bytes]
_Job = tuple[Key, bytes, Origin]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: bytes of memory and result, seconds of processor and of waiting."""

    memory: int = 3_000_000_000
    cpu_seconds: int = 60
    seconds: float = 120.0
    result: int = 64_000_000
    file_size: int = 256_000_000
    documents_per_worker: int = 200


DEFAULT = Limits()
RECOGNITION = Limits(
    memory=6_000_000_000, cpu_seconds=1800, seconds=1800.0, documents_per_worker=50
)
"""What recognising the characters of a scan may cost: two readings of some ten seconds a page."""


@dataclass(slots=True, eq=False)
class _Worker(Generic[Key]):
    """A child process and what it is doing."""

    process: ForkServerProcess
    pipe: Connection
    limits: Limits
    recognises: bool
    done: int = 0
    job: _Job[Key] | None = None
    started: float = field(default=0.0)


def read_many(
    jobs: Iterable[tuple[Key, Load, Origin]],
    processes: int,
    limits: Limits = DEFAULT,
    recognition: Limits | None = None,
) -> Iterator[tuple[Key, Record]]:
    """Read documents in ``processes`` children; yields key and record as each is done.

    A document whose pages are pictures is read again, by recognising its characters, within the
    limits that ``recognition`` gives; None leaves it at that it is a scan.

    The bytes of a job are given or loaded when its turn comes (in this process). A document that
    cannot be loaded, or whose worker dies or runs over a limit, yields a ``failed`` record.
    """
    if processes < 1:
        raise ValueError("processes must be 1 or more")
    waiting = iter(jobs)
    workers: list[_Worker[Key]] = []
    scans: deque[_Job[Key]] = deque()
    exhausted = False
    try:
        while True:
            while sum(w.job is not None for w in workers) < processes:
                if scans and recognition is not None:
                    _give(workers, scans.popleft(), recognition, recognise=True)
                    continue
                if exhausted:
                    break
                job = next(waiting, None)
                if job is None:
                    exhausted = True
                    break
                key, load, origin = job
                try:
                    data = load() if callable(load) else load
                except OSError as error:
                    yield (
                        key,
                        failed_record(
                            source_of(b"", origin),
                            f"The file cannot be opened: {error.strerror or error}.",
                        ),
                    )
                    continue
                _give(workers, (key, data, origin), limits, recognise=False)
            busy = [worker for worker in workers if worker.job is not None]
            if not busy:
                return
            for worker in _ready(busy):
                finished, record = _collect(worker)
                if recognition and record.parse.recognition is Recognition.NEEDED:
                    scans.append(finished)
                else:
                    yield finished[0], record
            spent = [w for w in workers if w.job is None and _is_spent(w)]
            workers = [w for w in workers if w not in spent]
            for worker in spent:
                _stop(worker)
    finally:
        for worker in workers:
            _stop(worker)


def read_contained(data: bytes, origin: Origin, limits: Limits = DEFAULT) -> Record:
    """Read one document in a child process of its own."""
    return next(record for _, record in read_many([(None, data, origin)], 1, limits))


def _give(workers: list[_Worker[Key]], job: _Job[Key], limits: Limits, *, recognise: bool) -> None:
    free = (w for w in workers if w.job is None and w.recognises is recognise)
    worker = next((w for w in free if w.process.is_alive()), None)
    if worker is None:
        worker = _start(limits, recognise)
        workers.append(worker)
    worker.job, worker.started = job, time.monotonic()
    try:
        worker.pipe.send((job[1], job[2]))
    except OSError:
        # It died between two documents; the sentinel tells, and the document is reported as failed.
        end(worker.process)


def _start(limits: Limits, recognise: bool) -> _Worker[Key]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["extract.reading"])
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, limits, recognise), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours, limits, recognise)


def _ready(busy: list[_Worker[Key]]) -> list[_Worker[Key]]:
    """Workers with an answer, and those that died or ran out of time."""
    now = time.monotonic()
    patience = max(0.0, min(w.started + w.limits.seconds - now for w in busy))
    awaited = wait([w.pipe for w in busy] + [w.process.sentinel for w in busy], patience)
    now = time.monotonic()
    ready = []
    for worker in busy:
        if worker.pipe in awaited or worker.process.sentinel in awaited:
            ready.append(worker)
        elif now >= worker.started + worker.limits.seconds:
            end(worker.process)
            ready.append(worker)
    return ready


def _collect(worker: _Worker[Key]) -> tuple[_Job[Key], Record]:
    job = worker.job
    if job is None:
        raise RuntimeError("a worker without a job has no answer")
    _, data, origin = job
    took = time.monotonic() - worker.started
    worker.job = None
    try:
        if worker.pipe.poll():
            record: Record = pickle.loads(worker.pipe.recv_bytes(worker.limits.result))  # noqa: S301 our child
            worker.done += 1
            return job, record
    except (EOFError, OSError):
        pass
    # A result above the limit breaks the pipe, so the worker is of no use any more.
    end(worker.process)
    return job, failed_record(source_of(data, origin), _cause(worker, took))


def _cause(worker: _Worker[Key], took: float) -> str:
    limits = worker.limits
    code = worker.process.exitcode
    if took >= limits.seconds:
        what = f"took more than {limits.seconds:g} seconds"
    elif code == -signal.SIGXCPU:
        what = f"took more than {limits.cpu_seconds} seconds of processor time"
    else:
        what = f"ended its process (exit status {code}), most likely by using too much memory"
    return f"Reading the document was stopped: it {what}."


def _is_spent(worker: _Worker[Key]) -> bool:
    return worker.done >= worker.limits.documents_per_worker or not worker.process.is_alive()


def _stop(worker: _Worker[Key]) -> None:
    worker.pipe.close()
    end(worker.process)
    worker.process.close()


def confine(limits: Limits) -> None:
    """Put this process, a child that reads what is hostile, in a session of its own and under limits.

    The time of the processor is limited for each piece of work by :func:`allow_seconds`.
    """
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    _limit(resource.RLIMIT_AS, limits.memory)
    _limit(resource.RLIMIT_FSIZE, limits.file_size)
    _limit(resource.RLIMIT_CORE, 0)


def allow_seconds(seconds: int) -> None:
    """Let this process use the processor for so many seconds more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1)


def end(process: BaseProcess) -> None:
    """End a confined process and whatever programs it has started, which are in its session."""
    if (pid := process.pid) is not None:
        # Without a session of its own it is still starting, or gone and nothing is left of it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    process.kill()
    process.join()


def _serve(pipe: Connection, limits: Limits, recognise: bool) -> None:
    """The child: read documents until the parent goes away."""
    confine(limits)
    while True:
        try:
            data, origin = pipe.recv()
        except (EOFError, OSError):
            return
        allow_seconds(limits.cpu_seconds)
        pipe.send_bytes(pickle.dumps(read(data, origin, recognise=recognise)))


def _limit(what: int, amount: int) -> None:
    """Set the soft limit, never above the hard one."""
    _, hard = resource.getrlimit(what)
    soft = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(what, (soft, hard))
