"""TrueCMS (site guide §4.10): the first rows hidden in the page, more as JSONP in Hanweb's format."""

from __future__ import annotations

from datetime import datetime
from html import escape
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from crawler.sampleweb.portal import Pages
from crawler.sampleweb.publications import Portal, Publication
from crawler.sampleweb.web import Request, Response, html, text
from govweb.portals import ListedSite, data

_COLUMN = "4028819d-7f21-4cc0-a1f2-0123456789ab"


class TrueCmsSite(ListedSite):
    """``limit`` is how many rows the program gives at most."""

    def __init__(self, portal: Portal, lie: int = 0, limit: int = 10) -> None:
        super().__init__(portal, lie)
        self._limit = limit

    def section_path(self, key: str) -> str:
        return f"/city/{key}/{key}.html"

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/city/{section}/content/{uuid5(NAMESPACE_URL, str(publication.serial))}.html"

    def list_pages(self, section: str, now: datetime) -> Pages:
        hidden = escape(self._store(section, now, 0, self.portal.rows))
        call = f"$.getJSON('/TrueCMS/messageController/getMessage.do', {{columnId: '{_COLUMN}'}});"
        body = f'<div id="initData" style="display:none">{hidden}</div><script>{call}</script>'
        return {self.section_path(section): lambda: html(self.frame(section, body))}

    def service(self, request: Request, now: datetime) -> Response | None:
        if request.path != "/TrueCMS/messageController/getMessage.do":
            return None
        referrer = urlsplit(request.headers.get("referer", ""))
        if referrer.path != self.section_path("annual") or request.query.get("columnId") != _COLUMN:
            return text("Not Found", 404)
        start, size = int(request.query["startrecord"]) - 1, int(request.query["perpage"])
        store = self._store("annual", now, start, size) if size <= self._limit else ""
        return data({"result": store}, request.query["callback"])

    def _store(self, section: str, now: datetime, start: int, size: int) -> str:
        rows = self.portal.listed(section, now)[start : start + size]
        records = "".join(
            f"<record><![CDATA[{self.items(section, [row])}]]></record>" for row in rows
        )
        return (
            f"<datastore><totalrecord>{self.total(section, now)}</totalrecord>{records}</datastore>"
        )
