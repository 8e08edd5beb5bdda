"""The provinces as tiles: a map of equal squares that needs no borders and no licence.

Column and row are placed by hand, so that neighbours stay neighbours as far as squares allow.
"""

from __future__ import annotations

from typing import NamedTuple


class Tile(NamedTuple):
    """A province-level division: its code of two digits, short name, column and row from 0."""

    code: str
    name: str
    column: int
    row: int


TILES = (
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
