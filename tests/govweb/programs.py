"""Lists of programs that count pages in their address: ``eportal/ui``, ``iList.jsp`` and ``.aspx``."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime

from crawler.sampleweb import page
from crawler.sampleweb.publications import Publication
from crawler.sampleweb.web import Request, Response, html, text
from govweb.portals import ListedSite

_MODULE = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


class ProgramSite(ListedSite):
    """A list at one path; ``parameter`` has the number of the page."""

    path: str
    parameter: str

    def section_path(self, key: str) -> str:
        return self.address if key == "annual" else f"/{key}/"

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/info/content_{publication.serial}.html"

    @property
    @abstractmethod
    def address(self) -> str:
        """The address of the column, with its query."""

    @abstractmethod
    def pager(self, number: int, last: int, total: int) -> str:
        """What stands below the rows."""

    def service(self, request: Request, now: datetime) -> Response | None:
        if request.path != self.path:
            return None
        number = int(request.query.get(self.parameter, "1"))
        rows = self.rows("annual", now, number)
        below = self.pager(number, self.last("annual", now), self.total("annual", now))
        return html(self.frame("annual", f"<ul>{self.items('annual', rows)}</ul>{below}"))


class EportalSite(ProgramSite):
    """``/eportal/ui?pageId=…``; the pager is a script."""

    path, parameter = "/eportal/ui", "currentPage"

    @property
    def address(self) -> str:
        return "/eportal/ui?pageId=2480200"

    def pager(self, number: int, last: int, total: int) -> str:
        to = f"/eportal/ui?pageId=2480200&currentPage=1&moduleId={_MODULE}&staticRequest=yes"
        return f"<p>共{total}条记录 第{number}/{last}页</p><script>turn('{to}');</script>"

    def service(self, request: Request, now: datetime) -> Response | None:
        if "currentPage" in request.query and request.query.get("moduleId") != _MODULE:
            return text("Not Found", 404)
        return super().service(request, now)


class JspSite(ProgramSite):
    """``/info/iList.jsp?node_id=…&cat_id=…&cur_page=1``."""

    path, parameter = "/info/iList.jsp", "cur_page"

    @property
    def address(self) -> str:
        return "/info/iList.jsp?node_id=GKmzs&cat_id=15971&tm_id=&cur_page=1"

    def pager(self, number: int, last: int, total: int) -> str:
        back = page.link(self.address.replace("page=1", f"page={last}"), "尾页")
        return f"<p>共{total}条 第{number}页/共{last}页 {back}</p>"


class AspxSite(ProgramSite):
    """``InfoPublic.aspx?cid=1019&pid=971&page=1&kw=`` with links to the pages around."""

    path, parameter = "/InfoPublic.aspx", "page"

    @property
    def address(self) -> str:
        return "/InfoPublic.aspx?cid=1019&pid=971&page=1&kw="

    def pager(self, number: int, last: int, total: int) -> str:
        links = (
            page.link(self.address.replace("page=1", f"page={n}"), str(n))
            for n in range(max(1, number - 1), min(last, number + 1) + 1)
        )
        return f"<p>共{total}条 {' '.join(links)}</p>"
