"""A column that shows nothing without its scripts, and asks for more than its list."""

from __future__ import annotations

from datetime import datetime

from crawler.sampleweb.portal import Pages
from crawler.sampleweb.publications import Publication
from crawler.sampleweb.web import Request, Response, html, text
from govweb.portals import ListedSite, data

_SCRIPT = """
const list = document.getElementById('rows'), pager = document.getElementById('turn');
let number = 1;
async function show() {
  const answer = await fetch('/api/disclosure/query', {method: 'POST', body: 'cur=' + number,
    headers: {'Content-Type': 'application/x-www-form-urlencoded'}});
  const found = await answer.json();
  list.innerHTML = found.items.map(i => `<li><a href="${i.to}">${i.name}</a><span>${i.day}</span></li>`).join('');
  pager.innerHTML = `<a>${number}</a><button ${number < found.last ? '' : 'disabled'}>下一页</button>`;
  pager.querySelector('button').onclick = () => { number += 1; show(); };
}
for (const url of ['http://127.0.0.1:%(trap)d/', 'http://169.254.169.254/latest/', 'http://stats.example/hit', '/admin/secret'])
  fetch(url).catch(() => {});
new Image().src = 'http://stats.example/pixel.gif';
try { new WebSocket('ws://127.0.0.1:%(trap)d/'); } catch (e) {}
show();
"""


class ScriptSite(ListedSite):
    """Rows from a program that no family has; ``trap`` is a port of this machine that nobody may touch."""

    def __init__(self, portal: object, trap: int, broken: bool = False) -> None:
        super().__init__(portal)  # type: ignore[arg-type]
        self.trap = trap
        self.broken = broken

    def list_pages(self, section: str, now: datetime) -> Pages:
        main = "<div id='app'><ul id='rows'></ul><div id='turn'></div></div><script src='/a.js'></script>"
        return {self.section_path(section): lambda: html(self.frame(section, main))}

    def article_path(self, section: str, publication: Publication) -> str:
        return f"/detail/{publication.serial}.html"

    def service(self, request: Request, now: datetime) -> Response | None:
        if request.path == "/a.js":
            return Response((_SCRIPT % {"trap": self.trap}).encode(), media_type="text/javascript")
        if request.path != "/api/disclosure/query":
            return None
        number = int(request.form["cur"])
        if self.broken and number == 2:
            return text("Internal Server Error", 500)
        items = [
            {
                "name": row.title,
                "to": self.row_link("annual", row),
                "day": f"{row.shown:%Y-%m-%d}",
            }
            for row in self.rows("annual", now, number)
        ]
        return data({"items": items, "last": self.last("annual", now)})
