"""Lists behind search programs: the catalogue of Hanweb (site guide §4.2) and IGS of TRS (§4.1)."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from crawler.sampleweb.portal import Pages
from crawler.sampleweb.publications import Publication
from crawler.sampleweb.web import Request, Response, html, text
from govweb.portals import ListedSite, data

_AREA = "113299000145678901"
_CODE = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


class CatalogueSite(ListedSite):
    """``/module/xxgk/search.jsp``: rows of a table for those who say whose catalogue they want."""

    def list_pages(self, section: str, now: datetime) -> Pages:
        form = (
            f'<form><input type="hidden" name="infotypeId" value="A0102">'
            f'<input type="hidden" name="area" value="{_AREA}"></form><div id="div2014"></div>'
            "<script>$.post('/module/xxgk/search.jsp', {divid: 'div2014', webid: '12', currpage: 1});</script>"
        )
        return {self.section_path(section): lambda: html(self.frame(section, form))}

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/art/{publication.shown.year}/1/9/art_2014_{publication.serial}.html"

    def service(self, request: Request, now: datetime) -> Response | None:
        if request.path != "/module/xxgk/search.jsp":
            return None
        if (request.form.get("infotypeId"), request.form.get("area")) != ("A0102", _AREA):
            return text("Not Found", 404)
        number = int(request.form["currpage"])
        rows = "".join(
            f'<tr class="tr_main_value_{"odd" if i % 2 else "even"}"><td>{i}</td>'
            f'<td><a href="{self.row_link("annual", row)}" title="{row.title}">{row.title[:15]}...</a></td>'
            f"<td>{row.shown:%Y-%m-%d}</td></tr>"
            for i, row in enumerate(self.rows("annual", now, number))
        )
        pages = ceil(self.total("annual", now) / self.portal.rows)
        return html(f"<html><body><table>{rows}</table>第{number}页 共{pages}页</body></html>")


class IgsSite(ListedSite):
    """``/igs/front/search.jhtml``: the page of the column asks for everything."""

    def list_pages(self, section: str, now: datetime) -> Pages:
        call = f"/igs/front/search.jhtml?code={_CODE}&pageNumber=1&pageSize={self.portal.rows}&searchWord=&siteId=7"
        main = f"<ul id='list'></ul><script>$.getJSON('{call}', show);</script>"
        return {self.section_path(section): lambda: html(self.frame(section, main))}

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/zwgk/{publication.published:%Y%m}/t{publication.published:%Y%m%d}_{publication.serial}.html"

    def service(self, request: Request, now: datetime) -> Response | None:
        if request.path != "/igs/front/search.jhtml":
            return None
        number = int(request.query["pageNumber"])
        content = [
            {
                "title": row.title,
                "url": f"http://{self.host}{self.row_link('annual', row)}",
                "trs_time": f"{row.shown:%Y-%m-%d %H:%M:%S}",
            }
            for row in self.rows("annual", now, number)
        ]
        found = {"content": content, "totalElements": self.total("annual", now), "number": number}
        return data({"page": found})
