"""HEAD is answered wherever GET is: the same status and headers, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from reported import PLAIN, PRINTED, YEAR, Reported, make
from serving import serving

from archive.web.app import create_app
from crawler.rereading import reread

CHANGING = ("date", "server")


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    return make(tmp_path_factory.mktemp("heads"))


@pytest.fixture(scope="module")
def app(reported: Reported) -> Iterator[FastAPI]:
    reported.archive.settings.web.requests_per_minute = 0
    app = create_app(reported.archive, reread)
    yield app
    app.state.showing.confined.close()


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as base, httpx.Client(base_url=base, trust_env=False) as client:
        yield client


def _addresses(reported: Reported) -> list[str]:
    """An address of every route that answers GET, wrong ones, and files that are sent in pieces."""
    report, digest = reported.address(PRINTED), reported.sha256(PRINTED)
    plain = reported.address(PLAIN)
    owner = report.split("/")[2]
    return [
        "/", f"/?year={YEAR}", "/missing", "/search?q=局", "/compare", "/api", "/review", "/review/sign-in",
        f"/compare.csv?report={owner}/{YEAR}/organ", f"/agencies/{owner}", f"/reports/{owner}/{YEAR}",
        report, f"{report}/versions/1", f"{report}/versions/1/record.json", f"{report}/versions/1/figures.csv",
        f"{plain}/versions/1/copy", f"{plain}/changes/1/2", reported.place(PRINTED),
        f"/documents/{digest}/original", f"/documents/{digest}/pages/1", f"/documents/{reported.sha256(PLAIN)}/copy",
        "/static/base.css", "/api/v1/openapi.json", "/api/v1/agencies", "/api/v1/agencies?format=csv",
        f"/api/v1/agencies/{owner}", f"/api/v1/reports?year={YEAR}&format=jsonl", f"/api/v1/reports/{owner}/{YEAR}/organ",
        f"/api/v1/audit?year={YEAR}", f"/api/v1/summary?year={YEAR}", "/api/v1/dictionary",
        "/agencies/999999", "/no/such/page", "/api/v1/agencies/999999", "/search?q=a&year=x", "/api/v1/reports?limit=x",
    ]  # fmt: skip


def test_it_says_what_get_says_without_the_body(client: httpx.Client, reported: Reported) -> None:
    for address in _addresses(reported):
        got, head = client.get(address), client.head(address)
        assert head.status_code == got.status_code, address
        assert head.content == b""
        told, heard = (
            {name: value for name, value in one.headers.items() if name not in CHANGING}
            for one in (got, head)
        )
        # What is sent in pieces has no length, and so says how it is sent only with them.
        told.pop("transfer-encoding", None)
        heard.pop("transfer-encoding", None)
        assert heard == told, address


def test_evidence_is_offered_to_it_too(client: httpx.Client, reported: Reported) -> None:
    address = f"/evidence/{reported.address(PLAIN).removeprefix('/reports/')}.zip"
    head = client.head(address)
    assert (head.status_code, head.headers["content-type"]) == (200, "application/zip")
    assert client.get("/").status_code == 200


def test_what_is_unchanged_is_unchanged_to_it(client: httpx.Client) -> None:
    tag = client.get("/api/v1/agencies").headers["etag"]
    assert client.head("/api/v1/agencies", headers={"if-none-match": tag}).status_code == 304


def test_what_only_takes_refuses_it(client: httpx.Client) -> None:
    assert client.head("/review/sign-out").status_code == 405
