"""Labels of the forms as people print them: recognised by the part that no other label has."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from extract.characters import simplify, squeeze
from extract.forms.dictionary import (
    APPLICANTS,
    OTHER_TOTAL,
    OUTCOMES,
    REQUEST_ROWS_2021,
    Entry,
)

_NUMBERING = re.compile(r"^(?:[(\[]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)\].、,:]+)+")
_CIRCLED = re.compile(r"[①-⑳]")
MAX_LABEL = 120
_LONG = 12
"""Characters of a label of which some may be wrong and it is still no other."""
_ALIKE = 0.85
"""Part of the characters that must be right."""

# Wording that differs from the discriminator of the dictionary.
_VARIANTS: Final = {
    "received_new": r"本年度?(?:新收|收到)|20\d\d年度?新收",
    "carried_in": r"(?:上一?|去|20\d\d)年度?(?:结转|转结)(?!至?到?下)",
    "denied.prohibited_by_law": r"法律.{0,6}(?:禁止|止)公开",
    "denied.security_stability": r"三安全[、,]?[一1]稳定|国家安全.{0,16}稳定",
    "denied.third_party": r"第三[方人]",
    "denied.administrative_query": r"行政查询|查询事项",
    "unable.not_held": r"[不没未]有?掌握",
    "not_processed.duplicate": r"重复性?申请",
    "not_processed.excessive": r"大量反复|反复大量",
    "carried_out": r"转结?(?:至|到)?下一?年",
    "other.fee_overdue": r"(?:缴纳|交纳)费用",
    "unable.requires_creation": r"另行(?:制作|加工)",
}


@lru_cache(maxsize=8192)
def clean_label(text: str) -> str:
    """A label without white space, in simplified characters and half-width signs."""
    numbered = _CIRCLED.sub(lambda found: f"{ord(found[0]) - 0x245F}.", text)
    return simplify(squeeze(numbered)).replace("其它", "其他")


def without_number(label: str) -> str:
    """A clean label without its leading number: ``3.其他`` → ``其他``."""
    return _NUMBERING.sub("", label)


def _pattern(entry: Entry) -> re.Pattern[str]:
    if entry.key in _VARIANTS:
        return re.compile(_VARIANTS[entry.key])
    return re.compile(re.escape(entry.discriminator))


_OUTCOMES: Final = {
    "upheld": re.compile(r"维持"),
    "corrected": re.compile(r"纠正|结果.正"),
    "other": re.compile(r"其他结果"),
    "pending": re.compile(r"未(?:审)?结"),
}
_ROWS = [(e, _pattern(e)) for e in REQUEST_ROWS_2021 if not e.discriminator.startswith("=")]
_GROUPS = {
    "不予公开": "denied",
    "无法提供": "unable",
    "不予处理": "not_processed",
    "其他处理": "other",
}


@lru_cache(maxsize=4096)
def request_row(label: str) -> Entry | None:
    """The row of table 三 that a clean label names; 其他 and 总计 are decided by the caller."""
    if len(label) > MAX_LABEL:
        return None
    for entry, pattern in _ROWS:
        if pattern.search(label):
            return entry
    bare = without_number(label)
    if (misread := _nearest_row(bare)) is not None:
        return misread
    if bare == "其他" or bare.startswith("其他("):
        return REQUEST_ROWS_2021[22]
    if bare in ("总计", "合计"):
        return REQUEST_ROWS_2021[23]
    return OTHER_TOTAL if bare == "其他处理" else None


def _nearest_row(bare: str) -> Entry | None:
    """The row whose long label this is but for a character or two, which were misread or misprinted.

    Only rows of a group: of the others 上年 and 下年, 新收 and 结转 make the difference.
    """
    if len(bare) < _LONG:
        return None
    alike = []
    for entry in REQUEST_ROWS_2021:
        if not entry.group:
            continue
        wanted = without_number(clean_label(entry.label))
        # Most labels are told apart by this, which takes no time.
        if len(set(bare) & set(wanted)) >= _ALIKE * max(len(set(bare)), len(set(wanted))):
            matcher = SequenceMatcher(None, bare, wanted, autojunk=False)
            if matcher.ratio() >= _ALIKE:
                alike.append(entry)
    return alike[0] if len(alike) == 1 else None


def is_subtotal(label: str) -> bool:
    """Whether a clean label names a subtotal or a group, which the national form does not total."""
    return "小计" in label or without_number(label) in _GROUPS


def subtotal_group(label: str) -> str | None:
    """The group of rows that the clean label of a subtotal names, None where it says only 小计."""
    return next((key for words, key in _GROUPS.items() if words in label), None)


@lru_cache(maxsize=4096)
def applicant(label: str) -> Entry | None:
    """The column of table 三 that a clean header names."""
    for entry in APPLICANTS:
        wanted = entry.discriminator
        if label == wanted[1:] if wanted.startswith("=") else wanted in label:
            return entry
    return APPLICANTS[-1] if label == "合计" else None


@lru_cache(maxsize=4096)
def is_request_header(label: str) -> bool:
    """Whether a cell belongs only to the header of table 三."""
    return bool(
        re.search(r"申请人情况|^自然人$|商业企业|科研机构|社会公益|法律服务|法人或其他组织", label)
    )


@lru_cache(maxsize=4096)
def outcome(label: str) -> Entry | None:
    """The column of table 四 that a clean header names."""
    for entry in OUTCOMES[:-1]:
        if _OUTCOMES[entry.key].search(label):
            return entry
    return OUTCOMES[-1] if label in ("总计", "合计") else None


@lru_cache(maxsize=4096)
def challenge(label: str) -> str | None:
    """Key of the column group of table 四 that a clean header names; 行政诉讼 alone is none."""
    if len(label) > 20:
        return None
    if re.search(r"未经(?:行政)?复议|^直接起诉", label):
        return "litigation_direct"
    if re.search(r"(?:行政)?复议后", label):
        return "litigation_after_review"
    return "review" if re.fullmatch(r"行政复议(?:情况|案件|数量)?", label) else None


@lru_cache(maxsize=4096)
def is_challenge_head(label: str) -> bool:
    """Whether a cell belongs only to the header of table 四."""
    entry = outcome(label) if len(label) <= 20 else None
    return challenge(label) is not None or (entry is not None and entry is not OUTCOMES[-1])
