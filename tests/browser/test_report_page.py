"""The report page in Chromium: from a number to its place and back, and hostile pages that can do nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from reported import GRANTED, HOSTILE, PLAIN, PRINTED, UNEVEN, Reported, make
from serving import serving

from archive.web.app import create_app

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

CHROMIUM = Path("/usr/bin/chromium")
PASSWORD = "eine gute Losung"
HTTP_OK = 200


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    return make(tmp_path_factory.mktemp("reported"))


@pytest.fixture(scope="module")
def site(reported: Reported) -> Iterator[str]:
    reported.archive.settings.web.password = PASSWORD
    app = create_app(reported.archive)
    with serving(app) as base:
        yield base
    app.state.showing.confined.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


class Tab:
    """A tab of the browser that remembers what it asked for and what went wrong."""

    def __init__(self, browser: sync_api.Browser, site: str, **options: object) -> None:
        self.context = browser.new_context(base_url=site, **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on(
            "console",
            lambda message: message.type == "error" and self.errors.append(message.text),
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))


@pytest.fixture
def tab(browser: sync_api.Browser, site: str) -> Iterator[Tab]:
    tab = Tab(browser, site, viewport={"width": 1400, "height": 900})
    yield tab
    tab.context.close()


def _seen(page: sync_api.Page, selector: str) -> bool:
    """Whether an element is within what the window and its pane show."""
    sync_api.expect(page.locator(selector)).to_be_in_viewport(timeout=5000)
    return True


def test_a_number_leads_to_its_box_on_the_page_and_back(tab: Tab, reported: Reported) -> None:
    page = tab.page
    page.goto(reported.address(PRINTED))
    figure, mark = (f'[id="{end}-litigation_after_review.total"]' for end in "fp")
    page.click(figure)
    sync_api.expect(page.locator(mark)).to_have_class(re.compile("selected"))
    assert _seen(page, f"{mark} rect")
    assert page.locator("#selected").text_content().startswith("复议后起诉 / 总计")
    other = f'[id="p-{GRANTED}"]'
    page.locator(other).scroll_into_view_if_needed()
    page.click(f"{other} rect")
    back = page.locator(f'[id="f-{GRANTED}"]')
    sync_api.expect(back).to_be_focused()
    sync_api.expect(back).to_be_in_viewport()
    assert tab.errors == []


def test_the_box_is_where_the_number_is_printed(tab: Tab, reported: Reported) -> None:
    page = tab.page
    page.goto(reported.address(PRINTED))
    mark = page.locator('[id="p-art20_5.licences.decisions"] rect')
    mark.scroll_into_view_if_needed()
    box, sheet = mark.bounding_box(), page.locator("#page-1 img").bounding_box()
    assert box is not None
    assert sheet is not None
    # The ink in the picture within the box, and none in a box of that size beside it.
    dark = """([x, y, w, h]) => { const img = document.querySelector("#page-1 img");
        const c = document.createElement("canvas"); c.width = img.naturalWidth; c.height = img.naturalHeight;
        const g = c.getContext("2d"); g.drawImage(img, 0, 0); const s = c.width;
        const d = g.getImageData(x * s, y * s, w * s, h * s).data; let n = 0;
        for (let i = 0; i < d.length; i += 4) if (d[i] < 110) n++; return n; }"""
    scale = sheet["width"]
    x, y = (box["x"] - sheet["x"]) / scale, (box["y"] - sheet["y"]) / scale
    w, h = box["width"] / scale, box["height"] / scale
    inside = page.evaluate(dark, [x + w * 0.1, y + h * 0.15, w * 0.8, h * 0.7])
    beside = page.evaluate(dark, [x + w * 2, y + h * 0.15, w * 0.8, h * 0.7])
    assert inside > 20
    assert beside == 0


def test_the_ways_between_work_without_script(
    browser: sync_api.Browser, site: str, reported: Reported
) -> None:
    tab = Tab(browser, site, java_script_enabled=False, viewport={"width": 1400, "height": 900})
    page = tab.page
    page.goto(reported.address(PRINTED))
    page.click('[id="f-litigation_after_review.total"]')
    page.wait_for_url("**#p-litigation_after_review.total")
    sync_api.expect(page.locator('[id="p-litigation_after_review.total"] rect')).to_be_in_viewport()
    page.click('[id="p-litigation_after_review.total"] rect')
    page.wait_for_url("**#f-litigation_after_review.total")
    sync_api.expect(page.locator('[id="f-litigation_after_review.total"]')).to_be_in_viewport()
    page.goto(reported.address(PLAIN))
    page.click(f'[id="f-{GRANTED}"]')
    frame = page.frame("document")
    assert frame is not None
    frame.wait_for_url("**#table-2-row-6-column-4")
    sync_api.expect(frame.locator(":target")).to_be_in_viewport()
    tab.context.close()


def test_a_number_leads_into_the_copy_of_a_page_and_back(tab: Tab, reported: Reported) -> None:
    page = tab.page
    page.goto(reported.address(PLAIN))
    page.click(f'[id="f-{GRANTED}"]')
    frame = page.frame_locator("iframe.copy")
    sync_api.expect(frame.locator(":target")).to_have_text("5")
    sync_api.expect(frame.locator(":target")).to_be_in_viewport()
    frame.locator("#table-1-row-7-column-2 a").click()
    back = page.locator('[id="f-art20_5.licences.decisions"]')
    sync_api.expect(back).to_be_focused()
    sync_api.expect(back).to_have_text("102")
    sync_api.expect(frame.locator(":target")).to_have_text("102")
    assert tab.errors == []


def test_the_keyboard_is_enough(tab: Tab, reported: Reported) -> None:
    page = tab.page
    page.goto(reported.address(PRINTED))
    page.locator(f'[id="f-{GRANTED}"]').focus()
    page.keyboard.press("Enter")
    mark = page.locator(f'[id="p-{GRANTED}"]')
    sync_api.expect(mark).to_have_class(re.compile("selected"))
    mark.focus()
    page.keyboard.press("Enter")
    sync_api.expect(page.locator(f'[id="f-{GRANTED}"]')).to_be_focused()


def test_a_finding_leads_to_its_figures(tab: Tab, reported: Reported) -> None:
    page = tab.page
    page.goto(reported.address(UNEVEN))
    page.locator(f'.finding a[href="#f-{GRANTED}"]').first.click()
    sync_api.expect(page.locator(f'[id="f-{GRANTED}"]')).to_be_in_viewport()
    frame = page.frame_locator("iframe.copy")
    sync_api.expect(frame.locator(":target")).to_have_text("6")


def test_a_hostile_page_can_do_nothing(tab: Tab, reported: Reported, site: str) -> None:
    page = tab.page
    page.context.route("http://evil.test/**", lambda route: route.abort())
    page.goto(reported.address(HOSTILE), wait_until="networkidle")
    title = page.title()
    assert "<script>" in title
    frame = page.frame("document")
    assert frame is not None
    assert "click me" in frame.locator("body").inner_text()
    frame.get_by_text("click me").click()
    frame.get_by_text("away").click()
    page.wait_for_timeout(500)
    _nothing_happened(tab, site)
    assert page.title() == title
    assert page.url == site + reported.address(HOSTILE)


def test_nor_can_it_when_its_address_is_opened(tab: Tab, reported: Reported, site: str) -> None:
    page = tab.page
    page.context.route("http://evil.test/**", lambda route: route.abort())
    for address in (
        f"/documents/{reported.sha256(HOSTILE)}/copy",
        f"{reported.address(HOSTILE)}/versions/1/copy",
    ):
        page.goto(address, wait_until="networkidle")
        assert page.evaluate("origin") == "null"
        page.get_by_text("click me").click()
        page.wait_for_timeout(300)
        _nothing_happened(tab, site)
        assert page.url == site + address
    with page.expect_download() as download:
        page.evaluate("0")
        with pytest.raises(sync_api.Error, match="Download is starting"):
            page.goto(f"/documents/{reported.sha256(HOSTILE)}/original")
    assert download.value.suggested_filename.endswith(".html")


def test_the_origin_of_a_copy_cannot_read_ours(tab: Tab, reported: Reported) -> None:
    """What the sandbox does if something did run: a copy is another origin, and may ask for nothing."""
    page = tab.page
    page.goto(f"/documents/{reported.sha256(HOSTILE)}/copy")
    asked = "u => fetch(u).then(r => r.text(), e => 'refused')"
    for address in ("/", "/review", "/reports/1/2024/organ", "/api/v1/agencies"):
        assert page.evaluate(asked, address) == "refused"
    with pytest.raises(sync_api.Error, match="sandbox"):
        page.evaluate("document.cookie")


def test_a_copy_cannot_reach_the_page_it_is_shown_in(tab: Tab, reported: Reported) -> None:
    """As if what an archived page holds did run, inside the page of its report: it reads and calls nothing."""
    page = tab.page
    page.goto(reported.address(HOSTILE), wait_until="networkidle")
    frame = page.frame("document")
    assert frame is not None
    attempt = "t => { try { return String(eval(t)) } catch (error) { return error.name } }"
    for reading in ("parent.location.href", "parent.ran = 1", "localStorage", "document.cookie"):
        assert frame.evaluate(attempt, reading) == "SecurityError"
    asked = "([u, method]) => fetch(u, {method}).then(() => 'answered', () => 'refused')"
    base = page.url.partition("/reports")[0]
    for address in ("/", "/api/v1/agencies", "/review/proposals"):
        for method in ("GET", "POST"):
            assert frame.evaluate(asked, [base + address, method]) == "refused"


def _nothing_happened(tab: Tab, site: str) -> None:
    assert [url for url in tab.asked if not url.startswith(site)] == []
    for frame in tab.page.frames:
        assert frame.evaluate("window.ran") is None


def test_a_corrected_figure_is_told_from_a_printed_one(tab: Tab, reported: Reported) -> None:
    page = tab.page
    page.goto("/review/sign-in")
    page.get_by_label("姓名").fill("王<b>校对")
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/review")
    page.goto(reported.address(UNEVEN))
    form = page.locator("form#correct")
    form.locator("select").select_option(GRANTED)
    form.get_by_role("textbox", name="应为").fill("5")
    form.get_by_role("textbox", name="理由").fill("附件为 5")
    form.get_by_role("button").click()
    figure = page.locator(f'[id="f-{GRANTED}"]')
    sync_api.expect(figure).to_have_text("5")
    sync_api.expect(page.locator(f'td:has([id="f-{GRANTED}"])')).to_have_class(
        re.compile("is-corrected")
    )
    assert page.get_by_role("cell", name="王<b>校对").is_visible()
    page.get_by_role("button", name="撤销").click()
    page.goto(reported.address(UNEVEN))
    sync_api.expect(page.locator(f'[id="f-{GRANTED}"]')).to_have_text("6")
    assert tab.errors == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 390)])
def test_axe_finds_nothing(
    browser: sync_api.Browser, site: str, reported: Reported, scheme: str, width: int
) -> None:
    tab = Tab(browser, site, color_scheme=scheme, viewport={"width": width, "height": 900})
    for address in (
        "/",
        reported.address(PRINTED),
        reported.address(UNEVEN),
        reported.address(HOSTILE),
        f"{reported.address(PLAIN)}/changes/1/2",
        reported.place(PRINTED),
        "/review",
        "/review/sign-in",
    ):
        tab.page.goto(address, wait_until="networkidle")
        found = axe.Axe().run(tab.page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
    tab.context.close()
