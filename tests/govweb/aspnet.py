"""ASP.NET WebForms (site guide §4.11): the pager posts the form back, whose state changes every time."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from crawler.sampleweb.publications import Portal, Publication
from crawler.sampleweb.web import Request, Response, html, text
from govweb.portals import ListedSite

_TARGET = "ctl00$Main$AspNetPager1"
_NEXT = "ctl00$Main$lbtnNext"


class AspNetSite(ListedSite):
    """``List_wj.aspx?lmid=12``; ``numbers`` tells whether the pager shows them, or only 下一页."""

    def __init__(self, portal: Portal, lie: int = 0, numbers: bool = True) -> None:
        super().__init__(portal, lie)
        self._numbers = numbers

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
            target = request.form.get("__EVENTTARGET")
            if target not in (_TARGET, _NEXT) or not request.form.get("__EVENTVALIDATION"):
                return text("Invalid postback", 500)
            states = {_state(n): n for n in range(1, last + 1)}
            shown = states.get(request.form.get("__VIEWSTATE", ""), 0)
            number = shown + 1 if target == _NEXT else int(request.form["__EVENTARGUMENT"])
            if number != shown + 1:
                return text("The state information is invalid for this page", 500)
        # A number beyond the last page shows the last one.
        number = min(number, max(1, -(-(self.total("annual", now) - self.lie) // self.portal.rows)))
        events = [(_TARGET, str(n), str(n)) for n in range(1, last + 1)]
        if not self._numbers:
            events = [(_NEXT, "", "下一页")] if number < last else []
        links = "".join(
            f"<a href=\"javascript:__doPostBack('{target}','{argument}')\">{label}</a> "
            for target, argument, label in events
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
