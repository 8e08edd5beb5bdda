"""河北 (site guide §4.11): columns under a UUID, further rows as fragments of a template."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from crawler.sampleweb.portal import Pages
from crawler.sampleweb.publications import Publication
from crawler.sampleweb.web import Request, Response, html
from govweb.portals import ListedSite

_TEMPLATE, _BLOCK = "4a0a1b6c-1111-4222-8333-444455556666", "b7"


class HebeiSite(ListedSite):
    """``/columns/<uuid>/index.html``."""

    def section_path(self, key: str) -> str:
        return f"/columns/{_uuid(key)}/index.html"

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/columns/{_uuid(section)}/{publication.published:%Y%m/%d}/{_uuid(str(publication.serial))}.html"

    def list_pages(self, section: str, now: datetime) -> Pages:
        block = _block(section)
        more = f"<p>共{self.total(section, now)}条</p><script>load('#list', '{block}?page=1&fix=0');</script>"
        items = self.items(section, self.rows(section, now, 1))
        return {
            self.section_path(section): lambda: html(
                self.frame(section, f"<ul id='list'>{items}</ul>{more}")
            )
        }

    def service(self, request: Request, now: datetime) -> Response | None:
        if request.path != _block("annual"):
            return None
        rows = self.rows("annual", now, int(request.query["page"]))
        return html(f"<ul>{self.items('annual', rows)}</ul>")


def _block(section: str) -> str:
    return f"/columns/{_uuid(section)}/templates/{_TEMPLATE}/blocks/{_BLOCK}"


def _uuid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))
