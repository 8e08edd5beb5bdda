"""The kinds of agencies (contract §2), and which one a name tells."""

from __future__ import annotations

import re

from archive import departments
from extract.characters import squeeze

KINDS = (
    "state_council_dept",
    "local_dept",
    "gov_office",
    "region_gov",
    "township_gov",
    "subdistrict",
    "zone",
    "vertical",
    "authorised_org",
)

_GOVERNMENT = r"(?:人民政府|政府|行政公署|行署)"
_RULES = (
    ("gov_office", re.compile(rf"{_GOVERNMENT}(?:办公厅|办公室|办)$")),
    ("subdistrict", re.compile(r"(?:街道|街道办事处|街道办|地区办事处|街办事处)$")),
    ("township_gov", re.compile(rf"(?:镇|乡|苏木){_GOVERNMENT}?$")),
    (
        "zone",
        re.compile(
            r"(?:管委会|管理委员会|(?:开发|实验|试验|保税|高新|高新技术产业|示范|合作|产业|风景名胜|旅游度假|工业园)区|园区)$"
        ),
    ),
    (
        "region_gov",
        re.compile(rf"(?:[省市州盟县旗区]{_GOVERNMENT}|[省市州盟县旗区]|地区(?:行政公署|行署))$"),
    ),
    (
        "state_council_dept",
        re.compile(
            r"^(?:(?:国家|中国|中华人民共和国)?[^省市州县区旗]{2,14}(?:部|总局|总署)|国家[^省市州县区旗]{2,14}(?:局|委员会|委))$"
        ),
    ),
)


def kind_by_name(name: str) -> str | None:
    """The kind that a name tells, or None: 渠县涌兴镇人民政府 is a ``township_gov``."""
    text = squeeze(name)
    if departments.is_vertical(text) or text.endswith("海关"):
        return "vertical"
    for kind, pattern in _RULES:
        if pattern.search(text):
            return kind
    return "local_dept" if departments.ends_like_department(text) else None
