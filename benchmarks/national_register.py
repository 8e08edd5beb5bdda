"""The register of an archive of national size: governments, townships and departments, and where they publish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive import departments
from archive.divisions import TOWNSHIP_KINDS, Division, ancestors, subtree
from archive.divisions.names import official_place
from archive.resolution import Body, government, office

_MORE = [
    "林业和草原局",
    "数据局",
    "机关事务管理局",
    "乡村振兴局",
    "外事办公室",
    "人民防空办公室",
    "投资促进局",
    "政务服务管理局",
    "粮食和物资储备局",
    "综合行政执法局",
    "广播电视局",
    "民族宗教事务局",
    "金融工作局",
    "园林局",
    "行政审批局",
    "知识产权局",
    "药品监督管理局",
    "体育局",
    "扶贫开发办公室",
    "水务局",
    "食品药品监督管理局",
    "国土资源局",
    "环境保护局",
    "安全生产监督管理局",
    "工商行政管理局",
    "卫生局",
    "农业局",
    "科技局",
    "质量技术监督局",
    "税务局",
    "气象局",
    "消防救援大队",
]


@dataclass(frozen=True, slots=True)
class PlaceOf:
    """An address where bodies publish."""

    url: str
    host: str
    bodies: tuple[Body, ...]


def places(agencies: int) -> Iterator[PlaceOf]:
    """Places for so many agencies, spread over the whole country, in the order of codes.

    A county has one portal for its government, departments and townships. In prefectures and provinces
    every other department has a site of its own.
    """
    units = [place for place in subtree("") if place.kind in ("province", "prefecture", "county")]
    townships: dict[str, list[Division]] = {}
    for place in subtree(""):
        if place.kind in TOWNSHIP_KINDS:
            townships.setdefault(ancestors(place.code)[-1].code, []).append(place)
    sizes = [len(_bodies(unit, townships.get(unit.code, []))) for unit in units]
    share = min(1.0, agencies / sum(sizes))
    made = 0
    for number, unit in enumerate(units):
        if int((number + 1) * share) == int(number * share) and share < 1:
            continue
        bodies = _bodies(unit, townships.get(unit.code, []))[: agencies - made]
        made += len(bodies)
        own = () if len(unit.code) == 6 else bodies[3::2]
        portal = tuple(body for body in bodies if body not in set(own))
        host = f"www.d{unit.code}.gov.test"
        if portal:
            yield PlaceOf(f"http://{host}/zwgk/gknb/", host, portal)
        for index, body in enumerate(own):
            host = f"s{index}.d{unit.code}.gov.test"
            yield PlaceOf(f"http://{host}/gknb/", host, (body,))


def _bodies(unit: Division, townships: list[Division]) -> list[Body]:
    where = official_place(unit)
    names = dict.fromkeys((*departments.usual(len(unit.code)), *_MORE))
    return [
        government(unit),
        office(unit),
        *(
            Body(
                where + name,
                unit.code,
                "vertical" if departments.is_vertical(name) else "local_dept",
            )
            for name in names
        ),
        *(government(place) for place in townships),
    ]
