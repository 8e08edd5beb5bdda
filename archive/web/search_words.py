"""The words of the search page, in Chinese and English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "search.title": ("检索", "Search"),
    "search.text": (
        "词语（空格分隔，须全部出现）或机关名称",
        "Words, all of them, or the name of an agency",
    ),
    "search.year": ("年度", "Year"),
    "search.division": ("行政区划代码", "Division code"),
    "search.section": ("部分（1–6）", "Section (1–6)"),
    "search.agencies": ("机关", "Agencies"),
    "search.texts": ("报告正文", "Texts of the reports"),
    "search.none": ("没有找到。", "Nothing was found."),
    "search.more": (
        "这里只列出前面的结果；请增加词语或条件。",
        "Only the first results are listed; add words or conditions.",
    ),
    "search.hits": ("本部分命中 {count} 处", "{count} hits in this section"),
}
