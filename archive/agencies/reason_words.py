"""In Chinese why something is proposed for the register: the reasons are kept in English."""

from __future__ import annotations

import re

_FORMS = (
    (
        r"the page shows the identification code (\w+), but it is known as (\w*) \((\w*); (.+)\)",
        r"该页的网站标识码为 \1，而已知为 \2（\3；\4）",
    ),
    (
        r"the page shows the identification code (\w+), but the agencies that publish there lie in (.+)",
        r"该页的网站标识码为 \1，而在此公布的机关属于 \2",
    ),
    (r"its site shows the identification code (\w+)", r"其网站的网站标识码为 \1"),
    (r"a (\d{4}) report at (\S+) names it(.*)", r"\2 上 \1 年度的报告以其为编制机关\3"),
    (r"a report at (\S+) names it(.*)", r"\1 上的一份报告以其为编制机关\2"),
    (r"stands on a list of organs as (.+)", r"机构名单中列为“\1”"),
    (r"a list of organs links it there as (.+)", r"机构名单中“\1”的链接指向该处"),
    (r"(?P<origin>.+?): runs a site \((\w*)\); (.+)", r"\1：主办一个网站（\2）；\3"),
    (r"(?P<origin>.+?): runs (.+) \((\w*)\); (.+)", r"\1：主办“\2”（\3）；\4"),
    (
        r"(?P<origin>.+?) has it with (\w*), but it is known as (\w*) \((\w*); (.+)\)",
        r"\1记为 \2，而已知为 \3（\4；\5）",
    ),
    (r"(?P<origin>.+?) \((\w*)\); the register has (\S+)", r"\1（\2）；名录所记为 \3"),
)
_PARTS = (
    (r"; it may be another name of (.+)", r"；可能是下列机关的别名：\1"),
    (r"it may be another name of (.+)", r"可能是下列机关的别名：\1"),
    (r"; (\d+) bodies are called so", r"；同名的机关有 \1 个"),
    (r"; the gazetteer does not know its place", "；地名录中没有该地"),
    (r"the gazetteer does not tell which body it is", "地名录不能说明是哪个机关"),
    (r"national database of sites", "全国政府网站名录"),
    (r"gazetteer", "地名录"),
    (r"SiteIDCode of ", "网站标识码见 "),
)


def in_chinese(reason: str) -> str:
    """The reason in Chinese; one of an unknown form stays as it is."""
    said = reason
    for form, chinese in _FORMS:
        if re.fullmatch(form, reason):
            said = re.sub(form, chinese, reason)
            break
    for form, chinese in _PARTS:
        said = re.sub(form, chinese, said)
    return said
