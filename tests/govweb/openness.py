"""The directories of 安徽 (site guide §4.5): ``…/showList/<unit>/0/page_<n>.html``."""

from __future__ import annotations

from datetime import datetime

from crawler.sampleweb.publications import Portal, Publication
from crawler.sampleweb.web import Response, html
from govweb.portals import FileSite


class OpennessSite(FileSite):
    """A unit's lists; ``program`` shows the annual reports."""

    def __init__(self, portal: Portal, lie: int = 0, program: str = "OpennessAnnualReport") -> None:
        super().__init__(portal, lie)
        self._program = program

    def section_path(self, key: str) -> str:
        return self.file(key, 1, 1) if key in ("annual", "news") else f"/Openness/{key}/"

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/{self._program}/show/{publication.serial}.html"

    def file(self, section: str, number: int, last: int) -> str:
        program = "XxgkContent" if section == "news" or self._program == "Xxgknb" else self._program
        return f"/{program}/showList/{996 if section == 'annual' else 997}/0/page_{number}.html"

    def list_page(self, section: str, now: datetime, number: int) -> Response:
        items = self.items(section, self.rows(section, now, number))
        said = f"共{self.total(section, now)}条 {number}/{self.last(section, now)}页"
        return html(self.frame(section, f'<ul>{items}</ul><div class="pagination">{said}</div>'))
