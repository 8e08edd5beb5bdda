"""A document of the archive, found by its digest, as the web pages show it.

Every function takes a digest that the index knows; no name from a request becomes a path.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import captures
from archive.database.models import Capture
from archive.errors import JobError
from archive.folder import Archive
from archive.warc import FixityError
from archive.web.documents import copies, pictures
from archive.web.documents.cache import Cache
from archive.web.documents.confined import Confined, Refused
from extract import VERSION

CACHE_FOLDER = "cache"
_MOST_BYTES = 100_000_000
_FORGET_REFUSALS = 3600.0
"""Seconds after which a document that could not be drawn is tried again: the fault may have been ours."""


class Gone(JobError):
    """The stored bytes are not there or not sound."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What shows the documents of one archive; one for the whole program."""

    archive: Archive
    cache: Cache
    confined: Confined

    @classmethod
    def of(cls, archive: Archive) -> Showing:
        """With the cache folder of the archive and its settings."""
        room = archive.settings.web.cache_mb * 1_000_000
        return cls(archive, Cache(archive.path / CACHE_FOLDER, room), Confined())

    def body(self, session: Session, capture: Capture) -> bytes:
        """The bytes of a document. Raises :class:`Gone`."""
        if capture.size is not None and capture.size > _MOST_BYTES:
            raise Gone(f"the document has {capture.size} bytes, too many to be shown")
        try:
            return captures.body(self.archive, session, capture)
        except (FixityError, LookupError) as error:
            raise Gone(f"the stored document cannot be read: {error}") from None

    def sizes(self, session: Session, capture: Capture) -> list[tuple[float, float]]:
        """Width and height in points of each page. Raises :class:`Refused`, :class:`Gone`, ``Busy``."""
        made = self._kept(
            f"{capture.sha256}-sizes.json",
            lambda: self.confined.run(pictures.sizes, self.body(session, capture)),
        )
        return [(float(width), float(height)) for width, height in json.loads(made)]

    def picture(self, session: Session, capture: Capture, number: int) -> bytes:
        """Page ``number`` as :func:`archive.web.documents.pictures.picture` makes it; raises likewise."""
        return self._kept(
            f"{capture.sha256}-{number:04d}.picture",
            lambda: self.confined.run(pictures.picture, self.body(session, capture), number),
        )

    def copy(
        self, session: Session, capture: Capture, links: copies.Links, *, whole: bool
    ) -> bytes:
        """The harmless copy of a document without pages (:func:`archive.web.documents.copies.copy`);
        raises likewise.
        """
        data = self.body(session, capture)
        return self.confined.run(copies.copy, data, capture.media_type, dict(links), whole)

    def _kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        # What an older version made is not looked for, and goes when room is needed.
        name = f"{VERSION}-{name}"
        kept = self.cache.get(name)
        if kept is not None:
            return kept
        refused = self.cache.get(f"{name}.refused", _FORGET_REFUSALS)
        if refused is not None:
            raise Refused(refused.decode())
        try:
            made = make()
        except Refused as refusal:
            self.cache.put(f"{name}.refused", str(refusal).encode())
            raise
        self.cache.put(name, made)
        return made


def find(session: Session, sha256: str) -> Capture | None:
    """The newest capture with these bytes; those that hold them themselves before revisits of others."""
    query = (
        select(Capture)
        .where(Capture.sha256 == sha256)
        .order_by(Capture.length.desc(), Capture.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()
