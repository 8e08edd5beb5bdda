"""The table of divisions: loaded once from the data file of the package, asked by code.

A code is the statistical code without its trailing zeros: 2 digits for a province, 4 for a
prefecture, 6 for a county, 9 for a township. The code of a division begins with the code of the one
above it, so the sorted list of codes is the tree.
"""

from __future__ import annotations

import csv
import io
import lzma
import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

Kind = Literal[
    "province",
    "prefecture",
    "county",
    "zone",
    "subdistrict",
    "town",
    "township",
    "ethnic_township",
    "sumu",
    "statistical",
    "grouping",
]
"""What a division is. ``zone`` has six digits but no people's government (development zones,
management areas); ``statistical`` is a township-level code without a government (farms, parks,
placeholders); ``grouping`` is a heading of the code table (市辖区, 省直辖县级行政区划) and not a place.
"""

TOWNSHIP_KINDS: frozenset[Kind] = frozenset(
    {"subdistrict", "town", "township", "ethnic_township", "sumu"}
)

_LENGTHS = (2, 4, 6, 9)
_BEHIND_DIGITS = ":"
"""The character that comes after all digits."""
_SPELLINGS = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", re.ASCII)
_PLACEHOLDERS = ("特殊乡镇", "特殊街道", "直辖村级区划", "金门县")
_GROUPING = re.compile(r"^(?:市辖区|县|(?:省|自治区)直辖县级行政区划)$")


class Division(NamedTuple):
    """A division. ``code`` is its own code; where that is not known (``coded`` is false) it is the code of
    the county it lies in, the deepest that can be said.
    """

    code: str
    name: str
    kind: Kind
    coded: bool = True


class Override(NamedTuple):
    """A line of ``overrides.csv``: what the table of one day cannot know.

    ``change`` is ``recoded`` (a division that had another code or name until ``year``), ``added`` (one
    lacking in the table; ``code`` is the county's) or ``short`` (a customary short name).
    """

    change: str
    code: str
    name: str
    former_code: str
    former_name: str
    year: int | None


class _Table(NamedTuple):
    names: dict[str, str]
    codes: list[str]
    pinyin: dict[str, str]


def normal_code(text: str) -> str | None:
    """The code in its shortest form: 320800 and 320800000000 are 3208; None if it is no code.

    Accepts 2, 4, 6, 9 and 12 digits; the last three of twelve must be zeros (villages are no division
    here). Whether the division exists is not asked.
    """
    code = text.strip()
    if not _SPELLINGS.fullmatch(code):
        return None
    if len(code) == 12:
        if not code.endswith("000"):
            return None
        code = code[:9]
    for longer, shorter in ((9, 6), (6, 4), (4, 2)):
        if len(code) == longer and code.endswith("0" * (longer - shorter)):
            code = code[:shorter]
    return None if code == "00" else code


def division(code: str) -> Division | None:
    """The division with this code (any spelling :func:`normal_code` takes), or None."""
    normal = normal_code(code)
    return _made(normal) if normal else None


def current(code: str) -> str:
    """``code`` as it is today: the code of a division that was given a new one is replaced."""
    normal = normal_code(code) or code
    for override in overrides():
        if override.change == "recoded" and normal[:6] == override.former_code:
            # Township codes keep their last digits when a county moves, as far as the table tells.
            moved = override.code + normal[6:]
            return moved if moved in _table().names else override.code
    return normal


def subtree(code: str) -> Iterator[Division]:
    """Every division below ``code``, in the order of codes, without groupings; '' gives all."""
    table = _table()
    start = bisect_left(table.codes, code)
    for index in range(start, len(table.codes)):
        below = table.codes[index]
        if not below.startswith(code):
            return
        if below != code:
            found = Division(below, table.names[below], _kind(below, table.names[below]))
            if found.kind != "grouping":
                yield found


def children(code: str) -> list[Division]:
    """The divisions directly below ``code`` ('' for the country); groupings are looked through."""
    table = _table()
    found: list[Division] = []
    index = bisect_left(table.codes, code)
    while index < len(table.codes) and (below := table.codes[index]).startswith(code):
        kind = _kind(below, table.names[below])
        if below == code or kind == "grouping":
            index += 1
            continue
        found.append(Division(below, table.names[below], kind))
        # What is below it again, most of the table, need not be looked at.
        index = bisect_left(table.codes, below + _BEHIND_DIGITS, index)
    return found


def ancestors(code: str) -> list[Division]:
    """The divisions above ``code``, the province first, without groupings."""
    above = (_made(code[:length]) for length in _LENGTHS if length < len(code))
    return [found for found in above if found is not None and found.kind != "grouping"]


def pinyin(code: str) -> str:
    """The name of a province, prefecture or county in toneless pinyin: stem, space, ending (qu xian)."""
    return _table().pinyin.get(code, "")


@cache
def overrides() -> tuple[Override, ...]:
    """What is known beyond the table, from ``overrides.csv``."""
    rows = csv.DictReader(io.StringIO(_read("overrides.csv").decode()))
    return tuple(
        Override(
            row["change"],
            row["code"],
            row["name"],
            row["former_code"],
            row["former_name"],
            int(row["year"]) if row["year"] else None,
        )
        for row in rows
    )


def added() -> list[Division]:
    """Divisions that the table lacks; their own codes are not known."""
    return [
        Division(override.code, override.name, _kind_by_name(override.name), coded=False)
        for override in overrides()
        if override.change == "added"
    ]


def names() -> dict[str, str]:
    """The name by code of everything in the table, groupings too."""
    return _table().names


def _made(code: str) -> Division | None:
    name = _table().names.get(code)
    return None if name is None else Division(code, name, _kind(code, name))


@cache
def _table() -> _Table:
    # Only strings are made here, no objects: the whole table loads in a few hundredths of a second.
    found: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for line in lzma.decompress(_read("table.txt.xz")).decode().splitlines():
        code, name, *latin = line.split("\t")
        found[code] = name
        if latin:
            spelled[code] = latin[0]
    return _Table(found, list(found), spelled)


def _read(name: str) -> bytes:
    return (resources.files("archive.divisions") / name).read_bytes()


def is_grouping(code: str, name: str) -> bool:
    """Whether the code, of 2 to 6 digits, is no place of its own."""
    if _GROUPING.search(name):
        return True
    # Cities without counties (东莞市, 嘉峪关市) stand a second time at county level.
    return len(code) == 6 and (code.endswith("00") or name == names().get(code[:4]))


def is_placeholder(name: str) -> bool:
    """Whether a township-level name only holds a place in the table and no government bears it."""
    return name.endswith(_PLACEHOLDERS)


def _kind(code: str, name: str) -> Kind:
    if len(code) == 9:
        # Digits 7 to 9: 001-099 subdistricts, 100-199 towns, 200-399 townships, above only statistical.
        serial = int(code[6:])
        if serial >= 400 or is_placeholder(name):
            return "statistical"
        return "subdistrict" if serial < 100 else _kind_by_name(name)
    if is_grouping(code, name):
        return "grouping"
    if len(code) == 6:
        return "county" if code[4] != "7" and name[-1] in "县市区旗" else "zone"
    return "province" if len(code) == 2 else "prefecture"


def _kind_by_name(name: str) -> Kind:
    if name.endswith("苏木"):
        return "sumu"
    if name.endswith("族乡"):
        return "ethnic_township"
    if name.endswith(("街道", "地区")):
        return "subdistrict"
    return "town" if name.endswith("镇") else "township"
