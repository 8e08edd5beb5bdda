"""The page of an agency in Chromium: sound for readers' tools, walked by keys, narrow, and printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from followed import BEFORE, DOUBTFUL, NAME, YEARS, fill
from reported import HOSTILE, Reported, make
from sqlalchemy import select
from test_report_page import Tab, axe, browser, site, sync_api, tab  # noqa: F401 fixtures

from archive.database.models import Agency


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    folder = tmp_path_factory.mktemp("followed")
    made = make(folder)
    fill(made, folder)
    return made


def _address(reported: Reported, name: str, lang: str = "zh") -> str:
    with reported.archive.reader() as session:
        number = session.scalars(select(Agency.id).where(Agency.name == name)).one()
    return f"/agencies/{number}?lang={lang}"


@pytest.mark.parametrize(
    ("name", "lang"), [(NAME, "zh"), (NAME, "en"), (BEFORE, "zh"), (HOSTILE, "en")]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    tab: Tab,  # noqa: F811
    reported: Reported,
    name: str,
    lang: str,
    scheme: str,
) -> None:
    tab.page.emulate_media(color_scheme=scheme)
    tab.page.goto(_address(reported, name, lang))
    assert tab.page.locator("h1").text_content() == name
    found = axe.Axe().run(tab.page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert tab.errors == []
    base = tab.page.url.split("/")[2]
    assert all(one.split("/")[2] == base for one in tab.asked if not one.startswith("data:"))


def test_a_bar_leads_to_the_number_in_the_report(tab: Tab, reported: Reported) -> None:  # noqa: F811
    page = tab.page
    page.goto(_address(reported, NAME, "en"))
    bar = page.locator('svg[aria-labelledby="organ-results-title"] a').last
    assert bar.get_attribute("aria-label").startswith(f"{YEARS[-1]}: granted ")
    bar.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{YEARS[-1]}/organ#f-requests.granted.total")
    sync_api.expect(page.locator('[id="f-requests.granted.total"]')).to_be_in_viewport()


def test_what_is_in_doubt_is_hollow(tab: Tab, reported: Reported) -> None:  # noqa: F811
    page = tab.page
    page.goto(_address(reported, NAME, "en"))
    fill_of = "one => getComputedStyle(one).fill"
    bars = page.locator('svg[aria-labelledby="organ-results-title"] a')
    fills = {
        bar.get_attribute("aria-label")[:4]: bar.locator("rect.part").first.evaluate(fill_of)
        for bar in bars.all()
    }
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert {year for year, fill in fills.items() if fill == ground} == {str(DOUBTFUL)}


def test_it_fits_a_telephone_and_a_sheet_of_paper(
    tab: Tab,  # noqa: F811
    reported: Reported,
    tmp_path: Path,
) -> None:
    page = tab.page
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(_address(reported, NAME))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 450, "height": 900})
    page.emulate_media(media="print", color_scheme="light")
    assert page.locator(".site").is_hidden()
    widest = "Math.max(...[...document.querySelectorAll('.charts svg.chart')].map(s => s.getBoundingClientRect().right))"
    assert page.evaluate(widest) <= 450
