"""The page of the JSON API: every route is there, in both languages, with an example that works."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from lxml import html
from reported import make
from serving import serving

from archive.search import update
from archive.web.api_words import CHINESE, WORDS
from archive.web.app import create_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    archive = make(tmp_path_factory.mktemp("page")).archive
    with archive.session() as session:
        update(session, ())
        session.commit()
    with (
        serving(create_app(archive)) as base,
        httpx.Client(base_url=base, trust_env=False) as client,
    ):
        yield client


def _document(client: httpx.Client) -> dict[str, dict[str, dict[str, dict[str, object]]]]:
    return client.get("/api/v1/openapi.json").json()["paths"]


def test_every_route_has_an_example_that_works(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/api?lang=en").content)
    assert [node.text_content() for node in page.xpath("//h3")] == [
        f"/api/v1{path}" for path in _document(client)
    ]
    examples = page.xpath("//article/pre")
    assert len(examples) == len(_document(client))
    for example in examples:
        program, address = shlex.split(example.text_content())
        assert program == "curl"
        assert client.get(address).status_code == 200, address


def test_all_descriptions_are_there_in_chinese(client: httpx.Client) -> None:
    operations = [methods["get"] for methods in _document(client).values()]
    texts = {" ".join(str(operation["description"]).split()) for operation in operations} | {
        parameter["description"]
        for operation in operations
        for parameter in operation["parameters"]
        if parameter["name"] not in ("format", "limit", "cursor")
    }
    assert texts == set(CHINESE)
    assert {f"api.tag.{tag}" for operation in operations for tag in operation["tags"]} <= set(WORDS)
    page = client.get("/api?lang=zh").text
    assert "名录中的机关" in page
    assert "Only this division" not in page


def test_the_pages_lead_there(client: httpx.Client) -> None:
    assert "/api" in html.fromstring(client.get("/search").content).xpath("//nav/a/@href")


def test_a_name_of_the_host_is_only_text(client: httpx.Client) -> None:
    page = client.get("/api", headers={"host": "a'$(id)<script>.test"})
    assert "<script>" not in page.text


def test_files_and_answers_of_the_api_run_nowhere(client: httpx.Client, tmp_path: Path) -> None:
    for address in (
        "/api/v1/agencies",
        "/api/v1/no",
        "/static/base.css",
        "/static/no",
        "/api/v1/agencies?format=csv",
    ):
        headers = client.get(address).headers
        assert headers["x-content-type-options"] == "nosniff", address
        assert headers["content-security-policy"].startswith("default-src 'none'"), address
        assert headers["referrer-policy"] == "same-origin", address
