"""What reports say of each other: figures carried over, tables and texts that two reports share."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from published import publish, record
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import corrections
from archive.agencies import lineage
from archive.audit import copies, cross
from archive.audit.carry_over import Figures, between_years, region
from archive.audit.content import Content
from archive.audit.table import audit
from archive.database.models import Agency, Finding, Report
from archive.folder import Archive
from archive.ingest import ingest

IN, OUT = "requests.carried_in.total", "requests.carried_out.total"
TABLE = {
    "requests.received_new.natural_person": 31,
    "requests.granted.natural_person": 12,
    "requests.granted.business": 7,
    "requests.partially_granted.natural_person": 3,
    "requests.unable.not_held.natural_person": 4,
    "requests.other.other.business": 5,
}


@pytest.fixture
def session(archive: Archive) -> Iterator[Session]:
    with archive.session() as opened:
        yield opened


def body(name: str = "示例市教育局", kind: str = "local_dept", code: str = "341802") -> Agency:
    return Agency(name=name, kind=kind, division_code=code)


def essay(seed: int, sentences: int = 14, name: str = "我局") -> dict[int, str]:
    """A narrative of its own, the same for the same seed but for the name."""
    chosen = random.Random(seed)
    words = "公开政务信息平台建设培训机构咨询服务群众企业审批解读政策监督考核栏目数据管理流程人员责任更新渠道"
    lines = ["".join(chosen.choices(words, k=30)) for _ in range(sentences)]
    half = sentences // 2
    return {
        n: "。".join(f"{name}{t}" for t in part) + "。"
        for n, part in ((1, lines[:half]), (5, lines[half:]))
    }


def bring(session: Session, *years: int) -> int:
    touched: set[tuple[int, int]] = set()
    ingest(session, touched)
    changed = cross.update(session, touched)
    return changed + sum(copies.compare(session, year) for year in years)


def findings(session: Session, agency: Agency, year: int) -> dict[str, Finding]:
    rows = session.scalars(
        select(Finding)
        .join(Finding.version)
        .join(Report, Report.id == Finding.version.property.mapper.class_.report_id)
        .where(Report.agency_id == agency.id, Report.year == year)
    )
    return {finding.rule: finding for finding in rows}


def two_years(
    session: Session, last: Mapping[str, Any], now: Mapping[str, Any], **more: Any
) -> Agency:
    agency = body()
    publish(session, agency, 2023, record(agency, 2023, last, **more))
    publish(session, agency, 2024, record(agency, 2024, now, **more))
    bring(session)
    return agency


def test_what_was_not_carried_over_is_an_error_that_names_both_reports(session: Session) -> None:
    agency = two_years(session, {OUT: 3}, {IN: 5})
    found = findings(session, agency, 2024)["CY-01"]
    assert (found.severity, found.verdict) == ("error", "fail")
    assert found.cells[0] == IN
    assert "2023" in found.cells[1]
    assert "2023" in found.message_zh
    (entry,) = audit(session, 2024)
    assert entry["content"] == Content.INCONSISTENT
    assert findings(session, agency, 2023) == {}


@pytest.mark.parametrize(
    ("last", "now"), [({OUT: 3}, {IN: 3}), ({OUT: None}, {IN: 5}), ({OUT: 3}, {IN: None})]
)
def test_the_same_number_and_a_blank_are_no_failure(
    session: Session, last: Mapping[str, Any], now: Mapping[str, Any]
) -> None:
    assert "CY-01" not in findings(session, two_years(session, last, now), 2024)


def test_a_doubtful_reading_accuses_nobody(session: Session) -> None:
    assert findings(session, two_years(session, {OUT: 3}, {IN: 5}, status="suspect"), 2024) == {}


def test_the_stock_of_documents_is_compared_on_the_form_of_2021_only(session: Session) -> None:
    key = "art20_1.normative"
    now = {f"{key}.in_force": 9, f"{key}.issued": 2, f"{key}.repealed": 1}
    agency = two_years(session, {f"{key}.in_force": 5}, now)
    found = findings(session, agency, 2024)["CY-02"]
    assert "6" in found.message_zh
    other = body("示例市水利局")
    publish(session, other, 2020, record(other, 2020, {}, form="f2019"))
    publish(session, other, 2021, record(other, 2021, now))
    bring(session)
    assert "CY-02" not in findings(session, other, 2021)


def test_a_merger_makes_the_carry_over_no_error(session: Session) -> None:
    agency, old = body(), body("示例市体育局")
    for one, values in ((agency, {OUT: 3}), (old, {OUT: 2})):
        publish(session, one, 2023, record(one, 2023, values))
    publish(session, agency, 2024, record(agency, 2024, {IN: 5}))
    lineage.record(session, "merged", old, 2024, agency, origin="test")
    bring(session)
    assert findings(session, agency, 2024)["CY-01"].severity == "warn"


def test_a_renamed_body_is_followed(session: Session) -> None:
    old = body()
    publish(session, old, 2023, record(old, 2023, {OUT: 3}))
    new = lineage.rename(session, old, "示例市教育体育局", 2024, origin="test")
    publish(session, new, 2024, record(new, 2024, {IN: 5}))
    bring(session)
    assert "CY-01" in findings(session, new, 2024)


def test_a_correction_of_last_year_takes_the_finding_away_and_undoing_brings_it_back(
    session: Session,
) -> None:
    agency = two_years(session, {OUT: 3}, {IN: 5})
    report = corrections.one_report(session, agency, 2023, None)
    corrections.correct(session, 1, report, OUT, "5", reason="annex", person="王")
    assert "CY-01" not in findings(session, agency, 2024)
    corrections.undo(session, "c1", person="王")
    assert "CY-01" in findings(session, agency, 2024)


def test_a_dismissal_survives_and_falls_with_the_other_years_number(session: Session) -> None:
    agency = two_years(session, {OUT: 3}, {IN: 5})
    report = corrections.one_report(session, agency, 2024, None)
    corrections.judge(session, 1, report, "CY-01", "dismissed", reason="explained", person="王")
    assert cross.update(session, {(agency.id, 2024)}) == 0
    assert findings(session, agency, 2024)["CY-01"].judged == "dismissed"
    last = corrections.one_report(session, agency, 2023, None)
    corrections.correct(session, 1, last, OUT, "4", reason="annex", person="王")
    assert findings(session, agency, 2024)["CY-01"].judged is None


def test_a_copied_table_needs_more_than_one_common_request(session: Session) -> None:
    agency = two_years(session, TABLE, TABLE)
    assert "CY-06" in findings(session, agency, 2024)
    other = body("示例市水利局")
    one = {
        f"requests.{row}.{c}": 1
        for row in ("received_new", "granted")
        for c in ("business", "total")
    }
    for year in (2023, 2024):
        publish(session, other, year, record(other, year, one))
    bring(session, 2024)
    assert findings(session, other, 2024) == {}


def test_text_of_another_body_is_found_with_its_sentences(session: Session) -> None:
    one, other, third = body(), body("示例市水利局"), body("示例市财政局")
    for agency, seed in ((one, 1), (other, 1), (third, 2)):
        publish(session, agency, 2024, record(agency, 2024, sections=essay(seed, name=agency.name)))
    bring(session, 2024)
    found = findings(session, one, 2024)["CU-03"]
    assert found.severity == "error"
    assert "示例市水利局" in found.message_zh
    assert "14 of 14" in found.message
    assert "CU-03" in findings(session, other, 2024)
    assert findings(session, third, 2024) == {}
    assert copies.compare(session, 2024) == 0  # again, nothing changes


def test_last_years_text_and_table_under_this_years_link_are_the_wrong_document(
    session: Session,
) -> None:
    agency = body()
    for year in (2022, 2023, 2024):
        publish(session, agency, year, record(agency, year, TABLE, essay(3)))
    bring(session, 2024)
    found = findings(session, agency, 2024)
    assert {"CY-06", "CY-07", "CY-08"} <= set(found)
    (entry,) = audit(session, 2024)
    assert entry["content"] == Content.WRONG_DOCUMENT


def test_an_office_and_its_government_are_kept_apart(session: Session) -> None:
    office = body("示例市人民政府办公室", "gov_office")
    city = body("示例市人民政府", "region_gov")
    for agency in (office, city):
        publish(session, agency, 2024, record(agency, 2024, TABLE, essay(4)))
    bring(session, 2024)
    for agency in (office, city):
        assert not {"CU-03", "CU-04"} & set(findings(session, agency, 2024))


def test_what_every_report_says_is_a_template(session: Session) -> None:
    bodies = [body(f"示例市{c}{d}局") for c in "水财农林" for d in "利政业务"]
    for number, agency in enumerate(bodies):
        text = essay(100 + number, 4)
        common = essay(9, 20)
        publish(
            session,
            agency,
            2024,
            record(agency, 2024, sections={n: common[n] + text[n] for n in (1, 5)}),
        )
    bring(session, 2024)
    assert not any("CU-03" in findings(session, agency, 2024) for agency in bodies)


def test_a_region_with_less_than_one_of_its_bodies_is_told(session: Session) -> None:
    city, office = body("示例市人民政府", "region_gov"), body()
    key = "requests.received_new.total"
    publish(session, city, 2024, record(city, 2024, {key: 10}))
    publish(session, office, 2024, record(office, 2024, {key: 12}))
    bring(session)
    found = findings(session, city, 2024)
    assert "示例市教育局" in found["CU-01"].message_zh
    assert found["CU-02"].verdict == "pass_with_note"


def test_sentences_name_cells_as_people_do_and_never_by_their_keys() -> None:
    def year(number: int, form: str, **values: int) -> Figures:
        return Figures("示例市教育局", number, "organ", form, values)

    def reports(number: int, times: int) -> Iterator[Figures]:
        stock = {f"art20_1_{row}_issued": 1 for row in ("rules", "normative")}
        stock |= {f"art20_1_{row}_repealed": 0 for row in ("rules", "normative")}
        stock |= {f"art20_1_{row}_in_force": 40 * times for row in ("rules", "normative")}
        yield year(
            number,
            "f2021",
            requests_received_new_total=50 * times,
            requests_carried_in_natural_person=times,
            requests_carried_out_natural_person=9 - times,
            requests_carried_in_total=4,
            requests_carried_out_total=4,
            **stock,
        )
        items = {"items_prev": 7 * times, "items_change": 1, "decisions": 90 * times}
        yield year(number, "f2019", **{f"art20_5_licences_{k}": v for k, v in items.items()})

    made = [
        found
        for last, now in zip(reports(2022, 1), reports(2023, 9), strict=True)
        for found in between_years(now, last)
    ]
    whole, member = year(2023, "f2021", requests_granted_total=1), next(reports(2023, 2))
    made += region(whole, [replace(member, values={"requests_granted_total": 5})])
    assert {found.rule for found in made} >= {"CY-01", "CY-02", "CY-04", "CY-05", "CU-01"}
    for found in made:
        assert not re.search(r"[a-z0-9]+[._][a-z]", found.message), found.message
        assert not re.search("[a-z]", found.message_zh), found.message_zh
