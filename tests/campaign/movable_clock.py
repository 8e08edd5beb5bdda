"""A clock that can be set while programs run, as a person or a bad time server sets that of a machine.

Setting the real one would need rights over the machine and harm everybody on it. A library that is loaded
before all others adds to the real time what a file says; the time since the machine was started stays true.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

_SOURCE = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long offset(void) {
    char text[32] = {0};
    const char *path = getenv("MOVABLE_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
    close(file);
    return atol(text);
}
int clock_gettime(clockid_t clock, struct timespec *out) {
    int status = syscall(SYS_clock_gettime, clock, out);
    if (!status && clock == CLOCK_REALTIME) out->tv_sec += offset();
    return status;
}
int gettimeofday(struct timeval *out, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
"""


class MovableClock:
    """The clock of all programs that run with :attr:`environment`."""

    def __init__(self, folder: Path, now: datetime) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("this needs a C compiler, for a clock that can be set")
        source, library, self._file = (folder / f"clock.{end}" for end in ("c", "so", "txt"))
        source.write_text(_SOURCE)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
        self.environment = {"LD_PRELOAD": str(library), "MOVABLE_CLOCK": str(self._file)}
        self._offset = timedelta(seconds=round(now.timestamp() - time.time()))
        self.move(timedelta())

    def move(self, by: timedelta) -> None:
        """Set the clock forward, or back."""
        self._offset += by
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(int(self._offset.total_seconds())))
        fresh.replace(self._file)
