"""开普云 ucap (site guide §4.3): static files with a pager in a script, or rows from a program."""

from __future__ import annotations

from datetime import datetime
from hashlib import md5

from crawler.sampleweb.portal import Pages
from crawler.sampleweb.publications import Attachment, Portal, Publication
from crawler.sampleweb.web import Request, Response, html
from govweb.portals import FileSite, ListedSite, data

_CHANNELS = {"annual": "c116116", "news": "c116001", "disclosure": "c116110"}


class _Ucap:
    """What both builds have in common: the addresses."""

    portal: Portal

    def section_path(self, key: str) -> str:
        channel = _CHANNELS.get(key, f"c1162{len(key):02d}")
        # The entrance only sends on by a script, without naming the scheme.
        return f"/city/{channel}/{'jump' if key == 'annual' else f'zfxxgk_{key}'}.shtml"

    def article_path(self, section: str, publication: Publication) -> str:
        name = md5(str(publication.serial).encode()).hexdigest()
        return f"/city/{_CHANNELS[section]}/{publication.published:%Y%m}/{name}.shtml"

    def attachment_path(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        return self.article_path(section, publication).replace(
            ".shtml", f"/files/{attachment.file}"
        )

    def jump(self, to: str) -> Response:
        return html(
            f"<html><body><script>window.location.replace('//{self.portal.host}{to}');</script></body></html>"
        )


class UcapFiles(_Ucap, FileSite):
    """``common_list_2.shtml``."""

    def file(self, section: str, number: int, last: int) -> str:
        return f"/city/{_CHANNELS[section]}/common_list{'' if number == 1 else f'_{number}'}.shtml"

    def list_pages(self, section: str, now: datetime) -> Pages:
        first = self.file(section, 1, 1)
        return super().list_pages(section, now) | {
            self.section_path(section): lambda: self.jump(first)
        }

    def list_page(self, section: str, now: datetime, number: int) -> Response:
        call = f"createPageHTML('page_div',{self.last(section, now)},{number},'common_list','shtml',{self.total(section, now)});"
        items = self.items(
            section, self.rows(section, now, number), lambda path: f"//{self.host}{path}"
        )
        return html(
            self.frame(section, f'<ul>{items}</ul><div id="page_div"></div><script>{call}</script>')
        )


class UcapProgram(_Ucap, ListedSite):
    """Rows from ``/common/search/<channelId>``."""

    def list_pages(self, section: str, now: datetime) -> Pages:
        path = f"/city/{_CHANNELS[section]}/zfxxgk_gknbz.shtml"
        head = f'<meta name="channelId" content="{_channel(section)}">'
        return {
            path: lambda: html(
                self.frame(section, '<ul class="list"></ul><div id="page_div"></div>', head)
            ),
            self.section_path(section): lambda: self.jump(path),
        }

    def service(self, request: Request, now: datetime) -> Response | None:
        for section in ("annual", "news"):
            if request.path == f"/common/search/{_channel(section)}":
                number = int(request.query["page"])
                results = [
                    {
                        "manuscriptId": str(row.serial),
                        "title": row.title,
                        "url": f"//{self.host}{self.row_link(section, row)}",
                        "publishedTimeStr": f"{row.shown:%Y-%m-%d %H:%M:%S}",
                        "publishedTime": 1500000000000,
                        "content": '<p>见<a href="/city/c1/x.shtml">2019年</a></p>',
                    }
                    for row in self.rows(section, now, number)
                ]
                found = {
                    "page": number,
                    "rows": self.portal.rows,
                    "total": self.total(section, now),
                    "results": results,
                }
                return data({"code": 200, "data": found})
        return None


class UcapTree(UcapProgram):
    """The channel is not named in the page but in the tree that its script asks for."""

    def list_pages(self, section: str, now: datetime) -> Pages:
        path = f"/city/{_CHANNELS[section]}/redirect_firstChannel.shtml"
        call = f"/common/getChannelList?channelCode={_CHANNELS[section]}&websiteCodeName=city"
        main = f"<ul id='list'></ul><script>$.getJSON('{call}', show);</script>"
        first = self.section_path(section)
        return {path: lambda: html(self.frame(section, main)), first: lambda: self.jump(path)}

    def service(self, request: Request, now: datetime) -> Response | None:
        if request.path == "/common/getChannelList":
            children = [
                {"channelId": _channel("annual"), "displayName": "政府信息公开年报"},
                {"channelId": _channel("news"), "displayName": "要闻动态"},
            ]
            return data({"code": 200, "results": {"children": children}})
        return super().service(request, now)


def _channel(section: str) -> str:
    return md5(section.encode()).hexdigest()
