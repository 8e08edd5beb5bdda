"""The search page: what is found, how hits are marked, and what wrong or hostile input gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import httpx
import pytest
from reported import PLAIN, YEAR, Reported, make
from serving import serving

from archive.search import hits, update
from archive.web import searching
from archive.web.app import create_app


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    made = make(tmp_path_factory.mktemp("searched"))
    with made.archive.session() as session:
        update(session, ())
        session.commit()
    return made


@pytest.fixture(scope="module")
def client(reported: Reported) -> Iterator[httpx.Client]:
    with (
        serving(create_app(reported.archive)) as base,
        httpx.Client(base_url=base, trust_env=False) as client,
    ):
        yield client


def _page(client: httpx.Client, **asked: str) -> str:
    answer = client.get("/search", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_hits_in_the_latest_text_are_marked(client: httpx.Client) -> None:
    assert "<mark>培训四次</mark>" in _page(client, q="培训四次")
    assert "<mark>" not in _page(client, q="培训三次")


def test_a_hit_leads_to_its_report(client: httpx.Client, reported: Reported) -> None:
    assert f'href="{reported.address(PLAIN)}"' in _page(client, q="培训四次")


def test_pages_of_results_show_every_hit_once(
    client: httpx.Client, reported: Reported, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reported.archive.reader() as session:
        wanted = [hit.place for hit in hits(session, "政府信息")]
        after, walked = None, []
        while part := list(islice(hits(session, "政府信息", after=after), 2)):
            walked += [hit.place for hit in part]
            after = part[-1].place
    assert len(wanted) > 4
    assert walked == wanted
    monkeypatch.setattr(searching, "_ROWS", 2)
    address, seen = "/search?q=政府信息&lang=en", 0
    while address:
        page = client.get(address).text
        seen += page.count('class="snippet"')
        found = re.search(r'href="(/search[^"]*after=[^"]*)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == len(wanted)


def test_filters_narrow_and_empty_fields_do_not(client: httpx.Client) -> None:
    assert "<mark>" in _page(client, q="培训四次", year=str(YEAR), division="", section="")
    assert "<mark>" not in _page(client, q="培训四次", year=str(YEAR - 1))
    assert "<mark>" in _page(client, q="培训四次", section="1")
    assert "<mark>" not in _page(client, q="培训四次", section="5")
    assert "<mark>" not in _page(client, q="培训四次", division="110000")


def test_an_agency_is_found_by_its_name(client: httpx.Client) -> None:
    page = _page(client, q=PLAIN, lang="en")
    assert f">{PLAIN}</a>" in page
    assert "<h2>Agencies</h2>" in page


def test_what_was_asked_for_is_shown_as_text(client: httpx.Client) -> None:
    page = _page(client, q='"><script>alert(1)</script>')
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "asked",
    [{"q": "？！"}, {"q": "培训", "year": "x"}, {"q": "培训", "section": "9"}, {"q": "x" * 201}],
)
def test_a_wrong_question_is_refused_as_such(client: httpx.Client, asked: dict[str, str]) -> None:
    assert client.get("/search", params=asked).status_code == 422
