"""The figures on the page of an agency: each scope by itself, and a reason for each number that is not there."""

from __future__ import annotations

from pathlib import Path

from published import publish, record

from archive.database.models import Agency
from archive.folder import Archive
from archive.ingest import ingest
from archive.web.agency_figures import sheets
from archive.web.charts import Chart, Series

NEW = "requests.received_new.total"


def _rows(charts: list[Chart]) -> dict[str, Series]:
    return {f"{chart.name}.{one.name}": one for chart in charts for one in chart.series}


def test_every_gap_has_its_reason_and_scopes_stay_apart(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive")
    with archive.session() as session:
        agency = Agency(name="示例市人民政府", kind="region_gov", division_code="3208")
        three = {f"requests.other.{row}.total": 1 for row in ("fee_overdue", "other")}
        publish(session, agency, 2018, record(agency, 2018, {NEW: 3}, form="s2014"))
        publish(session, agency, 2020, record(agency, 2020, {NEW: 4}, form="f2019"))
        publish(session, agency, 2021, record(agency, 2021, {NEW: 5} | three))
        publish(session, agency, 2022, record(agency, 2022, {NEW: 6}, document_year=2021))
        publish(session, agency, 2023, record(agency, 2023, {NEW: 7}, names="示例县人民政府"))
        publish(session, agency, 2024, record(agency, 2024, {NEW: None}))
        publish(session, agency, 2024, record(agency, 2024, {NEW: 70}), scope="organ")
        ingest(session)
        known = {(year, "region"): ("on_time", "ok") for year in (2018, *range(2020, 2025))}
        known |= {(2019, "region"): ("missing", None), (2024, "organ"): (None, "ok")}
        made = {sheet.scope: _rows(sheet.charts) for sheet in sheets(session, agency, known)}
    assert set(made) == {"organ", "region"}
    received = made["region"]["requests.received"].cells
    assert [(cell.year, cell.value, cell.why) for cell in received] == [
        (2018, None, "agency.gap.other_form"),
        (2019, None, "status.missing"),
        (2020, 4, ""),
        (2021, 5, ""),
        (2022, None, "agency.gap.wrong_year"),
        (2023, None, "agency.gap.other_body"),
        (2024, None, "agency.gap.blank"),
    ]
    # One row in f2019 and three in f2021 are the same measure.
    assert [cell.value for cell in made["region"]["results.other_total"].cells][2:4] == [0, 2]
    share = made["region"]["rates.grant_rate"].cells[2]
    assert (share.value, share.why) == (None, "agency.gap.nothing")
    organ = made["organ"]["requests.received"].cells
    assert [cell.value for cell in organ] == [None] * 6 + [70]
    assert {cell.why for cell in organ[:6]} == {"agency.gap.no_report"}
    assert received[2].address == f"/reports/{agency.id}/2020/region#f-{NEW}"
