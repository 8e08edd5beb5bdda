"""From government sites to an audited archive: a web in, an audit out."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from commandline import Gongkai, runner

from archive.clock import CHINA
from crawler.sampleweb import AGENCIES_CSV, SampleWeb
from crawler.sampleweb.truth import truths

DAYS = tuple(
    datetime(2025, month, day, 10, tzinfo=CHINA) for month, day in ((1, 24), (2, 3), (4, 2))
)


class Campaign:
    """An archive after a winter of visits on :data:`DAYS`."""

    def __init__(self, folder: Path) -> None:
        self.run: Gongkai = runner(folder)
        self.run("init", folder)
        self.run("agencies", "import", AGENCIES_CSV)
        with SampleWeb(clock=DAYS[0]) as web:
            for day in DAYS:
                web.clock = day
                self.run("crawl", web=web.proxy_url, now=day)
                self.run("extract", now=day)
            self.log = list(web.log)

    def audit(self, year: int, on: datetime) -> dict[str, dict[str, Any]]:
        done = self.run(
            "audit", "--year", year, "--on", f"{on:%Y-%m-%d}", "--format", "json", now=DAYS[-1]
        )
        return {entry["agency"]: entry for entry in json.loads(done.stdout)}


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    return Campaign(tmp_path_factory.mktemp("campaign") / "archive")


@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day:%m-%d}")
@pytest.mark.parametrize("year", [2022, 2023, 2024])
def test_every_agency_gets_its_true_status(campaign: Campaign, year: int, day: datetime) -> None:
    audit = campaign.audit(year, day)
    expected = {
        truth.agency: truth.status(day.date(), DAYS) for truth in truths() if truth.year == year
    }
    assert {agency: entry["status"] for agency, entry in audit.items()} == expected


def test_what_was_published_is_judged_by_its_content(campaign: Campaign) -> None:
    for year in (2022, 2023, 2024):
        audit = campaign.audit(year, DAYS[-1])
        expected = {t.agency: t.content for t in truths() if t.year == year and t.site == "open"}
        assert {agency: audit[agency]["content"] for agency in expected} == expected


def test_every_figure_in_the_archive_is_the_printed_one(campaign: Campaign) -> None:
    for truth in truths():
        figures = truth.figures()
        if truth.year != 2024 or figures is None or truth.site != "open":
            continue
        done = campaign.run("show", truth.agency, truth.year, "--format", "json")
        (report,) = json.loads(done.stdout)
        cells = {cell["key"]: cell["value"] for cell in report["record"]["cells"]}
        assert cells == {key: float(value) for key, value in figures.items()}, truth.agency


def test_a_replaced_report_is_a_second_version_with_other_numbers(campaign: Campaign) -> None:
    truth = next(t for t in truths() if t.replaced is not None and t.year == 2024)
    done = campaign.run("show", truth.agency, 2024, "--format", "json")
    (report,) = json.loads(done.stdout)
    assert [v["change"] for v in report["history"]] == ["first", "numbers"]


def test_evidence_leads_to_stored_bytes(campaign: Campaign) -> None:
    audit = campaign.audit(2024, DAYS[-1])
    missing = audit["示例市民政局"]
    assert missing["evidence"]
    for entry in missing["evidence"]:
        assert entry["http_status"] in (200, 304)
        assert entry["warc"].endswith(".warc.gz")
        assert date.fromisoformat(entry["fetched_at"][:10]) > date(2025, 1, 31)


def test_decoys_are_no_reports(campaign: Campaign) -> None:
    done = campaign.run("reports", "--agency", "示例市司法局", "--format", "json")
    titles = [report["title"] for report in json.loads(done.stdout)]
    assert len(titles) == 3
    assert all("政府信息公开" in title for title in titles)


def test_the_archive_is_sound(campaign: Campaign) -> None:
    assert "no problems" in campaign.run("verify").stderr


def test_one_request_at_a_time_to_a_host(campaign: Campaign) -> None:
    last: dict[str, float] = {}
    for visit in sorted(campaign.log, key=lambda visit: visit.started):
        assert visit.started >= last.get(visit.host, 0.0), visit
        last[visit.host] = visit.finished


def test_fail_on_serves_scripts(campaign: Campaign) -> None:
    campaign.run("audit", "--year", 2024, "--fail-on", "missing,late", now=DAYS[-1], status=3)
    campaign.run("audit", "--year", 2022, "--fail-on", "missing,late", now=DAYS[-1])
    campaign.run("audit", "--year", 2024, "--fail-on", "absent", status=2)
