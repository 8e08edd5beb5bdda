"""Reports in an archive without the web: what a crawl saw and what the extractor read, as rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from archive import readings
from archive.clock import CHINA
from archive.database.models import Agency, Capture, Run, Sighting
from extract import VERSION
from extract.document import Position
from extract.forms.dictionary import F2019_KEYS, F2021_KEYS
from extract.record import (
    AgencyName,
    CellValue,
    Dates,
    Finding,
    Parse,
    Record,
    Section,
    Severity,
    Source,
    State,
    Status,
    Verdict,
)

Values = Mapping[str, int | Decimal | None]


def record(
    agency: Agency,
    year: int,
    values: Values | None = None,
    sections: Mapping[int, str] | None = None,
    *,
    form: str = "f2021",
    status: str = "ok",
    suspect: tuple[str, ...] = (),
    failed: str | None = None,
    document_year: int | None = None,
    names: str | None = None,
) -> Record:
    """A record whose cells are 0 but for ``values``; None is a blank cell."""
    keys = F2021_KEYS if form == "f2021" else F2019_KEYS
    shown = dict.fromkeys(keys, 0) | dict(values or {})
    said = json.dumps(
        [agency.name, names, year, form, status, sections, {k: str(v) for k, v in shown.items()}]
    )
    finding = (Verdict.FAIL, Severity.ERROR, (), "The sum is wrong.", "合计有误。")
    return Record(
        source=Source("a.html", hashlib.sha256(said.encode()).hexdigest(), "text/html", None, 1),
        title=f"{agency.name}{year}年政府信息公开工作年度报告",
        agency=AgencyName(names or agency.name, "title"),
        year=document_year or year,
        scope=None,
        form=form,
        dates=Dates(),
        sections=tuple(Section(n, f"第{n}部分", text) for n, text in (sections or {}).items()),
        cells=tuple(
            CellValue(
                key,
                value,
                State.BLANK if value is None else State.NUMBER,
                "" if value is None else str(value),
                Position(path="table 1"),
            )
            for key, value in shown.items()
        ),
        findings=(Finding(failed, *finding),) if failed else (),
        parse=Parse(Status(status), (), suspect),
        extractor=VERSION,
    )


def publish(
    session: Session,
    agency: Agency,
    year: int,
    read: Record | None,
    day: str | None = None,
    scope: str | None = None,
) -> None:
    """The report is seen on ``day`` by a run of its own, with what was read in its document."""
    at = datetime.fromisoformat(day or f"{year + 1}-01-20").replace(hour=10, tzinfo=CHINA)
    run = Run(command="crawl", started_at=at, state="finished")
    session.add_all([agency, run])
    session.flush()
    url = f"http://a.gov.test/{agency.id}/{year}.html"
    capture = Capture(
        run_id=run.id,
        url=url,
        purpose="article",
        fetched_at=at,
        http_status=200,
        sha256=read.source.sha256 if read else "0" * 64,
        media_type="text/html",
        warc="one.warc.gz",
        offset=0,
    )
    title = f"{agency.name}{year}年政府信息公开工作年度报告"
    sighting = Sighting(
        seen_at=at, url=url, title=title, year=year, scope=scope, agency=agency, document=capture
    )
    session.add_all([capture, sighting])
    if read:
        session.merge(readings.reading(read.source.sha256, read))
    session.flush()
