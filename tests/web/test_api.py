"""The JSON API: agencies by page, the search, and one shape for refusals."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from reported import PLAIN, make
from serving import serving

from archive.search import update
from archive.web.app import create_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    archive = make(tmp_path_factory.mktemp("api")).archive
    with archive.session() as session:
        update(session, ())
        session.commit()
    with (
        serving(create_app(archive)) as base,
        httpx.Client(base_url=f"{base}/api/v1", trust_env=False) as client,
    ):
        yield client


def test_pages_of_agencies_give_each_once(client: httpx.Client) -> None:
    whole = client.get("/agencies").json()
    assert whole["next"] is None
    seen: list[dict[str, object]] = []
    after: int | None = 0
    while after is not None:
        part = client.get("/agencies", params={"limit": 2, "after": after}).json()
        seen += part["items"]
        after = part["next"]
    assert seen == whole["items"]
    assert client.get(f"/agencies/{seen[0]['id']}").json() == seen[0]


def test_the_search_finds_the_latest_text(client: httpx.Client) -> None:
    (hit,) = client.get("/search", params={"q": "培训四次"}).json()["items"]
    assert hit["agency"] == PLAIN
    assert "«培训四次»" in hit["snippet"]


@pytest.mark.parametrize(
    ("address", "status"),
    [("/agencies/99999", 404), ("/agencies?after=x", 422), ("/search?q=！", 422), ("/no", 404)],
)
def test_refusals_have_one_shape(client: httpx.Client, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


def test_the_description_names_every_address(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) == {"/agencies", "/agencies/{agency_id}", "/search"}
