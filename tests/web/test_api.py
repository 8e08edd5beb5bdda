"""The JSON API: every list page by page, one report, unchanged answers, and one shape for refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from reported import GRANTED, PLAIN, UNEVEN, YEAR, Reported, make
from serving import serving

from archive import corrections
from archive.database.models import Agency, Finding
from archive.search import update
from archive.web.app import create_app


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    made = make(tmp_path_factory.mktemp("api"))
    with made.archive.session() as session:
        update(session, ())
        report = made._report(session, UNEVEN)
        finding = report.versions[-1].findings[0]
        said = {"reason": "looked at the document", "person": "王五"}
        corrections.correct(session, 1, report, GRANTED, "5", **said)
        corrections.judge(session, 1, report, finding.rule, "confirmed", **said)
        session.commit()
    made.archive.settings.web.requests_per_minute = 0
    return made


@pytest.fixture(scope="module")
def client(reported: Reported) -> Iterator[httpx.Client]:
    with (
        serving(create_app(reported.archive)) as base,
        httpx.Client(base_url=f"{base}/api/v1", trust_env=False) as client,
    ):
        yield client


def _limited(address: str, limit: int) -> httpx.URL:
    return httpx.URL(address).copy_add_param("limit", limit)


def _walk(client: httpx.Client, address: str, limit: int) -> list[Any]:
    """All entries, by the addresses that the answers name."""
    answer = client.get(_limited(address, limit))
    seen: list[Any] = []
    for _ in range(1000):
        assert answer.status_code == 200, answer.text
        seen += answer.json()["items"]
        assert ("next" in answer.links) == (answer.json()["next"] is not None)
        if "next" not in answer.links:
            return seen
        answer = client.get(str(client.base_url.join(answer.links["next"]["url"])))
    raise AssertionError("the list has no end")


@pytest.mark.parametrize(
    "address",
    [
        "/agencies",
        "/reports",
        "/reports?text=培训",
        "/findings",
        "/corrections",
        "/dictionary",
        f"/audit?year={YEAR}",
        f"/audit?year={YEAR}&status=unknown",
        f"/summary?year={YEAR}&by=county",
        "/search?text=政府信息公开",
        "/series?key=requests.granted.total&from=2018&to=2024",
    ],
)
def test_a_cursor_walks_all_entries_once(client: httpx.Client, address: str) -> None:
    whole = client.get(_limited(address, 500)).json()
    assert whole["next"] is None
    assert len(whole["items"]) >= (1 if "summary" in address else 2)
    for limit in (1, 2, len(whole["items"])):
        if len(whole["items"]) / limit < 100:
            assert _walk(client, address, limit) == whole["items"]


def test_an_agency_leads_to_its_reports_and_verdicts(client: httpx.Client) -> None:
    (agency,) = client.get("/agencies", params={"name": PLAIN}).json()["items"]
    assert client.get(f"/agencies/{agency['id']}").json() == agency
    (report,) = client.get(f"/agencies/{agency['id']}/reports").json()["items"]
    assert (report["agency_id"], report["year"]) == (agency["id"], YEAR)
    verdicts = client.get(f"/agencies/{agency['id']}/history").json()["items"]
    assert [one["until"] for one in verdicts][-1] is None
    assert YEAR in {one["year"] for one in verdicts}


def test_a_report_has_its_record_versions_figures_and_findings(
    client: httpx.Client, reported: Reported
) -> None:
    plain = reported.address(PLAIN)
    whole = client.get(plain).json()
    assert whole["record"]["parse"]["status"] == "ok"
    assert whole["record"]["source"]["sha256"] == whole["sha256"] == reported.sha256(PLAIN)
    versions = client.get(f"{plain}/versions").json()["versions"]
    assert [one["number"] for one in versions] == [1, 2]
    key = "art20_5.licences.decisions"
    for version, value in ((1, 83), (2, 102)):
        found = client.get(f"{plain}/figures", params={"limit": 500, "version": version}).json()
        assert {one["key"]: one["value"] for one in found["items"]}[key] == value
    assert client.get(f"{plain}/figures?version=3").status_code == 404
    found = client.get(f"{reported.address(UNEVEN)}/findings").json()["items"]
    assert "fail" in {one["verdict"] for one in found}
    assert found == [
        one for one in client.get("/findings").json()["items"] if one["agency"] == UNEVEN
    ]


def test_what_people_said_is_told_with_who_and_why(client: httpx.Client) -> None:
    correction, verdict = client.get("/corrections").json()["items"]
    assert (correction["what"], correction["said"], correction["person"]) == (GRANTED, "5", "王五")
    assert (verdict["kind"], verdict["said"]) == ("verdict", "confirmed")


def test_the_search_finds_the_latest_text(client: httpx.Client) -> None:
    (hit,) = client.get("/search", params={"text": "培训四次"}).json()["items"]
    assert hit["agency"] == PLAIN
    assert "«培训四次»" in hit["snippet"]


def test_the_audit_says_what_the_counts_count(client: httpx.Client) -> None:
    entries = client.get(f"/audit?year={YEAR}").json()["items"]
    counts = client.get(f"/summary?year={YEAR}").json()
    assert counts["fresh"]
    assert sum(one["number"] for one in counts["items"]) == len(entries)
    # The documents were added by hand, so nobody is accused of anything.
    assert {one["status"] for one in entries} == {"unknown"}
    assert client.get(f"/missing?year={YEAR}").json()["items"] == []


def test_a_series_is_of_an_agency_or_a_division(client: httpx.Client, reported: Reported) -> None:
    number = reported.address(PLAIN).split("/")[2]
    key = "requests.granted.total"
    of_agency = client.get(f"/series?key={key}&agency_id={number}").json()
    assert [one["value"] for one in of_agency["items"]] == [5]
    everywhere = client.get(f"/series?key={key}").json()["items"]
    assert sum(one["owed"] for one in everywhere) >= len(everywhere)
    both = client.get(f"/series?key={key}&agency_id={number}&division=32")
    assert both.status_code == 422


def test_an_answer_is_not_sent_twice(reported: Reported, client: httpx.Client) -> None:
    first = client.get("/reports?limit=2")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/reports?limit=2", headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/reports?limit=3", headers={"if-none-match": tag}).status_code == 200
    with reported.archive.session() as session:
        session.add(Agency(name="示例市新局", division_code="3208", origin="test"))
        session.commit()
    changed = client.get("/reports?limit=2", headers={"if-none-match": tag})
    assert (changed.status_code, changed.json()) == (200, first.json())


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/no", 404),
        ("/agencies/99999", 404),
        ("/agencies/99999/reports", 404),
        ("/reports/1/2011/organ", 404),
        ("/reports/1/20%0A24/organ", 404),
        ("/agencies?cursor=x", 422),
        ("/agencies?cursor=WzFd", 422),
        ("/agencies?limit=501", 422),
        ("/agencies?name=%00", 422),
        ("/search?text=！", 422),
        ("/search", 422),
        ("/series?key=no", 422),
        ("/reports?status=good", 422),
        ("/reports?finding=ZZ-99", 422),
        ("/audit", 422),
    ],
)
def test_refusals_have_one_shape(client: httpx.Client, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert "--" not in answer.json()["error"]


def test_nothing_can_be_changed(client: httpx.Client) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.request(method, "/corrections")
        assert answer.status_code == 405
        assert list(answer.json()) == ["error"]


def test_findings_are_those_of_the_latest_version(client: httpx.Client, reported: Reported) -> None:
    with reported.archive.reader() as session:
        of_all = session.query(Finding).count()
    found = client.get("/findings?limit=500").json()["items"]
    assert 0 < len(found) <= of_all
    fails = client.get("/findings?verdict=fail&limit=500").json()["items"]
    assert fails == [one for one in found if one["verdict"] == "fail"]
