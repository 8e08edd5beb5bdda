"""The words of the comparison page: Chinese, English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "compare.title": ("报告对照", "Reports side by side"),
    "compare.empty": (
        "请先查找机关，选择要对照的报告（最多 6 份）。",
        "Look for an agency first and choose reports, up to six.",
    ),
    "compare.find": ("查找机关并加入对照", "Look for an agency to add"),
    "compare.look": ("查找", "Look"),
    "compare.full": (
        "已有 6 份报告；移去一份后才能再加。",
        "There are six reports; take one away to add another.",
    ),
    "compare.none": (
        "没有这样的机关，或其报告均已加入。",
        "No such agency, or all its reports are there.",
    ),
    "compare.remove": ("移去", "Take away"),
    "compare.all": ("显示表三全部单元格", "Show all cells of table 三"),
    "compare.totals": ("表三只显示总计", "Of table 三 show the totals only"),
    "compare.csv": ("下载 CSV", "CSV"),
    "compare.key": ("指标", "Figure"),
    "compare.difference": ("差额", "Difference"),
    "compare.rates": ("比率（按确定的数字计算）", "Rates, from certain figures"),
    "compare.note": (
        "存疑的数字带标记，不参与差额和比率的计算；标“✎”的经人工更正，或由更正的数字算出；“无此格”表示该年表式没有这一项。点击数字可查看出处。",
        "Figures in doubt are marked and in no difference and no rate; with a “✎” stands what a person corrected, or what was made of it; “no such cell”: the form of that year lacks it. "
        "Click a number to see where it stands.",
    ),
    "compare.no_cell": ("无此格", "no such cell"),
    "compare.no_rate": ("无法计算", "not known"),
    "rate.grant_rate": ("予以公开率（含部分公开）", "Granted in full or in part, of all closed"),
    "rate.denial_rate": ("不予公开率", "Refused, of all closed"),
    "rate.not_held_share": ("本机关不掌握占比", "Not held by the agency, of all closed"),
    "rate.review_reversal_rate": ("行政复议纠错率", "Reviews that corrected the agency"),
    "rate.litigation_reversal_rate": ("行政诉讼纠错率", "Lawsuits that corrected the agency"),
}
