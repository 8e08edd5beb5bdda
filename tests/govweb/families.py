"""Every family as it should be and as it fails: the sites of the test web."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

from crawler.sampleweb.publications import Portal
from crawler.sampleweb.web import Request, Response, Site, text
from govweb.aspnet import AspNetSite
from govweb.epoint import EpointSite
from govweb.gkmlpt import GkmlptJump, GkmlptSite
from govweb.hebei import HebeiSite
from govweb.jpaas import JpaasSite
from govweb.lonsun import LonsunSite
from govweb.nfcms import NfcmsSite
from govweb.openness import OpennessSite
from govweb.past import PastSite
from govweb.portals import BUREAUS, Faulty, portal
from govweb.programs import AspxSite, EportalSite, JspSite
from govweb.searches import CatalogueSite, IgsSite
from govweb.truecms import TrueCmsSite
from govweb.ucap import UcapFiles, UcapProgram, UcapTree
from govweb.vsb import VsbSite

Make = Callable[[Portal, int], Site]


@dataclass(frozen=True)
class Family:
    """A kind of site: how it is made of a portal and a lie about its rows, and which requests bring
    its second page and what its script asks (None where the page shows rows itself)."""

    name: str
    platform: str
    make: Make
    second: Callable[[Request], bool]
    program: Callable[[Request], bool] | None = None


@dataclass(frozen=True)
class Place:
    """A place of the test web: an address, what is true of it, and what is wrong with the site."""

    family: Family
    url: str
    portal: Portal
    fault: str = ""


def _path(part: str) -> Callable[[Request], bool]:
    return lambda request: part in request.path


def _asks(name: str, value: str) -> Callable[[Request], bool]:
    return lambda request: request.query.get(name) == value


def _lonsun(portal: Portal, lie: int) -> Site:
    half = len(BUREAUS) // 2
    return LonsunSite(
        portal,
        {
            1681: _of(portal, BUREAUS[:half], "人民政府办公室"),
            1702: _of(portal, BUREAUS[half:], "政务公开办公室"),
        },
        lie,
    )


def _of(whole: Portal, bureaus: tuple[str, ...], organiser: str) -> Portal:
    kept = tuple(entry for entry in whole.reports if entry.source.endswith(bureaus))
    return replace(whole, reports=kept, organiser=organiser)


FAMILIES = (
    Family("ucapfiles", "ucap", UcapFiles, _path("common_list_2")),
    Family("ucapjson", "ucap", UcapProgram, _asks("page", "2"), _path("/common/search/")),
    Family("ucaptree", "ucap", UcapTree, _asks("page", "2"), _path("/common/getChannelList")),
    Family(
        "catalogue",
        "catalogue",
        CatalogueSite,
        lambda r: r.form.get("currpage") == "2",
        _path("/module/xxgk/search.jsp"),
    ),
    Family("igs", "igs", IgsSite, _asks("pageNumber", "2"), _path("/igs/front/")),
    Family(
        "lonsun",
        "lonsun",
        _lonsun,
        _asks("pageIndex", "2"),
        lambda r: "/public/column/1702" in r.path and r.query.get("type") == "3",
    ),
    Family("gkmlpt", "gkmlpt", GkmlptSite, _asks("page", "2"), _path("/gkmlpt/api/")),
    Family("gkmlptjump", "gkmlpt", GkmlptJump, _path("/index_2.html"), _path("/zwgk/annual/")),
    Family("nfcms", "nfcms", NfcmsSite, _path("/index_2.html")),
    Family("vsb", "vsb", VsbSite, _path("/annual/3.htm")),
    Family("openness", "openness", OpennessSite, _path("/996/0/page_2.html")),
    Family(
        "xxgknb",
        "openness",
        lambda portal, lie: OpennessSite(portal, lie, "Xxgknb"),
        _path("/996/0/page_2.html"),
    ),
    Family("epoint", "epoint", EpointSite, lambda r: '"pageIndex": 1' in r.body, _path("getgovinfolist")),
    Family(
        "epoint1",
        "epoint",
        lambda portal, lie: EpointSite(portal, lie, base=1),
        lambda r: '"pageIndex": 2' in r.body,
        _path("webBuilderCommon"),
    ),
    Family("truecms", "truecms", TrueCmsSite, _asks("startrecord", "7")),
    Family("jpaas", "jpaas", JpaasSite, lambda r: '"pageNo":2' in r.query.get("paramJson", ""), _path("/build/unit")),
    Family("hebei", "hebei", HebeiSite, _asks("page", "2")),
    Family("eportal", "eportal", EportalSite, _asks("currentPage", "2")),
    Family("aspnet", "aspnet", AspNetSite, lambda r: r.form.get("__EVENTARGUMENT") == "2"),
    Family(
        "aspnetnext",
        "aspnet",
        lambda portal, lie: AspNetSite(portal, lie, numbers=False),
        lambda r: r.method == "POST",
    ),
    Family("aspx", "aspnet", AspxSite, _asks("page", "2")),
    Family("jsp", "jsp", JspSite, _asks("cur_page", "2")),
    Family("past", "generic", PastSite, _path("/wnzl/wnnb/")),
)  # fmt: skip

LINKED = frozenset({"vsb", "aspnet", "aspnetnext", "past"})
"""Families whose pages can be reached by what their pager links and in no other way, by anybody."""

FAULTS: dict[str, tuple[int, Response | None]] = {
    "broken": (0, text("Internal Server Error", 500)),
    "lying": (9, None),
    "mute": (0, text("Not Found", 404)),
    "modest": (-19, None),
}
"""The second page fails; more rows are stated than there are; the program behind the page is gone; fewer
rows are stated than there are, as many as a page holds."""


def sites() -> tuple[list[Site], list[Place]]:
    """The sites of the web and the places on them."""
    made: list[Site] = []
    places: list[Place] = []
    numbers = count()
    for family in FAMILIES:
        for fault in ("", *FAULTS):
            if fault == "mute" and family.program is None:
                continue
            if fault == "modest" and family.name in LINKED:
                continue
            host = f"{fault or 'good'}.{family.name}.gov.test"
            whole = portal(host, next(numbers) % 20)
            lie, answer = FAULTS.get(fault, (0, None))
            site = family.make(whole, lie)
            if answer is not None:
                site = Faulty(
                    site, (family.program if fault == "mute" else None) or family.second, answer
                )
            made.append(site)
            if family.name == "lonsun":
                organs = _organs(family.make(whole, lie))
                places += [
                    Place(
                        family,
                        f"http://{host}/public/column/{organ}?type=4&action=list",
                        one,
                        fault,
                    )
                    for organ, one in organs.items()
                    if fault != "mute" or organ == 1702  # The other one's column is in order.
                ]
            else:
                places.append(Place(family, f"http://{host}/", whole, fault))
    return made, places


def _organs(site: Site) -> dict[int, Portal]:
    assert isinstance(site, LonsunSite)
    return site.organs
