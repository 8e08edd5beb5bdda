"""gkmlpt (site guide §4.6): a tree in a script, rows from a program whose pages 0 and 1 are the same."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from crawler.sampleweb.portal import Pages
from crawler.sampleweb.publications import Attachment, Edition, Publication
from crawler.sampleweb.web import Request, Response, html, text
from govweb.nfcms import NfcmsSite
from govweb.portals import ListedSite, data

_TABS = {"disclosure": "index", "guide": "guide", "annual": "annualreport", "statutory": "policy"}
_SID = "755001"


class GkmlptSite(ListedSite):
    """The catalogue; articles with an attachment show it in their script only."""

    def section_path(self, key: str) -> str:
        return f"/gkmlpt/{_TABS[key]}" if key in _TABS else f"/{key}/"

    def article_path(self, section: str, publication: Publication) -> str:
        serial = 4_100_000 + publication.serial
        return f"/gkmlpt/content/{serial // 10**6}/{serial // 1000}/post_{serial}.html"

    def attachment_path(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        return f"/attachment/0/306/{publication.serial}/325542.pdf"

    def tree(self) -> list[dict[str, Any]]:
        reports = {
            "id": 2629,
            "name": "政府信息公开年报",
            "post_count": 25,
            "children": [],
            "jump_url": "",
        }
        laws = {"id": 2630, "name": "政策文件", "post_count": 3, "children": [], "jump_url": ""}
        return [{"id": 1, "name": "政府信息公开", "children": [laws, reports], "jump_url": ""}]

    def script(self) -> str:
        return f"<script>window._CONFIG = {{ DEBUG: false, SID: '{_SID}', TREE: {json.dumps(self.tree())} }};</script>"

    def list_pages(self, section: str, now: datetime) -> Pages:
        return {
            self.section_path(section): lambda: html(
                self.frame(section, '<div id="app"></div>', self.script())
            )
        }

    def service(self, request: Request, now: datetime) -> Response | None:
        if not request.path.startswith("/gkmlpt/api/all/"):
            return None
        if request.path != "/gkmlpt/api/all/2629" or request.query.get("sid") != _SID:
            return text("Not Found", 404)
        rows = self.rows("annual", now, max(1, int(request.query["page"])))
        return data(
            {
                "classify": {
                    "id": 2629,
                    "name": "政府信息公开年报",
                    "post_count": self.total("annual", now),
                },
                "total": self.total("annual", now),
                "articles": [self._record(row) for row in rows],
            }
        )

    def _record(self, row: Publication) -> dict[str, Any]:
        files = [
            {
                "id": 1,
                "name": a.label,
                "url": f"http://{self.host}{self.attachment_path('annual', row, a)}",
            }
            for a in row.editions[0].attachments
        ]
        return {
            "id": row.serial,
            "title": row.title,
            "publisher": row.source,
            "date": int(row.shown.timestamp()),
            "display_publish_time": int(row.shown.timestamp()),
            "url": f"http://{self.host}{self.row_link('annual', row)}",
            "attachment": files,
        }

    def _article(self, section: str, publication: Publication, edition: Edition) -> str:
        if not edition.attachments:
            return super()._article(section, publication, edition)
        plain = super()._article(section, publication, Edition(edition.since, ""))
        detail = {"content": edition.html, "attachment": self._record(publication)["attachment"]}
        text = json.dumps(detail).replace("/", "\\/")
        return plain.replace(
            "</head>", f"<script>window._CONFIG = {{DETAIL: {text}}};</script></head>"
        )


class GkmlptJump(GkmlptSite):
    """A catalogue whose tree says that the reports stand in a column of the portal."""

    def __init__(self, portal: Any, lie: int = 0) -> None:
        super().__init__(portal, lie)
        self.column = NfcmsSite(portal, lie)

    def tree(self) -> list[dict[str, Any]]:
        made = super().tree()
        made[0]["children"][1]["jump_url"] = f"http://{self.host}/zwgk/annual/index.html"
        return made

    def _pages(self, now: datetime) -> Pages:
        return self.column._pages(now) | super()._pages(now)
