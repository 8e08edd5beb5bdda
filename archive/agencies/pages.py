"""The captured pages that tell of agencies: read once, the newest of each address counts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import captures
from archive.agencies.studying import MAX_BYTES, study
from archive.database.models import Capture, PageStudy, Place, Site, Visit
from archive.folder import Archive
from archive.hosts import OfficialHosts, site_key
from archive.warc import FixityError

_PURPOSES = ("home", "column", "other")
_BATCH = 50


def read_pages(session: Session, archive: Archive, hosts: OfficialHosts) -> int:
    """Study the pages captured on official hosts since the last time; returns how many.

    Commits after every few pages, so that a crawl at the same time is not kept waiting.
    """
    with archive.reader() as reader:
        known = {
            (url, sha256)
            for url, sha256 in reader.execute(select(Capture.url, Capture.sha256).join(PageStudy))
        }
        rows = reader.execute(
            select(Capture.id, Capture.url, Capture.sha256)
            .where(
                Capture.purpose.in_(_PURPOSES),
                Capture.http_status == 200,
                Capture.failure.is_(None),
                Capture.visit_id.is_not(None),
                Capture.size <= MAX_BYTES,
            )
            .order_by(Capture.id)
        )
        # Nearly all of them are known: that is asked first, and they are not made into objects.
        waiting: list[int] = []
        for capture_id, url, sha256 in rows:
            if (url, sha256) not in known and hosts.official(url):
                known.add((url, sha256))
                waiting.append(capture_id)
        read = 0
        batch: list[PageStudy] = []
        for capture_id in waiting:
            capture = reader.get_one(Capture, capture_id)
            try:
                body = captures.body(archive, reader, capture)
            except (FixityError, LookupError):
                # `gongkai verify` tells of damage; here the page only teaches nothing.
                continue
            said = study(body, capture.url, capture.media_type)
            lists = [[list(organ) for organ in organs] for organs in said.lists]
            batch.append(PageStudy(capture_id=capture.id, site_code=said.site_code, lists=lists))
            read += 1
            if len(batch) == _BATCH:
                session.add_all(batch)
                session.commit()
                batch = []
        session.add_all(batch)
        session.commit()
    return read


class Pages:
    """The newest study of each page, by place."""

    def __init__(self, session: Session) -> None:
        self._by_place: dict[int, dict[str, PageStudy]] = {}
        self.sites = {site.key: site for site in session.scalars(select(Site))}
        query = (
            select(PageStudy, Visit.place_id)
            .join(Capture, PageStudy.capture_id == Capture.id)
            .join(Visit, Capture.visit_id == Visit.id)
            .options(joinedload(PageStudy.capture))
            .order_by(Capture.fetched_at, Capture.id)
        )
        for page, place_id in session.execute(query):
            self._by_place.setdefault(place_id, {})[page.capture.url] = page

    def of(self, place: Place) -> Sequence[PageStudy]:
        """The pages of a place that have something to say."""
        pages = self._by_place.get(place.id, {}).values()
        return [page for page in pages if page.lists or page.site_code]

    def start(self, place: Place) -> PageStudy | None:
        """The page a place begins with."""
        pages = self._by_place.get(place.id, {})
        wanted = site_key(place.url)
        return next((page for url, page in pages.items() if site_key(url) == wanted), None)
