"""What the imitated sites publish, the truth about it, and what all of their lists have in common."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from math import ceil
from typing import Any

from crawler.sampleweb import page
from crawler.sampleweb.figures import series
from crawler.sampleweb.plan import moment
from crawler.sampleweb.portal import Pages, PortalSite
from crawler.sampleweb.publications import Attachment, Edition, Portal, Publication
from crawler.sampleweb.report import Report, to_html
from crawler.sampleweb.web import Request, Response, Site
from crawler.sampleweb.wording import Voice

YEARS = (2020, 2021, 2022, 2023, 2024)
BUREAUS = ("人民政府", "教育局", "民政局", "财政局")
ROWS = 6
FILE = "wjw-2024.pdf"
PLACES = "临清河口丰和安宁平桥东湾新岭永泉长坪大塘金沙青石万福双桥柳林白沙高桥石门龙泉"


@dataclass(frozen=True)
class Truth:
    """A report of one agency and year: what a crawl must say of it."""

    agency: str
    year: int
    title: str
    day: date
    form: str


def portal(host: str, place: int, *, bureaus: tuple[str, ...] = BUREAUS) -> Portal:
    """A city's portal: the reports of its agencies, one of them a row that is a file, one an attachment,
    and a look-alike each year."""
    city = f"{PLACES[2 * place : 2 * place + 2]}市"
    reports = [
        _report(f"{city}{bureau}", year, 40000 + 100 * place + 10 * number + year - YEARS[0])
        for number, bureau in enumerate(bureaus)
        for year in YEARS
    ]
    lookalikes = tuple(
        Publication(
            49000 + 100 * place + year - YEARS[0],
            f"{city}司法局{year}年法治政府建设年度报告",
            f"{city}司法局",
            (Edition(moment(f"{year + 1}-01-18 09:00"), "<p>略。</p>"),),
        )
        for year in YEARS
    )
    return Portal(
        host,
        f"{city}人民政府",
        f"{city}人民政府办公室",
        f"99{place:02d}000001",
        (*reports, *lookalikes),
        rows=ROWS,
    )


def truth(portal: Portal) -> set[Truth]:
    """What is true of a portal."""
    return {
        Truth(
            entry.source,
            entry.published.year - 1,
            entry.title,
            entry.shown.date(),
            "row" if entry.direct else "attachment" if entry.editions[0].attachments else "inline",
        )
        for entry in portal.reports
        if "政府信息公开" in entry.title
    }


def _report(agency: str, year: int, serial: int) -> Publication:
    published = moment(f"{year + 1}-01-{10 + serial % 15:02d} 10:{serial % 60:02d}")
    return report(agency, year, serial, published)


def report(
    agency: str, year: int, serial: int, published: datetime, *, full: bool = True
) -> Publication:
    """The report of an agency; one that is not ``full`` holds no text."""
    title = f"{agency}{year}年政府信息公开工作年度报告"
    files: tuple[Attachment, ...] = ()
    direct = year == 2022 and agency.endswith("民政局")
    if direct or (year == 2024 and agency.endswith("教育局")):
        files = (Attachment(FILE, f"{title}.pdf"),)
    if files:
        text = f"<p>{title}见附件。</p>"
    else:
        text = _inline(agency, year, title) if full else f"<p>{title}</p>"
    return Publication(serial, title, agency, (Edition(published, text, files),), direct=direct)


@cache
def _figures(agency: str) -> Any:
    return series(agency, YEARS, 20, 100)


def _inline(agency: str, year: int, title: str) -> str:
    return to_html(Report(title, Voice(agency, "本机关"), year, _figures(agency)[year]))


class ListedSite(PortalSite):
    """A portal whose list of reports has pages; a family says where they stand and how they lead on.

    ``lie`` is added to the number of rows that the site states.
    """

    def __init__(self, portal: Portal, lie: int = 0) -> None:
        super().__init__(portal)
        self.lie = lie

    def section_path(self, key: str) -> str:
        return f"/zwgk/{key}/"

    def attachment_path(
        self, section: str, publication: Publication, attachment: Attachment
    ) -> str:
        return f"/upload/{publication.serial}/{attachment.file}"

    def list_pages(self, section: str, now: datetime) -> Pages:
        return {}

    def total(self, section: str, now: datetime) -> int:
        """How many rows the site says there are."""
        return len(self.portal.listed(section, now)) + self.lie

    def last(self, section: str, now: datetime) -> int:
        """How many pages the site says there are."""
        return max(1, ceil(self.total(section, now) / self.portal.rows))

    def rows(self, section: str, now: datetime, number: int, size: int = 0) -> list[Publication]:
        """The rows of a page, counted from 1."""
        size = size or self.portal.rows
        return self.portal.listed(section, now)[(number - 1) * size : number * size]

    def items(self, section: str, rows: list[Publication], link: Callable[[str], str] = str) -> str:
        """Rows as items of a list: the text cut, the whole title in the attribute."""
        return "\n".join(
            f"<li>{page.link(link(self.row_link(section, row)), row.title[:20] + '...', title=row.title)}"
            f"<span>{row.shown:%Y-%m-%d}</span></li>"
            for row in rows
        )


class FileSite(ListedSite):
    """A portal whose list pages are files, each with a name of its own."""

    @abstractmethod
    def file(self, section: str, number: int, last: int) -> str:
        """The path of a page of a list."""

    @abstractmethod
    def list_page(self, section: str, now: datetime, number: int) -> Response:
        """A page of a list."""

    def list_pages(self, section: str, now: datetime) -> Pages:
        entries = len(self.portal.listed(section, now))
        exist = max(1, ceil(entries / self.portal.rows))
        last = self.last(section, now)
        return {
            self.file(section, number, last): lambda number=number: self.list_page(
                section, now, number
            )  # type: ignore[misc]
            for number in range(1, exist + 1)
        }


class Faulty:
    """A site that gives ``answer`` to the requests that ``when`` picks."""

    def __init__(self, site: Site, when: Callable[[Request], bool], answer: Response) -> None:
        self._site = site
        self._when = when
        self._answer = answer

    @property
    def host(self) -> str:
        return self._site.host

    def respond(self, request: Request, now: datetime) -> Response | None:
        return self._answer if self._when(request) else self._site.respond(request, now)


def data(value: Any, callback: str = "") -> Response:
    """An answer in JSON, or JSONP."""
    text = json.dumps(value, ensure_ascii=False)
    return Response(
        (f"{callback}({text})" if callback else text).encode(),
        media_type="application/json; charset=utf-8",
    )
