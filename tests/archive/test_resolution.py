"""Which body a name means: right, or honestly open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.divisions import TOWNSHIP_KINDS, Division, ancestors, division, subtree
from archive.divisions.names import official_place
from archive.resolution import government, resolve, site_divisions
from extract.titles import parse_title

TOWNSHIPS = [place for place in subtree("") if place.kind in TOWNSHIP_KINDS]
REGIONS = [place for place in subtree("") if place.kind in ("province", "prefecture", "county")]


@pytest.mark.parametrize(
    ("name", "agency", "code", "kind", "by"),
    [
        ("渠县涌兴镇", "渠县涌兴镇人民政府", "511725106", "township_gov", "title"),
        ("枞阳县金社镇", "枞阳县金社镇人民政府", "340722115", "township_gov", "title"),
        ("金社镇", "枞阳县金社镇人民政府", "340722115", "township_gov", "unique_name"),
        ("叶城县河园镇人民政府", "叶城县河园镇人民政府", "653126", "township_gov", "title"),
        ("秋渠乡", "郸城县秋渠乡人民政府", "411625206", "township_gov", "unique_name"),
        ("寒葱沟镇", "抚远市寒葱沟镇人民政府", "230883101", "township_gov", "unique_name"),
        ("淮安市人民政府", "淮安市人民政府", "3208", "region_gov", "title"),
        ("安徽省", "安徽省人民政府", "34", "region_gov", "title"),
        ("锡林郭勒盟行政公署", "锡林郭勒盟行政公署", "1525", "region_gov", "title"),
        ("银川市人民政府办公室", "银川市人民政府办公室", "6401", "gov_office", "title"),
        ("渠县政府办", "渠县人民政府办公室", "511725", "gov_office", "title"),
        ("通州区金沙街道办", "南通市通州区金沙街道办事处", "320612001", "subdistrict", "title"),
        ("宁波江北区住建局", "宁波市江北区住房和城乡建设局", "330205", "local_dept", "title"),
        ("西藏自治区政府国资委", "西藏自治区国有资产监督管理委员会", "54", "local_dept", "title"),
        ("苍溪县乡村振兴局", "苍溪县乡村振兴局", "510824", "local_dept", "title"),
        ("国家税务总局嘉兴市税务局", "国家税务总局嘉兴市税务局", "3304", "vertical", "title"),
        ("江苏省淮安市气象部门", "淮安市气象局", "3208", "vertical", "title"),
        ("天津港保税区", "天津港保税区管理委员会", "120116401", "zone", "title"),
        ("科右中旗", "科尔沁右翼中旗人民政府", "152222", "region_gov", "title"),
        ("临夏州永靖县", "永靖县人民政府", "622923", "region_gov", "title"),
        ("安庆市枞阳县金社镇", "枞阳县金社镇人民政府", "340722115", "township_gov", "title"),
        ("海南州教育局", "海南藏族自治州教育局", "6325", "local_dept", "title"),
        ("吉林市市场监管局", "吉林市市场监督管理局", "2202", "local_dept", "title"),
        ("高新区（新市区）人民政府", "乌鲁木齐市新市区人民政府", "650104", "region_gov", "title"),
        (
            "新疆維吾爾自治區人民政府辦公廳",
            "新疆维吾尔自治区人民政府办公厅",
            "65",
            "gov_office",
            "title",
        ),
        ("渠　县 涌兴镇", "渠县涌兴镇人民政府", "511725106", "township_gov", "title"),
        ("平武县木座乡", "平武县木座藏族乡人民政府", "510727214", "township_gov", "title"),
        (
            "大兴区黄村镇人民政府",
            "北京市大兴区黄村镇人民政府",
            "110115005",
            "township_gov",
            "title",
        ),
    ],
)
def test_names_that_say_their_place(name: str, agency: str, code: str, kind: str, by: str) -> None:
    found = resolve(name)
    assert (found.status, found.agency, found.division_code, found.kind, found.resolved_by) == (
        "resolved",
        agency,
        code,
        kind,
        by,
    )


@pytest.mark.parametrize(
    ("name", "division", "agency"),
    [
        ("教育局", "511725", "渠县教育局"),
        ("县教育局", "511725", "渠县教育局"),
        ("市教育局", "511725", "达州市教育局"),
        ("市教育局", "532502", "开远市教育局"),
        ("市场监管局", "511725", "渠县市场监督管理局"),
        ("自治区民委", "540102", "西藏自治区民族事务委员会"),
        ("政府办公室", "610828", "佳县人民政府办公室"),
        ("我镇", "511725106", "渠县涌兴镇人民政府"),
        ("城关镇人民政府", "610926", "平利县城关镇人民政府"),
        ("城关镇", "610926000000", "平利县城关镇人民政府"),
        ("金社镇", "340823", "枞阳县金社镇人民政府"),
        ("东城区", "11", "北京市东城区人民政府"),
    ],
)
def test_a_division_beside_the_name_gives_its_place(name: str, division: str, agency: str) -> None:
    found = resolve(name, division=division)
    assert (found.status, found.agency) == ("resolved", agency)


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        ("朝阳区教育局", {"北京市朝阳区教育局", "长春市朝阳区教育局"}),
        # Is it the province or the city of Jilin?
        ("吉林市场监管局", {"吉林省市场监督管理局", "吉林市市场监督管理局"}),
        ("综合保税区管委会", {"天津市东丽区综合保税区管理委员会"}),
    ],
)
def test_what_may_mean_two_bodies_is_left_open(name: str, candidates: set[str]) -> None:
    found = resolve(name)
    assert found.status == "ambiguous"
    assert found.agency is found.division_code is found.resolved_by is None
    assert {body.agency for body in found.candidates} == candidates


def test_a_common_township_name_lists_all_that_bear_it() -> None:
    found = resolve("城关镇")
    assert found.status == "ambiguous"
    named = {place.code for place in TOWNSHIPS if place.name == "城关镇"}
    assert len(named) == 88
    # Beside them stand those that are called so for short, such as 城关回族镇.
    assert named < {body.division_code for body in found.candidates}


@pytest.mark.parametrize(
    "name",
    [
        "我镇",
        "市教育局",
        "教育局",
        "人民政府",
        "",
        "渠县中学",
        "渠县县委办公室",
        "渠县人大常委会办公室",
        "渠县人民法院",
        "西咸新区太平镇人民政府",
        "枞阳县涌兴镇",
        "西宁市生态环境局城中分局",
        # A district that the table lacks is not its city, nor a town its county.
        "北京市新新区教育局",
        "渠县某某镇农业服务中心",
        "渠" * 500,
    ],
)
def test_what_the_gazetteer_does_not_know_is_unknown(name: str) -> None:
    assert resolve(name).status == "unknown"


def test_a_place_outside_the_given_division_is_not_taken() -> None:
    found = resolve("涌兴镇人民政府", division="34")
    assert found.status == "ambiguous"
    assert [body.division_code for body in found.candidates] == ["511725106"]
    assert resolve("渠县涌兴镇", division="999999").reasons == ("no division has the code 999999",)


def test_the_site_can_tell_the_place_but_not_overrule_a_name() -> None:
    pingli = "http://www.pingli.gov.cn/Content-2793487.html"
    found = resolve("城关镇人民政府", site=pingli)
    assert (found.division_code, found.resolved_by) == ("610926100", "site")
    assert resolve("螅镇", site="http://www.sxjiaxian.gov.cn/").division_code == "610828109"
    assert resolve("县教育局", site="6109260001").agency == "平利县教育局"
    # Sites carry reports of other places; a bare township on a foreign site is no proof.
    assert resolve("渠县涌兴镇", site=pingli).division_code == "511725106"
    assert resolve("涌兴镇", site=pingli).status == "ambiguous"
    assert site_divisions("http://www.example.com/pingli") == ()


def test_former_names_count_until_the_change() -> None:
    found = resolve("抚远县人民政府", year=2012)
    assert found.division_code == "230883"
    assert any("2016" in reason for reason in found.reasons)


def test_the_unknown_code_of_a_known_place_is_said() -> None:
    assert any("not known" in reason for reason in resolve("叶城县河园镇").reasons)


def test_the_json_is_that_of_the_contract() -> None:
    data = resolve("朝阳区").to_json()
    assert json.loads(json.dumps(data)) == data
    assert {"status", "agency", "division_code", "resolved_by", "candidates"} <= data.keys()
    assert {"agency", "division_code", "kind"} == set(data["candidates"][0])


@given(st.sampled_from(TOWNSHIPS))
def test_every_township_resolves_back_from_its_names(place: Division) -> None:
    county = ancestors(place.code)[-1]
    official = government(place).agency
    for found in (
        resolve(official),
        resolve("".join(above.name for above in ancestors(place.code)) + place.name),
        resolve(official.removeprefix(official_place(county)), division=county.code),
    ):
        assert (found.status, found.division_code) == ("resolved", place.code)
        assert found.agency == official


@given(st.sampled_from(TOWNSHIPS))
def test_a_bare_township_is_right_or_open(place: Division) -> None:
    for name in (place.name, ancestors(place.code)[-1].name + place.name):
        found = resolve(name)
        if found.status == "resolved":
            assert found.division_code == place.code
        else:
            assert place.code in {body.division_code for body in found.candidates}


@given(
    st.sampled_from(REGIONS),
    st.sampled_from(["", "人民政府", "人民政府办公室", "教育局", "国资委", "区域合作局"]),
)
def test_governments_offices_and_departments_of_every_region(place: Division, tail: str) -> None:
    found = resolve(official_place(place) + tail)
    if found.status == "resolved":
        assert found.division_code == place.code
    else:
        # Only what other regions or zones are called too.
        assert place.code in {body.division_code for body in found.candidates}


@given(st.text(alphabet="渠县涌兴镇市区人民政府办公室街道()（）教育局州吉林海南 0１", max_size=30))
def test_no_name_breaks_the_resolution_and_answers_are_consistent(text: str) -> None:
    found = resolve(text)
    if found.status == "resolved":
        assert all((found.agency, found.kind, found.resolved_by))
        assert not found.candidates
        assert division(found.division_code or "") is not None
        again = resolve(found.agency or "")
        assert found.division_code in (
            again.division_code,
            *(body.division_code for body in again.candidates),
        )
    else:
        assert found.agency is None


PAGES = Path(__file__).parents[2].parent / "shared" / "real-pages.jsonl"
LEFT_OUT = {
    # What the page's description says beyond the title: the title alone names less.
    "市财政局": "names no city",
    "自治区人民政府办公厅": "names no region",
}


@pytest.mark.skipif(not PAGES.is_file(), reason="the list of real pages is not here")
def test_titles_of_real_pages_never_give_a_wrong_division() -> None:
    pages = [json.loads(line) for line in PAGES.read_text(encoding="utf-8").splitlines()]
    resolved = 0
    for page in pages:
        named = resolve(page["agency"], year=page["year"])
        title = parse_title(page["title"] or "")
        if not title.agency or title.kind != "report":
            continue
        found = resolve(title.agency, year=page["year"])
        if title.agency in LEFT_OUT:
            assert found.status != "resolved", LEFT_OUT[title.agency]
        if found.status == "resolved" and named.status == "resolved":
            assert (found.division_code, found.kind) == (named.division_code, named.kind), page
            resolved += 1
    assert resolved >= 35


@pytest.mark.skipif(not PAGES.is_file(), reason="the list of real pages is not here")
def test_agencies_of_real_pages_are_right_or_open() -> None:
    """The described agency states its level; where it resolves, the depth of the code must be that level's."""
    depth = {"province": {2}, "city": {4}, "county": {6, 9}, "township": {9}}
    resolved = 0
    for line in PAGES.read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        found = resolve(page["agency"])
        if found.status != "resolved":
            continue
        resolved += 1
        place = division(found.division_code or "")
        assert place is not None
        # Every character of the name that is a place's own stands in the place it was resolved to.
        assert place.name[:2] in page["agency"] or page["agency"][:2] in place.name, page
        # 天津港保税区 counts as a county there and has a statistical code of nine digits here.
        if page["level"] in depth:
            assert len(place.code) in depth[page["level"]], page
    assert resolved >= 80
