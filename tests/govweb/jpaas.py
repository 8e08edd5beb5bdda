"""JPaaS (site guide §4.2): a page of units, each built by a program when its script asks."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import md5

from crawler.sampleweb.portal import Pages
from crawler.sampleweb.publications import Publication
from crawler.sampleweb.web import Request, Response, html, text
from govweb.portals import ListedSite, data

_PROGRAM = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_UNIT = {"webId": "f7c5", "pageId": "7d8e", "tplSetId": "52aa", "tagId": "分页列表"}


class JpaasSite(ListedSite):
    """``/col/col123/index.html`` and ``/art/2025/art_<32hex>.html``."""

    def section_path(self, key: str) -> str:
        return f"/col/col{len(key)}{key}/index.html"

    def article_path(self, section: str, publication: Publication) -> str:
        name = md5(str(publication.serial).encode()).hexdigest()
        return f"/art/{publication.published.year}/art_{name}.html"

    def list_pages(self, section: str, now: datetime) -> Pages:
        asked = json.dumps(_UNIT, ensure_ascii=False).replace('"', "'")
        menu = asked.replace("分页列表", "栏目导航")
        units = "".join(
            f'<script url="{_PROGRAM}" queryData="{one}"></script>' for one in (menu, asked)
        )
        return {self.section_path(section): lambda: html(self.frame(section, units))}

    def service(self, request: Request, now: datetime) -> Response | None:
        if request.path != _PROGRAM:
            return None
        if {name: request.query.get(name) for name in _UNIT} != _UNIT:
            return text("Bad Request", 400)
        # A bare pageNo would be ignored.
        number = json.loads(request.query.get("paramJson", "{}")).get("pageNo", 1)
        rows = self.rows("annual", now, number)
        said = f"<div>共{self.total('annual', now)}条</div>"
        unit = f"<ul>{self.items('annual', rows)}</ul>{said}" if rows else ""
        return data({"success": True, "code": "200", "data": {"html": unit}})
