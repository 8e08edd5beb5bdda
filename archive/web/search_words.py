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
    "search.section": ("部分", "Section"),
    "search.agencies": ("机关", "Agencies"),
    "search.texts": ("报告正文", "Texts of the reports"),
    "search.none": ("没有找到。", "Nothing was found."),
    "search.end": ("没有更多结果。", "There is nothing more."),
    "search.section.any": ("全部", "all"),
    "search.section.1": ("一、总体情况", "1 Overview"),
    "search.section.2": ("二、主动公开", "2 Published unasked"),
    "search.section.3": ("三、依申请公开", "3 Requests"),
    "search.section.4": ("四、复议诉讼", "4 Reviews and lawsuits"),
    "search.section.5": ("五、问题及改进", "5 Problems and remedies"),
    "search.section.6": ("六、其他", "6 Other"),
    "search.hits": ("本部分命中 {count} 处", "hits in this section: {count}"),
}
