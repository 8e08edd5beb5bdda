"""What is true of the sample web, for tests of the whole product to compare with."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from archive.clock import china_day
from crawler.sampleweb import AGENCIES_CSV
from crawler.sampleweb.content import sample_sites
from crawler.sampleweb.figures import Figures
from crawler.sampleweb.plan import PLANS, YEARS, Form, Plan, moment
from crawler.sampleweb.refusals import ChallengeSite, DownSite


@dataclass(frozen=True, slots=True)
class Truth:
    """One agency and report year.

    ``site`` is ``open``, ``down`` or ``blocked``. ``published`` is the moment the report went out,
    None where it never did or nobody can see it; ``shown`` the time the site prints. ``content`` is
    the content status of an audit once the report has been read: ``complete``, ``inconsistent``,
    ``wrong_document`` or None. ``printed_year`` is the year the document itself names.
    """

    agency: str
    kind: str
    year: int
    due: date
    host: str
    site: str
    title: str | None = None
    published: datetime | None = None
    shown: datetime | None = None
    replaced: datetime | None = None
    form: Form | None = None
    content: str | None = None
    printed_year: int | None = None
    plan: Plan | None = None

    def figures(self, at: datetime | None = None) -> Figures | None:
        """The 200 figures as printed in the document that stands there at ``at`` (default: last)."""
        if self.plan is None or self.published is None:
            return None
        newer = self.replaced is not None and (at is None or at >= self.replaced)
        return dict(self.plan.report(self.year, edition=int(newer)).figures)

    def status(self, on: date, visits: Iterable[datetime]) -> str:
        """The audit status as of the day ``on``, if the column was read in full at ``visits``."""
        made = sorted(visit for visit in visits if china_day(visit) <= on)
        seen = [visit for visit in made if self.published and self.published <= visit]
        absent = [visit for visit in made if visit not in seen]
        if not seen:
            if on <= self.due:
                return "not_due"
            if self.site != "open":
                return "blocked" if self.site == "blocked" and made else "unknown"
            return "missing" if any(china_day(visit) > self.due for visit in absent) else "unknown"
        if china_day(seen[0]) <= self.due:
            return "on_time"
        assert self.shown is not None
        if china_day(self.shown) > self.due:
            return "late"
        if absent and absent[-1] > self.shown:
            return "backdated_suspect"
        return "on_time_claimed"


@cache
def truths() -> tuple[Truth, ...]:
    """Every agency of the register and every year, in the order of the register."""
    plans = {plan.agency: plan for plan in PLANS}
    sites = {site.host: site for site in sample_sites()}
    result = []
    with AGENCIES_CSV.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            host = row["home_url"].removeprefix("http://").rstrip("/")
            refusal = {DownSite: "down", ChallengeSite: "blocked"}
            site = refusal.get(type(sites[host]), "open")
            for year in YEARS:
                due = (
                    date(year + 1, 3, 31) if row["kind"] == "region_gov" else date(year + 1, 1, 31)
                )
                plan = plans.get(row["name"])
                base = (row["name"], row["kind"], year, due, host, site)
                result.append(_truth(base, plan, year))
    return tuple(result)


def truth(agency: str, year: int) -> Truth:
    """The truth about one agency and year."""
    return next(one for one in truths() if (one.agency, one.year) == (agency, year))


def _truth(base: tuple[str, str, int, date, str, str], plan: Plan | None, year: int) -> Truth:
    if plan is None or year not in plan.published:
        return Truth(*base, plan=plan)
    published = moment(plan.published[year])
    content = "complete"
    if year in plan.prints:
        content = "wrong_document"
    elif year in plan.misprint:
        content = "inconsistent"
    return Truth(
        *base,
        title=plan.title(year),
        published=published,
        shown=moment(plan.shown[year]) if year in plan.shown else published,
        replaced=moment(plan.replaced[year]) if year in plan.replaced else None,
        form=plan.form(year),
        content=content,
        printed_year=plan.prints.get(year, year),
        plan=plan,
    )
