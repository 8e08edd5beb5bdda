"""``gongkai add URL``: one document of an official site, fetched with the care of a crawl."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from archive import clock, recovery
from archive.agencies.learning import official_hosts
from archive.database.models import Capture, Run
from archive.errors import JobError, UsageError
from archive.folder import Archive
from crawler.processes import work


def fetch(archive: Archive, session: Session, url: str) -> Capture:
    """Archive the report at ``url``, or the document that the page there links.

    Commits ``session``, because the fetching process writes to the same database. Raises
    :class:`~archive.errors.UsageError` for an address that is no official site's,
    :class:`~archive.errors.JobError` where nothing could be had.
    """
    domains = archive.settings.crawl.official_domains
    if not official_hosts(session, archive).official(url):
        raise UsageError(
            f"{url} is not on an official host ({', '.join(domains)}); copies elsewhere prove nothing. "
            "Add the host to [crawl] official_domains, or save the document and add the file"
        )
    told: dict[str, Any] = {}
    session.commit()  # Else its transaction would keep everybody else from writing.
    with archive.lock("crawl"):
        recovery.recover(archive)
        run = Run(
            command="add",
            arguments={"document": url},
            started_at=clock.now(),
            clock_set=clock.is_set(),
        )
        session.add(run)
        session.commit()
        problems = work(archive, run.id, [{"document": url}], told.update)
        if problems:
            recovery.recover(archive, [run.id])
        capture_id = told.get("capture")
        run.state = "finished" if capture_id is not None else "failed"
        run.finished_at = clock.now()
        session.commit()
    if capture_id is None:
        raise JobError(f"{url} could not be archived: {told.get('note') or '; '.join(problems)}")
    return session.get_one(Capture, capture_id)
