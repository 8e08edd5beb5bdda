"""What a site publishes and when: the data that the platforms render."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside an article: ``file`` is its name in ``documents/``, ``label`` the link's text."""

    file: str
    label: str

    @property
    def suffix(self) -> str:
        """The ending of the name, with its dot."""
        return f".{self.file.rpartition('.')[2]}"

    @property
    def media_type(self) -> str:
        """The type a web server gives it, from its name."""
        if self.suffix == ".docx":  # not known to every system's table of types
            return _DOCX
        return mimetypes.guess_type(self.file)[0] or "application/octet-stream"

    def read(self) -> bytes:
        """Its bytes."""
        return _document(self.file)


@cache
def _document(name: str) -> bytes:
    return files("crawler.sampleweb").joinpath("documents", name).read_bytes()


@dataclass(frozen=True, slots=True)
class Edition:
    """An article as it stands from ``since`` on, until a later edition silently replaces it."""

    since: datetime
    html: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """An article of a column.

    ``displayed`` is the time the page shows where that is not the time it went out. ``direct``
    means that the row of the list links to the first attachment and there is no article.
    """

    serial: int
    title: str
    source: str
    editions: tuple[Edition, ...]
    displayed: datetime | None = None
    direct: bool = False

    @property
    def published(self) -> datetime:
        """When it went out."""
        return self.editions[0].since

    @property
    def shown(self) -> datetime:
        """The time the page shows."""
        return self.displayed or self.published

    def edition(self, now: datetime) -> Edition | None:
        """What stands there at ``now``, if anything."""
        current = [edition for edition in self.editions if edition.since <= now]
        return current[-1] if current else None


@dataclass(frozen=True, slots=True)
class Portal:
    """A web site: who runs it and what stands in its two columns.

    ``site_code`` is the 网站标识码 of the footer; ``annual_name`` the name of the column of annual
    reports; ``rows`` the rows of a list page.
    """

    host: str
    name: str
    organiser: str
    site_code: str
    reports: tuple[Publication, ...]
    news: tuple[Publication, ...] = ()
    annual_name: str = "政府信息公开年报"
    rows: int = 15

    def listed(self, section: str, now: datetime) -> list[Publication]:
        """What stands in the column at ``now``, newest first as the site shows it."""
        every = self.reports if section == "annual" else self.news
        there = [publication for publication in every if publication.published <= now]
        return sorted(there, key=lambda entry: (entry.shown, entry.serial), reverse=True)
