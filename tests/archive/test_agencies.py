"""The register: what a CSV file brings in, what the gazetteer brings in, and finding again."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.agencies import (
    Register,
    RegisterError,
    as_row,
    find,
    import_csv,
    listing,
    seed,
)
from archive.agencies.kinds import kind_by_name
from archive.database.models import Agency
from archive.folder import Archive

HEADER = "name,kind,division_code,home_url,annual_report_url,aliases,parent,since,until\n"


@pytest.fixture
def session(archive: Archive) -> Session:
    with archive.session() as session:
        yield session


def write(tmp_path: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path = tmp_path / "agencies.csv"
    path.write_text(text, encoding=encoding)
    return path


def names(session: Session) -> set[str]:
    return set(session.scalars(select(Agency.name)))


def test_a_full_row_goes_in_as_written(session: Session, tmp_path: Path) -> None:
    report = import_csv(
        session,
        write(
            tmp_path,
            HEADER
            + "渠县人民政府,region_gov,511725,,,渠县,,,\n"
            + "渠县教育局,local_dept,511725,http://www.quxian.gov.cn/,http://www.quxian.gov.cn/nb/,渠县教委;教育局,渠县人民政府,2008,2030\n",
            encoding="utf-8-sig",
        ),
    )
    assert (report.added, report.updated, report.skipped, report.problems) == (2, 0, 0, [])
    agency = find(session, "渠县教委")
    assert isinstance(agency, Agency)
    assert as_row(agency) == {
        "name": "渠县教育局",
        "kind": "local_dept",
        "division_code": "511725",
        "home_url": "http://www.quxian.gov.cn/",
        "annual_report_url": "http://www.quxian.gov.cn/nb/",
        "aliases": "教育局;渠县教委",
        "parent": "渠县人民政府",
        "since": 2008,
        "until": 2030,
        "standing": "confirmed",
        "duty_from": None,
        "origin": "import",
    }


def test_only_the_name_is_needed(session: Session, tmp_path: Path) -> None:
    report = import_csv(session, write(tmp_path, "name\n渠县涌兴镇人民政府\n太平镇人民政府\n"))
    assert (report.added, report.problems) == (2, [])
    found = {agency.name: agency for agency in listing(session)}
    # The first states its place; which 太平镇 the second is, nobody said.
    assert found["渠县涌兴镇人民政府"].division_code == "511725106"
    assert found["太平镇人民政府"].division_code == ""
    assert {agency.kind for agency in found.values()} == {"township_gov"}


def test_importing_again_changes_nothing_and_a_changed_row_is_brought_up_to_date(
    session: Session, tmp_path: Path
) -> None:
    rows = "渠县教育局,,511725,http://a.gov.cn/,,教育局,,,\n太平镇人民政府,,,,,,,,\n"
    first = import_csv(session, write(tmp_path, HEADER + rows))
    again = import_csv(session, write(tmp_path, HEADER + rows))
    assert (first.added, again.added, again.updated, again.problems) == (2, 0, 0, [])
    changed = import_csv(
        session, write(tmp_path, HEADER + "渠县教育局,,511725,http://b.gov.cn/,,渠县教委,,,\n")
    )
    assert (changed.added, changed.updated) == (0, 1)
    agency = find(session, "渠县教育局")
    assert isinstance(agency, Agency)
    assert agency.home_url == "http://b.gov.cn/"
    assert {alias.name for alias in agency.aliases} == {"教育局", "渠县教委"}


def test_a_code_learned_later_belongs_to_the_same_agency(session: Session, tmp_path: Path) -> None:
    import_csv(session, write(tmp_path, "name\n太平镇人民政府\n"))
    report = import_csv(
        session,
        write(tmp_path, "name,division_code\n太平镇人民政府,120116156\n太平镇人民政府,210921132\n"),
    )
    assert (report.added, report.updated) == (1, 1)
    import_csv(session, write(tmp_path, "name,kind\n渠县教育局,local_dept\n"))
    codes = [a.division_code for a in listing(session) if a.name == "太平镇人民政府"]
    assert codes == ["120116156", "210921132"]


def test_an_empty_cell_keeps_what_is_known(session: Session, tmp_path: Path) -> None:
    import_csv(
        session,
        write(tmp_path, HEADER + "渠县某中心,authorised_org,511725,http://a.gov.cn/,,,,,\n"),
    )
    report = import_csv(session, write(tmp_path, "name,division_code\n渠县某中心,511725\n"))
    agency = find(session, "渠县某中心")
    assert isinstance(agency, Agency)
    assert (report.updated, agency.kind, agency.home_url) == (
        0,
        "authorised_org",
        "http://a.gov.cn/",
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",local_dept,511725,,,,,,", "no name"),
        ("甲局,ministry,511725,,,,,,", "unknown kind"),
        ("甲局,,51172,,,,,,", "division_code"),
        ("甲局,,五一,,,,,,", "division_code"),
        ("甲局,,511725106001,,,,,,", "division_code"),
        ("甲局,,,ftp://a.gov.cn/,,,,,", "home_url"),
        ("甲局,,,,javascript:alert(1),,,,", "annual_report_url"),
        ("甲局,,,http://,,,,,", "home_url"),
        ("甲局,,,http://[::1,,,,,", "home_url"),
        ("甲局,,,http://user:secret@a.gov.cn/,,,,,", "home_url"),
        ("甲\x00局,,,,,,,,", "control characters"),
        ("甲局,,,,,,,2020,2019", "before since"),
        ("甲局,,,,,,,去年,", "since"),
        ("甲局,,,,,,,,,,,", "cells"),
        ("甲" * 201 + ",,,,,,,,", "201 characters"),
        ("好局,,511725,,,,,,", "stands in line 2 already"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_the_good_rows_go_in(
    session: Session, tmp_path: Path, row: str, says: str
) -> None:
    text = HEADER + "好局,,511725,,,,,,\n" + row + "\n也好局,,511725,,,,,,\n"
    report = import_csv(session, write(tmp_path, text))
    assert (report.added, report.skipped) == (2, 1)
    assert [line for line, _ in report.problems] == [3]
    assert says in report.problems[0][1]
    assert names(session) == {"好局", "也好局"}


def test_lines_are_counted_as_an_editor_counts_them(session: Session, tmp_path: Path) -> None:
    text = HEADER + '"好\n局",,511725,,,,,,\n\n甲局,坏,,,,,,,\n'
    report = import_csv(session, write(tmp_path, text))
    assert [line for line, _ in report.problems] == [5]
    assert names(session) == {"好局"}


def test_what_is_doubtful_goes_in_with_a_warning(session: Session, tmp_path: Path) -> None:
    text = (
        HEADER.replace("since", "remark")
        + "新区教育局,,999901,,,,,,\n甲局,,511725,,,,没有的政府,,\n"
    )
    report = import_csv(session, write(tmp_path, text))
    assert (report.added, report.skipped) == (2, 0)
    lines = dict(report.problems)
    assert "remark" in lines[1]
    assert "999901" in lines[2]
    assert "没有的政府" in lines[3]
    assert [agency.name for agency in listing(session, division="9999")] == ["新区教育局"]


def test_codes_are_stored_in_one_spelling_and_as_of_today(session: Session, tmp_path: Path) -> None:
    text = "name,division_code\n甲,320800\n乙,511725106000\n丙,340823\n"
    import_csv(session, write(tmp_path, text))
    assert {a.name: a.division_code for a in listing(session)} == {
        "甲": "3208",
        "乙": "511725106",
        "丙": "340722",
    }


def test_parents_are_linked_whatever_the_order_and_circles_are_not(
    session: Session, tmp_path: Path
) -> None:
    text = "name,parent\n甲,乙\n乙,丙\n丙,甲\n丁,丁\n"
    report = import_csv(session, write(tmp_path, text))
    assert [line for line, _ in report.problems] == [4, 5]
    parents = {a.name: a.parent.name if a.parent else None for a in listing(session)}
    assert parents == {"甲": "乙", "乙": "丙", "丙": None, "丁": None}


def test_a_parent_that_many_are_called_is_the_one_above(session: Session, tmp_path: Path) -> None:
    text = (
        "name,division_code,parent\n朝阳区人民政府,110105,\n朝阳区人民政府,220104,\n"
        "朝阳区教育局,220104,朝阳区人民政府\n"
    )
    assert import_csv(session, write(tmp_path, text)).problems == []
    agency = find(session, "朝阳区教育局")
    assert isinstance(agency, Agency)
    assert agency.parent is not None
    assert agency.parent.division_code == "220104"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("name,kind\n渠县教育局,\n".encode("gb18030"), "not UTF-8"),
        (b"", "no column 'name'"),
        ("名称;代码\n渠县;511725\n".encode(), "no column 'name'"),
        (b"name,kind,name\nA,,B\n", "twice"),
        (b'name,kind\n"A,local_dept\n', "not valid CSV"),
    ],
)
def test_a_file_that_is_no_register_is_one_clear_error(
    session: Session, tmp_path: Path, data: bytes, says: str
) -> None:
    path = tmp_path / "agencies.csv"
    path.write_bytes(data)
    with pytest.raises(RegisterError, match=says):
        import_csv(session, path)
    assert names(session) == set()


def test_a_file_that_is_not_there_is_one_clear_error(session: Session, tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="cannot read"):
        import_csv(session, tmp_path / "nothing.csv")


def test_the_listing_can_be_imported_again(session: Session, tmp_path: Path) -> None:
    seed(session, "511725")
    rows = [as_row(agency) for agency in listing(session)]
    path = tmp_path / "agencies.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER.strip().split(","), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    report = import_csv(session, path)
    assert (report.added, report.problems) == (0, [])
    # What a person lists is confirmed.
    assert {agency.standing for agency in listing(session)} == {"confirmed"}


def test_seeding_a_county_adds_its_governments_and_what_may_report(session: Session) -> None:
    added = seed(session, "511725")
    agencies = list(listing(session, division="511725"))
    assert len(agencies) == added
    kinds = Counter(agency.kind for agency in agencies)
    assert (kinds["region_gov"], kinds["gov_office"]) == (1, 1)
    assert kinds["township_gov"] + kinds["subdistrict"] == 37
    # Nobody is accused because the gazetteer guessed a department.
    for agency in agencies:
        certain = agency.kind in ("region_gov", "township_gov", "subdistrict")
        assert agency.standing == ("confirmed" if certain else "candidate")
        if agency.kind != "region_gov":
            assert agency.parent is not None
            assert agency.parent.name == "渠县人民政府"
    assert seed(session, "511725") == 0
    assert seed(session, "511725000000") == 0


def test_seeding_leaves_what_is_registered_as_it_is(session: Session, tmp_path: Path) -> None:
    text = "name,division_code,kind\n洪泽区人民政府,320813,region_gov\n"
    import_csv(session, write(tmp_path, text))
    seed(session, "320813")
    governments = listing(session, division="320813", kind="region_gov")
    assert [agency.name for agency in governments] == ["洪泽区人民政府"]


def test_seeding_goes_on_where_it_was_begun(session: Session) -> None:
    part = seed(session, "511725")
    rest = seed(session, "5117")
    assert len(list(listing(session, division="5117"))) == part + rest
    county = find(session, "渠县人民政府")
    assert isinstance(county, Agency)
    assert county.parent is not None
    assert county.parent.name == "达州市人民政府"


def test_seeding_nowhere_is_one_clear_error(session: Session) -> None:
    with pytest.raises(RegisterError, match="no division has the code"):
        seed(session, "999999")


def test_finding_goes_from_the_full_name_to_a_part(session: Session, tmp_path: Path) -> None:
    text = "name,aliases\n渠县教育局,渠县教委\n渠县教育局考试中心,\n渠县财政局,渠县财政;财政局\n大竹县财政局,财政局\n"
    import_csv(session, write(tmp_path, text))

    def found(wanted: str) -> list[str]:
        result = find(session, wanted)
        return [agency.name for agency in (result if isinstance(result, list) else [result])]

    assert found("渠县教育局") == ["渠县教育局"]
    assert found(" 渠县 教委 ") == ["渠县教育局"]
    assert found("考试") == ["渠县教育局考试中心"]
    assert set(found("财政局")) == {"渠县财政局", "大竹县财政局"}
    assert found("%") == found("") == found("没有") == []


def test_a_division_code_tells_agencies_of_one_name_apart(session: Session, tmp_path: Path) -> None:
    text = "name,division_code\n朝阳区教育局,110105\n朝阳区教育局,220104\n"
    import_csv(session, write(tmp_path, text))
    both = find(session, "朝阳区教育局")
    assert isinstance(both, list)
    assert len(both) == 2
    one = find(session, "朝阳区教育局 220104")
    assert isinstance(one, Agency)
    assert one.division_code == "220104"
    assert find(session, "朝阳区教育局 51") == []


def test_listing_narrows_to_a_division_and_a_kind(session: Session) -> None:
    seed(session, "340722")
    today = list(listing(session, division="340722"))
    assert today
    assert list(listing(session, division="340823")) == today
    assert {a.kind for a in listing(session, division="3407", kind="township_gov")} == {
        "township_gov"
    }
    assert list(listing(session, division="11")) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("渠县涌兴镇人民政府", "township_gov"),
        ("额济纳旗赛汉陶来苏木", "township_gov"),
        ("淮安市人民政府", "region_gov"),
        ("锡林郭勒盟行政公署", "region_gov"),
        ("渠县人民政府办公室", "gov_office"),
        ("北京市朝阳区南磨房地区办事处", "subdistrict"),
        ("金沙街道", "subdistrict"),
        ("淮安经济技术开发区管理委员会", "zone"),
        ("平潭综合实验区", "zone"),
        ("国家税务总局渠县税务局", "vertical"),
        ("湛江海关", "vertical"),
        ("教育部", "state_council_dept"),
        ("国家能源局", "state_council_dept"),
        ("渠县住房和城乡建设局", "local_dept"),
        ("甲", None),
        ("渠县县委办公室", None),
    ],
)
def test_a_name_tells_its_kind(name: str, kind: str | None) -> None:
    assert kind_by_name(name) == kind


def test_a_name_that_needs_no_context_is_found_in_the_whole_register(
    session: Session, tmp_path: Path
) -> None:
    seed(session, "511725")
    seed(session, "320813")
    import_csv(session, write(tmp_path, "name,aliases\n示例市教育局,教育局\n"))
    register = Register(session)

    def official(name: str) -> str | None:
        agency = register.match_official(name).agency
        return agency.name if agency else None

    assert official("渠县涌兴镇") == "渠县涌兴镇人民政府"
    assert official("四川省达州市渠县涌兴镇人民政府") == "渠县涌兴镇人民政府"
    assert official("洪泽区人民政府") == "淮安市洪泽区人民政府"
    assert official("渠县政府办公室") == "渠县人民政府办公室"
    assert official("渠县住建局") == "渠县住房和城乡建设局"
    assert official("示例市教育局") == "示例市教育局"
    # These need a context, or are registered nowhere.
    for name in ("教育局", "县教育局", "涌兴镇", "大竹县教育局", "渠县", "枞阳县涌兴镇"):
        assert official(name) == ("渠县人民政府" if name == "渠县" else None)
