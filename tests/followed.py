"""An agency over several years beside those of :mod:`reported`: a year without a report, one read in doubt,
one whose report was found late.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from history import History
from history import report as row
from reported import Reported
from sqlalchemy import select

from archive.adding import assign, store_file
from archive.agencies import lineage
from archive.audit.history import Concerned, keep
from archive.database.models import Agency, Place, Site
from archive.extraction import extract
from archive.people import keep_assignments, keep_register
from crawler.sampleweb.figures import Figures, series
from crawler.sampleweb.report import Report as Wording
from crawler.sampleweb.report import to_html
from crawler.sampleweb.wording import Voice
from extract.forms.dictionary import APPLICANTS

NAME = "渠县水务局"
BEFORE = "渠县<b>水利</b>&局"
CANDIDATE = "渠县待定局"
PLACE = "http://w.quxian.gov.test/"
YEARS = (2019, 2021, 2022, 2023, 2024)
DOUBTFUL = 2022


def figures_of() -> dict[int, Figures]:
    """Invented figures; those of one year have a row that stands one column aside."""
    made = series("water", YEARS, 80)
    wrong = made[DOUBTFUL]
    columns = [column.key for column in APPLICANTS]
    total = wrong["requests.granted.total"]
    moved = [total, 0, 0, 0, 0, total, 0]
    wrong |= {
        f"requests.granted.{column}": value for column, value in zip(columns, moved, strict=True)
    }
    return made


def fill(made: Reported, folder: Path) -> None:
    """An agency with several years, whose name is markup, beside the agencies of the archive."""
    with made.archive.session() as session:
        told = History(session)
        owner = told.agency(NAME, division_code="511725", at=PLACE)
        owner.home_url = PLACE
        session.add(Site(key="w.quxian.gov.test/", url=PLACE, code="5117250042", organ=NAME))  # fmt: skip
        before = Agency(name=BEFORE, kind="local_dept", division_code="511725")
        session.add_all([before, Agency(name=CANDIDATE, kind="local_dept", standing="candidate")])
        session.flush()
        lineage.record(session, "renamed", before, 2019, owner, origin="test")
        told.visit("2021-02-20", place=PLACE)
        told.visit("2025-01-20", row(owner, 2024, "2025-01-18"), place=PLACE)
        session.commit()
        for year, figures in figures_of().items():
            title = f"{NAME}{year}年政府信息公开工作年度报告"
            report = Wording(title, Voice(NAME, "本局"), year, figures)
            path = folder / f"{year}.html"
            path.write_text(
                f"<html><head><title>{escape(title)}</title></head><body>"
                f"<h1>{escape(title)}</h1><div>{to_html(report)}</div></body></html>"
            )
            assign(session, store_file(made.archive, session, path), owner, year)
            session.commit()
    keep_register(made.archive)
    keep_assignments(made.archive)
    made.archive.settings.extract.seconds = 60
    extract(made.archive)
    with made.archive.session() as session:
        owner = session.scalars(select(Agency).where(Agency.name == NAME)).one()
        told = History(session)
        told.places[PLACE] = session.scalars(select(Place).where(Place.url == PLACE)).one()
        told.visit("2025-02-05", row(owner, 2023, "2024-03-01"), place=PLACE)
        session.commit()
        concerned = Concerned()
        concerned.add(owner.id, [2023])
        keep(made.archive, session, concerned, "visit")
