"""What all platforms have in common: the pages of a government portal and the way between them.

A platform (:mod:`trs`, :mod:`hanweb`, :mod:`static`) says at which addresses the pages stand and
how a list and an article look there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from crawler.sampleweb import page
from crawler.sampleweb.publications import Attachment, Edition, Portal, Publication
from crawler.sampleweb.web import Request, Response, html, text

Pages = dict[str, Callable[[], Response]]


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the portal that has its own place in the navigation."""

    key: str
    name: str
    column_type: str
    text: str = ""


SECTIONS = {
    section.key: section
    for section in (
        Section("news", "要闻动态", "工作动态"),
        Section(
            "affairs", "政务公开", "政务公开", "机构概况、政策文件和政府信息公开专栏从这里进入。"
        ),
        Section("service", "政务服务", "办事服务", "办事指南按事项名称排列，可在线预约窗口。"),
        Section("contact", "互动交流", "咨询投诉", "来信一般在五个工作日内答复。"),
        Section("disclosure", "政府信息公开", "信息公开目录"),
        Section(
            "guide",
            "政府信息公开指南",
            "信息公开指南",
            "本指南说明信息的分类、查找办法和申请的提出方式，内容有变动时随时更新。",
        ),
        Section(
            "system", "政府信息公开制度", "信息公开制度", "收录现行的条例、办法和本地配套规定。"
        ),
        Section(
            "statutory",
            "法定主动公开内容",
            "信息公开目录",
            "机构职能、规划计划、财政预决算、行政许可和处罚等信息按目录公开。",
        ),
        Section("annual", "政府信息公开年报", "信息公开年报"),
        Section(
            "request",
            "依申请公开",
            "依申请公开",
            "可当面、邮寄或在线提出申请；在线申请需填写姓名和联系方式。",
        ),
    )
}
TOP = ("affairs", "news", "service", "contact")
DISCLOSURE = ("guide", "system", "statutory", "annual", "request")
"""The national neighbours of the column of annual reports (site guide §3.1)."""


class PortalSite(ABC):
    """A portal on one host; a subclass is a platform."""

    body_class = "content"
    """Class or id of the element that holds the text of an article."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    @property
    def host(self) -> str:
        """The name of the host."""
        return self.portal.host

    # What a platform decides.

    @abstractmethod
    def section_path(self, key: str) -> str:
        """The path of a section's page."""

    @abstractmethod
    def article_path(self, section: str, publication: Publication) -> str:
        """The path of an article."""

    @abstractmethod
    def attachment_path(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        """The path of a file, without a query."""

    @abstractmethod
    def list_pages(self, section: str, now: datetime) -> Pages:
        """The pages of a list by path."""

    def attachment_link(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        """The address by which an article links a file."""
        return self.attachment_path(section, publication, attachment)

    def service(self, request: Request, now: datetime) -> Response | None:
        """The answer of a program behind the pages; None where the path is none of them."""
        return None

    # What is the same everywhere.

    def respond(self, request: Request, now: datetime) -> Response:
        """The answer to a request as of ``now``."""
        answer = self.service(request, now)
        if answer is not None:
            return answer
        pages = self._pages(now)
        make = pages.get(request.path)
        if make is None:
            if f"{request.path}/" in pages:
                return text("Moved", 301, ("Location", f"http://{self.host}{request.path}/"))
            return self._not_found()
        if request.method not in {"GET", "HEAD"}:
            return text("Method Not Allowed", 405, ("Allow", "GET, HEAD"))
        return make()

    def name(self, key: str) -> str:
        """The name of a section on this site."""
        return self.portal.annual_name if key == "annual" else SECTIONS[key].name

    def frame(self, key: str, main: str, head: str = "") -> str:
        """A column page round ``main``."""
        section = SECTIONS[key]
        return page.document(
            self.portal,
            f"{self.name(key)}_{self.portal.name}",
            page.column_tags(self.name(key), section.column_type),
            self._navigation(),
            f"<p>{self._trail(key)}</p>\n{self._neighbours(key)}{main}",
            head,
        )

    def row_link(self, section: str, publication: Publication) -> str:
        """The address a row of the list leads to."""
        if publication.direct:
            attachment = publication.editions[0].attachments[0]
            return self.attachment_link(section, publication, attachment)
        return self.article_path(section, publication)

    def _pages(self, now: datetime) -> Pages:
        pages: Pages = {
            "/robots.txt": lambda: text("User-agent: *\nDisallow: /admin/"),
            "/": lambda: self._home(now),
        }
        for key in (*TOP, "disclosure", *DISCLOSURE):
            if key not in {"annual", "news"}:
                pages[self.section_path(key)] = lambda key=key: html(self._plain(key))  # type: ignore[misc]
        for section in ("annual", "news"):
            pages |= self.list_pages(section, now)
            for publication in self.portal.listed(section, now):
                edition = publication.edition(now)
                if edition is not None:
                    pages |= self._publication(section, publication, edition)
        return pages

    def _publication(self, section: str, publication: Publication, edition: Edition) -> Pages:
        pages: Pages = {}
        if not publication.direct:
            pages[self.article_path(section, publication)] = lambda: html(
                self._article(section, publication, edition), edition.since
            )
        for attachment in edition.attachments:
            pages[self.attachment_path(section, publication, attachment)] = (
                lambda attachment=attachment: Response(  # type: ignore[misc]
                    attachment.read(), 200, attachment.media_type, edition.since
                )
            )
        return pages

    def _home(self, now: datetime) -> Response:
        news = self.portal.listed("news", now)
        rows = "\n".join(
            f"<li>{page.link(self.article_path('news', entry), entry.title)}"
            f"<span>{entry.shown:%m-%d}</span></li>"
            for entry in news[:8]
        )
        main = (
            f"<h3>{self.name('news')}</h3>\n<ul>{rows}</ul>\n"
            f"<h3>{self.name('affairs')}</h3>\n<p>"
            + " ".join(
                page.link(self.section_path(key), self.name(key))
                for key in ("disclosure", "guide", "statutory", "request")
            )
            + "</p>\n<h3>友情链接</h3>\n<p>"
            + page.link("http://www.shili.gov.test/", "示例市人民政府", target="_blank")
            + "</p>"
        )
        tags = page.column_tags("首页", "首页")
        modified = news[0].published if news else None
        return html(
            page.document(self.portal, self.portal.name, tags, self._navigation(), main), modified
        )

    def _plain(self, key: str) -> str:
        if key == "affairs":
            main = f"<p>{page.link(self.section_path('disclosure'), self.name('disclosure'))}</p>"
        elif key == "disclosure":
            main = f"<p>{escape(self.portal.organiser)}依法公开的信息分列于下列各栏。</p>"
        else:
            main = ""
        return self.frame(key, f"{main}<p>{SECTIONS[key].text}</p>")

    def _article(self, section: str, publication: Publication, edition: Edition) -> str:
        files = "".join(
            "<p>附件："
            + page.link(
                self.attachment_link(section, publication, attachment),
                attachment.label,
                target="_blank",
            )
            + "</p>\n"
            for attachment in edition.attachments
        )
        main = (
            f"<p>{self._trail(section)} &gt; 正文</p>\n"
            f"<h1>{escape(publication.title)}</h1>\n"
            f"<p>发布时间：{publication.shown:%Y-%m-%d %H:%M} &nbsp; "
            f"来源：{escape(publication.source)} &nbsp; 字体：【大 中 小】</p>\n"
            f'<div class="{self.body_class}" id="zoom">\n{edition.html}\n{files}</div>\n'
            '<p><a href="javascript:window.print()">打印</a> '
            '<a href="javascript:window.close()">关闭</a></p>'
        )
        tags = page.content_tags(publication, self.name(section), SECTIONS[section].column_type)
        return page.document(self.portal, publication.title, tags, self._navigation(), main)

    def _navigation(self) -> str:
        return page.link("/", "首页") + "".join(
            page.link(self.section_path(key), self.name(key)) for key in TOP
        )

    def _trail(self, key: str) -> str:
        steps = [page.link("/", "首页")]
        if key in DISCLOSURE:
            steps += [
                page.link(self.section_path(step), self.name(step))
                for step in ("affairs", "disclosure")
            ]
        elif key == "disclosure":
            steps.append(page.link(self.section_path("affairs"), self.name("affairs")))
        steps.append(page.link(self.section_path(key), self.name(key)))
        return "当前位置：" + " &gt; ".join(steps)

    def _neighbours(self, key: str) -> str:
        if key != "disclosure" and key not in DISCLOSURE:
            return ""
        items = "".join(
            f"<li>{page.link(self.section_path(other), self.name(other))}</li>"
            for other in DISCLOSURE
        )
        return f'<ul class="menu">{items}</ul>\n'

    def _not_found(self) -> Response:
        return html(
            page.document(
                self.portal,
                "页面不存在",
                (),
                self._navigation(),
                "<p>您访问的页面不存在或已被移动。</p>",
            ),
            status=404,
        )
