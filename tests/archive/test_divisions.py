"""The gazetteer: complete, consistent, and able to follow changes of codes."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.divisions import (
    TOWNSHIP_KINDS,
    ancestors,
    children,
    current,
    division,
    normal_code,
    overrides,
    refresh,
    subtree,
)
from archive.divisions.names import is_below, lookup, official_place, simplified, stem_and_ending
from archive.divisions.table import names


def test_the_table_has_every_level() -> None:
    assert Counter(map(len, names())) == {2: 31, 4: 342, 6: 2978, 9: 41352}


def test_the_serial_number_tells_township_level_governments_from_statistical_units() -> None:
    serials = Counter(
        "subdistrict" if int(c[6:]) < 100 else "town" if int(c[6:]) < 200 else "township"
        for c in names()
        if len(c) == 9 and int(c[6:]) < 400
    )
    assert serials == {"subdistrict": 9067, "town": 21377, "township": 8147 + 51}


def test_placeholders_of_the_table_are_no_governments() -> None:
    places = [place for place in subtree("") if place.kind in TOWNSHIP_KINDS]
    assert len(places) == 38642 - 20
    assert not [p for p in places if re.search(r"直辖村级|特殊(乡镇|街道)|县$", p.name)]


def test_every_division_lies_in_its_superiors() -> None:
    for place in subtree(""):
        for above in ancestors(place.code):
            assert place.code.startswith(above.code)
            assert above.kind not in ("grouping", "statistical")


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("51", "四川省", "province"),
        ("5117", "达州市", "prefecture"),
        ("511725", "渠县", "county"),
        ("511725106", "涌兴镇", "town"),
        ("411625206", "秋渠乡", "township"),
        ("510727214", "木座藏族乡", "ethnic_township"),
        ("152923200", "赛汉陶来苏木", "sumu"),
        ("320612001", "金沙街道", "subdistrict"),
        ("320576", "苏州工业园区", "zone"),
        ("110113", "顺义区", "county"),
        ("500231", "垫江县", "county"),
        ("1101", "市辖区", "grouping"),
        ("120116401", "天津港保税区", "statistical"),
    ],
)
def test_a_code_gives_name_and_kind(code: str, name: str, kind: str) -> None:
    found = division(code)
    assert found is not None
    assert (found.name, found.kind) == (name, kind)


def test_superiors_and_inferiors_leave_headings_of_the_table_out() -> None:
    assert [place.name for place in ancestors("110101001")] == ["北京市", "东城区"]
    assert [place.name for place in ancestors("620201401")] == ["甘肃省", "嘉峪关市"]
    assert [place.name for place in ancestors("441900102")] == ["广东省", "东莞市"]
    assert "东城区" in [place.name for place in children("11")]
    assert "济源市" in [place.name for place in children("41")]
    assert len(children("")) == 31
    assert [place.code[:6] for place in children("511725")] == ["511725"] * len(
        list(subtree("511725"))
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("320800", "3208"),
        ("320000", "32"),
        ("511725106000", "511725106"),
        ("511725000000", "511725"),
        (" 511725 ", "511725"),
        ("511725106001", None),
        ("51172", None),
        ("", None),
        ("五一", None),
        ("٥١", None),
        ("00", None),
    ],
)
def test_codes_are_read_in_every_official_spelling(written: str, code: str | None) -> None:
    assert normal_code(written) == code


@given(st.text(max_size=20))
def test_no_text_breaks_the_lookup_of_codes(text: str) -> None:
    found = division(text)
    assert found is None or found.code == normal_code(text)


@given(st.sampled_from(["", "99", "3", *(code for code in names() if len(code) < 9)]))
def test_children_are_the_highest_of_what_lies_below(code: str) -> None:
    below = {one.code for one in subtree(code)}
    highest = [
        one for one in sorted(below) if not any(one[:n] in below for n in (2, 4, 6) if n < len(one))
    ]
    assert [child.code for child in children(code)] == highest


def test_codes_of_former_days_lead_to_todays() -> None:
    assert current("340823") == "340722"
    assert current("340823115") == "340722115"
    assert current("230833") == "230883"
    assert current("511725") == "511725"


def test_overrides_name_divisions_that_exist() -> None:
    for override in overrides():
        found = division(override.code)
        assert found is not None, override
        if override.change == "recoded":
            assert found.name == override.name
            assert division(override.former_code) is None
        if override.change == "short":
            # A short form keeps characters of the full name in their order.
            rest = iter(found.name)
            assert all(char in rest for char in override.name), override


@pytest.mark.parametrize(
    ("name", "stem", "ending"),
    [
        ("恭城瑶族自治县", "恭城", "县"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江", "县"),
        ("克孜勒苏柯尔克孜自治州", "克孜勒苏", "州"),
        ("莫力达瓦达斡尔族自治旗", "莫力达瓦", "旗"),
        ("鄂伦春自治旗", "鄂伦春", "旗"),
        ("东乡族自治县", "东乡", "县"),
        ("内蒙古自治区", "内蒙古", "自治区"),
        ("清水县", "清水", "县"),
        ("渠县", "渠县", ""),
    ],
)
def test_what_is_a_places_own_in_its_name(name: str, stem: str, ending: str) -> None:
    assert stem_and_ending(name) == (stem, ending)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("科右中旗", "152222"),
        ("科尔沁右翼中旗", "152222"),
        ("恭城县", "450332"),
        ("巴州", "6528"),
        ("抚远县", "230883"),
        ("新疆", "65"),
        ("木座乡", "510727214"),
        ("河园镇", "653126"),
    ],
)
def test_forms_in_use_lead_to_the_division(form: str, code: str) -> None:
    assert code in {found.division.code for found in lookup(form)}


def test_a_division_is_below_the_superior_it_once_had() -> None:
    jinshe, anqing, tongling = division("340722115"), division("3408"), division("3407")
    assert jinshe
    assert anqing
    assert tongling
    assert is_below(jinshe, tongling)
    assert is_below(jinshe, anqing)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("320813", "淮安市洪泽区"),
        ("511725106", "渠县涌兴镇"),
        ("110101001", "北京市东城区东华门街道"),
        ("429021", "神农架林区"),
        ("441900101", "东莞市石碣镇"),
        ("320576", "苏州工业园区"),
    ],
)
def test_official_names_of_places(code: str, name: str) -> None:
    place = division(code)
    assert place is not None
    assert official_place(place) == name


def test_traditional_script_of_place_names() -> None:
    assert simplified("新疆維吾爾自治區沙依巴克區") == "新疆维吾尔自治区沙依巴克区"
    # A character that names themselves use is nobody's traditional form.
    assert simplified("乾县") == "乾县"
    for name in names().values():
        assert simplified(name) == name


def test_a_new_edition_of_the_table_must_not_have_a_code_twice(tmp_path: Path) -> None:
    for file in ("provinces", "cities", "areas", "streets"):
        (tmp_path / f"{file}.json").write_text("[]", encoding="utf-8")
    rows = [{"code": "11", "name": " 北京市"}, {"code": "12", "name": "天津市"}]
    (tmp_path / "provinces.json").write_text(json.dumps(rows), encoding="utf-8")
    assert refresh.read(tmp_path) == {"11": "北京市", "12": "天津市"}
    (tmp_path / "cities.json").write_text(json.dumps(rows[:1]), encoding="utf-8")
    with pytest.raises(ValueError, match="11 stands twice"):
        refresh.read(tmp_path)
