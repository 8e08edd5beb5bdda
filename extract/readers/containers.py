"""Zip containers from strangers: DOCX, OFD and plain archives are opened here and nowhere else.

A few kilobytes of zip can unpack to petabytes, name files outside the folder or hold two files of
one name. Everything is checked against the central directory before a byte is unpacked, and again
while unpacking, because the directory may lie.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from lxml import etree

from extract.errors import DamagedDocument, LimitExceeded, Locked

_DIRECTORY_ENTRY = b"PK\x01\x02"
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a container may hold; sizes in bytes.

    A report with scans stays far below. ``ratio`` is unpacked to packed size and applies to entries
    that unpack to more than ``ratio_from``: DEFLATE reaches 1032, the XML of a large table about 50.
    """

    entries: int = 4096
    entry: int = 128 << 20
    total: int = 512 << 20
    ratio: int = 300
    ratio_from: int = 4 << 20


class Container:
    """A zip archive whose entries are read by name, as a context manager.

    :raises DamagedDocument: at opening or reading, if it is no zip, cut off, packed in a way that no
        office program uses, or names its files in a way that could deceive.
    :raises LimitExceeded: if it holds or unpacks to more than ``limits``.
    :raises Locked: if a file in it is encrypted.
    """

    def __init__(self, data: bytes, limits: Limits = Limits()) -> None:
        self._limits = limits
        self._unpacked = 0
        # The standard library reads the whole directory before anyone can count it. Nested archives
        # that are stored show their entries too, hence the margin.
        if data.count(_DIRECTORY_ENTRY) > limits.entries * 8:
            raise LimitExceeded("The archive lists too many files.")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        # Broken directories surface as half a dozen exceptions; all of them mean the same.
        except Exception as error:
            raise DamagedDocument("The archive (zip) is cut off or broken.") from error
        self._entries = self._checked(self._zip.infolist())
        self._by_folded_name = {name.casefold(): name for name in self._entries}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the files in the order of the archive, with ``/`` between folders."""
        return tuple(self._entries)

    def find(self, name: str) -> str | None:
        """The name of the entry that ``name`` means, or None; case is forgiven, as Windows does."""
        name = name.removeprefix("/")
        return name if name in self._entries else self._by_folded_name.get(name.casefold())

    def read(self, name: str, limit: int | None = None) -> bytes:
        """The bytes of the entry ``name``.

        :param limit: the most bytes to accept, if less than the limits of the container.
        """
        found = self.find(name)
        if found is None:
            raise DamagedDocument(f"The archive has no file {name[:120]!r}.")
        entry = self._entries[found]
        most = min(limit or self._limits.entry, self._limits.total - self._unpacked)
        if entry.file_size > most:
            raise LimitExceeded(f"The file {found[:120]!r} in the archive is too large.")
        try:
            with self._zip.open(entry) as stream:
                # To ask for more would let the library unpack more than the directory says.
                content = stream.read(entry.file_size + 1)
        except Exception as error:
            raise DamagedDocument(f"The file {found[:120]!r} in the archive is broken.") from error
        self._unpacked += len(content)
        return content

    def read_xml(self, name: str, limit: int = 16 << 20) -> etree._Element:
        """The root element of the XML entry ``name``; see :func:`parse_xml`."""
        return parse_xml(self.read(name, limit), name)

    def _checked(self, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        limits = self._limits
        if len(infos) > limits.entries:
            raise LimitExceeded(
                f"The archive holds {len(infos)} files; {limits.entries} are allowed."
            )
        if sum(info.file_size for info in infos) > limits.total:
            raise LimitExceeded("The archive would unpack to more than is allowed.")
        entries: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = entry_name(info)
            if name.endswith("/"):
                continue
            if name in entries:
                raise DamagedDocument(f"The archive holds two files named {name[:120]!r}.")
            if info.flag_bits & _ENCRYPTED:
                raise Locked("The archive is locked with a password.")
            if info.compress_type not in _METHODS:
                raise DamagedDocument("The archive is packed in a way that is not read.")
            if info.file_size > limits.entry:
                raise LimitExceeded(f"The file {name[:120]!r} in the archive is too large.")
            if info.file_size > max(limits.ratio_from, info.compress_size * limits.ratio):
                raise LimitExceeded(f"The file {name[:120]!r} unpacks suspiciously far.")
            entries[name] = info
        return entries


def entry_name(info: zipfile.ZipInfo) -> str:
    """The name of an entry with forward slashes, as Chinese and other zip programs write it.

    Names without the UTF-8 flag are in the code page of the machine that packed them, in China GBK,
    which the standard library shows as code page 437.

    :raises DamagedDocument: for absolute names, drive letters, ``..`` and control characters.
    """
    name = info.filename
    if not info.flag_bits & _UTF8_NAME and not name.isascii():
        raw = name.encode("cp437", errors="replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    name = name.replace("\\", "/")
    parts = name.split("/")
    if (
        not name
        or name.startswith("/")
        or ".." in parts
        or ":" in parts[0]
        or not name.isprintable()
    ):
        raise DamagedDocument(f"The archive names a file in a forbidden way: {name[:120]!r}.")
    return name


def parse_xml(data: bytes, name: str = "XML") -> etree._Element:
    """The root element of ``data``, without entities, DTD or network.

    :param name: what to call it in a message.
    :raises DamagedDocument: if it is not well-formed, or declares entities: no office program does.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedDocument(f"{name[:120]} is not well-formed XML.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DamagedDocument(f"{name[:120]} declares a document type, which no such file does.")
    return root
