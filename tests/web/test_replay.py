"""Archived bytes in the browser: whatever sites sent, it is shown and cannot act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from reported import ATTACK, BOMB, HOSTILE, PLAIN, PRINTED, WORD, Reported, make, page, sound
from serving import serving

from archive.web.app import create_app
from archive.web.documents.cache import Cache
from archive.web.documents.confined import LIMITS
from archive.web.documents.copies import copy
from archive.web.replay import attachment
from extract.worker import Limits

SANDBOXED = ("script-src", "allow-scripts", "allow-same-origin", "allow-forms", "allow-popups")


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    return make(tmp_path_factory.mktemp("reported"))


@pytest.fixture(scope="module")
def app(reported: Reported) -> FastAPI:
    return create_app(reported.archive)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as base, httpx.Client(base_url=base, trust_env=False) as client:
        yield client
    app.state.showing.confined.close()


@pytest.mark.parametrize("name", [PLAIN, HOSTILE, PRINTED, WORD])
def test_an_original_is_only_ever_downloaded(
    client: httpx.Client, reported: Reported, name: str
) -> None:
    answer = client.get(f"/documents/{reported.sha256(name)}/original")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


def test_an_original_has_the_bytes_and_a_name_that_says_what_it_is(
    client: httpx.Client, reported: Reported
) -> None:
    answer = client.get(f"/documents/{reported.sha256(PRINTED)}/original")
    assert answer.content.startswith(b"%PDF-")
    assert unquote(answer.headers["content-disposition"]).endswith(f"{PRINTED} 2024 organ.pdf")
    again = client.get(
        f"/documents/{reported.sha256(PRINTED)}/original",
        headers={"if-none-match": answer.headers["etag"]},
    )
    assert (again.status_code, again.content) == (304, b"")


@given(st.text())
def test_any_name_makes_a_header_that_names_one_file(name: str) -> None:
    header = attachment(name + ".html")
    assert re.fullmatch(
        r"attachment; filename=\"[A-Za-z0-9_. ()-]+\"; filename\*=UTF-8''[A-Za-z0-9%_.~-]+", header
    )
    plain = unquote(header.partition("UTF-8''")[2])
    assert not set('/\\"\r\n\0') & set(plain)


def test_names_in_chinese_survive(client: httpx.Client, reported: Reported) -> None:
    assert unquote(attachment("示例市教育局 2024.pdf")).endswith("UTF-8''示例市教育局 2024.pdf")


@pytest.mark.parametrize(
    "path",
    [
        "/documents/../../etc/passwd/original",
        "/documents/..%2f..%2fetc%2fpasswd/original",
        "/documents/" + "0" * 64 + "/original",
        "/documents/" + "0" * 64 + "/pages/1",
        "/documents/" + "A" * 64 + "/copy",
        "/captures/..%2f..%2fgongkai.toml/0",
        "/captures/gongkai.toml/0",
        "/captures/%2e%2e%2fgongkai.toml/0",
        "/static/..%2f..%2fsettings.py",
    ],
)
def test_no_path_of_a_request_reaches_a_file(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert b"root:" not in answer.content
    assert b"[crawl]" not in answer.content


def test_the_pages_of_a_pdf_are_pictures_of_a_bounded_size(
    client: httpx.Client, reported: Reported
) -> None:
    answer = client.get(f"/documents/{reported.sha256(PRINTED)}/pages/1")
    assert answer.headers["content-type"] == "image/png"
    width, height = (int.from_bytes(answer.content[at : at + 4]) for at in (16, 20))
    assert width == 1240
    assert height < 2000
    missing = client.get(f"/documents/{reported.sha256(PRINTED)}/pages/99")
    assert (missing.status_code, missing.headers["content-type"]) == (422, "image/svg+xml")


def test_a_bomb_costs_one_picture_that_says_so(
    app: FastAPI, client: httpx.Client, reported: Reported
) -> None:
    confined = app.state.showing.confined
    confined.close()
    confined.limits = Limits(memory=LIMITS.memory, cpu_seconds=2, seconds=3.0, result=LIMITS.result)
    try:
        for _ in range(2):
            answer = client.get(f"/documents/{reported.sha256(BOMB)}/pages/1")
            assert answer.status_code == 422
            assert b"<svg" in answer.content
        good = client.get(f"/documents/{reported.sha256(PRINTED)}/pages/2")
        assert good.status_code == 200
    finally:
        confined.close()
        confined.limits = LIMITS


@pytest.mark.parametrize("name", [PLAIN, HOSTILE, WORD])
def test_a_copy_is_in_a_sandbox_wherever_it_is_opened(
    client: httpx.Client, reported: Reported, name: str
) -> None:
    answer = client.get(f"/documents/{reported.sha256(name)}/copy")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert not [word for word in SANDBOXED if word in policy]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_copy_keeps_the_words_and_nothing_that_acts(
    client: httpx.Client, reported: Reported
) -> None:
    text = client.get(f"/documents/{reported.sha256(HOSTILE)}/copy").text
    assert "本年新收政府信息公开申请数量" in text
    _harmless(text)


@given(st.lists(st.sampled_from(re.findall(r"<[^>]+>|[^<]+", ATTACK)), max_size=30))
def test_no_mixture_of_markup_gets_through(pieces: list[str]) -> None:
    made = page("局", sound(), more="".join(pieces))
    for whole in (True, False):
        _harmless(copy(made, "text/html", {}, whole).decode())


def _harmless(text: str) -> None:
    allowed = {"id", "class", "title", "rowspan", "colspan", "lang", "charset", "name", "content"}
    for element in html.document_fromstring(text).iter():
        assert isinstance(element.tag, str)
        assert element.tag not in {
            "script",
            "svg",
            "img",
            "iframe",
            "form",
            "base",
            "link",
            "object",
        }
        assert set(element.attrib) <= allowed, element.attrib
        assert element.tag != "meta" or element.get("http-equiv") is None


def test_a_figure_in_a_copy_leads_to_the_report(client: httpx.Client, reported: Reported) -> None:
    address = reported.address(PLAIN)
    copied = html.document_fromstring(
        client.get(f"{address}/versions/2/copy", params={"here": "latest"}).text
    )
    (link,) = copied.xpath("//a[@href=$to]", to=f"{address}#f-art20_5.licences.decisions")
    assert link.text_content().strip() == "102"
    assert link.get("target") == "_parent"
    shown = html.document_fromstring(client.get(address).text)
    (figure,) = shown.xpath("//a[@id='f-art20_5.licences.decisions']")
    assert figure.get("href").endswith(f"#{link.getparent().get('id')}")


def test_a_capture_tells_where_its_bytes_are_and_how_to_check_them(
    client: httpx.Client, reported: Reported
) -> None:
    answer = client.get(reported.place(PRINTED))
    warc, offset = reported.place(PRINTED).split("/")[2:]
    assert (
        f"tail -c +{int(offset) + 1} warc/{warc}"
        in html.document_fromstring(answer.text).text_content()
    )
    assert reported.sha256(PRINTED) in answer.text


def test_the_cache_stays_within_its_bounds_and_is_no_failure(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", 1_000_000)
    for number in range(60):
        cache.put(f"{number}", bytes(50_000))
    kept = sum(path.stat().st_size for path in (tmp_path / "cache").iterdir())
    assert kept <= 1_300_000
    assert cache.get("59") == bytes(50_000)
    (tmp_path / "file").write_text("no folder")
    broken = Cache(tmp_path / "file", 1_000_000)
    broken.put("a", b"1")
    assert broken.get("a") is None
