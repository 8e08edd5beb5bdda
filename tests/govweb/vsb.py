"""VSB 博达 (site guide §4.8): pages count down, files only for visitors of their article."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from crawler.sampleweb.publications import Attachment, Edition, Publication
from crawler.sampleweb.web import Request, Response, html, text
from govweb.portals import FileSite

_SESSION = "JSESSIONID=8F2C11"


class VsbSite(FileSite):
    """``xxgknb.htm``, then ``xxgknb/4.htm`` down to ``xxgknb/1.htm``."""

    body_class = "v_news_content"

    def section_path(self, key: str) -> str:
        return f"/zfxxgk/{key}.htm"

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/info/{1012 if section == 'annual' else 1013}/{publication.serial}.htm"

    def attachment_path(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        return f"/__local/{publication.serial}/{attachment.file}"

    def attachment_link(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        query = f"urltype=news.DownloadAttachUrl&owner=1502450578&wbfileid={publication.serial}"
        return f"/system/_content/download.jsp?{query}"

    def file(self, section: str, number: int, last: int) -> str:
        return (
            f"/zfxxgk/{section}.htm"
            if number == 1
            else f"/zfxxgk/{section}/{last - number + 1}.htm"
        )

    def list_page(self, section: str, now: datetime, number: int) -> Response:
        last = self.last(section, now)
        following = ""
        if number < last:
            name = f"{last - number}.htm"
            href = f"{section}/{name}" if number == 1 else name
            following = f'<span class="p_next p_fun"><a href="{href}">下页</a></span>'
        pager = (
            f'<span class="p_pages"><span class="p_t">共{self.total(section, now)}条</span>'
            f'<span class="p_t">{number}/{last}</span>{following}</span>'
        )
        return html(
            self.frame(
                section, f"<ul>{self.items(section, self.rows(section, now, number))}</ul>{pager}"
            )
        )

    def respond(self, request: Request, now: datetime) -> Response:
        answer = super().respond(request, now)
        if answer.status == 200 and "html" in answer.media_type:
            session = ("Set-Cookie", f"{_SESSION}; Path=/; HttpOnly")
            return Response(answer.body, 200, answer.media_type, answer.modified, (session,))
        return answer

    def service(self, request: Request, now: datetime) -> Response | None:
        if request.path != "/system/_content/download.jsp":
            return None
        from_here = urlsplit(request.headers.get("referer", "")).hostname == self.host
        if _SESSION not in request.headers.get("cookie", "") or not from_here:
            return html(
                "<html><body><script>alert('请从正文页下载');history.back();</script></body></html>"
            )
        for publication in self.portal.listed("annual", now):
            if request.query.get("wbfileid") == str(publication.serial):
                return _file(publication.editions[0])
        return text("Not Found", 404)


def _file(edition: Edition) -> Response:
    attachment = edition.attachments[0]
    name = "年度报告.pdf".encode("gbk").decode("latin-1")
    disposition = ("Content-Disposition", f'attachment; filename="{name}"')
    return Response(attachment.read(), 200, "application/octet-stream", headers=(disposition,))
