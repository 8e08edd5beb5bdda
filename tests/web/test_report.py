"""The report page: what is certain, what is not, and where each number comes from."""

from __future__ import annotations

import csv
import io
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from commandline import runner
from lxml import html
from reported import BOMB, GRANTED, HOSTILE, PLAIN, PRINTED, UNEVEN, WORD, YEAR, Reported, make
from serving import serving

from archive.evidence.checking import check
from archive.web.app import create_app
from archive.web.form_tables import Slot, tables
from archive.web.report_view import view
from crawler.rereading import reread
from extract.forms.dictionary import F2019_KEYS, F2021_KEYS
from extract.forms.statistics_2014 import S2014

LICENCES = "art20_5.licences.decisions"


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    return make(tmp_path_factory.mktemp("reported"))


@pytest.fixture(scope="module")
def client(reported: Reported) -> Iterator[httpx.Client]:
    app = create_app(reported.archive, reread)
    with serving(app) as base, httpx.Client(base_url=base, trust_env=False) as client:
        yield client
    app.state.showing.confined.close()


def _page(client: httpx.Client, address: str, **options: Any) -> html.HtmlElement:
    answer = client.get(address, **options)
    assert answer.status_code == 200, answer.text
    return html.document_fromstring(answer.text)


def _text(page: html.HtmlElement, expression: str, **names: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in page.xpath(expression, **names)]


@pytest.mark.parametrize("name", [PLAIN, PRINTED, WORD])
def test_every_number_leads_to_a_place_that_is_there(
    client: httpx.Client, reported: Reported, name: str
) -> None:
    page = _page(client, reported.address(name))
    links = page.xpath("//td/a[starts-with(@id, 'f-')]")
    assert len(links) == len(F2021_KEYS)
    copies: dict[str, set[str]] = {}
    for link in links:
        address, _, anchor = link.get("href").partition("#")
        if address and address not in copies:
            copies[address] = set(_page(client, address).xpath("//@id"))
        ids = copies[address] if address else set(page.xpath("//@id"))
        assert anchor in ids
    if name == PRINTED:
        assert len(page.xpath("//*[name()='a' and starts-with(@id, 'p-')]")) == len(F2021_KEYS)


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        ("f2021", F2021_KEYS),
        ("f2019", F2019_KEYS),
        ("s2014", tuple(f"s2014.{row.key}" for row in S2014)),
    ],
)
def test_every_cell_of_a_form_is_drawn_once_in_a_full_grid(
    form: str, keys: tuple[str, ...]
) -> None:
    made = tables(form, keys)
    slots = [
        cell.key for table in made for row in table.rows for cell in row if isinstance(cell, Slot)
    ]
    assert sorted(slots) == sorted(keys)
    for table in made:
        for part in (table.head, table.rows):
            taken: set[tuple[int, int]] = set()
            for at, row in enumerate(part):
                column = 0
                for cell in row:
                    while (at, column) in taken:
                        column += 1
                    covered = {
                        (at + down, column + right)
                        for down in range(getattr(cell, "rowspan", 1))
                        for right in range(cell.colspan)
                    }
                    assert not covered & taken
                    taken |= covered
            widths = {sum(1 for row, _ in taken if row == at) for at in range(len(part))}
            assert len(widths) <= 1, table.name


def test_a_cell_of_no_form_is_not_lost() -> None:
    (*_, others) = tables("f2021", ["requests.granted.total", "local.extra.cell"])
    assert [cell.key for row in others.rows for cell in row if isinstance(cell, Slot)] == [
        "local.extra.cell"
    ]


def test_states_of_cells_are_told_apart(reported: Reported) -> None:
    """A doubtful number, a blank, one that does not apply: none looks like another."""
    states = {
        "requests.granted.natural_person": ("number", 5, "5"),
        "requests.granted.business": ("blank", None, ""),
        "requests.granted.research": ("not_applicable", None, "/"),
        "requests.granted.public_interest": ("unreadable", None, "�"),
        "requests.granted.legal_service": ("text", None, "若干"),
        "requests.granted.total": ("number", 7, "7"),
    }
    record = {
        "source": {"media_type": "application/pdf"},
        "form": "f2021",
        "parse": {"status": "suspect", "reasons": [], "suspect_cells": ["requests.granted.total"]},
        "cells": [
            {
                "key": key,
                "value": value,
                "state": state,
                "raw": raw,
                "page": 1,
                "bbox": [1, 2, 3, 4],
            }
            for key, (state, value, raw) in states.items()
        ],
    }
    shown = _view(reported, record).figures
    assert [figure.certainty for figure in shown.values()] == [
        "number",
        "blank",
        "not_applicable",
        "unreadable",
        "text",
        "suspect",
    ]
    record["parse"] = {"status": "failed", "reasons": []}
    assert {figure.certainty for figure in _view(reported, record).figures.values()} == {"suspect"}


@pytest.mark.parametrize(
    "box", [None, [], [1, 2, 3], [float("nan"), 0, 1, 1], [0, 0, float("inf"), 1], [1e9, 0, 1e9, 1]]
)
def test_a_box_that_is_none_is_not_drawn(reported: Reported, box: Any) -> None:
    cell = {"key": GRANTED, "value": 5, "state": "number", "raw": "5", "page": 1, "bbox": box}
    record = {
        "source": {"media_type": "application/pdf"},
        "form": "f2021",
        "parse": {"status": "ok"},
        "cells": [cell],
    }
    assert list(_view(reported, record).marks(1)) == []


def _view(reported: Reported, record: dict[str, Any]) -> Any:
    with reported.archive.reader() as session:
        report = reported._report(session, PLAIN)
        from archive import history

        original = history.record
        history.record = lambda *_: record  # type: ignore[assignment]
        try:
            return view(session, report, report.versions[-1])
        finally:
            history.record = original


def test_names_with_markup_are_words(client: httpx.Client, reported: Reported) -> None:
    answer = client.get(reported.address(HOSTILE))
    assert "<script>alert" not in answer.text
    assert _text(html.document_fromstring(answer.text), "//p[@class='crumbs']/a") == [HOSTILE]


def test_a_finding_names_the_cells_that_it_rests_on(
    client: httpx.Client, reported: Reported
) -> None:
    page = _page(client, reported.address(UNEVEN))
    operands = _text(
        page, "//li[contains(@class, 'severity-error')]//a[@href=$to]", to=f"#f-{GRANTED}"
    )
    assert operands
    assert operands[0].endswith(" 6")


def test_what_could_not_be_read_is_our_failure_and_shows_no_number(
    client: httpx.Client, reported: Reported
) -> None:
    page = _page(client, reported.address(BOMB))
    assert _text(page, "//header//span[contains(@class, 'reading-failed')]")
    assert page.xpath("//section[contains(@class, 'doubt-failed')]")
    assert not page.xpath("//td/a[starts-with(@id, 'f-')]")


def test_versions_and_what_changed_between_them(client: httpx.Client, reported: Reported) -> None:
    address = reported.address(PLAIN)
    old, new = (_page(client, f"{address}/versions/{n}") for n in (1, 2))
    assert [_text(page, "//*[@id=$id]", id=f"f-{LICENCES}") for page in (old, new)] == [
        ["83"],
        ["102"],
    ]
    changes = _page(client, f"{address}/changes/1/2")
    assert _text(changes, "//del")[0] == "83"
    assert _text(changes, "//ins")[0] == "102"
    assert any("四次" in line for line in _text(changes, "//ins"))
    assert client.get(f"{address}/versions/3").status_code == 404
    assert client.get(f"{address}/changes/1/9").status_code == 404


def test_the_chain_goes_from_the_number_to_the_record(
    client: httpx.Client, reported: Reported
) -> None:
    page = _page(client, reported.address(PRINTED))
    chain = " ".join(_text(page, "//section[contains(@class, 'chain')]"))
    _, _, warc, offset = reported.place(PRINTED).split("/")
    assert reported.sha256(PRINTED) in chain
    assert f"{warc} @ {offset}" in chain
    assert f"tail -c +{int(offset) + 1} warc/{warc}" in chain
    (link,) = page.xpath(
        "//section[contains(@class, 'chain')]//a[starts-with(@href, '/captures/')]"
    )
    assert client.get(link.get("href")).status_code == 200


def test_figures_and_record_can_be_taken_away(client: httpx.Client, reported: Reported) -> None:
    address = reported.address(UNEVEN) + "/versions/1"
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}/figures.csv").text)))
    by_key = {row["key"]: row for row in rows}
    assert len(rows) == len(F2021_KEYS)
    assert by_key[GRANTED]["value"] == "6"
    assert by_key[GRANTED]["path"]
    record = client.get(f"{address}/record.json").json()
    assert {cell["key"] for cell in record["cells"]} == set(F2021_KEYS)


def test_english_at_a_switch(client: httpx.Client, reported: Reported) -> None:
    page = _page(client, reported.address(PRINTED), params={"lang": "en"})
    assert "Figures" in _text(page, "//h2")
    assert page.xpath("//html/@lang") == ["en"]
    (title,) = page.xpath("//a[@id=$id]/@title", id=f"f-{GRANTED}")
    assert title == "granted in full, from individuals"


def test_the_start_page_and_the_agencies_lead_to_reports(
    client: httpx.Client, reported: Reported
) -> None:
    address = reported.address(PLAIN)
    assert address in _page(client, "/").xpath("//a/@href")
    agency = address.split("/")[2]
    assert address in _page(client, f"/agencies/{agency}").xpath("//a/@href")
    elsewhere = _page(client, "/", params={"year": YEAR + 1}).xpath("//a/@href")
    assert not any(link.startswith("/reports/") for link in elsewhere)
    assert client.get("/", params={"after": "x"}).status_code == 422
    assert client.get("/agencies/999999").status_code == 404


def test_a_port_that_is_taken_is_told_in_a_line(reported: Reported) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = runner(reported.archive.path)("serve", "--port", port, status=1)
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "path",
    ["/reports/999999/2024/organ", "/reports/1/1900/organ", "/reports/1/2024/nowhere",
     "/reports/x/2024/organ", "/reports/1/2024/organ/versions/0", "/reports/99999999999999999999/2024"],
)  # fmt: skip
def test_a_report_that_is_not_there(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code in (404, 422)


def test_evidence_is_a_folder_that_can_be_checked(
    client: httpx.Client, reported: Reported, tmp_path: Path
) -> None:
    address = reported.address(PRINTED).replace("/reports/", "/evidence/") + ".zip"
    assert f'href="{address}"' in client.get(reported.address(PRINTED)).text
    answer = client.get(address, timeout=60)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert check(folder, reread).problems == []
    assert client.get("/evidence/999999/2024/organ.zip").status_code == 404


def test_without_what_reads_columns_again_no_evidence_is_offered(reported: Reported) -> None:
    app = create_app(reported.archive)
    with serving(app) as base, httpx.Client(base_url=base, trust_env=False) as client:
        assert "/evidence/" not in client.get(reported.address(PLAIN)).text
        assert client.get("/evidence/1/2024/organ.zip").status_code == 404
    app.state.showing.confined.close()
