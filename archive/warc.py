"""WARC files: writing them, sealing them, and reading records by their place.

A file is named ``gongkai-<run>-<part>-<serial>.warc.gz`` and starts with a ``warcinfo`` record; each
record is a gzip member of its own. While a process writes a file it holds a lock on it. A finished
file is *sealed*: beside it stands ``<name>.sha256``, which ``sha256sum -c`` understands. A sealed file
is never changed again; a file that is neither sealed nor locked was left by a killed process and is
put in order by :mod:`archive.recovery`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Protocol

from archive.warc_record import FixityError, Record, StorageError, one_line, parse
from extract.counting import counted

__all__ = [
    "SEAL",
    "SUFFIX",
    "Files",
    "FixityError",
    "Position",
    "Record",
    "StorageError",
    "WarcWriter",
    "file_digest",
    "is_locked",
    "part_of",
    "read",
    "read_member",
    "read_seal",
    "run_of",
    "sync_folder",
    "walk",
    "write_seal",
]

SUFFIX = ".warc.gz"
SEAL = ".sha256"
MAX_RECORD = 1 << 30
"""Bytes a record may have when unpacked; nothing larger is written, so more means damage."""

MAX_PAYLOAD = MAX_RECORD - (1 << 24)

_NAME = re.compile(r"gongkai-(\d+)-(\d+)-\d+\.warc\.gz")
_CHUNK = 1 << 14
_MEMBER = b"\x1f\x8b\x08\0\0\0\0\0"
"""How a gzip member begins that has neither name nor time."""


@dataclass(frozen=True)
class Position:
    """Where a record is: file name, byte offset and byte length of its gzip member."""

    file: str
    offset: int
    length: int


class WarcWriter:
    """Append records to WARC files of one run; files are rolled at ``max_bytes``.

    ``info`` are the fields of the ``warcinfo`` record. The first file is made with the first record.
    """

    def __init__(
        self,
        folder: Path,
        run_id: int,
        part: int = 0,
        *,
        max_bytes: int = 1_000_000_000,
        info: Mapping[str, str] | None = None,
    ):
        self._folder = folder
        self._stem = f"gongkai-{run_id:06d}-{part:03d}"
        self._max_bytes = max_bytes
        self._info = dict(info or {})
        self._file: FileIO | None = None
        self._name = ""
        self._size = 0
        self._sum = hashlib.sha256()
        self._sealing = True

    def append(self, records: Sequence[Record], now: datetime) -> list[Position]:
        """Write ``records`` side by side into one file and wait until they are on the disk.

        ``now`` dates the ``warcinfo`` record if a file begins. Raises :class:`StorageError` if they
        cannot be written; the file is then as it was before.
        """
        for record in records:
            if len(record.head) + len(record.payload) > MAX_PAYLOAD:
                raise StorageError(f"{record.url} is larger than {MAX_PAYLOAD} bytes")
        members = [record.packed() for record in records]
        if self._file is not None and self._size >= self._max_bytes:
            self.close()
        if self._file is None:
            self._begin(now)
        positions, offset = [], self._size
        for member in members:
            positions.append(Position(self._name, offset, len(member)))
            offset += len(member)
        self._write(b"".join(members))
        return positions

    def _begin(self, now: datetime) -> None:
        self._file, name = self._create()
        self._name, self._size, self._sum = name, 0, hashlib.sha256()
        self._sealing = True
        text = "".join(f"{key}: {one_line(value)}\r\n" for key, value in self._info.items())
        fields = {"WARC-Filename": name, "Content-Type": "application/warc-fields"}
        record = Record("warcinfo", now, fields=fields, payload=text.encode())
        try:
            self._write(record.packed())
            sync_folder(self._folder)
        except StorageError:
            self._file.close()
            self._file = None
            (self._folder / name).unlink()
            raise

    def _create(self) -> tuple[FileIO, str]:
        """A new file, locked."""
        for serial in range(1, 1_000_000):
            path = self._folder / f"{self._stem}-{serial:05d}{SUFFIX}"
            if read_seal(path) is not None:  # it was there, and is now in a store
                continue
            try:
                # Exclusive, because a run's number can come again after the database was replaced.
                file = path.open("xb", buffering=0)
            except FileExistsError:
                continue
            except OSError as error:
                raise StorageError(
                    f"cannot make {path}: {error.strerror}; the folder must exist and be writable"
                ) from None
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file.fileno()).st_nlink:  # recovery removes files that nobody holds
                return file, path.name
            file.close()
        raise StorageError(f"no name is left for a WARC file of {self._stem} in {self._folder}")

    def _write(self, data: bytes) -> None:
        assert self._file is not None
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view) or 0 :]
            os.fsync(self._file.fileno())
        except BaseException as error:
            # The disk is full, or somebody pressed Ctrl-C: what was begun must not stand between
            # the records that follow.
            with contextlib.suppress(OSError):
                self._file.truncate(self._size)
                self._file.seek(self._size)
            if not isinstance(error, OSError):
                raise
            raise StorageError(
                f"cannot write {self._folder / self._name}: {error.strerror}; "
                "make room and start again, nothing that was stored is lost"
            ) from None
        self._size += len(data)
        self._sum.update(data)

    def leave_unsealed(self) -> None:
        """Do not seal the current file: it holds a record that the index does not know."""
        self._sealing = False

    def close(self) -> None:
        """End the current file and seal it. Raises :class:`StorageError` if it cannot be sealed."""
        if self._file is None:
            return
        with self._file:
            self._file, path = None, self._folder / self._name
            if self._sealing:
                write_seal(path, self._sum.hexdigest())


def write_seal(path: Path, sha256: str) -> None:
    """Declare a WARC file finished: nobody may change it any more.

    Raises :class:`StorageError` if the seal cannot be written; the file then counts as unfinished.
    """
    seal, draft = path.with_name(path.name + SEAL), path.with_name(path.name + SEAL + ".part")
    try:
        with draft.open("w", encoding="ascii") as file:
            file.write(f"{sha256}  {path.name}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(seal)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise StorageError(f"cannot write {seal}: {error.strerror}") from None


def read_seal(path: Path) -> str | None:
    """The SHA-256 that the seal of a WARC file states, or None if it is not sealed."""
    try:
        text = path.with_name(path.name + SEAL).read_text("ascii", "replace")
    except FileNotFoundError:
        return None
    return text.split(" ", 1)[0]


def run_of(name: str) -> int | None:
    """The number of the run in a WARC file's name."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else None


def part_of(name: str) -> int | None:
    """The part of the run in a WARC file's name: the number of the process that wrote it."""
    match = _NAME.fullmatch(name)
    return int(match[2]) if match else None


def is_locked(path: Path) -> bool:
    """Whether a living process writes the file."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def file_digest(path: Path) -> str:
    """SHA-256 of a whole file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Wait until new names in ``folder`` are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Files(Protocol):
    """WARC files by name."""

    def open(self, name: str) -> BinaryIO:
        """A file for reading at any place; raises ``FileNotFoundError`` if there is none."""


def read(files: Files | Path, position: Position) -> Record:
    """The record at ``position`` in files, or in a folder of them. Raises :class:`FixityError` if it is not there, whole and sound."""
    try:
        with _opened(files, position.file) as file:
            size, record = read_member(file, position.file, position.offset)
    except FileNotFoundError:
        raise FixityError("the file is missing", position.file, None) from None
    except OSError as error:
        raise FixityError(f"cannot be read: {error.strerror}", position.file, None) from None
    if size != position.length:
        raise FixityError(
            f"the record has {counted(size, 'byte')}, not {position.length}",
            position.file,
            position.offset,
        )
    return record


def _opened(files: Files | Path, name: str) -> BinaryIO:
    return (files / name).open("rb") if isinstance(files, Path) else files.open(name)


def walk(
    file: BinaryIO, name: str, known: Collection[int] = (), *, search: bool = False
) -> Iterator[tuple[Position, Record] | FixityError]:
    """The records of a WARC file in order, with a :class:`FixityError` for each damaged one.

    After damage the walk goes on at the next of the ``known`` offsets, with ``search`` at the next
    sound record, known or not; or it ends if there is none.
    """
    end, offset = file.seek(0, os.SEEK_END), 0
    while offset < end:
        try:
            length, record = read_member(file, name, offset)
        except FixityError as error:
            yield error
            following = min((start for start in known if start > offset), default=end)
            sound = _sound_members(file, name, offset + 1, following) if search else iter(())
            offset = next(sound, following)
            continue
        yield Position(name, offset, length), record
        offset += length


def _sound_members(file: BinaryIO, name: str, start: int, end: int) -> Iterator[int]:
    """Offsets between ``start`` and ``end`` where a sound record begins."""
    while start < end:
        file.seek(start)
        chunk = file.read(min(_CHUNK, end - start) + len(_MEMBER) - 1)
        for match in re.finditer(re.escape(_MEMBER), chunk):
            with contextlib.suppress(FixityError):
                read_member(file, name, start + match.start())
                yield start + match.start()
        start += _CHUNK


def read_member(file: BinaryIO, name: str, offset: int) -> tuple[int, Record]:
    """Length of the gzip member at ``offset`` and the record in it, with all its digests checked.

    Raises :class:`FixityError` if it is cut, damaged or not a record.
    """
    file.seek(offset)
    inflater, parts, size, consumed = zlib.decompressobj(31), [], 0, 0
    try:
        while not inflater.eof:
            chunk = file.read(_CHUNK)
            if not chunk:
                raise FixityError("the record is cut off", name, offset)
            consumed += len(chunk)
            parts.append(inflater.decompress(chunk, MAX_RECORD + 1 - size))
            size += len(parts[-1])
            if size > MAX_RECORD:
                raise FixityError("the record is too large to be one of ours", name, offset)
    except zlib.error:
        raise FixityError("the compressed bytes are damaged", name, offset) from None
    return consumed - len(inflater.unused_data), parse(b"".join(parts), name, offset)
