"""Reports side by side: certain figures are compared, doubtful ones are shown as such."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import escape

import httpx
import pytest
from reported import GRANTED, HOSTILE, PLAIN, PRINTED, UNEVEN, YEAR, Reported, make
from serving import serving

from archive import corrections
from archive.web.app import create_app


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    return make(tmp_path_factory.mktemp("compared"))


@pytest.fixture(scope="module")
def client(reported: Reported) -> Iterator[httpx.Client]:
    with (
        serving(create_app(reported.archive)) as base,
        httpx.Client(base_url=base, trust_env=False) as client,
    ):
        yield client


def _id(reported: Reported, name: str) -> str:
    return reported.address(name).removeprefix("/reports/")


def _row(page: str, key: str) -> list[str]:
    """The texts of the cells of a line."""
    line = re.search(rf'<tr><th scope="row" title="{re.escape(key)}">.*?</tr>', page, re.DOTALL)
    assert line is not None, key
    cells = re.findall("<td[^>]*>(.*?)</td>", line[0], re.DOTALL)
    return [" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in cells]


def test_two_reports_stand_side_by_side_with_their_difference(
    client: httpx.Client, reported: Reported
) -> None:
    asked = [_id(reported, PLAIN), _id(reported, UNEVEN)]
    page = client.get("/compare", params={"report": asked, "lang": "en", "every": "true"}).text
    assert _row(page, "requests.received_new.total") == ["5", "5", "0"]
    assert _row(page, "art20_5.licences.decisions") == ["102", "83", "-19"]
    assert _row(page, GRANTED)[0] == "5"
    # The cell that does not add up is the agency's own figure, and leads to where it is printed.
    assert f'href="{reported.address(UNEVEN)}#f-{GRANTED}"' in page


def test_only_totals_of_the_requests_unless_all_are_wanted(
    client: httpx.Client, reported: Reported
) -> None:
    asked = {"report": [_id(reported, PLAIN)]}
    assert GRANTED not in client.get("/compare", params=asked).text
    assert GRANTED in client.get("/compare", params=asked | {"every": "true"}).text


def test_a_rate_says_what_it_was_made_of(client: httpx.Client, reported: Reported) -> None:
    page = client.get("/compare", params={"report": [_id(reported, PLAIN)], "lang": "en"}).text
    assert "100.0 %" in page
    assert "5 / 5" in page


def test_a_corrected_figure_is_compared_as_corrected(reported: Reported) -> None:
    key = "requests.received_new.total"
    with reported.archive.session() as session:
        report = reported._report(session, PRINTED)
        corrections.correct(session, 1, report, key, "7", reason="misprint", person="tester")
        session.commit()
    with (
        serving(create_app(reported.archive)) as base,
        httpx.Client(base_url=base, trust_env=False) as client,
    ):
        asked = {"report": [_id(reported, PRINTED), _id(reported, PLAIN)], "lang": "en"}
        found = client.get("/compare.csv", params=asked)
        page = client.get("/compare", params=asked).text
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(found.text))}
    head = f"{PRINTED} {YEAR} organ"
    assert (rows[key][head], rows[key][f"{head} certainty"]) == ("7", "corrected")
    # The figure says so, and so does the difference; what has nothing to do with it does not.
    said = "(corrected by a person)"
    figure, other, difference = _row(page, key)
    assert figure == f"7 {said}"
    assert other == "5"
    assert difference == f"-2 ✎ {said}"
    assert said not in "".join(_row(page, "requests.processed_total.total"))


def test_a_rate_made_of_a_corrected_figure_says_so(reported: Reported) -> None:
    with reported.archive.session() as session:
        report = reported._report(session, PLAIN)
        key = "requests.granted.total"
        corrections.correct(session, 2, report, key, "4", reason="misprint", person="tester")
        session.commit()
    with (
        serving(create_app(reported.archive)) as base,
        httpx.Client(base_url=base, trust_env=False) as client,
    ):
        asked = {"report": [_id(reported, PLAIN), _id(reported, UNEVEN)], "lang": "en"}
        page = client.get("/compare", params=asked).text
    mine, other = re.findall(
        r"<td[^>]*>(.*?)</td>", page.partition("Granted in full or in part")[2]
    )[:2]
    assert "80.0 %" in mine
    assert "corrected by a person" in mine
    assert "corrected by a person" not in other


def test_agencies_are_found_added_and_taken_away(client: httpx.Client, reported: Reported) -> None:
    first, other = _id(reported, PLAIN), _id(reported, UNEVEN)
    page = client.get("/compare", params={"report": first, "q": "财政", "lang": "en"}).text
    offer = re.search(r'href="(/compare\?[^"]*)">2024', page)
    assert offer is not None
    both = client.get(offer[1].replace("&amp;", "&")).text
    assert PLAIN in both
    assert UNEVEN in both
    assert f'href="/compare?report={other}"' in both  # without the first
    assert 'id="offers"' in client.get("/compare", params={"q": "无此机关"}).text


def test_an_agency_stands_for_its_latest_reports(client: httpx.Client, reported: Reported) -> None:
    number = _id(reported, PLAIN).split("/")[0]
    assert f"{PLAIN} {YEAR}" in client.get("/compare", params={"agency": number}).text
    assert client.get("/compare", params={"agency": "99999"}).status_code == 200


def test_names_are_text(client: httpx.Client, reported: Reported) -> None:
    page = client.get("/compare", params={"report": _id(reported, HOSTILE), "q": "<b>"}).text
    assert escape(HOSTILE) in page
    assert "<script>alert" not in page
    assert "<b>" not in page.partition("<main")[2].partition("</form>")[0]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"report": "x"}, 422),
        ({"report": "1/2024/../../etc"}, 422),
        ({"report": "99999/2024/organ"}, 404),
        ({"report": [f"1/20{n}/organ" for n in range(10, 18)]}, 422),
        ({"agency": "0"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(
    client: httpx.Client, asked: dict[str, str], status: int
) -> None:
    assert client.get("/compare", params=asked).status_code == status
