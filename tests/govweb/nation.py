"""A small nation of government sites: every family, with what happens on real ones, and the truth about it.

Cities carry their departments on one host, on paths of it, under the number of an organ, or on hosts of
their own to which the city's yearly page leads. Sites are down, ask for a browser or forbid us; lists
break off; columns hold look-alikes; rows and links lead to copies on hosts that are no government's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count, cycle, product

from crawler.sampleweb import page
from crawler.sampleweb.plan import moment
from crawler.sampleweb.publications import Edition, Portal, Publication
from crawler.sampleweb.refusals import ChallengeSite, DownSite
from crawler.sampleweb.static import StaticSite
from crawler.sampleweb.trs import TrsSite
from crawler.sampleweb.web import Request, Response, Site, html, text
from govweb.families import FAMILIES, LINKED, Family
from govweb.lonsun import LonsunSite
from govweb.portals import BUREAUS, ROWS, Faulty, report

YEARS = (2020, 2021, 2022, 2023, 2024)
OFFICES = (
    *BUREAUS,
    *("水务局", "司法局", "交通运输局", "农业农村局", "卫生健康委员会", "应急管理局"),
)
MIRROR = "www.gov-news.example"
_FIRST = "临丰安平东新永长大金青万双柳白高石龙云海"
_SECOND = "清和宁桥湾岭泉坪塘沙"


@dataclass(frozen=True)
class Body:
    """An agency of the nation. ``published`` has the moment of each year's report; ``seen`` tells whether
    anybody may see it there: the site answers, allows us and shows its list."""

    name: str
    kind: str
    home: str
    parent: str
    published: dict[int, datetime]
    seen: bool
    state: str

    def visible(self, at: datetime) -> set[tuple[str, int]]:
        """The reports that a visitor finds at a moment."""
        there = {year for year, day in self.published.items() if day <= at}
        return {(self.name, year) for year in there} if self.seen else set()


@dataclass(frozen=True)
class Nation:
    """Its sites, its bodies, and the hosts that forbid us."""

    sites: list[Site]
    bodies: list[Body]
    forbidding: frozenset[str]

    def register(self) -> list[dict[str, str]]:
        """The register of agencies; those without a site of their own leave it to their superior."""
        return [
            {"name": b.name, "kind": b.kind, "home_url": b.home, "parent": b.parent}
            for b in self.bodies
        ]


class Forbidding:
    """A site whose robots.txt wants nobody."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @property
    def host(self) -> str:
        return self._site.host

    def respond(self, request: Request, now: datetime) -> Response | None:
        if request.path == "/robots.txt":
            return text("User-agent: *\nDisallow: /")
        return self._site.respond(request, now)


class HubSite(TrsSite):
    """A city whose column has a page a year, in which departments are names that lead to their own hosts,
    and one row whose document stands on a host that is no government's."""

    def __init__(self, portal: Portal, others: dict[str, Portal]) -> None:
        super().__init__(portal)
        self.others = others

    def service(self, request: Request, now: datetime) -> Response | None:
        column = self.section_path("annual")
        if request.path == column:
            own = "".join(
                f"<li>{page.link(self.row_link('annual', row), row.title)}<span>{row.shown:%Y-%m-%d}</span></li>"
                for row in self.portal.listed("annual", now)
            )
            years = "".join(
                f"<li>{page.link(f'{column}y{year}/', f'{year}年')}</li>" for year in YEARS
            )
            links = f"<p>{page.link(f'http://{MIRROR}/{self.host}{column}', '更多年报')}</p>"
            return html(self.frame("annual", f"<ul>{own}</ul><ul>{years}</ul>{links}"))
        for year in YEARS:
            if request.path == f"{column}y{year}/":
                return html(
                    self.frame("annual", f"<h1>{year}年</h1><ul>{self._names(year, now)}</ul>")
                )
        return None

    def _names(self, year: int, now: datetime) -> str:
        rows = []
        for office, portal in self.others.items():
            site = StaticSite(portal)
            for row in portal.listed("annual", now):
                if f"{year}年政府信息公开" in row.title:
                    url = f"http://{site.host}{site.row_link('annual', row)}"
                    rows.append(f"<li>{page.link(url, office)}</li>")
        return "".join(rows) or "<li>暂无数据</li>"


def build(cities: int) -> Nation:
    """A nation of ``cities``; the same number gives the same nation."""
    sites: list[Site] = []
    bodies: list[Body] = []
    forbidding: set[str] = set()
    names = _names()
    families = cycle(FAMILIES)
    states = cycle(_STATES)
    for number in range(cities):
        state = next(states)
        if state == "hub":
            made, people = _hub(next(names), number)
        else:
            made, people = _city(next(names), number, next(families), state)
        if state == "forbidden":
            forbidding |= {site.host for site in made}
        sites += made
        bodies += people
    return Nation(sites, bodies, frozenset(forbidding))


_STATES = (
    *("", "", "hub", "", "broken", "", "", "down", "", "", "modest"),
    *("", "", "blocked", "", "hub", "", "", "mute", "", "forbidden", ""),
)
"""What is the matter with one city after the other; with most of them, nothing."""


def _names() -> Iterator[str]:
    # Not in the order of the first character: neighbours should not look alike.
    return (f"{first}{second}市" for second, first in product(_SECOND, _FIRST))


def _published(number: int) -> dict[int, datetime]:
    """When the body of this number published: most in time, some late, some not at all for 2024."""
    days = {
        year: moment(f"{year + 1}-01-{8 + number % 20:02d} 09:{number % 60:02d}") for year in YEARS
    }
    if number % 17 == 5:
        days[2024] = moment("2025-02-19 10:00")
    if number % 23 == 7:
        del days[2024]
    if number % 13 == 3:
        days = {year: day for year, day in days.items() if year > 2021}
    return days


def _entries(agency: str, days: dict[int, datetime], serials: Iterator[int]) -> list[Publication]:
    entries = []
    for year, day in days.items():
        made = report(agency, year, next(serials), day, full=year == 2024)
        entries.append(made)
    return entries


def _lookalikes(city: str, serials: Iterator[int]) -> list[Publication]:
    titles = (
        "{city}司法局{year}年法治政府建设年度报告",
        "{city}人民政府{year}年政府网站工作年度报表",
        "关于做好{city}{year}年政府信息公开工作年度报告编制工作的通知",
    )
    return [
        Publication(
            next(serials),
            title.format(city=city, year=year),
            f"{city}司法局",
            (Edition(moment(f"{year + 1}-01-18 09:00"), "<p>略。</p>"),),
        )
        for year in YEARS
        for title in titles[: 1 + year % 3]
    ]


def _portal(
    host: str, city: str, number: int, entries: list[Publication], rows: int = 20
) -> Portal:
    return Portal(
        host,
        f"{city}人民政府",
        f"{city}人民政府办公室",
        f"9{number:05d}0001",
        tuple(entries),
        rows=rows,
    )


def _body(
    city: str, office: str, home: str, days: dict[int, datetime], state: str, own: bool
) -> Body:
    government = office == "人民政府"
    return Body(
        f"{city}{office}",
        "region_gov" if government else "local_dept",
        home if own or government else "",
        "" if government else f"{city}人民政府",
        days,
        state not in ("down", "blocked", "forbidden"),
        state,
    )


def _city(city: str, number: int, family: Family, state: str) -> tuple[list[Site], list[Body]]:
    host = f"c{number:03d}.{family.name}.gov.test"
    serials = count(40000 + 1000 * number)
    bodies, entries = [], []
    for index, office in enumerate(OFFICES):
        days = _published(10 * number + index)
        entries += _entries(f"{city}{office}", days, serials)
        bodies.append(_body(city, office, f"http://{host}/", days, state, own=False))
    # The faults are those of lists with short pages.
    rows = ROWS if state in ("broken", "mute") else 12 + number % 9
    portal = _portal(host, city, number, [*entries, *_lookalikes(city, serials)], rows)
    understates = state == "modest" and family.name not in LINKED
    lie = portal.rows - len(portal.reports) if understates else 0
    if family.name == "lonsun":
        return _organs(city, host, portal, bodies, state)
    site = family.make(portal, lie)
    if state == "broken":
        site = Faulty(site, family.second, text("Internal Server Error", 500))
    elif state == "mute":
        site = Faulty(site, family.program or family.second, text("Not Found", 404))
    return [_refusing(site, state)], bodies


def _refusing(site: Site, state: str) -> Site:
    if state == "down":
        return DownSite(site.host)
    if state == "blocked":
        return ChallengeSite(site.host)
    return Forbidding(site) if state == "forbidden" else site


def _organs(
    city: str, host: str, portal: Portal, bodies: list[Body], state: str
) -> tuple[list[Site], list[Body]]:
    """Every body a number of one platform, with a column of its own."""
    organs, moved = {}, []
    for number, body in enumerate(bodies, start=1601):
        own = tuple(entry for entry in portal.reports if entry.source == body.name)
        organs[number] = replace(portal, reports=own, organiser=body.name)
        home = f"http://{host}/public/column/{number}?type=4&action=list"
        moved.append(replace(body, home=home))
    return [_refusing(LonsunSite(portal, organs), state)], moved


def _hub(city: str, number: int) -> tuple[list[Site], list[Body]]:
    host = f"www.h{number:03d}.gov.test"
    serials = count(40000 + 1000 * number)
    days = _published(10 * number)
    bodies = [_body(city, "人民政府", f"http://{host}/", days, "hub", own=True)]
    sites: list[Site] = []
    others: dict[str, Portal] = {}
    for index, office in enumerate(OFFICES[1:], start=1):
        own = f"d{index}.h{number:03d}.gov.test"
        then = _published(10 * number + index)
        entries = _entries(f"{city}{office}", then, serials)
        others[office] = replace(
            _portal(own, city, number, entries),
            name=f"{city}{office}",
            site_code=f"9{number:05d}{index:04d}",
        )
        # Some hosts of departments do not answer: then only the city's page tells of their reports.
        state = "down" if index % 9 == 8 else "hub"
        sites.append(DownSite(own) if state == "down" else StaticSite(others[office]))
        bodies.append(_body(city, office, f"http://{own}/", then, "hub", own=True))
    entries = _entries(f"{city}人民政府", days, serials)
    portal = _portal(host, city, number, [*entries, *_lookalikes(city, serials)])
    return [HubSite(portal, others), *sites], bodies
