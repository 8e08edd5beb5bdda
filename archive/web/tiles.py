"""Divisions as tiles: a map of equal squares that needs no borders and no licence.

The provinces are placed by hand, so that neighbours stay neighbours as far as squares allow; the parts of a
province or prefecture stand in the order of their codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from archive import divisions
from archive.divisions import names
from archive.web.tallies import Tally


class Tile(NamedTuple):
    """A division: its code, a short name, column and row from 0."""

    code: str
    name: str
    column: int
    row: int


class TileMap(NamedTuple):
    """Tiles, each with the counts of its division (None where the register has no agency), and the size."""

    tiles: list[tuple[Tile, Tally | None]]
    columns: int
    rows: int


PROVINCES = (
    Tile("23", "黑龙江", 9, 0),
    Tile("65", "新疆", 1, 1),
    Tile("15", "内蒙古", 6, 1),
    Tile("11", "北京", 7, 1),
    Tile("21", "辽宁", 8, 1),
    Tile("22", "吉林", 9, 1),
    Tile("62", "甘肃", 3, 2),
    Tile("64", "宁夏", 4, 2),
    Tile("14", "山西", 5, 2),
    Tile("13", "河北", 6, 2),
    Tile("12", "天津", 7, 2),
    Tile("63", "青海", 2, 3),
    Tile("61", "陕西", 4, 3),
    Tile("41", "河南", 5, 3),
    Tile("37", "山东", 6, 3),
    Tile("32", "江苏", 7, 3),
    Tile("54", "西藏", 1, 4),
    Tile("51", "四川", 3, 4),
    Tile("50", "重庆", 4, 4),
    Tile("42", "湖北", 5, 4),
    Tile("34", "安徽", 6, 4),
    Tile("31", "上海", 7, 4),
    Tile("53", "云南", 2, 5),
    Tile("52", "贵州", 3, 5),
    Tile("43", "湖南", 4, 5),
    Tile("36", "江西", 5, 5),
    Tile("33", "浙江", 6, 5),
    Tile("45", "广西", 3, 6),
    Tile("44", "广东", 4, 6),
    Tile("35", "福建", 5, 6),
    Tile("71", "台湾", 6, 6),
    Tile("46", "海南", 3, 7),
    Tile("81", "香港", 4, 7),
    Tile("82", "澳门", 5, 7),
)
COLUMNS, ROWS = 10, 8
_SIDE_BY_SIDE = 8


def tile_map(division: str, parts: Sequence[Tally]) -> TileMap | None:
    """The map of the country (for an empty code), or of the parts of a province or prefecture."""
    by_code = {part.code: part for part in parts}
    if not division:
        return TileMap([(tile, by_code.get(tile.code)) for tile in PROVINCES], COLUMNS, ROWS)
    below = {
        place.code: place.name
        for place in divisions.children(division)
        if len(place.code) == len(division) + 2
    }
    below |= {part.code: part.name for part in parts if part.code != division}
    if not below:
        return None
    tiles = [
        Tile(code, _short(below[code]), number % _SIDE_BY_SIDE, number // _SIDE_BY_SIDE)
        for number, code in enumerate(sorted(below))
    ]
    rows = tiles[-1].row + 1
    return TileMap([(tile, by_code.get(tile.code)) for tile in tiles], _SIDE_BY_SIDE, rows)


def _short(name: str) -> str:
    """A name that fits into a tile: 恩施 for 恩施土家族苗族自治州."""
    stem, _ = names.stem_and_ending(name)
    return stem if len(stem) > 1 else name
