"""Rows that may be the report and pages that may not be all: whoever published is not said to be missing."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from crawling import make_archive, set_environment
from rawweb import Asked, Host, RawWeb, Write, answer
from sqlalchemy import select
from test_columns import article, column, row, site

from archive.audit.table import audit
from archive.clock import CHINA
from archive.database.models import Capture, Place, Visit
from archive.evidence import exchanges
from archive.evidence.copying import Copier
from archive.extraction import extract
from archive.folder import Archive
from crawler.rereading import reread
from crawler.run import crawl

YEARS = (*range(2023, 2015, -1),)
BEFORE = datetime(2025, 1, 20, 10, 0, tzinfo=CHINA)
AFTER = datetime(2025, 2, 10, 10, 0, tzinfo=CHINA)
TITLE = "示例局2024年政府信息公开工作年度报告"
BARE = "示例局政府信息公开工作年度报告"
PAGE = "/nb/x1.html"


def listed(text: str, day: str = "2025-01-20", address: str = PAGE) -> str:
    """A row of the list."""
    return f'<li><a href="{address}">{text}</a><span>{day}</span></li>'


@dataclass(frozen=True)
class Site:
    """A site with a list of older reports and what is beside it; ``later`` is added after the due date."""

    rows: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    more: str = ""
    heading: str = TITLE
    day: str = "2025-01-25"
    pages: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    years: tuple[int, ...] = YEARS
    end: str = ""

    def answers(self, moment: datetime) -> Mapping[str, str | bytes]:
        """The pages as they are at a moment."""
        new = (*self.rows, *(self.later if moment >= AFTER else ()))
        rows = [*new, *(row(year) for year in self.years)]
        nb = column(*rows, more=self.more) + self.end
        heading = article(self.heading, day=self.day)
        return {
            PAGE: heading,
            "/nb/": answer(nb, headers=self.headers),
            **self.pages,
        }


SITES = {
    "nothing": Site(),
    "title-cut": Site((listed("示例局2024年政府信息公…"),)),
    "title-mute": Site((listed("点击查看"),)),
    "picture": Site((f"<li><a href='{PAGE}'><img src='/a.png'></a></li>",)),
    "file": Site((listed("附件1.pdf", address="/nb/x1.pdf"),)),
    "script": Site((f"<li><a href='javascript:void(0)' onclick='o(1)'>{TITLE}</a></li>",)),
    "no-year": Site((listed(BARE),), heading=BARE),
    "next-year": Site((listed(TITLE.replace("2024", "2025")),), heading="x"),
    "wrong-year": Site((listed(TITLE.replace("2024", "2014")),)),
    "other-words": Site((listed("示例局2024年信息公开工作总结"),), heading="总结"),
    "together": Site((listed("示例市各部门2024年政府信息公开工作年度报告汇总"),), heading="x"),
    "former-name": Site((listed("示例管理处2024年政府信息公开工作年度报告"),), heading="x"),
    "numbers": Site(
        years=YEARS[1:],
        more="<a href='index_1.html'>2</a>",
        pages={"/nb/index_1.html": column(row(2023), row(2024))},
    ),
    "cut-further-on": Site(
        more="<a href='index_1.html'>2</a>",
        pages={"/nb/index_1.html": column(row(2015)) + "<li><a hre"},
    ),
    "dead-numbers": Site(more="<div class=page>1 2 3</div>"),
    "asked-by-script": Site(more="<script>$.get('/api/l?page=2', show)</script>"),
    "unfilled": Site(more="<p v-for='i in l'>{{ i.title }}</p>"),
    "frame": Site(
        more="<iframe src='/nb/new.html'></iframe>", pages={"/nb/new.html": column(row(2024))}
    ),
    "moved": Site(more="<p>本网站已迁移至新址，不再更新。</p>"),
    "stale": Site(headers={"Age": "8640000"}),
    "stale-date": Site(headers={"Date": "Tue, 31 Dec 2024 00:00:00 GMT", "X-Cache": "HIT"}),
    "stale-warned": Site(
        headers={"Date": "Tue, 31 Dec 2024 00:00:00 GMT", "Warning": '110 - "Response is Stale"'}
    ),
    "stale-undated": Site(
        headers={"Date": "", "Warning": '214 - "x", 111 - "Revalidation Failed"'}
    ),
    "cut": Site(end="<li><a hre"),
    "future": Site(later=(listed(TITLE, "2026-01-20"),), day=""),
    "two-days": Site(later=(listed(TITLE, "浏览 2025-02-09 发布 2025-01-20"),), day=""),
}
EXPECTED = {
    "nothing": "missing",
    "title-cut": "on_time",
    "title-mute": "on_time",
    "picture": "on_time",
    "script": "on_time",
    "wrong-year": "on_time",
    "numbers": "on_time",
    "frame": "on_time",
}


def host(of: Site, name: str, moment: Callable[[], datetime]) -> Host:
    """The host of a site, whose agency bears a name of its own."""

    def serve(asked: Asked, write: Write) -> None:
        def named(data: bytes) -> None:
            head, _, body = data.partition(b"\r\n\r\n")
            body = body.replace("示例局".encode(), name.encode())
            lines = [line for line in head.split(b"\r\n") if b"Content-Length" not in line]
            write(b"\r\n".join([*lines, b"Content-Length: %d" % len(body)]) + b"\r\n\r\n" + body)

        site(of.answers(moment()))(asked, named)

    return serve


@dataclass(frozen=True)
class Crawled:
    """The archive after a visit before and one after the due date, and each site's status."""

    archive: Archive
    statuses: Mapping[str, str]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """All sites, visited twice."""
    names = {key: f"示例{chr(0x4E10 + 53 * n)}局" for n, key in enumerate(SITES)}
    current = {"now": BEFORE}
    hosts = {
        f"{key}.gov.test": host(of, names[key], functools.partial(current.__getitem__, "now"))
        for key, of in SITES.items()
    }
    register = [
        {"name": names[key], "kind": "local_dept", "home_url": f"http://{key}.gov.test/"}
        for key in SITES
    ]
    path: Path = tmp_path_factory.mktemp("unclear") / "archive"
    with pytest.MonkeyPatch.context() as patch, RawWeb(hosts) as web:
        set_environment(patch, None)
        archive = make_archive(path, register)
        for moment in (BEFORE, AFTER):
            current["now"] = moment
            set_environment(patch, web.proxy_url, moment)
            crawl(archive)
            extract(archive)
        with archive.reader() as session:
            found = {entry["agency"]: entry["status"] for entry in audit(session, 2024)}
    return Crawled(archive, {key: found[name] for key, name in names.items()})


@pytest.mark.parametrize("key", SITES)
def test_nobody_is_accused_where_a_person_would_look_again(key: str, crawled: Crawled) -> None:
    assert crawled.statuses[key] == EXPECTED.get(key, "unknown")


@pytest.mark.parametrize("key", SITES)
def test_the_stored_pages_show_each_row_that_counted(
    key: str, crawled: Crawled, tmp_path: Path
) -> None:
    """Evidence is read again from what is stored, by whoever doubts it."""
    with crawled.archive.reader() as session:
        here = select(Visit).join(Place).where(Place.url == f"http://{key}.gov.test/")
        visit = session.scalars(here.order_by(Visit.id)).all()[-1]
        captures = session.scalars(select(Capture).filter_by(visit_id=visit.id)).all()
        with (tmp_path / "a.warc.gz").open("xb") as file:
            copied = Copier(crawled.archive, session, file, AFTER).captures(captures)
        assert visit.column_url is not None
        kept = exchanges.read(tmp_path / "a.warc.gz").exchanges
        shown = reread([kept[record] for record in copied.values()], visit.column_url)
        rows = {(entry.title, entry.url) for entry in shown.entries}
        assert {(one.title, one.url) for one in visit.sightings} <= rows
