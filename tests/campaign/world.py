"""A world of a dozen agencies over two campaigns, each with another fate, and what is true of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from archive.clock import CHINA
from crawler.sampleweb.figures import series
from crawler.sampleweb.plan import moment
from crawler.sampleweb.publications import Edition, Portal, Publication
from crawler.sampleweb.refusals import ChallengeSite, DownSite
from crawler.sampleweb.report import Report, to_html
from crawler.sampleweb.static import StaticSite
from crawler.sampleweb.web import Request, Response, Site, text
from crawler.sampleweb.wording import Voice

YEARS = (2022, 2023, 2024)


@dataclass(frozen=True)
class Fate:
    """An agency with a site of its own, and when it publishes the report of each year.

    ``away`` are spans in which its site is down, ``blocked`` says that it asks for a browser always,
    ``withdrawn`` and ``replaced`` are moments by year, ``prints`` the year of the document under the link of a
    year, ``moved`` the new host and since when, ``renamed`` the new name and since when.
    """

    agency: str
    host: str
    published: Mapping[int, str]
    kind: str = "local_dept"
    away: tuple[str, str] | None = None
    blocked: bool = False
    withdrawn: Mapping[int, str] = field(default_factory=dict)
    replaced: Mapping[int, str] = field(default_factory=dict)
    prints: Mapping[int, int] = field(default_factory=dict)
    moved: tuple[str, str] | None = None
    renamed: tuple[str, str] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}/"

    def due(self, year: int) -> date:
        return date(year + 1, 3, 31) if self.kind == "region_gov" else date(year + 1, 1, 31)

    def right(
        self, year: int, on: date, pauses: Sequence[tuple[datetime, datetime]], slack: timedelta
    ) -> frozenset[str]:
        """What may be said of a year at the end of a day, known from the fate alone.

        ``pauses`` are when nobody looked; ``slack`` is how long a visit may let itself be waited for while
        a report is owed. As long as it may be on its way, what was right before is right as well.
        """
        due, end = self.due(year), _night_after(self.due(year))
        out = moment(self.published[year]) if year in self.published else None
        hidden = [*pauses, *([(moment(self.away[0]), moment(self.away[1]))] if self.away else [])]
        night = _night_after(on)
        told = {"not_due" if on <= due else "unknown"}
        if self.blocked:
            # Who refuses is asked monthly, due day or not.
            refused = frozenset({"blocked"}) if on > due else frozenset()
            return refused if on > due + timedelta(days=32) else refused | told
        # What is known of its absence after the due day, before it is seen.
        proof = _open(end, hidden)
        if on > due and (out is None or proof < out):
            sure = night > proof + (slack if proof > end else timedelta(hours=12))
            told = {"missing"} if sure else told | {"missing"}
        if out is None or out >= night:
            return frozenset(told)
        seen = _open(max(out, _begin(year)), hidden)
        final = "on_time" if seen < end else "on_time_claimed" if out < end else "late"
        longer = max(slack, (seen - end) / 4) if seen >= end else slack
        if (seen < end <= night) or night > seen + longer + _DAY:
            told = set()
        return frozenset({*told, final})


_DAY = timedelta(days=1)


def _night_after(day: date) -> datetime:
    return datetime.combine(day + _DAY, time(), CHINA)


def _begin(year: int) -> datetime:
    """Reports that are early are not looked for before the season."""
    return moment(f"{year + 1}-01-05 00:00")


def _open(at: datetime, hidden: Sequence[tuple[datetime, datetime]]) -> datetime:
    """The first moment from ``at`` on in none of the spans ``hidden``."""
    for begin, end in sorted(hidden):
        if begin <= at < end:
            at = end
    return at


def _fate(name: str, host: str, first: str, second: str, **more: object) -> Fate:
    published = {2022: "2023-01-12 10:00", 2023: first, 2024: second}
    given = {year: at for year, at in published.items() if at}
    return Fate(f"示例市{name}", f"{host}.shili.gov.test", given, **more)  # type: ignore[arg-type]


FATES = (
    _fate("教育局", "jyj", "2024-01-15 10:00", "2025-01-25 10:00"),
    _fate("民政局", "mzj", "2024-02-20 09:00", "2025-01-31 22:00"),
    _fate("财政局", "czj", "", "2025-02-20 10:00"),
    _fate("司法局", "sfj", "2024-01-11 10:00", "", withdrawn={2023: "2024-03-05 10:00"}),
    _fate(
        "水务局",
        "swj",
        "2024-01-16 10:00",
        "2025-01-08 09:00",
        replaced={2023: "2024-05-06 10:00"},
    ),
    _fate("商务局", "shwj", "2024-01-17 10:00", "2025-01-07 10:00", prints={2023: 2022}),
    _fate(
        "体育局",
        "tyj",
        "2024-01-30 10:00",
        "2025-01-09 10:00",
        away=("2024-01-28 00:00", "2024-02-05 00:00"),
    ),
    _fate("税务局", "shuiwu", "2024-01-10 10:00", "2025-01-10 10:00", blocked=True),
    _fate(
        "统计局",
        "tjj",
        "2024-01-12 10:00",
        "2025-01-06 10:00",
        moved=("tongji.shili.gov.test", "2024-09-02 00:00"),
    ),
    _fate(
        "环境保护局",
        "hbj",
        "2024-01-13 10:00",
        "2025-01-07 11:00",
        renamed=("示例市生态环境局", "2024-10-08 00:00"),
    ),
    Fate(
        "示例市演示县人民政府",
        "www.yanshi.gov.test",
        {2022: "2023-03-20 10:00", 2023: "2024-03-25 10:00"},
        kind="region_gov",
    ),
)


@dataclass(frozen=True)
class Changing:
    """A host that is another site from time to time."""

    host: str
    choose: Callable[[datetime], Site]

    def respond(self, request: Request, now: datetime) -> Response | None:
        return self.choose(now).respond(request, now)


@dataclass(frozen=True)
class Moved:
    """What is left of a site that moved: every address leads to the new start page."""

    host: str
    target: str

    def respond(self, request: Request, now: datetime) -> Response:
        return text("Moved", 301, ("Location", f"http://{self.target}/"))


def sites() -> list[Site]:
    """The hosts of the world."""
    found: list[Site] = []
    for number, fate in enumerate(FATES):
        found.append(Changing(fate.host, _chooser(fate, number)))
        if fate.moved:
            found.append(StaticSite(_portal(fate, number, fate.moved[0])))
    return found


def _chooser(fate: Fate, number: int) -> Callable[[datetime], Site]:
    whole = StaticSite(_portal(fate, number, fate.host))
    gone = {year: moment(at) for year, at in fate.withdrawn.items()}
    less = StaticSite(_portal(fate, number, fate.host, without=list(gone)))

    def choose(now: datetime) -> Site:
        if fate.blocked:
            return ChallengeSite(fate.host)
        if fate.away and moment(fate.away[0]) <= now < moment(fate.away[1]):
            return DownSite(fate.host)
        if fate.moved and now >= moment(fate.moved[1]):
            return Moved(fate.host, fate.moved[0])
        return less if any(now >= at for at in gone.values()) else whole

    return choose


def _portal(fate: Fate, number: int, host: str, without: Sequence[int] = ()) -> Portal:
    publications = tuple(
        _publication(fate, year, 70000 + 100 * number + year - YEARS[0])
        for year in fate.published
        if year not in without
    )
    return Portal(host, fate.agency, fate.agency, f"99010000{number + 10:02d}", publications)


def _publication(fate: Fate, year: int, serial: int) -> Publication:
    at = moment(fate.published[year])
    name = fate.agency
    if fate.renamed and at >= moment(fate.renamed[1]):
        name = fate.renamed[0]
    title = f"{name}{year}年政府信息公开工作年度报告"
    editions = [Edition(at, _document(fate, name, year, 0))]
    if year in fate.replaced:
        editions.append(Edition(moment(fate.replaced[year]), _document(fate, name, year, 19)))
    return Publication(serial, title, name, tuple(editions))


def _document(fate: Fate, name: str, year: int, more: int) -> str:
    printed = fate.prints.get(year, year)
    government = fate.kind == "region_gov"
    voice = Voice(name, "全县各级行政机关" if government else "本局", government=government)
    figures = dict(series(fate.agency, YEARS, 30, 200)[printed])
    figures["art20_5.licences.decisions"] += more
    return to_html(
        Report(f"{name}{printed}年政府信息公开工作年度报告", voice, printed, figures, 100 + printed)
    )
