"""NFCMS 南方网 (site guide §4.7): ``index_2.html``, posts, rows that are files."""

from __future__ import annotations

from datetime import datetime

from crawler.sampleweb import page
from crawler.sampleweb.portal import Pages
from crawler.sampleweb.publications import Attachment, Publication
from crawler.sampleweb.web import Response, html
from govweb.portals import FileSite


class NfcmsSite(FileSite):
    """A portal of posts."""

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/zwgk/{section}/content/post_{4_100_000 + publication.serial}.html"

    def attachment_path(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        return f"/attachment/0/306/{publication.serial}/325542.pdf"

    def file(self, section: str, number: int, last: int) -> str:
        return f"/zwgk/{section}/index{'' if number == 1 else f'_{number}'}.html"

    def list_pages(self, section: str, now: datetime) -> Pages:
        pages = super().list_pages(section, now)
        return pages | {self.section_path(section): pages[self.file(section, 1, 1)]}

    def list_page(self, section: str, now: datetime, number: int) -> Response:
        last = self.last(section, now)
        onward = page.link(self.file(section, number + 1, last), "下一页") if number < last else ""
        items = self.items(section, self.rows(section, now, number))
        head = "<script>var NFCMS_SITE_ID = '755001';</script>"
        return html(self.frame(section, f"<ul>{items}</ul><p>共{last}页 {onward}</p>", head))
