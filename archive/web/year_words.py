"""The words of the start page and of the divisions: Chinese, English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "year.title": ("{year} 年度报告公布情况", "Reports for {year}: who published"),
    "year.whole": ("全部", "All"),
    "year.years": ("年度", "Years"),
    "year.day": ("截至 {day} 所知", "As known on {day}"),
    "year.stale": (
        "此后档案有变化，正在重新统计。",
        "The archive has changed since; it is being counted again.",
    ),
    "year.counting": ("正在统计，请稍后刷新。", "Being counted; reload in a moment."),
    "year.owed": ("应公布", "Owed"),
    "year.ours": ("本项目未能查明", "Could not be established"),
    "year.ours.note": (
        "“无法判断”和“无法访问”是本项目自身未能完成的事项，不说明机关是否履行义务。",
        "“Unknown” and “blocked” are what we could not establish; they say nothing against an agency.",
    ),
    "year.map": ("分省情况（每格一省）", "By province (a square each)"),
    "year.map.parts": ("下属区域情况（每格一个区域）", "By part (a square each)"),
    "year.map.order": (
        "各格按区划代码排列，不表示位置。",
        "They stand in the order of their codes, not where they lie.",
    ),
    "year.map.note": (
        "颜色越深，能够判断者中按时公布的比例越高；空格为名录中没有机关。",
        "The darker, the larger the share published in time of those that can be judged; empty: no agency registered.",
    ),
    "year.map.nowhere": (
        "图中不含未登记区划的机关应公布的 {number} 份，见下表。",
        "Not on the map, but in the table below: reports owed by agencies with no division registered ({number}).",
    ),
    "year.divisions": ("分区域情况", "By division"),
    "year.division": ("区域", "Division"),
    "year.share": ("按时比例", "Share in time"),
    "year.entries": ("逐机关情况", "Agency by agency"),
    "year.entries.none": ("没有符合条件的机关。", "No agency is so."),
    "year.agency": ("机关", "Agency"),
    "year.status": ("情况", "Status"),
    "year.due": ("期限", "Due"),
    "year.dated": ("页面日期", "Dated"),
    "year.late": ("逾期天数", "Days late"),
    "year.why": ("依据", "Why"),
    "year.report": ("报告", "Report"),
    "year.evidence": ("证据", "Evidence"),
    "year.nowhere": ("未登记区划", "No division registered"),
    "year.own": ("（本级）", " (its own bodies)"),
    "year.days": ("报告在哪几天公布", "When reports appeared"),
    "year.days.note": (
        "每条为一天，按网站显示的日期；未显示日期的按首次见到之日，实际公布可能更早。竖线为法定期限：部门 1 月 31 日，人民政府 3 月 31 日。",
        "A bar a day, by the date the site shows; where it shows none, by the day the report was first seen, which "
        "may be later than it appeared. The lines are the due days of the law: departments 31 January, governments 31 March.",
    ),
    "year.days.due": ("期限 {day}", "due {day}"),
    "year.days.before": ("更早", "before"),
    "year.days.after": ("更晚", "after"),
    "year.days.table": ("逐日数字", "The same as a table"),
    "year.days.day": ("日期", "Day"),
    "year.days.number": ("报告数", "Reports"),
    "missing.title": (
        "{year} 年度报告未公布机关名单",
        "Reports for {year} that were not published",
    ),
    "missing.link": (
        "未公布机关名单及证据（可打印）",
        "Those missing, with the evidence (to print)",
    ),
    "missing.counts": (
        "应公布 {owed} 份，查明未公布 {missing} 份。",
        "Owed: {owed}; shown to be missing: {missing}.",
    ),
    "missing.open": (
        "另有 {number} 份本项目未能查明，不在此名单中，也不说明机关未公布。",
        "{number} more could not be established by us; nobody is listed here for that, and nothing is said against anybody.",
    ),
    "missing.means": (
        "列入名单的依据：期限过后完整查阅了该机关的公布栏目，未见该年度报告。下列每一页均已存档，可逐页核对。",
        "Listed is whose column was read in full after the due day without the report. Each page below is stored and can be checked.",
    ),
    "missing.none": ("没有查明未公布的机关。", "No agency is shown to be missing."),
    "missing.due.statutory": ("法定期限 {day}", "due by law on {day}"),
    "missing.due.customary": (
        "通行期限 {day}（法律未定期限）",
        "due by custom on {day} (the law sets no date)",
    ),
    "status.not_due": ("未到期限", "not due"),
    "status.exempt": ("无须公布", "exempt"),
    "status.on_time": ("按时公布", "on time"),
    "status.on_time_claimed": ("自称按时", "claimed on time"),
    "status.backdated_suspect": ("疑似倒填日期", "perhaps backdated"),
    "status.late": ("逾期公布", "late"),
    "status.missing": ("未公布", "missing"),
    "status.unknown": ("无法判断", "unknown"),
    "status.blocked": ("无法访问", "blocked"),
}
