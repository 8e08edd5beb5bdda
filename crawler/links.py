"""Which link leads to the column of annual reports, and whether a page is that column.

Evidence in the order of its weight: the national names of the column (国办公开办函〔2019〕61号 and the
``ColumnType`` of 国办发〔2017〕47号), the neighbours it must stand beside, the titles of the rows, the
slugs of the address. Guessing addresses comes last and must be confirmed by the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from crawler.pages import Link, Page, join, path_of, twin_key
from crawler.titles import column_year
from extract.characters import simplify
from extract.identity import parse_title

_COLUMN = re.compile(
    r"^(?:.{0,20}(?:人民政府|办公室|局|委员会|委|厅|乡|镇|街道|市|县|区|省))?"
    r"(?:20\d\d年?度?)?(?:(?:政府|政务)?信息公开(?:工作)?(?:年度?报|年度(?:工作)?报告|工作报告|年报汇总)"
    r"|政府信息年度公开)(?:专栏|栏目)?$"
)
_SHORT = re.compile(r"^(?:公开|工作)?(?:年报|年度报告|年报汇总|公开年报|工作年报|年度公开)$")
_PARENTS = (
    (re.compile(r"^(?:法定|基层)?政府信息公开(?:专栏|平台|专题|目录|栏目)?$"), 60),
    (re.compile(r"政府信息公开(?:专栏|平台)?"), 45),
    (re.compile(r"^信息公开(?:专栏|目录|平台)?$"), 44),
    (re.compile(r"^政务公开(?:专栏|平台)?$"), 42),
    (re.compile(r"(?:信息|政务)公开"), 30),
    (re.compile(r"^(?:公开|政务|政府信息)$"), 22),
)
_NEIGHBOURS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:信息)?公开指南",
        r"(?:信息)?公开制度",
        r"法定主动公开(?:内容)?",
        r"依申请公开",
    )
)
_SITE_MAP = re.compile(r"^(?:网站|站点)(?:地图|导航)$")
_WRONG = re.compile(
    r"网站.{0,8}(?:年报|年度|报表)|报表|法治政府|依法行政|企业|社会组织|市场主体|统计|预算|决算|财政|审计|环境|"
    r"公共企事业|事业单位|通知|解读|图解|下载|登录|注册|English|手机|无障碍|公报|意见箱|申请表"
)
_SLUG = re.compile(
    r"^(?:gk|xxgk|zfxxgk|zfxxgkgz|szf|zwgk|xxgkgz)?(?:nb|ndbg|nianbao)s?z?(?:_gknbz)?[_-]?\w{0,7}$|^nb_\w+$|"
    r"^20\d\d(?:ndbg|nb|xxgknb|n)\w{0,4}$|^annualreport$|gknbz?$|^gknb",
    re.I,
)
_PARENT_SLUG = re.compile(
    r"^(?:zfxxgk(?:zl|pt|ml)?|xxgk(?:zl)?|zwgk|gongkai|openness)[_-]?\d*$", re.I
)
_SUBCOLUMN = re.compile(
    r"^(?!政府信息公开)(?:(?:各|市|县|区|省|州)?(?:直|属|级)?(?:政府)?(?:部门|工作部门|乡镇|镇乡|街道|镇街|乡镇街道|街镇|区县|县区|县市区|市州|地市|单位|机关"
    r"|直属单位|派出机构|垂管部门|开发区|园区|街办|办事处|地区|本级|人民政府|政府))+(?:\(.*\)|（.*）)?"
    r"(?P<name>(?:政府)?(?:信息公开)?(?:年报|年度报告))?$"
)

_PAST = re.compile(
    r"^(?:查看)?(?:往年|历年|往期|以往|历史|以前年度)度?的?"
    r"(?P<name>(?:政府|政务)?(?:信息公开)?(?:工作)?(?:年报|年度报告|报告))?(?:汇总|列表|查询|查看)?[>»+]*$"
)
_MORE = re.compile(r"^(?:查看)?更多(?:年报|年度报告|信息|>|»|\+)*$|^more[>»+]*$", re.I)

SIBLINGS = (
    ("zfxxgkzn", "zfxxgknb"),
    ("xxgkzn", "xxgknb"),
    ("zfxxgkzd", "zfxxgknb"),
    ("xxgkzd", "xxgknb"),
    ("fdzdgknr", "xxgknb"),
    ("fdzdgknr", "zfxxgknb"),
)
"""Slugs of the neighbours and what stands in their place in the column's address (site guide §3.5)."""
_SIBLING_KINDS = (
    (re.compile(r"(/public/column/\d+\?(?:[^#]*&)?type=)[124](?=&|$)"), r"\g<1>3"),
    (re.compile(r"([?&]gk=)[123](?=&|$)"), r"\g<1>4"),
    (re.compile(r"(/gkmlpt/)(?:guide|policy|index)(?=$|[?#])"), r"\g<1>annualreport"),
)
"""Programs that take the neighbours and the column by number or by name."""

COLUMN, WEAK = 100, 20
"""Scores: of a link that names the column; under which links are not followed."""


_LOCATION = re.compile(r"<loc>\s*([^<\s]{8,500})\s*</loc>", re.I)
MAX_LOCATIONS = 50_000
MAX_GUESSES = 5


def squeeze(text: str) -> str:
    """A label without spaces, brackets and the marks that menus put round it."""
    return re.sub(r"^[\s>\-·•|【\[]+|[\s>\-·•|】\]]+$|\s+", "", simplify(text))


def score(link: Link) -> int:
    """How much a link promises to lead to the column, 0 to 120."""
    label = squeeze(link.label)
    if not label and not link.frame:
        return 0
    if len(label) > 40 or _WRONG.search(label) or parse_title(label).kind == "report":
        return 0
    points = 0
    if is_column_name(label):
        points = COLUMN
    elif _SHORT.match(label):
        points = 75
    else:
        points = next((worth for pattern, worth in _PARENTS if pattern.search(label)), 0)
        if not points and any(pattern.search(label) for pattern in _NEIGHBOURS):
            points = 28
        elif not points and _SITE_MAP.match(label):
            points = WEAK
    slugs = [part for part in path_of(link.url).lower().split("/") if part]
    if slugs and any(_SLUG.match(re.sub(r"\.\w+$", "", slug)) for slug in slugs[-2:]):
        points += 18
    elif points and slugs and any(_PARENT_SLUG.match(slug) for slug in slugs[-2:]):
        points += 4
    if link.frame:
        points = max(points, WEAK)
    return points


def in_site_map(text: str) -> list[Link]:
    """The addresses of a ``sitemap.xml`` whose last parts are slugs of the column, the shortest first."""
    found = []
    for address in _LOCATION.findall(text)[:MAX_LOCATIONS]:
        url = join(address, unescape(address))
        slugs = [part for part in path_of(url).lower().split("/") if part] if url else []
        if (url and slugs and _SLUG.match(re.sub(r"^index\.\w+$|\.\w+$", "", slugs[-1]))) or (
            url and len(slugs) > 1 and slugs[-1].startswith("index.") and _SLUG.match(slugs[-2])
        ):
            found.append(Link(url, ""))
    return sorted(found, key=lambda link: len(link.url))[:MAX_GUESSES]


def is_column_name(text: str) -> bool:
    """Whether ``text`` is a name of the column itself (政府信息公开年报 and its variants)."""
    return bool(_COLUMN.match(squeeze(text)))


def neighbours(links: Iterable[Link]) -> int:
    """How many of the column's national neighbours a page links (指南, 制度, 法定主动公开内容, 依申请公开)."""
    labels = [squeeze(link.label) for link in links]
    return sum(any(pattern.search(label) for label in labels) for pattern in _NEIGHBOURS)


_ORGAN = re.compile(
    r"/public/column/(\d+)|/public/(\d+)/\d+\.html|/showList/(\d+)/|//[^/]+/([^/?#]+)/gkmlpt(?:/|$)"
    r"|/govxxgk/(\w{18})/|[?&](?:area|vc_xxgkarea|deptcode|organid|organcode|orgcode|depid|deptid|unitcode)=([\w-]+)",
    re.I,
)


def organ_of(url: str) -> str | None:
    """Which agency of a shared host an address belongs to (site guide §6), None if it does not tell."""
    found = _ORGAN.search(url)
    return next(filter(None, found.groups())).lower() if found else None


def home_of(url: str) -> tuple[str, str]:
    """The host and the directory of a site's start page: what stands below is the site's own."""
    parts = urlsplit(url)
    head, _slash, last = parts.path.rpartition("/")
    directory = f"{head}/" if "." in last or not last else f"{parts.path}/"
    return (parts.hostname or "").removeprefix("www."), directory


def stands_in(url: str, home: str) -> bool:
    """Whether an address lies in the site whose start page is ``home``: its host, its directory and,
    where the address tells, its organ.
    """
    host, directory = home_of(home)
    there = (urlsplit(url).hostname or "").removeprefix("www.") == host
    organ = organ_of(home)
    if organ is not None:
        return there and organ_of(url) == organ
    return there and urlsplit(url).path.startswith(directory)


def is_kind_of_agency(label: str) -> bool:
    """Whether a label names no body but a kind of them (市直部门, 各乡镇)."""
    return bool(_SUBCOLUMN.match(label))


def siblings(links: Iterable[Link]) -> list[Link]:
    """Addresses guessed from those of neighbours; a page must confirm them."""
    guesses: dict[str, Link] = {}
    for link in links:
        if not any(pattern.search(squeeze(link.label)) for pattern in _NEIGHBOURS):
            continue
        for slug, other in SIBLINGS:
            if f"/{slug}/" in link.url:
                guessed = link.url.replace(f"/{slug}/", f"/{other}/")
                directory = guessed[: guessed.index(f"/{other}/") + len(other) + 2]
                guesses.setdefault(directory, Link(directory, ""))
        for pattern, other in _SIBLING_KINDS:
            guessed, times = pattern.subn(other, link.url, count=1)
            if times:
                guesses.setdefault(guessed, Link(guessed, ""))
    return list(guesses.values())


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a page being the column.

    ``named``: the page calls itself so; ``led``: a link of that name, the register or an earlier visit
    led here; ``neighbours``: how many national neighbours it links; ``reports``: rows that are reports;
    ``points_on``: a link of the column's name leads to another page.
    """

    named: bool
    led: bool
    neighbours: int
    reports: int
    points_on: bool = False

    @property
    def strong(self) -> bool:
        """Enough to prove an absence with: the page says what it is and something else agrees, or it
        was pointed out by its name and shows reports. A page that only shows reports may be the parent
        of the column with its latest entries.
        """
        if self.named:
            return self.led or self.neighbours >= 2 or self.reports > 0
        return self.led and self.reports > 0 and not self.points_on

    @property
    def any(self) -> bool:
        """Whether the page may be the column at all."""
        return self.named or self.reports > 1 or (self.reports > 0 and self.led)


def evidence(page: Page, reports: int, led: bool) -> Evidence:
    """What speaks for ``page``, which shows ``reports`` rows that are reports."""
    here = twin_key(page.url)
    points_on = any(
        is_column_name(link.label) and twin_key(link.url) != here for link in page.links
    )
    return Evidence(names_itself(page), led, neighbours(page.links), reports, points_on)


def names_itself(page: Page) -> bool:
    """Whether a page calls itself the column: in its meta tags, its title or its first heading.

    Other headings do not count: parents of the column show its latest entries in a box of that name.
    """
    if "articletitle" in page.meta:
        return False
    for value in re.split(r"[,，;；、\s]+", page.meta.get("columntype", "")):
        if value in ("信息公开年报", "政府信息公开年报") or is_column_name(value):
            return True
    if page.meta.get("columnname"):
        return is_column_name(page.meta["columnname"])
    h1 = " ".join(" ".join(page.selector.xpath("(//h1)[1]//text()").getall()[:20]).split())
    names = [h1, *re.split(r"[_\-|—–]", page.title)[:2]]
    return any(is_column_name(name) for name in names if len(name) < 60)


def is_rest(label: str) -> bool:
    """Whether a label leads to what a list does not show itself: all of it (更多), or former years (往年年报)."""
    return bool(_MORE.match(label) or _PAST.match(label))


def is_past(label: str) -> bool:
    """Whether a label leads to the reports of former years, by the name of reports (往年年报)."""
    found = _PAST.match(squeeze(label)[:40])
    return bool(found and found["name"])


def subcolumns(page: Page, column_url: str) -> list[tuple[Link, int | None]]:
    """Links to parts of the column, by year or by kind of agency, with the year they are named after.

    A part is named after a year, on the same site; or after a kind of agency, below the column's
    address, or anywhere if it repeats the column's name (部门年报); or it is the whole of a list of which the
    page shows the beginning (更多), or the years that the page shows no more (往年年报). A year's page may be one
    of several tabs: what stands on the others would be called missing if they were not read.
    """
    root = _directory(column_url)
    beside = root.rstrip("/").rpartition("/")[0] + "/"
    host = urlsplit(column_url).hostname
    found: dict[str, tuple[Link, int | None]] = {}
    for link in page.links:
        label = squeeze(link.label)
        if not label or len(label) > 30 or _WRONG.search(label):
            continue
        if parse_title(label).kind == "report" and not _PAST.match(label):
            continue  # A row; if it leads to a list, the reading of reports finds out.
        organ = organ_of(column_url)
        if link.url == root or (organ is not None and organ_of(link.url) not in (None, organ)):
            continue
        year = column_year(label)
        kind = _SUBCOLUMN.match(label) or _PAST.match(label)
        if urlsplit(link.url).hostname != host and not (kind and kind["name"]):
            continue
        near = link.url.startswith(root) or bool(kind and kind["name"])
        near = near or (is_rest(label) and link.url.startswith(beside))
        if year is not None or ((kind or is_rest(label)) and near):
            found.setdefault(link.url, (link, year))
    return list(found.values())


def _directory(url: str) -> str:
    """The directory an address stands in, or is."""
    head, _slash, last = url.partition("?")[0].rpartition("/")
    return f"{head}/" if "." in last or not last else f"{url}/"
