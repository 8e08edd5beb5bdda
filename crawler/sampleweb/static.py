"""A plain static site: one directory a column, rows in a table, anchors that lead on."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from crawler.sampleweb import page
from crawler.sampleweb.portal import Pages, PortalSite
from crawler.sampleweb.publications import Attachment, Publication
from crawler.sampleweb.web import Response, html

_DIRECTORIES = {
    "affairs": "/zwgk/",
    "news": "/news/",
    "service": "/banshi/",
    "contact": "/hudong/",
    "disclosure": "/zfxxgk/",
    "guide": "/zfxxgk/xxgkzn/",
    "system": "/zfxxgk/xxgkzd/",
    "statutory": "/zfxxgk/fdzdgk/",
    "annual": "/zfxxgk/xxgknb/",
    "request": "/zfxxgk/ysqgk/",
}


class StaticSite(PortalSite):
    """A portal of files; page 2 of a list is ``index_2.html`` and a link says so."""

    body_class = "article"

    def section_path(self, key: str) -> str:
        """A directory."""
        return _DIRECTORIES[key]

    def article_path(self, section: str, publication: Publication) -> str:
        """``…/2025/content_12345.html``."""
        return (
            f"{self.section_path(section)}{publication.published.year}"
            f"/content_{publication.serial}.html"
        )

    def attachment_path(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        """A file in the folder of uploads."""
        return f"/upload/{publication.published:%Y%m}/{publication.serial}/{attachment.file}"

    def list_pages(self, section: str, now: datetime) -> Pages:
        """``index.html`` (and the bare directory), then ``index_N.html`` from 2."""
        entries = self.portal.listed(section, now)
        rows = self.portal.rows
        total = max(1, ceil(len(entries) / rows))
        directory = self.section_path(section)
        pages: Pages = {}
        for number in range(1, total + 1):
            part = entries[(number - 1) * rows : number * rows]

            def make(number: int = number, part: list[Publication] = part) -> Response:
                modified = max((entry.published for entry in entries), default=None)
                return html(self._list(section, part, total, number), modified)

            pages[f"{directory}{_file(number)}"] = make
            if number == 1:
                pages[directory] = make
        return pages

    def _list(self, section: str, entries: list[Publication], total: int, number: int) -> str:
        items = "\n".join(
            f"<tr><td>{page.link(self.row_link(section, entry), entry.title, target='_blank')}</td>"
            f"<td>{entry.shown:%Y-%m-%d}</td></tr>"
            for entry in entries
        )
        steps = []
        if number > 1:
            steps.append(page.link(_file(number - 1), "上一页"))
        if number < total:
            steps.append(page.link(_file(number + 1), "下一页"))
        return self.frame(
            section,
            f"<table>\n<tr><th>标题</th><th>发布日期</th></tr>\n{items}\n</table>\n"
            f"<p>第{number}页/共{total}页 {' '.join(steps)}</p>",
        )


def _file(number: int) -> str:
    return "index.html" if number == 1 else f"index_{number}.html"
