"""The words of the page that explains the JSON API.

The English of routes and parameters stands in the OpenAPI document; :data:`CHINESE` says the same.
"""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "api.nav": ("接口", "API"),
    "api.title": ("数据接口", "Data interface"),
    "api.intro": (
        "本站页面上的一切，都可以在下列地址以 JSON 读取；只读，不需要登录。",
        "Everything that these pages show can be read as JSON at these addresses; read only, without signing in.",
    ),
    "api.document": ("OpenAPI 说明文件", "OpenAPI document"),
    "api.lists": ("列表", "Lists"),
    "api.pages": (
        "列表按 limit（默认 100，最多 500）分页。next 是下一页的游标，原样放入参数 cursor；末页为 null。"
        "响应头 Link 中有下一页的地址。",
        "A list comes in pages of limit entries (100 unless given, 500 at most). next is the cursor of the page "
        "after, to be given back as cursor; it is null on the last. The header Link has the address of the page.",
    ),
    "api.files": (
        "加上 format=csv 或 format=jsonl，即把整个列表下载为一个文件。",
        "With format=csv or format=jsonl the same address gives the whole list as a file.",
    ),
    "api.unchanged": (
        "响应带有 ETag；请求头 If-None-Match 中给出它，没有变化时只回答 304。",
        "Answers have an ETag; give it back in If-None-Match, and what has not changed is answered with 304.",
    ),
    "api.limits": (
        "同一地址每分钟的请求有限；超过时回答 429，响应头 Retry-After 说明几秒后再试。",
        "Requests a minute from one address are limited; beyond that the answer is 429, and its header Retry-After "
        "says after how many seconds to ask again.",
    ),
    "api.errors": (
        '一切错误都是 {"error": "…"}，附相应的状态码。',
        'Every error is {"error": "…"} with its status code.',
    ),
    "api.parameter": ("参数", "Parameter"),
    "api.meaning": ("说明", "Meaning"),
    "api.required": ("必填", "required"),
    "api.fields": ("字段", "Fields"),
    "api.fields.list": ("条目的字段", "Fields of an entry"),
    "api.example": ("示例", "Example"),
    "api.tag.agencies": ("机关", "Agencies"),
    "api.tag.reports": ("年报", "Reports"),
    "api.tag.audit": ("发布情况", "Who published"),
    "api.tag.figures": ("数据", "Figures"),
    "api.tag.findings": ("核查结果", "Findings"),
    "api.tag.search": ("检索", "Search"),
    "api.tag.corrections": ("人工更正与认定", "Corrections and verdicts"),
}

CHINESE: dict[str, str] = {
    "The agencies, by division and name.": "名录中的机关，按区划和名称排列。",
    "An agency.": "一个机关。",
    "The reports of an agency, by year.": "一个机关的年报，按年度排列。",
    "What the audit said of each report of an agency, by year and scope, the oldest first.": (
        "对一个机关各年度年报的历次判定，按年度和范围，最早的在前。"
    ),
    "The reports in the archive, by division, agency, year and scope; `finding` is a rule that failed.": (
        "已存档的年报，按区划、机关、年度和范围排列；`finding` 是未通过的规则。"
    ),
    "All that is known of a report.": "一份年报的全部内容：读取结果、版本、更正。",
    "The versions of a report, the oldest first.": "一份年报的各个版本，最早的在前。",
    "What the rules say of a report, and what people said of that.": (
        "对一份年报的核查结果，以及人工的认定。"
    ),
    "The figures of a report, with the certainty and the place of each.": (
        "一份年报的数据，每个数附可信程度和所在位置。"
    ),
    "The audit of a year as known now, by division and agency. With `status` those are looked at that had it when the "
    "year was counted last (`/summary` tells when, and whether anything has changed since); who has another status "
    "by now is left out.": (
        "一个年度目前所知的发布情况，按区划和机关排列。给出 `status` 时，只看最近一次统计时处于该状态的"
        "（统计时间以及其后有无变化见 `/summary`）；现已不是该状态的不列出。"
    ),
    "The reports that were not published, with the pages that show it: `/audit` with one status.": (
        "未发布的年报，附能够证明的存档网页；即只取一种状态的 `/audit`。"
    ),
    "How many reports have which status and content.": "各种状态和内容情况的年报数。",
    "A figure over the years: of an agency, or added up over a division (the archive if none is named).": (
        "一个数据的历年值：一个机关的，或一个区划的合计（不给区划时为全部存档）。"
    ),
    "The data dictionary: the cells of the forms, in their order.": (
        "数据字典：表格的各个单元格，按表中次序。"
    ),
    "The findings on the latest version of each report, in the order in which they were made.": (
        "对每份年报最新版本的核查结果，按产生的先后。"
    ),
    "The sections that have every word of `text`, the newest year first.": (
        "含有 `text` 中全部词语的部分，最近的年度在前。"
    ),
    "Corrections and verdicts in the order in which they were made, undone ones too.": (
        "人工更正和认定，按作出的先后，包括已撤销的。"
    ),
    "Number of an agency.": "机关的编号。",
    "Of this agency, by its number.": "这个编号的机关。",
    "The year reported on.": "年报所报告的年度。",
    "Only this year reported on.": "只要这个年度的。",
    "The first year.": "起始年度。",
    "The last year.": "结束年度。",
    "What the report covers: organ, region, ….": "年报的范围：organ（本机关）、region（本地区）等。",
    "Only this division, by its code, and all below it.": "只要这个区划（代码）及其以下的。",
    "Only this division, by its code.": "只要这个区划（代码）。",
    "Only agencies of this kind.": "只要这一类机关。",
    "Only names that contain this.": "只要名称中有这些字的。",
    "Only reports with this status.": "只要这种状态的。",
    "Only read with this certainty.": "只要以这种可信程度读取的。",
    "Only on this form.": "只要用这种表格的。",
    "Only where this rule failed.": "只要未通过这条规则的。",
    "Only this rule.": "只要这条规则的。",
    "Words with spaces between them; all must stand in one section.": (
        "词语，以空格分隔，须全部出现在同一部分。"
    ),
    "The number of a version; the latest unless given.": "版本的编号；不给时为最新版本。",
    "Count each of these apart; without it the division, or the archive.": (
        "按省、市或县分别计数；不给时只计该区划或全部存档。"
    ),
    "A key of the dictionary, or a rate such as grant_rate.": "数据字典的键，或比率，如 grant_rate。",
    "Only this outcome of a rule.": "只要这种结果的。",
    "Only of this severity.": "只要这种严重程度的。",
    "Only those of which a person said this.": "只要人工这样认定的。",
    "Only this section of the form, 1 to 6.": "只要表格的这一部分（1–6）。",
}
