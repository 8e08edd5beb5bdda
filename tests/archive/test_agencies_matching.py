"""Which agency of a place a phrase means: found where it is certain, never a wrong one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from archive import departments
from archive.agencies import Register, import_csv, listing, seed
from archive.database.models import Agency, Base
from archive.divisions import ancestors, division, subtree

COUNTIES = ("511725", "341302", "220104", "152222", "650104", "450332", "110105")


@cache
def registered() -> tuple[Session, Register, Sequence[Agency]]:
    """The governments and departments of seven counties of all sorts and of what is above them."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    session = Session(engine)
    for code in COUNTIES:
        seed(session, code)
    for code in {code[:4] for code in COUNTIES} | {"11"}:
        place = division(code)
        if place is not None and place.kind != "grouping":
            for body in ("人民政府", "人民政府办公室", "教育局", "公安局", "市场监督管理局"):
                kind = {"人民政府": "region_gov", "人民政府办公室": "gov_office"}.get(
                    body, "local_dept"
                )
                session.add(Agency(name=place.name + body, division_code=code, kind=kind))
    session.flush()
    return session, Register(session), list(listing(session))


def of(code: str) -> list[Agency]:
    return [agency for agency in registered()[2] if agency.division_code.startswith(code)]


def match(phrase: str, among: Sequence[Agency], **more: int | str) -> str | None:
    found = registered()[1].match(phrase, among=among, **more)  # type: ignore[arg-type]
    assert found.agency is None or found.agency in among
    assert bool(found.how) == (found.agency is not None)
    return found.agency.name if found.agency else None


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("渠县人民政府", "渠县人民政府"),
        ("渠县", "渠县人民政府"),
        ("县人民政府", "渠县人民政府"),
        ("四川省渠县", "渠县人民政府"),
        ("渠县政府办公室", "渠县人民政府办公室"),
        ("县政府办", "渠县人民政府办公室"),
        ("县政府办公室", "渠县人民政府办公室"),
        ("渠县教育局", "渠县教育局"),
        ("达州市渠县教育局", "渠县教育局"),
        ("教育局", "渠县教育局"),
        ("县教育局", "渠县教育局"),
        ("住建局", "渠县住房和城乡建设局"),
        ("渠县发改委", "渠县发展和改革委员会"),
        ("涌兴镇", "渠县涌兴镇人民政府"),
        ("涌興鎮人民政府", "渠县涌兴镇人民政府"),
        ("渠县 涌兴镇", "渠县涌兴镇人民政府"),
        # Another level, another place, another body.
        ("市教育局", None),
        ("市人民政府", None),
        ("达州市教育局", None),
        ("枞阳县教育局", None),
        ("枞阳县涌兴镇", None),
        ("渠县涌兴镇财政所", None),
        ("渠县人民法院", None),
        ("人民政府", None),
        ("县", None),
        ("", None),
        ("某某", None),
    ],
)
def test_phrases_on_the_site_of_a_county(phrase: str, name: str | None) -> None:
    assert match(phrase, of("511725")) == name


@pytest.mark.parametrize(
    ("phrase", "code", "name"),
    [
        ("科右中旗教育局", "152222", "科尔沁右翼中旗教育局"),
        ("兴安盟科尔沁右翼中旗", "152222", "科尔沁右翼中旗人民政府"),
        ("旗人民政府办公室", "152222", "科尔沁右翼中旗人民政府办公室"),
        ("高新区（新市区）人民政府", "650104", "乌鲁木齐市新市区人民政府"),
        ("恭城县教育局", "450332", "恭城瑶族自治县教育局"),
        ("朝阳区教育局", "220104", "长春市朝阳区教育局"),
        ("长春市朝阳区教育局", "110105", None),
        ("北京市朝阳区教委", "110105", None),
        ("南磨房地区办事处", "110105", "北京市朝阳区南磨房地区办事处"),
        ("自治区教育局", "450332", None),
    ],
)
def test_names_of_all_sorts_of_counties(phrase: str, code: str, name: str | None) -> None:
    assert match(phrase, of(code)) == name


def test_on_a_shared_site_the_level_decides_and_what_fits_two_is_open() -> None:
    both = [a for a in registered()[2] if a.division_code[:6] in ("511725", "5117")]
    assert match("市教育局", both) == "达州市教育局"
    assert match("县教育局", both) == "渠县教育局"
    assert match("教育局", both) is None
    found = registered()[1].match("教育局", among=both)
    assert {agency.name for agency in found.candidates} == {"达州市教育局", "渠县教育局"}
    assert match("教育局", both, division="511725") == "渠县教育局"


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("渠县卫健局", "渠县卫生健康委员会"),
        ("渠县农业局", "渠县农业农村局"),
        ("渠县住房和城乡设局", "渠县住房和城乡建设局"),
        ("涌兴乡", "渠县涌兴镇人民政府"),
    ],
)
def test_what_may_be_an_agency_by_another_name_is_a_candidate(phrase: str, name: str) -> None:
    found = registered()[1].match(phrase, among=of("511725"))
    assert found.agency is None
    assert [agency.name for agency in found.candidates] == [name]


def test_a_government_and_its_office_are_never_taken_for_each_other() -> None:
    government, office = (
        [a for a in of("511725") if a.kind == kind] for kind in ("region_gov", "gov_office")
    )
    for phrase in ("渠县人民政府办公室", "渠县政府办", "县政府办公室"):
        found = registered()[1].match(phrase, among=government)
        assert found.agency is None
        assert not found.candidates
    for phrase in ("渠县", "渠县人民政府", "渠县政府", "县政府"):
        found = registered()[1].match(phrase, among=office)
        assert found.agency is None
        assert not found.candidates


PLACES = [place for place in subtree("") if place.kind not in ("statistical", "zone", "grouping")]
BODIES = [
    "",
    "人民政府",
    "政府",
    "人民政府办公室",
    "政府办",
    "办事处",
    *departments.usual(6),
    "教委",
    "住建局",
]


@given(st.sampled_from(PLACES), st.sampled_from(BODIES), st.integers(0, 3))
def test_a_phrase_that_names_a_place_only_matches_that_place(
    place: tuple[str, str, str, bool], body: str, superiors: int
) -> None:
    code, name = place[0], place[1]
    above = [one.name for one in ancestors(code)]
    phrase = "".join(above[len(above) - superiors :] if superiors else []) + name + body
    found = registered()[1].match(phrase, among=registered()[2]).agency
    if found is None:
        return
    if len(code) < 9 and superiors:
        assert found.division_code == code
    # Without superiors, a place of the same name is what the phrase says.
    own = division(found.division_code)
    assert own is not None
    assert own.name == name or name in (own.name, *(a.name for a in ancestors(own.code)))
    office = "办公室" in body or body == "政府办"
    assert (found.kind == "gov_office") == office


@given(st.data())
def test_every_agency_is_found_by_its_own_name_among_all(data: st.DataObject) -> None:
    agency = data.draw(st.sampled_from(registered()[2]))
    assert match(agency.name, registered()[2]) == agency.name


@given(st.text(alphabet="渠县达州市涌兴镇教育局人民政府办公室（）()农业村发改委 ", max_size=16))
def test_no_phrase_breaks_the_matching_and_a_match_spells_the_body(phrase: str) -> None:
    found = match(phrase, of("511725"))
    if found is not None:
        letters = set(phrase) - set("（）() ")
        assert letters <= set(found) | set("四川省达州市政府办发改委")


def test_years_tell_a_body_from_its_successor(tmp_path: Path) -> None:
    session = Session(create_engine("sqlite://"))
    Base.metadata.create_all(session.get_bind())
    path = tmp_path / "agencies.csv"
    path.write_text(
        "name,division_code,aliases,since,until\n"
        "渠县扶贫开发局,511725,扶贫局,,2020\n渠县乡村振兴局,511725,扶贫局,2021,2023\n",
        encoding="utf-8",
    )
    import_csv(session, path)
    register, among = Register(session), list(listing(session))
    for year, name in ((2019, "渠县扶贫开发局"), (2022, "渠县乡村振兴局")):
        found = register.match("扶贫局", among=among, year=year).agency
        assert found is not None
        assert found.name == name
    gone = register.match("渠县乡村振兴局", among=among, year=2024)
    assert gone.agency is None
    assert [agency.name for agency in gone.candidates] == ["渠县乡村振兴局"]
    assert register.match("扶贫局", among=among).agency is None
