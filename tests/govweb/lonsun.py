"""Lonsun 龙讯 (site guide §4.4): several agencies on one host, each with all kinds of lists."""

from __future__ import annotations

from datetime import datetime

from crawler.sampleweb import page
from crawler.sampleweb.publications import Portal, Publication
from crawler.sampleweb.web import Request, Response, html, text
from govweb.portals import ListedSite

_TYPES = {"system": 1, "guide": 2, "annual": 3, "statutory": 4, "request": 5}


class LonsunSite(ListedSite):
    """``/public/column/<organ>?type=3&action=list``; ``organs`` are agencies by number."""

    def __init__(self, portal: Portal, organs: dict[int, Portal], lie: int = 0) -> None:
        super().__init__(portal, lie)
        self.organs = organs
        self.organ = min(organs)

    def section_path(self, key: str) -> str:
        if key in _TYPES:
            return f"/public/column/{self.organ}?type={_TYPES[key]}&action=list&nav={len(key)}"
        return f"/{key}/"

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/public/{self.organ}/{publication.serial}.html"

    def service(self, request: Request, now: datetime) -> Response | None:
        if not request.path.startswith("/public/"):
            return None
        organ = next((o for o in self.organs if f"/{o}" in request.path), None)
        if organ is None:
            return text("Not Found", 404)
        site = LonsunSite(self.organs[organ], {organ: self.organs[organ]}, self.lie)
        if not request.path.startswith("/public/column/"):
            made = site._pages(now).get(request.path)
            return made() if made else text("Not Found", 404)
        kind = next((k for k, n in _TYPES.items() if str(n) == request.query.get("type")), "guide")
        if kind != "annual":
            others = "".join(
                f"<li>{page.link(f'/public/column/{o}?type=4&action=list', p.organiser)}</li>"
                for o, p in self.organs.items()
            )
            return html(site.frame(kind, f"<p>目录</p><ul>{others}</ul>"))
        number = int(request.query.get("pageIndex", "1"))
        rows = site.rows("annual", now, number)
        call = f"Ls.pagination('.page', {{pageIndex: {number}, pageCount: {site.last('annual', now)}, total: {site.total('annual', now)}}});"
        return html(
            site.frame(
                "annual",
                f"<ul>{site.items('annual', rows)}</ul><div class='page'></div><script>{call}</script>",
            )
        )
