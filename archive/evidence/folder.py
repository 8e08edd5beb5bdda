"""Write the evidence folder of one report.

``evidence.warc.gz`` is made first; what is claimed is then read from it, so nothing is claimed that the
folder does not hold.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.composing import PURPOSE
from archive.database.models import Capture, Sighting, Visit
from archive.errors import JobError, UsageError
from archive.evidence import exchanges, html, manifest, pdf, wacz
from archive.evidence.claims import Case, Claims, claims
from archive.evidence.column import Reread
from archive.evidence.copying import Copier
from archive.evidence.exchanges import Exchange, Kept
from archive.evidence.looks import ABSENT, SEEN, Chosen, Look, choose, look
from archive.evidence.summary import title
from archive.folder import Archive
from archive.warc import FixityError

WARC, WACZ, CLAIMS, HTML, PDF = (
    "evidence.warc.gz",
    "evidence.wacz",
    "claims.json",
    "summary.html",
    "summary.pdf",
)
_ON_THE_WAY = ("robots", "home", "column", "list", "other")
"""Purposes of captures that lead to the column and show it; the others are the reports themselves."""


def write(
    archive: Archive, session: Session, case: Case, target: Path, command: str, reread: Reread
) -> str:
    """Write the evidence for ``case`` into ``target``, a new folder; returns the digest of its manifest.

    Raises :class:`UsageError` if the folder cannot be made, :class:`JobError` if stored bytes that prove
    it are damaged. The folder appears when all is written.
    """
    target = target.absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is not empty; name a new folder for the evidence")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".evidence-") as name:
            draft = Path(name) / "folder"
            draft.mkdir()
            digest = _fill(draft, archive, session, case, command, reread)
            if target.exists():
                target.rmdir()
            shutil.move(draft, target)
    except FixityError as error:
        raise JobError(
            f"the evidence cannot be written, its records are damaged: {error}"
        ) from None
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror or error}") from None
    return digest


def _fill(
    folder: Path, archive: Archive, session: Session, case: Case, command: str, reread: Reread
) -> str:
    now = clock.now()
    chosen = choose(case.presence, case.conclusion)
    sightings = _sightings(case, chosen)
    with (folder / WARC).open("xb") as file:
        copier = Copier(archive, session, file, now)
        documents = copier.captures(s.document for s in sightings if s.document is not None)
        parts = [_Part(session, copier, one, case) for one in chosen]
        file.flush()
        kept = exchanges.read(folder / WARC)
        added = [part.add_articles(kept, reread) for part in parts]
        if any(added):
            file.flush()
            kept = exchanges.read(folder / WARC)
    looks = [part.look(kept, reread) for part in parts]
    clock_set = kept.set_clock or clock.is_set()
    visits = [one.visit.id for one in chosen]
    made = claims(case, looks, visits, documents, clock_set)
    (folder / CLAIMS).write_text(
        json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    wacz.write(folder / WACZ, folder / WARC, _pages(kept, made), title(made), now)
    (folder / HTML).write_text(html.page(made), encoding="utf-8")
    if pdf.lacking() is None:
        pdf.write(folder / PDF, made)
    said = {
        "program": made["program"],
        "command": command,
        "made_at": now.isoformat(timespec="seconds"),
        "clock_set": clock.is_set(),
    }
    return manifest.write(folder, said)


class _Part:
    """One look in the making: its visit and the records of it that were copied."""

    def __init__(self, session: Session, copier: Copier, chosen: Chosen, case: Case) -> None:
        self._copier = copier
        self._chosen = chosen
        captures = list(
            session.scalars(
                select(Capture)
                .where(Capture.visit_id == chosen.visit.id, Capture.warc.is_not(None))
                # No exchange: what a site answered is read again, not what we made of it.
                .where(Capture.purpose != PURPOSE)
                .order_by(Capture.id)
            )
        )
        self._articles = [c for c in captures if c.purpose not in _ON_THE_WAY]
        wanted = _addresses(chosen, case)
        taken = [c for c in captures if c.purpose in _ON_THE_WAY or c.url in wanted]
        self._records = list(copier.captures(taken).values())
        self._visit_record = copier.visit(chosen.visit)

    def add_articles(self, kept: Kept, reread: Reread) -> bool:
        """Copy the pages behind the entries too, if the column does not read as it did in the visit.

        One of them may be a list of its own.
        """
        again = self.look(kept, reread)
        if self._chosen.role not in (ABSENT, SEEN) or again["read"]["agrees"]:
            return False
        pages = [c for c in self._articles if c.purpose == "article"]
        added = self._copier.captures(pages).values()
        self._records += [record for record in added if record not in self._records]
        return bool(pages)

    def look(self, kept: Kept, reread: Reread) -> Look:
        """What the records show."""
        return look(kept, self._chosen.role, self._visit_record, self._records, reread)


def _addresses(chosen: Chosen, case: Case) -> set[str]:
    """The addresses of the report itself: its page and its document."""
    if chosen.role != SEEN:
        return set()
    mine = [s for s in case.presence.seen if s.visit is chosen.visit]
    return {s.url for s in mine} | {s.document.url for s in mine if s.document is not None}


def _sightings(case: Case, chosen: Sequence[Chosen]) -> list[Sighting]:
    visits: set[Visit] = {one.visit for one in chosen}
    return [s for s in case.presence.seen if s.visit is None or s.visit in visits]


def _pages(kept: Kept, made: Claims) -> Iterable[tuple[Exchange, str]]:
    """The pages that a reader of the WACZ is shown first: the report, then the columns."""
    for sighting in made["sightings"]:
        if sighting["document"]:
            yield kept.exchanges[sighting["document"]], sighting["title"]
    for number, shown in enumerate(made["looks"], 1):
        for one in shown["exchanges"]:
            if one["of_column"]:
                exchange: Exchange = kept.exchanges[one["record"]]
                yield exchange, f"{made['agency']['name']} {number}: {exchange.url}"
