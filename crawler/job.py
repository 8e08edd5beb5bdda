"""What a crawling process works with: the archive, its recorder, its limits, its places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from archive.agencies.learning import official_hosts
from archive.captures import Recorder
from archive.database.session import READ_ONLY
from archive.folder import Archive
from archive.hosts import OfficialHosts
from archive.settings import CrawlSettings
from crawler.grouping import Group

if TYPE_CHECKING:
    from crawler.browser import Browser


@dataclass(eq=False)
class Tally:
    """The requests of one visit (None: of no visit), counted where they are recorded."""

    id: int | None
    requests: int = 0


@dataclass(eq=False)
class Job:
    """The work of one process of a run. ``groups`` are place ids, a list for each site; places of one
    list are visited one after the other. ``turns`` is a folder for the locks of hosts; ``tell`` is
    called with what happens, for the display. ``browser`` shows pages that only scripts fill, where the
    settings allow one.
    """

    archive: Archive
    recorder: Recorder
    run_id: int
    turns: Path
    groups: list[list[int]] = field(default_factory=list)
    year: int | None = None
    tell: Callable[[dict[str, Any]], None] = lambda event: None
    browser: Browser | None = None

    @property
    def limits(self) -> CrawlSettings:
        """The crawl settings of the archive."""
        return self.archive.settings.crawl

    @cached_property
    def group(self) -> Group:
        """What stores the exchanges of the process."""
        return Group(self.recorder)

    @cached_property
    def official(self) -> OfficialHosts:
        """The hosts whose pages count."""
        with self.reader() as session:
            return official_hosts(session, self.archive)

    def reader(self) -> Session:
        """A session that only reads, on the one connection of the process: opening one for each page cost
        more than everything else that is done for it. Never keep it over an ``await``.
        """
        return Session(self._connection)

    def writer(self) -> Session:
        """A session that may write, on a connection that stays open. Never keep it over an ``await``."""
        return Session(self._writing, expire_on_commit=False)

    @cached_property
    def _writing(self) -> Connection:
        return self.archive.engine.connect()

    @cached_property
    def _connection(self) -> Connection:
        return self.archive.engine.connect().execution_options(**{READ_ONLY: True})

    def count(self, tally: Tally | None) -> None:
        """Count a request, for its visit if it belongs to one."""
        if tally is not None:
            tally.requests += 1
        self.tell({"event": "request"})
