"""``manifest.json``: the digest of every file of a folder; ``manifest.sha256``: the digest of that.

Whoever has the one line of ``manifest.sha256`` from elsewhere (a letter, a time stamp, a printed page)
knows by it that nothing in the folder was changed since. ``sha256sum -c`` understands it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from archive.warc import file_digest
from extract.counting import counted

MANIFEST, SIGNATURE = "manifest.json", "manifest.sha256"
_MAX = 1 << 22
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Unreadable(ValueError):
    """The manifest is none; the message says why."""


def write(folder: Path, said: Mapping[str, Any]) -> str:
    """Write the manifest of all files in ``folder`` with what else is ``said``; returns its digest."""
    files = {
        path.name: {"sha256": file_digest(path), "bytes": path.stat().st_size}
        for path in sorted(folder.iterdir())
    }
    text = json.dumps({**said, "files": files}, ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    (folder / SIGNATURE).write_text(f"{digest}  {MANIFEST}\n", encoding="ascii")
    return digest


def read(folder: Path) -> dict[str, Any]:
    """The manifest of ``folder``. Raises :class:`Unreadable` if it is none."""
    try:
        data = (folder / MANIFEST).read_bytes()
        said: dict[str, Any] = json.loads(data) if len(data) <= _MAX else {}
        files = said["files"]
        for name, one in files.items():
            if Path(name).name != name or name in (MANIFEST, SIGNATURE, ".", ".."):
                raise Unreadable(f"it names {name!r}, which is no file of this folder")
            if not _DIGEST.fullmatch(one["sha256"]) or not isinstance(one["bytes"], int):
                raise Unreadable(f"it does not say what {name} is")
    except OSError as error:
        raise Unreadable(error.strerror or "it cannot be read") from None
    except Unreadable:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unreadable("it is not a manifest of evidence") from None
    return said


def problems(folder: Path, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The files that are not what a manifest says, and how; those that it does not name."""
    try:
        line = (folder / SIGNATURE).read_bytes()[:200].decode("ascii", "replace")
        if line.split(" ", 1)[0] != file_digest(folder / MANIFEST):
            yield MANIFEST, f"was changed: {SIGNATURE} has another digest"
    except OSError:
        yield SIGNATURE, "is missing"
    for name, one in said["files"].items():
        path = folder / name
        if not path.is_file() or path.is_symlink():
            yield name, "is missing"
        elif path.stat().st_size != one["bytes"]:
            yield name, f"has {counted(path.stat().st_size, 'byte')}, not {one['bytes']}"
        elif file_digest(path) != one["sha256"]:
            yield name, "was changed: its SHA-256 is not that of the manifest"
    for path in sorted(folder.iterdir()):
        if path.name not in (*said["files"], MANIFEST, SIGNATURE):
            yield path.name, "is not named by the manifest"
