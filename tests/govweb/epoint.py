"""Epoint 新点 (site guide §4.9): a template without rows, and a program that is asked in JSON."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from crawler.sampleweb.portal import Pages
from crawler.sampleweb.publications import Portal, Publication
from crawler.sampleweb.web import Request, Response, html, text
from govweb.portals import ListedSite, data

_SITE = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"
_TEMPLATE = (
    "<script type='text/template'><li><a href='<?=el.link?>'><?=el.title?></a></li></script>"
)


class EpointSite(ListedSite):
    """``base`` is the number that the program gives the first page; before it comes the same."""

    def __init__(self, portal: Portal, lie: int = 0, base: int = 0) -> None:
        super().__init__(portal, lie)
        self._base = base

    def section_path(self, key: str) -> str:
        return f"/zw/009001/{key}/govInfoPub.html"

    def article_path(self, section: str, publication: Publication) -> str:
        name = uuid5(NAMESPACE_URL, str(publication.serial))
        return f"/zw/009001/{section}/{publication.published:%Y%m%d}/{name}.html"

    def list_pages(self, section: str, now: datetime) -> Pages:
        category = "003006" if section == "annual" else "003007"
        head = f'<script src="/js/webBuilderCommon.js"></script><script>var categorynum = "{category}";</script>'
        body = f'<ul id="list">{_TEMPLATE}</ul>'
        return {
            self.section_path(section): lambda: html(self.frame(section, body, head)),
            "/js/webBuilderCommon.js": lambda: text(
                f'var siteInfo = {{"siteGuid": "{_SITE}", "projectName": "/EWB-FRONT"}};'
            ),
        }

    def service(self, request: Request, now: datetime) -> Response | None:
        if request.path != "/EWB-FRONT/rest/lightfrontaction/getgovinfolist":
            return None
        asked = json.loads(request.body)
        if (
            request.method != "POST"
            or asked["siteGuid"] != _SITE
            or asked["categorynum"] != "003006"
        ):
            return data({"custom": {"code": 0, "text": "参数错误"}})
        number = max(1, asked["pageIndex"] - self._base + 1)
        rows = [
            {
                "infourl": self.row_link("annual", row),
                "title": f"<font color='red'>{row.title}</font>",
                "realtitle": row.title,
                "infodate": f"{row.shown:%Y-%m-%d}",
            }
            for row in self.rows("annual", now, number, asked["pageSize"])
        ]
        return data({"custom": {"total": str(self.total("annual", now)), "data": rows}})
