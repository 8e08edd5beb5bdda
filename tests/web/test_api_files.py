"""Whole lists as files: streamed in little memory, harmless in a spreadsheet; and long walks with a cursor."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from reported import HOSTILE, PLAIN, YEAR, make
from serving import serving
from sqlalchemy import insert

from archive.database.models import Agency, Run
from archive.folder import Archive
from archive.web.api import files
from archive.web.app import create_app

NUMBER = 10_000
FORMULA = "=cmd|'/c calc'!A1"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """An archive with ten thousand agencies; the list of them has 15 MB."""
    archive = Archive.create(tmp_path_factory.mktemp("many") / "archive")
    with archive.session() as session:
        # Who crawled after a year asked for its reports.
        session.add(
            Run(command="crawl", state="finished", started_at=datetime(YEAR + 1, 4, 1, tzinfo=UTC))
        )
        session.execute(
            insert(Agency),
            [
                {
                    # Each name twice, in divisions that follow on each other.
                    "name": f"示例市{number // 2}号局" if number else FORMULA,
                    "kind": "local_dept",
                    "division_code": f"{11 + number % 2}0{number % 7}",
                    "home_url": f"http://{number}.gov.test/{'a' * 1500}",
                    "standing": "confirmed",
                    "origin": "test",
                }
                for number in range(NUMBER)
            ],
        )
        session.commit()
    archive.settings.web.requests_per_minute = 0
    return create_app(archive)


@pytest.fixture(scope="module")
def client(many: FastAPI) -> Iterator[httpx.Client]:
    with (
        serving(many) as base,
        httpx.Client(base_url=f"{base}/api/v1", trust_env=False, timeout=60) as client,
    ):
        yield client


def _free(app: FastAPI) -> int:
    """How many files may be written beside those that are."""
    room: threading.BoundedSemaphore = app.state.api.state.bulk.room
    taken = 0
    while room.acquire(blocking=False):
        taken += 1
    for _ in range(taken):
        room.release()
    return taken


def _free_again(app: FastAPI, number: int) -> bool:
    until = time.monotonic() + 10
    while _free(app) != number and time.monotonic() < until:
        time.sleep(0.05)
    return _free(app) == number


def test_a_cursor_walks_a_long_list_once(client: httpx.Client) -> None:
    seen: list[tuple[str, str]] = []
    address: str | None = "/agencies?limit=500"
    while address:
        answer = client.get(httpx.URL(client.base_url).join(address) if seen else address)
        seen += [(one["division_code"], one["name"]) for one in answer.json()["items"]]
        address = answer.links["next"]["url"] if answer.links else None
    assert len(seen) == len(set(seen)) == NUMBER
    assert seen == sorted(seen)


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_a_whole_list_streams_in_little_memory(
    client: httpx.Client, many: FastAPI, format: str
) -> None:
    size = rows = 0
    tracemalloc.start()
    try:
        with client.stream("GET", "/agencies", params={"format": format}) as answer:
            assert "content-length" not in answer.headers
            for piece in answer.iter_bytes():
                size += len(piece)
                rows += piece.count(b"\n")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 15_000_000
    assert rows == NUMBER + (format == "csv")
    assert peak < 6_000_000
    assert _free_again(many, 4)


@contextlib.contextmanager
def _begun(client: httpx.Client) -> Iterator[None]:
    """Somebody who asked for the list, has read its beginning, and reads no further."""
    host, port = client.base_url.host, client.base_url.port
    assert port is not None
    with socket.socket() as asking:
        # Else the system may read it all for who does not.
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asking.connect((host, port))
        asking.sendall(f"GET /api/v1/agencies?format=csv HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert asking.recv(100)
        yield


def test_who_goes_away_leaves_room_for_others(client: httpx.Client, many: FastAPI) -> None:
    with _begun(client):
        assert _free(many) == 3
    assert _free_again(many, 4)


def test_who_stops_reading_is_cut_off(
    client: httpx.Client, many: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_STALLED", 0.5)
    with _begun(client):
        assert _free(many) == 3
        assert _free_again(many, 4)


def test_more_files_than_there_is_room_for_wait(client: httpx.Client, many: FastAPI) -> None:
    room: threading.BoundedSemaphore = many.state.api.state.bulk.room
    for _ in range(4):
        assert room.acquire(blocking=False)
    try:
        answer = client.get("/agencies?format=csv")
        assert (answer.status_code, list(answer.json())) == (503, ["error"])
        assert int(answer.headers["retry-after"]) > 0
        assert client.get("/agencies?limit=1").status_code == 200
    finally:
        for _ in range(4):
            room.release()


def test_no_cell_is_a_formula(client: httpx.Client) -> None:
    answer = client.get("/agencies", params={"format": "csv", "name": "cmd"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="agencies.csv"')
    (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert row["name"] == f"'{FORMULA}"


def test_those_of_a_status_wait_for_the_first_count_of_many(client: httpx.Client) -> None:
    """Nobody of ten thousand is missing, since nobody was visited; to say so at once, it was counted before."""
    for _ in range(60):
        answer = client.get(f"/missing?year={YEAR}&division=11")
        if answer.status_code == 200:
            break
        assert (answer.status_code, list(answer.json())) == (503, ["error"])
        assert int(answer.headers["retry-after"]) > 0
        time.sleep(0.5)
    assert answer.json() == {"items": [], "next": None}
    unknown = client.get(f"/audit?year={YEAR}&division=11&status=unknown&limit=3")
    assert len(unknown.json()["items"]) == 3
    assert "next" in unknown.links


def test_files_say_what_pages_say(tmp_path: Path) -> None:
    archive = make(tmp_path).archive
    with (
        serving(create_app(archive)) as base,
        httpx.Client(base_url=f"{base}/api/v1", trust_env=False) as client,
    ):
        for address in ("/reports", "/findings", f"/audit?year={YEAR}", "/dictionary"):
            url = httpx.URL(address)
            page = client.get(url.copy_add_param("limit", "500")).json()["items"]
            lines = client.get(url.copy_add_param("format", "jsonl").copy_add_param("limit", "1"))
            assert [json.loads(line) for line in lines.text.splitlines()] == page
            rows = list(
                csv.DictReader(io.StringIO(client.get(url.copy_add_param("format", "csv")).text))
            )
            assert len(rows) == len(page)
            assert list(rows[0]) == list(page[0])
        (number,) = (
            one["id"] for one in client.get("/agencies").json()["items"] if one["name"] == HOSTILE
        )
        name = client.get(f"/agencies/{number}/reports?format=csv").headers["content-disposition"]
        assert not set('<>"\r\n').intersection(name.partition("=")[2].strip('"').partition('"')[0])
        figures = client.get("/series?key=requests.granted.total&agency_id=1&format=csv").text
        assert client.get("/agencies/1").json()["name"] == PLAIN
        assert figures.splitlines()[1].startswith(f"{YEAR},organ,5,")
