"""Where the WARC files are: in ``warc/`` and, once they are finished, also in an object store.

Without ``[store] url`` everything stays in the folder. With it, files are still written in the folder;
a finished one is sent: copied, read back and held against its seal, then its seal is sent, which makes it
complete there, and only then the copy in the folder goes. Its seal stays in the folder, so the name is
never given again. A process that is killed in between leaves both copies, and sending goes on where it
was. What is far away is read by ranges.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import logging
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from archive import warc
from archive.errors import UsageError
from archive.settings import StoreSettings
from archive.warc_record import StorageError

_RANGE = 1 << 16
"""Bytes asked for at once when a record is read: most records are smaller."""
_STREAM = 1 << 23
"""Bytes asked for at once when a whole file is read."""

log = logging.getLogger(__name__)


class Store:
    """The WARC files of an archive by name, wherever they are."""

    def __init__(self, folder: Path, settings: StoreSettings) -> None:
        self.folder = folder
        self._far = _Far(settings) if settings.url else None

    def sizes(self) -> dict[str, int]:
        """All files that are no seals, with their sizes in bytes, in the order of their names.

        Raises :class:`StorageError` where the store cannot be reached: a list without its files
        would look like a loss.
        """
        found = {} if self._far is None else self._far.sizes()
        found |= {
            path.name: path.stat().st_size for path in self.folder.iterdir() if path.is_file()
        }
        return {name: found[name] for name in sorted(found) if not name.endswith(warc.SEAL)}

    def seal(self, name: str) -> str | None:
        """The SHA-256 that the seal of a file states, None if it has none."""
        near = warc.read_seal(self.folder / name)
        return near if near is not None or self._far is None else self._far.seal(name)

    def sealed(self) -> set[str]:
        """The names of all files that have a seal in the folder."""
        return {path.name.removesuffix(warc.SEAL) for path in self.folder.glob(f"*{warc.SEAL}")}

    def open(self, name: str, *, whole: bool = False) -> io.BufferedReader:
        """A file for reading at any place; ``whole`` if it will be read from beginning to end.

        Raises ``FileNotFoundError`` if it is nowhere, :class:`StorageError` (also from the file that
        is returned) where the store cannot be reached.
        """
        try:
            return io.BufferedReader(io.FileIO(self.folder / name), 1 << 18 if whole else 1 << 13)
        except FileNotFoundError:
            if self._far is None:
                raise
        return self._far.open(name, _STREAM if whole else _RANGE)

    def digest(self, name: str) -> str:
        """SHA-256 of a whole file, in hex; raises as :meth:`open` does."""
        with self.open(name, whole=True) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def send(self) -> list[str]:
        """Send all finished files of the folder; returns the names of those that went.

        Raises :class:`StorageError` where one cannot be sent; it and what follows then stay here.
        """
        if self._far is None:
            return []
        gone = []
        with (self.folder.parent / "send.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for name in sorted(self.sealed()):
                path, digest = self.folder / name, warc.read_seal(self.folder / name)
                if path.exists() and digest is not None:
                    self._far.put(path, digest)
                    path.unlink()
                    gone.append(name)
        return gone

    def try_to_send(self) -> None:
        """:meth:`send`, where a failure must not stop the work: what stays here is sent next time."""
        try:
            self.send()
        except StorageError as error:
            log.warning("%s", error)

    def adopt(self) -> None:
        """Write into the folder the seals of files that only the store has, after the folder was lost."""
        if self._far is None:
            return
        for name in self._far.sizes():
            if name.endswith(warc.SUFFIX) and warc.read_seal(self.folder / name) is None:
                digest = self._far.seal(name)
                if digest is not None and not (self.folder / name).exists():
                    warc.write_seal(self.folder / name, digest)


class _Far:
    """A folder of an object store."""

    def __init__(self, settings: StoreSettings) -> None:
        self._url, self._endpoint = settings.url.rstrip("/"), settings.endpoint

    @cached_property
    def _system(self) -> tuple[Any, str]:
        """The file system and the path of the folder in it."""
        options: dict[str, Any] = {"use_listings_cache": False}
        if self._endpoint:
            options["endpoint_url"] = self._endpoint
        try:
            from fsspec.core import url_to_fs

            system, path = url_to_fs(self._url, **options)
        except ImportError:
            raise UsageError(
                f"[store] url = {self._url!r} needs the extra s3: pip install 'gongkai[s3]'"
            ) from None
        except ValueError as error:
            raise UsageError(f"[store] url = {self._url!r} cannot be used: {error}") from None
        return system, path

    @contextlib.contextmanager
    def _reaching(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, UsageError, StorageError):
            raise
        except Exception as error:  # each driver raises its own kinds for networks and credentials
            reason = (
                str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            )
            raise StorageError(
                f"cannot {doing} {self._url}: {reason}; nothing is lost, what is not sent yet stays in warc/"
            ) from None

    def sizes(self) -> dict[str, int]:
        """The files of the folder with their sizes."""
        system, folder = self._system
        with self._reaching("list"):
            try:
                found = system.ls(folder, detail=True, refresh=True)
            except FileNotFoundError:
                return {}
        return {
            entry["name"].rpartition("/")[2]: int(entry["size"])
            for entry in found
            if entry["type"] == "file"
        }

    def seal(self, name: str) -> str | None:
        """The SHA-256 that a seal there states."""
        system, folder = self._system
        with self._reaching("read"):
            try:
                text = system.cat_file(f"{folder}/{name}{warc.SEAL}", start=0, end=1000)
            except FileNotFoundError:
                return None
        return str(text.decode("ascii", "replace").split(" ", 1)[0])

    def open(self, name: str, buffer: int) -> io.BufferedReader:
        """A file there, read by ranges of ``buffer`` bytes."""
        system, folder = self._system
        path = f"{folder}/{name}"
        with self._reaching("read"):
            size = int(system.info(path, refresh=True)["size"])

        def fetch(start: int, end: int) -> bytes:
            with self._reaching("read"):
                return bytes(system.cat_file(path, start=start, end=end))

        return io.BufferedReader(_Ranges(fetch, size), buffer)

    def put(self, path: Path, digest: str) -> None:
        """Copy a finished file there, unless it is there whole already."""
        known = self.seal(path.name)
        if known == digest:
            return
        if known is not None:
            raise StorageError(
                f"{self._url} has another {path.name} already; give each archive a prefix of its own"
            )
        system, folder = self._system
        with self._reaching("write to"):
            system.put_file(str(path), f"{folder}/{path.name}")
        with self.open(path.name, _STREAM) as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise StorageError(
                    f"{path.name} did not arrive whole in {self._url}, or is damaged here; it stays in "
                    "warc/, check it with: gongkai verify"
                )
        with self._reaching("write to"):
            seal = path.with_name(path.name + warc.SEAL)
            system.put_file(str(seal), f"{folder}/{seal.name}")


class _Ranges(io.RawIOBase):
    """A file that is fetched range by range."""

    def __init__(self, fetch: Any, size: int) -> None:
        self._fetch, self._size, self._at = fetch, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._at + len(buffer), self._size)
        if end <= self._at:
            return 0
        data = self._fetch(self._at, end)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
