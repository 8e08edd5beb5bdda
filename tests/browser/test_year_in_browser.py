"""The start and search pages in Chromium: reachable by keys, sound for readers' tools, and nothing from elsewhere."""

from __future__ import annotations

import pytest
from reported import YEAR
from test_report_page import Tab, axe, browser, reported, site, tab  # noqa: F401 fixtures

PAGES = (
    f"/?year={YEAR}",
    f"/?year={YEAR}&lang=en",
    "/search?q=公开",
    "/missing",
    "/api",
    f"/compare?report=1/{YEAR}/organ&report=2/{YEAR}/organ&q=局",
)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(tab: Tab, address: str, scheme: str) -> None:  # noqa: F811
    tab.page.emulate_media(color_scheme=scheme)
    tab.page.goto(address)
    found = axe.Axe().run(tab.page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert tab.errors == []
    base = tab.page.url.split("/")[2]
    assert all(one.split("/")[2] == base for one in tab.asked if not one.startswith("data:"))


def test_the_page_is_walked_by_keys(tab: Tab) -> None:  # noqa: F811
    page = tab.page
    page.goto(f"/?year={YEAR}&lang=zh")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
