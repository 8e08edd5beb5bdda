"""How often a client may ask for what is costly, and who a client is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from serving import serving

from archive import clock
from archive.folder import Archive
from archive.web.app import create_app
from archive.web.limiting import client_of


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    archive = Archive.create(tmp_path / "archive")
    archive.settings.web.requests_per_minute = 3
    return create_app(archive)


@pytest.fixture
def usual(tmp_path: Path) -> Iterator[httpx.Client]:
    """Who asks a server whose settings nobody changed."""
    app = create_app(Archive.create(tmp_path / "archive"))
    with serving(app) as base, httpx.Client(base_url=base, trust_env=False) as client:
        yield client


@pytest.fixture
def client(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as base, httpx.Client(base_url=base, trust_env=False) as client:
        yield client


def _statuses(client: httpx.Client, address: str, number: int, named: str = "") -> list[int]:
    headers = {"x-forwarded-for": named} if named else {}
    return [client.get(address, headers=headers).status_code for _ in range(number)]


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/api/v1/search?text=a", 3),
        # What programs ask counts for more; where fewer are allowed it is one in a minute and not none.
        ("/api/v1/series?key=grant_rate", 1),
        ("/api/v1/audit?year={year}", 1),
        ("/search?q=a", 3),
        ("/compare", 3),
    ],
)
def test_what_is_costly_has_an_end(client: httpx.Client, address: str, allowed: int) -> None:
    address = address.format(year=clock.china_day(clock.now()).year - 1)
    assert _statuses(client, address, allowed + 1) == [200] * allowed + [429]
    refused = client.get(address)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    if address.startswith("/api"):
        assert list(refused.json()) == ["error"]
    else:
        assert refused.headers["content-type"] == "text/html; charset=utf-8"
    # What is cheap goes on.
    assert _statuses(client, "/api/v1/agencies", 10) == [200] * 10


def test_an_office_behind_one_address_is_not_refused(usual: httpx.Client) -> None:
    # Twenty people, each of whom searches every four seconds for a minute.
    assert set(_statuses(usual, "/search?q=a", 20 * 15, "192.0.2.1")) == {200}


def test_a_program_is_refused(usual: httpx.Client) -> None:
    assert 429 in _statuses(usual, "/api/v1/agencies?format=csv", 13, "192.0.2.1")
    assert 429 in _statuses(usual, "/api/v1/series?key=grant_rate", 121, "192.0.2.1")


def test_who_is_refused_is_told_why_and_until_when(client: httpx.Client) -> None:
    asked = "/search?q=%E5%85%AC%E5%BC%80&year=2024"
    _statuses(client, asked, 3)
    answer = client.get(asked)
    seconds = answer.headers["retry-after"]
    assert (
        f"来自该地址的请求太多（他人可能与您共用同一地址），请在 {seconds} 秒后再试。"
        in answer.text
    )
    assert '<a href="/search?q=%E5%85%AC%E5%BC%80&amp;year=2024">再试一次</a>' in answer.text
    english = client.get(asked + "&lang=en").text
    assert "too many requests from this address, which others may share; ask again in" in english


def test_a_whole_list_counts_for_fifty(client: httpx.Client, app: FastAPI) -> None:
    app.state.archive.settings.web.requests_per_minute = 100
    assert _statuses(client, "/api/v1/agencies?format=csv", 3) == [200, 200, 429]
    # Where fewer than fifty are allowed, it is one in a minute and not none.
    app.state.archive.settings.web.requests_per_minute = 3
    assert _statuses(client, "/api/v1/reports?format=csv", 2, "192.0.2.9") == [200, 429]


def test_pictures_may_be_many(client: httpx.Client) -> None:
    address = f"/documents/{'0' * 64}/pages/1"
    assert _statuses(client, address, 7) == [404] * 6 + [429]


def test_nought_is_no_limit(client: httpx.Client, app: FastAPI) -> None:
    app.state.archive.settings.web.requests_per_minute = 0
    assert _statuses(client, "/search?q=a", 8) == [200] * 8


def test_clients_behind_a_trusted_proxy_are_told_apart(client: httpx.Client) -> None:
    assert _statuses(client, "/compare", 4, "192.0.2.1") == [200, 200, 200, 429]
    # What the client itself wrote before the proxy's word does not help.
    assert _statuses(client, "/compare", 1, "203.0.113.5, 192.0.2.1") == [429]
    assert _statuses(client, "/compare", 1, "192.0.2.1, 203.0.113.5") == [200]


def test_one_who_guesses_passwords_keeps_nobody_else_out(
    client: httpx.Client, app: FastAPI
) -> None:
    app.state.archive.settings.web.password = "correct horse"
    form = {"name": "王五", "password": "wrong battery"}

    def attempt(named: str) -> int:
        headers = {"x-forwarded-for": named}
        return client.post("/review/sign-in", data=form, headers=headers).status_code

    assert [attempt("192.0.2.1") for _ in range(6)][-1] == 429
    assert attempt("192.0.2.2") == 403


def test_nobody_else_names_clients(client: httpx.Client, app: FastAPI) -> None:
    app.state.archive.settings.web.trusted_proxies = []
    found = [_statuses(client, "/compare", 1, f"192.0.2.{number}")[0] for number in range(4)]
    assert found == [200, 200, 200, 429]


@given(st.ip_addresses(v=4).map(str), st.lists(st.text(max_size=20), max_size=3))
def test_the_last_word_of_a_trusted_proxy_counts(address: str, lies: list[str]) -> None:
    assert client_of(address, lies, trusted=()) == address
    trusted = ("10.0.0.1", "10.0.0.2")
    named = [*lies, f"{address}, 10.0.0.2"]
    assert client_of("10.0.0.1", named, trusted) in (address, "10.0.0.1")
    if address not in trusted:
        assert client_of("10.0.0.1", named, trusted) == address


def test_a_network_of_ipv6_is_one_client() -> None:
    found = {client_of(f"2001:db8::{number:x}", (), ()) for number in range(1, 50)}
    assert len(found) == 1
    assert client_of("2001:db8:0:1::1", (), ()) not in found
    assert client_of("::ffff:192.0.2.7", (), ()) == "192.0.2.7"
    assert client_of("127.0.0.1", ["nonsense"], ("127.0.0.1",)) == "127.0.0.1"
