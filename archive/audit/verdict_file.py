"""``verdicts.jsonl``: the kept verdicts beside the WARC files, so that a lost database comes back with them.

One JSON object a line, only ever appended to. Each line names the SHA-256 of the line before it, so that
a line that was changed or taken out later is found.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.database.models import Agency
from archive.database.status_history import StatusChange
from archive.errors import JobError
from archive.folder import Archive
from archive.records import iso

FILE_NAME = "verdicts.jsonl"
_PLAIN = ("year", "scope", "old", "new", "content", "due_basis", "days_late", "reason", "reason_zh", "cause",
          "program", "clock_set")  # fmt: skip
_TAIL = 1 << 16


class VerdictFile:
    """The open file; nobody else writes to it meanwhile. Get one from :func:`open_verdicts`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, changes: Iterable[StatusChange]) -> None:
        """Write changes, which get their ``digest``. Raises :class:`JobError` if that fails."""
        try:
            with self.path.open("a+b") as file:
                before, ends_well = _last(file.fileno())
                lines = [] if ends_well else [b"\n"]
                for change in changes:
                    line = json.dumps(_said(change, before), ensure_ascii=False).encode()
                    before = change.digest = hashlib.sha256(line).hexdigest()
                    lines.append(line + b"\n")
                file.write(b"".join(lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise JobError(
                f"verdicts could not be written to {self.path}: {error.strerror}; make room and run "
                "gongkai extract again"
            ) from None

    def restore(self, session: Session) -> tuple[int, list[str]]:
        """Add to the database what it lacks; returns how many, and the damage that was met."""
        if not self.path.exists():
            return 0, []
        known = {row.digest: row for row in session.scalars(select(StatusChange))}
        agencies: dict[tuple[str, str], Agency] = {
            (agency.name, agency.division_code): agency
            for agency in session.scalars(select(Agency))
        }
        standing: dict[tuple[int, int, str], StatusChange] = {}
        damage: list[str] = []
        added, before = 0, ""
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                text = line.rstrip(b"\n")
                if not text:
                    continue
                where = f"{FILE_NAME}, line {number}"
                digest = hashlib.sha256(text).hexdigest()
                try:
                    said = json.loads(text)
                    if said["before"] != before:
                        damage.append(f"{where}: the line before it was changed or taken out")
                    before = digest
                    change = _change(said, agencies[said["agency"][0], said["agency"][1]], digest)
                except (ValueError, KeyError, TypeError, IndexError):
                    before = digest
                    damage.append(f"{where}: damaged, or of an agency that is not known; left out")
                    continue
                key = change.agency_id, change.year, change.scope
                previous = standing.get(key)
                if previous is not None:
                    previous.until = change.at
                standing[key] = known.get(digest, change)
                if digest not in known:
                    session.add(change)
                    added += 1
        return added, damage


@contextlib.contextmanager
def open_verdicts(archive: Archive) -> Iterator[VerdictFile]:
    """The file of verdicts, for this process alone; waits for another one to finish."""
    with (archive.path / "verdicts.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield VerdictFile(archive.path / FILE_NAME)


def _last(descriptor: int) -> tuple[str, bool]:
    """The digest of the last line, and whether the file ends with a whole one."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, _TAIL, max(0, size - _TAIL))
    lines = tail.split(b"\n")
    ends_well = not lines[-1]
    whole = [line for line in lines if line]
    return (hashlib.sha256(whole[-1]).hexdigest() if whole else ""), ends_well


def _said(change: StatusChange, before: str) -> dict[str, Any]:
    return {
        "agency": [change.agency.name, change.agency.division_code],
        "at": iso(change.at),
        "due": change.due.isoformat(),
        **{name: getattr(change, name) for name in _PLAIN},
        "before": before,
    }


def _change(said: dict[str, Any], agency: Agency, digest: str) -> StatusChange:
    return StatusChange(
        agency_id=agency.id,
        at=datetime.fromisoformat(said["at"]),
        due=date.fromisoformat(said["due"]),
        digest=digest,
        **{name: said[name] for name in _PLAIN},
    )
