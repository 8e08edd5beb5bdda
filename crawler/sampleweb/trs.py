"""TRS WCM (site guide §4.1): directories, relative links, a pager that a script writes."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from crawler.sampleweb import page
from crawler.sampleweb.portal import Pages, PortalSite
from crawler.sampleweb.publications import Attachment, Portal, Publication
from crawler.sampleweb.web import Response, html

_DIRECTORIES = {
    "affairs": "/zwgk/",
    "news": "/xwzx/yw/",
    "service": "/zwfw/",
    "contact": "/hdjl/",
    "disclosure": "/zwgk/zfxxgk/",
    "guide": "/zwgk/zfxxgk/zfxxgkzn/",
    "system": "/zwgk/zfxxgk/zfxxgkzd/",
    "statutory": "/zwgk/zfxxgk/fdzdgknr/",
    "annual": "/zwgk/zfxxgk/zfxxgknb/",
    "request": "/zwgk/zfxxgk/ysqgk/",
}
_SHOWN_CHARACTERS = 20


class TrsSite(PortalSite):
    """A portal on TRS WCM.

    ``first_page`` is the base of the pager: 0 (page 2 is ``index_1.html``) on most sites, 1 (page 2
    is ``index_2.html``) on some. ``annual_directory`` replaces the usual slug of the column.
    """

    body_class = "TRS_Editor"

    def __init__(
        self, portal: Portal, first_page: int = 0, annual_directory: str | None = None
    ) -> None:
        super().__init__(portal)
        self._first = first_page
        self._directories = dict(_DIRECTORIES)
        if annual_directory is not None:
            self._directories["annual"] = annual_directory

    def section_path(self, key: str) -> str:
        """A directory."""
        return self._directories[key]

    def article_path(self, section: str, publication: Publication) -> str:
        """``…/202501/t20250123_470472.html`` below the column."""
        return f"{self._month(section, publication)}t{publication.published:%Y%m%d}_{publication.serial}.html"

    def attachment_path(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        """``P0``, eight digits of the date and twelve more, beside the article."""
        order = next(
            index
            for edition in publication.editions
            for index, other in enumerate(edition.attachments)
            if other.file == attachment.file
        )
        return (
            f"{self._month(section, publication)}P0{publication.published:%Y%m%d%H%M}"
            f"{publication.serial:06d}{order:02d}{attachment.suffix}"
        )

    def attachment_link(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        """Relative to the article, which stands in the same directory."""
        path = self.attachment_path(section, publication, attachment)
        return f"./{path.rpartition('/')[2]}"

    def row_link(self, section: str, publication: Publication) -> str:
        """Relative to the column."""
        directory = self.section_path(section)
        if publication.direct:
            path = self.attachment_path(
                section, publication, publication.editions[0].attachments[0]
            )
        else:
            path = self.article_path(section, publication)
        return f"./{path.removeprefix(directory)}"

    def list_pages(self, section: str, now: datetime) -> Pages:
        """``index.html`` (and the bare directory), then ``index_N.html``."""
        entries = self.portal.listed(section, now)
        rows = self.portal.rows
        total = max(1, ceil(len(entries) / rows))
        directory = self.section_path(section)
        pages: Pages = {}
        for number in range(total):
            part = entries[number * rows : (number + 1) * rows]

            def make(number: int = number, part: list[Publication] = part) -> Response:
                modified = max((entry.published for entry in entries), default=None)
                return html(self._list(section, part, total, number), modified)

            name = "index.html" if number == 0 else f"index_{number + self._first}.html"
            pages[directory + name] = make
            if number == 0:
                pages[directory] = make
        return pages

    def _month(self, section: str, publication: Publication) -> str:
        return f"{self.section_path(section)}{publication.published:%Y%m}/"

    def _list(self, section: str, entries: list[Publication], total: int, number: int) -> str:
        items = "\n".join(
            f"<li>{page.link(self.row_link(section, entry), _shortened(entry.title), title=entry.title, target='_blank')}"
            f"<span>{entry.shown:%Y-%m-%d}</span></li>"
            for entry in entries
        )
        if self._first == 0:
            pager = f'createPageHTML({total}, {number}, "index", "html");'
        else:
            pager = f"createPageHTML('paging',{total},{number + 1},'index','html',{len(entries)});"
        return self.frame(
            section,
            f'<ul class="list">\n{items}\n</ul>\n'
            f'<div id="paging" class="page"><script>{pager}</script></div>',
            head='<script src="/images/pager.js"></script>\n',
        )


def _shortened(title: str) -> str:
    if len(title) <= _SHOWN_CHARACTERS:
        return title
    return f"{title[:_SHOWN_CHARACTERS]}..."
