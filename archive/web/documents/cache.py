"""Files that can be made again at any time: a bounded folder of the archive, outside its promises.

The folder may be deleted whenever one likes. A cache that cannot be written is no cache, and no failure.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
from pathlib import Path

_CHECKED_AFTER = 16_000_000
"""Bytes written between two looks at the size of the folder."""


class Cache:
    """At most about ``max_bytes`` in ``folder``; what was not used for longest goes first.

    Names are made by the program, never by who asks.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        # The first file that is written has the folder looked at: it may be full from last time.
        self._since_check = _CHECKED_AFTER

    def get(self, name: str, max_age: float | None = None) -> bytes | None:
        """What was kept under ``name``, unless it is older than ``max_age`` seconds."""
        path = self._folder / name
        try:
            if max_age is not None and time.time() - path.stat().st_mtime > max_age:
                return None
            data = path.read_bytes()
            if max_age is None:
                os.utime(path)
        except OSError:
            return None
        return data

    def put(self, name: str, data: bytes) -> None:
        """Keep ``data``; readers never see a part of it."""
        if len(data) > self._max_bytes:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                try:
                    file.write(data)
                    file.flush()
                    Path(file.name).replace(self._folder / name)
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise
        with self._lock:
            self._since_check += len(data)
            due = self._since_check >= min(_CHECKED_AFTER, self._max_bytes // 4)
            if due:
                self._since_check = 0
        if due:
            self._shrink()

    def _shrink(self) -> None:
        """Delete the oldest until a tenth of the room is free, and not after every further file again."""
        files = []
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_file(follow_symlinks=False):
                        status = entry.stat(follow_symlinks=False)
                        files.append((status.st_mtime, status.st_size, entry.path))
        total = sum(size for _, size, _ in files)
        if total <= self._max_bytes:
            return
        for _, size, path in sorted(files):
            with contextlib.suppress(OSError):
                Path(path).unlink()
                total -= size
            if total <= self._max_bytes * 9 // 10:
                return
