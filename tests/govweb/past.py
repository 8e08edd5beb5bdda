"""A column of the latest years that leads to the others by 往年年报, on a page elsewhere on the site."""

from __future__ import annotations

from datetime import datetime

from crawler.sampleweb import page
from crawler.sampleweb.portal import Pages
from crawler.sampleweb.publications import Publication
from crawler.sampleweb.web import Response, html
from govweb.portals import ListedSite

_PARTS = (
    ("", 2023, "", "往年年报"),
    ("/wnzl/wnnb/", 2021, "往年年报", "历年政府信息公开年报"),
    ("/wnzl/lsnb/", 0, "历年年报", ""),
)
"""Where a part stands, the first year in it, what it is called and what leads to the next one."""


class PastSite(ListedSite):
    """Each part states how many rows it has, and is no page of the one before."""

    def list_pages(self, section: str, now: datetime) -> Pages:
        if section != "annual":
            return {}
        return {
            path or self.section_path(section): lambda number=number: self._part(  # type: ignore[misc]
                section, now, number
            )
            for number, (path, *_) in enumerate(_PARTS)
        }

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/wnzl/content_{publication.serial}.html"

    def _part(self, section: str, now: datetime, number: int) -> Response:
        _path, first, name, further = _PARTS[number]
        below = _PARTS[number - 1][1] if number else 9999
        rows = [
            row
            for row in self.portal.listed(section, now)
            if first <= row.published.year - 1 < below
        ]
        lie = 0 if number else self.lie
        link = page.link(_PARTS[number + 1][0], further) if further else ""
        shown = (
            f"<h3>{name}</h3><ul>{self.items(section, rows)}</ul><p>共{len(rows) + lie}条</p>{link}"
        )
        return html(self.frame(section, shown))
