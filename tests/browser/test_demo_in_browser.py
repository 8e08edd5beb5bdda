"""Every page of the demo archive in Chromium: for readers' tools, on a telephone, by keys, and to take away.

The archive is the one that ``gongkai demo`` makes, with an agency whose name is markup, a correction and a
proposal beside.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commandline import runner
from serving import serving
from sqlalchemy import select
from test_report_page import PASSWORD, Tab, axe, browser, sync_api  # noqa: F401 fixture

from archive import corrections
from archive.agencies.proposals import proposal
from archive.database.models import Agency, Capture, Report
from archive.folder import Archive
from archive.web.app import create_app
from crawler.rereading import reread

YEAR = 2024
MARKUP = '示例市<img src="x" onerror="window.ran=1"><b>标记</b>&amp;局'
UNEVEN, PRINTED, CHANGED = "示例市财政局", "枞阳县金社镇人民政府", "示例市演示县教育局"
BLOCKED, ABSENT = "示例市税务局", "示例市民政局"
CORRECTED = "requests.granted.natural_person"
WIDE, NARROW = 1400, 390


class Demo:
    """The archive, and the addresses of its pages."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def agency(self, name: str) -> str:
        """The page of an agency."""
        with self.archive.reader() as session:
            number = session.scalars(select(Agency.id).where(Agency.name == name)).one()
        return f"/agencies/{number}"

    def report(self, name: str) -> str:
        """The page of its report."""
        return f"{self.agency(name).replace('agencies', 'reports')}/{YEAR}/organ"

    def capture(self) -> str:
        """A page of a list that was stored."""
        with self.archive.reader() as session:
            one = session.scalars(select(Capture).where(Capture.purpose == "list")).first()
            assert one is not None
            return f"/captures/{one.warc}/{one.offset}"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    runner(folder)("demo", "--keep", folder)
    archive = Archive.open(folder)
    archive.settings.web.requests_per_minute = 0
    archive.settings.web.password = PASSWORD
    with archive.session() as session:
        session.add(Agency(name=MARKUP, kind="local_dept", division_code="340722"))
        capture = session.scalars(select(Capture)).first()
        made = proposal("agency", f"{MARKUP}二", "340722", capture, "stands on the list of organs")
        made.proposed_at = datetime.now(UTC)
        session.add(made)
        owner = session.scalars(select(Agency.id).where(Agency.name == UNEVEN)).one()
        report = session.scalars(select(Report).filter_by(agency_id=owner, year=YEAR)).one()
        said = {"reason": "<b>附件</b>为 13", "person": "王五"}
        corrections.correct(session, 1, report, CORRECTED, "13", **said)
        session.commit()
    return Demo(archive)


@pytest.fixture(scope="module")
def site(demo: Demo) -> Iterator[str]:
    app = create_app(demo.archive, reread)
    with serving(app) as base:
        yield base
    app.state.showing.confined.close()


@pytest.fixture
def tab(browser: sync_api.Browser, site: str) -> Iterator[Tab]:  # noqa: F811
    tab = Tab(browser, site, viewport={"width": WIDE, "height": 900}, accept_downloads=True)
    yield tab
    tab.context.close()


PAGES: dict[str, Callable[[Demo], str]] = {
    "start": lambda demo: f"/?year={YEAR}",
    "start in English": lambda demo: f"/?year={YEAR}&lang=en",
    "province": lambda demo: f"/?year={YEAR}&division=34",
    "prefecture": lambda demo: f"/?year={YEAR}&division=3407",
    "county": lambda demo: f"/?year={YEAR}&division=340722",
    "status": lambda demo: f"/?year={YEAR}&status=missing",
    "agency": lambda demo: demo.agency(UNEVEN),
    "agency that was not reached": lambda demo: demo.agency(BLOCKED),
    "agency that is absent": lambda demo: demo.agency(ABSENT),
    "agency of markup": lambda demo: demo.agency(MARKUP),
    "report of a page": lambda demo: demo.report(UNEVEN),
    "report on paper": lambda demo: f"{demo.report(PRINTED)}?lang=en",
    "versions": lambda demo: f"{demo.report(CHANGED)}/changes/1/2",
    "capture": Demo.capture,
    "missing": lambda demo: f"/missing?year={YEAR}",
    "search": lambda demo: "/search?q=培训",
    "search of names": lambda demo: "/search?q=标记",
    "compare": lambda demo: f"/compare?agency={demo.agency(UNEVEN).rpartition('/')[2]}&q=标记",
    "review": lambda demo: "/review",
    "sign in": lambda demo: "/review/sign-in",
    "API": lambda demo: "/api",
    "not found": lambda demo: "/agencies/999999",
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_sound_in_any_light_and_width(tab: Tab, demo: Demo, name: str) -> None:
    page = tab.page
    page.emulate_media(color_scheme="light")
    page.goto(PAGES[name](demo), wait_until="networkidle")
    _nothing_found(page, {"resultTypes": ["violations"]})
    # What is seen in other light are other colours; what is seen on a telephone is laid out anew.
    page.emulate_media(color_scheme="dark")
    _nothing_found(page, {"runOnly": ["color-contrast"]})
    page.set_viewport_size({"width": NARROW, "height": 844})
    _nothing_found(page, {"resultTypes": ["violations"]})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    assert page.evaluate("window.ran") is None
    missing = "status of 404" if name == "not found" else None
    assert [error for error in tab.errors if not (missing and missing in error)] == []
    here = page.url.split("/")[2]
    assert {url.split("/")[2] for url in tab.asked if not url.startswith("data:")} == {here}


def _nothing_found(page: sync_api.Page, options: dict[str, list[str]]) -> None:
    found = axe.Axe().run(page, options=options).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_a_name_of_markup_is_a_name_everywhere(tab: Tab, demo: Demo) -> None:
    page = tab.page
    for name in ("county", "agency of markup", "search of names"):
        page.goto(PAGES[name](demo), wait_until="networkidle")
        assert page.get_by_text(MARKUP, exact=True).first.is_visible(), name
        assert page.locator('img[src="x"]').count() == 0
        assert page.evaluate("window.ran") is None


def test_keys_lead_from_the_country_to_a_number(tab: Tab, demo: Demo) -> None:
    page = tab.page
    page.goto(f"/?year={YEAR}")

    def enter(link: str, then: str) -> None:
        page.locator(link).first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(then)

    enter('.map a[aria-label^="安徽"]', "**division=34")
    enter('td a[href$="division=3407"]', "**division=3407")
    enter('td a[href$="division=340722"]', "**division=340722")
    enter(f'td a[href="{demo.agency(PRINTED)}"]', f"**{demo.agency(PRINTED)}")
    enter(f'td a[href="{demo.report(PRINTED)}"]', f"**{demo.report(PRINTED)}")
    figure = page.locator('[id="f-art20_5.licences.decisions"]')
    figure.focus()
    page.keyboard.press("Enter")
    sync_api.expect(page.locator('[id="p-art20_5.licences.decisions"] rect')).to_be_in_viewport()


def test_keys_search(tab: Tab) -> None:
    page = tab.page
    page.goto("/search")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type("培训")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert page.locator("mark").first.text_content() == "培训"
    page.locator(".which a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/**")


def test_keys_add_a_report_to_compare(tab: Tab, demo: Demo) -> None:
    page = tab.page
    page.goto(f"/compare?report={demo.report(UNEVEN).removeprefix('/reports/')}&every=true")
    corrected = page.locator(f'th[title="{CORRECTED}"] + td')
    assert corrected.text_content() == "13 (经人工更正)"
    drawn = corrected.locator("a").evaluate("one => getComputedStyle(one, '::before').content")
    assert "✎" in drawn
    page.get_by_role("searchbox").focus()
    page.keyboard.type("金社镇")
    offer = page.locator("#offers a").first
    sync_api.expect(offer).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    sync_api.expect(offer).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("report=.*report="))
    assert page.locator("thead th a.remove").count() == 2


def test_keys_sign_in_judge_and_take_back(tab: Tab, demo: Demo) -> None:
    page = tab.page
    page.goto("/review/sign-in")
    page.get_by_label("姓名").focus()
    page.keyboard.type("李<i>四")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    assert page.get_by_role("checkbox").get_attribute("aria-label") == f"{MARKUP}二"
    _nothing_found(page, {"resultTypes": ["violations"]})
    page.goto(demo.report(UNEVEN))
    _nothing_found(page, {"resultTypes": ["violations"]})
    finding = page.locator("li.finding").last
    finding.locator("details.review summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("已核对")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    sync_api.expect(page.locator(".judged")).to_have_text("人工确认")
    row = page.locator("tr", has=page.get_by_role("cell", name="李<i>四"))
    row.get_by_role("button").focus()
    page.keyboard.press("Enter")
    sync_api.expect(row.get_by_role("button")).to_have_count(0)


def test_what_is_offered_can_be_taken_away(tab: Tab, demo: Demo, tmp_path: Path) -> None:
    page = tab.page
    page.goto(demo.report(UNEVEN))
    for button, ending in (("下载原始文件", ".html"), ("数据 JSON", ".json"), ("数据 CSV", ".csv")):
        with page.expect_download() as got:
            page.get_by_role("link", name=button).click()
        assert got.value.suggested_filename.endswith(ending)
        if ending == ".json":
            assert json.loads(got.value.path().read_text("utf-8"))["form"] == "f2021"
    page.goto(f"/missing?year={YEAR}")
    with page.expect_download() as got:
        page.locator(".absent", has_text=ABSENT).get_by_role("link", name="证据").click()
    with zipfile.ZipFile(got.value.path()) as packed:
        assert packed.testzip() is None
        assert any(name.endswith(".warc.gz") for name in packed.namelist())
    assert tab.errors == []


def test_on_paper_nothing_is_cut_and_nothing_is_left_to_press(tab: Tab, demo: Demo) -> None:
    page = tab.page
    page.emulate_media(media="print", color_scheme="dark")
    # The width of A4 within its margins.
    page.set_viewport_size({"width": 718, "height": 1000})
    for name in ("missing", "report of a page", "agency"):
        page.goto(PAGES[name](demo), wait_until="networkidle")
        for gone in (".site", ".skip", ".actions", ".no-print"):
            shown = [one for one in page.locator(gone).all() if one.is_visible()]
            assert shown == [], f"{name}: {gone}"
        right = "Math.max(...[...document.querySelectorAll('main td, main p, main h2')].map(e => e.getBoundingClientRect().right))"
        assert page.evaluate(right) <= 718, name
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
