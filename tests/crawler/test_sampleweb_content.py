"""What the sample web publishes is what its truth says."""

import csv
import itertools
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sampleweb import AGENCIES_CSV
from crawler.sampleweb.content import sample_sites
from crawler.sampleweb.figures import Figures, series
from crawler.sampleweb.plan import PLANS, YEARS, moment
from crawler.sampleweb.portal import PortalSite
from crawler.sampleweb.truth import truth, truths
from crawler.sampleweb.web import Request
from extract.document import Origin
from extract.forms.dictionary import APPLICANTS, CHALLENGES, F2021_KEYS, OUTCOMES, RESULTS
from extract.reading import read

DOCUMENTS = Path(AGENCIES_CSV).parent / "documents"
FILES = sorted({name for plan in PLANS for name in plan.files.values()})
MEDIA_TYPES = {
    "inline": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
PUBLISHED = [one for one in truths() if one.published]


def failures(figures: Figures) -> set[tuple[str, str]]:
    """Rows and columns of tables 三 and 四 that do not add up, as (rule, row or column)."""
    columns = [column.key for column in APPLICANTS]
    rows = [row.key for row in RESULTS]
    found = set()
    for row in ("received_new", "carried_in", *rows, "processed_total", "carried_out"):
        cells = [figures[f"requests.{row}.{column}"] for column in columns]
        if sum(cells[:-1]) != cells[-1]:
            found.add(("T3-01", row))
    for column in columns:

        def cell(row: str, column: str = column) -> int | Decimal:
            return figures[f"requests.{row}.{column}"]

        if sum(cell(row) for row in rows) != cell("processed_total"):
            found.add(("T3-02", column))
        if cell("received_new") + cell("carried_in") != cell("processed_total") + cell(
            "carried_out"
        ):
            found.add(("T3-03", column))
    for group in CHALLENGES:
        *parts, total = (figures[f"{group.key}.{outcome.key}"] for outcome in OUTCOMES)
        if sum(parts) != total:
            found.add(("T4", group.key))
    return found


MISPRINTS = {
    ("示例市财政局", 2024): {("T3-01", "granted"), ("T3-02", "natural_person")},
    ("示例市演示县农业农村局", 2024): {("T3-01", "carried_out"), ("T3-03", "total")},
}


@pytest.mark.parametrize("one", PUBLISHED, ids=lambda one: f"{one.agency}{one.year}")
def test_figures_add_up_except_where_a_misprint_is_planted(one) -> None:
    figures = one.figures()
    assert tuple(figures) == F2021_KEYS
    assert failures(figures) == MISPRINTS.get((one.agency, one.year), set())
    assert (one.content == "inconsistent") == ((one.agency, one.year) in MISPRINTS)


@given(st.text(max_size=8), st.integers(0, 300), st.integers(0, 5000), st.booleans())
def test_invented_figures_keep_the_identities_within_and_between_years(
    name: str, requests: int, decisions: int, makes_rules: bool
) -> None:
    years = series(name, YEARS, requests, decisions, makes_rules)
    assert all(not failures(figures) for figures in years.values())
    assert all(value >= 0 for figures in years.values() for value in figures.values())
    for before, after in itertools.pairwise(years.values()):
        for column in APPLICANTS:
            assert (
                before[f"requests.carried_out.{column.key}"]
                == after[f"requests.carried_in.{column.key}"]
            )
        for row in ("rules", "normative"):
            assert (
                before[f"art20_1.{row}.in_force"]
                + after[f"art20_1.{row}.issued"]
                - after[f"art20_1.{row}.repealed"]
                == after[f"art20_1.{row}.in_force"]
            )


def test_the_real_townships_show_their_true_figures_and_are_never_late() -> None:
    names = ("渠县涌兴镇", "枞阳县金社镇", "叶城县河园镇", "郸城县秋渠乡", "抚远市寒葱沟镇")
    for name in names:
        one = truth(f"{name}人民政府", 2024)
        expected = {"art20_5.licences.decisions": 14} if "金社" in name else {}
        assert {key: value for key, value in one.figures().items() if value} == expected
        for year in YEARS:
            assert truth(one.agency, year).published < moment(f"{year + 1}-02-01 00:00")


def test_whoever_misbehaves_belongs_to_a_city_that_does_not_exist() -> None:
    visits = [moment(f"2025-{day} 09:00") for day in ("01-31", "02-10", "03-31", "04-09")]
    for one in truths():
        if one.year == 2024 and (
            one.status(date(2025, 4, 9), visits) != "on_time" or one.content != "complete"
        ):
            assert one.agency.startswith("示例市")
            assert one.host.endswith("shili.gov.test")


def test_the_audit_that_the_truth_expects() -> None:
    visits = [moment(f"2025-{day} 09:00") for day in ("01-31", "02-10", "03-31", "04-09")]
    expected = {
        "示例市教育局": "late",
        "示例市民政局": "missing",
        "示例市气象局": "unknown",
        "示例市税务局": "blocked",
        "示例市演示县试验镇人民政府": "backdated_suspect",
    }
    for one in truths():
        if one.year == 2024:
            status = one.status(date(2025, 4, 9), visits)
            assert status == expected.get(one.agency, "on_time"), one.agency
    region = truth("示例市人民政府", 2024)
    assert region.status(date(2025, 3, 1), visits) == "not_due"
    assert region.status(date(2025, 4, 9), visits[-1:]) == "on_time_claimed"
    assert truth("示例市民政局", 2024).status(date(2025, 4, 9), visits[:1]) == "unknown"


def test_the_register_and_the_plan_name_the_same_agencies_and_hosts() -> None:
    with AGENCIES_CSV.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    hosts = {site.host for site in sample_sites()}
    for row in rows:
        assert row["home_url"].removeprefix("http://").rstrip("/") in hosts
        assert not row["name"].startswith("示例市") or row["division_code"] == ""
    names = {row["name"] for row in rows}
    assert {plan.agency for plan in PLANS} == names - {"示例市气象局", "示例市税务局"}
    assert {row["parent"] for row in rows} - {""} <= names


def test_every_report_stands_in_the_column_of_its_site() -> None:
    now = moment("2025-04-09 10:00")
    for site in sample_sites():
        if not isinstance(site, PortalSite):
            continue
        there = {(entry.source, entry.title) for entry in site.portal.listed("annual", now)}
        due = {(one.agency, one.title) for one in PUBLISHED if one.host == site.host}
        assert due <= there
        assert due


def test_the_wrong_document_is_the_report_of_the_year_before() -> None:
    one = truth("示例市水务局", 2024)
    assert (one.content, one.printed_year) == ("wrong_document", 2023)
    assert "2024年" in one.title
    assert one.figures() == truth("示例市水务局", 2023).figures()


def test_the_replaced_report_has_other_numbers() -> None:
    one = truth("示例市演示县教育局", 2024)
    before, after = one.figures(moment("2025-02-01 00:00")), one.figures()
    assert {key for key in before if before[key] != after[key]} == {"art20_5.licences.decisions"}


def test_the_committed_documents_are_those_of_the_plan_and_small() -> None:
    assert sorted(path.name for path in DOCUMENTS.iterdir()) == FILES
    assert all(path.stat().st_size < 120_000 for path in DOCUMENTS.iterdir())


@pytest.mark.parametrize("one", PUBLISHED, ids=lambda one: f"{one.agency}{one.year}")
def test_every_report_reads_as_what_it_claims(one) -> None:
    site = next(site for site in sample_sites() if site.host == one.host)
    assert isinstance(site, PortalSite)
    now = moment("2025-04-09 10:00")
    entry = next(e for e in site.portal.listed("annual", now) if e.title == one.title)
    edition = entry.edition(now)
    if edition.attachments:
        data = edition.attachments[0].read()
        assert edition.attachments[0].file.endswith(one.form)
        assert len(edition.html) < 100, "an attachment stands beside one line of text"
    else:
        request = Request("GET", site.host, site.article_path("annual", entry))
        data = site.respond(request, now).body
    record = read(data, Origin())
    assert record.source.media_type == MEDIA_TYPES[one.form]
    assert (record.parse.status, record.form) == ("ok", "f2021")
    assert record.values() == one.figures()
    assert record.dates.period == (f"{one.printed_year}-01-01", f"{one.printed_year}-12-31")
    assert [section.number for section in record.sections] == [1, 2, 3, 4, 5, 6]
