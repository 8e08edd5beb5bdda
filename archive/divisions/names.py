"""How divisions are called: full names, the short forms in use, former names, and the index of them all.

The index serves the resolution of names, so it errs to more: a form that might mean a division leads
to it, and what leads to two divisions is ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from archive.divisions.table import (
    Division,
    added,
    ancestors,
    division,
    is_grouping,
    is_placeholder,
    overrides,
    pinyin,
    subtree,
)
from archive.divisions.table import names as table_names
from extract.characters import squeeze

_PEOPLES = (
    "乌孜别克|柯尔克孜|维吾尔|哈萨克|达斡尔|塔吉克|俄罗斯|鄂温克|塔塔尔|鄂伦春|蒙古|布依|朝鲜|土家|哈尼|傈僳|高山|拉祜"
    "|纳西|景颇|仫佬|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|德昂|保安|裕固|独龙|赫哲|门巴|珞巴|基诺|东乡"
    "|回|藏|苗|彝|壮|满|侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒|京|各"
)
# Five peoples stand without 族 before 自治; the rest always have it, so 清水 and 长白 stay whole.
_AUTONOMOUS = re.compile(
    rf"^(?P<stem>.+?)(?:(?:{_PEOPLES})族|蒙古|哈萨克|柯尔克孜|塔吉克|锡伯)+自治(?P<ending>[州县旗])$"
)
_PLAIN_AUTONOMOUS = re.compile(r"^(?P<stem>.{2,}?)族?自治(?P<ending>[县旗])$")
_ETHNIC = re.compile(rf"^(?P<stem>.+?)(?:(?:(?:{_PEOPLES})族)+|民族)(?P<ending>街道|乡|镇|苏木)$")
_ENDING = re.compile(r"^(?P<stem>.{2,})(?P<ending>地区|[省市州盟县旗区])$")
_REGIONS = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
}
_ZONE_ENDINGS = ("区", "园", "委员会", "管委会", "新城", "基地")


class Form(NamedTuple):
    """A name as somebody may write it, and the division it means.

    ``short`` forms lack the word that tells the level (淮安 for 淮安市); they only stand before
    another name. ``until`` is the year in which a former name ended.
    """

    division: Division
    short: bool = False
    until: int | None = None


def stem_and_ending(name: str) -> tuple[str, str]:
    """A name cut into what is its own and the word for its level: 恭城瑶族自治县 → 恭城, 县."""
    if name in _REGIONS:
        return _REGIONS[name], "自治区"
    match = _AUTONOMOUS.match(name) or _PLAIN_AUTONOMOUS.match(name) or _ENDING.match(name)
    return (match["stem"], match["ending"]) if match else (name, "")


def other_forms(code: str, name: str) -> Iterator[tuple[str, bool]]:
    """The forms of a name besides the name itself, each with whether it is a short one."""
    if len(code) == 9:
        yield from ((form, False) for form in _township_forms(code, name))
        return
    stem, ending = stem_and_ending(name)
    if stem + ending != name and ending != "自治区":
        yield stem + ending, False
    # 西城 for 西城区 is not taken: districts are called after everything (新城, 市中, 城关).
    if ending not in ("", "区") and len(stem) >= 2:
        yield stem, True
    for customary in _customary().get(code, ()):
        yield customary, False


def without_people(name: str) -> str:
    """A township's name without the peoples in it, as it is often written: 木座藏族乡 → 木座乡."""
    match = _ETHNIC.match(name) if "族" in name else None
    return match["stem"] + match["ending"] if match else name


def _township_forms(code: str, name: str) -> Iterator[str]:
    if without_people(name) != name:
        yield without_people(name)
    if name.endswith("街道办事处"):
        yield name[:-3]
    elif name.endswith("街道") and len(name) > 2:
        yield name[:-1]
    elif name.endswith("街"):
        yield name + "道"
    # An area of Beijing (黄村地区) is the same body as the town or township of that name.
    elif name.endswith("地区") and code.startswith("11"):
        yield from (name[:-2] + "镇", name[:-2] + "乡")


@cache
def _customary() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for override in overrides():
        if override.change == "short":
            found.setdefault(override.code, []).append(override.name)
    return found


def lookup(name: str) -> Iterator[Form]:
    """The divisions that a form of a name may mean; the form has neither spaces nor wide letters."""
    full, other = _index()
    for code in full.get(name, ()):
        found = division(code)
        if found:
            yield Form(_as_called(found, name))
    yield from other.get(name, ())


@cache
def longest() -> int:
    """The number of characters of the longest name."""
    return max(map(len, _index()[0]))


@cache
def _index() -> tuple[dict[str, list[str]], dict[str, list[Form]]]:
    """The codes by full name, and what the other forms mean."""
    full: dict[str, list[str]] = {}
    other: dict[str, list[Form]] = {}
    for code, name in table_names().items():
        if len(code) == 9:
            statistical = int(code[6:]) >= 400
            if is_placeholder(name) or (
                statistical and not (_is_office(name) or name.endswith(_ZONE_ENDINGS))
            ):
                continue
        elif is_grouping(code, name):
            continue
        plain = name if name.isalpha() else squeeze(name)
        full.setdefault(plain, []).append(code)
        for form, short in other_forms(code, plain):
            found = division(code)
            if found:
                other.setdefault(form, []).append(Form(_as_called(found, form), short))
    for place in added():
        other.setdefault(place.name, []).append(Form(place))
    for override in overrides():
        now = division(override.code) if override.change == "recoded" else None
        if now and override.former_name != now.name:
            other.setdefault(override.former_name, []).append(Form(now, until=override.year))
    return full, other


def _is_office(name: str) -> bool:
    # New subdistricts often stand among the statistical codes at first.
    return name.endswith(("街道", "办事处"))


def _as_called(place: Division, form: str) -> Division:
    """The division under the name it is called by, where that names another kind of body."""
    if place.kind == "statistical":
        return place._replace(kind="subdistrict" if _is_office(place.name) else "zone")
    if place.kind == "subdistrict" and form.endswith(("镇", "乡")):
        return place._replace(name=form, kind="town" if form.endswith("镇") else "township")
    return place


def lineage(place: Division) -> tuple[str, ...]:
    """The codes by which a superior of ``place`` is recognised: its own and those it had before."""
    former = (
        override.former_code + place.code[6:]
        for override in overrides()
        if override.change == "recoded" and override.code == place.code[:6]
    )
    return (place.code, *former)


def is_below(place: Division, superior: Division) -> bool:
    """Whether ``superior`` is above ``place``, or was before a change of codes."""
    if not place.coded:
        return place.code.startswith(superior.code) and superior.coded and len(superior.code) <= 6
    return any(
        len(code) > len(superior.code) and code.startswith(superior.code) for code in lineage(place)
    )


def official_place(place: Division) -> str:
    """The name of a place as its government bears it: districts with their city, townships with their county."""
    above = superiors(place)
    if place.kind == "zone" and names_superior(place):
        return place.name
    if len(place.code) == 9 or not place.coded:
        return official_place(above[-1]) + place.name
    district = (
        len(place.code) == 6 and place.name.endswith("区") and not place.name.endswith("林区")
    )
    return above[-1].name + place.name if district and above else place.name


def names_superior(place: Division) -> bool:
    """Whether the name begins with that of a place around it, as zones are called: 天津港保税区."""
    return any(
        place.name.startswith((above.name, stem_and_ending(above.name)[0]))
        for above in superiors(place)
    )


def superiors(place: Division) -> list[Division]:
    """The divisions above ``place``, the province first."""
    if place.coded:
        return ancestors(place.code)
    county = division(place.code)
    return [*ancestors(place.code), *([county] if county else [])]


@cache
def _traditional() -> dict[int, str]:
    text = (resources.files("archive.divisions") / "traditional.csv").read_text(encoding="utf-8")
    pairs = (line.split(",") for line in text.splitlines()[1:])
    return str.maketrans(dict(pairs))


def simplified(text: str) -> str:
    """``text`` with the traditional forms of characters that occur in names of places and bodies replaced."""
    return text.translate(_traditional())


@cache
def hosts() -> dict[str, tuple[str, ...]]:
    """Codes of the provinces, prefectures and counties that a label of a host name spells in pinyin.

    Stem with ending (quxian), the stem alone where it has two syllables or more, and both behind the
    initials of the province (sxjiaxian).
    """
    found: dict[str, set[str]] = {}
    for place in subtree(""):
        latin = pinyin(place.code)
        if not latin:
            continue
        stem, ending = latin.split(" ")
        labels = {stem + ending}
        if len(stem_and_ending(place.name)[0]) >= 2:
            labels.add(stem)
        initials = _INITIALS.get(place.code[:2], ()) if len(place.code) > 2 else ()
        labels |= {first + label for first in initials for label in set(labels)}
        for label in labels:
            found.setdefault(label, set()).add(place.code)
    return {label: tuple(sorted(codes)) for label, codes in found.items()}


_INITIALS = {
    code: tuple(letters.split("/"))
    for code, letters in zip(
        [
            "11",
            "12",
            "13",
            "14",
            "15",
            "21",
            "22",
            "23",
            "31",
            "32",
            "33",
            "34",
            "35",
            "36",
            "37",
            "41",
            "42",
            "43",
            "44",
            "45",
            "46",
            "50",
            "51",
            "52",
            "53",
            "54",
            "61",
            "62",
            "63",
            "64",
            "65",
        ],
        [
            "bj",
            "tj",
            "hb/he",
            "sx",
            "nm/nmg",
            "ln",
            "jl",
            "hlj",
            "sh",
            "js",
            "zj",
            "ah",
            "fj",
            "jx",
            "sd",
            "hn/ha",
            "hb",
            "hn",
            "gd",
            "gx",
            "hn/hi",
            "cq",
            "sc",
            "gz/gzs",
            "yn",
            "xz",
            "sx/sn",
            "gs",
            "qh",
            "nx",
            "xj",
        ],
        strict=True,
    )
}
