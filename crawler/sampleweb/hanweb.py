"""Hanweb jcms (site guide §4.2): rows as XML inside a script element, the rest behind a program."""

from __future__ import annotations

import hashlib
from datetime import datetime
from math import ceil
from urllib.parse import urlsplit

from crawler.sampleweb import page
from crawler.sampleweb.portal import Pages, PortalSite
from crawler.sampleweb.publications import Attachment, Portal, Publication
from crawler.sampleweb.web import Request, Response, html, text

_COLUMNS = {
    "affairs": 2001,
    "news": 2002,
    "service": 2003,
    "contact": 2004,
    "disclosure": 2010,
    "guide": 2011,
    "system": 2012,
    "statutory": 2013,
    "annual": 2014,
    "request": 2015,
}
_PROXY = "/module/web/jpage/dataproxy.jsp"
_DOWNLOAD = "/module/download/downfile.jsp"
_PAGES_A_BLOCK = 3
_UNIT = "380055"
_WEB = "12"


class HanwebSite(PortalSite):
    """A portal on Hanweb.

    The column's page holds the rows of its first three display pages; the next ones come from
    ``dataproxy.jsp``, which answers only to a request that names the column's page as its referrer.
    It takes ``startrecord`` and ``endrecord``, or ``page``: the number of a block, where the column's
    page itself is block 0 and ``nextgroup`` names the block that follows.
    """

    body_class = "article-content"

    def __init__(self, portal: Portal) -> None:
        super().__init__(portal)
        self._block = portal.rows * _PAGES_A_BLOCK

    def section_path(self, key: str) -> str:
        """``/col/col2014/index.html``."""
        return f"/col/col{_COLUMNS[key]}/index.html"

    def article_path(self, section: str, publication: Publication) -> str:
        """``/art/2025/1/23/art_2014_93261.html``; month and day are not padded."""
        day = publication.shown
        return (
            f"/art/{day.year}/{day.month}/{day.day}/"
            f"art_{_COLUMNS[section]}_{publication.serial}.html"
        )

    def attachment_path(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        """Files come from a program; see :meth:`attachment_link`."""
        return f"/attach/{publication.serial}/{attachment.file}"

    def attachment_link(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        """``downfile.jsp`` with the name the file has in the system."""
        return f"{_DOWNLOAD}?classid=0&filename={_stored_name(publication, attachment)}"

    def list_pages(self, section: str, now: datetime) -> Pages:
        """The one page of the column."""
        entries = self.portal.listed(section, now)
        modified = max((entry.published for entry in entries), default=None)
        main = (
            f'<div class="default_pgContainer" id="{_UNIT}">\n'
            f'<script type="text/xml">{self._datastore(section, entries, 0)}</script>\n</div>\n'
            f"<script>jpage({{perpage:{self.portal.rows},totalrecord:{len(entries)},"
            f'proxyurl:"{_PROXY}"}});</script>'
        )
        return {self.section_path(section): lambda: html(self.frame(section, main), modified)}

    def service(self, request: Request, now: datetime) -> Response | None:
        """``dataproxy.jsp`` and ``downfile.jsp``."""
        if request.path == _PROXY:
            return self._proxy(request, now)
        if request.path == _DOWNLOAD:
            return self._download(request, now)
        return None

    def _proxy(self, request: Request, now: datetime) -> Response:
        asked = {**request.query, **request.form}
        section = next(
            (key for key in ("annual", "news") if str(_COLUMNS[key]) == asked.get("columnid")), None
        )
        referrer = urlsplit(request.headers.get("referer", ""))
        if section is None or (referrer.hostname, referrer.path) != (
            self.host,
            self.section_path(section),
        ):
            return text("Not Found", 404)
        try:
            start = int(asked.get("startrecord", int(asked.get("page", "0")) * self._block + 1))
        except ValueError:
            return text("Bad Request", 400)
        entries = self.portal.listed(section, now)
        return Response(
            self._datastore(section, entries, max(0, start - 1)).encode(),
            media_type="text/xml; charset=utf-8",
        )

    def _download(self, request: Request, now: datetime) -> Response:
        for section in ("annual", "news"):
            for publication in self.portal.listed(section, now):
                edition = publication.edition(now)
                for attachment in edition.attachments if edition else ():
                    if request.query.get("filename") == _stored_name(publication, attachment):
                        name = f'attachment; filename="{publication.serial}{attachment.suffix}"'
                        return Response(
                            attachment.read(),
                            media_type=attachment.media_type,
                            modified=edition.since if edition else None,
                            headers=(("Content-Disposition", name),),
                        )
        return text("Not Found", 404)

    def _datastore(self, section: str, entries: list[Publication], start: int) -> str:
        rows = entries[start : start + self._block]
        block = start // self._block
        following = ""
        if start + len(rows) < len(entries):
            following = (
                f'<nextgroup><![CDATA[<a href="{_PROXY}?page={block + 1}&appid=1&webid={_WEB}'
                f"&path=/&columnid={_COLUMNS[section]}&unitid={_UNIT}&sourceContentType=1"
                f'&permissiontype=0"></a>]]></nextgroup>'
            )
        records = "\n".join(
            f"<record><![CDATA[{self._row(section, row)}]]></record>" for row in rows
        )
        return (
            f"<datastore>{following}<totalrecord>{len(entries)}</totalrecord>"
            f"<totalpage>{ceil(len(entries) / self.portal.rows)}</totalpage>"
            f"<perpage>{self.portal.rows}</perpage>"
            f"<recordset>{records}</recordset></datastore>"
        )

    def _row(self, section: str, entry: Publication) -> str:
        anchor = page.link(
            f"http://{self.host}{self.row_link(section, entry)}"
            if not entry.direct
            else self.row_link(section, entry),
            entry.title if len(entry.title) <= 22 else f"{entry.title[:22]}…",
            title=entry.title,
            target="_blank",
        )
        return f"<li>{anchor}<span>[{entry.shown:%Y-%m-%d}]</span></li>"


def _stored_name(publication: Publication, attachment: Attachment) -> str:
    digest = hashlib.sha256(f"{publication.serial}/{attachment.file}".encode()).hexdigest()[:32]
    return f"{digest}{attachment.suffix}"
