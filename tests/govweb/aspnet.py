"""ASP.NET WebForms (site guide §4.11): the pager posts the form back, whose state changes every time."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from crawler.sampleweb.publications import Publication
from crawler.sampleweb.web import Request, Response, html, text
from govweb.portals import ListedSite

_TARGET = "ctl00$Main$AspNetPager1"


class AspNetSite(ListedSite):
    """``List_wj.aspx?lmid=12``."""

    def section_path(self, key: str) -> str:
        return (
            f"/List_wj.aspx?lmid={12 if key == 'annual' else len(key)}"
            if key == "annual"
            else f"/{key}/"
        )

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/show/{publication.serial}.html"

    def service(self, request: Request, now: datetime) -> Response | None:
        if request.path != "/List_wj.aspx":
            return None
        last, number = self.last("annual", now), 1
        if request.method == "POST":
            if request.form.get("__EVENTTARGET") != _TARGET or not request.form.get(
                "__EVENTVALIDATION"
            ):
                return text("Invalid postback", 500)
            number = int(request.form["__EVENTARGUMENT"])
            if request.form.get("__VIEWSTATE") != _state(number - 1):
                return text("The state information is invalid for this page", 500)
        # A number beyond the last page shows the last one.
        number = min(number, max(1, -(-(self.total("annual", now) - self.lie) // self.portal.rows)))
        links = "".join(
            f"<a href=\"javascript:__doPostBack('{_TARGET}','{n}')\">{n}</a> "
            for n in range(1, last + 1)
        )
        form = (
            f'<form method="post" action="./List_wj.aspx?lmid=12" id="aspnetForm">'
            f'<input type="hidden" name="__VIEWSTATE" value="{_state(number)}">'
            f'<input type="hidden" name="__EVENTVALIDATION" value="/wEW{number}">'
            f"<ul>{self.items('annual', self.rows('annual', now, number))}</ul>"
            f"<div>共{self.total('annual', now)}条 第{number}页/共{last}页 {links}</div></form>"
        )
        return html(self.frame("annual", form))


def _state(number: int) -> str:
    return "/wEPDw" + sha256(str(number).encode()).hexdigest()
